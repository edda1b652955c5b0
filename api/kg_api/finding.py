"""The index of names as the service holds it: opened once a snapshot, asked on threads.

Searches are answered in the HTTP process, not by a worker: the index is a file that nothing can
change, no text but bound values reaches it, and a search has a bound in time, in length and in how
many run at once. A worker may open no file, and would have to load it into memory of its own.
"""

from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kg.search import Index, open_index

T = TypeVar("T")


def index_of(request: Request) -> Index:
    """The index of the snapshot that is served, opened when it is first asked."""
    state = request.app.state
    snapshot = state.snapshot
    held: tuple[str, Index] | None = getattr(state, "search", None)
    if held is None or held[0] != snapshot.digest:
        # a search that still runs keeps its connection; what is let go of is closed with it
        held = state.search = (snapshot.digest, open_index(snapshot))
    return held[1]


async def find(request: Request, search: Callable[[Index], T]) -> T:
    """What a search finds, made on a thread so that nobody else waits for it."""
    return await run_in_threadpool(lambda: search(index_of(request)))
