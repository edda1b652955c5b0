"""Which parts of a release are taken away whole: their names, titles and quads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import sources
from kg.errors import DataError
from kg.names import BASE, PREFIXES
from kg.results import as_text

SHAPES = {"shapes": BASE + "shapes", "style.shapes": BASE + "style-shapes"}
SHAPES_PART = "comity-shapes"
_KINDS = {
    sources.REPORTED: "what the sources claim, each passage a graph",
    sources.EVIDENCE: "where each passage, sentence and quote stands in its source",
    sources.REFERENCE: "what the curators know from elsewhere: registers, names, identifiers",
    sources.DERIVED: "what rules compute from the other graphs",
}


@dataclass(frozen=True)
class Part:
    """One part: `name` begins the names of its files, and is its fragment in a release's IRI."""

    name: str
    title: str
    description: str
    quads: tuple[ox.Quad, ...] = field(repr=False)

    @property
    def graphs(self) -> int:
        """How many named graphs it has."""
        return len({quad.graph_name for quad in self.quads})


def of_passages(quads: Iterable[ox.Quad]) -> dict[str, list[ox.Quad]]:
    """The quads of each passage, under `<source>/<section>/<passage>`, in order."""
    found: dict[str, list[ox.Quad]] = {}
    for quad in quads:
        graph = as_text(quad.graph_name)
        if sources.kind_of(graph) == sources.REPORTED:
            found.setdefault(graph.removeprefix(sources.SOURCE), []).append(quad)
    return dict(sorted(found.items()))


def _shapes(project: Path) -> Iterator[ox.Quad]:
    """The shapes, which are no part of the dataset, with blank nodes named by their content."""
    for name, graph in SHAPES.items():
        path = project / "ontology" / f"{name}.ttl"
        if not path.is_file():
            continue
        try:
            read = ox.Dataset(
                ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))
                for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE)
            )
        except (OSError, SyntaxError) as error:
            raise DataError(f"cannot be read: {error}", path) from error
        read.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        # each file names its blank nodes from the beginning: they are kept apart
        yield from _apart(read, name.replace(".", ""))


def _apart(quads: Iterable[ox.Quad], mark: str) -> Iterator[ox.Quad]:
    """The quads with a mark before the labels of their blank nodes."""

    def own(term: Any) -> Any:
        return ox.BlankNode(mark + term.value) if isinstance(term, ox.BlankNode) else term

    for quad in quads:
        yield ox.Quad(own(quad.subject), quad.predicate, own(quad.object), quad.graph_name)


def _source_of(graph: str) -> str:
    """The source that a passage or an evidence graph belongs to; empty for other graphs."""
    if sources.kind_of(graph) == sources.REPORTED:
        return graph.removeprefix(sources.SOURCE).split("/", 1)[0]
    evidence = f"{sources.GRAPH}{sources.EVIDENCE}/"
    return graph.removeprefix(evidence) if graph.startswith(evidence) else ""


def divide(project: Path, quads: Sequence[ox.Quad]) -> list[Part]:
    """Every part of a release, the whole first; parts without a triple are left out."""
    by_graph: dict[str, list[ox.Quad]] = {}
    for quad in quads:
        by_graph.setdefault(as_text(quad.graph_name), []).append(quad)
    graphs = sorted(by_graph)

    def of(wanted: Iterable[str]) -> tuple[ox.Quad, ...]:
        return tuple(quad for graph in wanted for quad in by_graph[graph])

    found = [
        Part(
            "comity",
            "Comity",
            "Knowledge graph of bilateral digital cooperation: who agreed what with whom, and in "
            "which passage of which report that is written. The whole dataset.",
            tuple(quads),
        )
    ]
    for kind, what in _KINDS.items():
        its = of(graph for graph in graphs if sources.kind_of(graph) == kind)
        found.append(Part(f"comity-{kind}", f"Comity: {kind} graphs", f"{what}.".capitalize(), its))
    for source in sorted({_source_of(graph) for graph in graphs} - {""}):
        its = of(graph for graph in graphs if _source_of(graph) == source)
        what = f"The passages of the source {source}, and the evidence for them."
        found.append(Part(f"comity-source-{source}", f"Comity: source {source}", what, its))
    scheme = PREFIXES["scheme"]
    found += [
        Part(
            "comity-ontology",
            "Comity: ontology",
            "Classes and properties, in OWL.",
            of(graph for graph in graphs if graph == sources.ONTOLOGY_IRI),
        ),
        Part(
            "comity-alignments",
            "Comity: alignments",
            "Where the terms stand among those of other vocabularies.",
            of(graph for graph in graphs if graph == sources.ALIGNMENTS_IRI),
        ),
        Part(
            "comity-schemes",
            "Comity: concept schemes",
            "Acts, roles, statuses, modalities, kinds of instrument and topics, in SKOS.",
            of(graph for graph in graphs if graph.startswith(scheme)),
        ),
        Part(
            SHAPES_PART,
            "Comity: shapes",
            "What the data and the ontology are checked against, in SHACL.",
            tuple(_shapes(project)),
        ),
    ]
    return [part for part in found if part.quads]
