"""The index of names as the service holds it: opened once a snapshot, asked on threads.

Searches are answered in the HTTP process, not by a worker: the index is a file that nothing can
change, no text but bound values reaches it, and a search has a bound in time, in length and in how
many run at once. A worker may open no file, and would have to load it into memory of its own.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from starlette.requests import Request

from kg.search import CONNECTIONS, Index, open_file, open_index
from kg_api.errors import Problem
from kg_api.jobs import Overloaded
from kg_api.releases import Release, Releases

T = TypeVar("T")
# searches at once, those that wait included; one takes milliseconds
WAITING = 256


@dataclass
class Desk:
    """Where one service searches: its own threads, as many as an index has connections.

    The threads that the other routes share are none of them, so that searches hold up nothing else.
    """

    asked: int = 0
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(CONNECTIONS, "search")
    )
    _held: dict[str, Index] = field(default_factory=dict)
    _opening: Lock = field(default_factory=Lock)

    def index(self, release: Release, held: Sequence[Release]) -> Index:
        """The index of a release, opened when it is first asked; those of others are let go."""
        with self._opening:
            for left in set(self._held) - {one.digest for one in held}:
                # a search that still runs keeps its connection, which is closed with it
                del self._held[left]
            if release.digest not in self._held:
                self._held[release.digest] = index_of(release)
            return self._held[release.digest]


# a service's desk goes when the service does
_desks: WeakKeyDictionary[Releases, Desk] = WeakKeyDictionary()


def index_of(release: Release) -> Index:
    """The index of a release: the file of its snapshot, or one made of a snapshot without it."""
    if release.source.files:
        raise Problem(404, "These are files served as they are: only snapshots can be searched.")
    path = release.source.path
    found = None if path is None else open_file(path)
    return found or open_index(release.snapshot)


def release_header(request: Request, digest: str | None) -> dict[str, str]:
    """The header that names the release which was asked for, where one was."""
    if digest is None:
        return {}
    return {"Comity-Release": request.app.state.releases.find(digest).digest}


async def find(request: Request, search: Callable[[Index], T], digest: str | None = None) -> T:
    """What a search finds in a release, made on a thread so that nobody else waits for it."""
    releases: Releases = request.app.state.releases
    release = releases.find(digest)
    desk = _desks.setdefault(releases, Desk())
    if desk.asked >= WAITING:
        raise Overloaded(f"{WAITING} searches are waiting already.", "searches", WAITING, 1)
    desk.asked += 1
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            desk.threads, lambda: search(desk.index(release, releases.held))
        )
    finally:
        desk.asked -= 1
