"""`/docs`: the OpenAPI document as a page for people, without a script and without other hosts."""

import shlex
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from kg_api import urls
from kg_api.site import asking

router = APIRouter(include_in_schema=False)
DOCS = "/docs"
_QUERY = "SELECT (COUNT(*) AS ?n) { ?commitment a comity:Commitment }"
# parts of paths that an example can have
_PLACES = {
    "name": "actor", "rest": "/actor/mic", "iri": "id/actor/mic", "path": "id/actor/mic",
    "suffix": "ttl", "one": "japan", "other": "uk", "a": "japan", "b": "uk",
}  # fmt: skip
_REST = {
    "/topic{rest}": "/open-ran", "/source{rest}": "/jukdp-2024/semiconductors/a",
    "/graph{rest}": "/reported", "/ontology{rest}": "", "/maintainers{rest}": "",
    "/data/{rest}": "id/actor/mic.ttl", "/page/{rest}": "id/actor/mic",
    "/pair/{pair}": "japan-uk", "/download/{path}": "comity.ttl",
}  # fmt: skip
_VALUES = {"q": "MIC", "queries": '{"q0":{"query":"MIC"}}', "extend": "{}"}


@router.get(DOCS)
async def docs(request: Request) -> Response:
    """Every operation, with what it takes and gives."""
    base = request.app.state.settings.public_url.rstrip("/")
    base = base or str(request.base_url).rstrip("/")
    params = {"operations": list(_operations(request.app)), "base": base}
    return await asking.page(request, "docs", params)


@lru_cache(maxsize=4)
def _operations(app: FastAPI) -> tuple[dict[str, Any], ...]:
    """The operations of the document as the page has them; those of named queries are one."""
    found: list[dict[str, Any]] = []
    shared: set[str] = set()
    for path, methods in app.openapi()["paths"].items():
        network = path.startswith(f"{urls.NETWORK}/")
        # a suffix stands for the format, which the path without it has as a parameter
        if path.startswith(f"{urls.QUERIES}/") or ("/network" in path and "{suffix}" in path):
            continue
        for method, operation in methods.items():
            made = _operation(path, method, operation)
            if path == urls.NETWORK:
                shared = {one["name"] for one in made["parameters"]}
            if network:
                own = [one for one in made["parameters"] if one["name"] not in shared]
                made |= {"parameters": own, "like": urls.NETWORK}
            found.append(made)
    return tuple(found)


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    parameters = [_parameter(one) for one in operation.get("parameters", ())]
    answers = operation.get("responses", {})
    summary, says = str(operation.get("summary", "")), str(operation.get("description", ""))
    # the framework's own title is the function's name
    if summary == summary.title():
        summary = ""
    types = sorted(answers.get("200", {}).get("content", {}))
    return {
        "path": path.replace("{rest}", "/…").replace("//", "/"),
        "like": "",
        "method": method.upper(),
        "id": f"{method}{path}".translate({ord(sign): "-" for sign in "/{}.:"}).strip("-"),
        "summary": summary,
        "says": says.split("`"),
        "parameters": parameters,
        "types": types,
        "example": " ".join(_example(path, method, parameters)),
    }


def _parameter(one: Mapping[str, Any]) -> dict[str, Any]:
    schema = one.get("schema", {})
    kinds = [its.get("type", "") for its in schema.get("anyOf", (schema,))]
    bounds = [
        f"{word} {schema[name]}"
        for name, word in (("minimum", "≥"), ("maximum", "≤"), ("exclusiveMinimum", ">"))
        if name in schema
    ]
    return {
        "name": one["name"],
        "where": one["in"],
        "required": bool(one.get("required")),
        "says": str(one.get("description", "")),
        "type": " ".join(kind for kind in kinds if kind and kind != "null"),
        "bounds": ", ".join(bounds),
        "default": "" if schema.get("default") is None else str(schema["default"]),
        "choices": [str(value) for value in schema.get("enum", ())],
    }


def _example(path: str, method: str, parameters: list[dict[str, Any]]) -> Iterator[str]:
    """A request for the shell; `BASE` stands for the address of the service."""
    for one in parameters:
        if one["where"] == "path":
            value = one["default"] or _REST.get(path, _PLACES.get(one["name"], one["name"]))
            path = path.replace(f"{{{one['name']}}}", value)
    yield "curl"
    if path == urls.SPARQL:
        yield "BASE" + path
        yield "--data-urlencode" if method == "post" else "--get --data-urlencode"
        yield shlex.quote(f"query={_QUERY}")
        return
    needed = [one for one in parameters if one["required"] and one["where"] == "query"]
    asked = "&".join(f"{one['name']}={quote(_VALUES.get(one['name'], ''))}" for one in needed)
    yield f"'BASE{path}?{asked}'" if asked else f"BASE{path}"
