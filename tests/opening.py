"""Networks as other people's programs open them: what each found, in one form to compare.

Every reader gives nodes, edges and attributes as it has them. A value that formats or readers write
otherwise (`true` for True, a text for a number) is the same one; `same` says so.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isclose, isnan
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import igraph as ig
import networkx as nx
import pandas as pd
import PIL.Image
import pyarrow.parquet as pq
import rdflib

NODE_PROGRAM = Path(__file__).parent / "clients" / "read.cjs"
Attributes = Mapping[str, Any]


@dataclass
class Opened:
    """A network that a program has opened; None for a part that the file does not hold."""

    nodes: dict[str, Attributes] | None = None
    edges: dict[tuple[str, str], Attributes] | None = None
    about: Attributes = field(default_factory=dict)
    directed: bool | None = None


def _networkx(read: nx.Graph) -> Opened:
    edges = {(a, b): data for a, b, data in read.edges(data=True)}
    return Opened(dict(read.nodes(data=True)), edges, read.graph, read.is_directed())


def _gexf(path: Path) -> Opened:
    found = _networkx(nx.read_gexf(path, version="1.3"))
    assert found.nodes is not None
    for data in found.nodes.values():
        position = data["viz"].get("position")
        if position:
            data |= {"x": position["x"], "y": -position["y"]}  # type: ignore[operator]
    meta = ET.fromstring(path.read_bytes()).find("{http://gexf.net/1.3}meta")  # noqa: S314
    assert meta is not None
    found.about = _described(meta.findtext("{http://gexf.net/1.3}description") or "")
    return found


def _described(text: str) -> Attributes:
    """A network's own attributes, of which GEXF has room for a description."""
    return dict(line.split(": ", 1) for line in text.split("\n"))


def _igraph(path: Path) -> Opened:
    read = ig.Graph.Read_GraphML(str(path))
    ids = read.vs["id"]
    nodes = {one["id"]: one.attributes() for one in read.vs}
    edges = {(ids[one.source], ids[one.target]): one.attributes() for one in read.es}
    about = {name: read[name] for name in read.attributes()}
    return Opened(nodes, edges, about, read.is_directed())


def _javascript(reader: str) -> Callable[[Path], Opened]:
    def read(path: Path) -> Opened:
        # beside our Python, where the system has none
        beside = f"{os.environ.get('PATH', '')}{os.pathsep}{Path(sys.executable).parent}"
        node = shutil.which("node", path=beside)
        assert node, "node is missing: install nodejs, or run make test"
        asked = json.dumps([{"reader": reader, "path": str(path)}])
        done = subprocess.run(
            [node, NODE_PROGRAM], input=asked, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        (found,) = json.loads(done.stdout)
        about = found["about"]
        if reader == "graphology-gexf":
            about = _described(about["description"])
        for data in found["nodes"].values():
            if reader == "graphology-gexf" and "y" in data:
                data["y"] = -data["y"]
            elif "position" in data and "x" in data:
                assert data["position"] == {"x": data["x"], "y": data["y"]}
        edges = {(a, b): data for a, b, data in found["edges"]}
        return Opened(found["nodes"], edges, about, found["directed"])

    return read


def _graphviz(path: Path) -> Opened:
    dot = shutil.which("dot")
    assert dot, "dot is missing: install graphviz (Debian, Ubuntu), or run make test"
    done = subprocess.run([dot, "-Tdot_json", path], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    # our attribute `edges` has the name that its JSON gives to the edges, and both are there
    whole = json.loads(
        done.stdout,
        object_pairs_hook=lambda pairs: {
            f"{name}[]" if isinstance(value, list) else name: _unescaped(value)
            for name, value in pairs
        },
    )
    objects = whole.pop("objects[]", [])
    edges = {
        (objects[one["tail"]]["name"], objects[one["head"]]["name"]): one
        for one in whole.pop("edges[]", [])
    }
    return Opened({one["name"]: one for one in objects}, edges, whole, whole["directed"])


def _unescaped(value: Any) -> Any:
    """A text of DOT as its labels are drawn: of two backslashes one is an escape."""
    return value.replace("\\\\", "\\") if isinstance(value, str) else value


def _table(rows: list[dict[str, Any]], about: Attributes | None = None) -> Opened:
    """Rows of edges, or of nodes: which of them, the columns say."""
    found = Opened(about=about or {})
    if rows and "source" in rows[0]:
        found.edges = {(row["source"], row["target"]): row for row in rows}
    else:
        found.nodes = {row["id"]: row for row in rows}
    return found


def _frame(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _pandas_zip(path: Path) -> Opened:
    with zipfile.ZipFile(path) as archive:
        parts = {
            name: _table(_frame(pd.read_csv(io.BytesIO(archive.read(f"{name}.csv")))))
            for name in ("nodes", "edges")
        }
        about = json.loads(archive.read("network.json"))
    return Opened(parts["nodes"].nodes, parts["edges"].edges, about)


def _parquet_about(path: Path) -> Attributes:
    metadata = pq.read_schema(path).metadata
    return {k.decode(): json.loads(v) for k, v in metadata.items() if k != b"ARROW:schema"}


def _duckdb(function: str) -> Callable[[Path], Opened]:
    def read(path: Path) -> Opened:
        with duckdb.connect() as database:
            found = database.execute(f"SELECT * FROM {function}(?)", [str(path)])  # noqa: S608
            names = [one[0] for one in found.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return _table(rows, _parquet_about(path) if function == "read_parquet" else None)

    return read


def _rdflib(path: Path) -> Opened:
    whole = rdflib.Graph()
    with warnings.catch_warnings():
        # it warns of its own use of a name
        warnings.simplefilter("ignore", DeprecationWarning)
        graphs = rdflib.Dataset()
        graphs.parse(data=path.read_bytes(), format="turtle" if path.suffix == ".ttl" else "trig")
        for subject, predicate, object_, _ in graphs.quads():
            whole.add((subject, predicate, object_))
    edges = {}
    prov, comity = rdflib.PROV.wasDerivedFrom, "https://w3id.org/comity/ontology#"
    for one in set(whole.subjects(rdflib.RDF.type, rdflib.RDF.Statement)):
        rests = set(whole.objects(one, prov))
        quotes = {
            str(q) for it in rests for q in whole.objects(it, rdflib.URIRef(comity + "quote"))
        }
        label = rdflib.URIRef(comity + "citationLabel")
        cited = {str(c) for it in rests for c in whole.objects(it, label)}
        ends = [str(whole.value(one, part)) for part in (rdflib.RDF.subject, rdflib.RDF.object)]
        edges[ends[0], ends[1]] = {
            "weight": whole.value(one, rdflib.RDF.value).toPython(),
            "type": " | ".join(sorted(map(str, whole.objects(one, rdflib.DCTERMS.type)))),
            "rests": {str(it) for it in rests}, "quotes": quotes, "cited": cited,
        }  # fmt: skip
    (own,) = whole.subjects(rdflib.RDF.type, rdflib.PROV.Entity)
    nodes = {
        str(one): {"label": str(whole.value(one, rdflib.RDFS.label))}
        for one in set(whole.objects(own, rdflib.DCTERMS.hasPart))
    }
    about = {
        "title": str(whole.value(own, rdflib.DCTERMS.title)),
        "caution": str(whole.value(own, rdflib.DCTERMS.description)),
        "licence": str(whole.value(own, rdflib.DCTERMS.license)),
    }
    return Opened(nodes, edges, about)


@dataclass
class Drawn:
    """A picture that a program has opened: its size, and of an SVG what stands in it."""

    size: tuple[int, int]
    nodes: list[str] | None = None
    edges: list[str] | None = None
    colours: int = 0
    text: str = ""


def _svg(path: Path) -> Drawn:
    root = ET.fromstring(path.read_bytes())  # noqa: S314 - our own
    name = "{http://www.w3.org/2000/svg}"
    titled = {
        kind: [
            t for one in root.iter(name + kind) if (t := one.findtext(name + "title")) is not None
        ]
        for kind in ("circle", "line")
    }
    size = (int(root.attrib["width"]), int(root.attrib["height"]))
    return Drawn(size, titled["circle"], titled["line"], text=" ".join(root.itertext()))


def _png(path: Path) -> Drawn:
    with PIL.Image.open(path) as image:
        return Drawn(image.size, colours=len(image.convert("RGB").getcolors(1 << 24)))


# format, reader, how it opens a file
READERS: tuple[tuple[str, str, Callable[[Path], Opened]], ...] = (
    ("graphml", "networkx", lambda path: _networkx(nx.read_graphml(path))),
    ("graphml", "igraph", _igraph),
    ("gexf", "networkx", _gexf),
    ("gexf", "graphology-gexf", _javascript("graphology-gexf")),
    ("json", "networkx", lambda path: _networkx(
        nx.node_link_graph(json.loads(path.read_text("utf-8")), edges="edges"))),
    ("cyjs", "Cytoscape.js", _javascript("Cytoscape.js")),
    ("cyjs", "networkx", lambda path: _networkx(
        nx.cytoscape_graph(json.loads(path.read_text("utf-8"))))),
    ("csv", "pandas", lambda path: _table(_frame(pd.read_csv(path)))),
    ("csv", "DuckDB", _duckdb("read_csv")),
    ("nodes.csv", "pandas", lambda path: _table(_frame(pd.read_csv(path)))),
    ("nodes.csv", "DuckDB", _duckdb("read_csv")),
    ("zip", "pandas", _pandas_zip),
    ("dot", "graphviz", _graphviz),
    ("parquet", "pandas", lambda path: _table(
        _frame(pd.read_parquet(path)), _parquet_about(path))),
    ("parquet", "DuckDB", _duckdb("read_parquet")),
    ("nodes.parquet", "pandas", lambda path: _table(
        _frame(pd.read_parquet(path)), _parquet_about(path))),
    ("nodes.parquet", "DuckDB", _duckdb("read_parquet")),
    ("ttl", "rdflib", _rdflib),
    ("trig", "rdflib", _rdflib),
)  # fmt: skip
PICTURES: tuple[tuple[str, str, Callable[[Path], Drawn]], ...] = (
    ("svg", "expat", _svg),
    ("png", "Pillow", _png),
)


def absent(value: object) -> bool:
    """Whether a reader has nothing there; some have an empty text or no number instead."""
    return value is None or value == "" or (isinstance(value, float) and isnan(value))


def same(read: object, written: object) -> bool:
    """Whether a reader has the value that was written, in whatever type."""
    if isinstance(written, bool):
        return read is written or str(read).lower() == str(written).lower()
    if isinstance(written, int | float):
        try:
            return isclose(float(str(read)), written, rel_tol=1e-9, abs_tol=1e-12)
        except ValueError:
            return False
    if isinstance(written, str):
        # dates are of a type of their own in some; DOT has one blank for several; in CSV what
        # begins like a formula stands after an apostrophe
        return str(read) in (written, " ".join(written.split()), f"'{written}")
    return read == written
