"""Networks in RDF: each edge a resource that names what it rests on."""

import hashlib
import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pyoxigraph as ox

from kg import formats
from kg.manifest import SNAPSHOT
from kg.names import BASE, PREFIXES
from kg.network.formats import flat
from kg.network.graph import Network

_REPORTED = "reported"


def _term(prefix: str, name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES[prefix] + name)


def iri(network: Network) -> str:
    """The IRI of a network: its projection and filters, as its address has them, of a release."""
    filters = {
        name: value if isinstance(value, str | list) else json.dumps(value)
        for name, value in network.graph.get("filters", {}).items()
    }
    asked = dict(filters)
    if "query" in network.graph:
        asked["query"] = network.graph["query"]
    asked["release"] = network.graph.get("release", "")
    return f"{BASE}network/{network.graph.get('projection')}?{urlencode(asked, doseq=True)}"


def _quads(network: Network) -> Iterator[ox.Quad]:
    """The network's statements, in a graph of its own name."""
    own = ox.NamedNode(iri(network))

    def state(subject: ox.NamedNode, property_: ox.NamedNode, value: object) -> ox.Quad:
        object_ = value if isinstance(value, ox.NamedNode) else ox.Literal(value)  # type: ignore[arg-type]
        return ox.Quad(subject, property_, object_, own)

    about = network.graph
    yield state(own, _term("rdf", "type"), _term("prov", "Entity"))
    yield state(own, _term("dct", "title"), str(about.get("title", "")))
    yield state(own, _term("dct", "description"), str(about.get("caution", "")))
    yield state(own, _term("dct", "license"), ox.NamedNode(str(about.get("licence"))))
    yield state(own, _term("prov", "wasDerivedFrom"), ox.NamedNode(SNAPSHOT + about["release"]))
    for node in sorted(network):
        if _is_iri(node):
            yield state(own, _term("dct", "hasPart"), ox.NamedNode(node))
            label = str(network.nodes[node].get("label", node))
            yield state(ox.NamedNode(node), _term("rdfs", "label"), label)
    for a, b, data in flat.pairs(network):
        if not (_is_iri(a) and _is_iri(b)):
            continue
        name = hashlib.sha256(f"{a} {b}".encode()).hexdigest()[:16]
        edge = ox.NamedNode(f"{own.value}#edge-{name}")
        yield state(edge, _term("rdf", "type"), _term("rdf", "Statement"))
        yield state(edge, _term("rdf", "subject"), ox.NamedNode(a))
        yield state(edge, _term("rdf", "predicate"), _term("dct", "relation"))
        yield state(edge, _term("rdf", "object"), ox.NamedNode(b))
        yield state(edge, _term("rdf", "value"), data["weight"])
        yield state(edge, _term("dct", "isPartOf"), own)
        for kind in filter(None, str(data.get("type", "")).split(" | ")):
            yield state(edge, _term("dct", "type"), kind)
        for rests in data.get("evidence", ()):
            found = [rests.get("graph"), rests.get("claim"), *rests.get("sources", ()),
                     *rests.get("inputs", ())]  # fmt: skip
            for one in found:
                if one and _is_iri(str(one)):
                    yield state(edge, _term("prov", "wasDerivedFrom"), ox.NamedNode(str(one)))


def _evidence(network: Network) -> Iterator[ox.Quad]:
    """The words of the claims that edges rest on, and how their passages are cited."""
    quote, label = _term("comity", "quote"), _term("comity", "citationLabel")
    for *_, data in network.edges(data=True):
        for rests in data.get("evidence", ()):
            if rests.get("kind") != _REPORTED:
                continue
            passage = ox.NamedNode(rests["graph"])
            yield ox.Quad(passage, label, ox.Literal(rests["citation"], language="en"), passage)
            if "claim" in rests:
                claim = ox.NamedNode(rests["claim"])
                yield ox.Quad(claim, quote, ox.Literal(rests["words"]), passage)


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def turtle(network: Network) -> bytes:
    """The network, the words and the citations in Turtle."""
    return formats.write([*_quads(network), *_evidence(network)], "ttl")


def trig(network: Network) -> bytes:
    """The network in a graph of its own, words and citations in the graphs of their passages."""
    return formats.write([*_quads(network), *_evidence(network)], "trig")
