"""SHACL: the shapes of `ontology/shapes.ttl` over the union of the authored graphs.

rdflib and pyshacl are imported where they are used: together they cost half a second that no
other command should pay.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import DataError
from kg.names import PREFIXES

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node, URIRef

_SH = PREFIXES["sh"]


@dataclass(frozen=True)
class Violation:
    """One `sh:ValidationResult`: the named shape it belongs to, and its parts as text."""

    focus: str
    shape: str
    constraint: str
    message: str
    value: str | None
    result_path: str | None


def to_rdflib(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> "Node":
    """The rdflib term of a pyoxigraph term."""
    from rdflib import BNode, Literal, URIRef

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Triple):
        raise TypeError("curated data quotes no triples")
    if term.language:
        return Literal(term.value, lang=term.language)
    # xsd:string is left off: rdflib takes a plain literal for one, but compares the two as unequal
    datatype = term.datatype.value
    if datatype == PREFIXES["xsd"] + "string":
        return Literal(term.value)
    return Literal(term.value, datatype=URIRef(datatype))


def union(quads: Iterable[ox.Quad]) -> "Graph":
    """The quads as one rdflib graph, as a set."""
    from rdflib import Graph

    graph = Graph(bind_namespaces="none")
    for quad in quads:
        graph.add(triple(quad))
    return graph


def triple(quad: ox.Quad) -> "tuple[Node, Node, Node]":
    """The rdflib triple of a quad."""
    return to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)


class Shapes:
    """A shapes graph, read once and used for any number of validations."""

    def __init__(self, path: Path) -> None:
        from rdflib import Graph

        self.path = path
        try:
            self.graph = Graph(bind_namespaces="none").parse(path, format="turtle")
        except (OSError, SyntaxError, ValueError) as error:
            raise DataError(f"the shapes cannot be read: {error}", path) from error

    @cached_property
    def names(self) -> list[str]:
        """IRIs of the named shapes that have a target."""
        from rdflib.namespace import SH
        from rdflib.term import URIRef

        targets = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)
        found = {s for target in targets for s in self.graph.subjects(target)}
        return sorted(str(shape) for shape in found if isinstance(shape, URIRef))

    @cached_property
    def _owners(self) -> "dict[Node, str]":
        """The named shape that each blank node of the shapes graph is a part of."""
        from rdflib.namespace import RDF, SH
        from rdflib.term import BNode, URIRef

        owners: dict[Node, str] = {}
        for shape in self.graph.subjects(RDF.type, SH.NodeShape):
            if not isinstance(shape, URIRef):
                continue
            open_nodes: list[Node] = [shape]
            while open_nodes:
                node = open_nodes.pop()
                owners[node] = str(shape)
                open_nodes += [
                    o for o in self.graph.objects(node) if isinstance(o, BNode) and o not in owners
                ]
        return owners

    @cached_property
    def _targets(self) -> "dict[str, list[tuple[URIRef, URIRef]]]":
        """For each named shape, its target declarations: which kind, and what of."""
        from rdflib.namespace import SH
        from rdflib.term import URIRef

        kinds = (SH.targetClass, SH.targetObjectsOf, SH.targetSubjectsOf, SH.targetNode)
        return {
            name: [
                (kind, of)
                for kind in kinds
                for of in self.graph.objects(URIRef(name), kind)
                if isinstance(of, URIRef)
            ]
            for name in self.names
        }

    def targets(self, shape: str, data: "Graph") -> set[str]:
        """The nodes of the data that a named shape is applied to (SHACL, §2.1.3)."""
        from rdflib.namespace import RDF, RDFS, SH

        found: set[Node] = set()
        for kind, of in self._targets[shape]:
            if kind == SH.targetClass:
                for kind_of in data.transitive_subjects(RDFS.subClassOf, of):
                    found |= set(data.subjects(RDF.type, kind_of))
            elif kind == SH.targetObjectsOf:
                found |= set(data.objects(None, of))
            elif kind == SH.targetSubjectsOf:
                found |= set(data.subjects(of))
            else:
                found.add(of)
        return {str(node) for node in found}

    def validate(self, data: "Graph", focus: Sequence[str] | None = None) -> list[Violation]:
        """Validate the data, or only some nodes of it, without inference.

        For some nodes the shapes are given these as `sh:targetNode` in place of their own targets:
        pyshacl's `focus_nodes` leaves out, deep inside a shape, every value that is not itself in
        focus, and its `use_shapes` every shape that another one refers to, so that a broken value
        passes.
        """
        if focus is None:
            return self._run(data, self.graph)
        from rdflib.namespace import SH
        from rdflib.term import URIRef

        wanted = set(focus)
        named = {shape: self.targets(shape, data) & wanted for shape in self.names}
        triples = [
            (URIRef(shape), SH.targetNode, URIRef(node))
            for shape, nodes in named.items()
            for node in nodes
        ]
        if not triples:
            return []
        for triple_ in triples:
            self._untargeted.add(triple_)
        try:
            return self._run(data, self._untargeted)
        finally:
            for triple_ in triples:
                self._untargeted.remove(triple_)

    @cached_property
    def _untargeted(self) -> "Graph":
        """The shapes without their targets."""
        from rdflib import Graph
        from rdflib.namespace import SH

        graph = Graph(bind_namespaces="none")
        targets = {SH.targetClass, SH.targetObjectsOf, SH.targetSubjectsOf, SH.targetNode}
        for statement in self.graph:
            if statement[1] not in targets:
                graph.add(statement)
        return graph

    def _run(self, data: "Graph", shapes: "Graph") -> list[Violation]:
        import pyshacl
        from rdflib.namespace import SH
        from rdflib.term import URIRef

        conforms, report, _text = pyshacl.validate(
            data, shacl_graph=shapes, inference="none", inplace=True
        )
        if conforms:
            return []
        found = []
        for result in report.objects(None, SH.result):
            shape = report.value(result, SH.sourceShape)
            path = report.value(result, SH.resultPath)
            value = report.value(result, SH.value)
            found.append(
                Violation(
                    focus=str(report.value(result, SH.focusNode)),
                    shape=self._owners.get(shape, str(shape)).rpartition("#")[2],
                    constraint=str(report.value(result, SH.sourceConstraintComponent)),
                    message=str(report.value(result, SH.resultMessage)),
                    value=None if value is None else str(value),
                    result_path=str(path) if isinstance(path, URIRef) else None,
                )
            )
        return found
