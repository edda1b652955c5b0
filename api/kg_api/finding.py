"""The index of names as the service holds it: opened once a snapshot, asked on threads.

Searches are answered in the HTTP process, not by a worker: the index is a file that nothing can
change, no text but bound values reaches it, and a search has a bound in time, in length and in how
many run at once. A worker may open no file, and would have to load it into memory of its own.
"""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kg.search import Index, open_file, open_index
from kg_api.errors import Problem
from kg_api.releases import Release, Releases

T = TypeVar("T")
# the indexes of a service's releases, by digest: they go when the service does
_held: WeakKeyDictionary[Releases, dict[str, Index]] = WeakKeyDictionary()
_opening = Lock()


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

    def look() -> T:
        with _opening:
            held = _held.setdefault(releases, {})
            for left in set(held) - {one.digest for one in releases.held}:
                # a search that still runs keeps its connection, which is closed with it
                del held[left]
            if release.digest not in held:
                held[release.digest] = index_of(release)
            index = held[release.digest]
        return search(index)

    return await run_in_threadpool(look)
