"""The sitemap: every page there is, in each language, with its counterparts (sitemaps.org 0.9)."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

import pyoxigraph as ox

from kg.names import BASE
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.evaluation import check_bytes
from kg_api.jobs import Reply
from kg_api.site import frame

# a sitemap has at most 50,000 addresses
_MOST = 20_000
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
# what is described and is no fragment of another document: that has its page
_THINGS = f"""
SELECT DISTINCT ?thing WHERE {{
  ?thing a ?class
  FILTER(isIRI(?thing) && STRSTARTS(STR(?thing), "{BASE}") && !CONTAINS(STR(?thing), "#"))
}} ORDER BY ?thing LIMIT {_MOST}
"""


def sitemap(
    snapshot: Snapshot,
    public: str,
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> Reply:
    """The sitemap of a snapshot, under the address that the service has outside."""
    body = "".join(_lines(paths(snapshot), public)).encode()
    check_bytes(len(body), max_bytes)
    return Reply(200, "application/xml", {}, body)


def paths(snapshot: Snapshot) -> list[str]:
    """The path of every page that stands by itself, without its language: no form filled in."""
    sources = tuple(snapshot.manifest.get("sources", ()))
    entries = (*frame.menu("en", sources), *frame.about("en"))
    found = dict.fromkeys(entry.path for entry in entries if "#" not in entry.path)
    for solution in snapshot.store.query(_THINGS):  # type: ignore[union-attr]
        thing = solution["thing"]
        if isinstance(thing, ox.NamedNode) and urls.is_ours(thing.value):
            found[urls.page(thing.value)] = None
    return list(found)


def _lines(found: Iterable[str], public: str) -> Iterator[str]:
    yield _HEAD
    for path in found:
        places = {lang: f"{public}{urls.localised(path, lang)}" for lang in urls.LANGUAGES}
        same = "".join(
            f'<xhtml:link rel="alternate" hreflang="{lang}" href={quoteattr(place)}/>'
            for lang, place in places.items()
        )
        for place in places.values():
            yield f"<url><loc>{quoteattr(place)[1:-1]}</loc>{same}</url>\n"
    yield "</urlset>\n"
