"""Changes between releases: what differs, told apart by why, in words, in RDF, and as a patch."""

from kg.diff.compare import diff
from kg.diff.lines import Version, apply_patch, differing, patch, version
from kg.diff.model import CLASSES, Changed, Diff, Identity, Place, Statement

__all__ = [
    "CLASSES",
    "Changed",
    "Diff",
    "Identity",
    "Place",
    "Statement",
    "Version",
    "apply_patch",
    "diff",
    "differing",
    "patch",
    "version",
]
