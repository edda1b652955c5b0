"""Pages of commitments, pairs, timeline, search, data and changes: what they show and lead to."""

import re
from collections import Counter
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from kg.accounts import Thing
from kg.commitments import commitments
from kg.downloads import Entry as File
from kg.errors import NotFound, UsageError
from kg.pair import pair
from kg.periods import Period
from kg.resource import describe
from kg.results import Rows
from kg.search import open_index
from kg.snapshot import Snapshot
from kg.timeline import Entry
from kg_api import site
from kg_api.routes.search import shown
from kg_api.site.page import Asked, Page
from kg_api.site.parts import dating
from kg_api.site.parts.matching import pieces
from kg_api.site.views import VIEWS
from kg_api.site.views.changes import told
from kg_api.site.views.data import parts_of
from kg_api.site.views.search import MOST
from kg_api.urls import LICENCE

SEMICONDUCTORS = {"topic": "topic:semiconductors", "group": "modality"}


def page(snapshot: Snapshot, view: str, lang: str = "en", **params: Any) -> Page:
    """What a view says of its page."""
    return VIEWS[view](snapshot, Asked(lang, "/", params))


def html(snapshot: Snapshot, view: str, lang: str = "en", **params: Any) -> str:
    """A page as it is sent."""
    reply = site.write(snapshot, view, lang, "/", params)
    assert reply.status == 200
    return reply.body.decode()


class Reader(HTMLParser):
    """Refuses a page whose elements do not close, or whose ids are not unique."""

    VOID = frozenset(
        ["meta", "link", "br", "input", "img", "hr", "path", "rect", "circle", "line", "use"]
    )

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        assert not any(name == "style" or name.startswith("on") for name, _ in attrs), (tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self.open[-1:] == [tag], (tag, self.open[-3:])
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(text: str) -> str:
    """The words of a page, after its HTML was found to be well formed."""
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    return re.sub(r"\s+", " ", "".join(reader.text))


def answered(snapshot: Snapshot, text: str) -> list[dict[str, Any]]:
    """What a page's query gives."""
    found = snapshot.query(text)
    assert isinstance(found, Rows)
    return found.records()


# ---- commitments


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_commitments_are_shown_as_worded(real_snapshot: Snapshot, lang: str) -> None:
    """Every commitment stands on the page by its own words and the place of them."""
    text = read(html(real_snapshot, "commitments", lang))
    listing = commitments(real_snapshot, lang=lang)
    for one in listing.rows:
        assert one.quote in text
        assert one.citation.partition(", ")[2] in text


def test_follow_up_is_worded_as_the_library_words_it(real_snapshot: Snapshot) -> None:
    """What is the same for all rows is said once, in the library's words."""
    text = read(html(real_snapshot, "commitments"))
    said = commitments(real_snapshot).rows[0].follow_up.said
    assert text.count(said) == 1
    assert "Joint Statement of the third Japan-UK Digital Partnership Council" in text
    assert not re.search(r"\b(overdue|failed|delivered|delay)", text)


WISHES: list[dict[str, str]] = [
    {},
    SEMICONDUCTORS,
    {"bearer": "METI", "sort": "deadline"},
    {"side": "jp", "modality": "will"},
    {"status": "planned", "group": "bearer"},
    {"dated": "true", "as_of": "2024-05"},
    {"due_from": "2024-02", "due_to": "2024-03"},
    {"counterpart": "actor:da"},
    {"topic": "topic:telecommunications", "bearer": "MIC"},
    {"as_of": "2023"},
]


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: "-".join(wish) or "all")
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_query_of_commitments_gives_what_is_shown(
    real_snapshot: Snapshot, wish: dict[str, str], lang: str
) -> None:
    """The query of the page runs, and gives the same commitments."""
    made = page(real_snapshot, "commitments", lang, **wish)
    shown = {line.row.iri for group in made.data["groups"] for line in group.lines}
    rows = answered(real_snapshot, made.query)
    assert {row["commitment"] for row in rows} == shown
    assert len(rows) == len(shown)
    listing = commitments(real_snapshot, **{**wish, "dated": "dated" in wish})  # type: ignore[arg-type]
    assert shown == {one.iri for one in listing.rows}
    read(html(real_snapshot, "commitments", lang, **wish))


def test_filters_can_be_taken_back_one_by_one(real_snapshot: Snapshot) -> None:
    """Each filter that is set has a link to the page without it."""
    made = page(real_snapshot, "commitments", bearer="METI", topic="topic:semiconductors")
    assert made.path == "/commitments?bearer=METI&topic=topic:semiconductors"
    assert [one.without for one in made.data["active"]] == [
        "/commitments?topic=topic:semiconductors",
        "/commitments?bearer=METI",
    ]
    text = html(real_snapshot, "commitments", bearer="METI", topic="topic:semiconductors")
    assert '<option value="actor:meti" selected>' in text
    assert "/commitments.xlsx?bearer=METI&amp;topic=topic:semiconductors" in text


def test_no_commitment_is_said_in_words(real_snapshot: Snapshot) -> None:
    """An empty answer says what it does not mean, and what to do."""
    text = read(html(real_snapshot, "commitments", modality="pledge", topic="topic:semiconductors"))
    assert "No commitment passes all of these filters" in text
    assert "Shown: 0 of 30 commitments" in text


def test_an_unknown_filter_is_refused(real_snapshot: Snapshot) -> None:
    """What names nothing is no filter that finds nothing."""
    with pytest.raises(UsageError):
        page(real_snapshot, "commitments", topic="quantum")
    with pytest.raises(UsageError):
        page(real_snapshot, "commitments", group="strength")


def test_a_column_that_says_the_same_is_a_sentence(real_snapshot: Snapshot) -> None:
    """Where all rows have one wording, one bearer or no date, it is said once above them."""
    made = page(real_snapshot, "commitments", modality="will-continue", topic="topic:online-safety")
    assert not made.data["columns"].wording
    assert not made.data["columns"].when
    assert not made.data["columns"].who
    text = read(html(real_snapshot, "commitments", modality="will-continue", topic="online safety"))
    assert "All of them are worded “will continue”." in text
    assert "None of these sentences gives a date." in text


def test_commitments_say_in_how_many_sentences_they_stand(real_snapshot: Snapshot) -> None:
    """Several stand in one sentence, and aims and hopes are among them: both are said."""
    rows = commitments(real_snapshot).rows
    places = {(one.passage, one.action.first("sentence")) for one in rows if one.action}
    said = f"{len(rows)} commitments in {len(places)} sentences: several can stand in one."
    for view, wish in (("commitments", {}), ("pair", {"slug": PAIR})):
        text = read(html(real_snapshot, view, **wish))
        assert said in text
        assert "an aim or a hope is included (aim, look forward" in text
    text = read(html(real_snapshot, "commitments", modality="pledge"))
    assert "an aim or a hope" not in text


# ---- pairs

PAIR = "japan-united-kingdom"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_pair_shows_every_action_and_commitment(real_snapshot: Snapshot, lang: str) -> None:
    """All that the library has of a pair stands on its page, and each action with its place."""
    text = read(html(real_snapshot, "pair", lang, slug=PAIR))
    found = pair(real_snapshot, PAIR, lang=lang).content
    for group in (*found["joint_actions"], *found["one_sided_actions"]):
        for one in group["actions"]:
            assert one["quote"] in text
    for one in found["commitments"]:
        assert one["quote"] in text
    for one in found["money"]:
        assert one["quote"] in text
    for group in found["instruments"]:
        for one in group["instruments"]:
            assert one["label"] in text
    assert ("not followed up in the sources held" in text) == (lang == "en")


def test_the_query_of_a_pair_gives_its_actions(real_snapshot: Snapshot) -> None:
    """The query of the page runs, and gives every action that it shows."""
    made = page(real_snapshot, "pair", slug=PAIR)
    rows = answered(real_snapshot, made.query)
    assert {row["action"] for row in rows} == {one.iri for one in pair(real_snapshot, PAIR).actions}


def test_a_pair_says_what_differs_on_both_sides(real_snapshot: Snapshot) -> None:
    """A date that the report and a ministry give differently stands twice, and neither wins."""
    text = read(html(real_snapshot, "pair", slug=PAIR))
    said = text[text.index("Memorandum of cooperation on people-to-people exchanges: date") :][:200]
    for part in (
        "10 November 2023",
        "footnote 3",
        "7 November 2023",
        "www.mofa.go.jp",
        "Both stand.",
    ):
        assert part in said


def test_a_pair_marks_other_readings_and_names_what_is_spoken_of(real_snapshot: Snapshot) -> None:
    """Beside the words of a commitment: what they speak of, and whether they read otherwise."""
    rows = commitments(real_snapshot).rows
    text = read(html(real_snapshot, "pair", slug=PAIR))
    part = text[text.index("In the report’s words") : text.index("The same with filters")]
    assert part.count("other reading") == sum(bool(one.other_readings) for one in rows)
    for one in rows:
        for thing in one.objects:
            assert thing.label in part


def test_instruments_without_parties_are_named_on_the_brief(real_snapshot: Snapshot) -> None:
    """They are not called nameless; legislation stands apart; the brief has their names."""
    groups = page(real_snapshot, "pair", slug=PAIR).data["instruments"]
    named = [one for one in groups if one.named]
    assert [one.thing.label for one in named] == ["parties not stated in words here"]
    labels = {one.thing.label for one in named[0].members}
    assert "UK-Japan Cyber Partnership" in labels
    laws = next(one for one in groups if one.thing.label == "legislation")
    assert not labels & {one.thing.label for one in laws.members}
    text = read(html(real_snapshot, "pair", slug=PAIR))
    assert text.count("UK-Japan Cyber Partnership") >= 2


def test_pairs_are_listed_with_their_sources(real_snapshot: Snapshot) -> None:
    """The list leads to each pair that has a bilateral source."""
    text = html(real_snapshot, "pairs")
    assert 'href="/en/pair/japan-united-kingdom"' in text
    assert "Japan and the United Kingdom" in read(text)
    with pytest.raises(NotFound):
        page(real_snapshot, "pair", slug="japan-france")


# ---- timeline

WINDOWS: list[dict[str, str]] = [
    {},
    {"kind": "event"},
    {"kind": "action", "basis": "reference"},
    {"basis": "reported", "from": "2023-05", "to": "2023-05"},
    {"topic": "topic:semiconductors"},
    {"actor": "METI", "kind": "instrument"},
    {"topic": "topic:data", "actor": "actor:da", "to": "2023"},
]


@pytest.mark.parametrize("wish", WINDOWS, ids=lambda wish: "-".join(wish) or "all")
def test_the_query_of_the_timeline_gives_what_is_shown(
    real_snapshot: Snapshot, wish: dict[str, str]
) -> None:
    """The query of the page runs, and gives the same things with the same dates."""
    made = page(real_snapshot, "timeline", **wish)
    shown = {
        (row.thing.iri, row.entry.relation, row.edtf, row.entry.basis) for row in made.data["rows"]
    }
    label = real_snapshot.names.label
    rows = answered(real_snapshot, made.query)
    given = {
        (row["thing"], row["relation"].rsplit("#")[-1], label(row["date"]), row["basis"])
        for row in rows
    }
    assert given == shown
    assert len(rows) == len(shown) == len(made.data["rows"])
    read(html(real_snapshot, "timeline", "ja", **wish))


def test_marks_have_the_width_of_their_dates() -> None:
    """A day is a stroke, a month a block, a year a band, and what is to come an outline."""
    over = dating.Scale(2023, 2024)
    assert over.at(date(2023, 1, 1)) == 0
    assert over.at(date(2024, 1, 1)) == pytest.approx(499.3, abs=0.1)

    def mark(edtf: str, first: date, last: date, to_come: bool = False) -> dating.Mark:
        entry = Entry(
            "event", Thing("x", "x"), "date", Period(edtf, first, last), "reported", (), ()
        )
        return dating.draw(entry, over, to_come)

    month = mark("2023-05", date(2023, 5, 1), date(2023, 5, 31))
    assert (month.style, month.width) == ("range", pytest.approx(42.4, abs=0.1))
    year = mark("2023", date(2023, 1, 1), date(2023, 12, 31))
    assert (year.style, year.x, year.width) == ("year", 0, pytest.approx(499.3, abs=0.1))
    assert mark("2023-05-19", date(2023, 5, 19), date(2023, 5, 19)).style == "mark"
    ahead = mark("2024-10", date(2024, 10, 1), date(2024, 10, 31), to_come=True)
    assert ahead.style == "open"


def test_what_lies_after_the_report_is_marked_so(real_snapshot: Snapshot) -> None:
    """The day of the report itself is not to come; what is later than it is."""
    rows = page(real_snapshot, "timeline").data["rows"]
    by_date = {row.edtf: row.to_come for row in rows}
    assert not by_date["2024-01-16"]
    assert by_date["2024-10"]
    assert "after the day of the report" in read(html(real_snapshot, "timeline"))


def test_no_longer_span_stands_before_a_day_in_it(real_snapshot: Snapshot) -> None:
    """Rows stand by their last days; a year comes after the days that it may mean."""
    rows = page(real_snapshot, "timeline").data["rows"]
    for before, after in pairwise(row.entry.period for row in rows):
        assert before.latest <= after.latest
        assert before.latest < after.latest or before.earliest >= after.earliest


def test_actions_without_a_date_are_led_to(real_snapshot: Snapshot) -> None:
    """What is left out stands on other pages, which are named."""
    text = html(real_snapshot, "timeline", topic="topic:semiconductors")
    assert 'href="/en/page/topic/semiconductors"' in text
    assert 'href="/en/browse/topics"' in html(real_snapshot, "timeline")


def test_dated_actions_say_what_their_words_speak_of(real_snapshot: Snapshot) -> None:
    """Clipped words do not stand alone: the object stands beside them."""
    rows = [row for row in page(real_snapshot, "timeline").data["rows"] if row.what]
    text = read(html(real_snapshot, "timeline"))
    assert rows
    assert all(one.label in text for row in rows for one in row.what)


def test_no_date_is_said_in_words(real_snapshot: Snapshot) -> None:
    """A filter that leaves nothing says how many actions have no date at all."""
    text = read(html(real_snapshot, "timeline", topic="topic:dns-abuse"))
    assert "No date passes all of these filters" in text


# ---- search


def found(snapshot: Snapshot, text: str, lang: str = "en", type_: str = "") -> dict[str, Any]:
    """What the route passes to the view."""
    index = open_index(snapshot)
    try:
        its = index.search(text, [type_] if type_ else [], (), lang, MOST)
        everywhere = index.search(text, (), (), lang, 1000)
    finally:
        index.close()
    return {
        "q": text,
        "type": type_,
        "total": its.total,
        "results": [shown(one) for one in its.hits],
        "counts": dict(Counter(one.family for one in everywhere.hits)),
        "elsewhere": everywhere.total,
    }


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("text", ["MIC", "半導体", "principles", "ＵＫ japan", "cooperation"])
def test_results_stand_by_type_with_their_reason(
    real_snapshot: Snapshot, text: str, lang: str
) -> None:
    """Each result leads to its page, and says why it was found."""
    known = found(real_snapshot, text, lang)
    made = page(real_snapshot, "search", lang, **known)
    hits = [one for group in made.data["groups"] for one in group.hits]
    assert len(hits) == min(known["total"], MOST) > 0
    assert all(one.reason for one in hits)
    assert {row["thing"] for row in answered(real_snapshot, made.query)} == {
        one.thing.iri for one in hits
    }
    read(html(real_snapshot, "search", lang, **known))


def test_the_reason_names_the_other_language(real_snapshot: Snapshot) -> None:
    """A ministry found by its Japanese name says so on the English page, and the reverse."""
    text = read(html(real_snapshot, "search", "en", **found(real_snapshot, "総務省")))
    assert "found by: Japanese name" in text
    japanese = found(real_snapshot, "Digital Agency", "ja")
    assert "英語名" in read(html(real_snapshot, "search", "ja", **japanese))


def test_what_was_found_is_marked() -> None:
    """Words are marked where they begin, in any width and case, and nowhere inside others."""

    def marked(text: str, query: str) -> list[str]:
        return [one.text for one in pieces(text, query) if one.found]

    assert marked("Japan-UK Digital Partnership", "uk digital") == ["UK", "Digital"]
    assert marked("the U.K. and Ukraine", "uk") == ["U.K", "Uk"]
    assert marked("Department", "part") == []
    assert marked("個人情報保護委員会", "情報") == ["情報"]
    assert marked("Tōkyō", "tokyo") == ["Tōkyō"]
    assert marked("anything", "") == []
    assert "".join(one.text for one in pieces("a <b> c", "b")) == "a <b> c"


def test_nothing_found_says_what_was_searched(real_snapshot: Snapshot) -> None:
    """An empty answer says what was searched and what to try; what was typed is only text."""
    typed = "<script>alert(1)</script> quantum"
    sent = html(real_snapshot, "search", **found(real_snapshot, typed))
    assert "<script>alert" not in sent
    text = read(sent)
    assert f"No match for “{typed}”" in text
    assert "The text of the report is not searched" in text
    narrowed = found(real_snapshot, "MIC", type_="event")
    assert narrowed["total"] == 0
    assert "without the filters" in read(html(real_snapshot, "search", **narrowed))


def test_an_acronym_leads_to_the_claims_that_name_its_actor(real_snapshot: Snapshot) -> None:
    """Below the hit stands how many claims name it, with the way to them."""
    text = html(real_snapshot, "search", **found(real_snapshot, "DSIT"))
    count = describe(real_snapshot, "https://w3id.org/comity/id/actor/dsit", limit=0).claims_total
    assert f"{count} claims name it" in read(text)


@pytest.mark.parametrize("typed", ["money", "£"])
def test_sums_of_money_are_led_to(real_snapshot: Snapshot, typed: str) -> None:
    """They are in no index of names: the empty answer and the first page say where they stand."""
    known = {"q": typed, "total": 0, "results": [], "counts": {}, "elsewhere": 0}
    way = f'href="/en/pair/{PAIR}#money"'
    assert way in html(real_snapshot, "search", **known)
    assert way in html(real_snapshot, "home")


def test_a_search_without_text_says_what_can_be_found(real_snapshot: Snapshot) -> None:
    """The page without a question offers examples, each of which finds something."""
    sent = html(real_snapshot, "search")
    examples = re.findall(r'href="/en/search\?q=([^"]+)"', sent)
    assert len(examples) >= 3
    for one in examples:
        assert found(real_snapshot, unquote(one))["total"], one


# ---- data and changes


def entry(path: str, part: str, format_: str, encoding: str = "", **counts: int) -> File:
    """A file of an index."""
    digest = sha256(path.encode()).hexdigest()
    media_type = "text/plain"
    return File(
        path, part, part, format_, media_type, encoding, 81_539, digest, LICENCE, "r", counts
    )


def known_data(current: bool = True) -> dict[str, Any]:
    """What the route passes to the page of data."""
    files = [
        entry("comity.nq", "comity", "nq", quads=11_663),
        entry("comity.nq.gz", "comity", "nq", "gzip", quads=11_663),
        entry("comity-table-actors.csv", "comity-table-actors", "csv", rows=40),
        entry("comity-source-x.ttl", "comity-source-x", "ttl", triples=1),
        entry("comity-new.ttl", "comity-new", "ttl", triples=2),
    ]
    titles = {one.part: {"title": one.part, "description": f"About {one.part}"} for one in files}
    digest, before = "a" * 64, "b" * 64
    made = "2026-11-23T19:11:03+00:00"
    releases = [
        {"release": digest, "made": made, "current": True, "before": before, "files": True},
        {"release": before, "made": made, "current": False, "before": None, "files": False},
    ]
    return {
        "release": digest if current else before,
        "made": made,
        "current": current,
        "index": "/download/",
        "parts": parts_of(files, titles),
        "releases": releases,
        "passages": 52,
        "passage": "x/a",
    }


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_file_is_listed_with_size_and_digest(real_snapshot: Snapshot, lang: str) -> None:
    """Files by part, compressed forms beside them; a part nobody has named yet is not lost."""
    sent = html(real_snapshot, "data", lang, **known_data())
    text = read(sent)
    for part in known_data()["parts"].values():
        for one in part["files"]:
            assert f'/download/{"a" * 64}/{one["path"]}"' in sent
            assert one["sha256"] in text
    assert "82 kB" in text
    assert "About comity-new" in text
    assert f'href="/{lang}/changes/{"b" * 64}/{"a" * 64}"' in sent
    assert "/catalogue" in sent
    assert "creativecommons.org" in sent


def test_an_earlier_release_says_so(real_snapshot: Snapshot) -> None:
    """Its files have the address of the release, and lead to those of the current one."""
    made = page(real_snapshot, "data", **known_data(current=False))
    assert made.path == f"/download/{'b' * 64}/"
    assert "An earlier release" in read(html(real_snapshot, "data", **known_data(current=False)))


def test_the_query_of_data_counts_what_the_files_hold(real_snapshot: Snapshot) -> None:
    """All statements with their graphs are as many as the whole dataset has."""
    rows = answered(real_snapshot, page(real_snapshot, "data", **known_data()).query)
    assert sum(row["statements"] for row in rows) == sum(1 for _ in real_snapshot.quads())


def test_releases_are_listed_with_their_changes(real_snapshot: Snapshot) -> None:
    """Each release leads to what it changed; the first of them has nothing before it."""
    text = read(html(real_snapshot, "changes", releases=known_data()["releases"]))
    assert f"Changes since {'b' * 12}" in text
    assert "the first that is kept" in text
    assert "2 releases" in text


def statement(number: int, change: str = "added") -> dict[str, Any]:
    """A statement as a comparison has it."""
    value = {"value": f"<b>{number}</b>", "datatype": "x"}
    return {
        "change": change,
        "property": "https://w3id.org/comity/ontology#topic",
        "property_label": "topic",
        "before": value if change != "added" else None,
        "after": value if change != "removed" else None,
    }


def comparison(statements: list[dict[str, Any]]) -> dict[str, Any]:
    """A comparison with some statements of one thing."""
    passage = "https://w3id.org/comity/source/jukdp-2024/data/a"
    resource = {"iri": f"{passage}#x", "label": "words", "state": "changed"}
    place = {"iri": passage, "label": None, "kind": None, "state": "added", "text": None}
    mic = "https://w3id.org/comity/id/actor/mic"
    return {
        "before": {"release": "a" * 64, "made": "2026-11-23T19:11:03+00:00"},
        "after": {"release": "b" * 64, "made": ""},
        "counts": {"correction": {"added": len(statements), "removed": 0, "changed": 0}},
        "identities": [{"kind": "renamed", "old": [f"{mic}-old"], "new": [mic]}],
        "classes": [
            {
                "class": "correction",
                "places": [{**place, "resources": [{**resource, "statements": statements}]}],
            }
        ],
    }


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_difference_is_told_in_words(real_snapshot: Snapshot, lang: str) -> None:
    """What came, went or has another value; data is text, never markup."""
    some = [statement(1), statement(2, "removed"), statement(3, "changed")]
    found_, left = told(comparison(some))
    assert left == 0
    sent = html(real_snapshot, "difference", lang, found=found_, left=left)
    text = read(sent)
    assert "<b>1</b>" not in sent
    assert "<b>3</b>" in text
    for word in ("added", "removed", "changed") if lang == "en" else ("追加", "削除", "変更"):
        assert word in text
    assert "Data (a)" in text
    label = real_snapshot.names.label("https://w3id.org/comity/id/actor/mic", lang)
    assert label in text


def test_a_long_difference_says_what_it_leaves_off(real_snapshot: Snapshot) -> None:
    """A page holds so many statements; how many more there are is said."""
    found_, left = told(comparison([statement(one) for one in range(30)]), 10)
    assert left == 20
    text = read(html(real_snapshot, "difference", found=found_, left=left))
    assert "20 more are told by the other forms" in text
    nothing = {**comparison([]), "counts": {}, "classes": [], "identities": []}
    assert "Nothing differs" in read(html(real_snapshot, "difference", found=nothing, left=0))


# ---- as they are asked for

HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize(
    "path",
    [
        "/commitments", "/commitments?topic=semiconductors&group=modality&dated=true", "/timeline",
        "/timeline?from=2023-05&to=2023-06", f"/pair/{PAIR}", "/search?q=MIC", "/search",
    ],
)  # fmt: skip
def test_browsers_get_pages_and_programs_get_data(client: TestClient, path: str) -> None:
    """In the language of the path, or of the browser; without HTML nothing is other than it was."""
    for lang in ("en", "ja"):
        answer = client.get(f"/{lang}{path}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-language"] == lang
        assert f'<link rel="canonical" href="/{lang}{path.partition("?")[0]}' in answer.text
        named = client.get(path, headers={**HTML, "Accept-Language": lang})
        assert named.headers["content-language"] == lang
        assert "Accept-Language" in named.headers["vary"]
    plain = client.get(path)
    if path == "/search":
        assert plain.status_code == 400
    else:
        assert plain.headers["content-type"].startswith("application/json")
        wished = client.get(f"{path}{'&' if '?' in path else '?'}format=json", headers=HTML)
        assert wished.headers["content-type"].startswith("application/json")


def test_the_one_pair_is_shown_at_once(client: TestClient) -> None:
    """With one pair the list would have one line."""
    answer = client.get("/ja/pair")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/ja/pair/{PAIR}")
    assert client.get("/en/pair/japan-france").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/en/commitments?topic=quantum", "/en/commitments?due_from=soon", "/en/commitments?x=1",
        "/en/commitments?dated=perhaps", "/en/timeline?kind=rumour", "/en/timeline?from=x",
        "/en/search?q=a&type=nonsense", "/en/search?q=a&topic=nonsense", "/en/search?offset=x",
        f"/en/search?q={'a' * 201}", "/en/search?q=a&q=b",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_as_for_programs(client: TestClient, path: str) -> None:
    """A wrong filter is an error that says so, in the dress of the site, not an empty page."""
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_a_refused_page_leads_back_to_itself_without_parameters(client: TestClient) -> None:
    """A wrong date on the timeline is mended there; only queries lead to the workbench."""
    answer = client.get("/ja/timeline?from=last%20year", headers=HTML)
    assert answer.status_code == 400
    assert '<a href="/ja/timeline">条件を付けずにこのページに戻る' in answer.text
    answer = client.get("/timeline?from=x", headers={**HTML, "Accept-Language": "en"})
    assert '<a href="/en/timeline">Go back to the page' in answer.text
    answer = client.get("/en/sparql?query=nonsense", headers=HTML)
    assert "Go back to the page" not in answer.text


def test_forms_of_a_page_are_what_it_shows(client: TestClient, real_snapshot: Snapshot) -> None:
    """Every other form of the pages answers, with the filters of the page."""
    for view_, wish in (
        ("commitments", {"topic": "topic:semiconductors"}),
        ("timeline", {"kind": "event"}),
        ("pair", {"slug": PAIR}),
    ):
        for lang in ("en", "ja"):
            for form in page(real_snapshot, view_, lang, **wish).forms:
                answer = client.get(form.address)
                assert answer.status_code == 200, form
                if form.media_type:
                    assert answer.headers["content-type"].split(";")[0] == form.media_type
    found_ = client.get("/commitments.json?topic=topic:semiconductors").json()
    shown_ = page(real_snapshot, "commitments", topic="topic:semiconductors").data["count"]
    assert found_["total"] == shown_
