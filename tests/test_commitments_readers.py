"""Commitments in every format, opened by programs that are not ours: every row, and what it says.

`python tests/test_commitments_readers.py` writes the table of docs/commitments.md.
"""

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import duckdb
import openpyxl
import pandas as pd
import pytest
import rdflib

import kg
from kg.commitments import commitments, triples
from kg.commitments.formats import WRITERS
from kg.formats import write

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "commitments.md"
PLACE = re.compile(r"(?<=<!-- readers -->\n).*?(?=<!-- /readers -->)", re.DOTALL)
Texts = set[str]


def _cells(frame: pd.DataFrame) -> Texts:
    return {str(value) for value in frame.to_numpy().ravel()}


def _duckdb(function: str) -> Callable[[Path], Texts]:
    def read(path: Path) -> Texts:
        with duckdb.connect() as database:
            rows = database.execute(f"SELECT * FROM {function}(?)", [str(path)])  # noqa: S608
            return {str(value) for row in rows.fetchall() for value in row}

    return read


def _workbook(path: Path) -> Texts:
    sheets = openpyxl.load_workbook(path).worksheets
    return {str(v) for sheet in sheets for row in sheet.iter_rows(values_only=True) for v in row}


def _document(path: Path) -> Texts:
    tables = docx.Document(str(path)).tables
    cells = [cell for table in tables for row in table.rows for cell in row.cells]
    return {one.text for cell in cells for one in (cell, *cell.paragraphs)}


def _json(path: Path) -> Texts:
    found: list[Any] = [json.loads(path.read_text("utf-8"))]
    texts: Texts = set()
    while found:
        one = found.pop()
        if isinstance(one, dict | list):
            found.extend(one.values() if isinstance(one, dict) else one)
        else:
            texts.add(str(one))
    return texts


def _rdflib(path: Path) -> Texts:
    return {
        str(one) for one in rdflib.Graph().parse(data=path.read_bytes(), format="turtle").objects()
    }


READERS: tuple[tuple[str, str, Callable[[Path], Texts]], ...] = (
    ("json", "Python", _json),
    ("csv", "pandas", lambda path: _cells(pd.read_csv(path))),
    ("csv", "DuckDB", _duckdb("read_csv")),
    ("parquet", "pandas", lambda path: _cells(pd.read_parquet(path))),
    ("parquet", "DuckDB", _duckdb("read_parquet")),
    ("xlsx", "openpyxl", _workbook),
    ("docx", "python-docx", _document),
    ("ttl", "rdflib", _rdflib),
)


def read(snapshot: kg.Snapshot, format_: str, opened: Callable[[Path], Texts], folder: Path) -> int:
    """How many commitments a program finds, each with words, citation and wording."""
    found = commitments(snapshot)
    record = found.record()
    path = folder / f"commitments.{format_}"
    if format_ == "ttl":
        path.write_bytes(write(triples(snapshot, found), "ttl"))
    else:
        path.write_bytes(WRITERS[format_](record))
    texts = opened(path)
    joined = "\n".join(texts)
    for row in record["commitments"]:
        for said in (row["quote"], row["citation"], row["modality"]["label"]):
            assert said in texts or said in joined, (format_, said)
    return len(record["commitments"])


def table(snapshot: kg.Snapshot, folder: Path) -> str:
    """The table of docs/commitments.md."""
    lines = ["| format | opened by | commitments read |", "|---|---|---:|"]
    for format_, reader, opened in READERS:
        lines.append(f"| `{format_}` | {reader} | {read(snapshot, format_, opened, folder)} |")
    return "\n".join(lines) + "\n"


def test_readers_find_every_commitment(real_snapshot: kg.Snapshot, tmp_path: Path) -> None:
    """As the table has it, which has every format."""
    found = PLACE.search(DOCUMENT.read_text("utf-8"))
    assert found is not None
    assert found[0] == table(real_snapshot, tmp_path)
    assert {one[0] for one in READERS} == {*WRITERS, "ttl"}


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_an_empty_list_opens_too(real_snapshot: kg.Snapshot, name: str, tmp_path: Path) -> None:
    """Filters may leave nothing: the file is still one."""
    path = tmp_path / f"none.{name}"
    record = commitments(real_snapshot, bearer="ITU", topic="semiconductors").record()
    path.write_bytes(WRITERS[name](record))
    assert record["commitments"] == []
    for format_, _, opened in READERS:
        if format_ == name:
            opened(path)


def main() -> None:
    """Write the table anew."""
    with tempfile.TemporaryDirectory() as name:
        fresh = table(kg.open(), Path(name))
    text = DOCUMENT.read_text("utf-8")
    assert PLACE.search(text)
    DOCUMENT.write_text(PLACE.sub(lambda _: fresh, text), "utf-8")


if __name__ == "__main__":
    main()
