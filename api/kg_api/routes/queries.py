"""`/queries`: the project's named queries, each with its parameters, as addresses of their own."""

import difflib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg import formats
from kg import query as queries
from kg.errors import DataError
from kg.formats import Format
from kg.query import Parameter, Query
from kg_api import declared, named, urls
from kg_api.accepting import wants_page
from kg_api.answers import accepted
from kg_api.errors import Problem
from kg_api.fields import Fields
from kg_api.jobs import Job
from kg_api.routes import workbench
from kg_api.site import asking
from kg_api.work import perform

# names that every query's address has besides the query's own parameters
RESERVED = ("format", "output", "limit", "offset", "timeout", "release")
_OWN: tuple[dict[str, Any], ...] = (
    declared.parameter("format", "Format of the answer, instead of the header Accept"),
    declared.OUTPUT,
    {
        "name": "limit", "in": "query", "description": "How many rows to give at most",
        "schema": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
    },
    {
        "name": "offset", "in": "query", "description": "How many rows to leave out first",
        "schema": {"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0},
    },
    declared.TIMEOUT,
    declared.RELEASE,
)  # fmt: skip
_SCHEMAS = {
    "date": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
}
_SPARQL = "application/sparql-query"
# whichever parameters the query has, each under its own name
_GIVEN: dict[str, Any] = {
    "name": "parameters", "in": "query", "style": "form", "explode": True,
    "description": "The parameters of the query, as its own address has them",
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}  # fmt: skip
Endpoint = Callable[[Request], Awaitable[Response]]


def router(found: Mapping[str, Query]) -> APIRouter:
    """The routes of a project's queries, each a route of its own, so that OpenAPI has them all."""
    made = APIRouter(tags=["named queries"])
    for question in found.values():
        taken = {one.name for one in question.parameters} & set(RESERVED)
        if taken:
            raise DataError(f"query {question.name}: no parameter can be called {min(taken)}")

    @made.get(
        urls.QUERIES,
        summary="The named queries",
        response_model=None,
        responses=declared.answers((declared.JSON, declared.PAGE), 400),
        openapi_extra={"parameters": [declared.format_(("json", "html")), declared.OUTPUT]},
    )
    async def list_queries(request: Request) -> Response:
        """Every named query: what it asks, its parameters and its address."""
        return await _catalogue(request, found)

    for question in found.values():
        made.get(
            urls.query(question.name),
            summary=question.summary,
            description=question.description or question.summary,
            operation_id=f"query-{question.name}",
            openapi_extra={"parameters": _openapi(question)},
            responses=_responses(question),
            response_model=None,
        )(_endpoint(question))

    @made.get(
        f"{urls.QUERIES}/{{name}}.rq",
        summary="The text of a named query",
        response_model=None,
        responses=declared.answers([_SPARQL], 400, 404),
        openapi_extra={"parameters": [_GIVEN]},
    )
    async def text(request: Request, name: str) -> Response:
        """The text as it is kept; with values for the query's parameters, the text with them."""
        if name not in found:
            raise _unknown(name, found)
        return await _text(request, found[name])

    @made.get(f"{urls.QUERIES}/{{rest:path}}", include_in_schema=False)
    async def other(rest: str) -> Response:
        """No query has this address."""
        raise _unknown(rest, found)

    return made


def _unknown(name: str, found: Mapping[str, Query]) -> Problem:
    """404, with the names that are near."""
    near = difflib.get_close_matches(name[:100], found, 3)
    hint = f" Near it: {', '.join(near)}." if near else ""
    return Problem(404, f"No query is called {name[:100]!r}: {urls.QUERIES} has them all.{hint}")


def about(question: Query) -> dict[str, Any]:
    """A query for programs."""
    return {
        "name": question.name,
        "summary": question.summary,
        "description": question.description,
        "form": question.form,
        "parameters": named.described(question),
        "url": urls.query(question.name),
        "text": f"{urls.query(question.name)}.rq",
    }


async def _catalogue(request: Request, found: Mapping[str, Query]) -> Response:
    fields = Fields.read(request.scope["query_string"])
    format_ = fields.one("format") or fields.one("output")
    fields.done(("format",))
    if format_ not in (None, "json", "html"):
        raise Problem(400, f"No format {format_[:40]!r} here: choose json, html.")
    if _page_wanted(request, format_, [named.PLAIN]):
        known = [workbench.about(one) for one in found.values()]
        return await asking.page(request, "queries", {"questions": known})
    whole = {"queries": [about(one) for one in found.values()]}
    return JSONResponse(whole, headers={"Vary": "Accept"})


def _page_wanted(request: Request, format_: str | None, others: Sequence[Format]) -> bool:
    """Whether a page is wanted: a path with a language has nothing else."""
    own = urls.LANGUAGE in request.scope and format_ is None
    return own or wants_page(accepted(request), format_, others)


async def _text(request: Request, question: Query) -> Response:
    """A query's text; with values for its parameters, the text that has them in it."""
    fields = Fields.read(request.scope["query_string"])
    filled = bool(fields.rest())
    given = {one.name: fields.all(one.name) for one in question.parameters}
    fields.done(tuple(given))
    if not filled:
        return Response(question.text, media_type=f"{_SPARQL}; charset=utf-8")
    args = {
        "name": question.name, "text": question.text, "parameters": named.described(question),
        "given": {name: some for name, some in given.items() if some}, "summary": question.summary,
    }  # fmt: skip
    return await perform(request, Job("named-text", args))


def _endpoint(question: Query) -> Endpoint:
    parameters = named.described(question)
    known = {one.name: one for one in question.parameters}

    async def ask(request: Request) -> Response:
        fields = Fields.read(request.scope["query_string"])
        format_ = fields.one("format") or fields.one("output")
        limit, offset = fields.number("limit"), fields.number("offset") or 0
        timeout = fields.number("timeout")
        digest = fields.one("release")
        given = {name: fields.all(name) for name in known}
        fields.done((*known, *RESERVED))
        args: dict[str, Any] = {
            "name": question.name, "text": question.text, "parameters": parameters,
            "given": {name: some for name, some in given.items() if some},
            "limit": limit, "offset": offset,
        }  # fmt: skip
        accept = accepted(request)
        html = _page_wanted(request, format_, _formats(question))
        if html:
            params = {
                "question": {**workbench.about(question), "text": question.text},
                "given": _spoken(request, question, args["given"]),
                "offset": offset, "bounds": workbench.bounds(request),
            }  # fmt: skip
            return await workbench.answered(request, "query", params)
        # what is not there is refused here: it needs no worker
        chosen = named.pick(question.form, format_, accept)
        args |= {"format": chosen.name}
        answer = await perform(request, Job("named-query", args), timeout, digest)
        answer.headers["Vary"] = "Accept"
        _link(answer, request, limit, offset)
        return answer

    return ask


def _spoken(
    request: Request, question: Query, given: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """The values of a page: labels are in its language, where no other is named."""
    own = {
        one.name: [asking.language_of(request)]
        for one in question.parameters
        if one.type == "language"
    }
    return {**own, **given}


def _formats(question: Query) -> list[formats.Format]:
    if question.form in ("SELECT", "ASK"):
        return [named.PLAIN, *(one for one in formats.FORMATS if one.kind == formats.ROWS)]
    return [one for one in formats.FORMATS if one.kind != formats.ROWS]


def _link(answer: Response, request: Request, limit: int | None, offset: int) -> None:
    """Say where the pages before and after this one are (RFC 8288)."""
    total = answer.headers.get(named.TOTAL)
    if total is None or not limit:
        return
    links = []
    if offset + limit < int(total):
        links.append(("next", offset + limit))
    if offset:
        links.append(("prev", max(0, offset - limit)))
    address = request.url.replace(scheme="", netloc="")
    said = ", ".join(
        f'<{address.include_query_params(offset=at)}>; rel="{rel}"' for rel, at in links
    )
    if said:
        answer.headers["Link"] = said


def _openapi(question: Query) -> list[dict[str, Any]]:
    return [*map(_parameter, question.parameters), *_OWN]


def _parameter(one: Parameter) -> dict[str, Any]:
    """A parameter as OpenAPI 3.1 has it."""
    schema: dict[str, Any] = dict(_SCHEMAS.get(one.type, {"type": "string"}))
    if one.list:
        schema = {"type": "array", "items": schema, "maxItems": queries.MAX_VALUES}
    elif one.default is not None:
        schema["default"] = one.default
    kind = {"iri": "IRI or CURIE", "language": "language tag"}.get(one.type, one.type)
    if one.type in queries.ENTITIES:
        kind = f"{one.type}: IRI, CURIE, label or acronym"
    return {
        "name": one.name, "in": "query", "required": False, "schema": schema,
        "description": f"{one.description} ({kind})".strip(),
        **({"style": "form", "explode": True} if one.list else {}),
    }  # fmt: skip


def _responses(question: Query) -> declared.Declared:
    found = declared.answers((*_formats(question), declared.PAGE), 400, 404, 406)
    header = {"description": "Rows of the whole answer", "schema": {"type": "integer"}}
    found[200]["headers"] = {named.TOTAL: header}
    return found
