"""Two releases as sorted lines of canonical N-Quads: where they are, how they differ, patches.

A release's quads stand in code point order, one a line, so that two releases are compared in one
pass over both, holding nothing but what differs.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kg import snapshot as snapshots
from kg.errors import DataError, SnapshotError, UsageError
from kg.formats import canonical
from kg.names import BASE
from kg.settings import Settings

SNAPSHOT = BASE + "snapshot/"
_ID = re.compile(rb"H (id|prev) <" + SNAPSHOT.encode() + rb"([0-9a-f]{64})> \.\n?")


@dataclass(frozen=True)
class Version:
    """One side of a comparison: its digest, when it was built if that is known, and its quads."""

    digest: str
    made: str | None = None
    path: Path | None = None
    data: tuple[bytes, ...] | None = field(default=None, repr=False)

    @property
    def iri(self) -> str:
        """The IRI of the release."""
        return SNAPSHOT + self.digest

    def lines(self) -> Iterator[bytes]:
        """Its quads, a line each, in code point order."""
        if self.data is not None:
            yield from self.data
        elif self.path is not None:
            with self.path.open("rb") as file:
                yield from file


def _of_snapshot(folder: Path) -> Version:
    """A snapshot by its directory; SnapshotError when its data is not what its digest says."""
    try:
        about = json.loads((folder / snapshots.MANIFEST).read_text("utf-8"))
        digest, made = str(about["digest"]), about.get("made")
        with (folder / snapshots.DATA).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SnapshotError(f"{error.filename}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{folder / snapshots.MANIFEST}: not a manifest") from error
    if found != digest:
        raise SnapshotError(f"{folder / snapshots.DATA}: not what its digest says; build it again")
    return Version(digest, made, folder / snapshots.DATA)


def _of_file(path: Path) -> Version:
    """An N-Quads file, put into canonical form first, for it may have been written by others."""
    try:
        quads = list(ox.parse(path.read_bytes(), format=ox.RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise DataError(f"not N-Quads: {error.msg}", path, error.lineno) from error
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}", path) from error
    data = canonical(quads)
    return Version(hashlib.sha256(data).hexdigest(), None, path, tuple(data.splitlines(True)))


def version(which: str | Path | None, settings: Settings | None = None) -> Version:
    """One side: an N-Quads file (`.nq`), a snapshot's directory, a digest or the beginning of one.

    None is the current snapshot. SnapshotError or DataError for what there is not.
    """
    settings = Settings.from_env() if settings is None else settings
    if which is not None and Path(which).suffix == ".nq":
        return _of_file(Path(which))
    return _of_snapshot(snapshots.locate(which, settings))


def merge(one: Iterator[bytes], other: Iterator[bytes]) -> Iterator[tuple[bool, bytes]]:
    """The lines that only one of two sorted sequences has; True for those of the second.

    >>> list(merge(iter([b"a", b"b", b"d"]), iter([b"b", b"c", b"d"])))
    [(False, b'a'), (True, b'c')]
    """
    left, right = next(one, b""), next(other, b"")
    while left and right:
        if left == right:
            left, right = next(one, b""), next(other, b"")
        elif left < right:
            yield False, left
            left = next(one, b"")
        else:
            yield True, right
            right = next(other, b"")
    while left:
        yield False, left
        left = next(one, b"")
    while right:
        yield True, right
        right = next(other, b"")


def differing(before: Version, after: Version) -> Iterator[tuple[bool, bytes]]:
    """The quads that only one of two releases has, as lines; True for those that were added."""
    if before.digest != after.digest:
        yield from merge(before.lines(), after.lines())


def patch(before: Version, after: Version) -> Iterator[bytes]:
    """What makes the second release of the first, in the form of RDF Patch.

    Headers name the digests: `prev` what it is for, `id` what comes of it.
    """
    yield f"H id <{after.iri}> .\nH prev <{before.iri}> .\nTX .\n".encode()
    for added, line in differing(before, after):
        yield (b"A " if added else b"D ") + line
    yield b"TC .\n"


def read_patch(lines: Iterable[bytes]) -> tuple[dict[str, str], set[bytes], set[bytes]]:
    """The digests that a patch names, and the quads that it deletes and adds.

    DataError for what is no RDF Patch of quads, and for one that ends before its transaction does.
    """
    digests: dict[str, str] = {}
    deleted: set[bytes] = set()
    added: set[bytes] = set()
    state = ""
    for number, line in enumerate(lines, 1):
        operation, _, rest = line.partition(b" ")
        if operation == b"H" and not state:
            if found := _ID.fullmatch(line):
                digests[found[1].decode()] = found[2].decode()
        elif line.strip() == b"TX ." and state != "TX":
            state = "TX"
        elif line.strip() == b"TC ." and state == "TX":
            state = "TC"
        elif operation in (b"A", b"D") and state == "TX":
            into, other = (added, deleted) if operation == b"A" else (deleted, added)
            into.add(rest)
            other.discard(rest)
        elif line.strip():
            raise DataError(f"line {number}: not a line of RDF Patch here: {line[:60]!r}")
    if state != "TC":
        raise DataError("the patch is not whole: its last line must be TC .")
    return digests, deleted, added


def apply_patch(before: Version | bytes, text: bytes) -> bytes:
    """The quads of a release with a patch applied: canonical N-Quads of the next release.

    UsageError for a patch that was made for another release, or that deletes what is not there, or
    adds what is; SnapshotError if its result is not what it promises.
    """
    whole = before if isinstance(before, bytes) else b"".join(before.lines())
    digests, deleted, added = read_patch(text.splitlines(True))
    digest = hashlib.sha256(whole).hexdigest()
    if digests.get("prev", digest) != digest:
        raise UsageError(f"the patch is for {digests['prev']}, not for {digest}")
    kept = set(whole.splitlines(True))
    if deleted - kept or added & kept:
        raise UsageError("the patch deletes what is not there, or adds what is")
    made = b"".join(sorted((kept - deleted) | added))
    if digests.get("id", "") not in ("", hashlib.sha256(made).hexdigest()):
        raise SnapshotError("the patch was applied, but its result is not what it promises")
    return made
