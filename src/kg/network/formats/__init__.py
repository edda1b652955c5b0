"""Networks in the formats of other people's programs: one table, one function."""

from collections.abc import Callable

from kg.errors import UsageError
from kg.formats import Format
from kg.network.formats import documents, markup, picture, rdf, tables
from kg.network.graph import Network

NETWORK = "network"
_KINDS = (
    (Format("graphml", "application/graphml+xml", "graphml", NETWORK, "GraphML, typed keys"),
     markup.graphml),
    (Format("gexf", "application/gexf+xml", "gexf", NETWORK, "GEXF 1.3, for Gephi"), markup.gexf),
    (Format("json", "application/json", "json", NETWORK, "JSON node-link (networkx, D3)"),
     documents.node_link),
    (Format("cyjs", "application/x-cytoscape+json", "cyjs", NETWORK, "Cytoscape.js JSON"),
     documents.cytoscape),
    (Format("csv", "text/csv", "csv", NETWORK, "edges in CSV"), tables.edges_csv),
    (Format("nodes.csv", "text/csv", "nodes.csv", NETWORK, "nodes in CSV"), tables.nodes_csv),
    (Format("zip", "application/zip", "zip", NETWORK, "nodes, edges and description in a ZIP"),
     tables.zipped),
    (Format("dot", "text/vnd.graphviz", "dot", NETWORK, "DOT, for Graphviz"), documents.dot),
    (Format("parquet", "application/vnd.apache.parquet", "parquet", NETWORK, "edges in Parquet"),
     tables.edges_parquet),
    (Format("nodes.parquet", "application/vnd.apache.parquet", "nodes.parquet", NETWORK,
            "nodes in Parquet"), tables.nodes_parquet),
    (Format("ttl", "text/turtle", "ttl", NETWORK, "Turtle, with what edges rest on"), rdf.turtle),
    (Format("trig", "application/trig", "trig", NETWORK, "TriG, with the claims in their passages"),
     rdf.trig),
    (Format("svg", "image/svg+xml", "svg", NETWORK, "picture as SVG"), picture.svg),
    (Format("png", "image/png", "png", NETWORK, "picture as PNG"), picture.png),
)  # fmt: skip
FORMATS: tuple[Format, ...] = tuple(one for one, _ in _KINDS)
PICTURES = ("svg", "png")
_WRITERS: dict[str, Callable[[Network], bytes]] = {one.name: how for one, how in _KINDS}


def by_name(name: str) -> Format:
    """The format of that name or suffix; UsageError for another.

    >>> by_name(".gexf").media_type
    'application/gexf+xml'
    """
    wanted = name.lower().lstrip(".")
    for one in FORMATS:
        if one.name == wanted:
            return one
    offered = ", ".join(one.name for one in FORMATS)
    raise UsageError(f"no format {name[:40]!r} here: choose {offered}")


def write(network: Network, format_: str | Format, theme: str = "light") -> bytes:
    """A network in a format; `theme` (light, dark, print) is for pictures."""
    chosen = by_name(format_) if isinstance(format_, str) else format_
    if theme not in picture.THEMES:
        raise UsageError(f"theme={theme[:40]!r}: choose {', '.join(picture.THEMES)}")
    if chosen.name == "svg":
        return picture.svg(network, theme)
    if chosen.name == "png":
        return picture.png(network, theme)
    return _WRITERS[chosen.name](network)
