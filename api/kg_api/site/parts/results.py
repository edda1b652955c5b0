"""Results of queries as pages show them: rows of cells with labels, links and languages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.names import BASE, PREFIXES, compact
from kg.results import Rows
from kg.snapshot import Snapshot
from kg_api.site import marks

_XSD = PREFIXES["xsd"]
_NUMBERS = {
    _XSD + name
    for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")
}
_SOURCE = BASE + "source/"
_DATE = PREFIXES["date"]


@dataclass(frozen=True)
class Cell:
    """One value: what is shown, where it leads, what it is exactly.

    `kind` is iri, place (in a source), date, number, text or none; `lang` that of a literal.
    """

    text: str = ""
    kind: str = "none"
    address: str = ""
    exact: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Table:
    """Rows as they are shown; `cut` if the whole result has more, `total` where it is known."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    cut: bool = False
    total: int | None = None
    boolean: bool | None = None

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers, and nothing else."""
        found = []
        for place in range(len(self.columns)):
            kinds = {row[place].kind for row in self.rows} - {"none"}
            found.append(kinds == {"number"})
        return tuple(found)


def _iri(snapshot: Snapshot, iri: str, lang: str) -> Cell:
    if iri.startswith(_DATE):
        return Cell(snapshot.names.label(iri), "date", "", iri)
    kind = "place" if iri.startswith(_SOURCE) and "#" not in iri else "iri"
    label = snapshot.names.label(iri, lang)
    return Cell(label, kind, marks.address_of(iri, lang), compact(iri))


def _literal(value: str, datatype: str, language: str) -> Cell:
    return Cell(value, "number" if datatype in _NUMBERS else "text", "", "", language)


def of_json(snapshot: Snapshot, body: bytes, lang: str, cut: bool) -> Table:
    """The table of an answer in the JSON format of SPARQL results."""
    read: Mapping[str, Any] = json.loads(body)
    if "boolean" in read:
        return Table((), (), boolean=bool(read["boolean"]))
    columns = tuple(read["head"]["vars"])

    def cell(term: Mapping[str, Any] | None) -> Cell:
        if term is None:
            return Cell()
        if term["type"] == "uri":
            return _iri(snapshot, term["value"], lang)
        if term["type"] == "bnode":
            return Cell(f"_:{term['value']}", "text")
        if term["type"] == "triple":
            return Cell(json.dumps(term["value"], ensure_ascii=False), "text")
        return _literal(term["value"], term.get("datatype", ""), term.get("xml:lang", ""))

    rows = tuple(
        tuple(cell(row.get(name)) for name in columns) for row in read["results"]["bindings"]
    )
    return Table(columns, rows, cut)


def _term(snapshot: Snapshot, term: object, lang: str) -> Cell:
    if isinstance(term, ox.NamedNode):
        return _iri(snapshot, term.value, lang)
    if isinstance(term, ox.Literal):
        return _literal(term.value, term.datatype.value, term.language or "")
    return Cell() if term is None else Cell(str(term), "text")


def of_triples(
    snapshot: Snapshot, triples: Sequence[ox.Triple | ox.Quad], lang: str, cut: bool
) -> Table:
    """The table of a graph: a row a statement."""
    rows = tuple(
        tuple(
            _term(snapshot, one, lang) for one in (triple.subject, triple.predicate, triple.object)
        )
        for triple in triples
    )
    return Table(("subject", "predicate", "object"), rows, cut)


def of_rows(snapshot: Snapshot, rows: Rows, lang: str, total: int) -> Table:
    """The table of a part of the rows of a named query."""
    shown = tuple(tuple(_term(snapshot, one, lang) for one in row) for row in rows.rows)
    return Table(rows.variables, shown, total > len(shown), total)
