"""Owns the measure of how much of a source has been read: sentences with claims, words quoted.

A sentence *has claims* when an action or participation names its number, *context* when a mark
does; it may have both. Words quoted are those of claims' and marks' quotes, words quoted twice
counted once a quote: an upper bound of the share that is repeated from the source.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.curate.seal import copy_of
from kg.curate.statements import plain
from kg.errors import DataError
from kg.evidence.structure import TYPE, Passage, Structure, read_structure, term
from kg.evidence.text import Span, TextCopy, normalise, occurrences, words
from kg.names import PREFIXES
from kg.sources import file_of, read

LONGEST_RUN = 12

# Titles and addresses as printed are facts and no quotes; the words they repeat are accounted for.
_PRINTED = {term(name) for name in ("printedTitle", "printedAddress", "address")}


@dataclass(frozen=True)
class Counts:
    """What a section, or a source, has: passages, sentences by what is said of them, and words."""

    name: str
    passages: int = 0
    files: int = 0
    sentences: int = 0
    with_claims: int = 0
    with_context: int = 0
    neither: int = 0
    claims: int = 0
    words: int = 0
    quotes: int = 0
    words_quoted: int = 0
    longest_quote: int = 0

    @property
    def share_quoted(self) -> float:
        """Words quoted in relation to all words."""
        return self.words_quoted / self.words if self.words else 0.0

    @property
    def mean_quote(self) -> float:
        """Words a quote."""
        return self.words_quoted / self.quotes if self.quotes else 0.0


@dataclass(frozen=True)
class Run:
    """Words of a passage that no quote touches: where they stand, how many, and they themselves."""

    passage: str
    span: Span
    count: int
    text: str


@dataclass(frozen=True)
class Coverage:
    """The measure of one source; `runs` is None when its text is not at hand."""

    source: str
    iri: str
    sections: tuple[Counts, ...]
    total: Counts
    bare: tuple[str, ...]
    runs: tuple[Run, ...] | None


@dataclass(frozen=True)
class _Marks:
    """What a passage file says of each sentence."""

    claimed: frozenset[int]
    context: frozenset[int]
    whole: frozenset[int]
    quotes: frozenset[tuple[int, str]]
    printed: frozenset[str]
    claims: int


def coverage(project: Path, source: str, place: Path | None = None) -> Coverage:
    """Measure one source from its evidence and passage files, and its text if that is at hand."""
    structure = read_structure(project, source)
    copy = _copy(structure, project, place)
    lengths = _lengths(project, source)
    marks = {iri: _marks(project, iri) for iri in structure.passages}
    sections = tuple(
        _count(heading.iri.rsplit("/", 1)[1], structure.in_section(heading.iri), marks, lengths)
        for heading in structure.sections()
    )
    everything = list(structure.passages.values())
    bare = [
        f"{passage.iri.removeprefix(structure.iri + '/')} {number}"
        for passage in everything
        for number in range(1, len(passage.sentences) + 1)
        if number not in _said(marks[passage.iri])
    ]
    runs = None
    if copy is not None:
        runs = tuple(
            run for passage in everything for run in _runs(passage, marks[passage.iri], copy)
        )
    total = _count("total", everything, marks, lengths)
    return Coverage(source, structure.iri, sections, total, tuple(bare), runs)


def _copy(structure: Structure, project: Path, place: Path | None) -> TextCopy | None:
    try:
        return copy_of(structure, project, place)
    except DataError:
        return None


def _lengths(project: Path, source: str) -> dict[str, int]:
    """The words of each passage, as sealed."""
    file = file_of(project, project / "data" / source / "evidence.ttl")
    said = (plain(quad) for quad in read(file) if quad.predicate == term("words"))
    return {iri: int(value) for iri, value in said}


def _said(marks: _Marks | None) -> frozenset[int]:
    return marks.claimed | marks.context if marks else frozenset()


def _marks(project: Path, passage: str) -> _Marks | None:
    """What the file of a passage says of its sentences; None when there is no such file."""
    path = project / "data" / f"{passage.removeprefix(PREFIXES['source'])}.ttl"
    if not path.is_file():
        return None
    types: dict[str, set[str]] = defaultdict(set)
    numbers: dict[str, int] = {}
    quoted: dict[str, str] = {}
    printed = set()
    for quad in read(file_of(project, path)):
        subject, value = plain(quad)
        if quad.predicate == TYPE:
            types[subject].add(value)
        elif quad.predicate == term("sentence") and value.isdecimal():
            numbers[subject] = int(value)
        elif quad.predicate == term("quote"):
            quoted[subject] = value
        elif quad.predicate in _PRINTED:
            printed.add(value)
    context = {mark for mark in numbers if term("Context").value in types[mark]}
    claims = [
        claim
        for claim in numbers
        if types[claim] & {term("Action").value, term("Participation").value}
    ]
    return _Marks(
        frozenset(numbers[claim] for claim in claims),
        frozenset(numbers[mark] for mark in context),
        frozenset(numbers[mark] for mark in context if mark not in quoted),
        frozenset(
            (numbers[subject], quote) for subject, quote in quoted.items() if subject in numbers
        ),
        frozenset(printed),
        len(claims),
    )


def _count(
    name: str,
    passages: Iterable[Passage],
    marks: dict[str, _Marks | None],
    lengths: dict[str, int],
) -> Counts:
    passages = list(passages)
    known = [found for passage in passages if (found := marks[passage.iri])]
    sentences = sum(len(passage.sentences) for passage in passages)
    quotes = [words(quote) for found in known for _, quote in found.quotes]
    return Counts(
        name=name,
        passages=len(passages),
        files=len(known),
        sentences=sentences,
        with_claims=sum(len(found.claimed) for found in known),
        with_context=sum(len(found.context) for found in known),
        neither=sentences - sum(len(_said(found)) for found in known),
        claims=sum(found.claims for found in known),
        words=sum(lengths.get(passage.iri, 0) for passage in passages),
        quotes=len(quotes),
        words_quoted=sum(quotes),
        longest_quote=max(quotes, default=0),
    )


def _runs(passage: Passage, marks: _Marks | None, copy: TextCopy) -> Iterator[Run]:
    """The runs of more than twelve words that no quote, mark of a whole sentence, or printed
    title or address touches.
    """
    touched: list[Span] = []
    if marks:
        for number, quote in marks.quotes:
            touched += occurrences(copy.text, passage.pieces(number), quote)
        for number in marks.whole:
            touched += passage.pieces(number)
        for printed in marks.printed:
            touched += occurrences(copy.text, passage.segments, printed)
    free: list[Span] = []
    for segment in passage.segments:
        place = segment.start
        for cut in sorted(part for span in touched if (part := segment.cut(span))):
            if cut.start > place:
                free.append(Span(place, cut.start))
            yield from _long(passage, free, copy)
            free = []
            place = max(place, cut.end)
        if place < segment.end:
            free.append(Span(place, segment.end))
    yield from _long(passage, free, copy)


def _long(passage: Passage, free: list[Span], copy: TextCopy) -> Iterator[Run]:
    """The pieces as one run, if it is long: a run goes on where another passage cuts its text."""
    text = normalise(" ".join(piece.of(copy.text) for piece in free))
    count = words(text)
    if count > LONGEST_RUN:
        yield Run(passage.iri, Span(free[0].start, free[-1].end), count, text)
