"""The service over HTTP: what each kind of client relies on, and what nobody can do to it."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from httpx2 import Response
from rdflib.query import Result
from starlette.testclient import TestClient

from kg import errors
from kg.formats import BY_NAME, FORMATS, QUADS, ROWS, TRIPLES
from kg.names import BASE, PREFIXES
from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.app import create_app
from kg_api.errors import STATUS, Problem
from kg_api.routes.sparql import MAX_BODY, MAX_FIELDS

ROOT = Path(__file__).resolve().parent.parent
MIC = PREFIXES["actor"] + "mic"
# a question with an answer that nobody will change: what the Ministry is called
NAMES = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?name WHERE { actor:mic skos:prefLabel ?name } ORDER BY LANG(?name)
"""
ANSWER = [
    ("Ministry of Internal Affairs and Communications", "en"),
    ("総務省", "ja"),
]
CONSTRUCT = "CONSTRUCT { actor:mic skos:prefLabel ?name } WHERE { actor:mic skos:prefLabel ?name }"


@pytest.fixture(scope="module")
def client(settings: Settings, snapshot: Snapshot) -> Iterator[TestClient]:
    """A client of the service over the real snapshot; errors of ours reach it as answers."""
    app = create_app(settings, snapshot)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


def ask(client: TestClient, query: str, accept: str | None = None) -> Response:
    """A query by GET."""
    headers = {"Accept": accept} if accept is not None else {}
    return client.get(urls.SPARQL, params={"query": query}, headers=headers)


def media_type(response: Response) -> str:
    """The media type of an answer, without its parameters."""
    return response.headers["content-type"].partition(";")[0]


def assert_problem(response: Response, status: int) -> dict[str, Any]:
    """The one error body: RFC 9457, about the status that was sent."""
    assert response.status_code == status, response.text
    assert media_type(response) == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    return body


def assert_answers(client: TestClient) -> None:
    """The service still answers a light query, rightly."""
    rows = ask(client, NAMES).json()["results"]["bindings"]
    assert [(row["name"]["value"], row["name"]["xml:lang"]) for row in rows] == ANSWER


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


COUNT = "SELECT (COUNT(*) AS ?n) {0} WHERE {{ ?s ?p ?o }}"


def count(response: Response) -> int:
    """The number in the only cell of an answer."""
    assert response.status_code == 200, response.text
    (row,) = response.json()["results"]["bindings"]
    return int(row["n"]["value"])


def test_default_graph_is_the_union_as_a_set(client: TestClient, snapshot: Snapshot) -> None:
    """Without FROM every triple of the named graphs counts once."""
    triples = {(quad.subject, quad.predicate, quad.object) for quad in snapshot.quads()}
    assert count(ask(client, COUNT.format(""))) == len(triples)


def test_graphs_of_the_request_go_before_from(client: TestClient, snapshot: Snapshot) -> None:
    """`default-graph-uri` has the meaning of FROM, goes before it, and knows the kinds."""
    reported = len({str(quad.triple) for quad in snapshot.quads("reported")})
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


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "params",
    [{"query": [NAMES, NAMES]}, {"default-graph-uri": MIC}, {"query": ""}, {"query": " # "}],
)
def test_one_query_is_wanted(client: TestClient, params: dict[str, Any]) -> None:
    """No query, an empty one and two are 400."""
    assert_problem(client.post(urls.SPARQL, data=params), 400)
    assert_problem(client.get(urls.SPARQL, params=params), 400)


def test_syntax_errors_say_where(client: TestClient) -> None:
    """What is not SPARQL is 400, with line and column."""
    body = assert_problem(ask(client, "ASK {\n  nowhere:x ?p ?o }"), 400)
    assert (body["line"], body["column"]) == (2, 3)
    assert "nowhere" in body["detail"]
    body = assert_problem(ask(client, "SELECT *\nWHERE { ?s ?p ?o } wrong"), 400)
    assert body["line"] == 2


UPDATES = [
    "INSERT DATA { actor:mic a comity:Country }",
    "DELETE WHERE { ?s ?p ?o }",
    "PREFIX a: <https://example.org/> DELETE { ?s a:p ?o } INSERT { a:b a:c a:d } WHERE {}",
    "# SELECT\nWITH <https://example.org/g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "LOAD <https://example.org/>",
    "clear all",
    "CREATE GRAPH <https://example.org/>",
    "DROP ALL",
    "COPY DEFAULT TO <https://example.org/>",
    "MOVE DEFAULT TO <https://example.org/>",
    "ADD DEFAULT TO <https://example.org/>",
]


@pytest.mark.parametrize("update", UPDATES)
def test_updates_are_refused_by_any_road(client: TestClient, update: str) -> None:
    """An update is 403 as a parameter, in a form, as a body of either type, and as a query."""
    before = count(ask(client, COUNT.format("")))
    for response in (
        ask(client, update),
        client.get(urls.SPARQL, params={"update": update}),
        client.get(urls.SPARQL, params={"query": NAMES, "update": update}),
        client.post(urls.SPARQL, data={"update": update}),
        client.post(urls.SPARQL, data={"query": update}),
        *(
            client.post(
                urls.SPARQL, content=update, headers={"Content-Type": f"application/{type_}"}
            )
            for type_ in ("sparql-update", "sparql-query")
        ),
    ):
        assert_problem(response, 403)
    assert count(ask(client, COUNT.format(""))) == before


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A listener on loopback that must never be called."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        opened.listen()
        opened.settimeout(0.05)
        yield opened


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
        "SELECT * WHERE {{ service silent<{0}>{{ ?s ?p ?o }} }}",
        "SELECT * WHERE {{ VALUES ?e {{ <{0}> }} SERVICE ?e {{ ?s ?p ?o }} }}",
        "SELECT * WHERE {{ {{ SELECT * {{ OPTIONAL {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }} }} }}",
        "ASK {{ FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
        "ASK {{ ?s ?p '#' . SERVICE <{0}> {{ ?s ?p ?o }} }}",
        'ASK {{ ?s ?p """ " # """ . SERVICE <{0}> {{ ?s ?p ?o }} }}',
        "PREFIX e: <{0}> ASK {{ SERVICE e: {{ ?s ?p ?o }} }}",
        "ASK {{ ?s ?p ?o FILTER(?o<3)SERVICE<{0}>{{ ?s ?p ?o }} }}",
    ],
)
def test_service_is_refused(client: TestClient, listener: socket.socket, query: str) -> None:
    """SERVICE, however it is written, is 403, and nobody is called."""
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    body = assert_problem(ask(client, query.format(address)), 403)
    assert "SERVICE" in body["detail"]
    with pytest.raises(TimeoutError):
        listener.accept()


def test_graphs_are_never_fetched(client: TestClient, listener: socket.socket) -> None:
    """A graph that the store does not hold is empty: no address and no file is opened."""
    here = Path(__file__).as_uri()
    for graph in (f"http://127.0.0.1:{listener.getsockname()[1]}/", here):
        assert count(ask(client, COUNT.format(f"FROM <{graph}>"))) == 0
        named = COUNT.replace("?s ?p ?o", "GRAPH ?g {{ ?s ?p ?o }}").format(f"FROM NAMED <{graph}>")
        assert count(ask(client, named)) == 0
        params = {"query": COUNT.format(""), "default-graph-uri": graph}
        assert count(client.get(urls.SPARQL, params=params)) == 0
    with pytest.raises(TimeoutError):
        listener.accept()


@pytest.mark.parametrize(
    "query",
    [
        "ASK { actor:mic skos:note 'SERVICE <http://example.org/> { ?s ?p ?o }' }",
        "ASK { actor:mic a comity:Country } # SERVICE <http://example.org/> { ?s ?p ?o }",
        "ASK { <http://example.org/service> a comity:Service }",
        "ASK { ?service a comity:Country . FILTER(?service = actor:gov-service) }",
        'ASK { ?s ?p """a "SERVICE" is named, INSERT DATA too""" }',
    ],
)
def test_words_are_not_operations(client: TestClient, query: str) -> None:
    """SERVICE and INSERT in strings, comments, IRIs and names are just words."""
    assert ask(client, query).json()["boolean"] is False


def test_names_of_queries_are_not_read_from_files(client: TestClient) -> None:
    """The parameter is SPARQL: a name of a file of the project is a syntax error."""
    assert_problem(ask(client, "commitments"), 400)


HOSTILE = {
    "braces": "SELECT * WHERE " + "{" * 20_000 + "}" * 20_000,
    "open braces": "SELECT * WHERE " + "{" * 50_000,
    "parentheses": "ASK { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }",
    "brackets": "ASK { ?s ?p " + "[ ?p " * 20_000 + "?o" + " ]" * 20_000 + " }",
    "collections": "ASK { ?s ?p " + "( " * 20_000 + ") " * 20_000 + " }",
    "not": "ASK { FILTER(" + "!" * 50_000 + "true) }",
    "minus": "ASK { FILTER(" + "- " * 40_000 + "1 > 0) }",
    "sum": "ASK { FILTER(" + "1+" * 40_000 + "1 > 0) }",
    "and": "ASK { FILTER(" + "true&&" * 15_000 + "true) }",
    "path": "ASK { ?s " + "a/" * 40_000 + "a ?o }",
    "alternatives": "ASK { ?s " + "a|" * 40_000 + "a ?o }",
    "inverse": "ASK { ?s " + "^" * 50_000 + "a ?o }",
    "closures": "ASK { ?s a" + "*" * 50_000 + " ?o }",
    "unions": "ASK { {}" + "UNION{}" * 12_000 + " }",
    "optionals": "ASK { " + "OPTIONAL{" * 10_000 + "}" * 10_000 + " }",
    "patterns": "ASK { " + "?s?p?o." * 12_000 + "}",
    "values": "ASK { VALUES ?s { " + "1 " * 45_000 + "} }",
    "in": "ASK { FILTER(1 IN (" + "1," * 45_000 + "1)) }",
    "too long": "ASK { ?s ?p '" + "x" * 200_000 + "' }",
    "unfinished string": "ASK { ?s ?p '" + "x" * 90_000,
    "unfinished long string": 'ASK { ?s ?p """' + '"" ' * 30_000,
    "unfinished IRI": "ASK { <" + "x" * 90_000,
    "NUL": "ASK { ?s ?p '\0' } \0",
    "bidirectional marks": "ASK { ?s ?p '\u202e' } \u202e",
    "beyond the BMP": "ASK { ?\U0001f600 ?p ?o }",
    "escaped surrogate": r"ASK { ?s ?p '\uD800' }",
    "huge number": "ASK { ?s ?p " + "9" * 90_000 + " }",
    "bad IRI": "ASK { <http://[::1> ?p ?o }",
    "relative IRI": "ASK { <x> ?p ?o }",
    "relative FROM": "ASK FROM <x> { ?s ?p ?o }",
    "undeclared prefix": "ASK { nowhere:x ?p ?o }",
    "bad regular expression": "ASK { ?s ?p ?o FILTER(REGEX(STR(?o), '(((')) }",
    "regular expression bomb": "ASK { FILTER(REGEX('" + "a" * 5000 + "', '(a*)*(a*)*b')) }",
    "YAML in the header": "#+ a: &a [x]\n#+ b: [*a, *a, !!python/object:x {}]\n#+ : : :\nASK {}",
    "aggregate of an aggregate": "SELECT (COUNT(COUNT(?s)) AS ?n) WHERE { ?s ?p ?o }",
    "unbound projection": "SELECT ?s (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "division by zero": "SELECT (1/0 AS ?n) WHERE {}",
    "service in pieces": "ASK { SERV\u0049CE <http://127.0.0.1/> {} }",
    "service in escapes": r"ASK { \u0053ERVICE <http://127.0.0.1/> {} }",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_queries(client: TestClient, name: str) -> None:
    """No query makes the service fail or die: it is answered or refused, and the next is served."""
    response = client.post(urls.SPARQL, data={"query": HOSTILE[name]})
    if response.status_code != 200:
        assert response.status_code in (400, 403)
        assert_problem(response, response.status_code)
    assert_answers(client)


@pytest.mark.parametrize("term", ["SELECT * { ?s ?p ?o } LIMIT 3", "ASK { ?s ?p ?o }"])
@pytest.mark.parametrize(
    ("prefix", "suffix", "levels"),
    [
        ("{", "}", 90),
        ("(", ")", 90),
        ("!", "", 400),
        ("OPTIONAL {", "}", 80),
        ("", "UNION {}", 400),
    ],
)
def test_what_the_bounds_let_through_is_survived(
    client: TestClient, term: str, prefix: str, suffix: str, levels: int
) -> None:
    """Just within the bounds the engine itself copes: an answer or a syntax error, no crash."""
    inner = "true" if prefix in ("(", "!") else "{}" if not prefix else ""
    nested = prefix * levels + inner + suffix * levels
    if prefix in ("(", "!"):
        nested = f"FILTER({nested})"
    response = client.post(urls.SPARQL, data={"query": term.replace("?o }", f"?o . {nested} }}")})
    assert response.status_code in (200, 400)
    assert_answers(client)


BAD_BODIES = [
    ("application/sparql-query", b"ASK { ?s ?p '\xff\xfe' }", 400),
    ("application/sparql-query", "ASK {}".encode("utf-16"), 400),
    ("application/sparql-query; charset=utf-16", "ASK {}".encode("utf-16"), 415),
    ("application/sparql-query", b"", 400),
    ("application/x-www-form-urlencoded", b"query=ASK%20%7B%FF%7D", 400),
    ("application/x-www-form-urlencoded", b"\xff\xfe", 400),
    ("application/x-www-form-urlencoded", b"", 400),
    ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * (MAX_FIELDS + 1)), 400),
    ("application/x-www-form-urlencoded", b"query=" + b"x" * MAX_BODY, 413),
    ("application/sparql-query", b"x" * (MAX_BODY + 1), 413),
    ("multipart/form-data; boundary=x", b"--x\r\n", 415),
    ("application/json", b"{}", 415),
    ("text/plain", b"ASK {}", 415),
    ("", b"ASK {}", 415),
    (";;;=", b"ASK {}", 415),
]


@pytest.mark.parametrize(("type_", "body", "status"), BAD_BODIES)
def test_bodies_that_are_no_query(client: TestClient, type_: str, body: bytes, status: int) -> None:
    """Wrong types, wrong encodings and bodies without end are refused with the right status."""
    assert_problem(client.post(urls.SPARQL, content=body, headers={"Content-Type": type_}), status)
    assert_answers(client)


def test_compressed_bodies_are_refused(client: TestClient) -> None:
    """A body of a few bytes cannot unfold into a large one."""
    headers = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}
    assert_problem(client.post(urls.SPARQL, content=b"\x1f\x8b", headers=headers), 415)


@pytest.mark.parametrize("raw", [b"query=%FF", b"query=%00", b"%", b"=", b"&&a"])
def test_bad_query_strings(client: TestClient, raw: bytes) -> None:
    """A query string that cannot be read is 400."""
    request = client.build_request("GET", urls.SPARQL)
    request.url = request.url.copy_with(query=raw)
    assert_problem(client.send(request), 400)


# --- linked data -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/id/actor/mic",
        "/id/instrument/hiroshima-accord",
        "/id/act/cooperate",
        "/topic/open-ran",
        "/source/jukdp-2024",
        "/source/jukdp-2024/telecoms-diversification/b",
        "/ontology",
    ],
)
def test_resources_are_described(client: TestClient, path: str) -> None:
    """The path of an IRI answers with Turtle that says something about that IRI."""
    response = client.get(path)
    assert response.status_code == 200
    assert media_type(response) == "text/turtle"
    graph = rdflib.Graph().parse(data=response.content, format="turtle")
    subject = rdflib.URIRef(urls.iri(path))
    assert len(list(graph.predicate_objects(subject))) >= 2
    assert graph.value(subject, rdflib.RDF.type) is not None


def test_resources_come_in_other_formats(client: TestClient) -> None:
    """Accept decides over resources too."""
    response = client.get("/id/actor/mic", headers={"Accept": "application/ld+json"})
    assert media_type(response) == "application/ld+json"
    assert json.loads(response.content)
    assert_problem(client.get("/id/actor/mic", headers={"Accept": "image/png"}), 406)


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
def test_downloads(client: TestClient, snapshot: Snapshot, suffix: str) -> None:
    """A download is the whole dataset: the named graphs, or the union in formats without."""
    response = client.get(urls.download(suffix))
    assert response.status_code == 200
    assert media_type(response) == BY_NAME[suffix].media_type
    assert f"comity.{suffix}" in response.headers["content-disposition"]
    found = set(ox.parse(response.content, format=BY_NAME[suffix].rdf))
    quads = set(snapshot.quads())
    if BY_NAME[suffix].kind == TRIPLES:
        quads = {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads}
    assert len(found) == len(quads)
    named = {quad for quad in quads if not holds_blank(quad)}
    assert named <= found


def holds_blank(quad: ox.Quad) -> bool:
    """Whether a quad has a blank node, whose label differs from one reading to the next."""
    return any(isinstance(term, ox.BlankNode) for term in (quad.subject, quad.object))


@pytest.mark.usefixtures("snapshot")
def test_downloads_are_the_same_in_three_parsers() -> None:
    """rdflib, pyoxigraph and rapper count the same number of triples in the Turtle download."""
    run = subprocess.run(
        [sys.executable, ROOT / "bench" / "triples.py"], capture_output=True, text=True, check=False
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


def test_form_for_browsers(client: TestClient) -> None:
    """A browser gets a form whose query runs, and which loads nothing from elsewhere."""
    response = client.get(urls.SPARQL, headers={"Accept": "text/html,*/*;q=0.8"})
    assert media_type(response) == "text/html"
    assert "<script" not in response.text
    assert "://" not in re.sub(r"<textarea.*?</textarea>", "", response.text, flags=re.S)
    query = re.search(r"<textarea[^>]*>(.*?)</textarea>", response.text, re.S)
    assert query is not None
    rows = ask(client, query[1].replace("&lt;", "<").replace("&gt;", ">")).json()
    assert len(rows["results"]["bindings"]) == 20
    for link in re.findall(r'href="([^"]+)"', response.text):
        assert client.head(link).status_code == 200


def test_health(client: TestClient, snapshot: Snapshot) -> None:
    """The service says that it is up, and what it serves."""
    assert client.get(urls.HEALTH).json() == {"status": "ok", "digest": snapshot.digest}
    assert client.get("/").headers["location"] == urls.SPARQL


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
    assert client.options(urls.SPARQL, headers=origin | asked).status_code == 200


def test_every_error_has_a_status() -> None:
    """No exception of the library is without its status."""

    def tree(error: type[errors.KgError]) -> set[type[errors.KgError]]:
        return {error}.union(*(tree(below) for below in error.__subclasses__()))

    assert tree(errors.KgError) == set(STATUS)


@pytest.mark.parametrize("error", [errors.SnapshotError("gone"), Problem(410, "gone")])
def test_errors_become_problems(settings: Settings, snapshot: Snapshot, error: Exception) -> None:
    """Whatever a route raises arrives as a problem with its status."""
    app = create_app(settings, snapshot)

    @app.get("/raise")
    def fail() -> None:
        raise error

    expected = 503 if isinstance(error, errors.KgError) else 410
    with TestClient(app) as opened:
        assert assert_problem(opened.get("/raise"), expected)["detail"] == "gone"


def test_accidents_say_nothing_of_the_inside(settings: Settings, snapshot: Snapshot) -> None:
    """What nobody foresaw is a 500 in the same form, without its cause."""
    app = create_app(settings, snapshot)

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
    assert {urls.SPARQL, urls.HEALTH, urls.DOWNLOAD} <= paths
    assert {f"/{name}{{rest}}" for name in urls.NAMESPACES} <= paths
