"""Pages of commitments, pairs, timeline, search, data and changes: what they show and lead to."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from kg.commitments import commitments
from kg.errors import UsageError
from kg.results import Rows
from kg.snapshot import Snapshot
from kg_api import site
from kg_api.site.page import Asked, Page
from kg_api.site.views import VIEWS

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
