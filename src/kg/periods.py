"""Dates and periods as sources give them: the days that they may mean, and how they are written."""

import re
from dataclasses import dataclass
from datetime import date

from kg.errors import UsageError

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_QUARTERS = {"33": "first", "34": "second", "35": "third", "36": "fourth"}


@dataclass(frozen=True)
class Period:
    """A date or a period as its source gives it (EDTF), and the days that it may mean."""

    edtf: str
    earliest: date | None = None
    latest: date | None = None

    @property
    def spelled(self) -> str:
        """It in words.

        >>> Period("2024-01-16").spelled, Period("2024-33").spelled, Period("2023-05").spelled
        ('16 January 2024', 'first quarter of 2024', 'May 2023')
        >>> Period("2023-11-01/2023-11-02").spelled
        '1 November 2023 to 2 November 2023'
        """
        return " to ".join(_spelled(one) for one in self.edtf.split("/"))

    def overlaps(self, since: date | None, until: date | None) -> bool:
        """Whether any of its days lies in a window that either end may leave open."""
        if self.earliest is None or self.latest is None:
            return since is None and until is None
        return (until is None or self.earliest <= until) and (since is None or self.latest >= since)

    def record(self) -> dict[str, str | None]:
        """It as JSON can hold it: as stated, in words, and the days it may mean."""
        return {
            "edtf": self.edtf,
            "words": self.spelled,
            "earliest": None if self.earliest is None else self.earliest.isoformat(),
            "latest": None if self.latest is None else self.latest.isoformat(),
        }


def _spelled(edtf: str) -> str:
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", edtf)
    if found is None:
        return edtf
    year, month, day = found.groups()
    if month in _QUARTERS:
        return f"{_QUARTERS[month]} quarter of {year}"
    if month is None or not 1 <= int(month) <= 12:
        return year if month is None else edtf
    named = f"{_MONTHS[int(month) - 1]} {year}"
    return named if day is None else f"{int(day)} {named}"


def day(text: str, name: str, last: bool = False) -> date:
    """The first (or last) day that a whole or partial date means; UsageError if it is none.

    >>> day("2024-02", "to", last=True).isoformat(), day("2023", "from").isoformat()
    ('2024-02-29', '2023-01-01')
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text.strip())
    try:
        if found is None:
            raise ValueError
        year, month, number = (None if part is None else int(part) for part in found.groups())
        assert year is not None
        if number is not None:
            return date(year, month or 1, number)
        first = date(year, month or 1, 1)
        if not last:
            return first
        if month is None or month == 12:
            return date(year, 12, 31)
        return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)
    except ValueError as error:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        raise UsageError(f"{name}: not a date (2023, 2023-05 or 2023-05-18): {shown!r}") from error


def end(period: Period | None) -> date:
    """The last day that a period may mean, for putting in order; the first of all without one."""
    return period.latest if period is not None and period.latest is not None else date.min


def start(period: Period | None) -> date:
    """The first day that a period may mean, for putting in order; the last of all without one."""
    return period.earliest if period is not None and period.earliest is not None else date.max
