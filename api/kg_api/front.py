"""The ASGI function ahead of FastAPI: `/sparql`, answers kept as bytes, and what all answers have.

Whatever it does not answer itself goes on to FastAPI and comes back through it. So request ids,
headers, validators, metrics, logs and the rate are the same for all, and are done in one place.
"""

import asyncio
import itertools
import logging
import re
import secrets
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.manifest import program_version
from kg.settings import Settings
from kg_api import urls
from kg_api.accepting import reader
from kg_api.answers import COMMON, Answer, Raw, etag, policy, refuse
from kg_api.cache import Cache
from kg_api.endpoint import Endpoint
from kg_api.errors import Problem, refusal
from kg_api.files import moment
from kg_api.logs import Requests
from kg_api.metrics import Metrics
from kg_api.packing import packed
from kg_api.rate import Rate
from kg_api.releases import Releases
from kg_api.watching import Gone

_log = logging.getLogger("kg_api.front")
_ID = re.compile(rb"[A-Za-z0-9._:-]{1,100}")
_TOKENS = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,1000}")
_SPARQL = (urls.SPARQL, urls.SPARQL + "/")
# whoever looks whether the service lives may share an address with a busy client
_UNLIMITED = (urls.HEALTH, urls.READY)
# an answer of FastAPI's that is longer is not kept: files are sent from where they lie
_KEPT = 1_000_000
# what a 304 says again (RFC 9110, §15.4.5), and what all answers have
_OF_304 = {
    b"etag", b"cache-control", b"vary", b"last-modified", b"expires", b"content-location",
    b"comity-release", b"access-control-allow-origin", b"access-control-expose-headers",
}  # fmt: skip


def combined(headers: Raw) -> dict[bytes, bytes]:
    """Header fields by name; several of one name are one list."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        found[name] = found[name] + b", " + value if name in found else value
    return found


def matches(if_none_match: bytes, tag: bytes) -> bool:
    """Whether a list of entity tags has one, by the weak comparison (RFC 9110, §13.1.2).

    >>> matches(b'"a", W/"b"', b'"b"'), matches(b"*", b'"b"'), matches(b'"a"', b'"b"')
    (True, True, False)
    """
    if if_none_match.strip() == b"*":
        return True
    return any(one.strip().removeprefix(b"W/") == tag for one in if_none_match.split(b","))


def unchanged(asked: dict[bytes, bytes], headers: Raw, tag: bytes) -> bool:
    """Whether the client has the answer already (RFC 9110, §13.2.2): the tag goes before the date.

    >>> dated = [(b"last-modified", b"Tue, 24 Nov 2026 00:00:00 GMT")]
    >>> unchanged({b"if-modified-since": b"Tue, 24 Nov 2026 00:00:00 GMT"}, dated, b'"a"')
    True
    >>> unchanged({b"if-modified-since": b"Mon, 23 Nov 2026 00:00:00 GMT"}, dated, b'"a"')
    False
    """
    if b"if-none-match" in asked:
        return matches(asked[b"if-none-match"], tag)
    if b"if-modified-since" not in asked:
        return False
    since = moment(asked[b"if-modified-since"].decode("latin-1"))
    last = moment(dict(headers).get(b"last-modified", b"").decode("latin-1"))
    return since is not None and last is not None and last <= since


class Front:
    """Answers what it can, and passes on the rest to `inner`.

    Without `ahead` everything is passed on: the same answers, more slowly.
    """

    def __init__(
        self, inner: ASGIApp, settings: Settings, releases: Releases, ahead: bool = True
    ) -> None:
        self._inner = inner
        self._settings = settings
        self._releases = releases
        self._ahead = ahead
        self.cache = Cache(settings.cache_bytes)
        self.endpoint = Endpoint(settings, releases, self.cache)
        self.metrics = Metrics(self.cache, lambda: releases.current.runner.stats())
        self.requests = Requests(settings.log_level)
        self._rate = Rate(settings.rate, settings.burst) if settings.rate else None
        self._version = program_version()
        self._prefix = secrets.token_hex(4).encode() + b"-"
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        started = perf_counter()
        raw: Raw = scope["headers"]
        headers = dict(raw)
        if len(headers) != len(raw):
            headers = combined(raw)
        method, path = scope["method"], scope["path"]
        language, bare = urls.split_language(path)
        if language:
            # pages: their routes find the path without it
            scope = {**scope, "path": bare, urls.LANGUAGE: language}
        request = headers.get(b"x-request-id", b"")
        if not request or _ID.fullmatch(request) is None:
            request = self._prefix + b"%x" % next(self._numbers)
        answer, route = None, urls.SPARQL
        if self._rate is not None and path not in _UNLIMITED:
            answer = self._limited(scope, headers)
            route = "limited"
        if answer is None and method == "OPTIONS":
            answer, route = _options(path, headers), "options"
        try:
            if answer is None and self._ahead:
                if path in _SPARQL and not language:
                    route = urls.SPARQL
                    if method in ("GET", "HEAD"):
                        answer = self.cache.by_alias(
                            (
                                self._releases.held[0].digest,
                                scope["query_string"],
                                headers.get(b"accept", b""),
                            )
                        )
                    if answer is None:
                        answer = await self.endpoint.answer(scope, receive, request.decode())
                elif method in ("GET", "HEAD") and b"range" not in headers:
                    answer = self.cache.by_alias(self._name(scope, headers))
                    route = answer.route if answer else ""
        except Gone:
            self.metrics.count(route, method, 499, perf_counter() - started)
            return
        except Exception as error:
            _log.error("failed", exc_info=error, extra={"request": request.decode()})
            answer = refuse(refusal(error), _reader(scope, headers))
        if answer is not None:
            status = await _give(answer, request, headers, method, send)
            size = len(answer.body)
        else:
            passing = _Passing(self, scope, headers, request, send)
            await passing.run(self._inner, receive)
            status, size, route = passing.status, passing.size, passing.route
        took = perf_counter() - started
        self.metrics.count(route, method, status, took)
        if self.requests.wanted:
            self.requests.add(request, method, path, scope["query_string"], status, size, took)

    @property
    def digest(self) -> str:
        """The release that is current."""
        return self._releases.current.digest

    def _limited(self, scope: Scope, headers: dict[bytes, bytes]) -> Answer | None:
        """429 for a client that asks faster than it may."""
        assert self._rate is not None
        client = scope.get("client")
        wait = self._rate.wait(client[0] if client else "")
        if not wait:
            return None
        self.metrics.limited += 1
        problem = Problem(
            429,
            f"A client may send {self._settings.rate:g} requests a second, and "
            f"{self._settings.burst} at once.",
            limit="rate",
            bound=self._settings.rate,
            retry_after=wait,
        )
        return refuse(refusal(problem), _reader(scope, headers), self._releases.current.digest)

    def _name(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[object, ...]:
        """What an answer of FastAPI's may depend on, beside the release."""
        return (
            self._releases.held[0].digest, scope.get(urls.LANGUAGE), scope["path"],
            scope["query_string"],
            headers.get(b"accept"), headers.get(b"accept-language"),
            headers.get(b"accept-encoding"), headers.get(b"host"), scope["scheme"],
        )  # fmt: skip

    def finish(
        self, scope: Scope, headers: dict[bytes, bytes], status: int, own: Raw, digest: str
    ) -> tuple[Raw, bytes]:
        """The headers of an answer of FastAPI's, completed; and its entity tag, if it may be kept.

        Whatever answers GET with 200 is decided by the snapshot, unless it says `no-store`. The
        digest is that of the release which was current when the request came.
        """
        names = dict(own)
        added = [one for one in COMMON if one[0] not in names]
        if b"content-security-policy" not in names:
            added.append(policy(names.get(b"content-type", b"")))
        release = self._releases.current
        if release.digest != digest:
            # between two releases: nobody is to keep what may be of either
            return [*own, *added, (b"cache-control", b"no-store")], b""
        if b"comity-release" not in names:
            added.append((b"comity-release", release.digest.encode()))
        tag = names.get(b"etag", b"")
        if status == 200 and scope["method"] in ("GET", "HEAD"):
            if b"no-store" in names.get(b"cache-control", b""):
                return own + added, b""
            if not tag:
                tag = etag(
                    self._version, names.get(b"content-type"), names.get(b"content-language"),
                    names.get(b"content-encoding"), *self._name(scope, headers)[:4],
                    scope["scheme"], headers.get(b"host"),
                )  # fmt: skip
                added.append((b"etag", tag))
            if b"last-modified" not in names:
                added.append((b"last-modified", release.last_modified))
            if b"cache-control" not in names:
                added.append((b"cache-control", self.endpoint.lifetime(False)))
        return own + added, tag

    def keep(self, scope: Scope, headers: dict[bytes, bytes], answer: Answer) -> None:
        """Keep an answer of FastAPI's, under the request that asked for it."""
        name = self._name(scope, headers)
        if self._ahead and self.cache.put(name, answer, 500):
            self.cache.name(name, name)


async def _give(
    answer: Answer, request: bytes, asked: dict[bytes, bytes], method: str, send: Send
) -> int:
    """Send a whole answer, or 304 to a client that has it; the status sent."""
    if answer.etag and method != "POST" and unchanged(asked, answer.headers, answer.etag):
        headers = [one for one in answer.headers if one[0] in _OF_304]
        headers.append((b"x-request-id", request))
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return 304
    headers = [*answer.headers, (b"x-request-id", request)]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
    return answer.status


def _options(path: str, headers: dict[bytes, bytes]) -> Answer:
    """What may be asked here, and by whose pages: everything there is, by anybody's."""
    methods = ", ".join(urls.methods(path.rstrip("/") or "/")).encode()
    asked = headers.get(b"access-control-request-headers", b"")
    allowed = asked if _TOKENS.fullmatch(asked) else b"Accept, Content-Type, If-None-Match, Range"
    return Answer(
        204,
        [
            (b"allow", methods),
            (b"access-control-allow-methods", methods),
            (b"access-control-allow-headers", allowed),
            (b"access-control-max-age", b"86400"),
            (b"vary", b"Access-Control-Request-Headers"),
            *COMMON,
        ],
        b"",
    )


def _reader(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """The language of an error's page for whoever reads pages; empty for a program."""
    accept, languages = (
        headers.get(name, b"").decode("latin-1") for name in (b"accept", b"accept-language")
    )
    return reader(accept, languages, scope.get(urls.LANGUAGE, ""))


def _route(scope: Scope) -> str:
    """What metrics call the route that answered: its pattern, of which there are few."""
    return str(getattr(scope.get("route"), "path", "other"))


class _Passing:
    """One request that FastAPI answers, and the answer on its way back."""

    def __init__(
        self, front: Front, scope: Scope, headers: dict[bytes, bytes], request: bytes, send: Send
    ) -> None:
        self._front = front
        self._scope = scope
        self._shown = dict(scope)
        self._digest = front.digest
        self._headers = headers
        self._request = request
        self._to = send
        self._start: Message | None = None
        self._tag = b""
        self._started = False
        self._silent = False
        self.status = 500
        self.size = 0
        self.route = "other"

    async def run(self, inner: ASGIApp, receive: Receive) -> None:
        """Let FastAPI answer; what it fails to answer is a 500, once, and is written down."""
        # HEAD is shown to it as GET: the server leaves out the body (RFC 9110, §9.3.2)
        shown = self._shown
        if shown["method"] == "HEAD":
            shown["method"] = "GET"
            # ranges are of GET only (§14.2)
            shown["headers"] = [one for one in shown["headers"] if one[0] != b"range"]
        try:
            await inner(shown, receive, self._send)
        except asyncio.CancelledError:
            raise
        except Gone:
            self.status = 499
        except Exception as error:
            _log.error("failed", exc_info=error, extra={"request": self._request.decode()})
            if not self._started:
                await self._fail(error)
        self.route = _route(shown)

    async def _fail(self, error: Exception) -> None:
        answer = refuse(refusal(error), _reader(self._scope, self._headers), self._front.digest)
        self.status = await _give(answer, self._request, {}, "GET", self._to)

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body" or self._start is None:
            await self._to(message)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if not self._started:
            body = await self._begin(self._start, body, more)
            message = {**message, "body": body}
            self._started = True
        self.size += len(body)
        if not self._silent:
            await self._to(message)

    async def _begin(self, start: Message, body: bytes, more: bool) -> bytes:
        """Send the head, once the first of the body is there; the first of the body, to be sent.

        The answer will be whole then.
        """
        self.status = start["status"]
        own = [(name.lower(), value) for name, value in start.get("headers", [])]
        # the endpoint's answers are the same, whoever of the two gives them
        if not more and (self._scope["path"] not in _SPARQL or urls.LANGUAGE in self._scope):
            own, body = await packed(self._scope["headers"], own, body)
        headers, tag = self._front.finish(
            self._scope, self._headers, self.status, own, self._digest
        )
        answer = Answer(self.status, headers, body, tag, _route(self._shown))
        whole = not more and self.status == 200 and self._scope["method"] == "GET"
        if whole and tag and len(body) <= _KEPT and b"range" not in self._headers:
            self._front.keep(self._scope, self._headers, answer)
        if tag and self.status == 200 and unchanged(self._headers, headers, tag):
            self._silent = True
            self.status = await _give(answer, self._request, self._headers, "GET", self._to)
            return body
        headers = [*headers, (b"x-request-id", self._request)]
        await self._to({**start, "headers": headers})
        return body
