"""`/network`: projections of the graph in the formats of network analysis, with their measures."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from kg import formats
from kg.errors import NotFound, UsageError
from kg.network import FORMATS, PROJECTIONS
from kg.network import facts as facts_
from kg.network.formats import NETWORK, by_name, picture
from kg.network.options import FILTERS, MAX_HOPS, OPTIONS, address_name, choices, read
from kg.network.own import RELATIONS
from kg_api import declared, filenames, urls
from kg_api.answers import accepted
from kg_api.errors import Problem
from kg_api.fields import Fields
from kg_api.jobs import Job
from kg_api.routes.data import read_iri
from kg_api.site import asking
from kg_api.site.parts.network_fields import OWN as PAGE
from kg_api.work import perform

router = APIRouter(tags=["networks"])
DEFAULT = "actors"
MAX_QUERY = 20_000
_FRAMED = {*map(address_name, OPTIONS), "release"}
_VIEWED = [name for name in OPTIONS if name not in FILTERS]
_OWN = {"ego": ("of", "hops", "relations"), "query": ("query",)}
_TABLES = ("csv", "json")
# what `*/*` gets, and a browser that looks at the address
_FIRST = sorted(FORMATS, key=lambda one: one.name != "json")
# what is chosen of a network stands in the name of its file
_NAMED = ("of", "topic", "pillar", "type", "role", "status", "country", "from", "to", "kinds")
_texts = lru_cache(facts_.texts)


def _schema(name: str) -> dict[str, Any]:
    default = OPTIONS[name].default
    if isinstance(default, tuple):
        items: dict[str, Any] = {"type": "string"}
        if choices(name):
            items["enum"] = list(choices(name))
        return {"type": "array", "items": items, "maxItems": 50}
    if isinstance(default, bool):
        return {"type": "boolean", "default": default}
    if isinstance(default, int):
        return {"type": "integer", "default": default}
    schema: dict[str, Any] = {"type": "string"}
    return schema | ({"enum": list(choices(name))} if choices(name) else {})


def _parameters(*own: dict[str, Any], names: Iterable[str] = OPTIONS) -> list[dict[str, Any]]:
    found = [
        {
            "name": address_name(name), "in": "query", "required": False,
            "description": one.metadata["help"], "schema": _schema(name),
            **_example(name),
        }
        for name, one in OPTIONS.items()
        if name in names
    ]  # fmt: skip
    return [*own, *found, _THEME, declared.RELEASE, declared.TIMEOUT]


def _example(name: str) -> dict[str, Any]:
    """A value of an option, in the type that its schema has."""
    one = OPTIONS[name]
    text: str | None = one.metadata["example"]
    if text is None:
        return {}
    value: object = text
    if isinstance(one.default, tuple):
        value = [text]
    elif isinstance(one.default, int):
        value = int(text)
    return {"examples": {"one": {"value": value}}}


_THEME = {
    "name": "theme", "in": "query", "description": "How a picture looks",
    "schema": {"type": "string", "enum": list(picture.THEMES), "default": "light"},
}  # fmt: skip
_FORMAT = (
    declared.format_(FORMATS, "Instead of the header Accept or a suffix"),
    declared.OUTPUT,
)
_EGO: tuple[dict[str, Any], ...] = (
    {
        "name": "hops", "in": "query", "description": "How far from the thing",
        "schema": {"type": "integer", "minimum": 0, "maximum": MAX_HOPS, "default": 1},
    },
    {
        "name": "relations", "in": "query", "description": "Only these relations",
        "schema": {"type": "array", "items": {"type": "string", "enum": list(RELATIONS)}},
        "examples": {"one": {"value": ["acts-with", "under"]}},
    },
)  # fmt: skip
_SAYS = "The network; every edge names the passages and words it rests on"
_NEGOTIATED = declared.answers((*FORMATS, declared.PAGE), 400, 404, 406, 501, _200=_SAYS)
_SUFFIXED = declared.answers(FORMATS, 400, 404, 501, _200=_SAYS)
_MEASURED = declared.answers(map(by_name, _TABLES), 400, 404, _200="The measures of its nodes")


def _chosen(request: Request, suffix: str | None, named: str | None) -> formats.Format:
    """The format of the suffix, of `format`, or that Accept likes best."""
    if suffix is not None and named is not None:
        raise UsageError(f"the address ends in .{suffix[:20]}: format= has no meaning then")
    if suffix is not None:
        try:
            return by_name(suffix)
        except UsageError as error:
            raise NotFound(str(error)) from error
    if named is not None:
        return by_name(named)
    accept = accepted(request)
    found = formats.prefer(accept, _FIRST)
    if found is None and "text/html" in accept.lower():
        return _FIRST[0]
    if found is None:
        offered = [one.media_type for one in FORMATS]
        raise Problem(406, f"There is {', '.join(offered)}.", available=offered)
    return found


def _listed(own: dict[str, Any], name: str) -> list[str]:
    some = own.get(name)
    return some if isinstance(some, list) else []


async def _answer(
    request: Request, projection: str, suffix: str | None, own: dict[str, Any], table: bool = False
) -> Response:
    """A network, as the fields of the request ask for it; its page where one is wanted."""
    if suffix is None and not table and asking.wanted(request):
        return await _page(request, projection, own)
    fields = Fields.read(request.scope["query_string"])
    named = fields.one("format") or fields.one("output")
    theme, timeout, digest = fields.one("theme"), fields.number("timeout"), fields.one("release")
    names = [address_name(name) for name in OPTIONS]
    given = {name: some for name in names if (some := fields.all(name))}
    for name in _OWN.get(projection, ()):
        if name not in own:
            own[name] = _read_own(fields, name)
    fields.done((*names, *_OWN.get(projection, ()), "format", "theme", "release", "timeout"))
    if table:
        given["measures"] = given.get("measures") or ["all"]
        if named is not None:
            raise UsageError("the address says the format: format= has no meaning here")
        chosen = by_name(suffix or "json")
        if chosen.name not in _TABLES:
            raise UsageError(f"measures are given as {', '.join(_TABLES)}")
    else:
        chosen = _chosen(request, suffix, named)
    # what is wrong with the options is said here: it needs no worker
    read(given)
    if theme is not None and theme not in picture.THEMES:
        raise UsageError(f"theme={theme[:40]!r}: choose {', '.join(picture.THEMES)}")
    project: Path = request.app.state.settings.project
    drawn = "svg" if chosen.name == "png" else chosen.name
    args = {
        "projection": projection, "given": given, "texts": _texts(project), "format": drawn,
        "theme": theme or "light", "own": own, "table": table,
    }  # fmt: skip
    answer = await perform(request, Job(NETWORK, args), timeout, digest)
    if chosen.name == "png" and answer.status_code == 200:
        # fonts are files, and a worker can open none
        try:
            image = await run_in_threadpool(picture.render, bytes(answer.body))
        except picture.NoFont as error:
            raise Problem(501, f"This service has {error}.") from error
        kept = {k: v for k, v in answer.headers.items() if k.startswith(("comity", "cache"))}
        answer = Response(image, headers=kept, media_type=chosen.media_type)
    if answer.status_code == 200:
        what = f"network-{projection}" + ("-measures" if table else "")
        values = [text for name in _NAMED for text in (*given.get(name, ()), *_listed(own, name))]
        filename = filenames.name(what, values, chosen.suffix)
        answer.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    if suffix is None:
        answer.headers["Vary"] = "Accept"
    return answer


async def _page(
    request: Request, projection: str, own: dict[str, Any], framed: bool = False
) -> Response:
    """The page of a network, which takes what chooses its view beside the options."""
    fields = Fields.read(request.scope["query_string"])
    page = {name: fields.one(name) or "" for name in PAGE}
    if projection == DEFAULT:
        projection = page["projection"] or DEFAULT
    elif page["projection"] not in ("", projection):
        raise UsageError("projection= and the address name two projections")
    digest = fields.one("release")
    names = [address_name(name) for name in OPTIONS]
    given = {name: some for name in names if (some := fields.all(name))}
    for name in _OWN.get(projection, ()):
        if name not in own:
            own[name] = _read_own(fields, name)
    fields.done((*names, *_OWN.get(projection, ()), *PAGE, "release"))
    # what is wrong with the options is said here: it needs no worker
    read(given)
    params = {
        "page": {**page, "projection": projection}, "given": given, "own": own,
        "texts": _texts(request.app.state.settings.project),
    }  # fmt: skip
    give = asking.embedded if framed else asking.page
    return await give(request, "network", params, digest)


def _read_own(fields: Fields, name: str) -> Any:
    """What only ego and query take: 400 where it is wanted and not there."""
    if name == "hops":
        found = fields.number(name, MAX_HOPS)
        return 1 if found is None else found
    if name == "query":
        text = fields.one(name)
        if text is None or len(text) > MAX_QUERY:
            raise Problem(400, f"query is wanted, of {MAX_QUERY:,} characters at most.")
        return text
    some = fields.all(name)
    if name == "of" and not some:
        raise Problem(400, "of is wanted: one thing or several whose neighbourhood is asked for.")
    if len(some) > len(RELATIONS) * 2:
        raise Problem(400, f"{name}: there are too many.")
    return some


@router.get(
    urls.NETWORK, summary="The network of actors",
    response_model=None, responses=_NEGOTIATED,
    openapi_extra={"parameters": _parameters(*_FORMAT)},
)  # fmt: skip
async def actors(request: Request) -> Response:
    """Who acts with whom, in the format that `format` or Accept asks for."""
    return await _answer(request, DEFAULT, None, {})


@router.get(
    urls.NETWORK + ".{suffix}", summary="The network of actors in a format",
    response_model=None, responses=_SUFFIXED, openapi_extra={"parameters": _parameters()},
)  # fmt: skip
async def actors_as(request: Request, suffix: str) -> Response:
    """Who acts with whom, in the format of the suffix."""
    return await _answer(request, DEFAULT, suffix, {})


def _add(projection: str, summary: str, own: tuple[dict[str, Any], ...] = ()) -> None:
    """The routes of a projection: as Accept likes it, by suffix, and its measures."""
    names = _VIEWED if projection == "query" else OPTIONS

    async def negotiated(request: Request) -> Response:
        return await _answer(request, projection, None, {})

    async def suffixed(request: Request, suffix: str) -> Response:
        return await _answer(request, projection, suffix, {})

    async def measured(request: Request, suffix: str) -> Response:
        if suffix not in _TABLES:
            raise NotFound(f"measures are given as {', '.join(_TABLES)}")
        return await _answer(request, projection, suffix, {}, table=True)

    for path, how, title, more, answers in (
        ("", negotiated, "", _FORMAT, _NEGOTIATED),
        (".{suffix}", suffixed, ", in a format", (), _SUFFIXED),
        ("/measures.{suffix}", measured, ", measured", (), _MEASURED),
    ):
        router.get(
            f"{urls.NETWORK}/{projection}{path}", summary=summary + title, response_model=None,
            operation_id=f"network-{projection}-{how.__name__}", responses=answers,
            description=f"{summary}. Named together in one report; not a measure of cooperation.",
            openapi_extra={"parameters": _parameters(*more, *own, names=names)},
        )(how)  # fmt: skip


for _name, _title in PROJECTIONS.items():
    _add(_name, _title)
_add("ego", "The neighbourhood of one thing or several", (
    {
        "name": "of", "in": "query", "required": True, "description": "IRI, CURIE, label, acronym",
        "schema": {"type": "array", "items": {"type": "string"}},
        "examples": {"one": {"value": ["MIC", "actor:dsit"]}},
    },
    *_EGO,
))  # fmt: skip
_add("query", "The network of a query's ?source and ?target", (
    {
        "name": "query", "in": "query", "required": True, "description": "SELECT or CONSTRUCT",
        "schema": {"type": "string", "maxLength": MAX_QUERY},
        "examples": {
            "one": {"value": "SELECT ?source ?target { ?source comity:parent ?target }"}
        },
    },
))  # fmt: skip


@router.get(
    urls.EMBED + urls.NETWORK,
    summary="A network for pages of others",
    response_model=None,
    responses=declared.answers(
        [declared.PAGE], 400, 404, _404="The owner of the service lets nobody frame its pages"
    ),
    openapi_extra={
        "parameters": [
            *(parameter for parameter in _parameters() if parameter["name"] in _FRAMED),
            *(declared.parameter(name, "How the page shows the network") for name in PAGE),
        ]
    },
)
async def framed(request: Request) -> Response:
    """The picture of a network and its evidence, bare, where the owner allows it."""
    return await _page(request, DEFAULT, {}, framed=True)


async def around(request: Request, rest: str, suffix: str) -> Response:
    """The neighbourhood of a thing, in the format of the suffix."""
    path = request.scope["path"].rpartition("/network.")[0]
    return await _answer(request, "ego", suffix, {"of": [read_iri(path)]})


for _namespace in ("id", "topic", "source"):
    router.get(
        f"/{_namespace}/{{rest:path}}/network.{{suffix}}", response_model=None,
        summary=f"The neighbourhood of a thing ({_namespace})", responses=_SUFFIXED,
        openapi_extra={"parameters": _parameters(*_EGO)},
    )(around)  # fmt: skip
