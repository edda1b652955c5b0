"""The command `kg`: which commands there are, and how they fail.

A command's module is imported only when the command is called, so that `kg --help` is quick. For
the same reason each one's summary stands here, and a test compares it with the command's own.
"""

import importlib
import sys
from typing import NoReturn

import click

from kg.errors import KgError

# name: (module of the command, its one-line summary)
COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("kg.cli.graph", "Read, derive, check and write a snapshot."),
    "check": ("kg.cli.checking", "Check the data and list what is wrong."),
    "commitments": ("kg.cli.accounts", "List what was undertaken, by whom, in which words."),
    "coverage": ("kg.cli.curation", "Show which sentences have claims."),
    "describe": ("kg.cli.graph", "Show the facts about one thing."),
    "diff": ("kg.cli.changes", "Show what differs between two releases."),
    "draft": ("kg.cli.curation", "Propose the files of a new source."),
    "export": ("kg.cli.graph", "Write a snapshot's data in an RDF format."),
    "format": ("kg.cli.curation", "Put curated files into their one order."),
    "network": ("kg.cli.networking", "Write who is named together in what as a network."),
    "pair": ("kg.cli.accounts", "Show two countries: actors, instruments, actions, money."),
    "publish": ("kg.cli.publishing", "Load a snapshot into an external store."),
    "query": ("kg.cli.graph", "Run a named query, a file, or SPARQL text."),
    "seal": ("kg.cli.curation", "Write a source's evidence from its text."),
    "search": ("kg.cli.searching", "Find things by name, and claims by their words."),
    "serve": ("kg.cli.serving", "Serve a snapshot over HTTP, or RDF files as they are, unchecked."),
    "stats": ("kg.cli.graph", "Count what a snapshot holds."),
    "timeline": ("kg.cli.accounts", "List events, actions and instruments by their dates."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in alphabetical order, without importing anything."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        # "format" is `format_command` where the bare name would hide a builtin
        command = getattr(module, f"{cmd_name}_command", None) or getattr(module, cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module.__name__}.{cmd_name} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands for `--help`, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Shell completion: see docs/library.md, or run _KG_COMPLETE=bash_source kg.",
)
@click.version_option(package_name="comity-kg", prog_name="kg")
def kg() -> None:
    """Comity: a knowledge graph of bilateral digital cooperation.

    \b
    Example:
      kg build
      kg query commitments
      kg describe "MIC"
    """


def main() -> NoReturn:
    """Run the command; a KgError is one line on stderr and exit 1, bad usage exits 2."""
    try:
        kg(prog_name="kg")
    except KgError as error:
        click.echo(f"kg: {' '.join(str(error).split())}", err=True)
        sys.exit(1)
    except OSError as error:
        where = "" if error.filename is None else f"{error.filename}: "
        click.echo(f"kg: {where}{error.strerror or error}", err=True)
        sys.exit(1)
    sys.exit(0)
