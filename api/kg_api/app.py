"""The application: one snapshot, the routes over it, and what holds for every answer."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from kg import snapshot as snapshots
from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api import errors, urls
from kg_api.head import HeadAsGet
from kg_api.routes import (
    data,
    download,
    health,
    ontology,
    pages,
    queries,
    reconcile,
    search,
    sparql,
)


def create_app(settings: Settings, snapshot: Snapshot | None = None) -> FastAPI:
    """The service over a snapshot, by default the current one of the settings."""
    app = FastAPI(
        title="Comity",
        summary="Bilateral digital cooperation as linked data, read-only",
        openapi_url=urls.OPENAPI,
        # their pages load scripts from elsewhere; openapi.json says the same
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.snapshot = snapshot or snapshots.open(settings=settings)
    # Anybody's page may ask: there is nothing here that only some may read.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["*"],
        expose_headers=["Content-Disposition", "Content-Length"],
    )
    app.add_middleware(HeadAsGet)
    errors.install(app)
    for module in (sparql, download, health, data, pages, ontology, search, reconcile):
        app.include_router(module.router)
    app.include_router(queries.router(settings.project))
    return app
