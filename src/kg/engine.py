"""Where a snapshot's questions are evaluated: what every engine does, and the embedded one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

import pyoxigraph as ox

from kg import guard
from kg import query as queries
from kg.results import Result, Term

Node = ox.NamedNode | ox.BlankNode | ox.Literal
Graph = ox.NamedNode | ox.DefaultGraph
# merged stores that are kept: there are few sets of graphs that anyone asks for twice
KEPT = 16
# a text that may name a graph; a backslash may spell any word (SPARQL 1.1, §19.2)
_NAMES_GRAPH = re.compile(r"graph|\\", re.IGNORECASE)


@dataclass(frozen=True)
class Dataset:
    """What a query is asked of: the union, as a set, of some graphs, and some named graphs."""

    default: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()


class Engine(Protocol):
    """What holds the named graphs of a snapshot, and their union as its default graph."""

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, in order."""

    def quads(
        self,
        subject: ox.NamedNode | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Node | None = None,
        graph: Graph | None = None,
    ) -> Iterator[ox.Quad]:
        """The quads that match; without a graph those of all graphs, the default one among them."""

    def speaks_of(self, iri: str) -> bool:
        """Whether any triple has the IRI for subject, predicate or object."""

    def ask(
        self,
        outline: guard.Outline,
        values: Mapping[str, Term],
        dataset: Dataset | None = None,
    ) -> Result:
        """The answer of a query whose parameters have values; `dataset` goes before its FROM."""


@dataclass
class Local:
    """The embedded engine: a store in this process, or on disk and read by this process."""

    store: ox.Store = field(repr=False)
    on_disk: bool = False
    _default: ox.Store | None = field(default=None, repr=False)
    _merged: dict[Dataset, ox.Store] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, in order."""
        return sorted(
            graph.value for graph in self.store.named_graphs() if isinstance(graph, ox.NamedNode)
        )

    def quads(
        self,
        subject: ox.NamedNode | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Node | None = None,
        graph: Graph | None = None,
    ) -> Iterator[ox.Quad]:
        """The quads that match; without a graph those of all graphs, the default one among them."""
        return self.store.quads_for_pattern(subject, predicate, object_, graph)

    def speaks_of(self, iri: str) -> bool:
        """Whether any triple has the IRI for subject, predicate or object."""
        node, found, everywhere = ox.NamedNode(iri), self.quads, ox.DefaultGraph()
        return any(
            next(quads, None) is not None
            for quads in (
                found(node, graph=everywhere),
                found(object_=node, graph=everywhere),
                found(predicate=node, graph=everywhere),
            )
        )

    def ask(
        self,
        outline: guard.Outline,
        values: Mapping[str, Term],
        dataset: Dataset | None = None,
    ) -> Result:
        """The answer of a query whose parameters have values; `dataset` goes before its FROM."""
        if dataset is None:
            return queries.run(self.sufficient(outline.text), outline, values)
        store = self.merged(dataset)
        return queries.run(store, outline, values, sorted(dataset.named), override_dataset=True)

    def separate(self) -> None:
        """Keep the default graph in a store of its own as well, where there are others beside it.

        In memory the engine walks through all statements of a term, whatever their graph, and every
        one of a named graph is in the union, too: a query that names no graph is done in three
        quarters of the time.
        """
        default = ox.Store()
        default.bulk_extend(self.store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
        if 0 < len(default) < len(self.store):
            self._default = default

    def sufficient(self, text: str) -> ox.Store:
        """The store that a query over all graphs is asked of: the smaller one, if it names none."""
        if self._default is None or _NAMES_GRAPH.search(text) is not None:
            return self.store
        return self._default

    def merged(self, dataset: Dataset) -> ox.Store:
        """A store whose default graph is the union of some graphs, and which holds some by name.

        As a set: the engine's own merging returns a triple once for each graph that holds it.
        """
        with self._lock:
            store = self._merged.get(dataset)
            if store is None:
                store = merge(self, dataset)
                while len(self._merged) >= KEPT:
                    self._merged.pop(next(iter(self._merged)))
                self._merged[dataset] = store
        return store


def merge(engine: Engine, dataset: Dataset) -> ox.Store:
    """A fresh store of what a dataset names, copied from an engine."""
    store = ox.Store()
    for iri in sorted(dataset.default):
        quads = engine.quads(graph=ox.NamedNode(iri))
        store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    for iri in sorted(dataset.named):
        store.bulk_extend(engine.quads(graph=ox.NamedNode(iri)))
    return store
