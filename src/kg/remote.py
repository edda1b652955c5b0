"""The external engine: a SPARQL 1.1 store over HTTP, loaded by `kg publish`.

Stores differ in what they take the default graph to be. Where it is a graph of its own, the union
is stored there, and queries name no dataset, which is what such stores are quick at. Elsewhere a
named graph holds the union, others the union of each kind; every request then names it as its
default graph, and lists the named graphs where a query has `GRAPH`. `kg publish` finds out which.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from kg import guard, portable, sources
from kg import query as queries
from kg.engine import KEPT, Dataset, Graph, Node, merge
from kg.errors import SnapshotError, StoreError
from kg.http import NTRIPLES, ROWS, Answer, Connection
from kg.names import PREFIXES
from kg.results import Boolean, Result, Rows, Term, Triples, as_text

UNION = PREFIXES["graph"] + "union"
CONTENTS = PREFIXES["graph"] + "manifest"
IDENTIFIER = PREFIXES["dct"] + "identifier"
TRIPLES = PREFIXES["void"] + "triples"
DERIVED = PREFIXES["prov"] + "wasDerivedFrom"
# several graphs that no stored union joins are joined here, if they are not too large for it
MERGED = 1_000_000
# how long the store's digest is trusted to be what it was, in seconds
TRUSTED = 30.0


@dataclass(frozen=True)
class Contents:
    """What a store says of itself: the digest once it is whole, the digest meant, the graphs.

    Among the graphs is the default one, without a name, if the union is stored there.
    """

    digest: str = ""
    meant: str = ""
    graphs: Mapping[str, int] = field(default_factory=dict)


def contents(connection: Connection) -> Contents:
    """What `kg publish` wrote into a store about it; empty when it wrote nothing."""
    rows = read_rows(
        connection.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }", (CONTENTS,), (portable.NOTHING,))
    )
    digest = meant = ""
    graphs = {}
    for subject, predicate, object_ in rows.rows:
        name, value = as_text(predicate), as_text(object_)
        if name == IDENTIFIER:
            digest = value
        elif name == DERIVED:
            meant = value.rsplit("/", 1)[-1]
        elif name == TRIPLES:
            iri = as_text(subject)
            graphs["" if iri == CONTENTS else iri] = int(value)
    return Contents(digest, meant, graphs)


def unions(graphs: Iterable[str]) -> dict[str, frozenset[str]]:
    """The graphs that a store keeps beside those of the snapshot, and which each one joins."""
    every = frozenset(graphs)
    kinds = {kind: {one for one in every if sources.kind_of(one) == kind} for kind in sources.KINDS}
    joined = {
        PREFIXES["graph"] + kind: frozenset(found)
        for kind, found in kinds.items()
        if len(found) > 1
    }
    return {UNION: every} | joined


@dataclass
class Remote:
    """The graphs of a snapshot in an external store."""

    connection: Connection
    digest: str
    _merged: dict[Dataset, ox.Store] = field(default_factory=dict, repr=False)
    _graphs: dict[str, int] = field(default_factory=dict, repr=False)
    _unions: dict[frozenset[str], str] = field(default_factory=dict, repr=False)
    _own: bool = field(default=False, repr=False)
    _seen: float = field(default=0.0, repr=False)

    def __post_init__(self) -> None:
        self._verify()
        # lookups repeat, and a snapshot does not change
        self._found = lru_cache(maxsize=20_000)(self._find)

    def _verify(self) -> None:
        """SnapshotError unless the store holds, whole, the snapshot that is served."""
        if time.monotonic() - self._seen < TRUSTED and self._seen:
            return
        found = contents(self.connection)
        where = self.connection.address.query
        if found.digest != self.digest:
            holds = f"snapshot {found.digest[:12]}" if found.digest else "no whole snapshot"
            raise SnapshotError(
                f"{where} holds {holds}, not {self.digest[:12]}: run kg publish {where}"
            )
        self._own = "" in found.graphs
        beside = {"", UNION, *(PREFIXES["graph"] + kind for kind in sources.KINDS)}
        self._graphs = {iri: n for iri, n in found.graphs.items() if iri not in beside}
        self._unions = {graphs: iri for iri, graphs in unions(self._graphs).items()}
        self._seen = time.monotonic()

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, in order."""
        return sorted(self._graphs)

    def quads(
        self,
        subject: ox.NamedNode | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Node | None = None,
        graph: Graph | None = None,
    ) -> Iterator[ox.Quad]:
        """The quads that match; without a graph those of all named graphs."""
        return iter(self._found(subject, predicate, object_, graph))

    def _find(
        self,
        subject: ox.NamedNode | None,
        predicate: ox.NamedNode | None,
        object_: Node | None,
        graph: Graph | None,
    ) -> tuple[ox.Quad, ...]:
        if isinstance(object_, ox.BlankNode):
            return ()  # a label of one answer names nothing in another
        given = (subject, predicate, object_)
        pattern = " ".join(
            f"?{name}" if term is None else portable.written(term)
            for name, term in zip("spo", given, strict=True)
        )
        if isinstance(graph, ox.DefaultGraph):
            rows = self._rows(f"SELECT * WHERE {{ {pattern} }}")
        else:
            name = "?g" if graph is None else portable.written(graph)
            rows = self._rows(
                f"SELECT * WHERE {{ GRAPH {name} {{ {pattern} }} {self._seen_only(graph)} }}",
                self._graphs if graph is None else (graph.value,),
            )
        found = []
        for row in rows:
            subject_, predicate_, value = (
                row[name] if term is None else term for name, term in zip("spo", given, strict=True)
            )
            held: Any = row["g"] if graph is None else graph
            found.append(ox.Quad(subject_, predicate_, value, held))  # type: ignore[arg-type]
        return tuple(found)

    def _seen_only(self, graph: Graph | None) -> str:
        """What keeps a pattern over all named graphs from the one that is not the snapshot's."""
        return f"FILTER(?g != <{CONTENTS}>)" if graph is None and self._own else ""

    def _rows(self, text: str, named: Iterable[str] = ()) -> Rows:
        self._verify()
        return read_rows(self._send(text, UNION, named, ROWS))

    def _send(self, text: str, default: str, named: Iterable[str], accept: str) -> Answer:
        """Ask of the union, or of another stored graph, and of those named graphs."""
        if self._own and default == UNION:
            return self.connection.select(text, accept=accept)
        # Virtuoso counts one row for a graph that is named in the text and not in the list
        listed = (*sorted(named), portable.NOTHING)
        return self.connection.select(text, (default,), listed, accept)

    def speaks_of(self, iri: str) -> bool:
        """Whether any triple has the IRI for subject, predicate or object."""
        node = portable.written(ox.NamedNode(iri))
        places = (f"{node} ?p ?o", f"?s ?p {node}", f"?s {node} ?o")
        # an ASK over a UNION of them makes some stores look at everything
        return any(len(self._rows(f"SELECT * WHERE {{ {one} }} LIMIT 1")) for one in places)

    def ask(
        self,
        outline: guard.Outline,
        values: Mapping[str, Term],
        dataset: Dataset | None = None,
    ) -> Result:
        """The answer of a query whose parameters have values; `dataset` goes before its FROM."""
        self._verify()
        whole = dataset is None
        every = frozenset(self._graphs)
        asked = dataset or Dataset(every, every)
        default, named = asked.default & every, asked.named & every
        where = UNION if whole else self._stored(default)
        copied = Dataset(default, named)
        hidden = CONTENTS if whole and self._own else None
        text = portable.text(outline, values, named, hidden)
        if where is None or (self._own and not whole and self._size(copied) <= MERGED):
            return self._ask_merged(outline, values, copied)
        if not any(token.upper == "GRAPH" for token in outline.tokens):
            named = frozenset()
        rows = outline.form in ("SELECT", "ASK")
        accept = ROWS if rows else f"{NTRIPLES}, text/turtle;q=0.8"
        return read(self._send(text, where, named, accept), outline.form)

    def _stored(self, graphs: frozenset[str]) -> str | None:
        """The one graph of the store that is the union of some graphs, if there is one."""
        if len(graphs) < 2:
            return next(iter(graphs), portable.NOTHING)
        return None if self._own else self._unions.get(graphs)

    def _size(self, dataset: Dataset) -> int:
        return sum(self._graphs[iri] for iri in dataset.default | dataset.named)

    def _ask_merged(
        self, outline: guard.Outline, values: Mapping[str, Term], dataset: Dataset
    ) -> Result:
        """The answer over a copy: stores return a triple once for each graph that holds it.

        Those with a default graph of their own are besides slow with any other.
        """
        size = self._size(dataset)
        if size > MERGED:
            raise StoreError(
                f"these graphs hold {size:,} triples together, and at most {MERGED:,} are joined "
                "for a query: ask one graph, a kind of graph, or all"
            )
        store = self._merged.get(dataset)
        if store is None:
            store = merge(self, dataset)
            while len(self._merged) >= KEPT:
                self._merged.pop(next(iter(self._merged)))
            self._merged[dataset] = store
        return queries.run(store, outline, values, sorted(dataset.named), override_dataset=True)


def read(answer: Answer, form: str) -> Result:
    """A store's answer to a query of some form; StoreError when it is cut short or no answer."""
    if form in ("SELECT", "ASK"):
        rows = read_rows(answer)
        if form == "SELECT":
            return rows
        return Boolean(bool(rows.rows) and as_text(rows.rows[0][0]) in ("true", "1"))
    _refuse_cut(answer, None)
    format_ = ox.RdfFormat.from_media_type(answer.media_type)
    if format_ is None:
        raise StoreError(f"the store answers with {answer.media_type or 'no type'}, not with RDF")
    try:
        triples = {
            ox.Triple(quad.subject, quad.predicate, portable.received(quad.object))
            for quad in ox.parse(answer.body, format=format_)
        }
    except SyntaxError as error:
        raise StoreError(f"the store's answer is no {format_.name}: {error}") from error
    return Triples(tuple(sorted(triples, key=str)))


def read_rows(answer: Answer) -> Rows:
    """SPARQL 1.1 Query Results JSON (§3); the answer of an ASK is one row of one column."""
    try:
        whole = json.loads(answer.body)
        if "boolean" in whole:
            return Rows(("",), ((ox.Literal(bool(whole["boolean"])),),))
        variables = tuple(whole["head"]["vars"])
        rows = tuple(
            tuple(_term(row.get(name)) for name in variables)
            for row in whole["results"]["bindings"]
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError("the store's answer is no SPARQL result in JSON") from error
    _refuse_cut(answer, len(rows))
    return Rows(variables, rows)


def _refuse_cut(answer: Answer, rows: int | None) -> None:
    """StoreError for an answer that Virtuoso has cut: only headers beside a 200 say so."""
    most = answer.headers.get("x-sparql-maxrows", "")
    if most.isdecimal() and (rows is None or rows >= int(most)):
        raise StoreError(f"the store cuts answers at {most} rows: raise its ResultSetMaxRows")
    if "x-sql-state" in answer.headers:
        said = answer.headers.get("x-sql-message", "")[:200]
        raise StoreError(f"the store answered in part only: {said}")


def _term(given: dict[str, Any] | None) -> Term | None:
    """One term (§3.2.2); Virtuoso writes `typed-literal`, as drafts of the standard did."""
    if given is None:
        return None
    value, kind = given["value"], given["type"]
    if kind == "uri":
        return ox.NamedNode(value)
    if kind == "bnode":
        return ox.BlankNode(re.sub(r"[^A-Za-z0-9]", "", value) or "b")
    if kind == "triple":
        parts = {name: _term(value[name]) for name in ("subject", "predicate", "object")}
        return ox.Triple(*parts.values())  # type: ignore[arg-type]
    if "xml:lang" in given:
        return ox.Literal(value, language=given["xml:lang"])
    if "datatype" in given:
        return portable.received(ox.Literal(value, datatype=ox.NamedNode(given["datatype"])))
    return ox.Literal(value)
