"""What the graph holds of each kind of thing: read once a snapshot, counted alike everywhere."""

from dataclasses import dataclass

import pyoxigraph as ox

from kg.names import PREFIXES
from kg.results import Rows
from kg.snapshot import Snapshot
from kg_api.site.parts.kept import kept
from kg_api.site.parts.kinds import TOPICS

_C, _SKOS = PREFIXES["comity"], PREFIXES["skos"]
# the kinds in the order of the legend, and the class of each; topics are concepts of one scheme
CLASSES = {
    "actors": "Actor",
    "instruments": "Instrument",
    "initiatives": "Initiative",
    "events": "Event",
    "documents": "Document",
    "topics": "",
}
_MEMBERS = """
SELECT DISTINCT ?thing ?type ?country WHERE {
  ?type rdfs:subClassOf* ?class . ?thing a ?type .
  OPTIONAL { ?thing comity:country ?country }
} ORDER BY ?thing ?type ?country
"""
_INSTRUMENTS = """
SELECT DISTINCT ?thing ?type WHERE {
  ?own rdfs:subClassOf* ?class . ?thing a ?own .
  OPTIONAL { ?thing comity:instrumentType ?type }
} ORDER BY ?thing ?type
"""
_TOPICS = """
SELECT DISTINCT ?thing WHERE { ?thing skos:inScheme ?scheme } ORDER BY ?thing
"""
_NAMED = """
SELECT ?thing (COUNT(DISTINCT ?passage) AS ?passages) WHERE {
  GRAPH ?passage { ?passage a comity:Passage .
    { ?one ?property ?thing FILTER(?property != rdf:type) } UNION { ?thing ?property ?one } }
  FILTER(ISIRI(?thing) && !CONTAINS(STR(?thing), "#") && ?thing != ?passage)
} GROUP BY ?thing ORDER BY DESC(?passages) ?thing
"""


@dataclass(frozen=True)
class Member:
    """A thing of a kind: its types, its countries; what is unnamed is a fragment.

    The types of an instrument are those that are coded; those of others their classes.
    """

    iri: str
    types: tuple[str, ...]
    countries: tuple[str, ...]

    @property
    def named(self) -> bool:
        """Whether it stands in a register, and so has an address of its own."""
        return "#" not in self.iri


def _rows(snapshot: Snapshot, text: str, **values: str) -> list[dict[str, str]]:
    found = snapshot.query(text, {name: ox.NamedNode(one) for name, one in values.items()})
    assert isinstance(found, Rows)
    return found.records()


def members(snapshot: Snapshot, kind: str) -> tuple[Member, ...]:
    """All things of a kind, by IRI."""

    def read() -> tuple[Member, ...]:
        class_ = CLASSES[kind]
        if not class_:
            return tuple(
                Member(row["thing"], (), ()) for row in _rows(snapshot, _TOPICS, scheme=TOPICS)
            )
        found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
        text = _INSTRUMENTS if kind == "instruments" else _MEMBERS
        for row in _rows(snapshot, text, **{"class": _C + class_}):
            types, countries = found.setdefault(row["thing"], ({}, {}))
            if row.get("type"):
                types[row["type"]] = None
            if row.get("country"):
                countries[row["country"]] = None
        return tuple(Member(iri, tuple(its[0]), tuple(its[1])) for iri, its in found.items())

    return kept(snapshot, ("members", kind), read)


def iris(snapshot: Snapshot, kind: str) -> frozenset[str]:
    """The IRIs of all things of a kind."""
    return kept(
        snapshot, ("iris", kind), lambda: frozenset(one.iri for one in members(snapshot, kind))
    )


def passages(snapshot: Snapshot) -> dict[str, int]:
    """In how many passages each thing that has an address is named; the most first."""

    def read() -> dict[str, int]:
        return {row["thing"]: int(row["passages"]) for row in _rows(snapshot, _NAMED)}

    return kept(snapshot, "passages", read)
