"""The first page: what this is, how a line is read, the ways in, what the sources contain."""

from dataclasses import dataclass

from kg.accounts import Accounts, Thing
from kg.results import Rows
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts import stock
from kg_api.site.parts.accounting import money
from kg_api.site.parts.claims import Desk, Row
from kg_api.site.parts.kept import kept

_OUTLINE = """
SELECT ?source ?section ?pillar ?passage WHERE {
  ?passage a comity:Passage ; dct:isPartOf ?source ; comity:section ?section ; comity:order ?order .
  OPTIONAL { ?section comity:pillar ?pillar }
} ORDER BY ?source ?order ?passage
"""
# a line with both codes, another reading and something done shows all there is to read in one
_SPECIMEN = """
SELECT ?claim WHERE {
  GRAPH ?passage { ?passage a comity:Passage . ?claim a comity:Action ; comity:otherReading ?other ;
    comity:status ?status ; comity:actor ?actor ; comity:object ?object }
} ORDER BY DESC(?status = status:under-way) ?claim LIMIT 1
"""
_EXAMPLES = 3


@dataclass(frozen=True)
class Section:
    """A section of a source: its passages by their markers, in the order of reading."""

    thing: Thing
    passages: int
    span: str


@dataclass(frozen=True)
class Part:
    """The sections that stand under one pillar, or under none."""

    pillar: Thing | None
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Outline:
    """The order of a source's contents."""

    source: Thing
    parts: tuple[Part, ...]
    passages: int
    sections: int


def outlines(snapshot: Snapshot, lang: str) -> tuple[Outline, ...]:
    """The contents of every source, as it has them."""
    return kept(snapshot, ("outlines", lang), lambda: _outlines(snapshot, lang))


def _outlines(snapshot: Snapshot, lang: str) -> tuple[Outline, ...]:
    accounts = Accounts(snapshot, lang)
    read: dict[str, dict[str, tuple[str, list[str]]]] = {}
    for row in accounts.rows(_OUTLINE):
        sections = read.setdefault(row["source"], {})
        sections.setdefault(row["section"], (row["pillar"] or "", []))[1].append(
            row["passage"].rsplit("/", 1)[-1]
        )
    found = []
    for source, sections in read.items():
        parts: list[tuple[str, list[Section]]] = []
        for iri, (pillar, markers) in sections.items():
            if not parts or parts[-1][0] != pillar:
                parts.append((pillar, []))
            span = f"{markers[0]}–{markers[-1]}" if len(markers) > 1 else markers[0]
            parts[-1][1].append(Section(accounts.thing(iri), len(markers), span))
        made = tuple(
            Part(accounts.thing(pillar) if pillar else None, tuple(its)) for pillar, its in parts
        )
        number = sum(len(markers) for _, markers in sections.values())
        found.append(Outline(accounts.thing(source), made, number, len(sections)))
    return tuple(found)


def _specimen(snapshot: Snapshot, lang: str) -> Row | None:
    return kept(snapshot, ("specimen", lang), lambda: _find_specimen(snapshot, lang))


def _find_specimen(snapshot: Snapshot, lang: str) -> Row | None:
    rows = snapshot.query(_SPECIMEN)
    assert isinstance(rows, Rows)
    records = rows.records()
    return Desk(snapshot, lang).row(records[0]["claim"]) if records else None


@dataclass(frozen=True)
class Kind:
    """One kind of things: how many there are, and some of them."""

    name: str
    count: int
    examples: tuple[Thing, ...]


def kinds(snapshot: Snapshot, lang: str) -> tuple[Kind, ...]:
    """How many things of each kind the graph has, and those that most passages name."""

    def read() -> tuple[Kind, ...]:
        found = []
        for name in stock.CLASSES:
            members = {one.iri for one in stock.members(snapshot, name) if one.named}
            # what is unnamed has no address of its own, and is no example of a name
            some = [one for one in stock.passages(snapshot) if one in members][:_EXAMPLES]
            things = tuple(Thing(one, snapshot.names.label(one, lang)) for one in some)
            found.append(Kind(name, len(stock.members(snapshot, name)), things))
        return tuple(found)

    return kept(snapshot, ("kinds", lang), read)


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The first page."""
    _ = language.texts(asked.lang).gettext
    sources = outlines(snapshot, asked.lang)
    return Page(
        template="home.html",
        title=_("Who agreed what with whom, and where it is written"),
        path="/",
        current="home",
        description=_(
            "A knowledge graph of digital cooperation between governments, with the place and "
            "the words of every claim."
        ),
        data={
            "outlines": sources,
            "specimen": _specimen(snapshot, asked.lang),
            "kinds": kinds(snapshot, asked.lang),
            "money": money(snapshot, asked.lang),
        },
        forms=(
            Form("Turtle", urls.download("ttl"), "text/turtle"),
            Form("TriG", urls.download("trig"), "application/trig"),
            Form("N-Quads", urls.download("nq"), "application/n-quads"),
            Form("JSON", urls.STATS, "application/json"),
        ),
        query=_OUTLINE.strip(),
        linked={
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": "Comity",
            "description": _("Who agreed what with whom, and where it is written"),
            "license": urls.LICENCE,
            "inLanguage": list(urls.LANGUAGES),
            "version": snapshot.digest,
        },
    )
