"""`kg serve`: the service over a snapshot, or over RDF files as they are."""

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg import snapshot
from kg.errors import UsageError
from kg.settings import Settings, read, variable

if TYPE_CHECKING:
    from kg_api.source import Source


class _Setting(click.ParamType[Any]):
    """A value of the table of settings."""

    def __init__(self, field: dataclasses.Field[Any]) -> None:
        self.field = field
        self.name = {"int": "number", "float": "number", "str": "text"}.get(
            getattr(field.type, "__name__", ""), "path"
        )

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value; bad usage if it is none."""
        try:
            return read(self.field, str(value))
        except UsageError as error:
            self.fail(str(error).partition(": ")[2], param, ctx)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each setting of the service, in the order of the table."""
    for one in reversed(dataclasses.fields(Settings)):
        if one.metadata["service"]:
            default = "none" if one.default in (None, "") else one.default
            words = f"{one.metadata['help'][0].upper()}{one.metadata['help'][1:]}."
            command = click.option(
                f"--{one.name.replace('_', '-')}",
                one.name,
                type=_Setting(one),
                help=f"{words} [{variable(one)}, else {default}]",
            )(command)
    return command


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--snapshot", "which", help="Digest, its beginning, or a path. [the current one]")
@click.option(
    "--default-graph",
    type=click.Choice(["own", "union"]),
    help="Of files: what they say outside named graphs, or everything. [own]",
)
@_options
def serve(
    files: tuple[Path, ...], which: str | None, default_graph: str | None, **given: Any
) -> None:
    """Serve a snapshot over HTTP, or RDF files as they are, unchecked.

    The current snapshot is followed: once `kg build` has made another, that one is served.

    \b
    Example:
      kg serve
      kg serve --port 8080
      kg serve data.ttl more.nq --default-graph union
    """
    settings = Settings.from_env()
    settings = dataclasses.replace(
        settings, **{name: value for name, value in given.items() if value is not None}
    )
    if files and which is not None:
        raise click.UsageError("Serve files, or a snapshot.")
    if default_graph is not None and not files:
        raise click.UsageError("--default-graph is for files: a snapshot's is the union.")
    from kg_api.birth import Birth
    from kg_api.jobs import KINDS
    from kg_api.source import Source

    if files:
        missing = [str(path) for path in files if not path.is_file()]
        if missing:
            raise UsageError(f"no such file: {', '.join(missing)}")
        source = Source(
            files=files,
            default_graph=default_graph or "own",
            project=settings.project,
            memory_quads=settings.memory_quads,
            store_folder=settings.store_folder,
        )
    else:
        source = Source(path=snapshot.locate(which, settings), project=settings.project)
    if settings.store:
        _run(settings, source, watch=not files and which is None)
        return
    # the snapshot is loaded while this process imports what it needs
    birth = Birth(source.pack(), KINDS, settings.worker_memory << 20)
    try:
        source = dataclasses.replace(source, birth=birth)
        _run(settings, source, watch=not files and which is None)
    finally:
        birth.end()


def _run(settings: Settings, source: "Source", watch: bool) -> None:
    """Serve a source until interrupted."""
    # uvicorn takes as long to import as the rest of the command
    from kg_api import logs, server
    from kg_api.serving import Serving

    logs.configure(settings.log_level)
    service = Serving(settings, source, watch)

    def listening(address: str) -> None:
        digest = service.releases.current.digest
        unchecked = " (files as they are, unchecked)" if source.files else ""
        click.echo(f"Comity {digest[:12]}{unchecked} on {address} (Ctrl-C ends it)")
        sys.stdout.flush()

    server.run(service, settings, listening)
