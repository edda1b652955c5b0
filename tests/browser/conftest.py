"""A service, a browser, and pages in it that say what went wrong while they were open.

One service and one browser serve all tests of this folder. The browser reaches no other host: names
are not resolved, and every request that wanted to leave is counted.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from kg.settings import Settings
from serving import served

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2 AA and what axe holds to be good practice besides
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"desk": (1280, 900), "phone": (360, 740), "narrow": (320, 640)}
_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
_PATIENCE = 10_000


@dataclass
class Seen:
    """What went wrong in a page, and what it asked for."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


class Visit:
    """A page in a window of its own, as one kind of visitor opens it."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.site = site
        self.context = context
        self.page = context.new_page()
        self.seen = Seen()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.seen.errors.append(str(error)))
        self.page.on("request", lambda request: self._request(request.url))
        self.page.on("response", lambda answer: self._response(answer.status, answer.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.seen.errors.append(message.text)

    def _request(self, url: str) -> None:
        self.seen.asked.append(url)
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and not url.startswith(self.site):
            self.seen.outside.append(url)

    def _response(self, status: int, url: str) -> None:
        if status >= 400:
            self.seen.refused.append(f"{status} {url}")

    def go(self, path: str) -> Page:
        """Open an address of the site, and wait until nothing more is loaded."""
        self.page.goto(self.site + path.removeprefix("/"), wait_until="load")
        return self.page

    def violations(self) -> list[str]:
        """What the page's own policy refused in it."""
        found: list[str] = self.page.evaluate("window.violations ?? []")
        return found

    def clean(self) -> None:
        """Assert that nothing went wrong since the window was opened."""
        assert self.seen.errors == []
        assert self.seen.outside == []
        assert self.seen.refused == []
        assert self.violations() == []

    def axe(self, rules: Sequence[str] = RULES) -> list[str]:
        """What axe finds in the page as it stands, by rules or tags of rules: which, and where."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8") + ";0")
        found: dict[str, Any] = self.page.evaluate(
            "(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})",
            list(rules),
        )
        return [
            f"{one['id']}: {node['target']} {node['failureSummary'][:300]}"
            for one in found["violations"]
            for node in one["nodes"][:5]
        ]

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        found: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return found


Visitor = Callable[..., Visit]


def chromium() -> str:
    """The system's Chromium; nothing is downloaded."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    raise RuntimeError("The tests of the pages need Chromium: install the package chromium.")


@pytest.fixture(scope="package")
def site(real: Settings) -> Iterator[str]:
    """The address of a service over the real snapshot."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    with served({**env, "KG_SNAPSHOTS": str(real.snapshots)}) as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of the folder; gone with them, and its event loop with it."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium(),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield opened
        opened.close()


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Visitor]:
    """Opens windows: by colour scheme, size, with or without scripts, with browser's languages."""
    opened: list[BrowserContext] = []

    def visit(
        scheme: str = "light",
        size: str = "desk",
        scripts: bool = True,
        locale: str = "en-GB",
        at: str = "",
        **more: Any,
    ) -> Visit:
        width, height = SIZES[size]
        context = browser.new_context(
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            locale=locale,
            reduced_motion="reduce",
            accept_downloads=True,
            **more,
        )
        context.set_default_timeout(_PATIENCE)
        if scripts:
            context.add_init_script(_WATCH)
        opened.append(context)
        return Visit(context, at or site)

    yield visit
    for context in opened:
        context.close()
