"""Stores on disk: made once, of data that is large for memory; read by any number of processes.

A store's folder is there whole or not at all. It holds what the engine wrote, and a sample of its
quads by which the one who opens it has all its files opened, for workers may open none.
"""

import json
import resource
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from kg.errors import SnapshotError

FOLDER = "store"
_DATA, _SAMPLE, _ABOUT = "data", "sample.nq", "about.json"
# quads of the sample: hundreds for each file of some tens of megabytes
SAMPLED = 4096
# quads that are looked up between two looks at what is open
_STEP = 32
_SPARE = 512
_PATIENCE = 10.0


def exists(folder: Path) -> bool:
    """Whether a store is there that this version of the engine made."""
    with suppress(OSError, ValueError):
        return bool(_about(folder)["engine"] == ox.__version__)
    return False


def size(folder: Path) -> int:
    """How many quads a store holds, those of its default graph included."""
    return int(_about(folder)["quads"])


def _about(folder: Path) -> dict[str, str | int]:
    about: dict[str, str | int] = json.loads((folder / _ABOUT).read_text("utf-8"))
    return about


def make(folder: Path, fill: Callable[[ox.Store], None], sample: Sequence[ox.Quad]) -> None:
    """Make a store, which `fill` is given empty, beside its folder first, then in its place.

    The sample is of its quads, any one as likely as another: `SAMPLED` of them, if there are so
    many. Who else makes the same meanwhile has made it as well.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        work.mkdir()
        store = ox.Store(work / _DATA)
        fill(store)
        store.optimize()
        store.flush()
        about = {"engine": ox.__version__, "quads": len(store)}
        del store
        (work / _SAMPLE).write_bytes(ox.serialize(sample, format=ox.RdfFormat.N_QUADS) or b"")
        (work / _ABOUT).write_text(json.dumps(about), "utf-8")
        _tidy(work)
        if folder.exists() and not exists(folder):
            shutil.rmtree(folder)
        try:
            work.rename(folder)
        except OSError:
            # one that somebody else has put there meanwhile stays
            if not exists(folder):
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _tidy(folder: Path) -> None:
    """Have the engine remove what it wrote and no longer needs; SnapshotError if it does not.

    It does so by itself while a store is open to be written; nobody could read those files.
    """
    store = ox.Store(folder / _DATA)
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            open(folder)
        except SnapshotError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            break
    store.flush()


def open(folder: Path) -> ox.Store:
    """A store, to be read only, with all its files open; SnapshotError when it cannot be."""
    data = folder / _DATA
    try:
        _allow(sum(1 for _ in data.glob("*.sst")) + _SPARE)
        store = ox.Store.read_only(str(data))
        if Path("/proc/self/fd").is_dir():
            _open_all(store, data, folder / _SAMPLE)
    except (OSError, ValueError) as error:
        raise SnapshotError(f"{folder}: cannot be opened: {error}; make it again") from error
    return store


def _open_all(store: ox.Store, data: Path, sample: Path) -> None:
    """Read something of every file: the engine opens a file when it is first read."""
    missing = {one.name for one in data.glob("*.sst")} - _opened(data)
    quads = list(ox.parse(path=sample, format=ox.RdfFormat.N_QUADS)) if missing else []
    for start in range(0, len(quads), _STEP):
        for quad in quads[start : start + _STEP]:
            # one for each order in which the engine keeps quads
            subject, predicate, object_ = quad.subject, quad.predicate, quad.object
            if isinstance(quad.graph_name, ox.NamedNode):
                store.contains_named_graph(quad.graph_name)
            for graph in (quad.graph_name, ox.DefaultGraph(), None):
                next(store.quads_for_pattern(subject, None, None, graph), None)
                next(store.quads_for_pattern(None, predicate, object_, graph), None)
                next(store.quads_for_pattern(None, None, object_, graph), None)
        missing -= _opened(data)
        if not missing:
            return
    if missing:
        raise ValueError(f"{len(missing)} of its files hold nothing")


def _opened(data: Path) -> set[str]:
    """The names of those files in a folder that this process has open."""
    found = set()
    for one in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            target = one.readlink()
            if target.parent == data.resolve():
                found.add(target.name)
    return found


def _allow(wanted: int) -> None:
    """Let this process open so many files, if it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
