"""Networks as pictures: SVG, and PNG from it, with title, source, legend and caution inside."""

import re
from collections.abc import Iterator
from functools import cache
from xml.sax.saxutils import escape

import resvg_py

from kg.errors import UsageError
from kg.network.formats import flat, palette
from kg.network.graph import CAUTION, Network
from kg.network.layout import CARRIED, place

WIDTH, HEIGHT = 1200, 900
# the part of the picture in which nodes stand: left, top, right, bottom
_LEFT, _TOP, _RIGHT, _BOTTOM = 130, 120, 1070, 760
# paper, ink, pale ink, edges
THEMES = {
    "light": ("#ffffff", "#1a1a1a", "#555555", "#9aa5b1"),
    "dark": ("#14181d", "#f2f2f2", "#b8c0c8", "#5c6b7a"),
    "print": ("#ffffff", "#000000", "#000000", "#808080"),
}
# more names than this would cover each other: the rest are in the title of their nodes
_NAMED, _DRAWN = 60, CARRIED
_FONT = "DejaVu Sans, Noto Sans, Noto Sans CJK JP, IPAexGothic, Arial, sans-serif"
# Japanese that is drawn: what stands in a title is only shown by browsers
_JAPANESE = re.compile("<text[^>]*>[^<]*[\u3040-\u30ff\u3400-\u9fff]")


def svg(network: Network, theme: str = "light") -> bytes:
    """The network as SVG; positions are made where there are none.

    UsageError for one with more nodes than a picture can show.
    """
    if len(network) > _DRAWN:
        raise UsageError(f"a picture shows {_DRAWN:,} nodes at most, not {len(network):,}: filter")
    if any("x" not in data for _, data in network.nodes(data=True)):
        network = network.copy()
        place(network)
    return ("\n".join(_lines(network, theme)) + "\n").encode()


def _lines(network: Network, theme: str) -> Iterator[str]:
    paper, ink, pale, line = THEMES[theme]
    about = flat.about(network)
    title = flat.text(about.get("title", ""))
    filters = "; ".join(f"{k}: {flat.plain(v)}" for k, v in network.graph["filters"].items())
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="{_FONT}" role="img" '
        f'aria-labelledby="title caution">'
    )
    yield f'<title id="title">{escape(title)}</title>'
    yield f'<desc id="caution">{escape(CAUTION)}</desc>'
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{paper}"/>'
    yield _text(30, 44, title, 24, ink, weight="bold")
    nodes, edges = network.number_of_nodes(), network.number_of_edges()
    size = f"{nodes} nodes, {edges} edges" + (f" · {filters}" if filters else "")
    yield _text(30, 72, size[:150], 14, pale)
    spots = {
        iri: (
            round(_LEFT + data["x"] / 1000 * (_RIGHT - _LEFT), 1),
            round(_TOP + data["y"] / 1000 * (_BOTTOM - _TOP), 1),
        )
        for iri, data in network.nodes(data=True)
    }
    yield from _edges(network, spots, line)
    yield from _nodes(network, spots, theme)
    yield from _legend(network, theme)
    yield _text(30, 848, CAUTION, 15, ink, weight="bold")
    notes = [str(about.get("size_note", "")), str(about.get("undated", ""))]
    yield _text(30, 868, " ".join(one for one in notes if one)[:170], 12, pale)
    sources = f"Source: {about.get('sources', '')}. Comity, release {str(about['release'])[:12]}"
    yield _text(30, 886, f"{sources}. CC BY 4.0"[:170], 12, pale)
    yield "</svg>"


def _text(
    x: float, y: float, said: str, size: int, fill: str, weight: str = "normal",
    anchor: str = "start", halo: str = "",
) -> str:  # fmt: skip
    stroke = f' stroke="{halo}" stroke-width="3" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="{anchor}"{stroke}>{escape(flat.text(said))}</text>'
    )


def _edges(network: Network, spots: dict[str, tuple[float, float]], line: str) -> Iterator[str]:
    if network.is_directed():
        yield (
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
            f'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0L8,4L0,8z" '
            f'fill="{line}"/></marker></defs>'
        )
    sizes = palette.sizes(network)
    for a, b, data in flat.edges(network):
        (x1, y1), (x2, y2) = spots[a], spots[b]
        # an arrow ends at the rim of its node, not under it
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1.0
        cut = sizes[b] / length if network.is_directed() else 0.0
        x2, y2 = round(x2 - (x2 - x1) * cut, 1), round(y2 - (y2 - y1) * cut, 1)
        width = round(min(1 + float(data["weight"]) ** 0.5, 9), 1)
        mark = ' marker-end="url(#arrow)"' if network.is_directed() else ""
        dash = ' stroke-dasharray="5 4"' if data.get("through_group") else ""
        yield (
            f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{line}" '
            f'stroke-width="{width}" stroke-opacity="0.7"{mark}{dash}>'
            f"<title>{escape(str(data.get('evidence', '')))}</title></line>"
        )


def _nodes(network: Network, spots: dict[str, tuple[float, float]], theme: str) -> Iterator[str]:
    paper, ink, *_ = THEMES[theme]
    sizes = palette.sizes(network)
    named = set(sorted(network, key=lambda iri: (-sizes[iri], iri))[:_NAMED])
    names = []
    for iri, data in flat.nodes(network):
        x, y = spots[iri]
        fill = palette.colour(str(data.get("family", "")), theme)
        label = str(data.get("label", iri))
        dash = ' stroke-dasharray="3 2"' if data.get("group") else ""
        yield (
            f'<circle cx="{x}" cy="{y}" r="{sizes[iri]}" fill="{fill}" stroke="{ink}" '
            f'stroke-width="1"{dash}><title>{escape(label)}</title></circle>'
        )
        if iri in named:
            short = label if len(label) <= 40 else label[:39] + "…"
            # a name near the rim is written towards the middle
            anchor = "start" if x < _LEFT + 60 else "end" if x > _RIGHT - 60 else "middle"
            names.append(
                _text(x, round(y + sizes[iri] + 13, 1), short, 11, ink, anchor=anchor, halo=paper)
            )
    yield from names


def _legend(network: Network, theme: str) -> Iterator[str]:
    _, ink, pale, line = THEMES[theme]
    families = sorted({str(data.get("family", "other")) for _, data in network.nodes(data=True)})
    x = 30
    for family in families:
        fill = palette.colour(family, theme)
        yield f'<circle cx="{x + 7}" cy="815" r="7" fill="{fill}" stroke="{ink}"/>'
        yield _text(x + 20, 820, family, 13, pale)
        x += 34 + 8 * len(family)
    yield f'<line x1="{x}" y1="815" x2="{x + 30}" y2="815" stroke="{line}" stroke-width="3"/>'
    yield _text(x + 38, 820, "width: weight; dashed circle: a group", 13, pale)


class NoFont(UsageError):  # noqa: N818 - as NotFound
    """This machine has no font for the text of a picture, which would be missing in silence."""


@cache
def _writes(one: str, other: str) -> bool:
    """Whether some font here has both texts, which are two: what has no glyph looks all alike."""
    blank = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">{}</svg>'
    said = f'<text x="2" y="15" font-family="{_FONT}">{{}}</text>'
    return _png(blank.format(said.format(one))) != _png(blank.format(said.format(other)))


def _png(text: str) -> bytes:
    return bytes(resvg_py.svg_to_bytes(svg_string=text))


def png(network: Network, theme: str = "light") -> bytes:
    """The picture as PNG; NoFont where there is no font to write its text with."""
    return render(svg(network, theme))


def render(drawn: bytes) -> bytes:
    """A picture in SVG as PNG."""
    text = drawn.decode()
    if not _writes("A", "b"):
        raise NoFont("no font on this machine: take svg, or install one (DejaVu Sans)")
    if _JAPANESE.search(text) and not _writes("日", "本"):
        raise NoFont("no Japanese font on this machine: take svg, or install one (IPAexGothic)")
    return _png(text)
