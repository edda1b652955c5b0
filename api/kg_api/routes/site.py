"""The pages that no other route answers for: the first page, quality, codebook, about."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

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


@router.get("/quality")
async def quality(request: Request) -> Response:
    """What was checked and found, how much was read, what does not agree."""
    path = request.app.state.releases.current.source.path
    return await asking.page(request, "quality", {"check": None if path is None else _check(path)})


@router.get("/codebook")
async def codebook(request: Request) -> Response:
    """The rules of coding, and the values there are to choose."""
    return await asking.page(request, "codebook")


@router.get("/about")
async def about(request: Request) -> Response:
    """How all this is made, and what it does not cover."""
    return await asking.page(request, "about")


@lru_cache(maxsize=8)
def _check(path: Path) -> dict[str, Any] | None:
    """What the check report of a release says in sum; None where it has none."""
    try:
        report = json.loads((path / "check.json").read_text("utf-8"))
        found = {name: report[name] for name in ("conforms", "quotes_verified", "files", "triples")}
    except (OSError, ValueError, KeyError):
        return None
    return {**found, "findings": len(report.get("findings", ()))}
