"""What a service serves: a snapshot, or RDF files as they are."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import snapshot as snapshots
from kg.engine import Local
from kg.errors import DataError, UsageError
from kg.settings import Settings
from kg.snapshot import Snapshot
from kg_api.birth import Birth

OWN, UNION = "own", "union"


@dataclass(frozen=True)
class Source:
    """A snapshot's directory, or files.

    The default graph of files is their own (`own`), or the union of all graphs (`union`). `project`
    is the folder that has the named queries. `birth` is a zygote that loads it already.
    """

    path: Path | None = None
    files: tuple[Path, ...] = ()
    default_graph: str = OWN
    project: Path | None = None
    birth: Birth | None = field(default=None, compare=False, repr=False)

    def open(self) -> Snapshot:
        """Load it; SnapshotError or DataError when it cannot be."""
        if self.path is None:
            return read_files(self.files, self.default_graph)
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
        }

    @classmethod
    def unpack(cls, packed: Mapping[str, Any]) -> "Source":
        """The source that was packed."""
        return cls(
            path=None if packed["path"] is None else Path(packed["path"]),
            files=tuple(Path(one) for one in packed["files"]),
            default_graph=packed["default_graph"],
            project=None if packed["project"] is None else Path(packed["project"]),
        )


def read_files(files: tuple[Path, ...], default_graph: str = OWN) -> Snapshot:
    """A snapshot of RDF files, unchecked; DataError for one that is not RDF.

    Its digest is that of the files' bytes in the order given.
    """
    digest = hashlib.sha256()
    store = ox.Store()
    for path in files:
        format_ = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
        if format_ is None:
            raise UsageError(f"{path}: no RDF format has this suffix")
        try:
            data = path.read_bytes()
            digest.update(data)
            # blank nodes of two files are never one: the loader renames them
            store.bulk_load(data, format_, base_iri=path.absolute().as_uri())
        except SyntaxError as error:
            raise DataError(f"not RDF: {error.msg}", path, error.lineno) from error
        except OSError as error:
            raise DataError(f"cannot be read: {error.strerror or error}", path) from error
    if default_graph == UNION:
        named = (quad for quad in store if isinstance(quad.graph_name, ox.NamedNode))
        store.bulk_extend([ox.Quad(q.subject, q.predicate, q.object) for q in named])
    manifest = {
        "digest": digest.hexdigest(),
        "files": [str(path) for path in files],
        "default_graph": default_graph,
    }
    return Snapshot(Local(store), digest.hexdigest(), manifest)
