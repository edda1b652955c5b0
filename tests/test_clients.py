"""Programs that people use already: each asks the service with nothing configured, and is answered.

What is missing of them fails here with what to install; `make test` installs it.
"""

import csv
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import duckdb
import pandas as pd
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    JSON,
    JSONLD,
    N3,
    POST,
    RDFXML,
    TSV,
    TURTLE,
    XML,
    SPARQLWrapper,
)

import kg
from kg.settings import Settings
from serving import served

COMMANDS_OF_NODE = Path(__file__).parent / "clients" / "node_modules" / ".bin"
COMITY = "https://w3id.org/comity/ontology#"
JAPAN = "https://w3id.org/comity/id/actor/japan"
PREFIXES = f"""\
PREFIX comity: <{COMITY}>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
NAMES = (
    PREFIXES + "SELECT ?country ?name WHERE { ?country a comity:Country ; skos:prefLabel ?name }"
)
PASSAGES = PREFIXES + "SELECT ?g ?c WHERE { GRAPH ?g { ?c a comity:Action } }"
CLAIMS = PREFIXES + "CONSTRUCT { ?c comity:act ?act } WHERE { ?c comity:act ?act }"
IS_JAPAN = PREFIXES + f"ASK {{ <{JAPAN}> a comity:Country }}"


@pytest.fixture(scope="module")
def service(real: Settings) -> Iterator[str]:
    """The address of a service over the real graph, started as anybody starts it."""
    places = {"KG_PROJECT": str(real.project), "KG_SNAPSHOTS": str(real.snapshots)}
    with served({**os.environ, **places}) as address:
        yield address.rstrip("/")


@pytest.fixture(scope="module")
def endpoint(service: str) -> str:
    """The address of its SPARQL endpoint."""
    return f"{service}/sparql"


@pytest.fixture(scope="module")
def names(real_snapshot: kg.Snapshot) -> set[tuple[str, str, str]]:
    """What the query NAMES finds: country, name, language."""
    return {
        (row["country"].value, row["name"].value, row["name"].language)
        for row in real_snapshot.store.query(NAMES)
    }


@pytest.fixture(scope="module")
def claims(real_snapshot: kg.Snapshot) -> int:
    """How many triples the query CLAIMS makes."""
    return len(list(real_snapshot.store.query(CLAIMS)))


def program(name: str, package: str, folder: Path | None = None) -> str:
    """The path of a program; the test fails with what to install where it is missing."""
    found = shutil.which(name, path=None if folder is None else str(folder))
    assert found is not None, f"{name} is missing: install {package}, or run make test"
    return found


def run(*words: str) -> str:
    """What a program prints; the test fails with its complaint."""
    done = subprocess.run(words, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def asked(endpoint: str, query: str, **fields: str) -> str:
    """The address that asks a query."""
    return f"{endpoint}?{urlencode({'query': query, **fields})}"


def fetched(address: str) -> bytes:
    """What is at an address."""
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
        body: bytes = answer.read()
    return body


def in_json(text: str | bytes) -> set[tuple[str, str, str]]:
    """The rows of NAMES in a JSON result."""
    return {
        (row["country"]["value"], row["name"]["value"], row["name"]["xml:lang"])
        for row in json.loads(text)["results"]["bindings"]
    }


# SPARQLWrapper


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_rows(endpoint: str, names: set[tuple[str, str, str]], method: str) -> None:
    """SPARQLWrapper reads rows in JSON, by both methods, with Japanese as it is."""
    client = SPARQLWrapper(endpoint)
    client.setMethod(method)
    client.setReturnFormat(JSON)
    client.setQuery(NAMES)
    rows = client.query().convert()["results"]["bindings"]
    found = {(r["country"]["value"], r["name"]["value"], r["name"]["xml:lang"]) for r in rows}
    assert found == names
    assert any(language == "ja" for _, _, language in found)


def test_sparqlwrapper_formats(endpoint: str, names: set[tuple[str, str, str]]) -> None:
    """SPARQLWrapper gets the XML and the CSV that it asks for."""
    client = SPARQLWrapper(endpoint)
    client.setQuery(NAMES)
    client.setReturnFormat(XML)
    assert len(client.query().convert().getElementsByTagName("result")) == len(names)
    client.setReturnFormat(CSV)
    assert len(client.query().convert().decode().splitlines()) == len(names) + 1


# it makes rdflib's graphs under their older name
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_sparqlwrapper_ask_and_graphs(endpoint: str, claims: int) -> None:
    """SPARQLWrapper reads the answer of ASK, and the triples of CONSTRUCT and DESCRIBE."""
    client = SPARQLWrapper(endpoint)
    client.setReturnFormat(JSON)
    client.setQuery(IS_JAPAN)
    assert client.query().convert()["boolean"] is True
    client.setReturnFormat(TURTLE)
    client.setQuery(CLAIMS)
    assert len(rdflib.Graph().parse(data=client.query().convert(), format="turtle")) == claims
    client.setReturnFormat(XML)
    client.setMethod(POST)
    client.setQuery(f"DESCRIBE <{JAPAN}>")
    assert len(client.query().convert()) > 0


# as above
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("text", "formats"),
    [
        (NAMES, (JSON, XML, CSV, TSV)),
        (IS_JAPAN, (JSON, XML, CSV, TSV)),
        (CLAIMS, (TURTLE, N3, RDFXML, JSONLD, XML)),
    ],
)
def test_sparqlwrapper_takes_every_format(
    endpoint: str, method: str, text: str, formats: tuple[str, ...]
) -> None:
    """Each is named several times in a request, and not always in one way."""
    for format_ in formats:
        client = SPARQLWrapper(endpoint)
        client.setMethod(method)
        client.setReturnFormat(format_)
        client.setQuery(text)
        assert client.query().convert(), format_


# rdflib


def test_rdflib_store_queries(endpoint: str, names: set[tuple[str, str, str]], claims: int) -> None:
    """A graph over SPARQLStore answers queries of all forms."""
    graph = rdflib.Graph(SPARQLStore(endpoint))
    found = {(str(row.country), str(row.name), row.name.language) for row in graph.query(NAMES)}
    assert found == names
    assert graph.query(IS_JAPAN).askAnswer is True
    assert len(graph.query(CLAIMS).graph) == claims


def test_rdflib_store_as_graph(endpoint: str, real_snapshot: kg.Snapshot) -> None:
    """A graph over SPARQLStore is walked by pattern and counted."""
    graph = rdflib.Graph(SPARQLStore(endpoint))
    label = rdflib.SKOS.prefLabel
    assert rdflib.Literal("日本", lang="ja") in set(graph.objects(rdflib.URIRef(JAPAN), label))
    assert len(graph) == real_snapshot.manifest["counts"]["triples"]


def test_rdflib_store_of_one_passage(endpoint: str, real_snapshot: kg.Snapshot) -> None:
    """A graph with the IRI of a passage is that passage alone."""
    passage = "https://w3id.org/comity/source/jukdp-2024/semiconductors/a"
    graph = rdflib.Graph(SPARQLStore(endpoint), identifier=rdflib.URIRef(passage))
    wanted = len(
        list(real_snapshot.store.quads_for_pattern(None, None, None, ox.NamedNode(passage)))
    )
    assert len(graph) == len(list(graph)) == wanted > 0


def test_rdflib_federates(endpoint: str, names: set[tuple[str, str, str]]) -> None:
    """SERVICE of a query on rdflib reaches us."""
    body = NAMES.partition("WHERE")[2]
    query = f"{PREFIXES} SELECT ?country ?name WHERE {{ SERVICE <{endpoint}> {body} }}"
    assert {(str(row.country), str(row.name)) for row in rdflib.Graph().query(query)} == {
        name[:2] for name in names
    }


# Comunica


def comunica(*words: str) -> str:
    """What Comunica prints."""
    name = program("comunica-sparql", "it with `npm ci` in tests/clients", COMMANDS_OF_NODE)
    return run(name, *words)


def test_comunica_discovers(endpoint: str, names: set[tuple[str, str, str]]) -> None:
    """Comunica finds out from the service description that the address is an endpoint."""
    found = comunica(endpoint, "-q", NAMES, "-t", "application/sparql-results+json")
    assert in_json(found) == names


def test_comunica_makes_triples(endpoint: str, claims: int) -> None:
    """Comunica gets the triples of CONSTRUCT."""
    found = comunica(endpoint, "-q", CLAIMS, "-t", "application/n-triples")
    assert len(set(found.split("\n")) - {""}) == claims


def test_comunica_federates(endpoint: str, service: str, names: set[tuple[str, str, str]]) -> None:
    """Comunica joins our endpoint with our Turtle of one thing, fetched by its address."""
    query = NAMES.replace("WHERE {", f"WHERE {{ VALUES ?country {{ <{JAPAN}> }}")
    found = comunica(
        endpoint, f"{service}/data/id/actor/japan.ttl",
        "-q", query, "-t", "application/sparql-results+json",
    )  # fmt: skip
    assert in_json(found) == {name for name in names if name[0] == JAPAN}


# Command lines


def curl(*words: str) -> str:
    """What curl prints."""
    return run(program("curl", "curl (Debian, Ubuntu)"), "--silent", "--show-error", *words)


def test_curl(endpoint: str, names: set[tuple[str, str, str]], tmp_path: Path) -> None:
    """curl asks by GET, by a form and by a body of its own, and is answered in JSON."""
    file = tmp_path / "names.rq"
    file.write_text(NAMES, "utf-8")
    accept = ("--header", "Accept: application/sparql-results+json")
    for words in (
        ("--get", "--data-urlencode", f"query={NAMES}"),
        ("--data-urlencode", f"query@{file}"),
        ("--header", "Content-Type: application/sparql-query", "--data-binary", f"@{file}"),
    ):
        assert in_json(curl(*accept, *words, endpoint)) == names


def test_curl_without_accept(endpoint: str, names: set[tuple[str, str, str]]) -> None:
    """curl, which asks for nothing in particular, gets an answer, and a 303 that it follows."""
    assert curl("--fail", "--get", "--data-urlencode", f"query={NAMES}", endpoint)
    thing = endpoint.replace("/sparql", "/id/actor/japan")
    turtle = curl("--fail", "--location", "--header", "Accept: text/turtle", thing)
    assert rdflib.Graph().parse(data=turtle, format="turtle")


def test_roqet(endpoint: str, names: set[tuple[str, str, str]]) -> None:
    """roqet, of Rasqal, reads our rows by the Protocol."""
    name = program("roqet", "rasqal-utils (Debian, Ubuntu)")
    found = run(name, "-q", "-p", endpoint, "-e", NAMES, "-r", "csv")
    rows = list(csv.reader(found.splitlines()))[1:]
    assert {tuple(row) for row in rows} == {one[:2] for one in names}


# Tables


def test_pandas_reads_answers(endpoint: str, names: set[tuple[str, str, str]]) -> None:
    """pandas reads the CSV of a query from its address."""
    frame = pd.read_csv(asked(endpoint, NAMES, format="csv"))
    assert set(frame.itertuples(index=False, name=None)) == {name[:2] for name in names}


def test_pandas_reads_tables(service: str) -> None:
    """pandas reads a table alike from CSV, Parquet and the workbook."""
    text = pd.read_csv(f"{service}/download/comity-table-actors.csv")
    parquet = pd.read_parquet(f"{service}/download/comity-table-actors.parquet")
    assert len(text) == len(parquet) > 0
    assert list(text.columns) == list(parquet.columns)
    book = pd.read_excel(f"{service}/download/comity-tables.xlsx", sheet_name=None)
    assert len(book["actors"]) == len(text)


def test_duckdb(
    service: str, endpoint: str, names: set[tuple[str, str, str]], tmp_path: Path
) -> None:
    """DuckDB counts the same in a query's CSV, a table's CSV and its Parquet, as downloaded.

    Its reading over HTTP is an extension that it would have to download: it reads files here.
    """
    answer, text, parquet = (tmp_path / name for name in ("answer.csv", "a.csv", "a.parquet"))
    answer.write_bytes(fetched(asked(endpoint, NAMES, format="csv")))
    for file in (text, parquet):
        file.write_bytes(fetched(f"{service}/download/comity-table-actors{file.suffix}"))
    with duckdb.connect() as database:

        def rows(source: str) -> list[tuple[object, ...]]:
            return database.sql(f"SELECT * FROM {source}").fetchall()  # noqa: S608 - our own words

        assert set(rows(f"read_csv('{answer}')")) == {name[:2] for name in names}
        assert len(rows(f"read_csv('{text}')")) == len(rows(f"read_parquet('{parquet}')")) > 0


# Other endpoints


@contextmanager
def oxigraph(folder: Path) -> Iterator[str]:
    """The address of Oxigraph's server over an empty database."""
    here = Path(sys.executable).parent
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    name = program("oxigraph", "the package oxigraph (pip)", here)
    words = [name, "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        process.terminate()
        process.wait(10)


def test_oxigraph_federates(
    endpoint: str, names: set[tuple[str, str, str]], tmp_path: Path
) -> None:
    """SERVICE of a query on Oxigraph's server reaches us; so does that of its library."""
    body = NAMES.partition("WHERE")[2]
    query = f"{PREFIXES} SELECT ?country ?name WHERE {{ SERVICE <{endpoint}> {body} }}"
    wanted = {name[:2] for name in names}
    with oxigraph(tmp_path / "database") as other:
        request = urllib.request.Request(  # noqa: S310
            f"{other}?query={quote(query)}", headers={"Accept": "text/csv"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            frame = pd.read_csv(io.BytesIO(answer.read()))
    assert set(frame.itertuples(index=False, name=None)) == wanted
    rows = ox.Store().query(query)
    assert {(row["country"].value, row["name"].value) for row in rows} == wanted
