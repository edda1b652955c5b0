"""What every edge of every network rests on, looked up statement by statement in the graph itself.

Nothing is sampled: all projections, with groups spread and folded too, the neighbourhood of every
actor, instrument, initiative and event, and a query over all relations.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import networkx as nx
import pyoxigraph as ox
import pytest

import kg
from kg import network
from kg.names import PREFIXES
from networking import ROOT

COMITY, SKOS, DCT = (PREFIXES[name] for name in ("comity", "skos", "dct"))
EVERY = ("reported", "reference", "derived")
VIEWS: tuple[dict[str, Any], ...] = (
    {}, {"kinds": EVERY}, {"groups": "members"}, {"level": "parent"}, {"level": "government"},
    {"level": "country", "groups": "members", "kinds": EVERY}, {"topic": "data"},
    {"from_": "2023", "undated": "keep"}, {"lang": "ja"},
)  # fmt: skip
FOLDS = (COMITY + "parent", COMITY + "country")


class Held:
    """The statements of a snapshot by graph, read without anything of kg.network."""

    def __init__(self, snapshot: kg.Snapshot) -> None:
        self.said: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(
            lambda: defaultdict(set)
        )
        # in networks that fold or spread, an actor stands under these
        self.folds: dict[str, set[str]] = defaultdict(set)
        self.groups: dict[str, set[str]] = defaultdict(set)
        for quad in snapshot.store:
            if not isinstance(quad.graph_name, ox.NamedNode):
                continue
            subject, object_ = quad.subject.value, quad.object.value  # type: ignore[union-attr]
            self.said[quad.graph_name.value][subject].add((quad.predicate.value, object_))
            if quad.predicate.value in FOLDS:
                self.folds[object_].add(subject)
            elif quad.predicate.value == COMITY + "member":
                self.groups[object_].add(subject)

    def values(self, graph: str, subject: str, property_: str = "") -> set[str]:
        """The values of a property, or of all, of a thing in a graph."""
        return {o for p, o in self.said[graph][subject] if property_ in ("", p)}

    def anywhere(self, subject: str, property_: str) -> set[str]:
        """The values of a property in all graphs."""
        return set().union(*(self.values(graph, subject, property_) for graph in self.said))

    def standing_for(self, thing: str) -> set[str]:
        """What may stand as a thing: what is folded into it, and the groups of these."""
        found, fresh = {thing}, {thing}
        while fresh:
            fresh = set().union(*(self.folds[one] for one in fresh)) - found
            found |= fresh
        return found | set().union(*(self.groups[one] for one in found))

    def linked(self, graph: str, one: str, other: str) -> bool:
        """Whether a graph states something between two things."""
        return other in self.values(graph, one) or one in self.values(graph, other)


@pytest.fixture(scope="module")
def held(real_snapshot: kg.Snapshot) -> Held:
    """What the real snapshot states."""
    return Held(real_snapshot)


def check(held: Held, made: nx.Graph, folded: bool = False) -> Counter[str]:
    """Look up everything that the edges of a network rest on; how many of which kind."""
    number: Counter[str] = Counter()
    for a, b, data in made.edges(data=True):
        rests = data["evidence"]
        assert rests, (a, b)
        assert data["weight"] == len({one["graph"] for one in rests}) or made.graph.get("query")
        for one in rests:
            number[one["kind"]] += 1
            getattr(_Looking(held, folded), one["kind"])(a, b, one)
    return number


class _Looking:
    def __init__(self, held: Held, folded: bool) -> None:
        self._held = held
        self._folded = folded

    def _as(self, end: str) -> set[str]:
        return self._held.standing_for(end) if self._folded else {end}

    def _links(self, graph: str, a: str, b: str) -> list[tuple[str, str]]:
        """Things for which the ends stand, and between which a graph states something."""
        return [
            (one, other)
            for one in self._as(a)
            for other in self._as(b)
            if self._held.linked(graph, one, other)
        ]

    def reported(self, a: str, b: str, one: dict[str, Any]) -> None:
        """A passage: its citation; the claim, its words, and both ends in it."""
        held, graph = self._held, one["graph"]
        assert graph in held.said
        assert one["citation"] in held.anywhere(graph, COMITY + "citationLabel")
        assert one["words"]
        if "claim" in one:
            claim = one["claim"]
            assert held.values(graph, claim, COMITY + "quote") == {one["words"]}
            named = held.values(graph, claim) | {claim}
            assert self._as(a) & named, (a, one)
            assert self._as(b) & named, (b, one)
            return
        assert self._links(graph, a, b), (a, b, one)
        texts = {text for its in held.said[graph].values() for _, text in its}
        assert set(one["words"].split(" / ")) <= texts or one["words"] in texts

    def reference(self, a: str, b: str, one: dict[str, Any]) -> None:
        """A register: the statement or the tenure that makes it, and the pages that say so."""
        held, graph = self._held, one["graph"]
        through = [
            subject for subject in held.said[graph]
            if self._as(a) & (values := held.values(graph, subject)) and self._as(b) & values
        ]  # fmt: skip
        direct = self._links(graph, a, b)
        assert direct or through, (a, b, one)
        pages = set().union(
            *(
                held.values(graph, s, DCT + "source")
                for s in (*(end for ends in direct for end in ends), *through)
            )
        )
        assert one["sources"]
        assert set(one["sources"]) <= pages | {graph}

    def derived(self, a: str, b: str, one: dict[str, Any]) -> None:
        """A rule: its file, what it derived, and the claims that it read."""
        held = self._held
        assert (ROOT / "queries" / "rules" / f"{one['rule']}.rq").is_file()
        links = self._links(one["graph"], a, b)
        assert links, (a, b, one)
        assert one["inputs"]
        for claim in one["inputs"]:
            passage = claim.partition("#")[0]
            assert held.values(passage, claim, COMITY + "quote")
            named = held.values(passage, claim)
            assert any(set(ends) <= named for ends in links), (a, b, claim)


@pytest.mark.parametrize("projection", network.PROJECTIONS)
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_projections(
    real_snapshot: kg.Snapshot, held: Held, projection: str, view: dict[str, Any]
) -> None:
    """Every edge of every projection, in every view."""
    folded = "groups" in view or "level" in view
    made = network.project(real_snapshot, projection, **view)
    number = check(held, made, folded)
    assert number.total() >= made.number_of_edges()


def centres(held: Held) -> Iterator[str]:
    """Every actor, instrument, initiative and event that has a name."""
    for kind in ("actor", "instrument", "initiative", "event"):
        for thing in {s for its in held.said.values() for s in its if s.startswith(PREFIXES[kind])}:
            if held.anywhere(thing, SKOS + "prefLabel"):
                yield thing


def test_neighbourhoods(real_snapshot: kg.Snapshot, held: Held) -> None:
    """Around everything that has a name, one hop; around one, three."""
    found = Counter[str]()
    for thing in sorted(centres(held)):
        found += check(held, network.ego(real_snapshot, thing, kinds=EVERY))
    assert found["reported"] > 1000
    assert check(held, network.ego(real_snapshot, "MIC", hops=3))


def test_queries(real_snapshot: kg.Snapshot, held: Held) -> None:
    """A CONSTRUCT of all relations between things rests on the graphs that state them."""
    text = "CONSTRUCT { ?a ?p ?b } WHERE { ?a ?p ?b FILTER(?p IN (%s)) }"
    names = (
        "comity:parent",
        "comity:supplements",
        "comity:textOf",
        "comity:country",
        "comity:party",
    )
    made = network.query(real_snapshot, text % ", ".join(names))
    assert made.number_of_edges() > 50
    for a, b, data in made.edges(data=True):
        for one in data["evidence"]:
            assert one["kind"] in EVERY
            assert held.linked(one["graph"], a, b)
