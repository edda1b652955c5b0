"""Jobs that wait for a worker: in order of arrival, but for those whose like were quick before."""

import asyncio
import time
from collections import deque

from kg_api.generation import Link
from kg_api.jobs import Job, Overloaded, Reply, pack_job
from kg_api.lanes import LIGHT, Lanes

# a full line of quick jobs is over in no time
_QUICK = 8


class Ticket:
    """A job that was handed in, and whoever waits for it."""

    __slots__ = (
        "deadline", "entered", "future", "job", "link", "packed", "seconds", "sorted", "tried",
    )  # fmt: skip

    def __init__(self, job: Job, seconds: float) -> None:
        self.job = job
        self.seconds = seconds
        self.packed = pack_job(job, seconds)
        self.entered = time.monotonic()
        self.deadline = self.entered + seconds
        self.future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.link: Link | None = None
        self.sorted = False
        self.tried = False

    def fail(self, error: Exception) -> None:
        """Tell whoever waits, if anybody still does."""
        if not self.future.done():
            self.future.set_exception(error)


class Line:
    """The tickets that wait: at most `bound`, or some times as many whose like were quick."""

    def __init__(self, bound: int, lanes: Lanes) -> None:
        self._bound = bound
        self._lanes = lanes
        self._first: deque[Ticket] = deque()
        self._others: deque[Ticket] = deque()

    def __len__(self) -> int:
        return len(self._first) + len(self._others)

    def add(self, ticket: Ticket) -> None:
        """Put a ticket at the end; Overloaded when there is no place."""
        if len(self._others) >= self._bound:
            self.sort()
        if len(self._others) >= self._bound and (
            self._lanes.of(ticket.job) != LIGHT or len(self) >= _QUICK * self._bound
        ):
            raise Overloaded(
                f"{self._bound} queries are waiting already.", "queue", self._bound, retry_after=1
            )
        self._others.append(ticket)

    def add_first(self, ticket: Ticket) -> None:
        """Put a ticket before all others."""
        self._first.appendleft(ticket)

    def next(self) -> Ticket | None:
        """The ticket whose turn it is, taken out of the line."""
        while self._first or self._others:
            ticket = (self._first or self._others).popleft()
            if not ticket.future.done():
                return ticket
        return None

    def sort(self) -> None:
        """Let those go first whose like were quick: nobody looks unless they wait for long."""
        kept: deque[Ticket] = deque()
        for ticket in self._others:
            if not ticket.sorted:
                ticket.sorted = True
                if self._lanes.of(ticket.job) == LIGHT:
                    self._first.append(ticket)
                    continue
            kept.append(ticket)
        self._others = kept

    def late(self, now: float) -> list[Ticket]:
        """The tickets whose time is over, taken out with those for which nobody waits any more."""
        found = []
        for line in (self._first, self._others):
            over = [one for one in line if one.deadline <= now or one.future.done()]
            for ticket in over:
                line.remove(ticket)
            found += [one for one in over if not one.future.done()]
        return found

    def longest(self, now: float) -> float:
        """How long the first of them have waited."""
        return now - min(
            (one[0].entered for one in (self._first, self._others) if one), default=now
        )
