"""A source as its evidence has it: pillars, sections, passages in order; sentences and places.

Read once for a snapshot. What passages say of actors is not here, but in `passages`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg import sources
from kg.evidence import Span
from kg.names import PREFIXES
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api.site.parts.kept import kept

_C, _SKOS, _DCT = PREFIXES["comity"], PREFIXES["skos"], PREFIXES["dct"]
_TYPE = PREFIXES["rdf"] + "type"
_SOURCE = PREFIXES["source"]
_PLACED = re.compile(r"(.+)#(segment|sentence)-([1-9]\d*)")


@dataclass(frozen=True)
class Sentence:
    """One sentence: its number in its passage, its place in the text copy, its words."""

    number: int
    place: Span
    words: int | None


@dataclass(frozen=True)
class Leaf:
    """A passage where it stands: `mark` is what it is called within its section (`c(i)`).

    `place` is its citation without the name of the source. `quotes` are the places of the quotes
    in the copy and the words of the sentence before each, by the claim's fragment.
    """

    iri: str
    section: str
    mark: str
    note: bool
    order: int
    words: int
    sha256: str
    segments: tuple[Span, ...]
    sentences: tuple[Sentence, ...]
    quotes: dict[str, tuple[Span, int | None]] = field(repr=False)


@dataclass(frozen=True)
class Heading:
    """A section or a pillar: its passages, in order; a pillar's are those of its sections."""

    iri: str
    pillar: str
    order: int
    number: int
    is_pillar: bool
    is_section: bool


@dataclass(frozen=True)
class Edition:
    """A source with everything that its evidence says of its structure."""

    iri: str
    headings: dict[str, Heading]
    leaves: dict[str, Leaf]
    sha256: str
    sections: tuple[Heading, ...]
    pillars: tuple[Heading, ...]

    def of(self, section: str) -> tuple[Leaf, ...]:
        """The passages of a section, in order."""
        return tuple(leaf for leaf in self.leaves.values() if leaf.section == section)

    def under(self, pillar: str) -> tuple[Heading, ...]:
        """The sections of a pillar, in order."""
        return tuple(one for one in self.sections if one.pillar == pillar)

    @property
    def notes(self) -> tuple[Leaf, ...]:
        """The footnotes."""
        return tuple(leaf for leaf in self.leaves.values() if leaf.note)

    def around(self, iri: str) -> tuple[str, str]:
        """What comes before and after a passage or a section; empty at the ends."""
        line = list(self.leaves) if iri in self.leaves else [one.iri for one in self.sections]
        at = line.index(iri)
        return line[at - 1] if at else "", line[at + 1] if at + 1 < len(line) else ""


def source_of(iri: str) -> str:
    """The source that a passage, a section or a source belongs to, by its IRI."""
    return _SOURCE + iri.removeprefix(_SOURCE).partition("/")[0].partition("#")[0]


def edition(snapshot: Snapshot, source: str) -> Edition:
    """The source with that IRI."""
    return kept(snapshot, ("edition", source), lambda: _read(snapshot, source))


class _Facts:
    """The statements of an evidence graph, by subject and property."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            subject, value = (as_text(one) for one in (quad.subject, quad.object))
            self.values[subject][quad.predicate.value].append(value)

    def one(self, iri: str, name: str) -> str:
        return next(iter(self.values[iri][_C + name]), "")

    def number(self, iri: str, name: str) -> int:
        return int(self.one(iri, name) or 0)

    def maybe(self, iri: str, name: str) -> int | None:
        text = self.one(iri, name)
        return int(text) if text else None

    def span(self, iri: str) -> Span:
        return Span(self.number(iri, "start"), self.number(iri, "end"))

    def typed(self, name: str) -> list[str]:
        return [iri for iri, facts in list(self.values.items()) if _C + name in facts[_TYPE]]


def _read(snapshot: Snapshot, source: str) -> Edition:
    slug = source.removeprefix(_SOURCE)
    graph = ox.NamedNode(f"{sources.GRAPH}{sources.EVIDENCE}/{slug}")
    facts = _Facts(snapshot.engine.quads(None, None, None, graph))
    segments: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    sentences: dict[str, list[Sentence]] = defaultdict(list)
    quotes: dict[str, dict[str, tuple[Span, int | None]]] = defaultdict(dict)
    for iri in list(facts.values):
        passage, mark, fragment = iri.partition("#")
        if not mark or not facts.values[iri][_C + "start"]:
            continue
        placed = _PLACED.fullmatch(iri)
        if placed is None:
            quotes[passage][fragment] = facts.span(iri), facts.maybe(iri, "wordsBefore")
        elif placed[2] == "segment":
            segments[passage].append((int(placed[3]), facts.span(iri)))
        else:
            count = facts.maybe(iri, "words")
            sentences[passage].append(Sentence(int(placed[3]), facts.span(iri), count))
    leaves = [
        Leaf(
            iri=iri,
            section=facts.one(iri, "section"),
            mark=mark_of(iri),
            note=any(one.endswith("Footnote") for one in facts.values[iri][_TYPE]),
            order=facts.number(iri, "order"),
            words=facts.number(iri, "words"),
            sha256=facts.one(iri, "sha256"),
            segments=tuple(span for _, span in sorted(segments[iri])),
            sentences=tuple(sorted(sentences[iri], key=lambda one: one.number)),
            quotes=quotes[iri],
        )
        for iri in facts.typed("Passage")
    ]
    leaves.sort(key=lambda one: one.order)
    pillars = sorted(facts.typed("Pillar"), key=lambda one: facts.number(one, "order"))
    headings = [
        Heading(
            iri=iri,
            pillar=facts.one(iri, "pillar"),
            order=facts.number(iri, "order"),
            number=pillars.index(iri) + 1 if iri in pillars else 0,
            is_pillar=iri in pillars,
            is_section=_C + "Section" in facts.values[iri][_TYPE],
        )
        for iri in {*facts.typed("Section"), *pillars}
    ]
    headings.sort(key=lambda one: (one.order, one.iri))
    return Edition(
        iri=source,
        headings={one.iri: one for one in headings},
        leaves={one.iri: one for one in leaves},
        sha256=facts.one(source, "sha256"),
        sections=tuple(one for one in headings if one.is_section),
        pillars=tuple(one for one in headings if one.is_pillar),
    )


def mark_of(iri: str) -> str:
    """What a passage is called within its section.

    >>> [mark_of(f"https://w3id.org/comity/source/x/s/{one}") for one in ("b", "c-i", "2", "p3")]
    ['b', 'c(i)', '2', '3']
    """
    first, *others = iri.rsplit("/", 1)[-1].split("-")
    return re.sub(r"^p(\d+)$", r"\1", first) + "".join(f"({one})" for one in others)
