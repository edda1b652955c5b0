"""Networks worked out by hand: six small graphs with all their measures, and the report's own.

The measures are fractions, as one gets them with pencil and paper; where a row lacks one, it is
undefined there and must be absent.
"""

from fractions import Fraction
from typing import Any

import pytest

import kg
from kg import network
from networking import ACTOR, TEXTS, action, snapshot

WILL = "a comity:Commitment ; comity:modality <https://w3id.org/comity/id/modality/will>"
ROWS = (
    "degree", "weighted_degree", "betweenness", "closeness", "pagerank", "clustering", "core",
    "component",
)  # fmt: skip
F, _ = Fraction, None


def claims(*pairs: str, more: str = "") -> list[tuple[str, str]]:
    """A passage for each pair of letters: `ab` act together, `a>b` with b as counterpart."""
    found = []
    for number, pair in enumerate(pairs):
        one, _, other = pair.partition(">")
        said = action(one, counterpart=other, more=more) if other else action(*pair, more=more)
        found.append((f"p{number}", said))
    return found


def solved(*rows: tuple[F, ...]) -> list[F]:
    """The solution of linear equations, rows of coefficients and the right side: no rounding."""
    work = [list(row) for row in rows]
    for i in range(len(work)):
        pivot = next(row for row in work[i:] if row[i])
        work.remove(pivot)
        work.insert(i, [value / pivot[i] for value in pivot])
        for j, row in enumerate(work):
            if j != i:
                work[j] = [x - row[i] * y for x, y in zip(row, work[i], strict=True)]
    return [row[-1] for row in work]


D = F(85, 100)
# PageRank of a star of four: centre = 3/80 + D * 3 leaves; leaf = 3/80 + D * centre / 3
CENTRE, LEAF = solved((F(1), -3 * D, F(3, 80)), (-D / 3, F(1), F(3, 80)))
# of a path a-b-c-d with weights 1, 2, 1: an end has a third of its neighbour's; b has all of an
# end's and two thirds of c's, which is as large
END, INNER = solved((F(1), -D / 3, F(3, 80)), (-D, 1 - D * 2 / 3, F(3, 80)))
# of a cycle a>b>c>a into which d leads: d has the least; a = 3/80 + D * (c + d), and so on
ON_A, ON_B, ON_C = solved(
    (F(1), F(0), -D, F(3, 80) + D * F(3, 80)),
    (-D, F(1), F(0), F(3, 80)),
    (F(0), -D, F(1), F(3, 80)),
)
# of a triangle a, b, c with a tail d: a and b have as much
KITE_A, KITE_C, KITE_D = solved(
    (1 - D / 2, -D / 3, F(0), F(3, 80)), (-D, F(1), -D, F(3, 80)), (F(0), -D / 3, F(1), F(3, 80))
)
# of a path of three among five: its ends each have half of the middle's
OUTER, MIDDLE = solved((F(1), -D / 2, F(3, 100)), (-2 * D, F(1), F(3, 100)))
# of a triangle in which the edge between a and d weighs two
HEAVY, LIGHT = solved((1 - D * 2 / 3, -D / 2, F(1, 20)), (-D * 2 / 3, F(1), F(1, 20)))

# projection, claims, options, edges with weights, measures by node, density, components
HAND: dict[str, tuple[str, Any, dict[str, Any], dict[str, int], dict[str, tuple[Any, ...]], F, int]]
HAND = {
    # a is between every pair of others, and next to all; b reaches a in one step, c and d in two
    "star": (
        "actors", claims("ab", "ac", "ad"), {}, {"a-b": 1, "a-c": 1, "a-d": 1},
        {
            "a": (3, 3, 1, 1, CENTRE, 0, 1, 1), "b": (1, 1, 0, F(3, 5), LEAF, _, 1, 1),
            "c": (1, 1, 0, F(3, 5), LEAF, _, 1, 1), "d": (1, 1, 0, F(3, 5), LEAF, _, 1, 1),
        }, F(1, 2), 1,
    ),
    # b is between a and c, and a and d: two of three pairs; two passages say b and c
    "path": (
        "actors", claims("ab", "bc", "bc", "cd"), {}, {"a-b": 1, "b-c": 2, "c-d": 1},
        {
            "a": (1, 1, 0, F(1, 2), END, _, 1, 1), "b": (2, 3, F(2, 3), F(3, 4), INNER, 0, 1, 1),
            "c": (2, 3, F(2, 3), F(3, 4), INNER, 0, 1, 1), "d": (1, 1, 0, F(1, 2), END, _, 1, 1),
        }, F(1, 2), 1,
    ),
    # a triangle with a tail: c is between d and each other; one of its three pairs is linked
    "kite": (
        "actors", claims("ab", "bc", "ac", "cd"), {}, {"a-b": 1, "b-c": 1, "a-c": 1, "c-d": 1},
        {
            "a": (2, 2, 0, F(3, 4), KITE_A, 1, 2, 1), "b": (2, 2, 0, F(3, 4), KITE_A, 1, 2, 1),
            "c": (3, 3, F(2, 3), 1, KITE_C, F(1, 3), 2, 1),
            "d": (1, 1, 0, F(3, 5), KITE_D, _, 1, 1),
        }, F(2, 3), 1,
    ),
    # two components: a reaches two of four others, in one step and two: (2/3) * (2/4)
    "apart": (
        "actors", claims("ab", "bc", "de"), {}, {"a-b": 1, "b-c": 1, "d-e": 1},
        {
            "a": (1, 1, 0, F(1, 3), OUTER, _, 1, 1), "b": (2, 2, F(1, 6), F(1, 2), MIDDLE, 0, 1, 1),
            "c": (1, 1, 0, F(1, 3), OUTER, _, 1, 1), "d": (1, 1, 0, F(1, 4), F(1, 5), _, 1, 2),
            "e": (1, 1, 0, F(1, 4), F(1, 5), _, 1, 2),
        }, F(3, 10), 2,
    ),
    # commitments have direction: nobody reaches d, so how close it is has no meaning
    "cycle": (
        "commitments", claims("a>b", "b>c", "c>a", "d>a", "d>a", more=WILL), {},
        {"a-b": 1, "b-c": 1, "c-a": 1, "d-a": 2},
        {
            "a": (3, 4, F(1, 2), F(3, 4), ON_A, F(1, 3), 2, 1),
            "b": (2, 2, F(1, 3), F(3, 5), ON_B, 1, 2, 1),
            "c": (2, 2, F(1, 6), F(1, 2), ON_C, 1, 2, 1), "d": (1, 2, 0, _, F(3, 80), _, 1, 1),
        }, F(1, 3), 1,
    ),
    # a group of a and b acts with d, and a with d: spread, all three are linked, a and d twice
    "group": (
        "actors", claims("g>d", "ad"), {"groups": "members"}, {"a-b": 1, "a-d": 2, "b-d": 1},
        {
            "a": (2, 3, 0, 1, HEAVY, 1, 2, 1), "b": (2, 2, 0, 1, LIGHT, 1, 2, 1),
            "d": (2, 3, 0, 1, HEAVY, 1, 2, 1),
        }, F(1), 1,
    ),
}  # fmt: skip
MEMBERS = "actor:g a comity:Group ; comity:member actor:a, actor:b ."


@pytest.mark.parametrize("name", HAND)
def test_small_graphs(name: str) -> None:
    """Edges, weights and every measure are those worked out by hand; what has none is absent."""
    projection, said, options, edges, measured, density, components = HAND[name]
    held = snapshot(*said, reference=MEMBERS if name == "group" else "")
    made = network.project(held, projection, measures="all", texts=TEXTS, **options)
    short = {iri: iri.removeprefix(ACTOR) for iri in made}
    found = {}
    for a, b, weight in made.edges(data="weight"):
        ends = (short[a], short[b]) if made.is_directed() else sorted((short[a], short[b]))
        found["-".join(ends)] = weight
    assert found == edges
    assert set(short.values()) == set(measured)
    for iri, letter in short.items():
        for measure, wanted in zip(ROWS, measured[letter], strict=True):
            own = made.nodes[iri].get(measure)
            if wanted is None:
                assert own is None, (letter, measure)
            else:
                assert own == pytest.approx(float(wanted), abs=1e-9), (letter, measure)
    assert made.graph["density"] == pytest.approx(float(density))
    assert made.graph["components"] == components


def test_communities_of_two_components() -> None:
    """Each is one; of three edges two lie in one, one in the other: 1 - (4/6)^2 - (2/6)^2."""
    made = network.project(snapshot(*HAND["apart"][1]), measures="community", texts=TEXTS)
    parts = {iri.removeprefix(ACTOR): data["community"] for iri, data in made.nodes(data=True)}
    assert parts == {"a": 1, "b": 1, "c": 1, "d": 2, "e": 2}
    assert made.graph["modularity"] == pytest.approx(4 / 9)


REPORT = "Progress Report 2024, "
SIX = {
    ("meti", "dsit"): {
        "Increasing Cyber Resilience (a)", "Telecoms Diversification (f)", "Semiconductors (a)",
        "Semiconductors (c)", "Semiconductors (d)", "Semiconductors (e)",
    },
    ("mic", "dsit"): {
        "Telecoms Diversification (b)", "Telecoms Diversification (d)",
        "Telecoms Diversification (e)", "Online Safety (a)", "Online Safety (b)",
        "Digital Technical Standards (a)",
    },
}  # fmt: skip


@pytest.mark.parametrize("ends", SIX, ids="-".join)
def test_ministries_stand_together_in_six_passages(
    real_snapshot: kg.Snapshot, ends: tuple[str, str]
) -> None:
    """These, as a reader counts them in the report, and the preamble besides."""
    edge = network.project(real_snapshot).edges[ACTOR + ends[0], ACTOR + ends[1]]
    cited = {rests["citation"].removeprefix(REPORT) for rests in edge["evidence"]}
    assert cited - {"Preamble 1"} == SIX[ends]
    assert edge["weight"] == len(cited) == 7


# who or what, with whom or what, where the report says so, and in which words
RELATIONS = [
    ("affiliations", "actor:uk", "actor:global-cbpr-forum", "Data (e)",
     "an Associate of the Global CBPR Forum"),
    ("affiliations", "actor:ppc", "instrument:ppc-ico-moc", "Data (d)",
     "signed a Memorandum of Cooperation"),
    ("actors", "actor:ppc", "actor:information-commissioner-uk", "Data (d)",
     "signed a Memorandum of Cooperation"),
    ("actors", "actor:jst", "actor:ukri", "Semiconductors (b)",
     "announced a joint investment of up to £2 million"),
    ("actors", "actor:da", "actor:gds", "Digital Government Transformation (c)(iii)",
     "hold monthly meetings"),
    ("actors", "actor:nec", "actor:toshiba", "Telecoms Diversification (c)",
     "projects involving Japanese partners such as NEC and Toshiba"),
    ("instruments", "instrument:cyber-partnership", "instrument:hiroshima-accord",
     "Increasing Cyber Resilience (b)", "was established in May 2023 under the Hiroshima Accord"),
    ("instruments", "instrument:ncsc-ai-guidelines", "initiative:hiroshima-ai-process",
     "Artificial Intelligence (c)", "publication of the guidelines for secure AI by NCSC"),
    ("hierarchy", "actor:gac", "actor:icann", "Internet Governance (d)",
     "will also work together in the ICANN's Governmental Advisory Committee"),
    ("hierarchy", "actor:itu-t", "actor:itu", "Digital Technical Standards (a)",
     "general assembly of the Telecommunication Standardization Sector"),
    ("topics", "actor:mic", "topic:open-ran", "Telecoms Diversification (c)",
     "MIC has invested in UK-based R&D project"),
    ("topics", "actor:ppc", "topic:data-protection", "Data (d)",
     "signed a Memorandum of Cooperation"),
]  # fmt: skip


@pytest.mark.parametrize(("projection", "source", "target", "place", "words"), RELATIONS)
def test_relations_that_a_reader_can_check(
    real_snapshot: kg.Snapshot, projection: str, source: str, target: str, place: str, words: str
) -> None:
    """Each of twelve is in its network, and cites the passage and the words that say so."""
    made = network.project(real_snapshot, projection)
    edge = made.edges[kg.names.expand(source), kg.names.expand(target)]
    rests = [one for one in edge["evidence"] if one.get("citation") == REPORT + place]
    assert any(words in one["words"] for one in rests), rests
