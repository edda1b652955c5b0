"""Named queries over HTTP: every file of queries/, its parameters, its formats and its pages."""

import csv
import io
import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from asking import assert_problem, media_type
from kg import Snapshot
from kg import query as queries
from kg.errors import DataError, QueryError, UsageError
from kg.formats import BY_NAME, FORMATS, ROWS
from kg.names import PREFIXES
from kg.query import Query, load
from kg_api import named, urls
from kg_api.routes.queries import RESERVED, router

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = queries.catalogue(ROOT)
SELECTS = [one for one in CATALOGUE if one.form == "SELECT"]
METI = PREFIXES["actor"] + "meti"


def test_every_file_is_listed(client: TestClient) -> None:
    """The list has each query of the folder, with its parameters and where to go on."""
    listed = client.get(urls.QUERIES).json()["queries"]
    assert [one["name"] for one in listed] == [one.name for one in CATALOGUE]
    assert len(listed) > 20
    for one in listed:
        assert one["summary"]
        text = client.get(one["text"])
        assert media_type(text) == "application/sparql-query"
        assert text.text == (ROOT / "queries" / f"{one['name']}.rq").read_text("utf-8")


def test_the_list_is_a_page_for_browsers(client: TestClient) -> None:
    """Accept decides; the page loads nothing from elsewhere."""
    page = client.get(urls.QUERIES, headers={"Accept": "text/html,*/*;q=0.8"})
    assert media_type(page) == "text/html"
    assert urls.query("actor") in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert_problem(client.get(f"{urls.QUERIES}?format=xml"), 400)


@pytest.mark.parametrize("question", CATALOGUE, ids=lambda one: one.name)
def test_every_query_answers_as_the_library_does(
    question: Query, client: TestClient, real_snapshot: Snapshot
) -> None:
    """With its defaults each query has rows, the same ones as in the library."""
    answer = client.get(urls.query(question.name), headers={"Accept": BY_NAME["json"].media_type})
    assert answer.status_code == 200, answer.text
    assert answer.content == real_snapshot.query(question.name).serialize("json")
    assert int(answer.headers["comity-total"]) == len(answer.json()["results"]["bindings"]) > 0


@pytest.mark.parametrize(
    "format_", [one for one in FORMATS if one.kind == ROWS], ids=lambda x: x.name
)
def test_every_format_of_rows(format_: object, client: TestClient) -> None:
    """By Accept, by short name and by media type the bytes are the same."""
    chosen = BY_NAME[format_.name]  # type: ignore[attr-defined]
    address = urls.query("actor")
    by_accept = client.get(address, headers={"Accept": chosen.media_type})
    assert media_type(by_accept) == chosen.media_type
    for wish in ("format", "output"):
        for name in (chosen.name, chosen.media_type):
            assert client.get(address, params={wish: name}).content == by_accept.content


def test_plain_json_has_values_not_terms(client: TestClient) -> None:
    """Numbers are numbers, what is unbound is null, and the page is described."""
    body = client.get(urls.query("money"), headers={"Accept": "application/json"}).json()
    assert body["total"] == len(body["rows"]) > 0
    assert set(body["rows"][0]) == set(body["columns"])
    assert any(isinstance(one, int | float) for row in body["rows"] for one in row.values())
    assert client.get(urls.query("money"), params={"format": "rows"}).json() == body
    assert client.get(urls.query("money"), headers={"Accept": "*/*"}).json() == body


@pytest.mark.parametrize("value", ["METI", "actor:meti", METI, f"<{METI}>", "経済産業省"])
def test_an_entity_by_any_of_its_names(value: str, client: TestClient) -> None:
    """IRI, CURIE, label and acronym, in both languages, mean the same thing."""
    wanted = client.get(urls.query("actor"), params={"actor": METI, "format": "csv"})
    answer = client.get(urls.query("actor"), params={"actor": value, "format": "csv"})
    assert answer.status_code == 200
    assert answer.content == wanted.content


def test_pages_follow_each_other(client: TestClient) -> None:
    """Limit and offset cut one fixed order; headers say the total and the pages beside."""
    address = urls.query("actor")
    whole = client.get(address).json()
    rows: list[object] = []
    following = f"{address}?limit=7"
    while following:
        answer = client.get(following)
        assert answer.headers["comity-total"] == str(whole["total"])
        rows.extend(answer.json()["rows"])
        assert ("comity-truncated" in answer.headers) == (len(rows) < whole["total"])
        following = answer.links.get("next", {}).get("url", "")
    assert rows == whole["rows"]
    last = client.get(address, params={"limit": 7, "offset": 7})
    assert last.links["prev"]["url"].endswith("offset=0")
    assert client.get(address, params={"offset": 10**6}).json()["rows"] == []
    assert client.get(address, params={"limit": 0}).json()["total"] == whole["total"]
    cells = list(
        csv.reader(io.StringIO(client.get(address, params={"limit": 2, "format": "csv"}).text))
    )
    assert len(cells) == 3


BAD = [
    ("actor=nobody", "nobody"), ("actor=MIC&actor=METI", "one value"), ("actr=MIC", "actr"),
    ("actor=https://[x", "IRI"), ("actor=nope:x", "prefix"), ("lang=%3C", "language"),
    ("limit=-1", "limit"), ("limit=1.5", "limit"), ("limit=" + "9" * 400, "limit"),
    ("offset=x", "offset"), ("limit=1&limit=2", "limit"), ("format=docx", "docx"),
    ("format=ttl", "ttl"), ("actor=%ff", "UTF-8"), ("actor=%", "hex"), ("actor=%00", "actor"),
    ("actor=" + "x" * 10_000, "longer"), ("&".join(["a=b"] * 500), "parameters"),
    ("actor=MIC%22%20%7D%20DROP", "actor"), ("timeout=x", "timeout"),
    # an IRI is no actor because it is one, nor because it looks like an actor's
    ("actor=topic:open-ran", "no actor"),
    ("actor=https://w3id.org/comity/id/actor/nobody", "nobody"),
    ("actor=http://127.0.0.1:8000/id/actor/meti", "https://w3id.org/comity/id/actor/"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "said"), BAD, ids=range(len(BAD)))
def test_what_makes_no_sense_is_a_clear_400(fields: str, said: str, client: TestClient) -> None:
    """A wrong value or name is refused in words that name it; never a 404, never a 500."""
    problem = assert_problem(client.get(f"{urls.query('actor')}?{fields}"), 400)
    assert said in problem["detail"]


def test_dates_numbers_and_blanks(client: TestClient) -> None:
    """A date may be partial and must be one; a field left empty in a form is not a value."""
    dated = next(one for one in CATALOGUE if any(p.type == "date" for p in one.parameters))
    name = next(p.name for p in dated.parameters if p.type == "date")
    assert client.get(urls.query(dated.name), params={name: "2023-05"}).status_code == 200
    assert_problem(client.get(urls.query(dated.name), params={name: "2023-13"}), 400)
    blank = client.get(urls.query("actor"), params={"actor": " ", "lang": ""})
    assert blank.json()["rows"] == client.get(urls.query("actor")).json()["rows"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(value=st.text(max_size=60), name=st.sampled_from(["actor", "lang", "limit", "format", "x"]))
def test_any_value_is_answered_or_refused(client: TestClient, name: str, value: str) -> None:
    """No value of any parameter makes an error of ours."""
    answer = client.get(urls.query("actor"), params={name: value})
    assert answer.status_code in (200, 400)


def test_an_answer_says_what_was_asked(client: TestClient) -> None:
    """The values that were used, those that nobody gave among them."""
    asked = client.get(urls.query("actor"), params={"lang": "ja"}).json()
    actor = next(one for one in CATALOGUE if one.name == "actor")
    default = next(one for one in actor.parameters if one.name == "actor").default
    assert asked["parameters"] == {"actor": [default], "lang": ["ja"]}


def test_names_in_any_width(client: TestClient) -> None:
    """A name typed in full width is the same name."""
    wide = client.get(urls.query("actor"), params={"actor": "ＭＥＴＩ"})
    assert (
        wide.json()["rows"]
        == client.get(urls.query("actor"), params={"actor": "METI"}).json()["rows"]
    )


def test_a_window_ends_with_its_last_day(client: TestClient) -> None:
    """Until 2023 is until the end of 2023, since 2023 is from its beginning."""
    ask = {
        name: client.get(urls.query("dated"), params=params).json()["rows"]
        for name, params in (
            ("years", {"from": "2023", "until": "2023"}),
            ("days", {"from": "2023-01-01", "until": "2023-12-31"}),
        )
    }
    assert ask["years"] == ask["days"] != []


def test_values_are_bound_not_written_into_the_text(client: TestClient) -> None:
    """What looks like SPARQL stays a value."""
    hostile = 'METI" } UNION { ?s ?p ?o } #'
    assert_problem(client.get(urls.query("actor"), params={"actor": hostile}), 400)


def test_an_unknown_name_is_a_404_with_a_hint(client: TestClient) -> None:
    """Names near it are proposed; checks, rules and files elsewhere are not reached."""
    problem = assert_problem(client.get(urls.query("acter")), 404)
    assert "actor" in problem["detail"]
    for name in (
        "checks/orphans",
        "rules/name",
        "../pyproject.toml",
        "%2e%2e/x",
        "actor.txt",
        "%00",
    ):
        assert client.get(f"{urls.QUERIES}/{name}").status_code == 404


def test_a_format_that_is_not_there_is_a_406(client: TestClient) -> None:
    """Refused with the list of what there is."""
    answer = client.get(urls.query("actor"), headers={"Accept": "image/png"})
    assert "text/csv" in assert_problem(answer, 406)["detail"]


def test_browsers_get_a_form_and_a_table(client: TestClient) -> None:
    """The page has the parameters as fields, the rows, and escapes what it shows."""
    page = client.get(
        urls.query("actor"), params={"actor": "METI"}, headers={"Accept": "text/html,*/*;q=0.8"}
    )
    assert media_type(page) == "text/html"
    assert 'value="METI"' in page.text
    assert "<table" in page.text
    assert 'href="/en/page/source/jukdp-2024/' in page.text
    bad = client.get(urls.query("actor"), params={"actor": "<b>"}, headers={"Accept": "text/html"})
    assert bad.status_code == 400


def test_openapi_has_each_query_with_its_parameters(client: TestClient) -> None:
    """The types of the headings are in the schema, with their defaults."""
    paths = client.get(urls.OPENAPI).json()["paths"]
    for question in CATALOGUE:
        operation = paths[urls.query(question.name)]["get"]
        assert operation["summary"] == question.summary
        declared = {one["name"]: one for one in operation["parameters"]}
        assert {one.name for one in question.parameters} < set(declared)
        for one in question.parameters:
            if one.default is not None:
                assert declared[one.name]["schema"]["default"] == one.default
    assert {urls.SEARCH, urls.SUGGEST, urls.RECONCILE, urls.QUERIES} <= set(paths)


LIST = """\
#+ summary: Names of some actors
#+ parameters:
#+   - {name: actor, type: actor, list: true}
#+   - {name: least, type: number, default: "1.5"}
SELECT ?actor ?name WHERE { ?actor skos:prefLabel ?name FILTER(?least > 1) } ORDER BY ?name
"""


def run(snapshot: Snapshot, text: str, **given: list[str]) -> dict[str, object]:
    """What a worker answers to a query of that text, as plain JSON."""
    question = queries.parse(text)
    reply = named.answer(snapshot, "x", text, named.described(question), given, format="rows")
    whole: dict[str, object] = json.loads(reply.body)
    return whole


def test_a_list_is_a_repeated_parameter(small_snapshot: Snapshot) -> None:
    """Several values are any of them; one is as ever; none leaves the variable open."""
    two = run(small_snapshot, LIST, actor=["MOD", "actor:aland"])
    assert [row["name"] for row in two["rows"]] == ["Aland", "Ministry of Data"]  # type: ignore[attr-defined]
    assert run(small_snapshot, LIST, actor=["MOD"])["total"] == 1
    assert int(str(run(small_snapshot, LIST)["total"])) > 5
    with pytest.raises(UsageError, match="may be"):
        run(small_snapshot, LIST, actor=["MOD", "Forum"])
    with pytest.raises(UsageError, match="50"):
        run(small_snapshot, LIST, actor=["MOD"] * 51)
    with pytest.raises(UsageError, match="not a number"):
        run(small_snapshot, LIST, least=["1e5"])


def test_lists_reach_every_form(small_snapshot: Snapshot) -> None:
    """VALUES stand in the WHERE, not in the template of a CONSTRUCT."""
    head = LIST.partition("SELECT")[0].replace(
        '#+   - {name: least, type: number, default: "1.5"}\n', ""
    )
    where = "{ ?actor skos:prefLabel ?name }"
    given = {"actor": ["MOD", "actor:aland"]}
    template = queries.parse(head + f"CONSTRUCT {where} WHERE {where}")
    assert len(small_snapshot.run(template, given)) == 2  # type: ignore[arg-type]
    short = queries.parse(head + f"CONSTRUCT WHERE {where}")
    with pytest.raises(QueryError, match="WHERE"):
        small_snapshot.run(short, given)
    ask = queries.parse(head + f"ASK {where}")
    assert bool(small_snapshot.run(ask, given))


def test_values_of_a_list_are_terms(small_snapshot: Snapshot) -> None:
    """A text in a list is a literal, whatever it holds."""
    text = "#+ parameters:\n#+   - {name: t, list: true}\nSELECT ?t WHERE { BIND(1 AS ?x) }"
    hostile = ['a" } DROP', "b\\", "c\nd"]
    rows = small_snapshot.run(queries.parse(text), {"t": hostile})
    assert [row[0] for row in rows.rows] == [ox.Literal(one) for one in hostile]  # type: ignore[union-attr]


def test_no_parameter_bears_a_name_of_ours(tmp_path: Path) -> None:
    """A query whose parameter would hide `limit` is refused when the service starts."""
    assert not {p.name for one in CATALOGUE for p in one.parameters} & set(RESERVED)
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "x.rq").write_text(
        "#+ parameters:\n#+   - {name: limit}\nSELECT ?limit { ?s ?p ?limit }\n"
    )
    with pytest.raises(DataError, match="limit"):
        router({"x": load(tmp_path / "queries" / "x.rq")})


def test_bounds_name_the_way_on(real_snapshot: Snapshot) -> None:
    """More rows or bytes than are given at once are an error, not a cut answer."""
    question = next(one for one in CATALOGUE if one.name == "actor")
    fields = named.described(question)
    for bound in ({"max_rows": 3}, {"max_bytes": 100}):
        with pytest.raises(Exception, match="limit="):
            named.answer(real_snapshot, "actor", question.text, fields, **bound)  # type: ignore[arg-type]
    page = named.answer(real_snapshot, "actor", question.text, fields, limit=3, max_rows=3)
    assert page.headers[named.TRUNCATED] == "3"
