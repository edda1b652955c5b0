"""The curator's commands: draft, seal, format, coverage."""

import sys
from pathlib import Path

import click

from kg import curate
from kg.errors import KgError, UsageError
from kg.settings import Settings


def _sources(project: Path) -> list[str]:
    """The sources of a project: the folders that have evidence."""
    return sorted(path.parent.name for path in (project / "data").glob("*/evidence.ttl"))


def _one_line(error: Exception) -> str:
    return f"kg: {' '.join(str(error).split())}"


@click.command()
@click.argument("text", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Name of the source in IRIs and of its folder.")
@click.option("--title", help="Title, where the text's first line is not it.")
@click.option("--short", help='Short form for citations, such as "Progress Report 2024".')
@click.option("--date", help="Date of publication, as 2024-01-16.")
@click.option("--url", help="Address of the published file.")
@click.option("--show", is_flag=True, help="Print what is proposed, and write nothing.")
def draft(
    text: Path,
    source: str,
    title: str | None,
    short: str | None,
    date: str | None,
    url: str | None,
    show: bool,
) -> None:
    """Propose the files of a new source.

    Reads TEXT (UTF-8) and writes data/SOURCE/evidence.ttl with sections, passages, segments and
    sentences as places in the text, and a skeleton file for each passage: every sentence as
    context, with the registered names found in it. No file holds the text; none is overwritten.
    Correct evidence.ttl, delete the skeletons it no longer fits, and run the command again.

    \b
    Example:
      kg draft report.txt --source jukdp-2025 --short "Progress Report 2025" --show
    """
    settings = Settings.from_env()
    description = curate.Description(title, short, date, url)
    result = curate.draft(settings.project, text, source, description, dry=show)
    if show:
        for line in curate.shown(result):
            click.echo(line)
        return
    for path in result.written:
        click.echo(f"wrote {path.relative_to(settings.project)}")
    if result.kept:
        click.echo(f"left alone: {len(result.kept)} files that exist", err=True)


@click.command()
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option(
    "--text",
    type=click.Path(exists=True, path_type=Path),
    help="The text copy, or a folder that holds it; else KG_SOURCE_TEXT.",
)
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if evidence is out of date.")
def seal(sources: tuple[str, ...], text: Path | None, check: bool) -> None:
    """Write a source's evidence from its text.

    Keeps what the curator settled in data/SOURCE/evidence.ttl (headings, passages, places of
    segments and sentences) and works out the rest: words, hashes, citation labels, and where each
    quote stands. Without SOURCE, all sources. Nothing is written when a quote is not found.

    \b
    Example:
      kg seal jukdp-2024
    """
    settings = Settings.from_env()
    failed = False
    for source in sources or _sources(settings.project):
        try:
            changed = curate.seal(settings.project, source, text or settings.source_text, check)
        except ExceptionGroup as group:
            failed = True
            for error in group.exceptions:
                click.echo(_one_line(error), err=True)
        else:
            done = "out of date: run kg seal" if check else "sealed"
            click.echo(f"{source}: {done if changed else 'nothing changed'}")
            failed = failed or (check and changed)
    if failed:
        sys.exit(1)


@click.command("format")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file is out of order.")
def format_command(files: tuple[Path, ...], check: bool) -> None:
    """Put curated files into their one order.

    Without FILES, all below data/. A file that is not Turtle, or holds a comment or a blank node
    (which would be lost), is named and left alone.

    \b
    Example:
      kg format data/jukdp-2024/semiconductors/e.ttl
    """
    settings = Settings.from_env()
    changed = failed = 0
    for path in curate.curated(settings.project, files):
        try:
            if curate.format_file(settings.project, path, check):
                changed += 1
                click.echo(f"{'out of order' if check else 'put in order'}: {path}")
        except KgError as error:
            failed += 1
            click.echo(_one_line(error), err=True)
    if failed or (check and changed):
        sys.exit(1)


@click.command()
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "dqv"]), default="text",
    help="A table, JSON, or the Data Quality Vocabulary in Turtle.",
)  # fmt: skip
@click.option(
    "--text",
    type=click.Path(exists=True, path_type=Path),
    help="The text copy, or a folder that holds it; else KG_SOURCE_TEXT.",
)
@click.option(
    "--words", is_flag=True, help="List unquoted words even where no terminal reads them."
)
def coverage(sources: tuple[str, ...], form: str, text: Path | None, words: bool) -> None:
    """Show which sentences have claims.

    Per section: passages, sentences, how many have claims, how many context marks, how many
    neither, and how many words are quoted. With the text at hand the runs of more than twelve
    words that no quote touches are listed below the table, with the words on a terminal only, so
    that no file comes to hold the text.

    \b
    Example:
      kg coverage jukdp-2024 --format json
    """
    from kg import coverage as measured

    settings = Settings.from_env()
    known = _sources(settings.project)
    unknown = sorted(set(sources) - set(known))
    if unknown:
        raise UsageError(f"no such source: {', '.join(unknown)} (there are {', '.join(known)})")
    found = [
        measured.coverage(settings.project, source, text or settings.source_text)
        for source in sources or known
    ]
    if form == "text":
        shown = measured.as_text(found, with_words=words or sys.stdout.isatty())
    else:
        shown = measured.as_json(found) if form == "json" else measured.as_dqv(found)
    click.echo(shown, nl=False)
