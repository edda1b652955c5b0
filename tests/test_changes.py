"""Changes over HTTP: the releases that are kept, the diff of any two, patches for harvesters."""

import asyncio
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import DCTERMS, RDF, Graph, Literal, Namespace, URIRef
from starlette.testclient import TestClient

import kg
from asking import assert_problem, media_type
from conftest import quick_build, write_project
from kg import diff as changes
from kg.build import Built
from kg.settings import Settings
from kg_api import urls
from kg_api.app import create_app
from kg_api.comparing import MAX_STATEMENTS, WAITING, Bounds, Comparing
from kg_api.routes.changes import FORMATS

DCAT = Namespace("http://www.w3.org/ns/dcat#")
PROV = Namespace("http://www.w3.org/ns/prov#")


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Built, Built]:
    """A folder with two releases, of which the later is current: a claim was corrected."""
    folder = tmp_path_factory.mktemp("changes")
    settings = Settings(project=write_project(folder / "project"), snapshots=folder / "snapshots")
    first = quick_build(settings)
    passage = settings.project / "data/ab-2024/data/a.ttl"
    passage.write_text(passage.read_text("utf-8").replace("status:planned", "status:intended"))
    return settings, first, quick_build(settings)


@pytest.fixture(scope="module")
def served(releases: tuple[Settings, Built, Built]) -> Iterator[TestClient]:
    """A client of a service over both."""
    settings = releases[0]
    app = create_app(settings, kg.open(settings=settings))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def pair(releases: tuple[Settings, Built, Built]) -> str:
    """The address of what differs."""
    return urls.changes(releases[1].digest, releases[2].digest)


def test_the_releases_are_listed(
    served: TestClient, releases: tuple[Settings, Built, Built], pair: str
) -> None:
    """The latest first; each has the addresses of its changes, and these answer."""
    listed = served.get(urls.CHANGES).json()
    first, second = listed["releases"][::-1]
    assert (first["release"], first["changes"]) == (releases[1].digest, None)
    assert (second["release"], second["current"]) == (releases[2].digest, True)
    assert second["before"] == first["release"]
    assert second["changes"]["json"] == f"{pair}.json"
    for name, address in second["changes"].items():
        found = served.get(address)
        assert found.status_code == 200, found.text
        assert media_type(found) == listed["formats"][name]
    page = served.get(urls.CHANGES, headers={"Accept": "text/html"})
    assert media_type(page) == "text/html"
    assert f'href="/en{pair}"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert_problem(served.get(f"{urls.CHANGES}?format=xml"), 400)


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
def test_every_format_is_the_librarys(
    format_: kg.formats.Format,  # type: ignore[name-defined]
    served: TestClient,
    pair: str,
    releases: tuple[Settings, Built, Built],
) -> None:
    """By Accept, by suffix and by `format=` the same bytes; a client that has them is told so."""
    by_accept = served.get(pair, headers={"Accept": format_.media_type})
    assert by_accept.status_code == 200, by_accept.text
    assert media_type(by_accept) == format_.media_type
    for address in (f"{pair}.{format_.suffix}", f"{pair}?format={format_.name}"):
        assert served.get(address).content == by_accept.content
    tag = {"If-None-Match": by_accept.headers["etag"], "Accept": format_.media_type}
    assert served.get(pair, headers=tag).status_code == 304
    plain = {"Accept": format_.media_type, "Accept-Encoding": "identity"}
    head = served.head(pair, headers=plain)
    assert head.headers["content-length"] == str(len(by_accept.content))
    before, after = (one.path for one in releases[1:])
    if format_.name == "patch":
        patched = changes.apply_patch((before / "data.nq").read_bytes(), by_accept.content)
        assert hashlib.sha256(patched).hexdigest() == releases[2].digest
    if format_.name == "json":
        found = json.loads(by_accept.content)
        assert found["counts"] == changes.diff(before, after).counts()
        assert list(found["counts"]) == ["correction"]


def test_words_for_browsers(served: TestClient, pair: str) -> None:
    """Whoever looks at the address reads what happened, as a page; as text by its suffix."""
    found = served.get(pair, headers={"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})
    assert media_type(found) == "text/html"
    assert "Accept-Language" in found.headers["vary"]
    assert "1 statement changed" in found.text
    assert "Data (a)" in found.text
    assert f'href="{pair}.rdfp"' in found.text
    japanese = served.get(f"/ja{pair}")
    assert "1トリプルを変更" in japanese.text
    text = served.get(f"{pair}.txt")
    assert media_type(text) == "text/plain"
    assert "CORRECTION: 1 CHANGED" in text.text
    assert "Report 2024, Data (a)" in text.text
    assert_problem(served.get(pair, headers={"Accept": "image/png"}), 406)


def test_nightly(served: TestClient, releases: tuple[Settings, Built, Built], pair: str) -> None:
    """Who asks from a release to the current one is led to the patch, or told that it has it."""
    _, first, second = releases
    led = served.get(urls.changes(first.digest, "current", "rdfp"))
    assert (led.status_code, led.headers["location"]) == (307, f"{pair}.rdfp")
    led = served.get(urls.changes(first.digest, "current") + "?format=json")
    assert led.headers["location"] == f"{pair}?format=json"
    same = served.get(urls.changes(second.digest, "current"))
    assert (same.status_code, same.content) == (204, b"")


HOSTILE = [
    ("0" * 64, "{b}", 404), ("{a}", "f" * 64, 404), ("{a}", "{a}", 400), ("{b}", "{b}", 400),
    ("{a}", "{b}.exe", 404), ("{a}", "{b}?format=exe", 400), ("{a}", "{b}?format=a&format=b", 400),
    ("{a}", "{b}?hops=1", 400), ("a" * 20_000, "{b}", 404), ("{a}", "9" * 20_000, 404),
    ("..%2F..", "{b}", 404), ("%00", "{b}", 404), ("{a}", "%ff", 404), ("*", "*", 404),
    ("{a}%0A", "{b}", 404), ("current", "previous", 404), ("{short}", "{b}", 404),
    ("%F0%9F%92%A3", "{b}", 404), ("{a}", "{b}?format=" + "x" * 10_000, 400),
    ("-o", "--format=patch", 404),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "status"), HOSTILE, ids=range(len(HOSTILE)))
def test_what_makes_no_sense_is_refused(
    before: str,
    after: str,
    status: int,
    served: TestClient,
    releases: tuple[Settings, Built, Built],
) -> None:
    """Unknown and malformed digests, the same one twice, other formats: a clear 400 or 404."""
    names = {
        "{a}": releases[1].digest,
        "{b}": releases[2].digest,
        "{short}": releases[1].digest[:8],
    }
    for mark, digest in names.items():
        before, after = before.replace(mark, digest), after.replace(mark, digest)
    assert_problem(served.get(f"{urls.CHANGES}/{before}/{after}"), status)


def large(folder: Path, word: str, quads: int) -> Path:
    """A snapshot's directory with many quads that have a word in them."""
    folder.mkdir()
    graph = "<https://w3id.org/comity/graph/reference/x>"
    lines = [f'<http://a/{n:06}> <http://a/p> "{word}" {graph} .\n' for n in range(quads)]
    data = "".join(lines).encode()
    about = {"digest": hashlib.sha256(data).hexdigest(), "made": None}
    (folder / "data.nq").write_bytes(data)
    (folder / "manifest.json").write_text(json.dumps(about), "utf-8")
    return folder


def test_bounds(releases: tuple[Settings, Built, Built], tmp_path: Path) -> None:
    """Too long, too large, too many: refused with the bound that was met; a patch is not cut."""
    sides = releases[1].path, releases[2].path
    huge = [large(tmp_path / word, word, MAX_STATEMENTS // 2 + 1) for word in ("a", "b")]
    some = [large(tmp_path / word, word, MAX_STATEMENTS // 2) for word in ("c", "d")]
    wide = Bounds(60, 10**8, 512)

    async def ask(
        format_: str, bounds: Bounds, pair: Sequence[Path] = sides, many: int = 1
    ) -> list[object]:
        comparing = Comparing()
        asked = [comparing.compare(*pair, format_, bounds) for _ in range(many)]
        return await asyncio.gather(*asked, return_exceptions=True)

    def kinds(found: list[object]) -> list[str]:
        for one in found:
            if hasattr(one, "close"):
                one.close()
        return ["" if hasattr(one, "close") else type(one).__name__ for one in found]

    for format_, bounds, pair, wanted in (
        ("json", Bounds(0.01, 10**7, 512), sides, "TimedOut"),
        ("json", Bounds(60, 100, 512), sides, "TooLarge"),
        ("json", wide, (Path("nowhere"), sides[1]), "SnapshotError"),
        ("text", wide, huge, "TooLarge"), ("patch", wide, huge, ""),
        ("json", wide, some, ""), ("json", replace(wide, memory=8), some, "OutOfMemory"),
    ):  # fmt: skip
        assert kinds(asyncio.run(ask(format_, bounds, pair))) == [wanted]
    crowd = asyncio.run(ask("patch", wide, many=WAITING + 1))
    assert kinds(crowd) == [*[""] * WAITING, "Overloaded"]


def test_the_catalogue_links_the_patches(
    served: TestClient, releases: tuple[Settings, Built, Built], pair: str
) -> None:
    """DCAT has the changes as a dataset, with where to get the patch; it is there."""
    said = Graph().parse(data=served.get("/catalogue").content, format="turtle")
    own = URIRef("https://w3id.org/comity" + pair)
    assert (own, RDF.type, DCAT.Dataset) in said
    assert (None, DCAT.dataset, own) in said
    release = URIRef(f"https://w3id.org/comity/snapshot/{releases[2].digest}")
    assert (release, DCTERMS.relation, own) in said
    assert (release, PROV.wasRevisionOf, None) in said
    forms = list(said.objects(own, DCAT.distribution))
    assert len(forms) == 3
    for form in forms:
        address = said.value(form, DCAT.downloadURL)
        found = served.get(str(address))
        assert found.status_code == 200
        assert str(said.value(form, DCAT.mediaType)).endswith(media_type(found))
    for property_ in (DCTERMS.title, DCTERMS.description):
        assert isinstance(said.value(own, property_), Literal)
    assert list(ox.parse(served.get("/catalogue").content, format=ox.RdfFormat.TURTLE))
