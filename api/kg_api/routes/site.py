"""The pages that no other route answers for: the first page."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.formats import weight
from kg_api import urls
from kg_api.accepting import header
from kg_api.site import asking

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request) -> Response:
    """The first page; for who reads no pages, where the dataset is described."""
    accept = header(request.scope["headers"], b"accept")
    if urls.LANGUAGE not in request.scope and accept and not weight(accept, "text/html"):
        return RedirectResponse(urls.VOID, 303, {"Vary": "Accept"})
    return await asking.page(request, "home")
