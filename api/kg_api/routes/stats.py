"""`/stats`: what a release holds, counted at build."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from kg import stats
from kg.commitments.formats import to_json
from kg_api import accounts, urls
from kg_api.jobs import Job

router = APIRouter(tags=["statistics"])

_NAMES = {"lang": "Language of labels"}


async def _answer(request: Request, suffix: str = "") -> Response:
    wish = accounts.read(request, [*_NAMES], accounts.STATS_FORMATS, suffix)
    lang = wish.asked.get("lang", "en")
    release = request.app.state.releases.find(wish.release)
    found = None
    if lang == "en":
        found = await run_in_threadpool(stats.read, release.source.path)
    if found is None or found.get("digest") != release.digest:
        return await accounts.give(request, wish, Job("statistics", {"lang": lang}))
    headers = {"Vary": "Accept", "Comity-Release": release.digest}
    return Response(to_json(found), headers=headers, media_type="application/json")


@router.get(
    urls.STATS,
    summary="What a release holds, counted",
    response_model=None,
    responses=accounts.responses(accounts.STATS_FORMATS, page=False),
    openapi_extra={"parameters": accounts.parameters(_NAMES, accounts.STATS_FORMATS)},
)
async def show_stats(request: Request) -> Response:
    """Graphs and things; claims by section, act, status, topic, actor, country, year and more."""
    return await _answer(request)


@router.get(f"{urls.STATS}.{{suffix}}", include_in_schema=False)
async def show_stats_as(request: Request, suffix: str) -> Response:
    """The same by its suffix."""
    return await _answer(request, suffix)
