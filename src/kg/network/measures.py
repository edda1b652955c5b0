"""Measures of networks: defined here in words, computed by igraph, equal to networkx."""

import random
from collections.abc import Iterable
from math import isnan
from typing import Any

import igraph as ig
import networkx as nx

DAMPING = 0.85


def to_igraph(network: nx.Graph) -> ig.Graph:
    """The network for igraph: nodes in the order of their IRIs, with all attributes."""
    nodes = sorted(network)
    place = {iri: number for number, iri in enumerate(nodes)}
    edges = sorted((place[a], place[b], data) for a, b, data in _ordered(network, place))
    made = ig.Graph(n=len(nodes), edges=[one[:2] for one in edges], directed=network.is_directed())
    made.vs["name"] = nodes
    for name in sorted({key for iri in nodes for key in network.nodes[iri]} - {"name"}):
        made.vs[name] = [network.nodes[iri].get(name) for iri in nodes]
    for name in sorted({key for *_, data in edges for key in data}):
        made.es[name] = [data.get(name) for *_, data in edges]
    for name, value in network.graph.items():
        made[name] = value
    return made


def _ordered(network: nx.Graph, place: dict[str, int]) -> Iterable[tuple[str, str, dict[str, Any]]]:
    for a, b, data in network.edges(data=True):
        yield (a, b, data) if network.is_directed() or place[a] < place[b] else (b, a, data)


def _bare(network: nx.Graph) -> tuple[list[str], ig.Graph]:
    nodes = sorted(network)
    place = {iri: number for number, iri in enumerate(nodes)}
    edges = sorted((place[a], place[b], w) for a, b, w in network.edges(data="weight", default=1))
    made = ig.Graph(n=len(nodes), edges=[one[:2] for one in edges], directed=network.is_directed())
    made.es["weight"] = [weight for *_, weight in edges]
    return nodes, made


def measure(network: nx.Graph, names: Iterable[str], seed: int = 1) -> None:
    """Write measures on the nodes, and density and counts on the network; absent if undefined.

    degree, weighted_degree: edges of a node, and the sum of their weights (in directed networks
    also in_degree and out_degree). betweenness: Freeman 1977 (Sociometry 40), unweighted, as a
    share of all pairs. closeness: Freeman 1978 (Social Networks 1), over the nodes that reach
    the node, scaled by their share (Wasserman and Faust 1994, 5.2.2). pagerank: Brin and Page
    1998, damping 0.85, by weight. clustering: Watts and Strogatz 1998 (Nature 393), unweighted,
    without direction. core: Seidman 1983 (Social Networks 5), without direction. component:
    number of the component without direction, the largest is 1. community: Leiden (Traag, Waltman
    and van Eck 2019, Scientific Reports 9) by modularity and weight, seeded, without direction.
    """
    wanted = set(names)
    nodes, graph = _bare(network)
    plain = graph.copy()
    plain.to_undirected(mode="collapse", combine_edges={"weight": "sum"})
    if len(nodes) > 1:
        network.graph["density"] = graph.density()
    components = plain.connected_components()
    network.graph["components"] = len(components)
    network.graph["measures"] = sorted(wanted)
    if not nodes:
        return
    found: dict[str, list[Any]] = {}
    if "degree" in wanted:
        found["degree"] = graph.degree()
        if graph.is_directed():
            found["in_degree"], found["out_degree"] = graph.indegree(), graph.outdegree()
    if "weighted_degree" in wanted:
        found["weighted_degree"] = graph.strength(weights="weight")
    if "betweenness" in wanted:
        found["betweenness"] = _betweenness(graph)
    if "closeness" in wanted:
        found["closeness"] = _closeness(graph)
    if "pagerank" in wanted and graph.ecount():
        found["pagerank"] = graph.pagerank(weights="weight", damping=DAMPING)
    if "clustering" in wanted:
        found["clustering"] = plain.transitivity_local_undirected(mode="nan")
    if "core" in wanted:
        found["core"] = plain.coreness()
    if "component" in wanted:
        found["component"] = _numbered(components.membership)
    if "community" in wanted and graph.ecount():
        found["community"], network.graph["modularity"] = _communities(plain, seed)
        network.graph["community_method"] = f"Leiden, modularity, seed {seed}"
    for name, values in found.items():
        for iri, value in zip(nodes, values, strict=True):
            if value is not None and not (isinstance(value, float) and isnan(value)):
                network.nodes[iri][name] = value


def _betweenness(graph: ig.Graph) -> list[float | None]:
    n = graph.vcount()
    if n < 3:
        return [None] * n
    pairs = (n - 1) * (n - 2) / (1 if graph.is_directed() else 2)
    return [value / pairs for value in graph.betweenness()]


def _closeness(graph: ig.Graph) -> list[float | None]:
    """Closeness of nodes that any other node reaches: of no other node it is undefined."""
    n = graph.vcount()
    mode = "in" if graph.is_directed() else "all"
    plain = graph.closeness(mode=mode, normalized=True)
    reached = graph.neighborhood_size(order=n, mode=mode)
    return [
        value * (count - 1) / (n - 1) if count > 1 else None
        for value, count in zip(plain, reached, strict=True)
    ]


def _numbered(membership: list[int]) -> list[int]:
    """Numbers from 1, the largest part first, of equal ones that with the earliest node."""
    first: dict[int, int] = {}
    size: dict[int, int] = {}
    for place, part in enumerate(membership):
        first.setdefault(part, place)
        size[part] = size.get(part, 0) + 1
    ordered = sorted(first, key=lambda part: (-size[part], first[part]))
    number = {part: i for i, part in enumerate(ordered, 1)}
    return [number[part] for part in membership]


def _communities(plain: ig.Graph, seed: int) -> tuple[list[int], float]:
    # igraph draws from one generator for the whole process: ours is put in for this call
    ig.set_random_number_generator(random.Random(seed))  # noqa: S311 - no secret
    try:
        found = plain.community_leiden("modularity", weights="weight", n_iterations=10)
    finally:
        ig.set_random_number_generator(random)
    return _numbered(found.membership), plain.modularity(found.membership, weights="weight")
