"""Emblem, picture of shared links, robots.txt and sitemap."""

import re
import xml.etree.ElementTree as ElementTree
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api import emblem, urls
from kg_api.app import create_app

PNG = b"\x89PNG\r\n\x1a\n"
XHTML = "{http://www.w3.org/1999/xhtml}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def asked(real: Settings, real_snapshot: Snapshot) -> TestClient:
    """The service, as a client asks it."""
    return TestClient(create_app(real, real_snapshot))


@pytest.mark.parametrize("path", ["/favicon.ico", "/apple-touch-icon.png", urls.PICTURE])
def test_pictures(asked: TestClient, path: str) -> None:
    """Pictures are PNG, small, and kept."""
    answer = asked.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(PNG)
    assert len(answer.content) < 100_000
    assert "max-age" in answer.headers["cache-control"]


def test_the_emblem_needs_no_style(asked: TestClient) -> None:
    """The emblem is SVG without style, script or address."""
    text = asked.get(urls.ICON).text
    ElementTree.fromstring(text)  # noqa: S314 - our own
    assert not re.search(r"style|script|href", text)


def test_the_picture_takes_any_title() -> None:
    """Titles are text in the picture, however they are written; more sources are counted."""
    hostile = {"title": "<script>&" * 40, "date": "2024-01-16"}
    assert emblem.picture((hostile,), "0" * 64).startswith(PNG)
    assert emblem.picture((hostile, hostile), "0" * 64).startswith(PNG)
    assert emblem.picture((), "0" * 64).startswith(PNG)


def test_robots_name_the_sitemap(asked: TestClient) -> None:
    """Everything may be read, and the sitemap is named by its whole address."""
    text = asked.get("/robots.txt").text
    assert "Disallow: /\n" not in text
    assert "Disallow: /ja/search?\n" in text
    (place,) = re.findall(r"^Sitemap: (.*)$", text, re.M)
    assert asked.get(urlsplit(place).path).status_code == 200


def test_the_sitemap_has_every_page_in_each_language(asked: TestClient) -> None:
    """Each address of a page comes in both languages, and names both."""
    root = ElementTree.fromstring(asked.get("/sitemap.xml").content)  # noqa: S314 - our own
    found = {}
    for one in root:
        place = one.findtext(f"{SITEMAP}loc")
        assert place is not None
        found[urlsplit(place).path] = {
            link.get("hreflang"): urlsplit(str(link.get("href"))).path
            for link in one.iter(f"{XHTML}link")
        }
    wanted = {"/", "/page/id/actor/meti", "/page/source/jukdp-2024/semiconductors/e", "/network"}
    assert {f"/{lang}{path}" for lang in urls.LANGUAGES for path in wanted} <= set(found)
    for place, same in found.items():
        assert set(same) == set(urls.LANGUAGES)
        assert same[place[1:3]] == place
    assert len(found) > 600
