"""How a page is cited: what the report says as the report's, what was made of it as Comity's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from kg.accounts import Accounts
from kg.names import BASE, PREFIXES
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts.kept import kept

_SOURCE = PREFIXES["source"]
_PUBLISHER = ox.NamedNode("http://purl.org/dc/terms/publisher")


@dataclass(frozen=True)
class Cited:
    """One record: whose it is where there are two, its text, and its formats."""

    whose: str
    text: str
    forms: tuple[Form, ...]


def citations(snapshot: Snapshot, asked: Asked, page: Page) -> tuple[Cited, ...]:
    """The citation of a page; on a page of a report, section or passage the report's own first."""
    _ = language.texts(asked.lang).gettext
    sources = {one["iri"]: one for one in snapshot.manifest.get("sources", ())}
    about = sources.get(_SOURCE + page.iri.removeprefix(_SOURCE).partition("/")[0])
    if about is None or "#" in page.iri:
        return (Cited("", _own(snapshot, asked, page, page.title), _forms("page", page.iri)),)
    place = _place(snapshot, asked.lang, page.iri, about["iri"])
    reading = _("Comity's reading of %(title)s") % {"title": place}
    return (
        Cited(
            _("What the report says"),
            _report(snapshot, asked.lang, about, "" if page.iri == about["iri"] else place),
            _forms("passage", page.iri),
        ),
        Cited(
            _("What Comity made of it"),
            _own(snapshot, asked, page, reading),
            _forms("page", page.iri),
        ),
    )


def _place(snapshot: Snapshot, lang: str, iri: str, source: str) -> str:
    """What a report, section or passage is called where it stands alone: the report first."""
    whole, label = (snapshot.names.label(one, lang) for one in (source, iri))
    return label if label.startswith(whole) else f"{whole}, {label}"


def _report(snapshot: Snapshot, lang: str, about: Mapping[str, Any], place: str) -> str:
    """The report: title and date, place, publishers of the copy held, address; no authors."""
    _ = language.texts(lang).gettext
    iri = about["iri"]
    node = ox.NamedNode(iri)
    quads = snapshot.engine.quads(node, _PUBLISHER, None, ox.DefaultGraph())
    publishers = sorted(snapshot.names.label(as_text(quad.object), lang) for quad in quads)
    joint = iri in kept(snapshot, "sides", lambda: Accounts(snapshot, "en").sides)
    parts = [
        _("“%(title)s”, %(date)s")
        % {"title": about["title"], "date": language.when(about["date"], lang)},
        place,
        _("Copy published by %(names)s")
        % {"names": ("、" if lang == "ja" else "; ").join(publishers)}
        if publishers
        else "",
        _("Written jointly by both sides") if joint else "",
    ]
    end = "。" if lang == "ja" else ". "
    return "".join(part + end for part in parts if part) + str(about.get("url") or iri)


def _own(snapshot: Snapshot, asked: Asked, page: Page, title: str) -> str:
    """The page of Comity, in the order that the command and the downloads use."""
    _ = language.texts(asked.lang).gettext
    named = page.iri or f"{asked.public or BASE.rstrip('/')}{urls.localised(page.path, asked.lang)}"
    sources = "; ".join(
        f"{one['title']}, {language.when(one['date'], asked.lang)}"
        for one in snapshot.manifest.get("sources", ())
    )
    return _("Comity. “%(title)s”. From: %(sources)s. Release %(digest)s. %(address)s") % {
        "title": title,
        "sources": sources,
        "digest": snapshot.digest[:12],
        "address": named,
    }


def _forms(name: str, iri: str) -> tuple[Form, ...]:
    """The citation in formats of reference managers, for what has an IRI."""
    what = f"{name}={quote(iri, safe='')}&" if iri else ""
    return (
        Form("BibTeX", f"/cite?{what}format=bibtex"),
        Form("CSL-JSON", f"/cite?{what}format=csl-json"),
    )
