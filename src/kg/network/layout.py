"""Positions of nodes: the same for the same network, from a hash of each IRI."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from math import isfinite

import igraph as ig

from kg.network.graph import Network

# above this many nodes a force layout takes longer than a picture of it is worth
LARGE, HUGE = 600, 20_000
# nor does a release carry the positions of more
CARRIED = 5_000
_PLACES = 2
SIZE = 1_000.0


def start(iri: str) -> tuple[float, float]:
    """Where a node stands before its edges pull: two numbers from 0 to 1 from its IRI.

    >>> start("https://w3id.org/comity/id/actor/mic") == start("https://w3id.org/comity/id/actor/mic")
    True
    """
    digest = hashlib.sha256(iri.encode()).digest()
    return (
        int.from_bytes(digest[:6]) / 2**48,
        int.from_bytes(digest[6:12]) / 2**48,
    )


def carry(network: Network, known: Mapping[str, Sequence[float]]) -> bool:
    """Write the positions that a release carries on the nodes, where it has one for each."""
    if not len(network) or not all(iri in known for iri in network):
        return False
    for iri in network:
        network.nodes[iri]["x"], network.nodes[iri]["y"] = known[iri]
    return True


def place(network: Network) -> None:
    """Write x and y, from 0 to 1000, on every node (Fruchterman and Reingold 1991)."""
    nodes = sorted(network)
    number = {iri: place_ for place_, iri in enumerate(nodes)}
    spots = [start(iri) for iri in nodes]
    if len(nodes) <= HUGE and network.number_of_edges():
        edges = sorted({tuple(sorted((number[a], number[b]))) for a, b in network.edges()})
        graph = ig.Graph(n=len(nodes), edges=edges)
        wide = len(nodes) ** 0.5
        ig.set_random_number_generator(random.Random(1))  # noqa: S311 - no secret
        try:
            spots = list(graph.layout_fruchterman_reingold(
                seed=[(x * wide, y * wide) for x, y in spots],
                niter=300 if len(nodes) <= LARGE else 60,
                start_temp=wide / 4,
                grid="nogrid" if len(nodes) <= LARGE else "grid",
            ))  # fmt: skip
        finally:
            ig.set_random_number_generator(random)
    xs, ys = [one[0] for one in spots], [one[1] for one in spots]
    for iri, (x, y) in zip(nodes, spots, strict=True):
        network.nodes[iri]["x"] = _scaled(x, xs)
        network.nodes[iri]["y"] = _scaled(y, ys)


def _scaled(value: float, values: list[float]) -> float:
    low, high = min(values), max(values)
    scaled = SIZE / 2 if high == low else (value - low) / (high - low) * SIZE
    return round(scaled, _PLACES) if isfinite(scaled) else SIZE / 2
