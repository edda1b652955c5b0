"""What a request's headers say that a client accepts."""

from collections.abc import Iterable
from functools import lru_cache

from kg import formats
from kg.formats import FORMATS

Headers = Iterable[tuple[bytes, bytes]]


def header(headers: Headers, name: bytes) -> str:
    """A header field; several of the same name count as one list (RFC 9110, §5.3)."""
    return ", ".join(value.decode("latin-1") for one, value in headers if one == name)


@lru_cache(maxsize=1024)
def chosen(accept: str) -> tuple[str, str]:
    """The formats that an Accept stands for, of rows and of RDF: two that agree are one answer."""
    rows = formats.negotiate(accept, formats.ROWS)
    rdf = formats.negotiate(accept, formats.TRIPLES, formats.QUADS)
    return rows.name if rows else "", rdf.name if rdf else ""


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
