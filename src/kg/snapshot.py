"""A snapshot, opened: its store, its manifest, and what can be asked of it."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg import disk, formats, guard, sources
from kg import query as queries
from kg.engine import Dataset, Engine, Local
from kg.errors import NotFound, SnapshotError, UsageError
from kg.evidence import find_copy
from kg.http import Address, Connection
from kg.lookup import Candidate, Names
from kg.names import PREFIXES, expand
from kg.remote import Remote
from kg.results import Result
from kg.settings import Settings

if TYPE_CHECKING:  # rdflib is slow to import, and wanted by few
    import rdflib

DATA, MANIFEST, CURRENT = "data.nq", "manifest.json", "current"
LAYOUT = "layout.json"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass
class Snapshot:
    """One immutable state of the graph.

    `engine` evaluates what is asked: it holds the named graphs, and in its default graph their
    union as a set.
    """

    engine: Engine = field(repr=False)
    digest: str
    manifest: Mapping[str, Any] = field(repr=False)
    path: Path | None = None
    project: Path | None = field(default=None, repr=False)
    # the text copies that the settings name, by the SHA-256 that their sources have
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def store(self) -> ox.Store:
        """The embedded engine's store; UsageError where another engine holds the graphs."""
        if not isinstance(self.engine, Local):
            raise UsageError("the graphs are in an external store: there is none in this process")
        return self.engine.store

    @cached_property
    def names(self) -> Names:
        """The names of all things, read on first use."""
        return Names(self.engine)

    @cached_property
    def graphs(self) -> dict[str, str]:
        """Every named graph and its kind, in the order of their IRIs."""
        return {iri: sources.kind_of(iri) for iri in self.engine.graphs()}

    @cached_property
    def positions(self) -> Mapping[str, Mapping[str, tuple[float, float]]]:
        """Where the nodes of each whole projection stand, as its build left it; else nothing."""
        try:
            text = "" if self.path is None else (self.path / LAYOUT).read_text("utf-8")
            found: dict[str, dict[str, tuple[float, float]]] = json.loads(text)
        except (OSError, ValueError):
            return {}
        return found

    def expand_graphs(self, graphs: Iterable[str]) -> frozenset[str]:
        """The stored graphs that some names stand for.

        A name is an IRI, a CURIE, or a kind: `graph:reported` and `reported` are all passages.
        """
        found: set[str] = set()
        for name in graphs:
            bare = f"graph:{name}" if name in sources.KINDS else name
            iri = expand(bare)
            kind = iri.removeprefix(PREFIXES["graph"])
            if kind in sources.KINDS and iri != kind:
                found.update(one for one, its in self.graphs.items() if its == kind)
            else:
                found.add(iri)
        return frozenset(found)

    def dataset_of(
        self, default: Iterable[str], named: Iterable[str] = ()
    ) -> tuple[ox.Store, list[str]]:
        """The embedded engine's store of a dataset, and the named graphs that it holds."""
        if not isinstance(self.engine, Local):
            raise UsageError("the graphs are in an external store: there is none in this process")
        asked = Dataset(self.expand_graphs(default), self.expand_graphs(named))
        return self.engine.merged(asked), sorted(asked.named)

    def query(
        self,
        question: str,
        params: Mapping[str, object] | None = None,
        lang: str | None = None,
        graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> Result:
        """The answer to a named query, or to SPARQL text.

        `graphs` names what the default graph shall hold, and goes before a FROM in the text (SPARQL
        1.1 Protocol, §2.1.4); entity parameters take IRI, CURIE, label or acronym.
        """
        return self.run(self.question(question), params, lang, graphs, named_graphs)

    def question(self, text: str) -> queries.Query:
        """The project's query of that name, or the text itself as a query."""
        if re.fullmatch(r"[a-z0-9/-]+", text.strip()):
            project = self.project or Settings.from_env().project
            return queries.named(project, text.strip())
        return queries.parse(text)

    def run(
        self,
        question: queries.Query,
        params: Mapping[str, object] | None = None,
        lang: str | None = None,
        graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> Result:
        """The answer to a query that is already read."""
        question, given = queries.spread(question, params or {}, self.names.resolve)
        values = queries.terms(question, given, lang, self.names.resolve)
        outline = guard.outline(question.text)
        if graphs is None and named_graphs is None:
            if not outline.names_dataset:
                return self.engine.ask(outline, values)
            graphs, named_graphs = outline.default_graphs, outline.named_graphs
        dataset = Dataset(self.expand_graphs(graphs or ()), self.expand_graphs(named_graphs or ()))
        return self.engine.ask(outline, values, dataset)

    def quads(self, kind: str | None = None, source: str | None = None) -> Iterator[ox.Quad]:
        """The quads of all named graphs, or of those of a kind, or of a source."""
        if kind is not None and kind not in sources.KINDS:
            raise UsageError(f"no kind of graph {kind!r}: {', '.join(sources.KINDS)}")
        wanted = [
            iri
            for iri, its in self.graphs.items()
            if kind in (None, its) and (source is None or _of_source(iri, source))
        ]
        if source is not None and not any(_of_source(iri, source) for iri in self.graphs):
            raise NotFound(f"no source {source!r} here")
        for iri in wanted:
            yield from self.engine.quads(graph=ox.NamedNode(iri))

    def export(
        self, format_: formats.Format | str, kind: str | None = None, source: str | None = None
    ) -> bytes:
        """The data in an RDF format: named graphs in N-Quads and TriG, the union in the others."""
        chosen = (
            formats.by_name(format_, formats.TRIPLES, formats.QUADS)
            if isinstance(format_, str)
            else format_
        )
        return formats.write(self.quads(kind, source), chosen)

    def find(self, text: str, lang: str = "en", limit: int | None = None) -> list[Candidate]:
        """Things that a text may mean, the likeliest first."""
        return self.names.find(text, lang, limit)

    def dataset(self) -> "rdflib.Dataset":
        """The same store as an rdflib Dataset."""
        from oxrdflib import OxigraphStore
        from rdflib import Dataset as RdflibDataset

        return RdflibDataset(store=OxigraphStore(store=self.store))


def _of_source(graph: str, source: str) -> bool:
    """Whether a graph is a passage or the evidence of a source."""
    return (
        graph.startswith(f"{PREFIXES['source']}{source}/")
        or graph == f"{PREFIXES['graph']}evidence/{source}"
    )


def locate(which: str | Path | None, settings: Settings) -> Path:
    """The directory of a snapshot: a path, a digest or the beginning of one, else the current."""
    if which is None:
        current = settings.snapshots / CURRENT
        if not current.is_dir():
            raise SnapshotError(f"no snapshot in {settings.snapshots}: run kg build first")
        # resolved once, so that a switch meanwhile does not mix two snapshots
        return current.resolve()
    if isinstance(which, Path) or "/" in which or not re.fullmatch(r"[0-9a-f]{6,64}", which):
        folder = Path(which)
        if not (folder / MANIFEST).is_file():
            raise SnapshotError(f"no snapshot at {which}")
        return folder.resolve()
    if not settings.snapshots.is_dir():
        raise SnapshotError(f"no snapshot {which} in {settings.snapshots}")
    found = [
        one
        for one in sorted(settings.snapshots.iterdir())
        if one.name.startswith(which) and _DIGEST.fullmatch(one.name)
    ]
    if len(found) != 1:
        raise SnapshotError(f"{len(found) or 'no'} snapshots begin with {which}")
    return found[0]


def _texts(manifest: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    """The texts of a snapshot's sources, where the settings name a place that has them."""
    if settings.source_text is None:
        return {}
    wanted = [str(one.get("sha256", "")) for one in manifest.get("sources", ())]
    found = (find_copy(one, settings.source_text, settings.project) for one in wanted if one)
    return {copy.sha256: copy.text for copy in found if copy is not None}


def _remote(settings: Settings, digest: str) -> Remote:
    """The external store that the settings name, which must hold this snapshot."""
    address = Address(
        settings.store,
        settings.store_graphs,
        settings.store_user,
        settings.store_password,
        settings.store_timeout,
    )
    return Remote(Connection(address), digest)


def open(which: str | Path | None = None, settings: Settings | None = None) -> Snapshot:
    """Open a snapshot: the current one, or the one at a path, or of a digest.

    SnapshotError when there is none, or when its data is not what its digest says. With a store in
    the settings no data is read: what is asked, is asked of the store. Nor is it where the snapshot
    is large, and has a store on disk, which is taken for what the build wrote.
    """
    settings = Settings.from_env() if settings is None else settings
    path = locate(which, settings)
    try:
        manifest = json.loads((path / MANIFEST).read_text("utf-8"))
        digest = str(manifest["digest"])
        whole = partial(
            Snapshot,
            digest=digest,
            manifest=manifest,
            path=path,
            project=settings.project,
            texts=_texts(manifest, settings),
        )
        if settings.store:
            return whole(_remote(settings, digest))
        if disk.exists(path / disk.FOLDER):
            return whole(Local(disk.open(path / disk.FOLDER), on_disk=True))
        with (path / DATA).open("rb") as data:
            found = hashlib.file_digest(data, "sha256").hexdigest()
    except OSError as error:
        raise SnapshotError(f"{error.filename}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{path / MANIFEST}: not a manifest") from error
    if found != digest:
        raise SnapshotError(f"{path / DATA}: not what its digest says; build it again")
    return whole(Local(sources.load_file(path / DATA)))
