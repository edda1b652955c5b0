"""What nobody can do to the service: write, reach another host, open a file, or bring it down."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from asking import COUNT, NAMES, ask, assert_answers, assert_problem, count
from kg.names import PREFIXES
from kg.settings import Settings
from kg_api import urls
from kg_api.protocol import MAX_FIELDS

MIC = PREFIXES["actor"] + "mic"
MAX_BODY = Settings.max_body


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


WORDS = (
    "SELECT * DISTINCT ?s ?p ?o ( ) { } [ ] . ; , AS COUNT SUM WHERE FROM NAMED GRAPH FILTER "
    "OPTIONAL UNION MINUS BIND VALUES EXISTS NOT SERVICE CONSTRUCT DESCRIBE ASK ORDER BY GROUP "
    "HAVING LIMIT OFFSET INSERT DATA DELETE LOAD PREFIX BASE a: actor:mic graph:reported "
    '<http://127.0.0.1/> <x> \'x\' "y" """ # \\u0053 + - * / | ^ ! = < > <= && || IN REGEX STR '
    "NOW BNODE IRI 1 2.5 1e9 true UNDEF a _:b @en ^^ xsd:date"
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([*WORDS.split(), "\n"]), max_size=30).map(" ".join)
    | st.text(max_size=60)
)
def test_any_text_is_answered_or_refused(client: TestClient, text: str) -> None:
    """Whatever is sent as a query, the service is not at fault."""
    response = client.post(urls.SPARQL, data={"query": text})
    if response.status_code != 200:
        assert response.status_code in (400, 403)
        assert_problem(response, response.status_code)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_any_accept_is_answered_or_refused(client: TestClient, accept: str) -> None:
    """Whatever is said to be accepted, there is an answer or a 406."""
    for path in (urls.SPARQL, "/id/actor/mic"):
        assert client.get(path, headers={"Accept": accept}).status_code in (200, 303, 406)


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


@pytest.mark.parametrize("host", ["<script>", "[::1", "a b", "x" * 5000, "", "127.0.0.1:99999"])
@pytest.mark.parametrize("path", [urls.SPARQL, "/", "/healthz", "/id/actor/nobody", "/ontology"])
def test_hosts_that_are_none(client: TestClient, host: str, path: str) -> None:
    """The header Host is not believed: whatever it says, nothing fails."""
    for method in ("GET", "DELETE"):
        response = client.request(method, path, headers={"Host": host})
        assert response.status_code < 500
        assert "<script>" not in response.headers.get("location", "")
