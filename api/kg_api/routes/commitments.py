"""`/commitments`: what was undertaken, as lists, tables and documents to brief from."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.commitments import GROUPS, SORTS
from kg_api import accounts, urls
from kg_api.jobs import Job
from kg_api.site import asking

router = APIRouter(tags=["commitments"])

_NAMES = {
    "bearer": "Undertaken by this actor: IRI, CURIE, label or acronym",
    "side": "With a bearer of this country: name or two letters (jp)",
    "counterpart": "With or towards this actor",
    "topic": "On this topic or a narrower one",
    "modality": "So worded: will, look forward, pledge …",
    "status": "planned or intended, by the participants' own account",
    "source": "Stated in this source: jukdp-2024",
    "dated": "true: only those with a deadline or window",
    "due_from": "Whose window reaches this day (2024, 2024-05 or 2024-05-18)",
    "due_to": "Whose window begins by this day",
    "as_of": "As the sources up to this day have it",
    "sort": f"One of {', '.join(SORTS)}",
    "group": f"One of {', '.join(GROUPS)}",
    "lang": "Language of labels",
}
_ABOUT: dict[str, Any] = {
    "response_model": None,
    "responses": accounts.responses(accounts.COMMITMENT_FORMATS),
    "openapi_extra": {"parameters": accounts.parameters(_NAMES, accounts.COMMITMENT_FORMATS)},
}


async def _answer(request: Request, suffix: str = "") -> Response:
    wish = accounts.read(request, [*_NAMES], accounts.COMMITMENT_FORMATS, suffix)
    asked: dict[str, Any] = {**wish.asked, "dated": accounts.flag(wish, "dated")}
    job = Job("commitments", {"asked": asked})
    return await accounts.give(
        request, wish, job, accounts.COMMITMENT_WRITERS, "comity-commitments"
    )


@router.get(urls.COMMITMENTS, summary="What was undertaken, by whom, in which words", **_ABOUT)
async def list_commitments(request: Request) -> Response:
    """The commitments that pass every filter, with what the sources held say of them since."""
    if asking.wanted(request):
        wish = accounts.read(request, [*_NAMES], (), page=True)
        dated = "true" if accounts.flag(wish, "dated") else ""
        return await accounts.page(request, "commitments", wish, dated=dated)
    return await _answer(request)


@router.get(f"{urls.COMMITMENTS}.{{suffix}}", include_in_schema=False)
async def list_commitments_as(request: Request, suffix: str) -> Response:
    """The same in the format of a suffix."""
    return await _answer(request, suffix)
