"""Networks by hand: what the projections make of a few claims, and of the real report."""

import dataclasses
from typing import Any

import networkx as nx
import pytest

import kg
from kg import network
from kg.errors import UsageError
from kg.network import measures
from kg.network.options import MEASURES, OPTIONS
from networking import ACTOR, SOURCE, TEXTS, action, participation, snapshot

WILL = "a comity:Commitment ; comity:modality <https://w3id.org/comity/id/modality/will>"
MINISTRIES = " ".join(f"actor:{one} a comity:Ministry ." for one in "abcde")


def drawn(made: nx.Graph, attribute: str = "weight") -> dict[str, Any]:
    """The edges by the letters of their ends."""
    return {
        "-".join(
            one.removeprefix(ACTOR) for one in ((a, b) if made.is_directed() else sorted((a, b)))
        ): v
        for a, b, v in made.edges(data=attribute)
    }


def test_weight_counts_passages_not_claims() -> None:
    """Two actions of one passage are one; actor and counterpart count alike."""
    held = snapshot(
        ("p", action("a", "b")), ("p", action("a", "b")), ("q", action("a", counterpart="b"))
    )
    made = network.project(held, texts=TEXTS)
    assert drawn(made) == {"a-b": 2}
    assert drawn(made, "n_actions") == {"a-b": 3}
    assert not made.is_directed()


def test_participants_of_one_participation_are_linked_and_counted_apart() -> None:
    """A participation links its participants with each other, not with what they are in."""
    made = network.project(snapshot(("p", participation("a", "b", "c"))), texts=TEXTS)
    assert drawn(made) == {"a-b": 1, "a-c": 1, "b-c": 1}
    assert set(drawn(made, "n_participations").values()) == {1}
    assert set(drawn(made, "n_actions").values()) == {0}


GROUP = (
    "actor:g a comity:Group ; comity:member actor:a, actor:b . actor:h a comity:Group ; "
    "comity:member actor:a, actor:c ." + MINISTRIES
)


def test_a_group_is_a_node_and_links_no_members() -> None:
    """Sharing a group makes no edge; a group acts as itself."""
    held = snapshot(("p", action("g", counterpart="d")), ("q", action("g")), reference=GROUP)
    made = network.project(held, texts=TEXTS)
    assert drawn(made) == {"d-g": 1}
    assert made.nodes[f"{ACTOR}g"]["group"] is True


def test_groups_are_spread_on_request_and_marked() -> None:
    """Edges that rest on membership alone are marked, and not counted as named."""
    held = snapshot(("p", action("g", counterpart="d")), ("q", action("a", "d")), reference=GROUP)
    made = network.project(held, groups="members", texts=TEXTS)
    assert drawn(made) == {"a-b": 1, "a-d": 2, "b-d": 1}
    assert drawn(made, "weight_named") == {"a-b": 0, "a-d": 1, "b-d": 0}
    assert drawn(made, "through_group") == {"a-b": True, "a-d": False, "b-d": True}


def test_levels_fold_and_drop_what_stays_inside() -> None:
    """Two ministries of one country are one node, without an edge to itself."""
    reference = MINISTRIES + (
        "actor:a comity:country actor:x ; comity:parent actor:ga . actor:b comity:country actor:x ."
        "actor:c comity:country actor:y . actor:x a comity:Country . actor:y a comity:Country ."
        "actor:ga a comity:Government ."
    )
    held = snapshot(("p", action("a", "b", "c")), reference=reference)
    assert drawn(network.project(held, level="country", texts=TEXTS)) == {"x-y": 1}
    folded = network.project(held, level="government", texts=TEXTS)
    assert set(drawn(folded)) == {"b-ga", "c-ga", "b-c"}
    assert set(drawn(network.project(held, country="actor:x", texts=TEXTS))) == {"a-b"}


def test_filters_combine() -> None:
    """Topic with narrower ones, time with the undated, weight, core and component."""
    held = snapshot(
        ("p", action("a", "b", more="comity:topic topic:narrow ; comity:date date:2023-02")),
        ("q", action("b", "c", more="comity:topic topic:wide")),
        ("r", action("c", "d", more="comity:date date:2024")),
        ("s", action("a", "c")),
        ("t", action("x", "y")),
        reference=MINISTRIES + " actor:x a comity:Country . actor:y a comity:Country .",
    )
    edges = lambda **given: set(drawn(network.project(held, texts=TEXTS, **given)))  # noqa: E731
    assert edges(topic="topic:wide") == {"a-b", "b-c"}
    assert edges(topic="topic:narrow") == {"a-b"}
    assert edges(from_="2023", to="2023-12") == {"a-b"}
    assert edges(from_="2024-06") == {"c-d"}
    assert edges(to="2023", undated="keep", topic="topic:wide") == {"a-b", "b-c"}
    assert edges(largest_component=True) == {"a-b", "b-c", "a-c", "c-d"}
    assert edges(k_core=2) == {"a-b", "b-c", "a-c"}
    assert edges(type="Ministry") == {"a-b", "b-c", "a-c", "c-d"}
    said = network.project(held, texts=TEXTS, from_="2023").graph["undated"]
    assert said == "3 claims without a date: left out"


def test_actions_affiliations_and_commitments_point() -> None:
    """Actors point to their actions, to what they are in, and bearers to counterparts."""
    held = snapshot(
        ("p", participation("a", in_="forum", role="chair")),
        ("q", action("a", counterpart="b", more=WILL)),
        ("r", action("c", more=WILL)),
        reference="actor:forum a comity:Forum .",
    )  # fmt: skip
    actions = network.project(held, "actions", texts=TEXTS)
    assert {(a.removeprefix(ACTOR), b.removeprefix(SOURCE)) for a, b in actions.edges} == {
        ("a", "s/p#claim-1"), ("a", "s/q#claim-2"), ("b", "s/q#claim-2"), ("c", "s/r#claim-3"),
    }  # fmt: skip
    affiliations = network.project(held, "affiliations", texts=TEXTS)
    assert drawn(affiliations, "roles") == {"a-forum": "chair"}
    commitments = network.project(held, "commitments", texts=TEXTS)
    assert drawn(commitments) == {"a-b": 1}
    assert {one.removeprefix(ACTOR) for one in commitments} == {"a", "b", "c"}


def test_what_is_undefined_is_absent() -> None:
    """Who has no edge has no closeness, and no share of pairs where there are none."""
    held = snapshot(("p", action("a", more=WILL)))
    made = network.project(held, "commitments", measures="all", texts=TEXTS)
    alone = made.nodes[f"{ACTOR}a"]
    assert {"closeness", "betweenness", "pagerank", "clustering", "community"} & set(alone) == set()
    assert alone["degree"] == 0
    assert "density" not in made.graph


def _python_pagerank(made: nx.Graph) -> dict[str, float]:
    from networkx.algorithms.link_analysis.pagerank_alg import _pagerank_python

    found: dict[str, float] = _pagerank_python(made, tol=1e-14, max_iter=1000)
    return found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("directed", [False, True])
def test_measures_equal_networkx(seed: int, directed: bool) -> None:
    """Within 1e-9, on random networks with isolated nodes and several components."""
    made = nx.gnp_random_graph(24, 0.08, seed=seed, directed=directed)
    made = nx.relabel_nodes(made, {one: f"n{one:02}" for one in made})
    for number, (a, b) in enumerate(made.edges):
        made.edges[a, b]["weight"] = 1 + number % 4
    measures.measure(made, MEASURES, seed=3)
    plain = nx.Graph(made)
    expected = {
        "degree": dict(made.degree()),
        "weighted_degree": dict(made.degree(weight="weight")),
        "betweenness": nx.betweenness_centrality(made),
        "closeness": nx.closeness_centrality(made),
        "pagerank": _python_pagerank(made),
        "clustering": nx.clustering(plain),
        "core": nx.core_number(plain),
    }
    for name, values in expected.items():
        for one, value in values.items():
            own = made.nodes[one].get(name)
            # networkx says 0 for what is undefined
            assert (own is None and value == 0) or abs(own - value) < 1e-9, (name, one)
    assert made.graph["density"] == pytest.approx(nx.density(made), abs=1e-9)
    assert made.graph["components"] == nx.number_connected_components(plain)


def test_communities_and_layout_are_the_same_every_time(real_snapshot: kg.Snapshot) -> None:
    """Two runs give the same communities and positions; another order of things changes none."""
    one, other = (
        network.project(real_snapshot, measures=("community",), layout=True) for _ in range(2)
    )
    assert dict(one.nodes(data=True)) == dict(other.nodes(data=True))
    assert all(0 <= data["x"] <= 1000 for _, data in one.nodes(data=True))


def test_a_release_carries_the_layouts_of_whole_projections(real_snapshot: kg.Snapshot) -> None:
    """As they come out anew; what is filtered is laid out on request, in a picture of its own."""
    assert set(real_snapshot.positions) == set(network.PROJECTIONS)
    bare = dataclasses.replace(real_snapshot, path=None)
    for projection in network.PROJECTIONS:
        carried = network.project(real_snapshot, projection, measures="degree", lang="ja")
        assert "x" not in next(iter(network.project(bare, projection).nodes.values()))
        anew = network.project(bare, projection, layout=True)
        for name in "xy":
            assert dict(carried.nodes(data=name)) == dict(anew.nodes(data=name))
    filtered = network.project(real_snapshot, topic="data")
    assert not any("x" in data for _, data in filtered.nodes(data=True))
    drawn_ = network.project(real_snapshot, topic="data", layout=True)
    assert max(data["x"] for _, data in drawn_.nodes(data=True)) == 1000


def test_ego_grows_with_its_hops(real_snapshot: kg.Snapshot) -> None:
    """No hop is the thing alone; each further one holds the last."""
    sizes = [set(network.ego(real_snapshot, "MIC", hops=hops)) for hops in range(3)]
    assert sizes[0] == {f"{ACTOR}mic"}
    assert sizes[0] < sizes[1] < sizes[2]
    only = network.ego(real_snapshot, "actor:mic", relations=("acts-with",))
    assert set(only) > {f"{ACTOR}dsit"}
    assert set(nx.get_edge_attributes(only, "type").values()) == {"acts-with"}


def test_queries_become_networks(real_snapshot: kg.Snapshot) -> None:
    """A SELECT with its ends, weights and passages, and a CONSTRUCT with where it stands."""
    rows = network.query(
        real_snapshot,
        "SELECT ?source ?target ?weight ?passage { GRAPH ?passage { ?c comity:actor ?source ; "
        "comity:object ?target } BIND(2 AS ?weight) FILTER(?source = actor:mic) } ORDER BY ?target",
    )
    assert rows.number_of_edges()
    assert all(data["weight"] % 2 == 0 for *_, data in rows.edges(data=True))
    assert all(data["evidence"][0]["citation"] for *_, data in rows.edges(data=True))
    made = network.query(
        real_snapshot, "CONSTRUCT { ?a comity:parent ?b } WHERE { ?a comity:parent ?b }"
    )
    assert (f"{ACTOR}gac", f"{ACTOR}icann") in made.edges
    assert all(data["evidence"][0]["kind"] != "query" for *_, data in made.edges(data=True))


WRONG = [
    {"topic": "no-such-topic"}, {"type": "Ministri"}, {"role": "x"}, {"status": "x"},
    {"from_": "2023-13"}, {"to": "9999-99-99"}, {"from_": "2024", "to": "2023"},
    {"k_core": 10**9}, {"min_weight": 0}, {"level": "planet"}, {"groups": "x"}, {"kinds": "x"},
    {"measures": "x"}, {"nonsense": 1}, {"topic": ("open-ran",) * 51}, {"lang": "e' n"},
    {"country": "Atlantis"}, {"pillar": "x }"}, {"k_core": "three"},
]  # fmt: skip


@pytest.mark.parametrize("given", WRONG, ids=str)
def test_wrong_options_are_refused(real_snapshot: kg.Snapshot, given: dict[str, Any]) -> None:
    """In one line that says what is wanted, whatever the value."""
    with pytest.raises(UsageError) as caught:
        network.project(real_snapshot, **given)
    assert "\n" not in str(caught.value)


def test_hostile_neighbourhoods_and_queries_are_refused(real_snapshot: kg.Snapshot) -> None:
    """Hops beyond all bounds, unknown relations, projections, and answers without ends."""
    for act in (
        lambda: network.ego(real_snapshot, "MIC", hops=10**9),
        lambda: network.ego(real_snapshot, "MIC", relations=("x",)),
        lambda: network.ego(real_snapshot, ()),
        lambda: network.project(real_snapshot, "../actors"),
        lambda: network.query(real_snapshot, "SELECT ?a { ?a ?b ?c }"),
        lambda: network.query(real_snapshot, "ASK { ?a ?b ?c }"),
        lambda: network.query(
            real_snapshot,
            'SELECT ?source ?target ("-1" AS ?weight) { ?source comity:parent ?target }',
        ),
    ):  # fmt: skip
        with pytest.raises(UsageError):
            act()


def test_every_option_is_explained() -> None:
    """The one table of options has help for each, which command and addresses show."""
    assert all(one.metadata["help"] for one in OPTIONS.values())
