"""The OpenAPI document against the service: what is answered is declared, and what is declared is.

Every operation of the document is called with values that mean something and with others that mean
nothing, for programs and for browsers, over the real snapshot.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from kg_api import urls
from kg_api.protocol import DIRECT

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
SELECT = "SELECT ?s { ?s a comity:Country }"
CONSTRUCT = "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } LIMIT 2"
QUOTE = "source/jukdp-2024/semiconductors/a"
# what stands for the parts of each path: something that is there, and something that is not
PLACES = {
    "/download/{path}": ("comity.ttl", "comity.exe"),
    "/snapshot/{digest}": ("DIGEST", "0" * 64),
    "/changes/{before}/{after}": ("OTHER/current", "current/nothing"),
    "/pair/{pair}": ("japan-united-kingdom", "japan-nowhere"),
    "/id{rest}": ("/actor/mic", "/actor/nobody"),
    "/topic{rest}": ("/open-ran", "/nothing"),
    "/source{rest}": (QUOTE.removeprefix("source"), "/nothing"),
    "/graph{rest}": ("/reported", "/nothing"),
    "/ontology{rest}": ("", "/nothing"),
    "/maintainers{rest}": ("", "/nothing"),
    "/data/{rest}": ("id/actor/mic", "id/actor/nobody"),
    "/page/{rest}": ("id/actor/mic", "id/actor/nobody"),
    "/browse/{kind}": ("actors", "nothing"),
    "/queries/{name}.rq": ("actor", "nothing"),
    "/id/{rest}/network.{suffix}": ("actor/mic", "actor/nobody"),
    "/topic/{rest}/network.{suffix}": ("open-ran", "nothing"),
    "/source/{rest}/network.{suffix}": ("jukdp-2024", "nothing"),
}
# what an operation cannot do without
NEEDED = {
    urls.SEARCH: {"q": "MIC"},
    urls.SUGGEST: {"q": "MIC"},
    "/reconcile/preview": {"id": "id/actor/mic"},
    "/reconcile/flyout": {"id": "id/actor/mic"},
    f"{urls.NETWORK}/ego": {"of": "MIC"},
    f"{urls.NETWORK}/query": {"query": "SELECT ?source ?target { ?source comity:parent ?target }"},
}
NONSENSE = ("nonsense", "-1")
Ask = Callable[..., Response]


def paths(client: TestClient) -> dict[str, Any]:
    """The operations of the document."""
    found: dict[str, Any] = client.get(urls.OPENAPI).json()["paths"]
    return found


def needed(path: str) -> dict[str, str]:
    """The parameters that an operation cannot do without."""
    stem = path.partition(".")[0].removesuffix("/measures")
    return NEEDED.get(path) or NEEDED.get(stem) or {}


def address(path: str, place: str, suffix: str = "json") -> str:
    """A path with something for its parts."""
    filled = path.replace("{suffix}", suffix)
    if path in PLACES:
        names = re.findall(r"\{\w+\}", filled)
        return filled.replace("/".join(names), place)
    return filled


def media_type(answer: Response) -> str:
    """The media type of an answer, without what follows it."""
    return answer.headers.get("content-type", "").partition(";")[0]


def gets(path: str, operation: dict[str, Any], good: str, bad: str) -> Iterator[dict[str, Any]]:
    """Requests to an operation: as it should be, and with everything that can be wrong."""
    asked = needed(path)
    here = address(path, good)
    yield {"url": here, "params": asked}
    for accept in (BROWSER, "text/html", "text/turtle", "application/json", "image/x-none"):
        yield {"url": here, "params": asked, "headers": {"Accept": accept}}
        yield {"url": here, "params": {"nothing": "x"}, "headers": {"Accept": accept}}
    yield {"url": here, "params": asked, "headers": {"If-None-Match": "*"}}
    yield {"url": here, "params": asked, "headers": {"Range": "bytes=0-9"}}
    yield {"url": here, "params": asked, "headers": {"Range": "bytes=999999999999-"}}
    yield {"url": here, "params": asked, "headers": {"Host": "a b"}}
    yield {"url": here, "params": {}}
    yield {"url": address(path, bad, "exe"), "params": asked}
    yield {"url": address(path, bad, "exe"), "params": asked, "headers": {"Accept": BROWSER}}
    yield {"url": address(path, bad), "params": asked}
    for one in operation.get("parameters", ()):
        if one["in"] == "query":
            for value in NONSENSE:
                yield {"url": here, "params": {**asked, one["name"]: value}}


def more(path: str, digest: str) -> Iterator[dict[str, Any]]:
    """What only some operations answer."""
    if path == urls.SPARQL:
        yield {"url": path, "params": {"query": SELECT}}
        yield {"url": path, "params": {"query": SELECT}, "headers": {"Accept": "image/png"}}
        yield {"url": path, "params": {"query": "SELECT"}}
        yield {"url": path, "params": {"query": SELECT.replace("{", "{ SERVICE <x:> {} ")}}
        yield {"url": path, "params": {"query": SELECT, "release": "0" * 64}}
    if path == "/download/{path}":
        yield {"url": f"/download/{digest}"}
        for accept in ("image/png", "text/html", "application/json", "text/turtle"):
            yield {"url": f"/download/{digest}/", "headers": {"Accept": accept}}
    if path == "/changes/{before}/{after}":
        yield {"url": f"/changes/{digest}/current"}
    if path in ("/data/{rest}", "/id{rest}"):
        yield {"url": path.replace("{rest}", "id/actor/mic.html").replace("idid", "id")}
    if path == urls.RECONCILE:
        yield {"url": path, "params": {"queries": '{"q0": {"query": "MIC"}}'}}
        yield {"url": path, "params": {"extend": "{}", "queries": "{}"}}


def posts(path: str) -> Iterator[dict[str, Any]]:
    """Requests with a body."""
    texts = (SELECT, "SELECT", "") if path == urls.SPARQL else ("{}", "[", "")
    name = "query" if path == urls.SPARQL else "queries"
    for text in texts:
        yield {"data": {name: text}}
    yield {"data": {name: texts[0], "release": "0" * 64}}
    yield {"data": {name: texts[0]}, "headers": {"Accept": BROWSER}}
    yield {"data": {name: texts[0]}, "headers": {"Accept": "image/x-none"}}
    yield {"content": "<a/>", "headers": {"Content-Type": "text/xml"}}
    yield {"content": "DELETE WHERE {}", "headers": {"Content-Type": DIRECT}}
    yield {"data": {"update": "DROP ALL"}}


def undeclared(operation: dict[str, Any], answer: Response) -> str:
    """What is wrong with an answer by the document; empty if nothing is."""
    declared = operation["responses"].get(str(answer.status_code))
    if declared is None:
        return f"{answer.status_code} is not declared"
    types = declared.get("content", {})
    redirected = 300 <= answer.status_code < 400
    if answer.content and not redirected and media_type(answer) not in types:
        return f"{answer.status_code}: {media_type(answer)} is not declared"
    return ""


@pytest.fixture(scope="module")
def digest(client: TestClient) -> str:
    """The release that is served."""
    return str(client.get(urls.HEALTH).json()["digest"])


def test_every_answer_is_declared(client: TestClient, digest: str) -> None:
    """Status and media type of whatever is answered."""
    wrong: list[str] = []
    for path, operations in paths(client).items():
        good, bad = (
            one.replace("DIGEST", digest).replace("OTHER", digest)
            for one in PLACES.get(path, ("", ""))
        )
        for method, operation in operations.items():
            asked = [*gets(path, operation, good, bad), *more(path, digest)]
            if method == "post":
                asked = [{"url": path, **one} for one in posts(path)]
            for one in asked:
                answer = client.request(method, **one)
                if said := undeclared(operation, answer):
                    wrong.append(f"{method} {path}: {said}: {one}")
    assert not wrong, "\n".join(wrong)
