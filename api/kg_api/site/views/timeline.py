"""The timeline: events, instruments and actions, each with the date that its source gives."""

from collections.abc import Mapping, Sequence

from kg.accounts import Accounts, Thing
from kg.periods import day
from kg.snapshot import Snapshot
from kg.timeline import BASES, KINDS, timeline
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts import dating
from kg_api.site.parts.accounting import accounts as accounts_of
from kg_api.site.parts.accounting import indented, term
from kg_api.site.parts.filters import RELEASE, Chosen, Filter, active, offer, offer_things, read

NAMES = ("kind", "topic", "actor", "basis", "from", "to")
_USED = """
SELECT DISTINCT ?property ?value WHERE {
  ?claim a comity:Action ; ?property ?value ; comity:date|comity:deadline ?date
  FILTER(?property IN (comity:actor, comity:counterpart, comity:topic))
}
"""
_BROADER = "SELECT ?topic ?broader WHERE { ?topic skos:broader ?broader }"


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """What is dated, from the first day to the last."""
    _ = language.texts(asked.lang).gettext
    chosen = read(asked.params, NAMES, urls.TIMELINE)
    given = {name: text for name, text in chosen.values.items() if name != RELEASE}
    since, until = given.pop("from", None), given.pop("to", None)
    accounts = accounts_of(snapshot, asked.lang)
    found = timeline(snapshot, since=since, until=until, accounts=accounts, **given)
    set_: dict[str, str] = {
        name: accounts.resolve(given[name], name) for name in ("topic", "actor") if name in given
    }
    over = dating.scale(found.entries, accounts)
    return Page(
        template="timeline.html",
        title=_("Timeline"),
        path=chosen.address,
        current="timeline",
        description=_(
            "Events, instruments and actions by their dates, never sharper than the source "
            "gives them."
        ),
        data={
            "rows": dating.rows(found.entries, accounts, over),
            "scale": over,
            "undated": found.undated,
            "undated_at": _undated(accounts, set_),
            "fields": _fields(accounts, chosen, set_, asked.lang),
            "active": active(
                accounts, chosen, _names(asked.lang), set_, _codes(asked.lang), asked.lang
            ),
            "hidden": {RELEASE: chosen.values[RELEASE]} if RELEASE in chosen.values else {},
            "reset": urls.TIMELINE,
        },
        forms=(
            Form("CSV", chosen.form("csv", asked.lang), "text/csv"),
            Form("JSON", chosen.form("json", asked.lang), "application/json"),
            Form("Turtle", chosen.form("ttl", asked.lang), "text/turtle"),
        ),
        query=_query(chosen, set_),
        linked={
            "@context": "https://schema.org",
            "@type": "CollectionPage",
            "name": _("Timeline"),
            "inLanguage": asked.lang,
            "license": urls.LICENCE,
            "version": snapshot.digest,
            "mainEntity": {"@type": "ItemList", "numberOfItems": len(found.entries)},
        },
    )


def _undated(accounts: Accounts, set_: Mapping[str, str]) -> tuple[Thing, ...]:
    """The pages on which actions without a date stand: of the topic and the actor, if any."""
    return tuple(accounts.thing(iri) for iri in set_.values())


def _codes(lang: str) -> dict[str, str]:
    """What kinds and bases are called."""
    _ = language.texts(lang).gettext
    return {
        "event": _("events"), "action": _("actions"), "instrument": _("instruments"),
        "reported": _("dated by the report"), "reference": _("dated by others"),
    }  # fmt: skip


def _names(lang: str) -> dict[str, str]:
    _ = language.texts(lang).gettext
    return {
        "kind": _("What"),
        "topic": _("Topic"),
        "actor": _("Who"),
        "basis": _("Who dates it"),
        "from": _("From"),
        "to": _("To"),
    }


def _fields(
    accounts: Accounts, chosen: Chosen, set_: dict[str, str], lang: str
) -> tuple[Filter, ...]:
    _ = language.texts(lang).gettext
    names, given = _names(lang), chosen.values
    actors: set[str] = set()
    topics: set[str] = set()
    for row in accounts.rows(_USED):
        (topics if row["property"].endswith("topic") else actors).add(row["value"])
    above = {row["topic"]: row["broader"] for row in accounts.rows(_BROADER)}
    for one in list(topics):
        while (one := above.get(one, "")) != "":
            topics.add(one)
    codes = _codes(lang)

    def coded(name: str, some: Sequence[str], none: str) -> Filter:
        pairs = ((one, codes[one]) for one in some)
        return offer(name, names[name], pairs, given.get(name, ""), none)

    def named(name: str, some: set[str]) -> Filter:
        now = set_.get(name, "")
        things = accounts.things(some | {now} if now else some)
        return offer_things(name, names[name], things, now, _("any"))

    return (
        coded("kind", KINDS, _("all")),
        named("topic", topics),
        named("actor", actors),
        coded("basis", BASES, _("any")),
        *(
            Filter(one, names[one], value=given.get(one, ""), hint="2023-05")
            for one in ("from", "to")
        ),
    )


def _query(chosen: Chosen, set_: dict[str, str]) -> str:
    """SPARQL that gives what the page shows: a row for each thing, date and basis."""
    given = chosen.values
    which = []
    if "topic" in set_:
        which.append(f"?action comity:topic/skos:broader* {term(set_['topic'])} .")
    if "actor" in set_:
        which.append(f"?action comity:actor|comity:counterpart {term(set_['actor'])} .")
    actions = [
        "GRAPH ?graph { ?graph a comity:Passage . ?thing a comity:Action ; ?relation ?date .",
        "  FILTER(?relation IN (comity:date, comity:deadline)) }",
        *(one.replace("?action", "?thing") for one in which),
    ]
    if given.get("basis") == "reference":
        actions.append("FILTER(false)")
    classes = [
        term(f"https://w3id.org/comity/ontology#{kind.capitalize()}")
        for kind in ("event", "instrument")
        if given.get("kind") in (None, kind)
    ]
    things = [
        "GRAPH ?graph { ?thing comity:date ?date }",
        f"?thing a ?class . FILTER(?class IN ({', '.join(classes)}))",
        "BIND(comity:date AS ?relation)",
    ]
    begins = {"reported": "STR(source:)", "reference": 'CONCAT(STR(graph:), "reference/")'}
    wanted = [begins[given["basis"]]] if "basis" in given else list(begins.values())
    tests = " || ".join(f"STRSTARTS(STR(?graph), {one})" for one in wanted)
    things.append(f"FILTER({tests})")
    if which:
        named = " ".join(which)
        things.append(
            "FILTER EXISTS { GRAPH ?said { ?said a comity:Passage . ?action a comity:Action ; "
            f"?named ?thing }} {named} }}"
        )
    parts = []
    if given.get("kind") in (None, "action"):
        parts.append("{\n" + indented(actions, 4) + "  }")
    if classes:
        parts.append("{\n" + indented(things, 4) + "  }")
    bounds = []
    for name, sign, bound in (("from", ">=", "latest"), ("to", "<=", "earliest")):
        if name in given:
            limit = day(given[name], name, last=name == "to").isoformat()
            bounds.append(f'FILTER(?{bound} {sign} "{limit}"^^xsd:date)')
    return f"""\
SELECT DISTINCT ?thing ?relation ?date ?basis WHERE {{
  {" UNION ".join(parts)}
  ?date comity:earliest ?earliest ; comity:latest ?latest .
  BIND(IF(STRSTARTS(STR(?graph), STR(source:)), "reported", "reference") AS ?basis)
{indented(bounds, 2)}}} ORDER BY ?latest DESC(?earliest) ?thing"""
