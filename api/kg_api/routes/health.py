"""`/healthz` and `/`: whether the service is up, and where to begin."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from kg_api import urls

router = APIRouter()


@router.get(urls.HEALTH)
def health(request: Request) -> Response:
    """Up, and which release of the data is served."""
    snapshot = request.app.state.snapshot
    return JSONResponse({"status": "ok", "digest": snapshot.digest})


@router.get("/", include_in_schema=False)
def start() -> Response:
    """The query form, until there is a site to begin with."""
    return RedirectResponse(urls.SPARQL, 303)
