"""The pool: jobs go to workers that can be killed; who waits, who goes first, who is refused.

A worker does one job at a time. Jobs wait in line when all are busy, and workers are added while
somebody waits and there may be more. Jobs whose like were quick go before others, and some of the
workers are kept for them. A job that has had `long_after` seconds of the processor is *long*: it
yields the processor to all others, and when somebody waits and no worker may be added, the youngest
of the long jobs is ended, down to `long_jobs` of them. So one query that takes its time is left in
peace, and forty of them cannot keep a light one waiting.
"""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from kg.errors import SnapshotError
from kg_api.crew import Crew
from kg_api.generation import Generation, Link
from kg_api.inprocess import InProcess
from kg_api.jobs import FIRST, KINDS, Failed, Job, Overloaded, Reply, unpack_error
from kg_api.lanes import HEAVY, LIGHT
from kg_api.limits import Limits, Runner, stopping
from kg_api.line import Ticket
from kg_api.source import Source
from kg_api.worker import WITHDRAWN

__all__ = ["InProcess", "Limits", "Pool", "Runner"]

_log = logging.getLogger("kg_api.pool")

# how often those that run are looked at
_TICK = 0.01
# so long a job may take whose worker has little of the processor before others pass it
_STUCK = 0.05
# whoever waits so long has waited for want of workers, not for the end of a light job
_GROW_AFTER = 0.005
# a job whose client is gone may end in peace if it ends at once: that costs less than a new worker
_PARTING = 0.05
# how many times as long as a long job another may run before those end it that are no quicker
_PATIENCE = 2.5
_RETRY = 1.0


class Pool(Crew):
    """Workers over one source, within limits.

    `kinds` are kinds of jobs beside `KINDS`, whose modules may lie in the folders of `path`.
    """

    def __init__(
        self,
        source: Source,
        limits: Limits | None = None,
        kinds: Mapping[str, str] | None = None,
        path: tuple[str, ...] = (),
    ) -> None:
        super().__init__(limits or Limits())
        self._kinds = {**KINDS, **(kinds or {})}
        self._path = path
        self._generations: list[Generation] = []
        self._current = self._generation(source)
        self._resting = 0.0
        self._ticking: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._quick: Job | None = None
        self._count = 0
        self.kills: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()

    def _generation(self, source: Source) -> Generation:
        made = Generation(self, source, self._kinds, self.limits.memory, self._path)
        self._generations.append(made)
        return made

    # what the service calls

    async def start(self) -> dict[str, Any]:
        """Load the snapshot and fork the first workers; SnapshotError if it cannot be loaded."""
        described = await self._current.start()
        for _ in range(self.limits.workers_min):
            self._current.fork()
        self._current.go_on()
        return described

    async def run(self, job: Job, timeout: float | None = None) -> Reply:
        """Do a job within a time that is at most the pool's own.

        Raises what the job raised; Overloaded, TimedOut, OutOfMemory or Crashed for what became of
        it here; Failed for a fault of ours. A caller that is cancelled ends the job.
        """
        most = self.limits.timeout
        seconds = most if timeout is None else min(timeout, most)
        if job.kind not in FIRST and not self._current.complete.is_set():
            seconds -= await self._completion(seconds)
        ticket = Ticket(job, seconds)
        self._admit(ticket)
        try:
            return await ticket.future
        except asyncio.CancelledError:
            self._abandon(ticket)
            raise

    async def _completion(self, seconds: float) -> float:
        """Wait until there are workers for all kinds of jobs; how long that took."""
        begun = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                while not self._current.complete.is_set():
                    await self._current.complete.wait()
        except TimeoutError as error:
            raise self.limits.timed_out(seconds, "It waited") from error
        return time.monotonic() - begun

    async def switch(self, source: Source) -> dict[str, Any]:
        """Go on with another snapshot; what runs is answered by the one that it began with."""
        following = self._generation(source)
        described = await following.start()
        following.go_on()
        await following.complete.wait()
        if following.gone:
            raise SnapshotError("the process that loads the snapshot ended")
        before, self._current = self._current, following
        # as many as there are now, so that nobody waits for the change
        for _ in range(max(self.limits.workers_min, len(before.links))):
            following.fork()
        self._dismiss(before)
        self._later(self._drain(before))
        return described

    async def close(self, grace: float = 0) -> None:
        """Take no more jobs, wait for those that run as long as `grace`, and leave no process."""
        self._closing = True
        until = time.monotonic() + grace
        while (self._busy or len(self._line)) and time.monotonic() < until:
            await asyncio.sleep(_TICK)
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        error = stopping()
        while (ticket := self._line.next(True)) is not None:
            ticket.fail(error)
        for link in list(self._busy):
            self._end(link, "stopped", error)
        for task in (tasks := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(one.close() for one in self._generations))

    def stats(self) -> dict[str, Any]:
        """Numbers for those who watch: workers, busy, long, queue, kills and refusals by reason."""
        return {
            "workers": len(self._busy) + len(self._idle),
            "busy": len(self._busy),
            "long": len(self._long()),
            "queue": len(self._line),
            "kills": dict(self.kills),
            "refusals": dict(self.refusals),
            "jobs": self._count,
            "digest": self._current.digest,
        }

    def _admit(self, ticket: Ticket) -> None:
        if self._closing:
            raise stopping()
        if self._lanes.any_heavy and len(self._busy) >= self.limits.long_jobs:
            full = sum(link.long for link in self._busy) >= self.limits.long_jobs
            if full and self._lanes.of(ticket.job) == HEAVY:
                self.refusals["long_jobs"] += 1
                raise self.limits.too_many_long()
        link = None
        if not self._line and self._room:
            link = self._ready(ticket)
        if link is not None:
            self._assign(link, ticket)
        else:
            try:
                self._line.add(ticket)
            except Overloaded as refused:
                self.refusals[refused.limit] += 1
                raise
            self._serve()
        if self._ticking is None:
            self._ticking = asyncio.get_running_loop().call_later(_TICK / 2, self._tick)

    def _free(self, link: Link) -> None:
        """A worker is idle: the next job, or rest."""
        if link.last or link.closed or link.generation is not self._current:
            link.generation.dismiss(link)
            self._refill()
            return
        self._idle.append((link, time.monotonic()))
        self._serve()

    def _refill(self) -> None:
        """As many workers as there must be, and one for each who waits as far as there may be."""
        if self._closing or time.monotonic() < self._resting:
            return
        current = self._current
        waiting = min(len(current.links) + len(self._line), self._stuck + self._abreast)
        wanted = max(self.limits.workers_min, min(waiting, self.limits.workers_max))
        while current.digest and current.size < wanted:
            current.fork()

    def _tick(self) -> None:
        """Look at those who run and those who wait."""
        now = time.monotonic()
        # of all that were quick since the last look one is remembered: more would cost more
        if self._quick is not None:
            self._lanes.learn(self._quick, LIGHT)
            self._quick = None
        for link in [one for one in self._busy if one.deadline <= now]:
            self._overdue(link)
        for link in self._busy:
            if link.ticket.future.done():
                # of two that had it the other one was first, or nobody waits
                link.deadline = min(link.deadline, now + _PARTING)
            if now - link.started >= _TICK:
                link.look(self.limits.long_after)
                # whoever only waits for a processor will not have one sooner beside more of them
                if link.used >= _TICK / 2 or now - link.started >= _STUCK:
                    self._stick(link)
        if self._line:
            for ticket in self._line.late(now):
                self.refusals["timeout"] += 1
                ticket.fail(self.limits.timed_out(ticket.seconds, "It waited"))
            if self._line.longest(now) >= _GROW_AFTER:
                self._line.sort()
                self._refill()
                self._make_room(now)
                self._serve()
        self._shrink(now)
        busy = self._busy or len(self._line) or len(self._idle) > self.limits.workers_min
        self._ticking = asyncio.get_running_loop().call_later(_TICK, self._tick) if busy else None

    def _make_room(self, now: float) -> None:
        """End long jobs beyond their number, as many as wait for a worker that none may be.

        For one that goes first at once; for the others only if they wait and it runs for longer.
        """
        current = self._current
        if current.size < self.limits.workers_max:
            return
        long = self._long()
        if self._line.first == 0:
            if self._line.longest(now) < _PATIENCE * self.limits.long_after:
                return
            long = self._long(_PATIENCE * self.limits.long_after)
        spare = min(len(long) - self.limits.long_jobs, len(self._line) - current.coming)
        for link in long[: max(spare, 0)]:
            self._learn_long(link.ticket)
            self._end(link, "long_jobs", self.limits.too_many_long())

    # what becomes of jobs

    def _overdue(self, link: Link) -> None:
        ticket: Ticket = link.ticket
        if ticket.future.done():
            self._end(link, "gone", None)
        else:
            self._learn_long(ticket)
            self._end(link, "timeout", self.limits.timed_out(ticket.seconds))

    def _abandon(self, ticket: Ticket) -> None:
        """Nobody waits for it any more."""
        link = ticket.link
        if link is not None and link.ticket is ticket:
            link.deadline = min(link.deadline, time.monotonic() + _PARTING)

    def _end(self, link: Link, reason: str, error: Exception | None) -> None:
        """Kill a worker, and have another in its place."""
        self.kills[reason] += 1
        ticket = self._stop(link)
        link.generation.kill(link)
        if error is not None and ticket is not None:
            ticket.fail(error)
        self._refill()

    def arrived(self, link: Link) -> None:
        """A worker is there."""
        self._free(link)

    def replied(self, link: Link, head: dict[str, Any], body: bytes) -> None:
        """A worker has done its job."""
        ticket = self._done(link)
        assert ticket is not None
        done = WITHDRAWN not in head
        self._count += done
        if not link.long:
            self._quick = ticket.job if done else self._quick
        elif link.used >= 10 * self.limits.long_after:
            self._learn_long(ticket)
        if link.long or "retires" in head:
            self._retire(link)
        elif link.ticket is None:
            self._free(link)
        elif self._line:
            self._serve()
        if not done and not ticket.withdrawn:
            self._put_back(ticket)
        if ticket.future.done() or not done:
            return
        if "error" not in head:
            ticket.future.set_result(
                Reply(
                    head["status"], head["type"], head.get("headers") or {}, body,
                    head.get("volatile", False), link.generation.digest,
                )
            )  # fmt: skip
        elif head["error"]:
            ticket.fail(unpack_error(head))
        else:
            self._fault(ticket, head["trace"])

    def _retire(self, link: Link) -> None:
        """A worker shall do no more: what it may have begun meanwhile, another one does."""
        idle = link.ticket is None
        self._stop(link)
        if idle:
            link.generation.dismiss(link)
        else:
            link.generation.kill(link)
        self._refill()

    def _fault(self, ticket: Ticket, trace: str) -> None:
        _log.error("job %s of request %s failed\n%s", ticket.job.kind, ticket.job.request, trace)
        ticket.fail(Failed(f"job {ticket.job.kind} failed"))

    def left(self, link: Link, status: int | None, peak: int) -> None:
        """A worker is gone of itself: of its job, as a rule."""
        ticket = self._stop(link)
        self._idle = [one for one in self._idle if one[0] is not link]
        if ticket is not None and not ticket.future.done():
            grown = peak - link.generation.base
            if self.limits.blameless(status, grown) and not ticket.tried:
                ticket.tried = True
                ticket.link = None
                self._line.add_first(ticket)
            else:
                reason, error = self.limits.blame(ticket.seconds, status, grown)
                self.kills[reason] += 1
                if reason in ("timeout", "memory"):
                    self._learn_long(ticket)
                ticket.fail(error)
        if status is not None and status >= 0:
            # a fault of ours: another worker may well have it, too
            _log.error("a worker ended with %d", status)
            self._resting = time.monotonic() + _RETRY
            asyncio.get_running_loop().call_later(_RETRY, self._refill)
        self._refill()

    def completed(self, generation: Generation) -> None:
        """Its workers did the first kinds of jobs only: others come in their place."""
        if generation is self._current:
            quantity = len(generation.links)
            self._dismiss(generation)
            for _ in range(quantity):
                generation.fork()

    def unable(self, generation: Generation, why: str) -> None:
        """No process could be forked: those who wait go on waiting."""
        _log.error("no worker could be forked: %s", why)

    def ended(self, generation: Generation) -> None:
        """The zygote is gone: load again."""
        self._later(generation.close())
        if generation is self._current and not self._closing:
            _log.error("the process that forks the workers is gone: loading again")
            self._idle = [one for one in self._idle if one[0].generation is not generation]
            self._current = self._generation(generation.source)
            self._later(self._load_again(self._current))

    async def _load_again(self, generation: Generation) -> None:
        while generation is self._current:
            try:
                await generation.start()
            except (SnapshotError, OSError) as error:
                _log.error("loading again failed: %s", error)
                await asyncio.sleep(_RETRY)
            else:
                self._refill()
                generation.go_on()
                return

    async def _drain(self, generation: Generation) -> None:
        """End a generation when the last of its jobs is done."""
        with contextlib.suppress(asyncio.CancelledError):
            while any(link.generation is generation for link in self._busy):
                await asyncio.sleep(_TICK)
        await generation.close()

    def _later(self, what: Any) -> None:
        task = asyncio.get_running_loop().create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
