"""Every projection in every format, opened by programs that are not ours.

Nodes, edges and attributes are compared one by one. The table of docs/networks.md has how many
values each program read as they were written; `python tests/test_network_readers.py` writes it.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import kg
from kg import network
from kg.network.formats import flat
from networking import nasty
from opening import PICTURES, READERS, Attributes, Drawn, Opened, absent, same

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "networks.md"
PLACE = re.compile(r"(?<=<!-- readers -->\n).*?(?=<!-- /readers -->)", re.DOTALL)
QUERY = "SELECT ?source ?target ?type { ?source ?type ?target VALUES ?type { comity:parent } }"
PROJECTIONS = (*network.PROJECTIONS, "ego", "query")
# what readers of one format have in the place of an attribute, or besides
_STRUCTURED = ("json", "cyjs")
_FLAT_ABOUT = ("graphml", "gexf", "dot")


def project(snapshot: kg.Snapshot, projection: str) -> nx.Graph:
    """A projection with everything that can stand on it."""
    full: dict[str, Any] = {"measures": "all", "layout": True}
    if projection == "ego":
        return network.ego(snapshot, "MIC", **full)
    if projection == "query":
        return network.query(snapshot, QUERY, **full)
    return network.project(snapshot, projection, **full)


def written(made: nx.Graph, format_: str) -> Opened:
    """What a format holds of a network."""
    edges = {(a, b): data for a, b, data in flat.pairs(made)}
    if format_ in _STRUCTURED:
        return Opened(dict(made.nodes(data=True)), edges, made.graph, made.is_directed())
    if format_ in ("ttl", "trig"):
        return _in_rdf(made, edges)
    nodes = {iri: flat.node(data) for iri, data in made.nodes(data=True)}
    about = flat.about(made) if format_ in _FLAT_ABOUT else made.graph
    flat_edges = {ends: flat.edge(data) for ends, data in edges.items()}
    if format_ in ("csv", "parquet"):
        return Opened(None, flat_edges, about if format_ == "parquet" else {})
    if format_ in ("nodes.csv", "nodes.parquet"):
        return Opened(nodes, None, about if format_ == "nodes.parquet" else {})
    if format_ == "gexf":
        # weight and label are GEXF's own; an edge without a label is named by its type
        for data in flat_edges.values():
            data.setdefault("label", data["type"])
    directed = None if format_ == "zip" else made.is_directed()
    return Opened(nodes, flat_edges, about, directed)


def _in_rdf(made: nx.Graph, edges: dict[tuple[str, str], dict[str, Any]]) -> Opened:
    stated = {}
    for ends, data in edges.items():
        rests = data["evidence"]
        reported = [one for one in rests if one["kind"] == "reported"]
        stated[ends] = {
            "weight": data["weight"], "type": data["type"],
            "rests": {
                place for one in rests
                for place in (one["graph"], one.get("claim"), *one.get("sources", ()),
                              *one.get("inputs", ())) if place
            },
            "quotes": {one["words"] for one in reported if "claim" in one},
            "cited": {one["citation"] for one in reported},
        }  # fmt: skip
    nodes = {iri: {"label": data["label"]} for iri, data in made.nodes(data=True)}
    about = {name: made.graph[name] for name in ("title", "caution", "licence")}
    return Opened(nodes, stated, about)


def compare(read: Opened, wanted: Opened, reader: str) -> int:
    """How many values a program read; fails for one that it has not, or that nobody wrote."""
    number = 0
    if wanted.directed is not None and read.directed is not None:
        assert read.directed == wanted.directed
    if wanted.nodes is not None:
        assert read.nodes is not None
        assert set(read.nodes) == set(wanted.nodes)
        every = {name for data in wanted.nodes.values() for name in data}
        for iri, data in wanted.nodes.items():
            number += _values(read.nodes[iri], data, every, reader)
    if wanted.edges is not None:
        assert read.edges is not None
        turned = {_ends(ends, wanted, read): data for ends, data in read.edges.items()}
        assert set(turned) == set(wanted.edges)
        assert len(turned) == len(read.edges)
        every = {name for data in wanted.edges.values() for name in data}
        for ends, data in wanted.edges.items():
            number += _values(turned[ends], data, every, reader)
    if read.about:
        number += _values(read.about, wanted.about, set(), reader)
    return number


def _ends(ends: tuple[str, str], wanted: Opened, read: Opened) -> tuple[str, str]:
    assert wanted.edges is not None
    return ends if ends in wanted.edges or read.directed else (ends[1], ends[0])


def _values(read: Attributes, wanted: Attributes, every: set[str], reader: str) -> int:
    for name, value in wanted.items():
        empty = value == "" and absent(read.get(name))
        assert empty or same(read.get(name), value), (reader, name, value, read.get(name))
    for name in every - set(wanted):
        # igraph has no missing truth value: its readers make it false
        lost = reader == "igraph" and read.get(name) is False
        assert absent(read.get(name)) or lost, (reader, name, read.get(name))
    return len(wanted)


def look(read: Drawn, made: nx.Graph) -> int:
    """How many nodes and edges a program found in a picture."""
    assert read.size == (1200, 900)
    if read.nodes is None or read.edges is None:
        assert read.colours > 50
        return 0
    assert sorted(read.nodes) == sorted(str(label) for _, label in made.nodes(data="label"))
    rests = [str(flat.edge(data)["evidence"]) for *_, data in made.edges(data=True)]
    assert sorted(read.edges) == sorted(rests)
    for name in ("title", "caution", "release"):
        assert str(made.graph[name])[:12] in read.text
    return len(read.nodes) + len(read.edges)


def cells(snapshot: kg.Snapshot, projection: str, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Format, reader, and what it read of a projection."""
    made = project(snapshot, projection)
    for format_, reader, opened in READERS:
        path = folder / f"{projection}.{format_}"
        path.write_bytes(network.write(made, format_))
        number = compare(opened(path), written(made, format_), reader)
        yield format_, reader, f"{number:,}"
    for format_, reader, seen in PICTURES:
        path = folder / f"{projection}.{format_}"
        path.write_bytes(network.write(made, format_))
        found = look(seen(path), made)
        yield format_, reader, f"{found:,} drawn" if found else "opens"


def table(snapshot: kg.Snapshot, folder: Path) -> str:
    """The table of docs/networks.md."""
    columns = {one: list(cells(snapshot, one, folder)) for one in PROJECTIONS}
    sizes = {one: project(snapshot, one) for one in PROJECTIONS}
    lines = [
        f"| format | reader | {' | '.join(f'`{one}`' for one in PROJECTIONS)} |",
        f"|---|---|{'---:|' * len(PROJECTIONS)}",
        "| nodes, edges | written | "
        + " | ".join(f"{len(one)}, {one.number_of_edges()}" for one in sizes.values()) + " |",
    ]  # fmt: skip
    for rows in zip(*columns.values(), strict=True):
        format_, reader, _ = rows[0]
        lines.append(f"| `{format_}` | {reader} | {' | '.join(one[2] for one in rows)} |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_readers_find_what_was_written(
    real_snapshot: kg.Snapshot, projection: str, tmp_path: Path
) -> None:
    """The same nodes, edges and attributes, in every format and reader, as the table has it."""
    place = PROJECTIONS.index(projection) + 2
    found = PLACE.search(DOCUMENT.read_text("utf-8"))
    assert found is not None
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found[0].splitlines()]
    said = {(row[0].strip("`"), row[1]): row[place] for row in rows[3:]}
    read = {(format_, reader): cell for format_, reader, cell in cells(
        real_snapshot, projection, tmp_path)}  # fmt: skip
    assert read == said
    assert {format_ for format_, _ in read} == {one.name for one in network.FORMATS}


@pytest.mark.parametrize(("format_", "reader", "opened"), READERS)
def test_readers_find_any_label(
    format_: str, reader: str, opened: Callable[[Path], Opened], tmp_path: Path
) -> None:
    """Markup, formulas, quotes, other scripts: read as written, controls replaced in all but JSON.

    CSV keeps from sheets what they would take for a formula.
    """
    made = nasty()
    path = tmp_path / f"nasty.{format_}"
    path.write_bytes(network.write(made, format_))
    assert compare(opened(path), written(made, format_), reader)


def test_the_table_is_whole(real_snapshot: kg.Snapshot) -> None:
    """Its first row has the size of every projection."""
    sizes = [project(real_snapshot, one) for one in PROJECTIONS]
    wanted = [f"{len(one)}, {one.number_of_edges()}" for one in sizes]
    found = PLACE.search(DOCUMENT.read_text("utf-8"))
    assert found is not None
    assert [cell.strip() for cell in found[0].splitlines()[2].strip("|").split("|")][2:] == wanted


def main() -> None:
    """Write the table anew."""
    with tempfile.TemporaryDirectory() as name:
        fresh = table(kg.open(), Path(name))
    text = DOCUMENT.read_text("utf-8")
    assert PLACE.search(text)
    DOCUMENT.write_text(PLACE.sub(lambda _: fresh, text), "utf-8")


if __name__ == "__main__":
    main()
