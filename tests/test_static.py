"""Built files of the pages, and texts sent compressed."""

import gzip
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api import static
from kg_api.app import create_app

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def asked(real: Settings, real_snapshot: Snapshot) -> TestClient:
    """The service, as a client asks it."""
    return TestClient(create_app(real, real_snapshot))


def test_the_pages_are_built() -> None:
    """`make web` has made the style and the script of all pages, each compressed too."""
    assert static.is_built()
    (style,), (script,) = static.stylesheets(), static.scripts("site")
    for address in (style, script):
        assert re.fullmatch(r"/static/\w+-[\w-]{8}\.(css|js)", address)
        assert set(static.files()[address.removeprefix(static.ADDRESS)].forms) == {"", "br", "gzip"}


def test_files_are_read_when_the_service_starts(real: Settings, real_snapshot: Snapshot) -> None:
    """A build while the service runs takes away no file that its pages name."""
    static.files.cache_clear()
    create_app(real, real_snapshot)
    assert static.files.cache_info().currsize == 1


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_files_are_sent_for_good(asked: TestClient, encoding: str) -> None:
    """Each form of a file may be kept for ever, and has a tag of its own."""
    for name, file in static.files().items():
        answer = asked.get(static.ADDRESS + name, headers={"Accept-Encoding": encoding})
        assert answer.status_code == 200
        wanted = encoding if encoding in file.forms else ""
        assert answer.headers.get("content-encoding", "") == wanted
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-type"] == file.media_type
        again = {"Accept-Encoding": encoding, "If-None-Match": answer.headers["etag"]}
        assert asked.get(static.ADDRESS + name, headers=again).status_code == 304
        if wanted != "br":
            assert answer.content == file.forms[""]


@pytest.mark.parametrize(
    "path",
    [
        *("", "manifest.json", "../static.py", "%2e%2e/static.py", "..%2fstatic.py"),
        *("/etc/passwd", "a.css", "site.css", "%00", "licences.md/"),
    ],
)
def test_nothing_else_is_served(asked: TestClient, path: str) -> None:
    """Only names of the manifest are answered: no path leads elsewhere."""
    answer = asked.get("/static/" + path)
    assert answer.status_code == 404
    assert b"def " not in answer.content


def test_scripts_and_styles_load_nothing_from_elsewhere() -> None:
    """Built files name no other host, but for names of vocabularies and licences."""
    names = {"www.w3.org", "w3id.org", "purl.org", "xmlns.com", "schema.org", "www.wikidata.org"}
    for name, file in static.files().items():
        if name.endswith(".css"):
            assert b"url(" not in file.forms[""]
            assert b"@import" not in file.forms[""]
        if name.endswith(".js"):
            text = file.forms[""].decode()
            loading = re.findall(r"""(?:import\(|from|fetch\()\s*["'`](https?://[^"'`]+)""", text)
            assert [one for one in loading if one.split("/")[2] not in names] == []


def test_pages_are_sent_compressed(asked: TestClient) -> None:
    """A page is compressed for whoever takes it so, under a tag of its own, and kept so."""
    plain = asked.get("/en/", headers={"Accept-Encoding": "identity"})
    for _ in range(2):
        with asked.stream("GET", "/en/", headers={"Accept-Encoding": "gzip"}) as packed:
            body = b"".join(packed.iter_raw())
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) == len(body) < len(plain.content) / 2
        assert gzip.decompress(body) == plain.content
        assert "Accept-Encoding" in packed.headers["vary"].split(", ")
        assert packed.headers["etag"] != plain.headers["etag"]
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["vary"].split(", ")


def test_small_answers_are_not(asked: TestClient) -> None:
    """What fits in a packet is sent as it is."""
    answer = asked.get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("entry", ["site", "network", "workbench"])
def test_interactive_parts_are_light(entry: str) -> None:
    """What an interactive page loads weighs 450 KB at most as it is sent, later parts too."""
    named = {*static.scripts(entry), *static.modules(entry), *static.stylesheets(entry)}
    assert named
    dynamic = (
        {name for name in static.files() if name.endswith(".js")} if entry != "site" else set()
    )
    names = {one.removeprefix(static.ADDRESS) for one in named} | dynamic
    assert sum(len(static.files()[name].forms["gzip"]) for name in names) <= 450_000
