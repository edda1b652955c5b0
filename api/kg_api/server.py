"""The HTTP server: uvicorn, with the bounds on slow and greedy clients that it has not itself.

Its protocol is subclassed here and nowhere else. A connection is closed that sends its head or its
body too slowly, asks nothing, or takes nothing of its answer; a head that is too long is refused
while it arrives; so is a connection beyond their number.
"""

import asyncio
import contextlib
import json
import resource
import signal
import socket
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httptools
import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.errors import UsageError
from kg.settings import Settings
from kg_api.app import Service

# a body that was refused is still read, as far as this many times its bound, so that the client
# gets to read why; then it is cut off
_PATIENCE_WITH_BODIES = 4
# a chunk of this many bytes may hold a head and much of a body
_CHUNK = 262_144


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

    # the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept a client, unless there are too many; it must ask something within some time."""
        super().connection_made(transport)  # type: ignore[arg-type]
        if len(self.connections) > self.settings.max_connections:
            self._say(503, "There are too many connections.", "max_connections")
            return
        self.timeout_keep_alive_task = self.loop.call_later(
            self.settings.idle_timeout, self.timeout_keep_alive_handler
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._cancel_reading()
        if self._writing is not None:
            self._writing.cancel()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not take its answer as fast as it is sent: it has some time for it."""
        super().pause_writing()
        self._writing = self.loop.call_later(self.settings.write_timeout, self.transport.abort)

    def resume_writing(self) -> None:
        """It goes on."""
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
        super().resume_writing()

    # what arrives

    def data_received(self, data: bytes) -> None:
        """Read what has arrived; begin to measure the time where more must follow."""
        self._unset_keepalive_if_required()
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
        except (httptools.HttpParserError, _Refused):
            self._stop(self._refusal or (400, "This is no HTTP request.", ""))
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
        """A request begins."""
        super().on_message_begin()
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
        """Its head is there."""
        super().on_headers_complete()
        self._in_head = False
        self._in_body = True
        self._cancel_reading()
        if self.parser.should_upgrade():
            # the parser is of no use after this: the connection is closed with the answer
            self._upgraded = True
            self.cycle.keep_alive = False
            length = next((v for n, v in self.headers if n == b"content-length"), b"0")
            self._rest = int(length) if length.isdigit() and len(length) < 19 else 0

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
        super().on_response_complete()
        if self._refusal is None or self.pipeline or self.transport.is_closing():
            return
        if self.cycle.response_complete:
            self._unset_keepalive_if_required()
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


class Server(uvicorn.Server):
    """uvicorn, saying where it listens once it does, and looking for a new snapshot on SIGHUP."""

    def __init__(
        self, config: uvicorn.Config, service: Service, listening: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._service = service
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Load, then listen; KgError for what cannot be loaded."""
        releases = self._service.state.releases
        try:
            await releases.start()
        except BaseException:
            await releases.close()
            raise
        await super().startup(sockets)
        loop = asyncio.get_running_loop()
        tasks: set[asyncio.Task[bool]] = set()

        def look() -> None:
            task = loop.create_task(releases.look())
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        with contextlib.suppress(NotImplementedError, RuntimeError):
            loop.add_signal_handler(signal.SIGHUP, look)
        self._listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more requests, answer those in flight, end the workers."""
        await super().shutdown(sockets)
        await self._service.state.releases.close()
        self._service.front.requests.flush()


def listen(settings: Settings) -> socket.socket:
    """A socket that listens; UsageError when the address is not free or not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        # an address just given up by another run may be taken again at once
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            f"cannot listen on {settings.host}:{settings.port}: {reason.lower()} "
            "(choose another with --port)"
        ) from error
    return listener


def check_unix(path: Path) -> None:
    """UsageError where somebody listens on a Unix socket already, or where none can be."""
    if not path.parent.is_dir() or (path.exists() and not path.is_socket()):
        raise UsageError(f"cannot listen on {path}: no place for a socket")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return
    raise UsageError(f"cannot listen on {path}: address already in use")


def address_of(listener: socket.socket) -> str:
    """The URL of a listening socket, with the port that was taken."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def configuration(service: Service, settings: Settings) -> uvicorn.Config:
    """uvicorn's, by the settings."""
    protocol = type("Protocol", (Bounded,), {"settings": settings})
    return uvicorn.Config(
        service,
        loop="uvloop",
        http=protocol,
        ws="none",
        uds=None if settings.socket is None else str(settings.socket),
        # the server itself begins and ends the releases, and says why one cannot be loaded
        lifespan="off",
        log_config=None,
        # our own says less, and faster
        access_log=False,
        server_header=False,
        backlog=2048,
        timeout_keep_alive=settings.idle_timeout,  # type: ignore[arg-type]
        timeout_graceful_shutdown=settings.grace,  # type: ignore[arg-type]
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
    )


def raise_descriptors(wanted: int) -> None:
    """Let this process have as many connections as it may: each is a descriptor."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted + 256 if hard == resource.RLIM_INFINITY else min(wanted + 256, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def run(service: Service, settings: Settings, listening: Callable[[str], None]) -> None:
    """Serve until interrupted; what is in flight then is answered.

    `listening` is told the address once the service answers there.
    """
    raise_descriptors(settings.max_connections)
    if settings.socket is None:
        listener = listen(settings)
        sockets, address = [listener], address_of(listener)
    else:
        check_unix(settings.socket)
        sockets, address = None, f"unix:{settings.socket}"
    server = Server(configuration(service, settings), service, lambda: listening(address))
    # uvicorn raises the interrupt again once it has ended in good order
    try:
        with contextlib.suppress(KeyboardInterrupt):
            uvloop.run(server.serve(sockets=sockets))
    finally:
        if settings.socket is not None:
            settings.socket.unlink(missing_ok=True)
