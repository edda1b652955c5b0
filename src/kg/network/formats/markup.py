"""Networks in XML: GraphML and GEXF."""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from networkx.readwrite.graphml import GraphMLWriter

from kg.network.formats import flat, palette
from kg.network.formats.flat import Value
from kg.network.graph import Network

_GEXF = "http://gexf.net/1.3"
_VIZ = "http://gexf.net/1.3/viz"
_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>"
_DATES = ("first", "last")


def graphml(network: Network) -> bytes:
    """GraphML with one typed key for each attribute.

    networkx writes it; it can hold no lists and lets characters through that XML cannot hold, so
    it is given flat values without them. A number that is whole on one node and not on another
    would be two keys of one name: such a column is made of one type.
    """
    made = type(network)(**flat.about(network))
    nodes, edges = list(flat.nodes(network)), list(flat.edges(network))
    _one_type([data for _, data in nodes])
    _one_type([data for *_, data in edges])
    for iri, data in nodes:
        made.add_node(iri, **data)
    for a, b, data in edges:
        made.add_edge(a, b, **data)
    writer = GraphMLWriter(graph=made, encoding="utf-8", prettyprint=True)
    writer.indent(writer.xml)
    return _serialised(writer.xml)


def _serialised(root: ET.Element) -> bytes:
    """A document in UTF-8: as a text first, which takes half the time of writing bytes."""
    return f"{_DECLARATION}\n{ET.tostring(root, encoding='unicode').rstrip()}\n".encode()


def _one_type(rows: list[dict[str, Value]]) -> None:
    kinds = _types(rows)
    for row in rows:
        for name, value in row.items():
            if kinds[name] == "double" and not isinstance(value, bool):
                row[name] = float(value)
            elif kinds[name] == "string":
                row[name] = str(value)


def _types(rows: Iterable[Mapping[str, Value]]) -> dict[str, str]:
    """The type of each column: boolean, long, double or string."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.items():
            kind = (
                "boolean" if isinstance(value, bool) else "long" if isinstance(value, int)
                else "double" if isinstance(value, float) else "string"
            )  # fmt: skip
            found.setdefault(name, set()).add(kind)
    return {
        name: next(iter(kinds))
        if len(kinds) == 1
        else "double"
        if kinds == {"long", "double"}
        else "string"
        for name, kinds in found.items()
    }


def gexf(network: Network) -> bytes:
    """GEXF 1.3 with viz and, where edges are dated, start and end.

    networkx writes 1.2 and no start or end of edges from attributes, so it is written here.
    """
    ET.register_namespace("", _GEXF)
    ET.register_namespace("viz", _VIZ)
    root = ET.Element(f"{{{_GEXF}}}gexf", {"version": "1.3"})
    about = flat.about(network)
    meta = _sub(root, "meta", {})
    _sub(meta, "creator", {}).text = "Comity"
    _sub(meta, "title", {}).text = str(about.get("title", ""))
    _sub(meta, "keywords", {}).text = str(about.get("projection", ""))
    _sub(meta, "description", {}).text = "\n".join(
        f"{name}: {value}" for name, value in about.items()
    )
    nodes, edges = list(flat.nodes(network)), list(flat.edges(network))
    dated = any(name in data for *_, data in edges for name in _DATES)
    graph = _sub(root, "graph", {
        "defaultedgetype": "directed" if network.is_directed() else "undirected",
        "mode": "dynamic" if dated else "static",
        **({"timeformat": "date", "timerepresentation": "interval"} if dated else {}),
    })  # fmt: skip
    hidden = {"label", "x", "y"}
    node_keys = _declare(graph, "node", [data for _, data in nodes], hidden)
    edge_keys = _declare(graph, "edge", [data for *_, data in edges], {"label", "weight"})
    listed = _sub(graph, "nodes", {})
    sizes = palette.sizes(network)
    for iri, data in nodes:
        one = _sub(listed, "node", {"id": iri, "label": str(data.get("label", iri))})
        _values(one, data, node_keys)
        red, green, blue = palette.rgb(palette.colour(str(data.get("family", "")), "light"))
        ET.SubElement(one, f"{{{_VIZ}}}color", {"r": str(red), "g": str(green), "b": str(blue)})
        if "x" in data:
            place = {"x": str(data["x"]), "y": str(-float(data["y"])), "z": "0"}
            ET.SubElement(one, f"{{{_VIZ}}}position", place)
        ET.SubElement(one, f"{{{_VIZ}}}size", {"value": str(sizes[iri])})
    listed = _sub(graph, "edges", {})
    for number, (a, b, data) in enumerate(edges):
        times = {
            key: str(data[name]) for key, name in (("start", "first"), ("end", "last"))
            if data.get(name)
        }  # fmt: skip
        one = _sub(listed, "edge", {
            "id": str(number), "source": a, "target": b, "weight": str(data["weight"]),
            "label": str(data.get("label", data.get("type", ""))), **times,
        })  # fmt: skip
        _values(one, data, edge_keys)
    return _serialised(root)


def _sub(parent: ET.Element, name: str, attributes: dict[str, str]) -> ET.Element:
    return ET.SubElement(parent, f"{{{_GEXF}}}{name}", attributes)


def _declare(
    graph: ET.Element, kind: str, rows: list[dict[str, Value]], hidden: set[str]
) -> dict[str, str]:
    """Declare the attributes of nodes or edges: the id of each."""
    types = _types(rows)
    order = flat.NODE if kind == "node" else flat.EDGE
    keys: dict[str, str] = {}
    listed = _sub(graph, "attributes", {"class": kind})
    for name in flat.columns(order, set(types) - hidden):
        keys[name] = name
        _sub(listed, "attribute", {"id": name, "title": name, "type": types[name]})
    return keys


def _values(parent: ET.Element, data: Mapping[str, Any], keys: dict[str, str]) -> None:
    listed = _sub(parent, "attvalues", {})
    for name, key in keys.items():
        if name in data:
            value = data[name]
            said = str(value).lower() if isinstance(value, bool) else str(value)
            _sub(listed, "attvalue", {"for": key, "value": said})
