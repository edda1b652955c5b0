"""What the sources held say of a commitment after the source that states it.

A later source of the same partnership may tell of its status: such a `comity:StatusReport` names
the commitment (`comity:followsUp`), a status, and perhaps a date, in a passage of its own. The
ontology has neither term yet, for no source uses them: the first that does brings them along.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from kg.accounts import Accounts, Source, Thing
from kg.periods import Period, end

REPORTED, UNMENTIONED, OPEN = "reported", "not mentioned", "not followed up"

_REPORTS = """
SELECT ?report ?commitment ?status ?date ?quote ?passage WHERE {
  GRAPH ?passage {
    ?report a comity:StatusReport ; comity:followsUp ?commitment ; comity:status ?status .
    OPTIONAL { ?report comity:date ?date } OPTIONAL { ?report comity:quote ?quote }
  }
} ORDER BY ?report
"""
_LATER = """
SELECT ?report ?about ?date ?address WHERE {
  ?report comity:laterReportOn ?about .
  OPTIONAL { ?report comity:date ?date } OPTIONAL { ?report comity:address ?address }
} ORDER BY ?report ?date ?address
"""


@dataclass(frozen=True)
class StatusReport:
    """What one source says of how far a commitment got: on which day, where, in which words."""

    status: Thing
    period: Period | None
    source: Source
    citation: str
    quote: str = ""

    def record(self) -> dict[str, Any]:
        """It as JSON can hold it."""
        return {
            "status": self.status.record(),
            "date": None if self.period is None else self.period.record(),
            "source": self.source.iri,
            "citation": self.citation,
            "quote": self.quote,
        }


@dataclass(frozen=True)
class LaterReport:
    """A report on the subject of a source that is known and not modelled."""

    iri: str
    label: str
    period: Period | None
    addresses: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """It as JSON can hold it."""
        when = None if self.period is None else self.period.record()
        addresses = list(self.addresses)
        return {"iri": self.iri, "label": self.label, "date": when, "addresses": addresses}


@dataclass(frozen=True)
class FollowUp:
    """What the sources held say of a commitment after the source that states it."""

    kind: str
    said: str
    reports: tuple[StatusReport, ...] = ()
    later: tuple[LaterReport, ...] = ()

    def record(self) -> dict[str, Any]:
        """It as JSON can hold it."""
        return {
            "kind": self.kind,
            "said": self.said,
            "status_reports": [one.record() for one in self.reports],
            "later_reports": [one.record() for one in self.later],
        }


class Following:
    """Status reports, and the later reports that are modelled or only known, up to a day."""

    def __init__(self, accounts: Accounts, as_of: date | None) -> None:
        self._accounts = accounts
        self.held = [one for one in accounts.sources.values() if one.held(as_of)]
        held = {one.iri for one in self.held}
        # a later report that is held is the source that was published at its address
        published = {one.url: one.iri for one in self.held if one.url}
        self._reports: dict[str, list[StatusReport]] = defaultdict(list)
        for row in accounts.rows(_REPORTS):
            place = accounts.places[row["passage"]]
            if place.source in held:
                source = accounts.sources[place.source]
                period = accounts.period(row["date"]) if row["date"] else source.period
                status = accounts.thing(row["status"])
                report = StatusReport(status, period, source, place.citation, row["quote"] or "")
                self._reports[row["commitment"]].append(report)
        self._modelled: dict[str, set[str]] = defaultdict(set)
        self._known: dict[str, dict[str, LaterReport]] = defaultdict(dict)
        for row in accounts.rows(_LATER):
            iri, about = row["report"], row["about"]
            if row["address"] in published:
                self._modelled[about].add(published[row["address"]])
            period = accounts.period(row["date"]) if row["date"] else None
            before = self._known[about].get(iri)
            also = (row["address"],) if row["address"] else ()
            listed = tuple(sorted({*(before.addresses if before else ()), *also}))
            label = accounts.snapshot.names.label(iri, accounts.lang)
            known = LaterReport(iri, label, period or (before.period if before else None), listed)
            if as_of is None or end(period) <= as_of:
                self._known[about][iri] = known
        for its in self._known.values():
            for iri in [iri for iri, one in its.items() if published.keys() & set(one.addresses)]:
                del its[iri]

    def _after(self, source: str) -> list[Source]:
        """The modelled reports on a source's subject, and those on theirs."""
        found: set[str] = set()
        wanted = [source]
        while wanted:
            new = self._modelled[wanted.pop()] - found - {source}
            found |= new
            wanted += new
        return [one for one in self.held if one.iri in found]

    def of(self, commitment: str, source: str) -> FollowUp:
        """What is said of a commitment after the source that states it."""
        known = sorted(self._known[source].values(), key=lambda one: (end(one.period), one.iri))
        reports = sorted(self._reports[commitment], key=lambda one: (end(one.period), one.citation))
        if reports:
            last = reports[-1]
            when = f" ({last.period.spelled})" if last.period else ""
            said = f"{last.status.label}, by the account of {last.citation}{when}"
            return FollowUp(REPORTED, said, tuple(reports), tuple(known))
        after = self._after(source)
        if after:
            said = "; ".join(f"not mentioned in {one.label}" for one in after)
            return FollowUp(UNMENTIONED, said, (), tuple(known))
        dated = [one.period for one in self.held if one.period is not None]
        latest = max(dated, key=end).spelled if dated else "undated"
        said = f"not followed up in the sources held (latest: {latest})"
        return FollowUp(OPEN, said, (), tuple(known))
