"""Two countries on one page, which prints as a brief of two: who, what, when, in which words."""

from collections.abc import Sequence

from kg import pair as pairs
from kg.accounts import Accounts, Thing
from kg.pair import Pair
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts.accounting import accounts as accounts_of
from kg_api.site.parts.accounting import held, term, with_article
from kg_api.site.parts.brief import Brief

_LABELS = {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples", "rdf": "RDF/XML"}


def listing(snapshot: Snapshot, asked: Asked) -> Page:
    """The pairs that have a bilateral source."""
    _ = language.texts(asked.lang).gettext
    accounts = accounts_of(snapshot, asked.lang)
    known = pairs.pairs(snapshot, asked.lang, accounts)
    found = [
        (slug, _title(both, asked.lang), [_source(one, accounts) for one in _held(both, accounts)])
        for slug, both in known.items()
    ]
    return Page(
        template="pairs.html",
        title=_("Country pairs"),
        path=urls.PAIR,
        current="pair",
        description=_("Pairs of countries of which a report that both wrote is held."),
        data={"pairs": found},
        forms=(Form("JSON", f"{urls.PAIR}?format=json", "application/json"),),
    )


def _held(both: Sequence[Thing], accounts: Accounts) -> list[str]:
    wanted = {one.iri for one in both}
    return [iri for iri, its in accounts.sides.items() if set(its) == wanted]


def _source(iri: str, accounts: Accounts) -> dict[str, str]:
    one = accounts.sources[iri]
    return {"iri": iri, "title": one.title, "date": one.period.edtf if one.period else ""}


def _title(both: Sequence[Thing], lang: str) -> str:
    _ = language.texts(lang).gettext
    names = [with_article(one, lang) for one in both]
    return _("%(one)s and %(other)s") % {"one": names[0], "other": names[1]}


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """What the bilateral sources say of two countries; NotFound for a pair without one."""
    _ = language.texts(asked.lang).gettext
    slug, lang = str(asked.params["slug"]), asked.lang
    found = held(snapshot, ("pair", slug, lang), lambda: _read(snapshot, slug, lang))
    accounts = accounts_of(snapshot, lang)
    content = held(
        snapshot,
        ("brief", slug, lang),
        lambda: Brief(snapshot, accounts, found, lang).content(),
    )
    path = f"{urls.PAIR}/{slug}"
    suffixes = ("ttl", "jsonld", "nt", "rdf")
    also = "" if lang == "en" else f"?lang={lang}"
    sources = [_source(one.iri, accounts) for one in found.sources]
    title = _title(found.countries, lang)
    return Page(
        template="pair.html",
        title=title,
        path=path,
        current="pair",
        description=_(
            "%(pair)s: who acts, which instruments, what is done jointly and what is undertaken, "
            "in the words of their own report."
        )
        % {"pair": title},
        data={"sources": sources, **content},
        forms=(
            Form("JSON", f"{path}.json{also}", "application/json"),
            *(Form(_LABELS[one], f"{path}.{one}{also}") for one in suffixes),
        ),
        query=_query(found),
        linked={
            "@context": "https://schema.org",
            "@type": "WebPage",
            "name": title,
            "inLanguage": lang,
            "license": urls.LICENCE,
            "version": snapshot.digest,
            "about": [
                {"@type": "Country", "@id": one.iri, "name": one.label} for one in found.countries
            ],
            "isBasedOn": [
                {"@type": "Report", "@id": one.iri, "name": one.title, "url": one.url or one.iri}
                for one in found.sources
            ],
        },
    )


def _read(snapshot: Snapshot, slug: str, lang: str) -> Pair:
    return pairs.pair(snapshot, slug, lang=lang, accounts=accounts_of(snapshot, lang))


def _query(found: Pair) -> str:
    """SPARQL that gives the actions of the page: who, in which words, where."""
    sources = " ".join(term(one.iri) for one in found.sources)
    return f"""\
SELECT ?action ?place ?words ?act ?standsAs ?who WHERE {{
  VALUES ?source {{ {sources} }}
  ?passage dct:isPartOf ?source ; comity:order ?order ; comity:citationLabel ?place .
  FILTER(LANG(?place) = "en")
  GRAPH ?passage {{
    ?action a comity:Action ; comity:sentence ?sentence ; comity:quote ?words ;
      comity:act ?act ; comity:status ?standsAs .
    OPTIONAL {{ ?action comity:actor ?who }}
  }}
}} ORDER BY ?order ?sentence ?action ?who"""
