"""What the evidence promises: how text is read, where words stand, and what is refused."""

import hashlib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.errors import DataError
from kg.evidence import (
    Passage,
    Span,
    Structure,
    digest,
    find_copy,
    normalise,
    occurrences,
    problems,
    read_copy,
    read_structure,
    words,
)
from kg.evidence.text import normalised_places, sentences, trim

PROJECT = Path(__file__).resolve().parent.parent
SOURCE = "jukdp-2024"

# Letters that compose, white space of several kinds, marks out of order, Japanese, astral planes.
AWKWARD = st.text(
    st.sampled_from(
        "ab. \n\t\u3000\u00a0e\u0301\u0323\u0f73\u0344が\u3099か「」。한\u1112\u1161\u11ab🌏"
    )
)
ANY_TEXT = st.one_of(AWKWARD, st.text())


@given(ANY_TEXT)
def test_normalisation_is_nfc_and_single_spaces_and_nothing_else(text: str) -> None:
    """Beside white space and composition no character is added, lost or changed."""
    plain = normalise(text)
    assert plain == " ".join(unicodedata.normalize("NFC", text).split())
    assert normalise(plain) == plain
    kept = "".join(character for character in text if not character.isspace())
    assert unicodedata.normalize("NFD", plain.replace(" ", "")) == unicodedata.normalize(
        "NFD", kept
    )


@given(ANY_TEXT)
def test_every_normalised_character_knows_its_place(text: str) -> None:
    """Places give the same words as normalising, in order, and each is where its words stand."""
    plain, places = normalised_places(text)
    assert plain == normalise(text)
    assert len(places) == len(plain)
    assert places == sorted(places)
    for character, place in zip(plain, places, strict=True):
        assert character in unicodedata.normalize("NFC", place.of(text)) or character == " "


@given(ANY_TEXT, st.data())
def test_a_quote_taken_from_a_text_is_found_where_it_was_taken(
    text: str, data: st.DataObject
) -> None:
    """Whatever stands in the normalised text is found again, at a span that reads the same."""
    plain, places = normalised_places(text)
    ends = [
        at for at in range(len(plain) + 1) if at in (0, len(plain)) or places[at - 1] != places[at]
    ]
    start = data.draw(st.sampled_from(ends))
    end = data.draw(st.sampled_from([at for at in ends if at >= start]))
    quote = plain[start:end]
    assume(quote == normalise(quote))  # no space at an end, no mark that belongs to no letter
    found = occurrences(text, [Span(0, len(text))], quote)
    assert bool(found) == bool(quote)
    assert not quote or Span(places[start].start, places[end - 1].end) in found
    assert [normalise(span.of(text)) for span in found] == [quote] * len(found)


def test_a_letter_is_not_found_in_the_letter_with_a_mark() -> None:
    """Composed or not: "e" does not stand in "é", nor "q" in a "q" with an accent."""
    for text in ("\u00e9", "e\u0301", "q\u0301"):
        assert occurrences(text, [Span(0, len(text))], text[0] if len(text) > 1 else "e") == []
        assert occurrences(text, [Span(0, len(text))], text) == [Span(0, len(text))]


def test_a_quote_is_found_across_a_line_break_but_not_across_segments() -> None:
    """A page's end inside a passage is white space; another passage's text is not."""
    text = "joint work on\n\nOpen RAN. ¹ A note. Further work."
    assert occurrences(text, [Span(0, 24)], "work on Open RAN") == [Span(6, 23)]
    assert occurrences(text, [Span(0, 24), Span(35, 48)], "RAN. Further") == []


def test_places_count_code_points_of_the_copy_as_stored(tmp_path: Path) -> None:
    """Carriage returns, astral characters and a byte order mark are counted, never translated."""
    path = tmp_path / "copy.txt"
    path.write_bytes("\ufeff🌏 a\r\nb".encode())
    copy = read_copy(path)
    assert copy.text == "\ufeff🌏 a\r\nb"
    assert occurrences(copy.text, [Span(0, len(copy.text))], "a b") == [Span(3, 7)]
    assert copy.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_copy_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    """The curator learns which line to look at."""
    path = tmp_path / "copy.txt"
    path.write_bytes(b"one\ntwo \xff\n")
    with pytest.raises(DataError) as refused:
        read_copy(path)
    assert (refused.value.path, refused.value.line) == (path, 2)


def test_the_copy_is_found_by_what_it_holds_not_by_its_name(tmp_path: Path) -> None:
    """A folder, a file, the folder beside the checkout: the SHA-256 decides each time."""
    shared = tmp_path / "shared" / "sources" / "deeper"
    shared.mkdir(parents=True)
    (shared / "one.txt").write_text("one", "utf-8")
    (shared / "two.txt").write_text("two", "utf-8")
    wanted = hashlib.sha256(b"two").hexdigest()
    project = tmp_path / "checkout"
    for place in (None, shared, shared / "two.txt"):
        copy = find_copy(wanted, place, project)
        assert copy is not None
        assert copy.text == "two"
    assert find_copy(wanted, shared / "one.txt", project) is None
    assert find_copy(wanted, tmp_path / "absent", project) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("two words", 2),
        ("a £250m investment", 3),
        ("Secure-by-Design - Shifting", 2),
        ("privacy¹.", 1),
        ("両国は協力する。", 3),
        ("デジタル庁 and DSIT", 4),
        ("한국과 협력", 2),
        ("、", 1),
    ],
)
def test_words(text: str, count: int) -> None:
    """Runs without white space that hold a letter or digit; three characters a word in Japanese."""
    assert words(text) == count


def test_digest_is_that_of_the_normalised_text() -> None:
    """Line breaks and composition do not change it, a letter does."""
    assert digest("vendor\n diversification") == digest("vendor diversification ")
    assert digest("cafe\u0301") == digest("café")
    assert digest("vendor") != digest("Vendor")
    assert digest("a b") == hashlib.sha256(b"a b").hexdigest()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ('They said "yes." We agree.', ['They said "yes."', "We agree."]),
        ("Under Art. 28 of the U.K. Act. Next.", ["Under Art. 28 of the U.K. Act.", "Next."]),
        ("To customers.² This too.¹", ["To customers.²", "This too.¹"]),
        ("An open list, on:", ["An open list, on:"]),
        ("It costs 1.5 million. Really?! Yes", ["It costs 1.5 million.", "Really?!", "Yes"]),
        ("In phase 2. Then phase 3.", ["In phase 2.", "Then phase 3."]),
        ("合意した。次に進む。", ["合意した。", "次に進む。"]),
        ("「はい。」と述べた。次。", ["「はい。」と述べた。", "次。"]),
    ],
)
def test_proposed_sentences(text: str, expected: list[str]) -> None:
    """Stops end sentences; abbreviations, initials, numbers and quotations inside do not."""
    found = sentences(text, [Span(0, len(text))])
    assert [span.of(text) for span in found] == expected


@given(ANY_TEXT)
def test_proposed_sentences_leave_no_word_out(text: str) -> None:
    """In order, apart, without white space at their ends, and together the whole text."""
    whole = trim(text, Span(0, len(text)))
    found = sentences(text, [whole]) if whole.start < whole.end else []
    assert found == sorted(found)
    assert all(span == trim(text, span) and span.start < span.end for span in found)
    assert "".join("".join(span.of(text) for span in found).split()) == "".join(text.split())


def passage(text: str, *segments: tuple[int, int]) -> Passage:
    """A passage of those segments, with its sentences as proposed."""
    spans = tuple(Span(*segment) for segment in segments) or (Span(0, len(text)),)
    found = tuple(sentences(text, spans))
    return Passage("https://example.org/s/a", "https://example.org/s", "a.", False, spans, found)


def test_locating_says_what_is_wrong_and_where_else_the_words_are() -> None:
    """Not there, there twice, in another sentence, in other capitals: each has its own message."""
    text = "Ministers met and met again. They will meet. Open RAN."
    item = passage(text)
    assert item.locate(text, 2, "will meet") == Span(34, 43)
    for number, quote, said in (
        (1, "met", "stands 2 times in sentence 1"),
        (1, "will meet", "it is in sentence 2"),
        (3, "open ran", "other capitals"),
        (2, "never", "not in sentence 2: "),
        (4, "never", "there is no sentence 4: the passage has 3"),
    ):
        with pytest.raises(DataError, match=said):
            item.locate(text, number, quote)


def test_a_sentence_may_run_on_behind_another_passage() -> None:
    """Its words are those of its own segments; what cuts it belongs to the other passage."""
    text = "Alongside, UKRI and\n\n¹ A note. Nothing else.\n\nJST announced it. Then more."
    item = passage(text, (0, 19), (46, 74))
    assert item.sentence_text(text, 1) == "Alongside, UKRI and JST announced it."
    assert item.sentence_text(text, 2) == "Then more."
    assert item.locate(text, 1, "JST announced").of(text) == "JST announced"
    with pytest.raises(DataError, match="runs across another passage's text"):
        item.locate(text, 1, "UKRI and JST")


def structure(*passages: Passage) -> Structure:
    """A source of those passages."""
    found = {item.iri: item for item in passages}
    return Structure("https://example.org/s", "s", "", {"en": "S"}, {}, found)


@pytest.mark.parametrize(
    ("segments", "found", "said"),
    [
        ([(0, 9)], [(0, 9)], []),
        ([], [], ["has no segment"]),
        ([(0, 90)], [(0, 9)], ["the text copy has 9 characters"]),
        ([(0, 5)], [(0, 4)], ["white space"]),
        ([(0, 9)], [(0, 4)], ["its text at 5 is in no sentence"]),
        ([(0, 9)], [(0, 6), (5, 9)], ["before the sentence that precedes it"]),
        ([(0, 4)], [(0, 9)], ["outside its passage's segments"]),
        ([(0, 6), (5, 9)], [(0, 9)], ["overlaps"]),
    ],
)
def test_misplaced_segments_and_sentences_are_found(
    segments: list[tuple[int, int]], found: list[tuple[int, int]], said: list[str]
) -> None:
    """Each kind of wrong place has a message; a right one has none."""
    text = "One. Two."
    item = Passage(
        "https://example.org/s/a",
        "https://example.org/s",
        None,
        False,
        tuple(Span(*span) for span in segments),
        tuple(Span(*span) for span in found),
    )
    messages = [message for _, message in problems(structure(item), text)]
    assert len(messages) == len(said)
    assert all(part in message for part, message in zip(said, messages, strict=True))


def test_the_first_source_has_its_passages_and_sentences() -> None:
    """45 numbered paragraphs, 3 sub-items, 4 footnotes; counted in the report, not in the data."""
    source = read_structure(PROJECT, SOURCE)
    counts = {
        heading.iri.rsplit("/", 1)[1]: len(source.in_section(heading.iri))
        for heading in source.sections()
    }
    assert counts == {
        "preamble": 3,
        "telecoms-diversification": 7,
        "cyber-resilience": 6,
        "semiconductors": 5,
        "artificial-intelligence": 4,
        "data": 5,
        "online-safety": 2,
        "digital-markets": 2,
        "digital-technical-standards": 1,
        "internet-governance": 4,
        "digital-government-transformation": 7,
        "digital-identity": 2,
        "notes": 4,
    }
    assert len(source.passages) == 52
    assert sum(len(item.sentences) for item in source.passages.values()) == 91
    cut = {
        item.iri.split(f"{SOURCE}/")[1]
        for item in source.passages.values()
        if len(item.segments) > 1
    }
    assert cut == {"semiconductors/b", "internet-governance/d"}
    pillars = [heading for heading in source.headings.values() if heading.is_pillar]
    under = [
        sum(1 for heading in source.sections() if heading.pillar == pillar.iri != heading.iri)
        for pillar in pillars
    ]
    assert under == [4, 0, 4, 2]


def test_the_first_source_is_whole_where_its_text_is_at_hand() -> None:
    """No place is wrong, no word stands outside but titles, headings and markers; without the
    text the source still says which copy it was read from.
    """
    source = read_structure(PROJECT, SOURCE)
    copy = find_copy(source.sha256, None, PROJECT)
    assert len(source.sha256) == 64
    if copy is None:
        return
    assert list(problems(source, copy.text)) == []
    assert sum(item.words(copy.text) for item in source.passages.values()) == 2550
    taken = sorted(span for item in source.passages.values() for span in item.segments)
    left, place = [], 0
    for span in taken:
        left.append(copy.text[place : span.start])
        place = span.end
    outside = " ".join("".join([*left, copy.text[place:]]).split())
    headings = {label for heading in source.headings.values() for label in heading.labels.values()}
    for label in sorted(headings - {"Notes"}, key=len, reverse=True):
        assert label in outside
        outside = outside.replace(label, "", 1)
    rest = set(outside.replace("JAPAN-UK DIGITAL PARTNERSHIP: PROGRESS REPORT", "").split())
    assert rest <= {
        "-", "Pillar", "One:", "Two:", "Three:", "Four:", "¹", "³", "⁴", "i.", "ii.", "iii.",
        "1.", "2.", "3.", *(f"{letter}." for letter in "abcdefg"),
    }  # fmt: skip
