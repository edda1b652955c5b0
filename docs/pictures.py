"""Pictures of the main pages, in both languages, for the documentation: `docs/pictures/*.png`.

A service over the current snapshot is started, the system's Chromium opens the pages. Run
`python docs/pictures.py` after the pages have changed.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from serving import served

FOLDER = Path(__file__).resolve().parent / "pictures"
LANGUAGES = ("en", "ja")
# name, path, what is opened or waited for, colour scheme, width
PICTURES = (
    ("home", "/", "", "light", 1280),
    ("actor", "/page/id/actor/meti", "", "light", 1280),
    ("commitments", "/commitments?topic=semiconductors", "details.evidence", "light", 1280),
    ("reader", "/page/source/jukdp-2024/semiconductors", "", "light", 1280),
    ("timeline", "/timeline", "", "light", 1280),
    ("pair", "/pair/japan-united-kingdom", "", "light", 1280),
    ("network", "/network", "canvas, svg", "light", 1280),
    ("workbench", "/sparql?query={query}#chart", "#results svg", "dark", 1280),
    ("phone", "/page/id/actor/da", "", "dark", 390),
)
QUERY = """\
#defaultView:BarChart
SELECT ?topic (COUNT(?claim) AS ?commitments) WHERE {
  ?claim a comity:Commitment ; comity:topic ?topic
} GROUP BY ?topic ORDER BY DESC(?commitments)
"""
# what a repository should hold of each
MOST = 200_000


def take(page: Page, path: Path, height: int) -> int:
    """Write a picture, cut shorter until it is small enough; its size in bytes."""
    width = page.viewport_size["width"] if page.viewport_size else 1280
    while True:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)
        page.screenshot(path=path)
        size = path.stat().st_size
        if size <= MOST:
            return size
        height = height * 4 // 5


def main() -> None:
    """Write all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with served(os.environ) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, address, wanted, scheme, width in PICTURES:
            for lang in LANGUAGES:
                context = browser.new_context(
                    color_scheme=scheme,  # type: ignore[arg-type]
                    viewport={"width": width, "height": 1000},
                    reduced_motion="reduce",
                )
                page = context.new_page()
                page.goto(f"{site}{lang}/")
                filled = page.evaluate("encodeURIComponent", QUERY)
                page.goto(f"{site}{lang}{address.replace('{query}', filled)}")
                if wanted.startswith("details"):
                    page.locator(wanted).first.locator("summary").click()
                elif wanted:
                    page.locator(wanted).first.wait_for()
                    page.wait_for_timeout(1500)
                size = take(page, FOLDER / f"{name}.{lang}.png", 1000 if width > 500 else 840)
                print(f"{name}.{lang}.png: {size / 1000:.0f} KB")
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
