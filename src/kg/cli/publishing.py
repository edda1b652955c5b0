"""The command that loads a snapshot into an external store: publish."""

import sys
from dataclasses import replace as changed

import click

from kg import snapshot
from kg.http import Address, Connection
from kg.publish import publish as load
from kg.settings import Settings


@click.command()
@click.argument("url")
@click.option(
    "--graphs",
    metavar="URL",
    help="The store's Graph Store Protocol address, where it is not the usual one.",
)
@click.option("--replace", is_flag=True, help="Replace another snapshot that the store holds.")
@click.option("--beside", is_flag=True, help="Load beside data of others, which stays as it is.")
@click.option(
    "--snapshot", "which", metavar="DIGEST|PATH", help="Load this snapshot, not the current one."
)
def publish(url: str, graphs: str | None, replace: bool, beside: bool, which: str | None) -> None:
    """Load a snapshot into an external store.

    URL is the address where the store answers queries; the service then asks it there (KG_STORE).
    Each graph is a request of its own; a load that was cut off goes on where it ended. User and
    password are read from KG_STORE_USER and KG_STORE_PASSWORD.

    \b
    Examples:
      kg publish http://127.0.0.1:7878/query
      kg publish http://127.0.0.1:8890/sparql --replace
    """
    settings = Settings.from_env()
    address = Address(
        url,
        graphs or settings.store_graphs,
        settings.store_user,
        settings.store_password,
        settings.store_timeout,
    )
    known = snapshot.open(which, changed(settings, store=""))

    def progress(done: int, total: int, graph: str) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == total else ""
            click.echo(f"\r\x1b[K{done} of {total}  {graph[-60:]}{end}", err=True, nl=False)

    done = load(known, Connection(address), replace, beside, progress)
    kept = f", {done.kept} were there" if done.kept else ""
    click.echo(f"{done.digest}  {done.triples:,} quads in {done.graphs} graphs, verified{kept}")
