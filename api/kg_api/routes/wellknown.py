"""What browsers, search engines and other sites ask of every site, at the addresses they know."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from kg_api import emblem, urls
from kg_api.jobs import Job
from kg_api.routes.download import address_of
from kg_api.work import perform

router = APIRouter(include_in_schema=False)

_FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}
# forms with every value of every field: there is no end of them, and the pages say the same
_ENDLESS = (urls.SPARQL, urls.SEARCH, "/cite", "/metrics")


@router.get(urls.ICON)
async def icon() -> Response:
    """The emblem of the site."""
    return Response(emblem.svg(), media_type="image/svg+xml", headers=_FOR_A_DAY)


@router.get("/favicon.ico")
async def old_icon() -> Response:
    """The emblem, where browsers look that were told no other place."""
    return Response(emblem.png(32), media_type="image/png", headers=_FOR_A_DAY)


@router.get("/apple-touch-icon.png")
async def large_icon() -> Response:
    """The emblem for the first screen of a telephone."""
    return Response(emblem.png(180), media_type="image/png", headers=_FOR_A_DAY)


@router.get(urls.PICTURE)
async def picture(request: Request) -> Response:
    """What is shown where a page is shared; made once a release, and kept like any answer."""
    release = request.app.state.releases.current
    sources = tuple(release.manifest.get("sources", ()))
    made = await run_in_threadpool(emblem.picture, sources, release.digest)
    return Response(made, media_type="image/png", headers=_FOR_A_DAY)


@router.get("/robots.txt")
async def robots(request: Request) -> Response:
    """Everything may be read; what has no end is not worth following."""
    lines = ["User-agent: *"]
    for path in _ENDLESS:
        lines += [f"Disallow: {path}?"] + [
            f"Disallow: {urls.localised(path, lang)}?" for lang in urls.LANGUAGES
        ]
    lines.append(f"Sitemap: {address_of(request)('/sitemap.xml')}")
    return PlainTextResponse("\n".join(lines) + "\n")


@router.get("/sitemap.xml")
async def sitemap(request: Request) -> Response:
    """Every page in both languages."""
    return await perform(request, Job("sitemap", {"public": address_of(request)("/").rstrip("/")}))
