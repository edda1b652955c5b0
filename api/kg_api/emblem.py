"""What other sites and browsers show of this one: the emblem, and the picture of a shared link.

The emblem is the idea of the pages: a place in the margin, words in the measure beside it.
"""

from collections.abc import Mapping
from functools import lru_cache
from textwrap import wrap
from typing import Any
from xml.sax.saxutils import escape

import resvg_py

from kg_api.site import language

# what sites that show shared links want (Open Graph has no rule; 1.91 to 1 is what they cut to)
WIDTH, HEIGHT = 1200, 630
_PAPER, _INK, _PALE, _ACCENT, _EDGE = "#fdfdfc", "#16181d", "#4a4e55", "#0e4680", "#6c7076"
_SERIF = "'Source Serif 4', Noto Serif, DejaVu Serif, Liberation Serif, Georgia, serif"
_SANS = "Noto Sans, Liberation Sans, DejaVu Sans, Arial, sans-serif"
_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}">'
# left, top, width, and whether it is the place
_LINES = ((5, 9, 5, True), (13, 9, 14, False), (13, 15, 11, False), (13, 21, 13, False))


def _emblem(scale: float = 1, x: float = 0, y: float = 0) -> str:
    drawn = (
        f'<rect x="{left * scale + x:g}" y="{top * scale + y:g}" width="{width * scale:g}" '
        f'height="{2.6 * scale:g}" fill="{_ACCENT if place else _INK}"/>'
        for left, top, width, place in _LINES
    )
    return "".join(drawn)


def svg() -> bytes:
    """The emblem, on paper, so that it is seen on any ground."""
    ground = f'<rect width="32" height="32" rx="3" fill="{_PAPER}"/>'
    return f"{_HEAD.format(w=32, h=32)}{ground}{_emblem()}</svg>\n".encode()


@lru_cache
def png(size: int) -> bytes:
    """The emblem for what reads no SVG."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg().decode(), width=size, height=size))


def picture(sources: tuple[Mapping[str, Any], ...], digest: str) -> bytes:
    """The picture of a shared link: what this is, from what, in which release.

    It is set in what serif the machine has; one without any font shows the emblem alone.
    """
    said = [
        _text(112, 338, 62, "Who agreed what with whom,"),
        _text(112, 414, 62, "and where it is written"),
    ]
    if len(sources) == 1:
        (source,) = sources
        lines = wrap(f"{source['title']}, {language.when(source['date'], 'en')}", 64)[:2]
    else:
        lines = [f"{len(sources)} sources"] if sources else []
    said += [
        _text(112, 490 + 40 * number, 30, line, _SANS, _PALE) for number, line in enumerate(lines)
    ]
    parts = [
        _HEAD.format(w=WIDTH, h=HEIGHT),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>',
        # the rule of the folio
        f'<path d="M112 216H1088M112 222H1088" stroke="{_EDGE}" stroke-width="2"/>',
        _emblem(4.6, 89, 46),
        _text(256, 150, 72, "Comity", weight=600),
        *said,
        _text(112, 584, 24, f"Release {digest[:12]}", _SANS, _PALE),
        "</svg>",
    ]
    return bytes(resvg_py.svg_to_bytes(svg_string="".join(parts), width=WIDTH, height=HEIGHT))


def _text(
    x: int, y: int, size: int, words: str, family: str = _SERIF, fill: str = _INK, weight: int = 400
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-family="{family}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}">{escape(words)}</text>'
    )
