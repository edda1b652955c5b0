"""Attributes as formats without lists have them: texts, numbers, truth values."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kg.network.graph import Network

SEPARATOR = " | "
# what XML 1.0 cannot hold (§2.2), and lone surrogates
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
Value = str | int | float | bool
# the order of columns: what is not named here follows, by name
NODE = (
    "label", "type", "family", "group", "country", "curie", "citation", "status", "first", "last",
    "n_commitments", "centre",
)  # fmt: skip
EDGE = (
    "label", "type", "weight", "weight_named", "through_group", "n_actions", "n_participations",
    "n_instruments", "n_undated", "acts", "roles", "statuses", "topics", "first", "last",
    "citations", "words", "passages", "claims", "references", "rules", "inputs", "evidence",
)  # fmt: skip


def text(value: object) -> str:
    """A text without characters that no XML can hold."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(value))


def plain(value: Any) -> Value:
    """A value as flat formats have it: lists joined, mappings as JSON."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return SEPARATOR.join(text(one) for one in value)
    if isinstance(value, Mapping):
        return text(json.dumps(value, ensure_ascii=False, sort_keys=True))
    return text(value)


def said(entry: Mapping[str, Any]) -> str:
    """One piece of evidence in words."""
    kind = entry.get("kind")
    if kind == "reported":
        return f"{entry['citation']}: “{entry['words']}”"
    if kind == "reference":
        return f"reference: {', '.join(entry['sources'])}"
    if kind == "derived":
        return f"rule {entry['rule']} from {', '.join(entry['inputs']) or entry['graph']}"
    return "the query that was asked"


def edge(data: Mapping[str, Any]) -> dict[str, Value]:
    """An edge's attributes, flat: the evidence in columns and in words."""
    found = {name: plain(value) for name, value in data.items() if name != "evidence"}
    rests = data.get("evidence", ())

    def every(kind: str, name: str) -> list[str]:
        got: list[str] = []
        for one in rests:
            value = one.get(name) if one.get("kind") == kind else None
            for item in value if isinstance(value, list) else [value]:
                if item and item not in got:
                    got.append(str(item))
        return got

    lists = {
        "citations": every("reported", "citation"), "words": every("reported", "words"),
        "passages": every("reported", "graph"), "claims": every("reported", "claim"),
        "references": every("reference", "sources"), "rules": every("derived", "rule"),
        "inputs": every("derived", "inputs"), "evidence": [said(one) for one in rests],
    }  # fmt: skip
    return found | {name: plain(values) for name, values in lists.items() if values}


def node(data: Mapping[str, Any]) -> dict[str, Value]:
    """A node's attributes, flat."""
    return {name: plain(value) for name, value in data.items()}


def about(network: Network) -> dict[str, Value]:
    """The network's own attributes, flat."""
    return {name: plain(value) for name, value in network.graph.items()}


def nodes(network: Network) -> Iterator[tuple[str, dict[str, Value]]]:
    """The nodes in the order of their IRIs."""
    for iri in sorted(network):
        yield iri, node(network.nodes[iri])


def pairs(network: Network) -> list[tuple[str, str, dict[str, Any]]]:
    """The edges in order; without direction the earlier IRI first."""
    listed = []
    for a, b, data in network.edges(data=True):
        ends = (a, b) if network.is_directed() else (min(a, b), max(a, b))
        listed.append((*ends, data))
    return sorted(listed, key=lambda one: one[:2])


def edges(network: Network) -> Iterator[tuple[str, str, dict[str, Value]]]:
    """The edges in order, flat."""
    for a, b, data in pairs(network):
        yield a, b, edge(data)


def columns(order: tuple[str, ...], found: set[str]) -> list[str]:
    """The names that occur, in the order of the table in docs/networks.md."""
    return [one for one in order if one in found] + sorted(found - set(order))
