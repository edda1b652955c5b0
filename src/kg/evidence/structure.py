"""Owns the structure of a source as `evidence.ttl` records it: passages, segments, sentences.

A segment is a run of a passage's text that no other passage's text interrupts; a sentence may run
from one segment into the next, and its words are those of the segments within its span.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox

from kg.errors import DataError
from kg.evidence.text import Span, digest, occurrences, text_of, words
from kg.names import PREFIXES
from kg.sources import EVIDENCE, GraphFile, file_of, line_of, read

COMITY = PREFIXES["comity"]
TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
LABEL = ox.NamedNode(PREFIXES["skos"] + "prefLabel")
FOOTNOTE = ox.NamedNode(PREFIXES["doco"] + "Footnote")
PLACED = re.compile(r"(.+)#(segment|sentence)-([1-9]\d*)")


def term(name: str) -> ox.NamedNode:
    """A term of the ontology."""
    return ox.NamedNode(COMITY + name)


@dataclass(frozen=True)
class Heading:
    """A section or a pillar of a source, or one heading that is both."""

    iri: str
    labels: dict[str, str]
    order: int
    pillar: str | None
    is_pillar: bool
    is_section: bool


@dataclass(frozen=True)
class Passage:
    """A passage: where it stands in the outline and in the text copy."""

    iri: str
    section: str
    marker: str | None
    is_note: bool
    segments: tuple[Span, ...]
    sentences: tuple[Span, ...]

    @property
    def slug(self) -> str:
        """The last part of its path: `c-i`."""
        return self.iri.rsplit("/", 1)[1]

    def text(self, copy: str) -> str:
        """Its normalised text."""
        return text_of(copy, self.segments)

    def words(self, copy: str) -> int:
        """The number of its words."""
        return words(self.text(copy))

    def digest(self, copy: str) -> str:
        """SHA-256 of its normalised text."""
        return digest(self.text(copy))

    def pieces(self, number: int) -> tuple[Span, ...]:
        """The parts of the segments that a sentence consists of; none without such a sentence."""
        if not 1 <= number <= len(self.sentences):
            return ()
        sentence = self.sentences[number - 1]
        return tuple(part for segment in self.segments if (part := segment.cut(sentence)))

    def sentence_text(self, copy: str, number: int) -> str:
        """The normalised text of one of its sentences."""
        return text_of(copy, self.pieces(number))

    def words_before(self, copy: str, number: int, place: int) -> int:
        """The number of words of one of its sentences that stand before a place in the copy."""
        before = Span(self.sentences[number - 1].start, place)
        return words(text_of(copy, (part for s in self.segments if (part := s.cut(before)))))

    def locate(self, copy: str, number: int, quote: str) -> Span:
        """Where a quote stands in one of its sentences.

        DataError (without a path, which the caller knows) unless it is there exactly once, within
        one segment; the message never repeats more of the text than the quote itself.
        """
        if not 1 <= number <= len(self.sentences):
            count = len(self.sentences)
            raise DataError(f"there is no sentence {number}: the passage has {count}")
        found = occurrences(copy, self.pieces(number), quote)
        if len(found) == 1:
            return found[0]
        if found:
            raise DataError(
                f'stands {len(found)} times in sentence {number}; quote a word more: "{quote}"'
            )
        elsewhere = [
            str(other)
            for other in range(1, len(self.sentences) + 1)
            if occurrences(copy, self.pieces(other), quote)
        ]
        hint = f"; it is in sentence {' and '.join(elsewhere)}" if elsewhere else ""
        if not elsewhere and occurrences(
            self.sentence_text(copy, number).casefold(), [Span(0, len(copy))], quote.casefold()
        ):
            hint = "; there it has other capitals, or runs across another passage's text"
        raise DataError(f'not in sentence {number}{hint}: "{quote}"')


@dataclass(frozen=True)
class Structure:
    """A source as its evidence records it."""

    iri: str
    slug: str
    sha256: str
    citations: dict[str, str]
    headings: dict[str, Heading]
    passages: dict[str, Passage]

    def in_section(self, section: str) -> list[Passage]:
        """The passages of a section, in order."""
        return [passage for passage in self.passages.values() if passage.section == section]

    def sections(self) -> list[Heading]:
        """The headings that have passages, in order."""
        return [heading for heading in self.headings.values() if heading.is_section]


class _Facts:
    """The statements of an evidence file, by subject and property."""

    def __init__(self, quads: Iterable[ox.Quad], file: GraphFile) -> None:
        self.file = file
        self.values: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for quad in quads:
            if isinstance(quad.subject, ox.NamedNode) and isinstance(
                quad.object, ox.NamedNode | ox.Literal
            ):
                self.values[quad.subject.value][quad.predicate.value].append(quad.object)

    def typed(self, name: str) -> list[str]:
        return [iri for iri, facts in self.values.items() if term(name) in facts[TYPE.value]]

    def one(self, iri: str, name: str) -> str | None:
        values = self.values[iri][COMITY + name]
        if len(values) > 1:
            raise self.error(iri, f"comity:{name} stands {len(values)} times; keep one")
        return values[0].value if values else None

    def number(self, iri: str, name: str) -> int:
        value = self.one(iri, name)
        if value is None or not value.isdecimal():
            raise self.error(iri, f"comity:{name} is missing, or is no whole number")
        return int(value)

    def span(self, iri: str) -> Span:
        span = Span(self.number(iri, "start"), self.number(iri, "end"))
        if span.start >= span.end:
            raise self.error(iri, f"ends at {span.end}, before or where it starts ({span.start})")
        return span

    def languages(self, iri: str, predicate: str) -> dict[str, str]:
        return {
            value.language or "": value.value
            for value in self.values[iri][predicate]
            if isinstance(value, ox.Literal)
        }

    def error(self, iri: str, message: str) -> DataError:
        short = iri.removeprefix(PREFIXES["source"])
        return DataError(f"{short}: {message}", self.file.path, line_of(self.file.path, iri))


def read_structure(project: Path, source: str) -> Structure:
    """The structure of a source from its `evidence.ttl`; DataError when it is not whole."""
    path = project / "data" / source / "evidence.ttl"
    if not path.is_file():
        raise DataError("there is no such file: propose one with kg draft", path)
    file = file_of(project, path)
    return structure_of(read(file), file)


def structure_of(quads: Iterable[ox.Quad], file: GraphFile) -> Structure:
    """The structure that the quads of an evidence file state; DataError when it is not whole."""
    if file.kind != EVIDENCE or file.source is None:
        raise DataError("not an evidence file", file.path)
    facts = _Facts(quads, file)
    iri = PREFIXES["source"] + file.source
    placed: dict[tuple[str, str], dict[int, Span]] = defaultdict(dict)
    for subject in list(facts.values):
        match = PLACED.fullmatch(subject)
        if match:
            placed[match[1], match[2]][int(match[3])] = facts.span(subject)
    headings = sorted(
        (_heading(facts, found) for found in {*facts.typed("Section"), *facts.typed("Pillar")}),
        key=lambda heading: (heading.order, heading.iri),
    )
    order = {heading.iri: place for place, heading in enumerate(headings)}
    passages = [_passage(facts, found, placed) for found in facts.typed("Passage")]
    for passage in passages:
        if passage.section not in order:
            raise facts.error(passage.iri, "its comity:section is not described in this file")
    for owner, what in placed:
        if term("Passage") not in facts.values[owner][TYPE.value]:
            raise facts.error(owner, f"has a {what}, and is not described as a comity:Passage")
    passages.sort(key=lambda passage: (order[passage.section], passage.segments[:1], passage.iri))
    return Structure(
        iri,
        file.source,
        facts.one(iri, "sha256") or "",
        facts.languages(iri, COMITY + "citationLabel"),
        {heading.iri: heading for heading in headings},
        {passage.iri: passage for passage in passages},
    )


def _heading(facts: _Facts, iri: str) -> Heading:
    types = facts.values[iri][TYPE.value]
    labels = facts.languages(iri, LABEL.value)
    if not labels:
        raise facts.error(iri, "its heading is missing (skos:prefLabel, as printed)")
    return Heading(
        iri,
        labels,
        facts.number(iri, "order"),
        facts.one(iri, "pillar"),
        term("Pillar") in types,
        term("Section") in types,
    )


def _passage(facts: _Facts, iri: str, placed: dict[tuple[str, str], dict[int, Span]]) -> Passage:
    spans: dict[str, tuple[Span, ...]] = {}
    for what in ("segment", "sentence"):
        found = placed.get((iri, what), {})
        if sorted(found) != list(range(1, len(found) + 1)):
            raise facts.error(iri, f"its {what}s are not numbered 1 to {len(found)}")
        spans[what] = tuple(found[number] for number in sorted(found))
    return Passage(
        iri,
        facts.one(iri, "section") or "",
        facts.one(iri, "marker"),
        FOOTNOTE in facts.values[iri][TYPE.value],
        spans["segment"],
        spans["sentence"],
    )


def problems(structure: Structure, copy: str) -> Iterator[tuple[str, str]]:
    """What is wrong with places: IRI and message of each segment and sentence misplaced."""
    taken: list[tuple[Span, str]] = []
    for passage in structure.passages.values():
        if not passage.segments:
            yield passage.iri, "has no segment: say where its text starts and ends"
        for number, segment in enumerate(passage.segments, 1):
            name = f"{passage.iri}#segment-{number}"
            taken.append((segment, name))
            if segment.end > len(copy):
                yield name, f"ends at {segment.end}; the text copy has {len(copy)} characters"
            elif segment.of(copy) != segment.of(copy).strip():
                yield name, "begins or ends with white space: move the place"
        yield from _sentence_problems(passage, copy)
    taken.sort()
    for (span, name), (following, other) in pairwise(taken):
        if following.start < span.end:
            yield other, f"overlaps {name.removeprefix(structure.iri + '/')}"


def _sentence_problems(passage: Passage, copy: str) -> Iterator[tuple[str, str]]:
    if passage.segments and not passage.sentences:
        yield passage.iri, "has no sentence"
    covered: list[Span] = []
    previous = 0
    for number, sentence in enumerate(passage.sentences, 1):
        name = f"{passage.iri}#sentence-{number}"
        if sentence.start < previous:
            yield name, "begins before the sentence that precedes it has ended"
        previous = sentence.end
        pieces = passage.pieces(number)
        covered.extend(pieces)
        outside = not pieces or pieces[0].start != sentence.start or pieces[-1].end != sentence.end
        if outside:
            yield name, "begins or ends outside its passage's segments"
    for segment in passage.segments:
        left = segment.of(copy)
        for span in covered:
            part = segment.cut(span)
            if part:
                start, end = part.start - segment.start, part.end - segment.start
                left = left[:start] + " " * (end - start) + left[end:]
        if left.strip():
            place = segment.start + len(left) - len(left.lstrip())
            yield passage.iri, f"its text at {place} is in no sentence"
