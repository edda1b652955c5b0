"""The Reconciliation Service API 0.2: what OpenRefine asks, and what a match is."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from asking import assert_problem, media_type
from kg.names import BASE
from kg_api import urls
from kg_api.batch import MAX_BATCH, MAX_IDS

NAME = "Ministry of Internal Affairs and Communications"
MIC = "id/actor/mic"


def reconcile(client: TestClient, **batch: Any) -> dict[str, list[dict[str, Any]]]:
    """The candidates of each name of a batch, sent as OpenRefine does."""
    answer = client.post(urls.RECONCILE, data={"queries": json.dumps(batch)})
    assert answer.status_code == 200, answer.text
    return {name: one["result"] for name, one in answer.json().items()}


def first(client: TestClient, query: str, **more: Any) -> dict[str, Any]:
    """The likeliest candidate of a name."""
    (best, *_) = reconcile(client, q={"query": query, **more})["q"]
    return best


def test_the_manifest_leads_everywhere(client: TestClient) -> None:
    """Each address that the manifest names answers (§4.1)."""
    manifest = client.get(urls.RECONCILE).json()
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == BASE
    assert manifest["view"]["url"] == "http://testserver/{{id}}"
    view = client.get(manifest["view"]["url"].replace("{{id}}", "id%2Factor%2Fmic"))
    assert view.status_code in (200, 303)
    preview = manifest["preview"]["url"].replace("{{id}}", MIC)
    page = client.get(preview)
    assert media_type(page) == "text/html"
    assert NAME in page.text
    assert "<script" not in page.text
    for name in ("entity", "type", "property"):
        one = manifest["suggest"][name]
        answer = client.get(one["service_url"] + one["service_path"], params={"prefix": "m"})
        assert answer.json()["result"]
        assert {"id", "name"} <= set(answer.json()["result"][0])
    flyout = manifest["suggest"]["entity"]["flyout_service_path"].replace("${id}", MIC)
    assert NAME in client.get(flyout).json()["html"]
    propose = manifest["extend"]["propose_properties"]
    proposed = client.get(
        propose["service_url"] + propose["service_path"], params={"type": "Ministry", "limit": 3}
    ).json()
    assert len(proposed["properties"]) == 3
    assert {"Ministry", "Actor"} <= {one["id"] for one in manifest["defaultTypes"]}


def test_a_batch_by_get_and_by_post(client: TestClient) -> None:
    """Each name has its candidates under its own key, in the same form either way (§4.3)."""
    batch = {"q0": {"query": NAME}, "q1": {"query": "総務省", "limit": 1}, "q2": {"query": "zzz"}}
    posted = reconcile(client, **batch)
    got = client.get(urls.RECONCILE, params={"queries": json.dumps(batch)}).json()
    assert {name: one["result"] for name, one in got.items()} == posted
    assert [one[0]["id"] for one in (posted["q0"], posted["q1"])] == [MIC, MIC]
    assert posted["q2"] == []
    for one in posted["q0"]:
        assert {"id", "name", "score", "match", "type", "description"} <= set(one)
    assert [one["score"] for one in posted["q0"]] == sorted(
        (one["score"] for one in posted["q0"]), reverse=True
    )


@pytest.mark.parametrize(
    ("query", "more", "id_", "match"),
    [
        (NAME, {}, MIC, True),
        ("総務省", {}, MIC, True),
        ("ministry of internal affairs & communication", {}, MIC, False),
        ("MIC", {}, MIC, False),
        ("MIC", {"type": "Ministry"}, MIC, True),
        ("MIC", {"type": ["comity:Company", BASE + "ontology#Ministry"]}, MIC, True),
        ("PPC", {"properties": [{"pid": "country", "v": {"id": "id/actor/japan"}}]},
         "id/actor/ppc", True),
        ("PPC", {"properties": [{"pid": "country", "v": "Japan"}]}, "id/actor/ppc", True),
        ("PPC", {"properties": [{"pid": "country", "v": BASE + "id/actor/japan"}]},
         "id/actor/ppc", True),
        ("PPC", {"properties": [{"pid": "country", "v": "actor:japan"}]}, "id/actor/ppc", True),
        ("PPC", {"properties": [{"pid": "country", "v": "https://www.wikidata.org/wiki/Q17"}]},
         "id/actor/ppc", True),
        ("PPC", {"properties": [{"pid": "country", "v": "UK"}]}, "id/actor/ppc", False),
        ("", {"properties": [{"pid": "corporate-number", "v": 2000012020001}]}, MIC, True),
        ("x", {"properties": [{"pid": "wikidata", "v": "http://www.wikidata.org/entity/Q1322293"}]},
         MIC, True),
        ("DIST", {}, "id/actor/dsit", False),
        ("UK Government", {}, "id/actor/government-of-uk", False),
        ("Japan Government", {}, "id/actor/government-of-japan", False),
        ("Joint Statement", {}, "id/instrument/app-security-statement", False),
        ("Open RAN", {}, "topic/open-ran", True),
    ],
)  # fmt: skip
def test_what_is_a_match(
    query: str, more: dict[str, Any], id_: str, match: bool, client: TestClient
) -> None:
    """A whole name is; an acronym only with support; a misprint and what is only near never."""
    best = first(client, query, **more)
    assert (best["id"], best["match"]) == (id_, match)


IDENTIFIERS = [
    MIC, "/id/actor/mic", "actor:mic", BASE + MIC, f"<{BASE}{MIC}>",
    "http://testserver/id/actor/mic", "http://testserver/en/page/id/actor/mic", "Q1322293",
    "http://www.wikidata.org/entity/Q1322293", "https://ror.org/00vs1pz50", "ror.org/00vs1pz50",
    "2000012020001",
]  # fmt: skip


@pytest.mark.parametrize("text", IDENTIFIERS)
def test_an_identifier_is_a_match(text: str, client: TestClient) -> None:
    """The service's own in every form, and those of others, bare and as addresses (§2)."""
    best = first(client, text)
    assert (best["id"], best["score"], best["match"]) == (MIC, 100.0, True)
    answer = client.get(f"{urls.RECONCILE}/suggest/entity", params={"prefix": text})
    assert answer.json()["result"][0]["id"] == MIC
    assert reconcile(client, q={"query": text, "type": "Company"})["q"] == []


@pytest.mark.parametrize(
    "cell", [{}, *({"v": v} for v in (None, "", " ", [], [None, ""], {"id": None}, {"id": ""}))],
    ids=str,
)  # fmt: skip
def test_an_empty_cell_says_nothing(cell: dict[str, Any], client: TestClient) -> None:
    """It neither contradicts a thing nor spoils the batch, and names nothing by itself."""
    empty = [{"pid": pid, **cell} for pid in ("country", "wikidata")]
    batch = {"q0": {"query": "METI", "properties": empty}, "q1": {"query": "METI"},
             "q2": {"query": None, "properties": empty}}  # fmt: skip
    found = reconcile(client, **batch)
    assert found["q0"] == found["q1"]
    assert found["q2"] == []


def test_an_acronym_that_several_bear_is_no_match(client: TestClient) -> None:
    """A type does not make a collision a match."""
    found = reconcile(client, q={"query": "MOC", "type": "Instrument"})["q"]
    assert len([one for one in found if one["score"] == found[0]["score"]]) > 1
    assert not any(one["match"] for one in found)


def test_types_narrow_as_asked(client: TestClient) -> None:
    """`any` filters, `should` only lowers the score, an unknown type has no candidates."""
    assert reconcile(client, q={"query": NAME, "type": "Company"})["q"] == []
    lowered = first(client, NAME, type="Company", type_strict="should")
    assert (lowered["id"], lowered["score"]) == (MIC, 80.0)
    assert reconcile(client, q={"query": NAME, "type": "nope"})["q"] == []
    both = {"query": NAME, "type": ["Ministry", "Company"], "type_strict": "all"}
    assert reconcile(client, q=both)["q"] == []


def test_a_list_is_extended(client: TestClient) -> None:
    """Labels, places, identifiers, and things as things (§4.7)."""
    wanted = ["label-ja", "country", "wikidata", "ror", "corporate-number", "parent", "type"]
    query = {"ids": [MIC, "actor:nec", "id/actor/none"], "properties": [{"id": p} for p in wanted]}
    answer = client.post(urls.RECONCILE, data={"extend": json.dumps(query)}).json()
    assert [one["id"] for one in answer["meta"]] == wanted
    mic = answer["rows"][MIC]
    assert mic["label-ja"] == [{"str": "総務省"}]
    assert mic["country"] == [{"id": "id/actor/japan", "name": "Japan"}]
    assert mic["corporate-number"] == [{"str": "2000012020001"}]
    assert mic["wikidata"] == [{"str": "Q1322293"}]
    assert answer["rows"]["actor:nec"]["label-ja"] == [{"str": "日本電気株式会社"}]
    assert answer["rows"]["id/actor/none"] == {one: [] for one in wanted}


QUERIES = [
    "", "[]", "{", "null", "1" * 5000, "[" * 100_000, '{"q":1}', '{"q":{}}', '{"q":{"query":" "}}',
    '{"q":{"query":"a","limit":0}}', '{"q":{"query":"a","limit":NaN}}', '{"q":{"query":5}}',
    '{"q":{"query":"a","limit":"x"}}', '{"q":{"query":"\\ud800"}}',
    '{"q":{"query":"a","type":[1]}}',
    '{"q":{"query":"a","properties":[{"v":"x"}]}}', '{"q":{"query":"a","type_strict":"no"}}',
    '{"q":{"query":"a","properties":[{"pid":"country","v":{"id":{}}}]}}',
    json.dumps({f"q{n}": {"query": "a"} for n in range(MAX_BATCH + 1)}),
    json.dumps({"q": {"query": "x" * 10_000}}),
]  # fmt: skip
EXTEND = [
    "{}", '{"ids":["a"]}', '{"ids":[1],"properties":[]}', '{"ids":[],"properties":[{"id":"nope"}]}',
    '{"ids":[],"properties":["country"]}',
    json.dumps({"ids": ["a"] * (MAX_IDS + 1), "properties": []}),
]  # fmt: skip


@pytest.mark.parametrize("text", QUERIES[1:], ids=range(len(QUERIES) - 1))
def test_a_batch_that_is_none_is_refused(text: str, client: TestClient) -> None:
    """Wrong forms and too much at once are a 400 that says what is wrong."""
    assert_problem(client.post(urls.RECONCILE, data={"queries": text}), 400)


@pytest.mark.parametrize("text", EXTEND, ids=range(len(EXTEND)))
def test_an_extension_that_is_none_is_refused(text: str, client: TestClient) -> None:
    """Wrong forms and unknown properties are a 400 that says what is wrong."""
    assert_problem(client.post(urls.RECONCILE, data={"extend": text}), 400)


def test_other_requests_are_refused(client: TestClient) -> None:
    """Both at once, another type of body, a huge body, unknown things."""
    both = {"queries": '{"q":{"query":"a"}}', "extend": '{"ids":[],"properties":[]}'}
    assert_problem(client.post(urls.RECONCILE, data=both), 400)
    assert_problem(client.post(urls.RECONCILE, json={}), 415)
    assert_problem(client.post(urls.RECONCILE, data={"queries": "x" * 1_100_000}), 413)
    assert_problem(client.get(f"{urls.RECONCILE}/preview", params={"id": "nope"}), 404)
    assert_problem(client.get(f"{urls.RECONCILE}/preview"), 400)
    assert_problem(client.get(f"{urls.RECONCILE}/suggest/entity", params={"cursor": "x"}), 400)


@pytest.mark.parametrize("text", ['"', "NEAR(", "a*", "\0", "a\0b", "(((", "%", "<b>", "://", "🏯"])
def test_hostile_names_have_candidates_or_none(text: str, client: TestClient) -> None:
    """No name of a list is an expression."""
    assert isinstance(reconcile(client, q={"query": text})["q"], list)
    answer = client.get(f"{urls.RECONCILE}/suggest/entity", params={"prefix": text})
    assert answer.status_code == 200
    page = client.get(f"{urls.RECONCILE}/preview", params={"id": text})
    assert page.status_code == 404
