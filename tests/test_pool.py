"""The pool: jobs are done, refused or ended, others do not notice, and nobody is left over."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import kg
from kg.errors import KgError, NotAllowed, QueryError, SnapshotError, UsageError
from kg_api import generation
from kg_api.evaluation import count_rows
from kg_api.glance import glance
from kg_api.jobs import (
    Failed,
    Job,
    NotAcceptable,
    Overloaded,
    TimedOut,
    TooLarge,
    pack_error,
    unpack_error,
)  # fmt: skip
from kg_api.lanes import HEAVY, UNKNOWN, Lanes, shape
from kg_api.lanes import LIGHT as LIGHT_LANE
from kg_api.pool import InProcess, Limits
from kg_api.source import Source
from kg_api.worker import JOB, Jobs
from pooling import ENDLESS, LIGHT, Asked, alive, asked, gone, quick

ALL = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def source(small_snapshot: kg.Snapshot) -> Source:
    return Source(small_snapshot.path, project=small_snapshot.project)


@pytest.fixture(scope="module")
def pool(source: Source) -> Iterator[Asked]:
    with asked(source, Limits(workers_min=2, workers_max=6, long_jobs=3, queue=16)) as opened:
        yield opened


def count(asked_: Asked, text: str, **args: object) -> int:
    """The number of rows of a query's answer."""
    return len(json.loads(asked_.ask(text, format="json", **args).body)["results"]["bindings"])


def test_queries_are_answered(pool: Asked, small_snapshot: kg.Snapshot) -> None:
    """A worker answers as the library does, in every format, and says which snapshot answered."""
    reply = pool.ask(LIGHT, accept="text/csv")
    assert (reply.status, reply.media_type) == (200, "text/csv; charset=utf-8")
    assert reply.body == b"o\r\nhttps://w3id.org/comity/ontology#Country\r\n"
    assert reply.digest == small_snapshot.digest
    assert pool.ask(LIGHT).media_type == "application/sparql-results+json"
    for name in ("json", "csv", "tsv", "xml"):
        mine = small_snapshot.query(ALL + " ORDER BY ?s ?p ?o")
        assert len(mine) == count_rows(pool.ask(ALL, format=name).body, name, 10)
    for name in ("ttl", "nt", "rdf", "jsonld", "nq", "trig"):
        assert b"beland" in pool.ask("DESCRIBE actor:beland", format=name).body
    assert pool.ask("ASK {}", format="csv").body == b"true\n"


def test_datasets_are_sets(pool: Asked) -> None:
    """Several default graphs are one set; kinds stand for graphs; an unknown graph is empty."""
    a, b = "source:ab-2024/data/a", "source:ab-2024/data/b"
    both = count(pool, ALL, default_graphs=[a, b])
    assert both == count(pool, ALL, default_graphs=["graph:reported"])
    # the statement that both passages make
    assert both == sum(count(pool, ALL, default_graphs=[one]) for one in (a, b)) - 1
    assert count(pool, "SELECT * FROM <https://example.org/> { ?s ?p ?o }") == 0
    named = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    assert count(pool, named, named_graphs=[a]) == count(pool, ALL, default_graphs=[a])
    assert count(pool, named, default_graphs=[a]) == 0
    assert count(pool, named, default_graphs=[a, b], named_graphs=[b]) == count(
        pool, ALL, default_graphs=[b]
    )
    with pytest.raises(UsageError):
        pool.ask(ALL, default_graphs=["https://example.org/<>"])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELECT * {\n ?s ?p }", QueryError),
        ("INSERT DATA { actor:a a actor:b }", NotAllowed),
        ("ASK { SERVICE <http://example.org/> {} }", NotAllowed),
        ("ASK { nowhere:x ?p ?o }", QueryError),
        ("", QueryError),
        ("(" * 20_000, QueryError),
    ],
)
def test_refusals_cross_as_they_are(pool: Asked, text: str, error: type[KgError]) -> None:
    """What the library refuses in a worker is refused alike here: class, words, line, column."""
    with pytest.raises(error) as caught:
        pool.ask(text)
    with pytest.raises(error) as mine:
        kg.snapshot.queries.run(kg.snapshot.ox.Store(), text)
    assert type(caught.value) is type(mine.value)
    assert str(caught.value) == str(mine.value)
    assert vars(caught.value) == vars(mine.value)


def test_results_are_never_cut_in_silence(pool: Asked) -> None:
    """Above a bound there is an error that names it; only `limit`, which the client gave, cuts."""
    for args in ({"max_rows": 5}, {"max_rows": 5, "limit": 6}, {"max_bytes": 500}):
        for text in (ALL, "CONSTRUCT WHERE { ?s ?p ?o }"):
            with pytest.raises(TooLarge) as caught:
                pool.ask(text, **args)
            assert caught.value.limit in args
            assert "LIMIT" in caught.value.detail
    for name in ("json", "csv", "tsv", "xml"):
        with pytest.raises(TooLarge):
            pool.ask(ALL, format=name, max_rows=5)
    cut = pool.ask(ALL, limit=3, max_rows=5)
    assert len(json.loads(cut.body)["results"]["bindings"]) == 3
    assert cut.headers == {"Comity-Truncated": "3"}
    assert pool.ask(LIGHT, limit=1).headers == {}
    triples = pool.ask("CONSTRUCT WHERE { ?s ?p ?o }", limit=3, format="nt")
    assert (triples.body.count(b"\n"), len(triples.headers)) == (3, 1)


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "xml"])
def test_a_limit_changes_no_row(pool: Asked, name: str) -> None:
    """What `limit=` leaves is written as it would be without: numbers, directions, triple terms."""
    text = (
        "SELECT * { VALUES ?x { 1 1.50 1e0 true 'a'@en-GB 'x'@ar--rtl '\\t\\n\\r\\\"<&,' UNDEF "
        "<x:é> <<( <x:a> <x:b> <<( <x:a> <x:b> 1 )>> )>> } }"
    )
    for one in (text, ALL):
        assert pool.ask(one, format=name, limit=1_000_000).body == pool.ask(one, format=name).body


def test_rows_are_counted_whatever_they_hold() -> None:
    """Line ends and braces in values are no rows."""
    store = kg.snapshot.ox.Store()
    text = 'SELECT ?a { VALUES ?a { "},{" "\\r\\n<result>" "x" UNDEF } }'
    for name in ("json", "csv", "tsv", "xml"):
        body = store.query(text).serialize(format=kg.formats.BY_NAME[name].results)
        assert count_rows(body, name, 0) == 4


def test_what_no_format_can_hold(pool: Asked) -> None:
    """A control character is an error in XML, which names JSON; no format at all is 406."""
    text = r"SELECT ?a { VALUES ?a { '\u0001' } }"
    assert pool.ask(text, format="json").status == 200
    with pytest.raises(UsageError, match="JSON"):
        pool.ask(text, format="xml")
    with pytest.raises(UsageError, match="JSON"):
        pool.ask(text, format="xml", limit=5)
    with pytest.raises(UsageError, match=r"<http://x/1>.*Turtle"):
        pool.ask("CONSTRUCT { <http://x/a> <http://x/1> 1 } {}", format="rdf")
    with pytest.raises(NotAcceptable):
        pool.ask(LIGHT, accept="image/png")


@pytest.mark.parametrize(
    ("text", "volatile"),
    [("SELECT (NOW() AS ?n) {}", True), ("SELECT (rand () AS ?n) {}", True), (LIGHT, False),
     ("SELECT ?knowledge { ?knowledge a comity:Country }", False)],
)  # fmt: skip
def test_volatile_answers_are_marked(pool: Asked, text: str, volatile: bool) -> None:
    """An answer that may differ the next time says so."""
    assert pool.ask(text).volatile is volatile


@pytest.mark.parametrize("new", ["[]", "_:x", "(1)", "[ ?p 1 ]", "<< ?s ?p 1 >>", "1 {| ?p 1 |}"])
def test_new_blank_nodes_are_marked(pool: Asked, new: str) -> None:
    """Blank nodes that a template makes have other names each time: nobody may keep them."""
    for text in (f"CONSTRUCT {{ ?s ?p {new} }} {{ ?s ?p ?o }}", f"CONSTRUCT{{?s ?p {new}}}{{}}"):
        assert pool.ask(text).volatile
    assert not pool.ask("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o, [] }").volatile


def test_a_glance_sees_what_the_tokeniser_sees() -> None:
    """Of a plain query form and dataset are those of the tokeniser; of another it says nothing."""
    for text in (
        LIGHT, "  prefix a: <x:y#> ask{ ?s a:b 'from me' }", "SELECT*{?s ?p ?o}", ALL,
        r"ASK { ?s ?p '\u0053' }", "ASK { SERVICE <x:y> {} }", "ASK FROM<x:y> { ?s ?p ?o }",
        "#\nASK {}", "ASK " + "{" * 200 + "}" * 200, "SELECT (NOW() AS ?n) {}", "INSERT DATA {}",
        "# SELECT\nINSERT DATA {}", "", "BASE <x:y> ASK {}", "PREFIX SELECT: <x:y> ASK {}",
    ):  # fmt: skip
        seen = glance(text)
        if seen is not None:
            whole = kg.guard.outline(text)
            assert (seen.form, seen.names_dataset, seen.volatile) == (
                whole.form, whole.names_dataset, whole.volatile,
            )  # fmt: skip
    assert glance(LIGHT) is not None
    assert glance(LIGHT + " # " + "long " * 200) is not None


def refused(text: str) -> bool:
    """Whether the tokeniser refuses a text for its size: what is no SPARQL the engine refuses."""
    try:
        kg.guard.outline(text)
    except QueryError as error:
        return "more than" in str(error)
    return False


@pytest.mark.parametrize("space", ["", " ", "#\n"])
@pytest.mark.parametrize(
    "one",
    [*sorted(kg.tokens.CHAINED), *(f" {one} " for one in sorted(kg.tokens.CHAINING)), " mInUs ",
     "?s?p?o.", ";", ",", "{", "(", "[", "<<", "<<(", "<<( ?s ?p 1 )>>", "{| ?p 1 |}", "{?s ?p 1}",
     "(1)", "<x:>", "x:a", "?x x:a"],
)  # fmt: skip
def test_a_glance_passes_nothing_that_the_tokeniser_refuses(one: str, space: str) -> None:
    """What chains, nests or lists too much is never plain, nor is what hides a forbidden word."""
    for times in (kg.tokens.MAX_DEPTH + 1, kg.tokens.MAX_PATTERNS + 1, kg.tokens.MAX_CHAIN + 1):
        text = "SELECT * {" + f"{one}{space}" * times + " ?s ?p ?o }"
        if refused(text):
            assert glance(text) is None
    for what in ("1", "true", "''1", "?x", "<x:>", ":a()", "1:''", "[]"):
        for times in (20, 34, 51, 60, 67, 70, 101, 120, 400):
            for text in (
                f"ASK{{?s ?p({what}{f'{one}{space}{what}{space}' * times})}}",
                f"ASK{{?s ?p({f'{what}{space}' * times})}}{one}",
                f"DESCRIBE {f'{what}{space}' * times}{one}",
            ):
                if refused(text):
                    assert glance(text) is None
    long = "SELECT * { " + "?s ?p ?o . " * 40
    assert glance(long + "SERVICE <x:y> {} }") is None
    assert glance(long + f"}} ORDER BY{space} RAND{space}()") is None


def test_large_jobs_and_answers(pool: Asked) -> None:
    """A job or an answer of many megabytes arrives whole, also beside others."""
    text = "é" * 3_000_000
    many = [pool.start("echo", text=text), *(pool.start("echo", text="a") for _ in range(10))]
    assert many[0].result(10).body.decode() == text
    assert {one.result(10).body for one in many[1:]} == {b"a"}


def test_what_lies_behind_a_slow_job_is_done_by_others(pool: Asked) -> None:
    """Jobs are handed to workers in advance: none of them waits for a slow one before it."""
    begun = time.perf_counter()
    slow = [pool.start("sparql", 2, text=f"{ENDLESS} LIMIT {n}") for n in range(2)]
    many = [pool.start("echo", text=f"{n}") for n in range(40)]
    assert [one.result(10).body for one in many] == [f"{n}".encode() for n in range(40)]
    assert time.perf_counter() - begun < 1
    for one in slow:
        with pytest.raises((TimedOut, Overloaded)):
            one.result(10)


def test_workers_let_others_go_first(pool: Asked) -> None:
    """A job that comes does not take the processor from whoever hands out the next one."""
    if hasattr(os, "SCHED_BATCH"):
        assert {os.sched_getscheduler(pid) for pid in pool.workers()} == {os.SCHED_BATCH}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { actor:beland ?p ?o } LIMIT",
        "SELECT DISTINCT ?a { actor:beland ?p ?o . ?o ?q ?r . ?r ?s ?a } LIMIT",
    ],
)
def test_nobody_waits_for_runaways_that_nobody_knew(source: Source, text: str) -> None:
    """Where nothing is known of any query, four runaways still leave workers to the others."""
    with asked(source, Limits(workers_min=2, workers_max=8)) as pool:
        pool.light()
        slow = [pool.start("sparql", 3, text=f"{ENDLESS} LIMIT {n}") for n in range(4)]
        time.sleep(0.03)
        begun = time.perf_counter()
        for number in range(5, 9):
            assert pool.ask(f"{text} {number}").status == 200
        assert time.perf_counter() - begun < 1
        assert not any(one.done() for one in slow)


def test_those_known_to_be_long_let_others_go_first(source: Source) -> None:
    """Once one of forty runaways has shown what they are, a query that nobody knows is done."""
    with asked(source, Limits(workers_min=2, workers_max=8)) as pool:
        pool.light()
        slow = [pool.start("sparql", 6, text=f"{ENDLESS} LIMIT {n}") for n in range(40)]
        begun = time.perf_counter()
        text = "SELECT DISTINCT ?a { actor:beland ?p ?o . ?o ?q ?r . ?r ?s ?a } LIMIT 41"
        assert pool.ask(text).status == 200
        assert time.perf_counter() - begun < 4
        assert not all(one.done() for one in slow)


def test_jobs_behind_one_that_ends_its_worker_are_done(pool: Asked) -> None:
    """What a worker was given in advance is done by another one when it is ended."""
    slow = [pool.start("sparql", 0.2, text=f"{ENDLESS} LIMIT {n}") for n in range(4)]
    many = [pool.start("echo", text=f"{n}") for n in range(20)]
    assert {one.result(10).status for one in many} == {200}
    for one in slow:
        with pytest.raises((TimedOut, Overloaded)):
            one.result(10)


def test_workers_come_and_go_while_other_kinds_are_imported(source: Source) -> None:
    """Queries are answered, and runaways ended, before all kinds of jobs can be done."""
    limits = Limits(workers_min=2, workers_max=8)
    with asked(source, limits, {"late": "slow_import:late"}) as pool:
        late = pool.start("late")
        endless = [pool.start("sparql", 0.3, text=f"{ENDLESS} LIMIT {n}") for n in range(4)]
        assert pool.light() < 1
        assert not pool.pool._current.complete.is_set()
        for one in endless:
            with pytest.raises((TimedOut, Overloaded)):
                one.result(10)
        assert late.result(30).body == b"late"
        assert pool.light() < 1


def test_jobs_are_withdrawn_from_the_last_one_on() -> None:
    """A worker leaves out what is withdrawn before it is begun, and nothing else."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        jobs = Jobs(theirs)
        sent = [JOB.pack(len(job)) + job for job in (b"first", b"second", b"third")]
        ours.sendall(b"".join(sent) + 2 * JOB.pack(0))
        assert [jobs.next() for _ in range(3)] == [b"first", b"", b""]
        # too late for any
        ours.sendall(JOB.pack(0) + sent[0])
        assert jobs.next() == b"first"
        ours.sendall(sent[1][:3])
        ours.sendall(sent[1][3:] + sent[2])
        assert jobs.next() == b"second"
        ours.sendall(JOB.pack(0))
        time.sleep(0.01)
        assert jobs.next() == b""
        ours.close()
        assert jobs.next() is None


def test_a_runaway_is_ended_in_time(pool: Asked) -> None:
    """A query ends at its timeout; the next is answered at once by another worker."""
    begun = time.perf_counter()
    with pytest.raises(TimedOut) as caught:
        pool.ask(ENDLESS, timeout=0.4)
    assert 0.4 <= time.perf_counter() - begun < 0.7
    assert (caught.value.limit, caught.value.bound) == ("timeout", 0.4)
    assert caught.value.retry_after
    assert pool.light() < 1


def test_a_client_that_goes_ends_its_query(pool: Asked) -> None:
    """A job whose caller is cancelled is not worked on."""
    before = pool.stats["kills"].get("gone", 0)
    job = pool.start("sparql", text=ENDLESS)
    time.sleep(0.2)
    job.cancel()
    until = time.monotonic() + 2
    while pool.stats["kills"].get("gone", 0) == before and time.monotonic() < until:
        time.sleep(0.01)
    assert pool.stats["kills"]["gone"] == before + 1
    assert pool.stats["busy"] == 0


def test_forty_at_once(pool: Asked) -> None:
    """Of many runaways few run, the others are refused soon, and light queries go on."""
    begun = time.perf_counter()
    jobs = [pool.start("sparql", 3.0, text=f"# {one}\n{ENDLESS}") for one in range(40)]
    assert quick([pool.light() for _ in range(30)])
    outcomes = [job.exception(10) for job in jobs]
    assert time.perf_counter() - begun < 4
    refused = [one for one in outcomes if isinstance(one, Overloaded)]
    # all that neither found a worker nor a place in the line
    assert len(refused) >= 40 - 6 - 16
    assert all(one.retry_after and one.limit in ("queue", "long_jobs") for one in refused)
    assert sum(isinstance(one, TimedOut) for one in outcomes) == 40 - len(refused)
    assert len(pool.workers()) <= 6


def test_faults_are_ours(pool: Asked, caplog: pytest.LogCaptureFixture) -> None:
    """A mistake in a job is logged with its request, tells strangers nothing, and costs nobody."""
    before = pool.stats["kills"]
    with pytest.raises(Failed) as caught:
        pool.begin(pool.pool.run(Job("fault", {}, "request-7"))).result(5)
    assert "ours" not in str(caught.value)
    assert "request-7" in caplog.text
    assert "AssertionError: ours" in caplog.text
    assert pool.stats["kills"] == before


def test_a_worker_that_leaves_is_our_fault(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    """A worker that ends by itself is our fault: logged, and not replaced in haste."""
    with asked(source, Limits(workers_min=1, workers_max=1)) as pool:
        with pytest.raises(Failed):
            pool.do("leave")
        assert "ended with 3" in caplog.text
        begun = time.perf_counter()
        assert pool.ask(LIGHT).status == 200
        assert time.perf_counter() - begun > 0.5


def test_a_worker_that_falls_is_replaced(pool: Asked) -> None:
    """Killed from outside while idle, a worker is missed by nobody."""
    os.kill(pool.workers()[-1], signal.SIGKILL)
    assert quick([pool.light() for _ in range(20)])


def test_a_zygote_that_falls_is_replaced(source: Source) -> None:
    """When the process that forks is killed, what runs is done again, and the pool lives on."""
    with asked(source, Limits(workers_min=1, workers_max=2)) as pool:
        before = pool.processes()
        assert pool.light() < 1
        os.kill(before[0], signal.SIGKILL)
        assert pool.ask(LIGHT, timeout=5).status == 200
        assert gone(before)
        assert pool.processes()[0] != before[0]


def test_a_switch_loses_nothing(small: kg.Settings, source: Source) -> None:
    """While another snapshot takes over every request is answered, by one of the two."""
    from conftest import quick_build

    (small.project / "data/ab-2024/data/b.ttl").unlink()
    quick_build(small)
    other = kg.open(settings=small)
    with asked(source) as pool:
        first = pool.stats["digest"]
        before = pool.processes()
        slow = pool.start("sparql", 1.5, text=ENDLESS)
        switching = pool.begin(pool.pool.switch(Source(other.path)))
        seen = []
        while not switching.done():
            seen.append(pool.ask(LIGHT).digest)
        seen.append(pool.ask(LIGHT).digest)
        assert set(seen) == {first, other.digest}
        assert seen == sorted(seen, key=[first, other.digest].index)
        assert isinstance(slow.exception(5), TimedOut)
        assert gone(before)


def test_a_switch_to_nothing_changes_nothing(source: Source, tmp_path: Path) -> None:
    """A snapshot that cannot be loaded is refused, and the one before goes on."""
    with asked(source, Limits(workers_min=1)) as pool:
        with pytest.raises(SnapshotError):
            pool.begin(pool.pool.switch(Source(tmp_path))).result(10)
        assert pool.light() < 1


def test_the_end_is_orderly(source: Source) -> None:
    """Closing waits for what runs, as long as it is told; then nobody is left, nor waits."""
    with asked(source, Limits(workers_min=1, workers_max=1)) as pool:
        short = pool.start("sparql", 0.3, text=ENDLESS)
        long = pool.start("sparql", 20, text=ENDLESS)
        known = pool.processes()
        pool.begin(pool.pool.close(grace=0.6)).result(5)
        assert isinstance(short.exception(1), TimedOut)
        assert isinstance(long.exception(1), Overloaded)
        assert gone(known)
        with pytest.raises(Overloaded):
            pool.ask(LIGHT)


ORPHANS = """
import asyncio, sys
from pathlib import Path
from kg_api.jobs import Job
from kg_api.pool import Limits, Pool
from kg_api.source import Source
async def main():
    pool = Pool(Source(Path(sys.argv[1])), Limits(workers_min=3))
    await pool.start()
    jobs = [asyncio.ensure_future(pool.run(Job("sparql", {"text": sys.argv[2]}))) for _ in "123"]
    await asyncio.sleep(0.3)
    print(pool._current.pid, *pool._current.links, flush=True)
    await asyncio.gather(*jobs)
asyncio.run(main())
"""


def test_no_orphans(source: Source) -> None:
    """When the service is killed, its zygote and its workers go with it, busy or not."""
    process = subprocess.Popen(
        [sys.executable, "-c", ORPHANS, str(source.path), ENDLESS], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout:
        pids = [int(one) for one in process.stdout.readline().split()]
    assert len(pids) >= 4
    assert all(alive(one) for one in pids)
    process.kill()
    process.wait()
    assert gone(pids)


def test_no_descriptor_leaks(pool: Asked) -> None:
    """Five hundred jobs, some of them ended, leave no descriptor and no process behind."""

    def opened() -> int:
        return len(list(Path("/proc/self/fd").iterdir())) - len(pool.workers())

    pool.light()
    before, zygote = opened(), pool.processes()[0]
    for number in range(500):
        if number % 50 == 0:
            assert isinstance(pool.start("sparql", 0.02, text=ENDLESS).exception(5), TimedOut)
        else:
            pool.light()
    assert opened() <= before + 1
    children = Path(f"/proc/{zygote}/task/{zygote}/children").read_text("ascii").split()
    assert len(children) <= len(pool.workers()) + 1
    assert len(list(Path(f"/proc/{zygote}/fd").iterdir())) < 12


def test_files_are_served_as_they_are(tmp_path: Path) -> None:
    """RDF files make a snapshot: default graph their own, or the union of all graphs."""
    (tmp_path / "a.trig").write_text("<x:a> <x:b> <x:c> . <x:g> { <x:d> <x:e> <x:f> }", "utf-8")
    (tmp_path / "b.ttl").write_text("<x:a> <x:b> <x:c>, <#here> .", "utf-8")
    files = (tmp_path / "a.trig", tmp_path / "b.ttl")
    with asked(Source(files=files), Limits(workers_min=1)) as pool:
        assert count(pool, ALL) == 2
        assert count(pool, "SELECT * { GRAPH <x:g> { ?s ?p ?o } }") == 1
        assert pool.stats["digest"]
    assert len(Source(files=files, default_graph="union").open().query(ALL)) == 3
    (tmp_path / "b.ttl").write_text("<x:a> <x:b>", "utf-8")
    with pytest.raises(kg.DataError, match=r"b\.ttl"):
        Source(files=files).open()
    with pytest.raises(UsageError, match="suffix"):
        Source(files=(tmp_path / "c.doc",)).open()


def test_in_process(small_snapshot: kg.Snapshot) -> None:
    """The twin without processes answers and refuses as the pool does."""

    async def run() -> None:
        twin = InProcess(small_snapshot)
        assert (await twin.start())["digest"] == small_snapshot.digest
        reply = await twin.run(Job("sparql", {"text": LIGHT, "format": "csv"}))
        assert (reply.digest, reply.body[:1]) == (small_snapshot.digest, b"o")
        with pytest.raises(NotAllowed):
            await twin.run(Job("sparql", {"text": "DROP ALL"}))
        assert twin.stats()["jobs"] == 2
        await twin.close()

    asyncio.run(run())


def test_every_refusal_crosses() -> None:
    """Whatever the library or the pool refuses with can be packed and is the same again."""
    for error in (
        QueryError("x", 1, 2), kg.DataError("x", Path("a"), 3), kg.UsageError("x"),
        Overloaded("x", "queue", 3, 4), TooLarge("x", "max_rows", 5), kg.SnapshotError("x"),
    ):  # fmt: skip
        packed = pack_error(error)
        assert packed is not None
        again = unpack_error(json.loads(json.dumps(packed)))
        assert (type(again), str(again)) == (type(error), str(error))
    assert pack_error(ValueError("x")) is None


def test_quick_ones_go_first() -> None:
    """A shape that was quick goes first, one that took long does not, a new one is guessed at."""
    lanes = Lanes()
    known = Job("sparql", {"text": ENDLESS})
    assert lanes.of(known) == UNKNOWN
    assert lanes.of(Job("sparql", {"text": LIGHT})) == LIGHT_LANE
    assert lanes.of(Job("sparql", {"text": "SELECT * { ?s ?p ?o }"})) == UNKNOWN
    lanes.learn(known, LIGHT_LANE)
    assert lanes.of(known) == LIGHT_LANE
    assert not lanes.any_heavy
    lanes.learn(known, HEAVY)
    assert lanes.of(known) == HEAVY
    assert lanes.any_heavy


def test_what_is_known_to_be_long_is_refused_at_once(source: Source) -> None:
    """While as many long queries run as may, another of a kind that timed out is not begun."""
    with asked(source, Limits(workers_min=2, workers_max=4, long_jobs=1)) as pool:
        assert isinstance(pool.start("sparql", 0.2, text=ENDLESS).exception(5), TimedOut)
        running = pool.start("sparql", 2, text=ENDLESS)
        until = time.monotonic() + 1.5
        while not pool.stats["long"] and time.monotonic() < until:
            time.sleep(0.01)
        begun = time.perf_counter()
        with pytest.raises(Overloaded) as caught:
            pool.ask(ENDLESS)
        assert time.perf_counter() - begun < 0.1
        assert caught.value.limit == "long_jobs"
        assert isinstance(running.exception(5), TimedOut)


def test_shapes_leave_out_values() -> None:
    """Queries that differ in strings, numbers and IRIs have one shape."""
    one = shape(Job("sparql", {"text": "SELECT * { <x:a> ?p 'it''s' . FILTER(?p < 10) }"}))
    two = shape(Job("sparql", {"text": "SELECT * { <x:b> ?p 'not''so' . FILTER(?p < 2e5) }"}))
    assert one == two
    assert shape(Job("echo", {"size": 1})) == "echo"


def test_heads_are_read_alike() -> None:
    """A head that is short is read once, a long one each time, with one result."""
    for head in ({"status": 200}, {"error": "", "trace": "x" * 300}):
        assert generation.unpack_head(json.dumps(head).encode()) == head
