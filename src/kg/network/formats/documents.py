"""Networks as JSON and as DOT."""

import json
from typing import Any

import networkx as nx

from kg.network.formats import flat
from kg.network.graph import Network


def node_link(network: Network) -> bytes:
    """JSON node-link as networkx reads and writes it: nodes and edges, evidence as lists."""
    ordered = type(network)(**network.graph)
    for iri in sorted(network):
        ordered.add_node(iri, **network.nodes[iri])
    for a, b, data in flat.pairs(network):
        ordered.add_edge(a, b, **data)
    return _json(nx.node_link_data(ordered, edges="edges"))


def cytoscape(network: Network) -> bytes:
    """Cytoscape.js JSON: elements with data, and positions where there are any."""
    nodes = []
    for iri in sorted(network):
        data = network.nodes[iri]
        # networkx's own reader wants a value besides id and name
        named = {"id": iri, "value": iri, "name": data.get("label", iri)}
        one: dict[str, Any] = {"data": {**named, **data}}
        if "x" in data:
            one["position"] = {"x": data["x"], "y": data["y"]}
        nodes.append(one)
    edges = []
    for a, b, data in flat.pairs(network):
        edges.append({"data": {"id": f"{a} {b}", "source": a, "target": b, **data}})
    about = {**network.graph, "name": network.graph.get("title", "")}
    return _json(
        {
            "data": about,
            "directed": network.is_directed(),
            "multigraph": False,
            "elements": {"nodes": nodes, "edges": edges},
        }
    )


def _json(whole: Any) -> bytes:
    # a lone surrogate has no form in UTF-8
    return json.dumps(whole, ensure_ascii=False).encode(errors="replace") + b"\n"


def dot(network: Network) -> bytes:
    """DOT, with positions that neato -n keeps, every value quoted."""
    directed = network.is_directed()
    lines = [f"{'digraph' if directed else 'graph'} {_quoted(network.graph.get('title', ''))} {{"]
    lines += [f"  {name}={_quoted(value)};" for name, value in flat.about(network).items()]
    for iri, data in flat.nodes(network):
        if "x" in data:
            data = {**data, "pos": f"{data['x']},{-float(data['y'])}"}
        lines.append(f"  {_quoted(iri)} [{_attributes(data)}];")
    arrow = "->" if directed else "--"
    for a, b, data in flat.edges(network):
        lines.append(f"  {_quoted(a)} {arrow} {_quoted(b)} [{_attributes(data)}];")
    return ("\n".join([*lines, "}"]) + "\n").encode()


def _attributes(data: dict[str, flat.Value]) -> str:
    return ", ".join(f"{name}={_quoted(value)}" for name, value in data.items())


def _quoted(value: object) -> str:
    """A quoted identifier (DOT language): backslashes would begin an escape in labels."""
    said = str(value).lower() if isinstance(value, bool) else flat.text(value)
    said = said.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(said.split()) + '"'
