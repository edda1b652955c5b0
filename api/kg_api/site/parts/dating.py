"""Dates drawn to their precision: a stroke is a day, a block a month, a band a year."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from kg.accounts import Accounts, Thing
from kg.periods import Period
from kg.timeline import Entry
from kg_api.site.parts.accounting import short_place

WIDTH = 1000
_STROKE = 6.0


@dataclass(frozen=True)
class Scale:
    """The years that a drawing spans, and the days of the sources on it."""

    first: int
    last: int
    days: tuple[float, ...] = ()

    @property
    def years(self) -> range:
        """Every year of it."""
        return range(self.first, self.last + 1)

    @property
    def grid(self) -> tuple[float, ...]:
        """Where a year after the first begins."""
        return tuple(self.at(date(year, 1, 1)) for year in self.years[1:])

    @property
    def labels(self) -> tuple[str, ...]:
        """What stands over the years: every one, or so many that they have room."""
        step = -(-len(self.years) // 8)
        return tuple(
            str(year) if place % step == 0 else "" for place, year in enumerate(self.years)
        )

    def at(self, day: date) -> float:
        """Where a day begins, from 0 to WIDTH."""
        first = date(self.first, 1, 1).toordinal()
        whole = date(self.last + 1, 1, 1).toordinal() - first
        return round((day.toordinal() - first) * WIDTH / whole, 1)


@dataclass(frozen=True)
class Mark:
    """What is drawn of a date: `style` is mark, range, year or open; from where, how wide."""

    style: str
    x: float
    width: float


@dataclass(frozen=True)
class Place:
    """Where a date is written: a passage, by its place, or a page elsewhere, by its host."""

    label: str
    iri: str = ""
    address: str = ""


@dataclass(frozen=True)
class Dated:
    """One row of a timeline."""

    entry: Entry
    mark: Mark | None
    to_come: bool
    places: tuple[Place, ...]
    # what an action is done to, where that is a thing of its own
    what: tuple[Thing, ...] = ()

    @property
    def edtf(self) -> str:
        """The date as its source gives it."""
        return self.entry.period.edtf

    @property
    def thing(self) -> Thing:
        """What is dated."""
        return self.entry.thing


def scale(entries: Iterable[Entry], accounts: Accounts) -> Scale | None:
    """The years that entries need, with the days of the sources; None where none has a date."""
    periods = [one.period for one in entries]
    days = [
        one.period.earliest
        for one in accounts.sources.values()
        if one.period is not None and one.period.earliest is not None
    ]
    firsts = [one.earliest for one in periods if one.earliest is not None]
    lasts = [one.latest for one in periods if one.latest is not None]
    if not firsts or not lasts:
        return None
    bare = Scale(min([*firsts, *days]).year, max([*lasts, *days]).year)
    return Scale(bare.first, bare.last, tuple(bare.at(one) for one in days))


def rows(entries: Iterable[Entry], accounts: Accounts, over: Scale | None) -> tuple[Dated, ...]:
    """Entries as rows: each with its mark, and what lies after the day of the sources as such.

    They stand by their last days, so that no year stands before a day that is in it.
    """
    ends = [
        one.period.latest
        for one in accounts.sources.values()
        if one.period is not None and one.period.latest is not None
    ]
    latest = max(ends, default=date.max)
    found = []
    for one in sorted(entries, key=_rank):
        earliest, last = one.period.earliest, one.period.latest
        to_come = last is not None and last > latest
        mark = None
        if over is not None and earliest is not None and last is not None:
            mark = draw(one, over, to_come)
        what = accounts.things(one.action.all("object")) if one.action else ()
        found.append(Dated(one, mark, to_come, _places(one, accounts), what))
    return tuple(found)


def _rank(one: Entry) -> tuple[date, int]:
    """By the last day; of the same last day, what is sharper first."""
    first = one.period.earliest or date.min
    return one.period.latest or date.max, -first.toordinal()


def draw(one: Entry, over: Scale, to_come: bool = False) -> Mark:
    """What is drawn of a date that has a first and a last day."""
    period: Period = one.period
    assert period.earliest is not None
    assert period.latest is not None
    x = over.at(period.earliest)
    width = over.at(date.fromordinal(period.latest.toordinal() + 1)) - x
    if to_come:
        return Mark("open", x, round(max(width, _STROKE), 1))
    if one.precision == "day":
        return Mark("mark", round(x - _STROKE / 2, 1), _STROKE)
    return Mark("year" if one.precision == "year" else "range", x, round(max(width, _STROKE), 1))


def _places(one: Entry, accounts: Accounts) -> tuple[Place, ...]:
    if one.basis == "reported":
        passages = [accounts.places[graph] for graph in one.graphs if graph in accounts.places]
        ordered = sorted(passages, key=lambda its: (its.source, its.order))
        anchor = one.thing.iri if one.kind == "action" else ""
        return tuple(Place(short_place(its.citation), anchor or its.passage) for its in ordered)
    return tuple(
        Place(urlsplit(page).hostname or page, address=page)
        for page in one.citations
        if page.startswith("http")
    )
