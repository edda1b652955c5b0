"""A small network as a drawing: one thing at the left, those it is named with in a row beside it.

Nothing is scaled by a count: a count stands as a figure with its noun.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, LEFT, RIGHT, LINE, GAP = 340, 26, 158, 19, 14
# how many Latin letters a line of a label holds; a sign of full width takes two
_LETTERS = 21
# no line of Japanese begins with these: they go over the edge instead (JIS X 4051)
_NEVER_FIRST = "・、。，．）」』】ーァィゥェォッャュョ々"


@dataclass(frozen=True)
class Leaf:
    """One of the things around: its short name, in how many passages; `named` if in a register."""

    label: str
    passages: int
    named: bool = True


@dataclass(frozen=True)
class Drawn:
    """A leaf in its place: the middle of its row, and its label in lines with their heights."""

    leaf: Leaf
    y: float
    lines: tuple[tuple[float, str], ...]
    below: float


@dataclass(frozen=True)
class Fan:
    """The drawing: its height, the middle, the label in the middle, and the leaves."""

    label: tuple[tuple[float, str], ...]
    height: float
    middle: float
    leaves: tuple[Drawn, ...]
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT


def wide(text: str) -> int:
    """The width of a text in Latin letters.

    >>> wide("DSIT"), wide("総務省")
    (4, 6)
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def wrapped(text: str, letters: int = _LETTERS) -> list[str]:
    """A label in lines: broken between words, or between signs where there are none; none cut.

    >>> wrapped("Digital Agency of Japan", 14), wrapped("科学・イノベーション・技術省", 16)
    (['Digital Agency', 'of Japan'], ['科学・イノベーショ', 'ン・技術省'])
    """
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}".strip()
        if wide(joined) <= letters:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for sign in word:
            if wide(lines[-1] + sign) > letters and sign not in _NEVER_FIRST:
                lines.append("")
            lines[-1] += sign
    return lines


def draw(label: str, leaves: Sequence[Leaf]) -> Fan:
    """The drawing of a thing and those around it."""
    drawn, y = [], float(GAP)
    for leaf in leaves:
        lines = wrapped(leaf.label)
        # the last line is the count
        tall = LINE * (len(lines) + 1)
        placed = tuple((y + LINE * (number + 0.75), one) for number, one in enumerate(lines))
        drawn.append(Drawn(leaf, y + tall / 2, placed, y + LINE * (len(lines) + 0.75)))
        y += tall + GAP
    own = wrapped(label, 12)
    height = max(y, LINE * len(own) + 70.0)
    middle = height / 2
    below = middle + 34
    return Fan(
        tuple((below + LINE * number, one) for number, one in enumerate(own)),
        max(height, below + LINE * len(own)), middle, tuple(drawn),
    )  # fmt: skip
