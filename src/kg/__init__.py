"""Comity: a knowledge graph of bilateral digital cooperation, as a library.

`kg.open()` gives the current snapshot; docs/library.md shows what to do with it.
"""

from kg.errors import (
    DataError,
    KgError,
    NotConformant,
    NotFound,
    QueryError,
    SnapshotError,
    UsageError,
)
from kg.lookup import Candidate
from kg.resource import Claim, Fact, Resource, describe, find, identify
from kg.results import Boolean, Rows, Triples
from kg.settings import Settings
from kg.snapshot import Snapshot, open

__all__ = [
    "Boolean",
    "Candidate",
    "Claim",
    "DataError",
    "Fact",
    "KgError",
    "NotConformant",
    "NotFound",
    "QueryError",
    "Resource",
    "Rows",
    "Settings",
    "Snapshot",
    "SnapshotError",
    "Triples",
    "UsageError",
    "describe",
    "find",
    "identify",
    "open",
]
