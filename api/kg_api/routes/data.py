"""Addresses of things and of the RDF about them: `/id/…` and its like, and `/data/…`."""

import re
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from kg import formats
from kg.errors import NotFound
from kg.formats import Format
from kg_api import declared, urls
from kg_api.answers import accepted
from kg_api.errors import Problem
from kg_api.jobs import Job
from kg_api.linked import HTML
from kg_api.work import perform

router = APIRouter(tags=["linked data"])

_PAGE = Format("html", "text/html", HTML, "pages", "page", ("application/xhtml+xml",))
_RDF = [one for one in formats.FORMATS if one.kind in (formats.TRIPLES, formats.QUADS)]
_NAMES = {
    **{one.name: one.suffix for one in _RDF},
    **{name: name for name in (*urls.SUFFIXES, HTML)},
    **{"turtle": "ttl", "ntriples": "nt", "rdfxml": "rdf", "xml": "rdf", "nquads": "nq"},
    **{"json-ld": "jsonld", "n-triples": "nt", "n-quads": "nq"},
}


def split(path: str) -> tuple[str, str | None]:
    """A path without the suffix of a format, and that suffix.

    >>> split("/id/actor/mic.jsonld"), split("/ontology/0.1.0")
    (('/id/actor/mic', 'jsonld'), ('/ontology/0.1.0', None))
    """
    stem, dot, suffix = path.rpartition(".")
    if dot and suffix in (*urls.SUFFIXES, HTML) and not stem.endswith("/"):
        return stem, suffix
    return path, None


def read_iri(path: str) -> str:
    """The IRI that a path without suffix stands for; NotFound where none can."""
    try:
        return ox.NamedNode(urls.iri(path)).value
    except ValueError as error:
        raise NotFound("no thing can have this address") from error


def choose(request: Request, suffix: str | None, *, page: bool) -> str:
    """The suffix of the format asked for: by the address, by `format`, else by Accept.

    Whoever names HTML gets the page, unless RDF is liked better; whoever names nothing gets RDF.
    """
    if suffix is not None:
        return suffix
    accept = accepted(request)
    named = request.query_params.get("format", "").strip()
    if named:
        if "/" not in named:
            found = _NAMES.get(named.lower().lstrip("."))
            if found is None or (found == HTML and not page):
                offered = [one for one in (*urls.SUFFIXES, HTML) if page or one != HTML]
                raise Problem(400, f"No format {named[:40]!r} here.", available=offered)
            return found
        # a plus that nobody has encoded arrives as a space
        accept = named.replace(" ", "+")
    offered_ = list(_RDF)
    if page:
        first = "html" in accept.lower()
        offered_.insert(0 if first else len(_RDF), _PAGE)
    chosen = formats.prefer(accept, offered_)
    if chosen is None:
        available = [one.media_type for one in offered_]
        raise Problem(406, f"There is {', '.join(available)}.", available=available)
    if chosen.name == "jsonld" and "application/ld+json" not in accept and "json" in accept:
        return "json"
    return chosen.suffix


def read_page(request: Request) -> int:
    """The number of the page asked for."""
    given = request.query_params.get("page", "1")
    if not re.fullmatch(r"[0-9]{1,9}", given) or int(given) == 0:
        raise Problem(400, f"page={given[:40]}: a whole number from 1 is wanted.")
    return int(given)


def read_lang(request: Request) -> str:
    """The language of labels that is asked for; empty for the usual one."""
    given = request.query_params.get("lang", "")
    if given and not re.fullmatch(r"[a-z]{2,3}", given):
        raise Problem(400, f"lang={given[:40]}: a language's code, such as ja, is wanted.")
    return "" if given == "en" else given


def bounds(request: Request) -> dict[str, Any]:
    """What the settings say of every document: where it is published, and how long it may be."""
    settings: Any = request.app.state.settings
    return {"public": settings.public_url.rstrip("/"), "limit": settings.describe_limit}


async def identify(request: Request, rest: str) -> Response:
    """A thing: 303 to the page or to the RDF about it; 301 to what replaces it, 410 if nothing."""
    path, suffix = split(request.scope["path"])
    args = {
        "iri": read_iri(path),
        "suffix": choose(request, suffix, page=True),
        "lang": read_lang(request),
    }
    release = request.query_params.get("release")
    response = await perform(request, Job("locate", args), digest=release)
    if release is not None:
        location = response.headers["Location"]
        response.headers["Location"] = (
            f"{location}{'&' if '?' in location else '?'}release={quote(release)}"
        )
    if suffix is None:
        response.headers["Vary"] = "Accept"
    return response


_FORMAT = declared.format_((*urls.SUFFIXES, HTML), "Instead of Accept or a suffix; or a media type")
for namespace in urls.NAMESPACES:
    router.get(
        f"/{namespace}{{rest:path}}",
        response_model=None,
        summary=f"A thing ({namespace})",
        status_code=303,
        responses=declared.answers((), 301, 303, 400, 404, 406, 410),
        openapi_extra={"parameters": [_FORMAT, declared.LANG]},
    )(identify)


@router.get(
    f"{urls.DATA}/{{rest:path}}",
    response_model=None,
    summary="The RDF about a thing",
    responses=declared.answers(
        (*_RDF, declared.JSON), 301, 303, 400, 404, 406, 410, _303="To the page: the suffix is html"
    ),
    openapi_extra={
        "parameters": [
            declared.format_(urls.SUFFIXES, "Instead of Accept or a suffix; or a media type"),
            declared.PAGE_NUMBER,
        ]
    },
)
async def describe(request: Request, rest: str) -> Response:
    """What is said of a thing, in the format of the suffix, of `format`, or of Accept."""
    path, suffix = split(request.scope["path"].removeprefix(urls.DATA))
    iri = read_iri(path)
    if suffix == HTML:
        return PlainTextResponse("", 303, {"Location": urls.page(iri)})
    args = {
        "iri": iri,
        "suffix": choose(request, suffix, page=False),
        "page": read_page(request),
        **bounds(request),
    }
    response = await perform(
        request, Job("describe", args), digest=request.query_params.get("release")
    )
    if suffix is None:
        response.headers["Vary"] = "Accept"
    return response
