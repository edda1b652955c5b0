"""The exception tree: whatever the library refuses, it refuses with one of these.

::

    KgError
    ├── DataError       a curated file cannot be read as what it should be
    ├── NotConformant   the data breaks a check; carries the check report
    ├── QueryError      a query is not SPARQL, is too large, or wants other parameters
    │   └── NotAllowed  a query that would write, or reach another host
    ├── NotFound        nothing has that name
    │   └── Gone        an earlier release had it
    ├── SnapshotError   no snapshot, a broken one, or no room to write one
    ├── StoreError      an external store that does not answer, or not as it should
    └── UsageError      an argument has no meaning here
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `check` stands above this module: only its type is wanted here
    from kg.check import CheckReport


class KgError(Exception):
    """Whatever went wrong, said in one line for the person who asked."""


class DataError(KgError):
    """A curated file that cannot be read; `path` and `line` say where, when known."""

    def __init__(self, message: str, path: Path | None = None, line: int | None = None) -> None:
        self.message = message
        self.path = path
        self.line = line
        where = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(where + message)


class NotConformant(KgError):  # noqa: N818 - says what the data is, as NotFound does
    """Data that breaks a check; `report` holds every finding."""

    def __init__(self, report: "CheckReport") -> None:
        self.report = report
        count = len(report.findings)
        super().__init__(f"the data does not conform: {count} finding{'s' * (count != 1)}")


class QueryError(KgError):
    """A query that cannot be run; `line` and `column` count from 1, when known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        self.line = line
        self.column = column
        super().__init__(message)


class NotAllowed(QueryError):  # noqa: N818 - the name of the condition, as in HTTP
    """A query that would change the graph or reach another host."""


class NotFound(KgError):  # noqa: N818 - the name of the condition, as in HTTP
    """Nothing answers to a name, an IRI or a digest."""


class Gone(NotFound):
    """A thing of an earlier release, withdrawn, that nothing replaces."""


class SnapshotError(KgError):
    """A snapshot that cannot be opened or written."""


class StoreError(KgError):
    """An external store that cannot be reached, takes too long, or answers with no answer."""


class UsageError(KgError):
    """An argument that has no meaning: an unknown prefix, format or kind."""
