"""Terms as pages show them: classes, properties and codes with definition, example and use."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg import sources
from kg.accounts import Thing
from kg.names import PREFIXES
from kg.results import Rows, as_text
from kg.snapshot import Snapshot
from kg_api.site.parts.kept import kept

_C, _OWL, _RDFS, _SKOS = (PREFIXES[one] for one in ("comity", "owl", "rdfs", "skos"))
_TYPE = PREFIXES["rdf"] + "type"
# the sections of the ontology's page, in order: the type that a term has
SORTS = {
    "class": _OWL + "Class",
    "object": _OWL + "ObjectProperty",
    "datatype": _OWL + "DatatypeProperty",
    "annotation": _OWL + "AnnotationProperty",
    "literal": _RDFS + "Datatype",
    "individual": _C + "Nature",
}
_ABOVE = tuple(ox.NamedNode(one) for one in (_RDFS + "subClassOf", _RDFS + "subPropertyOf"))
_INSTANCES = """
SELECT ?term (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  ?thing a/rdfs:subClassOf* ?term FILTER(STRSTARTS(STR(?term), STR(comity:)))
} GROUP BY ?term
"""
_STATEMENTS = """
SELECT ?term (COUNT(*) AS ?count) WHERE {
  ?subject ?term ?value FILTER(STRSTARTS(STR(?term), STR(comity:)))
} GROUP BY ?term
"""
_CODED = """
SELECT ?term (COUNT(DISTINCT ?claim) AS ?count) WHERE {
  ?term skos:inScheme ?scheme . ?claim ?property ?term ; comity:sentence ?number ; a ?class
  FILTER(?class IN (comity:Action, comity:Participation))
} GROUP BY ?term
"""
# what claims point to, in the order of the drawing
POINTED = ("Actor", "Instrument", "Initiative", "Event", "Document", "Action", "Date", "Money",
           "Passage")  # fmt: skip
_LINKS = """
SELECT ?term ?property (COUNT(*) AS ?count) WHERE {
  ?claim a ?class ; ?property ?value . ?value a/rdfs:subClassOf* ?term
  FILTER(?class IN (comity:Action, comity:Participation))
  FILTER(STRSTARTS(STR(?property), STR(comity:)))
} GROUP BY ?term ?property ORDER BY ?term DESC(?count) ?property
"""


@dataclass(frozen=True)
class Term:
    """A class, a property or a code: its names, meaning and place, and how often it is used."""

    iri: str
    name: str
    label: str
    other: str
    definition: str
    example: str
    note: str
    nature: str
    above: tuple[Thing, ...]
    use: int


def _text(snapshot: Snapshot, iri: str, property_: str, lang: str) -> str:
    """The value of a property in a language, else in English, else any."""
    quads = snapshot.engine.quads(
        ox.NamedNode(iri), ox.NamedNode(property_), None, ox.DefaultGraph()
    )
    found = {
        getattr(one.object, "language", None) or "": as_text(one.object)
        for one in sorted(quads, key=str)
    }
    return next((found[one] for one in (lang, "en", "") if one in found), "")


def term(snapshot: Snapshot, iri: str, lang: str, use: int = 0) -> Term:
    """A term by its IRI."""
    engine, everywhere = snapshot.engine, ox.DefaultGraph()
    node = ox.NamedNode(iri)
    above = sorted(
        quad.object.value
        for property_ in (*_ABOVE, ox.NamedNode(_SKOS + "broader"))
        for quad in engine.quads(node, property_, None, everywhere)
        if isinstance(quad.object, ox.NamedNode)
    )
    label = snapshot.names.label(iri, lang)
    other = snapshot.names.label(iri, "ja" if lang == "en" else "en")
    nature = engine.quads(node, ox.NamedNode(_C + "nature"), None, everywhere)
    return Term(
        iri=iri,
        name=iri.rpartition("#")[2] if "#" in iri else iri.rpartition("/")[2],
        label=label,
        other=other if other != label else "",
        definition=_text(snapshot, iri, _SKOS + "definition", lang),
        example=_text(snapshot, iri, _SKOS + "example", lang),
        note=_text(snapshot, iri, _SKOS + "scopeNote", lang),
        nature=min((as_text(quad.object).removeprefix(_C) for quad in nature), default=""),
        above=tuple(Thing(one, snapshot.names.label(one, lang)) for one in above),
        use=use,
    )


def _counts(snapshot: Snapshot, text: str) -> dict[str, int]:
    rows = snapshot.query(text)
    assert isinstance(rows, Rows)
    return {row["term"]: int(row["count"]) for row in rows.records() if row.get("term")}


def uses(snapshot: Snapshot) -> dict[str, int]:
    """How many things each class has, with those below it; how many statements each property."""
    return kept(
        snapshot,
        "uses",
        lambda: {**_counts(snapshot, _STATEMENTS), **_counts(snapshot, _INSTANCES)},
    )


def coded(snapshot: Snapshot) -> dict[str, int]:
    """How many claims are coded with each concept."""
    return kept(snapshot, "coded", lambda: _counts(snapshot, _CODED))


def links(snapshot: Snapshot) -> dict[str, tuple[tuple[str, int], ...]]:
    """By which properties claims point to things of each class, and how often."""

    def read() -> dict[str, tuple[tuple[str, int], ...]]:
        rows = snapshot.query(_LINKS)
        assert isinstance(rows, Rows)
        found: dict[str, list[tuple[str, int]]] = {}
        for row in rows.records():
            if row.get("term"):
                found.setdefault(row["term"], []).append((row["property"], int(row["count"])))
        return {iri: tuple(some) for iri, some in found.items()}

    return kept(snapshot, "links", read)


def of_ontology(snapshot: Snapshot, lang: str) -> dict[str, tuple[Term, ...]]:
    """The terms of the ontology, by sort and name."""

    def read() -> dict[str, tuple[Term, ...]]:
        graph = ox.NamedNode(sources.ONTOLOGY_IRI)
        counts = uses(snapshot)
        found = {}
        for sort, type_ in SORTS.items():
            quads = snapshot.engine.quads(None, ox.NamedNode(_TYPE), ox.NamedNode(type_), graph)
            iris = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
            own = sorted(one for one in iris if one.startswith(_C))
            found[sort] = tuple(term(snapshot, one, lang, counts.get(one, 0)) for one in own)
        return found

    return kept(snapshot, ("ontology", lang), read)


@dataclass(frozen=True)
class Branch:
    """A term and what stands under it; `depth` counts from the top."""

    term: Term
    depth: int
    below: tuple["Branch", ...]

    def lines(self) -> tuple["Branch", ...]:
        """It and all below it, as they stand one under the other."""
        return (self, *(one for branch in self.below for one in branch.lines()))


def tree(terms: Iterable[Term]) -> tuple[Branch, ...]:
    """Terms under those that are above them; what has none of them above is a top."""
    known = {one.iri: one for one in terms}
    below: dict[str, list[str]] = {}
    for one in known.values():
        parent = next((each.iri for each in one.above if each.iri in known), "")
        below.setdefault(parent, []).append(one.iri)

    def grow(iri: str, depth: int, seen: frozenset[str]) -> Branch:
        rest = [one for one in below.get(iri, ()) if one not in seen]
        return Branch(known[iri], depth, tuple(grow(one, depth + 1, seen | {one}) for one in rest))

    return tuple(grow(one, 0, frozenset({one})) for one in below.get("", ()))
