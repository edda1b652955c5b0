"""`/pair`: two countries, as the bilateral sources that are held have them."""

import json

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg_api import accounts, urls
from kg_api.jobs import Job
from kg_api.site import asking
from kg_api.work import perform

router = APIRouter(tags=["pairs"])

_NAMES = {"lang": "Language of labels"}


@router.get(
    urls.PAIR,
    summary="The pairs that have a bilateral source",
    response_model=None,
    responses=accounts.responses(accounts.STATS_FORMATS, 302),
    openapi_extra={"parameters": accounts.parameters({}, accounts.STATS_FORMATS)},
)
async def list_pairs(request: Request) -> Response:
    """The pairs of countries of which a bilateral source is held, and their addresses."""
    if asking.wanted(request):
        return await _pages(request)
    wish = accounts.read(request, [], accounts.STATS_FORMATS)
    return await accounts.give(request, wish, Job("known-pairs"))


async def _pages(request: Request) -> Response:
    """The list of pairs; where there is but one, the way to its page."""
    wish = accounts.read(request, [*_NAMES], (), page=True)
    answer = await perform(request, Job("known-pairs"), digest=wish.release)
    known = json.loads(bytes(answer.body))["pairs"]
    if len(known) != 1:
        return await accounts.page(request, "pairs", wish)
    address = urls.localised(known[0]["url"], asking.language_of(request))
    headers = {"Vary": "Accept, Accept-Language"}
    return RedirectResponse(address, 302, headers=headers)


@router.get(
    f"{urls.PAIR}/{{pair}}",
    summary="Two countries: actors, instruments, actions, money",
    response_model=None,
    responses=accounts.responses(
        accounts.PAIR_FORMATS, _404="No bilateral source of this pair is held, or no such release"
    ),
    openapi_extra={"parameters": accounts.parameters(_NAMES, accounts.PAIR_FORMATS)},
)
async def show_pair(request: Request, pair: str) -> Response:
    """What the bilateral sources say of two countries, such as `japan-united-kingdom`.

    The path may end in a suffix: `japan-united-kingdom.ttl`.
    """
    slug, _, suffix = pair.partition(".")
    if not suffix and asking.wanted(request):
        wish = accounts.read(request, [*_NAMES], (), page=True)
        return await accounts.page(request, "pair", wish, slug=slug)
    wish = accounts.read(request, [*_NAMES], accounts.PAIR_FORMATS, suffix)
    args = {"slug": slug, "lang": wish.asked.get("lang", "en")}
    return await accounts.give(request, wish, Job("pair", args))
