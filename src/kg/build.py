"""Building a snapshot: read, derive, check, write to a fresh directory, rename, switch.

At every moment `current` names a whole snapshot or nothing. What a build writes stands in a hidden
directory on which the build holds a lock; a directory that nobody holds is what a killed build
left, and the next one removes it. What is seen by others happens under one lock and by renaming.
"""

import fcntl
import hashlib
import json
import os
import random
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kg import disk, downloads, manifest, rules, sources
from kg.errors import DataError, KgError, NotConformant, SnapshotError
from kg.formats import canonical
from kg.search import index
from kg.settings import Settings
from kg.snapshot import CURRENT, DATA, MANIFEST

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.check import CheckReport

Check = Callable[[Settings], "CheckReport"]
_LOCK, _WORK, _LINK = ".lock", ".build-", ".current-"


@dataclass(frozen=True)
class Built:
    """What a build made: where, its digest, whether it is new, and how it was checked."""

    path: Path
    digest: str
    is_new: bool
    quads: int
    report: "CheckReport"
    seconds: float


def _check(settings: Settings) -> "CheckReport":
    """All checks on the project; imported here, for pyshacl is slow to import."""
    from kg.check import check

    derive = partial(rules.derive, settings.project)
    return check(settings.project, text=settings.source_text, derived=derive)


def _stamp(project: Path) -> str:
    """A digest of everything that a build reads, to see whether it changed meanwhile."""
    found = hashlib.sha256()

    def refuse(error: OSError) -> None:
        raise DataError(f"cannot be read: {error.strerror or error}", Path(error.filename))

    for folder in ("data", "ontology", "queries"):
        for place, folders, names in os.walk(project / folder, onerror=refuse):
            folders.sort()
            for name in sorted(names):
                if name.endswith((".ttl", ".rq")) and not name.startswith("."):
                    path = Path(place, name)
                    try:
                        content = path.read_bytes()
                    except OSError as error:
                        reason = error.strerror or str(error)
                        raise DataError(f"cannot be read: {reason}", path) from error
                    found.update(f"{path}\0{len(content)}\0".encode())
                    found.update(content)
    return found.hexdigest()


def build(
    settings: Settings,
    check: Check | None = None,
    progress: Callable[[str], None] = lambda said: None,
) -> Built:
    """Make a snapshot of the project and switch to it.

    NotConformant when a check finds anything, DataError for files that cannot be read,
    SnapshotError when the snapshot cannot be written; then `current` is what it was.
    """
    begun = time.perf_counter()
    project = settings.project
    stamp = _stamp(project)
    progress("reading")
    authored = sources.read_all(project)
    progress("deriving")
    quads = authored + rules.derive(project, authored)
    progress("checking")
    report = (check or _check)(settings)
    if not report.conforms:
        raise NotConformant(report)
    if _stamp(project) != stamp:
        raise SnapshotError("files changed while they were checked: build again")
    progress("writing")
    data = canonical(quads)
    digest = hashlib.sha256(data).hexdigest()
    made = datetime.now(UTC).isoformat(timespec="seconds")
    about = manifest.make(project, quads, digest, report, made)
    files = {
        DATA: data,
        index.FILE: index.build(quads),
        "check.json": report.to_json().encode(),
        "check.ttl": report.to_turtle().encode(),
        "manifest.ttl": manifest.to_turtle(about),
        MANIFEST: (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode(),
        **downloads.files(project, data, about),
    }
    large = len(quads) > settings.memory_quads
    path, is_new = publish(settings.snapshots, digest, files, quads if large else None)
    return Built(path, digest, is_new, len(quads), report, time.perf_counter() - begun)


def publish(
    snapshots: Path, digest: str, files: dict[str, bytes], quads: "Sequence[ox.Quad] | None" = None
) -> tuple[Path, bool]:
    """Write the files of a snapshot and switch `current` to it; whether the snapshot is new.

    With quads it has a store of them on disk, too.
    """
    try:
        snapshots.mkdir(parents=True, exist_ok=True)
        with _workspace(snapshots) as work:
            folders = {(work / name).parent for name in files} | {work}
            for folder in sorted(folders):
                folder.mkdir(exist_ok=True)
            for name, content in files.items():
                _write(work / name, content)
            if quads is not None:
                chosen = random.Random(1).sample(quads, min(disk.SAMPLED, len(quads)))  # noqa: S311
                disk.make(work / disk.FOLDER, partial(sources.fill, quads=quads), chosen)
            for folder in folders:
                _sync(folder)
            with _locked(snapshots):
                path = snapshots / digest
                is_new = not path.exists()
                if is_new:
                    work.rename(path)
                else:
                    _renew(path, work, files)
                _sync(snapshots)
                _switch(snapshots, digest)
    except OSError as error:
        where = error.filename or snapshots
        raise SnapshotError(f"cannot write {where}: {error.strerror or error}") from error
    return path, is_new


def _renew(path: Path, work: Path, files: Iterable[str]) -> None:
    """Put fresh files beside the data of a snapshot that exists, each in one step.

    Its data is the same by name; it is put back should it have been damaged.
    """
    for folder in {(path / name).parent for name in files}:
        folder.mkdir(exist_ok=True)
    for name in files:
        if name != DATA or not (path / name).is_file() or _differs(path / name, work / name):
            (work / name).replace(path / name)
    if (work / disk.FOLDER).is_dir() and not disk.exists(path / disk.FOLDER):
        shutil.rmtree(path / disk.FOLDER, ignore_errors=True)
        (work / disk.FOLDER).rename(path / disk.FOLDER)
    _sync(path)


def _differs(one: Path, other: Path) -> bool:
    return hashlib.sha256(one.read_bytes()).digest() != hashlib.sha256(other.read_bytes()).digest()


def _switch(snapshots: Path, digest: str) -> None:
    """Make `current` name a snapshot, by renaming a link over it."""
    link = snapshots / f"{_LINK}{secrets.token_hex(8)}"
    link.symlink_to(digest)
    try:
        link.replace(snapshots / CURRENT)
    except OSError:
        link.unlink(missing_ok=True)
        raise
    _sync(snapshots)


def _write(path: Path, content: bytes) -> None:
    """Write a file and have it on the disk before going on."""
    try:
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        # a write that fails does not say which file it was for
        error.filename = error.filename or str(path)
        raise


def _sync(folder: Path) -> None:
    """Have a directory's entries on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(snapshots: Path) -> Iterator[None]:
    """Hold the lock of a folder of snapshots; the system lets go of it when a process dies."""
    handle = os.open(snapshots / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _workspace(snapshots: Path) -> Iterator[Path]:
    """A fresh hidden directory that is this build's as long as it lives."""
    with _locked(snapshots):
        _sweep(snapshots)
        work = snapshots / f"{_WORK}{secrets.token_hex(8)}"
        # not mkdtemp, whose directory no other user could read once it is a snapshot
        work.mkdir()
        handle = os.open(work, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield work
    finally:
        os.close(handle)
        shutil.rmtree(work, ignore_errors=True)


def _sweep(snapshots: Path) -> None:
    """Remove what killed builds left: directories that nobody holds, links never renamed."""
    for link in snapshots.glob(f"{_LINK}*"):
        link.unlink(missing_ok=True)
    for work in snapshots.glob(f"{_WORK}*"):
        try:
            handle = os.open(work, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # its own build has just removed it
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(work, ignore_errors=True)
        finally:
            os.close(handle)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: beside it first, then in its place."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            _write(beside, content)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise KgError(f"cannot write {path}: {error.strerror or error}") from error
