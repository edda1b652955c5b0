"""Two countries on one page: what the bilateral sources held say of them, and in which words.

Joint actions have bearers of both sides; the others of a side are listed beside, and not counted
against each other: one jointly written report tells nothing of how much either side does.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from kg import timeline as times
from kg.accounts import Accounts, Action, Source, Thing, statements
from kg.commitments import Commitment, commitments
from kg.errors import NotFound, UsageError
from kg.names import PREFIXES
from kg.snapshot import Snapshot

REMARK = (
    "Named together in jointly written reports; not a measure of cooperation. One-sided actions "
    "are listed as the reports have them, and are not counted against each other."
)
BETWEEN, OTHERS, NO_PARTY = "between the two sides", "with others", "parties not named"
_TYPES = "SELECT ?class ?thing WHERE { ?thing a ?class } ORDER BY ?thing"
_FORUMS = ("Forum", "InternationalOrganisation", "WorkingGroup")
_BODIES = ("party", "publishedBy", "signedBy", "endorsedBy")
_INSTRUMENTS = """
SELECT ?instrument ?property ?value WHERE {
  ?instrument a comity:Instrument ; ?property ?value
  FILTER(?property IN (comity:instrumentType, comity:binding, comity:date, comity:party,
    comity:publishedBy, comity:signedBy, comity:endorsedBy, comity:under))
} ORDER BY ?instrument ?property ?value
"""
_MONEY = """
SELECT ?money ?passage ?amount ?currency ?kind ?funder ?purpose ?quote WHERE {
  GRAPH ?passage {
    ?claim comity:money ?money ; comity:quote ?quote .
    ?money comity:amount ?amount ; comity:currency ?currency
    OPTIONAL { ?money comity:amountKind ?kind } OPTIONAL { ?money comity:funder ?funder }
    OPTIONAL { ?money comity:purpose ?purpose }
  }
} ORDER BY ?passage ?money ?quote ?funder
"""
_DISCREPANCIES = """
SELECT ?note ?class ?text ?passage WHERE {
  ?note a ?class ; oa:hasTarget ?passage ; oa:bodyValue ?text
  FILTER(?class IN (comity:SourceDiscrepancy, comity:ExternalDiscrepancy, comity:CopyNote))
} ORDER BY ?note ?passage
"""


@dataclass(frozen=True)
class Pair:
    """Two countries and what their bilateral sources say, ready to be written."""

    release: str
    countries: tuple[Thing, Thing]
    sources: tuple[Source, ...]
    slug: str
    content: Mapping[str, Any] = field(repr=False)
    actions: tuple[Action, ...] = field(repr=False)

    def record(self) -> dict[str, Any]:
        """All of it as JSON can hold it."""
        return {
            "release": self.release,
            "title": " and ".join(one.label for one in self.countries),
            "slug": self.slug,
            "remark": REMARK,
            "countries": [one.record() for one in self.countries],
            "sources": [one.record() for one in self.sources],
            **self.content,
        }


def slug(countries: Iterable[Thing]) -> str:
    """Countries as a path has them: their English names, in alphabetical order.

    >>> slug([Thing("b", "United Kingdom"), Thing("a", "Japan")])
    'japan-united-kingdom'
    """
    names = sorted(re.sub(r"[^a-z0-9]+", "-", one.label.lower()).strip("-") for one in countries)
    return "-".join(names)


def pairs(
    snapshot: Snapshot, lang: str = "en", accounts: Accounts | None = None
) -> dict[str, tuple[Thing, Thing]]:
    """The pairs of countries that have a bilateral source, by the name of their address.

    The names are in a language, the addresses always in English.
    """
    accounts = accounts or Accounts(snapshot, lang)
    found = {}
    for first, second in sorted(set(accounts.sides.values())):
        name = slug(Thing(iri, snapshot.names.label(iri, "en")) for iri in (first, second))
        found[name] = (accounts.thing(first), accounts.thing(second))
    return dict(sorted(found.items()))


def pair(
    snapshot: Snapshot,
    one: str,
    other: str = "",
    lang: str = "en",
    accounts: Accounts | None = None,
) -> Pair:
    """What the bilateral sources say of two countries, or of a pair by the name of its address.

    Whoever has read the accounts already, in that language, passes them. UsageError for what is no
    country, NotFound for a pair without a bilateral source.
    """
    accounts = accounts or Accounts(snapshot, lang)
    if other:
        wanted = {
            accounts.coded(text, "side") or accounts.resolve(text, "actor") for text in (one, other)
        }
    else:
        known = pairs(snapshot, lang, accounts)
        if one not in known:
            listed = ", ".join(known) or "none"
            raise NotFound(f"no pair {one[:80]!r} has a bilateral source; these have: {listed}")
        wanted = {its.iri for its in known[one]}
    if len(wanted) != 2:
        raise UsageError("two different countries are wanted")
    held = [iri for iri, its in accounts.sides.items() if set(its) == wanted]
    if not held:
        names = " and ".join(its.label for its in accounts.things(wanted))
        listed = ", ".join(pairs(snapshot)) or "none"
        raise NotFound(f"no bilateral source of {names} is held; pairs that have one: {listed}")
    return _Maker(accounts, accounts.things(wanted), frozenset(held)).make()


class _Maker:
    """Reads what a pair's sources say, part by part."""

    def __init__(
        self, accounts: Accounts, countries: tuple[Thing, ...], held: frozenset[str]
    ) -> None:
        self._accounts = accounts
        self._countries = (countries[0], countries[1])
        self._both = frozenset(one.iri for one in countries)
        self._held = held
        self._actions = [one for one in accounts.actions() if one.place.source in held]
        passages = {iri for iri, place in accounts.places.items() if place.source in held}
        self._passages = passages
        self._named = {
            quad.object.value
            for passage in sorted(passages)
            for quad in accounts.snapshot.engine.quads(graph=ox.NamedNode(passage))
            if isinstance(quad.object, ox.NamedNode)
        }

    def make(self) -> Pair:
        """The pair with all its parts."""
        accounts = self._accounts
        asked = commitments(accounts.snapshot, accounts=accounts)
        rows = [row for row in asked.rows if row.source.iri in self._held]
        content = {
            "actors": self._actors(),
            "instruments": self._instruments(),
            "joint_actions": self._joint(),
            "one_sided_actions": self._one_sided(),
            "third_parties": self._others(),
            "timeline": [
                one.record()
                for one in times.entries(accounts, self._actions)
                if one.kind == "action" or one.thing.iri in self._named
            ],
            "commitments": [_worded(row) for row in rows],
            "money": self._money(),
            "discrepancies": self._discrepancies(),
        }
        sources = tuple(its for iri, its in accounts.sources.items() if iri in self._held)
        digest = accounts.snapshot.digest
        names = accounts.snapshot.names
        name = slug(Thing(one.iri, names.label(one.iri, "en")) for one in self._countries)
        return Pair(digest, self._countries, sources, name, content, tuple(self._actions))

    def _sides_of(self, actors: Iterable[str], source: str) -> frozenset[str]:
        none: frozenset[str] = frozenset()
        return none.union(*(self._accounts.countries_of(one, source) for one in actors))

    def _of_class(self, name: str) -> set[str]:
        class_ = ox.NamedNode(PREFIXES["comity"] + name)
        return {row["thing"] for row in self._accounts.rows(_TYPES, **{"class": class_})}

    def _acting(self) -> dict[str, list[Action]]:
        found: dict[str, list[Action]] = defaultdict(list)
        for one in self._actions:
            for actor in {*one.all("actor"), *one.all("counterpart")}:
                found[actor].append(one)
        return found

    def _who(self, actor: str, acting: Iterable[Action]) -> dict[str, Any]:
        cited = sorted({(one.place.order, one.place.citation) for one in acting})
        return {**self._accounts.thing(actor).record(), "passages": [text for _, text in cited]}

    def _listed(self, who: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(who, key=lambda one: (one["label"], one["iri"]))

    def _actors(self) -> list[dict[str, Any]]:
        """Those who act, by side; groups of both sides are a side of their own."""
        sides: dict[str, list[dict[str, Any]]] = {one.label: [] for one in self._countries}
        sides["both sides"] = []
        for actor, acting in self._acting().items():
            own = self._sides_of([actor], acting[0].place.source) & self._both
            if len(own) == 2:
                sides["both sides"].append(self._who(actor, acting))
            elif own:
                sides[self._accounts.thing(min(own)).label].append(self._who(actor, acting))
        return [{"side": side, "actors": self._listed(its)} for side, its in sides.items()]

    def _others(self) -> dict[str, list[dict[str, Any]]]:
        """Third parties that act or are acted with, and forums that the sources name."""
        parties = [
            self._who(actor, acting)
            for actor, acting in self._acting().items()
            if not self._sides_of([actor], acting[0].place.source) & self._both
        ]
        forums = set().union(*(self._of_class(name) for name in _FORUMS)) & self._named
        acting = self._acting()
        listed = [self._who(one, acting.get(one, [])) for one in forums]
        kept = [one for one in parties if one["iri"] not in forums]
        return {"actors": self._listed(kept), "forums": self._listed(listed)}

    def _instruments(self) -> list[dict[str, Any]]:
        """The instruments that the sources name, by who stands behind them."""
        facts: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for row in self._accounts.rows(_INSTRUMENTS):
            name = row["property"].rsplit("#", 1)[-1]
            facts[row["instrument"]][name].append(row["value"])
        standings: dict[str, list[dict[str, Any]]] = defaultdict(list)
        source = min(self._held)
        for iri in sorted(self._of_class("Instrument") & self._named):
            its = facts[iri]
            bodies = sorted({one for name in _BODIES for one in its[name]})
            sides = self._sides_of(bodies, source)
            if self._both <= sides:
                standing = BETWEEN
            elif sides and sides <= self._both:
                standing = f"of {self._accounts.thing(min(sides)).label}"
            else:
                standing = OTHERS if bodies else NO_PARTY
            standings[standing].append(
                {
                    **self._accounts.thing(iri).record(),
                    "types": [one.record() for one in self._accounts.things(its["instrumentType"])],
                    "binding": True if True in its["binding"] else None,
                    "dates": [self._accounts.period(one).record() for one in its["date"]],
                    "bodies": [one.record() for one in self._accounts.things(bodies)],
                    "under": [one.record() for one in self._accounts.things(its["under"])],
                }
            )
        return [
            {"standing": standing, "instruments": self._listed(its)}
            for standing, its in sorted(standings.items())
        ]

    def _action(self, one: Action) -> dict[str, Any]:
        accounts = self._accounts
        names = ("actor", "counterpart", "object", "topic")
        return {
            "iri": one.iri,
            "citation": one.place.citation,
            "quote": one.first("quote"),
            "act": accounts.thing(one.first("act")).record(),
            "status": accounts.thing(one.first("status")).record(),
            **{f"{name}s": [a.record() for a in accounts.things(one.all(name))] for name in names},
            "dates": [accounts.period(when).record() for when in one.all("date")],
            "commitment": "modality" in one.values,
            "other_readings": list(one.all("otherReading")),
        }  # fmt: skip

    def _joint(self) -> list[dict[str, Any]]:
        """The actions with bearers of both sides, by topic; one of two topics stands under both."""
        topics: dict[tuple[str, str], list[Action]] = defaultdict(list)
        for one in self._actions:
            if self._both <= self._sides_of(one.all("actor"), one.place.source):
                for topic in self._accounts.things(one.all("topic")) or (Thing("", "no topic"),):
                    topics[topic.label, topic.iri].append(one)
        return [
            {
                "topic": {"iri": iri or None, "label": label},
                "actions": [self._action(one) for one in its],
            }
            for (label, iri), its in sorted(topics.items())
        ]

    def _one_sided(self) -> list[dict[str, Any]]:
        """The actions with bearers of one side only, by side: listed, and not counted."""
        sides: dict[str, list[Action]] = {one.iri: [] for one in self._countries}
        for one in self._actions:
            own = self._sides_of(one.all("actor"), one.place.source) & self._both
            if len(own) == 1:
                sides[min(own)].append(one)
        return [
            {
                "side": self._accounts.thing(iri).record(),
                "actions": [self._action(one) for one in its],
            }
            for iri, its in sides.items()
        ]

    def _money(self) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for row in self._accounts.rows(_MONEY):
            place = self._accounts.places.get(row["passage"])
            if place is None or place.source not in self._held:
                continue
            sum_ = found.setdefault(
                row["money"],
                {
                    "iri": row["money"], "amount": str(row["amount"]), "currency": row["currency"],
                    "kind": row["kind"], "funders": [], "quote": row["quote"],
                    "purpose": None, "citation": place.citation,
                },
            )  # fmt: skip
            if row["purpose"]:
                sum_["purpose"] = self._accounts.thing(row["purpose"]).record()
            if row["funder"]:
                funder = self._accounts.thing(row["funder"]).record()
                sum_["funders"] += [funder] if funder not in sum_["funders"] else []
        return list(found.values())

    def _discrepancies(self) -> list[dict[str, Any]]:
        """What contradicts itself or another source, and notes on the copy used."""
        found: dict[str, dict[str, Any]] = {}
        for row in self._accounts.rows(_DISCREPANCIES):
            if row["passage"] in self._passages:
                kind = self._accounts.thing(row["class"]).label
                about = {"iri": row["note"], "kind": kind, "said": row["text"], "passages": []}
                note = found.setdefault(row["note"], about)
                note["passages"].append(self._accounts.places[row["passage"]].citation)
        return list(found.values())


def _worded(row: Commitment) -> dict[str, Any]:
    """A commitment as worded, without what its list has besides."""
    whole = row.record()
    names = (
        *("iri", "bearers", "sides", "counterparts", "what", "topics", "modality", "status"),
        *("deadline", "citation", "quote", "other_readings"),
    )
    return {**{name: whole[name] for name in names}, "follow_up": row.follow_up.said}


def triples(snapshot: Snapshot, found: Pair) -> list[ox.Triple]:
    """A pair as RDF: its actions, instruments, money and discrepancies.

    With the citations of passages and the names of things; what has money, and is no action, too.
    """
    content = found.content
    things = {
        one["iri"]
        for its in (*(part["instruments"] for part in content["instruments"]), content["money"],
                    content["discrepancies"])
        for one in its
    }  # fmt: skip
    has_money = ox.NamedNode(PREFIXES["comity"] + "money")
    for one in content["money"]:
        for quad in snapshot.engine.quads(predicate=has_money, object_=ox.NamedNode(one["iri"])):
            assert isinstance(quad.subject, ox.NamedNode)
            things.add(quad.subject.value)
    return statements(snapshot, found.actions, sorted(things))
