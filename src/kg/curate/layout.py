"""Owns the one stable order of a curated file: which block, which predicate, which value first.

The order follows from the statements alone, never from how the file stood before: the passage,
then its claims by sentence and name, each followed at once by what it speaks of; in registers the
things by name; in evidence the outline, then passage after passage.
"""

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kg.curate.turtle import Block, Writer
from kg.errors import DataError
from kg.evidence.structure import PLACED, structure_of
from kg.names import PREFIXES, compact
from kg.sources import EVIDENCE, REPORTED, GraphFile

Term = ox.NamedNode | ox.Literal
Facts = dict[ox.NamedNode, dict[ox.NamedNode, set[Term]]]

# Predicates in the order in which a reader wants them; others follow by name.
_ORDER = """
    rdf:type rdfs:label skos:prefLabel skos:altLabel skos:hiddenLabel dct:title dct:publisher
    skos:definition skos:example skos:scopeNote rdfs:subClassOf rdfs:subPropertyOf
    comity:sentence comity:quote comity:note comity:act comity:actor comity:counterpart
    comity:object comity:participant comity:in comity:role comity:means comity:topic
    comity:place comity:date comity:relativeDate comity:partOf comity:status comity:modality
    comity:deadline comity:frequency comity:under comity:basis comity:inDocument comity:atEvent
    comity:after comity:alongside comity:resultOf comity:money comity:amount comity:currency
    comity:amountKind comity:funder comity:purpose comity:mentions comity:instrumentType
    comity:binding comity:supplements comity:party comity:printedTitle comity:address
    comity:printedAddress comity:textOf comity:country comity:parent comity:member
    comity:tenureOf comity:formerName comity:partyTo comity:from comity:until
    comity:citationLabel comity:passage comity:section comity:pillar comity:marker comity:order
    comity:number comity:start comity:end comity:words comity:wordsBefore comity:sha256
    oa:motivatedBy oa:hasTarget oa:bodyValue comity:otherReading cito:citesAsEvidence
    cito:citesForInformation comity:laterReportOn skos:broader skos:topConceptOf skos:inScheme
    comity:nature org:identifier skos:exactMatch schema:url dct:source dct:isPartOf
    rdfs:isDefinedBy
"""
_PLACE = {predicate: place for place, predicate in enumerate(_ORDER.split())}
_SENTENCE = PREFIXES["comity"] + "sentence"


def render(quads: Iterable[ox.Quad], file: GraphFile) -> str:
    """The file's text in the one order."""
    quads = list(quads)
    facts = _facts(quads, file)
    writer = Writer(file.base)
    if file.kind == EVIDENCE:
        return writer.document(_evidence(facts, quads, file, writer))
    order = _reported(facts, file.graph) if file.kind == REPORTED else sorted(facts, key=_name)
    return writer.document(writer.block(_block(subject, facts)) for subject in order)


def _facts(quads: Iterable[ox.Quad], file: GraphFile | None) -> Facts:
    facts: Facts = defaultdict(lambda: defaultdict(set))
    for quad in quads:
        if not isinstance(quad.subject, ox.NamedNode) or not isinstance(
            quad.object, ox.NamedNode | ox.Literal
        ):
            raise DataError("only IRIs and literals in curated data", file.path if file else None)
        facts[quad.subject][quad.predicate].add(quad.object)
    return facts


def blocks(quads: Iterable[ox.Quad]) -> list[Block]:
    """The statements as blocks, sorted by the subjects' names."""
    facts = _facts(quads, None)
    return [_block(subject, facts) for subject in sorted(facts, key=_name)]


def _name(term: Term) -> tuple[int, int, str, str]:
    """Sorts terms: our own before others, literals by language; numbers by value."""
    if isinstance(term, ox.Literal):
        number = int(term.value) if term.value.isdecimal() else 0
        return (2, number, term.language or "", term.value + "^^" + term.datatype.value)
    ours = term.value.startswith(PREFIXES["comity"])
    return (0 if ours else 1, 0, compact(term.value), "")


def _block(subject: ox.NamedNode, facts: Facts) -> Block:
    predicates = sorted(facts[subject], key=_predicate)
    return subject, [
        (predicate, sorted(facts[subject][predicate], key=_name)) for predicate in predicates
    ]


def _predicate(predicate: ox.NamedNode) -> tuple[int, str]:
    name = compact(predicate.value)
    return _PLACE.get(name, len(_PLACE)), name


def _sentence(facts: Facts, subject: ox.NamedNode) -> int | None:
    numbers = facts[subject].get(ox.NamedNode(_SENTENCE), set())
    return min((int(n.value) for n in numbers if n.value.isdecimal()), default=None)


def _reported(facts: Facts, graph: str) -> list[ox.NamedNode]:
    """The passage, its claims by sentence, and after each what it is the first to speak of."""
    passage = ox.NamedNode(graph)
    numbers = {subject: _sentence(facts, subject) for subject in facts}
    claims = [subject for subject, number in numbers.items() if number is not None]
    claims.sort(key=lambda claim: (numbers[claim] or 0, _name(claim)))
    order: list[ox.NamedNode] = []
    placed = {passage, *claims}
    if passage in facts:
        order.append(passage)

    def add(subject: ox.NamedNode) -> None:
        order.append(subject)
        named = [value for _, values in _block(subject, facts)[1] for value in values]
        # the passage's own fragments at once, then what it says of registered things
        for value in sorted(named, key=lambda value: not value.value.startswith(graph + "#")):
            if isinstance(value, ox.NamedNode) and value in facts and value not in placed:
                placed.add(value)
                add(value)

    for claim in claims:
        add(claim)
    for subject in sorted(set(facts) - placed, key=_name):
        if subject not in placed:  # an earlier one may have brought it
            placed.add(subject)
            add(subject)
    return order


def _evidence(facts: Facts, quads: list[ox.Quad], file: GraphFile, writer: Writer) -> Iterable[str]:
    """The source and its outline, then a paragraph a passage: its places and its claims'."""
    structure = structure_of(quads, file)
    owned: dict[str, list[ox.NamedNode]] = defaultdict(list)
    for subject in facts:
        owner = subject.value.split("#", 1)[0]
        owned[owner if owner in structure.passages else ""].append(subject)
    outline = {iri: place for place, iri in enumerate(structure.headings, 2)}
    outline |= {structure.iri: 0, structure.iri + "#outline": 1}
    last = len(outline)
    owned[""].sort(key=lambda subject: (outline.get(subject.value, last), _name(subject)))
    for subject in owned[""]:
        yield writer.block(_block(subject, facts))
    for iri in structure.passages:
        passage = ox.NamedNode(iri)
        lines = [writer.block(_block(passage, facts))]
        parts = sorted((part for part in owned[iri] if part != passage), key=_part)
        lines += [writer.block(_block(part, facts), one_line=True) for part in parts]
        yield "\n".join(lines)


def _part(subject: ox.NamedNode) -> tuple[int, int, str]:
    match = PLACED.fullmatch(subject.value)
    if match:
        return (0 if match[2] == "segment" else 1, int(match[3]), "")
    return (2, 0, subject.value)
