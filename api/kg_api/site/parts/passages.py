"""What was made of a passage: its sentences with the claims of each, what it names, what is noted.

The text of a sentence is used where the settings name it, and only where it has the hash that the
evidence records.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg import sources
from kg.accounts import Thing
from kg.evidence import Span, digest
from kg.evidence.text import text_of
from kg.names import PREFIXES
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api.site.parts.claims import CONTEXT, Desk, Row
from kg_api.site.parts.edition import Edition, Leaf, edition
from kg_api.site.parts.kept import kept
from kg_api.site.parts.skeleton import Piece, Quote, drawn, unseen, written

_C, _CITO = PREFIXES["comity"], PREFIXES["cito"]
_TYPE, _LABEL = (ox.NamedNode(PREFIXES[p] + n) for p, n in (("rdf", "type"), ("rdfs", "label")))
_SENTENCE = _C + "sentence"
_CITES, _INFORMS = (ox.NamedNode(_CITO + one) for one in ("citesAsEvidence", "citesForInformation"))
_DERIVED = f"{sources.GRAPH}{sources.DERIVED}/"
# rules that write for programs: names again, places, days of dates
_FOR_PROGRAMS = {"annotation", "bounds", "label", "name", "passage"}
# sources with more passages are read anew each time: what is kept is never dropped
_KEPT = 500
# the kinds of named things, in the order of the legend, by the first part of their IRI's path
KINDS = ("actors", "instruments", "initiatives", "events", "documents")


@dataclass(frozen=True)
class Made:
    """One thing that was made of a sentence: a claim or a mark, and its number on the page.

    A mark on a whole sentence has no number, for it stands nowhere in particular.
    """

    number: int
    row: Row

    @property
    def context(self) -> bool:
        """Whether it says that something is claimed nowhere."""
        return self.row.kind == CONTEXT


@dataclass(frozen=True)
class Read:
    """A sentence as it was read: its pieces, and what was made of it."""

    number: int
    words: int | None
    unseen: int | None
    pieces: tuple[Piece, ...]
    made: tuple[Made, ...]
    notes: tuple[Thing, ...]


@dataclass(frozen=True)
class Named:
    """A thing that a passage names: its kind, its name, its name in the other language.

    `fragment` is set where it is named nowhere else: the passage describes it itself.
    """

    kind: str
    thing: Thing
    also: str
    fragment: str = ""


@dataclass(frozen=True)
class Sum:
    """Money that a passage speaks of: how much of which currency, and whether at most."""

    fragment: str
    amount: float
    currency: str
    ceiling: bool
    funders: tuple[Thing, ...]


@dataclass(frozen=True)
class Added:
    """A statement that a rule made of things that a passage names."""

    subject: Thing
    property: Thing
    value: Thing
    rule: Thing


@dataclass(frozen=True)
class Passage:
    """A passage with everything that was made of it."""

    leaf: Leaf
    citation: str
    place: str
    text: bool
    sentences: tuple[Read, ...]
    named: tuple[Named, ...]
    sums: tuple[Sum, ...]
    cites: tuple[Thing, ...]
    cited: tuple[Thing, ...]
    informs: tuple[Thing, ...]

    @property
    def claims(self) -> tuple[Made, ...]:
        """Its claims, without the marks."""
        return tuple(made for one in self.sentences for made in one.made if not made.context)

    @property
    def unseen(self) -> int | None:
        """How many of its words are not shown."""
        counts = [one.unseen for one in self.sentences]
        return None if None in counts else sum(count or 0 for count in counts)


def passage(snapshot: Snapshot, iri: str, lang: str, source: str) -> Passage:
    """A passage of a source, in a language."""
    if len(edition(snapshot, source).leaves) > _KEPT:
        return _Reader(snapshot, lang, source).read(iri)
    return kept(snapshot, ("passage", iri, lang), lambda: _Reader(snapshot, lang, source).read(iri))


class _Reader:
    def __init__(self, snapshot: Snapshot, lang: str, source: str) -> None:
        self.snapshot = snapshot
        self.lang = lang
        self.edition: Edition = edition(snapshot, source)
        self.desk = kept(snapshot, ("desk", lang), lambda: Desk(snapshot, lang))

    def thing(self, iri: str) -> Thing:
        return Thing(iri, self.snapshot.names.label(iri, self.lang))

    def short(self, iri: str) -> Thing:
        return Thing(iri, short(self.thing(iri).label))

    def read(self, iri: str) -> Passage:
        leaf = self.edition.leaves[iri]
        quads = list(self.snapshot.engine.quads(None, None, None, ox.NamedNode(iri)))
        said: dict[int, list[Row]] = defaultdict(list)
        notes: dict[int, dict[str, None]] = defaultdict(dict)
        numbers = {
            as_text(q.subject): int(as_text(q.object))
            for q in quads
            if q.predicate.value == _SENTENCE
        }
        for claim, number in numbers.items():
            # what is noted on the passage stands once on its page, not with every claim
            said[number].append(replace(self.desk.row(claim), differences=()))
        for quad in quads:
            if quad.predicate == _CITES:
                notes[numbers.get(as_text(quad.subject), 0)][as_text(quad.object)] = None
        copy = self._copy(leaf)
        sentences = []
        number = 0
        for sentence in leaf.sentences:
            rows = sorted(said[sentence.number], key=lambda row: self._rank(leaf, row))
            made, quotes = [], []
            for row in rows:
                if row.quote:
                    number += 1
                    place, before = leaf.quotes.get(row.fragment, (sentence.place, None))
                    context = row.kind == CONTEXT
                    quotes.append(Quote(number, row.fragment, row.quote, place, before, context))
                made.append(Made(number if row.quote else 0, row))
            pieces = (
                drawn(sentence.words, quotes)
                if copy is None
                else written(copy, _parts(leaf, sentence.place), quotes)
            )
            sentences.append(
                Read(
                    number=sentence.number,
                    words=sentence.words,
                    unseen=unseen(pieces),
                    pieces=pieces,
                    made=tuple(made),
                    notes=tuple(self.short(one) for one in sorted(notes[sentence.number])),
                )
            )
        citation = self.snapshot.names.label(iri, self.lang)
        cites = dict.fromkeys(one for some in notes.values() for one in sorted(some))
        return Passage(
            leaf=leaf,
            citation=citation,
            place=short(citation),
            text=copy is not None,
            sentences=tuple(sentences),
            named=self._named(iri, quads),
            sums=tuple(self._sums(iri, quads)),
            cites=tuple(self.short(one) for one in cites),
            cited=self._cited(iri),
            informs=tuple(
                self.thing(one)
                for one in sorted({as_text(q.object) for q in quads if q.predicate == _INFORMS})
            ),
        )

    def _copy(self, leaf: Leaf) -> str | None:
        """The text copy, where it is at hand and the passage's text is what was read."""
        copy = self.snapshot.texts.get(self.edition.sha256)
        if copy is None or digest(text_of(copy, leaf.segments)) != leaf.sha256:
            return None
        return copy

    def _rank(self, leaf: Leaf, row: Row) -> tuple[bool, int, int, str]:
        place, _ = leaf.quotes.get(row.fragment, (Span(0, 0), None))
        return not row.quote, place.start, -place.end, row.fragment

    def _named(self, iri: str, quads: list[ox.Quad]) -> tuple[Named, ...]:
        """The things that a passage names, by kind, in the order in which it names them."""
        found: dict[str, Named] = {}
        typed = {as_text(q.subject): q.object for q in quads if q.predicate == _TYPE}
        other = "ja" if self.lang == "en" else "en"
        for quad in quads:
            for term in (quad.subject, quad.object):
                one = as_text(term) if isinstance(term, ox.NamedNode) else ""
                kind = kind_of(one)
                if one in found or not (kind or (one.startswith(f"{iri}#") and one in typed)):
                    continue
                if not kind:
                    kind = self._kind(as_text(typed[one]))
                    if not kind:
                        continue
                thing = self.thing(one)
                also = self.snapshot.names.label(one, other)
                fragment = one.partition("#")[2]
                found[one] = Named(kind, thing, "" if also == thing.label else also, fragment)
        return tuple(
            sorted(found.values(), key=lambda one: (KINDS.index(one.kind), one.thing.label))
        )

    def _sums(self, iri: str, quads: list[ox.Quad]) -> Iterator[Sum]:
        """The sums that a passage describes."""
        said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            name = quad.predicate.value.removeprefix(_C)
            said[as_text(quad.subject)][name].append(as_text(quad.object))
        for one, facts in sorted(said.items()):
            if facts["amount"] and one.startswith(f"{iri}#"):
                yield Sum(
                    fragment=one.partition("#")[2],
                    amount=float(facts["amount"][0]),
                    currency=next(iter(facts["currency"]), ""),
                    ceiling="ceiling" in facts["amountKind"],
                    funders=tuple(self.thing(each) for each in sorted(facts["funder"])),
                )

    def _kind(self, class_: str) -> str:
        """The kind of what a passage describes itself, by the classes above its own."""
        above = {class_}
        fresh = {class_}
        sub = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
        while fresh:
            fresh = {
                as_text(quad.object)
                for one in fresh
                for quad in self.snapshot.engine.quads(
                    ox.NamedNode(one), sub, None, ox.DefaultGraph()
                )
            } - above
            above |= fresh
        names = ("Actor", "Instrument", "Initiative", "Event", "Document")
        return next((k for k, n in zip(KINDS, names, strict=True) if _C + n in above), "")

    def _cited(self, iri: str) -> tuple[Thing, ...]:
        """The passages whose claims cite this one, a footnote."""
        quads = self.snapshot.engine.quads(None, _CITES, ox.NamedNode(iri), ox.DefaultGraph())
        citing = {as_text(quad.subject).partition("#")[0] for quad in quads}
        order = list(self.edition.leaves)
        known = sorted((one for one in citing if one in self.edition.leaves), key=order.index)
        return tuple(map(self.short, known))


def added(snapshot: Snapshot, named: tuple[Named, ...], lang: str) -> tuple[Added, ...]:
    """What rules state of some things in relation to each other."""
    known = {one.thing.iri for one in named}
    found = []

    def thing(iri: str) -> Thing:
        return Thing(iri, snapshot.names.label(iri, lang))

    for one in named:
        for quad in snapshot.engine.quads(ox.NamedNode(one.thing.iri), None, None, None):
            graph, value = as_text(quad.graph_name), as_text(quad.object)
            rule = graph.removeprefix(_DERIVED)
            if graph.startswith(_DERIVED) and rule not in _FOR_PROGRAMS and value in known:
                made = thing(quad.predicate.value), thing(value), Thing(graph, rule)
                found.append(Added(one.thing, *made))
    return tuple(
        sorted(found, key=lambda one: (one.rule.label, one.subject.label, one.value.label))
    )


def kind_of(iri: str) -> str:
    """The kind of a registered thing, by its IRI; empty for anything else.

    >>> kind_of("https://w3id.org/comity/id/actor/mic"), kind_of("https://w3id.org/comity/id/act/x")
    ('actors', '')
    """
    return next((one for one in KINDS if iri.startswith(PREFIXES[one.removesuffix("s")])), "")


def short(citation: str) -> str:
    """A citation without the name of its source.

    >>> short("Progress Report 2024, Data (a)")
    'Data (a)'
    """
    comma = "、" if "、" in citation else ", "
    return citation.partition(comma)[2] or citation


def _parts(leaf: Leaf, sentence: Span) -> list[Span]:
    return [part for segment in leaf.segments if (part := segment.cut(sentence))]
