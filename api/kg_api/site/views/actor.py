"""The page of an actor: what it does by topic, its names, standing, company, and what it takes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.accounts import Thing
from kg.names import BASE, PREFIXES, compact
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Page
from kg_api.site.parts import fan, kinds, schema, stock
from kg_api.site.parts.facts import Property, Where, place
from kg_api.site.parts.subject import DOERS, Subject, by_relation, by_topic, date_of
from kg_api.site.parts.tenures import tenures
from kg_api.site.views.things import STATEMENTS

_C, _SKOS = PREFIXES["comity"], PREFIXES["skos"]
_QUERY = """PREFIX comity: <https://w3id.org/comity/ontology#>
SELECT ?claim ?relation ?quote ?citation WHERE {{
  GRAPH ?passage {{ ?claim comity:sentence ?sentence ; ?relation <{iri}> .
    OPTIONAL {{ ?claim comity:quote ?quote }} }}
  ?passage comity:order ?order ; comity:citationLabel ?citation FILTER(LANG(?citation) = "en")
}} ORDER BY ?passage ?order ?sentence ?claim"""
_GROUP = _C + "Group"
# what stands in the list of instruments and the like, in this order
_LISTED = ("instrument", "initiative", "event", "document")
_SIGNS = {one: f"{one}s" for one in _LISTED}
_STANDING = (
    "country", "parent", "^parent", "member", "^member", "associate", "^associate",
)  # fmt: skip
_SHOWN_WITH = 8


@dataclass(frozen=True)
class Company:
    """Another actor that is named in the same passages."""

    thing: Thing
    named: bool
    passages: tuple[Where, ...]


@dataclass(frozen=True)
class Listed:
    """An instrument, initiative, event or document of the actor's claims: sign, date, places."""

    thing: Thing
    sign: str
    date: str
    places: tuple[Where, ...]


def company(subject: Subject) -> tuple[Company, ...]:
    """Who else is named in the passages that name an actor: most passages first, then by name."""
    actors = stock.iris(subject.snapshot, "actors")
    found: dict[str, list[Where]] = defaultdict(list)
    for passage in subject.passages:
        where = Where(
            "reported", place(subject.snapshot.names.label(passage, subject.lang)), passage
        )
        quads = subject.snapshot.engine.quads(None, None, None, ox.NamedNode(passage))
        named = {as_text(one) for quad in quads for one in (quad.subject, quad.object)}
        for other in named & actors - {subject.iri}:
            found[other].append(where)
    made = [
        Company(subject.thing(iri), "#" not in iri, tuple(places)) for iri, places in found.items()
    ]
    return tuple(sorted(made, key=lambda one: (-len(one.passages), not one.named, one.thing.label)))


def listed(subject: Subject) -> tuple[Listed, ...]:
    """The instruments, initiatives, events and documents of its claims and of its statements."""
    places: dict[Thing, list[Where]] = {}
    for row in subject.rows:
        if not DOERS & set(row.relations):
            continue
        where = Where("reported", row.place, row.passage)
        named = (one for stated in row.stated for one in stated.values if one.iri)
        for one in named:
            places.setdefault(one, []).append(where)
    for name, property_ in subject.properties.items():
        if name.startswith("^") and name not in (*_STANDING, "^country"):
            for value in property_.values:
                places.setdefault(value.thing, []).extend(value.places)
    found: dict[str, list[Listed]] = {one: [] for one in _LISTED}
    for thing, its in places.items():
        kind = kinds.of(subject.snapshot, thing.iri) if thing.iri.startswith(BASE) else ""
        if kind in found:
            date = date_of(subject.snapshot, thing.iri)
            made = Listed(thing, _SIGNS[kind], date, tuple(dict.fromkeys(its)))
            found[kind].append(made)
    return tuple(
        one for kind in _LISTED for one in sorted(found[kind], key=lambda one: one.thing.label)
    )


def groups(subject: Subject) -> tuple[tuple[Thing, int], ...]:
    """The groups that are named as one and have it for a member; how many claims name each."""
    found = []
    member = subject.properties.get("^member")
    for value in member.values if member else ():
        if _GROUP not in kinds.types(subject.snapshot, value.thing.iri):
            continue
        node = ox.NamedNode(value.thing.iri)
        claims = {
            as_text(quad.subject)
            for quad in subject.snapshot.engine.quads(None, None, node, None)
            if as_text(quad.subject).startswith(f"{getattr(quad.graph_name, 'value', '?')}#")
        }
        found.append((value.thing, len(claims)))
    return tuple(found)


def short(snapshot: Snapshot, iri: str, lang: str) -> str:
    """The shortest form by which a thing is known: an acronym, else its name."""
    name = snapshot.names.label(iri, lang)
    if urls.is_japanese(name):
        return name
    quads = snapshot.engine.quads(
        ox.NamedNode(iri), ox.NamedNode(_SKOS + "altLabel"), None, ox.DefaultGraph()
    )
    forms = [as_text(quad.object) for quad in quads]
    acronyms = [
        one for one in forms if one.isascii() and one.isupper() and " " not in one and len(one) > 1
    ]
    return min([*acronyms, name], key=lambda one: (len(one), one))


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The page of an actor."""
    subject = Subject(snapshot, asked)
    _, ngettext = language.texts(asked.lang).gettext, language.texts(asked.lang).ngettext
    does = [row for row in subject.rows if DOERS & set(row.relations)]
    named = [row for row in subject.rows if not DOERS & set(row.relations)]
    others = company(subject)
    drawn = fan.draw(
        short(snapshot, subject.iri, asked.lang),
        [
            fan.Leaf(short(snapshot, one.thing.iri, asked.lang), len(one.passages), one.named)
            for one in others[:_SHOWN_WITH]
        ],
    )
    passages = len(subject.passages)
    data: Mapping[str, object] = {
        "subject": subject,
        "over": subject.over("country"),
        "topics": by_topic(subject, does),
        "named": by_relation(subject, named),
        "company": others,
        "drawn": drawn,
        "listed": listed(subject),
        "groups": groups(subject),
        "standing": subject.take(*_STANDING),
        "own": sum(subject.iri in one.countries for one in stock.members(snapshot, "actors")),
        "tenures": tenures(subject, "tenureOf"),
        "under": tenures(subject, "parent"),
        "rest": _rest(subject),
        "commitments": subject.commitments(),
        "bearer": f"{urls.COMMITMENTS}?bearer={compact(subject.iri)}",
        "differences": subject.differences(),
    }
    return Page(
        template="actor.html",
        title=subject.label,
        path=urls.page(subject.iri, subject.number),
        iri=subject.iri,
        pages=subject.pages,
        description=ngettext(
            "%(name)s: named in %(count)s passage, with the words of each claim.",
            "%(name)s: named in %(count)s passages, with the words of each claim.",
            passages,
        )
        % {"name": subject.label, "count": passages},
        data=data,
        forms=subject.forms(network=True),
        # what no claim names is shown by its statements
        query=(_QUERY if subject.found.claims_total else STATEMENTS).format(iri=subject.iri),
        linked=schema.organization(subject),
    )


def _rest(subject: Subject) -> tuple[Property, ...]:
    """Statements that stand nowhere else on the page: not what the lists are made of."""
    shown = [
        name
        for name, one in subject.properties.items()
        if name.startswith("^")
        and all(
            kinds.of(subject.snapshot, value.thing.iri) in _LISTED
            for value in one.values
            if value.thing.iri.startswith(BASE)
        )
    ]
    return subject.rest(*_STANDING, *shown, "^country")
