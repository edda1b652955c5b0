"""Owns the proposal of a source's structure from its text: headings, passages and their segments.

A proposal, not a judgement: copies lose markers, run items together and cut paragraphs at the end
of a page. What is proposed here the curator reads, and corrects in `evidence.ttl`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from kg import names
from kg.errors import UsageError
from kg.evidence.text import Span, trim, words

_BULLET = re.compile(r"[-*•・]\s+")
_ENUMERATOR = re.compile(
    r"[(（]([a-z]|[ivx]{1,5}|\d{1,3}|[０-９]{1,2}|[一二三四五六七八九十]{1,3})[)）]\s*"
    r"|([a-z]|[ivx]{1,5}|\d{1,3})[.)]\s+"
    r"|([０-９]{1,2}|[一二三四五六七八九十]{1,3})[．.、]\s*"
)
_NOTE = re.compile(
    r"([\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+)\s*|\[(\d{1,3})\]\s+|[※注](\d{1,3})\s*"
)
_PILLAR = re.compile(r"((?:Pillar|Part|Chapter)\s+\w+|第\S{1,3}(?:部|章|の柱))\s*[:：.\s]\s*(\S.*)")
_ANNEX = re.compile(r"(?:Annex|Appendix|Schedule|別添|別紙|別表|附属書|付属書)", re.IGNORECASE)
_FINISHED = re.compile(r"[.!?。！？…][\"'”’」』)）\]\u00b9\u00b2\u00b3\u2070-\u2079]*\s*$")
_HANGING = re.compile(r"(?:[-/,–]|\b(?:and|or|of|the|in|to))\s*$")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_KANJI = "一二三四五六七八九十"
_ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv"]
_HEADING_WORDS = 12
_NOTES = "notes"


@dataclass
class Heading:
    """A proposed heading: a section's, a pillar's, or of both when passages follow directly."""

    slug: str
    label: str
    printed: str | None = None
    is_pillar: bool = False
    is_section: bool = True
    pillar: str | None = None


@dataclass
class Item:
    """A proposed passage: its section, its name in the path, its marker and its segments.

    `printed` is the marker as it stands in the copy, `marker` the letter or number alone.
    """

    section: str
    slug: str
    marker: str | None
    printed: str | None
    segments: list[Span]
    is_note: bool = False


@dataclass
class Outline:
    """The proposed structure of a text."""

    title: str | None = None
    headings: list[Heading] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


def propose(text: str) -> Outline:
    """Propose title, headings and passages of a text."""
    reader = _Reader(text)
    for block in _blocks(text):
        reader.take(block)
    return reader.finish()


def _blocks(text: str) -> Iterator[Span]:
    """Paragraphs: lines up to a blank line, or to a line that opens an item or a note."""
    start: int | None = None
    place = 0
    for line in [*text.splitlines(keepends=True), "\n"]:
        begins = _BULLET.match(line) or _ENUMERATOR.match(line) or _NOTE.match(line)
        if start is not None and (not line.strip() or begins or line.startswith("#")):
            yield trim(text, Span(start, place))
            start = None
        if start is None and line.strip():
            start = place
        if start is not None and line.startswith("#"):
            yield trim(text, Span(start, place + len(line)))
            start = None
        place += len(line)


def successor(marker: str) -> str | None:
    """The marker that follows: `b` after `a`, `ii` after `i`, `3` after `2`."""
    if marker.isdecimal():
        return str(int(marker) + 1)
    if marker in _KANJI and marker != _KANJI[-1]:
        return _KANJI[_KANJI.index(marker) + 1]
    if len(marker) == 1 and "a" <= marker < "z":
        return chr(ord(marker) + 1)
    return None


def _follows(marker: str, previous: str) -> bool:
    roman = previous in _ROMAN[:-1] and marker == _ROMAN[_ROMAN.index(previous) + 1]
    return roman or marker == successor(previous)


class _Reader:
    """Reads paragraph after paragraph, and remembers what is open."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.outline = Outline()
        self.section: Heading | None = None
        self.pillar: Heading | None = None
        self.markers: list[str] = []
        self.body: Item | None = None
        self.note: Item | None = None
        self.last: Item | None = None
        self.noted = 0

    def take(self, block: Span) -> None:
        """Add one paragraph to what it belongs to."""
        piece = block.of(self.text)
        note = _NOTE.match(piece)
        bullet = _BULLET.match(piece)
        inner = Span(block.start + (bullet.end() if bullet else 0), block.end)
        enumerator = _ENUMERATOR.match(inner.of(self.text))
        if note:
            marker = next(group for group in note.groups() if group)
            place = Span(block.start + note.end(), block.end)
            self._open_note(marker.translate(_SUPERSCRIPTS), note.group().strip(), place)
        elif piece.startswith("#"):
            self._open_heading(piece.lstrip("# "))
        elif enumerator:
            marker = next(group for group in enumerator.groups() if group)
            place = Span(inner.start + enumerator.end(), inner.end)
            self._open_items(_plain(marker), enumerator.group().strip(), place)
        elif not bullet and self._is_heading(piece):
            self._open_heading(piece)
        elif self._continues_note(inner):
            self._extend(self.note, inner)
        elif self._is_lost_note(inner):
            self._open_note(str(self.noted + 1), None, inner)
        elif self.body and not self._finished(self.body):
            self._extend(self.body, inner)
        else:
            self._open_passage(None, None, inner)

    def _finished(self, item: Item) -> bool:
        words_so_far = self.text[item.segments[0].start : item.segments[-1].end]
        return bool(_FINISHED.search(words_so_far)) or words_so_far.rstrip().endswith((":", "："))

    def _is_heading(self, piece: str) -> bool:
        if self.body and not self._finished(self.body):
            return False
        if self.note and self.last is self.note and _HANGING.search(self._tail(self.note)):
            return False
        if "\n" in piece or piece[:1].islower() or words(piece) > _HEADING_WORDS:
            return False
        return not _FINISHED.search(piece) and not piece.endswith((":", "：", ",", ";", "、"))

    def _tail(self, item: Item) -> str:
        return item.segments[-1].of(self.text)

    def _continues_note(self, block: Span) -> bool:
        if self.note is None or self.last is not self.note or self._finished(self.note):
            return False
        return bool(_HANGING.search(self._tail(self.note)))

    def _is_lost_note(self, block: Span) -> bool:
        """Whether a paragraph among notes is one that lost its marker: the next one is counted."""
        if self.note is None or self.last is not self.note:
            return False
        following = re.search(rf"^{_NOTE.pattern}", self.text[block.end :], re.MULTILINE)
        if not following:
            return False
        marker = next(group for group in following.groups() if group).translate(_SUPERSCRIPTS)
        return marker == str(self.noted + 2)

    def _extend(self, item: Item | None, block: Span) -> None:
        if item is None:
            return
        run_on = self._run_on(item.marker, block) if item.marker and not item.is_note else None
        end = run_on[0].end if run_on else block.end
        if self.last is item:
            item.segments[-1] = Span(item.segments[-1].start, end)
        else:
            item.segments.append(Span(block.start, end))
        self.last = item
        if run_on:
            self._open_items(*run_on[1:])

    def _open_heading(self, label: str) -> None:
        label = label.strip()
        headings = self.outline.headings
        if self.outline.title is None and not headings and not self.outline.items:
            self.outline.title = label
            return
        pillar = _PILLAR.fullmatch(label)
        if pillar:
            heading = Heading(self._name(pillar[2]), pillar[2], label, True, False)
            heading.pillar = heading.slug
            self.pillar = heading
        else:
            if _ANNEX.match(label):
                self.pillar = None
            parent = self.pillar.slug if self.pillar else None
            heading = Heading(self._name(label), label, pillar=parent)
        headings.append(heading)
        self.section, self.markers, self.body = heading, [], None

    def _name(self, label: str) -> str:
        try:
            name = names.slug(label)
        except UsageError:
            name = f"section-{len(self.outline.headings) + 1}"
        taken = {heading.slug for heading in self.outline.headings}
        return name if name not in taken else f"{name}-{len(taken) + 1}"

    def _run_on(self, marker: str, block: Span) -> tuple[Span, str, str, Span] | None:
        """Where the next item runs on in the same line, "… end. b. Beginning …": what is left
        of this one, and the marker, the marker as printed and the place of the other.
        """
        following = successor(marker)
        if following is None:
            return None
        ended = r"(?<=[.!?\u00b9\u00b2\u00b3\u2070-\u2079])"
        cut = re.search(rf"{ended}\s+({following}[.)])\s+(?=[A-Z])", block.of(self.text))
        if cut is None:
            return None
        left = Span(block.start, block.start + cut.start())
        return left, following, cut[1], Span(block.start + cut.end(), block.end)

    def _open_items(self, marker: str, printed: str, block: Span) -> None:
        """Open an item, and those that run on in the same line."""
        run_on = self._run_on(marker, block)
        self._open_passage(marker, printed, run_on[0] if run_on else block)
        if run_on:
            self._open_items(*run_on[1:])

    def _open_passage(self, marker: str | None, printed: str | None, block: Span) -> None:
        if self.section is None:
            self._open_heading(self.outline.title or "Text")
            self.section = self.section or self._untitled()
        section = self.section
        section.is_section = True
        if marker:
            self._nest(marker)
        slug = "-".join(_latin(marker) for marker in self.markers) if marker else "p1"
        slug = self._free(section.slug, slug)
        self.body = Item(section.slug, slug, marker, printed, [block])
        self.last = self.body
        self.outline.items.append(self.body)

    def _untitled(self) -> Heading:
        heading = Heading("text", "Text")
        self.outline.headings.append(heading)
        return heading

    def _nest(self, marker: str) -> None:
        """Put the marker after its like, under the item it subdivides, or in the place of both."""
        for depth in range(len(self.markers), 0, -1):
            if _follows(marker, self.markers[depth - 1]):
                self.markers[depth - 1 :] = [marker]
                return
        if self.markers and marker in ("a", "i", "1", "一"):
            self.markers.append(marker)
        else:
            self.markers = [marker]

    def _free(self, section: str, slug: str) -> str:
        """The name, or where the section has it already the next one: `p2` after `p1`, `a-2`."""
        taken = {item.slug for item in self.outline.items if item.section == section}
        stem, number = ("p", 1) if slug == "p1" else (f"{slug}-", 1)
        while slug in taken:
            number += 1
            slug = f"{stem}{number}"
        return slug

    def _open_note(self, marker: str, printed: str | None, block: Span) -> None:
        self.noted = int(marker)
        slug = self._free(_NOTES, str(self.noted))
        self.note = Item(_NOTES, slug, marker, printed, [block], is_note=True)
        self.last = self.note
        self.outline.items.append(self.note)

    def finish(self) -> Outline:
        """The outline without empty passages, with the markers that the copy lost put back."""
        outline = self.outline
        for item in outline.items:
            trimmed = [trim(self.text, span) for span in item.segments]
            item.segments = [span for span in trimmed if span.start < span.end]
        kept = [item for item in outline.items if item.segments]
        _restore_first(kept)
        outline.items = sorted(kept, key=lambda item: item.is_note)
        known = [heading for heading in outline.headings if heading.slug == _NOTES]
        if any(item.is_note for item in kept) and not known:
            outline.headings.append(Heading(_NOTES, "Notes"))
        for heading in known:
            heading.is_section = True
        return outline


def _plain(marker: str) -> str:
    """The marker with half-width digits."""
    return str(int(marker)) if marker.isdecimal() else marker


def _latin(marker: str) -> str:
    return str(_KANJI.index(marker) + 1) if marker in _KANJI else marker


def _restore_first(items: list[Item]) -> None:
    """Give the first item of a section its marker when the second has one that follows it."""
    for item, following in pairwise(items):
        if (
            item.slug == "p1"
            and item.section == following.section
            and following.marker in ("b", "2")
        ):
            item.marker = item.slug = {"b": "a", "2": "1"}[following.marker]
