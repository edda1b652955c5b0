"""Owns the making of statements in one graph, from plain Python values."""

from collections.abc import Iterator

import pyoxigraph as ox

from kg.errors import DataError
from kg.evidence.structure import term
from kg.evidence.text import Span
from kg.names import PREFIXES

_INTEGER = ox.NamedNode(PREFIXES["xsd"] + "integer")

Value = ox.NamedNode | ox.Literal | str | int


class Statements:
    """Makes quads of one graph."""

    def __init__(self, graph: str) -> None:
        self.graph = ox.NamedNode(graph)

    def say(self, subject: str, predicate: str | ox.NamedNode, value: Value) -> ox.Quad:
        """One statement; a bare predicate is a term of the ontology, a bare string a literal."""
        if isinstance(predicate, str):
            predicate = term(predicate)
        if isinstance(value, int):
            value = ox.Literal(str(value), datatype=_INTEGER)
        elif isinstance(value, str):
            value = ox.Literal(value)
        return ox.Quad(ox.NamedNode(subject), predicate, value, self.graph)

    def span(self, subject: str, span: Span) -> Iterator[ox.Quad]:
        """Where something starts and ends."""
        yield self.say(subject, "start", span.start)
        yield self.say(subject, "end", span.end)


def outside(prefix: str, name: str) -> ox.NamedNode:
    """A term of another vocabulary."""
    return ox.NamedNode(PREFIXES[prefix] + name)


def plain(quad: ox.Quad) -> tuple[str, str]:
    """The subject's IRI, and the IRI or the characters of the object."""
    if isinstance(quad.subject, ox.NamedNode) and isinstance(
        quad.object, ox.NamedNode | ox.Literal
    ):
        return quad.subject.value, quad.object.value
    raise DataError(f"only IRIs and literals in curated data, not {quad.subject} … {quad.object}")
