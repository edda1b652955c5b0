"""The workbench as somebody uses it: write, be corrected, run, look, share, come back."""

import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from browser.conftest import Visit, Visitor
from kg.settings import Settings
from kg_api.site.parts import bench
from serving import served

TEXTS = [one.text for one in bench.examples("en")]
VIEWS = ("Table", "Chart", "Timeline", "Network", "Raw")
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?a) < STR(?i)) }"


def write(page: Page, text: str) -> None:
    """Replace what stands in the editor, as by hand; brackets close themselves there."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def run(page: Page, text: str) -> None:
    """Write a query and run it by the keyboard."""
    write(page, text)
    page.keyboard.press("Control+Enter")


def opened(visit: Visit, text: str, lang: str = "en", view: str = "") -> Page:
    """The workbench with a query in its address, once its answer is there."""
    page = visit.go(f"/{lang}/sparql?query={quote(text)}{view}")
    page.locator(".tabs.views").wait_for()
    return page


def test_an_error_is_mended_run_charted_shared_and_reopened(visitor: Visitor) -> None:
    """The job of a user of SPARQL, from the first page to an address that shows the same."""
    visit = visitor()
    page = visit.go("/en/")
    page.get_by_role("link", name="SPARQL", exact=True).click()
    text = TEXTS[1].removeprefix("#defaultView:BarChart\n")
    run(page, text.replace("?section .", "}"))
    notice = page.locator("#results .notice")
    expect(notice).to_contain_text("column")
    expect(notice.locator("mark.err")).to_have_count(1)
    expect(page.locator(".cm-lintRange-error")).to_have_count(1)
    run(page, text)
    expect(page.locator("table.results caption")).to_contain_text("rows, complete")
    page.get_by_role("button", name="Chart").click()
    expect(page.locator("table.bars tbody tr").first).to_be_visible()
    page.get_by_role("button", name="Share").click()
    address = page.locator(".panel pre").first.text_content() or ""
    assert address.endswith("#chart")
    other = visitor()
    page = other.go(address.removeprefix(other.site.rstrip("/")))
    expect(page.locator("table.bars tbody tr").first).to_be_visible()
    assert "?section" in (page.locator(".cm-content").text_content() or "")
    assert other.violations() == []
    visit.seen.errors = [one for one in visit.seen.errors if "400" not in one]
    visit.seen.refused = [one for one in visit.seen.refused if not one.startswith("400")]
    visit.clean()


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_is_clean(visitor: Visitor, lang: str, scheme: str) -> None:
    """No view brings a style, a request or a fault that pages must not have."""
    visit = visitor(scheme=scheme)
    for text in (TEXTS[1], TEXTS[2], TEXTS[3], TEXTS[4]):
        page = opened(visit, text, lang)
        for at in range(len(VIEWS)):
            page.locator(".tabs.views button").nth(at).click()
            page.locator(".pane > *").first.wait_for()
        assert page.locator("#results [style]:not(.cm-editor *)").count() == 0
        expect(page.locator(".pane pre")).not_to_be_empty()
    visit.clean()


@pytest.mark.parametrize("example", range(len(TEXTS)))
def test_axe_finds_nothing(visitor: Visitor, example: int) -> None:
    """Each example in the view that it asks for, with a panel open."""
    visit = visitor(scheme="dark" if example % 2 else "light")
    page = opened(visit, TEXTS[example])
    page.locator(".pane > *").first.wait_for()
    page.get_by_role("button", name="Code").click()
    assert visit.axe() == []
    visit.clean()


@pytest.mark.parametrize("view", ["table", "chart", "timeline", "network", "raw"])
def test_nothing_scrolls_sideways_on_a_phone(visitor: Visitor, view: str) -> None:
    """At 320 pixels each view fits."""
    visit = visitor(size="narrow", locale="ja-JP")
    page = opened(visit, TEXTS[2 if view == "timeline" else 3], "ja", f"#{view}")
    page.locator(".pane > *").first.wait_for()
    assert visit.overflow() <= 0
    visit.clean()


@pytest.mark.parametrize(
    ("lang", "typed", "offered"),
    [
        ("en", "?s a commit", "comity:Commitment"),
        ("ja", "?s a コミット", "comity:Commitment"),
        ("ja", "?s comity:actor 経済産業", "actor:meti"),
        ("en", "?s comity:actor METI", "actor:meti"),
        ("en", "?s comity:sta", "comity:status"),
    ],
)
def test_names_complete_in_both_languages(
    visitor: Visitor, lang: str, typed: str, offered: str
) -> None:
    """Classes, properties and things are found by what they are called."""
    visit = visitor()
    page = visit.go(f"/{lang}/sparql")
    write(page, "SELECT * WHERE { ")
    page.keyboard.type(typed, delay=10)
    option = page.locator(".cm-tooltip-autocomplete li").filter(has_text=offered).first
    option.wait_for()
    option.click()
    assert offered in (page.locator(".cm-content").text_content() or "")
    visit.clean()


def test_a_query_can_be_cancelled(visitor: Visitor) -> None:
    """The service stops it, and the page says that nothing came of it."""
    visit = visitor()
    page = visit.go("/en/sparql")
    run(page, LONG)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#results")).to_contain_text("The service has stopped the query")
    expect(page.get_by_role("button", name="Run")).to_be_enabled()
    assert visit.violations() == []


def test_limits_offer_the_ways_on(visitor: Visitor) -> None:
    """A result above the bound names it, and leads on by LIMIT or by the downloads."""
    visit = visitor()

    def refuse(route: Route) -> None:
        if "LIMIT" in route.request.url:
            route.fallback()
            return
        problem = {"status": 400, "detail": "More than 10 rows.", "limit": "max_rows"}
        route.fulfill(status=400, json=problem, content_type="application/problem+json")

    visit.page.route("**/sparql?query=*", refuse)
    page = visit.go("/en/sparql")
    run(page, "SELECT ?s WHERE { ?s a comity:Ministry }")
    expect(page.locator("#results")).to_contain_text("larger than is given at once")
    page.get_by_role("button", name="Run with LIMIT 1000").click()
    expect(page.locator("table.results tbody tr").first).to_be_visible()


def test_tabs_stay_in_this_browser(visitor: Visitor) -> None:
    """What was written is there after a reload, and was sent nowhere before it was run."""
    visit = visitor()
    page = visit.go("/en/sparql")
    page.get_by_role("button", name="New query").click()
    write(page, "# Ministries\nSELECT ?secret WHERE { ?secret a comity:Ministry }")
    expect(page.get_by_role("button", name="Ministries", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Ministries", exact=True)).to_be_visible()
    expect(page.locator(".cm-content")).to_contain_text("?secret")
    assert not any("secret" in one for one in visit.seen.asked)
    page.get_by_role("button", name="Close “Ministries”").click()
    expect(page.locator(".cm-content")).not_to_contain_text("?secret")
    visit.clean()


def test_a_kept_query_takes_other_values(visitor: Visitor) -> None:
    """Its form stands under its name; what is put in stands in the text and decides the answer."""
    visit = visitor(locale="ja-JP")
    page = visit.go("/ja/sparql")
    page.locator("details.group summary").first.click()
    page.locator("a[data-query=actor]").click()
    expect(page.locator(".cm-content")).to_contain_text("actor:meti")
    page.locator(".stackform input").fill("総務省")
    page.get_by_role("button", name="値を入れる").click()
    expect(page.locator(".cm-content")).to_contain_text("actor:mic")
    expect(page.locator("table.results tbody tr").first).to_be_visible()
    visit.clean()


def test_the_table_sorts_filters_and_is_taken_away(visitor: Visitor) -> None:
    """By the keyboard alone; the file has what the table has."""
    visit = visitor()
    page = opened(visit, TEXTS[5], view="#table")
    sort = page.locator("th button").nth(1)
    sort.focus()
    page.keyboard.press("Enter")
    expect(page.locator("th").nth(1)).to_have_attribute("aria-sort", "ascending")
    numbers = [int(one) for one in page.locator("td.num").all_text_contents()]
    assert numbers == sorted(numbers)
    page.keyboard.press("Tab")
    page.get_by_label("Only rows with").fill("commitment")
    expect(page.locator("table.results tbody tr")).to_have_count(1)
    with page.expect_download() as started:
        page.get_by_role("link", name="SPARQL results in JSON").click()
    found = json.loads(Path(started.value.path()).read_text("utf-8"))
    assert len(found["results"]["bindings"]) == len(numbers)
    visit.clean()


def test_tab_leaves_the_editor(visitor: Visitor) -> None:
    """No key is caught in the field."""
    visit = visitor()
    page = visit.go("/en/sparql")
    page.locator(".cm-content").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".cm-content")).to_be_focused()


def test_several_lines_are_typed_over(visitor: Visitor) -> None:
    """What takes the place of several lines is plain text: the browser adds no style of its own."""
    visit = visitor()
    page = visit.go("/en/sparql")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("ASK { ?s ?p ?o }")
    expect(page.locator(".cm-content")).to_have_text("ASK { ?s ?p ?o }")
    assert page.locator(".cm-line [style]").count() == 0
    visit.clean()


def test_going_back_brings_the_query_back(visitor: Visitor) -> None:
    """Every query that was run has its place in the history."""
    visit = visitor()
    page = opened(visit, TEXTS[0])
    run(page, TEXTS[5])
    expect(page.locator("table.bars")).to_be_visible()
    page.go_back()
    expect(page.locator(".cm-content")).to_contain_text("actor:meti")
    expect(page.locator("table.results tbody tr").first).to_be_visible()
    visit.clean()


def test_the_weight_is_bounded(visitor: Visitor) -> None:
    """At most 450 KB compressed for the workbench, and its drawings only when they are wanted."""
    visit = visitor()
    sizes: dict[str, int] = {}
    visit.page.on(
        "response",
        lambda answer: (
            sizes.update({answer.url: answer.request.sizes()["responseBodySize"]})
            if "/static/" in answer.url
            else None
        ),
    )
    page = visit.go("/en/sparql")
    page.locator(".cm-content").wait_for()
    assert not any("drawing" in one for one in sizes)
    run(page, TEXTS[1])
    page.locator("table.bars").wait_for()
    assert any("drawing" in one for one in sizes)
    assert 50_000 < sum(sizes.values()) < 450_000


def test_a_result_stands_in_a_page_of_others(visitor: Visitor, real: Settings) -> None:
    """Bare, in the view that the query asks for, with the way to the workbench; clean for axe."""
    env = {**os.environ, "KG_SNAPSHOTS": str(real.snapshots), "KG_EMBED": "*"}
    with served(env) as address:
        visit = visitor(at=address)
        page = visit.go(f"/en/embed/sparql?query={quote(TEXTS[2])}")
        expect(page.locator(".spans li").first).to_be_visible()
        assert visit.axe() == []
        assert page.locator("header.mast").count() == 0
        visit.clean()
