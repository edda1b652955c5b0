"""The pool's interface without processes, for tests and where another server does the work."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.snapshot import Snapshot
from kg_api.jobs import (
    KINDS,
    Job,
    Reply,
    TimedOut,
    pack_error,
    pack_job,
    perform,
    resolve,
    unpack_error,
    unpack_job,
)  # fmt: skip
from kg_api.source import Source


@dataclass
class InProcess:
    """Does jobs on threads: none of them can be ended, whatever the caller is told."""

    snapshot: Snapshot
    kinds: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._functions = resolve({**KINDS, **self.kinds})
        self._count = 0

    async def start(self) -> dict[str, Any]:
        """What there is."""
        graphs = len(self.snapshot.graphs)
        return {"digest": self.snapshot.digest, "graphs": graphs, "network": False, "memory": 0}

    async def run(self, job: Job, timeout: float | None = None) -> Reply:
        """Do a job; what it raises has crossed as it would from a worker."""
        self._count += 1
        digest, job = self.snapshot.digest, unpack_job(pack_job(job, 0))[0]
        try:
            reply = await asyncio.wait_for(asyncio.to_thread(self._perform, job), timeout)
        except TimeoutError as error:
            said = f"It ran longer than {timeout:g} s."
            raise TimedOut(said, "timeout", timeout or 0, retry_after=1) from error
        if isinstance(reply, dict):
            raise unpack_error(reply)
        return Reply(
            reply.status, reply.media_type, reply.headers, reply.body, reply.volatile, digest
        )

    def _perform(self, job: Job) -> Reply | dict[str, Any]:
        """The reply, or what was raised as it crosses: an answer of the engine's must not leave its
        thread, not even in a traceback."""
        try:
            return perform(self.snapshot, self._functions, job)
        except Exception as error:
            packed = pack_error(error)
            if packed is None:
                raise
            return packed

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
