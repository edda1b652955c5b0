"""The service over HTTP: what each kind of client relies on."""

import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.query import Result
from starlette.testclient import TestClient

from asking import ANSWER, COUNT, NAMES, ask, assert_problem, count, media_type
from kg import errors
from kg.formats import BY_NAME, FORMATS, QUADS, ROWS, TRIPLES
from kg.names import BASE, PREFIXES
from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.app import create_app
from kg_api.errors import STATUS, Problem

ROOT = Path(__file__).resolve().parent.parent
MIC = PREFIXES["actor"] + "mic"
CONSTRUCT = "CONSTRUCT { actor:mic skos:prefLabel ?name } WHERE { actor:mic skos:prefLabel ?name }"

# --- results -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
def test_rows_in_each_format(client: TestClient, name: str) -> None:
    """A SELECT answers in the format asked for, and rdflib reads the same terms from it."""
    response = ask(client, NAMES, BY_NAME[name].media_type)
    assert response.status_code == 200
    assert media_type(response) == BY_NAME[name].media_type
    assert "accept" in response.headers["vary"].lower()
    result = Result.parse(BytesIO(response.content), format=name)
    assert [(str(row[0]), row[0].language) for row in result] == ANSWER


def test_rows_in_csv(client: TestClient) -> None:
    """CSV holds the same rows, as plain text, with the header and line ends of its standard."""
    response = ask(client, NAMES, "text/csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.content.decode() == "name\r\n" + "".join(f"{name}\r\n" for name, _ in ANSWER)


@pytest.mark.parametrize("name", ["json", "xml"])
@pytest.mark.parametrize("truth", [True, False])
def test_booleans(client: TestClient, name: str, truth: bool) -> None:
    """An ASK answers with a boolean."""
    query = f"ASK {{ actor:mic a comity:{'Ministry' if truth else 'Country'} }}"
    response = ask(client, query, BY_NAME[name].media_type)
    assert Result.parse(BytesIO(response.content), format=name).askAnswer is truth


# rdflib warns of itself when it parses a format that may hold graphs
@pytest.mark.filterwarnings(r"ignore::DeprecationWarning:rdflib\..*")
@pytest.mark.parametrize("name", [one.name for one in FORMATS if one.kind in (TRIPLES, QUADS)])
def test_triples_in_each_format(client: TestClient, name: str) -> None:
    """A CONSTRUCT answers in each RDF format, and rdflib reads the same triples from it."""
    response = ask(client, CONSTRUCT, BY_NAME[name].media_type)
    assert response.status_code == 200
    assert media_type(response) == BY_NAME[name].media_type
    rdflib_name = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nq": "nquads"}
    graph = rdflib.Dataset() if BY_NAME[name].kind == QUADS else rdflib.Graph()
    graph.parse(data=response.content, format=rdflib_name.get(name, name))
    labels = graph.objects(rdflib.URIRef(MIC), rdflib.SKOS.prefLabel)
    assert sorted((str(one), one.language) for one in labels) == sorted(ANSWER)


def test_turtle_uses_our_prefixes(client: TestClient) -> None:
    """Turtle is for reading: names are short."""
    text = ask(client, CONSTRUCT, "text/turtle").text
    assert "actor:mic" in text
    assert "skos:prefLabel" in text


@pytest.mark.parametrize(
    ("query", "accept", "chosen"),
    [
        (NAMES, None, "json"),
        (NAMES, "*/*", "json"),
        (NAMES, "text/csv;q=0.3, application/sparql-results+xml;q=0.7", "xml"),
        (NAMES, "application/sparql-results+json;q=0, */*;q=0.1", "xml"),
        (NAMES, "text/*", "csv"),
        (NAMES, "image/png, text/tab-separated-values ; q = 0.2", "tsv"),
        (NAMES, "application/json", "json"),
        (CONSTRUCT, None, "ttl"),
        (CONSTRUCT, "*/*", "ttl"),
        (CONSTRUCT, "application/ld+json, text/turtle;q=0.9", "jsonld"),
        (CONSTRUCT, "application/trig", "trig"),
        ("DESCRIBE actor:mic", "application/n-triples", "nt"),
    ],
)
def test_accept_decides(client: TestClient, query: str, accept: str | None, chosen: str) -> None:
    """The format is the one that the client likes best among those the result can have."""
    if accept is None:
        request = client.build_request("GET", urls.SPARQL, params={"query": query})
        del request.headers["accept"]
        response = client.send(request)
    else:
        response = ask(client, query, accept)
    assert response.status_code == 200
    type_ = media_type(response)
    assert type_ in (BY_NAME[chosen].media_type, "application/json")


def test_several_accept_headers_count_as_one(client: TestClient) -> None:
    """A list may come in several headers."""
    headers = [("Accept", "image/png"), ("Accept", "text/csv")]
    response = client.get(urls.SPARQL, params={"query": NAMES}, headers=headers)
    assert media_type(response) == "text/csv"


@pytest.mark.parametrize(
    ("query", "accept", "kinds"),
    [(NAMES, "text/turtle", {ROWS}), (CONSTRUCT, "text/csv", {TRIPLES, QUADS})],
)
def test_not_acceptable(client: TestClient, query: str, accept: str, kinds: set[str]) -> None:
    """A format that the result cannot have is 406, with the list of those it can."""
    body = assert_problem(ask(client, query, accept), 406)
    assert body["available"] == [one.media_type for one in FORMATS if one.kind in kinds]


def test_three_ways_to_ask(client: TestClient) -> None:
    """GET, a form, and the query as body are one operation; HEAD is GET without a body."""
    by_get = ask(client, NAMES)
    by_form = client.post(urls.SPARQL, data={"query": NAMES})
    direct = client.post(
        urls.SPARQL, content=NAMES, headers={"Content-Type": "application/sparql-query"}
    )
    assert by_get.content == by_form.content == direct.content
    head = client.head(urls.SPARQL, params={"query": NAMES})
    assert (head.status_code, media_type(head)) == (200, media_type(by_get))


def test_default_graph_is_the_union_as_a_set(client: TestClient, real_snapshot: Snapshot) -> None:
    """Without FROM every triple of the named graphs counts once."""
    triples = {(quad.subject, quad.predicate, quad.object) for quad in real_snapshot.quads()}
    assert count(ask(client, COUNT.format(""))) == len(triples)


def test_graphs_of_the_request_go_before_from(client: TestClient, real_snapshot: Snapshot) -> None:
    """`default-graph-uri` has the meaning of FROM, goes before it, and knows the kinds."""
    reported = len({str(quad.triple) for quad in real_snapshot.quads("reported")})
    text = COUNT.format("FROM <https://example.org/unknown>")
    assert count(ask(client, text)) == 0
    params = {"query": text, "default-graph-uri": BASE + "graph/reported"}
    assert count(client.get(urls.SPARQL, params=params)) == reported
    assert count(client.post(urls.SPARQL, data=params)) == reported
    direct = client.post(
        urls.SPARQL,
        params={"default-graph-uri": BASE + "graph/reported"},
        content=text,
        headers={"Content-Type": "application/sparql-query"},
    )
    assert count(direct) == reported


# --- what is not there -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/id/actor/nobody", "/id", "/id/", "/topic/%3Cscript%3E", "/id/%00", "/id/../../etc/passwd",
     "/id/%2e%2e/%2e%2e/etc/passwd", "/source/%ff", "/nowhere", "/download/comity.exe",
     "/download/../pyproject.toml", "/id/" + "x" * 5000],
)  # fmt: skip
def test_unknown_resources(client: TestClient, path: str) -> None:
    """What the graph does not know is 404, whatever the path looks like."""
    assert_problem(client.get(path), 404)


# --- downloads ---------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", urls.DOWNLOADS)
def test_downloads(client: TestClient, real_snapshot: Snapshot, suffix: str) -> None:
    """A download is the whole dataset: the named graphs, or the union in formats without."""
    response = client.get(urls.download(suffix))
    assert response.status_code == 200
    assert media_type(response) == BY_NAME[suffix].media_type
    assert f"comity.{suffix}" in response.headers["content-disposition"]
    found = set(ox.parse(response.content, format=BY_NAME[suffix].rdf))
    quads = set(real_snapshot.quads())
    if BY_NAME[suffix].kind == TRIPLES:
        quads = {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads}
    assert len(found) == len(quads)
    named = {quad for quad in quads if not holds_blank(quad)}
    assert named <= found


def holds_blank(quad: ox.Quad) -> bool:
    """Whether a quad has a blank node, whose label differs from one reading to the next."""
    return any(isinstance(term, ox.BlankNode) for term in (quad.subject, quad.object))


def test_downloads_are_the_same_in_three_parsers(real: Settings) -> None:
    """rdflib, pyoxigraph and rapper count the same number of triples in the Turtle download."""
    run = subprocess.run(
        [sys.executable, ROOT / "bench" / "triples.py"],
        env={**os.environ, "KG_SNAPSHOTS": str(real.snapshots)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert re.search(r"rdflib +(\d+)\npyoxigraph +\1\nrapper +\1\n", run.stdout)


# --- the rest ----------------------------------------------------------------------------------


def test_service_description(client: TestClient) -> None:
    """Asked nothing, the endpoint describes itself, with every format it has."""
    response = client.get(urls.SPARQL)
    graph = rdflib.Graph().parse(data=response.content, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    (service,) = graph.subjects(rdflib.RDF.type, sd.Service)
    assert graph.value(service, sd.endpoint) == rdflib.URIRef("http://testserver/sparql")
    assert len(set(graph.objects(service, sd.resultFormat))) == len(FORMATS)


def test_browsers_are_sent_to_the_workbench(client: TestClient) -> None:
    """A browser without a query gets the page in its reader's language; a program never does."""
    accept = "text/html,*/*;q=0.8"
    for liked, lang in (("ja,en;q=0.5", "ja"), ("fr", "en")):
        headers = {"Accept": accept, "Accept-Language": liked}
        response = client.get(urls.SPARQL, headers=headers, follow_redirects=False)
        assert response.status_code == 303
        assert response.headers["location"] == f"/{lang}{urls.SPARQL}"
        assert "Accept-Language" in response.headers["vary"]
    assert client.get(urls.SPARQL, headers={"Accept": "*/*"}).status_code == 200


def test_health(client: TestClient, real_snapshot: Snapshot) -> None:
    """The service says that it is up, and what it serves."""
    assert client.get(urls.HEALTH).json() == {"status": "ok", "digest": real_snapshot.digest}


def test_the_beginning(client: TestClient) -> None:
    """The bare address is a page in the reader's language, and for programs the way to the data."""
    page = client.get("/", headers={"Accept": "text/html", "Accept-Language": "ja"})
    assert (page.status_code, page.headers["content-language"]) == (200, "ja")
    assert "Accept-Language" in page.headers["vary"]
    fixed = client.get("/en/", headers={"Accept": "text/html", "Accept-Language": "ja"})
    assert fixed.headers["content-language"] == "en"
    assert client.get("/", headers={"Accept": "text/turtle"}).headers["location"] == urls.VOID


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize(
    "path", [urls.SPARQL, urls.HEALTH, urls.download("ttl"), "/id/actor/mic", "/graph/reported"]
)
def test_other_methods(client: TestClient, method: str, path: str) -> None:
    """There is nothing to write: other methods are 405, with those that are allowed."""
    response = client.request(method, path)
    assert_problem(response, 405)
    allowed = response.headers["allow"].split(", ")
    assert ("POST" in allowed) is (path == urls.SPARQL)
    assert {"GET", "HEAD", "OPTIONS"} <= set(allowed)


def test_any_page_may_ask(client: TestClient) -> None:
    """Pages of any origin may ask, before and with the query, and read errors too."""
    origin = {"Origin": "https://example.org"}
    for query in (NAMES, "no query"):
        response = client.get(urls.SPARQL, params={"query": query}, headers=origin)
        assert response.headers["access-control-allow-origin"] == "*"
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-any"}
    assert client.options(urls.SPARQL, headers=origin | asked).is_success


def test_every_error_has_a_status() -> None:
    """No exception of the library is without its status."""

    def tree(error: type[errors.KgError]) -> set[type[errors.KgError]]:
        return {error}.union(*(tree(below) for below in error.__subclasses__()))

    own = {one for one in tree(errors.KgError) if one.__module__ == errors.__name__}
    assert own == set(STATUS)


@pytest.mark.parametrize("error", [errors.SnapshotError("gone"), Problem(410, "gone")])
def test_errors_become_problems(real: Settings, real_snapshot: Snapshot, error: Exception) -> None:
    """Whatever a route raises arrives as a problem with its status."""
    app = create_app(real, real_snapshot)

    @app.get("/raise")
    def fail() -> None:
        raise error

    expected = 503 if isinstance(error, errors.KgError) else 410
    with TestClient(app) as opened:
        assert assert_problem(opened.get("/raise"), expected)["detail"] == "gone"


def test_accidents_say_nothing_of_the_inside(real: Settings, real_snapshot: Snapshot) -> None:
    """What nobody foresaw is a 500 in the same form, without its cause."""
    app = create_app(real, real_snapshot)

    @app.get("/raise")
    def fail() -> None:
        raise RuntimeError("secret")

    with TestClient(app, raise_server_exceptions=False) as opened:
        response = opened.get("/raise")
    assert_problem(response, 500)
    assert "secret" not in response.text


def test_openapi_lists_the_routes(client: TestClient) -> None:
    """The description for programs names every address."""
    paths = set(client.get(urls.OPENAPI).json()["paths"])
    assert {urls.SPARQL, urls.HEALTH, urls.READY} <= paths
    assert any(path.startswith("/id") for path in paths)
