"""The HTTP server: uvicorn, where it looks for a new snapshot, how it begins and ends."""

import asyncio
import contextlib
import gc
import logging
import resource
import signal
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

from kg.errors import UsageError
from kg.settings import Settings
from kg_api.connection import Bounded, close_idle
from kg_api.front import Front
from kg_api.releases import Releases

_log = logging.getLogger("kg_api.server")
# objects that are made, and not given up again, before the young of them are looked through
_YOUNG = 20_000
# ticks between two looks for idle connections
_TICKS = 5
# whoever waited for the service to listen is answered before the rest is imported
_AT_FIRST = 0.05


class Service(Protocol):
    """What is served: the releases, the front, and what is imported once the front answers."""

    @property
    def releases(self) -> Releases:
        """The releases that are served."""

    @property
    def front(self) -> Front:
        """Whoever sees every request first."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

    async def load(self) -> None:
        """Import the rest."""


class Server(uvicorn.Server):
    """uvicorn, saying where it listens once it does, and looking for a new snapshot on SIGHUP."""

    def __init__(
        self, config: uvicorn.Config, service: Service, listening: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._service = service
        self._listening = listening
        self._tasks: set[asyncio.Task[Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Load, then listen; KgError for what cannot be loaded."""
        releases = self._service.releases
        try:
            await releases.start()
        except BaseException:
            await releases.close()
            raise
        await super().startup(sockets)
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError, RuntimeError):
            loop.add_signal_handler(signal.SIGHUP, lambda: self._later(releases.look()))
        loop.call_later(_AT_FIRST, lambda: self._later(self._load()))

    async def _load(self) -> None:
        """Import the rest, and say that everything is there: queries are answered before."""
        try:
            await self._service.load()
        except Exception:
            _log.exception("the application cannot be imported")
            self.should_exit = True
            return
        self._listening()
        # what is there stays: collecting it would stop every answer for a while
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG, 20, 20)

    def _later(self, what: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def on_tick(self, counter: int) -> bool:
        """What uvicorn does ten times a second."""
        if counter % _TICKS == 0:
            close_idle(self.server_state.connections)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more requests, answer those in flight, end the workers."""
        await super().shutdown(sockets)
        await self._service.releases.close()
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
