"""Evidence: the text copy of a source, and where its passages, sentences and quotes stand in it."""

from kg.evidence.structure import (
    Heading,
    Passage,
    Structure,
    problems,
    read_structure,
    structure_of,
)
from kg.evidence.text import (
    Span,
    TextCopy,
    digest,
    find_copy,
    normalise,
    occurrences,
    read_copy,
    words,
)

__all__ = [
    "Heading",
    "Passage",
    "Span",
    "Structure",
    "TextCopy",
    "digest",
    "find_copy",
    "normalise",
    "occurrences",
    "problems",
    "read_copy",
    "read_structure",
    "structure_of",
    "words",
]
