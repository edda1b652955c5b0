"""`/page/…`: what is said of a thing, for people."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg_api import urls
from kg_api.declared import LANG, PAGE, PAGE_NUMBER, answers, parameter
from kg_api.routes.data import bounds, read_iri, read_lang, read_page, split
from kg_api.site import asking

router = APIRouter(tags=["pages"])


@router.get(
    f"{urls.PAGE}/{{rest:path}}",
    response_model=None,
    summary="The page about a thing",
    responses=answers([PAGE], 301, 400, 404, 410),
    openapi_extra={"parameters": [PAGE_NUMBER, LANG]},
)
async def page(request: Request, rest: str) -> Response:
    """The page about a thing: its statements, the claims that speak of it and their words."""
    path = request.scope["path"].removeprefix(urls.PAGE)
    stem, suffix = split(path)
    read_lang(request)
    params = {
        "iri": read_iri(stem if suffix == "html" else path),
        "page": read_page(request),
        "limit": bounds(request)["limit"],
        # whether the address has a language, which an address to go on to shall have too
        "prefixed": urls.LANGUAGE in request.scope,
    }
    return await asking.page(request, "resource", params)


@router.get(
    "/browse/{kind}",
    response_model=None,
    summary="All things of a kind",
    responses=answers([PAGE], 400, 404),
    openapi_extra={
        "parameters": [
            parameter("type", "Only those of a type, by the name that the page has for it"),
            parameter("country", "Only those of a country, by the name that the page has for it"),
            *(PAGE_NUMBER, LANG),
        ]
    },
)
async def browse(request: Request, kind: str) -> Response:
    """The list of all actors, instruments, initiatives, events, documents or topics, filtered."""
    read_lang(request)
    params = {name: request.query_params.get(name, "") for name in ("type", "country")}
    return await asking.page(
        request, "browse", {"kind": kind, "page": read_page(request), **params}
    )
