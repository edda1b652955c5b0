"""What a query answers: rows, triples or a boolean, typed, and how each is written."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg import formats
from kg.formats import Format
from kg.names import PREFIXES

if TYPE_CHECKING:  # pandas is optional, and slow to import
    from pandas import DataFrame  # type: ignore[import-untyped]

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_XSD = PREFIXES["xsd"]
_STRING = _XSD + "string"
_XML_HEAD = '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#">'
_INTEGERS = {
    _XSD + name
    for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger")
}


def value(term: Term | None) -> Any:
    """A term as Python has it: numbers, dates and booleans as such, the rest as text.

    >>> value(ox.Literal("250000000", datatype=ox.NamedNode(_XSD + "integer")))
    250000000
    >>> value(ox.NamedNode("https://w3id.org/comity/id/actor/mic"))
    'https://w3id.org/comity/id/actor/mic'
    """
    if term is None:
        return None
    if isinstance(term, ox.Triple):
        return str(term)
    if not isinstance(term, ox.Literal):
        return term.value
    kind = term.datatype.value
    try:
        if kind in _INTEGERS:
            return int(term.value)
        if kind == _XSD + "decimal":
            return Decimal(term.value)
        if kind in (_XSD + "double", _XSD + "float"):
            return float(term.value)
        if kind == _XSD + "boolean":
            return term.value in ("true", "1")
        if kind == _XSD + "date":
            return date.fromisoformat(term.value)
        if kind == _XSD + "dateTime":
            return datetime.fromisoformat(term.value)
    except (ValueError, ArithmeticError):
        # an ill-typed literal is kept as it is written (RDF 1.1 Semantics, §7.1)
        return term.value
    return term.value


def as_text(term: object) -> str:
    """The text of a term: an IRI, a literal as it is written; empty for what has none of its own.

    >>> as_text(ox.Literal("250000000", datatype=ox.NamedNode(_XSD + "integer")))
    '250000000'
    >>> as_text(ox.DefaultGraph())
    ''
    """
    return str(getattr(term, "value", ""))


@dataclass(frozen=True)
class Rows:
    """The answer of a SELECT: one tuple of terms a row, in the order of `variables`."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Term | None]]:
        return (dict(zip(self.variables, row, strict=True)) for row in self.rows)

    def records(self) -> list[dict[str, Any]]:
        """Each row as a dictionary of Python values; None where a variable is unbound."""
        return [{name: value(term) for name, term in row.items()} for row in self]

    def to_pandas(self) -> "DataFrame":
        """The rows as a table of Python values; wants pandas."""
        import pandas as pd

        values = [[value(term) for term in row] for row in self.rows]
        return pd.DataFrame(values, columns=list(self.variables), dtype=object).infer_objects()

    def without(self, dropped: Sequence[str]) -> "Rows":
        """The same rows without some of the columns."""
        kept = [i for i, name in enumerate(self.variables) if name not in dropped]
        return Rows(
            tuple(self.variables[i] for i in kept),
            tuple(tuple(row[i] for i in kept) for row in self.rows),
        )

    def serialize(self, format_: Format | str) -> bytes:
        """The rows in one of the formats of SPARQL results, as the engine writes those it found.

        UsageError for characters that XML cannot hold.
        """
        chosen = _of_rows(format_)
        # the engine writes only answers, so it is given the rows as one
        answer = ox.parse_query_results(_json(self), format=ox.QueryResultsFormat.JSON)
        body = answer.serialize(format=chosen.results) or b""
        return formats.checked_xml(body) if chosen.name == "xml" else body


@dataclass(frozen=True)
class Boolean:
    """The answer of an ASK."""

    value: bool

    def __bool__(self) -> bool:
        return self.value

    def serialize(self, format_: Format | str) -> bytes:
        """The answer in one of the formats of SPARQL results; plain `true` in CSV and TSV."""
        word = "true" if self.value else "false"
        match _of_rows(format_).name:
            case "json":
                return f'{{"head":{{}},"boolean":{word}}}'.encode()
            case "xml":
                return (_XML_HEAD + f"<head/><boolean>{word}</boolean></sparql>\n").encode()
        return f"{word}\n".encode()


@dataclass(frozen=True)
class Triples:
    """The answer of a CONSTRUCT or DESCRIBE: a set of triples, in a fixed order."""

    triples: tuple[ox.Triple, ...]

    def __len__(self) -> int:
        return len(self.triples)

    def __iter__(self) -> Iterator[ox.Triple]:
        return iter(self.triples)

    def to_pandas(self) -> "DataFrame":
        """The triples as a table of three columns; wants pandas."""
        rows = tuple((one.subject, one.predicate, one.object) for one in self.triples)
        return Rows(("subject", "predicate", "object"), rows).to_pandas()

    def serialize(self, format_: Format | str) -> bytes:
        """The triples in an RDF format."""
        chosen = formats.by_name(format_, formats.TRIPLES) if isinstance(format_, str) else format_
        return formats.write(self.triples, chosen)


Result = Rows | Triples | Boolean


def _of_rows(format_: Format | str) -> Format:
    return formats.by_name(format_ if isinstance(format_, str) else format_.name, formats.ROWS)


def _json_term(term: Term) -> dict[str, Any]:
    """A term in SPARQL 1.2 Query Results JSON (§3.2.2)."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {k: _json_term(v) for k, v in parts.items()}}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
        if term.direction:
            found["its:dir"] = term.direction.value
    elif term.datatype.value != _STRING:
        found["datatype"] = term.datatype.value
    return found


def _json(rows: Rows) -> str:
    bindings = [
        {name: _json_term(term) for name, term in row.items() if term is not None} for row in rows
    ]
    whole = {"head": {"vars": list(rows.variables)}, "results": {"bindings": bindings}}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
