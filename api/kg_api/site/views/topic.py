"""The pages of concepts: topics with their claims and actors, codes with their rule and use."""

from collections import defaultdict
from dataclasses import dataclass

import pyoxigraph as ox

from kg import resource
from kg.accounts import Thing
from kg.names import PREFIXES
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Page
from kg_api.site.parts import schema
from kg_api.site.parts.claims import Row
from kg_api.site.parts.facts import Where, place
from kg_api.site.parts.subject import Group, Subject, in_order
from kg_api.site.views.things import STATEMENTS

_C, _SKOS = PREFIXES["comity"], PREFIXES["skos"]
_TYPE, _BROADER = ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(_SKOS + "broader")
_CLAIMS = ("Action", "Participation")
_QUERY = """PREFIX comity: <https://w3id.org/comity/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?claim ?property ?concept ?quote ?citation WHERE {{
  ?concept skos:broader* <{iri}> .
  GRAPH ?passage {{ ?claim ?property ?concept ; comity:sentence ?sentence .
    OPTIONAL {{ ?claim comity:quote ?quote }} }}
  ?claim a ?class FILTER(?class IN (comity:Action, comity:Participation))
  ?passage comity:order ?order ; comity:citationLabel ?citation FILTER(LANG(?citation) = "en")
}} ORDER BY ?passage ?order ?sentence ?claim"""


@dataclass(frozen=True)
class Doer:
    """An actor under a topic, and the places of its claims; each claim counts once."""

    thing: Thing
    named: bool
    claims: int
    places: tuple[Where, ...]


def narrower(snapshot: Snapshot, iri: str) -> tuple[str, ...]:
    """A concept and all below it, each before those below it."""
    found, fresh = [iri], [iri]
    while fresh:
        below = sorted(
            quad.subject.value
            for one in fresh
            for quad in snapshot.engine.quads(None, _BROADER, ox.NamedNode(one), ox.DefaultGraph())
            if isinstance(quad.subject, ox.NamedNode) and quad.subject.value not in found
        )
        found += dict.fromkeys(below)
        fresh = below
    return tuple(found)


def _claims(subject: Subject, concepts: tuple[str, ...]) -> dict[str, list[str]]:
    """The claims under each concept; a claim with several stands under the first."""
    engine, seen = subject.snapshot.engine, set()
    found: dict[str, list[str]] = {}
    for concept in concepts:
        quads = engine.quads(None, None, ox.NamedNode(concept), ox.DefaultGraph())
        for iri in sorted({q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)}):
            types = {
                as_text(quad.object).removeprefix(_C)
                for quad in engine.quads(ox.NamedNode(iri), _TYPE, None, ox.DefaultGraph())
            }
            if iri not in seen and types.intersection(_CLAIMS):
                seen.add(iri)
                found.setdefault(concept, []).append(iri)
    return found


def _doers(subject: Subject, claims: dict[str, list[str]]) -> tuple[Doer, ...]:
    """The actors of claims, by name: the order ranks nobody."""
    engine, names = subject.snapshot.engine, subject.snapshot.names
    places: dict[str, dict[str, Where]] = defaultdict(dict)
    number: dict[str, int] = defaultdict(int)
    for iri in (one for some in claims.values() for one in some):
        passage = iri.partition("#")[0]
        for property_ in ("actor", "participant"):
            for quad in engine.quads(
                ox.NamedNode(iri), ox.NamedNode(_C + property_), None, ox.DefaultGraph()
            ):
                actor = as_text(quad.object)
                label = place(names.label(passage, subject.lang))
                places[actor][passage] = Where("reported", label, passage)
                number[actor] += 1
    made = (
        Doer(subject.thing(iri), "#" not in iri, number[iri], tuple(its.values()))
        for iri, its in places.items()
    )
    return tuple(sorted(made, key=lambda one: (not one.named, one.thing.label)))


def _rows(subject: Subject, claims: dict[str, list[str]]) -> tuple[Group, ...]:
    """The claims of this page under their concepts."""
    flat = [(concept, iri) for concept, some in claims.items() for iri in some]
    start = (subject.number - 1) * subject.limit
    grouped: dict[str, list[Row]] = {}
    for concept, iri in flat[start : start + subject.limit]:
        row = subject.desk.of(resource.claim(subject.snapshot, iri, subject.lang))
        grouped.setdefault(concept, []).append(row)
    _ = language.texts(subject.lang).gettext
    own = _("Claims") if len(grouped) == 1 else _("Claims on the topic itself")
    return tuple(
        Group(None, own, in_order(rows))
        if concept == subject.iri
        else Group(subject.thing(concept), "", in_order(rows))
        for concept, rows in grouped.items()
    )


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The page of a topic or of a code."""
    subject = Subject(snapshot, asked)
    _, ngettext = language.texts(asked.lang).gettext, language.texts(asked.lang).ngettext
    concepts = narrower(snapshot, subject.iri)
    claims = _claims(subject, concepts)
    total = sum(map(len, claims.values()))
    subject.claims = total
    topic = subject.kind == "topic"
    shown = ("broader", "^broader", "inScheme", "topConceptOf", "notation", "^topConceptOf")
    return Page(
        template="concept.html",
        title=subject.label,
        path=urls.page(subject.iri, subject.number),
        iri=subject.iri,
        pages=subject.pages,
        description=subject.text("definition")
        or ngettext("%(name)s: %(count)s claim", "%(name)s: %(count)s claims", total)
        % {"name": subject.label, "count": total},
        data={
            "subject": subject,
            "topic": topic,
            "total": total,
            "below": len(concepts) - 1,
            "groups": _rows(subject, claims),
            "doers": _doers(subject, claims) if topic else (),
            "around": subject.take("broader", "^broader", "inScheme"),
            "rest": subject.rest(*shown),
        },
        forms=subject.forms(network=topic),
        query=(_QUERY if total else STATEMENTS).format(iri=subject.iri),
        linked=schema.described(
            subject,
            inDefinedTermSet=next(
                (one.values[0].thing.iri for one in subject.take("inScheme")), ""
            ),
        ),
    )
