"""The skeleton of a sentence: what of it is shown, in its place, and how many words are not.

Where the text is not at hand, quotes stand in their places and the words between them are counted.
Where it is, the words between them stand there too. Nothing else differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.evidence import Span, words
from kg.evidence.text import normalised_places


@dataclass(frozen=True)
class Quote:
    """Words that a claim or a mark quotes.

    `number` is what they are called on the page, `before` how many words of the sentence stand
    before them, `place` where they stand in the text copy. `context`: they claim nothing.
    """

    number: int
    fragment: str
    text: str
    place: Span
    before: int | None
    context: bool = False


@dataclass(frozen=True)
class Piece:
    """A piece of a sentence: `text`, or, where that is empty, so many `words` that are not shown.

    `quotes` are those that it belongs to, the innermost last; `ends` those that end with it. A
    piece is `glued` to the one before it where no space stands between them.
    """

    text: str = ""
    words: int | None = 0
    quotes: tuple[Quote, ...] = ()
    ends: tuple[Quote, ...] = ()
    glued: bool = False


@dataclass
class _Run:
    """Quotes that share words: their text as one, and where each stands in it."""

    text: str
    start: int
    before: int | None
    places: list[tuple[int, int, Quote]]


def drawn(count: int | None, quotes: Sequence[Quote]) -> tuple[Piece, ...]:
    """A sentence of so many words, of which the quotes alone are known."""
    pieces: list[Piece] = []
    passed = 0
    for run in _runs(quotes):
        gap = None if run.before is None else max(0, run.before - passed)
        if gap is None or gap:
            pieces.append(Piece(words=gap))
        marks = [(start, end, quote) for start, end, quote in run.places]
        pieces.extend(_cut(run.text, marks))
        passed = (run.before or 0) + words(run.text)
    rest = None if count is None else max(0, count - passed)
    if rest is None or rest:
        pieces.append(Piece(words=rest))
    return tuple(pieces)


def written(copy: str, spans: Sequence[Span], quotes: Sequence[Quote]) -> tuple[Piece, ...]:
    """A sentence whose text is at hand: its parts in the copy, one space between two."""
    text = ""
    marks: list[tuple[int, int, Quote]] = []
    for span in spans:
        plain, places = normalised_places(span.of(copy))
        text += " " * bool(text and plain)
        for quote in quotes:
            inside = [
                len(text) + at
                for at, place in enumerate(places)
                if quote.place.holds(Span(span.start + place.start, span.start + place.end))
            ]
            if inside:
                marks.append((inside[0], inside[-1] + 1, quote))
        text += plain
    return _cut(text, marks)


def _runs(quotes: Sequence[Quote]) -> list[_Run]:
    runs: list[_Run] = []
    end = -1
    for quote in sorted(quotes, key=lambda one: (one.place.start, -one.place.end)):
        if runs and quote.place.start < end:
            run = runs[-1]
            at = _fit(run.text, quote.text, quote.place.start - run.start)
            if at is not None:
                run.text += (
                    quote.text[len(run.text) - at :] if at + len(quote.text) > len(run.text) else ""
                )
                run.places.append((at, at + len(quote.text), quote))
                end = max(end, quote.place.end)
                continue
        runs.append(
            _Run(quote.text, quote.place.start, quote.before, [(0, len(quote.text), quote)])
        )
        end = max(end, quote.place.end)
    return runs


def _fit(text: str, other: str, near: int) -> int | None:
    """Where another text can stand so that it agrees with a text, nearest to a place."""
    fits = [
        at
        for at in range(len(text))
        if text[at : at + len(other)] == other or other.startswith(text[at:])
    ]
    return min(fits, key=lambda at: abs(at - near), default=None)


def _cut(text: str, marks: Sequence[tuple[int, int, Quote]]) -> tuple[Piece, ...]:
    """A text cut where a quote begins or ends."""
    edges = sorted({0, len(text), *(edge for start, end, _ in marks for edge in (start, end))})
    pieces = []
    for start, end in pairwise(edges):
        inside = [one for one in marks if one[0] <= start and end <= one[1]]
        # the first to begin is outermost; of two that begin together the longer
        inside.sort(key=lambda one: (one[0], -one[1], one[2].number))
        pieces.append(
            Piece(
                text=text[start:end],
                words=words(text[start:end]),
                quotes=tuple(one for _, _, one in inside),
                ends=tuple(
                    sorted((one for _, last, one in inside if last == end), key=lambda o: o.number)
                ),
                glued=start > 0,
            )
        )
    return tuple(pieces)


def unseen(pieces: Sequence[Piece]) -> int | None:
    """How many words of a sentence are not shown; None where nobody has counted them."""
    counts = [piece.words for piece in pieces if not piece.text]
    return None if None in counts else sum(count or 0 for count in counts)
