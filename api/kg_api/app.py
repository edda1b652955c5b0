"""The application: the releases that are served, the routes over them, the front of them all."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import State
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg import snapshot as snapshots
from kg.query import catalogue as catalogue_of
from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api import declared, errors, static, urls
from kg_api.front import Front
from kg_api.pool import InProcess, Runner
from kg_api.releases import Releases, in_pool
from kg_api.routes import (
    catalogue,
    changes,
    cite,
    commitments,
    data,
    docs,
    download,
    health,
    metrics,
    network,
    ontology,
    pages,
    pair,
    queries,
    reconcile,
    search,
    site,
    sparql,
    stats,
    timeline,
    wellknown,
    workbench,
)
from kg_api.routes import static as built
from kg_api.source import Source

_log = logging.getLogger("kg_api.app")
# in the order in which they are tried
_ROUTES = (
    *(built, wellknown),
    *(sparql, download, catalogue, changes, cite, health, metrics),
    *(commitments, pair, timeline, stats, network),
    *(data, search, reconcile, pages, ontology, site),
    *(workbench, docs),
)


class Current(State):
    """What routes find in `app.state`: always of the release that is current now."""

    _of: Releases

    def __init__(self, settings: Settings, releases: Releases) -> None:
        questions = {one.name: one for one in catalogue_of(settings.project)}
        state = {"settings": settings, "releases": releases, "questions": questions}
        super().__init__(state)

    @property
    def pool(self) -> Runner:
        """Whoever does jobs."""
        runner: Runner = self.releases.current.runner
        return runner

    @property
    def manifest(self) -> Any:
        """What the snapshot says of itself."""
        return self.releases.current.manifest

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot, opened in this process on first use."""
        opened: Snapshot = self.releases.current.snapshot
        return opened


class Service(FastAPI):
    """FastAPI behind the front: every request passes that first, every answer last."""

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or follow the server's beginning and end."""
        await self.front(scope, receive, send)

    async def behind(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what the front passes on."""
        await super().__call__(scope, receive, send)

    @property
    def releases(self) -> Releases:
        """The releases that are served."""
        found: Releases = self.state.releases
        return found

    def openapi(self) -> dict[str, Any]:
        """The description of every route, completed once with what all of them answer."""
        if self.openapi_schema is None:
            declared.complete(super().openapi())
        assert self.openapi_schema is not None
        return self.openapi_schema

    async def load(self) -> None:
        """Nothing is left to be imported."""


def create_app(
    settings: Settings,
    snapshot: Snapshot | None = None,
    source: Source | None = None,
    watch: bool = False,
    ahead: bool = True,
) -> Service:
    """The service over a snapshot in this process, or over a source in a pool of workers.

    By default the pool's source is the current snapshot of the settings. With `watch` it goes on
    with a new one when there is one; without `ahead` FastAPI answers everything.
    """
    make: Callable[[Source], Runner] = in_pool(settings)
    if snapshot is not None:
        opened = snapshot
        source = Source(path=snapshot.path, project=settings.project)
        make = lambda _: InProcess(opened)  # noqa: E731 - what a source becomes
    elif source is None:
        source = Source(path=snapshots.locate(None, settings), project=settings.project)
    releases = Releases(settings, source, make, watch)
    return application(settings, releases, ahead=ahead)


def application(
    settings: Settings, releases: Releases, front: Front | None = None, ahead: bool = True
) -> Service:
    """FastAPI with all routes over releases, behind a front, or else behind one of its own."""
    if not static.is_built():
        _log.warning(static.MISSING)
    # read now: a build while this runs takes the files away that its pages name
    static.files()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await releases.start()
        try:
            yield
        finally:
            await releases.close()
            app.front.requests.flush()

    app = Service(
        title="Comity",
        summary="Bilateral digital cooperation as linked data, read-only",
        openapi_url=urls.OPENAPI,
        # their pages load scripts from elsewhere; openapi.json says the same
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state = Current(settings, releases)
    app.front = front or Front(app.behind, settings, releases, ahead)
    errors.install(app)
    for router in (*(module.router for module in _ROUTES), queries.router(app.state.questions)):
        # of no type: a route that declares none is not said to answer JSON
        app.include_router(router, default_response_class=Response)
    return app
