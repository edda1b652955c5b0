"""What workers do for networks: make one, measure it, write it in a format."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from kg import guard, network
from kg.errors import NotFound, UsageError
from kg.network import formats as written
from kg.network import options as opts
from kg.network.formats import tables
from kg.network.graph import Network
from kg.snapshot import Snapshot
from kg_api.jobs import Reply, TooLarge

# pyarrow looks for pandas at the first array: now, for a worker can open no file later
pa.array(())


def draw(
    snapshot: Snapshot,
    projection: str,
    given: Mapping[str, Sequence[str]],
    texts: Mapping[str, str],
    format: str = "json",
    theme: str = "light",
    own: Mapping[str, Any] | None = None,
    table: bool = False,
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> Reply:
    """A network in a format, or, with `table`, its nodes with their measures.

    `own` has what only ego and query take: of, hops and relations, or the query's text.
    """
    options = opts.read(given)
    own = own or {}
    volatile = False
    if projection == "ego":
        made = network.ego(
            snapshot, own["of"], own.get("hops", 1), own.get("relations", ()), options, texts
        )
    elif projection == "query":
        text = str(own.get("query", ""))
        volatile = guard.outline(text).volatile
        try:
            made = network.query(snapshot, text, options, texts)
        except NotFound as error:
            # what is not there is named in the request: the address itself is right
            raise UsageError(str(error)) from error
    else:
        made = network.project(snapshot, projection, options, texts)
    size = made.number_of_nodes() + made.number_of_edges()
    if max_rows is not None and size > max_rows:
        raise TooLarge(
            f"The network has {size:,} nodes and edges, of which {max_rows:,} are given at once: "
            "narrow it with topic=, min_weight= or largest_component=.",
            "max_rows",
            max_rows,
        )
    chosen = written.by_name(format)
    body = _measured(made, chosen.name) if table else written.write(made, chosen, theme)
    if max_bytes is not None and len(body) > max_bytes:
        raise TooLarge(
            f"The network is longer than {max_bytes:,} bytes: narrow it.", "max_bytes", max_bytes
        )
    headers = {"Cache-Control": "no-store"} if volatile else {}
    return Reply(200, chosen.content_type, headers, body, volatile)


def _measured(made: Network, name: str) -> bytes:
    if name == "csv":
        return tables.nodes_csv(made)
    nodes = [{"id": iri, **made.nodes[iri]} for iri in sorted(made)]
    return json.dumps({"network": made.graph, "nodes": nodes}, ensure_ascii=False).encode()
