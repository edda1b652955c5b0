"""`/reconcile`: the Reconciliation Service API 0.2, by which OpenRefine matches lists of names."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from kg.names import BASE, PREFIXES, compact
from kg.search import MAX_LENGTH, Index
from kg.search.identifiers import key
from kg.search.matching import FAMILIES, PROPERTIES, Candidate, Matcher
from kg_api import urls
from kg_api.answers import OWN_STYLE
from kg_api.batch import MAX_VALUES, read_batch, read_extension
from kg_api.declared import JSON, PAGE, RELEASE, answers, parameter
from kg_api.errors import Problem
from kg_api.fields import Fields
from kg_api.finding import find, release_header
from kg_api.routes.search import lang_of, meant

router = APIRouter(tags=["reconciliation"])

MAX_BODY = 1_000_000
_FORM = "application/x-www-form-urlencoded"
_SUGGEST = f"{urls.RECONCILE}/suggest"
_ENTITY, _TYPE, _PROPERTY = f"{_SUGGEST}/entity", f"{_SUGGEST}/type", f"{_SUGGEST}/property"
_PREVIEW, _FLYOUT = f"{urls.RECONCILE}/preview", f"{urls.RECONCILE}/flyout"
_PROPOSE = f"{urls.RECONCILE}/properties"
_LANG = parameter("lang", "Language of names", default="en")
_BATCH = [
    parameter("queries", "A batch of names to match, in JSON"),
    parameter("extend", "Things and properties to extend a list with, in JSON"),
    *(_LANG, RELEASE),
]
_SUGGESTED: dict[str, Any] = {
    "response_model": None,
    "responses": answers([JSON], 400, 404),
    "openapi_extra": {
        "parameters": [
            parameter("prefix", "What has been typed", maxLength=MAX_LENGTH),
            parameter("cursor", "How many to leave out", type="integer", minimum=0, maximum=1000),
            {
                "name": "type", "in": "query", "description": "Of these types",
                "schema": {"type": "array", "items": {"type": "string"}, "maxItems": MAX_VALUES},
            },
            _LANG,
        ]
    },
}  # fmt: skip
_CARD: dict[str, Any] = {
    "parameters": [{**parameter("id", "The id of a thing"), "required": True}, _LANG]
}


def _type_id(iri: str) -> str:
    """A class in the service's schema space: its local name; a CURIE for a class from elsewhere."""
    return iri.removeprefix(PREFIXES["comity"]) if iri.startswith(BASE) else compact(iri)


def _typed(types: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"id": _type_id(iri), "name": label} for iri, label in types]


def manifest(request: Request, matcher: Matcher) -> dict[str, Any]:
    """What the service can do (§4.1); addresses are those under which it was reached."""
    here = urls.absolute(request, "").rstrip("/")
    suggest = {
        name: {"service_url": here, "service_path": path}
        for name, path in (("entity", _ENTITY), ("type", _TYPE), ("property", _PROPERTY))
    }
    suggest["entity"]["flyout_service_url"] = here
    suggest["entity"]["flyout_service_path"] = f"{_FLYOUT}?id=${{id}}"
    return {
        "versions": ["0.2"],
        "name": "Comity: bilateral digital cooperation",
        "identifierSpace": BASE,
        "schemaSpace": PREFIXES["comity"],
        "defaultTypes": _typed(matcher.known_types()),
        "view": {"url": f"{here}/{{{{id}}}}"},
        "preview": {"url": f"{here}{_PREVIEW}?id={{{{id}}}}", "width": 420, "height": 200},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": here, "service_path": _PROPOSE},
            "property_settings": [],
        },
    }


@router.get(
    urls.RECONCILE,
    summary="Reconciliation Service API 0.2",
    response_model=None,
    responses=answers([JSON], 400, 404),
    openapi_extra={"parameters": _BATCH},
)
async def reconcile(request: Request) -> Response:
    """The manifest; with `queries` candidates for each name, with `extend` values for a list."""
    return await _answer(request, Fields.read(request.scope["query_string"]))


@router.post(
    urls.RECONCILE,
    summary="Reconciliation Service API 0.2, with a form",
    response_model=None,
    responses=answers([JSON], 400, 404, 413, 415),
    openapi_extra={
        "parameters": _BATCH,
        "requestBody": {
            "content": {
                _FORM: {
                    "schema": {
                        "type": "object",
                        "properties": {one["name"]: one["schema"] for one in _BATCH},
                    }
                }
            }
        },
    },
)
async def reconcile_form(request: Request) -> Response:
    """The same, with `queries` or `extend` in a form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise Problem(415, f"A POST has a body of type {_FORM}.")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise Problem(413, f"The body is longer than {MAX_BODY:,} bytes.")
    except ClientDisconnect as error:
        raise Problem(400, "The connection was closed within the body.") from error
    fields = Fields.read(request.scope["query_string"])
    for name, values in Fields.read(bytes(body)).values.items():
        fields.values.setdefault(name, []).extend(values)
    return await _answer(request, fields)


async def _answer(request: Request, fields: Fields) -> Response:
    queries, extend, lang = fields.one("queries"), fields.one("extend"), lang_of(fields)
    digest = fields.one("release")
    fields.done(("queries", "extend", "lang"))
    if queries is not None and extend is not None:
        raise Problem(400, "Either queries or extend is wanted, not both.")
    answer: Callable[[Matcher], dict[str, Any]]
    if queries is not None:
        batch = {
            name: replace(one, text=meant(request, one.text))
            for name, one in read_batch(queries).items()
        }

        def answer(matcher: Matcher) -> dict[str, Any]:
            return {
                name: {"result": [_candidate(one) for one in matcher.candidates(wanted)]}
                for name, wanted in batch.items()
            }
    elif extend is not None:
        ids, properties = read_extension(extend)

        def answer(matcher: Matcher) -> dict[str, Any]:
            return extension(matcher, ids, properties)
    else:

        def answer(matcher: Matcher) -> dict[str, Any]:
            return manifest(request, matcher)

    body = await find(request, lambda index: answer(Matcher(index, lang)), digest)
    return JSONResponse(body, headers=release_header(request, digest))


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        "id": key(one.iri), "name": one.name, "score": one.score, "match": one.match,
        "type": _typed(one.types), "description": one.note,
        "features": [{"id": pid, "value": yes} for pid, yes in one.agrees.items()],
    }  # fmt: skip


def extension(matcher: Matcher, ids: Sequence[str], properties: Sequence[str]) -> dict[str, Any]:
    """The values of some properties of some things; none for a thing that is not known."""
    rows: dict[str, dict[str, list[dict[str, str]]]] = {}
    for id_ in ids:
        thing = matcher.thing(id_[:2_000])
        rows[id_] = {
            pid: [] if thing is None else [
                _value(matcher, *fact) for fact in matcher.facts(thing[0], pid)
            ]
            for pid in properties
        }  # fmt: skip
    return {"meta": [{"id": pid, "name": PROPERTIES[pid][0]} for pid in properties], "rows": rows}


def _value(matcher: Matcher, value: str, is_iri: bool) -> dict[str, str]:
    """A value as a cell: a thing of the service, or text."""
    thing = matcher.thing(value) if is_iri else None
    return {"str": value} if thing is None else {"id": key(thing[1]), "name": thing[2]}


def _prefix(request: Request) -> tuple[str, int, str, list[str]]:
    """What has been typed, from where on to suggest, the language, and the types to suggest of."""
    fields = Fields.read(request.scope["query_string"])
    prefix, cursor, lang = (
        fields.one("prefix") or "",
        fields.number("cursor", 1000),
        lang_of(fields),
    )
    types = fields.all("type")
    if len(prefix) > MAX_LENGTH or len(types) > MAX_VALUES:
        raise Problem(400, f"prefix has at most {MAX_LENGTH} characters.")
    for ignored in ("limit", "type_strict"):
        fields.all(ignored)
    fields.done(("prefix", "cursor", "type", "lang"))
    return prefix, cursor or 0, lang, types


@router.get(_ENTITY, summary="Things whose names begin so", **_SUGGESTED)
async def suggest_entity(request: Request) -> Response:
    """Suggest things (§4.6)."""
    prefix, cursor, lang, types = _prefix(request)
    prefix = meant(request, prefix)

    def look(index: Index) -> list[dict[str, Any]]:
        found = index.search(prefix, types or FAMILIES, (), lang, 20, cursor, quotes=False).hits
        matcher = Matcher(index, lang)
        listed = []
        for hit in found:
            thing = matcher.thing(hit.iri)
            types_ = _typed(matcher.types(thing[0])[:1]) if thing else []
            listed.append(
                {
                    "id": key(hit.iri),
                    "name": hit.label,
                    "description": hit.reason,
                    "notable": types_,
                }
            )
        return listed

    return JSONResponse({"result": await find(request, look)})


@router.get(_TYPE, summary="Types whose names hold a text", **_SUGGESTED)
async def suggest_type(request: Request) -> Response:
    """Suggest types (§4.6)."""
    prefix, cursor, _, _ = _prefix(request)
    known = await find(request, lambda index: Matcher(index).known_types())
    found = [one for one in _typed(known) if _holds(prefix, one["id"], one["name"])]
    return JSONResponse({"result": found[cursor:]})


@router.get(_PROPERTY, summary="Properties whose names hold a text", **_SUGGESTED)
async def suggest_property(request: Request) -> Response:
    """Suggest properties (§4.6)."""
    prefix, cursor, _, _ = _prefix(request)
    found = [
        {"id": pid, "name": name}
        for pid, (name, _) in PROPERTIES.items()
        if _holds(prefix, pid, name)
    ]
    return JSONResponse({"result": found[cursor:]})


def _holds(prefix: str, *texts: str) -> bool:
    wanted = prefix.strip().casefold()
    return any(wanted in one.casefold() for one in texts)


@router.get(
    _PROPOSE,
    summary="Properties that a list may be extended with",
    response_model=None,
    responses=answers([JSON], 400),
    openapi_extra={
        "parameters": [
            parameter("type", "The type of the list's things"),
            parameter("limit", "How many at most", type="integer", minimum=0),
        ]
    },
)
async def propose(request: Request) -> Response:
    """Propose properties for a type (§4.7.1): all of them, for things have what they have."""
    fields = Fields.read(request.scope["query_string"])
    type_, limit = fields.one("type"), fields.number("limit")
    fields.done(("type", "limit"))
    properties = [{"id": pid, "name": name} for pid, (name, _) in PROPERTIES.items()]
    whole: dict[str, Any] = {"properties": properties if limit is None else properties[:limit]}
    whole |= {} if type_ is None else {"type": type_}
    whole |= {} if limit is None else {"limit": limit}
    return JSONResponse(whole)


async def _card(request: Request) -> tuple[str, str]:
    """Identifier and description of a thing, in HTML; 404 for one that is not known."""
    fields = Fields.read(request.scope["query_string"])
    id_, lang = fields.one("id"), lang_of(fields)
    fields.done(("id", "lang"))
    if id_ is None:
        raise Problem(400, "The id of a thing is wanted: id=…")

    def look(index: Index) -> str | None:
        matcher = Matcher(index, lang)
        thing = matcher.thing(id_[:2_000])
        if thing is None:
            return None
        number, iri, name = thing
        other = matcher.facts(number, "label-ja" if not lang.startswith("ja") else "label-en")
        types = ", ".join(label for _, label in matcher.types(number)[:1])
        notes = matcher.facts(number, "note") or matcher.facts(number, "definition")
        lines = [f"<b>{escape(name)}</b>", *(escape(text) for text, _ in other), escape(types)]
        lines += [escape(text) for text, _ in notes[:1]]
        return "<br>\n".join(filter(None, [*lines, f"<code>{escape(compact(iri))}</code>"]))

    found = await find(request, look)
    if found is None:
        raise Problem(404, f"Nothing here has the id {id_[:100]!r}.")
    return id_, found


@router.get(
    _PREVIEW,
    summary="A thing in a few lines",
    response_model=None,
    responses=answers([PAGE], 400, 404),
    openapi_extra=_CARD,
)
async def preview(request: Request) -> Response:
    """A small page about a thing, to be shown in a frame (§4.5)."""
    _, card = await _card(request)
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n'
        '<head><meta charset="utf-8"><title>Comity</title></head>\n'
        f'<body style="font: .9rem/1.4 system-ui, sans-serif">\n<p>{card}</p>\n</body>\n</html>\n'
    )
    policy = f"{OWN_STYLE}; frame-ancestors *"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


@router.get(
    _FLYOUT,
    summary="A thing in a few lines, as JSON",
    response_model=None,
    responses=answers([JSON], 400, 404),
    openapi_extra=_CARD,
)
async def flyout(request: Request) -> Response:
    """What to show beside a suggestion (§4.6)."""
    id_, card = await _card(request)
    return JSONResponse({"id": id_, "html": f"<p>{card}</p>"})
