"""A connection: uvicorn's, with the bounds on slow and greedy clients that it has not itself.

Its protocol is subclassed here and nowhere else. A connection is closed that sends its head or its
body too slowly, asks nothing, or takes nothing of its answer; a head that is too long is refused
while it arrives; so is a connection beyond their number. One timer looks after all that are idle,
for speed.
"""

import asyncio
import fcntl
import json
import termios
from array import array
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.settings import Settings
from kg_api.exchange import Exchange

# a body that was refused is still read, as far as this many times its bound, so that the client
# gets to read why; then it is cut off
_PATIENCE_WITH_BODIES = 4
# a chunk of this many bytes may hold a head and much of a body
_CHUNK = 262_144


# bytes a second that a client takes who reads its answer at all
_LEAST_RATE = 1024
_NEVER = float("inf")


class _Refused(Exception):  # noqa: N818 - what became of the request
    """Raised within the parser, which stops then."""


class Bounded(HttpToolsProtocol):
    """One connection, within the bounds of the settings."""

    settings: Settings

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._in_head = False
        self._in_body = False
        self._head_size = 0
        self._body_size = 0
        self._upgraded = False
        self._rest = 0
        self._refusal: tuple[int, str, str] | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None
        # since when nothing has been asked
        self.idle_since = _NEVER

    # the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept a client, unless there are too many; it must ask something within some time."""
        super().connection_made(transport)  # type: ignore[arg-type]
        if len(self.connections) > self.settings.max_connections:
            self._say(503, "There are too many connections.", "max_connections")
            return
        self.idle_since = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._cancel_reading()
        if self._writing is not None:
            self._writing.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client takes its answer more slowly than it is sent: it has time while it does."""
        super().pause_writing()
        self._wait_for_reader()

    def _wait_for_reader(self) -> None:
        self._writing = self.loop.call_later(self.settings.write_timeout, self._look, self._left())

    def _left(self) -> int:
        """How many bytes the client has not taken, those that the system holds for it among them.

        The system takes more from us only now and then, however steadily the client reads.
        """
        held = array("i", [0])
        with suppress(OSError):
            socket = self.transport.get_extra_info("socket")
            fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, held)
        return self.transport.get_write_buffer_size() + held[0]

    def _look(self, before: int) -> None:
        """Give more time to a client that has taken some of its answer; leave one that has not."""
        taken = before - self._left()
        if taken >= _LEAST_RATE * self.settings.write_timeout:
            self._wait_for_reader()
        else:
            self.transport.abort()

    def resume_writing(self) -> None:
        """It goes on."""
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
        super().resume_writing()

    # what arrives

    def data_received(self, data: bytes) -> None:
        """Read what has arrived; begin to measure the time where more must follow."""
        if self._refusal is not None:
            return
        if self._upgraded:
            self._take(data)
            return
        if self._in_head:
            self._head_size += len(data)
        try:
            self.parser.feed_data(data)
            if self._in_head and self._head_size > self._longest_head:
                self._refuse(431, "The head is too long.", "max_header_bytes")
        except httptools.HttpParserUpgrade as upgrade:
            # nobody here speaks another protocol: the request stands as it is (RFC 9110, §7.8)
            self._take(data[upgrade.args[0] :])
        except (httptools.HttpParserError, _Refused) as error:
            said = "This is no HTTP request."
            if isinstance(error, httptools.HttpParserInvalidURLError):
                said = "The address has a character that is to be percent-encoded (RFC 3986, §2.1)."
            self._stop(self._refusal or (400, said, ""))
            return
        if self.transport.is_closing():
            return
        if self._in_head or self._in_body:
            self._measure()
        elif self._reading is not None:
            self._cancel_reading()

    @property
    def _longest_head(self) -> int:
        return self.settings.max_url + self.settings.max_header_bytes + _CHUNK

    def _take(self, data: bytes) -> None:
        """The body of a request that offers another protocol, which the parser does not read."""
        data = data[: self._rest]
        self._rest -= len(data)
        if data:
            self.on_body(data)
        if self._in_body and not self._rest:
            self.on_message_complete()
            self._cancel_reading()
        elif self._in_body:
            self._measure()

    def _measure(self) -> None:
        if self._reading is None:
            seconds = self.settings.header_timeout if self._in_head else self.settings.body_timeout
            self._reading = self.loop.call_later(seconds, self._too_slow, self._in_head)

    def _cancel_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _too_slow(self, head: bool) -> None:
        self._reading = None
        if head != self._in_head:
            # the head has come meanwhile: now the time of the body runs
            self._measure()
            return
        part, limit = ("head", "header_timeout") if head else ("body", "body_timeout")
        self._stop((408, f"The request's {part} took too long to arrive.", limit))

    # what the parser finds

    def on_message_begin(self) -> None:
        """A request begins: no empty lines before it, which ask nothing (RFC 9112, §2.2)."""
        super().on_message_begin()
        self.idle_since = _NEVER
        self._in_head = True
        self._head_size = self._body_size = 0
        self._fields_size = 0

    def on_url(self, url: bytes) -> None:
        """Its address, or a part of it."""
        super().on_url(url)
        if len(self.url) > self.settings.max_url:
            self._refuse(414, "The address is too long: send the query by POST.", "max_url")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its header fields."""
        self._fields_size += len(name) + len(value)
        if len(self.headers) >= self.settings.max_headers:
            self._refuse(431, "There are too many header fields.", "max_headers")
        if self._fields_size > self.settings.max_header_bytes:
            self._refuse(431, "The header fields are too long.", "max_header_bytes")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its head is there: its turn, or it waits for the answers to those before it."""
        hosts = [name for name, _ in self.headers if name == b"host"]
        if len(hosts) != 1 and self.parser.get_http_version() != "1.0":
            self._refuse(400, "One header field Host is wanted (RFC 9112, §3.2).", "")
        self._begin()
        self._in_head = False
        self._in_body = True
        self._cancel_reading()
        if self.parser.should_upgrade():
            # the parser is of no use after this: the connection is closed with the answer
            self._upgraded = True
            self.cycle.keep_alive = False
            length = next((v for n, v in self.headers if n == b"content-length"), b"0")
            self._rest = int(length) if length.isdigit() and len(length) < 19 else 0

    def _begin(self) -> None:
        scope: dict[str, Any] = cast(dict[str, Any], self.scope)
        version = self.parser.get_http_version()
        scope["http_version"] = version
        scope["method"] = self.parser.get_method().decode("ascii")
        # an address is a path, as a rule
        raw_path, _, query = self.url.partition(b"?")
        if raw_path[:1] != b"/" or b"#" in query:
            parsed = httptools.parse_url(self.url)
            raw_path, query = parsed.path, parsed.query or b""
        path = raw_path.decode("ascii")
        scope["path"] = self.root_path + (unquote(path) if "%" in path else path)
        scope["raw_path"] = self.root_path.encode("ascii") + raw_path
        scope["query_string"] = query
        before = self.cycle
        self.cycle = Exchange(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def on_body(self, body: bytes) -> None:
        """A part of its body."""
        self._body_size += len(body)
        if self._body_size > self.settings.max_body * _PATIENCE_WITH_BODIES:
            self._refuse(413, "The body is too long.", "max_body")
        super().on_body(body)

    def on_message_complete(self) -> None:
        """It is there."""
        if self._upgraded and self._rest:
            return
        self._in_body = False
        super().on_message_complete()

    def close_if_idle(self) -> None:
        """Close if nothing has been asked for too long; what arrives has a time of its own."""
        if (
            self.loop.time() - self.idle_since >= self.settings.idle_timeout
            and self._reading is None
        ):
            if self.transport.is_closing():
                # the last of its answer is not taken, and would be waited for for ever
                self.transport.abort()
            else:
                self.timeout_keep_alive_handler()

    # refusals

    def _refuse(self, status: int, detail: str, limit: str) -> None:
        self._refusal = (status, detail, limit)
        raise _Refused

    def _stop(self, refusal: tuple[int, str, str]) -> None:
        """Refuse what arrives, after the answers to what has arrived before."""
        self._refusal = refusal
        self._cancel_reading()
        if self.transport.is_closing():
            return
        waiting = self._in_body and not self._begun
        if self.cycle is not None and not self.cycle.response_complete and not waiting:
            # an answer is under way, and other requests may wait: this one comes last
            return
        self._say(*refusal)

    @property
    def _begun(self) -> bool:
        started = self.cycle is not None and self.cycle.response_started
        return bool(self.pipeline) or started

    def on_response_complete(self) -> None:
        """An answer is sent: the next request's turn, or that of the refusal that waits."""
        self.server_state.total_requests += 1
        self.idle_since = self.loop.time()
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self.idle_since = _NEVER
            self._start_asgi_task(*self.pipeline.pop())
            return
        if self._refusal is None or not self.cycle.response_complete:
            return
        if self._in_body:
            self.transport.close()
        else:
            self._say(*self._refusal)

    def _say(self, status: int, detail: str, limit: str = "") -> None:
        """Send an error of the server's own, and close."""
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        }
        if limit:
            problem |= {"limit": limit, "bound": getattr(self.settings, limit)}
        body = json.dumps(problem).encode()
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
            f"content-type: application/problem+json\r\ncontent-length: {len(body)}\r\n"
            "access-control-allow-origin: *\r\ncache-control: no-store\r\n"
            f"{'retry-after: 1' + chr(13) + chr(10) if status == 503 else ''}"
            "connection: close\r\n\r\n"
        )
        if self.cycle is not None and not self.cycle.response_complete:
            # whoever reads the body learns that no more of it will come, and says nothing
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(head.encode() + body)
        self.transport.close()


def close_idle(connections: Iterable[Any]) -> None:
    """Close what has asked nothing for too long."""
    for one in list(connections):
        one.close_if_idle()
