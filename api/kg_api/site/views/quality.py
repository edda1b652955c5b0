"""Quality: what was checked and found, how much was read, where readings and sources differ."""

import re
from dataclasses import dataclass

from markupsafe import Markup

from kg.accounts import Accounts, Thing
from kg.results import Rows
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts import differences
from kg_api.site.parts.contrasts import contrasts
from kg_api.site.parts.covered import Coverage, coverage
from kg_api.site.parts.differences import KINDS, Difference
from kg_api.site.parts.edition import edition
from kg_api.site.parts.kept import kept
from kg_api.site.parts.papers import Part, paper
from kg_api.site.parts.passages import short

PATH = "/quality"
# a claim as the record names it: its passage, its fragment
_CLAIM = re.compile(r"((?:[A-Z][a-z]+ )+(?:\([a-z]+\)|\d)+) <code>#([a-z0-9-]+)</code>")
_READINGS = """
SELECT ?passage ?claim ?quote ?reading WHERE {
  ?passage a comity:Passage ; dct:isPartOf ?source ; comity:order ?order .
  GRAPH ?passage { ?claim comity:sentence ?sentence ; comity:otherReading ?reading .
    OPTIONAL { ?claim comity:quote ?quote } }
} ORDER BY ?source ?order ?sentence ?claim ?reading
"""
_QUERY = """
SELECT ?note ?kind ?text ?passage WHERE {
  ?kind rdfs:subClassOf comity:Discrepancy .
  ?note a ?kind ; oa:bodyValue ?text ; oa:hasTarget ?passage .
} ORDER BY ?kind ?note ?passage
"""


@dataclass(frozen=True)
class Reading:
    """A claim that a careful reader could code otherwise: its words, its place, how."""

    claim: str
    place: Thing
    quote: str
    text: str


@dataclass(frozen=True)
class Measured:
    """A source with the measures of its sections."""

    source: Thing
    names: dict[str, Thing]
    coverage: Coverage


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The page on quality; `check` among the parameters is the release's check report."""
    _ = language.texts(asked.lang).gettext
    lang = asked.lang
    noted = _noted(snapshot, lang)
    readings = kept(snapshot, ("readings", lang), lambda: _readings(snapshot, lang))
    checks = paper("checks")
    return Page(
        template="quality.html",
        title=_("Quality"),
        path=PATH,
        current="quality",
        description=_(
            "What checks and readers found, how much of each source was read, and what does not "
            "agree."
        ),
        data={
            "check": asked.params.get("check"),
            "measured": [_measured(snapshot, lang, one) for one in _sources(snapshot)],
            "audits": kept(snapshot, ("audits", lang), lambda: _audits(snapshot, lang)),
            "blind": checks.part("what-no-check-sees") if checks else None,
            "noted": noted,
            "contrasts": contrasts(snapshot, lang),
            "readings": readings,
        },
        forms=(
            Form(
                _("Discrepancies, Turtle"),
                urls.data(urls.iri("/graph/reference/discrepancies"), "ttl"),
                urls.media_type("ttl"),
            ),
            *(
                Form(
                    f"{_('Other readings')}, {suffix.upper()}",
                    f"{urls.query('other-readings')}?format={suffix}",
                )
                for suffix in ("csv", "json")
            ),
        ),
        query=_QUERY.strip(),
        linked={
            "@context": "https://schema.org",
            "@type": "WebPage",
            "name": _("Quality"),
            "about": {"@type": "Dataset", "name": "Comity", "version": snapshot.digest},
        },
    )


def _sources(snapshot: Snapshot) -> list[str]:
    return [str(one["iri"]) for one in snapshot.manifest.get("sources", ())]


def _measured(snapshot: Snapshot, lang: str, source: str) -> Measured:
    names = {
        one.iri: Thing(one.iri, snapshot.names.label(one.iri, lang))
        for one in edition(snapshot, source).sections
    }
    thing = Accounts(snapshot, lang).thing(source)
    return Measured(thing, names, coverage(snapshot, source))


def _audits(snapshot: Snapshot, lang: str) -> tuple[Markup, tuple[tuple[Part, Markup], ...]] | None:
    """The record of the readings: what stands first, and its parts, with claims as links."""
    found = paper("audits")
    if found is None:
        return None
    places = {
        short(snapshot.names.label(leaf)): leaf
        for source in _sources(snapshot)
        for leaf in edition(snapshot, source).leaves
    }

    def link(one: re.Match[str]) -> str:
        passage = places.get(one[1])
        if passage is None:
            return one[0]
        address = urls.localised(urls.page(f"{passage}#{one[2]}"), lang)
        return f'<a class="cite" href="{address}">{one[1]} <code>#{one[2]}</code></a>'

    def linked(text: Markup) -> Markup:
        # places and fragments are those of the graph: nothing else gets into a link
        return Markup(_CLAIM.sub(link, str(text)))  # noqa: S704

    return linked(found.opening), tuple((one, linked(one.body)) for one in found.parts)


def _noted(snapshot: Snapshot, lang: str) -> dict[str, list[Difference]]:
    """All discrepancies, by their kinds, in the order of the report."""
    order = [leaf for source in _sources(snapshot) for leaf in edition(snapshot, source).leaves]
    known = differences.noted(snapshot, lang)
    found = {one.iri: one for leaf in order for one in known.get(leaf, ())}
    return {kind: [one for one in found.values() if one.kind == kind] for kind in KINDS}


def _readings(snapshot: Snapshot, lang: str) -> tuple[Reading, ...]:
    rows = snapshot.query(_READINGS)
    assert isinstance(rows, Rows)
    return tuple(
        Reading(
            claim=row["claim"],
            place=Thing(row["passage"], short(snapshot.names.label(row["passage"], lang))),
            quote=row["quote"] or "",
            text=row["reading"],
        )
        for row in rows.records()
    )
