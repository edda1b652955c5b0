"""A pool that tests can ask without being asynchronous themselves, and who is left of it."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kg_api.jobs import Job, Reply
from kg_api.pool import Limits, Pool
from kg_api.source import Source
from unguarded import KINDS

HERE = Path(__file__).resolve().parent
LIGHT = "SELECT ?o { actor:beland a ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"


class Asked:
    """A pool on an event loop of its own."""

    def __init__(self, pool: Pool, loop: asyncio.AbstractEventLoop) -> None:
        self.pool = pool
        self._loop = loop

    def begin(self, what: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """Begin something, and wait for nothing."""
        return asyncio.run_coroutine_threadsafe(what, self._loop)

    def do(self, kind: str, timeout: float | None = None, **args: Any) -> Reply:
        """A job's reply."""
        reply: Reply = self.start(kind, timeout, **args).result(30)
        return reply

    def start(self, kind: str, timeout: float | None = None, **args: Any) -> "Future[Any]":
        """A job, begun."""
        return self.begin(self.pool.run(Job(kind, args), timeout))

    def ask(self, text: str, timeout: float | None = None, **args: Any) -> Reply:
        """The answer of a query."""
        return self.do("sparql", timeout, text=text, **args)

    def light(self) -> float:
        """The seconds that a light query takes, which must be answered."""
        begun = time.perf_counter()
        assert self.ask(LIGHT).status == 200
        return time.perf_counter() - begun

    @property
    def stats(self) -> dict[str, Any]:
        """What the pool says of itself."""
        return self.pool.stats()

    def workers(self) -> list[int]:
        """The processes of the workers."""
        return list(self.pool._current.links)

    def processes(self) -> list[int]:
        """The zygote and the workers."""
        return [self.pool._current.pid, *self.workers()]


@contextmanager
def asked(
    source: Source, limits: Limits | None = None, kinds: Mapping[str, str] | None = None
) -> Iterator[Asked]:
    """A pool, started, and closed in the end; its processes must be gone then.

    With `kinds` of its own nobody waits until it has imported what they need.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        opened = Asked(Pool(source, limits, kinds or KINDS, (str(HERE),)), loop)
        opened.begin(opened.pool.start()).result(30)
        if kinds is None:
            opened.begin(opened.pool._current.complete.wait()).result(60)
            while len(opened.workers()) < opened.pool.limits.workers_min:
                time.sleep(0.002)
        try:
            yield opened
        finally:
            known = opened.processes()
            opened.begin(opened.pool.close()).result(30)
            assert [one for one in known if alive(one)] == []
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def quick(seconds: list[float]) -> bool:
    """Whether light queries were answered within 250 ms: nine in ten, for machines that are busy.

    One that waited for a runaway would wait for all of its time, and all those behind it.
    """
    return sorted(seconds)[int(0.9 * (len(seconds) - 1))] < 0.25 and max(seconds) < 2


def alive(pid: int) -> bool:
    """Whether a process runs: one that nobody has buried yet does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def gone(pids: list[int], seconds: float = 3) -> bool:
    """Whether all of some processes are gone within a time."""
    until = time.monotonic() + seconds
    while any(alive(one) for one in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
