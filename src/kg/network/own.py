"""Networks that are asked for one by one: the neighbourhood of things, and a query's answer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import networkx as nx
import pyoxigraph as ox

from kg import query as queries
from kg.errors import NotFound, UsageError
from kg.names import compact
from kg.network import graph
from kg.network.facts import COMITY, Facts, Link, short
from kg.network.graph import Network
from kg.network.options import FILTERS, Options, address_name, kinds_of, printable
from kg.network.select import Selection, pairs
from kg.results import Rows, Triples, value

ACTS_WITH = "acts-with"
RELATIONS = (
    ACTS_WITH, "object", "in", "means", "venue", "under", "basis", "inDocument", "topic",
    "partOf", "supplements", "textOf", "parent",
)  # fmt: skip
_READ = ("label", "weight", "type", "date", "passage")


def ego(
    facts: Facts, of: Sequence[str] | str, hops: int, relations: Sequence[str], options: Options
) -> Network:
    """What is reached from some things over relations, whatever their direction."""
    wrong = [one for one in relations if one not in RELATIONS]
    if wrong:
        raise UsageError(f"relations={printable(wrong[0])}: there are {', '.join(RELATIONS)}")
    try:
        given = (of,) if isinstance(of, str) else of
        centres = {facts.snapshot.names.resolve(one) for one in given}
    except (NotFound, UsageError) as error:
        raise type(error)(str(error)[:300]) from error
    if not centres:
        raise UsageError("of: name one thing or several whose neighbourhood is wanted")
    known = set(facts.types) | set(facts.claims) | set(facts.passages)
    for one in sorted(centres - known):
        if not facts.snapshot.engine.speaks_of(one):
            raise NotFound(f"nothing is said of {compact(one)[:300]}")
    selection = Selection(facts, options, kinds_of("ego", options))
    wanted = set(relations or RELATIONS)
    links = [one for one in facts.links("ego") if short(one.type) in wanted]
    found = selection.links(links)
    if ACTS_WITH in wanted:
        acting = pairs(selection.links(facts.links("actions")))
        found += [replace(one, type=COMITY + ACTS_WITH) for one in acting]
    near: dict[str, set[str]] = defaultdict(set)
    for link in found:
        near[link.source].add(link.target or "")
        near[link.target or ""].add(link.source)
    reached, fresh = set(centres), set(centres)
    for _ in range(hops):
        fresh = {other for one in fresh for other in near[one]} - reached
        reached |= fresh
    inside = [one for one in found if one.source in reached and one.target in reached]
    network = graph.assemble(facts, "ego", inside, options, len(selection.undated))
    for one in sorted(centres):
        network.add_node(one, **graph.node(facts, one))
        network.nodes[one]["centre"] = True
    names = ", ".join(facts.label(one) for one in sorted(centres))
    network.graph["title"] = f"Around {names}, {hops} hop{'s' * (hops != 1)}"
    network.graph["filters"] |= {"of": sorted(centres), "hops": hops}
    if relations:
        network.graph["filters"]["relations"] = list(relations)
    return network


def query(facts: Facts, text: str, options: Options) -> Network:
    """The network of a query's answer: each row, or each triple with an IRI for object, a link.

    The text is SPARQL, never the name of a file: who asks may be anybody.
    """
    plain = Options()
    unheard = [name for name in FILTERS if getattr(options, name) != getattr(plain, name)]
    if unheard:
        raise UsageError(f"{address_name(unheard[0])}: a query filters for itself")
    answer = facts.snapshot.run(queries.parse(text))
    if isinstance(answer, Triples):
        network = _of_triples(facts, answer)
    elif isinstance(answer, Rows):
        network = _of_rows(facts, answer, text)
    else:
        raise UsageError("a SELECT or a CONSTRUCT is wanted, not an ASK")
    network.graph = graph.about(facts, "query", options, 0) | {
        "title": "Network of a query", "query": text,
    }  # fmt: skip
    return network


def _of_triples(facts: Facts, answer: Triples) -> Network:
    network: Network = nx.DiGraph()
    evidence = graph.Evidence(facts)
    for triple in answer:
        a, b = triple.subject, triple.object
        if not isinstance(a, ox.NamedNode) or not isinstance(b, ox.NamedNode) or a == b:
            continue
        places = {
            quad.graph_name.value
            for quad in facts.snapshot.engine.quads(a, triple.predicate, b)
            if isinstance(quad.graph_name, ox.NamedNode)
        }
        links = [Link(a.value, b.value, triple.predicate.value, None, one) for one in places]
        rests = evidence.of(links) or [{"kind": "query", "graph": "", "words": ""}]
        _add(facts, network, a.value, b.value, short(triple.predicate.value), rests, 1)
    return network


def _of_rows(facts: Facts, answer: Rows, text: str) -> Network:
    network: Network = nx.DiGraph()
    if not {"source", "target"} <= set(answer.variables):
        raise UsageError("the SELECT wants ?source and ?target")
    for row in answer:
        a, b = row["source"], row["target"]
        if not isinstance(a, ox.NamedNode) or not isinstance(b, ox.NamedNode) or a == b:
            continue
        given: dict[str, Any] = {name: value(row.get(name)) for name in _READ}
        weight = given["weight"] if given["weight"] is not None else 1
        try:
            number = float(weight)
        except (TypeError, ValueError):
            raise UsageError(f"?weight is a number, not {str(weight)[:40]!r}") from None
        if not 0 < number < 1e15:
            raise UsageError(f"?weight is more than 0 and less than 10^15, not {number}")
        passage = str(given["passage"] or "")
        if passage in facts.passages:
            link = Link(a.value, b.value, "", None, passage)
            rests = graph.Evidence(facts).of([link])
        else:
            rests = [{"kind": "query", "graph": "", "words": ""}]
        kind = short(str(given["type"])) if given["type"] is not None else ""
        exact = int(number) if number == int(number) else number
        edge = _add(facts, network, a.value, b.value, kind, rests, exact)
        for name, target in (("label", "label"), ("date", "first")):
            if given[name] is not None:
                edge.setdefault(target, str(given[name]))
    return network


def _add(
    facts: Facts, network: Network, a: str, b: str, kind: str, rests: list[Any], weight: float
) -> dict[str, Any]:
    """Add to the edge between two things, or make it."""
    for one in (a, b):
        if one not in network:
            network.add_node(one, **graph.node(facts, one))
    if not network.has_edge(a, b):
        network.add_edge(a, b, weight=0, type="", evidence=[])
    edge: dict[str, Any] = network.edges[a, b]
    edge["weight"] += weight
    kinds = set(filter(None, edge["type"].split(" | "))) | {kind}
    edge["type"] = " | ".join(sorted(filter(None, kinds)))
    edge["evidence"] += [one for one in rests if one not in edge["evidence"]]
    return edge
