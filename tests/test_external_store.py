"""Real stores, loaded by `kg publish`, answer as the embedded engine does."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import urlencode
from urllib.request import urlopen

import pyoxigraph as ox
import pytest

import kg
from kg import document, guard, portable, resource
from kg import query as queries
from kg.errors import KgError, NotAllowed, QueryError, SnapshotError, StoreError
from kg.http import Address, Answer, Connection
from kg.names import expand
from kg.publish import publish
from kg.remote import Remote, read_rows
from kg.results import Result, Rows
from kg.settings import Settings
from serving import served
from stores import oxigraph, virtuoso

STORES = ("oxigraph", "virtuoso")
QUESTIONS = [
    (one.name, lang)
    for one in queries.catalogue(Settings.from_env({}).project)
    for lang in ("en", "ja")
]


@pytest.fixture(scope="session")
def addresses(
    tmp_path_factory: pytest.TempPathFactory, real_snapshot: kg.Snapshot
) -> Iterator[Mapping[str, Address]]:
    """Both servers, each with the real snapshot; started once, for they are slow to start."""
    folder = tmp_path_factory.mktemp("stores")
    with ExitStack() as stack:
        found = {
            "oxigraph": stack.enter_context(oxigraph(folder / "oxigraph")),
            "virtuoso": stack.enter_context(virtuoso(folder / "virtuoso")),
        }
        for address in found.values():
            publish(real_snapshot, Connection(address))
        yield found


@pytest.fixture(scope="session")
def remotes(addresses: Mapping[str, Address], real: Settings) -> Mapping[str, kg.Snapshot]:
    """The real snapshot, opened over each store."""
    return {
        name: kg.open(
            settings=replace(
                real, store=one.query, store_user=one.user, store_password=one.password
            )
        )
        for name, one in addresses.items()
    }


def joined_alike(result: Result) -> object:
    """An answer; the parts of a GROUP_CONCAT, whose order SPARQL leaves open, in one order."""
    if not isinstance(result, Rows):
        return result
    return result.variables, [
        tuple(
            tuple(sorted(cell.value.replace(" | ", ", ").split(", ")))
            if isinstance(cell, ox.Literal) and ", " in cell.value and not cell.language
            else cell
            for cell in row
        )
        for row in result.rows
    ]


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(("name", "lang"), QUESTIONS)
def test_the_projects_queries_answer_alike(
    name: str,
    lang: str,
    store: str,
    remotes: Mapping[str, kg.Snapshot],
    real_snapshot: kg.Snapshot,
) -> None:
    """The same rows in the same order, term for term, in both languages."""
    expected = real_snapshot.query(name, lang=lang)
    assert joined_alike(remotes[store].query(name, lang=lang)) == joined_alike(expected)


ALIKE = {
    "union": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "every named graph": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    "graphs": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g",
    "a kind": "SELECT (COUNT(*) AS ?n) FROM graph:reported { ?s ?p ?o }",
    "two kinds": "SELECT (COUNT(*) AS ?n) FROM graph:reported FROM graph:reference { ?s ?p ?o }",
    "FROM leaves no named graph": "ASK FROM graph:derived { GRAPH ?g { ?s ?p ?o } }",
    "FROM NAMED": "SELECT (COUNT(*) AS ?n) FROM NAMED graph:evidence { GRAPH ?g { ?s ?p ?o } }",
    "only FROM NAMED": "SELECT (COUNT(*) AS ?n) FROM NAMED graph:evidence { ?s ?p ?o }",
    "an unknown graph": "SELECT (COUNT(*) AS ?n) FROM <http://example.org/> { ?s ?p ?o }",
    "the store's own graph": "ASK { GRAPH graph:manifest { ?s ?p ?o } }",
    "ASK": "ASK { ?s a comity:Ministry }",
    "CONSTRUCT": "CONSTRUCT { ?s comity:quote ?q } { ?s comity:quote ?q }",
    "durations": "SELECT ?f { ?s comity:frequency ?f FILTER(?f = 'P1M'^^xsd:duration) }",
}


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("text", ALIKE.values(), ids=list(ALIKE))
def test_datasets_are_alike(
    text: str, store: str, remotes: Mapping[str, kg.Snapshot], real_snapshot: kg.Snapshot
) -> None:
    """Default graph, kinds and named graphs mean the same, and unions are sets."""
    assert remotes[store].query(text) == real_snapshot.query(text)


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("thing", ["MIC", "GCOT", "instrument:hiroshima-accord"])
def test_descriptions_are_alike(
    thing: str, store: str, remotes: Mapping[str, kg.Snapshot], real_snapshot: kg.Snapshot
) -> None:
    """Names are found and things described out of the store."""
    iri = resource.identify(remotes[store], thing)
    assert resource.describe(remotes[store], iri) == resource.describe(real_snapshot, iri)


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(
    "curie", ["actor:dsit", "source:jukdp-2024/data/a", "scheme:acts", "graph:reported"]
)
def test_documents_are_alike(
    curie: str, store: str, remotes: Mapping[str, kg.Snapshot], real_snapshot: kg.Snapshot
) -> None:
    """What is served at an address is the same, quad for quad."""
    iri = expand(curie)
    assert document.document(remotes[store], iri) == document.document(real_snapshot, iri)


@pytest.mark.parametrize("store", STORES)
def test_no_store_is_loaded_here(store: str, remotes: Mapping[str, kg.Snapshot]) -> None:
    """A snapshot over an external store has none in this process."""
    with pytest.raises(KgError, match="external store"):
        _ = remotes[store].store


@pytest.mark.parametrize("store", STORES)
def test_a_store_with_another_snapshot_is_refused(
    store: str, addresses: Mapping[str, Address]
) -> None:
    """The service does not answer from what it was not given."""
    with pytest.raises(SnapshotError, match=r"holds snapshot .* run kg publish"):
        Remote(Connection(addresses[store]), "0" * 64)


def test_the_service_answers_from_the_store(
    addresses: Mapping[str, Address], real: Settings
) -> None:
    """`kg serve` with KG_STORE: SPARQL and a description, by workers that reach the store."""
    env = os.environ | {
        "KG_SNAPSHOTS": str(real.snapshots),
        "KG_STORE": addresses["oxigraph"].query,
    }
    text = "ASK { GRAPH ?g { actor:mic a comity:Ministry } }"
    with served(env) as url:
        for path in (f"sparql?{urlencode({'query': text})}", "data/id/actor/mic.ttl"):
            with urlopen(url + path, timeout=20) as response:  # noqa: S310 - of this machine
                assert response.status == 200
                assert b"true" in response.read() or path.endswith(".ttl")


HOSTILE = (
    'x" } ; DROP ALL #',
    "x\\",
    '"""',
    "'''\n}",
    "\\u0022 }",
    "日本\t\r\n\x01",
    "> <urn:x> ?y } #",
    "?lang $lang {{{",
)


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("value", HOSTILE)
def test_values_are_terms(value: str, store: str, remotes: Mapping[str, kg.Snapshot]) -> None:
    """Whatever a value says, it is a literal in the store's eyes, and comes back as it was."""
    text = "SELECT ?x ?length { BIND(STRLEN(?x) AS ?length) }"
    rows = remotes[store].query(text, {"x": ox.Literal(value)})
    assert isinstance(rows, Rows)
    assert rows.records() == [{"x": value, "length": len(value)}]


BOUND = {
    "in a union": "SELECT ?n { { BIND(?x + 1 AS ?n) } UNION { BIND(?x + 2 AS ?n) } } ORDER BY ?n",
    "grouped": "SELECT ?x (COUNT(*) AS ?n) { VALUES ?y { 1 2 } } GROUP BY ?x",
    "as data": "SELECT ?n { VALUES (?x ?n) { (1 'one') (5 'five') } }",
    "star": "SELECT * { ?claim comity:sentence ?x } ORDER BY ?claim",
    "ask": "ASK { ?claim comity:sentence ?x }",
    "construct": "CONSTRUCT { ?claim comity:sentence ?x } { ?claim comity:sentence ?x }",
    "counted": "SELECT (COUNT(DISTINCT ?c) AS ?n) ?x { ?c comity:sentence ?x } GROUP BY ?x",
    "negated": "SELECT ?c { ?c comity:sentence ?n FILTER NOT EXISTS { ?c comity:sentence ?x } } "
    "ORDER BY ?c",
}


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("text", BOUND.values(), ids=list(BOUND))
def test_values_reach_every_group(
    text: str, store: str, remotes: Mapping[str, kg.Snapshot], real_snapshot: kg.Snapshot
) -> None:
    """A value means in the text that is sent what it means to the embedded engine."""
    expected = real_snapshot.query(text, {"x": 5})
    found = remotes[store].query(text, {"x": 5})
    if isinstance(expected, Rows) and isinstance(found, Rows):
        assert found.records() == expected.records()
    else:
        assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { BIND(<bif:sleep>(1) AS ?x) }",
        "PREFIX n: <sql:> SELECT * { BIND(n:x(1) AS ?x) }",
        "PREFIX n: <BIF:> SELECT * { ?s n:contains 'x' }",
        "SELECT * { ?s <\\u0062if:contains> 'x' }",
    ],
)
def test_the_stores_own_functions_are_refused(text: str) -> None:
    """Nothing but SPARQL reaches a store: no functions that run SQL or code."""
    with pytest.raises(NotAllowed):
        portable.text(guard.outline(text), {})


def test_extensions_are_refused() -> None:
    """Pragmas are no SPARQL, and the embedded parser says so first, with line and column."""
    with pytest.raises(QueryError) as caught:
        portable.text(guard.outline('define get:soft "replace" SELECT * { ?s ?p ?o }'), {})
    assert caught.value.line == 1


def test_a_store_that_is_away_is_an_error(real_snapshot: kg.Snapshot) -> None:
    """Nobody listens: one line that says so, without credentials."""
    away = Address("http://127.0.0.1:1/sparql", user="somebody", password="secret")  # noqa: S106
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1 cannot be reached") as caught:
        Remote(Connection(away), real_snapshot.digest)
    assert "secret" not in str(caught.value) + repr(away)


@pytest.mark.parametrize("store", STORES)
def test_limits_hold(store: str, addresses: Mapping[str, Address]) -> None:
    """An answer over its bound of bytes or time is an error, not a part of an answer."""
    text = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    with pytest.raises(StoreError, match="longer than 1,000 bytes"):
        Connection(addresses[store], max_bytes=1000).select(text)
    crossed = "SELECT (COUNT(*) AS ?n) { GRAPH ?g {?a ?b ?c} GRAPH ?h {?d ?e ?f} FILTER(?c < ?f) }"
    with pytest.raises(StoreError, match=r"did not answer within 0\.3 s"):
        Connection(replace(addresses[store], timeout=0.3)).select(crossed)


@pytest.mark.parametrize(
    ("body", "headers", "said"),
    [
        (b'{"head":{"vars":["a"]},"results":{"bindings":[', {}, "no SPARQL result"),
        (b"<html>", {}, "no SPARQL result"),
        (
            b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"uri","value":"x:y"}}]}}',
            {"x-sparql-maxrows": "1"},
            "cuts answers at 1 rows",
        ),
        (b'{"head":{"vars":[]},"results":{"bindings":[]}}', {"x-sql-state": "S1TAT"}, "in part"),
    ],
)
def test_half_answers_are_errors(body: bytes, headers: dict[str, str], said: str) -> None:
    """What a store cuts short, or breaks off, is never taken for an answer."""
    with pytest.raises(StoreError, match=said):
        read_rows(Answer(body, "application/sparql-results+json", headers))
