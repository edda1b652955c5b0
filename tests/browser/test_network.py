"""The picture of a network in a browser: evidence, search, hiding, dates, addresses, files."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Visit, Visitor

MIC, DSIT = "actor:mic", "actor:dsit"
LANGUAGES = ["en", "ja"]


def opened(visit: Visit, path: str = "en/network") -> Page:
    """A page whose picture is ready."""
    page = visit.go(path)
    page.wait_for_selector("[data-ready]")
    return page


def texts(page: Page) -> dict[str, str]:
    """What the page says, by name."""
    block = page.locator("#texts").text_content() or ""
    found: dict[str, str] = json.loads(block)["texts"]
    return found


def spots(visitor: Visitor, path: str) -> dict[str, tuple[float, float]]:
    """Where each node stands, as a share of the picture's size, as the server drew it."""
    page = visitor(scripts=False).go(path)
    found: list[list[Any]] = page.eval_on_selector_all(
        "svg.net.w a[data-node]",
        """all => all.map((one) => {
            const { width, height } = one.ownerSVGElement.viewBox.baseVal;
            return [one.dataset.node, one.dataset.x / width, one.dataset.y / height];
        })""",
    )
    return {iri: (x, y) for iri, x, y in found}


def click(page: Page, place: tuple[float, float]) -> None:
    """Click on the canvas, at a share of its size."""
    canvas = page.locator(".net-stage canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    canvas.click(position={"x": place[0] * box["width"], "y": place[1] * box["height"]})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_evidence_by_click(visitor: Visitor, lang: str) -> None:
    """A click on a node, then on a name of its ties: words, places, address."""
    path = f"{lang}/network"
    by_name = {iri.rsplit("/", 1)[-1]: place for iri, place in spots(visitor, path).items()}
    visit = visitor()
    page = opened(visit, path)
    assert page.locator("svg.net a[data-node]").count() == 0
    click(page, by_name["mic"])
    panel = page.locator("#evidence")
    expect(panel.locator("q.words").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"select=actor:mic$"))
    ties = panel.locator("h2 button")
    assert ties.count() > 1
    expect(panel.locator("a.cite").first).to_have_attribute(
        "href", re.compile(f"^/{lang}/page/source/")
    )
    ties.first.click()
    expect(page).to_have_url(re.compile(r"select=actor:\S+\+actor:"))
    expect(ties).to_have_count(0)
    # the server says the same for the same address
    words = panel.locator("q.words").all_inner_texts()
    plain = visitor(scripts=False).go(page.url.removeprefix(visit.site))
    assert plain.locator("#evidence q.words").all_inner_texts() == words
    # where nothing stands, nothing is selected
    click(page, (0.02, 0.99))
    expect(panel.locator("q.words")).to_have_count(0)
    assert "select=" not in page.url
    visit.clean()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_evidence_by_keyboard(visitor: Visitor, lang: str) -> None:
    """Search, choose, read, move and go back without a pointer."""
    visit = visitor()
    page = opened(visit, f"{lang}/network")
    say = texts(page)
    field = page.get_by_label(say["search"])
    field.focus()
    page.keyboard.type("総務省" if lang == "ja" else "internal affairs")
    offered = page.locator("#net-found button")
    expect(offered).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(offered.first).to_be_focused()
    page.keyboard.press("Enter")
    stage = page.locator(".net-stage")
    expect(stage).to_be_focused()
    expect(page).to_have_url(re.compile(r"select=actor:mic$"))
    page.keyboard.press("Enter")
    expect(page.locator("#evidence h2").first).to_be_focused()
    stage.focus()
    for key in ("+", "ArrowRight"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r"#at=1\.25\+"))
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("at="))
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("select="))
    # every node is in the list
    page.locator("#picture-more summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".net-all button")).to_have_count(35)
    field.fill("qqq")
    expect(page.locator("#net-found")).to_contain_text(say["none_found"])
    assert visit.axe() == []
    visit.clean()


def test_what_is_done_is_taken_back_and_kept_in_the_address(visitor: Visitor) -> None:
    """Hide, hold, add, dates: done, undone, done again, and there when the address is opened."""
    visit = visitor()
    page = opened(visit, f"en/network?select={MIC}")
    all_nodes = page.locator("#picture-more summary")
    expect(all_nodes).to_contain_text("35")
    page.get_by_role("button", name="Hold in place").click()
    expect(page).to_have_url(re.compile(r"#pin=actor:mic\+\d+\+\d+"))
    page.get_by_role("button", name="Add what it is tied to").click()
    expect(all_nodes).not_to_contain_text("35")
    more = all_nodes.inner_text()
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.get_by_role("button", name="Show 1 hidden node")).to_be_visible()
    expect(page).to_have_url(re.compile("hide=actor:mic"))
    page.get_by_label("with ties without a date").uncheck()
    expect(page).to_have_url(re.compile("undated=no"))
    kept, seen = page.url, all_nodes.inner_text()
    undo, redo = page.get_by_role("button", name="Undo"), page.get_by_role("button", name="Redo")
    for _ in range(2):
        undo.click()
    expect(all_nodes).to_have_text(more)
    for _ in range(2):
        undo.click()
    expect(undo).to_be_disabled()
    expect(all_nodes).to_contain_text("35")
    assert "#" not in page.url
    for _ in range(4):
        redo.click()
    expect(redo).to_be_disabled()
    expect(page).to_have_url(kept)
    # the same address, in another window: the same view
    again = visitor()
    other = opened(again, kept.removeprefix(visit.site))
    expect(other.locator("#picture-more summary")).to_have_text(seen)
    expect(other.get_by_label("with ties without a date")).not_to_be_checked()
    picture = "document.querySelector('.net-stage canvas').toDataURL()"
    page.mouse.move(0, 0)
    expect(page.locator(".net-stage canvas.over")).to_have_count(0)
    assert other.evaluate(picture) == page.evaluate(picture)
    assert again.axe() == []
    again.clean()
    visit.clean()


def test_sizes_and_communities_on_request(visitor: Visitor) -> None:
    """What the form asks for is shown at once, said below the picture, and in the address."""
    visit = visitor()
    page = opened(visit)
    page.locator("select[name=size]").select_option("betweenness")
    expect(page.locator("#measured")).to_contain_text("Size shows betweenness.")
    page.locator("select[name=colour]").select_option("community")
    expect(page.locator("#measured")).to_contain_text("found by a method")
    expect(page.locator(".legend .net-community").first).to_be_visible()
    told = "fetch('/network/actors.json?measures=community').then(one => one.json())"
    known = {one["community"] for one in page.evaluate(told)["nodes"]}
    shown = page.locator(".legend .net-community").all_inner_texts()
    assert [int(re.sub(r"\D", "", one)) for one in shown] == sorted(known)
    expect(page).to_have_url(re.compile(r"\?size=betweenness&colour=community$"))
    page.locator("select[name=size]").select_option("")
    expect(page.locator("#measured")).not_to_contain_text("Size")
    visit.clean()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_seen_as_a_file(visitor: Visitor, lang: str, tmp_path: Path) -> None:
    """SVG and PNG have the names that are seen, the caution and the source."""
    visit = visitor()
    page = opened(visit, f"{lang}/network?topic=semiconductors")
    say = texts(page)
    for kind in ("svg", "png"):
        with page.expect_download() as given:
            page.get_by_role("button", name=say[kind]).click()
        given.value.save_as(tmp_path / f"network.{kind}")
    drawn = (tmp_path / "network.svg").read_text("utf-8")
    block = json.loads(page.locator("#texts").text_content() or "")
    for said in block["said"]:
        assert said.replace("&", "&amp;") in drawn
    assert "style=" not in drawn
    assert drawn.startswith("<svg")
    assert (tmp_path / "network.png").read_bytes().startswith(b"\x89PNG")
    visit.clean()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("scheme", "size"), [("light", "desk"), ("dark", "phone")])
def test_nothing_is_wrong_with_it(visitor: Visitor, lang: str, scheme: str, size: str) -> None:
    """Selected, in both languages: axe finds nothing, nothing is too wide, nothing was refused."""
    visit = visitor(scheme=scheme, size=size)
    page = opened(visit, f"{lang}/network/affiliations?select={DSIT}")
    expect(page.locator("#evidence q.words").first).to_be_visible()
    assert visit.axe() == []
    assert visit.overflow() <= 0
    visit.clean()


def test_the_server_s_picture_stays_where_no_data_comes(visitor: Visitor) -> None:
    """Without its data, the script leaves the page as the server wrote it."""
    visit = visitor()
    visit.page.route("**/network/actors.json*", lambda route: route.abort())
    page = visit.go("en/network")
    expect(page.locator("svg.net.w a[data-node]")).to_have_count(35)
    assert page.locator("[data-ready]").count() == 0
