"""`/healthz`, `/readyz` and `/`: whether the service is up and can answer, and where to begin."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg_api import urls
from kg_api.declared import JSON, answers, content
from kg_api.errors import MEDIA_TYPE

router = APIRouter()
_NOW = {"Cache-Control": "no-store"}


@router.get(urls.HEALTH, responses=answers([JSON]))
async def health(request: Request) -> Response:
    """Up, and which release of the data is served."""
    release = request.app.state.releases.current
    body = {"status": "ok", "digest": release.digest}
    if not release.checked:
        body["checked"] = False
    return JSONResponse(body, headers=_NOW)


@router.get(
    urls.READY,
    responses={
        **answers([JSON]),
        503: {"description": "Nobody is there yet", "content": content([JSON, MEDIA_TYPE])},
    },
)
async def ready(request: Request) -> Response:
    """Whether somebody is there to evaluate a query: 503 while the snapshot is loaded again."""
    stats = request.app.state.pool.stats()
    able = stats["workers"] > 0
    body = {
        "status": "ready" if able else "loading",
        **{name: stats[name] for name in ("workers", "busy", "queue")},
    }
    return JSONResponse(body, 200 if able else 503, headers=_NOW)
