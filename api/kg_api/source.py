"""What a service serves: a snapshot, or RDF files as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kg import snapshot as snapshots
from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api.birth import Birth
from kg_api.reading import MEMORY_QUADS, OWN, UNION, read_files

__all__ = ["OWN", "UNION", "Source", "read_files"]


@dataclass(frozen=True)
class Source:
    """A snapshot's directory, or files.

    The default graph of files is their own (`own`), or the union of all graphs (`union`). `project`
    is the folder that has the named queries. Files of more than `memory_quads` are read from a
    store in `store_folder`, else in the user's cache. `birth` is a zygote that loads it already.
    """

    path: Path | None = None
    files: tuple[Path, ...] = ()
    default_graph: str = OWN
    project: Path | None = None
    memory_quads: int = MEMORY_QUADS
    store_folder: Path | None = None
    birth: Birth | None = field(default=None, compare=False, repr=False)

    def open(self) -> Snapshot:
        """Load it; SnapshotError or DataError when it cannot be."""
        if self.path is None:
            return read_files(self.files, self.default_graph, self.memory_quads, self.store_folder)
        project = self.project or self.path
        # an external store and its password are the environment's, which a child process inherits
        settings = replace(Settings.from_env(), project=project, snapshots=self.path.parent)
        return snapshots.open(self.path, settings)

    def pack(self) -> dict[str, Any]:
        """It as JSON can hold it."""
        return {
            "path": None if self.path is None else str(self.path),
            "files": [str(one) for one in self.files],
            "default_graph": self.default_graph,
            "project": None if self.project is None else str(self.project),
            "memory_quads": self.memory_quads,
            "store_folder": None if self.store_folder is None else str(self.store_folder),
        }

    @classmethod
    def unpack(cls, packed: Mapping[str, Any]) -> "Source":
        """The source that was packed."""
        path, project, folder = (packed[name] for name in ("path", "project", "store_folder"))
        return cls(
            path=None if path is None else Path(path),
            files=tuple(Path(one) for one in packed["files"]),
            default_graph=packed["default_graph"],
            project=None if project is None else Path(project),
            memory_quads=packed["memory_quads"],
            store_folder=None if folder is None else Path(folder),
        )
