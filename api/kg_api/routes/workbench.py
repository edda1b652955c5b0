"""The pages about queries: the workbench, and the terms that it completes."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.query import Query
from kg_api import named, urls
from kg_api.errors import Problem, refusal
from kg_api.fields import Fields
from kg_api.jobs import Job, Unanswered
from kg_api.site import asking
from kg_api.site.parts import bench
from kg_api.work import perform

router = APIRouter(include_in_schema=False)


def about(question: Query) -> dict[str, Any]:
    """A named query as views are told of it, for they can open no file."""
    return {
        "name": question.name,
        "summary": question.summary,
        "description": question.description,
        "form": question.form,
        "parameters": named.described(question),
    }


def bounds(request: Request) -> dict[str, float]:
    """The bounds that pages name in words."""
    settings = request.app.state.settings
    return {name: getattr(settings, name) for name in ("timeout", "max_rows", "max_bytes")}


async def answered(request: Request, view: str, params: Mapping[str, Any]) -> Response:
    """The page of a view that runs a query; one that says so where the query met a bound."""
    try:
        return await asking.page(request, view, params)
    except Unanswered as error:
        refused = refusal(error)
        response = await asking.page(request, view, {**params, "problem": refused.problem()})
        response.headers.update(refused.headers)
        return response


async def page(request: Request) -> Response:
    """The workbench; with a query also what it answers, where a format is named by redirection."""
    fields = Fields.read(request.scope["query_string"])
    text, format_ = fields.one("query"), fields.one("format")
    if text and format_:
        asked = urlencode({"query": text, "format": format_})
        return RedirectResponse(f"{urls.SPARQL}?{asked}", 303)
    known: Mapping[str, Query] = request.app.state.questions
    question = known.get(fields.one("name") or "")
    params: dict[str, Any] = {
        "query": text,
        "bounds": bounds(request),
        "embed": bool(asking.ancestors(request.app.state.settings)),
        "questions": [about(one) for one in known.values()],
    }
    if question is not None and text is None:
        given = {one.name: fields.all(one.name) for one in question.parameters}
        params["named"] = {
            **about(question),
            "text": question.text,
            "given": {name: some for name, some in given.items() if some},
        }
    return await answered(request, "workbench", params)


@router.get(urls.EMBED + urls.SPARQL)
async def framed(request: Request) -> Response:
    """What a query answers, bare: for pages of others, where the owner allows it."""
    fields = Fields.read(request.scope["query_string"])
    text = fields.one("query")
    fields.done(("query",))
    if text is None:
        raise Problem(400, "One query is wanted: query=…")
    params = {"query": text, "bounds": bounds(request), "questions": []}
    try:
        return await asking.embedded(request, "workbench", params)
    except Unanswered as error:
        problem = refusal(error).problem()
        return await asking.embedded(request, "workbench", {**params, "problem": problem})


@router.get(bench.TERMS)
async def terms(request: Request) -> Response:
    """The classes, properties and concepts of the graph, with their labels and uses."""
    return await perform(request, Job("terms"))
