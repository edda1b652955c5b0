"""Every error body: RFC 9457 problem details, or a page for browsers; the one table of statuses."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg import errors, formats
from kg_api import urls
from kg_api.accepting import header, reader
from kg_api.jobs import NotAcceptable, Unanswered

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError

MEDIA_TYPE = "application/problem+json"
HTML = "text/html; charset=utf-8"
_FEDERATE = (
    "This service calls no other. To federate, ask from your side: in your own store or program "
    "write SERVICE <address of this endpoint> { … }, and let it call this one."
)


class Problem(Exception):  # noqa: N818 - RFC 9457's own name for it
    """A refusal that only HTTP knows: a status, what to say, and members of its own."""

    def __init__(self, status: int, detail: str, **members: Any) -> None:
        self.status = status
        self.detail = detail
        self.members = members
        super().__init__(detail)


# The client's mistakes, and what is ours to mend; a test asserts that no KgError is missing.
STATUS: dict[type[errors.KgError], int] = {
    errors.KgError: 500,
    errors.DataError: 500,
    errors.NotConformant: 500,
    errors.QueryError: 400,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.SnapshotError: 503,
    errors.StoreError: 503,
    errors.UsageError: 400,
}


@dataclass(frozen=True)
class Refusal:
    """An error as it is sent: status, what to say, members besides, header fields."""

    status: int
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def problem(self) -> dict[str, Any]:
        """The problem; the status has its usual meaning, so `type` is `about:blank` (§4.2.1)."""
        return {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }

    def body(self, lang: str = "", path: str = "") -> bytes:
        """The problem as JSON, or as a page in a language that leads back to a path."""
        problem = self.problem()
        if lang:
            # of use to people only, and slow to import
            from kg_api.site import failing

            return failing.page(problem, lang, path).encode(errors="replace")
        return json.dumps(problem, ensure_ascii=False).encode(errors="replace")


def refusal(error: Exception) -> Refusal:
    """What is said of an error; of one that nobody foresaw, nothing of its inside."""
    if isinstance(error, Problem):
        headers = {}
        if "retry_after" in error.members:
            headers["Retry-After"] = str(error.members["retry_after"])
        if "allow" in error.members:
            headers["Allow"] = ", ".join(error.members["allow"])
        return Refusal(error.status, error.detail, error.members, headers)
    if isinstance(error, Unanswered):
        return _unanswered(error)
    if isinstance(error, errors.KgError):
        members: dict[str, Any] = {}
        detail = str(error)
        if isinstance(error, errors.QueryError) and error.line is not None:
            members = {"line": error.line, "column": error.column}
        if isinstance(error, errors.NotAllowed) and "SERVICE" in detail:
            detail = f"{detail}. {_FEDERATE}"
        if isinstance(error, errors.SnapshotError | errors.StoreError):
            return Refusal(_status(error), detail, members, {"Retry-After": "10"})
        return Refusal(_status(error), detail, members)
    return Refusal(500, "The service failed to answer; nothing was changed.")


def _status(error: errors.KgError) -> int:
    """The status of an error; of one that a part of the library makes its own, that of its kind."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _unanswered(error: Unanswered) -> Refusal:
    if isinstance(error, NotAcceptable):
        kinds = (formats.ROWS,)
        if error.limit != formats.ROWS:
            kinds = (formats.TRIPLES, formats.QUADS)  # type: ignore[assignment]
        offered = [one.media_type for one in formats.FORMATS if one.kind in kinds]
        return Refusal(406, error.detail, {"available": offered})
    members: dict[str, Any] = {}
    if error.limit:
        members = {"limit": error.limit, "bound": error.bound}
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return Refusal(error.status, error.detail, members, headers)


def respond(
    request: Request, refused: Refusal, headers: Mapping[str, str] | None = None
) -> Response:
    """A refusal as the answer to a request."""
    given = request.scope["headers"]
    accept, languages = header(given, b"accept"), header(given, b"accept-language")
    lang = reader(accept, languages, request.scope.get(urls.LANGUAGE, ""))
    return Response(
        refused.body(lang, request.scope["path"]),
        refused.status,
        headers={
            **refused.headers,
            **(headers or {}),
            "Vary": "Accept, Accept-Language" if lang else "Accept",
            "Cache-Control": "no-store",
            "Content-Type": HTML if lang else MEDIA_TYPE,
        },
    )


def _any(request: Request, error: Exception) -> Response:
    return respond(request, refusal(error))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        # the router names only the methods of the first route with that path
        headers["Allow"] = ", ".join(urls.methods(request.scope["path"]))
    return respond(request, Refusal(error.status_code, str(error.detail)), headers)


def _invalid(request: Request, error: Exception) -> Response:
    found = cast("RequestValidationError", error).errors()
    wrong = [{"parameter": ".".join(map(str, one["loc"])), "says": one["msg"]} for one in found]
    said = "; ".join(f"{one['parameter']}: {one['says']}" for one in wrong)
    return respond(request, Refusal(400, said, {"parameters": wrong}))


def install(app: "FastAPI") -> None:
    """Make every error of the application answer with a problem."""
    # slow to import, and whoever calls this has done so
    from fastapi.exceptions import RequestValidationError

    for kind in (errors.KgError, Problem, Unanswered, Exception):
        app.add_exception_handler(kind, _any)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
