"""`/search`: things by what they are called, claims by their words; suggestions while typing."""

import re
from collections import Counter
from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter
from pyoxigraph import Literal
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg import formats, search
from kg.names import BASE
from kg.results import Rows
from kg.search import Found, Hit
from kg_api import declared, named, urls
from kg_api.answers import accepted
from kg_api.errors import Problem
from kg_api.fields import Fields
from kg_api.finding import find, release_header
from kg_api.site import asking
from kg_api.site.views.search import MOST

router = APIRouter(tags=["search"])

_COLUMNS = (
    "iri", "label", "family", "type", "level", "by", "matched", "matched_lang", "passage",
    "citation",
)  # fmt: skip
_OFFERED = (named.PLAIN, formats.BY_NAME["csv"])
_TEXT = {
    "name": "q", "in": "query", "required": True, "description": "What to find",
    "schema": {"type": "string", "minLength": 1, "maxLength": search.MAX_LENGTH},
}  # fmt: skip
_TYPES = {
    "name": "type", "in": "query", "description": "A class or family; several are any of them",
    "schema": {"type": "array", "items": {"type": "string"}},
}  # fmt: skip
_LANG = {
    "name": "lang", "in": "query", "description": "Language of labels",
    "schema": {"type": "string", "default": "en"},
}  # fmt: skip


def _limit(default: int, most: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 0, "maximum": most, "default": default}
    return {"name": "limit", "in": "query", "schema": schema}


def text_of(fields: Fields, name: str = "q") -> str:
    """The text to find; 400 for none, for one that is blank, and for one that is too long."""
    text = fields.one(name)
    if text is None:
        raise Problem(400, f"A text to find is wanted: {name}=…")
    if len(text) > search.MAX_LENGTH:
        raise Problem(400, f"{name} has at most {search.MAX_LENGTH} characters.")
    return text


def meant(request: Request, text: str) -> str:
    """The text to look for: of an address here, as a browser shows it, the identifier in it.

    Only addresses of this service are read so: on another host the same path is another thing's.
    """
    here, plain = urls.absolute(request, "/"), text.strip()
    if not plain.startswith(here):
        return text
    path, mark, fragment = plain.removeprefix(here).partition("#")
    path = urls.split_language("/" + path.partition("?")[0])[1]
    return unquote(path.removeprefix(urls.PAGE).lstrip("/") + mark + fragment)


def lang_of(fields: Fields) -> str:
    """The language to show labels in; 400 for what is no language tag."""
    lang = fields.one("lang") or "en"
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}", lang):
        raise Problem(400, f"lang is a language tag, such as en or ja, not {lang[:40]!r}.")
    return lang


def shown(hit: Hit) -> dict[str, Any]:
    """A hit for programs."""
    local = f"/{hit.iri.removeprefix(BASE)}" if hit.iri.startswith(BASE) else None
    found = {name: getattr(hit, name) for name in _COLUMNS}
    return {**found, "curie": hit.curie, "reason": hit.reason, "url": local}


@router.get(
    urls.SEARCH,
    summary="Find things by name, and claims by their words",
    response_model=None,
    openapi_extra={
        "parameters": [
            _TEXT,
            _TYPES,
            {
                "name": "topic", "in": "query",
                "schema": {"type": "array", "items": {"type": "string"}},
                "description": "A topic by IRI, CURIE, label or acronym, with its narrower ones",
            },
            _LANG,
            _limit(20, search.MAX_LIMIT),
            {
                "name": "offset", "in": "query",
                "schema": {"type": "integer", "minimum": 0, "maximum": search.MAX_OFFSET},
            },
            declared.format_(("json", "csv")),
            *(declared.OUTPUT, declared.RELEASE),
        ]
    },
    responses=declared.answers((*_OFFERED, declared.PAGE), 400, 404, 406),
)  # fmt: skip
async def search_names(request: Request) -> Response:
    """Things and claims that a text finds, the best first: exact, acronym, prefix, word, quote."""
    if asking.wanted(request):
        return await _page(request)
    fields = Fields.read(request.scope["query_string"])
    text, lang = text_of(fields), lang_of(fields)
    types, topics = fields.all("type"), fields.all("topic")
    limit, offset = fields.number("limit", search.MAX_LIMIT), fields.number("offset")
    format_ = fields.one("format") or fields.one("output")
    digest = fields.one("release")
    fields.done(("q", "type", "topic", "lang", "limit", "offset", "format"))
    chosen = _format(format_, accepted(request))
    wanted, first = 20 if limit is None else limit, offset or 0
    if max(len(types), len(topics)) > 20:
        raise Problem(400, "At most 20 types and 20 topics are taken.")
    if first > search.MAX_OFFSET:
        raise Problem(400, f"offset is at most {search.MAX_OFFSET:,}.")
    sought = meant(request, text)
    found = await find(
        request, lambda index: index.search(sought, types, topics, lang, wanted, first), digest
    )
    headers = {named.TOTAL: str(found.total), "Vary": "Accept"}
    headers |= release_header(request, digest)
    if first + wanted < found.total:
        headers[named.TRUNCATED] = str(wanted)
    if chosen.name == "csv":
        return Response(_csv(found), headers={**headers, "Content-Type": chosen.content_type})
    whole = {
        "query": text, "total": found.total, "limit": wanted, "offset": first,
        "results": [shown(one) for one in found.hits],
    }  # fmt: skip
    return JSONResponse(whole, headers=headers)


async def _page(request: Request) -> Response:
    """The page of what is found: one type and one topic at most, so many results at a time."""
    fields = Fields.read(request.scope["query_string"])
    asked = {name: fields.one(name) or "" for name in ("q", "type", "topic")}
    first, digest = fields.number("offset", search.MAX_OFFSET) or 0, fields.one("release")
    for name in ("lang", "limit", "format"):
        fields.all(name)
    fields.done(("q", "type", "topic", "offset"))
    text = asked["q"].strip()
    known: dict[str, Any] = {**asked, "q": text, "release": digest or "", "offset": first}
    if text:
        lang = asking.language_of(request)
        sought = meant(request, text)
        wish = [[asked[name]] if asked[name] else [] for name in ("type", "topic")]

        def ask(index: search.Index) -> tuple[Found, Found]:
            found = index.search(sought, wish[0], wish[1], lang, MOST, first)
            return found, index.search(sought, (), wish[1], lang, search.MAX_LIMIT)

        found, anywhere = await find(request, ask, digest)
        counts = Counter(one.family for one in anywhere.hits)
        known |= {
            "total": found.total, "results": [shown(one) for one in found.hits],
            "counts": dict(counts), "elsewhere": anywhere.total,
        }  # fmt: skip
    return await asking.page(request, "search", known, digest)


@router.get(
    urls.SUGGEST,
    summary="What somebody who is typing may mean",
    response_model=None,
    openapi_extra={"parameters": [_TEXT, _TYPES, _LANG, _limit(10, 50), declared.RELEASE]},
    responses=declared.answers([declared.JSON], 400, 404),
)
async def suggest(request: Request) -> Response:
    """Names only, no quotes: a short list, for every key that is pressed."""
    fields = Fields.read(request.scope["query_string"])
    text, lang, types = text_of(fields), lang_of(fields), fields.all("type")
    limit = fields.number("limit", 50)
    digest = fields.one("release")
    fields.done(("q", "type", "lang", "limit"))
    most = 10 if limit is None else limit
    sought = meant(request, text)
    hits = await find(request, lambda index: index.suggest(sought, types, lang, most), digest)
    whole = {"query": text, "suggestions": [shown(one) for one in hits]}
    return JSONResponse(whole, headers=release_header(request, digest))


def _format(format_: str | None, accept: str) -> formats.Format:
    """JSON or CSV, as asked; 400 for a name that is neither, 406 where Accept likes neither."""
    if format_ is not None:
        for one in _OFFERED:
            if format_.lower() in (one.name, one.suffix, one.media_type):
                return one
        raise Problem(400, f"No format {format_[:40]!r} here: choose json, csv.")
    # a browser that looks at the address reads the JSON
    chosen = formats.prefer(accept, _OFFERED)
    if chosen is None and "text/html" in accept.lower():
        return named.PLAIN
    if chosen is None:
        offered = [one.media_type for one in _OFFERED]
        raise Problem(406, f"There is {', '.join(offered)}.", available=offered)
    return chosen


def _csv(found: Found) -> bytes:
    values = ([getattr(hit, name) for name in _COLUMNS] for hit in found.hits)
    rows = tuple(
        tuple(None if value is None else Literal(value) for value in row) for row in values
    )
    return Rows(_COLUMNS, rows).serialize("csv")
