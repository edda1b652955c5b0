"""What is said at the address of an IRI: statements with their graphs, and what explains them.

An address has no fragment, so a document covers the IRI and all fragments of it. It holds

- the statements of which one of these is the subject, from every named graph;
- all of a graph, where the IRI names one (a passage, a scheme, a register) or several (a kind);
- the statements of which one is the object; these come in pages where there are many;
- of the claims among the subjects of those, what their passage says of them; the citation label
  of every passage that says anything here; the label of whatever is named.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg import guard, sources
from kg.engine import Engine, Local
from kg.errors import Gone, NotFound
from kg.names import PREFIXES, compact
from kg.results import Rows, as_text
from kg.snapshot import Snapshot

_C = PREFIXES["comity"]
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
_CITATION = ox.NamedNode(_C + "citationLabel")
_REPLACED = ox.NamedNode(PREFIXES["dct"] + "isReplacedBy")
_DEPRECATED = ox.NamedNode(PREFIXES["owl"] + "deprecated")
_VERSION = ox.NamedNode(PREFIXES["owl"] + "versionIRI")
_PASSAGE = _C + "Passage"
LIMIT, GRAPH_LIMIT = 1000, 1_000_000
# how many nodes one query names: its text is bounded
_AT_ONCE = 200


@dataclass(frozen=True)
class Document:
    """One page of what is said of an IRI: `about` the statements of `first` to `last` of `total`.

    `quads` are those and what explains them; every quad stands in the graph that says it. `graph`
    is whether the IRI names graphs, whose content this then is.
    """

    iri: str
    quads: tuple[ox.Quad, ...]
    page: int
    pages: int
    first: int
    last: int
    total: int
    graph: bool

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self.pages == 1


def _named(
    engine: Engine,
    subject: ox.NamedNode | None = None,
    predicate: ox.NamedNode | None = None,
    thing: ox.NamedNode | None = None,
) -> list[ox.Quad]:
    """The quads of the named graphs that match: the default graph says all of them again.

    A list, for the engine's iterators may not outlive their thread, as a frame of an error may.
    """
    found = engine.quads(subject, predicate, thing)
    return [quad for quad in found if isinstance(quad.graph_name, ox.NamedNode)]


def _matching(
    engine: Engine,
    nodes: Iterable[str],
    predicate: ox.NamedNode | None = None,
    inverse: bool = False,
) -> Iterator[ox.Quad]:
    """The quads of which one of some nodes is the subject, or with `inverse` the object.

    The embedded store is asked for each; another engine, which is far, for many at a time.
    """
    wanted = [ox.NamedNode(node) for node in sorted(nodes)]
    if isinstance(engine, Local):
        for node in wanted:
            yield from (_named(engine, thing=node) if inverse else _named(engine, node, predicate))
        return
    known = {ox.NamedNode(graph) for graph in engine.graphs()}
    for start in range(0, len(wanted), _AT_ONCE):
        values = " ".join(str(node) for node in wanted[start : start + _AT_ONCE])
        limited = f"FILTER(?p = {predicate})" if predicate else ""
        text = (
            f"SELECT ?s ?p ?o ?g WHERE {{ VALUES ?{'o' if inverse else 's'} {{ {values} }} "
            f"GRAPH ?g {{ ?s ?p ?o }} {limited} }}"
        )
        answer = engine.ask(guard.outline(text), {})
        assert isinstance(answer, Rows)
        for subject, property_, value, graph in answer.rows:
            if graph in known:
                yield ox.Quad(subject, property_, value, graph)  # type: ignore[arg-type]


def locate(snapshot: Snapshot, iri: str) -> str:
    """The IRI under which a thing is described now: itself, or what `dct:isReplacedBy` names.

    Gone for what `owl:deprecated` marks and nothing replaces; NotFound for what no graph speaks of.
    """
    seen = [iri]
    while True:
        node = ox.NamedNode(iri)
        found = {
            quad.object.value
            for quad in _named(snapshot.engine, node, _REPLACED)
            if isinstance(quad.object, ox.NamedNode)
        }
        if not found:
            break
        iri = min(found)
        if iri in seen:
            raise Gone(f"{compact(seen[0])} is replaced by what it replaces")
        seen.append(iri)
    marks = _named(snapshot.engine, node, _DEPRECATED)
    if any(as_text(quad.object) in ("true", "1") for quad in marks):
        raise Gone(f"{_shown(seen[0])} was withdrawn, and nothing replaces it")
    if not _graphs(snapshot, iri) and not snapshot.engine.speaks_of(iri):
        raise NotFound(f"nothing is known of {_shown(iri)}")
    return iri


def _shown(iri: str) -> str:
    """An IRI in a message: short, and not the client's whole letter."""
    short = compact(iri)
    return short if len(short) <= 200 else f"{short[:200]}…"


def _graphs(snapshot: Snapshot, iri: str) -> list[str]:
    """The stored graphs that an IRI names: itself, or those of the kind."""
    if iri in snapshot.graphs:
        return [iri]
    if iri.removeprefix(sources.GRAPH) in sources.KINDS:
        return sorted(snapshot.expand_graphs([iri]))
    return []


def version_of(snapshot: Snapshot, iri: str) -> str | None:
    """What an IRI is the version IRI of, if it is one."""
    found = _named(snapshot.engine, predicate=_VERSION, thing=ox.NamedNode(iri))
    return min(
        (q.subject.value for q in found if isinstance(q.subject, ox.NamedNode)), default=None
    )


def document(
    snapshot: Snapshot, iri: str, page: int = 1, limit: int = LIMIT, graph_limit: int = GRAPH_LIMIT
) -> Document:
    """A page of what is said of an IRI and its fragments; NotFound for none, and past the last.

    `limit` bounds the statements of a page before those that explain them, `graph_limit` where
    the IRI names a graph.
    """
    engine = snapshot.engine
    subject = version_of(snapshot, iri) or iri
    graphs = _graphs(snapshot, subject)
    content = [q for one in graphs for q in engine.quads(graph=ox.NamedNode(one))]
    nodes, inward = _around(engine, subject, content)
    # an ontology is what its graph says of its terms, and no more
    described = {iri, subject} if subject == sources.ONTOLOGY_IRI else nodes | {iri}
    own = set(_matching(engine, described))
    listed = sorted(own, key=str)
    listed += sorted(set(content) - own, key=str)
    if not listed and not inward:
        raise NotFound(f"nothing is known of {_shown(iri)}")
    listed += sorted(inward - own - set(content), key=str)
    limit = graph_limit if graphs else limit
    pages = max(1, -(-len(listed) // limit))
    if not 1 <= page <= pages:
        raise NotFound(f"{_shown(iri)} has {pages} page{'s' * (pages > 1)}, and no page {page}")
    first = (page - 1) * limit
    about = listed[first : first + limit]
    plain = bool(graphs) and sources.kind_of(subject) != sources.REPORTED
    explained = [] if plain and not _is_thing(own) else _explain(engine, about, nodes)
    return Document(
        iri=iri,
        quads=tuple(sorted({*about, *explained}, key=str)),
        page=page,
        pages=pages,
        first=first + 1,
        last=first + len(about),
        total=len(listed),
        graph=bool(graphs),
    )


def _is_thing(own: Iterable[ox.Quad]) -> bool:
    """Whether a graph's IRI is also a thing that others point to: a scheme."""
    scheme = PREFIXES["skos"] + "ConceptScheme"
    return any(as_text(quad.object) == scheme for quad in own)


def _around(engine: Engine, iri: str, content: Iterable[ox.Quad]) -> tuple[set[str], set[ox.Quad]]:
    """The IRI with its fragments, and the statements that point to one of them from elsewhere.

    Fragments are found by going from the IRI along statements in both directions: no engine has
    to look through everything for what begins with an IRI. How the terms of an ontology are used
    is no part of it.
    """
    mark = f"{iri}#"
    nodes = {iri}
    nodes.update(
        quad.subject.value
        for quad in content
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(mark)
    )
    inward: set[ox.Quad] = set()
    if iri == sources.ONTOLOGY_IRI:
        return nodes, inward
    fresh = set(nodes)
    while fresh:
        pointing = set(_matching(engine, fresh, inverse=True))
        inward |= pointing
        near = {as_text(quad.subject) for quad in pointing}
        near |= {
            as_text(q.object)
            for q in _matching(engine, fresh)
            if isinstance(q.object, ox.NamedNode)
        }
        fresh = {one for one in near if one.startswith(mark)} - nodes
        nodes |= fresh
    return nodes, inward


def _explain(engine: Engine, about: Iterable[ox.Quad], nodes: set[str]) -> set[ox.Quad]:
    """What points here from passages, in full; the passages that speak; labels of all named."""
    quads = set(about)
    found: set[ox.Quad] = set()
    subjects = {as_text(quad.subject) for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    passing = {one for one in subjects - nodes if "#" in one}
    found.update(quad for quad in _matching(engine, passing) if _reported(quad))
    passages = {as_text(quad.graph_name) for quad in quads | found if _reported(quad)}
    found.update(_matching(engine, passages, _CITATION))
    found.update(q for q in _matching(engine, passages, _TYPE) if as_text(q.object) == _PASSAGE)
    named = {
        term.value
        for quad in quads | found
        for term in (quad.subject, quad.object)
        if isinstance(term, ox.NamedNode)
    }
    found.update(_matching(engine, named - nodes, _LABEL))
    return found


def _reported(quad: ox.Quad) -> bool:
    return sources.kind_of(as_text(quad.graph_name)) == sources.REPORTED


def fragments(snapshot: Snapshot, iri: str) -> list[str]:
    """The fragments of an IRI that anything is said of, in order."""
    content = [
        q for g in _graphs(snapshot, iri) for q in snapshot.engine.quads(graph=ox.NamedNode(g))
    ]
    nodes, _ = _around(snapshot.engine, iri, content)
    return sorted(nodes - {iri})


def content(snapshot: Snapshot, iri: str) -> dict[str, int]:
    """How many statements each thing has in the graphs that an IRI names."""
    found: dict[str, int] = {}
    for graph in _graphs(snapshot, iri):
        for quad in snapshot.engine.quads(graph=ox.NamedNode(graph)):
            subject = as_text(quad.subject)
            found[subject] = found.get(subject, 0) + 1
    return dict(sorted(found.items()))
