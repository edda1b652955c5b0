"""The workers of a pool: who is idle, who is busy, who soon will not be, and who does what.

No more of them run at a time than there are processors, but for those whose jobs take a while: they
would only take the processor from each other. A job may be handed to a worker before the one that
it does is over, so that it need not sleep and be woken between the two; where that one takes a
while after all, what lies behind it is withdrawn, and another worker gets it.
"""

import os
import time

from kg_api.generation import Generation, Link
from kg_api.lanes import HEAVY, Lanes
from kg_api.limits import Limits, stopping
from kg_api.line import Line, Ticket

# so long a job may be, packed, that is handed to a worker in advance
_SHORT = 8_000
# how many may lie behind the one that a worker does: enough for the time in which the process that
# hands them out reads and answers what else there is
_AHEAD = 16


def processors() -> int:
    """How many processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Crew:
    """Those who are idle, those who are busy, and the line of what waits for them."""

    _current: Generation

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._idle: list[tuple[Link, float]] = []
        self._busy: set[Link] = set()
        # some workers are kept for what is known to be quick
        self._most_others = max(1, limits.workers_max - max(1, limits.workers_max // 4))
        self._others = 0
        # how many run at a time that are soon over, and how many run that are not
        self._abreast = max(2, processors())
        self._stuck = 0
        self._lanes = Lanes()
        self._line = Line(limits.queue, self._lanes)
        self._closing = False

    def _long(self, least: float = 0) -> list[Link]:
        """The workers whose jobs are long, and run for so long; the youngest first."""
        # where the processor is scarce, those that yield it have little of it
        before = time.monotonic() - 4 * least
        found = [one for one in self._busy if one.long]
        found = [one for one in found if one.used >= least or one.started <= before]
        return sorted(found, key=lambda link: -link.started)

    @property
    def _room(self) -> bool:
        """Whether one more job may run of which nobody knows that it is quick."""
        return self._others < self._most_others

    @property
    def _breadth(self) -> bool:
        """Whether one more worker has a processor to run on."""
        return len(self._busy) - self._stuck < self._abreast

    def _assign(self, link: Link, ticket: Ticket) -> None:
        """Give a job to a worker, behind the one that it may have."""
        ticket.link = link
        self._others += not ticket.light
        if link.ticket is None:
            link.begin(ticket)
            self._busy.add(link)
        else:
            link.ahead.append(ticket)
        link.send(ticket.packed)

    def _done(self, link: Link) -> Ticket | None:
        """A worker is no longer busy with this; it goes on with what it was given in advance."""
        ticket: Ticket | None = link.ticket
        if ticket is not None:
            self._others -= not (ticket.light or ticket.withdrawn)
            self._stuck -= link.stuck
            link.stuck = False
            if link.ahead:
                link.begin(link.ahead.popleft())
            else:
                link.ticket = None
                self._busy.discard(link)
        return ticket

    def _stop(self, link: Link) -> Ticket | None:
        """A worker does no more; what it was given in advance goes to others."""
        ticket = self._done(link)
        while (following := self._done(link)) is not None:
            if not following.withdrawn:
                if self._closing:
                    following.fail(stopping())
                else:
                    self._put_back(following)
        return ticket

    def _put_back(self, ticket: Ticket) -> None:
        """Another worker is to do it, before all that wait."""
        if not ticket.future.done():
            ticket.link = None
            self._line.put_back(ticket)

    def _learn_long(self, ticket: Ticket) -> None:
        """Remember that its like take long: those that wait let others go before them."""
        self._lanes.learn(ticket.job, HEAVY)
        self._line.sort_again()

    def _ready(self, ticket: Ticket) -> Link | None:
        """A worker that may be given this job at once: one that is idle, or soon will be."""
        if self._idle and self._breadth:
            return self._idle.pop()[0]
        return self._soonest() if len(ticket.packed) <= _SHORT else None

    def _serve(self) -> None:
        """Give those who wait to whoever is idle, or soon will be."""
        line = self._line
        while self._idle and self._breadth:
            ticket = line.next(self._room)
            if ticket is None:
                return
            self._assign(self._idle.pop()[0], ticket)
        while line and (link := self._soonest()) is not None:
            ticket = line.next(self._room)
            if ticket is None:
                return
            if len(ticket.packed) > _SHORT:
                line.put_back(ticket)
                return
            self._assign(link, ticket)

    def _soonest(self) -> Link | None:
        """The worker with the fewest jobs before it, if one may have another behind its own."""
        able = [one for one in self._busy if not (one.stuck or one.last)]
        link = min(able, key=lambda one: len(one.ahead), default=None)
        return link if link is not None and len(link.ahead) < _AHEAD else None

    def _stick(self, link: Link) -> None:
        """A job takes a while: the next ones do not wait for it, nor do those in line."""
        if not link.stuck:
            link.stuck = True
            self._stuck += 1
        for ticket in reversed(link.ahead):
            # those before it are, too
            if ticket.withdrawn:
                break
            # it has no part in how many run: a worker that has it still will leave it out
            self._others -= not ticket.light
            self._put_back(ticket.withdraw())
            link.withdraw()

    def _dismiss(self, generation: Generation) -> None:
        """Its workers shall do what they have, and no more."""
        for link in generation.links.values():
            link.last = True
        for link, _ in self._idle:
            link.generation.dismiss(link)
        self._idle.clear()

    def _shrink(self, now: float) -> None:
        while (
            len(self._idle) + len(self._busy) > self.limits.workers_min
            and self._idle
            and now - self._idle[0][1] >= self.limits.idle
        ):
            link, _ = self._idle.pop(0)
            link.generation.dismiss(link)
