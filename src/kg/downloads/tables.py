"""Tables of a release for people who work in sheets and data frames: CSV, Parquet, XLSX.

A table is a question in queries/tables/. Its heading says under `table:` which columns are not
plain text; a `list` is one cell of values parted by ` | `, and a `named` one of IRIs each with a
name after it, which becomes two columns whose values stand in the same order.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kg import query as queries
from kg.errors import DataError
from kg.results import Rows
from kg.snapshot import Snapshot

PARQUET = "application/vnd.apache.parquet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = ("text", "list", "named", "integer", "date", "boolean")
ORDER = ("actors", "participations", "instruments", "actions", "topics")
_PARTED, _JOINED = " | ", "; "
# what a sheet would take for the beginning of a formula (OWASP, CSV injection)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# the earliest day that a zip file can hold, so that a workbook does not tell when it was made
_NO_TIME = datetime(1980, 1, 1)
_WIDEST = 60


@dataclass(frozen=True)
class Column:
    """One column and what its cells are; `iris` names the column that goes before a named one."""

    name: str
    type: str = "text"
    iris: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of Python values under typed columns; a list is a tuple of text."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...] = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """What the index says of its size."""
        return {"rows": len(self.rows), "columns": len(self.columns)}

    def to_csv(self) -> bytes:
        """The table in RFC 4180's CSV, text that begins like a formula after an apostrophe."""
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow(column.name for column in self.columns)
        writer.writerows([_written(value) for value in row] for row in self.rows)
        return buffer.getvalue().encode()


def _written(value: Any) -> str:
    """A value as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        value = _JOINED.join(value)
    text = str(value)
    # a negative number is no formula, and is written as it is
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _columns(question: queries.Query, variables: Sequence[str], path: Path) -> list[Column]:
    declared = (question.header or {}).get("table") or {}
    found = []
    for name in variables:
        given = declared.get(name) or {}
        if given.get("type", "text") not in TYPES:
            raise DataError(f"column {name}: no type {given['type']}", path, 1)
        found.append(Column(name, given.get("type", "text"), given.get("iris", "")))
    unknown = set(declared) - set(variables)
    if unknown:
        raise DataError(f"no column {', '.join(sorted(unknown))}", path, 1)
    return found


def _cells(column: Column, value: Any) -> list[Any]:
    """The one or two cells that a value of an answer becomes, lists in a fixed order."""
    if column.type not in ("list", "named"):
        return [value]
    values = sorted(value.split(_PARTED)) if value else []
    if column.type == "list":
        return [tuple(values)]
    pairs = [one.partition(" ") for one in values]
    return [tuple(name for _, _, name in pairs), tuple(iri for iri, _, _ in pairs)]


def read(project: Path, snapshot: Snapshot) -> Iterator[Table]:
    """Every table of the project, as a snapshot answers its question."""
    paths = {path.stem: path for path in (project / "queries" / "tables").glob("*.rq")}
    for name in sorted(paths, key=lambda one: (ORDER.index(one) if one in ORDER else 99, one)):
        question = queries.load(paths[name], f"tables/{name}")
        answer = snapshot.run(question)
        if not isinstance(answer, Rows):
            raise DataError("a table is a SELECT", paths[name], 1)
        columns = _columns(question, answer.variables, paths[name])
        rows = [
            tuple(cell for one in columns for cell in _cells(one, record[one.name]))
            for record in answer.records()
        ]
        written: list[Column] = []
        for one in columns:
            written.append(Column(one.name, "list" if one.type == "named" else one.type))
            if one.type == "named":
                written.append(Column(one.iris, "list"))
        title = f"Comity: table of {name}"
        yield Table(
            f"comity-table-{name}", title, f"{question.summary}.", tuple(written), tuple(rows)
        )


def to_parquet(table: Table) -> bytes:
    """The table in Parquet: lists, dates and numbers as such, and no text changed."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {
        "text": pa.string(),
        "list": pa.list_(pa.string()),
        "integer": pa.int64(),
        "date": pa.date32(),
        "boolean": pa.bool_(),
    }
    arrays = [
        pa.array([row[place] for row in table.rows], type=kinds[column.type])
        for place, column in enumerate(table.columns)
    ]
    names = [column.name for column in table.columns]
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table(arrays, names=names), sink, compression="zstd")
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _about(tables: Sequence[Table], manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the first sheet says: only what follows from the data, so that bytes stay the same."""
    said = [
        ("Title", "Comity: knowledge graph of bilateral digital cooperation"),
        ("Release", str(manifest["digest"])),
        ("Version", str(manifest["version"])),
        ("Licence", str(manifest["licence"])),
    ]
    for one in manifest["sources"]:
        said += [
            ("Source", str(one.get("title", one["iri"]))),
            ("Date of the source", str(one.get("date", ""))),
            ("Address of the source", str(one.get("url", ""))),
            ("IRI of the source", str(one["iri"])),
        ]
    said += [(f"Sheet {one.name.rsplit('-', 1)[-1]}", one.description) for one in tables]
    return said


def to_xlsx(tables: Sequence[Table], manifest: Mapping[str, Any]) -> bytes:
    """All tables as one workbook, a sheet each after one that says what it is; empty without any.

    Every text is written as text, so that none is taken for a formula or an address.
    """
    if not tables:
        return b""
    import xlsxwriter

    sink = io.BytesIO()
    book = xlsxwriter.Workbook(
        sink,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties({"title": "Comity: tables", "created": _NO_TIME})
    forms = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        # kept as text even by who opens the cell and leaves it
        "guarded": book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
    }
    first = book.add_worksheet("About")
    first.set_column(0, 0, 24)
    first.set_column(1, 1, 90)
    for line, (what, value) in enumerate(_about(tables, manifest)):
        first.write_string(line, 0, what, forms["head"])
        first.write_string(line, 1, value, _form(value, forms))
    for table in tables:
        sheet = book.add_worksheet(table.name.rsplit("-", 1)[-1])
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, _width(table, place))
            sheet.write_string(0, place, column.name, forms["head"])
            for line, row in enumerate(table.rows, start=1):
                _write_cell(sheet, line, place, row[place], forms)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    book.close()
    return sink.getvalue()


def _form(text: str, forms: Mapping[str, Any]) -> Any:
    return forms["guarded" if text.startswith(_FORMULA) else "text"]


def _write_cell(sheet: Any, line: int, place: int, value: Any, forms: Mapping[str, Any]) -> None:
    if isinstance(value, tuple):
        value = _JOINED.join(value)
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value, forms["text"])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, forms["date"])
    elif isinstance(value, int):
        sheet.write_number(line, place, value, forms["text"])
    else:
        sheet.write_string(line, place, str(value), _form(str(value), forms))


def _width(table: Table, place: int) -> int:
    """A width in characters at which most cells of a column are read without wrapping."""
    lengths = [len(_written(row[place])) for row in table.rows]
    return min(max([len(table.columns[place].name), *lengths]) + 2, _WIDEST)
