"""`/pair`: two countries, as the bilateral sources that are held have them."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg_api import accounts, urls
from kg_api.jobs import Job

router = APIRouter(tags=["pairs"])

_NAMES = {"lang": "Language of labels"}


@router.get(
    urls.PAIR,
    summary="The pairs that have a bilateral source",
    response_model=None,
    responses=accounts.responses(accounts.STATS_FORMATS),
)
async def list_pairs(request: Request) -> Response:
    """The pairs of countries of which a bilateral source is held, and their addresses."""
    wish = accounts.read(request, [], accounts.STATS_FORMATS)
    return await accounts.give(request, wish, Job("known-pairs"))


@router.get(
    f"{urls.PAIR}/{{pair}}",
    summary="Two countries: actors, instruments, actions, money",
    response_model=None,
    responses={
        **accounts.responses(accounts.PAIR_FORMATS),
        404: {"description": "No bilateral source of this pair is held"},
    },
    openapi_extra={"parameters": accounts.parameters(_NAMES, accounts.PAIR_FORMATS)},
)
async def show_pair(request: Request, pair: str) -> Response:
    """What the bilateral sources say of two countries, such as `japan-united-kingdom`.

    The path may end in a suffix: `japan-united-kingdom.ttl`.
    """
    slug, _, suffix = pair.partition(".")
    wish = accounts.read(request, [*_NAMES], accounts.PAIR_FORMATS, suffix)
    args = {"slug": slug, "lang": wish.asked.get("lang", "en")}
    return await accounts.give(request, wish, Job("pair", args))
