"""`/download/`: the releases that are kept, their files whole or in ranges, and what there is."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg import downloads, formats
from kg.downloads import Release, describe
from kg.downloads.index import by_part, read_release
from kg.downloads.tables import PARQUET, XLSX
from kg.errors import NotFound
from kg.formats import BY_NAME, FORMATS, Format
from kg_api import files, urls
from kg_api.answers import accepted
from kg_api.declared import answers, format_
from kg_api.errors import Problem
from kg_api.site import asking
from kg_api.site.views.data import parts_of

router = APIRouter()

HTML = Format("html", "text/html", "html", "page", "HTML", ("application/xhtml+xml",))
JSON = Format("json", "application/json", "json", "page", "JSON")
RDF = [one for one in FORMATS if one.kind != formats.ROWS]
_INDEX: tuple[Format, ...] = (HTML, JSON, *RDF)
# what files are: parts and passages in RDF, tables, and either packed
_FILES: tuple[Format | str, ...] = (
    *RDF, BY_NAME["csv"], PARQUET, XLSX, "application/gzip", "application/zstd",
)  # fmt: skip
_DIGEST = re.compile(r"[0-9a-f]{64}")


def served(request: Request) -> Release:
    """The release that is served; 404 where files without a release are."""
    path: Path | None = request.app.state.releases.current.source.path
    if path is None:
        raise NotFound("no release is served here, so there are no downloads")
    return read_release(path, path.name)


def kept(request: Request, digest: str) -> Release:
    """A release by its digest, wherever the one that is served is kept."""
    current = served(request)
    if digest == current.digest:
        return current
    return downloads.release(request.app.state.settings, digest)


def all_kept(request: Request) -> list[Release]:
    """Every release that is kept, the one that is served first."""
    current = served(request)
    others = downloads.releases(request.app.state.settings)
    return [current, *(one for one in others if one.digest != current.digest)]


def pick(request: Request, *offered: Format) -> Format:
    """The format of an index that is asked for, by `format=` or by Accept; 406 with the list."""
    named = request.query_params.get("format")
    if named is not None:
        for one in offered:
            if named.lower() in (one.name, one.media_type):
                return one
        names = ", ".join(one.name for one in offered)
        raise Problem(406, f"There is {names}.", available=[one.media_type for one in offered])
    chosen = formats.prefer(accepted(request), offered)
    if chosen is None:
        available = [one.media_type for one in offered]
        raise Problem(406, f"There is {', '.join(available)}.", available=available)
    return chosen


def address_of(request: Request) -> describe.Address:
    """Makes addresses of this service of paths; 400 where Host names no host."""

    def address(path: str) -> str:
        made = urls.absolute(request, path)
        try:
            return ox.NamedNode(made).value
        except ValueError as error:
            raise Problem(400, "The header Host names no host.") from error

    return address


def answer(
    request: Request, body: bytes, format_: Format, release: Release, **headers: str
) -> Response:
    """A description of a release, or that the client has it already."""
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    said = files.headers_of(release, etag) | {"Vary": "Accept"} | headers
    # its dates are those of the build, but it names other releases and the service's address
    said.pop("Last-Modified")
    if request.headers.get("if-none-match") and files.not_modified(request.headers, etag, release):
        return Response(status_code=304, headers=said)
    return Response(body, headers=said | {"Content-Type": format_.content_type})


@router.get("/download", include_in_schema=False)
def without_slash(request: Request) -> Response:
    """The index has its address with a slash, so that its links may be relative."""
    query = request.scope["query_string"].decode("latin-1")
    return RedirectResponse("/download/" + (f"?{query}" if query else ""), 308)


@router.get(
    "/download/",
    responses=answers(_INDEX, 400, 404, 406),
    openapi_extra={"parameters": [format_(_INDEX)]},
)
async def index(request: Request) -> Response:
    """What can be downloaded of the release that is served, as a page, JSON or DCAT."""
    return await _index(request, await run_in_threadpool(served, request))


@router.get(urls.DATA, include_in_schema=False)
async def data(request: Request) -> Response:
    """The page of what can be taken away; programs are sent to the index."""
    release = await run_in_threadpool(served, request)
    if not asking.wanted(request):
        return RedirectResponse("/download/", 303, headers={"Vary": "Accept"})
    return await _page(request, release)


@router.get(
    "/download/{path:path}",
    responses={
        **answers(_FILES, 206, 308, 400, 404, 406, 416),
        **answers((*_INDEX, *_FILES)),
    },
    openapi_extra={"parameters": [format_(_INDEX, "Of an index, instead of the header Accept")]},
)
async def download(request: Request, path: str) -> Response:
    """A file of the release that is served, or below a digest of one that is kept."""
    first, slash, rest = path.partition("/")
    lasting: dict[str, str] = {}
    if _DIGEST.fullmatch(first):
        lasting = files.FOR_GOOD
        release = await run_in_threadpool(kept, request, first)
        if not slash:
            return RedirectResponse(f"/download/{first}/", 308)
        path = rest
    else:
        release = await run_in_threadpool(served, request)
    if not path:
        return await _index(request, release)
    if path.startswith("source/"):
        name = path.removeprefix("source/")
        return await run_in_threadpool(_passage, request, release, name, lasting)
    entry = release.index.files.get(path)
    if entry is None:
        raise Problem(404, f"There is no such file: /download/{release.digest}/ lists all of them.")
    variants = [entry] if entry.encoding else release.index.variants(entry)
    return await files.send(request, release, entry, variants, lasting if entry.is_data else {})


def _passage(request: Request, release: Release, path: str, lasting: Mapping[str, str]) -> Response:
    """One passage, written as it is asked for: it is small, and there are many."""
    name, _, suffix = path.rpartition(".")
    chosen = BY_NAME.get(suffix)
    if chosen is None or chosen.kind == formats.ROWS:
        there = ", ".join(one.suffix for one in RDF)
        raise Problem(404, f"A passage ends in its format: {there}.")
    quads = list(ox.parse(release.passage(name), format=ox.RdfFormat.N_QUADS))
    filename = f"comity-{name.replace('/', '-')}.{suffix}"
    found = answer(
        request, formats.write(quads, chosen), chosen, release,
        **{"Content-Disposition": f'attachment; filename="{filename}"'}, **lasting,
    )  # fmt: skip
    # its address names the format
    del found.headers["Vary"]
    return found


async def _index(request: Request, release: Release) -> Response:
    in_language = urls.LANGUAGE in request.scope
    chosen = HTML if in_language else pick(request, HTML, JSON, *RDF)
    if chosen is HTML:
        return await _page(request, release)
    return await run_in_threadpool(_described, request, release, chosen)


def _described(request: Request, release: Release, chosen: Format) -> Response:
    """The index for programs."""
    if chosen is JSON:
        found = _listing(release, all_kept(request))
        whole = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        return answer(request, whole.encode(), chosen, release)
    others = [one for one in all_kept(request) if release.digest == served(request).digest]
    said = describe.catalogue(release, others, address_of(request))
    return answer(request, describe.write(said, chosen), chosen, release)


async def _page(request: Request, release: Release) -> Response:
    """The index for people; the page is one of the release that is served, whichever it lists."""
    known = await run_in_threadpool(_known, request, release)
    return await asking.page(request, "data", known)


def _known(request: Request, release: Release) -> dict[str, Any]:
    """What the page of data is asked with: the index of a release, and which releases there are."""
    index = release.index
    entries = [one for some in by_part(index.files.values()).values() for one in some]
    return {
        "release": release.digest,
        "made": release.made,
        "current": release.digest == served(request).digest,
        "index": f"/download/{release.digest}/",
        "parts": parts_of(entries, index.parts),
        "releases": listed(request),
        "passages": len(index.passages),
        "passage": min(index.passages, default=""),
    }


def listed(request: Request) -> list[dict[str, Any]]:
    """The releases that are kept, the latest first, each with the one before it in time."""
    current = served(request).digest
    ordered = sorted(all_kept(request), key=lambda one: (one.moment, one.digest))
    found = []
    before: Release | None = None
    for one in ordered:
        found.append(
            {
                "release": one.digest,
                "made": one.made,
                "current": one.digest == current,
                "before": before and before.digest,
                "files": one.has_index,
            }
        )
        before = one
    return found[::-1]


def _listing(release: Release, releases: list[Release]) -> dict[str, Any]:
    """The index with what only the manifest knows, and addresses."""
    found: dict[str, Any] = json.loads(release.index.to_json())
    for one in found["files"]:
        one["url"] = f"/download/{release.digest}/{one['path']}"
    names = sorted(found.pop("passages"))
    return {
        "release": release.digest,
        "made": release.made,
        "commit": release.manifest["commit"],
        "sources": release.manifest["sources"],
        **found,
        "passages": [f"/download/{release.digest}/source/{name}.ttl" for name in names],
        "releases": [
            {"release": one.digest, "made": one.made, "url": f"/download/{one.digest}/"}
            for one in releases
            if one.has_index
        ],
    }
