"""`/metrics`: what the service counts of itself."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg_api.declared import answers
from kg_api.metrics import CONTENT_TYPE

router = APIRouter()


@router.get("/metrics", responses=answers([CONTENT_TYPE.partition(";")[0]]))
async def metrics(request: Request) -> Response:
    """Requests, latencies, cache, workers, queue and release, for Prometheus."""
    body = request.app.front.metrics.render()
    return Response(body, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})
