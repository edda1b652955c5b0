"""What the OpenAPI document says of parameters and answers: tables that routes share."""

from collections.abc import Iterable
from typing import Any

from kg.formats import Format
from kg_api import urls
from kg_api.errors import MEDIA_TYPE

Declared = dict[int | str, dict[str, Any]]
PAGE = "text/html"
JSON = "application/json"
_TEXT = {"type": "string"}
_OBJECT = {"type": "object"}
_PROBLEM = {MEDIA_TYPE: {"schema": _OBJECT}, PAGE: {"schema": _TEXT}}
# when a status is answered, wherever a route says nothing of its own
_SAID = {
    200: "The answer",
    204: "There is nothing to answer",
    206: "The range that was asked for",
    301: "To what replaces the thing, for good",
    302: "To the only page that there is",
    303: "To the document that answers",
    304: "The client has it already: If-None-Match",
    307: "To the address that has the digest of the current release",
    308: "To the same address with a slash",
    400: "A parameter that is none here, is wanted, or has no value of its type; too much at once",
    403: "An update, or SERVICE",
    404: "Nothing has this address, or the release is not held",
    406: "No format that is accepted; `available` lists what there is",
    410: "A thing of an earlier release, which nothing replaces",
    413: "The body is too long",
    415: "The body is of another type",
    416: "The range begins where the file has ended",
    429: "Too many requests of one client; Retry-After says when to come again",
    501: "PNG, where the service has no font to write its text with",
    503: "A timeout, too much to do, or a release that cannot be read; see Retry-After",
}
# answers of these are never kept, so that nobody has them already
_NEVER_KEPT = (urls.HEALTH, urls.READY, "/metrics")


def content(offered: Iterable[Format | str]) -> dict[str, Any]:
    """The media types of some formats, as OpenAPI has them."""
    types = [one if isinstance(one, str) else one.media_type for one in offered]
    return {one: {} for one in types}


def answers(offered: Iterable[Format | str], *others: int, **said: str) -> Declared:
    """The answers of a route: 200 in the formats that it offers, if any, and other statuses.

    What all routes have is added by `complete`; `said` are descriptions by status: `_404="…"`.
    """
    types = content(offered)
    statuses = [*([200] if types else []), *others]
    found: Declared = {one: {"description": said.get(f"_{one}", _SAID[one])} for one in statuses}
    for status in (200, 206):
        if status in found:
            found[status]["content"] = types
    return found


def parameter(name: str, says: str, **schema: Any) -> dict[str, Any]:
    """A parameter of the query string, a text where the schema says nothing else."""
    return {"name": name, "in": "query", "description": says, "schema": {**_TEXT, **schema}}


def format_(offered: Iterable[Format | str], says: str = "") -> dict[str, Any]:
    """The parameter `format` of a route that takes formats by their names."""
    names = [one if isinstance(one, str) else one.name for one in offered]
    return parameter("format", says or "Instead of the header Accept", enum=names)


OUTPUT = parameter("output", "The same as format")
RELEASE = parameter("release", "Digest of the release that is to answer, or its beginning")
TIMEOUT = parameter(
    "timeout", "Seconds, at most the server's", type="integer", minimum=0, maximum=1_000_000
)
LANG = parameter("lang", "Language of labels, such as ja", pattern="^[a-z]{2,3}$")
PAGE_NUMBER = parameter(
    "page", "Which part of a long document", type="integer", minimum=1, default=1
)


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what all operations answer, and without what none does.

    FastAPI declares 422 for a parameter that is none; the service answers 400 (`kg_api.errors`).
    """
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            found: dict[str, Any] = operation["responses"]
            found.pop("422", None)
            shared = [429, 503]
            if method == "get" and "200" in found and path not in _NEVER_KEPT:
                shared.insert(0, 304)
            for status in shared:
                found.setdefault(str(status), {"description": _SAID[status]})
            for code, one in found.items():
                if code >= "400":
                    one.setdefault("content", _PROBLEM)
            operation["responses"] = dict(sorted(found.items()))
    for name in ("HTTPValidationError", "ValidationError"):
        document.get("components", {}).get("schemas", {}).pop(name, None)
    return document
