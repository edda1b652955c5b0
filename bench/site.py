"""The pages: weight, time to make, time to show, movement while they load; measured in Chromium.

1. Every kind of page in both languages: bytes as sent, what it loads besides, milliseconds that the
   service takes when nothing is kept (median).
2. The same in Chromium with its processor slowed four times: first contentful paint (median), and
   how much moves (cumulative layout shift, at a desk and on a phone).
3. A page that is kept beside another answer that is, in answers a second.

Run `python bench/site.py`; exits with 1 when a bound is missed. It prints Markdown.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from browser.pages import PAGES
from serving import served

# bytes of a page with what all pages load; of what the interactive pages load besides
PAGE_BYTES, PART_BYTES = 60_000, 450_000
MADE_MS, PAINT_MS, SHIFT = 30.0, 500.0, 0.0
SLOWED = 4
LANGUAGES = ("en", "ja")
_SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_LOADED = """() => ({
  paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1,
  page: performance.getEntriesByType("navigation")[0].encodedBodySize,
  files: performance.getEntriesByType("resource")
    .filter((one) => one.name.includes("/static/"))
    .map((one) => [one.name.replace(/.*\\/static\\//, ""), one.encodedBodySize]),
})"""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    for row in (head, ["---"] + ["---:"] * (len(head) - 1), *rows):
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def made(site: str, path: str, rounds: int) -> float:
    """Milliseconds until a page is there, median; each page once before."""
    with httpx2.Client(headers={"Accept-Encoding": "gzip"}, timeout=60) as client:
        client.get(site + path)
        took = []
        for _ in range(rounds):
            begun = time.perf_counter()
            client.get(site + path).raise_for_status()
            took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def shown(browser: Browser, address: str, size: tuple[int, int], wait: int) -> dict[str, Any]:
    """What Chromium measures of one visit, its processor slowed and nothing kept."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_init_script(_SHIFTS)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.goto(address, wait_until="load")
    page.wait_for_timeout(wait)
    found: dict[str, Any] = page.evaluate(_LOADED)
    found["shift"] = page.evaluate("window.shift")
    context.close()
    return found


def rate(address: str) -> float:
    """Answers a second of a kept address, eight at a time."""
    run = subprocess.run(
        ["wrk", "-t1", "-c8", "-d3s", "-H", "Accept-Encoding: gzip", address],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"Requests/sec:\s*([\d.]+)", run.stdout)
    assert found
    return float(found.group(1))


def measure(names: Sequence[str], rounds: int) -> list[str]:
    """Print the tables; the bounds that are missed."""
    missed: list[str] = []
    env = dict(os.environ)
    with served({**env, "KG_CACHE_BYTES": "0"}) as bare:
        times = {
            (name, lang): made(bare, f"{lang}{PAGES[name]}", rounds)
            for name in names
            for lang in LANGUAGES
        }
    rows = []
    with served(env) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        shown(browser, f"{site}en/", (1280, 900), 0)
        for name in names:
            for lang in LANGUAGES:
                address = f"{site}{lang}{PAGES[name]}"
                visits = [shown(browser, address, (1280, 900), 600) for _ in range(3)]
                phone = shown(browser, address, (360, 740), 600)
                paint = statistics.median(one["paint"] for one in visits)
                shift = max(one["shift"] for one in (*visits, phone))
                files = dict(visits[0]["files"])
                common = sum(n for f, n in files.items() if f.startswith(("style-", "site-")))
                whole, parts = visits[0]["page"] + common, sum(files.values()) - common
                took = times[name, lang]
                sizes = (f"{whole / 1000:.1f}", f"{parts / 1000:.0f}")
                rows.append(
                    [f"{name} ({lang})", *sizes, f"{took:.1f}", f"{paint:.0f}", f"{shift:.3f}"]
                )
                for value, bound, what in (
                    (whole, PAGE_BYTES, "bytes"),
                    (parts, PART_BYTES, "bytes of its parts"),
                    (took, MADE_MS, "ms to make"),
                    (paint, PAINT_MS, "ms to the first paint"),
                    (shift, SHIFT, "of movement"),
                ):
                    if value > bound:
                        missed.append(f"{name} ({lang}): {value:.4g} {what}")
        browser.close()
        head = ["page", "KB", "KB besides", "ms to make", "ms to first paint, 4× slower", "shift"]
        table(head, rows)
        if shutil.which("wrk"):
            query = "sparql?query=SELECT%20*%20WHERE%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%2020"
            kept = {"a page": f"{site}en{PAGES['actor']}", "an answer": site + query}
            table(
                ["kept", "answers a second"],
                [[name, f"{rate(address):,.0f}"] for name, address in kept.items()],
            )
    return missed


def main() -> None:
    """Measure, and say what misses its bound."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=list(PAGES), choices=list(PAGES))
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}\n")
    missed = measure(given.only, given.rounds)
    for one in missed:
        print(f"- bound missed: {one}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
