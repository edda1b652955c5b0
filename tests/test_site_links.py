"""Every page, followed from the first one in both languages: links, anchors, languages, markup."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html
from starlette.testclient import TestClient

from kg_api import urls

HOST = "http://testserver"
# a page is reached with some values of its forms, not with all that there are
_OF_ONE_PATH = 2
# files of one thing in other formats: they have tests of their own, so some of each suffix
_OF_ONE_SUFFIX = 6
_MOST = 5000
_LATIN = re.compile(r"[A-Za-z][A-Za-z’'-]+(?:\s+[A-Za-z][A-Za-z’'-]+){2,}")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
# where other languages stand as they are: queries, names of programs, licences
_AS_IT_IS = ("code", "pre", "kbd", "script", "style", "textarea", "template", "cite")


@dataclass
class Site:
    """What was found on the way."""

    pages: dict[str, html.HtmlElement] = field(default_factory=dict)
    links: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    statuses: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)


def addresses(page: html.HtmlElement) -> Iterator[str]:
    """Whatever a page links to or loads."""
    for element in page.iter("a", "link", "script", "img", "form", "iframe"):
        for name in ("href", "src", "action"):
            value = element.get(name)
            if value is not None:
                yield value


class Crawler:
    """Follows links within the site, each address once."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.site = Site()
        self._of_path: Counter[str] = Counter()
        self._of_suffix: Counter[str] = Counter()

    def wanted(self, address: str) -> bool:
        """Whether it is one more of its kind, or one too many."""
        parts = urlsplit(address)
        if parts.query:
            self._of_path[parts.path] += 1
            if self._of_path[parts.path] > _OF_ONE_PATH:
                return False
        if urls.split_language(parts.path)[0]:
            return True
        last = parts.path.rpartition("/")[2]
        kind = parts.path.split("/")[1] + (last.rpartition(".")[2] if "." in last else "")
        self._of_suffix[kind] += 1
        return self._of_suffix[kind] <= _OF_ONE_SUFFIX

    def run(self) -> Site:
        """Everything that can be reached."""
        open_ = deque(f"/{lang}/" for lang in urls.LANGUAGES)
        known = set(open_)
        while open_:
            address = open_.popleft()
            answer = self.client.get(address, headers={"Accept": "text/html, */*;q=0.5"})
            assert len(known) < _MOST
            self.site.statuses[address] = answer.status_code
            if answer.status_code in (301, 302, 303, 307, 308):
                targets = [answer.headers["location"]]
            elif answer.headers.get("content-type", "").startswith("text/html"):
                page = html.document_fromstring(answer.text)
                self.site.pages[address] = page
                self.site.sizes[address] = int(answer.headers["content-length"])
                targets = list(addresses(page))
            else:
                continue
            for target in targets:
                whole = urljoin(HOST + address, target)
                if not whole.startswith(HOST + "/"):
                    continue
                place = whole.removeprefix(HOST)
                self.site.links[place].add(address)
                bare = place.partition("#")[0]
                if bare not in known and self.wanted(bare):
                    known.add(bare)
                    open_.append(bare)
        return self.site


@pytest.fixture(scope="module")
def crawled(client: TestClient) -> Site:
    """The whole site, followed once."""
    return Crawler(client).run()


def test_the_whole_site_is_reached(crawled: Site) -> None:
    """From the first page everything that has a page is reached, in both languages."""
    paths = {urlsplit(one).path for one in crawled.pages}
    for kind in ("actor", "instrument", "initiative", "event", "document", "status", "act"):
        for lang in urls.LANGUAGES:
            assert any(one.startswith(f"/{lang}/page/id/{kind}/") for one in paths), kind
    assert sum("/page/source/jukdp-2024/" in one for one in paths) > 100
    assert len(crawled.pages) > 500


def test_no_link_is_broken(crawled: Site) -> None:
    """Every link within the site is answered."""
    broken = {
        address: (status, sorted(crawled.links[address])[:3])
        for address, status in crawled.statuses.items()
        if status >= 400
    }
    assert broken == {}


def test_every_anchor_is_there(crawled: Site) -> None:
    """A link to a part of a page finds that part."""
    missing = []
    ids = {
        address: {one.get("id") for one in page.iter() if one.get("id")}
        for address, page in crawled.pages.items()
    }
    for link, sources in crawled.links.items():
        address, _, fragment = link.partition("#")
        # what another release said may be gone from this one
        sources = {one for one in sources if "/changes" not in one}
        if sources and fragment and address in ids and fragment not in ids[address]:
            missing.append((link, sorted(sources)[:2]))
    assert missing == []


def test_no_id_stands_twice(crawled: Site) -> None:
    """Ids are of one element each."""
    twice = {}
    for address, page in crawled.pages.items():
        found = Counter(one.get("id") for one in page.iter() if one.get("id"))
        repeated = [name for name, count in found.items() if count > 1]
        if repeated:
            twice[address] = repeated[:3]
    assert twice == {}


def test_pages_are_named(crawled: Site) -> None:
    """Each page has one heading of the first rank, a title, a language, and its counterparts."""
    for address, page in crawled.pages.items():
        lang = urls.split_language(urlsplit(address).path)[0]
        assert page.get("lang") in ((lang,) if lang else urls.LANGUAGES), address
        assert len(page.findall(".//h1")) == 1, address
        title = page.findtext(".//title") or ""
        assert len(title) > len(" | Comity"), address
        if lang and "/embed/" not in address:
            others = {one.get("hreflang") for one in page.iter("link") if one.get("hreflang")}
            assert set(urls.LANGUAGES) <= others, address


def untranslated(page: html.HtmlElement) -> Iterator[str]:
    """Runs of Latin words in a Japanese page that say of themselves that they are Japanese."""

    def walk(element: html.HtmlElement, lang: str) -> Iterator[str]:
        if not isinstance(element.tag, str) or element.tag in _AS_IT_IS:
            return
        lang = element.get("lang", lang)
        texts = [element.text or "", *((one.tail or "") for one in element)]
        for name in ("aria-label", "placeholder", "title", "alt"):
            texts.append(element.get(name, ""))
        if lang == "ja":
            for text in texts:
                if _LATIN.search(text) and not _JAPANESE.search(text):
                    yield text.strip()
        for one in element:
            yield from walk(one, lang)

    body = page.find("body")
    assert body is not None
    yield from walk(body, page.get("lang", ""))


def test_japanese_pages_are_japanese(crawled: Site) -> None:
    """No English sentence stands in a Japanese page without saying that it is English."""
    found: dict[str, str] = {}
    for address, page in crawled.pages.items():
        if page.get("lang") == "ja":
            for text in untranslated(page):
                found.setdefault(text[:80], address)
    assert found == {}


def test_nothing_is_written_into_pages(crawled: Site) -> None:
    """No inline script, style or handler, and nothing from another host is loaded."""
    for address, page in crawled.pages.items():
        for element in page.iter():
            if not isinstance(element.tag, str):
                continue
            assert not [name for name in element.keys() if name.startswith("on")], address  # noqa: SIM118
            assert "style" not in element.attrib, (address, element.tag)
            if element.tag == "script":
                data = (element.get("type") or "").endswith("json")
                assert data or (element.get("src") or "").startswith("/static/"), address
            if element.tag in ("img", "iframe", "script", "source", "audio", "video", "object"):
                assert "//" not in (element.get("src") or ""), address
            if element.tag == "a":
                scheme = urlsplit(element.get("href") or "").scheme
                assert scheme in ("", "http", "https", "mailto"), address
        assert page.findall(".//style") == [], address


def test_pages_are_light(crawled: Site) -> None:
    """A page weighs 60 KB at most as it is sent, with its style and the script of all pages."""
    heavy = {one: size for one, size in crawled.sizes.items() if size > 60_000}
    assert heavy == {}
