"""The pages of instruments, initiatives, events, documents, and of things of no particular kind."""

from dataclasses import dataclass

from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Page
from kg_api.site.parts import schema
from kg_api.site.parts.facts import Property
from kg_api.site.parts.subject import Subject, by_relation
from kg_api.site.parts.tenures import tenures

_QUERY = """PREFIX comity: <https://w3id.org/comity/ontology#>
SELECT ?thing ?relation ?quote ?citation WHERE {{
  GRAPH ?passage {{ ?passage a comity:Passage . ?thing ?relation <{iri}> .
    OPTIONAL {{ ?thing comity:quote ?quote }} }}
  ?passage comity:order ?order ; comity:citationLabel ?citation FILTER(LANG(?citation) = "en")
}} ORDER BY ?passage ?order ?thing"""
STATEMENTS = """SELECT ?subject ?property ?value ?graph WHERE {{
  {{ GRAPH ?graph {{ <{iri}> ?property ?value }} BIND(<{iri}> AS ?subject) }}
  UNION {{ GRAPH ?graph {{ ?subject ?property <{iri}> }} BIND(<{iri}> AS ?value) }}
}} ORDER BY ?graph ?property ?subject ?value"""
_WHAT = ("instrumentType", "binding", "topic", "address", "printedAddress", "locality", "place")
_WHEN = ("date", "relativeDate", "deadline")
_WHO = (
    "party", "signedBy", "publishedBy", "publisher", "endorsedBy", "renewedBy", "establishedBy",
    "hostedBy", "conductedBy", "fundedBy", "partner", "associate", "member",
)  # fmt: skip
_UNDER = ("under", "basis", "supplements", "partOf", "resultOf", "after", "textOf", "alternateOf",
          "laterReportOn", "citesForInformation")  # fmt: skip
_AFTER = ("^under", "^partOf", "^supplements", "^basis", "^resultOf", "^after", "^textOf",
          "^alternateOf", "^laterReportOn")  # fmt: skip


@dataclass(frozen=True)
class Block:
    """Some statements under a heading; `missing` is said where there are none."""

    title: str
    properties: tuple[Property, ...]
    missing: str = ""


def blocks(subject: Subject) -> tuple[Block, ...]:
    """What, when, between whom, under what, what came of it: as its kind asks for."""
    _ = language.texts(subject.lang).gettext
    who = {
        "instrument": _("Between whom"),
        "event": _("Who held it"),
        "document": _("Who issued it"),
    }.get(subject.kind, _("Who stands behind it"))
    missing = {
        "instrument": _("No party is stated."),
        "document": _("Who issued it is not stated."),
    }.get(subject.kind, "")
    made = (
        Block(_("What it is"), subject.take(*_WHAT)),
        Block(_("When"), subject.take(*_WHEN), _("No date is stated.")),
        Block(who, subject.take(*_WHO), missing),
        Block(_("Under what"), subject.take(*_UNDER)),
        Block(_("What came of it"), subject.take(*_AFTER)),
    )
    return tuple(one for one in made if one.properties or one.missing)


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """What the graph says of a thing; NotFound past the last page."""
    subject = Subject(snapshot, asked)
    _ = language.texts(asked.lang).gettext
    plain = subject.kind in ("thing", "graph")
    shown = () if plain else (*_WHAT, *_WHEN, *_WHO, *_UNDER, *_AFTER)
    query = _QUERY if subject.mentions and not plain else STATEMENTS
    sign = {
        "instrument": "instruments", "initiative": "initiatives", "event": "events",
        "document": "documents",
    }.get(subject.kind, "")  # fmt: skip
    return Page(
        template="thing.html",
        title=subject.label,
        path=urls.page(subject.iri, subject.number),
        iri=subject.iri,
        pages=subject.pages,
        description=_("%(name)s: what is stated of it, by whom, and in which words.")
        % {"name": subject.label},
        data={
            "subject": subject,
            "sign": sign,
            "blocks": () if plain else blocks(subject),
            "groups": by_relation(subject, subject.rows),
            "parties": tenures(subject, "partyTo"),
            "rest": subject.rest(*shown),
            "differences": subject.differences(),
        },
        forms=subject.forms(network=bool(sign)),
        query=query.format(iri=subject.iri),
        linked=schema.described(subject),
    )
