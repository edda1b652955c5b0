"""`/catalogue`, `/.well-known/…`: what machines are told of the dataset, in every RDF format."""

from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.downloads import Release, describe, patches
from kg_api.declared import answers, format_
from kg_api.routes.download import (
    HTML,
    RDF,
    address_of,
    all_kept,
    answer,
    kept,
    pick,
    served,
)

router = APIRouter()
_ABOUT: dict[str, Any] = {
    "responses": answers(RDF, 303, 400, 404, 406, _303="To the page about it, for who wants HTML"),
    "openapi_extra": {"parameters": [format_([*RDF, HTML])]},
}


def _say(request: Request, release: Release, triples: Iterable[ox.Triple]) -> Response:
    """A description in the format that is asked for; the page about it for who wants HTML."""
    chosen = pick(request, *RDF, HTML)
    if chosen is HTML:
        return RedirectResponse("/download/", 303, headers={"Vary": "Accept"})
    return answer(request, describe.write(triples, chosen), chosen, release)


@router.get("/catalogue", **_ABOUT)
def catalogue(request: Request) -> Response:
    """The releases, their parts, their files and the SPARQL service: DCAT 3, and their making."""
    releases = all_kept(request)
    address = address_of(request)
    said = describe.catalogue(releases[0], releases[1:], address)
    return _say(request, releases[0], [*said, *patches.linked(releases, address)])


@router.get("/.well-known/void", **_ABOUT)
def void(request: Request) -> Response:
    """The release that is served by VoID: what it holds, counted, and where to get it."""
    release = served(request)
    return _say(request, release, describe.void(release, address_of(request)))


@router.get("/.well-known/sparql-examples", **_ABOUT)
def examples(request: Request) -> Response:
    """The project's questions as examples that run at the endpoint."""
    release = served(request)
    return _say(request, release, describe.examples(release, address_of(request)))


@router.get("/snapshot/{digest}", status_code=303, responses=answers((), 303, 404))
def snapshot(request: Request, digest: str) -> Response:
    """The IRI of a release leads to what there is of it; 404 for one without files."""
    return RedirectResponse(f"/download/{kept(request, digest).index.release}/", 303)
