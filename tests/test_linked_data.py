"""Linked data: every IRI of the project answers by its path, in every form, or says why not."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pyoxigraph as ox
import pytest
import rdflib
from httpx2 import Response
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from asking import assert_answers, assert_problem, media_type
from conftest import PREFIXES as TURTLE
from conftest import quick_build, write_project
from kg import document, formats, jsonld, resource, sources
from kg import snapshot as snapshots
from kg.names import BASE, PREFIXES
from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api import site, urls
from kg_api.app import create_app
from kg_api.routes.data import split

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
# one of each kind of thing and of graph
THINGS = (
    "id/actor/mic", "id/instrument/hiroshima-accord", "id/initiative/hiroshima-ai-process",
    "id/event/ai-safety-summit", "id/document/state-of-the-science-report", "id/act/cooperate",
    "id/role/member", "id/status/achieved", "id/modality/will", "id/date/2023-02",
    "id/instrument-type/accord", "id/scheme/acts", "topic/open-ran", "source/jukdp-2024",
    "source/jukdp-2024/data", "source/jukdp-2024/data/a", "source/jukdp-2024/notes/3",
    "graph/reported", "graph/evidence", "graph/reference", "graph/derived",
    "graph/evidence/jukdp-2024", "graph/reference/register-actor", "graph/derived/party",
    "ontology", "ontology/0.1.0", "ontology/alignments", "ontology/alignments/0.1.0",
    "maintainers",
)  # fmt: skip
LINK = re.compile(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?')


def links(response: Response) -> dict[str, list[tuple[str, str]]]:
    """Addresses and media types of an answer's header `Link`, by relation."""
    found: dict[str, list[tuple[str, str]]] = {}
    for address, rel, type_ in LINK.findall(response.headers["link"]):
        found.setdefault(rel, []).append((address, type_))
    return found


def read(response: Response, suffix: str) -> set[ox.Quad]:
    """The quads of an answer."""
    return set(ox.parse(response.content, format=urls.format_of(suffix).rdf))


def triples(quads: set[ox.Quad]) -> set[ox.Triple]:
    """The triples of some quads."""
    return {quad.triple for quad in quads}


def ours(snapshot: Snapshot) -> dict[str, set[str]]:
    """Every document IRI of ours that the graph speaks of, with its fragments."""
    found: dict[str, set[str]] = {}
    for quad in snapshot.quads():
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, ox.NamedNode) and term.value.startswith(BASE):
                found.setdefault(term.value.partition("#")[0], set()).add(term.value)
    return found


class Page(HTMLParser):
    """The links, ids and elements of a page, whose elements must be closed in order."""

    VOID = frozenset({"meta", "link", "br", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.seen: set[str] = set()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        assert not [one for one in named if one.startswith("on") or one == "style"]
        self.seen.add(tag)
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if named.get("href"):
            self.hrefs.append(str(named["href"]))
        if tag == "script":
            # what runs is a file of this host; what stands in the page is data
            data = named.get("type") in ("application/ld+json", "application/json")
            assert data or str(named.get("src")).startswith("/static/")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


# --- from a thing to a document ----------------------------------------------------------------


@pytest.mark.parametrize("path", THINGS)
def test_every_kind_of_thing(client: TestClient, path: str) -> None:
    """A thing answers 303: to its page for browsers, to RDF that speaks of it for programs."""
    thing = client.get(f"/{path}", headers={"Accept": BROWSER})
    assert (thing.status_code, thing.headers["location"]) == (303, f"/page/{path}")
    page = client.get(thing.headers["location"])
    assert (page.status_code, media_type(page)) == (200, "text/html")
    thing = client.get(f"/{path}", headers={"Accept": "text/turtle"})
    assert (thing.status_code, thing.headers["location"]) == (303, f"/data/{path}.ttl")
    assert "Accept" in thing.headers["vary"]
    data = client.get(thing.headers["location"])
    assert (data.status_code, media_type(data)) == (200, "text/turtle")
    named = {term.value for quad in read(data, "ttl") for term in (quad.subject, quad.object)
             if isinstance(term, ox.NamedNode)}  # fmt: skip
    assert BASE + path in named


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        (None, "ttl"),
        ("*/*", "ttl"),
        (BROWSER, "html"),
        ("text/html", "html"),
        ("application/xhtml+xml", "html"),
        ("text/html, */*", "html"),
        ("text/html;q=0.3, application/ld+json;q=0.7", "jsonld"),
        ("text/html;q=0, */*", "ttl"),
        ("text/html;q=0.9, text/turtle", "ttl"),
        ("text/turtle;q=0.5, application/trig", "trig"),
        ("application/n-quads", "nq"),
        ("application/n-triples", "nt"),
        ("text/plain", "nt"),
        ("application/rdf+xml, text/html;q=0.5", "rdf"),
        ("application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1", "rdf"),
        ("application/xml", "rdf"),
        ("application/ld+json", "jsonld"),
        ("application/json", "json"),
        ("image/png, */*;q=0.1", "ttl"),
        ("TEXT/HTML ; q = 1", "html"),
    ],
)
def test_negotiation(client: TestClient, accept: str | None, suffix: str) -> None:
    """Accept decides between the page and each format of RDF."""
    request = client.build_request("GET", "/id/actor/mic")
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    expected = "/page/id/actor/mic" if suffix == "html" else f"/data/id/actor/mic.{suffix}"
    assert client.send(request).headers["location"] == expected


@pytest.mark.parametrize("suffix", [*urls.SUFFIXES, "html"])
def test_suffix_and_format_go_before_accept(client: TestClient, suffix: str) -> None:
    """An address that names its format answers with it, whatever Accept says."""
    expected = "/page/id/actor/mic" if suffix == "html" else f"/data/id/actor/mic.{suffix}"
    for address in (f"/id/actor/mic.{suffix}", f"/id/actor/mic?format={suffix}"):
        response = client.get(address, headers={"Accept": "image/png"})
        assert (response.status_code, response.headers["location"]) == (303, expected)
    assert client.get("/id/actor/mic?format=text/turtle").headers["location"].endswith(".ttl")
    body = assert_problem(client.get("/id/actor/mic?format=exe"), 400)
    assert body["available"] == [*urls.SUFFIXES, "html"]


@pytest.mark.parametrize("path", ["/id/actor/mic", "/data/id/actor/mic"])
def test_nothing_acceptable(client: TestClient, path: str) -> None:
    """A client that accepts none of the formats is told which there are."""
    body = assert_problem(client.get(path, headers={"Accept": "image/png"}), 406)
    assert "text/turtle" in body["available"]
    assert ("text/html" in body["available"]) is path.startswith("/id")


def test_versions_are_no_suffixes() -> None:
    """Only the name of a format is taken off an address."""
    assert split("/ontology/0.1.0") == ("/ontology/0.1.0", None)
    assert split("/ontology/0.1.0.ttl") == ("/ontology/0.1.0", "ttl")
    assert split("/id/.ttl") == ("/id/.ttl", None)


# --- the document ------------------------------------------------------------------------------


# rdflib warns of itself when it parses a format that may hold graphs
@pytest.mark.filterwarnings(r"ignore::DeprecationWarning:rdflib\..*")
@pytest.mark.parametrize("path", ["id/actor/mic", "source/jukdp-2024/data/a", "ontology"])
def test_every_format_says_the_same(client: TestClient, path: str) -> None:
    """All suffixes give the same triples, to pyoxigraph and to rdflib alike."""
    expected = triples(read(client.get(f"/data/{path}.nt"), "nt"))
    for suffix in urls.SUFFIXES:
        response = client.get(f"/data/{path}.{suffix}")
        assert media_type(response) == urls.media_type(suffix)
        assert response.headers["content-location"] == f"/data/{path}.{suffix}"
        assert triples(read(response, suffix)) == expected
        name = {"ttl": "turtle", "rdf": "xml", "nq": "nquads", "jsonld": "json-ld"}
        name["json"] = "json-ld"
        graph = rdflib.Dataset(default_union=True)
        graph.parse(data=response.content, format=name.get(suffix, suffix))
        assert len(set(graph.triples((None, None, None)))) == len(expected)


def test_statements_stand_in_their_graphs(client: TestClient, real_snapshot: Snapshot) -> None:
    """In quads each statement is in the graph that says it, the document's in its own."""
    found = read(client.get("/data/id/actor/mic.nq"), "nq")
    own = ox.NamedNode(f"{BASE}data/id/actor/mic")
    assert {quad for quad in found if quad.graph_name != own} <= set(real_snapshot.quads())
    about = {quad.predicate.value: quad.object.value for quad in found if quad.graph_name == own}
    assert about[PREFIXES["foaf"] + "primaryTopic"] == BASE + "id/actor/mic"
    assert about[PREFIXES["dct"] + "license"] == urls.LICENCE
    assert read(client.get("/data/id/actor/mic.trig"), "trig") == found


def test_a_description_explains_itself(client: TestClient, real_snapshot: Snapshot) -> None:
    """Both directions, the claims in full, their passages, and a label of all that is named."""
    found = read(client.get("/data/id/actor/mic.nq"), "nq")
    node = ox.NamedNode(BASE + "id/actor/mic")
    stored = set(real_snapshot.quads())
    assert {quad for quad in stored if node in (quad.subject, quad.object)} <= found
    for claim in {q.subject for q in found if q.object == node and "#" in str(q.subject)}:
        assert {quad for quad in stored if quad.subject == claim
                and str(quad.graph_name).startswith(f"<{BASE}source/")} <= found  # fmt: skip
    cited = {q.subject for q in found if q.predicate.value.endswith("#citationLabel")}
    passages = {q.graph_name for q in found if str(q.graph_name).startswith(f"<{BASE}source/")}
    assert passages
    assert passages <= cited
    label = ox.NamedNode(PREFIXES["rdfs"] + "label")
    labelled = {quad.subject for quad in stored if quad.predicate == label}
    named = {t for q in found for t in (q.subject, q.object) if isinstance(t, ox.NamedNode)}
    assert named & labelled == {q.subject for q in found if q.predicate == label}


def test_a_graph_gives_its_content(client: TestClient, real_snapshot: Snapshot) -> None:
    """A graph's IRI, and a kind's, give all that stands in it, without anything being cut."""
    for path in ("graph/reported", "graph/reference/register-actor", "source/jukdp-2024/data/a",
                 "id/scheme/acts", "ontology"):  # fmt: skip
        response = client.get(f"/data/{path}.nq")
        graphs = real_snapshot.expand_graphs([BASE + path])
        content = {q for q in real_snapshot.quads() if getattr(q.graph_name, "value", "") in graphs}
        assert content
        assert content <= read(response, "nq")
        assert "comity-truncated" not in response.headers


def test_the_ontology_is_its_graph(client: TestClient, real_snapshot: Snapshot) -> None:
    """Whoever loads the ontology gets its statements, not those about its use; by version too."""
    node = ox.NamedNode(BASE + "ontology")
    content = {quad.triple for quad in real_snapshot.engine.quads(graph=node)}
    for path in ("ontology", "ontology/0.1.0"):
        found = triples(read(client.get(f"/data/{path}.ttl"), "ttl"))
        document_ = ox.NamedNode(f"{BASE}data/{path}")
        extra = {one for one in found - content if one.subject != document_}
        assert content <= found
        assert {one.subject.value for one in extra} <= {BASE + "ontology"}
    versioned = client.get("/data/ontology/0.1.0.ttl")
    assert links(versioned)["latest-version"] == [("/data/ontology.ttl", "")]
    assert_problem(client.get("/ontology/9.9.9"), 404)


def test_fragments_come_with_their_document(client: TestClient, real_snapshot: Snapshot) -> None:
    """Every fragment that the graph speaks of is in the document of its address."""
    for iri, inside in ours(real_snapshot).items():
        found = document.document(real_snapshot, iri, limit=10**6)
        said = {quad.subject for quad in found.quads} | {quad.object for quad in found.quads}
        graphs = {quad.graph_name for quad in found.quads}
        assert {ox.NamedNode(one) for one in inside} <= said | graphs
    page = Page(client.get("/page/source/jukdp-2024/data/a").text)
    assert {"collaborate", "international-partners", "iap-purpose"} <= set(page.ids)
    terms = Page(client.get("/page/ontology").text)
    assert {"Action", "counterpart", "Discrepancy"} <= set(terms.ids)
    for found_page in (page, terms):
        assert len(found_page.ids) == len(set(found_page.ids))


def test_every_link_resolves(client: TestClient, real_snapshot: Snapshot) -> None:
    """All IRIs of ours in all descriptions, and all addresses in all headers, have an answer."""
    everything = ours(real_snapshot)
    asked: set[str] = set()
    for iri in everything:
        assert urls.is_ours(iri)
        thing = client.get(urls.thing(iri))
        assert thing.status_code == 303, iri
        data = client.get(thing.headers["location"])
        assert data.status_code == 200, iri
        asked |= {address for found in links(thing).values() for address, _ in found}
        asked |= {address for found in links(data).values() for address, _ in found}
        for quad in read(data, "ttl"):
            for term in (quad.subject, quad.object):
                if isinstance(term, ox.NamedNode) and term.value.startswith(BASE):
                    asked.add(term.value.partition("#")[0])
    known = set(everything)
    # each IRI and its Turtle were asked above, the other formats of each are alike: some of them
    for address in sorted({a.removeprefix(BASE.rstrip("/")) for a in asked - known}):
        if address.startswith("/") and (hash(address) % 5 == 0 or not address.startswith("/data/")):
            assert client.get(address).status_code in (200, 303), address


def test_every_page_is_well_formed(client: TestClient, real_snapshot: Snapshot) -> None:
    """All pages: elements closed, no script and no style inside, links that this host answers."""
    things = set(ours(real_snapshot))
    known = things | {f"{BASE}graph/{kind}" for kind in sources.KINDS}
    for iri in sorted(things):
        response = client.get(urls.page(iri))
        assert response.status_code == 200, iri
        page = Page(response.text)
        assert not page.seen & {"style", "iframe", "img"}
        assert {"h1", "main", "title"} <= page.seen
        for href in page.hrefs:
            place = urlsplit(href)
            if place.path.startswith("/en/page/"):
                assert BASE + place.path.removeprefix("/en/page/") in known, (iri, href)
            assert place.scheme in ("", "http", "https")
        policy = response.headers["content-security-policy"]
        assert policy == site.POLICY.format(ancestors="'none'")


def test_what_a_page_shows(client: TestClient) -> None:
    """Words, the place they stand in, what is stated and what is coded, other readings."""
    text = client.get("/page/id/actor/dsit").text
    for shown in ("Department for Science, Innovation and Technology", "<blockquote", ">Coded: ",
                  ">Stated: ", "Progress Report 2024, Data (a)", ">Other reading<"):  # fmt: skip
        assert shown in text
    japanese = client.get("/page/id/actor/mic?lang=ja")
    assert "<h1>総務省</h1>" in japanese.text
    assert japanese.headers["content-language"] == "ja"
    assert client.get("/ja/page/id/actor/mic").text == japanese.text
    assert_problem(client.get("/page/id/actor/mic?lang=<b>"), 400)
    ontology = client.get("/page/ontology").text
    assert "Claim that somebody did, does, will do or means to do something." in ontology


def test_link_header(client: TestClient) -> None:
    """A document names its other forms, its canonical address, its thing and its licence."""
    response = client.get("/data/id/actor/mic.ttl")
    found = links(response)
    assert found["canonical"] == [(f"{BASE}data/id/actor/mic.ttl", "")]
    assert found["describes"] == [(f"{BASE}id/actor/mic", "")]
    assert found["license"] == [(urls.LICENCE, "")]
    assert found["describedby"] == [(urls.VOID, "")]
    assert {type_ for _, type_ in found["alternate"]} == {
        *(urls.media_type(one) for one in urls.SUFFIXES if one != "ttl"), "text/html",
    }  # fmt: skip
    for address, type_ in found["alternate"]:
        assert media_type(client.get(address)) == type_
    page = links(client.get("/page/id/actor/mic"))
    assert page["describedby"] == [("/data/id/actor/mic.ttl", "text/turtle")]
    assert len(page["alternate"]) == len(urls.SUFFIXES)
    thing = links(client.get("/id/actor/mic"))
    assert thing["describedby"] == [("/data/id/actor/mic.ttl", "")]


def test_documents_are_asked_for_again(client: TestClient) -> None:
    """RDF and pages have validators; who has them gets 304; HEAD is GET without a body."""
    for address in ("/data/id/actor/mic.ttl", "/data/id/actor/mic", "/page/id/actor/mic"):
        first = client.get(address)
        assert first.headers["etag"]
        assert first.headers["last-modified"]
        assert first.headers["comity-release"]
        again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        last = first.headers["last-modified"]
        assert client.get(address, headers={"If-Modified-Since": last}).status_code == 304
        old = {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}
        assert client.get(address, headers=old).status_code == 200
        # the tag goes before the date
        both = {"If-None-Match": '"x"', "If-Modified-Since": last}
        assert client.get(address, headers=both).status_code == 200
        head = client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == first.headers["etag"]
    assert client.head("/id/actor/mic").status_code == 303


def test_descriptions_of_a_release(client: TestClient, real_snapshot: Snapshot) -> None:
    """A release that is asked for is the one that answers, on the way and at its end; or 404."""
    digest = real_snapshot.digest
    for address in ("/id/actor/mic", "/data/id/actor/mic.ttl", "/page/id/actor/mic"):
        assert client.get(f"{address}?release={'0' * 64}").status_code == 404
    way = client.get(f"/id/actor/mic.ttl?release={digest}")
    assert way.headers["location"] == f"/data/id/actor/mic.ttl?release={digest}"
    assert client.get(way.headers["location"]).headers["comity-release"] == digest


def test_public_address(real: Settings, real_snapshot: Snapshot) -> None:
    """Documents are named under KG_PUBLIC_URL, things under w3id, whatever Host says."""
    public = "https://comity.example.org/graph/"
    settings = Settings(real.project, real.snapshots, public_url=public)
    with TestClient(create_app(settings, real_snapshot), follow_redirects=False) as opened:
        response = opened.get("/data/id/actor/mic.nq", headers={"Host": "evil.example"})
        assert b"evil.example" not in response.content
        assert links(response)["canonical"] == [(f"{public}data/id/actor/mic.nq", "")]
        graphs = {quad.graph_name for quad in read(response, "nq")}
        assert ox.NamedNode(f"{public}data/id/actor/mic") in graphs
        thing = opened.get("/id/actor/mic", headers={"Host": "evil.example"})
        assert thing.headers["location"] == "/data/id/actor/mic.ttl"


# --- what is cut is announced ------------------------------------------------------------------


@pytest.fixture
def narrow(real: Settings, real_snapshot: Snapshot) -> Iterator[TestClient]:
    """A service that gives ten statements about a thing at a time."""
    settings = Settings(real.project, real.snapshots, describe_limit=10)
    with TestClient(create_app(settings, real_snapshot), follow_redirects=False) as opened:
        yield opened


def test_pages_of_a_description(narrow: TestClient, real_snapshot: Snapshot) -> None:
    """What does not fit is announced by header, link and statement; all pages make the whole."""
    address, whole, pages = "/data/id/actor/mic.nq", set(), 0
    total = document.document(real_snapshot, f"{BASE}id/actor/mic").total
    while address:
        response = narrow.get(address)
        pages += 1
        last = min(pages * 10, total)
        said = f"statements {pages * 10 - 9} to {last} of {total}"
        assert response.headers["comity-truncated"] == said
        found = read(response, "nq")
        assert any(getattr(q.object, "value", "") == said.capitalize() for q in found)
        whole |= found
        following = links(response).get("next", [("", "")])
        address = following[0][0]
        stated = {q.object.value for q in found if q.predicate.value.endswith("vocab#next")}
        assert stated == ({f"{BASE}data/id/actor/mic?page={pages + 1}"} if address else set())
    assert pages == -(-total // 10) > 1
    node = ox.NamedNode(BASE + "id/actor/mic")
    stored = {q for q in real_snapshot.quads() if node in (q.subject, q.object)}
    assert stored <= whole
    assert_problem(narrow.get(f"/data/id/actor/mic?page={pages + 1}"), 404)


def test_pages_of_a_page(narrow: TestClient, real_snapshot: Snapshot) -> None:
    """The claims of a page come in parts, with links both ways."""
    first = narrow.get("/page/id/actor/dsit")
    claims = resource.describe(real_snapshot, f"{BASE}id/actor/dsit").claims_total
    assert first.headers["comity-truncated"] == f"page 1 of {-(-claims // 10)}"
    assert first.text.count("<blockquote") <= 10
    assert 'href="/en/page/id/actor/dsit?page=2"' in first.text
    second = narrow.get("/page/id/actor/dsit?page=2")
    assert 'href="/en/page/id/actor/dsit"' in second.text
    assert_problem(narrow.get("/page/id/actor/dsit?page=99"), 404)


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "99999999999999999999", ""])
def test_bad_pages(client: TestClient, page: str) -> None:
    """A page that is no number is the client's mistake."""
    assert_problem(client.get(f"/data/id/actor/mic?page={page}"), 400)
    assert_problem(client.get(f"/page/id/actor/mic?page={page}"), 400)


# --- what is not there -------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/data", "/page"])
def test_not_found_in_the_form_asked_for(client: TestClient, prefix: str) -> None:
    """Browsers get a page, everybody else a problem, and RDF clients too get 404."""
    path = f"{prefix}/id/actor/nobody"
    for accept in ("*/*", "text/turtle", "application/ld+json"):
        assert_problem(client.get(path, headers={"Accept": accept}), 404)
    response = client.get(path, headers={"Accept": BROWSER})
    assert (response.status_code, media_type(response)) == (404, "text/html")
    Page(response.text)


HOSTILE = (
    "/id", "/id/", "/id/actor", "/id/actor/", "/id/actor/mic/", "/id//actor/mic", "/topic/",
    "/id/../../etc/passwd", "/id/%2e%2e/%2e%2e/etc/passwd", "/id/..%2f..%2fetc%2fpasswd",
    "/id/%00", "/id/actor/mic%00.ttl", "/id/actor/mic%0d%0aSet-Cookie:%20a=b", "/source/%ff%fe",
    "/id/actor/%F0%9F%92%A9", "/id/actor/%E2%80%AE", "/id/%7B%7B7*7%7D%7D", "/id/<script>",
    "/id/actor/mic%3Cscript%3E", "/id/%20", "/id/%5C", "/id/%5E%60%7C", "/id/'%22()", "/id/%25",
    "/id/" + "x" * 5000, "/id/" + "a/" * 3000, "/id/.ttl", "/id/actor/.html", "/ontologyx",
    "/ontology/", "/ontology/..", "/ontology/0.1.0/", "/graphql", "/graph/nothing", "/identity",
    "/source/jukdp-2024/data/zz", "/id/act/%23", "/id/actor/mic%23x", "/nowhere", "/maintainersx",
    "/id/date/2023-13-99", "/id/act/cooperate.ttl.ttl",
)  # fmt: skip


def raw_get(client: TestClient, path: str) -> tuple[int, dict[bytes, bytes], bytes]:
    """The answer to a path exactly as it is: clients tidy dots and spaces away."""
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": unquote(path), "raw_path": path.encode(), "root_path": "", "query_string": b"",
        "headers": [(b"host", b"testserver")], "server": ("testserver", 80),
        "client": ("testclient", 1),
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        await client.app(scope, receive, send)

    assert client.portal is not None
    client.portal.call(run)
    body = b"".join(one.get("body", b"") for one in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


@pytest.mark.parametrize("path", HOSTILE)
@pytest.mark.parametrize("prefix", ["", "/data", "/page"])
def test_hostile_paths(client: TestClient, prefix: str, path: str) -> None:
    """No path of a thing that is not there gives anything but 404, nor a header of the client's."""
    status, headers, body = raw_get(client, prefix + path)
    assert status == 404
    assert headers[b"content-type"] == b"application/problem+json"
    assert b"set-cookie" not in headers
    assert len(body) < 2000
    assert_answers(client)


@hypothesis_settings(max_examples=60, deadline=None)
@given(path=st.text(max_size=60), query=st.text(max_size=30))
def test_any_path_and_query(path: str, query: str) -> None:
    """Any text as a path, any text as parameters: answered or refused."""
    for prefix in ("/id/", "/data/", "/page/", "/ontology"):
        params = {"format": query, "page": query, "lang": query}
        response = CLIENT.get(prefix + quote(path, safe=""), params=params)
        assert response.status_code in (303, 400, 404, 406)


CLIENT: TestClient


@pytest.fixture(autouse=True, scope="module")
def opened(client: TestClient) -> None:
    """The client for the property test, which hypothesis runs many times over."""
    global CLIENT
    CLIENT = client


# --- what was there ----------------------------------------------------------------------------

FORMER = """\
@base <https://w3id.org/comity/graph/reference/former> .
@prefix actor: <https://w3id.org/comity/id/actor/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
actor:posts dct:isReplacedBy actor:telecoms .
actor:telecoms dct:isReplacedBy actor:mod .
actor:abroad dct:isReplacedBy <https://example.org/elsewhere> .
actor:mistake owl:deprecated true .
actor:hen dct:isReplacedBy actor:egg .
actor:egg dct:isReplacedBy actor:hen .
"""
HOSTILE_LABEL = """<script>alert("x")</script>' onmouseover=alert(1) &amp; ]]>"""


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service over the small project, with things of an earlier release and a hostile name."""
    folder = tmp_path_factory.mktemp("former")
    project = write_project(folder / "project")
    (project / "data/reference/former.ttl").write_text(FORMER, "utf-8")
    named = json.dumps(HOSTILE_LABEL)
    (project / "data/reference/hostile.ttl").write_text(
        f"@base <{BASE}graph/reference/hostile> .\n{TURTLE}"
        f"actor:hostile a comity:Company ; skos:prefLabel {named}@en ;\n"
        f'    dct:source <javascript:alert(1)>, <https://example.org/?a="b"> .\n'.replace(
            '"b"', "%22b%22"
        ),
        "utf-8",
    )
    settings = Settings(project=project, snapshots=folder / "snapshots")
    quick_build(settings)
    app = create_app(settings, snapshots.open(settings=settings))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def test_what_was_renamed_is_redirected(invented: TestClient) -> None:
    """301 to what replaces a thing, at once to the last of a chain, from things and documents."""
    for name in ("posts", "telecoms"):
        for address, there in (
            (f"/id/actor/{name}", "/id/actor/mod"),
            (f"/data/id/actor/{name}.ttl", "/data/id/actor/mod.ttl"),
            (f"/page/id/actor/{name}", "/page/id/actor/mod"),
        ):
            response = invented.get(address)
            assert (response.status_code, response.headers["location"]) == (301, there)
            assert links(response)["successor-version"] == [(f"{BASE}id/actor/mod", "")]
    moved = invented.get("/ja/page/id/actor/posts")
    assert (moved.status_code, moved.headers["location"]) == (301, "/ja/page/id/actor/mod")
    assert "移動しました" in moved.text
    abroad = invented.get("/id/actor/abroad").headers["location"]
    assert abroad == "https://example.org/elsewhere"


@pytest.mark.parametrize("name", ["mistake", "hen", "egg"])
def test_what_was_withdrawn_is_gone(invented: TestClient, name: str) -> None:
    """410 for what nothing replaces, and for what replaces itself."""
    for address in (f"/id/actor/{name}", f"/data/id/actor/{name}", f"/page/id/actor/{name}"):
        assert_problem(invented.get(address), 410)


def test_hostile_labels_are_text(invented: TestClient) -> None:
    """A name is never markup, and only addresses of the web become links."""
    text = invented.get("/page/id/actor/hostile").text
    page = Page(text)
    assert "javascript:alert(1)" in text
    assert not [one for one in page.hrefs if one.startswith("javascript")]
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in text
    assert "<script>alert" not in text


# --- JSON-LD -----------------------------------------------------------------------------------


def test_json_ld_is_compact_and_complete(client: TestClient) -> None:
    """Short names, the context inside: nothing is loaded from anywhere to read it."""
    text = client.get("/data/id/actor/mic.jsonld").json()
    (mic,) = [one for one in text["@graph"] if one["@id"] == "actor:mic"]
    assert mic["@type"] == "comity:Ministry"
    assert {"@language": "ja", "@value": "総務省"} in mic["skos:prefLabel"]
    assert text["@context"]["actor"] == PREFIXES["actor"]


def test_the_context_serves_for_all(client: TestClient, real_snapshot: Snapshot) -> None:
    """The context document reads what the answers' own contexts read."""
    response = client.get(urls.CONTEXT)
    assert media_type(response) == "application/ld+json"
    assert response.json()["@context"] == PREFIXES
    body: dict[str, Any] = json.loads(jsonld.write(sorted(
        {quad.triple for quad in real_snapshot.quads("reference")}, key=str
    )))  # fmt: skip
    assert set(body["@context"].items()) <= set(PREFIXES.items())


@pytest.mark.filterwarnings(r"ignore::DeprecationWarning:rdflib\..*")
def test_json_ld_keeps_every_triple(real_snapshot: Snapshot) -> None:
    """The whole graph, read back by rdflib from JSON-LD, is the graph."""
    whole = {quad.triple for quad in real_snapshot.quads()}
    found = rdflib.Graph().parse(data=formats.write(whole, "jsonld"), format="json-ld")
    assert set(found) == set(rdflib.Graph().parse(data=formats.write(whole, "nt"), format="nt"))


def test_odd_names_in_json_ld() -> None:
    """What would be read as a short form is written in full: schemes named like a prefix, `//`."""
    odd = [
        ox.Triple(ox.NamedNode("act:x"), ox.NamedNode(PREFIXES["comity"] + "p"),
                  ox.NamedNode(PREFIXES["source"] + "//x")),
        ox.Triple(ox.BlankNode("a"), ox.NamedNode(PREFIXES["rdf"] + "type"), ox.Literal("text")),
        ox.Triple(ox.NamedNode(PREFIXES["act"] + "y"), ox.NamedNode("http://example.org/p"),
                  ox.Literal("1.50", datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal"))),
    ]  # fmt: skip
    read_back = ox.parse(jsonld.write(odd), format=ox.RdfFormat.JSON_LD)
    assert {str(quad.triple) for quad in read_back} == {str(one) for one in odd}
