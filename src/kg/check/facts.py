"""The quads of a project, indexed as the checks in Python want them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.names import PREFIXES
from kg.sources import EVIDENCE, REPORTED, kind_of

COMITY = PREFIXES["comity"]
RDF_TYPE = PREFIXES["rdf"] + "type"
Term = ox.NamedNode | ox.Literal
Description = dict[str, list[Term]]


@dataclass(frozen=True)
class Lapse:
    """What an evidence check found, before it is given its file and line."""

    focus: str
    check: str
    message: str
    graph: str | None = None
    value: str | None = None


@dataclass
class Facts:
    """Graph → subject → predicate → values; and of every named thing its forms.

    `forms` are all its names, `others` those that are not the preferred ones.
    """

    graphs: dict[str, dict[str, Description]] = field(default_factory=dict)
    forms: dict[str, list[ox.Literal]] = field(default_factory=dict)
    others: dict[str, list[ox.Literal]] = field(default_factory=dict)

    def passages(self, source: str) -> Iterator[tuple[str, dict[str, Description]]]:
        """The passage graphs of a source (its IRI)."""
        for graph, subjects in self.graphs.items():
            if kind_of(graph) == REPORTED and graph.startswith(source + "/"):
                yield graph, subjects

    def sources(self) -> list[str]:
        """IRIs of the sources that the evidence graphs describe."""
        return [
            subject
            for graph, subjects in self.graphs.items()
            if kind_of(graph) == EVIDENCE
            for subject, said in subjects.items()
            if any(value.value == COMITY + "Source" for value in said.get(RDF_TYPE, ()))
        ]


_PREFERRED = PREFIXES["skos"] + "prefLabel"
_FORMS = {PREFIXES["skos"] + name for name in ("prefLabel", "altLabel", "hiddenLabel")}


def index(quads: Iterable[ox.Quad]) -> Facts:
    """Index quads; blank nodes, which only the ontology has, are left out."""
    facts = Facts()
    graphs: dict[str, dict[str, Description]] = defaultdict(lambda: defaultdict(dict))
    forms: dict[str, list[ox.Literal]] = defaultdict(list)
    others: dict[str, list[ox.Literal]] = defaultdict(list)
    for quad in quads:
        subject, value = quad.subject, quad.object
        if not isinstance(subject, ox.NamedNode) or not isinstance(quad.graph_name, ox.NamedNode):
            continue
        if not isinstance(value, ox.NamedNode | ox.Literal):
            continue
        predicate = quad.predicate.value
        graphs[quad.graph_name.value][subject.value].setdefault(predicate, []).append(value)
        if predicate in _FORMS and isinstance(value, ox.Literal):
            forms[subject.value].append(value)
            if predicate != _PREFERRED:
                others[subject.value].append(value)
    facts.graphs = dict(graphs)
    facts.forms, facts.others = dict(forms), dict(others)
    return facts


def iris(said: Description, name: str) -> list[str]:
    """The IRIs that a description gives for a property of ours."""
    return [v.value for v in said.get(COMITY + name, ()) if isinstance(v, ox.NamedNode)]


def strings(said: Description, name: str) -> list[str]:
    """The texts that a description gives for a property of ours."""
    return [v.value for v in said.get(COMITY + name, ()) if isinstance(v, ox.Literal)]


def number(said: Description, name: str) -> int | None:
    """The whole number that a description gives for a property of ours, if it gives one."""
    for value in strings(said, name):
        if value.isdecimal():
            return int(value)
    return None
