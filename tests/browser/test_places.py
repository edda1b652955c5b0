"""A citation label shows the words of its place while it is pointed at, and leads there."""

import pytest
from playwright.sync_api import expect

from browser.conftest import Visitor

ACTOR = "/en/page/id/actor/gds"
PLACE = ".rail .by a.cite"


def test_words_of_a_place_on_hover(visitor: Visitor) -> None:
    """The words come beside the label, can be pointed at, and go with Escape."""
    visit = visitor()
    page = visit.go(ACTOR)
    link, preview = page.locator(PLACE).first, page.locator(".preview")
    expect(preview).to_be_hidden()
    link.hover()
    expect(preview).to_be_visible()
    assert preview.locator(".words").count() >= 1
    assert link.get_attribute("aria-describedby") == "preview"
    preview.hover()
    page.wait_for_timeout(400)
    expect(preview).to_be_visible()
    assert visit.axe() == []
    assert visit.overflow() <= 0
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()
    visit.clean()


@pytest.mark.parametrize("size", ["desk", "narrow"])
def test_words_of_a_place_by_keyboard(visitor: Visitor, size: str) -> None:
    """Focus shows them, leaving hides them; the key that follows a link follows it."""
    visit = visitor(size=size)
    page = visit.go(ACTOR)
    link, preview = page.locator(PLACE).first, page.locator(".preview")
    address = str(link.get_attribute("href"))
    page.locator("h1").click()
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(preview).to_be_visible()
    assert visit.overflow() <= 0
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address.partition('#')[0]}*")
    visit.clean()


def test_a_line_needs_no_preview(visitor: Visitor) -> None:
    """Where the words stand beside the label already, nothing is shown over them."""
    page = visitor().go(ACTOR)
    page.locator(".claim .place a.cite").first.hover()
    page.wait_for_timeout(700)
    expect(page.locator(".preview")).to_be_hidden()


def test_from_the_first_page_to_the_words(visitor: Visitor) -> None:
    """Without scripts: from the count of actors to a ministry, to a line, to its place."""
    page = visitor(scripts=False).go("/en/")
    page.locator("#kinds").get_by_role("link", name="Actors").click()
    page.get_by_role("link", name="Ministry of Economy, Trade and Industry").click()
    line = page.locator(".claim").filter(has_text="issued a joint statement")
    line.locator("summary").click()
    expect(line.locator(".slip")).to_be_visible()
    line.locator(".place a.cite").click()
    expect(page.locator("h1")).to_contain_text("Semiconductors (a)")
    assert "#" in page.url
