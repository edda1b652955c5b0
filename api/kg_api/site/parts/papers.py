"""The project's papers that pages carry: the codebook, the audits, what no check sees.

Read when this is imported, for a worker can open no file; from the checkout, or from where the
wheel has put them. They are English.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

import kg
from kg.settings import checkout

_PACKED = Path(kg.__file__).parent / "_project"
FOLDER = (checkout() or _PACKED) / "docs"
NAMES = ("codebook", "audits", "checks")
_HEADING = re.compile(r"<h([23])>(.*?)</h\1>", re.S)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Part:
    """A section of a paper: what its heading is called in addresses, the heading, its text."""

    slug: str
    title: Markup
    body: Markup


@dataclass(frozen=True)
class Paper:
    """A paper: what stands before its first section, and its sections."""

    opening: Markup
    parts: tuple[Part, ...]

    def part(self, slug: str) -> Part | None:
        """The section of a name."""
        return next((one for one in self.parts if one.slug == slug), None)


def _texts() -> dict[str, str]:
    found = {name: FOLDER / f"{name}.md" for name in NAMES}
    return {name: path.read_text("utf-8") for name, path in found.items() if path.is_file()}


_TEXTS = _texts()


@lru_cache
def paper(name: str) -> Paper | None:
    """A paper as pages show it; none where the installation lacks it.

    Headings of the second level begin sections; the title is left out, for the page has it.
    """
    text = _TEXTS.get(name)
    if text is None:
        return None
    # no HTML passes through: what is not Markdown is text
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    html = re.sub(r"<h1>.*?</h1>\s*", "", html, count=1, flags=re.S)
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table class="table">')
    html = html.replace("</table>", "</table></div>")
    opening, *pieces = re.split(r"(?=<h2>)", html)
    parts = []
    for piece in pieces:
        title = _HEADING.match(piece)
        assert title is not None
        body = piece[title.end() :]
        body = _HEADING.sub(
            lambda one: f'<h3 id="{slug(_TAG.sub("", one[2]))}">{one[2]}</h3>', body
        )
        name_ = _TAG.sub("", title[2])
        parts.append(Part(slug(name_), Markup(title[2]), Markup(body)))  # noqa: S704 - our papers
    return Paper(Markup(opening), tuple(parts))  # noqa: S704 - our own papers, without HTML


def slug(title: str) -> str:
    """What a heading is called in addresses.

    >>> slug("3. comity:act"), slug("What no check sees")
    ('3-comity-act', 'what-no-check-sees')
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


for _name in NAMES:
    # a worker may load none of what the first paper loads
    paper(_name)
