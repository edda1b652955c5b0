"""The workbench: a query, its answer or what is wrong with it, and the ways to take it away."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from kg import formats, guard
from kg.errors import KgError
from kg.query import Parameter, Query
from kg.snapshot import Snapshot
from kg_api import errors, evaluation, filling, urls
from kg_api import named as asking
from kg_api.glance import glance
from kg_api.jobs import NotAcceptable, Reply, TooLarge
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts import bench, refusals, results

# rows that the page itself shows; the downloads have them all
SHOWN = 100
_SELECTS = ("SELECT", "ASK")


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The page of the workbench, with what its query answers."""
    params = asked.params
    text = str(params.get("query") or "")
    problem: Mapping[str, Any] | None = params.get("problem")
    named: Mapping[str, Any] | None = params.get("named")
    if named is not None and not text:
        text = _filled(snapshot, named)
    table, turtle, volatile = None, "", False
    if text and named is None and problem is None:
        try:
            table, turtle, volatile = _answer(snapshot, text, asked.lang, params["bounds"])
        except (KgError, TooLarge) as error:
            problem = errors.refusal(error).problem()
    refused = refusals.of(problem, text, asked.lang) if problem else None
    _ = language.texts(asked.lang).gettext
    ran = bool(text) and named is None
    bare = bool(params.get("embedded"))
    address = (bench.EMBED if bare else urls.SPARQL) + (
        "?" + urlencode({"query": text}) if ran else ""
    )
    headers = {"Cache-Control": "no-store"} if volatile or refused else {}
    return Page(
        template="embedded.html" if bare else "workbench.html",
        title=_("Result of a query") if bare else _("Workbench"),
        path=address,
        current="sparql",
        description=_("Ask the graph in SPARQL, see the answer, share it and take it away."),
        scripts=("workbench",),
        embedded=bare,
        status=refused.status if refused else 200,
        headers=headers,
        forms=_forms(text, turtle) if ran and not refused else (),
        data={
            "text": text,
            "ran": ran,
            "table": table,
            "turtle": turtle,
            "refused": refused,
            "shown": SHOWN,
            "examples": bench.examples(asked.lang),
            "questions": params["questions"],
            "groups": bench.groups(params["questions"]),
            "bounds": params["bounds"],
            "formats": bench.formats(),
            "settings": bench.settings(asked.lang, params),
        },
    )


def _filled(snapshot: Snapshot, named: Mapping[str, Any]) -> str:
    parameters = tuple(Parameter(**one) for one in named["parameters"])
    question = Query(named["name"], named["text"], summary=named["summary"], parameters=parameters)
    try:
        return filling.filled(question, named["given"], snapshot.names.resolve)
    except KgError:
        # a value that means nothing: the text with what its parameters are by default
        return filling.filled(question, {}, snapshot.names.resolve)


def _answer(
    snapshot: Snapshot, text: str, lang: str, bounds: Mapping[str, Any]
) -> tuple[results.Table, str, bool]:
    """The first of what a query answers; for a graph also its Turtle."""
    form = (glance(text) or guard.outline(text)).form
    name = "json" if form in _SELECTS else "ttl"
    try:
        reply: Reply = evaluation.sparql(
            snapshot, text, format=name, limit=SHOWN,
            max_rows=bounds["max_rows"], max_bytes=bounds["max_bytes"],
        )  # fmt: skip
    except NotAcceptable as error:  # what the form decides is never refused
        raise AssertionError(name) from error
    cut = evaluation.TRUNCATED in reply.headers
    if form in _SELECTS:
        return results.of_json(snapshot, reply.body, lang, cut), "", reply.volatile
    triples = [quad.triple for quad in ox.parse(reply.body, format=ox.RdfFormat.TURTLE)]
    table = results.of_triples(snapshot, triples, lang, cut)
    return table, reply.body.decode(), reply.volatile


def _forms(text: str, turtle: str) -> tuple[Form, ...]:
    """The whole result in every format, by the endpoint itself."""
    kinds = (formats.TRIPLES, formats.QUADS) if turtle else (formats.ROWS,)
    return tuple(
        Form(one.title, urls.SPARQL + "?" + urlencode({"query": text, "format": one.name}))
        for one in formats.FORMATS
        if one.kind in kinds
    )


def named(snapshot: Snapshot, asked: Asked) -> Page:
    """The page of a named query: what it asks, its parameters, what it answers, its text."""
    params, said = asked.params, language.texts(asked.lang).gettext
    question, given = params["question"], params["given"]
    problem, table, turtle = params.get("problem"), None, ""
    form = question["form"]
    if problem is None:
        try:
            table, turtle = bench.answer(snapshot, params, asked.lang)
        except (KgError, TooLarge) as error:
            problem = errors.refusal(error).problem()
    refused = refusals.of(problem, question["text"], asked.lang) if problem else None
    address = urls.query(question["name"])
    fields = [(name, one) for name, some in given.items() for one in some]
    asked_for = "?" + urlencode(fields) if fields else ""
    kinds = (formats.ROWS,) if form in _SELECTS else (formats.TRIPLES, formats.QUADS)
    forms = [
        Form(one.title, address + "?" + urlencode([*fields, ("format", one.name)]))
        for one in (*([asking.PLAIN] if form in _SELECTS else []), *formats.FORMATS)
        if one.kind in kinds
    ]
    return Page(
        template="query.html",
        title=said(question["summary"]),
        path=address + asked_for,
        current="queries",
        description=said(question["description"]) if question["description"] else "",
        status=refused.status if refused else 200,
        forms=() if refused else forms,
        data={
            "question": question,
            "values": {
                one["name"]: (given.get(one["name"]) or [one["default"] or ""])
                for one in question["parameters"]
            },
            "table": table,
            "turtle": turtle,
            "refused": refused,
            "shown": bench.SHOWN,
            "offset": params.get("offset", 0),
            "pages": bench.beside(address, fields, table, params.get("offset", 0)),
            "open_in": urls.SPARQL + "?" + urlencode([("name", question["name"]), *fields]),
            "text_address": f"{address}.rq{asked_for}",
        },
    )


def catalogue(snapshot: Snapshot, asked: Asked) -> Page:
    """The page of all named queries."""
    _ = language.texts(asked.lang).gettext
    return Page(
        template="queries.html",
        title=_("Queries"),
        path=urls.QUERIES,
        current="queries",
        description=_("Questions that are kept with the project, each with its SPARQL text."),
        forms=(Form("JSON", f"{urls.QUERIES}?format=json", "application/json"),),
        data={
            "groups": bench.groups(asked.params["questions"]),
            "count": len(asked.params["questions"]),
        },
    )
