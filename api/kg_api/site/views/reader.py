"""The report reader: pages of a source, its pillars and sections, and of each passage."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.accounts import Accounts, Thing
from kg.names import PREFIXES
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language, marks
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts import differences
from kg_api.site.parts.contrasts import Contrast, contrasts
from kg_api.site.parts.covered import QUERY as COVERED
from kg_api.site.parts.covered import coverage
from kg_api.site.parts.differences import Difference
from kg_api.site.parts.edition import Edition, Heading, edition, source_of
from kg_api.site.parts.passages import added, passage, short
from kg_api.site.views import things

_DCT, _C, _SKOS = PREFIXES["dct"], PREFIXES["comity"], PREFIXES["skos"]
_FORMS = (("Turtle", "ttl"), ("TriG", "trig"), ("JSON-LD", "jsonld"), ("RDF/XML", "rdf"))
_PASSAGE = """
SELECT ?sentence ?claim ?quote ?property ?value WHERE {{
  GRAPH <{iri}> {{ ?claim comity:sentence ?sentence ; ?property ?value .
    OPTIONAL {{ ?claim comity:quote ?quote }} }}
}} ORDER BY ?sentence ?claim ?property ?value
"""
_SECTION = """
SELECT ?passage ?sentence ?claim ?class ?quote WHERE {{
  ?passage {path} <{iri}> ; comity:order ?order .
  GRAPH ?passage {{ ?claim a ?class ; comity:sentence ?sentence .
    OPTIONAL {{ ?claim comity:quote ?quote }} }}
}} ORDER BY ?order ?sentence ?claim ?class
"""


@dataclass(frozen=True)
class Group:
    """Sections under one pillar, or under none."""

    pillar: Heading | None
    label: str
    sections: tuple[Thing, ...]


@dataclass(frozen=True)
class Report:
    """What is known of a source as a publication."""

    thing: Thing
    title: str
    date: str
    url: str
    sha256: str
    publishers: tuple[Thing, ...]
    later: tuple[Thing, ...]


class _Book:
    """A source opened for one page in one language."""

    def __init__(self, snapshot: Snapshot, asked: Asked) -> None:
        self.snapshot, self.lang = snapshot, asked.lang
        self.iri = str(asked.params["iri"])
        self.accounts = Accounts(snapshot, asked.lang)
        self.edition: Edition = edition(snapshot, source_of(self.iri))
        self.page = urls.page(self.iri)

    @property
    def known(self) -> bool:
        """Whether the evidence has it: files that are served as they are may lack any."""
        places = {**self.edition.leaves, **self.edition.headings, self.edition.iri: None}
        return self.edition.iri in self.accounts.sources and self.iri in places

    def thing(self, iri: str) -> Thing:
        return Thing(iri, self.snapshot.names.label(iri, self.lang))

    def short(self, iri: str) -> Thing:
        return Thing(iri, short(self.thing(iri).label))

    def heading(self, heading: Heading) -> str:
        """What a pillar is called, with its number as printed where there is one."""
        return self.text(heading.iri, _SKOS + "altLabel") or self.thing(heading.iri).label

    def text(self, iri: str, property_: str) -> str:
        found = self.values(iri, property_)
        return found[0] if found else ""

    def values(self, iri: str, property_: str) -> list[str]:
        quads = self.snapshot.engine.quads(
            ox.NamedNode(iri), ox.NamedNode(property_), None, ox.DefaultGraph()
        )
        return sorted(as_text(quad.object) for quad in quads)

    def groups(self) -> tuple[Group, ...]:
        """The contents: sections under their pillars, in order."""
        found: list[tuple[str, list[Thing]]] = []
        for one in self.edition.sections:
            if not found or found[-1][0] != one.pillar:
                found.append((one.pillar, []))
            found[-1][1].append(self.thing(one.iri))
        return tuple(
            Group(
                self.edition.headings.get(iri),
                self.heading(self.edition.headings[iri]) if iri in self.edition.headings else "",
                tuple(sections),
            )
            for iri, sections in found
        )

    def report(self) -> Report:
        """The source as a publication."""
        source = self.accounts.sources[self.edition.iri]
        later = ox.NamedNode(_C + "laterReportOn")
        node = ox.NamedNode(self.edition.iri)
        quads = self.snapshot.engine.quads(None, later, node, ox.DefaultGraph())
        return Report(
            thing=self.thing(source.iri),
            title=source.title,
            date="" if source.period is None else source.period.edtf,
            url=source.url,
            sha256=self.edition.sha256,
            publishers=self.accounts.things(self.values(source.iri, _DCT + "publisher")),
            later=self.accounts.things({as_text(q.subject) for q in quads}),
        )

    def noted(self, *passages: str) -> tuple[Difference, ...]:
        """The discrepancies noted on some passages, each once."""
        known = differences.noted(self.snapshot, self.lang)
        found = {one.iri: one for iri in passages for one in known.get(iri, ())}
        return tuple(found.values())

    def contrasts(self, *passages: str) -> tuple[Contrast, ...]:
        """Values of which some passages state one, and another place another."""
        wanted = set(passages)
        return tuple(c for c in contrasts(self.snapshot, self.lang) if c.passages & wanted)

    def data(self, **more: Any) -> dict[str, Any]:
        """What all pages of the reader have."""
        report = self.report()
        return {
            "report": report,
            "groups": self.groups(),
            "japanese": urls.is_japanese(report.title),
            **more,
        }

    def forms(self) -> tuple[Form, ...]:
        return tuple(
            Form(label, urls.data(self.iri, suffix), urls.media_type(suffix))
            for label, suffix in _FORMS
        )

    def linked(self, type_: str, name: str, **more: Any) -> Mapping[str, Any]:
        report = self.report()
        whole = {
            "@type": "Report",
            "@id": report.thing.iri,
            "name": report.title,
            "datePublished": report.date,
            "url": report.url,
        }
        return {
            "@context": "https://schema.org",
            "@type": type_,
            "@id": self.iri,
            "name": name,
            "isPartOf": whole,
            **more,
        }


def passage_view(snapshot: Snapshot, asked: Asked) -> Page:
    """The page of a passage: its sentences, what was made of each, what is noted on it."""
    _ = language.texts(asked.lang).gettext
    book = _Book(snapshot, asked)
    if not book.known:
        return things.view(snapshot, asked)
    leaf = book.edition.leaves[book.iri]
    read = passage(snapshot, book.iri, asked.lang, book.edition.iri)
    before, after = book.edition.around(book.iri)
    noted = book.noted(book.iri)
    section = book.edition.headings[leaf.section]
    pillar = book.edition.headings.get(section.pillar)
    quotes = [
        {"@type": "Quotation", "@id": made.row.iri, "text": made.row.quote} for made in read.claims
    ]
    return Page(
        template="passage.html",
        title=marks.placed(read.place[:1].upper() + read.place[1:], asked.lang).striptags(),
        path=book.page,
        iri=book.iri,
        current="report",
        description=_("%(place)s of the report: what was made of each sentence, and its words.")
        % {"place": read.place},
        data=book.data(
            read=read,
            over=book.heading(pillar) if pillar else "",
            section=book.thing(leaf.section),
            leaves=book.edition.of(leaf.section),
            before=book.short(before) if before else None,
            after=book.short(after) if after else None,
            noted=[one for one in noted if one.kind != "CopyNote"],
            copied=[one for one in noted if one.kind == "CopyNote"],
            contrasts=book.contrasts(book.iri),
            added=added(snapshot, read.named, asked.lang),
        ),
        forms=book.forms(),
        query=_PASSAGE.format(iri=book.iri).strip(),
        linked=book.linked("CreativeWork", read.citation, hasPart=quotes),
    )


def section_view(snapshot: Snapshot, asked: Asked) -> Page:
    """The page of a section, or of a pillar: its passages, to be read through."""
    _ = language.texts(asked.lang).gettext
    book = _Book(snapshot, asked)
    if not book.known:
        return things.view(snapshot, asked)
    heading = book.edition.headings[book.iri]
    whole = heading.is_section
    leaves = book.edition.of(book.iri) if whole else ()
    before, after = book.edition.around(book.iri) if whole else ("", "")
    pillar = book.edition.headings.get(heading.pillar)
    measured = coverage(snapshot, book.edition.iri)
    under = {one.iri for one in book.edition.under(book.iri)}
    wanted = {book.iri} if whole else under
    title = book.heading(heading) if not whole else book.thing(book.iri).label
    path = "comity:section" if whole else "comity:section/comity:pillar"
    places = [leaf.iri for leaf in leaves]
    noted = book.noted(*places)
    return Page(
        template="section.html",
        title=title,
        path=book.page,
        iri=book.iri,
        current="report",
        description=_("%(title)s: the passages of the report, sentence by sentence.")
        % {"title": title},
        data=book.data(
            heading=heading,
            title=title,
            over=book.heading(pillar) if pillar and whole else "",
            passages=[passage(snapshot, one, asked.lang, book.edition.iri) for one in places],
            covered=[one for one in measured.sections if one.iri in wanted],
            names={one: book.thing(one) for one in under},
            before=book.thing(before) if before else None,
            after=book.thing(after) if after else None,
            noted=[one for one in noted if one.kind != "CopyNote"],
            copied=[one for one in noted if one.kind == "CopyNote"],
            contrasts=book.contrasts(*places),
        ),
        forms=book.forms(),
        query=_SECTION.format(iri=book.iri, path=path).strip(),
        linked=book.linked("CreativeWork", title),
    )


def source_view(snapshot: Snapshot, asked: Asked) -> Page:
    """The page of a source: what it is, what it has, how much of it was read, what is noted."""
    _ = language.texts(asked.lang).gettext
    book = _Book(snapshot, asked)
    if not book.known:
        return things.view(snapshot, asked)
    measured = coverage(snapshot, book.iri)
    report = book.report()
    noted = book.noted(*book.edition.leaves)
    linked = {
        "@context": "https://schema.org",
        "@type": "Report",
        "@id": report.thing.iri,
        "name": report.title,
        "datePublished": report.date,
        "url": report.url,
        "publisher": [
            {"@type": "GovernmentOrganization", "@id": one.iri, "name": one.label}
            for one in report.publishers
        ],
    }
    return Page(
        template="source.html",
        title=report.title,
        path=book.page,
        iri=book.iri,
        current="report",
        description=_("The report by sections: what was read, what was made of it, what differs."),
        data=book.data(
            edition=book.edition,
            covered={one.iri: one for one in measured.sections},
            total=measured.total,
            noted=[one for one in noted if one.kind != "CopyNote"],
            copied=[one for one in noted if one.kind == "CopyNote"],
            contrasts=book.contrasts(*book.edition.leaves),
            text=book.edition.sha256 in snapshot.texts,
        ),
        forms=book.forms(),
        query=COVERED.strip(),
        linked=linked,
    )
