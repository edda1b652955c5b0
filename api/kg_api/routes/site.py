"""The pages that no other route answers for: the first page."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg_api.site import asking

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request) -> Response:
    """The first page."""
    return await asking.page(request, "home")
