"""What happened when: events, actions and instruments with the period that their source gives.

A period is never sharpened: what a source dates by its month stands as that month, from its first
day to its last. What has no date is left out and counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from kg import sources
from kg.accounts import Accounts, Action, Thing, statements
from kg.downloads.tables import Column, Table
from kg.errors import UsageError
from kg.names import PREFIXES
from kg.periods import Period, day, start
from kg.snapshot import Snapshot

KINDS = ("event", "action", "instrument")
BASES = ("reported", "reference")
TITLE = "Comity: timeline"
_COMITY = PREFIXES["comity"]
_DATES = """
SELECT ?class ?thing ?date ?graph ?page WHERE {
  GRAPH ?graph { ?thing comity:date ?date }
  ?thing a ?class
  OPTIONAL { GRAPH ?graph { ?thing dct:source ?page } }
} ORDER BY ?thing ?date ?graph ?page
"""
_COLUMNS = (
    *(Column("kind"), Column("thing"), Column("label"), Column("relation"), Column("date")),
    *(Column("earliest", "date"), Column("latest", "date"), Column("precision"), Column("basis")),
    *(Column("citation", "list"), Column("quote"), Column("actors", "list")),
    *(Column("topics", "list"), Column("status"), Column("graph", "list"), Column("release")),
)


@dataclass(frozen=True)
class Entry:
    """One thing with one period; `citations` are passages, or pages where a register is the basis.

    `relation` is `date`, or `deadline` of what was undertaken for then.
    """

    kind: str
    thing: Thing
    relation: str
    period: Period
    basis: str
    graphs: tuple[str, ...]
    citations: tuple[str, ...]
    quote: str = ""
    actors: tuple[Thing, ...] = ()
    topics: tuple[Thing, ...] = ()
    status: Thing | None = None
    action: Action | None = field(default=None, repr=False, compare=False)

    @property
    def precision(self) -> str:
        """How sharp the date is: day, month, quarter, year or interval.

        >>> Entry("event", Thing("x", "x"), "date", Period("2024-33"), "reported", (), ()).precision
        'quarter'
        """
        if "/" in self.period.edtf:
            return "interval"
        parts = self.period.edtf.split("-")
        if len(parts) == 2 and not 1 <= int(parts[1]) <= 12:
            return "quarter"
        return ("year", "month", "day")[len(parts) - 1]

    def record(self) -> dict[str, Any]:
        """It as JSON can hold it."""
        return {
            "kind": self.kind,
            **self.thing.record(),
            "relation": self.relation,
            "date": self.period.record(),
            "precision": self.precision,
            "basis": self.basis,
            "citations": list(self.citations),
            "graphs": list(self.graphs),
            "quote": self.quote,
            "actors": [one.record() for one in self.actors],
            "topics": [one.record() for one in self.topics],
            "status": None if self.status is None else self.status.record(),
        }


@dataclass(frozen=True)
class Timeline:
    """Entries in the order of their first days, with what was asked and how many have no date."""

    release: str
    entries: tuple[Entry, ...]
    filters: Mapping[str, Any]
    undated: int

    def record(self) -> dict[str, Any]:
        """All of it as JSON can hold it."""
        return {
            "release": self.release,
            "title": TITLE,
            "filters": dict(self.filters),
            "total": len(self.entries),
            "undated_actions": self.undated,
            "dates_are": "ranges of the precision that the source gives",
            "entries": [one.record() for one in self.entries],
        }


def _things(accounts: Accounts, kind: str) -> Iterable[Entry]:
    """Dated events or instruments: one entry for each date and each basis of it."""
    found: dict[tuple[str, str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    class_ = ox.NamedNode(_COMITY + kind.capitalize())
    for row in accounts.rows(_DATES, **{"class": class_}):
        basis = sources.kind_of(row["graph"])
        if basis in BASES:
            its = found[row["thing"], row["date"], basis]
            its["graphs"].add(row["graph"])
            place = accounts.places.get(row["graph"])
            its["citations"] |= {place.citation} if place else {row["page"]} - {None}
    for (thing, when, basis), its in found.items():
        graphs, cited = (tuple(sorted(its[name])) for name in ("graphs", "citations"))
        yield Entry(
            kind, accounts.thing(thing), "date", accounts.period(when), basis, graphs, cited
        )


def action_entries(accounts: Accounts, actions: Iterable[Action]) -> Iterable[Entry]:
    """An entry for each date and each deadline of some actions."""
    for one in actions:
        for relation in ("date", "deadline"):
            for when in one.all(relation):
                yield Entry(
                    kind="action",
                    thing=accounts.thing(one.iri),
                    relation=relation,
                    period=accounts.period(when),
                    basis="reported",
                    graphs=(one.place.passage,),
                    citations=(one.place.citation,),
                    quote=one.first("quote"),
                    actors=accounts.things(one.all("actor")),
                    topics=accounts.things(one.all("topic")),
                    status=accounts.thing(one.first("status")),
                    action=one,
                )


def entries(
    accounts: Accounts, actions: list[Action], kinds: Iterable[str] = KINDS, narrowed: bool = False
) -> list[Entry]:
    """The dated actions, and the dated events and instruments; `narrowed` to those these name."""
    kinds = tuple(kinds)
    named = {value for one in actions for its in one.values.values() for value in its}
    found = list(action_entries(accounts, actions)) if "action" in kinds else []
    for kind in ("event", "instrument"):
        if kind in kinds:
            its = _things(accounts, kind)
            found.extend(one for one in its if not narrowed or one.thing.iri in named)
    return sorted(
        found,
        key=lambda one: (
            start(one.period), one.period.latest or start(None), KINDS.index(one.kind),
            one.thing.label, one.thing.iri, one.relation, one.basis,
        ),
    )  # fmt: skip


def timeline(
    snapshot: Snapshot,
    kind: str | None = None,
    topic: str | None = None,
    actor: str | None = None,
    since: str | None = None,
    until: str | None = None,
    basis: str | None = None,
    lang: str = "en",
    accounts: Accounts | None = None,
) -> Timeline:
    """The dated events, actions and instruments that any day of a window may mean.

    With a topic or an actor: the actions that have it, and the events and instruments these name.
    Whoever has read the accounts already, in that language, passes them.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(f"no kind {kind[:40]!r}: choose {', '.join(KINDS)}")
    if basis is not None and basis not in BASES:
        raise UsageError(f"no basis {basis[:40]!r}: choose {', '.join(BASES)}")
    first = None if since is None else day(since, "from")
    last = None if until is None else day(until, "to", last=True)
    accounts = accounts or Accounts(snapshot, lang)
    actions = accounts.actions()
    if topic is not None:
        wanted = accounts.narrower(accounts.resolve(topic, "topic"))
        actions = [one for one in actions if wanted & set(one.all("topic"))]
    if actor is not None:
        who = accounts.resolve(actor, "actor")
        actions = [one for one in actions if who in one.all("actor") + one.all("counterpart")]
    kinds = KINDS if kind is None else (kind,)
    narrowed = topic is not None or actor is not None
    found = [
        one
        for one in entries(accounts, actions, kinds, narrowed)
        if one.period.overlaps(first, last) and basis in (None, one.basis)
    ]
    given = {"kind": kind, "topic": topic, "actor": actor, "from": since, "to": until}
    filters = {name: text for name, text in {**given, "basis": basis}.items() if text is not None}
    undated = sum(not one.all("date") and not one.all("deadline") for one in actions)
    return Timeline(snapshot.digest, tuple(found), filters, undated)


def table(record: Mapping[str, Any]) -> Table:
    """The entries of a timeline's record as a table."""
    rows = []
    for one in record["entries"]:
        when = one["date"]
        period = Period(when["edtf"])
        bounds = [day(when[name], name) if when[name] else None for name in ("earliest", "latest")]
        rows.append(
            (
                one["kind"], one["iri"], one["label"], one["relation"], period.edtf, *bounds,
                one["precision"], one["basis"], tuple(one["citations"]), one["quote"],
                tuple(its["label"] for its in one["actors"]),
                tuple(its["label"] for its in one["topics"]),
                one["status"]["label"] if one["status"] else None, tuple(one["graphs"]),
                record["release"],
            )
        )  # fmt: skip
    return Table("timeline", TITLE, "Dated events, actions and instruments.", _COLUMNS, tuple(rows))


def triples(snapshot: Snapshot, found: Iterable[Entry]) -> list[ox.Triple]:
    """The dated things of some entries as RDF, with the bounds of their dates."""
    kept = list(found)
    made = set(statements(snapshot, [one.action for one in kept if one.action is not None]))
    names = ("edtf", "earliest", "latest")
    bounds = [ox.NamedNode(_COMITY + name) for name in names]
    for one in kept:
        when = ox.NamedNode(PREFIXES["date"] + one.period.edtf.replace("/", "_"))
        thing = ox.NamedNode(one.thing.iri)
        made.add(ox.Triple(thing, ox.NamedNode(_COMITY + one.relation), when))
        about = [(thing, ox.NamedNode(PREFIXES["rdf"] + "type"))]
        about += [(thing, ox.NamedNode(PREFIXES["rdfs"] + "label"))]
        about += [(thing, ox.NamedNode(PREFIXES["skos"] + "prefLabel"))]
        for subject, predicate in [*about, *((when, bound) for bound in bounds)]:
            for quad in snapshot.engine.quads(subject, predicate, graph=ox.DefaultGraph()):
                made.add(ox.Triple(quad.subject, quad.predicate, quad.object))
    return sorted(made, key=str)
