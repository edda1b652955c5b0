"""How a route has a job done: by whoever evaluates over a release, within the settings' bounds."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kg_api.jobs import Job


async def perform(
    request: Request, job: Job, timeout: float | None = None, digest: str | None = None
) -> Response:
    """The reply to a job as a response; refusals are raised as they come."""
    state: Any = request.app.state
    settings, release = state.settings, state.releases.find(digest)
    longest = settings.timeout if timeout is None else min(timeout, settings.timeout)
    bounds = {"max_rows": settings.max_rows, "max_bytes": settings.max_bytes}
    reply = await release.runner.run(Job(job.kind, {**job.args, **bounds}, job.request), longest)
    headers = {**reply.headers, "Content-Type": reply.media_type}
    if digest is not None:
        headers["Comity-Release"] = release.digest
    return Response(reply.body, reply.status, headers)
