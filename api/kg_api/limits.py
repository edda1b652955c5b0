"""The bounds of a pool, and what is said to whoever meets one; what every runner of jobs does."""

import signal
from dataclasses import dataclass
from typing import Any, Protocol

from kg_api.jobs import Crashed, Failed, Job, OutOfMemory, Overloaded, Reply, TimedOut
from kg_api.source import Source


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

    def too_many_long(self) -> Overloaded:
        """The refusal of a long job beside as many as there may be."""
        return Overloaded(
            f"{self.long_jobs} queries that take long run already.",
            "long_jobs",
            self.long_jobs,
            retry_after=self._soon,
        )

    def timed_out(self, seconds: float, what: str = "It ran") -> TimedOut:
        """The end of a job that took all its time."""
        said = f"{what} longer than {seconds:g} s."
        return TimedOut(said, "timeout", seconds, retry_after=self._soon)

    def blameless(self, status: int | None, grown: int) -> bool:
        """Whether a worker ended for nothing that its job did: it, or its zygote, was killed."""
        return status is None or (status == -signal.SIGKILL and grown <= self.memory // 4)

    def blame(self, seconds: float, status: int | None, grown: int) -> tuple[str, Exception]:
        """What a worker died of, in a word and as an error, as far as can be told.

        `status` is that of its process, `grown` the memory that it came to have.
        """
        if status is not None and status >= 0:
            return "fault", Failed(f"a worker ended with {status}")
        if status == -signal.SIGALRM:
            return "timeout", self.timed_out(seconds)
        # a failed allocation aborts the engine; so does a stack that is full, with little memory
        if status == -signal.SIGKILL or grown > self.memory // 4:
            most = f"{self.memory >> 20:,} MB"
            said = f"It wants more memory than the {most} that a query may have."
            return "memory", OutOfMemory(said, "memory", self.memory)
        said = "The engine could not bear it: nested or chained too deep, as a rule."
        return "crash", Crashed(said)

    @property
    def _soon(self) -> int:
        """Seconds after which a worker is sure to be free again."""
        return max(1, round(self.timeout))


def stopping() -> Overloaded:
    """The refusal of a job when the service stops."""
    return Overloaded("The service stops.", "stopping", retry_after=5)


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
