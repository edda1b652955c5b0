"""The releases that the service holds: the current one, those before it, and the change of it."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formatdate
from functools import cached_property
from pathlib import Path
from typing import Any

from kg import snapshot as snapshots
from kg.errors import KgError, SnapshotError
from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api.errors import Problem
from kg_api.pool import InProcess, Limits, Pool, Runner
from kg_api.source import Source

_log = logging.getLogger("kg_api.releases")
# whoever has just taken hold of a release may still want to ask it something
_PARTING = 2.0


@dataclass
class Release:
    """One snapshot that is served, by whoever evaluates over it."""

    source: Source
    runner: Runner
    digest: str = ""
    manifest: Mapping[str, Any] = field(default_factory=dict, repr=False)
    modified: float = 0

    @property
    def checked(self) -> bool:
        """Whether it passed the project's checks: files that are served as they are did not."""
        return not self.source.files

    @cached_property
    def last_modified(self) -> bytes:
        """When it was made, as HTTP has dates."""
        return formatdate(self.modified, usegmt=True).encode()

    @cached_property
    def snapshot(self) -> Snapshot:
        """It, opened in this process: for what is no job."""
        return self.runner.snapshot if isinstance(self.runner, InProcess) else self.source.open()


def limits(settings: Settings) -> Limits:
    """The bounds of the pool, by the settings."""
    return Limits(
        workers_min=min(2, settings.workers),
        workers_max=settings.workers,
        queue=settings.queue,
        timeout=settings.timeout,
        long_jobs=settings.long_jobs,
        memory=settings.worker_memory << 20,
    )


def in_pool(settings: Settings) -> Callable[[Source], Runner]:
    """Workers over a source; with an external store, which evaluates, none are wanted."""
    if settings.store:
        return lambda source: InProcess(snapshots.open(source.path, settings))
    return lambda source: Pool(source, limits(settings))


class Releases:
    """The current release first, then those before it, as many as the settings say."""

    def __init__(
        self, settings: Settings, source: Source, make: Callable[[Source], Runner], watch: bool
    ) -> None:
        self._settings = settings
        self._make = make
        self._watch = watch and source.path is not None
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking = asyncio.Lock()
        self.held: list[Release] = [self._release(source)]
        self.switched: list[Callable[[Release], None]] = []

    @property
    def current(self) -> Release:
        """The release that answers who names none."""
        return self.held[0]

    def find(self, digest: str | None) -> Release:
        """The release of a digest, or of the beginning of one; 404 for one that is not held."""
        if digest is None:
            return self.current
        found = [one for one in self.held if len(digest) >= 6 and one.digest.startswith(digest)]
        if not found:
            held = [one.digest for one in self.held]
            raise Problem(
                404,
                f"This service does not hold the release {digest[:64]!r} for queries. It holds "
                f"{', '.join(held)}. A download of a published release can be asked elsewhere.",
                available=held,
            )
        return found[0]

    def _release(self, source: Source) -> Release:
        """A release whose runner is not yet started."""
        made = Release(source, self._make(source))
        if isinstance(made.runner, InProcess):
            made.digest, made.manifest = made.runner.snapshot.digest, made.runner.snapshot.manifest
        elif source.path is not None:
            made.manifest = read_manifest(source.path)
            made.digest = str(made.manifest["digest"])
        stamp = made.manifest.get("made")
        if stamp:
            made.modified = datetime.fromisoformat(str(stamp)).timestamp()
        elif source.files:
            made.modified = max(path.stat().st_mtime for path in source.files)
        return made

    async def start(self) -> None:
        """Load the current release, and look for a new one from time to time."""
        await self._start(self.current)
        if self._watch and self._settings.watch:
            self._later(self._look_often())

    async def _start(self, release: Release) -> None:
        described = await release.runner.start()
        release.digest = described["digest"]

    async def _look_often(self) -> None:
        while True:
            await asyncio.sleep(self._settings.watch)
            await self.look()

    async def look(self) -> bool:
        """Go on with the snapshot that `current` names, if it is another one; whether it is.

        The new one is loaded before the old one is left, so that nobody waits and nobody is
        refused. One that cannot be loaded is left alone.
        """
        if not self._watch:
            return False
        async with self._looking:
            try:
                path = snapshots.locate(None, self._settings)
                if path == self.current.source.path:
                    return False
                source = Source(path=path, project=self.current.source.project)
                following = await asyncio.to_thread(self._release, source)
                await self._start(following)
            except (KgError, OSError) as error:
                _log.error("the new snapshot cannot be served: %s", error)
                return False
            self.held.insert(0, following)
            for old in self.held[self._settings.releases :]:
                self._later(self._leave(old))
            del self.held[self._settings.releases :]
            for told in self.switched:
                told(following)
            _log.info("switched to %s", following.digest)
            return True

    async def _leave(self, release: Release) -> None:
        await asyncio.sleep(_PARTING)
        await release.runner.close(self._settings.grace)

    def _later(self, what: Any) -> None:
        task = asyncio.get_running_loop().create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End everything; what is in flight has been answered by now."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for one in self.held:
            await one.runner.close()


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the snapshot at a path."""
    try:
        found = json.loads((path / snapshots.MANIFEST).read_text("utf-8"))
        if not isinstance(found.get("digest"), str):
            raise ValueError("no digest")
    except (OSError, ValueError, AttributeError) as error:
        raise SnapshotError(f"{path / snapshots.MANIFEST}: not a manifest") from error
    return dict(found)
