"""What a request's headers say that a client accepts."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from kg import formats
from kg.formats import FORMATS, Format
from kg_api import urls

Headers = Iterable[tuple[bytes, bytes]]


def header(headers: Headers, name: bytes) -> str:
    """A header field; several of the same name count as one list (RFC 9110, §5.3)."""
    return b", ".join([value for one, value in headers if one == name]).decode("latin-1")


@lru_cache(maxsize=1024)
def chosen(accept: str) -> tuple[str, str]:
    """The formats that an Accept stands for, of rows and of RDF: two that agree are one answer."""
    rows = formats.negotiate(accept, formats.ROWS)
    rdf = formats.negotiate(accept, formats.TRIPLES, formats.QUADS)
    return rows.name if rows else "", rdf.name if rdf else ""


HTML = Format("html", "text/html", "html", formats.ROWS, "page")


def wants_page(accept: str, format_: str | None, others: Sequence[Format]) -> bool:
    """Whether the client wants a page rather than any of the other formats.

    >>> wants_page("text/html, */*;q=0.8", None, [formats.BY_NAME["csv"]])
    True
    >>> wants_page("*/*", None, [formats.BY_NAME["csv"]])
    False
    """
    if format_ is not None:
        return format_.lower() in (HTML.name, HTML.media_type)
    return bool(accept.strip()) and formats.prefer(accept, [*others, HTML]) is HTML


@lru_cache(maxsize=1024)
def prefers_html(accept: str) -> bool:
    """Whether a client is a browser showing pages: it names HTML, and likes nothing of ours better.

    >>> prefers_html("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    True
    >>> prefers_html("text/turtle, text/html;q=0.5"), prefers_html("*/*")
    (False, False)
    """
    if "text/html" not in accept.lower():
        return False
    html = formats.weight(accept, "text/html")
    others = (*(one.media_type for one in FORMATS), "application/json", "application/problem+json")
    return html > 0 and all(html >= formats.weight(accept, one) for one in others)


@lru_cache(maxsize=1024)
def language(accept_language: str) -> str:
    """The language of the pages that a header `Accept-Language` likes best (RFC 9110, §12.5.4).

    >>> language("ja,en-US;q=0.9"), language("fr, ja;q=0.2, en;q=0.1"), language("")
    ('ja', 'ja', 'en')
    >>> language("en-GB;q=0.8, ja;q=0.9"), language("ja;q=0"), language("fr;q=x")
    ('ja', 'en', 'en')
    """
    liked: dict[str, float] = {}
    for part in accept_language.split(","):
        name, _, parameter = part.strip().partition(";")
        weight = 1.0
        if parameter:
            try:
                weight = float(parameter.strip().removeprefix("q="))
            except ValueError:
                continue
        primary = name.strip().lower().partition("-")[0]
        if primary in urls.LANGUAGES:
            liked[primary] = max(liked.get(primary, 0), weight)
    best = max(liked, key=lambda one: liked[one], default="en")
    return best if liked.get(best, 0) > 0 else "en"


def reader(accept: str, accept_language: str, named: str = "") -> str:
    """The language of the pages for whoever is shown pages; empty for a program.

    `named` is the language that the path names, if it does: only pages have such paths.

    >>> reader("text/html", "ja"), reader("*/*", "ja"), reader("*/*", "ja", "en")
    ('ja', '', 'en')
    """
    if named:
        return named
    return language(accept_language) if prefers_html(accept) else ""
