"""`kg network`: a network on the terminal, or in a file for another program."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kg import query as queries
from kg import snapshot
from kg.cli import output
from kg.errors import UsageError

_ROWS = 30


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of `kg.network.options`, by the same names."""
    from kg.network.options import OPTIONS, address_name

    for name, one in reversed(OPTIONS.items()):
        flag = f"--{address_name(name).replace('_', '-')}"
        more: dict[str, Any] = {"help": one.metadata["help"] + "."}
        if isinstance(one.default, bool):
            more |= {"is_flag": True}
        else:
            more |= {"multiple": isinstance(one.default, tuple), "metavar": name.strip("_").upper()}
        command = click.option(flag, name, **more)(command)
    return command


@click.command()
@click.argument("projection", default="actors")
@click.option("--of", multiple=True, metavar="THING", help="With ego: whose neighbourhood.")
@click.option("--hops", type=int, default=1, show_default=True, help="With ego: how far.")
@click.option("--relations", multiple=True, metavar="RELATION", help="With ego: only these.")
@click.option("--query", "text", metavar="SPARQL|FILE", help="With query: what to ask.")
@_options
@click.option("--theme", default="light", show_default=True, help="Of pictures.")
@click.option(
    "--format", "-f", "format_", metavar="FORMAT",
    help="graphml, gexf, json, cyjs, csv, nodes.csv, zip, dot, parquet, nodes.parquet, ttl, "
    "trig, svg, png; else by the file's suffix, else a table on a terminal.",
)  # fmt: skip
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file, whole or not at all.",
)  # fmt: skip
@click.option(
    "--snapshot", "which", metavar="DIGEST|PATH", help="Ask this snapshot, not the current one."
)
def network(
    projection: str,
    of: tuple[str, ...],
    hops: int,
    relations: tuple[str, ...],
    text: str | None,
    theme: str,
    format_: str | None,
    target: Path | None,
    which: str | None,
    **given: Any,
) -> None:
    """Write who is named together in what as a network.

    PROJECTION is actors, actions, affiliations, topics, instruments, commitments, hierarchy, ego
    or query. docs/networks.md says what stands on nodes and edges.

    \b
    Examples:
      kg network
      kg network actors --topic open-ran --from 2023-01 --format gexf -o net.gexf
      kg network affiliations --country japan --layout -o japan.svg
      kg network ego --of MIC --hops 2 -o mic.graphml
    """
    from kg import network as networks
    from kg.network.formats import by_name
    from kg.network.options import address_name, read

    texts = {
        address_name(name): [str(one) for one in (value if isinstance(value, tuple) else [value])]
        for name, value in given.items()
        if value not in (None, (), False)
    }
    options = read(texts)
    chosen = _format(format_, target)
    if chosen is not None:
        by_name(chosen)
    opened = snapshot.open(which)
    if projection == "ego":
        made = networks.ego(opened, of, hops, relations, options)
    elif projection == "query":
        made = networks.query(opened, _query(text), options)
    else:
        made = networks.project(opened, projection, options)
    if chosen is None:
        _show(made)
        return
    output.put(networks.write(made, chosen, theme), target)


def _query(text: str | None) -> str:
    if text is None:
        raise UsageError("query wants --query: SPARQL, or a file with it")
    return queries.load(Path(text)).text if text.endswith(".rq") else text


def _format(format_: str | None, target: Path | None) -> str | None:
    """The format that is wanted: named, by the suffix of the file; None for a table."""
    if format_ == "table" or (format_ is None and target is None and sys.stdout.isatty()):
        return None
    if format_ is None:
        if target is None:
            return "csv"
        name = target.name.lower()
        two = ".".join(name.split(".")[-2:])
        return two if two in ("nodes.csv", "nodes.parquet") else name.rpartition(".")[2]
    binary = format_ in ("png", "parquet", "nodes.parquet", "zip")
    if binary and target is None and sys.stdout.isatty():
        raise UsageError(f"{format_} is no text for a terminal: name a file with -o")
    return format_


def _show(made: Any) -> None:
    """The heaviest edges as a table, with where they are written, and what they do not mean."""
    arrow = "→" if made.is_directed() else "–"
    ordered = sorted(
        made.edges(data=True), key=lambda one: (-one[2]["weight"], str(one[0]), str(one[1]))
    )
    rows = []
    for a, b, data in ordered[:_ROWS]:
        said = [one.get("citation") or one.get("rule") or "reference" for one in data["evidence"]]
        cited = list(dict.fromkeys(said))
        rest = f" and {len(cited) - 2} more" if len(cited) > 2 else ""
        ends = f"{_short(made, a)} {arrow} {_short(made, b)}"
        rows.append((ends, str(data["weight"]), data.get("type", ""), "; ".join(cited[:2]) + rest))
    if rows:
        click.echo(output.table(("edge", "weight", "type", "where"), rows))
    counts = f"{made.number_of_nodes()} nodes, {made.number_of_edges()} edges"
    click.echo(counts + (f" ({_ROWS} shown)" if len(ordered) > _ROWS else ""))
    for name in ("undated", "groups", "size_note", "caution"):
        if name in made.graph:
            click.echo(made.graph[name])
    _measured(made)


def _short(made: Any, iri: str) -> str:
    label = str(made.nodes[iri]["label"])
    return label if len(label) <= 40 else label[:39] + "…"


def _measured(made: Any) -> None:
    """The nodes with what was measured, where anything was."""
    names = sorted({name for _, data in made.nodes(data=True) for name in data} & _measures())
    if not names:
        return
    rows = [
        (_short(made, iri), *(_number(made.nodes[iri].get(name, "")) for name in names))
        for iri in sorted(made)
    ]
    click.echo("\n" + output.table(("node", *names), rows[:200]))


def _number(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _measures() -> set[str]:
    from kg.network.options import MEASURES

    return {*MEASURES, "in_degree", "out_degree"}
