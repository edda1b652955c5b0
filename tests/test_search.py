"""Search: what finds what, in which order, in which scripts, and what no text can do."""

import csv
import io
import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from asking import assert_problem
from kg import Snapshot
from kg.cli.searching import search as command
from kg.errors import SnapshotError, UsageError
from kg.names import PREFIXES, compact
from kg.search import MAX_LENGTH, Index, index, open_index, search
from kg.search.folding import fold, runs, tokens
from kg.search.identifiers import key
from kg.settings import Settings
from kg_api import finding, urls

ACTOR, COMITY, SKOS = (PREFIXES[one] for one in ("actor", "comity", "skos"))


@pytest.fixture(scope="module")
def names(real_snapshot: Snapshot) -> Iterator[Index]:
    """The index of the real snapshot."""
    opened = open_index(real_snapshot)
    yield opened
    opened.close()


def found(names: Index, text: str, **more: object) -> list[str]:
    """The CURIEs that a text finds."""
    return [one.curie for one in names.search(text, limit=100, **more).hits]  # type: ignore[arg-type]


# what somebody types, the first thing that it must find, and how
FIRST = [
    ("Ministry of Internal Affairs and Communications", "actor:mic", "exact", "label"),
    ("ministry of internal affairs AND communications", "actor:mic", "exact", "label"),
    ("MIC", "actor:mic", "acronym", "acronym"),
    ("mic", "actor:mic", "acronym", "acronym"),
    ("ＭＩＣ", "actor:mic", "acronym", "acronym"),
    ("総務省", "actor:mic", "exact", "label"),
    ("総務", "actor:mic", "prefix", "label"),
    ("産業", "actor:meti", "word", "label"),
    ("U.K.", "actor:uk", "acronym", "acronym"),
    ("DFFT", "topic:data-free-flow-with-trust", "acronym", "acronym"),
    ("open ran", "topic:open-ran", "exact", "label"),
    ("Open-RAN", "topic:open-ran", "exact", "label"),
    ("ﾃﾞｼﾞﾀﾙ庁", "actor:da", "exact", "label"),
    ("でじたる庁", "actor:da", "exact", "label"),
    ("culture media", "actor:dcms", "word", "label"),
    ("2000012020001", "actor:mic", "exact", "identifier"),
    ("Q1322293", "actor:mic", "exact", "identifier"),
    ("actor:mic", "actor:mic", "exact", "identifier"),
    (ACTOR + "mic", "actor:mic", "exact", "identifier"),
    (f"<{ACTOR}mic>", "actor:mic", "exact", "identifier"),
    ("http://w3id.org/comity/id/actor/mic", "actor:mic", "exact", "identifier"),
    ("id/actor/mic", "actor:mic", "exact", "identifier"),
    ("/id/actor/mic", "actor:mic", "exact", "identifier"),
    ("http://www.wikidata.org/entity/Q1322293", "actor:mic", "exact", "identifier"),
    ("https://www.wikidata.org/wiki/Q1322293", "actor:mic", "exact", "identifier"),
    ("https://ror.org/00vs1pz50", "actor:mic", "exact", "identifier"),
    ("https://ror.org/00vs1pz50/", "actor:mic", "exact", "identifier"),
    ("DIST", "actor:dsit", "exact", "hidden form"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "curie", "level", "by"), FIRST, ids=[one[0] for one in FIRST])
def test_what_is_meant_comes_first(
    text: str, curie: str, level: str, by: str, names: Index
) -> None:
    """Labels, acronyms, other scripts, widths and forms find their thing, and say why."""
    first = names.search(text).hits[0]
    assert (first.curie, first.level, first.by) == (curie, level, by)


def test_everything_is_found_first_by_its_own_iri(names: Index) -> None:
    """By its IRI, its CURIE, and its IRI without the base; nothing is called so before it."""
    for row in names.rows("SELECT iri FROM thing", {}):
        for text in {row["iri"], compact(row["iri"]), key(row["iri"])}:
            if len(text) <= MAX_LENGTH:
                first = names.search(text).hits[0]
                assert (first.iri, first.by) == (row["iri"], "identifier"), text


@pytest.mark.parametrize("text", ["省", "庁", "務省", "覚書", "英国", "G7"])
def test_one_and_two_characters_are_found_wherever_they_stand(text: str, names: Index) -> None:
    """Every name that holds a short Japanese word is found: nothing is too short for the index."""
    sql = "SELECT DISTINCT iri FROM name JOIN thing ON thing.id = thing WHERE folded LIKE :like"
    rows = names.rows(sql, {"like": f"%{fold(text)}%"})
    assert rows
    hits = {one.iri for one in names.search(text, limit=1000).hits}
    assert {row["iri"] for row in rows} <= hits


def test_a_misprint_finds_and_is_not_shown(names: Index) -> None:
    """Hidden labels lead to their thing, and stay hidden."""
    first = names.search("DIST").hits[0]
    assert first.matched is None
    assert "DIST" not in first.reason


def test_a_former_name_is_found(tmp_path: Path) -> None:
    """A name that stands on a span of time is a name of the thing."""
    tenure, thing = (ox.NamedNode(f"http://example.org/{one}") for one in ("span", "body"))
    actor = ox.NamedNode(COMITY + "Actor")
    quads = [
        ox.Quad(tenure, ox.NamedNode(COMITY + "tenureOf"), thing),
        ox.Quad(tenure, ox.NamedNode(COMITY + "formerName"), ox.Literal("Old", language="en")),
        ox.Quad(thing, ox.NamedNode(SKOS + "prefLabel"), ox.Literal("New", language="en")),
        ox.Quad(thing, ox.NamedNode(PREFIXES["rdf"] + "type"), actor),
    ]
    (hit,) = Index(index.build(quads)).search("old").hits
    assert (hit.label, hit.by, hit.matched) == ("New", "former name", "Old")


def test_levels_come_in_order_and_ties_are_fixed(names: Index, real_snapshot: Snapshot) -> None:
    """Exact, acronym, prefix, word, quote; two indexes of the same quads are the same bytes."""
    levels = ["exact", "acronym", "prefix", "word", "quote"]
    for text in ("data", "UK", "AI", "open ran", "digital"):
        places = [levels.index(one.level) for one in names.search(text, limit=1000).hits]
        assert places == sorted(places)
        assert len(places) > 5
    quads = list(real_snapshot.quads())
    assert index.build(quads) == index.build(reversed(quads))


def test_quotes_find_their_claims_with_the_place(names: Index) -> None:
    """A claim is found by its words, and the hit says where they stand."""
    hits = names.search("signed a Memorandum", types=["claim"]).hits
    assert [(one.level, one.by) for one in hits] == [("quote", "quote")]
    assert hits[0].passage == hits[0].iri.partition("#")[0]
    assert (hits[0].citation or "").startswith("Progress Report 2024, ")
    assert not names.suggest("signed a Memorandum")


def test_types_are_families_classes_and_their_parts(names: Index) -> None:
    """A class holds what its subclasses hold; several types are any of them."""
    ministries = set(found(names, "ministry", types=["Ministry"]))
    assert {"actor:mic", "actor:meti"} <= ministries
    assert ministries <= set(found(names, "ministry", types=["comity:Actor"]))
    assert ministries == set(found(names, "ministry", types=[COMITY + "Ministry"]))
    assert ministries == set(found(names, "ministry", types=["ministry or department"]))
    both = set(found(names, "data", types=["topic", "instrument"]))
    assert both == set(found(names, "data", types=["topic"])) | set(
        found(names, "data", types=["instrument"])
    )


def test_topics_hold_the_narrower_ones_and_what_claims_speak_of(names: Index) -> None:
    """A thing has the topics of the claims that speak of it, and the wider ones."""
    narrow = set(found(names, "principles", topics=["open-ran"]))
    assert "instrument:open-ran-principles" in narrow
    assert narrow <= set(found(names, "principles", topics=["telecommunications"]))
    assert narrow == set(found(names, "principles", topics=["topic:open-ran"]))
    assert "instrument:open-ran-principles" not in found(names, "principles", topics=["data"])


@pytest.mark.parametrize(
    "wish", [{"types": ["nope"]}, {"topics": ["nope"]}, {"limit": -1}, {"limit": 10**9}]
)
def test_what_makes_no_sense_is_refused(wish: dict[str, object], names: Index) -> None:
    """Unknown types and topics and bounds out of bounds are UsageErrors."""
    with pytest.raises(UsageError):
        names.search("a", **wish)  # type: ignore[arg-type]


def test_pages_follow_each_other(names: Index) -> None:
    """Offset and limit cut one fixed order, and every page knows the total."""
    whole = names.search("data", limit=1000)
    assert whole.total == len(whole.hits) > 10
    parts = [names.search("data", limit=3, offset=at) for at in range(0, whole.total + 3, 3)]
    assert tuple(hit for part in parts for hit in part.hits) == whole.hits
    assert {part.total for part in parts} == {whole.total}
    assert names.search("data", limit=0).total == whole.total


HOSTILE = [
    '"', "'", '"; DROP TABLE name; --', "NEAR(a b)", "a AND", "OR", "NOT a", "a*", "*", "^a",
    "{x}: a", "words:a", "a\0b", "\0", "(" * 150, ".*", "(a+)+$", "[", "\\", "%", "_", "-a", "+",
    "<script>", "\ud7ff", "\U0010ffff", "\u0301" * 100, "ｱ" * 100, "x" * MAX_LENGTH, "?" * 200,
    "://", "a:b", "<>", "https://[x", " ", "\t\n", "﷽" * 100,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_is_an_expression(text: str, names: Index) -> None:
    """Operators of FTS, of SQL and of regular expressions are words, or nothing."""
    assert names.search(text).total >= 0


@given(st.text(max_size=MAX_LENGTH))
def test_any_text_may_be_sought(text: str) -> None:
    """Whatever is typed is answered, and a name finds the thing that bears it."""
    thing = ox.NamedNode("http://example.org/a")
    quads = [
        ox.Quad(thing, ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(COMITY + "Actor")),
        ox.Quad(thing, ox.NamedNode(SKOS + "prefLabel"), ox.Literal(text)),
    ]
    opened = Index(index.build(quads))
    try:
        hits = opened.search(text).hits
        assert [one.level for one in hits] == (["exact"] if fold(text) else [])
    finally:
        opened.close()


def test_a_text_that_is_too_long_is_refused(names: Index) -> None:
    """The bound is on what is typed, before anything is done with it."""
    with pytest.raises(UsageError, match=str(MAX_LENGTH)):
        names.search("x" * 10_000)


def test_folding_keeps_apart_what_readers_do() -> None:
    """Voiced kana are other letters, not letters with an accent; words stay words."""
    assert fold("ハ") != fold("バ") != fold("パ")
    assert fold("Tōkyō") == fold("TOKYO")
    assert runs("Straße") == ["strasse"]
    assert tokens("AI安全") == "ai安全" or tokens("AI安全") == "ai 安 全"


def test_the_index_is_read_only(names: Index) -> None:
    """Nothing that reaches the index can change it."""
    with pytest.raises(SnapshotError, match="readonly"):
        names.rows("DELETE FROM name", {})
    copy = Index(index.build([]))
    with pytest.raises(SnapshotError, match="readonly"):
        copy.rows("CREATE TABLE x (y)", {})


def test_a_search_that_takes_too_long_is_ended(names: Index, real: Settings) -> None:
    """There is a bound in time, and the connection can be used again."""
    opened = Index(open_path(real), seconds=0.05)
    try:
        sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) FROM n"
        begun = time.perf_counter()
        for _ in range(6):
            with pytest.raises(SnapshotError, match=r"0\.05 s"):
                opened.rows(sql, {})
        assert time.perf_counter() - begun < 5
        assert opened.search("MIC").total > 0
    finally:
        opened.close()


def open_path(settings: Settings) -> Path:
    """The index that the build wrote."""
    return settings.snapshots / "current" / index.FILE


def test_a_snapshot_without_an_index_makes_it(real_snapshot: Snapshot, tmp_path: Path) -> None:
    """A snapshot of an earlier version, or a damaged file, is searched all the same."""
    bare = Snapshot(real_snapshot.engine, real_snapshot.digest, {}, tmp_path)
    wanted = search(real_snapshot, "open ran")
    assert search(bare, "open ran") == wanted
    (tmp_path / index.FILE).write_bytes(b"no database" * 1000)
    assert search(bare, "open ran") == wanted
    other = sqlite3.connect(tmp_path / "other")
    other.executescript("CREATE TABLE thing (id); PRAGMA user_version = 99")
    other.close()
    (tmp_path / "other").replace(tmp_path / index.FILE)
    assert search(bare, "open ran") == wanted


def test_the_command(real: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """`kg search` prints a table, or JSON for programs."""
    monkeypatch.setenv("KG_SNAPSHOTS", str(real.snapshots))
    shown = CliRunner().invoke(command, ["総務", "--lang", "ja"], catch_exceptions=False)
    assert "総務省  actor:mic" in shown.output
    said = CliRunner().invoke(
        command, ["MIC", "-f", "json", "--type", "actor", "--limit", "1"], catch_exceptions=False
    )
    (one,) = json.loads(said.output)
    assert (one["curie"], one["level"]) == ("actor:mic", "acronym")


def test_search_over_http(client: TestClient) -> None:
    """JSON with the reason of each hit and the total; CSV for tables."""
    answer = client.get(urls.SEARCH, params={"q": "MIC", "limit": 1})
    assert answer.status_code == 200
    body = answer.json()
    assert answer.headers["comity-total"] == str(body["total"])
    assert answer.headers["comity-truncated"] == "1"
    (one,) = body["results"]
    assert (one["iri"], one["url"]) == (ACTOR + "mic", "/id/actor/mic")
    assert one["reason"] == "acronym: MIC"
    table = client.get(urls.SEARCH, params={"q": "MIC"}, headers={"Accept": "text/csv"})
    assert next(csv.DictReader(io.StringIO(table.text)))["iri"] == ACTOR + "mic"
    japanese = client.get(urls.SEARCH, params={"q": "総務", "lang": "ja"}).json()
    assert japanese["results"][0]["label"] == "総務省"


@pytest.mark.parametrize(
    "path", ["id/actor/mic", "page/id/actor/mic", "ja/page/id/actor/mic?lang=ja"]
)
def test_an_address_of_the_service_is_an_identifier(path: str, client: TestClient) -> None:
    """What a browser shows finds its thing, but not what stands so on another host."""
    for address, count in (("http://testserver/", 1), ("http://example.org/", 0)):
        found = client.get(urls.SEARCH, params={"q": address + path}).json()
        assert [one["iri"] for one in found["results"]] == [ACTOR + "mic"] * count
    given = {"q": "http://testserver/" + path}
    (one,) = client.get(urls.SUGGEST, params=given).json()["suggestions"]
    assert (one["iri"], one["by"]) == (ACTOR + "mic", "identifier")
    page = client.get(urls.SEARCH, params=given, headers={"Accept": "text/html"})
    assert "/page/id/actor/mic" in page.text


def test_suggestions(client: TestClient) -> None:
    """Names that begin so, first; no quotes."""
    answer = client.get(urls.SUGGEST, params={"q": "minis", "type": "actor"})
    first = answer.json()["suggestions"][0]
    assert first["type"] == "comity:Ministry"


@pytest.mark.parametrize(
    "query",
    ["", "q=", "q=%20", "q=a&q=b", "q=a&limit=x", "q=a&limit=-1", "q=a&limit=1e9", "q=a&type=nope",
     "q=a&topic=nope", "q=a&lang=%3C", "q=a&format=xml", "q=a&foo=1", "q=%ff", "q=%zz",
     "q=" + "x" * 10_000, "q=a&offset=99999999", "q=a" + "&type=actor" * 30,
     "&".join(["a=b"] * 500)],
)  # fmt: skip
def test_what_cannot_be_sought_is_a_400(query: str, client: TestClient) -> None:
    """A clear refusal, and never a 500."""
    assert_problem(client.get(f"{urls.SEARCH}?{query}"), 400)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_breaks_the_service(text: str, client: TestClient) -> None:
    """Whatever is typed has an answer or a refusal."""
    for address in (urls.SEARCH, urls.SUGGEST):
        assert client.get(address, params={"q": text}).status_code in (200, 400)


def test_an_unwanted_format_is_a_406(client: TestClient) -> None:
    """Accept decides, and the refusal lists what there is."""
    answer = client.get(urls.SEARCH, params={"q": "a"}, headers={"Accept": "image/png"})
    assert "text/csv" in assert_problem(answer, 406)["detail"]


def test_more_searches_than_may_wait_are_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 503 that names the bound and when to come back."""
    monkeypatch.setattr(finding, "WAITING", 0)
    answer = client.get(urls.SEARCH, params={"q": "nobody has asked this yet"})
    assert assert_problem(answer, 503)["limit"] == "searches"
    assert answer.headers["retry-after"] == "1"
