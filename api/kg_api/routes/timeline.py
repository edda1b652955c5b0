"""`/timeline`: events, actions and instruments by their dates."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.timeline import BASES, KINDS
from kg_api import accounts, urls
from kg_api.jobs import Job
from kg_api.site import asking

router = APIRouter(tags=["timeline"])

_NAMES = {
    "kind": f"One of {', '.join(KINDS)}",
    "topic": "On this topic or a narrower one: IRI, CURIE or label",
    "actor": "Of this actor, or with it: IRI, CURIE, label or acronym",
    "from": "Whose days reach this one (2023, 2023-05 or 2023-05-18)",
    "to": "Whose days begin by this one",
    "basis": f"One of {', '.join(BASES)}: what a source dates, or a register",
    "lang": "Language of labels",
}
_ABOUT: dict[str, Any] = {
    "response_model": None,
    "responses": accounts.responses(accounts.TIMELINE_FORMATS),
    "openapi_extra": {"parameters": accounts.parameters(_NAMES, accounts.TIMELINE_FORMATS)},
}


async def _answer(request: Request, suffix: str = "") -> Response:
    wish = accounts.read(request, [*_NAMES], accounts.TIMELINE_FORMATS, suffix)
    renamed = {"from": "since", "to": "until"}
    asked = {renamed.get(name, name): text for name, text in wish.asked.items()}
    job = Job("timeline", {"asked": asked})
    return await accounts.give(request, wish, job, accounts.TIMELINE_WRITERS, "comity-timeline")


@router.get(urls.TIMELINE, summary="Events, actions and instruments by their dates", **_ABOUT)
async def show_timeline(request: Request) -> Response:
    """Dated things from the first day that their date may mean; dates as ranges."""
    if asking.wanted(request):
        wish = accounts.read(request, [*_NAMES], (), page=True)
        return await accounts.page(request, "timeline", wish)
    return await _answer(request)


@router.get(f"{urls.TIMELINE}.{{suffix}}", include_in_schema=False)
async def show_timeline_as(request: Request, suffix: str) -> Response:
    """The same in the format of a suffix."""
    return await _answer(request, suffix)
