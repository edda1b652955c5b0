"""`/id/`, `/topic/`, `/source/`, `/graph/`, `/ontology`: what the graph says about an IRI."""

import pyoxigraph as ox
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg import formats, resource
from kg.errors import NotFound
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.answers import choose, respond

router = APIRouter()


def describe(request: Request, rest: str) -> Response:
    """The description of the thing that the path names; 404 for what the graph does not know."""
    snapshot: Snapshot = request.app.state.snapshot
    try:
        iri = ox.NamedNode(urls.iri(request.scope["path"])).value
    except ValueError as error:
        raise NotFound(f"no thing can have this address: {rest!r}") from error
    chosen = choose(request, formats.TRIPLES, formats.QUADS)
    return respond(formats.write(resource.describe(snapshot, iri).triples, chosen), chosen)


for namespace in urls.NAMESPACES:
    router.get(f"/{namespace}{{rest:path}}")(describe)
