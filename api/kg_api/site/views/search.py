"""Search: what a text finds, by type, each with the reason for which it was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.accounts import Thing
from kg.names import expand
from kg.resource import describe
from kg.search.index import FAMILIES
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts.accounting import accounts as accounts_of
from kg_api.site.parts.accounting import money, short_place, term
from kg_api.site.parts.filters import RELEASE, Active, Chosen, Filter, address, offer, offer_things
from kg_api.site.parts.kept import kept
from kg_api.site.parts.matching import Piece, pieces

NAMES = ("q", "type", "topic", "offset")
# as many as a page holds
MOST = 50
_TOPICS = """
SELECT DISTINCT ?thing WHERE { ?thing skos:inScheme <https://w3id.org/comity/id/scheme/topics> }
"""
_SIGNS = {
    "actor": "actors", "instrument": "instruments", "initiative": "initiatives",
    "event": "events", "document": "documents", "topic": "topics",
}  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """One thing that was found: its name, what it is, and the name or words that matched."""

    thing: Thing
    type: str
    reason: str
    label: tuple[Piece, ...]
    # another name than the label, where that matched
    matched: tuple[Piece, ...]
    matched_lang: str
    place: Thing | None
    # of an actor that was asked for by its acronym: how many claims name it
    claims: int = 0


@dataclass(frozen=True)
class Group:
    """The hits of one type."""

    family: str
    name: str
    sign: str
    hits: tuple[Hit, ...]
    count: int
    more: str


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """What the HTTP process has found, which comes with what is asked."""
    _ = language.texts(asked.lang).gettext
    params = asked.params
    text = str(params.get("q", ""))
    results: Sequence[Mapping[str, Any]] = params.get("results", ())
    chosen = Chosen(
        urls.SEARCH,
        {name: str(params[name]) for name in (*NAMES, RELEASE) if params.get(name)},
    )
    groups = _groups(snapshot, chosen, results, params.get("counts", {}), asked.lang)
    total, first = int(params.get("total", 0)), int(params.get("offset", 0) or 0)
    also = {} if asked.lang == "en" else {"lang": asked.lang}
    data = {name: one for name, one in chosen.values.items() if name != "offset"}
    title = _("Search: %(text)s") % {"text": text} if text else _("Search")
    return Page(
        template="search.html",
        title=title,
        path=chosen.address,
        current="search",
        description=_("Names in English and Japanese, and the words of claims, of one release."),
        data={
            "q": text,
            "groups": groups,
            "total": total,
            "first": first + 1,
            "last": first + len(results),
            "before": _moved(chosen, first - MOST) if first else "",
            "after": _moved(chosen, first + MOST) if first + len(results) < total else "",
            "fields": _fields(snapshot, chosen, params.get("counts", {}), asked.lang),
            "active": _active(snapshot, chosen, asked.lang),
            "reset": chosen.without("type", "topic", "offset"),
            "money": money(snapshot, asked.lang),
            "elsewhere": int(params.get("elsewhere", 0)),
        },
        forms=(
            Form("CSV", address(urls.SEARCH, {**data, **also, "format": "csv"}), "text/csv"),
            Form(
                "JSON", address(urls.SEARCH, {**data, **also, "format": "json"}), "application/json"
            ),
        )
        if text
        else (),
        query=_query([str(one["iri"]) for one in results], asked.lang),
        linked={
            "@context": "https://schema.org",
            "@type": "SearchResultsPage" if text else "WebPage",
            "name": title,
            "inLanguage": asked.lang,
            "version": snapshot.digest,
        },
    )


def _moved(chosen: Chosen, offset: int) -> str:
    values = {name: one for name, one in chosen.values.items() if name != "offset"}
    return address(chosen.path, {**values, "offset": str(offset)} if offset > 0 else values)


def families(lang: str) -> dict[str, str]:
    """What the types are called, several of each."""
    _ = language.texts(lang).gettext
    return {
        "actor": _("Actors"),
        "instrument": _("Instruments"),
        "initiative": _("Initiatives"),
        "event": _("Events"),
        "document": _("Documents"),
        "topic": _("Topics"),
        "source": _("Sources"),
        "section": _("Sections"),
        "passage": _("Passages"),
        "claim": _("Claims, by their words"),
        "concept": _("Codes"),
        "term": _("Terms of the ontology"),
    }


def _groups(
    snapshot: Snapshot,
    chosen: Chosen,
    results: Sequence[Mapping[str, Any]],
    counts: Mapping[str, int],
    lang: str,
) -> tuple[Group, ...]:
    """The results by type, in the order of the best of each."""
    names = families(lang)
    by_family: dict[str, list[Hit]] = {}
    query = chosen.values.get("q", "")
    for one in results:
        by_family.setdefault(one["family"], []).append(_hit(snapshot, one, query, lang))
    only = {name: one for name, one in chosen.values.items() if name not in ("type", "offset")}
    return tuple(
        Group(
            family,
            names.get(family, family),
            _SIGNS.get(family, ""),
            tuple(hits),
            counts.get(family, len(hits)),
            address(chosen.path, {**only, "type": family}),
        )
        for family, hits in by_family.items()
    )


def _hit(snapshot: Snapshot, one: Mapping[str, Any], query: str, lang: str) -> Hit:
    label, matched = str(one["label"]), one["matched"]
    is_label = matched is None or matched == label
    type_ = _type(snapshot, str(one["type"] or ""), str(one["family"]), lang)
    place = None
    if one["family"] == "claim" and one["passage"]:
        place = Thing(str(one["iri"]), short_place(str(one["citation"] or "")))
    return Hit(
        thing=Thing(str(one["iri"]), label),
        type=type_,
        reason=reason(str(one["level"]), str(one["by"]), str(one["matched_lang"] or ""), lang),
        label=pieces(label, query) if is_label and matched is not None else (Piece(label),),
        matched=() if is_label else pieces(str(matched), query),
        matched_lang=str(one["matched_lang"] or ""),
        place=place,
        claims=_claims(snapshot, str(one["iri"])) if one["by"] == "acronym" else 0,
    )


def _claims(snapshot: Snapshot, iri: str) -> int:
    """How many claims name a thing."""

    def count() -> int:
        return describe(snapshot, iri, "en", 0).claims_total

    return kept(snapshot, ("claims-of", iri), count)


def _type(snapshot: Snapshot, type_: str, family: str, lang: str) -> str:
    """What a thing is, where that says more than the heading under which it stands."""
    prefix, _colon, local = type_.partition(":")
    if prefix != "comity" or local.casefold() == family:
        return ""
    return snapshot.names.label(expand(type_), lang)


def reason(level: str, by: str, matched_lang: str, lang: str) -> str:
    """Why something was found, in words.

    >>> reason("acronym", "acronym", "en", "en"), reason("exact", "label", "ja", "en")
    ('acronym', 'Japanese name')
    >>> reason("word", "quote", "en", "en"), reason("prefix", "former name", "en", "en")
    ('words of the report', 'former name, begins so')
    """
    _ = language.texts(lang).gettext
    named = {
        "label": _("name"),
        "acronym": _("acronym"),
        "other form": _("other form of the name"),
        "former name": _("former name"),
        "printed title": _("printed title"),
        "identifier": _("identifier"),
        "hidden form": _("a form that is not shown, such as a misprint"),
        "quote": _("words of the report"),
    }
    found = named.get(by, by)
    if by == "label" and matched_lang and matched_lang != lang:
        found = {"ja": _("Japanese name"), "en": _("English name")}.get(matched_lang, found)
    how = {"prefix": _("begins so"), "word": _("has the words")}.get(level, "")
    if by == "quote" or not how:
        return found
    return f"{found}, {how}" if lang == "en" else f"{found}、{how}"


def _topics(snapshot: Snapshot, lang: str) -> tuple[Thing, ...]:
    accounts = accounts_of(snapshot, lang)
    return kept(
        snapshot,
        ("search-topics", lang),
        lambda: accounts.things(row["thing"] for row in accounts.rows(_TOPICS)),
    )


def _fields(
    snapshot: Snapshot, chosen: Chosen, counts: Mapping[str, int], lang: str
) -> tuple[Filter, ...]:
    _ = language.texts(lang).gettext
    names, given = families(lang), chosen.values
    type_ = given.get("type", "")
    types = (
        (one, f"{names[one]} ({counts[one]})" if one in counts else names[one])
        for one in FAMILIES
        if one in names and (not counts or one in counts or one == type_)
    )
    topic = _topic(snapshot, given.get("topic", ""), lang)
    return (
        offer("type", _("Type"), types, type_, _("all")),
        offer_things("topic", _("Topic"), _topics(snapshot, lang), topic, _("any")),
    )


def _topic(snapshot: Snapshot, text: str, lang: str) -> str:
    return accounts_of(snapshot, lang).resolve(text, "topic") if text else ""


def _active(snapshot: Snapshot, chosen: Chosen, lang: str) -> tuple[Active, ...]:
    _ = language.texts(lang).gettext
    found = []
    if one := chosen.values.get("type"):
        found.append(
            Active(_("Type"), families(lang).get(one, one), chosen.without("type", "offset"))
        )
    if one := chosen.values.get("topic"):
        label = snapshot.names.label(_topic(snapshot, one, lang), lang)
        found.append(Active(_("Topic"), label, chosen.without("topic", "offset")))
    return tuple(found)


def _query(iris: Sequence[str], lang: str) -> str:
    """SPARQL that gives the things of the page, which the index of names has found."""
    if not iris:
        return ""
    listed = "\n    ".join(term(one) for one in iris)
    return f"""\
SELECT ?thing ?name (SAMPLE(?class) AS ?type) WHERE {{
  VALUES ?thing {{
    {listed}
  }}
  OPTIONAL {{ ?thing a ?class }}
  OPTIONAL {{
    ?thing skos:prefLabel|comity:quote|rdfs:label ?name
    FILTER(LANG(?name) IN ("{lang}", ""))
  }}
}} GROUP BY ?thing ?name ORDER BY ?name ?thing"""
