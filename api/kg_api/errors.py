"""Every error body: RFC 9457 problem details, and the one table of statuses."""

import json
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg import errors
from kg_api import urls

MEDIA_TYPE = "application/problem+json"


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


def render(
    status: int, detail: str, headers: dict[str, str] | None = None, **members: Any
) -> Response:
    """One error body; the status has its usual meaning, so `type` is `about:blank` (§4.2.1)."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **members,
    }
    return Response(
        json.dumps(body, ensure_ascii=False), status, headers=headers, media_type=MEDIA_TYPE
    )


def _kg_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.KgError)
    members: dict[str, Any] = {}
    if isinstance(error, errors.QueryError) and error.line is not None:
        members = {"line": error.line, "column": error.column}
    return render(STATUS[type(error)], str(error), **members)


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return render(error.status, error.detail, **error.members)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        # the router names only the methods of the first route with that path
        headers["Allow"] = ", ".join(urls.methods(request.scope["path"]))
    return render(error.status_code, str(error.detail), headers)


def _unexpected(request: Request, error: Exception) -> Response:
    # what went wrong goes to the log, not to strangers
    return render(500, "The service failed to answer; nothing was changed.")


def install(app: FastAPI) -> None:
    """Make every error of the application answer with a problem."""
    app.add_exception_handler(errors.KgError, _kg_error)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
