"""A comparison as RDF: PROV-O on what came of what, statements that came and went by RDF itself.

Every resource that changed is an entity that is a member of the comparison; its statements are
`rdf:Statement`s of the vocabulary Changeset, each with the graph that it stands in.
"""

from collections.abc import Iterator

import pyoxigraph as ox

from kg.diff.lines import Version
from kg.diff.model import CLASSES, Changed, Diff
from kg.names import PREFIXES, expand

CHANGESET = "http://purl.org/vocab/changeset/schema#"
# made once: a comparison has many statements
_NAMES = {
    curie: ox.NamedNode(expand(curie))
    for curie in (
        "rdf:type", "rdf:Statement", "rdf:subject", "rdf:predicate", "rdf:object", "dct:source",
        "dct:type", "dct:title", "dct:identifier", "dct:isReplacedBy", "prov:Entity",
        "prov:Collection", "prov:hadMember", "prov:atLocation", "prov:wasDerivedFrom",
        "prov:wasRevisionOf", "prov:generatedAtTime", "skos:Concept", "skos:prefLabel",
        "skos:definition", "xsd:dateTime",
    )
} | {
    f"cs:{name}": ox.NamedNode(CHANGESET + name)
    for name in ("ChangeSet", "subjectOfChange", "addition", "removal")
}  # fmt: skip
_PREFIXES = ("rdf", "dct", "prov", "skos", "xsd", "comity")


def _say(
    subject: ox.NamedNode, curie: str, value: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
) -> ox.Triple:
    return ox.Triple(subject, _NAMES[curie], value)


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _version(one: Version) -> Iterator[ox.Triple]:
    own = ox.NamedNode(one.iri)
    yield _say(own, "rdf:type", _NAMES["prov:Entity"])
    yield _say(own, "dct:identifier", ox.Literal(f"sha256:{one.digest}"))
    if one.made:
        made = ox.Literal(one.made, datatype=_NAMES["xsd:dateTime"])
        yield _say(own, "prov:generatedAtTime", made)


def triples(diff: Diff) -> Iterator[ox.Triple]:
    """The comparison as triples, those of one subject together; none of them has a blank node."""
    own = ox.NamedNode(diff.iri)
    before, after = ox.NamedNode(diff.before.iri), ox.NamedNode(diff.after.iri)
    yield from _version(diff.before)
    if before != after:
        yield from _version(diff.after)
        yield _say(after, "prov:wasRevisionOf", before)
    for identity in diff.identities:
        pairs = [(ox.NamedNode(o), ox.NamedNode(n)) for o in identity.old for n in identity.new]
        for old, new in pairs:
            yield _say(old, "dct:isReplacedBy", new)
        for old, new in pairs:
            yield _say(new, "prov:wasDerivedFrom", old)
    members: list[ox.NamedNode] = []
    for name, places in diff.classes.items():
        class_ = ox.NamedNode(f"{diff.iri}#{name}")
        yield _say(class_, "rdf:type", _NAMES["skos:Concept"])
        yield _say(class_, "skos:prefLabel", _english(name))
        yield _say(class_, "skos:definition", _english(CLASSES[name]))
        for place in places:
            where = ox.NamedNode(place.iri)
            for resource in place.resources:
                part = ox.NamedNode(f"{diff.iri}#change-{len(members) + 1}")
                members.append(part)
                yield _say(part, "rdf:type", _NAMES["cs:ChangeSet"])
                yield _say(part, "rdf:type", _NAMES["prov:Entity"])
                yield _say(part, "dct:type", class_)
                yield _say(part, "prov:atLocation", where)
                yield from _changed(part, resource)
    yield _say(own, "rdf:type", _NAMES["prov:Entity"])
    yield _say(own, "rdf:type", _NAMES["prov:Collection"])
    title = f"Changes from {diff.before.digest[:12]} to {diff.after.digest[:12]}"
    yield _say(own, "dct:title", _english(title))
    yield _say(own, "prov:wasDerivedFrom", before)
    if before != after:
        yield _say(own, "prov:wasDerivedFrom", after)
    for part in members:
        yield _say(own, "prov:hadMember", part)


def _changed(part: ox.NamedNode, resource: Changed) -> Iterator[ox.Triple]:
    """What came and went of one resource: first which statements, then each of these."""
    if not resource.iri.startswith("_:"):
        yield _say(part, "cs:subjectOfChange", ox.NamedNode(resource.iri))
    said = [
        (ox.NamedNode(f"{part.value}-{way}-{number}"), way, quad)
        for number, one in enumerate(resource.statements, 1)
        for way, quad in (("removal", one.removed), ("addition", one.added))
        if quad is not None
    ]
    for node, way, _ in said:
        yield _say(part, f"cs:{way}", node)
    for node, _, quad in said:
        yield _say(node, "rdf:type", _NAMES["rdf:Statement"])
        yield _say(node, "rdf:subject", quad.subject)
        yield _say(node, "rdf:predicate", quad.predicate)
        yield _say(node, "rdf:object", quad.object)
        if isinstance(quad.graph_name, ox.NamedNode):
            yield _say(node, "dct:source", quad.graph_name)


def to_turtle(diff: Diff) -> bytes:
    """The comparison as Turtle: the same bytes for the same two releases."""
    prefixes = {name: PREFIXES[name] for name in _PREFIXES} | {
        "cs": CHANGESET,
        "change": f"{diff.iri}#",
    }
    # as they come: sorting all statements would take longer than comparing the releases
    body = ox.serialize(triples(diff), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    end = 0
    while body.startswith(b"@prefix ", end):
        end = body.index(b"\n", end) + 1
    # the engine has its prefixes in the order of a hash
    return b"".join(sorted(body[:end].splitlines(keepends=True))) + body[end:]
