"""What workers do for linked data: find where a thing is described, describe it, write its page."""

from collections.abc import Iterator

import pyoxigraph as ox

from kg import document, formats
from kg.document import Document
from kg.manifest import SNAPSHOT
from kg.names import BASE, PREFIXES
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.evaluation import TRUNCATED, check_bytes
from kg_api.jobs import Reply

HTML = "html"
_NEXT, _PREVIOUS = (
    ox.NamedNode("http://www.w3.org/1999/xhtml/vocab#" + name) for name in ("next", "prev")
)
_PLAIN = "text/plain; charset=utf-8"


def locate(
    snapshot: Snapshot,
    iri: str,
    suffix: str,
    lang: str = "",
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> Reply:
    """The way from a thing to the document about it; NotFound and Gone where there is none."""
    now = document.locate(snapshot, iri)
    if now != iri:
        return _moved(now, urls.thing(now) if urls.is_ours(now) else now)
    address = urls.page(iri, lang=lang) if suffix == HTML else urls.data(iri, suffix)
    headers = {"Location": address, "Link": ", ".join(links(snapshot, iri, suffix))}
    return Reply(303, _PLAIN, headers, f"{address}\n".encode())


def describe(
    snapshot: Snapshot,
    iri: str,
    suffix: str,
    page: int = 1,
    public: str = "",
    limit: int = document.LIMIT,
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> Reply:
    """The RDF about a thing, in the format of a suffix; NotFound and Gone where there is none."""
    now = document.locate(snapshot, iri)
    if now != iri:
        return _moved(now, urls.data(now, suffix) if urls.is_ours(now) else now)
    found = document.document(snapshot, iri, page, limit, max_rows or document.GRAPH_LIMIT)
    chosen = urls.format_of(suffix)
    about = _about(snapshot, found, public)
    body = formats.write([*found.quads, *about], chosen)
    check_bytes(len(body), max_bytes)
    about_it = links(snapshot, iri, suffix, page, found.pages, public)
    headers = {"Link": ", ".join(about_it), "Content-Location": urls.data(iri, suffix, page)}
    if not found.whole:
        headers[TRUNCATED] = _said(found)
    return Reply(200, urls.content_type(suffix), headers, body)


def _moved(iri: str, address: str) -> Reply:
    """What replaces a thing, for good."""
    headers = {"Location": address, "Link": f'<{iri}>; rel="successor-version"'}
    return Reply(301, _PLAIN, headers, f"{address}\n".encode())


def _said(found: Document) -> str:
    return f"statements {found.first} to {found.last} of {found.total}"


def _about(snapshot: Snapshot, found: Document, public: str) -> Iterator[ox.Quad]:
    """What the document says of itself, in a graph of its own name."""
    own = (public or BASE.rstrip("/")) + urls.data(found.iri, page=found.page)
    graph = ox.NamedNode(own)

    def state(property_: ox.NamedNode, value: ox.NamedNode | ox.Literal) -> ox.Quad:
        return ox.Quad(graph, property_, value, graph)

    def term(prefix: str, name: str) -> ox.NamedNode:
        return ox.NamedNode(PREFIXES[prefix] + name)

    yield state(term("rdf", "type"), term("foaf", "Document"))
    yield state(term("foaf", "primaryTopic"), ox.NamedNode(found.iri))
    yield state(term("dct", "license"), ox.NamedNode(urls.LICENCE))
    yield state(term("void", "inDataset"), ox.NamedNode(SNAPSHOT + snapshot.digest))
    if found.whole:
        return
    yield state(term("dct", "description"), ox.Literal(_said(found).capitalize(), language="en"))
    for number, property_ in ((found.page + 1, _NEXT), (found.page - 1, _PREVIOUS)):
        if 1 <= number <= found.pages:
            address = (public or BASE.rstrip("/")) + urls.data(found.iri, page=number)
            yield state(property_, ox.NamedNode(address))


def links(
    snapshot: Snapshot, iri: str, suffix: str, page_: int = 1, count: int = 0, public: str = ""
) -> Iterator[str]:
    """What the header `Link` says of a document, or, with a count of 0, of the way to it."""

    def one(address: str, rel: str, type_: str = "") -> str:
        return f'<{address}>; rel="{rel}"' + (f'; type="{type_}"' if type_ else "")

    is_page = suffix == HTML
    base = public or BASE.rstrip("/")
    if count:
        own = urls.page(iri, page_) if is_page else urls.data(iri, suffix, page_)
        yield one(base + own, "canonical")
    if count:
        yield one(iri, "describes")
    for other in urls.SUFFIXES:
        if other != suffix:
            address = urls.data(iri, other, 1 if is_page else page_)
            yield one(address, "alternate", urls.media_type(other))
    if is_page:
        yield one(urls.data(iri, "ttl"), "describedby", "text/turtle")
    else:
        yield one(urls.page(iri), "alternate", "text/html")
        # of the thing its documents, of a document the dataset that it is from
        yield one(urls.VOID if count else urls.data(iri, suffix), "describedby")
    yield one(urls.LICENCE, "license")
    for number, rel in ((page_ + 1, "next"), (page_ - 1, "prev")):
        if 1 <= number <= count:
            address = urls.page(iri, number) if is_page else urls.data(iri, suffix, number)
            yield one(address, rel)
    subject = document.version_of(snapshot, iri)
    if subject is not None:
        yield one(urls.page(subject) if is_page else urls.data(subject, suffix), "latest-version")
