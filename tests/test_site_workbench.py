"""The pages about queries as the server writes them: complete for whoever has no scripts."""

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from kg.formats import FORMATS
from kg.query import Query, catalogue
from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api import filling, urls
from kg_api.app import create_app
from kg_api.site.parts import bench, refusals, wording

ROOT = Path(__file__).resolve().parent.parent
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
CATALOGUE = catalogue(ROOT)


def page(client: TestClient, path: str, lang: str = "en", **params: str) -> Response:
    """A page in a language."""
    return client.get(f"/{lang}{path}", params=params, headers=BROWSER)


def links(response: Response) -> list[str]:
    """Every address that a page leads to."""
    return [html.unescape(one) for one in re.findall(r'href="([^"]*)"', response.text)]


def test_the_form_is_complete_without_scripts(client: TestClient) -> None:
    """Query, formats, examples and limits stand in the page; a chosen format leads to the data."""
    start = page(client, urls.SPARQL)
    assert start.status_code == 200
    assert '<textarea id="query" name="query"' in start.text
    assert "A query may take" in start.text
    for one in FORMATS:
        assert f'<option value="{one.name}">' in start.text
    asked = page(client, urls.SPARQL, query="ASK {}", format="csv")
    assert asked.status_code == 303
    assert asked.headers["location"] == f"{urls.SPARQL}?query=ASK+%7B%7D&format=csv"


@pytest.mark.parametrize("example", bench.examples("ja"), ids=lambda one: one.label)
def test_examples_answer(client: TestClient, example: bench.Example) -> None:
    """Each example is linked, runs and shows rows."""
    start = page(client, urls.SPARQL, "ja")
    address = urls.workbench(example.text, "ja")
    assert address in links(start)
    answer = client.get(address, headers=BROWSER)
    assert answer.status_code == 200
    assert "<tbody>" in answer.text
    assert example.label in start.text


def test_rows_have_labels_links_and_languages(client: TestClient) -> None:
    """Labels stand for addresses, in the language of the page; places lead into the report."""
    text = bench.examples("en")[0].text
    for lang, status in (("en", "intended"), ("ja", "意向")):
        answer = page(client, urls.SPARQL, lang, query=text)
        assert f">{status}</a>" in answer.text
        assert f'class="cite" href="/{lang}/page/source/jukdp-2024/semiconductors/a"' in answer.text
    assert 'class="words small" lang="en"' in answer.text


def test_downloads_are_of_the_same_query(client: TestClient) -> None:
    """The result can be taken away in every format of its kind, whole."""
    text = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
    answer = page(client, urls.SPARQL, query=text)
    assert "The first 100 rows are shown; the result has more." in answer.text
    whole = [one for one in links(answer) if "&format=" in one]
    assert len(whole) == 4
    csv = client.get(next(one for one in whole if one.endswith("=csv")))
    assert csv.text.count("\n") > 1000
    graph = page(client, urls.SPARQL, query="CONSTRUCT WHERE { ?s a comity:Ministry }")
    assert 'aria-label="Turtle"' in graph.text
    assert sum("&format=" in one for one in links(graph)) == 6


def test_errors_are_marked_at_line_and_column(client: TestClient) -> None:
    """The line of the query stands there, with the place; the text is kept."""
    text = "SELECT * WHERE {\n  ?s comity:actor }"
    answer = page(client, urls.SPARQL, query=text)
    assert answer.status_code == 400
    assert "Line 2, column 19" in answer.text
    assert '?s comity:actor <mark class="err">}</mark>' in answer.text
    assert "a value expected, “}” found" in answer.text
    assert text.split("\n")[0] in answer.text
    assert "2行19列" in page(client, urls.SPARQL, "ja", query=text).text
    update = page(client, urls.SPARQL, query="DELETE WHERE { ?s ?p ?o }")
    assert update.status_code == 403


def test_nothing_found_is_said_in_words(client: TestClient) -> None:
    """An empty result and a no are answers, and say what they do not mean."""
    for text in ("ASK { ?s a comity:Nothing }", "SELECT * { ?s a comity:Nothing }"):
        assert "It does not follow that it is not so" in page(client, urls.SPARQL, query=text).text


def test_text_of_queries_and_data_is_never_markup(client: TestClient) -> None:
    """What somebody writes into a query or a field comes back as text."""
    evil = '</textarea><script>alert(1)</script>"'
    text = f'SELECT ("{evil[:-1]}" AS ?x) {{}}'
    for answer in (
        page(client, urls.SPARQL, query=text),
        page(client, urls.SPARQL, query=evil),
        page(client, urls.query("misprints"), words=evil),
        page(client, urls.query("actor"), actor=evil),
    ):
        assert "<script>alert" not in answer.text
        assert "</textarea><script>" not in answer.text


@pytest.mark.parametrize(
    ("problem", "title"),
    [
        ({"status": 400, "limit": "max_rows"}, "The result is larger than is given at once"),
        ({"status": 503, "limit": "timeout"}, "Stopped at the time limit"),
        ({"status": 503, "limit": "memory"}, "Stopped at the limit of memory"),
        ({"status": 503, "limit": "queue"}, "Busy: the query was not started"),
    ],
)
def test_limits_name_the_ways_on(problem: dict[str, object], title: str) -> None:
    """Every bound that a query meets has its own words."""
    refused = refusals.of({"detail": "x", **problem}, "SELECT", "en")
    assert refused.title == title
    assert refused.ways == (problem["limit"] != "queue")


@pytest.mark.parametrize("question", CATALOGUE, ids=lambda one: one.name)
def test_each_kept_query_has_a_page_in_both_languages(client: TestClient, question: Query) -> None:
    """The question, a form for what it leaves open, the answer, the text, the way to change it."""
    name = question.name
    for lang in urls.LANGUAGES:
        answer = page(client, urls.query(name), lang)
        assert answer.status_code == 200
        assert "<tbody>" in answer.text
        assert html.escape("WHERE {") in answer.text
        opened = next(one for one in links(answer) if f"{urls.SPARQL}?name={name}" in one)
        assert "VALUES" in client.get(opened).text or not question.parameters


def test_rows_of_kept_queries_come_page_by_page(client: TestClient) -> None:
    """A page has a hundred rows and leads to the next."""
    first = page(client, urls.query("other-readings"))
    after = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert ("Rows 1 to 100" in first.text) == (after is not None)
    if after:
        address = html.unescape(after[1])
        assert urlsplit(address).path == f"/en{urls.query('other-readings')}"
        assert "Rows 101 to" in client.get(address, headers=BROWSER).text


def test_the_list_puts_every_query_into_one_group(client: TestClient) -> None:
    """No query is in two groups, none is left over, none is gone."""
    members = [name for some in wording.GROUPS.values() for name in some]
    assert sorted(members) == sorted(one.name for one in CATALOGUE)
    answer = page(client, urls.QUERIES, "ja")
    assert {f"/ja{urls.query(one.name)}" for one in CATALOGUE} <= set(links(answer))


@pytest.mark.parametrize("question", CATALOGUE, ids=lambda one: one.name)
def test_text_with_its_values_asks_the_same(real_snapshot: Snapshot, question: Query) -> None:
    """A kept query with its values written into it answers what it answers with them bound."""
    text = filling.filled(question, {}, real_snapshot.names.resolve)
    bound, filled = real_snapshot.run(question), real_snapshot.query(text)
    # the order within a GROUP_CONCAT is the engine's
    ours = [
        sorted(sorted(str(term).split(" | ")) for term in row if term is not None)
        for row in bound.rows  # type: ignore[union-attr]
    ]
    theirs = [
        sorted(sorted(str(term).split(" | ")) for term in row if term is not None)
        for row in filled.rows  # type: ignore[union-attr]
    ]
    assert len(theirs) == len(ours)
    if question.name != "who-with-whom":
        assert theirs == ours


def test_values_stand_in_the_text(client: TestClient) -> None:
    """Names are resolved to what they mean; what means nothing is refused."""
    text = client.get(f"{urls.query('actor')}.rq", params={"actor": "経済産業省"}).text
    assert "VALUES ?actor { actor:meti }" in text
    assert "#+" not in text
    assert client.get(f"{urls.query('actor')}.rq", params={"actor": "x y"}).status_code == 400
    assert client.get(f"{urls.query('actor')}.rq", params={"nobody": "x"}).status_code == 400


def test_terms_are_those_of_the_graph(client: TestClient) -> None:
    """Classes, properties and concepts with labels in both languages, and how often they stand."""
    answer = client.get(bench.TERMS)
    found = {one["curie"]: one for one in answer.json()["terms"]}
    assert found["comity:Commitment"]["ja"] == "コミットメント"
    assert found["comity:actor"]["kind"] == "property"
    assert found["comity:actor"]["uses"] > 100
    assert found["status:planned"]["kind"] == "concept"
    again = client.get(bench.TERMS, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_page_for_programs_has_every_operation(client: TestClient) -> None:
    """Each path of the OpenAPI document, but for those that one entry stands for."""
    answer = page(client, "/docs")
    for path in client.get(urls.OPENAPI).json()["paths"]:
        if path.startswith(f"{urls.QUERIES}/") or "{" in path:
            continue
        assert f"<code>{path}</code>" in answer.text
    assert client.get("/docs", headers=BROWSER).status_code == 200
    assert len(answer.content) < 100_000


def test_what_the_browser_gets_is_data(client: TestClient) -> None:
    """The page's settings are JSON that no text in it can end."""
    answer = page(client, urls.SPARQL, "ja", query="SELECT * {} # </script>")
    found = re.search(
        r'<script type="application/json" id="workbench">(.*?)</script>', answer.text, re.S
    )
    assert found is not None
    settings = json.loads(found[1])
    assert settings["texts"]["cancel"] == "中止"
    assert len(settings["questions"]) == len(CATALOGUE)


def test_results_stand_in_pages_of_others_where_the_owner_allows_it(
    client: TestClient, real: Settings, real_snapshot: Snapshot
) -> None:
    """Nobody may frame a page unless a setting names who; then only the pages made for it."""
    address = f"/en{bench.EMBED}"
    assert page(client, bench.EMBED, query="ASK {}").status_code == 404
    allowing = replace(real, embed="https://a.example")
    with TestClient(create_app(allowing, real_snapshot)) as opened:
        answer = page(opened, bench.EMBED, query=bench.examples("en")[1].text)
        assert answer.status_code == 200
        assert "frame-ancestors https://a.example" in answer.headers["content-security-policy"]
        assert '<header class="mast">' not in answer.text
        assert urls.workbench(bench.examples("en")[1].text, "en") in links(answer)
        workbench = page(opened, urls.SPARQL)
        assert address in workbench.text
        assert "frame-ancestors 'none'" in workbench.headers["content-security-policy"]
