"""What a worker cannot do even when nothing stands before the engine, and what it dies of alone."""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import kg
from kg_api.jobs import Crashed, Failed, OutOfMemory, Overloaded, TimedOut, TooLarge
from kg_api.pool import Limits
from kg_api.source import Source
from pooling import ENDLESS, Asked, alive, asked, quick

MEMORY = 256 << 20


@pytest.fixture(scope="module")
def pool(real_snapshot: kg.Snapshot) -> Iterator[Asked]:
    limits = Limits(workers_min=2, workers_max=4, memory=MEMORY, long_jobs=2)
    with asked(Source(real_snapshot.path, project=real_snapshot.project), limits) as opened:
        yield opened


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A listener on loopback that must never be called."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        opened.listen()
        opened.settimeout(0.05)
        yield opened


def port(listener: socket.socket) -> int:
    """Where it listens."""
    number: int = listener.getsockname()[1]
    return number


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <%s> { ?s ?p ?o } }",
        "SELECT * { VALUES ?e { <%s> } SERVICE ?e { ?s ?p ?o } }",
        "SELECT * { { SELECT * { OPTIONAL { SERVICE SILENT <%s> { ?s ?p ?o } } } } }",
        "ASK { FILTER EXISTS { SERVICE <%s> { ?s ?p ?o } } }",
        r"ASK { \u0053ERVICE <%s> { ?s ?p ?o } }",
        "SELECT * { BIND(IRI('%s') AS ?e) SERVICE SILENT ?e { ?s ?p ?o } }",
        "CONSTRUCT { ?s ?p ?o } { MINUS { SERVICE SILENT <%s> { ?s ?p ?o } } ?s ?p ?o } LIMIT 1",
        "SELECT * FROM <%s> { ?s ?p ?o }",
        "SELECT * FROM NAMED <%s> { GRAPH ?g { ?s ?p ?o } }",
    ],
)
def test_the_engine_reaches_nobody(pool: Asked, listener: socket.socket, text: str) -> None:
    """Whatever the guard might miss, no query calls anybody, by address or by name."""
    for host in ("127.0.0.1", "localhost", "[::1]"):
        query = text.replace("%s", f"http://{host}:{port(listener)}/")
        with contextlib.suppress(Failed):
            pool.do("raw", 5, text=query)
    with pytest.raises(TimeoutError):
        listener.accept()


def test_a_worker_reaches_nobody(pool: Asked, listener: socket.socket, tmp_path: Path) -> None:
    """No socket and no file can be opened in a worker, by any code; none written, none read."""
    here = tmp_path / "a.ttl"
    here.write_text("<x:a> <x:b> <x:c> .", "utf-8")
    for kind, args in (
        ("connect", {"port": port(listener)}),
        ("read", {"path": str(here)}),
        ("write", {"path": str(tmp_path / "b.ttl")}),
    ):
        with pytest.raises(Failed):
            pool.do(kind, 5, **args)
    with pytest.raises(TimeoutError):
        listener.accept()
    assert not (tmp_path / "b.ttl").exists()
    assert pool.do("descriptors").body.endswith(b"and no more")


@pytest.mark.parametrize("address", ["a.ttl", "{0}", "file://{0}", "file:{0}", "../a.ttl"])
def test_no_file_is_read(pool: Asked, tmp_path: Path, address: str) -> None:
    """A file named in FROM is an empty graph: with the guard before the engine, and without."""
    here = tmp_path / "a.ttl"
    here.write_text("<x:a> <x:b> <x:c> .", "utf-8")
    for text in (
        "ASK FROM <{}> {{ ?s ?p ?o }}",
        "ASK FROM NAMED <{}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    ):
        query = text.format(address.format(here))
        try:
            assert pool.do("raw", 5, text=query).body == b"False"
        except Failed:
            # a relative IRI has no meaning here
            assert ":" not in address
        if ":" in address:
            assert b"false" in pool.ask(query).body


def test_memory_bombs_die_alone(pool: Asked) -> None:
    """A job that wants too much memory ends with the limit named; the others do not end."""
    slow = pool.start("sparql", 3, text=ENDLESS)
    big = "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?c), STR(?d))) AS ?x) { ?s ?a ?b . ?t ?c ?d }"
    for kind, args in (
        ("allocate", {"megabytes": 2000}),
        ("raw", {"text": big}),
        ("raw", {"text": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"}),
        ("raw", {"text": "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f }"}),
    ):
        with pytest.raises(OutOfMemory) as caught:
            pool.do(kind, 20, **args)
        assert (caught.value.limit, caught.value.status) == ("memory", 503)
        assert pool.light() < 1
    assert pool.do("allocate", megabytes=64).body == str(64 << 20).encode()
    assert isinstance(slow.exception(5), TimedOut)


def test_memory_comes_back(pool: Asked) -> None:
    """A worker that has had much memory makes room for one that has not."""
    for _ in range(6):
        pool.do("allocate", megabytes=180)
    pool.light()

    def private() -> int:
        total = 0
        for worker in pool.workers():
            for line in Path(f"/proc/{worker}/smaps_rollup").read_text("ascii").splitlines():
                if line.startswith("Private_Dirty:"):
                    total += int(line.split()[1]) << 10
        return total

    assert private() < 64 << 20


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * WHERE " + "{" * 40_000 + "}" * 40_000,
        "ASK { FILTER(" + "(" * 40_000 + "1" + ")" * 40_000 + ") }",
        "ASK { FILTER(" + "!" * 80_000 + "true) }",
        "ASK { ?s " + "a/" * 80_000 + "a ?o }",
        "ASK { {}" + "UNION{}" * 40_000 + " }",
    ],
    ids=["braces", "parentheses", "not", "path", "unions"],
)
def test_the_parser_falls_alone(pool: Asked, text: str) -> None:
    """Text that overflows the engine's stack ends a worker; its sender is told, others go on."""
    with pytest.raises((Crashed, OutOfMemory, Failed, TimedOut)) as caught:
        pool.do("raw", 10, text=text)
    if isinstance(caught.value, Crashed):
        assert caught.value.status == 400
    assert pool.light() < 1


RUNAWAYS = {
    "count": ENDLESS,
    "order": "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f LIMIT 1",
    "group": "SELECT ?a (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a",
    "distinct": "SELECT (COUNT(DISTINCT *) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "closure": "SELECT (COUNT(*) AS ?n) { ?a (!rdf:type|^!rdf:type)* ?b . ?b (!rdf:x)* ?c }",
    "regex": (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f "
        "FILTER(REGEX(CONCAT(STR(?c), STR(?f)), '(.*a){12}(.*b){12}z$')) }"
    ),
    "values": "SELECT (COUNT(*) AS ?n) { " + " ".join(
        f"VALUES ?v{one} {{ {' '.join(map(str, range(400)))} }}" for one in range(6)
    ) + " }",
    "construct": "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "minus": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f MINUS { ?g ?b ?i . ?d ?h ?j } }",
    "optional": "SELECT * { ?a ?b ?c OPTIONAL { ?d ?e ?f . ?g ?h ?i FILTER(?c = ?i && ?f = 1) } }",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(RUNAWAYS))
def test_runaways_are_over_in_time(pool: Asked, name: str) -> None:
    """A query without end is over at its timeout, and light ones beside it are quick."""
    begun = time.perf_counter()
    job = pool.start("sparql", 0.8, text=RUNAWAYS[name], max_rows=1_000_000, max_bytes=50_000_000)
    beside = []
    while not job.done():
        beside.append(pool.light())
        time.sleep(0.02)
    assert time.perf_counter() - begun < 1.8
    assert quick(beside)
    # none comes to an answer; some come to the end of memory before that of time
    assert isinstance(job.exception(), TimedOut | OutOfMemory | TooLarge)


def test_many_kinds_of_runaways_at_once(pool: Asked) -> None:
    """All of them together, twice: refused or ended in time, light queries quick, no one left."""
    begun = time.perf_counter()
    jobs = [pool.start("sparql", 1.0, text=one) for one in [*RUNAWAYS.values()] * 2]
    beside = []
    while not all(job.done() for job in jobs):
        beside.append(pool.light())
        time.sleep(0.01)
    assert time.perf_counter() - begun < 2
    assert quick(beside)
    ends = [job.exception() for job in jobs]
    assert all(isinstance(one, TimedOut | Overloaded | OutOfMemory) for one in ends)
    workers = pool.workers()
    assert len(workers) <= 4
    assert all(alive(one) for one in workers)
