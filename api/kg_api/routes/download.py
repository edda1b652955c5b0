"""`/download/`: the whole dataset in one file."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.formats import BY_NAME
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.answers import respond
from kg_api.errors import Problem

router = APIRouter()


@router.get(urls.DOWNLOAD)
def download(request: Request, suffix: str) -> Response:
    """The union, in formats without graphs; the named graphs, in those with."""
    if suffix not in urls.DOWNLOADS:
        there = ", ".join(urls.download(one) for one in urls.DOWNLOADS)
        raise Problem(404, f"There is {there}.")
    snapshot: Snapshot = request.app.state.snapshot
    chosen = BY_NAME[suffix]
    return respond(
        snapshot.export(chosen),
        chosen,
        {"Content-Disposition": f'attachment; filename="comity.{suffix}"'},
    )
