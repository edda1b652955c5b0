"""Networks as networkx graphs: what stands on their nodes, edges and on themselves."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeAlias

import networkx as nx
import pyoxigraph as ox

from kg.names import PREFIXES, compact
from kg.network.facts import COMITY, GROUP, Facts, Link, short
from kg.network.options import PROJECTIONS, Options, kinds_of
from kg.results import as_text
from kg.sources import DERIVED, REFERENCE, REPORTED, kind_of

Network: TypeAlias = nx.Graph  # or its subclass DiGraph, where direction means something
CAUTION = "Named together in one report; not a measure of cooperation."
FEW = "Fewer than 30 nodes: ranks mean little."
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
UNDIRECTED = ("actors",)
_DCT_SOURCE = PREFIXES["dct"] + "source"
# titles and addresses as printed are what a footnote says
_PRINTED = tuple(COMITY + name for name in ("printedTitle", "printedAddress", "address"))
_INSTRUMENT = COMITY + "Instrument"
# what a claim is called in counts
_FAMILIES = ("Actor", "Instrument", "Initiative", "Event", "Document")


def assemble(
    facts: Facts, projection: str, links: Iterable[Link], options: Options, undated: int = 0
) -> Network:
    """A network of links: one edge for each pair, with everything that it rests on."""
    network: Network = nx.Graph() if projection in UNDIRECTED else nx.DiGraph()
    between: dict[tuple[str, str], list[Link]] = defaultdict(list)
    alone: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.target is None:
            alone[link.source].append(link)
            continue
        ends = (link.source, link.target)
        if projection in UNDIRECTED:
            ends = (min(ends), max(ends))
        between[ends].append(link)
    evidence = Evidence(facts)
    nodes = {one for ends in between for one in ends} | set(alone)
    for iri in sorted(nodes):
        network.add_node(iri, **node(facts, iri))
    for (source, target), some in sorted(between.items()):
        network.add_edge(source, target, **_edge(facts, evidence, some))
    if projection == "commitments":
        own: dict[str, set[str | None]] = defaultdict(set)
        for one in (*(one for some in between.values() for one in some),
                    *(one for some in alone.values() for one in some)):  # fmt: skip
            own[one.source].add(one.claim)
        for iri in network:
            network.nodes[iri]["n_commitments"] = len(own[iri])
    network.graph |= about(facts, projection, options, undated)
    return network


def node(facts: Facts, iri: str) -> dict[str, Any]:
    """What stands on a node."""
    claim = facts.claims.get(iri)
    countries = facts.countries.get(iri, ())
    found: dict[str, Any] = {
        "label": f"{short(claim.one('act') or claim.one('role'))}: “{claim.one('quote')}”"
        if claim
        else facts.label(iri),
        "type": facts.type_of(iri),
        "family": _family(facts, iri),
        "group": GROUP in facts.types.get(iri, ()),
        "curie": compact(iri),
    }
    if claim:
        passage = facts.passages.get(claim["graph"][0])
        found["citation"] = passage.citation if passage else ""
        found["status"] = short(claim.one("status"))
        within = facts.within(claim)
        if within:
            found["first"], found["last"] = within
    if countries:
        found["country"] = facts.label(countries[0])
    # what is empty is not there, so that no reader takes it for a value
    return {name: value for name, value in found.items() if value != ""}


def _family(facts: Facts, iri: str) -> str:
    for name in _FAMILIES:
        if facts.is_a(iri, [COMITY + name]):
            return name.lower()
    if iri in facts.claims:
        return "action" if facts.claims[iri].is_action else "participation"
    return "topic" if iri.startswith(PREFIXES["topic"]) else "other"


def _edge(facts: Facts, evidence: "Evidence", links: list[Link]) -> dict[str, Any]:
    """What stands on an edge: counts, codes, dates, and the evidence, in a fixed order."""
    claims = {one.claim: facts.claims[one.claim] for one in links if one.claim in facts.claims}
    places = {one.graph for one in links}
    named = {one.graph for one in links if not one.spread}
    within = [days for claim in claims.values() if (days := facts.within(claim))]
    for one in links:
        if one.first or one.last:
            within.append(
                (facts.dates.get(one.first or "", ("", ""))[0],
                 facts.dates.get(one.last or "", ("", ""))[1])
            )  # fmt: skip
    instruments = {
        thing for c in claims.values() for thing in c.things if facts.is_a(thing, [_INSTRUMENT])
    }
    found: dict[str, Any] = {
        "weight": len(places),
        "weight_named": len(named),
        "through_group": not named,
        "n_actions": sum(one.is_action for one in claims.values()),
        "n_participations": sum(not one.is_action for one in claims.values()),
        "n_instruments": len(instruments),
        "n_undated": sum(facts.within(one) is None for one in claims.values()),
        "type": " | ".join(sorted({short(one.type) for one in links})),
        "acts": _codes(claims.values(), "act"),
        "roles": _codes(claims.values(), "role"),
        "statuses": _codes(claims.values(), "status"),
        "topics": " | ".join(
            sorted({facts.label(one) for c in claims.values() for one in c.values_of("topic")})
        ),
        "first": min((a for a, _ in within if a), default=""),
        "last": max((b for _, b in within if b), default=""),
        "evidence": evidence.of(links),
    }
    return {name: value for name, value in found.items() if value != ""}


def _codes(claims: Iterable[Any], name: str) -> str:
    return " | ".join(sorted({short(one) for claim in claims for one in claim.values_of(name)}))


class Evidence:
    """What links rest on: passages with their words, reference graphs with pages, rules."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._pages: dict[tuple[str, str], list[str]] = {}

    def of(self, links: Iterable[Link]) -> list[dict[str, Any]]:
        """The evidence of links, one entry for each claim or statement, in order."""
        found: dict[tuple[str, ...], dict[str, Any]] = {}
        for one in links:
            entry = self._entry(one)
            ends = () if "claim" in entry else one.ends
            key = (*(str(entry.get(name, "")) for name in ("kind", "graph", "claim")), *ends)
            found.setdefault(key, entry)
        order = {REPORTED: "0", REFERENCE: "1", DERIVED: "2"}
        return [entry for key, entry in sorted(
            found.items(), key=lambda item: (order.get(item[0][0], "3"), *item[0])
        )]  # fmt: skip

    def _entry(self, link: Link) -> dict[str, Any]:
        facts, kind = self._facts, kind_of(link.graph)
        if kind == REPORTED:
            claim = facts.claims.get(link.claim or "")
            passage = facts.passages.get(link.graph)
            entry: dict[str, Any] = {
                "kind": kind,
                "graph": link.graph,
                "citation": passage.citation if passage else "",
                "words": claim.one("quote") if claim else self._words(link),
            }
            return entry | ({"claim": link.claim} if claim else {})
        if kind == DERIVED:
            rule = link.graph.removeprefix(PREFIXES["graph"])
            source, target = link.ends
            inputs = facts.naming(source) & facts.naming(target)
            return {
                "kind": kind, "graph": link.graph, "rule": f"{rule.partition('/')[2]}",
                "inputs": sorted(inputs),
            }  # fmt: skip
        return {"kind": kind, "graph": link.graph, "sources": self._sources(link)}

    def _words(self, link: Link) -> str:
        """Words for what a passage states apart from its claims: of those that name its ends."""
        facts = self._facts
        source, target = (facts.naming(end) for end in link.ends)
        here = f"{link.graph}#"
        for some in (source & target, source | target):
            words = [facts.claims[one].one("quote") for one in sorted(some)
                     if one.startswith(here) and one in facts.claims]  # fmt: skip
            if any(words):
                return " / ".join(one for one in words if one)
        return " / ".join(self._printed(link))

    def _printed(self, link: Link) -> list[str]:
        """What a passage without such a claim, a footnote, prints of the link's ends."""
        engine, graph = self._facts.snapshot.engine, ox.NamedNode(link.graph)
        for name in _PRINTED:
            found = [
                as_text(quad.object)
                for end in (*filter(None, link.ends), link.graph)
                for quad in engine.quads(ox.NamedNode(end), ox.NamedNode(name), graph=graph)
            ]
            if found:
                return sorted(set(found))
        return []

    def _sources(self, link: Link) -> list[str]:
        """The pages that a reference statement comes from; its register where it names none."""
        subject = link.claim or link.ends[0]
        key = (link.graph, subject)
        if key not in self._pages:
            quads = self._facts.snapshot.engine.quads(
                ox.NamedNode(subject), ox.NamedNode(_DCT_SOURCE), graph=ox.NamedNode(link.graph)
            )
            pages = sorted(as_text(quad.object) for quad in quads)
            self._pages[key] = pages or [link.graph]
        return self._pages[key]


def about(facts: Facts, projection: str, options: Options, undated: int) -> dict[str, Any]:
    """What stands on a network itself."""
    named = [f"{citation} ({date})" for _, citation, date, _ in facts.sources]
    found: dict[str, Any] = {
        "title": PROJECTIONS.get(projection, projection),
        "projection": projection,
        "release": facts.snapshot.digest,
        "filters": options.said(),
        "kinds": list(kinds_of(projection, options)),
        "sources": named,
        "source_addresses": [address for *_, address in facts.sources if address],
        "caution": CAUTION,
        "licence": LICENCE,
        "weight": "distinct passages (or other graphs) that state the edge",
    }
    if options.from_ or options.to:
        fate = "kept" if options.undated == "keep" else "left out"
        found["undated"] = f"{undated} claims without a date: {fate}"
    if options.groups == "members":
        found["groups"] = (
            "Groups are spread over their members: edges that rest on this alone are marked "
            "through_group; weight_named counts the passages in which both are named themselves."
        )
    return found


def reduce(network: Network, options: Options) -> Network:
    """A network without edges of less weight, outside its largest component or its k-core."""
    if options.min_weight > 1:
        light = [(a, b) for a, b, w in network.edges(data="weight") if w < options.min_weight]
        network.remove_edges_from(light)
        network.remove_nodes_from([one for one in list(network) if not network.degree(one)])
    plain = network.to_undirected(as_view=True) if network.is_directed() else network
    if options.k_core:
        kept = set(nx.k_core(nx.Graph(plain), options.k_core)) if len(network) else set()
        network.remove_nodes_from([one for one in list(network) if one not in kept])
    if options.largest_component and len(network):
        largest = min(nx.connected_components(plain), key=lambda some: (-len(some), min(some)))
        network.remove_nodes_from([one for one in list(network) if one not in largest])
    network.graph["nodes"] = network.number_of_nodes()
    network.graph["edges"] = network.number_of_edges()
    if len(network) < 30:
        network.graph["size_note"] = FEW
    return network
