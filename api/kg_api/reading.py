"""RDF files as they are: read into memory, or, where they are large, into a store on disk, once."""

import hashlib
import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from kg import disk
from kg.engine import Local
from kg.errors import DataError, SnapshotError, UsageError
from kg.settings import find_cache
from kg.snapshot import Snapshot

OWN, UNION = "own", "union"
MEMORY_QUADS = 1_000_000
_LINES = (ox.RdfFormat.N_QUADS, ox.RdfFormat.N_TRIPLES)
# bytes of a statement in Turtle and the like, more or less
_STATEMENT = 50
_log = logging.getLogger("kg_api.reading")


def read_files(
    files: Sequence[Path],
    default_graph: str = OWN,
    memory_quads: int = MEMORY_QUADS,
    folder: Path | None = None,
) -> Snapshot:
    """A snapshot of RDF files, unchecked; DataError for one that is not RDF.

    Its digest is that of the files' bytes in the order given. With more than `memory_quads` it is
    read from a store on disk, which is made in the folder the first time and found the next.
    """
    formats = [_format(path) for path in files]
    folder = folder or find_cache() / "stores"
    stamp = folder / f"{_stamp(files)}.digest"
    try:
        digest = stamp.read_text("ascii") if stamp.is_file() else None
    except OSError:
        digest = None
    kept = folder / f"{digest}-{default_graph}"
    # a store that was made is used while files like these are too many for memory
    if digest is not None and disk.exists(kept) and disk.size(kept) > memory_quads:
        return _snapshot(Local(disk.open(kept), on_disk=True), digest, files, default_graph)
    large = _exceed(files, formats, memory_quads)
    digest = _digest(files)
    fill = partial(_fill, files=files, default_graph=default_graph)
    if not large:
        store = ox.Store()
        fill(store)
        return _snapshot(Local(store), digest, files, default_graph)
    kept = folder / f"{digest}-{default_graph}"
    try:
        if not disk.exists(kept):
            _log.warning("loading more than %s quads, once, into %s", f"{memory_quads:,}", kept)
            disk.make(kept, fill, _sample(files))
        stamp.write_text(digest, "ascii")
    except OSError as error:
        where = error.filename or kept
        raise SnapshotError(f"cannot write {where}: {error.strerror or error}") from error
    return _snapshot(Local(disk.open(kept), on_disk=True), digest, files, default_graph)


def _snapshot(engine: Local, digest: str, files: Sequence[Path], default_graph: str) -> Snapshot:
    names = [str(path) for path in files]
    manifest = {"digest": digest, "files": names, "default_graph": default_graph}
    return Snapshot(engine, digest, manifest)


def _format(path: Path) -> ox.RdfFormat:
    found = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
    if found is None:
        raise UsageError(f"{path}: no RDF format has this suffix")
    return found


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(f"cannot be read: {error.strerror or error}", path)


def _fill(store: ox.Store, files: Sequence[Path], default_graph: str) -> None:
    """Load files into an empty store."""
    for path in files:
        try:
            base = path.absolute().as_uri()
            # blank nodes of two files are never one: both ways rename them
            if default_graph == OWN:
                store.bulk_load(path=path, format=_format(path), base_iri=base)
            else:
                store.bulk_extend(_with_union(path, base))
        except SyntaxError as error:
            raise DataError(f"not RDF: {error.msg}", path, error.lineno) from error
        except OSError as error:
            raise _unreadable(path, error) from error


def _with_union(path: Path, base: str) -> Iterator[ox.Quad]:
    """The quads of a file, and those of named graphs in the default graph, too."""
    for quad in ox.parse(path=path, format=_format(path), base_iri=base, rename_blank_nodes=True):
        yield quad
        if isinstance(quad.graph_name, ox.NamedNode):
            yield ox.Quad(quad.subject, quad.predicate, quad.object)


def _sample(files: Sequence[Path]) -> list[ox.Quad]:
    """Quads of files: where a line is a statement, some lines, else one of so many statements."""
    chooser = random.Random(1)  # noqa: S311 - a sample
    total = sum(path.stat().st_size for path in files)
    found: list[ox.Quad] = []
    for path in files:
        format_, size = _format(path), path.stat().st_size
        wanted = disk.SAMPLED * size // total + 1
        if format_ not in _LINES:
            quads = ox.parse(path=path, format=format_, base_iri=path.absolute().as_uri())
            found.extend(islice(quads, 0, None, max(1, size // _STATEMENT // wanted)))
            continue
        with path.open("rb") as file:
            for _ in range(wanted):
                file.seek(chooser.randrange(size))
                file.readline()
                with suppress(SyntaxError):
                    found.extend(ox.parse(file.readline(), format=format_))
    chooser.shuffle(found)
    return found


def _stamp(files: Sequence[Path]) -> str:
    """What files that nobody has touched have in common: the long way is to read them."""
    found = hashlib.sha256()
    for path in files:
        try:
            stat = path.stat()
        except OSError as error:
            raise _unreadable(path, error) from error
        about = (str(path.absolute()), stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        found.update(repr(about).encode())
    return found.hexdigest()


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        try:
            with path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
        except OSError as error:
            raise _unreadable(path, error) from error
    return digest.hexdigest()


def _exceed(files: Sequence[Path], formats: Sequence[ox.RdfFormat], bound: int) -> bool:
    """Whether files have more statements than a bound; no more of them is read than it takes."""
    left = bound
    try:
        # no statement is shorter than an object and the sign after it
        if sum(path.stat().st_size for path in files) <= 2 * bound:
            return False
        for path, format_ in zip(files, formats, strict=True):
            if format_ in _LINES:
                with path.open("rb") as file:
                    while left >= 0 and (chunk := file.read(1 << 20)):
                        left -= chunk.count(b"\n")
            else:
                quads = ox.parse(path=path, format=format_, base_iri=path.absolute().as_uri())
                left -= sum(1 for _ in islice(quads, left + 1))
            if left < 0:
                return True
    except (SyntaxError, OSError):
        # said with more care when it is loaded
        return False
    return False
