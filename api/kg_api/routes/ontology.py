"""`/context.jsonld`: the prefixes of the project, as JSON-LD wants them."""

import json

from fastapi import APIRouter
from starlette.responses import Response

from kg import jsonld
from kg_api import urls
from kg_api.declared import answers

router = APIRouter(tags=["linked data"])


@router.get(
    urls.CONTEXT,
    response_model=None,
    summary="The JSON-LD context",
    responses=answers(["application/ld+json"]),
)
async def context() -> Response:
    """The context; answers carry their own, so that nobody needs to load it."""
    body = json.dumps(jsonld.context(), indent=2) + "\n"
    return Response(body, media_type="application/ld+json")
