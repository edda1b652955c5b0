"""`/page/…`: what is said of a thing, for people; and the style of all pages."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg_api import html, urls
from kg_api.jobs import Job
from kg_api.routes.data import bounds, read_iri, read_lang, read_page, split
from kg_api.work import perform

router = APIRouter(tags=["pages"])


@router.get(f"{urls.PAGE}/{{rest:path}}", response_model=None, summary="The page about a thing")
async def page(request: Request, rest: str) -> Response:
    """The page about a thing: its statements, the claims that speak of it and their words."""
    path = request.scope["path"].removeprefix(urls.PAGE)
    stem, suffix = split(path)
    args = {
        "iri": read_iri(stem if suffix == "html" else path),
        "lang": read_lang(request) or "en",
        "page": read_page(request),
        **bounds(request),
    }
    return await perform(request, Job("page", args))


@router.get(urls.STYLE, response_model=None, summary="The style of the pages")
async def style() -> Response:
    """The one style sheet."""
    return Response(html.STYLE, media_type="text/css")
