"""The commands for those who brief: commitments, pair, timeline."""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from kg import commitments as undertaken
from kg import formats, snapshot
from kg import pair as pairs
from kg import timeline as times
from kg.cli import output
from kg.commitments import GROUPS, SORTS, Listing
from kg.commitments.formats import FORMATS, WRITERS, to_json
from kg.errors import UsageError

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
_BINARY = ("parquet", "xlsx", "docx")


def _format(names: Iterable[str]) -> Callable[[Any], Any]:
    listed = ", ".join(names)
    return click.option(
        "--format", "-f", "format_", metavar="FORMAT",
        help=f"{listed}; else by the file's suffix, else a table on a terminal.",
    )  # fmt: skip


def _chosen(format_: str | None, target: Path | None, names: Iterable[str], plain: str) -> str:
    """The format that is wanted: named, by the suffix of the file, else what suits the output."""
    offered = [*names]
    wanted = format_ or (target.suffix.lstrip(".") if target is not None else "")
    if not wanted:
        return "table" if sys.stdout.isatty() else plain
    if wanted.lower() not in ("table", *offered):
        raise UsageError(f"no format {wanted!r} here: choose table, {', '.join(offered)}")
    if wanted.lower() in _BINARY and target is None and sys.stdout.isatty():
        raise UsageError(f"{wanted} is no text for a terminal: name a file with -o")
    return wanted.lower()


@click.command()
@click.option("--bearer", metavar="ACTOR", help="Undertaken by this actor.")
@click.option("--side", metavar="COUNTRY", help="With a bearer of this side: jp, Japan.")
@click.option("--counterpart", metavar="ACTOR", help="With or towards this actor.")
@click.option("--topic", metavar="TOPIC", help="On this topic or a narrower one.")
@click.option("--modality", metavar="WORDING", help="So worded: will, look forward, pledge …")
@click.option("--status", metavar="STATUS", help="planned or intended.")
@click.option("--source", metavar="SOURCE", help="Stated in this source: jukdp-2024.")
@click.option("--dated", is_flag=True, help="Only those with a deadline or window.")
@click.option("--due-from", metavar="DATE", help="Whose window reaches this day.")
@click.option("--due-to", metavar="DATE", help="Whose window begins by this day.")
@click.option("--as-of", metavar="DATE", help="As the sources up to this day have it.")
@click.option("--sort", type=click.Choice(SORTS), default="place", show_default=True)
@click.option("--group", type=click.Choice(GROUPS), help="Under headings, in alphabetical order.")
@_format(one.name for one in FORMATS)
@_LANG
@_SNAPSHOT
@_OUTPUT
def commitments(
    format_: str | None, which: str | None, target: Path | None, group: str | None, **asked: Any
) -> None:
    """List what was undertaken, by whom, in which words.

    Status is the participants' own account. What no later source held speaks of is not followed
    up in the sources held: that says nothing of what was done. xlsx and docx are made to brief
    from, with an empty column for a note.

    \b
    Examples:
      kg commitments --topic semiconductors
      kg commitments --side jp --group modality -o commitments.docx
      kg commitments --dated --as-of 2024-05 --sort deadline
    """
    names = [one.name for one in FORMATS]
    chosen = _chosen(format_, target, names, "csv")
    known = snapshot.open(which)
    found = undertaken.commitments(known, group=group or "", **asked)
    if chosen == "table":
        output.put(_listed(found).encode(), target)
    elif chosen == "ttl":
        output.put(formats.write(undertaken.triples(known, found), "ttl"), target)
    else:
        output.put(WRITERS[chosen](found.record()), target)


def _listed(found: Listing) -> str:
    """A listing for people: under its headings, with the sources and the counts."""
    lines = [found.date_line]
    for label, rows in found.groups:
        lines += ["", f"{label} ({len(rows)})"] if label else [""]
        cells = [
            (
                ", ".join(one.label for one in row.bearers),
                row.modality.label,
                row.status.label,
                (row.deadline.spelled if row.deadline else "")
                + (f" ({row.window})" if row.window else ""),
                row.quote,
                row.citation,
            )
            for row in rows
        ]
        if cells:
            headings = ("bearer", "modality", "status", "by when", "words", "where")
            lines.append(output.table(headings, cells))
    said: dict[str, int] = {}
    for row in found.rows:
        said[row.follow_up.said] = said.get(row.follow_up.said, 0) + 1
    lines += ["", *(f"{number:>4}  {text}" for text, number in sorted(said.items()))]
    later = {
        one.label + (f" ({one.period.spelled})" if one.period else "")
        for row in found.rows
        for one in row.follow_up.later
    }
    lines += [f"known and not modelled: {one}" for one in sorted(later)]
    dated = sum(row.deadline is not None for row in found.rows)
    count = len(found.rows)
    lines.append(f"{count} commitment{'s' * (count != 1)}, {dated} with a deadline or window")
    return "\n".join(lines) + "\n"


_PAIR_FORMATS = ("json", "ttl")


@click.command()
@click.argument("one")
@click.argument("other", required=False, default="")
@_format(_PAIR_FORMATS)
@_LANG
@_SNAPSHOT
@_OUTPUT
def pair(
    one: str, other: str, format_: str | None, lang: str, which: str | None, target: Path | None
) -> None:
    """Show two countries: actors, instruments, actions, money.

    ONE and OTHER are countries by name, CURIE or the two letters of ISO 3166; or ONE is both, as
    in japan-united-kingdom. Only pairs with a bilateral source have a page.

    \b
    Example:
      kg pair jp uk
    """
    chosen = _chosen(format_, target, _PAIR_FORMATS, "json")
    known = snapshot.open(which)
    found = pairs.pair(known, one, other, lang)
    if chosen == "json":
        output.put(to_json(found.record()), target)
    elif chosen == "ttl":
        output.put(formats.write(pairs.triples(known, found), "ttl"), target)
    else:
        output.put(_paired(found.record()).encode(), target)


def _paired(record: Mapping[str, Any]) -> str:
    """A pair for people: what there is of each part, with the words of the joint actions."""
    lines = [record["title"], record["remark"], ""]
    for its in record["actors"]:
        lines.append(f"actors, {its['side']}: " + ", ".join(a["label"] for a in its["actors"]))
    for its in record["instruments"]:
        names = "; ".join(one["label"] for one in its["instruments"])
        lines.append(f"instruments, {its['standing']}: {names}")
    rows = [
        (its["topic"]["label"], one["status"]["label"], one["quote"], one["citation"])
        for its in record["joint_actions"]
        for one in its["actions"]
    ]
    lines += ["", "joint actions"]
    lines += [output.table(("topic", "status", "words", "where"), rows)] if rows else []
    for its in record["one_sided_actions"]:
        lines += ["", f"actions of {its['side']['label']} alone"]
        lines += [f"  “{one['quote']}”  {one['citation']}" for one in its["actions"]]
    for name, its in record["third_parties"].items():
        lines += ["", f"third parties, {name}: " + ", ".join(one["label"] for one in its)]
    lines.append("")
    lines += [
        f"money: {one['amount']} {one['currency']} “{one['quote']}”  {one['citation']}"
        for one in record["money"]
    ]
    counted = ("commitments", "timeline", "discrepancies")
    lines.append("; ".join(f"{len(record[name])} in {name}" for name in counted) + ": see json")
    return "\n".join(lines) + "\n"


_TIME_FORMATS = ("json", "csv", "ttl")


@click.command()
@click.option("--kind", type=click.Choice(times.KINDS))
@click.option("--topic", metavar="TOPIC", help="On this topic or a narrower one.")
@click.option("--actor", metavar="ACTOR", help="Of this actor, or with it.")
@click.option("--from", "since", metavar="DATE", help="Whose days reach this one.")
@click.option("--to", "until", metavar="DATE", help="Whose days begin by this one.")
@click.option("--basis", type=click.Choice(times.BASES), help="What a source or a register dates.")
@_format(_TIME_FORMATS)
@_LANG
@_SNAPSHOT
@_OUTPUT
def timeline(format_: str | None, which: str | None, target: Path | None, **asked: Any) -> None:
    """List events, actions and instruments by their dates.

    Dates are ranges of the precision that their source gives: a month stays a month.

    \b
    Example:
      kg timeline --from 2023-05 --to 2023-12 --kind action
    """
    chosen = _chosen(format_, target, _TIME_FORMATS, "csv")
    known = snapshot.open(which)
    found = times.timeline(known, **asked)
    if chosen == "json":
        output.put(to_json(found.record()), target)
    elif chosen == "csv":
        output.put(times.table(found.record()).to_csv(), target)
    elif chosen == "ttl":
        output.put(formats.write(times.triples(known, found.entries), "ttl"), target)
    else:
        rows = [
            (
                f"{one.period.spelled}{' (deadline)' * (one.relation == 'deadline')}",
                one.kind, one.thing.label, one.basis, "; ".join(one.citations[:2]),
            )
            for one in found.entries
        ]  # fmt: skip
        text = output.table(("when", "kind", "what", "basis", "where"), rows) if rows else ""
        said = f"{len(rows)} dated; {found.undated} actions without a date are left out\n"
        output.put(f"{text}\n{said}".lstrip("\n").encode(), target)
