"""`kg diff`: what differs between two releases, in words, as data, or as a patch."""

from collections.abc import Callable
from pathlib import Path

import click

from kg import diff as comparing
from kg.cli import output
from kg.diff import Diff, rdf, show

# what each format is made by; a patch is not made of a comparison, but of the lines that differ
_WRITERS: dict[str, Callable[[Diff], bytes]] = {
    "text": lambda found: show.text(found).encode(),
    "markdown": lambda found: show.markdown(found).encode(),
    "json": show.to_json,
    "turtle": rdf.to_turtle,
}


@click.command()
@click.argument("before")
@click.argument("after", required=False)
@click.option(
    "--format",
    "-f",
    "format_",
    type=click.Choice([*_WRITERS, "patch"]),
    default="text",
    show_default=True,
    help="patch is RDF Patch: applied to the first release it gives the second.",
)
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file, whole or not at all.",
)  # fmt: skip
def diff(before: str, after: str | None, format_: str, target: Path | None) -> None:
    """Show what differs between two releases.

    BEFORE and AFTER are digests or beginnings of digests, folders of snapshots, or files in
    N-Quads; without AFTER it is the current snapshot. Told apart are what is new in the world,
    corrections, identity, reference data, and the model.

    \b
    Examples:
      kg diff 8d3497bf
      kg diff old.nq new.nq --format markdown -o changes.md
      kg diff 8d3497bf 8ca7d975 --format patch -o nightly.rdfp
    """
    one, other = comparing.version(before), comparing.version(after)
    if format_ == "patch":
        output.put(b"".join(comparing.patch(one, other)), target)
        return
    output.put(_WRITERS[format_](comparing.diff(one, other)), target)
