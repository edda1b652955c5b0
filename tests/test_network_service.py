"""Networks over HTTP: addresses, formats, filters, refusals."""

import csv
import io
import json
from typing import Any

import networkx as nx
import pandas as pd
import pytest
from starlette.testclient import TestClient

import kg
from kg import network
from kg.network.formats import by_name
from kg.network.options import OPTIONS, address_name

ACTOR = "https://w3id.org/comity/id/actor/"
EVERY = [(p, one.name) for p in network.PROJECTIONS for one in network.FORMATS]


@pytest.mark.parametrize(("projection", "format_"), EVERY)
def test_every_projection_in_every_format(
    client: TestClient, real_snapshot: kg.Snapshot, projection: str, format_: str
) -> None:
    """The same bytes as the library gives, with the type of the format."""
    answer = client.get(f"/network/{projection}.{format_}")
    assert answer.status_code == 200
    chosen = by_name(format_)
    assert answer.headers["content-type"] == chosen.content_type
    assert answer.headers["etag"]
    assert answer.content == network.write(network.project(real_snapshot, projection), format_)


def test_accept_decides_where_no_suffix_does(client: TestClient) -> None:
    """JSON for who has no wish; 406 where there is nothing that is liked."""
    for accept, kind in (
        ("*/*", "application/json"),
        ("text/html", "text/html"),
        ("application/gexf+xml", "application/gexf+xml"),
        ("image/svg+xml;q=0.9, text/csv;q=0.1", "image/svg+xml"),
    ):
        answer = client.get("/network", headers={"Accept": accept})
        assert answer.headers["content-type"].startswith(kind)
        assert "Accept" in answer.headers["vary"]
    assert client.get("/network/actors", headers={"Accept": "audio/ogg"}).status_code == 406
    assert client.get("/network.graphml").content == client.get("/network/actors.graphml").content


def test_filters_are_those_of_the_library(client: TestClient, real_snapshot: kg.Snapshot) -> None:
    """The same names, one network."""
    answer = client.get("/network/actors.json?topic=data&from=2023&undated=keep&min_weight=1")
    own = network.project(real_snapshot, topic="data", from_="2023", undated="keep", min_weight=1)
    read = nx.node_link_graph(answer.json(), edges="edges")
    assert dict(read.edges) == dict(own.edges)
    assert read.graph == own.graph


def test_measures_as_a_table(client: TestClient) -> None:
    """One row a node, with every measure that is defined."""
    rows = list(csv.DictReader(io.StringIO(client.get("/network/actors/measures.csv").text)))
    whole = client.get("/network/actors/measures.json?measures=degree").json()
    assert len(rows) == len(whole["nodes"])
    assert {"degree", "betweenness", "pagerank", "community"} <= set(rows[0])
    assert "degree" in whole["nodes"][0]
    assert "betweenness" not in whole["nodes"][0]
    assert client.get("/network/actors/measures.gexf").status_code == 404


def test_neighbourhoods_and_queries(client: TestClient) -> None:
    """Around a thing by its own address, around several, and of a query."""
    own = client.get("/id/actor/mic/network.json")
    asked = client.get("/network/ego.json", params={"of": "actor:mic"})
    assert own.status_code == 200
    assert own.json()["nodes"] == asked.json()["nodes"]
    text = "SELECT ?source ?target { ?source comity:parent ?target } ORDER BY ?source"
    found = client.get("/network/query.json", params={"query": text})
    assert found.status_code == 200
    assert found.json()["edges"]
    topic = client.get("/topic/open-ran/network.csv")
    assert topic.status_code == 200
    assert client.get("/id/actor/nobody-at-all/network.json").status_code == 404


HOSTILE = [
    "/network/ego.json?of=actor:mic&hops=1000000000", "/network/ego.json", "/network/query.json",
    "/network/actors.json?topic=no-such", "/network/actors.json?from=2023-99",
    "/network/actors.json?k_core=9999999999", "/network/actors.json?nonsense=1",
    "/network/actors.json?type=%3Cscript%3E", "/network/actors.json?layout=maybe",
    "/network/actors.json?" + "&".join(["topic=open-ran"] * 60),
    "/network/query.json?query=ASK%20%7B%7D",
    "/network/query.json?query=actors", "/network/query.json?query=SELECT",
    "/network/actors.svg?theme=neon", "/network?format=xls",
]  # fmt: skip


@pytest.mark.parametrize("address", HOSTILE)
def test_what_has_no_meaning_is_400(client: TestClient, address: str) -> None:
    """With one body for all errors, that says what is wanted."""
    answer = client.get(address)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_queries_write_nothing_and_reach_nobody(client: TestClient) -> None:
    """403, as at the SPARQL endpoint."""
    for text in ("DROP ALL", "SELECT * { SERVICE <http://localhost> {} }"):
        assert client.get("/network/query.json", params={"query": text}).status_code == 403


@pytest.mark.parametrize("address", ["/network/actors.xls", "/network/friends.json"])
def test_what_is_not_there_is_404(client: TestClient, address: str) -> None:
    """An address of a format or projection that there is not."""
    assert client.get(address).status_code == 404


def test_openapi_has_every_option(client: TestClient) -> None:
    """One table of options: names in addresses are those of Python and of the command."""
    described = client.get("/openapi.json").json()["paths"]
    names = {one["name"] for one in described["/network/actors.{suffix}"]["get"]["parameters"]}
    assert {address_name(name) for name in OPTIONS} <= names
    assert json.dumps(described).count("/measures.{suffix}") == len(network.PROJECTIONS) + 2


def examples(described: dict[str, Any], path: str) -> dict[str, Any]:
    """The examples of the parameters of an address."""
    return {
        one["name"]: one["examples"]["one"]["value"]
        for one in described[path]["get"]["parameters"]
        if "examples" in one
    }


VIEWS = ["/commitments", "/timeline", "/pair/{pair}"]
NETWORKS = ["/network", "/network/ego", "/network/query", "/network/topics/measures.{suffix}"]


@pytest.mark.parametrize("path", [*NETWORKS, *VIEWS])
def test_every_example_is_one(client: TestClient, path: str) -> None:
    """Each parameter of OpenAPI that takes a text or a list has an example, which is answered."""
    described = client.get("/openapi.json").json()["paths"]
    given = examples(described, path)
    known = {
        one["name"]
        for one in described[path]["get"]["parameters"]
        if one["in"] == "query" and one["schema"]["type"] in ("string", "array")
    }
    assert known - set(given) <= {"format", "output", "release", "theme"}
    needed = {name: given.pop(name) for name in ("of", "query") if name in given}
    address = path.replace("{suffix}", "json").replace("{pair}", "japan-united-kingdom")
    for name, value in {**given, **needed}.items():
        answer = client.get(address, params={**needed, name: value})
        assert answer.status_code == 200, (name, value, answer.text)


def test_as_a_network_scientist_would(client: TestClient) -> None:
    """From the description alone: a topic's name that is not known, GEXF, a table, the words."""
    paths = client.get("/openapi.json").json()["paths"]
    assert "/network/actors.{suffix}" in paths
    near = client.get("/network/actors.gexf", params={"topic": "data flows"})
    assert near.status_code == 400
    topic = near.json()["detail"].partition("near it: ")[2].partition(" ")[0]
    asked = {"topic": topic, "layout": "true", "measures": "degree"}
    drawn = client.get("/network/actors.gexf", params=asked)
    network_ = nx.read_gexf(io.BytesIO(drawn.content), version="1.3")
    assert len(network_) > 2
    assert all({"degree", "viz"} <= set(data) for _, data in network_.nodes(data=True))
    table = pd.read_csv(io.BytesIO(client.get("/network/actors.csv", params=asked).content))
    assert len(table) == network_.number_of_edges()
    row = table.iloc[0]
    passage = row["passages"].split(" | ")[0]
    address = passage.removeprefix("https://w3id.org/comity")
    found = client.get(address, headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert found.status_code == 200
    assert row["words"].split(" | ")[0] in found.text
