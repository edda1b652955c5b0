"""The index of what can be downloaded of a release, and the releases that are kept."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from kg.downloads.parts import SHAPES_PART
from kg.errors import NotFound, SnapshotError
from kg.settings import Settings
from kg.snapshot import CURRENT, DATA, MANIFEST

FOLDER = "downloads"
INDEX, PASSAGES = "index.json", "passages.nq"
EXAMPLES, CITED = "examples.json", "cited.json"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    """One file: `encoding` is gzip, zstd or empty; `counts` says how much it holds of what."""

    path: str
    part: str
    title: str
    format: str
    media_type: str
    encoding: str
    bytes: int
    sha256: str
    licence: str
    release: str
    counts: Mapping[str, int]

    @property
    def etag(self) -> str:
        """The strong validator of its bytes."""
        return f'"{self.sha256}"'

    @property
    def is_data(self) -> bool:
        """Whether the digest decides what it says: not so tables, made by questions, and shapes."""
        return self.part != SHAPES_PART and not self.counts.keys().isdisjoint(("triples", "quads"))


@dataclass(frozen=True)
class Index:
    """Every file of a release by its path; of each passage, where it stands in PASSAGES."""

    release: str
    version: str
    licence: str
    files: Mapping[str, Entry]
    parts: Mapping[str, Mapping[str, str]]
    passages: Mapping[str, tuple[int, int]]
    temporal: tuple[str, str] | None = None

    def to_json(self) -> bytes:
        """The index as it stands beside the files."""
        whole = {**asdict(self), "files": [asdict(one) for one in self.files.values()]}
        return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()

    def variants(self, entry: Entry) -> list[Entry]:
        """A plain file and its compressed forms, which may stand for it as content encodings."""
        names = [entry.path, *(f"{entry.path}.{suffix}" for suffix in ("gz", "zst"))]
        return [self.files[name] for name in names if name in self.files]


def read_index(text: bytes) -> Index:
    """The index that some JSON is."""
    whole = json.loads(text)
    files = [Entry(**one) for one in whole.pop("files")]
    passages = {name: (start, end) for name, (start, end) in whole.pop("passages").items()}
    span = whole.pop("temporal")
    return Index(
        **whole,
        files={one.path: one for one in files},
        passages=passages,
        temporal=(span[0], span[1]) if span else None,
    )


@dataclass(frozen=True)
class Release:
    """A snapshot that is kept, as far as its files tell: no store is opened."""

    digest: str
    path: Path
    manifest: Mapping[str, Any] = field(repr=False)
    is_current: bool = False

    @property
    def made(self) -> str:
        """When it was built (ISO 8601)."""
        return str(self.manifest["made"])

    @property
    def moment(self) -> datetime:
        """When it was built."""
        return datetime.fromisoformat(self.made).astimezone(UTC)

    @property
    def has_index(self) -> bool:
        """Whether it was built with downloads."""
        return (self.path / FOLDER / INDEX).is_file()

    @cached_property
    def index(self) -> Index:
        """What can be downloaded of it; NotFound for one built before there were downloads."""
        try:
            return read_index((self.path / FOLDER / INDEX).read_bytes())
        except FileNotFoundError as error:
            message = f"release {self.digest} was built without downloads: build its commit again"
            raise NotFound(message) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SnapshotError(f"{self.path / FOLDER / INDEX}: not an index") from error

    @cached_property
    def examples(self) -> list[dict[str, Any]]:
        """The project's questions as they can be run anywhere, with their default values."""
        found: list[dict[str, Any]] = self._read(EXAMPLES, [])
        return found

    @cached_property
    def cited(self) -> dict[str, dict[str, Any]]:
        """What citations need: titles of pages, labels of passages, and about sources."""
        empty: dict[str, dict[str, Any]] = {"titles": {}, "passages": {}, "sources": {}}
        found: dict[str, dict[str, Any]] = self._read(CITED, empty)
        return found

    def _read(self, name: str, otherwise: Any) -> Any:
        path = self.path / FOLDER / name
        try:
            return json.loads(path.read_bytes())
        except FileNotFoundError:
            return otherwise
        except (OSError, ValueError) as error:
            raise SnapshotError(f"{path}: cannot be read") from error

    def file(self, entry: Entry) -> Path:
        """Where the bytes of a file of the index are."""
        return self.path / FOLDER / entry.path

    def passage(self, name: str) -> bytes:
        """What a passage says, as N-Quads; NotFound for a passage that there is not."""
        where = self.index.passages.get(name)
        if where is None:
            raise NotFound(f"no passage {name!r} in this release")
        with (self.path / FOLDER / PASSAGES).open("rb") as file:
            file.seek(where[0])
            return file.read(where[1] - where[0])


def _stamp(path: Path) -> tuple[int, int]:
    """When the index and the manifest were last written; 0 where there is no index."""
    index = path / FOLDER / INDEX
    written = index.stat().st_mtime_ns if index.is_file() else 0
    return written, (path / MANIFEST).stat().st_mtime_ns


@lru_cache(maxsize=32)
def _read(path: Path, is_current: bool, _stamped: tuple[int, int]) -> Release:
    """The release in a directory as it was at some time: reading its index takes a while."""
    manifest = json.loads((path / MANIFEST).read_bytes())
    return Release(path.name, path, manifest, is_current)


def read_release(path: Path, current: str | None = None) -> Release:
    """The release in a directory; SnapshotError when it is none."""
    try:
        found = _read(path, path.name == current, _stamp(path))
        if found.manifest["digest"] != path.name:
            raise ValueError("another digest")
        return found
    except OSError as error:
        raise SnapshotError(f"no release at {path}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{path / MANIFEST}: not a manifest") from error


def releases(settings: Settings) -> list[Release]:
    """The releases that the folder of snapshots holds, the current one first, then by time."""
    folder = settings.snapshots
    if not folder.is_dir():
        return []
    current = (folder / CURRENT).resolve().name if (folder / CURRENT).is_dir() else None
    found = [
        read_release(path, current)
        for path in sorted(folder.iterdir())
        if _DIGEST.fullmatch(path.name) and (path / MANIFEST).is_file() and (path / DATA).is_file()
    ]
    return sorted(found, key=lambda one: (one.is_current, one.moment), reverse=True)


def release(settings: Settings, digest: str) -> Release:
    """One of the releases by its whole digest; NotFound, which names those with files, for others.

    Whole, so that an address never means another release once a second one begins alike.
    """
    path = settings.snapshots / digest
    if _DIGEST.fullmatch(digest) and (path / MANIFEST).is_file():
        current = settings.snapshots / CURRENT
        return read_release(path, current.resolve().name if current.is_dir() else None)
    # of those from before there were downloads there is nothing to take away
    kept = ", ".join(one.digest for one in releases(settings) if one.has_index) or "none"
    message = f"this service does not hold the release {digest[:64]!r}; it has the files of {kept}"
    raise NotFound(message)


def by_part(files: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Files under the part that each of them is a form of, in their order."""
    found: dict[str, list[Entry]] = {}
    for one in files:
        found.setdefault(one.part, []).append(one)
    return found
