"""What the graph says of one thing: its facts, and the claims that speak of it in their words."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg import sources
from kg.errors import NotFound
from kg.lookup import Candidate, only
from kg.names import PREFIXES, compact
from kg.results import Term, as_text
from kg.snapshot import Snapshot

_C = PREFIXES["comity"]
_TYPE = PREFIXES["rdf"] + "type"
_QUOTE, _READING, _NATURE = _C + "quote", _C + "otherReading", _C + "nature"
_CITATION = _C + "citationLabel"
# shown apart, or only of use to programs
_APART = {_QUOTE, _READING, _C + "sentence", _C + "start", _C + "end", _C + "passage", _TYPE}
_CLAIMS = {_C + name for name in ("Action", "Participation", "Commitment", "Context")}
_OA = PREFIXES["oa"]


@dataclass(frozen=True)
class Fact:
    """One statement about a thing, and where it stands.

    `nature` is stated, coded or computed; `citation` is the citation label of the passage that
    says it, or the name of the graph that holds it. With `inverse` the value is the thing that has
    the property, and the resource its value.
    """

    property: str
    property_label: str
    value: Term
    value_label: str
    graph: str
    kind: str
    nature: str
    citation: str
    inverse: bool = False


@dataclass(frozen=True)
class Claim:
    """A claim that speaks of a thing: `relations` are the properties by which it does."""

    iri: str
    types: tuple[str, ...]
    relations: tuple[str, ...]
    quote: str | None
    citation: str
    passage: str
    other_readings: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Resource:
    """A thing: its name, its types, its facts and the claims that speak of it.

    Of the facts in which it is the value and of the claims there may be more than are here:
    `inverse_total` and `claims_total` count all.
    """

    iri: str
    label: str
    types: tuple[str, ...]
    facts: tuple[Fact, ...]
    claims: tuple[Claim, ...]
    quote: str | None = None
    other_readings: tuple[str, ...] = ()
    triples: tuple[ox.Triple, ...] = field(default=(), repr=False)
    inverse_total: int = 0
    claims_total: int = 0


def find(
    snapshot: Snapshot, text: str, lang: str = "en", limit: int | None = None
) -> list[Candidate]:
    """Things that a text may mean, the likeliest first."""
    return snapshot.find(text, lang, limit)


def identify(snapshot: Snapshot, text: str) -> str:
    """The one thing that a text means, by IRI, CURIE, label or acronym.

    NotFound when nothing bears the name, UsageError with the candidates when several do.
    """
    candidates = snapshot.find(text)
    if not candidates:
        raise NotFound(f"nothing is called {text!r}")
    return only(text, candidates).iri


def describe(
    snapshot: Snapshot, iri: str, lang: str = "en", limit: int | None = None, offset: int = 0
) -> Resource:
    """Everything the graph says of a thing; NotFound when it says nothing.

    Of a passage, all that it says: its claims, and what it says of the things it names. `limit`
    and `offset` cut out a part of the claims, and likewise of the facts whose value the thing is;
    the triples are left out then.
    """
    node = ox.NamedNode(iri)
    own = list(_named(snapshot, node, None))
    inward = list(_named(snapshot, None, node))
    if iri in snapshot.graphs:
        within = snapshot.engine.quads(None, None, None, node)
        inside = sorted(within, key=str)
    else:
        inside = []
    if not own and not inward and not inside:
        raise NotFound(f"nothing is known of {compact(iri)}")
    claims: dict[str, set[str]] = {}
    others = []
    for quad in inward:
        subject = as_text(quad.subject)
        if not _is_claim(snapshot, quad.subject):
            others.append(quad)
        elif quad.predicate.value.startswith(_C):
            claims.setdefault(subject, set()).add(quad.predicate.value)
    for quad in inside:
        if _is_claim(snapshot, quad.subject):
            claims.setdefault(as_text(quad.subject), set())
    triples: set[ox.Triple] = set()
    if limit is None:
        triples = {ox.Triple(q.subject, q.predicate, q.object) for q in (*own, *inward, *inside)}
    end = None if limit is None else offset + limit
    places = {passage: _order(snapshot, passage) for passage in {_passage(one) for one in claims}}
    shown = sorted(claims, key=lambda one: (*places[_passage(one)], one))[offset:end]
    return Resource(
        iri=iri,
        label=snapshot.names.label(iri, lang),
        types=_types(own),
        facts=(
            *_facts(snapshot, own, lang),
            *_facts(snapshot, others[offset:end], lang, inverse=True),
        ),
        claims=tuple(_claim(snapshot, one, claims[one], lang) for one in shown),
        quote=_first(own, _QUOTE),
        other_readings=_all(own, _READING),
        triples=tuple(sorted(triples, key=str)),
        inverse_total=len(others),
        claims_total=len(claims),
    )


def _named(
    snapshot: Snapshot, subject: ox.NamedNode | None, thing: ox.NamedNode | None
) -> Iterator[ox.Quad]:
    """Quads of the named graphs, in a fixed order."""
    found = snapshot.engine.quads(subject, None, thing, None)
    return iter(sorted((q for q in found if isinstance(q.graph_name, ox.NamedNode)), key=str))


def _types(quads: list[ox.Quad]) -> tuple[str, ...]:
    types = {as_text(q.object) for q in quads if q.predicate.value == _TYPE}
    return tuple(sorted(types))


def _first(quads: list[ox.Quad], predicate: str) -> str | None:
    return next(iter(_all(quads, predicate)), None)


def _all(quads: list[ox.Quad], predicate: str) -> tuple[str, ...]:
    values = {as_text(q.object) for q in quads if q.predicate.value == predicate}
    return tuple(sorted(values))


def _is_claim(snapshot: Snapshot, subject: object) -> bool:
    if not isinstance(subject, ox.NamedNode):
        return False
    quads = snapshot.engine.quads(subject, ox.NamedNode(_TYPE), None, ox.DefaultGraph())
    return any(as_text(quad.object) in _CLAIMS for quad in quads)


def _citation(snapshot: Snapshot, graph: str, lang: str) -> str:
    """The citation label of a passage; of any other graph its name."""
    labels = {
        quad.object.language or "": quad.object.value
        for quad in snapshot.engine.quads(
            ox.NamedNode(graph), ox.NamedNode(_CITATION), None, ox.DefaultGraph()
        )
        if isinstance(quad.object, ox.Literal)
    }
    for wanted in (lang, "en", "ja"):
        if wanted in labels:
            return labels[wanted]
    return labels[min(labels)] if labels else compact(graph)


def _passage(claim: str) -> str:
    return claim.split("#", 1)[0]


def _order(snapshot: Snapshot, passage: str) -> tuple[str, int]:
    """Where a passage stands in its source, to list claims as a reader meets them."""
    quads = snapshot.engine.quads(
        ox.NamedNode(passage), ox.NamedNode(_C + "order"), None, ox.DefaultGraph()
    )
    source = passage.removeprefix(sources.SOURCE).split("/", 1)[0]
    return source, min((int(getattr(q.object, "value", "0")) for q in quads), default=0)


def _nature(snapshot: Snapshot, property_: str) -> str:
    """Whether values of a property are stated, coded or computed; empty where nobody says."""
    quads = snapshot.engine.quads(
        ox.NamedNode(property_), ox.NamedNode(_NATURE), None, ox.DefaultGraph()
    )
    return min((as_text(q.object).removeprefix(_C) for q in quads), default="")


def _facts(
    snapshot: Snapshot, quads: list[ox.Quad], lang: str, inverse: bool = False
) -> Iterator[Fact]:
    """The facts that quads state, without what is shown apart."""
    for quad in quads:
        graph = as_text(quad.graph_name)
        value = quad.subject if inverse else quad.object
        if quad.predicate.value in _APART or quad.predicate.value.startswith(_OA):
            continue
        label = snapshot.names.label(value.value, lang) if isinstance(value, ox.NamedNode) else ""
        yield Fact(
            property=quad.predicate.value,
            property_label=snapshot.names.label(quad.predicate.value, lang),
            value=value,
            value_label=label or str(getattr(value, "value", value)),
            graph=graph,
            kind=sources.kind_of(graph),
            nature=_nature(snapshot, quad.predicate.value),
            citation=_citation(snapshot, graph, lang),
            inverse=inverse,
        )


def claim(snapshot: Snapshot, iri: str, lang: str = "en") -> Claim:
    """A claim by its IRI; NotFound when no passage makes it."""
    if not _is_claim(snapshot, ox.NamedNode(iri)):
        raise NotFound(f"{compact(iri)} is no claim")
    return _claim(snapshot, iri, set(), lang)


def _claim(snapshot: Snapshot, iri: str, relations: set[str], lang: str) -> Claim:
    own = list(_named(snapshot, ox.NamedNode(iri), None))
    passage = iri.split("#", 1)[0]
    return Claim(
        iri=iri,
        types=_types(own),
        relations=tuple(sorted(relations)),
        quote=_first(own, _QUOTE),
        citation=_citation(snapshot, passage, lang),
        passage=passage,
        other_readings=_all(own, _READING),
        facts=tuple(_facts(snapshot, own, lang)),
    )
