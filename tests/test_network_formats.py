"""Networks in every format: opened by readers that are not ours, with what was written."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import igraph as ig
import networkx as nx
import pandas as pd
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
import resvg_py
from starlette.testclient import TestClient

import kg
import networking
from kg import network
from kg.errors import UsageError
from kg.network.formats import flat, picture
from networking import NASTY, TEXTS, action, snapshot

CAUTION = "Named together in one report; not a measure of cooperation."


@pytest.fixture(scope="module", params=list(network.PROJECTIONS))
def made(request: pytest.FixtureRequest, real_snapshot: kg.Snapshot) -> nx.Graph:
    """Every projection of the real report, with measures and positions."""
    return network.project(real_snapshot, request.param, measures="all", layout=True)


@pytest.fixture
def nasty() -> nx.Graph:
    """A network whose labels are what formats trip over."""
    return networking.nasty()


def ends(found: nx.Graph) -> set[Any]:
    """The edges, without regard to order where they have no direction."""
    return {(a, b) if found.is_directed() else frozenset((a, b)) for a, b in found.edges()}


def test_graphml_opens_in_networkx_and_igraph(made: nx.Graph, tmp_path: Path) -> None:
    """Same nodes, edges and attributes, each of its type."""
    path = tmp_path / "n.graphml"
    path.write_bytes(network.write(made, "graphml"))
    read = nx.read_graphml(path)
    assert set(read) == set(made)
    assert ends(read) == ends(made)
    for *pair, data in read.edges(data=True):
        own = flat.edge(made.edges[pair])
        assert {name: data[name] for name in own} == own
        assert type(data["weight"]) is int
        assert type(data["through_group"]) is bool
    for iri, data in read.nodes(data=True):
        assert data == pytest.approx(flat.node(made.nodes[iri]))
    assert read.graph["caution"] == CAUTION
    opened = ig.Graph.Read_GraphML(str(path))
    assert (opened.vcount(), opened.ecount()) == (len(made), made.number_of_edges())
    assert set(opened.vs["label"]) == {data["label"] for _, data in made.nodes(data=True)}


def test_gexf_opens_in_networkx(made: nx.Graph) -> None:
    """Version 1.3, with positions, colours, and start and end of what is dated."""
    written = network.write(made, "gexf")
    read = nx.read_gexf(io.BytesIO(written), version="1.3")
    assert set(read) == set(made)
    assert ends(read) == ends(made)
    for *pair, data in read.edges(data=True):
        own = flat.edge(made.edges[pair])
        assert data["weight"] == own["weight"]
        assert data["evidence"] == own["evidence"]
        assert data.get("start") == own.get("first")
    for iri, data in read.nodes(data=True):
        assert data["viz"]["position"]["x"] == made.nodes[iri]["x"]
        assert set(data["viz"]["color"]) >= {"r", "g", "b"}
        assert data["label"] == made.nodes[iri]["label"]
    assert CAUTION in written.decode()


def test_node_link_is_the_network(made: nx.Graph) -> None:
    """networkx reads back the very network, with evidence as lists."""
    read = nx.node_link_graph(json.loads(network.write(made, "json")), edges="edges")
    assert dict(read.nodes(data=True)) == dict(made.nodes(data=True))
    assert ends(read) == ends(made)
    assert all(data == made.edges[a, b] for a, b, data in read.edges(data=True))
    assert read.graph == made.graph


def test_cytoscape_has_elements_and_positions(made: nx.Graph) -> None:
    """networkx's own reader of Cytoscape.js JSON finds nodes and edges; ids are unique."""
    whole = json.loads(network.write(made, "cyjs"))
    ids = [one["data"]["id"] for part in whole["elements"].values() for one in part]
    assert len(ids) == len(set(ids)) == len(made) + made.number_of_edges()
    assert all(set(one["position"]) == {"x", "y"} for one in whole["elements"]["nodes"])
    read = nx.cytoscape_graph(whole)
    assert set(read) == set(made)
    assert ends(read) == ends(made)


def test_tables_open_in_pandas(made: nx.Graph) -> None:
    """CSV, both tables of the ZIP, and Parquet: the same rows; Parquet says of what."""
    rows = pd.read_csv(io.BytesIO(network.write(made, "csv")))
    parquet = pd.read_parquet(io.BytesIO(network.write(made, "parquet")))
    assert list(rows.columns) == list(parquet.columns)
    for table in (rows, parquet):
        assert len(table) == made.number_of_edges()
        assert set(zip(table["source"], table["target"], table["weight"], strict=True)) == {
            (*((a, b) if made.is_directed() else sorted((a, b))), weight)
            for a, b, weight in made.edges(data="weight")
        }
    nodes = pd.read_csv(io.BytesIO(network.write(made, "nodes.csv")))
    assert set(nodes["id"]) == set(made)
    assert set(pd.read_parquet(io.BytesIO(network.write(made, "nodes.parquet")))["id"]) == set(made)
    archive = zipfile.ZipFile(io.BytesIO(network.write(made, "zip")))
    assert archive.read("edges.csv") == network.write(made, "csv")
    assert archive.read("nodes.csv") == network.write(made, "nodes.csv")
    assert json.loads(archive.read("network.json"))["caution"] == CAUTION
    metadata = pq.read_schema(io.BytesIO(network.write(made, "parquet"))).metadata
    assert json.loads(metadata[b"release"]) == made.graph["release"]


@pytest.mark.parametrize("name", ["ttl", "trig"])
def test_rdf_names_what_edges_rest_on(made: nx.Graph, name: str) -> None:
    """Each edge is a statement with its ends, its weight, and passages or pages."""
    kind = ox.RdfFormat.TURTLE if name == "ttl" else ox.RdfFormat.TRIG
    store = ox.Store()
    store.extend(ox.parse(network.write(made, name), format=kind))
    rows = store.query(
        "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
        "PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?e ?a ?b ?w (COUNT(?d) AS ?n) "
        "{ ?e rdf:subject ?a ; rdf:object ?b ; rdf:value ?w ; prov:wasDerivedFrom ?d } "
        "GROUP BY ?e ?a ?b ?w",
        use_default_graph_as_union=True,
    )
    found = {(row["a"].value, row["b"].value, int(row["w"].value)) for row in rows}  # type: ignore[union-attr, index]
    assert found == {
        (*((a, b) if made.is_directed() else sorted((a, b))), weight)
        for a, b, weight in made.edges(data="weight")
    }


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_pictures_say_what_they_are(made: nx.Graph, theme: str) -> None:
    """Title, source, release and caution stand in the picture as text; all nodes are drawn."""
    root = ET.fromstring(network.write(made, "svg", theme))  # noqa: S314 - our own
    said = " ".join(text for text in root.itertext() if text)
    for wanted in (
        made.graph["title"],
        CAUTION,
        "Progress Report 2024",
        made.graph["release"][:12],
    ):
        assert wanted in said
    circles = [one for one in root.iter() if one.tag.endswith("circle")]
    families = {data["family"] for _, data in made.nodes(data=True)}
    assert len(circles) == len(made) + len(families)


def test_png_is_the_picture(real_snapshot: kg.Snapshot) -> None:
    """A PNG as large as the SVG says."""
    written = network.write(network.project(real_snapshot, "commitments"), "png")
    assert written.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(written[16:20]), int.from_bytes(written[20:24])) == (1200, 900)


def test_png_without_fonts_is_refused(
    real_snapshot: kg.Snapshot, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    """Text that no font can write would be missing in silence; SVG leaves it to the reader."""
    made = network.project(real_snapshot, "commitments")
    japanese = network.project(real_snapshot, "commitments", lang="ja")
    assert network.write(japanese, "png") != network.write(made, "png")

    def bare(text: str) -> bytes:
        return bytes(resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True))

    def latin(text: str) -> bytes:
        # stands for a machine whose fonts have no Japanese: each sign is the same box
        return bare(text) + re.sub("[\u3040-\u9fff]", "□", text).encode()

    picture._writes.cache_clear()
    monkeypatch.setattr(picture, "_png", bare)
    with pytest.raises(UsageError, match="no font"):
        network.write(made, "png")
    answer = client.get("/network/commitments.png?min_weight=1")
    assert (answer.status_code, "no font" in answer.json()["detail"]) == (501, True)
    assert network.write(made, "svg")
    picture._writes.cache_clear()
    monkeypatch.setattr(picture, "_png", latin)
    assert network.write(made, "png")
    with pytest.raises(UsageError, match="no Japanese font"):
        network.write(japanese, "png")
    monkeypatch.undo()
    picture._writes.cache_clear()


@pytest.mark.parametrize("name", ["graphml", "gexf", "svg"])
def test_xml_holds_any_label(nasty: nx.Graph, name: str) -> None:
    """Markup is escaped, and what XML cannot hold is replaced: any parser reads it."""
    root = ET.fromstring(network.write(nasty, name))  # noqa: S314 - our own
    said = set(root.itertext()) | {v for one in root.iter() for v in one.attrib.values()}
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c" in said
    assert "デジタル庁" in said
    assert '"quoted" <b> & \\" \\n' in said


def test_sheets_see_no_formula(nasty: nx.Graph) -> None:
    """No cell begins as a formula does; numbers stay numbers."""
    for name in ("csv", "nodes.csv"):
        rows = list(csv.reader(io.StringIO(network.write(nasty, name).decode(), newline="")))
        assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t")]
        assert {"'=HYPERLINK(1)", "'@x"} <= {cell for row in rows for cell in row}


def test_json_keeps_every_label(nasty: nx.Graph) -> None:
    """JSON can hold them all as they are."""
    for name in ("json", "cyjs"):
        text = network.write(nasty, name).decode()
        assert all(json.dumps(label, ensure_ascii=False) in text for label in NASTY)


def test_dot_quotes_everything(nasty: nx.Graph, made: nx.Graph) -> None:
    """Every line is a whole statement whose quotes are closed."""
    for one in (nasty, made):
        lines = network.write(one, "dot").decode().splitlines()
        assert lines[-1] == "}"
        for line in lines[:-1]:
            bare = line.replace("\\\\", "").replace('\\"', "")
            assert bare.count('"') % 2 == 0
        arrows = [line for line in lines if line.startswith('  "') and '" -' in line.split("[")[0]]
        assert len(arrows) == one.number_of_edges()


@pytest.mark.parametrize("format_", [one for one in network.FORMATS if one.name != "png"])
def test_equal_networks_give_equal_bytes(real_snapshot: kg.Snapshot, format_: Any) -> None:
    """Nothing in a file depends on the run, or on the order in which edges came."""
    first, second = (network.project(real_snapshot, layout=True) for _ in range(2))
    turned = type(second)(**second.graph)
    turned.add_nodes_from(reversed(list(second.nodes(data=True))))
    turned.add_edges_from((b, a, data) for a, b, data in reversed(list(second.edges(data=True))))
    assert network.write(first, format_) == network.write(turned, format_)


@pytest.mark.parametrize("format_", network.FORMATS)
def test_an_empty_network_can_be_written(format_: Any) -> None:
    """Filters may leave nothing: that is an answer."""
    empty = network.project(snapshot(("p", action("a"))), layout=True, measures="all", texts=TEXTS)
    assert len(empty) == 0
    assert network.write(empty, format_)


def test_duckdb_reads_the_tables(made: nx.Graph, tmp_path: Path) -> None:
    """CSV and Parquet in SQL: the same rows and the same sum of weights."""
    total = sum(weight for *_, weight in made.edges(data="weight"))
    for name, reader in (("csv", "read_csv"), ("parquet", "read_parquet")):
        path = tmp_path / f"edges.{name}"
        path.write_bytes(network.write(made, name))
        query = f"SELECT count(*), sum(weight), count(evidence) FROM {reader}(?)"  # noqa: S608
        found = duckdb.execute(query, [str(path)]).fetchone()
        assert found == (made.number_of_edges(), total, made.number_of_edges())


def test_to_igraph_and_to_pandas(made: nx.Graph) -> None:
    """One call each, with all attributes."""
    graph = network.to_igraph(made)
    assert (graph.vcount(), graph.ecount()) == (len(made), made.number_of_edges())
    assert sorted(graph.es["weight"]) == sorted(w for *_, w in made.edges(data="weight"))
    nodes, edges = network.to_pandas(made)
    assert len(nodes) == len(made)
    assert edges["weight"].sum() == sum(w for *_, w in made.edges(data="weight"))


def test_unknown_formats_and_themes_are_refused(nasty: nx.Graph) -> None:
    """With the names of those that there are."""
    with pytest.raises(UsageError, match="gexf"):
        network.write(nasty, "xls")
    with pytest.raises(UsageError, match="dark"):
        network.write(nasty, "svg", "neon")
