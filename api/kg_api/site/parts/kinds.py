"""What kind of thing an IRI names, as far as pages differ by it."""

import pyoxigraph as ox

from kg import document, sources
from kg.names import PREFIXES
from kg.snapshot import Snapshot
from kg_api.site.parts.kept import kept

_C, _SKOS = PREFIXES["comity"], PREFIXES["skos"]
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_ABOVE = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
TOPICS = "https://w3id.org/comity/id/scheme/topics"
# the first that a thing's types have is its kind
_BY_CLASS = {
    _C + "Source": "source",
    _C + "Pillar": "pillar",
    _C + "Section": "section",
    _C + "Passage": "passage",
    _C + "Actor": "actor",
    _C + "Instrument": "instrument",
    _C + "Initiative": "initiative",
    _C + "Event": "event",
    _C + "Document": "document",
    _SKOS + "ConceptScheme": "scheme",
    _SKOS + "Concept": "concept",
}


def types(snapshot: Snapshot, iri: str) -> tuple[str, ...]:
    """The classes that a thing is stated to have, in order."""
    quads = snapshot.engine.quads(ox.NamedNode(iri), _TYPE, None, ox.DefaultGraph())
    return tuple(sorted(q.object.value for q in quads if isinstance(q.object, ox.NamedNode)))


def _above(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The classes directly above each class."""

    def read() -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        for quad in snapshot.engine.quads(None, _ABOVE, None, ox.DefaultGraph()):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                found.setdefault(quad.subject.value, set()).add(quad.object.value)
        return {one: tuple(sorted(its)) for one, its in found.items()}

    return kept(snapshot, "classes", read)


def classes(snapshot: Snapshot, iri: str) -> tuple[str, ...]:
    """The classes of a thing and all above them, the nearest first."""
    above = _above(snapshot)
    found = dict.fromkeys(types(snapshot, iri))
    fresh = list(found)
    while fresh:
        fresh = [up for one in fresh for up in above.get(one, ()) if up not in found]
        found.update(dict.fromkeys(fresh))
    return tuple(found)


def of(snapshot: Snapshot, iri: str) -> str:
    """The kind of a thing: `actor`, `instrument`, `topic`, `graph`, …; `thing` for all others."""
    if iri == sources.ONTOLOGY_IRI:
        return "ontology"
    its = set(classes(snapshot, iri))
    kind = next((kind for class_, kind in _BY_CLASS.items() if class_ in its), "")
    if kind == "concept":
        scheme = ox.NamedNode(_SKOS + "inScheme")
        quads = snapshot.engine.quads(
            ox.NamedNode(iri), scheme, ox.NamedNode(TOPICS), ox.DefaultGraph()
        )
        return "topic" if next(quads, None) is not None else kind
    if kind:
        return kind
    return "graph" if document.content(snapshot, iri) else "thing"
