"""Jobs that people come with, each from the first page to its end, as its kind of user does it."""

import io

import docx
import httpx2
import networkx
import pytest
from playwright.sync_api import Page
from rdflib import Graph, Literal, URIRef

from browser.conftest import Visitor
from kg.names import PREFIXES

TEXTS = {
    "en": {
        "commitments": "Commitments",
        "topic": "Topic",
        "show": "Show",
        "semiconductors": "semiconductors",
        "home": "Contents",
        "actors": "Actors",
        "meti": "Ministry of Economy, Trade and Industry",
        "run": "Run",
        "chart": "Chart",
        "share": "Share",
    },
    "ja": {
        "commitments": "コミットメント",
        "topic": "主題",
        "show": "表示",
        "semiconductors": "半導体",
        "home": "目次",
        "actors": "主体",
        "meti": "経済産業省",
        "run": "実行",
        "chart": "チャート",
        "share": "共有",
    },
}
SORTS = {"desk-light": {}, "phone-dark": {"scheme": "dark", "size": "phone"}}


def by_menu(page: Page, name: str) -> None:
    """Follow an entry of the main menu."""
    page.locator("header nav").get_by_role("link", name=name, exact=True).click()
    page.wait_for_load_state()


def saved(page: Page, name: str) -> bytes:
    """What a link among those to take away gives."""
    address = page.locator("#keep .formats").get_by_role("link", name=name, exact=True)
    href = address.first.get_attribute("href")
    assert href is not None
    answer = page.context.request.get(page.url.split("/", 3)[0] + "//" + host(page) + href)
    assert answer.ok
    return answer.body()


def host(page: Page) -> str:
    """The host and port of a page."""
    return page.url.split("/")[2]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("lang", TEXTS)
def test_undertakings_on_semiconductors(visitor: Visitor, lang: str, sort: str) -> None:
    """A policy team finds what was undertaken on semiconductors, checks the words, takes DOCX."""
    text = TEXTS[lang]
    visit = visitor(**SORTS[sort])
    page = visit.go(f"/{lang}/")
    by_menu(page, text["commitments"])
    page.get_by_label(text["topic"], exact=True).select_option(label=text["semiconductors"])
    page.locator("form.filters").get_by_role("button").first.click()
    page.wait_for_load_state()
    assert "topic=topic%3Asemiconductors" in page.url
    words = page.locator("main .words").all_inner_texts()
    assert words
    assert all(words)
    # the place of the first one has its sentence
    page.locator("main a.cite:visible").first.click()
    page.wait_for_load_state()
    assert f"/{lang}/page/source/jukdp-2024/semiconductors/" in page.url
    page.go_back()
    document = docx.Document(io.BytesIO(saved(page, "DOCX")))
    whole = "\n".join(
        [one.text for one in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    for quote in words:
        assert quote.strip("“”「」 \n") in whole
    visit.clean()


def test_turtle_of_one_actor(visitor: Visitor) -> None:
    """Somebody with a triple store goes from the first page to METI's Turtle, and reads it."""
    visit = visitor()
    page = visit.go("/en/")
    page.locator("#kinds").get_by_role("link", name="Actors").click()
    page.get_by_role("link", name=TEXTS["en"]["meti"], exact=True).first.click()
    page.wait_for_load_state()
    assert page.url.endswith("/en/page/id/actor/meti")
    graph = Graph().parse(data=saved(page, "Turtle"), format="turtle")
    meti = URIRef(PREFIXES["actor"] + "meti")
    labels = set(graph.objects(meti, URIRef(PREFIXES["skos"] + "prefLabel")))
    assert {Literal(TEXTS[lang]["meti"], lang) for lang in TEXTS} <= labels
    visit.clean()


BROKEN = """\
SELECT ?topic (COUNT(?claim) AS ?claims) WHERE {
  ?claim a comity:Commitment ; comity:topic ?topic
} GRUOP BY ?topic ORDER BY DESC(?claims)
"""


def write(page: Page, query: str) -> None:
    """Write a query over what stands in the editor."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    # as one who pastes: a bracket that is typed would bring its partner along
    page.evaluate("(text) => navigator.clipboard.writeText(text)", query)
    page.keyboard.press("Control+v")


@pytest.mark.parametrize("lang", TEXTS)
def test_a_query_mended_run_charted_and_shared(visitor: Visitor, lang: str) -> None:
    """A researcher mends a query where its error is marked, charts the answer, shares it."""
    text = TEXTS[lang]
    visit = visitor(permissions=["clipboard-read", "clipboard-write"])
    page = visit.go(f"/{lang}/")
    by_menu(page, "SPARQL")
    write(page, BROKEN)
    page.get_by_role("button", name=text["run"], exact=True).click()
    page.locator("#results .notice mark").wait_for()
    assert "3" in page.locator("#results .notice h2").inner_text()
    write(page, BROKEN.replace("GRUOP", "GROUP"))
    page.get_by_role("button", name=text["run"], exact=True).click()
    rows = page.locator("#results table tbody tr")
    rows.first.wait_for()
    found = rows.count()
    assert found > 5
    page.locator("#results").get_by_role("button", name=text["chart"], exact=True).click()
    page.locator("#results .pane svg").first.wait_for()
    # the refusal was an answer of the service's, and is none of the page's errors
    visit.seen.refused = [one for one in visit.seen.refused if not one.startswith("400 ")]
    visit.seen.errors = [one for one in visit.seen.errors if "status of 400" not in one]
    visit.clean()
    address = page.url
    assert address.endswith("#chart")
    other = visitor()
    again = other.page
    again.goto(address)
    again.locator("#results .pane svg").first.wait_for()
    other.clean()


def test_every_form_that_is_offered(visitor: Visitor) -> None:
    """Each link to take a page away with is answered, with what it names."""
    visit = visitor()
    for path in ("/page/id/actor/meti", "/commitments", "/page/source/jukdp-2024/semiconductors/e"):
        page = visit.go(f"/ja{path}")
        links = page.locator("#keep .formats a")
        hrefs = [links.nth(at).get_attribute("href") or "" for at in range(links.count())]
        assert len(hrefs) > 4
        for href in hrefs:
            answer = httpx2.get(visit.site + href.removeprefix("/"))
            assert answer.status_code == 200, href
            assert answer.content, href


def test_a_network_by_topic_opened_in_networkx(visitor: Visitor) -> None:
    """A network scientist chooses a topic, takes what is seen as GEXF, and opens it."""
    visit = visitor()
    page = visit.go("/en/")
    by_menu(page, "Network")
    page.get_by_label("Topic", exact=True).select_option(label="semiconductors")
    page.locator("form.filters").get_by_role("button").first.click()
    page.wait_for_load_state()
    assert "topic=semiconductors" in page.url
    network = networkx.read_gexf(io.BytesIO(saved(page, "GEXF")))
    labels = {data["label"] for _, data in network.nodes(data=True)}
    assert TEXTS["en"]["meti"] in labels
    shown = page.locator("main").inner_text()
    assert all(label in shown for label in labels)
    assert network.number_of_edges() > 0
    visit.clean()


@pytest.mark.parametrize("lang", TEXTS)
def test_from_a_ministry_to_the_words_that_tie_it(visitor: Visitor, lang: str) -> None:
    """From a search for METI to the passages that name it with another, and to their words."""
    visit = visitor()
    page = visit.go(f"/{lang}/")
    field = page.get_by_role("combobox").first
    field.fill("METI")
    field.press("Enter")
    page.wait_for_load_state()
    page.locator("main").get_by_role("link", name=TEXTS[lang]["meti"]).first.click()
    page.wait_for_load_state()
    company = page.locator("main li:has(details)").filter(
        has=page.locator("a[href*='/actor/dsit']")
    )
    company.first.locator("summary").click()
    company.first.locator("a.cite:visible").first.click()
    page.wait_for_load_state()
    assert "/page/source/jukdp-2024/" in page.url
    assert page.locator("main").get_by_text("METI", exact=False).count() > 0
    visit.clean()
