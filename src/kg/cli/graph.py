"""The commands that make a snapshot and ask it: build, query, export, describe, stats."""

import json
import re
import sys
from pathlib import Path

import click

from kg import build as building
from kg import formats, snapshot, stats
from kg import query as queries
from kg import resource as resources
from kg.cli import output
from kg.errors import NotConformant, UsageError
from kg.results import Boolean, Rows
from kg.settings import Settings
from kg.sources import KINDS

_SNAPSHOT = click.option(
    "--snapshot", "which", metavar="DIGEST|PATH", help="Ask this snapshot, not the current one."
)
_LANG = click.option(
    "--lang", default="en", show_default=True, help="Language of labels, as far as there are any."
)
_OUTPUT = click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file, whole or not at all.",
)  # fmt: skip


@click.command()
def build() -> None:
    """Read, derive, check and write a snapshot.

    Prints the digest and the folder of the snapshot; with findings, lists them all with file and
    line, and leaves the current snapshot as it is.

    \b
    Example:
      kg build
    """
    settings = Settings.from_env()

    def progress(said: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"{said} …", err=True)

    try:
        built = building.build(settings, progress=progress)
    except NotConformant as error:
        for line in error.report.lines():
            click.echo(line, err=True)
        raise
    state = "new" if built.is_new else "unchanged"
    click.echo(f"{built.digest}  {built.quads} quads, {state}, {built.seconds:.1f} s")
    click.echo(str(built.path))
    click.echo(built.report.quotes_said())


def _question(text: str, settings: Settings) -> queries.Query:
    """The question that an argument means: a name, a file, `-`, or SPARQL text."""
    if text == "-":
        return queries.parse(sys.stdin.read())
    path = Path(text)
    if re.fullmatch(r"[a-z0-9/-]+", text) and not path.is_file():
        return queries.named(settings.project, text)
    if re.search(r"[\s{]", text) and path.suffix != ".rq":
        return queries.parse(text)
    return queries.load(path)


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{one!r}: write NAME=VALUE", param_hint="--param")
        found[name] = value
    return found


def _list(settings: Settings) -> str:
    """All named questions, each with its parameters."""
    lines = []
    for folder in ("", "networks"):
        for one in queries.catalogue(settings.project, folder):
            lines.append(f"{one.name}: {one.summary}")
            for its in one.parameters:
                default = "" if its.default is None else f" [{its.default}]"
                lines.append(f"    {its.name} ({its.type}){default}: {its.description}")
    return "\n".join(lines)


@click.command()
@click.argument("question", required=False)
@click.option(
    "--param",
    "-p",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="Value of a parameter; entities by IRI, CURIE, label or acronym.",
)
@click.option(
    "--format",
    "-f",
    "format_",
    metavar="FORMAT",
    help="table, json, csv, tsv or xml for rows; ttl, nt, rdf or jsonld for triples. "
    "[default: table on a terminal, else csv; ttl]",
)
@click.option(
    "--graph",
    "graphs",
    multiple=True,
    metavar="NAME",
    help="Ask only these graphs: an IRI, a CURIE, or a kind such as reported.",
)
@click.option("--list", "list_", is_flag=True, help="List the named queries and their parameters.")
@_LANG
@_SNAPSHOT
@_OUTPUT
def query(
    question: str | None,
    given: tuple[str, ...],
    format_: str | None,
    graphs: tuple[str, ...],
    list_: bool,
    lang: str,
    which: str | None,
    target: Path | None,
) -> None:
    """Run a named query, a file, or SPARQL text.

    QUESTION is a name from queries/, a file, SPARQL text, or - for standard input. The prefixes of
    the project need not be declared.

    \b
    Examples:
      kg query commitments
      kg query actor --param actor=METI --format csv
      kg query "SELECT ?name { ?x a comity:Company ; comity:name ?name }"
    """
    settings = Settings.from_env()
    if list_:
        click.echo(_list(settings))
        return
    if question is None:
        raise click.UsageError("Missing argument 'QUESTION' (or --list).")
    parameters = _parameters(given)
    asked = _question(question, settings)
    known = snapshot.open(which, settings)
    answer = known.run(asked, parameters, lang, graphs or None)
    if format_ is None:
        on_terminal = target is None and sys.stdout.isatty()
        format_ = "table" if on_terminal else "csv"
        if not isinstance(answer, Rows | Boolean):
            format_ = "ttl"
    if format_ == "table":
        if isinstance(answer, Rows):
            text = output.rows_table(answer)
        elif isinstance(answer, Boolean):
            text = f"{'true' if answer else 'false'}\n"
        else:
            raise UsageError("a table is for rows: choose ttl, nt, rdf or jsonld")
        output.put(text.encode(), target)
    else:
        output.put(answer.serialize(format_), target)


@click.command()
@click.option(
    "--format",
    "-f",
    "format_",
    metavar="FORMAT",
    help="nq or trig (named graphs); ttl, nt, rdf or jsonld (their union). "
    "[default: by the file's name, else nq]",
)
@click.option("--kind", type=click.Choice(KINDS), help="Only graphs of this kind.")
@click.option("--source", metavar="SLUG", help="Only the passages and evidence of this source.")
@_SNAPSHOT
@_OUTPUT
def export(
    format_: str | None,
    kind: str | None,
    source: str | None,
    which: str | None,
    target: Path | None,
) -> None:
    """Write a snapshot's data in an RDF format.

    \b
    Examples:
      kg export --format nq -o comity.nq
      kg export --kind reported --source jukdp-2024 -o reported.ttl
    """
    if format_ is None:
        format_ = target.suffix if target is not None and target.suffix else "nq"
    chosen = formats.by_name(format_, formats.TRIPLES, formats.QUADS)
    output.put(snapshot.open(which).export(chosen, kind, source), target)


@click.command()
@click.argument("thing")
@click.option(
    "--format",
    "-f",
    "format_",
    metavar="FORMAT",
    help="ttl, nt, rdf or jsonld instead of text.",
)
@_LANG
@_SNAPSHOT
@_OUTPUT
def describe(
    thing: str, format_: str | None, lang: str, which: str | None, target: Path | None
) -> None:
    """Show the facts about one thing.

    Also the claims that speak of it, with their words and the place where they stand.

    THING is a label, an acronym, a CURIE or an IRI.

    \b
    Examples:
      kg describe "MIC"
      kg describe instrument:hiroshima-accord --lang ja
    """
    known = snapshot.open(which)
    found = resources.describe(known, resources.identify(known, thing), lang)
    if format_ is None:
        # click takes the colours off again where the output is no terminal
        text = output.resource_text(found)
        if target is None:
            click.echo(text, nl=False)
        else:
            output.put(click.unstyle(text).encode(), target)
    else:
        output.put(formats.write(found.triples, formats.by_name(format_, formats.TRIPLES)), target)


@click.command(name="stats")
@click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@_LANG
@_SNAPSHOT
def stats_command(format_: str, lang: str, which: str | None) -> None:
    """Count what a snapshot holds.

    By kind of graph and class; and claims by section, act, status, topic, actor, country, year,
    source and kind.

    \b
    Example:
      kg stats --format json
    """
    known = snapshot.open(which)
    counts = stats.count(known, lang)
    if format_ == "json":
        whole = {"digest": known.digest, **counts}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))
        return
    click.echo(f"snapshot {known.digest}")
    for heading, numbers in counts.items():
        click.echo(f"\n{heading}")
        for name, number in numbers.items():
            click.echo(f"  {number:>7,}  {name}")
