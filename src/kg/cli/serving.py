"""`kg serve`: the service over one snapshot."""

import contextlib
import dataclasses
import socket

import click

from kg import snapshot
from kg.errors import UsageError
from kg.settings import Settings
from kg.snapshot import Snapshot


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; UsageError when the address is not free or not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        # an address just given up by another run may be taken again at once
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            f"cannot listen on {host}:{port}: {reason.lower()} (choose another with --port)"
        ) from error
    return listener


def address_of(listener: socket.socket) -> str:
    """The URL of a listening socket, with the port that was taken."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run(settings: Settings, opened: Snapshot) -> None:
    """Serve until interrupted; the address is printed once the service answers."""
    # uvicorn and FastAPI take as long to import as the rest of the command
    import uvicorn

    from kg_api.app import create_app

    listener = listen(settings.host, settings.port)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            click.echo(f"Comity {opened.digest[:12]} on {address_of(listener)} (Ctrl-C ends it)")

    config = uvicorn.Config(
        create_app(settings, opened),
        log_level="warning",
        # an access log would write down what people ask
        access_log=False,
        server_header=False,
    )
    # uvicorn raises the interrupt again once it has ended in good order
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listener])


@click.command()
@click.option("--host", help="Address to listen on. [KG_HOST, else 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 takes any. [KG_PORT, else 8000]"
)
@click.option("--snapshot", "which", help="Digest, its beginning, or a path. [the current one]")
def serve(host: str | None, port: int | None, which: str | None) -> None:
    """Serve a snapshot over HTTP.

    \b
    Example:
      kg serve
      kg serve --port 8080
    """
    settings = Settings.from_env()
    settings = dataclasses.replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )
    run(settings, snapshot.open(which, settings))
