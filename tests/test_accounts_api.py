"""`/commitments`, `/pair`, `/timeline`, `/stats`: formats, filters, errors, caching, releases."""

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

import docx
import openpyxl
import pyarrow.parquet
import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

import kg
from kg import stats
from kg.commitments.briefing import DOCX, XLSX
from kg.downloads.tables import PARQUET
from kg.names import BASE
from kg.settings import Settings
from kg_api import filenames, urls
from kg_api.app import create_app
from kg_api.jobs import KINDS


def rows_of(format_: str, body: bytes) -> int:
    """How many commitments a reader that is not ours finds in an answer."""
    match format_:
        case "json":
            return len(json.loads(body)["commitments"])
        case "csv":
            return len(list(csv.DictReader(io.StringIO(body.decode(), newline=""))))
        case "parquet":
            return int(pyarrow.parquet.read_table(io.BytesIO(body)).num_rows)
        case "xlsx":
            return openpyxl.load_workbook(io.BytesIO(body)).worksheets[0].max_row - 4
        case "docx":
            return len(docx.Document(io.BytesIO(body)).tables[0].rows) - 1
        case _:
            store = ox.Store()
            store.load(body, format=ox.RdfFormat.TURTLE)
            class_ = ox.NamedNode("https://w3id.org/comity/ontology#Commitment")
            return len(list(store.quads_for_pattern(None, None, class_)))


@pytest.mark.parametrize(
    ("format_", "media_type"),
    [
        ("json", "application/json"), ("csv", "text/csv"), ("parquet", PARQUET), ("xlsx", XLSX),
        ("docx", DOCX), ("ttl", "text/turtle"),
    ],
)  # fmt: skip
def test_commitments_in_every_format(client: TestClient, format_: str, media_type: str) -> None:
    """By suffix, by parameter and by Accept: the same thirty."""
    ways: list[tuple[str, dict[str, str], dict[str, str]]] = [
        (f"{urls.COMMITMENTS}.{format_}", {}, {}),
        (urls.COMMITMENTS, {"format": format_}, {}),
        (urls.COMMITMENTS, {}, {"Accept": media_type}),
    ]
    bodies = set()
    for path, params, headers in ways:
        answer = client.get(path, params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].split(";")[0] == media_type
        assert "Accept" in answer.headers["vary"].split(", ")
        assert answer.headers["etag"]
        assert rows_of(format_, answer.content) == 30
        bodies.add(answer.content)
    assert len(bodies) == 1


def test_commitments_take_the_filters_of_the_library(client: TestClient) -> None:
    """The same names as in Python and on the command line."""
    params = {"topic": "semiconductors", "dated": "true", "as_of": "2024-05", "group": "modality"}
    found = client.get(urls.COMMITMENTS, params=params).json()
    assert (found["total"], found["as_of"]) == (1, "2024-05-31")
    assert found["groups"][0]["label"] == "concur"
    assert found["commitments"][0]["window"] == "closed"
    named = client.get(f"{urls.COMMITMENTS}.xlsx", params={"side": "jp"})
    assert 'filename="comity-commitments-jp.xlsx"' in named.headers["content-disposition"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/commitments?topic=nothing-of-that-name", 400),
        ("/commitments?as_of=2024-99", 400),
        ("/commitments?as_of=0000", 400),
        ("/commitments?sort=importance", 400),
        ("/commitments?colour=red", 400),
        ("/commitments?dated=perhaps", 400),
        ("/commitments?format=pdf", 400),
        ("/commitments.pdf", 404),
        (f"/commitments?bearer={'x' * 501}", 400),
        ("/commitments?bearer=a&bearer=b", 400),
        ("/commitments?bearer=%22%20%7D%20SELECT", 400),
        ("/commitments?release=abcdef0", 404),
        ("/pair/japan-france", 404),
        ("/pair/nowhere", 404),
        ("/pair/japan-united-kingdom.csv", 404),
        ("/timeline?from=yesterday", 400),
        ("/timeline?kind=war", 400),
        ("/timeline?basis=rumour", 400),
        ("/timeline.xlsx", 404),
        ("/stats?lang=en&by=colour", 400),
    ],
)
def test_what_is_wrong_is_said(client: TestClient, path: str, status: int) -> None:
    """A clear refusal in the one body of errors, never an empty list in silence."""
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["detail"]


def test_nothing_acceptable_is_406(client: TestClient) -> None:
    """With the list of what there is."""
    answer = client.get(urls.COMMITMENTS, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert XLSX in answer.json()["available"]


def test_the_pair(client: TestClient) -> None:
    """A list of pairs, the page of one, its RDF by suffix and by Accept."""
    listed = client.get(urls.PAIR).json()["pairs"]
    assert [one["url"] for one in listed] == ["/pair/japan-united-kingdom"]
    found = client.get("/pair/japan-united-kingdom").json()
    assert found["title"] == "Japan and United Kingdom"
    assert len(found["commitments"]) == 30
    turtle = client.get("/pair/japan-united-kingdom.ttl")
    again = client.get("/pair/japan-united-kingdom", headers={"Accept": "text/turtle"})
    assert turtle.content == again.content
    assert b"comity:Commitment" in turtle.content
    japanese = client.get("/pair/japan-united-kingdom", params={"lang": "ja"}).json()
    assert japanese["slug"] == "japan-united-kingdom"
    assert japanese["countries"][0]["label"] != "Japan"


def test_the_timeline(client: TestClient) -> None:
    """JSON, CSV and Turtle have the same entries."""
    params = {"from": "2023-05", "to": "2023-05", "kind": "action"}
    found = client.get(urls.TIMELINE, params=params).json()
    rows = list(csv.DictReader(io.StringIO(client.get("/timeline.csv", params=params).text)))
    assert [one["iri"] for one in found["entries"]] == [one["thing"] for one in rows]
    turtle = client.get("/timeline.ttl", params=params)
    store = ox.Store()
    store.load(turtle.content, format=ox.RdfFormat.TURTLE)
    subjects = {str(quad.subject)[1:-1] for quad in store}
    assert {one["iri"] for one in found["entries"]} <= subjects
    assert rows


def test_statistics_are_those_of_the_build(client: TestClient, real_snapshot: kg.Snapshot) -> None:
    """What lies beside the data is what counting gives; another language is counted anew."""
    assert client.get(urls.STATS).json() == stats.record(real_snapshot)
    assert stats.read(real_snapshot.path) == stats.record(real_snapshot)
    found = client.get("/stats.json", params={"lang": "ja"}).json()
    assert found["countries"] == {
        real_snapshot.names.label(f"https://w3id.org/comity/id/actor/{slug}", "ja"): number
        for slug, number in zip(
            ("japan", "uk", "australia", "canada", "united-states"),
            stats.count(real_snapshot)["countries"].values(),
            strict=True,
        )
    }


def test_statistics_count_claims(real_snapshot: kg.Snapshot) -> None:
    """By source, kind, status, country and year: what the passages of the report hold."""
    found = stats.count(real_snapshot)
    assert found["sources"] == {"Progress Report 2024": 153}
    assert found["kinds"]["action"] + found["kinds"]["participation"] == 153
    assert found["kinds"]["commitment"] == 30
    assert sum(found["statuses"].values()) == found["kinds"]["action"] == 134
    assert sum(found["sections"].values()) == 153
    assert set(found["years"]) == {"2022", "2023", "2024"}
    assert list(found["countries"])[:2] == ["Japan", "United Kingdom"]
    assert found["actors"]["Both Participants"] == 31


def test_answers_are_kept_and_revalidated(client: TestClient) -> None:
    """A second client with the tag gets 304; HEAD has the headers of GET."""
    for path in ("/commitments.docx", "/pair/japan-united-kingdom", "/timeline", "/stats"):
        first = client.get(path)
        tag = {"If-None-Match": first.headers["etag"]}
        assert client.get(path, headers=tag).status_code == 304
        assert client.head(path).headers["etag"] == first.headers["etag"]


def test_a_release_can_be_named(client: TestClient, real_snapshot: kg.Snapshot) -> None:
    """By its digest or the beginning of it, and the answer says which it is of."""
    for path in ("/commitments.csv", "/pair/japan-united-kingdom", "/timeline", "/stats"):
        answer = client.get(path, params={"release": real_snapshot.digest[:12]})
        assert answer.status_code == 200
        assert answer.headers["comity-release"] == real_snapshot.digest


def test_a_long_answer_is_refused(real: Settings, real_snapshot: kg.Snapshot) -> None:
    """A bound on bytes holds for records and for documents."""
    app = create_app(replace(real, max_bytes=20_000), real_snapshot)
    with TestClient(app, raise_server_exceptions=False) as small:
        for path in ("/commitments", "/pair/japan-united-kingdom"):
            answer = small.get(path)
            assert (answer.status_code, answer.json()["limit"]) == (400, "max_bytes")


def test_the_description_has_the_views(client: TestClient) -> None:
    """OpenAPI lists each with its parameters and media types."""
    paths: dict[str, Any] = client.get(urls.OPENAPI).json()["paths"]
    for path in (urls.COMMITMENTS, urls.PAIR, "/pair/{pair}", urls.TIMELINE, urls.STATS):
        assert paths[path]["get"]["responses"]["200"]["content"]
    names = {one["name"] for one in paths[urls.COMMITMENTS]["get"]["parameters"]}
    assert {"topic", "as_of", "group", "format"} <= names
    assert {"commitments", "pair", "timeline", "statistics"} <= set(KINDS)


@pytest.mark.parametrize(
    ("address", "asked", "name"),
    [
        ("/commitments.docx", {"topic": "semiconductors"},
         "comity-commitments-semiconductors.docx"),
        ("/commitments.xlsx", {"bearer": "actor:meti", "lang": "ja", "group": "status"},
         "comity-commitments-meti-status.xlsx"),
        ("/commitments.csv", {}, "comity-commitments.csv"),
        ("/timeline.csv", {"from": "2023-05", "topic": f"{BASE}topic/semiconductors"},
         "comity-timeline-semiconductors-2023-05.csv"),
        ("/network/actors.gexf", {"topic": "semiconductors"}, "network-actors-semiconductors.gexf"),
        ("/network/actors.svg", {}, "network-actors.svg"),
        ("/network/actors.csv", {"topic": "半導体"}, "network-actors.csv"),
        ("/network/ego.gexf", {"of": ["MIC", "actor:dsit"]}, "network-ego-mic-dsit.gexf"),
        ("/network/actors/measures.csv", {}, "network-actors-measures.csv"),
        ("/id/actor/mic/network.gexf", {}, "network-ego-mic.gexf"),
    ],
)  # fmt: skip
def test_files_are_named_for_what_they_hold(
    client: TestClient, address: str, asked: dict[str, Any], name: str
) -> None:
    """A downloaded file's name says what was asked for, in short and in Latin letters."""
    answer = client.get(address, params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].partition("; ")[2] == f'filename="{name}"'


@pytest.mark.parametrize(
    "text", ['a"b\r\nSet-Cookie: x', "../../etc/passwd", "é" * 300, "x y " * 90]
)
def test_names_of_files_are_harmless(text: str) -> None:
    """Whatever was asked for, a name is short, and nothing in it ends a header or a folder."""
    made = filenames.name("comity-commitments", [text], "docx")
    assert re.fullmatch(r"[a-z0-9-]+\.docx", made)
    assert len(made) <= 80
