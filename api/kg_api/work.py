"""How a route has a job done: by the pool, with the bounds of the settings."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kg_api.jobs import Job
from kg_api.pool import InProcess


async def perform(request: Request, job: Job, timeout: float | None = None) -> Response:
    """The pool's reply to a job as a response; its refusals are raised as they come."""
    state: Any = request.app.state
    settings = state.settings
    if getattr(state, "pool", None) is None:
        state.pool = InProcess(state.snapshot)
    longest = settings.timeout if timeout is None else min(timeout, settings.timeout)
    bounds = {"max_rows": settings.max_rows, "max_bytes": settings.max_bytes}
    reply = await state.pool.run(Job(job.kind, {**job.args, **bounds}, job.request), longest)
    headers = {**reply.headers, "Content-Type": reply.media_type}
    return Response(reply.body, reply.status, headers)
