"""The report reader, quality, codebook and about: what stands on their pages, and that it is so."""

import json
import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

import kg
from conftest import quick_build
from kg import coverage
from kg.evidence import Span, find_copy, words
from kg.names import PREFIXES
from kg.results import Rows
from kg.settings import Settings
from kg_api import site, urls
from kg_api.site.page import Asked, Page
from kg_api.site.parts import papers
from kg_api.site.parts.contrasts import contrasts
from kg_api.site.parts.covered import coverage as covered
from kg_api.site.parts.edition import edition
from kg_api.site.parts.passages import passage
from kg_api.site.parts.skeleton import Piece, Quote, drawn, unseen, written
from kg_api.site.views import VIEWS

PROJECT = Path(__file__).parents[1]
SECOND = PROJECT / "tests" / "second_source"
SOURCE = PREFIXES["source"] + "jukdp-2024"
TD_B = SOURCE + "/telecoms-diversification/b"
PLACES = [
    SOURCE,
    SOURCE + "/digital-infrastructure-technologies",
    SOURCE + "/data",
    SOURCE + "/telecoms-diversification",
    TD_B,
    SOURCE + "/notes/3",
    SOURCE + "/digital-government-transformation/c-i",
]
CHECK = {"conforms": True, "quotes_verified": True, "files": 3, "triples": 4, "findings": 0}


def quote(number: int, text: str, start: int, before: int | None) -> Quote:
    """A quote in an invented sentence."""
    return Quote(number, f"q{number}", text, Span(start, start + len(text)), before)


def shown(pieces: tuple[Piece, ...]) -> list[str]:
    """Pieces as text: words not shown as their number, quotes with theirs."""
    return [
        (f"[{piece.text}]" + ",".join(str(one.number) for one in piece.quotes))
        if piece.quotes
        else (piece.text or str(piece.words))
        for piece in pieces
    ]


def page_of(snapshot: kg.Snapshot, iri: str, lang: str = "en") -> str:
    """The page about something of a source, as HTML."""
    reply = site.write(snapshot, "resource", lang, urls.page(iri), {"iri": iri})
    assert reply.status == 200
    return reply.body.decode()


def plain(html: str) -> str:
    """The text of a page."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def view_of(snapshot: kg.Snapshot, view: str, lang: str = "en") -> Page:
    """A page before it is written."""
    params = {"check": CHECK} if view == "quality" else {}
    return VIEWS[view](snapshot, Asked(lang, f"/{view}", params))


def test_the_words_between_quotes_are_counted() -> None:
    """Gaps have the words that the evidence counts; what follows the last quote has the rest."""
    text = "Both sides have met twice and will meet again soon"
    quotes = [quote(1, "have met twice", 11, 2), quote(2, "will meet again", 30, 6)]
    pieces = drawn(10, quotes)
    assert shown(pieces) == ["2", "[have met twice]1", "1", "[will meet again]2", "1"]
    assert unseen(pieces) == 4
    assert shown(drawn(None, [quote(1, "met", 16, None)])) == ["None", "[met]1", "None"]
    assert unseen(drawn(None, [])) is None
    whole = written(text, [Span(0, len(text))], quotes)
    assert "".join(one.text for one in whole) == text
    assert [one.quotes[0].number for one in whole if one.quotes] == [1, 2]
    assert unseen(whole) == 0


@pytest.mark.parametrize(
    ("others", "wanted"),
    [
        ([("met twice", 5, 1)], ["[have ]1", "[met twice]1,2"]),
        ([("twice and again", 9, 2)], ["[have met ]1", "[twice]1,2", "[ and again]2"]),
        ([("have met", 0, 0)], ["[have met]1,2", "[ twice]1"]),
    ],
)
def test_quotes_may_share_words(others: list[tuple[str, int, int]], wanted: list[str]) -> None:
    """Words of two quotes stand once, and belong to both."""
    quotes = [quote(1, "have met twice", 0, 0)]
    quotes += [quote(n, text, at, before) for n, (text, at, before) in enumerate(others, 2)]
    assert shown(drawn(9, quotes))[: len(wanted)] == wanted
    assert unseen(drawn(9, quotes)) == 9 - words(
        " ".join(wanted).translate(str.maketrans("", "", "[]12,"))
    )


def test_what_is_counted_adds_up(real_snapshot: kg.Snapshot) -> None:
    """Of every sentence, words shown and words not shown are all its words."""
    whole = edition(real_snapshot, SOURCE)
    assert len(whole.leaves) == 52
    for iri, leaf in whole.leaves.items():
        read = passage(real_snapshot, iri, "en", SOURCE)
        assert not read.text
        assert sum(one.words or 0 for one in read.sentences) == leaf.words
        for sentence in read.sentences:
            text = " ".join(one.text.strip() for one in sentence.pieces if one.text)
            assert (sentence.words or 0) == words(text) + (sentence.unseen or 0), iri
        numbers = [made.number for one in read.sentences for made in one.made if made.number]
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_passage_shows_its_words_in_their_places(real_snapshot: kg.Snapshot) -> None:
    """Operative words are marked, numbered and linked to what was made of them."""
    html = page_of(real_snapshot, TD_B)
    said = "have also cooperated on a series of efforts"
    assert f'<a href="#cooperate">{said}<sup>1</sup></a>' in html
    assert {"cooperate", "sentence-4", "efforts"} <= set(re.findall(r'id="([^"]*)"', html))
    assert "2 words not shown" in html
    assert "23 words, 10 not shown" in html
    assert 'class="context"' in html
    assert "Says what the topics include" in html
    assert 'href="/en/codebook#act-cooperate"' in html
    assert "https://www.meti.go.jp/english/press/2024/0116_002.html" in html
    assert 'href="/en/page/source/jukdp-2024/telecoms-diversification/c"' in html
    linked = json.loads(
        re.search(r'application/ld\+json">(.*?)</script>', html)[1]  # type: ignore[index]
    )
    assert linked["isPartOf"]["@type"] == "Report"
    assert {"@type", "@id", "text"} <= set(linked["hasPart"][0])


def test_footnotes_lead_both_ways(real_snapshot: kg.Snapshot) -> None:
    """From the sentence to its footnote, and from the footnote to those that cite it."""
    assert "/en/page/source/jukdp-2024/notes/3" in page_of(
        real_snapshot, SOURCE + "/cyber-resilience/f"
    )
    note = page_of(real_snapshot, SOURCE + "/notes/3")
    assert "/en/page/source/jukdp-2024/cyber-resilience/f" in note
    assert "10 November 2023" in note
    assert "7 November 2023" in note


def test_faults_of_the_copy_are_not_the_reports(real_snapshot: kg.Snapshot) -> None:
    """Notes on the copy stand under a heading of their own."""
    html = page_of(real_snapshot, SOURCE + "/artificial-intelligence/b")
    before, _, after = html.partition('id="copy"')
    assert "Probably a fault of extraction" in after
    assert "resolved against the date of the report" in before
    assert "resolved against the date of the report" not in after


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("iri", PLACES)
def test_every_place_has_a_page(iri: str, lang: str, real_snapshot: kg.Snapshot) -> None:
    """Pages are whole, have one heading of the first level, no name twice, and no dead anchor."""
    html = page_of(real_snapshot, iri, lang)
    assert html.count("<h1") == 1
    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    assert '<meta name="description"' in html
    assert not re.search(r'\son\w+="|style="', html)


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", ["quality", "codebook", "about"])
def test_pages_of_the_project(name: str, lang: str, real_snapshot: kg.Snapshot) -> None:
    """Likewise those that tell how it is made."""
    params = {"check": CHECK} if name == "quality" else {}
    html = site.write(real_snapshot, name, lang, f"/{name}", params).body.decode()
    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    assert html.count("<h1") == 1


def test_every_name_of_a_passage_is_an_anchor(real_snapshot: kg.Snapshot) -> None:
    """Claims, marks, things, sums, sentences and segments: their IRIs lead to their place."""
    found = real_snapshot.query(
        "SELECT DISTINCT ?one WHERE { { GRAPH ?p { ?p a comity:Passage . ?one ?is ?what } } UNION "
        "{ ?one comity:start ?at } FILTER(CONTAINS(STR(?one), '#')) }"
    )
    assert isinstance(found, Rows)
    wanted: dict[str, set[str]] = {}
    for row in found.records():
        passage_, _, fragment = row["one"].partition("#")
        wanted.setdefault(passage_, set()).add(fragment)
    assert len(wanted) == 52
    for iri, fragments in wanted.items():
        html = page_of(real_snapshot, iri)
        assert fragments <= set(re.findall(r'\bid="([^"]*)"', html)), iri


def test_a_section_can_be_read_through(real_snapshot: kg.Snapshot) -> None:
    """It has every sentence of its passages, and every quote leads to its passage."""
    html = page_of(real_snapshot, SOURCE + "/telecoms-diversification")
    whole = edition(real_snapshot, SOURCE)
    leaves = whole.of(SOURCE + "/telecoms-diversification")
    assert html.count('class="sentence row"') == sum(len(leaf.sentences) for leaf in leaves)
    assert 'href="/en/page/source/jukdp-2024/telecoms-diversification/b#cooperate"' in html


@pytest.mark.parametrize("iri", PLACES)
def test_the_query_gives_what_the_page_shows(iri: str, real_snapshot: kg.Snapshot) -> None:
    """Every quote on the page is in the answer to its query, and no other."""
    page = VIEWS["resource"](real_snapshot, Asked("en", urls.page(iri), {"iri": iri}))
    found = real_snapshot.query(page.query)
    assert isinstance(found, Rows)
    quotes = {row["quote"] for row in found.records() if row["quote"]}
    html = plain(page_of(real_snapshot, iri))
    whole = edition(real_snapshot, SOURCE)
    within = {
        leaf
        for leaf in whole.leaves
        if leaf == iri
        or iri in (SOURCE, whole.leaves[leaf].section)
        or whole.headings[whole.leaves[leaf].section].pillar == iri
    }
    wanted = {
        made.row.quote
        for leaf in within
        for one in passage(real_snapshot, leaf, "en", SOURCE).sentences
        for made in one.made
        if made.row.quote
    }
    assert quotes == wanted
    if iri in whole.leaves:
        assert all(text in re.sub(r"(?<=[a-z])\d+", "", html) for text in quotes)


@pytest.mark.parametrize("name", ["quality", "codebook", "about"])
def test_queries_of_the_project_pages_run(name: str, real_snapshot: kg.Snapshot) -> None:
    """Each answers with rows."""
    page = view_of(real_snapshot, name)
    found = real_snapshot.query(page.query)
    assert isinstance(found, Rows)
    rows = found.records()
    if name == "quality":
        noted = {one.iri for some in page.data["noted"].values() for one in some}
        assert {row["note"] for row in rows} == noted
    if name == "codebook":
        users = {
            one.thing.iri: one.users
            for scheme in page.data["schemes"]
            for family in scheme.families
            for one in (*family.members, *([family.group] if family.group else []))
        }
        assert {row["concept"]: row["users"] for row in rows} == users
    assert rows


def test_coverage_is_that_of_the_command(real_snapshot: kg.Snapshot) -> None:
    """The page and `kg coverage` measure the same."""
    measured = coverage.coverage(PROJECT, "jukdp-2024", Path("/nonexistent"))
    ours = covered(real_snapshot, SOURCE)
    for one, other in zip(
        (*ours.sections, ours.total), (*measured.sections, measured.total), strict=True
    ):
        assert (one.passages, one.sentences, one.claimed, one.claims, one.words) == (
            other.passages, other.sentences, other.with_claims, other.claims, other.words,
        )  # fmt: skip
        assert (one.neither, one.quoted, one.longest) == (
            other.neither, other.words_quoted, other.longest_quote,
        )  # fmt: skip


def test_two_values_stand_side_by_side(real_snapshot: kg.Snapshot) -> None:
    """A month and a day in it are no contrast; two days are, and two titles as printed."""
    found = contrasts(real_snapshot, "en")
    assert {(one.what.label, len(one.sides)) for one in found} == {
        ("date", 2),
        ("printed title", 2),
    }
    assert all(side.places for one in found for side in one.sides)


def test_chips_lead_to_their_entry(real_snapshot: kg.Snapshot) -> None:
    """Every act, status, modality and role in use has an entry, by the name that chips link to."""
    html = site.write(real_snapshot, "codebook", "en", "/codebook").body.decode()
    used = real_snapshot.query(
        "SELECT DISTINCT ?c WHERE { GRAPH ?p { ?p a comity:Passage . "
        "?x comity:act|comity:status|comity:modality|comity:role ?c } }"
    )
    assert isinstance(used, Rows)
    for row in used.records():
        anchor = "-".join(row["c"].rsplit("/", 2)[1:])
        assert f'id="{anchor}"' in html
    assert 'href="/en/page/source/jukdp-2024/telecoms-diversification/b"' in html


def test_papers_are_carried() -> None:
    """The rules, the record of the readings and what no check sees are there, without raw HTML."""
    for name in papers.NAMES:
        found = papers.paper(name)
        assert found is not None
        assert found.parts
        assert "<script" not in "".join(part.body for part in found.parts)
    checks = papers.paper("checks")
    assert checks is not None
    assert checks.part("what-no-check-sees") is not None


def test_errors_found_lead_to_their_claims(real_snapshot: kg.Snapshot) -> None:
    """Claims that the record of the readings names are links to them, and they exist."""
    page = view_of(real_snapshot, "quality")
    opening, parts = page.data["audits"]
    text = "".join(str(one) for one in (opening, *(body for _, body in parts)))
    found = re.findall(r'href="/en/page/(source/jukdp-2024/[^"#]+)#([^"]+)"', text)
    assert len(found) >= 9
    for path, fragment in found:
        assert f'id="{fragment}"' in page_of(real_snapshot, urls.iri(f"/{path}"))


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The invented source, built, with its text at hand."""
    folder = tmp_path_factory.mktemp("second")
    for name in ("ontology", "queries"):
        shutil.copytree(PROJECT / name, folder / name)
    shutil.copytree(SECOND / "data", folder / "data")
    settings = Settings(project=folder, snapshots=folder / "snapshots")
    quick_build(settings)
    return replace(settings, source_text=SECOND)


def test_where_the_text_is_at_hand_it_is_shown(second: Settings) -> None:
    """Every word of it, marked, where its hash is right; places and quotes alone elsewhere."""
    source = PREFIXES["source"] + "ee-jp-2031"
    iri = source + "/opening/p1"
    text = (SECOND / "ee-jp-2031.txt").read_text("utf-8")
    told = kg.open(settings=second)
    html = page_of(told, iri)
    assert "The text of the report with the words marked" in html
    assert "not shown" not in plain(html)
    read = passage(told, iri, "en", source)
    whole = edition(told, source)
    assert read.text
    shown_text = " ".join("".join(one.text for one in each.pieces) for each in read.sentences)
    assert shown_text == " ".join(" ".join(s.of(text) for s in whole.leaves[iri].segments).split())
    silent = kg.open(settings=replace(second, source_text=None))
    assert not passage(silent, iri, "en", source).text
    wrong = kg.open(settings=second)
    wrong.texts = {sha: copy.replace("a", "e") for sha, copy in wrong.texts.items()}
    assert not passage(wrong, iri, "en", source).text


def test_japanese_sources_are_counted_too(second: Settings) -> None:
    """Words of scripts without word spaces add up as well."""
    source = PREFIXES["source"] + "ee-jp-2031"
    silent = kg.open(settings=replace(second, source_text=None))
    for iri in edition(silent, source).leaves:
        for lang in ("en", "ja"):
            assert passage(silent, iri, lang, source).unseen is not None
        assert page_of(silent, iri)


def test_a_stranger_finds_no_text(real_snapshot: kg.Snapshot) -> None:
    """Without the setting no text is read, though a copy may lie beside the checkout."""
    assert real_snapshot.texts == {}
    assert find_copy("0" * 64, SECOND, PROJECT) is None
