"""`/sparql` as FastAPI knows it: described for programs, and answered as by the front."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.formats import FORMATS
from kg_api import urls
from kg_api.declared import answers
from kg_api.protocol import DIRECT, FORM
from kg_api.routes import workbench

router = APIRouter()

_TEXT = {"type": "string"}
_SEVERAL = {"type": "array", "items": {"type": "string", "format": "iri"}}


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


_OF_ALL = [
    _parameter(
        "default-graph-uri", _SEVERAL, "Graphs whose union is asked, over the query's FROM."
    ),
    _parameter("named-graph-uri", _SEVERAL, "Graphs asked by name, over the query's FROM NAMED."),
    _parameter("format", _TEXT, "Format by short name or media type, over Accept."),
    _parameter("output", _TEXT, "The same as format."),
    _parameter(
        "limit", {"type": "integer", "minimum": 0}, "Cuts; Comity-Truncated says if it did."
    ),
    _parameter(
        "timeout", {"type": "number", "exclusiveMinimum": 0}, "Seconds, at most the server's."
    ),
    _parameter("release", _TEXT, "Digest of the release that is to answer."),
]
_FIELDS: dict[str, Any] = {
    "type": "object",
    "required": ["query"],
    "properties": {"query": _TEXT, **{one["name"]: one["schema"] for one in _OF_ALL}},
}
_SAYS = {
    "_200": "The whole result",
    "_400": "The request or the query is not as it should be, or the result too large",
    "_404": "The release is not held",
}
_REFUSALS = (400, 403, 404, 406)


async def _answer(request: Request) -> Response:
    # a Response of its own would add headers: what the endpoint says is complete
    answer = await request.app.front.endpoint.answer(request.scope, request.receive)
    response = Response(answer.body, answer.status)
    response.raw_headers = list(answer.headers)
    return response


@router.get(
    urls.SPARQL,
    response_class=Response,
    openapi_extra={
        "parameters": [_parameter("query", _TEXT, "A SPARQL 1.1 query."), *_OF_ALL],
    },
    responses=answers(
        FORMATS, *_REFUSALS, 303, **_SAYS, _303="To the workbench, for a browser without a query"
    ),
)
async def ask(request: Request) -> Response:
    """Answer the parameter `query`; without it, describe the service."""
    if urls.LANGUAGE in request.scope:
        return await workbench.page(request)
    return await _answer(request)


@router.post(
    urls.SPARQL,
    response_class=Response,
    openapi_extra={
        "parameters": _OF_ALL,
        "requestBody": {
            "required": True,
            "content": {FORM: {"schema": _FIELDS}, DIRECT: {"schema": _TEXT}},
        },
    },
    responses=answers(FORMATS, *_REFUSALS, 413, 415, **_SAYS),
)
async def ask_by_post(request: Request) -> Response:
    """Answer the query in a form, or the query that the body is."""
    return await _answer(request)


# without redirection: a POST would have to be sent again
router.add_api_route(urls.SPARQL + "/", ask, include_in_schema=False, methods=["GET"])
router.add_api_route(urls.SPARQL + "/", ask_by_post, include_in_schema=False, methods=["POST"])
