"""Claims as pages show them: the words, who, what and when, what is coded and on what rule."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg import resource
from kg.accounts import Thing
from kg.names import PREFIXES, local
from kg.resource import Claim, Fact
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api.site import language
from kg_api.site.parts import differences
from kg_api.site.parts.accounting import short_place
from kg_api.site.parts.differences import Difference
from kg_api.site.parts.facts import amount

_C = PREFIXES["comity"]
_SKOS = PREFIXES["skos"]
# what a reader takes from the line itself; the rest stands in the evidence
_WHO = ("actor", "participant")
_WHAT = ("object", "in")
_WHEN = ("date", "deadline")
_CHIPS = ("act", "role", "status", "modality", "amountKind")
ACTION, COMMITMENT, PARTICIPATION, CONTEXT = "Action", "Commitment", "Participation", "Context"


@dataclass(frozen=True)
class Coded:
    """What somebody judged of a claim: a property, the value chosen, and the rule it follows.

    `definition` and `rule` are the concept's own, from the codebook's schemes; either may be empty.
    """

    name: str
    label: str
    value: Thing
    definition: str = ""
    rule: str = ""

    @property
    def slug(self) -> str:
        """The last part of the value's IRI, which names its sign: `under-way`."""
        return self.value.iri.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Stated:
    """A property that a claim states, and its values; literals have no IRI."""

    name: str
    label: str
    values: tuple[Thing, ...]


@dataclass(frozen=True)
class Row:
    """One claim, ready to be shown.

    `who`, `what` and `when` make the line under the words (`when` are EDTF texts); `coded` are the
    chips, `stated` and `derived` all that the evidence lists. `sentence` is its number among the
    `sentences` of the passage.
    """

    iri: str
    kind: str
    passage: str
    citation: str
    place: str
    sentence: int
    sentences: int
    quote: str
    who: tuple[Thing, ...]
    counterparts: tuple[Thing, ...]
    what: tuple[Thing, ...]
    when: tuple[str, ...]
    coded: tuple[Coded, ...]
    topics: tuple[Thing, ...]
    stated: tuple[Stated, ...]
    derived: tuple[Stated, ...]
    readings: tuple[str, ...]
    relations: tuple[str, ...] = ()
    note: str = ""
    commitment: bool = False
    # what is noted on its passage: discrepancies of the report, between sources, of the copy used
    differences: tuple[Difference, ...] = ()

    @property
    def wording(self) -> tuple[Thing, ...]:
        """How an undertaking is worded: will, look forward, pledge."""
        return next((one.values for one in self.stated if one.name == "modality"), ())

    @property
    def fragment(self) -> str:
        """The claim's name in its passage."""
        return self.iri.partition("#")[2]


@dataclass
class Desk:
    """Makes rows over one snapshot in one language; what many rows need is read once."""

    snapshot: Snapshot
    lang: str
    _counts: dict[str, int] = field(default_factory=dict)
    _concepts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def row(self, iri: str) -> Row:
        """The row of a claim; NotFound where there is none."""
        return self.of(resource.claim(self.snapshot, iri, self.lang))

    def rows(self, claims: Iterable[Claim]) -> tuple[Row, ...]:
        """The rows of some claims, in their order."""
        return tuple(self.of(one) for one in claims)

    def of(self, claim: Claim) -> Row:
        """The row of a claim."""
        facts: dict[str, list[Fact]] = {}
        for fact in claim.facts:
            facts.setdefault(local(fact.property), []).append(fact)
        types = {local(one) for one in claim.types}
        stated = tuple(self._stated(facts, {"stated", ""}, {"reported"}))
        return Row(
            iri=claim.iri,
            kind=next((one for one in (PARTICIPATION, CONTEXT) if one in types), ACTION),
            passage=claim.passage,
            citation=claim.citation,
            place=short_place(claim.citation),
            sentence=int(self._value(claim.iri, _C + "sentence") or 0),
            sentences=self.sentences(claim.passage),
            quote=claim.quote or "",
            who=_things(facts, _WHO),
            counterparts=_things(facts, ("counterpart",)),
            what=_things(facts, _WHAT),
            when=tuple(one.label for one in _things(facts, _WHEN)),
            coded=tuple(self._coded(facts)),
            topics=_things(facts, ("topic",)),
            stated=stated,
            derived=tuple(self._stated(facts, None, {"derived"})),
            readings=claim.other_readings,
            relations=tuple(local(one) for one in claim.relations),
            note=next((one.value_label for one in facts.get("note", ())), ""),
            commitment=COMMITMENT in types,
            differences=differences.noted(self.snapshot, self.lang).get(claim.passage, ()),
        )

    def sentences(self, passage: str) -> int:
        """How many sentences a passage has."""
        if passage not in self._counts:
            quads = self.snapshot.engine.quads(
                None, ox.NamedNode(_C + "passage"), ox.NamedNode(passage), ox.DefaultGraph()
            )
            mark = f"{passage}#sentence-"
            self._counts[passage] = sum(1 for one in quads if as_text(one.subject).startswith(mark))
        return self._counts[passage]

    def concept(self, iri: str) -> tuple[str, str]:
        """What a concept is defined as, and its rule, in the language or else in English."""
        if iri not in self._concepts:
            self._concepts[iri] = (
                self._value(iri, _SKOS + "definition"),
                self._value(iri, _SKOS + "scopeNote"),
            )
        return self._concepts[iri]

    def _coded(self, facts: dict[str, list[Fact]]) -> Iterable[Coded]:
        for name in _CHIPS:
            for fact in facts.get(name, ()):
                if isinstance(fact.value, ox.NamedNode) and fact.nature == "coded":
                    definition, rule = self.concept(fact.value.value)
                    value = Thing(fact.value.value, fact.value_label)
                    yield Coded(name, fact.property_label, value, definition, rule)

    def _stated(
        self, facts: dict[str, list[Fact]], natures: set[str] | None, kinds: set[str]
    ) -> Iterable[Stated]:
        for name, found in facts.items():
            chosen = [
                one
                for one in found
                if one.kind in kinds
                and (natures is None or one.nature in natures)
                and name not in ("label", "name", "note")
            ]
            if chosen:
                things = dict.fromkeys(
                    Thing(
                        one.value.value if isinstance(one.value, ox.NamedNode) else "",
                        self._shown(name, one),
                    )
                    for one in chosen
                )
                yield Stated(name, self._called(name, chosen[0]), tuple(things))

    def _shown(self, name: str, fact: Fact) -> str:
        """The name of a value; of a sum of money, the sum."""
        iri = as_text(fact.value)
        return (
            amount(self.snapshot, iri, self.lang) if name == "money" else ""
        ) or fact.value_label

    def _called(self, name: str, fact: Fact) -> str:
        """What a property is called: terms of others that have no label here get one."""
        if name.startswith("cites"):
            return language.texts(self.lang).gettext("footnote")
        return fact.property_label

    def _value(self, subject: str, property_: str) -> str:
        found = {
            getattr(quad.object, "language", None) or "": as_text(quad.object)
            for quad in self.snapshot.engine.quads(
                ox.NamedNode(subject), ox.NamedNode(property_), None, ox.DefaultGraph()
            )
        }
        for wanted in (self.lang, "en", ""):
            if wanted in found:
                return found[wanted]
        return next(iter(found.values()), "")


def _things(facts: dict[str, list[Fact]], names: Iterable[str]) -> tuple[Thing, ...]:
    """The things that some properties name, each once, in the order of the facts."""
    return tuple(
        dict.fromkeys(
            Thing(fact.value.value, fact.value_label)
            for name in names
            for fact in facts.get(name, ())
            if isinstance(fact.value, ox.NamedNode)
        )
    )
