"""Jobs that wait for a worker: in order of arrival, but for those whose like were quick before."""

import asyncio
import copy
import time
from collections import deque

from kg_api.generation import Link
from kg_api.jobs import Job, Overloaded, Reply, pack_job
from kg_api.lanes import HEAVY, LIGHT, Lanes

# a full line of quick jobs is over in no time
_QUICK = 8


class Ticket:
    """A job that was handed in, and whoever waits for it."""

    __slots__ = (
        "deadline",
        "entered",
        "future",
        "job",
        "light",
        "link",
        "packed",
        "seconds",
        "tried",
        "withdrawn",
    )  # fmt: skip

    def __init__(self, job: Job, seconds: float) -> None:
        self.job = job
        self.seconds = seconds
        self.packed = pack_job(job, seconds)
        self.entered = time.monotonic()
        self.deadline = self.entered + seconds
        self.future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.link: Link | None = None
        self.light = False
        self.tried = False
        self.withdrawn = False

    def withdraw(self) -> "Ticket":
        """The same for another worker, which shall do it instead: whoever answers first does."""
        self.withdrawn = True
        other = copy.copy(self)
        other.withdrawn = False
        return other

    def fail(self, error: Exception) -> None:
        """Tell whoever waits, if anybody still does."""
        if not self.future.done():
            self.future.set_exception(error)


class Line:
    """The tickets that wait: at most `bound`, or some times as many whose like were quick.

    There are those who go first, the others, those whose like took long, who go last, and the
    fresh, at whom nobody has looked yet: looking costs, and most do not wait long enough for it to
    matter. In one turn of eight the last go first.
    """

    def __init__(self, bound: int, lanes: Lanes) -> None:
        self._bound = bound
        self._lanes = lanes
        self._first: deque[Ticket] = deque()
        self._others: deque[Ticket] = deque()
        self._fresh: deque[Ticket] = deque()
        self._last: deque[Ticket] = deque()
        self._lines = (self._first, self._others, self._fresh, self._last)
        self._turn = 0

    def __len__(self) -> int:
        return len(self._first) + len(self._others) + len(self._fresh) + len(self._last)

    @property
    def first(self) -> int:
        """How many of those wait that go first."""
        return len(self._first)

    def add(self, ticket: Ticket) -> None:
        """Put a ticket at the end; Overloaded when there is no place."""
        if len(self) >= self._bound:
            self.sort()
        if len(self) - len(self._first) >= self._bound or len(self) >= _QUICK * self._bound:
            quick = self._lanes.of(ticket.job) == LIGHT
            if not quick or len(self._first) >= _QUICK * self._bound:
                raise Overloaded(
                    f"{self._bound} queries wait already.", "queue", self._bound, retry_after=1
                )
        self._fresh.append(ticket)

    def put_back(self, ticket: Ticket) -> None:
        """Put a ticket before those of its kind: it had its turn before."""
        self._place(ticket).appendleft(ticket)

    def add_first(self, ticket: Ticket) -> None:
        """Put a ticket before all others."""
        ticket.light = True
        self._first.appendleft(ticket)

    def next(self, room: bool) -> Ticket | None:
        """The ticket whose turn it is, taken out; without room only one of those that go first."""
        if self._others or self._last or not room:
            self.sort()
        while True:
            self._turn = (self._turn + 1) % _QUICK
            lines = self._lines if room else self._lines[:1]
            # nobody shall wait for ever
            line = next(filter(None, lines if self._turn else reversed(lines)), None)
            if line is None:
                return None
            ticket: Ticket = line.popleft()
            if not ticket.future.done():
                return ticket

    def sort(self) -> None:
        """Look at the fresh: those whose like were quick go first, those that took long last."""
        while self._fresh:
            ticket = self._fresh.popleft()
            self._place(ticket).append(ticket)

    def sort_again(self) -> None:
        """Look at all but those who go first: more is known of their like."""
        self._fresh.extendleft(reversed(self._others))
        self._others.clear()
        self.sort()

    def _place(self, ticket: Ticket) -> deque[Ticket]:
        """Where a ticket waits, by what is known of its like."""
        lane = self._lanes.of(ticket.job)
        ticket.light = lane == LIGHT
        return {LIGHT: self._first, HEAVY: self._last}.get(lane, self._others)

    def late(self, now: float) -> list[Ticket]:
        """The tickets whose time is over, taken out with those for which nobody waits any more."""
        found = []
        for line in self._lines:
            over = [one for one in line if one.deadline <= now or one.future.done()]
            for ticket in over:
                line.remove(ticket)
            found += [one for one in over if not one.future.done()]
        return found

    def longest(self, now: float) -> float:
        """How long the first of them have waited."""
        heads = [line[0].entered for line in self._lines if line]
        return now - min(heads, default=now)
