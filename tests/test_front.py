"""What all answers have in common, whoever gives them; and answers kept as bytes."""

import gc
import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from asking import NAMES, ask, assert_problem
from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.answers import Answer
from kg_api.app import Service, create_app
from kg_api.cache import Cache
from kg_api.logs import Requests

# one address of each kind: the front's own, FastAPI's, an error, a page
ADDRESSES = [
    f"{urls.SPARQL}?query=ASK%7B%7D",
    urls.SPARQL,
    "/data/id/actor/mic",
    urls.OPENAPI,
    urls.HEALTH,
    "/nowhere",
    f"{urls.SPARQL}?query=nonsense",
]


@pytest.fixture(scope="module")
def service(real: Settings, real_snapshot: Snapshot) -> Service:
    """A service of its own: what it keeps and counts is seen here only."""
    return create_app(real, real_snapshot)


@pytest.fixture
def asked(service: Service) -> TestClient:
    """A client of that service."""
    return TestClient(service, raise_server_exceptions=False, follow_redirects=False)


# --- every answer ------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_headers_of_every_answer(
    asked: TestClient, real_snapshot: Snapshot, address: str, method: str
) -> None:
    """Request id, CORS and what browsers may do are said by all answers alike."""
    headers = asked.request(method, address, headers={"Origin": "https://example.org"}).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]+", headers["x-request-id"])
    for name in ("Comity-Release", "Comity-Truncated", "ETag", "X-Request-Id", "Retry-After"):
        assert name in headers["access-control-expose-headers"]
    if method != "OPTIONS":
        assert headers["content-security-policy"].startswith("default-src 'none'")
    if method == "GET" and "nonsense" not in address:
        assert headers["comity-release"] == real_snapshot.digest


def test_request_ids(asked: TestClient) -> None:
    """A request keeps the id that it came with, if it is one; else each has its own."""
    given = asked.get(urls.HEALTH, headers={"X-Request-Id": "abc-123"}).headers["x-request-id"]
    assert given == "abc-123"
    for bad in ("a b", "x" * 200, '"', "ü"):
        headers = {"X-Request-Id": bad.encode("latin-1")}
        assert asked.get(urls.HEALTH, headers=headers).headers["x-request-id"] != bad
    ids = {asked.get(urls.HEALTH).headers["x-request-id"] for _ in range(5)}
    assert len(ids) == 5


def test_options(asked: TestClient) -> None:
    """A page elsewhere learns that it may send what it wants to, by any method that there is."""
    wanted = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, x-mine",
    }
    headers = asked.options(urls.SPARQL, headers=wanted).headers
    assert headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS, POST"
    assert headers["access-control-allow-headers"] == "content-type, x-mine"
    assert "POST" not in asked.options(urls.HEALTH).headers["allow"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_is_get_without_its_body(asked: TestClient, address: str) -> None:
    """HEAD has the status and the headers of GET."""
    get, head = asked.get(address), asked.head(address)
    assert head.status_code == get.status_code
    kept = [name for name in get.headers if name not in ("x-request-id", "date")]
    assert {name: head.headers.get(name) for name in kept} == {n: get.headers[n] for n in kept}


# --- with and without the front ----------------------------------------------------------------

QUESTIONS: list[dict[str, Any]] = [
    {"params": {"query": NAMES}},
    {"params": {"query": NAMES, "format": "csv", "limit": "1"}},
    {"params": {"query": "SELECT (NOW() AS ?now) {}", "limit": "0"}},
    {"params": {"query": "DESCRIBE actor:mic"}},
    {"params": {"query": "nonsense"}},
    {"params": {"query": NAMES}, "headers": {"Accept": "image/png"}},
    {"params": {"query": "nonsense"}, "headers": {"Accept": "text/html"}},
    {"params": {}},
    {"params": {}, "headers": {"Accept": "text/html"}},
    {"method": "POST", "data": {"query": NAMES}},
    {"method": "POST", "content": NAMES, "headers": {"Content-Type": "application/sparql-query"}},
    {"method": "POST", "content": "x", "headers": {"Content-Type": "text/plain"}},
    {"method": "PUT"},
    {"method": "DELETE"},
]


@pytest.mark.parametrize("question", QUESTIONS, ids=range(len(QUESTIONS)))
def test_fastapi_answers_alike(
    asked: TestClient, real: Settings, real_snapshot: Snapshot, question: dict[str, Any]
) -> None:
    """Without the part that goes ahead, FastAPI's documented route gives the same answers."""
    behind = TestClient(create_app(real, real_snapshot, ahead=False))
    given = {"method": "GET", "url": urls.SPARQL, **question}
    first, second = (one.request(**given, follow_redirects=False) for one in (asked, behind))
    assert first.status_code == second.status_code
    if "json" not in first.headers.get("content-type", "") or first.status_code == 200:
        assert first.content == second.content
    leave_out = ("x-request-id", "content-length")
    assert {k: v for k, v in first.headers.items() if k not in leave_out} == {
        k: v for k, v in second.headers.items() if k not in leave_out
    }


# --- validators --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [f"{urls.SPARQL}?query=ASK%7B%7D", urls.SPARQL, "/data/id/actor/mic", "/ontology", "/queries"],
)
def test_not_modified(service: Service, address: str) -> None:
    """What only the snapshot decides has a tag and a date, and is not sent twice."""
    asked = TestClient(service)
    first = asked.get(address)
    assert first.status_code == 200
    assert first.headers["last-modified"]
    assert "no-store" not in first.headers["cache-control"]
    tag = first.headers["etag"]
    for sent in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        again = asked.get(str(first.url), headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert "content-type" not in again.headers
    assert asked.get(str(first.url), headers={"If-None-Match": '"x"'}).status_code == 200


def test_tags_differ_by_format_and_question(asked: TestClient) -> None:
    """Two representations never share a tag; the same one always does."""
    tags = [
        ask(asked, query, accept).headers["etag"]
        for query in (NAMES, NAMES + " ")
        for accept in ("text/csv", "application/json", "application/sparql-results+xml")
    ]
    assert len(set(tags)) == len(tags)
    assert ask(asked, NAMES, "text/csv, x/y").headers["etag"] == tags[0]


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"])
def test_volatile_answers_are_nobodys_to_keep(
    asked: TestClient, service: Service, call: str
) -> None:
    """What differs from one call to the next has no tag, and is not kept here either."""
    before = len(service.front.cache)
    first, second = (ask(asked, f"SELECT ({call} AS ?x) {{}}") for _ in range(2))
    for one in (first, second):
        assert one.headers["cache-control"] == "no-store"
        assert "etag" not in one.headers
        assert "last-modified" not in one.headers
    assert len(service.front.cache) == before
    assert call == "BNODE()" or first.content != second.content


def test_posts_have_no_validators_to_be_misread(asked: TestClient) -> None:
    """A condition is for GET: a POST with one is answered in full."""
    tag = ask(asked, NAMES).headers["etag"]
    response = asked.post(urls.SPARQL, data={"query": NAMES}, headers={"If-None-Match": tag})
    assert response.status_code == 200


# --- kept answers ------------------------------------------------------------------------------


def test_kept_answers_are_the_same(asked: TestClient, service: Service) -> None:
    """The second answer comes from memory, and is the first one."""
    query = "SELECT * { VALUES ?kept { 1 2 } }"
    hits = service.front.cache.hits
    answers: list[Response] = [ask(asked, query) for _ in range(3)]
    answers.append(asked.post(urls.SPARQL, data={"query": query}))
    assert len({answer.content for answer in answers}) == 1
    assert service.front.cache.hits == hits + 3
    headers = [{k: v for k, v in one.headers.items() if k != "x-request-id"} for one in answers]
    assert all(one == headers[0] for one in headers)


def test_kept_answers_are_told_apart(asked: TestClient) -> None:
    """No client gets what another one asked for: by format, language or host."""
    for _ in range(2):
        for name in ("text/csv", "application/json"):
            assert ask(asked, NAMES, name).headers["content-type"].startswith(name[:8])
        for accept in ("text/turtle", "application/n-triples"):
            response = asked.get("/data/id/actor/mic", headers={"Accept": accept})
            assert response.headers["content-type"].startswith(accept)
        for host in ("a.example", "b.example"):
            description = asked.get(urls.SPARQL, headers={"Host": host}).text
            assert host in description


def answer(size: int) -> Answer:
    """An answer of a size."""
    return Answer(200, [], b"x" * size, b'"x"')


def test_the_cache_keeps_its_bound() -> None:
    """Whatever comes, no more bytes are held than the bound; what was used last stays."""
    cache = Cache(100_000)
    for number in range(500):
        cache.put(("q", number), answer(2000), 10)
        cache.name(("raw", number), ("q", number))
        assert cache.by_alias(("raw", 0)) or number > 0
        cache.get(("q", 0))
        assert cache.bytes <= 100_000
    assert cache.get(("q", 0)) is not None
    assert cache.get(("q", 1)) is None
    assert cache.by_alias(("raw", 1)) is None
    assert not cache.put("large", answer(50_000), 10)
    for number in range(2000):
        cache.name(("other", number), ("q", 499))
    assert cache.bytes <= 100_000
    assert cache.get(("q", 499)) is not None


def test_what_is_kept_is_looked_through_once() -> None:
    """Python's collector of garbage has nothing to do with kept answers once it has seen them.

    It would look through all of them again and again, and nobody would be answered meanwhile.
    """
    cache = Cache(100_000)
    key = ("digest", "text", (), (), ("json", "ttl"), None, False)
    cache.put(key, answer(10), 10)
    cache.name(("digest", b"query=", b"*/*"), key)
    kept = [*cache._answers.items(), *cache._aliases.items()]
    gc.collect()
    seen = [part for pair in kept for part in pair]
    assert len(seen) == 4
    assert not any(map(gc.is_tracked, seen))


def test_new_answers_do_not_pile_up_before_they_are_looked_through() -> None:
    """However many come while the cache is full: the pause for looking is short."""
    cache = Cache(100_000)
    gc.collect()
    most = 0
    for number in range(3000):
        cache.put(("digest", f"{number}", ("json", "ttl")), answer(10), 10)
        if number % 100 == 0:
            most = max(most, len(gc.get_objects(generation=0)))
    assert most < 3000


def test_nothing_is_kept_without_room(real: Settings, real_snapshot: Snapshot) -> None:
    """A cache of no bytes keeps nothing, and the service answers all the same."""
    app = create_app(replace(real, cache_bytes=0), real_snapshot)
    for _ in range(2):
        assert ask(TestClient(app), NAMES).status_code == 200
    assert (len(app.front.cache), app.front.cache.bytes) == (0, 0)


# --- rate, metrics, logs -----------------------------------------------------------------------


def test_rate(real: Settings, real_snapshot: Snapshot) -> None:
    """A client that asks too fast is told so, and when to come again; another one is served."""
    app = create_app(replace(real, rate=0.001, burst=3), real_snapshot)
    first, other = TestClient(app), TestClient(app, client=("192.0.2.7", 1))
    assert [ask(first, NAMES).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(first, NAMES)
    assert assert_problem(refused, 429)["limit"] == "rate"
    assert int(refused.headers["retry-after"]) > 100
    assert ask(other, NAMES).status_code == 200
    # whoever looks whether the service lives is not counted
    assert {first.get(path).status_code for path in ("/healthz", "/readyz")} == {200}


def test_metrics(asked: TestClient) -> None:
    """Requests by route and status, latencies, cache and workers are there to be read."""
    ask(asked, NAMES)
    asked.get("/nowhere/at/all")
    asked.request("BREW", "/coffee")
    response = asked.get("/metrics")
    assert response.headers["cache-control"] == "no-store"
    families = {one.name: one for one in text_string_to_metric_families(response.text)}
    assert {
        "comity_requests", "comity_request_seconds", "comity_cache_hits", "comity_cache_bytes",
        "comity_workers", "comity_queue", "comity_kills", "comity_release", "comity_switches",
    } <= set(families)  # fmt: skip
    routes = {sample.labels["route"] for sample in families["comity_requests"].samples}
    assert urls.SPARQL in routes
    assert not any("nowhere" in route or "coffee" in route for route in routes)
    methods = {sample.labels["method"] for sample in families["comity_requests"].samples}
    assert "BREW" not in methods


@pytest.mark.parametrize(
    ("level", "lines", "queries"), [("debug", 1, 1), ("info", 1, 0), ("warning", 0, 0)]
)
def test_logs_do_not_say_what_was_asked(
    real: Settings, real_snapshot: Snapshot, level: str, lines: int, queries: int
) -> None:
    """A line a request, in JSON, with its id; the query string only where somebody debugs."""
    app = create_app(replace(real, log_level=level), real_snapshot)
    output = io.StringIO()
    app.front.requests = Requests(level, output)
    with TestClient(app) as client:
        client.get(urls.SPARQL, params={"query": NAMES}, headers={"X-Request-Id": "it-is-me"})
    said = [json.loads(line) for line in output.getvalue().splitlines()]
    assert len(said) == lines
    for line in said:
        assert (line["request"], line["status"], line["path"]) == ("it-is-me", 200, urls.SPARQL)
        assert line["ms"] > 0
    assert output.getvalue().count("prefLabel") == queries


# --- the whole description ---------------------------------------------------------------------


def test_every_described_operation_keeps_its_word(service: Service) -> None:
    """Whatever the OpenAPI description allows to be sent, nothing fails: no answer is a 500."""
    described = schemathesis.openapi.from_asgi(urls.OPENAPI, service)
    wanted = settings(
        max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    tried = 0
    client = TestClient(service, raise_server_exceptions=False, follow_redirects=False)

    for result in described.get_all_operations():
        operation = result.ok()

        @wanted
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            nonlocal tried
            tried += 1
            response = case.call(session=None, app=service)
            assert response.status_code < 500, (case.method, case.path)

        check()
    assert tried >= 20
    assert ask(client, NAMES).status_code == 200


def test_nothing_is_kept_between_two_releases(real: Settings, real_snapshot: Snapshot) -> None:
    """What a route answers while the release changes is of neither: no tag, and nobody keeps it."""
    app = create_app(real, real_snapshot)
    releases = app.state.releases
    other = replace(releases.current, digest="0" * 64)

    @app.get("/between")
    async def change() -> dict[str, str]:
        releases.held.insert(0, other)
        return {}

    client = TestClient(app)
    first = client.get("/between")
    assert first.headers["cache-control"] == "no-store"
    assert "etag" not in first.headers
    assert "comity-release" not in first.headers
    assert len(app.front.cache) == 0
