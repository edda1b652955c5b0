"""`/changes`: the releases that are kept, and what differs between any two of them."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import IO, Any

import anyio.to_thread
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from kg import formats
from kg.downloads import Release
from kg.formats import Format
from kg.manifest import program_version
from kg_api import declared, urls
from kg_api.accepting import prefers_html
from kg_api.answers import accepted
from kg_api.comparing import PATCH, Bounds, Comparing
from kg_api.errors import Problem
from kg_api.fields import Fields
from kg_api.routes.download import kept, listed, served
from kg_api.site import asking
from kg_api.site.views.changes import told

router = APIRouter(tags=["changes"])

FORMATS = (
    Format("json", "application/json", "json", "changes", "JSON"),
    Format("text", "text/plain", "txt", "changes", "words"),
    Format("markdown", "text/markdown", "md", "changes", "Markdown"),
    Format("ttl", "text/turtle", "ttl", "changes", "Turtle"),
    Format(PATCH, "application/rdf-patch", "rdfp", "changes", "RDF Patch", ("text/rdf-patch",)),
)
CURRENT = "current"
# of a digest as long as any, and of the suffix
MAX_NAME = 80
_CHUNK = 256 * 1024
_WHOLE = 1_000_000
_FORMAT = declared.format_(FORMATS, "Instead of the header Accept or a suffix")


@router.get(
    urls.CHANGES,
    summary="The releases that are kept",
    response_model=None,
    responses=declared.answers((declared.JSON, declared.PAGE), 400, 404),
    openapi_extra={"parameters": [declared.format_(("json", "html")), declared.OUTPUT]},
)
async def releases(request: Request) -> Response:
    """Every release that is kept, each with where it differs from the one before it in time."""
    fields = Fields.read(request.scope["query_string"])
    format_ = fields.one("format") or fields.one("output")
    fields.done(("format",))
    if format_ not in (None, "json", "html"):
        raise Problem(400, f"No format {format_[:40]!r} here: choose json, html.")
    if format_ == "html" or (format_ is None and asking.wanted(request)):
        known = await run_in_threadpool(listed, request)
        return await asking.page(request, "changes", {"releases": known})
    found = await run_in_threadpool(_releases, request)
    whole = {
        "releases": found,
        "formats": {one.name: one.media_type for one in FORMATS},
        "address": urls.changes("{before}", "{after}") + "?format={format}",
    }
    return JSONResponse(whole, headers={"Vary": "Accept"})


def _releases(request: Request) -> list[dict[str, Any]]:
    """The releases, the latest first, with the addresses of what each changed."""
    return [
        {
            **{name: one[name] for name in ("release", "made", "current", "before")},
            "changes": {
                way.name: urls.changes(one["before"], one["release"], way.suffix) for way in FORMATS
            }
            if one["before"]
            else None,
        }
        for one in listed(request)
    ]


@router.get(
    f"{urls.CHANGES}/{{before}}/{{after}}",
    summary="What differs between two releases",
    response_model=None,
    openapi_extra={"parameters": [_FORMAT, declared.OUTPUT]},
    responses=declared.answers(
        (*FORMATS, declared.PAGE),
        *(204, 307, 400, 404, 406),
        _200="The differences, by class, place and thing",
        _204="The first release is the current one, which was asked for by name",
        _400="Twice the same release, no such format, or too much for words",
        _404="A release that is not kept, or no such suffix",
    ),
)
async def compare(request: Request, before: str, after: str) -> Response:
    """World, corrections, identity, reference and model told apart, or the patch between them."""
    fields = Fields.read(request.scope["query_string"])
    format_ = fields.one("format") or fields.one("output")
    fields.done(("format",))
    name, dot, suffix = after[:MAX_NAME].partition(".")
    is_page = not dot and format_ is None and asking.wanted(request)
    chosen = FORMATS[0] if is_page else _format(request, format_, suffix if dot else None)
    one = await run_in_threadpool(_find, request, before[:MAX_NAME])
    other = await run_in_threadpool(_find, request, name)
    if CURRENT in (before, name):
        unkept = {"Cache-Control": "no-cache"}
        if one.digest == other.digest:
            return Response(status_code=204, headers=unkept)
        query = request.scope["query_string"].decode("latin-1")
        address = urls.changes(one.digest, other.digest, suffix)
        if is_page and urls.LANGUAGE in request.scope:
            address = urls.localised(address, asking.language_of(request))
        return RedirectResponse(address + (f"?{query}" if query else ""), 307, headers=unkept)
    if one.digest == other.digest:
        raise Problem(400, f"Twice the same release: nothing differs. {urls.CHANGES} has all.")
    settings = request.app.state.settings
    bounds = Bounds(settings.timeout, settings.max_bytes, settings.worker_memory)
    headers = {"Vary": "Accept", "Content-Type": chosen.content_type}
    tag = hashlib.sha256(f"{program_version()} {one.digest} {other.digest} {chosen.name}".encode())
    headers["ETag"] = f'"{tag.hexdigest()[:32]}"'
    filename = f"comity-{one.digest[:12]}-{other.digest[:12]}.{chosen.suffix}"
    if chosen.name == PATCH:
        headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    file = await _comparing(request).compare(one.path, other.path, chosen.name, bounds)
    if is_page:
        return await asking.page(request, "difference", await run_in_threadpool(_told, file))
    size = file.seek(0, 2)
    if size <= _WHOLE:
        # whole, so that the front may keep it
        with file:
            file.seek(0)
            return Response(file.read(), headers=headers)
    headers["Content-Length"] = str(size)
    return StreamingResponse(_sent(file), headers=headers)


def _told(file: IO[bytes]) -> dict[str, Any]:
    """A comparison as a page is asked with it: no more of it than a page holds."""
    with file:
        file.seek(0)
        found, left = told(json.load(file))
    return {"found": found, "left": left}


def _find(request: Request, digest: str) -> Release:
    """A release by its whole digest, or the current one by that word."""
    return served(request) if digest == CURRENT else kept(request, digest)


def _format(request: Request, format_: str | None, suffix: str | None) -> Format:
    """By `format=`, by suffix or by Accept; words for browsers."""
    for wish, status in ((format_, 400), (suffix, 404)):
        if wish is None:
            continue
        for one in FORMATS:
            if wish.lower() in (one.name, one.suffix, one.media_type):
                return one
        names = ", ".join(one.name for one in FORMATS)
        raise Problem(status, f"No format {wish[:40]!r} here: choose {names}.")
    accept = accepted(request)
    if prefers_html(accept):
        return FORMATS[1]
    chosen = formats.prefer(accept, FORMATS)
    if chosen is None:
        available = [one.media_type for one in FORMATS]
        raise Problem(406, f"There is {', '.join(available)}.", available=available)
    return chosen


def _comparing(request: Request) -> Comparing:
    """The comparisons of this service, made on first use."""
    state = request.app.state
    if not hasattr(state, "comparing"):
        state.comparing = Comparing()
    found: Comparing = state.comparing
    return found


async def _sent(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        file.seek(0)
        while chunk := await anyio.to_thread.run_sync(file.read, _CHUNK):
            yield chunk
