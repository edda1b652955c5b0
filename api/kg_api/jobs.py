"""What is asked of a worker and what it gives back: jobs, replies, refusals, the table of kinds.

A job and whatever comes of it cross from one process to another, so both are plain: the arguments
of a job are what JSON can say, and an exception is raised again, on the other side, by its name.

::

    Unanswered      the service sets a bound, and the job met it
    ├── Overloaded  no worker is free, or too many long queries run already
    ├── TimedOut    it ran, or waited, as long as it may
    ├── OutOfMemory its worker may not have more memory
    ├── TooLarge    the result has more rows or bytes than are given at once
    ├── Crashed     the engine did not survive it
    └── NotAcceptable  there is no format that the client accepts
"""

import marshal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from kg import errors
from kg.errors import KgError
from kg.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to be done over the snapshot: a kind of `KINDS`, and the function's arguments.

    The arguments are what JSON can hold. `request` is the id that a log shall name.
    """

    kind: str
    args: Mapping[str, Any] = field(default_factory=dict)
    request: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `volatile` if the same job may be answered otherwise the next time.

    `digest` is that of the snapshot which answered: the pool writes it.
    """

    status: int
    media_type: str
    headers: Mapping[str, str]
    body: bytes
    volatile: bool = False
    digest: str = ""


class Unanswered(Exception):  # noqa: N818 - what became of the job
    """A bound of the service was met: `limit` is its name, `bound` its value.

    `retry_after` are the seconds after which it is worth while to ask again, if ever.
    """

    status = 503

    def __init__(
        self, detail: str, limit: str = "", bound: float = 0, retry_after: int | None = None
    ) -> None:
        self.detail = detail
        self.limit = limit
        self.bound = bound
        self.retry_after = retry_after
        super().__init__(detail)


class Overloaded(Unanswered):
    """Nobody is free to do it, and too many wait already."""


class TimedOut(Unanswered):
    """It took longer than it may."""


class OutOfMemory(Unanswered):
    """It wanted more memory than a worker may have."""


class TooLarge(Unanswered):
    """The result has more rows or bytes than the service gives at once."""

    status = 400


class Crashed(Unanswered):
    """The engine ended on it: text that is too deep for its stack, as a rule."""

    status = 400


class NotAcceptable(Unanswered):
    """The answer can be given in no format that the client accepts; `limit` is its kind."""

    status = 406


class Failed(Exception):  # noqa: N818 - the job did
    """A fault of ours: what went wrong is in the log."""


Function = Callable[..., Reply]

# the function that does each kind of job, by module and name: `(snapshot, **args) -> Reply`
KINDS: dict[str, str] = {
    "sparql": "kg_api.evaluation:sparql",
    "describe": "kg_api.linked:describe",
    "locate": "kg_api.linked:locate",
    "named-query": "kg_api.named:answer",
    "commitments": "kg_api.accounts:commitments",
    "pair": "kg_api.accounts:pair",
    "known-pairs": "kg_api.accounts:known_pairs",
    "timeline": "kg_api.accounts:timeline",
    "statistics": "kg_api.accounts:statistics",
    "network": "kg_api.drawing:draw",
    "site": "kg_api.site.ahead:write",
    "sitemap": "kg_api.sitemap:sitemap",
    "terms": "kg_api.site.parts.terms:terms",
    "named-text": "kg_api.named:filled",
}

# what the first workers do; those for the rest, which takes a while to import, come soon after
FIRST = frozenset({"sparql"})


def resolve(kinds: Mapping[str, str]) -> dict[str, Function]:
    """The functions that a table of kinds names, imported."""
    found: dict[str, Function] = {}
    for kind, place in kinds.items():
        module, _, name = place.partition(":")
        found[kind] = getattr(import_module(module), name)
    return found


def perform(snapshot: Snapshot, functions: Mapping[str, Function], job: Job) -> Reply:
    """Do a job; KgError and Unanswered where it is refused, anything else is a fault of ours."""
    try:
        return functions[job.kind](snapshot, **job.args)
    except MemoryError as error:
        raise OutOfMemory("It wants more memory than a query may have.", "memory") from error
    except RecursionError as error:
        raise errors.QueryError("nested too deep") from error


_CROSSING: dict[str, type[Exception]] = {
    one.__name__: one
    for one in (
        *(e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, KgError)),
        *(Overloaded, TimedOut, OutOfMemory, TooLarge, Crashed, NotAcceptable),
    )
}


def pack_error(error: Exception) -> dict[str, Any] | None:
    """A refusal as JSON can hold it; None for an exception that is none."""
    known = next((c.__name__ for c in type(error).__mro__ if c.__name__ in _CROSSING), None)
    if known is None:
        return None
    state = {
        name: value
        for name, value in vars(error).items()
        if value is None or isinstance(value, str | int | float)
    }
    return {"error": known, "says": str(error), "state": state}


def unpack_error(packed: Mapping[str, Any]) -> Exception:
    """The refusal that was packed."""
    kind = _CROSSING[packed["error"]]
    error = kind.__new__(kind, packed["says"])
    error.__dict__.update(packed["state"])
    return error


def pack_job(job: Job, seconds: float) -> bytes:
    """A job and how long it may run, in bytes: what JSON can hold, and less slowly."""
    return marshal.dumps((job.kind, dict(job.args), seconds))


def unpack_job(data: bytes) -> tuple[Job, float]:
    """The job that was packed, and its seconds. Only what this service packed may be unpacked."""
    kind, args, seconds = marshal.loads(data)  # noqa: S302 - it comes from the pool
    return Job(kind, args), seconds
