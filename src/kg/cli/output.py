"""How the commands show things to people: tables, facts, and bytes to a file or the terminal."""

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pyoxigraph as ox

from kg.build import write_file
from kg.names import compact
from kg.resource import Claim, Fact, Resource
from kg.results import Rows, Term


def width(text: str) -> int:
    """Columns that a text takes on a terminal, where East Asian characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def shown(term: Term | None) -> str:
    """A term for people: CURIEs for IRIs, the plain text of literals."""
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    if isinstance(term, ox.Literal):
        return " ".join(term.value.split())
    return str(term)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under headings, in columns as wide as what stands in them."""
    widths = [
        max(width(line[place]) for line in [headings, *rows]) for place in range(len(headings))
    ]

    def line(cells: Sequence[str]) -> str:
        padded = (cell + " " * (w - width(cell)) for cell, w in zip(cells, widths, strict=True))
        return "  ".join(padded).rstrip()

    return "\n".join([line(headings), line(["─" * w for w in widths]), *map(line, rows)])


def rows_table(rows: Rows) -> str:
    """The answer of a SELECT as a table, with the number of rows under it."""
    cells = [[shown(term) for term in row] for row in rows.rows]
    count = f"{len(rows)} row{'s' * (len(rows) != 1)}"
    return table(rows.variables, cells) + f"\n{count}\n"


def put(data: bytes, output: Path | None) -> None:
    """Write bytes to a file, whole or not at all, or to standard output."""
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_file(output, data)


def resource_text(resource: Resource) -> str:
    """A thing, its facts and the claims that speak of it, for people."""
    return "\n".join(_resource_lines(resource)) + "\n"


def _resource_lines(resource: Resource) -> Iterator[str]:
    yield click.style(resource.label, bold=True)
    types = ", ".join(compact(one) for one in resource.types)
    yield compact(resource.iri) + (f"  ({types})" if types else "")
    if resource.quote:
        yield f"“{resource.quote}”"
    for reading in resource.other_readings:
        yield f"other reading: {reading}"
    if resource.facts:
        yield ""
        yield from _fact_lines(resource.facts)
    for claim in resource.claims:
        yield ""
        yield from _claim_lines(claim)


def _value(fact: Fact) -> str:
    if isinstance(fact.value, ox.NamedNode):
        curie = compact(fact.value.value)
        return curie if fact.value_label == curie else f"{fact.value_label} ({curie})"
    language = getattr(fact.value, "language", None)
    return fact.value_label + (f" @{language}" if language else "")


def _fact_lines(facts: Sequence[Fact]) -> Iterator[str]:
    """Facts in columns: property, value, nature and kind of graph, where it is said."""
    cells = [
        (
            f"← {one.property_label}" if one.inverse else one.property_label,
            _value(one),
            ", ".join(filter(None, (one.nature, one.kind))),
            one.citation,
        )
        for one in facts
    ]
    for column in _aligned(cells):
        yield f"  {column}"


def _aligned(cells: Sequence[tuple[str, ...]]) -> Iterator[str]:
    # a long value must not push what follows it out of sight on every line
    widths = [min(max(width(one[place]) for one in cells), 60) for place in range(len(cells[0]))]
    for one in cells:
        padded = (cell + " " * (w - width(cell)) for cell, w in zip(one, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _claim_lines(claim: Claim) -> Iterator[str]:
    how = ", ".join(compact(one).removeprefix("comity:") for one in claim.relations)
    yield (
        click.style(claim.citation, bold=True)
        + f"  {compact(claim.iri)}"
        + (f"  as {how}" if how else "")
    )
    if claim.quote:
        yield f"  “{claim.quote}”"
    for nature in ("coded", "stated", "computed", ""):
        named: dict[str, list[str]] = {}
        for fact in claim.facts:
            if fact.nature == nature:
                values = named.setdefault(fact.property_label, [])
                if fact.value_label not in values:
                    values.append(fact.value_label)
        if named:
            said = "; ".join(f"{name}: {', '.join(values)}" for name, values in named.items())
            yield f"  {nature or 'other'}: {said}"
    for reading in claim.other_readings:
        yield f"  other reading: {reading}"
