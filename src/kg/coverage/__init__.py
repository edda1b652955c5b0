"""How much of a source has been read: per section the sentences with claims, the words quoted."""

from kg.coverage.measure import Counts, Coverage, Run, coverage
from kg.coverage.show import as_dqv, as_json, as_text

__all__ = ["Counts", "Coverage", "Run", "as_dqv", "as_json", "as_text", "coverage"]
