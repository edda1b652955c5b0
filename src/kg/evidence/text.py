"""Owns how the text copy of a source is read: normalisation, words, sentences, places.

Places are half-open spans of Unicode code points in the copy exactly as stored (no line ending is
translated). *Normalisation* is NFC and every run of white space made one space, with none at either
end; nothing else is changed, never a letter, so what is quoted is what is written.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import DataError

CHARACTERS_A_WORD = 3

# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, Japanese and Chinese with
# their punctuation. Hangul is not among them: Korean has word spaces.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3001-\u303f\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff65\uff66-\uff9f\U00020000-\U0003ffff]"
)
_LETTER = re.compile(r"[^\W_]")
_SHORTENED = """
    art arts cf co corp dr e.g eg etc fig gen hon i.e ie inc ltd mr mrs ms no nos p para paras pp
    prof sec st v viz vol vs
"""
_ABBREVIATIONS = frozenset(_SHORTENED.split())
# After the stop, closing marks and footnote markers: they belong to the sentence they end.
_STOP = re.compile(r"[.!?…][.!?…\"'”’)\]\u00b9\u00b2\u00b3\u2070-\u2079]*(?=\s)")
_UNSPACED_STOP = re.compile(r"[。！？｡][。！？｡」』）)\u00b9\u00b2\u00b3\u2070-\u2079]*")
_OPENING, _CLOSING = "「『（", "」』）"


@dataclass(frozen=True, order=True)
class Span:
    """Code points `start` to `end` (not included) of a text copy."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of the span."""
        return text[self.start : self.end]

    def holds(self, other: "Span") -> bool:
        """Whether the other span lies within this one."""
        return self.start <= other.start and other.end <= self.end

    def cut(self, other: "Span") -> "Span | None":
        """What both spans share, if anything."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


@dataclass(frozen=True)
class TextCopy:
    """A source's text as stored: its path, its characters and the SHA-256 of its bytes."""

    path: Path
    text: str
    sha256: str


def read_copy(path: Path) -> TextCopy:
    """Read a text copy (UTF-8), keeping every code point where it is."""
    try:
        raw = path.read_bytes()
        return TextCopy(path, raw.decode("utf-8"), hashlib.sha256(raw).hexdigest())
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError("the text copy is not UTF-8; convert it first", path, line) from error
    except OSError as error:
        raise DataError(f"cannot read the text copy: {error.strerror}", path) from error


def find_copy(sha256: str, place: Path | None, project: Path) -> TextCopy | None:
    """The text copy with that SHA-256: `place` (a file or a folder), else the folder
    `shared/sources` beside the project, or none.
    """
    place = place or project.parent / "shared" / "sources"
    candidates = [place] if place.is_file() else sorted(place.glob("**/*.txt"))
    for path in candidates:
        try:
            if hashlib.sha256(path.read_bytes()).hexdigest() == sha256:
                return read_copy(path)
        except OSError:
            continue  # an unreadable neighbour is not the copy that is looked for
    return None


def normalise(text: str) -> str:
    """NFC, and one space for every run of white space, none at the ends.

    >>> normalise("  vendor\\n\\n diversification ")
    'vendor diversification'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def digest(text: str) -> str:
    """SHA-256 (hexadecimal) of the normalised text in UTF-8."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def words(text: str) -> int:
    """Words of a text: runs without white space that hold a letter or digit, and for scripts
    without word spaces a word for every three characters begun.

    >>> words("a £250m investment - in Open RAN")
    6
    >>> words("両国は協力する。")
    3
    """
    characters = len(_UNSPACED.findall(text))
    spaced = sum(1 for run in _UNSPACED.sub(" ", text).split() if _LETTER.search(run))
    return spaced + -(-characters // CHARACTERS_A_WORD)


def text_of(text: str, segments: Iterable[Span]) -> str:
    """The normalised text of a passage: its segments, one space between two."""
    return normalise(" ".join(segment.of(text) for segment in segments))


def _clusters(text: str) -> Iterator[tuple[str, int, int]]:
    """Pieces of the text that NFC composes independently of each other, normalised, with places."""
    start = 0
    for place in range(1, len(text) + 1):
        if place < len(text) and not _breaks(text[start:place], text[place]):
            continue
        yield unicodedata.normalize("NFC", text[start:place]), start, place
        start = place


def _breaks(cluster: str, following: str) -> bool:
    if following.isascii():
        return True  # ASCII characters are starters that compose with nothing before them
    if unicodedata.combining(unicodedata.normalize("NFD", following)[0]):
        return False
    together = unicodedata.normalize("NFC", cluster + following)
    apart = unicodedata.normalize("NFC", cluster) + unicodedata.normalize("NFC", following)
    return together == apart


def normalised_places(text: str) -> tuple[str, list[Span]]:
    """The normalised text, and for each of its characters the span of `text` it stands for."""
    characters: list[str] = []
    places: list[Span] = []
    for cluster, start, end in _clusters(text):
        for character in cluster:
            if not character.isspace():
                characters.append(character)
                places.append(Span(start, end))
            elif characters and characters[-1] != " ":
                characters.append(" ")
                places.append(Span(start, end))
    if characters and characters[-1] == " ":
        del characters[-1], places[-1]
    return "".join(characters), places


def occurrences(text: str, within: Sequence[Span], quote: str) -> list[Span]:
    """Where the quote stands in the text: each place within one of the spans, overlaps included.

    Whole letters only: a letter with a mark of its own (combining) is not the letter without.
    """
    wanted = normalise(quote)
    found: list[Span] = []
    if not wanted:
        return found
    for span in within:
        plain, places = normalised_places(span.of(text))
        at = plain.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            begins = at == 0 or places[at - 1] != places[at]
            ends = end == len(places) or places[end - 1] != places[end]
            if begins and ends:
                last = places[end - 1]
                found.append(Span(span.start + places[at].start, span.start + last.end))
            at = plain.find(wanted, at + 1)
    return found


def trim(text: str, span: Span) -> Span:
    """The span without white space at its ends (empty at its start if there is nothing else)."""
    piece = span.of(text)
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, max(start, span.end - (len(piece) - len(piece.rstrip()))))


def sentences(text: str, segments: Sequence[Span]) -> list[Span]:
    """Propose the sentences of a passage; one may run on from a segment into the next."""
    ends = [place for segment in segments for place in _sentence_ends(text, segment)]
    found: list[Span] = []
    start = segments[0].start if segments else 0
    for end in [*ends, *(segment.end for segment in segments[-1:])]:
        piece = trim(text, Span(start, end))
        if piece.start < piece.end:
            found.append(piece)
            later = [segment.start for segment in segments if segment.end > end]
            start = max(end, later[0]) if later else end
    return found


def _sentence_ends(text: str, segment: Span) -> list[int]:
    piece = segment.of(text)
    ends = [stop.end() for stop in _STOP.finditer(piece) if _is_stop(piece, stop)]
    for stop in _UNSPACED_STOP.finditer(piece):
        before = piece[: stop.start()]
        # A stop inside 「…」 ends a sentence of the quotation, not of the passage.
        depth = sum(before.count(mark) for mark in _OPENING)
        depth -= sum(before.count(mark) for mark in _CLOSING)
        if depth <= 0:
            ends.append(stop.end())
    return sorted(segment.start + end for end in set(ends))


def _is_stop(piece: str, stop: re.Match[str]) -> bool:
    following = piece[stop.end() :].lstrip()[:2].lstrip("\"'“‘([")
    if not following or following[0].islower():
        return False
    if stop.group()[0] != ".":
        return True
    before = piece[: stop.start()].split()
    word = before[-1].lstrip("\"'“‘([").casefold() if before else ""
    initials = re.fullmatch(r"(?:[^\W\d_]\.)*[^\W\d_]", word) is not None
    return word not in _ABBREVIATIONS and not initials
