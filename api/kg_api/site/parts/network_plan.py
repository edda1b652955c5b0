"""Where nodes stand in a picture: Japan left, the United Kingdom right, all others between.

Height has no meaning. Each picture is planned twice: wide, in three columns, and narrow, in one.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ROW, _LINE, _TOP, _BOTTOM = 40.0, 17.0, 58.0, 46.0
# where the nodes of a column stand, and how many half-width signs a line of its names may have
_WIDE = {"left": 196.0, "middle": 432.0, "right": 744.0}
_SIGNS = {"left": 22, "middle": 26, "right": 23}
_FIGURES = {"left": 300.0, "middle": 694.0}
WIDTH, NARROW = 960.0, 340.0
_ARC, _NAMES = 92.0, 30
_ROUNDS = 6


@dataclass(frozen=True)
class Spot:
    """A node in the picture: its place, the lines of its name and where they begin."""

    iri: str
    band: str
    x: float
    y: float
    lines: tuple[tuple[float, str], ...]
    text_x: float
    anchor: str


@dataclass(frozen=True)
class Tie:
    """An edge in the picture: its ends, its path, where its figure stands."""

    a: str
    b: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Plan:
    """A picture: its size, its nodes and edges, where its bands begin."""

    width: float
    height: float
    spots: tuple[Spot, ...]
    ties: tuple[Tie, ...]
    heads: tuple[tuple[str, float], ...] = ()


def lines(text: str, signs: int) -> list[str]:
    """A name in lines of so many half-width signs, words kept whole where there are spaces.

    >>> lines("equivalent government institutions from Canada", 22)
    ['equivalent government', 'institutions from', 'Canada']
    >>> lines("科学・イノベーション・技術省", 22)
    ['科学・イノベーション・', '技術省']
    """
    found, line = [], ""
    words = text.split(" ")
    for place, word in enumerate(words):
        pieces = [word] if _width(word) <= signs and word.isascii() else list(word)
        for number, piece in enumerate(pieces):
            gap = " " if line and place and not number else ""
            # what closes may not begin a line
            if line and _width(line + gap + piece) > signs and piece not in "・、。）」ー":
                found.append(line)
                line, gap = "", ""
            line += gap + piece
    return [*found, line] if line else found


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def ordered(bands: Mapping[str, str], ties: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The nodes of each band so that ties cross little: by the mean of their neighbours' places."""
    found: dict[str, list[str]] = {"left": [], "middle": [], "right": []}
    near: dict[str, list[str]] = {iri: [] for iri in bands}
    for a, b in ties:
        near[a].append(b)
        near[b].append(a)
    for iri in sorted(bands, key=lambda one: (-len(near[one]), one)):
        found[bands[iri]].append(iri)
    for _ in range(_ROUNDS):
        for some in found.values():
            place = {
                iri: (number + 0.5) / len(its)
                for its in found.values()
                for number, iri in enumerate(its)
            }
            mean = {
                iri: sum(map(place.__getitem__, near[iri])) / len(near[iri]) if near[iri] else 1.0
                for iri in some
            }
            some.sort(key=lambda iri: (mean[iri], iri))
    return found


def wide(
    columns: Mapping[str, Sequence[str]], names: Mapping[str, str], ties: Sequence[tuple[str, str]]
) -> Plan:
    """Three columns; names at the left end before their nodes, all others begin after them."""
    written = {iri: lines(names[iri], _SIGNS[band]) for band, its in columns.items() for iri in its}
    heights = {
        band: sum(max(_ROW, _LINE * len(written[iri]) + 14) for iri in its)
        for band, its in columns.items()
    }
    tallest = max(*heights.values(), 200.0)
    spots: dict[str, Spot] = {}
    for band, its in columns.items():
        spare = (tallest - heights[band]) / (len(its) or 1)
        y = _TOP
        for iri in its:
            tall = max(_ROW, _LINE * len(written[iri]) + 14) + spare
            before = band == "left"
            middle, x = y + tall / 2, _WIDE[band]
            spots[iri] = Spot(
                iri, band, x, round(middle, 1), _rows(written[iri], middle),
                x - 22 if before else x + 22, "end" if before else "start",
            )  # fmt: skip
            y += tall
    drawn = tuple(_across(spots[a], spots[b]) for a, b in ties)
    return Plan(WIDTH, round(_TOP + tallest + _BOTTOM), tuple(spots.values()), drawn)


def narrow(
    columns: Mapping[str, Sequence[str]], names: Mapping[str, str], ties: Sequence[tuple[str, str]]
) -> Plan:
    """One column under three headings, with ties as arcs beside it."""
    spots: dict[str, Spot] = {}
    heads = []
    y = 10.0
    for band, its in columns.items():
        if not its:
            continue
        heads.append((band, y + 16))
        y += 30
        for iri in its:
            written = lines(names[iri], _NAMES)
            tall = max(30.0, _LINE * len(written) + 10)
            spots[iri] = Spot(
                iri, band, _ARC, y + tall / 2, _rows(written, y + tall / 2), _ARC + 18, "start"
            )
            y += tall
    drawn = []
    longest = max((abs(spots[a].y - spots[b].y) for a, b in ties), default=1.0) or 1.0
    for a, b in ties:
        one, other = spots[a], spots[b]
        reach = 14 + 66 * abs(one.y - other.y) / longest
        # a cubic curve reaches three quarters of the way to its handles
        x = round(_ARC - reach / 0.75, 1)
        path = f"M{_ARC} {one.y:.1f}C{x} {one.y:.1f} {x} {other.y:.1f} {_ARC} {other.y:.1f}"
        drawn.append(Tie(a, b, path, round(_ARC - reach, 1), round((one.y + other.y) / 2, 1)))
    return Plan(NARROW, round(y + 56), tuple(spots.values()), tuple(drawn), tuple(heads))


def _rows(written: Sequence[str], middle: float) -> tuple[tuple[float, str], ...]:
    first = middle + 5 - _LINE * (len(written) - 1) / 2
    return tuple((round(first + _LINE * number, 1), text) for number, text in enumerate(written))


def _across(one: Spot, other: Spot) -> Tie:
    """A straight tie between columns; within one a curve towards the middle of the picture."""
    if one.band != other.band:
        path = f"M{one.x} {one.y} {other.x} {other.y}"
        first, last = sorted((one, other), key=lambda end: end.x)
        # the figure stands where no names do
        x = _FIGURES[first.band]
        share = (x - first.x) / (last.x - first.x)
        return Tie(one.iri, other.iri, path, x, round(first.y + share * (last.y - first.y), 1))
    reach = 24 + min(abs(one.y - other.y) / 4, 110)
    away = reach if one.band == "left" else -reach
    x = round(one.x + away / 0.75, 1)
    path = f"M{one.x} {one.y}C{x} {one.y} {x} {other.y} {other.x} {other.y}"
    return Tie(one.iri, other.iri, path, round(one.x + away, 1), round((one.y + other.y) / 2, 1))
