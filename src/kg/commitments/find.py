"""Which commitments are asked for: filters, order, and the day up to which sources count."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyoxigraph as ox

from kg.accounts import Accounts, Action, statements
from kg.commitments.following import Following
from kg.commitments.listing import GROUPS, SORTS, Commitment, Listing
from kg.errors import UsageError
from kg.periods import Period, day, end
from kg.snapshot import Snapshot


def _window(deadline: Period | None, as_of: date | None) -> str:
    """Where a day stands to a deadline or window: a matter of the calendar, of nothing else."""
    if as_of is None or deadline is None or deadline.earliest is None or deadline.latest is None:
        return ""
    if as_of < deadline.earliest:
        return "ahead"
    return "running" if as_of <= deadline.latest else "closed"


def _read(
    accounts: Accounts, action: Action, following: Following, as_of: date | None
) -> Commitment:
    source = accounts.sources[action.place.source]
    deadline = accounts.period(action.first("deadline")) if action.first("deadline") else None
    return Commitment(
        iri=action.iri,
        bearers=accounts.things(action.all("actor")),
        sides=accounts.side(action.all("actor"), source.iri),
        counterparts=accounts.things(action.all("counterpart")),
        act=accounts.thing(action.first("act")),
        objects=accounts.things(action.all("object")),
        topics=accounts.things(action.all("topic")),
        modality=accounts.thing(action.first("modality")),
        status=accounts.thing(action.first("status")),
        deadline=deadline,
        section=action.place.section,
        source=source,
        passage=action.place.passage,
        citation=action.place.citation,
        quote=action.first("quote"),
        other_readings=action.all("otherReading"),
        follow_up=following.of(action.iri, source.iri),
        window=_window(deadline, as_of),
        action=action,
    )


def _sorted(rows: Sequence[Commitment], sort: str) -> list[Commitment]:
    """The rows in an order; those that a wish does not tell apart as they stand in the sources."""
    if sort == "place":
        return list(rows)
    if sort == "deadline":
        return sorted(rows, key=lambda one: end(one.deadline) if one.deadline else date.max)
    return sorted(rows, key=lambda one: [its.label for its in one.values(sort)] or ["\uffff"])


def commitments(
    snapshot: Snapshot,
    bearer: str | None = None,
    side: str | None = None,
    counterpart: str | None = None,
    topic: str | None = None,
    modality: str | None = None,
    status: str | None = None,
    source: str | None = None,
    dated: bool = False,
    due_from: str | None = None,
    due_to: str | None = None,
    as_of: str | None = None,
    sort: str = "place",
    group: str = "",
    lang: str = "en",
    accounts: Accounts | None = None,
) -> Listing:
    """The commitments of the sources held, those that pass every filter.

    Things are given by IRI, CURIE, label or acronym; a topic has its narrower ones with it. With
    `as_of` only sources and later reports up to that day are considered. UsageError for what names
    nothing or is no date. Whoever has read the accounts already, in that language, passes them.
    """
    if sort not in SORTS:
        raise UsageError(f"no order {sort!r}: choose {', '.join(SORTS)}")
    if group and group not in GROUPS:
        raise UsageError(f"no grouping by {group!r}: choose {', '.join(GROUPS)}")
    accounts = accounts or Accounts(snapshot, lang)
    today = None if as_of is None else day(as_of, "as_of", last=True)
    since = None if due_from is None else day(due_from, "due_from")
    until = None if due_to is None else day(due_to, "due_to", last=True)
    kinds = {"bearer": "actor", "side": "actor", "counterpart": "actor", "topic": "topic"}
    given = {
        "bearer": bearer, "side": side, "counterpart": counterpart, "topic": topic,
        "modality": modality, "status": status, "source": source,
    }  # fmt: skip
    wanted: dict[str, frozenset[str]] = {}
    chosen: dict[str, str] = {}
    for name, text in given.items():
        if text is not None:
            iri = accounts.coded(text, name) or accounts.resolve(text, kinds.get(name, "iri"))
            chosen[name] = accounts.thing(iri).label
            wanted[name] = accounts.narrower(iri) if name == "topic" else frozenset({iri})
    following = Following(accounts, today)
    held = {one.iri for one in following.held}
    rows: list[Commitment] = [
        _read(accounts, action, following, today)
        for action in accounts.actions("Commitment")
        if action.place.source in held
    ]
    windowed = dated or since is not None or until is not None
    kept = [
        row
        for row in rows
        if all(its & {one.iri for one in row.values(name)} for name, its in wanted.items())
        and (not windowed or (row.deadline is not None and row.deadline.overlaps(since, until)))
    ]
    named = {one.source.iri for one in kept}
    filters: dict[str, Any] = {name: text for name, text in given.items() if text is not None}
    filters |= {"dated": True} if dated else {}
    filters |= {"due_from": since.isoformat()} if since else {}
    filters |= {"due_to": until.isoformat()} if until else {}
    return Listing(
        snapshot.digest,
        tuple(_sorted(kept, sort)),
        tuple(one for one in following.held if one.iri in named),
        filters,
        today,
        group,
        sort,
        lang,
        len(rows),
        chosen,
    )


def triples(snapshot: Snapshot, listing: Listing) -> list[ox.Triple]:
    """The claims of a listing as RDF, with their passages' citations and the names of things."""
    return statements(snapshot, [row.action for row in listing.rows if row.action is not None])
