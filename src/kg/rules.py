"""Rules: CONSTRUCT queries over the authored graphs, each of which writes one derived graph."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import query, sources
from kg.errors import DataError, QueryError
from kg.names import PREFIXES
from kg.results import Triples, as_text

# what only a curator may state: a rule that wrote one of these would mint a claim
_CLAIMS = {
    PREFIXES["comity"] + name
    for name in ("Claim", "Action", "Commitment", "Participation", "Context", "Money", "Group")
}
_READABLE = (sources.REPORTED, sources.EVIDENCE, sources.REFERENCE, sources.ONTOLOGY)
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")


@dataclass(frozen=True)
class Rule:
    """One rule: its query, the kinds of graph that it reads, and the graph that it writes."""

    query: query.Query
    path: Path
    reads: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the rule and of its graph."""
        return self.path.stem

    @property
    def graph(self) -> str:
        """The IRI of the derived graph."""
        return f"{sources.GRAPH}{sources.DERIVED}/{self.name}"


def load(project: Path) -> list[Rule]:
    """The rules of a project, in the order of their names; DataError for an unfit header."""
    found = []
    for path in sorted((project / "queries" / "rules").glob("*.rq")):
        one = query.load(path, f"rules/{path.stem}")
        reads = (one.header or {}).get("reads")
        if not isinstance(reads, list) or not reads or set(reads) - set(_READABLE):
            raise DataError(f"reads: name one or more of {', '.join(_READABLE)}", path, 1)
        if not one.summary:
            raise DataError("summary: say in a sentence what the rule adds", path, 1)
        found.append(Rule(one, path, tuple(sorted(set(reads)))))
    return found


def _readable(quads: Sequence[ox.Quad], kinds: tuple[str, ...]) -> ox.Store:
    """A store with the graphs of some kinds and their union: what a rule does not read is absent.

    So what its PROV statements say it was derived from cannot be wrong.
    """
    graph_kinds: dict[str, bool] = {}
    kept = []
    for quad in quads:
        iri = as_text(quad.graph_name)
        if iri not in graph_kinds:
            graph_kinds[iri] = sources.kind_of(iri) in kinds
        if graph_kinds[iri]:
            kept.append(quad)
    return sources.load(kept)


def apply(rule: Rule, store: ox.Store) -> list[ox.Quad]:
    """The derived graph of one rule, with where it comes from.

    DataError when the rule is no CONSTRUCT, or writes a blank node or a claim.
    """
    try:
        answer = query.run(store, rule.query)
    except QueryError as error:
        raise DataError(str(error), rule.path, error.line) from error
    if not isinstance(answer, Triples):
        raise DataError("a rule is a CONSTRUCT query", rule.path)
    graph = ox.NamedNode(rule.graph)
    for triple in answer:
        if isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode):
            raise DataError("a rule writes no blank node: give it an IRI", rule.path)
        if triple.predicate == _TYPE and as_text(triple.object) in _CLAIMS:
            raise DataError(f"a rule mints no claim, but this one does: {triple}", rule.path)
    quads = [ox.Quad(t.subject, t.predicate, t.object, graph) for t in answer]
    return quads + _provenance(rule, graph)


def _provenance(rule: Rule, graph: ox.NamedNode) -> list[ox.Quad]:
    """Which rule made the graph, and from which kinds of graph (PROV-O, §3.1 and §3.3)."""
    prov, rdf, dct = PREFIXES["prov"], PREFIXES["rdf"], PREFIXES["dct"]
    activity = ox.NamedNode(f"{rule.graph}#derivation")
    association = ox.NamedNode(f"{rule.graph}#association")
    plan = ox.NamedNode(f"{rule.graph}#rule")
    kinds = [ox.NamedNode(sources.GRAPH + kind) for kind in rule.reads if kind != sources.ONTOLOGY]
    if sources.ONTOLOGY in rule.reads:
        kinds.append(ox.NamedNode(sources.ONTOLOGY_IRI))
    stated: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = [
        (graph, rdf + "type", ox.NamedNode(prov + "Entity")),
        (graph, prov + "wasGeneratedBy", activity),
        (activity, rdf + "type", ox.NamedNode(prov + "Activity")),
        (activity, prov + "qualifiedAssociation", association),
        (association, rdf + "type", ox.NamedNode(prov + "Association")),
        (association, prov + "hadPlan", plan),
        (plan, rdf + "type", ox.NamedNode(prov + "Plan")),
        (plan, dct + "description", ox.Literal(rule.query.summary, language="en")),
    ]
    for kind in kinds:
        stated.append((graph, prov + "wasDerivedFrom", kind))
        stated.append((activity, prov + "used", kind))
    return [ox.Quad(s, ox.NamedNode(p), o, graph) for s, p, o in stated]


def derive(project: Path, quads: Sequence[ox.Quad]) -> list[ox.Quad]:
    """The derived graphs of all rules over authored quads; no rule sees what another wrote."""
    stores: dict[tuple[str, ...], ox.Store] = {}
    derived: list[ox.Quad] = []
    for rule in load(project):
        if rule.reads not in stores:
            stores[rule.reads] = _readable(quads, rule.reads)
        derived.extend(apply(rule, stores[rule.reads]))
    return derived
