"""A comparison as RDF: PROV-O on what came of what, statements that came and went by RDF itself.

Every resource that changed is an entity that is a part of the comparison; its statements are
`rdf:Statement`s of the vocabulary Changeset, each with the graph that it stands in.
"""

from collections.abc import Iterator
from itertools import count

import pyoxigraph as ox

from kg import formats
from kg.diff.lines import Version
from kg.diff.model import CLASSES, Diff
from kg.names import PREFIXES

CHANGESET = "http://purl.org/vocab/changeset/schema#"
_PROV, _RDF, _DCT = PREFIXES["prov"], PREFIXES["rdf"], PREFIXES["dct"]
_SKOS = PREFIXES["skos"]
_TYPE = ox.NamedNode(_RDF + "type")


def _say(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)


def _is_a(subject: str, *classes: str) -> Iterator[ox.Triple]:
    for one in classes:
        yield ox.Triple(ox.NamedNode(subject), _TYPE, ox.NamedNode(one))


def _version(one: Version) -> Iterator[ox.Triple]:
    yield from _is_a(one.iri, _PROV + "Entity")
    yield _say(one.iri, _DCT + "identifier", ox.Literal(f"sha256:{one.digest}"))
    if one.made:
        made = ox.Literal(one.made, datatype=ox.NamedNode(PREFIXES["xsd"] + "dateTime"))
        yield _say(one.iri, _PROV + "generatedAtTime", made)


def triples(diff: Diff) -> Iterator[ox.Triple]:
    """The comparison as triples, without blank nodes."""
    own = diff.iri
    before, after = ox.NamedNode(diff.before.iri), ox.NamedNode(diff.after.iri)
    yield from _version(diff.before)
    yield from _version(diff.after)
    if before != after:
        yield _say(after.value, _PROV + "wasRevisionOf", before)
    yield from _is_a(own, _PROV + "Entity", _PROV + "Collection")
    yield _say(own, _PROV + "wasDerivedFrom", before)
    yield _say(own, _PROV + "wasDerivedFrom", after)
    title = f"Changes from {diff.before.digest[:12]} to {diff.after.digest[:12]}"
    yield _say(own, _DCT + "title", ox.Literal(title, language="en"))
    for identity in diff.identities:
        for old in identity.old:
            for new in identity.new:
                yield _say(old, _DCT + "isReplacedBy", ox.NamedNode(new))
                yield _say(new, _PROV + "wasDerivedFrom", ox.NamedNode(old))
    numbers = count(1)
    for name, places in diff.classes.items():
        class_ = ox.NamedNode(f"{own}#{name}")
        yield from _is_a(class_.value, _SKOS + "Concept")
        yield _say(class_.value, _SKOS + "prefLabel", ox.Literal(name, language="en"))
        yield _say(class_.value, _SKOS + "definition", ox.Literal(CLASSES[name], language="en"))
        for place in places:
            for resource in place.resources:
                part = f"{own}#change-{next(numbers)}"
                yield from _is_a(part, CHANGESET + "ChangeSet", _PROV + "Entity")
                yield _say(own, _PROV + "hadMember", ox.NamedNode(part))
                yield _say(part, _DCT + "type", class_)
                yield _say(part, _PROV + "atLocation", ox.NamedNode(place.iri))
                subject = _named(resource.iri)
                if subject is not None:
                    yield _say(part, CHANGESET + "subjectOfChange", subject)
                for number, one in enumerate(resource.statements, 1):
                    for way, quad in (("removal", one.removed), ("addition", one.added)):
                        if quad is not None:
                            yield from _statement(part, f"{part}-{way}-{number}", way, quad)


def _named(iri: str) -> ox.NamedNode | None:
    return None if iri.startswith("_:") else ox.NamedNode(iri)


def _statement(part: str, iri: str, way: str, quad: ox.Quad) -> Iterator[ox.Triple]:
    yield _say(part, CHANGESET + way, ox.NamedNode(iri))
    yield from _is_a(iri, _RDF + "Statement")
    node = ox.NamedNode(iri)
    yield ox.Triple(node, ox.NamedNode(_RDF + "subject"), quad.subject)
    yield ox.Triple(node, ox.NamedNode(_RDF + "predicate"), quad.predicate)
    yield ox.Triple(node, ox.NamedNode(_RDF + "object"), quad.object)
    if isinstance(quad.graph_name, ox.NamedNode):
        yield ox.Triple(node, ox.NamedNode(_DCT + "source"), quad.graph_name)


def to_turtle(diff: Diff) -> bytes:
    """The comparison as Turtle."""
    return formats.write(triples(diff), "ttl")
