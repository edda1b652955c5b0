"""Commitments as they are listed: each as its passage words it, together, grouped and counted."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kg.accounts import Action, Source, Thing, counted
from kg.commitments.following import FollowUp
from kg.periods import Period

GROUPS = ("bearer", "side", "counterpart", "topic", "modality", "status", "section", "source")
SORTS = ("place", "deadline", *GROUPS)
TITLE = "Comity: commitments"
ACCOUNT = "status by the participants' own account"
ORDER = "groups are in alphabetical order: the wordings are not ranked"


@dataclass(frozen=True)
class Commitment:
    """One commitment as its passage words it; `window` only where a day was given."""

    iri: str
    bearers: tuple[Thing, ...]
    sides: tuple[Thing, ...]
    counterparts: tuple[Thing, ...]
    act: Thing
    objects: tuple[Thing, ...]
    topics: tuple[Thing, ...]
    modality: Thing
    status: Thing
    deadline: Period | None
    section: Thing | None
    source: Source
    passage: str
    citation: str
    quote: str
    other_readings: tuple[str, ...]
    follow_up: FollowUp
    window: str = ""
    action: Action | None = field(default=None, repr=False, compare=False)

    @property
    def what(self) -> str:
        """The act, and what it is done to where that is a thing of its own."""
        named = ", ".join(one.label for one in self.objects)
        return f"{self.act.label}: {named}" if named else self.act.label

    def record(self) -> dict[str, Any]:
        """It as JSON can hold it."""
        many = ("bearers", "sides", "counterparts", "objects", "topics")
        whole: dict[str, Any] = {"iri": self.iri}
        whole |= {name: [one.record() for one in getattr(self, name)] for name in many}
        whole |= {name: getattr(self, name).record() for name in ("act", "modality", "status")}
        return whole | {
            "what": self.what,
            "deadline": None if self.deadline is None else self.deadline.record(),
            "window": self.window or None,
            "citation": self.citation,
            "quote": self.quote,
            "other_readings": list(self.other_readings),
            "section": None if self.section is None else self.section.record(),
            "source": self.source.iri,
            "passage": self.passage,
            "follow_up": self.follow_up.record(),
        }

    def values(self, name: str) -> tuple[Thing, ...]:
        """What it is grouped, filtered and counted by."""
        single = {
            "modality": self.modality,
            "status": self.status,
            "section": self.section,
            "source": Thing(self.source.iri, self.source.label),
        }
        if name in single:
            one = single[name]
            return () if one is None else (one,)
        several = {
            "bearer": self.bearers,
            "side": self.sides,
            "counterpart": self.counterparts,
            "topic": self.topics,
        }
        return several[name]


@dataclass(frozen=True)
class Listing:
    """Commitments that were asked for, with what was asked, and the sources they stand in."""

    release: str
    rows: tuple[Commitment, ...]
    sources: tuple[Source, ...]
    filters: Mapping[str, Any]
    as_of: date | None = None
    group: str = ""
    sort: str = "place"
    lang: str = "en"
    # how many there are without filters, and the labels of the things that were chosen
    whole: int = 0
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def date_line(self) -> str:
        """Of which day this is: that of the sources, and the one it was asked for."""
        dated = [f"{one.label}, {one.period.spelled}" for one in self.sources if one.period]
        line = f"As stated in: {'; '.join(dated)}." if dated else "As stated in the sources held."
        if self.as_of is not None:
            line += f" Sources and later reports up to {Period(self.as_of.isoformat()).spelled}."
        return line

    @property
    def groups(self) -> list[tuple[str, tuple[Commitment, ...]]]:
        """The rows by the values they are grouped by, in alphabetical order of these.

        A row with two values stands in both groups; all rows are one group where none is asked.
        """
        if not self.group:
            return [("", self.rows)]
        found: dict[str, list[Commitment]] = defaultdict(list)
        for row in self.rows:
            for label in [one.label for one in row.values(self.group)] or [f"no {self.group}"]:
                found[label].append(row)
        return [(label, tuple(found[label])) for label in sorted(found)]

    @property
    def counts(self) -> dict[str, list[dict[str, Any]]]:
        """How many rows each value has, by name; a row with two values counts for both."""
        return {name: counted([row.values(name) for row in self.rows]) for name in GROUPS}

    def record(self) -> dict[str, Any]:
        """All of it as JSON can hold it."""
        return {
            "release": self.release,
            "title": TITLE,
            "date_line": self.date_line,
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "status_is": ACCOUNT,
            "lang": self.lang,
            "filters": dict(self.filters),
            "chosen": dict(self.chosen),
            "sort": self.sort,
            "group": self.group or None,
            "group_order": ORDER,
            "sources": [one.record() for one in self.sources],
            "total": len(self.rows),
            "all": self.whole,
            "dated": sum(row.deadline is not None for row in self.rows),
            "counts": self.counts,
            "groups": [
                {"label": label, "count": len(rows), "commitments": [row.iri for row in rows]}
                for label, rows in (self.groups if self.group else [])
            ],
            "commitments": [row.record() for row in self.rows],
        }
