"""Stores on disk: made where data is large, found again, and as safe to ask as those in memory."""

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from conftest import quick_build
from kg import disk
from kg.engine import Local
from kg.errors import DataError, KgError
from kg.settings import Settings
from kg_api.jobs import Failed, TimedOut
from kg_api.pool import Limits
from kg_api.reading import read_files
from kg_api.source import Source
from pooling import Asked, asked

FEW = 1000
GRAPHS = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
LONG = (
    "SELECT (COUNT(*) AS ?n) { GRAPH ?x { ?a ?b ?c } GRAPH ?y { ?d ?e ?f } GRAPH ?z { ?g ?h ?i } }"
)
ALL = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 2000"


def on_disk(snapshot: kg.Snapshot) -> bool:
    """Whether a snapshot is read from a store on disk."""
    return isinstance(snapshot.engine, Local) and snapshot.engine.on_disk


@pytest.fixture(scope="module")
def files(real_snapshot: kg.Snapshot, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The data of the real graph, as somebody's file."""
    assert real_snapshot.path is not None
    path = tmp_path_factory.mktemp("files") / "data.nq"
    shutil.copy(real_snapshot.path / "data.nq", path)
    return (path,)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where stores of files are kept."""
    return tmp_path_factory.mktemp("stores")


@pytest.fixture(scope="module")
def pool(files: tuple[Path, ...], folder: Path) -> Iterator[Asked]:
    """Workers over a store on disk."""
    source = Source(files=files, memory_quads=FEW, store_folder=folder)
    with asked(source, Limits(workers_min=2, workers_max=4, memory=256 << 20)) as opened:
        yield opened


def test_a_large_snapshot_has_a_store(small: Settings) -> None:
    """Above the bound a build makes a store; what is asked is answered alike without the data."""
    plain = quick_build(small)
    before = kg.open(plain.path)
    assert not on_disk(before)
    again = quick_build(replace(small, memory_quads=1))
    assert again.path == plain.path
    after = kg.open(again.path)
    assert on_disk(after)
    assert after.digest == before.digest
    assert after.graphs == before.graphs
    for question in (GRAPHS, ALL):
        assert after.query(question) == before.query(question)
    for label in {found.label for found in before.find("a")}:
        exact = {one.iri for one in before.find(label) if one.rank[0] == 0}
        assert exact <= {one.iri for one in after.find(label)}
    for iri in (quad.subject.value for quad in before.store):
        assert after.names.label(iri) == before.names.label(iri)
    shutil.rmtree(again.path / disk.FOLDER)
    assert not on_disk(kg.open(again.path))


@pytest.mark.parametrize("default_graph", ["own", "union"])
def test_large_files_are_read_once(
    files: tuple[Path, ...], tmp_path: Path, default_graph: str
) -> None:
    """Their store is found the next time; it holds what memory would, and nothing is left over."""
    memory = read_files(files, default_graph)
    first = read_files(files, default_graph, FEW, tmp_path)
    assert (on_disk(memory), on_disk(first)) == (False, True)
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_dir()) == [
        f"{first.digest}-{default_graph}"
    ]
    made = (tmp_path / f"{first.digest}-{default_graph}").stat().st_mtime_ns
    second = read_files(files, default_graph, FEW, tmp_path)
    assert (tmp_path / f"{first.digest}-{default_graph}").stat().st_mtime_ns == made
    assert memory.digest == first.digest == second.digest
    for question in (GRAPHS, ALL):
        assert memory.query(question) == first.query(question) == second.query(question)
    assert not on_disk(read_files(files, default_graph, 10**6, tmp_path))


def test_files_that_change_are_read_again(tmp_path: Path) -> None:
    """Another content is another store, whatever the file is called."""
    path = tmp_path / "a.ttl"
    counts = []
    for number in (30, 40):
        path.write_text("".join(f"<x:{n}> <x:p> {n} .\n" for n in range(number)), "utf-8")
        opened = read_files((path,), "own", 20, tmp_path / "stores")
        assert on_disk(opened)
        counts.append(len(opened.store))
    assert counts == [30, 40]


def test_files_that_are_no_rdf_leave_nothing(
    tmp_path: Path, refused: Callable[[Callable[[], object]], KgError]
) -> None:
    """The error names file and line; no store and no half of one stays."""
    path = tmp_path / "a.nq"
    path.write_text("<x:a> <x:b> <x:c> .\n" * 50 + "what\n", "utf-8")
    for default_graph in ("own", "union"):
        with pytest.raises(DataError, match=r"a\.nq") as caught:
            read_files((path,), default_graph, 10, tmp_path / "stores")
        assert caught.value.line == 51
    assert list((tmp_path / "stores").iterdir()) == []


def test_every_file_is_open_before_descriptors_end(files: tuple[Path, ...], tmp_path: Path) -> None:
    """Whoever opens a store has all its files: none is opened by a query."""
    opened = read_files(files, "own", FEW, tmp_path)
    (data,) = tmp_path.glob("*/data")
    assert disk._opened(data) >= {one.name for one in data.glob("*.sst")}
    assert len(opened.store) > FEW


def test_workers_on_disk_open_nothing(pool: Asked, tmp_path: Path) -> None:
    """SERVICE calls nobody, nothing can be opened, and all the data answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.05)
        here = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(Failed):
            pool.do("raw", 5, text=f"SELECT * {{ SERVICE <{here}> {{ ?s ?p ?o }} }}")
        with pytest.raises(TimeoutError):
            listener.accept()
    assert pool.do("descriptors").body.endswith(b"and no more")
    with pytest.raises(Failed):
        pool.do("write", 5, path=str(tmp_path / "a"))
    every = pool.do("raw", 20, text="SELECT * { GRAPH ?g { ?s ?p ?o } }")
    assert int(every.body) > FEW


def test_workers_on_disk_are_replaced_at_once(pool: Asked) -> None:
    """After a kill the next query is answered as soon as it is in memory."""
    light = "ASK { GRAPH ?g { ?s a ?o } }"
    took = []
    for _ in range(5):
        with pytest.raises(TimedOut):
            pool.ask(LONG, 0.2)
        begun = time.perf_counter()
        assert pool.ask(light).status == 200
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.02


def test_a_store_of_another_engine_is_not_used(tmp_path: Path) -> None:
    """What another version wrote is made again, not read."""
    folder = tmp_path / "store"
    quad = ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:b"), ox.NamedNode("x:c"))
    disk.make(folder, lambda store: store.add(quad), [quad])
    assert (disk.exists(folder), disk.size(folder)) == (True, 1)
    about = folder / "about.json"
    about.write_text(about.read_text("utf-8").replace(ox.__version__, "0.0.0"), "utf-8")
    assert not disk.exists(folder)
    disk.make(folder, lambda store: store.add(quad), [quad])
    assert disk.exists(folder)
    assert list(tmp_path.iterdir()) == [folder]
