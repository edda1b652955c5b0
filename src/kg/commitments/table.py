"""A listing of commitments as a table: one row a commitment, typed columns, CSV and Parquet.

It is made of the listing's record, which is what crosses between processes.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kg.downloads.tables import Column, Table

COLUMNS = (
    Column("commitment"),
    Column("bearer", "list"),
    Column("bearer_iris", "list"),
    Column("side", "list"),
    Column("counterpart", "list"),
    Column("what"),
    Column("topic", "list"),
    Column("modality"),
    Column("status"),
    Column("deadline"),
    Column("deadline_earliest", "date"),
    Column("deadline_latest", "date"),
    Column("window"),
    Column("citation"),
    Column("quote"),
    Column("other_reading", "list"),
    Column("follow_up"),
    Column("later_reports", "list"),
    Column("passage"),
    Column("source"),
    Column("release"),
)


def _labels(things: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(one["label"] for one in things)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def later_reports(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The later reports that are known and not modelled, each with its date."""
    return tuple(
        one["label"] + (f" ({one['date']['words']})" if one["date"] else "")
        for one in row["follow_up"]["later_reports"]
    )


def _row(one: Mapping[str, Any], release: str) -> tuple[Any, ...]:
    due = one["deadline"] or {"edtf": None, "earliest": None, "latest": None}
    return (
        one["iri"],
        _labels(one["bearers"]),
        tuple(its["iri"] for its in one["bearers"]),
        _labels(one["sides"]),
        _labels(one["counterparts"]),
        one["what"],
        _labels(one["topics"]),
        one["modality"]["label"],
        one["status"]["label"],
        due["edtf"],
        _day(due["earliest"]),
        _day(due["latest"]),
        one["window"],
        one["citation"],
        one["quote"],
        tuple(one["other_readings"]),
        one["follow_up"]["said"],
        later_reports(one),
        one["passage"],
        one["source"],
        release,
    )


def table(record: Mapping[str, Any]) -> Table:
    """The rows of a listing's record."""
    rows = tuple(_row(one, record["release"]) for one in record["commitments"])
    return Table("commitments", record["title"], record["date_line"], COLUMNS, rows)
