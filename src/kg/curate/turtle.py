"""Owns how curated Turtle is written: one header, one predicate a line, names relative to the base.

The writer knows the part of Turtle that curated files use: IRIs and literals, no blank node.
Whatever it writes is read again and compared before it reaches a file.
"""

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox

from kg.errors import DataError
from kg.names import PREFIXES

RDF_TYPE = PREFIXES["rdf"] + "type"
_XSD = PREFIXES["xsd"]
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_PATH = re.compile(r"[a-z0-9][A-Za-z0-9_.-]*(?:/[a-z0-9][A-Za-z0-9_.-]*)*")
_FRAGMENT = re.compile(r"[A-Za-z0-9_.~-]*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BARE = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
# namespaces, the longest first, so that one inside another wins
_NAMESPACES = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))

Block = tuple[ox.NamedNode, Sequence[tuple[ox.NamedNode, Sequence[ox.NamedNode | ox.Literal]]]]


class Writer:
    """Writes terms for one base, and remembers the prefixes they needed."""

    def __init__(self, base: str | None) -> None:
        self.base = base
        self.used: set[str] = set()

    def term(self, term: ox.NamedNode | ox.Literal) -> str:
        """A term as it stands in the file."""
        return self._iri(term.value) if isinstance(term, ox.NamedNode) else self._literal(term)

    def _iri(self, iri: str) -> str:
        relative = self._relative(iri)
        if relative is not None:
            return f"<{relative}>"
        for prefix, namespace in _NAMESPACES:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                self.used.add(prefix)
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    def _relative(self, iri: str) -> str | None:
        """The IRI relative to the base: the same document, its folder, or the folder above."""
        if self.base is None or "//" not in self.base:
            return None
        document, _, fragment = iri.partition("#")
        marked = "#" + fragment if "#" in iri else ""
        if not _FRAGMENT.fullmatch(fragment):
            return None
        if document == self.base:
            return marked
        folder = self.base.rsplit("/", 1)[0] + "/"
        if document.startswith(folder) and _PATH.fullmatch(document, len(folder)):
            # only within one source: a register and a passage are named by their prefixes
            return document[len(folder) :] + marked if _in_source(folder) else None
        above = folder[:-1].rsplit("/", 1)[0] + "/"
        if _in_source(above) and document.startswith(above):
            path = document[len(above) :]
            return f"../{path}{marked}" if _PATH.fullmatch(path) else None
        return None

    def _literal(self, literal: ox.Literal) -> str:
        datatype = literal.datatype.value
        bare = _BARE.get(datatype)
        if bare and bare.fullmatch(literal.value):
            return literal.value
        quoted = '"' + "".join(_escaped(character) for character in literal.value) + '"'
        if literal.language:
            return f"{quoted}@{literal.language}"
        if datatype == _XSD + "string":
            return quoted
        return f"{quoted}^^{self._iri(datatype)}"

    def block(self, block: Block, one_line: bool = False) -> str:
        """A subject with its predicates: on one line, or one predicate a line."""
        subject, facts = block
        said = [
            ("a" if predicate.value == RDF_TYPE else self.term(predicate))
            + " "
            + ", ".join(self.term(value) for value in objects)
            for predicate, objects in facts
        ]
        separator = " ; " if one_line else " ;\n    "
        return f"{self.term(subject)} {separator.join(said)} ."

    def document(self, paragraphs: Iterable[str]) -> str:
        """The file: base, the prefixes used, and the paragraphs."""
        body = "\n\n".join(paragraphs)
        header = [f"@base <{self.base}> ."] if self.base else []
        header += [f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in sorted(self.used)]
        return "\n".join(header) + "\n\n" + body + "\n"


def _in_source(folder: str) -> bool:
    """Whether a folder is that of a source or of one of its sections."""
    path = folder.removeprefix(PREFIXES["source"])
    return path != folder and 1 <= path.count("/") <= 2


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable() or character == "\u3000":
        return character
    return f"\\u{ord(character):04X}" if ord(character) < 0x10000 else f"\\U{ord(character):08X}"


def triples(text: str, path: Path) -> set[ox.Triple]:
    """The triples of a Turtle text that was just written."""
    try:
        parsed = ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
        return {quad.triple for quad in parsed}
    except SyntaxError as error:
        raise DataError(f"could not be written again as Turtle: {error}", path) from error


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            # a temporary file is private; a curated file is as readable as its neighbours
            Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror}", path) from error
