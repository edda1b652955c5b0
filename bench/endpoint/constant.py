"""The service with one answer to everything, and uvicorn with nothing: what a cached one may cost.

`python bench/endpoint/constant.py PORT` answers as the service does, with its logging, its metrics
and its server, but looks nothing up; `… PORT bare` is uvicorn around a function of two lines.
"""

import dataclasses
import itertools
import sys
from collections.abc import Iterator
from time import perf_counter

from starlette.types import Receive, Scope, Send

BODY = (
    b'{"head":{"vars":["label"]},"results":{"bindings":[{"label":{"type":"literal","value":'
    b'"Ministry of Economy, Trade and Industry","xml:lang":"en"}},{"label":{"type":"literal",'
    b'"value":"\xe7\xb5\x8c\xe6\xb8\x88\xe7\x94\xa3\xe6\xa5\xad\xe7\x9c\x81","xml:lang":"ja"}}]}}'
)
JSON = b"application/sparql-results+json"
# a first question is answered "yes", so that whoever waits for the service knows it is there
TRUE = b'{"head":{},"boolean":true}'


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """uvicorn alone: the least that anything can cost."""
    headers = [(b"content-type", JSON), (b"content-length", b"%d" % len(TRUE))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": TRUE})


def constant(port: int) -> None:
    """Serve one answer, with everything around it that the service has."""
    from kg import snapshot
    from kg.settings import Settings
    from kg_api import front, logs, server, urls
    from kg_api.answers import COMMON, Answer, etag
    from kg_api.app import create_app
    from kg_api.source import Source

    class Constant(front.Front):
        """The front, where the answer is always the same."""

        given: Iterator[Answer]

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            """Answer without looking."""
            if scope["type"] != "http":
                await self._inner(scope, receive, send)
                return
            started = perf_counter()
            headers = dict(scope["headers"])
            request = self._prefix + b"%x" % next(self._numbers)
            answer = next(self.given)
            status = await front._give(answer, request, headers, scope["method"], send)
            took = perf_counter() - started
            self.metrics.count(urls.SPARQL, scope["method"], status, took)
            if self.requests.wanted:
                self.requests.add(
                    request, scope["method"], scope["path"], scope["query_string"], status,
                    len(answer.body), took,
                )  # fmt: skip

    settings = dataclasses.replace(Settings.from_env(), port=port)
    source = Source(path=snapshot.locate(None, settings), project=settings.project)
    logs.configure(settings.log_level)
    service = create_app(settings, source=source)
    first, then = (
        Answer(
            200,
            [
                (b"content-type", JSON),
                (b"content-length", b"%d" % len(body)),
                (b"vary", b"Accept"),
                (b"comity-release", b"0" * 64),
                (b"etag", etag(body)),
                (b"last-modified", b"Thu, 01 Jan 1970 00:00:00 GMT"),
                (b"cache-control", b"public, no-cache"),
                *COMMON,
                front.policy(JSON),
            ],
            body,
            etag(body),
        )
        for body in (TRUE, BODY)
    )
    service.front.__class__ = Constant
    service.front.given = itertools.chain([first], itertools.repeat(then))  # type: ignore[attr-defined]
    server.run(service, settings, lambda address: None)


def main() -> None:
    """Serve the one or the other."""
    port = int(sys.argv[1])
    if sys.argv[2:] == ["bare"]:
        import uvicorn

        uvicorn.run(
            bare, host="127.0.0.1", port=port, loop="uvloop", http="httptools",
            log_level="warning", access_log=False,
        )  # fmt: skip
    else:
        constant(port)


if __name__ == "__main__":
    main()
