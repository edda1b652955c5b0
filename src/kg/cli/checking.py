"""The command `kg check`."""

from functools import partial
from pathlib import Path

import click

from kg.settings import Settings


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "ttl"]),
    default="text",
    show_default=True,
    help="ttl is an sh:ValidationReport.",
)
def check(files: tuple[Path, ...], form: str) -> None:
    """Check the data and list what is wrong.

    Every finding is listed with file, line and what to do; with FILEs, theirs only. Exit status 1
    when there is any. The quotes are verified where the source's text is at hand (KG_SOURCE_TEXT).

    \b
    Example:
      kg check
      kg check data/jukdp-2024/semiconductors/e.ttl
      kg check --format ttl > report.ttl
    """
    # rdflib and pyshacl take their time, and `kg check --help` needs neither
    from kg import rules
    from kg.check import check as run

    settings = Settings.from_env()
    # what rules write hangs on every file: it is looked at when every file is
    derived = () if files else partial(rules.derive, settings.project)
    report = run(settings.project, list(files) or None, settings.source_text, derived)
    if form == "json":
        click.echo(report.to_json(), nl=False)
    elif form == "ttl":
        click.echo(report.to_turtle(), nl=False)
    else:
        for line in report.lines():
            click.echo(line)
    if not report.conforms:
        raise SystemExit(1)
