"""The pool: jobs go to workers that can be killed; who waits, who goes first, who is refused.

A worker does one job at a time. Jobs wait in line when all are busy, and workers are added while
somebody waits and there may be more. A job that has run for `long_after` is *long*. Long jobs
yield the processor to all others; and when somebody waits and no worker may be added, the youngest
of the long jobs is ended, down to `long_jobs` of them. So one query that takes its time is left in
peace, and forty of them cannot keep a light one waiting.
"""

import asyncio
import contextlib
import json
import logging
import signal
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kg.errors import SnapshotError
from kg.snapshot import Snapshot
from kg_api.generation import Generation, Link
from kg_api.jobs import (
    KINDS,
    Crashed,
    Failed,
    Job,
    OutOfMemory,
    Overloaded,
    Reply,
    TimedOut,
    pack_error,
    pack_job,
    perform,
    resolve,
    unpack_error,
    unpack_job,
)  # fmt: skip
from kg_api.lanes import HEAVY, LIGHT, Lanes
from kg_api.source import Source

_log = logging.getLogger("kg_api.pool")

# how often those that run are looked at
_TICK = 0.01
# whoever waits so long has waited for want of workers, not for the end of a light job
_GROW_AFTER = 0.005
# a job whose client is gone may end in peace if it ends at once: that costs less than a new worker
_PARTING = 0.05
# of the jobs that run at once, one in so many is looked at to learn what is quick
_SAMPLE = 32
_RETRY = 1.0


@dataclass(frozen=True)
class Limits:
    """The bounds of a pool; times in seconds, memory in bytes beside the snapshot's own."""

    workers_min: int = 2
    workers_max: int = 8
    queue: int = 256
    timeout: float = 30.0
    memory: int = 512 << 20
    long_after: float = 0.1
    long_jobs: int = 4
    idle: float = 60.0


class Ticket:
    """A job that was handed in, and whoever waits for it."""

    __slots__ = ("deadline", "entered", "future", "job", "link", "packed", "seconds", "tried")

    def __init__(self, job: Job, seconds: float) -> None:
        self.job = job
        self.seconds = seconds
        self.packed = pack_job(job, seconds)
        self.entered = time.monotonic()
        self.deadline = self.entered + seconds
        self.future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.link: Link | None = None
        self.tried = False

    def fail(self, error: Exception) -> None:
        """Tell whoever waits, if anybody still does."""
        if not self.future.done():
            self.future.set_exception(error)


class Runner(Protocol):
    """Whoever does jobs: `Pool`, or `InProcess` where isolation is not the subject."""

    async def start(self) -> dict[str, Any]:
        """Load; what there is."""

    async def run(self, job: Job, timeout: float | None = None) -> Reply:
        """Do a job."""

    async def switch(self, source: Source) -> dict[str, Any]:
        """Go on with another snapshot."""

    async def close(self, grace: float = 0) -> None:
        """End."""

    def stats(self) -> dict[str, Any]:
        """Numbers for those who watch."""


class Pool:
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
        self.limits = limits or Limits()
        self._kinds = {**KINDS, **(kinds or {})}
        self._path = path
        self._current = self._generation(source)
        self._idle: list[tuple[Link, float]] = []
        self._busy: set[Link] = set()
        self._waiting: deque[Ticket] = deque()
        self._waiting_light: deque[Ticket] = deque()
        self._lanes = Lanes()
        self._ticking: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._count = 0
        self.kills: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()

    def _generation(self, source: Source) -> Generation:
        return Generation(self, source, self._kinds, self.limits.memory, self._path)

    # what the service calls

    async def start(self) -> dict[str, Any]:
        """Load the snapshot and fork the first workers; SnapshotError if it cannot be loaded."""
        described = await self._current.start()
        for _ in range(self.limits.workers_min):
            self._current.fork()
        return described

    async def run(self, job: Job, timeout: float | None = None) -> Reply:
        """Do a job within a time that is at most the pool's own.

        Raises what the job raised; Overloaded, TimedOut, OutOfMemory or Crashed for what became of
        it here; Failed for a fault of ours. A caller that is cancelled ends the job.
        """
        most = self.limits.timeout
        ticket = Ticket(job, most if timeout is None else min(timeout, most))
        self._admit(ticket)
        try:
            return await ticket.future
        except asyncio.CancelledError:
            self._abandon(ticket)
            raise

    async def switch(self, source: Source) -> dict[str, Any]:
        """Go on with another snapshot; what runs is answered by the one that it began with."""
        following = self._generation(source)
        described = await following.start()
        before, self._current = self._current, following
        # as many as there are now, so that nobody waits for the change
        for _ in range(max(self.limits.workers_min, len(before.links))):
            following.fork()
        for link, _ in self._idle:
            before.dismiss(link)
        self._idle.clear()
        self._later(self._drain(before))
        return described

    async def close(self, grace: float = 0) -> None:
        """Take no more jobs, wait for those that run as long as `grace`, and leave no process."""
        self._closing = True
        until = time.monotonic() + grace
        while (self._busy or self._queued()) and time.monotonic() < until:
            await asyncio.sleep(_TICK)
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        stopping = Overloaded("The service stops.", "stopping", retry_after=5)
        for ticket in (*self._waiting_light, *self._waiting):
            ticket.fail(stopping)
        for link in list(self._busy):
            self._end(link, "stopped", stopping)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._current.close()

    def stats(self) -> dict[str, Any]:
        """Numbers for those who watch: workers, busy, long, queue, kills and refusals by reason."""
        now = time.monotonic()
        return {
            "workers": len(self._busy) + len(self._idle),
            "busy": len(self._busy),
            "long": len(self._long(now)),
            "queue": self._queued(),
            "kills": dict(self.kills),
            "refusals": dict(self.refusals),
            "jobs": self._count,
            "digest": self._current.digest,
        }

    # who goes first

    def _queued(self) -> int:
        return len(self._waiting) + len(self._waiting_light)

    def _long(self, now: float) -> list[Link]:
        """The busy workers whose jobs are long, the youngest first."""
        before = now - self.limits.long_after
        found = [link for link in self._busy if link.started <= before]
        return sorted(found, key=lambda link: -link.started)

    def _admit(self, ticket: Ticket) -> None:
        if self._closing:
            raise Overloaded("The service stops.", "stopping", retry_after=5)
        if self._lanes.any_heavy and len(self._busy) >= self.limits.long_jobs:
            full = len(self._long(ticket.entered)) >= self.limits.long_jobs
            if full and self._lanes.of(ticket.job) == HEAVY:
                raise self._too_many_long()
        if self._idle and not self._waiting and not self._waiting_light:
            self._assign(self._idle.pop()[0], ticket)
        else:
            light = self._lanes.of(ticket.job) == LIGHT
            line = self._waiting_light if light else self._waiting
            if len(line) >= self.limits.queue:
                self.refusals["queue"] += 1
                raise Overloaded(
                    f"{self.limits.queue} queries are waiting already.",
                    "queue",
                    self.limits.queue,
                    retry_after=1,
                )
            line.append(ticket)
            self._serve()
        if self._ticking is None:
            self._ticking = asyncio.get_running_loop().call_later(_TICK / 2, self._tick)

    def _too_many_long(self) -> Overloaded:
        self.refusals["long_jobs"] += 1
        return Overloaded(
            f"{self.limits.long_jobs} queries that take long run already.",
            "long_jobs",
            self.limits.long_jobs,
            retry_after=round(self.limits.timeout) or 1,
        )

    def _assign(self, link: Link, ticket: Ticket) -> None:
        ticket.link = link
        link.ticket = ticket
        link.started = time.monotonic()
        link.deadline = ticket.deadline
        self._busy.add(link)
        link.send(ticket.packed)

    def _serve(self) -> None:
        """Give those who wait to whoever is idle."""
        while self._idle:
            line = self._waiting_light or self._waiting
            if not line:
                return
            ticket = line.popleft()
            if not ticket.future.done():
                self._assign(self._idle.pop()[0], ticket)

    def _free(self, link: Link) -> None:
        """A worker is idle: the next job, or rest."""
        if link.generation is not self._current or link.closed:
            link.generation.dismiss(link)
            self._refill()
            return
        self._idle.append((link, time.monotonic()))
        self._serve()

    def _refill(self) -> None:
        """As many workers as there must be, and one for each who waits as far as there may be."""
        if self._closing:
            return
        current = self._current
        wanted = max(
            self.limits.workers_min,
            min(len(current.links) + self._queued(), self.limits.workers_max),
        )
        while current.digest and current.size < wanted:
            current.fork()

    def _tick(self) -> None:
        """Look at those who run and those who wait."""
        now = time.monotonic()
        for link in [one for one in self._busy if one.deadline <= now]:
            self._overdue(link)
        for link in self._busy:
            if not link.nice and now - link.started >= self.limits.long_after:
                link.yield_to_others()
        for line in (self._waiting_light, self._waiting):
            while line and line[0].future.done():
                line.popleft()
            for ticket in line:
                if ticket.deadline <= now:
                    self.refusals["timeout"] += 1
                    ticket.fail(self._timed_out(ticket, "It waited"))
        if self._queued():
            heads = [line[0].entered for line in (self._waiting_light, self._waiting) if line]
            if now - min(heads) >= _GROW_AFTER:
                self._refill()
                self._make_room(now)
        self._shrink(now)
        busy = self._busy or self._queued() or len(self._idle) > self.limits.workers_min
        self._ticking = asyncio.get_running_loop().call_later(_TICK, self._tick) if busy else None

    def _make_room(self, now: float) -> None:
        """End long jobs beyond their number, as many as wait for a worker that none may be."""
        current = self._current
        if current.size < self.limits.workers_max:
            return
        long = self._long(now)
        spare = min(len(long) - self.limits.long_jobs, self._queued() - current.coming)
        for link in long[: max(spare, 0)]:
            self._lanes.learn(link.ticket.job, HEAVY)
            self._end(link, "long_jobs", self._too_many_long())

    def _shrink(self, now: float) -> None:
        while (
            len(self._idle) + len(self._busy) > self.limits.workers_min
            and self._idle
            and now - self._idle[0][1] >= self.limits.idle
        ):
            link, _ = self._idle.pop(0)
            link.generation.dismiss(link)

    # what becomes of jobs

    def _overdue(self, link: Link) -> None:
        ticket: Ticket = link.ticket
        if ticket.future.done():
            self._end(link, "gone", None)
        else:
            self._lanes.learn(ticket.job, HEAVY)
            self._end(link, "timeout", self._timed_out(ticket, "It ran"))

    def _timed_out(self, ticket: Ticket, what: str) -> TimedOut:
        return TimedOut(
            f"{what} longer than {ticket.seconds:g} s.", "timeout", ticket.seconds,
            retry_after=round(self.limits.timeout) or 1,
        )  # fmt: skip

    def _abandon(self, ticket: Ticket) -> None:
        """Nobody waits for it any more."""
        link = ticket.link
        if link is not None and link.ticket is ticket:
            link.deadline = min(link.deadline, time.monotonic() + _PARTING)

    def _end(self, link: Link, reason: str, error: Exception | None) -> None:
        """Kill a worker, and have another in its place."""
        self.kills[reason] += 1
        ticket, link.ticket = link.ticket, None
        self._busy.discard(link)
        link.generation.kill(link)
        if error is not None:
            ticket.fail(error)
        self._refill()

    def arrived(self, link: Link) -> None:
        """A worker is there."""
        self._free(link)

    def replied(self, link: Link, head: dict[str, Any], body: bytes) -> None:
        """A worker has done its job."""
        ticket: Ticket = link.ticket
        link.ticket = None
        self._busy.discard(link)
        self._count += 1
        took = time.monotonic() - link.started
        if took >= self.limits.long_after:
            if took >= 10 * self.limits.long_after:
                self._lanes.learn(ticket.job, HEAVY)
        elif link.started - ticket.entered > _GROW_AFTER or self._count % _SAMPLE == 0:
            self._lanes.learn(ticket.job, LIGHT)
        if link.nice or "retires" in head:
            link.generation.dismiss(link)
            self._refill()
        else:
            self._free(link)
        if ticket.future.done():
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

    def _fault(self, ticket: Ticket, trace: str) -> None:
        _log.error("job %s of request %s failed\n%s", ticket.job.kind, ticket.job.request, trace)
        ticket.fail(Failed(f"job {ticket.job.kind} failed"))

    def left(self, link: Link, status: int | None, peak: int) -> None:
        """A worker is gone of itself: of its job, as a rule."""
        self._busy.discard(link)
        self._idle = [one for one in self._idle if one[0] is not link]
        ticket: Ticket | None = link.ticket
        link.ticket = None
        if ticket is not None and not ticket.future.done():
            if status is None and not ticket.tried:
                # the zygote went, and took it along: not for anything that it did
                ticket.tried = True
                ticket.link = None
                self._waiting_light.appendleft(ticket)
            else:
                ticket.fail(self._why(ticket, link, status, peak))
        self._refill()

    def _why(self, ticket: Ticket, link: Link, status: int | None, peak: int) -> Exception:
        """What a worker died of, as far as can be told."""
        if status == -signal.SIGALRM:
            self.kills["timeout"] += 1
            return self._timed_out(ticket, "It ran")
        limit = self.limits.memory
        # a failed allocation aborts the engine; so does a stack that is full, with little memory
        if status == -signal.SIGKILL or peak - link.generation.base > limit // 4:
            self.kills["memory"] += 1
            self._lanes.learn(ticket.job, HEAVY)
            return OutOfMemory(
                f"It wants more memory than the {limit >> 20} MB that a query may have.",
                "memory",
                limit,
            )
        self.kills["crash"] += 1
        _log.warning("a worker ended with %s on a job of kind %s", status, ticket.job.kind)
        return Crashed("The engine could not bear it: nested or chained too deep, as a rule.")

    def unable(self, generation: Generation, why: str) -> None:
        """No process could be forked: those who wait go on waiting."""
        _log.error("no worker could be forked: %s", why)

    def ended(self, generation: Generation) -> None:
        """The zygote is gone: load again."""
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


@dataclass
class InProcess:
    """The same interface without processes, for tests: jobs run on a thread, none can be ended."""

    snapshot: Snapshot
    kinds: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self._functions = resolve({**KINDS, **self.kinds})
        self._count = 0

    async def start(self) -> dict[str, Any]:
        """What there is."""
        return {
            "digest": self.snapshot.digest,
            "graphs": len(self.snapshot.graphs),
            "network": False,
        }

    async def run(self, job: Job, timeout: float | None = None) -> Reply:
        """Do a job; what it raises has crossed as it would from a worker."""
        self._count += 1
        job = unpack_job(pack_job(job, 0))[0]
        try:
            reply = await asyncio.to_thread(perform, self.snapshot, self._functions, job)
        except Exception as error:
            packed = pack_error(error)
            if packed is None:
                raise
            raise unpack_error(json.loads(json.dumps(packed))) from error
        return Reply(
            reply.status, reply.media_type, reply.headers, reply.body, reply.volatile,
            self.snapshot.digest,
        )  # fmt: skip

    async def switch(self, source: Source) -> dict[str, Any]:
        """Go on with another snapshot."""
        self.snapshot = source.open()
        return await self.start()

    async def close(self, grace: float = 0) -> None:
        """Nothing is to be ended."""

    def stats(self) -> dict[str, Any]:
        """Numbers for those who watch."""
        return {
            "workers": 1, "busy": 0, "long": 0, "queue": 0, "kills": {}, "refusals": {},
            "jobs": self._count, "digest": self.snapshot.digest,
        }  # fmt: skip
