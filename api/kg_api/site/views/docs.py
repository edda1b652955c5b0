"""The page for programs: every operation of the service, in words, with a request to copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page

# the parts of the page in their order: name, how the paths of its operations begin
_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ask", (urls.SPARQL, urls.QUERIES)),
    ("find", (urls.SEARCH, urls.RECONCILE)),
    ("things", (urls.DATA, urls.PAGE, "/id", "/topic", "/source", "/graph", "/ontology", "/cite")),
    ("accounts", (urls.COMMITMENTS, urls.PAIR, urls.TIMELINE, urls.STATS)),
    ("networks", (urls.NETWORK,)),
    ("take", ("/download", urls.CHANGES, urls.CONTEXT, urls.VOID)),
)


@dataclass(frozen=True)
class Part:
    """Operations that belong together, by the name that the template knows."""

    name: str
    operations: tuple[Mapping[str, Any], ...]


def parts(operations: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The operations in their parts; what belongs to none is of the service itself."""
    left, found = list(operations), []
    for name, begins in _PARTS:
        own = [one for one in left if _begins(one["path"], begins)]
        left = [one for one in left if one not in own]
        if own:
            found.append(Part(name, tuple(own)))
    return (*found, Part("service", tuple(left))) if left else tuple(found)


def _begins(path: str, begins: tuple[str, ...]) -> bool:
    return any(path == one or path.startswith((f"{one}/", f"{one}.")) for one in begins)


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The operations of the service."""
    _ = language.texts(asked.lang).gettext
    operations = asked.params["operations"]
    return Page(
        template="docs.html",
        title=_("For programs"),
        path="/docs",
        current="docs",
        description=_("Every address of the service, with what it takes and a request to copy."),
        forms=(Form("OpenAPI 3.1", urls.OPENAPI, "application/json"),),
        data={
            "parts": parts(operations),
            "count": len(operations),
            "base": asked.params["base"],
        },
    )
