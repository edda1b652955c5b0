"""What sources say was done or undertaken: actions with sides, words, places and periods.

Lists of commitments, pages of pairs and timelines read actions through this one module, so that
all of them mean the same by a side, a joint action, a period and a source.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from kg.errors import NotFound, UsageError
from kg.names import BASE, PREFIXES, local
from kg.periods import Period, end
from kg.results import Rows, as_text
from kg.snapshot import Snapshot

_COMITY = PREFIXES["comity"]
# ISO 3166-1 alpha-2, and the name by which a register has the country
CODES = {
    "ar": "Argentina", "at": "Austria", "au": "Australia", "be": "Belgium", "bg": "Bulgaria",
    "br": "Brazil", "ca": "Canada", "ch": "Switzerland", "cl": "Chile", "cn": "China",
    "co": "Colombia", "cr": "Costa Rica", "cy": "Cyprus", "cz": "Czechia", "de": "Germany",
    "dk": "Denmark", "ee": "Estonia", "es": "Spain", "fi": "Finland", "fr": "France",
    "gb": "United Kingdom", "gr": "Greece", "hr": "Croatia", "hu": "Hungary", "id": "Indonesia",
    "ie": "Ireland", "il": "Israel", "in": "India", "is": "Iceland", "it": "Italy", "jp": "Japan",
    "ke": "Kenya", "kr": "Republic of Korea", "lt": "Lithuania", "lu": "Luxembourg",
    "lv": "Latvia", "mt": "Malta", "mx": "Mexico", "my": "Malaysia", "ng": "Nigeria",
    "nl": "Netherlands", "no": "Norway", "nz": "New Zealand", "ph": "Philippines", "pl": "Poland",
    "pt": "Portugal", "ro": "Romania", "sa": "Saudi Arabia", "se": "Sweden", "sg": "Singapore",
    "si": "Slovenia", "sk": "Slovakia", "th": "Thailand", "tr": "Türkiye", "ua": "Ukraine",
    "uk": "United Kingdom", "us": "United States", "vn": "Viet Nam", "za": "South Africa",
}  # fmt: skip
_ACTIONS = """
SELECT ?class ?claim ?passage ?property ?value WHERE {
  GRAPH ?passage {
    ?passage a comity:Passage . ?claim a ?class ; comity:sentence ?n ; ?property ?value
  }
}
"""
_PASSAGES = """
SELECT ?passage ?source ?section ?order WHERE {
  ?passage a comity:Passage ; dct:isPartOf ?source .
  OPTIONAL { ?passage comity:section ?section } OPTIONAL { ?passage comity:order ?order }
}
"""
_SOURCES = """
SELECT ?source ?title ?url ?date WHERE {
  ?source a comity:Source .
  OPTIONAL { ?source dct:title ?title } OPTIONAL { ?source schema:url ?url }
  OPTIONAL { ?source comity:date ?date }
} ORDER BY ?source ?title ?url ?date
"""
_BOUNDS = """
SELECT ?date ?earliest ?latest WHERE {
  ?date comity:earliest ?earliest ; comity:latest ?latest
}
"""
_COUNTRIES = """
SELECT ?actor ?country WHERE {
  { ?actor comity:country ?country } UNION { ?actor a comity:Country BIND(?actor AS ?country) }
}
"""
_MEMBERS = """
SELECT ?group ?member WHERE {
  ?group a comity:Group . OPTIONAL { ?group comity:member ?member }
}
"""


@dataclass(frozen=True)
class Thing:
    """Something by its IRI, with its name in the language that was asked for."""

    iri: str
    label: str

    def record(self) -> dict[str, str]:
        """It as JSON can hold it."""
        return {"iri": self.iri, "label": self.label}


@dataclass(frozen=True)
class Source:
    """A report as published."""

    iri: str
    label: str
    title: str
    period: Period | None = None
    url: str = ""

    def held(self, as_of: date | None) -> bool:
        """Whether it was out by a day; a source without a date always was."""
        latest = None if self.period is None else self.period.latest
        return as_of is None or latest is None or latest <= as_of

    def record(self) -> dict[str, Any]:
        """It as JSON can hold it."""
        when = None if self.period is None else self.period.record()
        about = {"iri": self.iri, "label": self.label, "title": self.title}
        return {**about, "date": when, "url": self.url}


@dataclass(frozen=True)
class Place:
    """Where a passage stands: its source, section, place in the order, and how it is cited."""

    passage: str
    source: str
    section: Thing | None
    order: int
    citation: str


@dataclass(frozen=True)
class Action:
    """One action as a passage states it; `values` has every property by its local name."""

    iri: str
    place: Place
    values: Mapping[str, tuple[str, ...]] = field(repr=False)
    said: tuple[tuple[ox.NamedNode, Any], ...] = field(repr=False)

    @property
    def triples(self) -> tuple[ox.Triple, ...]:
        """What is stated of it, as RDF."""
        claim = ox.NamedNode(self.iri)
        return tuple(ox.Triple(claim, property_, value) for property_, value in self.said)

    def first(self, name: str) -> str:
        """The one value of a property, or nothing."""
        return next(iter(self.values.get(name, ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a property, in a fixed order."""
        return self.values.get(name, ())

    @property
    def rank(self) -> tuple[str, int, int, str]:
        """Where it stands among all actions: by source, passage and sentence."""
        return self.place.source, self.place.order, int(self.first("sentence") or 0), self.iri


class Accounts:
    """The sources of a snapshot and what they say, read once, with names in one language."""

    def __init__(self, snapshot: Snapshot, lang: str = "en") -> None:
        self.snapshot = snapshot
        self.lang = lang
        self._actions: dict[str, list[Action]] = {}

    def rows(self, text: str, **params: object) -> list[dict[str, Any]]:
        """The answer to a question, as Python values."""
        found = self.snapshot.query(text, params)
        assert isinstance(found, Rows)
        return found.records()

    def thing(self, iri: str) -> Thing:
        """A thing with its name."""
        return Thing(iri, self.snapshot.names.label(iri, self.lang))

    def things(self, iris: Iterable[str]) -> tuple[Thing, ...]:
        """Things with their names, in the order of these."""
        return tuple(sorted(map(self.thing, iris), key=lambda one: (one.label, one.iri)))

    @cached_property
    def _bounds(self) -> dict[str, tuple[date, date]]:
        return {row["date"]: (row["earliest"], row["latest"]) for row in self.rows(_BOUNDS)}

    def period(self, iri: str) -> Period:
        """What a date's IRI means."""
        earliest, latest = self._bounds.get(iri, (None, None))
        return Period(self.snapshot.names.label(iri), earliest, latest)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Every source that is held, by IRI, in the order of their dates."""
        found: dict[str, Source] = {}
        for row in self.rows(_SOURCES):
            iri = row["source"]
            if iri not in found:
                period = None if row["date"] is None else self.period(row["date"])
                label = self.snapshot.names.label(iri, self.lang)
                found[iri] = Source(iri, label, row["title"] or label, period, row["url"] or "")
        return dict(sorted(found.items(), key=lambda item: (end(item[1].period), item[0])))

    @cached_property
    def places(self) -> dict[str, Place]:
        """Every passage of a source."""
        found = {}
        for row in self.rows(_PASSAGES):
            iri = row["passage"]
            section = None if row["section"] is None else self.thing(row["section"])
            label = self.snapshot.names.label(iri, self.lang)
            found[iri] = Place(iri, row["source"], section, row["order"] or 0, label)
        return found

    @cached_property
    def countries(self) -> dict[str, frozenset[str]]:
        """The country of each actor that has one; a country is its own."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.rows(_COUNTRIES):
            found[row["actor"]].add(row["country"])
        return {actor: frozenset(its) for actor, its in found.items()}

    @cached_property
    def groups(self) -> dict[str, frozenset[str]]:
        """The members of each group."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.rows(_MEMBERS):
            found[row["group"]].update([row["member"]] if row["member"] else [])
        return {group: frozenset(its) for group, its in found.items()}

    def actions(self, kind: str = "Action") -> list[Action]:
        """The actions, or the commitments, of all sources, as they stand in them."""
        if kind not in self._actions:
            class_ = _COMITY + kind
            if "Action" in self._actions:
                # every kind of action is typed as one too, where it stands
                found = [one for one in self._actions["Action"] if class_ in one.all("type")]
            else:
                found = self._read(kind)
            self._actions[kind] = found
        return list(self._actions[kind])

    def _read(self, kind: str) -> list[Action]:
        answer = self.snapshot.query(_ACTIONS, {"class": ox.NamedNode(_COMITY + kind)})
        assert isinstance(answer, Rows)
        places = [answer.variables.index(name) for name in ("claim", "passage")]
        said: dict[tuple[str, str], list[tuple[Any, Any]]] = defaultdict(list)
        at, value_at = (answer.variables.index(name) for name in ("property", "value"))
        for row in answer.rows:
            claim, passage = (as_text(row[place]) for place in places)
            said[claim, passage].append((row[at], row[value_at]))
        found = []
        for (claim, passage), its in said.items():
            values: dict[str, set[str]] = defaultdict(set)
            for property_, value in its:
                plain = str(value) if isinstance(value, ox.Triple) else value.value
                values[local(property_.value)].add(plain)
            place_ = self.places.get(passage, Place(passage, "", None, 0, passage))
            sorted_ = {name: tuple(sorted(some)) for name, some in values.items()}
            found.append(Action(claim, place_, sorted_, tuple(its)))
        return sorted(found, key=lambda one: one.rank)

    def countries_of(self, actor: str, source: str = "") -> frozenset[str]:
        """The countries that an actor stands for: a group for those of its members.

        A group that is registered for a source of two sides, and of which no members are known,
        stands for both: "the Governments of both countries".
        """
        if actor in self.groups:
            members = self.groups[actor]
            own = self.countries.get(actor, frozenset())
            found = own.union(*(self.countries.get(one, frozenset()) for one in members))
            if not found and source and _is_minted_for(actor, source):
                return frozenset(self.sides.get(source, ()))
            return found
        return self.countries.get(actor, frozenset())

    @cached_property
    def sides(self) -> dict[str, tuple[str, str]]:
        """The two countries of each source that is bilateral.

        It is if the groups that are registered for it have members of two countries, or, where it
        has no such group, if all its bearers are of two countries.
        """
        stand: dict[str, set[str]] = {iri: set() for iri in self.sources}
        for group, members in self.groups.items():
            for iri, found in stand.items():
                if _is_minted_for(group, iri):
                    for member in members:
                        found.update(self.countries.get(member, ()))
        if not all(stand.values()):
            act: dict[str, set[str]] = defaultdict(set)
            for one in self.actions("Commitment"):
                for actor in one.all("actor"):
                    act[one.place.source] |= self.countries.get(actor, frozenset())
            stand = {iri: found or act[iri] for iri, found in stand.items()}
        pairs = {iri: tuple(sorted(found)) for iri, found in stand.items() if len(found) == 2}
        return {iri: (pair[0], pair[1]) for iri, pair in pairs.items()}

    def side(self, actors: Iterable[str], source: str) -> tuple[Thing, ...]:
        """The countries that some actors of a source stand for."""
        none: frozenset[str] = frozenset()
        return self.things(none.union(*(self.countries_of(one, source) for one in actors)))

    def narrower(self, topic: str) -> frozenset[str]:
        """A topic and all that are narrower."""
        text = "SELECT ?topic ?one WHERE { ?one skos:broader* ?topic }"
        return frozenset({topic, *(row["one"] for row in self.rows(text, topic=topic))})

    def coded(self, text: str, kind: str) -> str:
        """What a word or code of few letters means: a status, modality, source or country; or none.

        `planned`, `look forward`, `jukdp-2024`; of countries the two letters of ISO 3166-1.
        """
        slug = "-".join(text.lower().split())
        if kind == "side":
            name = CODES.get(slug, "")
            return self.resolve(name, "actor") if name else ""
        if kind not in ("status", "modality", "source") or not re.fullmatch(r"[a-z0-9-]+", slug):
            return ""
        iri = PREFIXES[kind] + slug
        return iri if self.snapshot.engine.speaks_of(iri) else ""

    def resolve(self, text: str, kind: str) -> str:
        """What a filter names; UsageError where it means nothing or several things."""
        try:
            iri = self.snapshot.names.resolve(text, kind)
        except (NotFound, UsageError) as error:
            raise UsageError(str(error)) from error
        # an IRI stands for itself, whoever minted it
        if not self.snapshot.engine.speaks_of(iri):
            raise UsageError(f"nothing is said of {iri[:300]}")
        return iri


def _is_minted_for(group: str, source: str) -> bool:
    """Whether a group's IRI ends with the name of a source: one IRI a source."""
    return group.endswith(f"-{source.rsplit('/', 1)[-1]}")


def counted(values: Iterable[Sequence[Thing]]) -> list[dict[str, Any]]:
    """How many rows have each value, by name: the order ranks nothing."""
    number: dict[Thing, int] = defaultdict(int)
    for some in values:
        for one in some:
            number[one] += 1
    return [
        {"iri": one.iri, "label": one.label, "count": number[one]}
        for one in sorted(number, key=lambda one: (one.label, one.iri))
    ]


def statements(
    snapshot: Snapshot, actions: Sequence[Action], things: Iterable[str] = ()
) -> list[ox.Triple]:
    """The triples of some actions, with the citation of their passages and the names of things.

    Of further things by their IRIs everything that is said.
    """
    triples = {triple for one in actions for triple in one.triples}
    for iri in things:
        for quad in snapshot.engine.quads(ox.NamedNode(iri), graph=ox.DefaultGraph()):
            triples.add(ox.Triple(quad.subject, quad.predicate, quad.object))
    named: set[ox.NamedNode] = set()
    for triple in triples:
        if isinstance(triple.object, ox.NamedNode):
            named.add(triple.object)
    for one in actions:
        passage = ox.NamedNode(one.place.passage)
        triples.add(ox.Triple(ox.NamedNode(one.iri), ox.NamedNode(_COMITY + "passage"), passage))
        named.add(passage)
    labels = [_COMITY + "citationLabel", PREFIXES["skos"] + "prefLabel", PREFIXES["rdfs"] + "label"]
    for thing in named:
        for label in labels if thing.value.startswith(BASE) else ():
            predicate = ox.NamedNode(label)
            for quad in snapshot.engine.quads(thing, predicate, graph=ox.DefaultGraph()):
                triples.add(ox.Triple(quad.subject, quad.predicate, quad.object))
    return sorted(triples, key=str)
