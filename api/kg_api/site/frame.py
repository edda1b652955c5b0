"""What all pages have around them: menu, sources, release, citation, the way to the query."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Page
from kg_api.site.parts.citing import Cited, citations


@dataclass(frozen=True)
class Entry:
    """One entry of a menu: the name of its page, what it is called, where it leads."""

    name: str
    label: str
    path: str


@dataclass(frozen=True)
class Frame:
    """The parts of the frame, as the base template has them."""

    public: str
    menu: tuple[Entry, ...]
    about: tuple[Entry, ...]
    sources: tuple[Mapping[str, str], ...] = ()
    digest: str = ""
    made: str = ""
    checked: bool = True
    citations: tuple[Cited, ...] = ()


def of(snapshot: Snapshot, asked: Asked, page: Page) -> Frame:
    """The frame of a page over a snapshot."""
    manifest = snapshot.manifest
    sources = tuple(manifest.get("sources", ()))
    return Frame(
        public=asked.public,
        menu=menu(asked.lang, sources),
        about=about(asked.lang),
        sources=sources,
        digest=snapshot.digest,
        made=str(manifest.get("made", ""))[:10],
        checked=bool(sources),
        citations=citations(snapshot, asked, page),
    )


def bare(lang: str, public: str = "") -> Frame:
    """The frame of a page that no snapshot decides: an error."""
    return Frame(public, menu(lang, ()), about(lang), checked=False)


def menu(lang: str, sources: tuple[Mapping[str, str], ...]) -> tuple[Entry, ...]:
    """The main menu. With one source the reader opens it; with several, their list."""
    _ = language.texts(lang).gettext
    report = urls.page(sources[0]["iri"]) if len(sources) == 1 else "/#sources"
    return (
        Entry("home", _("Contents"), "/"),
        Entry("commitments", _("Commitments"), urls.COMMITMENTS),
        Entry("timeline", _("Timeline"), urls.TIMELINE),
        Entry("network", _("Network"), urls.NETWORK),
        Entry("pair", _("Country pair"), urls.PAIR),
        Entry("report", _("Report"), report),
        Entry("sparql", "SPARQL", urls.SPARQL),
    )


def about(lang: str) -> tuple[Entry, ...]:
    """The menu of the foot: what lies behind the pages."""
    _ = language.texts(lang).gettext
    return (
        Entry("data", _("Data"), "/data"),
        Entry("ontology", _("Ontology"), urls.page(urls.iri("/ontology"))),
        Entry("codebook", _("Codebook"), "/codebook"),
        Entry("quality", _("Quality"), "/quality"),
        Entry("queries", _("Queries"), urls.QUERIES),
        Entry("docs", "API", "/docs"),
        Entry("about", _("About Comity"), "/about"),
    )


def context(page: Page, frame: Frame) -> dict[str, Any]:
    """What every template is given."""
    return {**page.data, "page": page, "frame": frame}
