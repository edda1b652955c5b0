"""What a query answers: rows, triples or a boolean, typed, and how each is written."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
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
_INTEGERS = {
    _XSD + name
    for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger")
}
_CONTROL = {code: "\N{REPLACEMENT CHARACTER}" for code in range(32) if code not in (9, 10, 13)}
_CONTROL |= {0xFFFE: "\N{REPLACEMENT CHARACTER}", 0xFFFF: "\N{REPLACEMENT CHARACTER}"}


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
        """The rows in one of the formats of SPARQL results."""
        chosen = _of_rows(format_)
        return _WRITERS[chosen.name](self).encode()


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
    """A term in SPARQL 1.1 Query Results JSON (§3.2.2)."""
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
    elif term.datatype.value != _STRING:
        found["datatype"] = term.datatype.value
    return found


def _json(rows: Rows) -> str:
    bindings = [
        {name: _json_term(term) for name, term in row.items() if term is not None} for row in rows
    ]
    whole = {"head": {"vars": list(rows.variables)}, "results": {"bindings": bindings}}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


_XML_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
)


def _xml_text(text: str) -> str:
    """Text that XML can hold: it has no way to write most control characters (XML 1.0, §2.2)."""
    return escape(text.translate(_CONTROL), quote=True).replace("\r", "&#13;")


def _quoted(text: str) -> str:
    return f'"{_xml_text(text)}"'


def _xml_term(term: Term) -> str:
    """A term in the SPARQL Query Results XML Format (§2.3.1)."""
    if isinstance(term, ox.NamedNode):
        return f"<uri>{_xml_text(term.value)}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{_xml_text(term.value)}</bnode>"
    if isinstance(term, ox.Triple):
        parts = (("subject", term.subject), ("predicate", term.predicate), ("object", term.object))
        inner = "".join(f"<{name}>{_xml_term(part)}</{name}>" for name, part in parts)
        return f"<triple>{inner}</triple>"
    mark = ""
    if term.language:
        mark = f" xml:lang={_quoted(term.language)}"
    elif term.datatype.value != _STRING:
        mark = f" datatype={_quoted(term.datatype.value)}"
    return f"<literal{mark}>{_xml_text(term.value)}</literal>"


def _xml(rows: Rows) -> str:
    head = "".join(f"<variable name={_quoted(name)}/>" for name in rows.variables)
    lines = [_XML_HEAD + f"<head>{head}</head><results>"]
    for row in rows:
        cells = (
            f"<binding name={_quoted(name)}>{_xml_term(term)}</binding>"
            for name, term in row.items()
            if term is not None
        )
        lines.append(f"<result>{''.join(cells)}</result>")
    return "\n".join([*lines, "</results></sparql>", ""])


def _plain(term: Term | None) -> str:
    """A term as CSV has it, without marks of its kind (SPARQL 1.1 CSV and TSV, §3.2)."""
    if term is None:
        return ""
    if isinstance(term, ox.BlankNode | ox.Triple):
        return str(term)
    return term.value


def _csv(rows: Rows) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(rows.variables)
    writer.writerows([_plain(term) for term in row] for row in rows.rows)
    return buffer.getvalue()


def _tsv(rows: Rows) -> str:
    lines = ["\t".join(f"?{name}" for name in rows.variables)]
    for row in rows.rows:
        # str(term) is N-Triples, which escapes line ends but not tabs
        cells = ("" if term is None else str(term).replace("\t", "\\t") for term in row)
        lines.append("\t".join(cells))
    return "\n".join([*lines, ""])


_WRITERS = {"json": _json, "xml": _xml, "csv": _csv, "tsv": _tsv}
