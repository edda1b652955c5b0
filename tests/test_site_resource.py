"""Pages about things, and lists of them: what they show is what graph and queries say."""

import gzip
import io
import json
import re
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import networkx as nx
import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from kg import sources
from kg.names import BASE, PREFIXES
from kg.snapshot import Snapshot
from kg_api.site.parts import fan, stock, vocabulary
from kg_api.site.parts.subject import tops

# one of each kind that has a view here
THINGS = (
    "id/actor/dsit", "id/actor/both-participants-jukdp-2024", "id/actor/japan", "id/actor/gds",
    "id/actor/cisa", "id/document/gds-da-expert-meeting-2",
    "id/instrument/people-to-people-moc", "id/initiative/hiroshima-ai-process",
    "id/event/digital-council-2", "id/document/open-ran-security-report", "id/date/2023-02",
    "topic/telecommunications", "topic/open-ran", "id/act/cooperate", "id/status/achieved",
    "id/instrument-type/accord", "id/scheme/acts", "id/scheme/topics", "ontology",
    "ontology/alignments", "graph/reported", "graph/reference/gov-uk", "graph/derived/party",
    "graph/reference/discrepancies", "graph/evidence",
)  # fmt: skip
SPOKEN = ("id/actor/dsit", "id/actor/meti", "id/actor/mic", "id/actor/gds", "topic/semiconductors",
          "topic/open-ran", "id/act/cooperate", "id/event/ai-safety-summit")  # fmt: skip


class Read(HTMLParser):
    """A page's links, ids, headings and plain text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.ids: list[str] = []
        self.texts: list[str] = []
        self._script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self._script = tag == "script"
        if named.get("href"):
            self.hrefs.append(str(named["href"]))
        if named.get("id"):
            self.ids.append(str(named["id"]))

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        if not self._script:
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All that is written, in one line."""
        return " ".join(" ".join(self.texts).split())

    @property
    def query(self) -> str:
        """The query that the page hands to the workbench."""
        there = [one for one in self.hrefs if re.match(r"/(en|ja)/sparql\?query=", one)]
        return parse_qs(urlsplit(there[-1]).query)["query"][0]

    @property
    def claims(self) -> set[str]:
        """The claims that lines of the page are about."""
        return {
            BASE + one.removeprefix("/en/page/")
            for one in self.hrefs
            if one.startswith("/en/page/source/") and "#" in one
        }


def read(client: TestClient, path: str, lang: str = "en") -> Read:
    """A page of the site, which must be there."""
    response = client.get(f"/{lang}{path}")
    assert response.status_code == 200, path
    return Read(response.text)


def asked(client: TestClient, query: str) -> list[dict[str, str]]:
    """What the endpoint answers to a query, as plain values."""
    response = client.get("/sparql", params={"query": query, "format": "json"})
    assert response.status_code == 200, response.text
    rows = response.json()["results"]["bindings"]
    return [{name: one["value"] for name, one in row.items()} for row in rows]


def linked(text: str) -> dict[str, Any]:
    """What a page says of itself in JSON-LD."""
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
    said: dict[str, Any] = json.loads(found)
    return said


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("path", THINGS)
def test_every_kind_of_page(client: TestClient, path: str, lang: str) -> None:
    """It is whole, small, cited by its IRI, and leads to the same page in the other language."""
    response = client.get(f"/{lang}/page/{path}")
    assert response.status_code == 200
    assert response.headers["content-language"] == lang
    assert len(gzip.compress(response.content)) < 60_000
    page = Read(response.text)
    other = "ja" if lang == "en" else "en"
    assert f"/{other}/page/{path}" in page.hrefs
    assert BASE + path in page.text
    assert f"/data/{path}.ttl" in page.hrefs
    assert len(page.ids) == len(set(page.ids))
    assert linked(response.text)["@id"] == BASE + path
    assert asked(client, page.query)


@pytest.mark.parametrize("path", SPOKEN)
def test_the_query_gives_what_the_page_shows(client: TestClient, path: str) -> None:
    """The claims of a page are those that its query finds."""
    page = read(client, f"/page/{path}")
    rows = asked(client, page.query)
    found = {row.get("claim") or row["thing"] for row in rows}
    assert {one for one in found if one in page.claims} == found
    shown = {one.partition("#")[0] for one in page.claims}
    assert {one.partition("#")[0] for one in found} <= shown


@pytest.mark.parametrize("name", ["dsit", "meti", "mic", "da"])
def test_commitments_are_counted_as_their_list_counts(client: TestClient, name: str) -> None:
    """The number on an actor's page is that of the list it leads to."""
    page = read(client, f"/page/id/actor/{name}")
    (said,) = re.findall(r"(\d+) commitments? that it bears by name", page.text)
    assert f"/en/commitments?bearer=actor:{name}" in page.hrefs
    listed = client.get(f"/commitments?bearer=actor:{name}&format=json").json()
    assert int(said) == len(listed["commitments"])


def test_company_is_counted_in_passages(client: TestClient, real_snapshot: Snapshot) -> None:
    """Every count beside an actor is the number of passages under it, and those name both."""
    text = client.get("/en/page/id/actor/meti").text
    lists = re.findall(
        r'<li><a href="/en/page/(id/actor/[^"#]+)">[^<]+</a>\s*<details class="evidence"><summary>'
        r'<span class="more">(\d+) passages?<.*?</summary><ul class="cites">(.*?)</ul>',
        text,
        re.S,
    )
    assert len(lists) > 2
    for other, count, places in lists:
        passages = re.findall(r'href="/en/page/(source/[^"]+)"', places)
        assert len(passages) == int(count)
        for passage in passages:
            graph = ox.NamedNode(BASE + passage)
            quads = list(real_snapshot.engine.quads(None, None, None, graph))
            named = {str(one) for quad in quads for one in (quad.subject, quad.object)}
            assert {f"<{BASE}{other}>", f"<{BASE}id/actor/meti>"} <= named
    drawn = re.findall(r'<svg class="net fan".*?</svg>', text, re.S)
    assert len(drawn) == 1
    assert "7 passages" in drawn[0]
    assert "A count of places, not of meetings or of weight." in text


def test_parents_stand_with_their_days(client: TestClient) -> None:
    """What held of an actor for a while has its days and its page; Japanese dates in Japanese."""
    page = read(client, "/page/id/actor/gds")
    assert re.search(r"under Cabinet Office \(United Kingdom\)\s+from 31 October 2022", page.text)
    assert "www.gov.uk" in page.text
    assert "2022年10月31日" in read(client, "/page/id/actor/gds", "ja").text
    assert "until" not in read(client, "/page/id/actor/mic").text


def test_a_group_keeps_its_claims(client: TestClient) -> None:
    """A member's page counts the claims of its group and leads to them."""
    page = read(client, "/page/id/actor/mic")
    (count,) = re.findall(
        r"(\d+) claims name a group that it belongs to, Both Participants", page.text
    )
    group = client.get("/en/page/id/actor/both-participants-jukdp-2024").text
    assert group.count('<li class="claim row"') == int(count)


def test_a_country_leads_to_its_actors(client: TestClient) -> None:
    """The number of a country's actors is that of the list it leads to; labels are English."""
    text = client.get("/en/page/id/actor/japan").text
    (count,) = re.findall(r"(\d+) actors of this country", text)
    listed = client.get("/en/browse/actors?country=japan").text
    assert f"{count} actors</span>" in listed
    drawn = re.findall(r'<svg class="net fan".*?</svg>', text, re.S)[0]
    assert not re.search(r"[\u3040-\u30ff\u3400-\u9fff]", drawn)


def test_differing_statements_stand_side_by_side(client: TestClient) -> None:
    """Two days of one signing: both, of equal rank, each with its kind and place."""
    text = client.get("/en/page/id/instrument/people-to-people-moc").text
    (pair,) = re.findall(r'<div class="pair"><h3>Stated differently.*?</div>\n</div>', text, re.S)
    for shown in ("7 November 2023", "10 November 2023", "kind reported", "kind reference",
                  "footnote 3", "www.mofa.go.jp"):  # fmt: skip
        assert shown in pair
    assert "Both stand." in text


def test_a_note_says_once_that_both_stand(client: TestClient) -> None:
    """The notes say so themselves, where two values are opposed; each names its passage."""
    text = client.get("/en/pair/japan-united-kingdom").text
    boxes = re.findall(r'<div class="pair"><h3>([^<]*)<.*?</div><p>(.*?)</p></div>', text, re.S)
    assert boxes
    assert all(said.count("Both stand") <= 1 for _, said in boxes)
    noted = [head for head, _ in boxes if head.startswith("discrepancy")]
    assert noted
    assert all(": " in head for head in noted)


@pytest.mark.parametrize("name", ["dsit", "dcms", "da", "jst", "uk"])
def test_outside_terms_and_graphs_are_named_in_words(client: TestClient, name: str) -> None:
    """No property, graph or sum of money stands on an actor's page by its short IRI."""
    text = client.get(f"/en/page/id/actor/{name}").text
    shown = unescape(
        re.sub(
            r"<(code|script|textarea|pre).*?</\1>|<[^>]*>",
            " ",
            text.partition("<footer")[0],
            flags=re.S,
        )
    )
    assert not re.search(r"\b(org|graph|source):[A-Za-z]", shown)


def test_a_line_shows_what_is_noted_on_its_passage(client: TestClient) -> None:
    """The evidence of a claim names the discrepancies of its passage, and leads to them."""
    text = client.get("/en/page/id/event/ai-safety-summit").text
    assert "Noted on this passage" in text
    href = "/en/page/graph/reference/discrepancies#ai-b-november"
    assert href in Read(text).hrefs
    assert "ai-b-november" in read(client, "/page/graph/reference/discrepancies").ids


def test_kind_and_source_of_every_name(client: TestClient) -> None:
    """Names, identifiers and statements say what kind of graph has them, and from where."""
    text = client.get("/en/page/id/actor/mic").text
    rail = text[text.index("Names and identifiers") : text.index("Named with")]
    names = rail.partition("<dt>class</dt>")[0] + rail[rail.index("Standing") :]
    told = re.findall(r"<dd>.*?</dd>", names, re.S)
    assert len(told) > 8
    assert all('<span class="kind ' in one for one in told)
    for shown in ("2000012020001", "Q1322293", "www.houjin-bangou.nta.go.jp", "ror.org"):
        assert shown in rail


def test_descriptions_for_machines(client: TestClient) -> None:
    """Pages say in schema.org's words what they are about."""
    for path, type_ in (
        ("id/actor/mic", "GovernmentOrganization"), ("id/actor/japan", "Country"),
        ("id/actor/oecd", "Organization"), ("id/event/ai-safety-summit", "Event"),
        ("id/instrument/jukdp", "CreativeWork"), ("topic/open-ran", "DefinedTerm"),
        ("id/scheme/acts", "DefinedTermSet"), ("graph/reported", "Dataset"),
    ):  # fmt: skip
        assert linked(client.get(f"/en/page/{path}").text)["@type"] == type_
    mic = linked(client.get("/en/page/id/actor/mic").text)
    assert "総務省" in mic["alternateName"]
    assert "http://www.wikidata.org/entity/Q1322293" in mic["sameAs"]
    assert mic["parentOrganization"][0]["name"] == "Government of Japan"


def test_ways_to_take_an_actor_away(client: TestClient) -> None:
    """Every form of an actor's page is there, its network among them."""
    page = read(client, "/page/id/actor/meti")
    forms = [f"/data/id/actor/meti.{one}" for one in ("ttl", "jsonld", "nt", "rdf", "trig")]
    for address in (*forms, "/id/actor/meti/network.gexf"):
        assert address in page.hrefs
        assert client.get(address).status_code == 200


def test_the_network_of_a_topic(client: TestClient) -> None:
    """A topic hands over the network that the page of networks shows for it."""
    address = "/network/actors.gexf?topic=semiconductors"
    assert address in read(client, "/page/topic/semiconductors").hrefs
    drawn = nx.read_gexf(io.BytesIO(client.get(address).content), version="1.3")
    shown = client.get("/network/actors.json?topic=semiconductors").json()
    assert not drawn.is_directed()
    assert set(drawn) == {str(one["id"]) for one in shown["nodes"]}


# --- topics, codes, terms ----------------------------------------------------------------------


def test_a_topic_holds_its_narrower_ones(client: TestClient, real_snapshot: Snapshot) -> None:
    """Claims of a topic stand with those of its narrower ones, each once."""
    text = client.get("/en/page/topic/telecommunications").text
    below = [one for one, top in tops(real_snapshot).items() if top.endswith("/telecommunications")]
    assert len(below) == 5
    rows = asked(client, Read(text).query)
    assert text.count('<li class="claim row"') == len({row["claim"] for row in rows})
    assert f"{len({row['claim'] for row in rows})} claims are coded so" in text


def test_a_code_shows_its_rule_and_pages(client: TestClient) -> None:
    """The rule of the codebook stands on a code's page; many claims come in pages."""
    first = client.get("/en/page/id/status/achieved")
    assert first.headers["comity-truncated"] == "page 1 of 2"
    assert "Verb class outranks tense" in first.text
    second = client.get("/en/page/id/status/achieved?page=2")
    both = first.text.count('<li class="claim row"') + second.text.count('<li class="claim row"')
    assert both == len({row["claim"] for row in asked(client, Read(first.text).query)})
    assert client.get("/en/page/id/status/achieved?page=3").status_code == 404


def test_every_term_is_defined_and_counted(client: TestClient, real_snapshot: Snapshot) -> None:
    """The ontology's page has each term of the ontology, and the use that a query counts."""
    page = read(client, "/page/ontology")
    terms = [one for some in vocabulary.of_ontology(real_snapshot, "en").values() for one in some]
    assert {one.name for one in terms} <= set(page.ids)
    assert all(one.definition for one in terms)
    counted = {one.name: one.use for one in terms}
    for name in ("Actor", "Commitment", "Passage"):
        rows = asked(client, f"SELECT DISTINCT ?t WHERE {{ ?t a/rdfs:subClassOf* comity:{name} }}")
        assert counted[name] == len(rows)
    rows = asked(client, "SELECT ?s ?o WHERE { ?s comity:quote ?o }")
    assert counted["quote"] == len(rows)
    rows = asked(client, "SELECT ?c ?a WHERE { ?c comity:actor ?a }")
    assert f"done by {len(rows)}," in page.text
    svg = client.get("/en/page/ontology").text.split('<div class="diagram">')[1]
    assert svg.count("<rect") >= len(vocabulary.of_ontology(real_snapshot, "en")["class"])


def test_a_scheme_counts_its_codes(client: TestClient) -> None:
    """A scheme lists every concept with the claims that are coded with it."""
    text = client.get("/en/page/id/scheme/statuses").text
    counts = dict(re.findall(r'<a href="/en/page/id/status/([a-z-]+)">(\d+) claims?</a>', text))
    for status, count in counts.items():
        rows = asked(client, f"SELECT ?c WHERE {{ ?c comity:status status:{status} }}")
        assert int(count) == len(rows)
    assert len(counts) == 5


@pytest.mark.parametrize("kind", sources.KINDS)
def test_graphs_of_a_kind(client: TestClient, real_snapshot: Snapshot, kind: str) -> None:
    """The page of a kind lists its graphs, with what sort of thing they say."""
    page = read(client, f"/page/graph/{kind}")
    its = [iri for iri, found in real_snapshot.graphs.items() if found == kind]
    assert f"{len(its)} graph" in page.text
    assert kind in page.text


# --- lists -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(stock.CLASSES))
def test_lists_have_what_the_first_page_counts(client: TestClient, kind: str) -> None:
    """The home page's figure is the length of the list, and of what its query gives."""
    home = client.get("/en/").text
    (said,) = re.findall(rf'<a href="/en/browse/{kind}">[^<]*?(\d+)</a>', home)
    text = client.get(f"/en/browse/{kind}").text
    lines = text.split('<ul class="browse">', 1)[1].split("</section>")[0]
    assert lines.count("<li>") == int(said)
    rows = asked(client, Read(text).query)
    assert len({row["thing"] for row in rows}) == int(said)
    assert len(linked(text)["itemListElement"]) == int(said)


def test_filters_of_lists(client: TestClient) -> None:
    """Filters have addresses, can be removed, and count what they leave; nonsense is refused."""
    page = read(client, "/browse/actors?type=Ministry&country=uk")
    assert "Ministry of Internal Affairs" not in page.text
    assert "Department for Science, Innovation and Technology" in page.text
    assert {"/en/browse/actors?country=uk", "/en/browse/actors?type=Ministry"} <= set(page.hrefs)
    rows = asked(client, page.query)
    assert re.findall(r"(\d+) actors", page.text)[0] == str(len(rows))
    assert client.get("/en/browse/actors?type=%3Cb%3E").status_code == 400
    assert client.get("/en/browse/actors?page=9").status_code == 404
    assert client.get("/en/browse/nothing").status_code == 404
    assert client.get("/browse/actors", headers={"Accept": "text/html"}).status_code == 200


def test_names_without_a_checked_japanese_form(client: TestClient) -> None:
    """A page in Japanese says that a name is not known in Japanese, and marks English as such."""
    text = client.get("/ja/page/id/instrument/open-ran-principles").text
    assert "日本語名は未確認です。" in text
    assert re.search(r'<h1><span lang="en">[^<]*Open RAN', unescape(text))


# --- drawings ----------------------------------------------------------------------------------


def test_no_label_of_a_drawing_is_cut() -> None:
    """Long names wrap; rows keep clear of each other."""
    name = "Department of Infrastructure, Transport, Regional Development and the Arts"
    drawn = fan.draw("METI", [fan.Leaf(name, 1), fan.Leaf("総務省" * 9, 12), fan.Leaf("X", 1)])
    assert " ".join(text for _, text in drawn.leaves[0].lines) == name
    assert "".join(text for _, text in drawn.leaves[1].lines) == "総務省" * 9
    heights = [y for one in drawn.leaves for y in (*(y for y, _ in one.lines), one.below)]
    assert all(b - a >= fan.LINE - 0.1 for a, b in pairwise(heights))
    assert heights[-1] < drawn.height
    assert PREFIXES["comity"].startswith(BASE)
