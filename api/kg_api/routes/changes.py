"""`/changes`: the releases that are kept, and what differs between any two of them."""

import hashlib
from collections.abc import AsyncIterator
from html import escape
from typing import IO, Any

import anyio.to_thread
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from kg import formats
from kg.downloads import Release
from kg.formats import Format
from kg.manifest import program_version
from kg_api import urls
from kg_api.accepting import prefers_html
from kg_api.answers import OWN_STYLE, accepted
from kg_api.comparing import PATCH, Bounds, Comparing
from kg_api.errors import Problem
from kg_api.fields import Fields
from kg_api.routes.download import all_kept, kept, served

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
_FORMAT = {
    "name": "format", "in": "query", "description": "Instead of the header Accept or a suffix",
    "schema": {"type": "string", "enum": [one.name for one in FORMATS]},
}  # fmt: skip


@router.get(
    urls.CHANGES,
    summary="The releases that are kept",
    response_model=None,
    openapi_extra={"parameters": [{**_FORMAT, "schema": {"enum": ["json", "html"]}}]},
)
async def releases(request: Request) -> Response:
    """Every release that is kept, each with where it differs from the one before it in time."""
    fields = Fields.read(request.scope["query_string"])
    format_ = fields.one("format") or fields.one("output")
    fields.done(("format",))
    if format_ not in (None, "json", "html"):
        raise Problem(400, f"No format {format_[:40]!r} here: choose json, html.")
    found = await run_in_threadpool(_releases, request)
    if format_ == "html" or (format_ is None and prefers_html(accepted(request))):
        own = {"Vary": "Accept", "Content-Security-Policy": OWN_STYLE}
        return HTMLResponse(_page(found), headers=own)
    whole = {
        "releases": found,
        "formats": {one.name: one.media_type for one in FORMATS},
        "address": urls.changes("{before}", "{after}") + "?format={format}",
    }
    return JSONResponse(whole, headers={"Vary": "Accept"})


def _releases(request: Request) -> list[dict[str, Any]]:
    """The releases, the latest first, each with the address of what it changed."""
    current = served(request).digest
    ordered = sorted(all_kept(request), key=lambda one: (one.moment, one.digest))
    found = []
    before: Release | None = None
    for one in ordered:
        changes = None
        if before is not None:
            changes = {
                way.name: urls.changes(before.digest, one.digest, way.suffix) for way in FORMATS
            }
        found.append(
            {
                "release": one.digest,
                "made": one.made,
                "current": one.digest == current,
                "before": before and before.digest,
                "changes": changes,
            }
        )
        before = one
    return found[::-1]


def _page(found: list[dict[str, Any]]) -> str:
    """The releases for people: no script, and nothing from elsewhere."""
    rows = []
    for one in found:
        links = ", ".join(
            f'<a href="{escape(address)}">{escape(name)}</a>'
            for name, address in (one["changes"] or {}).items()
        )
        current = " (current)" if one["current"] else ""
        rows.append(
            f"<li><code>{one['release']}</code>, {escape(one['made'])}{current}"
            + (f": changes from <code>{one['before'][:12]}</code> as {links}" if links else "")
            + "</li>"
        )
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Comity: changes</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: auto; padding: 1rem }}
code {{ font-size: .8rem; word-break: break-all }}
</style>
</head>
<body>
<main>
<h1>Comity: changes</h1>
<p>Any two releases: <code>{urls.CHANGES}/&lt;before&gt;/&lt;after&gt;</code>; <code>current</code>
stands for the one that is served.</p>
<ul>
{chr(10).join(rows)}
</ul>
</main>
</body>
</html>
"""


@router.get(
    f"{urls.CHANGES}/{{before}}/{{after}}",
    summary="What differs between two releases",
    response_model=None,
    openapi_extra={"parameters": [_FORMAT]},
    responses={
        200: {
            "description": "The differences, by class, place and thing",
            "content": {one.media_type: {} for one in FORMATS},
        },
        204: {"description": "The first release is the current one, which was asked for by name"},
        307: {"description": "To the address that has the digest of the current release"},
        400: {"description": "Twice the same release, no such format, or too much for words"},
        404: {"description": "A release that is not kept"},
    },
)
async def compare(request: Request, before: str, after: str) -> Response:
    """World, corrections, identity, reference and model told apart, or the patch between them."""
    fields = Fields.read(request.scope["query_string"])
    format_ = fields.one("format") or fields.one("output")
    fields.done(("format",))
    name, dot, suffix = after[:MAX_NAME].partition(".")
    chosen = _format(request, format_, suffix if dot else None)
    one = await run_in_threadpool(_find, request, before[:MAX_NAME])
    other = await run_in_threadpool(_find, request, name)
    if CURRENT in (before, name):
        unkept = {"Cache-Control": "no-cache"}
        if one.digest == other.digest:
            return Response(status_code=204, headers=unkept)
        query = request.scope["query_string"].decode("latin-1")
        address = urls.changes(one.digest, other.digest, suffix)
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
    size = file.seek(0, 2)
    if size <= _WHOLE:
        # whole, so that the front may keep it
        with file:
            file.seek(0)
            return Response(file.read(), headers=headers)
    headers["Content-Length"] = str(size)
    return StreamingResponse(_sent(file), headers=headers)


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
