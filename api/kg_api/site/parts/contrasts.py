"""Where the graph holds two values of which one thing has one: both are shown, neither wins."""

from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from kg import sources
from kg.accounts import Thing
from kg.names import PREFIXES
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api.site.parts.facts import Facts, Where
from kg_api.site.parts.kept import kept

_C, _DCT = PREFIXES["comity"], PREFIXES["dct"]
_DATE, _TITLE = _C + "date", _C + "printedTitle"
_REGISTER = f"{sources.GRAPH}reference/register-"


@dataclass(frozen=True)
class Side:
    """One of the values, and who says so; `dated` where it is a date in EDTF."""

    text: str
    dated: bool
    places: tuple[Where, ...]


@dataclass(frozen=True)
class Contrast:
    """A thing that has several values of a property."""

    thing: Thing
    what: Thing
    sides: tuple[Side, ...]

    @property
    def passages(self) -> frozenset[str]:
        """The passages that state one of them."""
        return frozenset(
            place.iri for side in self.sides for place in side.places if place.kind == "reported"
        )


def contrasts(snapshot: Snapshot, lang: str) -> tuple[Contrast, ...]:
    """All of them in which a source speaks, by the names of the things."""
    return kept(snapshot, ("contrasts", lang), lambda: _read(snapshot, lang))


def _read(snapshot: Snapshot, lang: str) -> tuple[Contrast, ...]:
    facts = Facts(snapshot, lang)
    found = []
    for property_ in (_DATE, _TITLE):
        said: dict[str, dict[str, dict[str, None]]] = {}
        for quad in snapshot.engine.quads(None, ox.NamedNode(property_), None, None):
            graph = as_text(quad.graph_name)
            if graph and sources.kind_of(graph) in (sources.REPORTED, sources.REFERENCE):
                its = said.setdefault(as_text(quad.subject), {})
                its.setdefault(as_text(quad.object), {})[graph] = None
        for iri, values in said.items():
            graphs = {graph for its in values.values() for graph in its}
            reported = any(sources.kind_of(one) == sources.REPORTED for one in graphs)
            if len(values) < 2 or not reported or not _apart(snapshot, property_, list(values)):
                continue
            sides = [
                Side(
                    text=snapshot.names.label(value) if property_ == _DATE else value,
                    dated=property_ == _DATE,
                    places=tuple(
                        where for graph in sorted(its) for where in _where(facts, iri, graph)
                    ),
                )
                for value, its in values.items()
            ]
            sides.sort(key=lambda one: (one.places[0].kind != "reported", one.text))
            thing = Thing(iri, snapshot.names.label(iri, lang))
            named = Thing(property_, snapshot.names.label(property_, lang))
            found.append(Contrast(thing, named, tuple(sides)))
    return tuple(sorted(found, key=lambda one: (one.thing.label, one.what.label)))


def _apart(snapshot: Snapshot, property_: str, values: list[str]) -> bool:
    """Whether values exclude each other: a month and a day in it do not."""
    if property_ != _DATE:
        return True
    spans = [(_day(snapshot, one, "earliest"), _day(snapshot, one, "latest")) for one in values]
    return max(first for first, _ in spans) > min(last for _, last in spans)


def _day(snapshot: Snapshot, iri: str, name: str) -> date:
    quads = snapshot.engine.quads(
        ox.NamedNode(iri), ox.NamedNode(_C + name), None, ox.DefaultGraph()
    )
    fallback = date.min if name == "earliest" else date.max
    return next((date.fromisoformat(as_text(quad.object)) for quad in quads), fallback)


def _where(facts: Facts, subject: str, graph: str) -> tuple[Where, ...]:
    """Who says what a graph states of a thing: a passage, or the pages that it was taken from."""
    kind = sources.kind_of(graph)
    if kind == sources.REPORTED or graph.startswith(_REGISTER):
        return (Where(kind, facts.snapshot.names.label(graph, facts.lang), graph),)
    quads = facts.snapshot.engine.quads(
        ox.NamedNode(subject), ox.NamedNode(_DCT + "source"), None, ox.NamedNode(graph)
    )
    pages = sorted({as_text(quad.object) for quad in quads})
    return tuple(facts.page(kind, one) for one in pages)
