"""Owns `kg format`: a curated file in its one order, unless that would change what it says."""

from collections.abc import Sequence
from pathlib import Path

from kg.curate.layout import render
from kg.curate.turtle import triples, write
from kg.errors import DataError
from kg.sources import file_of, graph_files, read


def format_file(project: Path, path: Path, check: bool = False) -> bool:
    """Put a curated file in order; with `check` only look. Whether it was out of order.

    DataError, and the file is left alone, when it is not Turtle, holds comments or blank nodes
    (both would be lost), or would say something else once written.
    """
    file = file_of(project, path)
    quads = read(file)
    text = render(quads, file)
    if triples(text, file.path) != {quad.triple for quad in quads}:
        raise DataError("would not say the same in the fixed order; it was left alone", file.path)
    if text.encode() == file.path.read_bytes():
        return False
    if not check:
        write(file.path, text)
    return True


def curated(project: Path, paths: Sequence[Path] = ()) -> list[Path]:
    """The files to put in order: those given, or all below data/."""
    if paths:
        return [path.resolve() for path in paths]
    return [file.path for file in graph_files(project) if (project / "data") in file.path.parents]
