"""`kg search`: things by what they are called, and claims by their words."""

import dataclasses
import json

import click

from kg import search as searching
from kg import snapshot
from kg.cli import output


@click.command()
@click.argument("text")
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="TYPE",
    help="Only this class or family: Ministry, actor, topic, claim …",
)
@click.option("--topic", "topics", multiple=True, metavar="TOPIC", help="Only what has this topic.")
@click.option(
    "--lang", default="en", show_default=True, help="Language of labels, as far as there are any."
)
@click.option(
    "--limit",
    type=click.IntRange(1, searching.MAX_LIMIT),
    default=20,
    show_default=True,
    help="How many to show.",
)
@click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
)
@click.option(
    "--snapshot", "which", metavar="DIGEST|PATH", help="Search this snapshot, not the current one."
)
def search(
    text: str,
    types: tuple[str, ...],
    topics: tuple[str, ...],
    lang: str,
    limit: int,
    format_: str,
    which: str | None,
) -> None:
    """Find things by name, and claims by their words.

    Labels, acronyms, Japanese, former and printed names, identifiers and quotes are searched,
    whatever their case, width and accents. The best come first: exact, acronym, beginning of a
    name, words of a name, words of a quote.

    \b
    Examples:
      kg search MIC
      kg search 総務
      kg search principles --type instrument --topic open-ran
    """
    found = searching.search(snapshot.open(which), text, types, topics, lang, limit)
    if format_ == "json":
        shown = [{**dataclasses.asdict(one), "curie": one.curie} for one in found]
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    rows = [(one.label, one.curie, one.type, one.reason, one.citation or "") for one in found]
    if rows:
        click.echo(output.table(("label", "thing", "type", "found by", "place"), rows))
    click.echo(f"{len(rows)} found" + (f" (at most {limit})" if len(rows) == limit else ""))
