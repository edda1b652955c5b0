"""Networks of what a snapshot says: projections, neighbourhoods, and networks of one's own."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.network import graph, own, select
from kg.network.facts import COMITY, Facts, Texts
from kg.network.formats import FORMATS, write
from kg.network.graph import CAUTION, Network
from kg.network.layout import CARRIED, carry, place
from kg.network.measures import measure, to_igraph
from kg.network.options import MAX_HOPS, PROJECTIONS, Options, kinds_of, make
from kg.snapshot import Snapshot

if TYPE_CHECKING:  # pandas is optional, and slow to import
    from pandas import DataFrame  # type: ignore[import-untyped]

__all__ = [
    "CAUTION",
    "FORMATS",
    "PROJECTIONS",
    "Network",
    "Options",
    "ego",
    "layouts",
    "project",
    "query",
    "to_igraph",
    "to_pandas",
    "write",
]
# the query of a projection, where its name is another
_QUERIES = {"actors": "actions"}
_THINGS = tuple(COMITY + name for name in ("Instrument", "Initiative", "Event"))
_BODIES = tuple(COMITY + name for name in ("Forum", "InternationalOrganisation", "WorkingGroup"))


def project(
    snapshot: Snapshot,
    projection: str = "actors",
    options: Options | None = None,
    texts: Texts | None = None,
    **given: Any,
) -> Network:
    """A projection of a snapshot as a network; docs/networks.md has its attributes and options.

    `texts` are the queries, for who can open no file. UsageError for what has no meaning here.
    """
    if projection not in PROJECTIONS:
        raise UsageError(f"no projection {projection[:40]!r}: there are {', '.join(PROJECTIONS)}")
    chosen = make(given) if options is None else options
    facts = Facts.of(snapshot, texts, chosen.lang)
    selection = select.Selection(facts, chosen, kinds_of(projection, chosen))
    links = facts.links(_QUERIES.get(projection, projection))
    if projection == "affiliations":
        links = [one for one in links if facts.is_a(one.target or "", _THINGS + _BODIES)]
    if projection == "instruments":
        links = [
            one
            for one in links
            if facts.is_a(one.source, _THINGS) or facts.is_a(one.target or "", _THINGS)
        ]
    links = selection.links(links)
    if projection == "actors":
        links = select.pairs(links)
    found = graph.assemble(facts, projection, links, chosen, len(selection.undated))
    if not chosen.said() and carry(found, snapshot.positions.get(projection, {})):
        chosen = replace(chosen, layout=False)
    return finish(found, chosen)


def finish(network: Network, options: Options) -> Network:
    """The network reduced, measured and laid out as its options say."""
    graph.reduce(network, options)
    if options.wanted:
        measure(network, options.wanted, options.seed)
    if options.layout:
        place(network)
    return network


def layouts(snapshot: Snapshot, texts: Texts) -> bytes:
    """The positions of the nodes of every whole projection, as a release carries them: JSON.

    Projections of more nodes than a picture can show are left out.
    """
    found = {}
    for projection in PROJECTIONS if texts else ():
        made = project(snapshot, projection, Options(), texts)
        if len(made) <= CARRIED:
            place(made)
            found[projection] = {iri: (data["x"], data["y"]) for iri, data in made.nodes(data=True)}
    return json.dumps(found, sort_keys=True).encode() + b"\n"


def ego(
    snapshot: Snapshot,
    of: Sequence[str] | str,
    hops: int = 1,
    relations: Sequence[str] = (),
    options: Options | None = None,
    texts: Texts | None = None,
    **given: Any,
) -> Network:
    """The neighbourhood of one or several things: what is reached from them in so many hops.

    `relations` are names of properties, or `acts-with` for who acts in one claim; all by default.
    """
    if not isinstance(hops, int) or not 0 <= hops <= MAX_HOPS:
        raise UsageError(f"hops={hops}: from 0 to {MAX_HOPS}")
    chosen = make(given) if options is None else options
    facts = Facts.of(snapshot, texts, chosen.lang)
    return finish(own.ego(facts, of, hops, relations, chosen), chosen)


def query(
    snapshot: Snapshot,
    text: str,
    options: Options | None = None,
    texts: Texts | None = None,
    **given: Any,
) -> Network:
    """The network of a SELECT with ?source and ?target, or of a CONSTRUCT.

    ?label, ?weight, ?type, ?date and ?passage are read where the SELECT has them.
    """
    chosen = make(given) if options is None else options
    facts = Facts.of(snapshot, texts, chosen.lang)
    return finish(own.query(facts, text, chosen), chosen)


def to_pandas(network: Network) -> "tuple[DataFrame, DataFrame]":
    """Nodes and edges as two tables; wants pandas."""
    import pandas as pd

    nodes = pd.DataFrame([{"id": iri, **data} for iri, data in network.nodes(data=True)])
    edges = pd.DataFrame(
        [{"source": a, "target": b, **data} for a, b, data in network.edges(data=True)]
    )
    return nodes, edges
