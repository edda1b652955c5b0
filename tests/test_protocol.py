"""The SPARQL 1.1 Protocol at `/sparql`: what is asked in which way, and what comes of it."""

import json
import re
from dataclasses import fields
from typing import Any
from urllib.parse import unquote_to_bytes

import pyoxigraph as ox
import pytest
from httpx2 import Response
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from asking import COUNT, NAMES, ask, assert_problem, count, media_type
from kg import formats
from kg.formats import BY_NAME, FORMATS, QUADS, ROWS, TRIPLES
from kg.names import BASE, PREFIXES
from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api import protocol, urls
from kg_api.accepting import prefers_html
from kg_api.app import create_app
from kg_api.description import LIMITS
from kg_api.errors import Problem

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT_TYPE = "application/sparql-query"
DIRECT = {"Content-Type": DIRECT_TYPE}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CONSTRUCT = "CONSTRUCT { actor:mic skos:prefLabel ?name } WHERE { actor:mic skos:prefLabel ?name }"
ALL = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
CONTROL = r"SELECT ('a\u0001b' AS ?x) {}"


def raw(client: TestClient, query_string: bytes, **more: Any) -> Response:
    """A GET whose query string is sent as it is."""
    request = client.build_request("GET", urls.SPARQL, **more)
    request.url = request.url.copy_with(query=query_string)
    return client.send(request)


# --- graphs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["reported", "evidence", "reference", "derived", "ontology"])
@pytest.mark.parametrize("how", ["FROM", "default-graph-uri", "FROM NAMED", "named-graph-uri"])
def test_names_of_kinds(client: TestClient, real_snapshot: Snapshot, kind: str, how: str) -> None:
    """A kind's name stands for its graphs, as a set, wherever a graph may be named."""
    iri = f"{BASE}graph/{kind}"
    quads = list(real_snapshot.quads(kind))
    triples = len({(q.subject, q.predicate, q.object) for q in quads})
    if how.startswith("FROM"):
        params = {"query": COUNT.format(f"{how} <{iri}>")}
    else:
        params = {"query": COUNT.format(""), how: iri}
    named = "NAMED" in how or how.startswith("named")
    if named:
        params["query"] = params["query"].replace("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }")
    assert count(client.get(urls.SPARQL, params=params)) == (len(quads) if named else triples)


def test_several_default_graphs_are_one_set(client: TestClient, real_snapshot: Snapshot) -> None:
    """A triple that two of the graphs hold is one, in FROM as in the parameters."""
    kinds = ("reported", "derived", "reference")
    whole = {
        (q.subject, q.predicate, q.object) for kind in kinds for q in real_snapshot.quads(kind)
    }
    iris = [f"{BASE}graph/{kind}" for kind in kinds]
    params = {"query": COUNT.format(""), "default-graph-uri": iris}
    assert count(client.get(urls.SPARQL, params=params)) == len(whole)
    assert count(client.post(urls.SPARQL, data=params)) == len(whole)
    text = COUNT.format(" ".join(f"FROM <{iri}>" for iri in iris))
    assert count(ask(client, text)) == len(whole)


def test_parameters_go_before_from(client: TestClient) -> None:
    """A dataset of the request replaces that of the query altogether (§2.1.4)."""
    text = "SELECT (COUNT(*) AS ?n) FROM NAMED <{0}graph/reported> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    query = text.format(BASE)
    assert count(ask(client, query)) > 0
    params = {"query": query, "default-graph-uri": f"{BASE}graph/reported"}
    assert count(client.get(urls.SPARQL, params=params)) == 0


@pytest.mark.parametrize("graph", ["no iri", "", "<x>", "\u0001", "../x", "http://a b/"])
def test_graphs_that_are_no_iri(client: TestClient, graph: str) -> None:
    """A graph is named by an IRI: anything else is the client's mistake."""
    params = {"query": COUNT.format(""), "default-graph-uri": graph}
    assert_problem(client.get(urls.SPARQL, params=params), 400)


# --- formats -----------------------------------------------------------------------------------

NAMED = [
    ("json", "json", "jsonld"),
    ("xml", "xml", "rdf"),
    ("csv", "csv", None),
    ("tsv", "tsv", None),
    ("ttl", None, "ttl"),
    ("turtle", None, "ttl"),
    ("nt", None, "nt"),
    ("n-triples", None, "nt"),
    ("rdf", None, "rdf"),
    ("jsonld", None, "jsonld"),
    ("json-ld", None, "jsonld"),
    ("nq", None, "nq"),
    ("trig", None, "trig"),
    (".TTL", None, "ttl"),
    ("text/csv", "csv", None),
    ("text/turtle", None, "ttl"),
    ("application/json", "json", "jsonld"),
    ("application/sparql-results+json", "json", None),
    ("application/sparql-results json", "json", None),
    ("application/n-quads", None, "nq"),
]


@pytest.mark.parametrize("parameter", ["format", "output"])
@pytest.mark.parametrize(("name", "rows", "rdf"), NAMED)
def test_formats_by_parameter(
    client: TestClient, parameter: str, name: str, rows: str | None, rdf: str | None
) -> None:
    """`format=` and `output=` go before Accept, by short name or media type."""
    for query, expected in ((NAMES, rows), (CONSTRUCT, rdf)):
        response = client.get(
            urls.SPARQL, params={"query": query, parameter: name}, headers={"Accept": "image/png"}
        )
        if expected is None:
            assert assert_problem(response, 406)["available"]
        else:
            assert response.status_code == 200
            assert media_type(response) == BY_NAME[expected].media_type


@pytest.mark.parametrize("params", [{"format": "docx"}, {"format": ["csv", "json"]}])
def test_formats_that_are_none(client: TestClient, params: dict[str, Any]) -> None:
    """An unknown short name is 400, with those there are; so are two at once."""
    assert_problem(client.get(urls.SPARQL, params={"query": NAMES, **params}), 400)


def test_vary_and_charset(client: TestClient) -> None:
    """Every answer tells caches that Accept decided; text says that it is UTF-8."""
    for accept in ("text/csv", "text/tab-separated-values", "image/png", BROWSER):
        assert ask(client, NAMES, accept).headers["vary"] == "Accept"
    assert ask(client, NAMES, "text/csv").headers["content-type"] == "text/csv; charset=utf-8"


RANGES = ["*/*", "text/*", "application/*", "image/png", "text/html", "*", "x", ";;", "",
          *(one.media_type for one in FORMATS), "application/json", "text/plain"]  # fmt: skip
WEIGHTS = ["", ";q=0", ";q=0.0", "; q=0.5", ";q=1", ";q=2", ";q=x", ";q=nan", ";level=1;q=0.3"]
HEADERS = st.lists(
    st.tuples(st.sampled_from(RANGES), st.sampled_from(WEIGHTS)).map("".join), max_size=6
).map(", ".join)


@settings(max_examples=100, deadline=None)
@given(HEADERS)
def test_any_negotiation(client: TestClient, accept: str) -> None:
    """What is answered is accepted; what is refused is acceptable in none of our formats."""
    for query, kinds in ((NAMES, (ROWS,)), (CONSTRUCT, (TRIPLES, QUADS))):
        response = ask(client, query, accept)
        chosen = formats.negotiate(accept, *kinds)
        if chosen is None:
            assert response.status_code == 406
        else:
            assert response.status_code == 200
            assert media_type(response) == chosen.media_type


@settings(max_examples=100, deadline=None)
@given(HEADERS)
def test_html_only_for_those_who_ask_for_it(accept: str) -> None:
    """A page goes only to clients that name HTML and do not exclude it."""
    if prefers_html(accept):
        assert "text/html" in accept
        assert formats.weight(accept, "text/html") > 0


@pytest.mark.parametrize(("query", "name"), [(CONTROL, "xml"), (CONTROL, "rdf")])
def test_what_xml_cannot_hold(client: TestClient, query: str, name: str) -> None:
    """A control character is an error that names JSON, never XML that no parser reads."""
    if name == "rdf":
        query = r"CONSTRUCT { <x:a> <x:b> ?x } { BIND('a\u0001b' AS ?x) }"
    body = assert_problem(client.get(urls.SPARQL, params={"query": query, "format": name}), 400)
    assert "JSON" in body["detail"]
    assert client.get(urls.SPARQL, params={"query": query, "format": "json"}).status_code == 200


def test_json_ld_has_a_context_and_turtle_prefixes(client: TestClient) -> None:
    """RDF that people read has short names."""
    document = ask(client, CONSTRUCT, "application/ld+json").json()
    assert "@context" in document
    assert "@prefix actor:" in ask(client, CONSTRUCT, "text/turtle").text


# --- ways to ask -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [urls.SPARQL, urls.SPARQL + "/"])
def test_both_slash_forms(client: TestClient, path: str) -> None:
    """The address answers with and without a slash at its end, without redirection."""
    assert client.get(path, params={"query": NAMES}).status_code == 200
    assert client.post(path, content=NAMES, headers=DIRECT).status_code == 200
    assert media_type(client.get(path)) == "text/turtle"
    assert client.options(path).is_success


def test_a_form_may_have_parameters_in_its_address(client: TestClient) -> None:
    """What a form leaves out, its address may say."""
    response = client.post(urls.SPARQL + "?format=csv", data={"query": NAMES})
    assert media_type(response) == "text/csv"
    assert_problem(client.post(urls.SPARQL, params={"query": NAMES}, data={"query": NAMES}), 400)


def test_a_mark_of_the_encoding_is_no_text(client: TestClient) -> None:
    """UTF-8 may begin with a byte order mark."""
    response = client.post(urls.SPARQL, content=b"\xef\xbb\xbf" + NAMES.encode(), headers=DIRECT)
    assert response.status_code == 200


WRONG: list[tuple[str, bytes, dict[str, str], bytes | None, int]] = [
    ("no query", b"default-graph-uri=x:y", {}, None, 400),
    ("two queries", b"query=ASK%7B%7D&query=ASK%7B%7D", {}, None, 400),
    ("empty query", b"query=", {}, None, 400),
    ("blank query", b"query=%20%0A", {}, None, 400),
    ("only a comment", b"query=%23%20ASK", {}, None, 400),
    ("bad percent-encoding", b"query=ASK%7", {}, None, 400),
    ("bad percent-encoding", b"query=%zz", {}, None, 400),
    ("bad UTF-8", b"query=%ff%fe", {}, None, 400),
    ("NUL", b"query=ASK%7B%7D%00", {}, None, 400),
    ("bad limit", b"query=ASK%7B%7D&limit=-1", {}, None, 400),
    ("bad limit", b"query=ASK%7B%7D&limit=" + b"9" * 50, {}, None, 400),
    ("bad timeout", b"query=ASK%7B%7D&timeout=0", {}, None, 400),
    ("bad timeout", b"query=ASK%7B%7D&timeout=nan", {}, None, 400),
    ("unknown release", b"query=ASK%7B%7D&release=0000000", {}, None, 404),
    ("short release", b"query=ASK%7B%7D&release=", {}, None, 404),
    ("two releases", b"query=ASK%7B%7D&release=a&release=b", {}, None, 400),
    ("update", b"update=CLEAR%20ALL", {}, None, 403),
    ("update", b"query=CLEAR%20ALL", {}, None, 403),
    ("parameters of updates", b"query=ASK%7B%7D&using-graph-uri=x:y", {}, None, 403),
    ("syntax", b"query=ASK%20%7B%20%3Fs%20%7D", {}, None, 400),
    ("SERVICE", b"query=ASK%20%7BSERVICE%3Cx%3Ay%3E%7B%7D%7D", {}, None, 403),
    ("no type", b"", {"Content-Type": ""}, b"ASK {}", 415),
    ("other type", b"", {"Content-Type": "application/json"}, b"{}", 415),
    ("update by POST", b"", {"Content-Type": "application/sparql-update"}, b"CLEAR ALL", 403),
    ("UTF-16", b"", DIRECT, "ASK {}".encode("utf-16"), 400),
    ("UTF-16 without mark", b"", DIRECT, "ASK {}".encode("utf-16-le"), 400),
    ("UTF-16 announced", b"", {"Content-Type": f"{DIRECT_TYPE}; charset=utf-16"}, b"", 415),
    ("packed", b"", {**DIRECT, "Content-Encoding": "gzip"}, b"\x1f\x8b", 415),
    ("empty body", b"", DIRECT, b"", 400),
    ("empty form", b"", FORM, b"", 400),
    ("bad form", b"", FORM, b"query=%f", 400),
    ("query twice", b"query=ASK%7B%7D", DIRECT, b"ASK {}", 400),
]  # fmt: skip


@pytest.mark.parametrize("accept", ["*/*", BROWSER])
@pytest.mark.parametrize(("name", "fields", "headers", "body", "status"), WRONG)
def test_wrong_requests(
    client: TestClient,
    accept: str,
    name: str,
    fields: bytes,
    headers: dict[str, str],
    body: bytes | None,
    status: int,
) -> None:
    """Whatever is wrong is said: as a problem for programs, as a page for browsers."""
    request = client.build_request(
        "GET" if body is None else "POST",
        urls.SPARQL,
        content=body,
        headers={"Accept": accept, **headers},
    )
    request.url = request.url.copy_with(query=fields)
    response = client.send(request)
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers
    if accept == BROWSER:
        assert (response.status_code, media_type(response)) == (status, "text/html")
        assert f"Error {status}<" in response.text
        assert "default-src 'none'" in response.headers["content-security-policy"]
    else:
        assert_problem(response, status)


def test_pages_of_errors_hold_no_markup_of_the_query(client: TestClient) -> None:
    """What a client sent is shown as text."""
    response = ask(client, "ASK { <script>alert(1)</script> }", BROWSER)
    assert response.status_code == 400
    assert "<script>" not in response.text


def test_refusals_say_what_to_do(client: TestClient) -> None:
    """An update is told why not; SERVICE how to federate from the other side."""
    assert "only read" in assert_problem(ask(client, "DROP ALL"), 403)["detail"]
    service = "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"
    assert "from your side" in assert_problem(ask(client, service), 403)["detail"]


def test_errors_are_for_pages_of_any_origin_too(client: TestClient) -> None:
    """A page elsewhere may read why it was refused."""
    headers = ask(client, "nonsense").headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers


# --- bounds ------------------------------------------------------------------------------------


@pytest.fixture
def bounded(real: Settings, real_snapshot: Snapshot) -> TestClient:
    """A service whose results are small."""
    narrow = Settings(project=real.project, snapshots=real.snapshots, max_rows=10, max_bytes=2000)
    return TestClient(create_app(narrow, real_snapshot))


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_too_many_rows(bounded: TestClient, name: str) -> None:
    """A result beyond the bound is an error that names it and the ways on, in no format a part."""
    params = {"query": f"{ALL} LIMIT 11", "format": name}
    body = assert_problem(bounded.get(urls.SPARQL, params=params), 400)
    assert body["limit"] in ("max_rows", "max_bytes")
    assert "LIMIT" in body["detail"]
    assert "download" in body["detail"]
    query = "SELECT ?x { VALUES ?x { 1 2 3 4 5 6 7 8 9 10 } }"
    assert bounded.get(urls.SPARQL, params={"query": query, "format": name}).status_code == 200


def test_too_many_triples_and_bytes(bounded: TestClient) -> None:
    """The bounds hold for CONSTRUCT, and for one row that is long."""
    construct = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 11"
    assert assert_problem(ask(bounded, construct), 400)["bound"] in (10, 2000)
    long = "SELECT (CONCAT(?a, ?a, ?a, ?a) AS ?b) { BIND('" + "x" * 600 + "' AS ?a) }"
    assert assert_problem(ask(bounded, long), 400)["limit"] == "max_bytes"


@pytest.mark.parametrize(("limit", "cut"), [(0, True), (3, True), (20, False)])
def test_cut_where_the_client_wants_it(client: TestClient, limit: int, cut: bool) -> None:
    """`limit=` cuts, and a header says if it did."""
    query = "SELECT ?x { VALUES ?x { 1 2 3 4 5 6 7 8 9 10 } }"
    response = client.get(urls.SPARQL, params={"query": query, "limit": limit})
    assert len(response.json()["results"]["bindings"]) == min(limit, 10)
    assert ("comity-truncated" in response.headers) is cut
    exposed = response.headers["access-control-expose-headers"]
    assert "Comity-Truncated" in exposed


# --- the service itself ------------------------------------------------------------------------

SD = "http://www.w3.org/ns/sparql-service-description#"


@pytest.mark.parametrize("one", [one for one in FORMATS if one.kind in (TRIPLES, QUADS)])
def test_service_description_in_each_format(client: TestClient, one: formats.Format) -> None:
    """Every RDF format describes the service: graphs, features, formats, limits."""
    response = client.get(urls.SPARQL, headers={"Accept": one.media_type})
    assert media_type(response) == one.media_type
    by_parameter = client.get(urls.SPARQL, params={"format": one.name})
    assert by_parameter.content == response.content
    found = list(ox.parse(response.content, format=one.rdf))
    said = {(quad.predicate.value, getattr(quad.object, "value", "")) for quad in found}
    assert (SD + "supportedLanguage", SD + "SPARQL11Query") in said
    assert (SD + "feature", SD + "UnionDefaultGraph") in said
    assert (SD + "name", BASE + "graph/reported") in said
    assert (SD + "name", BASE + "source/jukdp-2024/telecoms-diversification/b") in said
    names = {value for term, value in said if term == PREFIXES["schema"] + "name"}
    assert {"timeout", "max_rows", "max_bytes", "max_body", "max_depth", "queue"} <= names


def test_every_bound_of_the_settings_is_described(client: TestClient) -> None:
    """No limit of the table is kept from clients, but what only concerns the machine."""
    own = {
        "host", "port", "socket", "public_url", "embed", "trusted_proxies", "cache_bytes",
        "max_age", "watch", "grace", "log_level", "memory_quads", "store_folder",
    }  # fmt: skip
    bounds = {one.name for one in fields(Settings) if one.metadata["service"]} - own
    assert bounds == set(LIMITS)


def test_no_description_in_other_formats(client: TestClient) -> None:
    """What a description cannot be is 406, with the list."""
    assert assert_problem(client.get(urls.SPARQL, headers={"Accept": "text/csv"}), 406)["available"]


def test_public_address(real: Settings, real_snapshot: Snapshot) -> None:
    """The endpoint's address is the public one where there is one, whatever Host says."""
    public = Settings(
        project=real.project, snapshots=real.snapshots, public_url="https://example.org/kg/"
    )
    client = TestClient(create_app(public, real_snapshot))
    text = client.get(urls.SPARQL, params={"format": "nt"}, headers={"Host": "other.example"}).text
    assert "<https://example.org/kg/sparql>" in text
    assert "other.example" not in text


# --- releases ----------------------------------------------------------------------------------


def test_release_by_digest(client: TestClient, real_snapshot: Snapshot) -> None:
    """A query at a release gives the same bytes, and may be kept for ever."""
    plain = ask(client, NAMES)
    params = {"query": NAMES, "release": real_snapshot.digest}
    named = client.get(urls.SPARQL, params=params)
    assert named.content == plain.content
    assert named.headers["comity-release"] == real_snapshot.digest
    assert "immutable" in named.headers["cache-control"]
    assert "immutable" not in plain.headers["cache-control"]
    body = assert_problem(client.get(urls.SPARQL, params={**params, "release": "0" * 64}), 404)
    assert body["available"] == [real_snapshot.digest]


def test_bodies_are_whole_json(client: TestClient) -> None:
    """What is answered parses to its end, and is as long as it says."""
    response = ask(client, f"{ALL} LIMIT 2000")
    assert len(json.loads(response.content)["results"]["bindings"]) == 2000
    assert int(response.headers["content-length"]) == len(response.content)
    assert re.fullmatch(r'"[0-9a-f]{32}"', response.headers["etag"])


@given(st.lists(st.sampled_from([*map(chr, range(256)), "%", "%4", "%41", "%0A", "=", "+"])))
def test_parameters_are_read_as_by_the_standard_library(parts: list[str]) -> None:
    """Whatever is encoded: the same value, or a refusal where a % has no two hex digits."""
    raw = "".join(parts).replace("&", "").encode("latin-1")
    expected = unquote_to_bytes(raw.replace(b"+", b" "))
    encoded = re.search(rb"%(?![0-9A-Fa-f]{2})", raw) is None
    try:
        text = expected.decode() if encoded else None
    except UnicodeDecodeError:
        text = None
    if text is not None:
        assert protocol.read_fields(b"a=" + raw)["a"] == [text]
    else:
        with pytest.raises(Problem, match="UTF-8" if encoded else "percent"):
            protocol.read_fields(b"a=" + raw)
