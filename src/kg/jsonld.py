"""RDF as JSON-LD 1.1: compact, with the project's prefixes as its context."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from kg.names import PREFIXES

_TYPE = PREFIXES["rdf"] + "type"
_STRING = PREFIXES["xsd"] + "string"
_LANG = {PREFIXES["rdf"] + "langString", PREFIXES["rdf"] + "dirLangString"}


def context(prefixes: Mapping[str, str] = PREFIXES) -> dict[str, Any]:
    """A context document whose terms are prefixes.

    >>> context({"actor": "https://w3id.org/comity/id/actor/"})
    {'@context': {'actor': 'https://w3id.org/comity/id/actor/'}}
    """
    return {"@context": dict(sorted(prefixes.items()))}


class _Short:
    """Short forms of IRIs, and the prefixes that they used."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        schemes = set()
        for triple in triples:
            for term in (triple.subject, triple.predicate, triple.object):
                if isinstance(term, ox.NamedNode):
                    schemes.add(term.value.partition(":")[0])
                elif isinstance(term, ox.Literal):
                    schemes.add(term.datatype.value.partition(":")[0])
        # an IRI whose scheme is named as a prefix would be read as a short form: JSON-LD 1.1, §5.2
        kept = [(p, n) for p, n in PREFIXES.items() if p not in schemes]
        self._namespaces = sorted(kept, key=lambda item: -len(item[1]))
        self._done: dict[str, str] = {}
        self.used: dict[str, str] = {}

    def __call__(self, iri: str) -> str:
        """The IRI in its short form, if there is one that is read back."""
        found = self._done.get(iri)
        if found is None:
            found = self._done[iri] = self._shorten(iri)
        return found

    def _shorten(self, iri: str) -> str:
        for prefix, namespace in self._namespaces:
            if iri.startswith(namespace):
                local = iri[len(namespace) :]
                # what follows // is never a short form
                if local.startswith("//"):
                    return iri
                self.used[prefix] = namespace
                return f"{prefix}:{local}"
        return iri


def _node(term: ox.NamedNode | ox.BlankNode, short: _Short) -> str:
    return short(term.value) if isinstance(term, ox.NamedNode) else f"_:{term.value}"


def _value(term: ox.Literal, short: _Short) -> Any:
    """A literal in the shortest form that keeps it letter for letter."""
    if term.language:
        found = {"@language": term.language, "@value": term.value}
        direction = getattr(term, "direction", None)
        if direction is not None:
            found["@direction"] = str(getattr(direction, "value", direction))
        return found
    kind = term.datatype.value
    if kind == _STRING or kind in _LANG:
        return term.value
    return {"@type": short(kind), "@value": term.value}


def write(triples: Iterable[ox.Triple]) -> bytes:
    """Triples, in the order in which they come, as one document that loads no other."""
    listed = list(triples)
    short = _Short(listed)
    nodes: dict[str, dict[str, Any]] = {}
    for triple in listed:
        # triples as terms are no part of JSON-LD 1.1: the engine says so
        if not isinstance(triple.subject, ox.NamedNode | ox.BlankNode) or isinstance(
            triple.object, ox.Triple
        ):
            return ox.serialize(listed, format=ox.RdfFormat.JSON_LD) or b""
        subject = _node(triple.subject, short)
        node = nodes.setdefault(subject, {"@id": subject})
        if triple.predicate.value == _TYPE and not isinstance(triple.object, ox.Literal):
            node.setdefault("@type", []).append(_node(triple.object, short))
            continue
        values = node.setdefault(short(triple.predicate.value), [])
        if isinstance(triple.object, ox.Literal):
            values.append(_value(triple.object, short))
        else:
            values.append({"@id": _node(triple.object, short)})
    graph = [
        {key: value[0] if len(value) == 1 and key != "@id" else value for key, value in one.items()}
        for one in nodes.values()
    ]
    whole = {**context(short.used), "@graph": graph}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
