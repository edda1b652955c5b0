"""Citations of pages, queries and passages: right, escaped, and of one release."""

import html
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

import kg
from kg import downloads
from kg.downloads import Release, citation
from kg.names import BASE
from kg.settings import Settings
from kg_api import sitemap
from kg_api.routes.cite import path_of_page

PASSAGE = "jukdp-2024/semiconductors/e"
FORMS = {
    "text": "text/plain", "bibtex": "application/x-bibtex",
    "csl-json": "application/vnd.citationstyles.csl+json",
}  # fmt: skip
NASTY = [
    "R&D {100%} #1 $x_y^2 ~ \\input{a}", "<script>alert(1)</script>", 'say "x" } {{',
    "日本語の題名", "line\nend\x00\x07", "a}b", "{", "\\", "and",
]  # fmt: skip


def balanced(text: str) -> bool:
    """Whether braces pair as BibTeX counts them: a backslash before one changes nothing."""
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


def fields(entry: str) -> dict[str, str]:
    """The fields of an entry of BibTeX, without their outer braces."""
    found = re.findall(r"^  (\w+) = (.*?),?$", entry, re.MULTILINE)
    return {name: value[1:-1] if value.startswith("{") else value for name, value in found}


@pytest.mark.parametrize("given", [PASSAGE, f"source:{PASSAGE}", f"source/{PASSAGE}",
                                   f"https://w3id.org/comity/source/{PASSAGE}#hold-workshop",
                                   f"/page/source/{PASSAGE}"])  # fmt: skip
def test_a_passage(client: TestClient, given: str) -> None:
    """The report is cited, and in it the passage by its label, whichever way it is named."""
    answer = client.get("/cite", params={"passage": given})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Progress Report 2024, Semiconductors (e)" in answer.text
    assert "Japan-UK Digital Partnership: Progress Report" in answer.text
    assert "(2024)" in answer.text
    assert answer.text.rstrip().endswith("https://www.meti.go.jp/english/press/2024/0116_002.html")


def test_a_passage_in_bibtex_and_csl(client: TestClient, real_snapshot: kg.Snapshot) -> None:
    """Who publishes the copy is the publisher and no author; that both sides wrote it is noted."""
    entry = client.get("/cite", params={"passage": PASSAGE, "format": "bibtex"}).text
    assert entry.startswith("@techreport{jukdp-2024-semiconductors-e,\n")
    said = fields(entry)
    assert "author" not in said
    assert said["institution"].split("; ")[1] == "Ministry of Economy, Trade and Industry"
    assert said["chapter"] == "Progress Report 2024, Semiconductors (e)"
    assert (said["year"], said["month"]) == ("2024", "jan")
    assert said["note"].startswith("Written jointly by both sides. ")
    assert real_snapshot.digest in said["note"]
    (item,) = client.get("/cite", params={"passage": PASSAGE, "format": "csl-json"}).json()
    assert item["type"] == "report"
    assert item["issued"] == {"date-parts": [[2024, 1, 16]]}
    assert item["section"] == said["chapter"]
    assert "author" not in item
    assert item["publisher"].startswith("Digital Agency; ")
    text = client.get("/cite", params={"passage": PASSAGE}).text
    assert text.startswith("Japan-UK Digital Partnership: Progress Report (2024). Progress Report")


@pytest.mark.parametrize(
    ("name", "section"),
    [("jukdp-2024", ""), ("jukdp-2024/semiconductors", "Progress Report 2024, Semiconductors")],
)
def test_a_report_and_a_section(client: TestClient, name: str, section: str) -> None:
    """The report is cited as a whole, and a section of it by its heading."""
    (item,) = client.get("/cite", params={"passage": name, "format": "csl-json"}).json()
    assert item["title"] == "Japan-UK Digital Partnership: Progress Report"
    assert item.get("section", "") == section


def test_a_report_of_nobody_known() -> None:
    """Only evidence of two sides lets a citation say that both wrote it."""
    about = {"title": "T", "date": "2024", "url": "", "publishers": [], "joint": False}
    plain = Release("0" * 64, Path("nowhere"), {"digest": "0" * 64})
    vars(plain)["cited"] = {"titles": {"source/x": "X"}, "passages": {}, "sources": {"x": about}}
    said = citation.passage(plain, "x").write("text").decode()
    assert said == f"T (2024). Comity, release {'0' * 64}, {BASE}source/x. {BASE}source/x\n"


def test_every_passage_can_be_cited(client: TestClient, real_snapshot: kg.Snapshot) -> None:
    """Each of the 52 passages has its label, in all three forms."""
    passages = [one for one, kind in real_snapshot.graphs.items() if kind == "reported"]
    for iri in passages:
        for form in FORMS:
            answer = client.get("/cite", params={"passage": iri, "format": form})
            assert answer.status_code == 200
            assert "Progress Report 2024" in answer.text
    assert len(passages) == 52


@pytest.mark.parametrize(
    ("given", "title"),
    [("actor:mic", "Ministry of Internal Affairs and Communications"),
     ("/id/actor/mic", "Ministry of Internal Affairs and Communications"),
     ("http://testserver/page/id/actor/mic?lang=ja", "Ministry of Internal Affairs"),
     ("/data/topic/open-ran.ttl", "Open RAN"), ("ontology#Action", "action"),
     (f"/source/{PASSAGE}", "Comity's reading of Progress Report 2024, Semiconductors (e)"),
     ("source:jukdp-2024/data", "Comity's reading of Progress Report 2024, Data"),
     ("source:jukdp-2024", "Comity's reading of Progress Report 2024"),
     ("/", "Comity: a knowledge graph of bilateral digital cooperation"), ("", "Comity")],
)  # fmt: skip
def test_a_page(client: TestClient, real_snapshot: kg.Snapshot, given: str, title: str) -> None:
    """A page by address, path, IRI or CURIE: its title, its IRI, the release."""
    (item,) = client.get("/cite", params={"page": given, "format": "csl-json"}).json()
    assert title in item["title"]
    assert item["author"] == [{"literal": "Comity maintainers"}]
    assert item["URL"].startswith("https://w3id.org/comity/")
    assert real_snapshot.digest in item["version"]


def test_every_page_can_be_cited(client: TestClient, real_snapshot: kg.Snapshot) -> None:
    """Each page of the sitemap, in either language, has its title and an address of its own."""
    paths = sitemap.paths(real_snapshot)
    seen = set()
    for lang, some in (("/en", paths), ("/ja", paths[:12])):
        for path in some:
            answer = client.get("/cite", params={"page": lang + path, "format": "csl-json"})
            assert answer.status_code == 200, path
            (item,) = answer.json()
            assert item["title"]
            if lang == "/en":
                seen.add(item["id"])
    assert len(seen) == len(paths)


@pytest.mark.parametrize(
    ("given", "title", "address"),
    [("/commitments", "Commitments", "http://testserver/commitments"),
     ("http://testserver/ja/search?q=METI", "Search: METI", "http://testserver/search?q=METI"),
     ("/browse/actors?country=japan", "Actors", "http://testserver/browse/actors?country=japan"),
     ("/pair", "Japan and the United Kingdom", "http://testserver/pair/japan-united-kingdom"),
     ("date:2022", "2022", f"{BASE}id/date/2022"),
     ("/stats", "What the release holds, counted", "http://testserver/stats"),
     ("/changes", "Changes", "http://testserver/changes"),
     ("/queries/topic?topic=data", "Claims under a topic, with the words",
      "http://testserver/queries/topic?topic=data")],
)  # fmt: skip
def test_a_page_of_the_service(client: TestClient, given: str, title: str, address: str) -> None:
    """What is about no named thing is cited as it is shown, with what was chosen on it."""
    (item,) = client.get("/cite", params={"page": given, "format": "csl-json"}).json()
    assert (item["title"], item["URL"], item["type"]) == (title, address, "webpage")
    assert client.get(address.replace(BASE, "/")).status_code in (200, 303)


def test_a_query(client: TestClient, real_snapshot: kg.Snapshot) -> None:
    """The address holds the query and the release, and answers it."""
    text = 'SELECT * { ?a comity:name "R&D 100% #1" } LIMIT 1'
    answer = client.get("/cite", params={"query": text, "format": "csl-json"})
    url = urlsplit(answer.json()[0]["URL"])
    assert parse_qs(url.query) == {"query": [text], "release": [real_snapshot.digest]}
    assert client.get(f"{url.path}?{url.query}").status_code == 200
    (item,) = client.get("/cite?query=commitments&format=csl-json").json()
    assert item["title"] == "What was undertaken, by whom, in which words"
    assert item["URL"].endswith(f"/queries/commitments?release={real_snapshot.digest}")


def test_openapi_names_what_can_be_cited(client: TestClient) -> None:
    """Every parameter is described, and every example of one is cited."""
    said = client.get("/openapi.json").json()["paths"]["/cite"]["get"]["parameters"]
    assert [one["name"] for one in said] == ["page", "query", "passage", "release", "format"]
    for one in said[:3]:
        given = {one["name"]: one["examples"]["one"]["value"]}
        assert client.get("/cite", params=given).status_code == 200


def test_a_named_query_with_values(client: TestClient, real_snapshot: kg.Snapshot) -> None:
    """What is cited is the answer that was asked for: the address has the values, and answers."""
    given = {"query": "topic", "topic": "半導体", "lang": "ja", "format": "csl-json"}
    (item,) = client.get("/cite", params=given).json()
    url = urlsplit(item["URL"])
    values = {"topic": ["半導体"], "lang": ["ja"]}
    assert parse_qs(url.query) == {**values, "release": [real_snapshot.digest]}
    assert item["note"] == "Query: topic, topic: 半導体, lang: ja"
    answer = client.get(f"{url.path}?{url.query}").json()
    assert answer["parameters"] == values
    assert answer["rows"]


def test_what_is_no_query_is_told(client: TestClient) -> None:
    """A name that no query has is told with those near it, a parameter with those there are."""
    assert "Near it: commitments" in client.get("/cite?query=comitments").json()["detail"]
    said = client.get("/cite?iri=actor:mic").json()["detail"]
    assert said == "No parameter 'iri' here: there are page, query, passage, release, format."
    assert "topic" in client.get("/cite?query=topic&x=1").json()["detail"]


def test_keys_tell_what_is_cited_apart(client: TestClient, real: Settings) -> None:
    """No two entries of one bibliography have one key, which BibTeX compares without case."""
    texts = ["commitments", "topic", "ASK{}", "ASK{ }", "topic&topic=data", "topic&topic=open-ran"]
    entries = [client.get(f"/cite?query={one}&format=bibtex").text for one in texts]
    keys = [one.partition("{")[2].partition(",")[0] for one in entries]
    (item,) = client.get("/cite?query=ASK{}&format=csl-json").json()
    assert item["id"] == keys[2]
    assert keys[0].endswith("-query-commitments")
    release = downloads.releases(real)[0]
    keys += [citation.page(release, path).key for path in release.cited["titles"]]
    assert len({one.lower() for one in keys}) == len(keys) > 400


def test_the_dataset(client: TestClient, real_snapshot: kg.Snapshot) -> None:
    """Without a subject the dataset is cited, at the release that is served or asked for."""
    for path in ("/cite", f"/cite?release={real_snapshot.digest}"):
        answer = client.get(path)
        assert real_snapshot.digest in answer.text
        assert answer.headers["comity-release"] == real_snapshot.digest


@pytest.mark.parametrize(("form", "media_type"), FORMS.items())
def test_forms(client: TestClient, form: str, media_type: str) -> None:
    """By Accept as by `format=`; caches are told."""
    named = client.get(f"/cite?format={form}")
    asked = client.get("/cite", headers={"Accept": media_type})
    assert named.content == asked.content
    assert asked.headers["content-type"].split(";")[0] == media_type
    assert "accept" in asked.headers["vary"].lower()
    tag = {"If-None-Match": asked.headers["etag"], "Accept": media_type}
    assert client.get("/cite", headers=tag).status_code == 304


@pytest.mark.parametrize(
    ("query", "status"),
    [("?passage=jukdp-2024/nothing/z", 404), ("?passage=../../etc/passwd", 404),
     ("?page=/id/actor/nobody", 404), ("?passage=", 400), ("?query=", 400),
     ("?page=actor:mic&query=commitments", 400), ("?page=a&page=b", 400),
     (f"?release={'0' * 64}", 404), ("?release=../x", 404), ("?release=a&release=b", 400),
     ("?format=exe", 406), ("?page=actor:%20%3C%3E", 400), ("?iri=actor:mic", 400),
     ("?of=actor:mic", 400), ("?page=actor:mic&actor=METI", 400), ("?query=nosuchname", 404),
     ("?query=nothing%20like%20it", 400),
     ("?query=DROP%20ALL", 403),
     ("?page=/nothing", 404), ("?page=/browse/nothing", 404), ("?page=/cite", 404),
     ("?page=/commitments%3Factor%3Dnobody-at-all", 400), ("?page=/id/date/1066", 404),
     ("?query=commitments&nobody=METI", 400), ("?query=topic&topic=nosuchtopic", 400)],
)  # fmt: skip
def test_refusals(client: TestClient, query: str, status: int) -> None:
    """What there is not, and what makes no sense, is a problem."""
    answer = client.get(f"/cite{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


# --- escaping ------------------------------------------------------------------------------------


def cited(text: str) -> citation.Citation:
    """A citation with a text wherever there is one."""
    return citation.Citation(
        key="k", type="report", title=text, authors=(text, "B and C"), issued=(2024,),
        url="http://example.org/?a={b}\\", publisher=text, version=text, container=text,
        section=text, note=text,
    )  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_bibtex_cannot_be_broken(text: str) -> None:
    """Whatever the text holds, there is one entry, its braces pair, and TeX is told nothing."""
    entry = cited(text).write("bibtex").decode()
    assert balanced(entry)
    assert entry.count("@") == 1
    assert len(entry.splitlines()) == len(fields(entry)) + 2
    title = fields(entry)["title"]
    assert not re.search(r"(?<!\\)[&%$#_]", title)
    assert "\\input" not in title
    assert fields(entry)["author"].endswith(" and {B and C}")


@pytest.mark.parametrize("text", NASTY)
def test_csl_is_json_without_markup(text: str) -> None:
    """CSL-JSON may hold a few HTML tags in its text, so what looks like one is escaped."""
    (item,) = json.loads(cited(text).write("csl-json"))
    assert "<" not in item["title"]
    assert item["URL"] == "http://example.org/?a={b}\\"


@pytest.mark.parametrize("text", NASTY)
def test_text_is_one_line(text: str) -> None:
    """Plain text is a line, whatever control characters came in."""
    written = cited(text).write("text").decode()
    assert written.count("\n") == 1
    assert "\x00" not in written


def test_a_query_may_hold_anything(client: TestClient) -> None:
    """What is cited comes back escaped, also from the address."""
    for nasty in NASTY:
        text = "ASK {} # " + nasty.replace("\n", "\n# ")
        for form in FORMS:
            answer = client.get("/cite", params={"query": text, "format": form})
            assert answer.status_code == 200
            if form == "bibtex":
                assert balanced(answer.text)


def test_releases_without_labels() -> None:
    """A release from before there were citations has no passage to cite, and says so."""
    manifest = {"digest": "0" * 64, "made": "2026-01-01T00:00:00+00:00", "version": "1",
                "sources": []}  # fmt: skip
    old = Release("0" * 64, Path("nowhere"), manifest)
    with pytest.raises(kg.errors.NotFound):
        citation.passage(old, PASSAGE)
    assert "2026" in citation.page(old, "/").write("text").decode()


def test_paths_of_pages() -> None:
    """Fragments of terms stay, languages and suffixes go."""
    assert path_of_page("comity:Action") == "ontology#Action"
    assert path_of_page("/data/source/jukdp-2024/data/a") == "source/jukdp-2024/data/a"
    assert path_of_page("https://elsewhere.example/page/topic/data.html") == "topic/data"


# --- what the pages offer ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["", "/semiconductors", "/semiconductors/e", "/digital-infrastructure-technologies"]
)
def test_pages_of_the_report_cite_it_first(client: TestClient, path: str) -> None:
    """The report's own record comes before Comity's, which is titled as a reading of it."""
    found = re.findall(
        r'href="(/cite[^"]*format=csl-json)"', client.get(f"/en/page/source/jukdp-2024{path}").text
    )
    (report,), (own,) = (client.get(html.unescape(one)).json() for one in found)
    assert (report["type"], own["type"]) == ("report", "webpage")
    assert "author" not in report
    assert own["title"].startswith("Comity's reading of Progress Report 2024")
    for lang, said in {"en": "Written jointly by both sides. ", "ja": "双方の共同執筆。"}.items():
        text = html.unescape(client.get(f"/{lang}/page/source/jukdp-2024{path}").text)
        boxes = re.findall(r'<p class="citebox">(.*?)</p>', text)
        assert said in boxes[0]
        assert boxes[1].startswith("Comity")
        assert len(boxes) == 2


def test_other_pages_have_one_record(client: TestClient) -> None:
    """What is no report has Comity's record alone."""
    text = client.get("/en/page/id/actor/mic").text
    assert text.count('class="citebox"') == 1
    assert "/cite?page=" in text
