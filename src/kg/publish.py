"""Loading a snapshot into an external store, by the SPARQL 1.1 Graph Store Protocol.

First a mark is written that says what is being loaded, last the digest: a store without the digest
is not served. A run that was cut off goes on where the counts of graphs do not match. Only graphs
that a mark lists as ours are ever removed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg import portable
from kg.errors import StoreError, UsageError
from kg.http import Connection
from kg.names import BASE
from kg.remote import (
    CONTENTS,
    DERIVED,
    IDENTIFIER,
    TRIPLES,
    Contents,
    contents,
    read_rows,
    unions,
)
from kg.snapshot import Snapshot

# triples in one request
BATCH = 20_000
SNAPSHOT = BASE + "snapshot/"
# what a store keeps for itself: nobody's data
_OWN = (
    "http://www.openlinksw.com/",
    "http://localuriqaserver/",
    "http://www.w3.org/ns/ldp#",
    "http://www.w3.org/2002/07/owl#",
)
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Published:
    """What was done: graphs and triples that the store now has, and how many were there already."""

    digest: str
    graphs: int
    triples: int
    kept: int


def publish(
    snapshot: Snapshot,
    connection: Connection,
    replace: bool = False,
    beside: bool = False,
    progress: Progress = lambda done, total, graph: None,
) -> Published:
    """Load a snapshot into a store that is empty, and verify it by the count of each graph.

    UsageError when the store holds another snapshot (unless `replace`), or data of others (unless
    `beside`, which leaves it as it is). StoreError when the store fails or counts otherwise.
    """
    where = connection.address.query
    mark, there = contents(connection), counted(connection)
    foreign = _foreign(there, where)
    resumed = mark.meant == snapshot.digest
    _refuse_others(mark, there, foreign, resumed or replace, beside, where)
    if not resumed:
        _withdraw(connection, mark, {iri for iri in there if iri in snapshot.graphs})
        there = {}
        connection.put(CONTENTS, _mark(snapshot.digest, {}, whole=False))
    if resumed and mark.graphs:
        members = _members(snapshot, own="" in mark.graphs)
    else:
        # the mark stands in a graph of its own: where queries see it, there is no default graph
        members = _members(snapshot, own=not foreign and default_size(connection) == 0)
    sizes = {iri: _size(snapshot, graphs) for iri, graphs in members.items()}
    if "" in sizes:
        there[""] = default_size(connection)
    missing = [iri for iri, size in sizes.items() if there.get(iri, 0) != size]
    if missing or not mark.digest:
        # no digest as long as a graph is written anew, so that nobody serves half of it
        connection.put(CONTENTS, _mark(snapshot.digest, sizes, whole=False))
    for number, iri in enumerate(missing, 1):
        progress(number, len(missing), iri or "default graph")
        _load(connection, iri, _triples(snapshot, members[iri]))
    _verify(connection, sizes)
    connection.put(CONTENTS, _mark(snapshot.digest, sizes, whole=True))
    total = sum(sizes[iri] for iri in snapshot.graphs)
    return Published(snapshot.digest, len(snapshot.graphs), total, len(sizes) - len(missing))


def _members(snapshot: Snapshot, own: bool) -> dict[str, frozenset[str]]:
    """The graphs that a store is given, the default one without a name, and which each one joins.

    The unions come first: they are the largest, and it is better to fail early.
    """
    every = frozenset(snapshot.graphs)
    joined = {"": every} if own else unions(every)
    return joined | {iri: frozenset([iri]) for iri in snapshot.graphs}


def _verify(connection: Connection, sizes: Mapping[str, int]) -> None:
    """StoreError unless every graph has as many triples as it was sent."""
    there = counted(connection)
    if "" in sizes:
        there[""] = default_size(connection)
    wrong = [iri for iri, size in sizes.items() if there.get(iri, 0) != size]
    if wrong:
        first = wrong[0]
        raise StoreError(
            f"{len(wrong)} of {len(sizes)} graphs are not as they were sent: "
            f"{first or 'the default graph'} has {there.get(first, 0):,} triples, "
            f"not {sizes[first]:,}"
        )


def default_size(connection: Connection) -> int:
    """How many triples a query finds that names no graph."""
    rows = read_rows(connection.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"))
    return int(getattr(rows.rows[0][0], "value", "0"))


def counted(connection: Connection) -> dict[str, int]:
    """How many triples each graph of a store has."""
    text = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    rows = read_rows(connection.select(text))
    return {
        graph.value: int(getattr(number, "value", "0"))
        for graph, number in rows.rows
        if isinstance(graph, ox.NamedNode)
    }


def _foreign(there: Iterable[str], where: str) -> list[str]:
    """The graphs that are neither ours nor the store's own."""
    return sorted(
        iri for iri in there if not iri.startswith((BASE, *_OWN)) and not _is_address(iri, where)
    )


def _refuse_others(
    mark: Contents,
    there: Iterable[str],
    foreign: list[str],
    allowed: bool,
    beside: bool,
    where: str,
) -> None:
    """UsageError for a store that holds what a load would overwrite, or belongs to others."""
    ours = {iri for iri in there if iri.startswith(BASE) and iri != CONTENTS}
    if (mark.meant or ours) and not allowed:
        held = f"snapshot {mark.meant[:12]}" if mark.meant else f"{len(ours)} graphs below {BASE}"
        raise UsageError(f"{where} holds {held}: load into an empty store, or say --replace")
    if foreign and not beside:
        raise UsageError(
            f"{where} holds data of others ({foreign[0]}, {len(foreign)} graphs in all): load into "
            "an empty store, or say --beside, which leaves theirs as it is"
        )


def _is_address(iri: str, where: str) -> bool:
    """Whether a graph is named by the store's own address, as Virtuoso names some of its own."""
    server = where.split("/", 3)[:3]
    return iri.split("/", 3)[:3] == server


def _withdraw(connection: Connection, mark: Contents, known: set[str]) -> None:
    """Take back a snapshot: its digest first, then its graphs, the list of them staying to the end.

    So that nobody serves half of it, and a run that is cut off still knows which were ours.
    """
    if mark.meant:
        connection.put(CONTENTS, _mark(mark.meant, mark.graphs, whole=False))
    for iri in sorted({*mark.graphs, *known}):
        connection.delete(iri)


def _mark(digest: str, graphs: Mapping[str, int], whole: bool) -> bytes:
    """What a store says of itself, in N-Triples."""
    node = ox.NamedNode(CONTENTS)
    triples = [ox.Triple(node, ox.NamedNode(DERIVED), ox.NamedNode(SNAPSHOT + digest))]
    if whole:
        triples.append(ox.Triple(node, ox.NamedNode(IDENTIFIER), ox.Literal(digest)))
    triples += [
        ox.Triple(ox.NamedNode(iri or CONTENTS), ox.NamedNode(TRIPLES), ox.Literal(size))
        for iri, size in graphs.items()
    ]
    return _written(triples)


def _written(triples: Iterable[ox.Triple]) -> bytes:
    kept = (ox.Triple(one.subject, one.predicate, portable.sent(one.object)) for one in triples)
    return ox.serialize(kept, format=ox.RdfFormat.N_TRIPLES) or b""


def _triples(snapshot: Snapshot, graphs: frozenset[str]) -> Iterator[ox.Triple]:
    """The union, as a set, of some graphs, those with blank nodes first.

    A label names one node within a request only, so these have to go together.
    """
    for blank in (True, False):
        seen: set[ox.Triple] = set()
        for iri in sorted(graphs):
            for quad in snapshot.engine.quads(graph=ox.NamedNode(iri)):
                nodes = (quad.subject, quad.object)
                if any(isinstance(node, ox.BlankNode) for node in nodes) is not blank:
                    continue
                if len(graphs) > 1:
                    if quad.triple in seen:
                        continue
                    seen.add(quad.triple)
                yield quad.triple


def _size(snapshot: Snapshot, graphs: frozenset[str]) -> int:
    return sum(1 for _ in _triples(snapshot, graphs))


def _load(connection: Connection, iri: str, triples: Iterator[ox.Triple]) -> None:
    """One graph, replaced by the first batch and added to by the others."""
    batch: list[ox.Triple] = []
    add = False
    for triple in triples:
        blank = isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)
        if len(batch) >= BATCH and not blank:
            connection.put(iri, _written(batch), add)
            batch, add = [], True
        batch.append(triple)
    connection.put(iri, _written(batch), add)
