"""What holds of every kind of page and of every state, in both languages, for every visitor."""

import pytest

from browser.conftest import Visitor
from browser.pages import PAGES, STATES

LANGUAGES = ("en", "ja")
ALL = [*PAGES.items(), *STATES.items()]
# what size and colour scheme decide
SEEN = ["color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable"]
# a refusal is answered with its status, which Chromium calls an error of the page
REFUSED = "the server responded with a status of 404"


def name(value: object) -> str | None:
    """A test's name: the kind of page, without its address."""
    return str(value) if not str(value).startswith("/") else ""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("kind", "path"), ALL, ids=name)
def test_for_every_visitor(visitor: Visitor, kind: str, path: str, lang: str) -> None:
    """No error, nothing refused or from elsewhere, nothing that axe finds; on a phone too.

    At 320 pixels nothing scrolls sideways, with all opened; contrast and size hold in the dark.
    """
    visit = visitor()
    page = visit.go(f"/{lang}{path}")
    assert visit.axe() == []
    assert page.locator("html").get_attribute("lang") == lang
    assert page.locator("h1").count() == 1
    assert page.title().endswith(" | Comity")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert visit.overflow() <= 0
    assert visit.axe(SEEN) == []
    visit.seen.refused = [one for one in visit.seen.refused if kind not in STATES]
    visit.seen.errors = [one for one in visit.seen.errors if REFUSED not in one]
    visit.clean()


@pytest.mark.parametrize(("kind", "path"), ALL, ids=name)
def test_without_scripts(visitor: Visitor, kind: str, path: str) -> None:
    """Without scripts a page says what it says with them."""
    bare = visitor(scripts=False).go(f"/ja{path}")
    full = visitor().go(f"/ja{path}")
    assert bare.locator("h1").inner_text() == full.locator("h1").inner_text()
    said, whole = (len(one.locator("main").inner_text()) for one in (bare, full))
    assert said > 0.8 * whole


_FOCUSED = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return {
    tag: one.tagName,
    seen: style.outlineStyle !== "none" && box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    place: [...document.querySelectorAll("*")].indexOf(one),
  };
}"""


@pytest.mark.parametrize(("kind", "path"), PAGES.items(), ids=name)
def test_by_keyboard(visitor: Visitor, kind: str, path: str) -> None:
    """Tab goes forward through what can be used, from the skip link on, and shows where it is."""
    visit = visitor()
    page = visit.go(f"/en{path}")
    places = []
    for step in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused["tag"] == "BODY":
            break
        assert focused["seen"], (step, focused)
        places.append(focused["place"])
    assert len(set(places)) == len(places) > 10
    page.goto(page.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_switch_of_language_stays_on_the_page(visitor: Visitor) -> None:
    """From each page the other language's page of the same thing is one step away."""
    visit = visitor()
    for path in PAGES.values():
        page = visit.go(f"/en{path}")
        page.locator('nav.langs a[hreflang="ja"]').click()
        page.wait_for_load_state()
        assert page.url.removeprefix(visit.site).split("?")[0] == f"ja{path}".split("?")[0]
    visit.clean()


@pytest.mark.parametrize(
    ("locale", "lang"), [("en-GB", "en"), ("ja-JP", "ja"), ("fr-FR", "en"), ("ko-KR", "en")]
)
def test_the_browsers_language_decides(visitor: Visitor, locale: str, lang: str) -> None:
    """An address without a language answers in the browser's, or in English."""
    page = visitor(locale=locale).go("/page/id/actor/meti")
    assert page.locator("html").get_attribute("lang") == lang
