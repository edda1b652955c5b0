"""How a route gives a page: whether one is wanted, in which language, and who writes it."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kg.settings import Settings
from kg_api import urls
from kg_api.accepting import header, language, prefers_html
from kg_api.errors import Problem
from kg_api.jobs import Job
from kg_api.work import perform

# sources of a policy (CSP 3, §2.3.1), so that no setting can say more than who may frame
_ORIGIN = r"(?:\*|'self'|https?://(?:\*\.)?[A-Za-z0-9.-]+(?::[0-9]{1,5})?)"
_ORIGINS = re.compile(rf"\s*{_ORIGIN}(?:\s+{_ORIGIN})*\s*")


def wanted(request: Request) -> bool:
    """Whether a page is asked for: by the path's language, or by a browser that names no format."""
    if urls.LANGUAGE in request.scope:
        return True
    params = request.query_params
    if "format" in params or "output" in params:
        return False
    return prefers_html(header(request.scope["headers"], b"accept"))


def language_of(request: Request) -> str:
    """The language of the path, of the parameter `lang`, or else the one that is liked best."""
    named = request.scope.get(urls.LANGUAGE) or request.query_params.get("lang", "")
    if named in urls.LANGUAGES:
        return str(named)
    return language(header(request.scope["headers"], b"accept-language"))


def ancestors(settings: Settings) -> str:
    """The sites that may frame embedded pages, as the policy of a page names them; else nothing.

    >>> from pathlib import Path
    >>> ancestors(Settings(Path(), Path(), embed="https://a.example *")), ancestors(
    ...     Settings(Path(), Path(), embed="*; script-src *"))
    ('https://a.example *', '')
    """
    return settings.embed.strip() if _ORIGINS.fullmatch(settings.embed) else ""


async def embedded(
    request: Request, view: str, params: Mapping[str, Any], digest: str | None = None
) -> Response:
    """The page of a view that others may frame; 404 where the owner of the service allows none."""
    allowed = ancestors(request.app.state.settings)
    if not allowed:
        raise Problem(404, "This service lets no other site show its pages: KG_EMBED is not set.")
    response = await page(request, view, {**params, "embedded": True}, digest)
    policy = response.headers["Content-Security-Policy"]
    response.headers["Content-Security-Policy"] = policy.replace(
        "frame-ancestors 'none'", f"frame-ancestors {allowed}"
    )
    return response


async def page(
    request: Request, view: str, params: Mapping[str, Any] | None = None, digest: str | None = None
) -> Response:
    """The page of a view, over the release that is asked for, if one is.

    Without a language in the path, caches learn what it depends on.
    """
    digest = digest or request.query_params.get("release")
    public: str = request.app.state.settings.public_url.rstrip("/")
    args = {
        "view": view,
        "lang": language_of(request),
        "path": request.scope["path"],
        "params": dict(params or {}),
        "public": public,
    }
    response = await perform(request, Job("site", args), digest=digest)
    if urls.LANGUAGE not in request.scope:
        response.headers["Vary"] = "Accept, Accept-Language"
    return response
