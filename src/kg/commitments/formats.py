"""The formats that commitments can be had in, and the writer of each."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from kg.commitments.briefing import DOCX, XLSX, to_docx, to_xlsx
from kg.commitments.table import table
from kg.downloads.tables import PARQUET, to_parquet
from kg.errors import UsageError
from kg.formats import BY_NAME, Format

JSON = Format("json", "application/json", "json", "account", "JSON")
CSV = Format("csv", "text/csv", "csv", "account", "CSV")
FORMATS = (
    JSON,
    CSV,
    Format("parquet", PARQUET, "parquet", "account", "Parquet"),
    Format("xlsx", XLSX, "xlsx", "account", "workbook to brief from"),
    Format("docx", DOCX, "docx", "account", "document to brief from"),
    BY_NAME["ttl"],
)
# more rows are nothing to brief from, and take seconds to write
MAX_ROWS = {"xlsx": 5_000, "docx": 500}


def to_json(record: Mapping[str, Any]) -> bytes:
    """A record in JSON."""
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def _bounded(
    write: Callable[[Mapping[str, Any]], bytes], name: str
) -> Callable[[Mapping[str, Any]], bytes]:
    most = MAX_ROWS[name]

    def bounded(record: Mapping[str, Any]) -> bytes:
        if record["total"] > most:
            raise UsageError(
                f"{name} holds at most {most:,} commitments, not {record['total']:,}: "
                "narrow the filters, or take csv or parquet"
            )
        return write(record)

    return bounded


WRITERS: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
    "json": to_json,
    "csv": lambda record: table(record).to_csv(),
    "parquet": lambda record: to_parquet(table(record)),
    "xlsx": _bounded(to_xlsx, "xlsx"),
    "docx": _bounded(to_docx, "docx"),
}
