"""Our service beside Oxigraph's server, Virtuoso 7 and rdflib-endpoint: tables with ratios.

All servers have the same data and run at the same time on 127.0.0.1; their answers are compared
before anything is timed; the rounds go from one server to the next, and medians are shown.

Run `python bench/endpoint`. `--quads 10000000 --rounds 1` takes long and much memory.
"""

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import compare
import load
import servers
import shapes
from scale import write
from servers import Data, Server, free_port, running

# above this, rdflib-endpoint takes seconds for an answer, and more memory than there is
SMALL, MEDIUM = 100_000, 2_000_000
LOADS = {
    "lookup, 8": ([shapes.lookup], 8),
    "mix, 8": (list(shapes.MIX.values()), 8),
    "mix, 64": (list(shapes.MIX.values()), 64),
}
TARGETS = 20_000
COMPARED = 20 * len(shapes.MIX)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    for row in (head, ["---"] + ["---:"] * (len(head) - 1), *rows):
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def machine() -> str:
    """Processors, memory, system and time of a run."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    model = "unknown processor"
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return (
        f"{now}; {os.cpu_count()} × {model}; {pages / 1e9:.0f} GB; "
        f"load of the machine before: {os.getloadavg()[0]:.1f}"
    )


def data_of(quads: int, folder: Path) -> Data:
    """The scaled graph, made where it is not there already."""
    file = folder / f"{quads}.nq"
    if not file.with_suffix(".json").exists():
        write(quads, file, union=True)
    made = folder / f"made-{quads}"
    made.mkdir(exist_ok=True)
    return Data(file, made)


def starts(quads: int, without: Sequence[str]) -> list[servers.Start]:
    """Who takes part in a run of that size."""
    found: list[servers.Start] = [servers.ours, servers.oxigraph]
    if quads <= MEDIUM:
        found.append(servers.virtuoso)
    if quads <= SMALL:
        found.append(servers.rdflib_endpoint)
    return [one for one in found if one.__name__ not in without]


def compete(quads: int, folder: Path, rounds: int, seconds: int, without: Sequence[str]) -> bool:
    """Compare, time, and print; False where the servers do not answer alike."""
    data = data_of(quads, folder)
    keys = json.loads(data.quads.with_suffix(".json").read_text("utf-8"))
    mix = list(shapes.MIX.values())
    with contextlib.ExitStack() as stack:
        running_ = [stack.enter_context(start(data)) for start in starts(quads, without)]
        drawn = shapes.draw(mix, keys, COMPARED, 1)
        asked = [shapes.numbered(query, shapes.LEAST_NUMBER) for query in drawn]
        wrong = compare.differing(running_, asked)
        print(f"\n{quads:,} quads: {len(asked)} answers of {len(running_)} servers compared")
        print(*wrong, sep="\n", end="\n\n")
        # two of those compared may be the same
        before = kept(running_[0])
        measured: dict[tuple[str, str], list[load.Measured]] = {}
        for round_ in range(rounds):
            for number, (name, (wanted, connections)) in enumerate(LOADS.items()):
                queries = shapes.draw(wanted, keys, TARGETS, 100 + round_)
                for server in running_:
                    targets = [shapes.target(server.path, query) for query in queries]
                    # more than any server answers in a run
                    first = shapes.LEAST_NUMBER * (2 + round_ * len(LOADS) + number)
                    found = load.press(server, targets, seconds, connections, first)
                    measured.setdefault((name, server.name), []).append(found)
        report(running_, measured)
        hits = kept(running_[0]) - before
        print(f"Answers from our cache, which should be none: {hits}\n", flush=True)
    return not wrong


def kept(server: Server) -> int:
    """How many answers our service gave from its cache."""
    _, body = server.get("/metrics")
    return sum(
        int(float(line.rpartition(" ")[2]))
        for line in body.decode().splitlines()
        if line.startswith("comity_cache_hits_total")
    )


def report(
    running_: Sequence[Server], measured: dict[tuple[str, str], list[load.Measured]]
) -> None:
    """Print the medians, as they are and as ratios: ours by theirs."""
    ours = running_[0].name
    medians = {
        key: (
            statistics.median(one.rate for one in found),
            statistics.median(one.p99 for one in found),
            statistics.median(one.cpu for one in found),
        )
        for key, found in measured.items()
    }
    failed = {
        key: sum(one.refused + one.broken for one in found) for key, found in measured.items()
    }
    head = [
        "",
        *(f"{name}: requests/s, p99 ms, CPU µs" for name in LOADS),
        "first answer s",
        "memory MB",
    ]
    rows = [
        [
            server.name,
            *(
                f"{medians[name, server.name][0]:,.0f}, {medians[name, server.name][1]:,.1f},"
                f" {medians[name, server.name][2]:,.0f}"
                + (f", {failed[name, server.name]} failed" if failed[name, server.name] else "")
                for name in LOADS
            ),
            f"{server.ready:.2f}",
            f"{server.memory() / 1e6:,.0f}",
        ]
        for server in running_
    ]
    table(head, rows)
    rows = [
        [
            f"{ours} / {server.name}",
            *(
                f"{medians[name, ours][0] / medians[name, server.name][0]:.2f}, "
                f"{medians[name, ours][1] / medians[name, server.name][1]:.2f}, "
                f"{medians[name, ours][2] / max(medians[name, server.name][2], 1):.2f}"
                for name in LOADS
            ),
        ]
        for server in running_[1:]
    ]
    table(["ratio", *(f"{name}: rate, p99, CPU" for name in LOADS)], rows)


@contextlib.contextmanager
def alone(name: str, *words: str) -> Iterator[Server]:
    """What `constant.py` serves."""
    port = free_port()
    command = [sys.executable, Path(__file__).parent / "constant.py", str(port), *words]
    with running(name, command, port, "/sparql") as server:
        yield server


@contextlib.contextmanager
def current() -> Iterator[Server]:
    """`kg serve` over the current snapshot."""
    port = free_port()
    words = ["serve", "--port", str(port)]
    with running("cached", [*servers.KG, *words], port, "/sparql") as server:
        yield server


def cached(rounds: int, seconds: int) -> None:
    """A kept answer beside the same function answering a constant, and bare uvicorn."""
    query = (
        "SELECT ?label WHERE { <https://w3id.org/comity/id/actor/meti>"
        f" <{shapes.SKOS}prefLabel> ?label }}"
    )
    rates: dict[str, list[float]] = {}
    costs: dict[str, list[float]] = {}
    with current() as ours, alone("constant") as constant, alone("bare uvicorn", "bare") as bare:
        # many short turns: they are all alike, and what else the machine does falls on all
        for _ in range(rounds * seconds):
            for server in (ours, constant, bare):
                target = shapes.target(server.path, query)
                found = load.press(server, [target], 1, 8)
                rates.setdefault(server.name, []).append(found.rate)
                costs.setdefault(server.name, []).append(found.cpu)
    medians = {name: statistics.median(found) for name, found in rates.items()}
    cost = {name: statistics.median(found) for name, found in costs.items()}
    print("\nOne request again and again, 8 connections\n")
    table(
        ["", "requests/s", "cached / it", "CPU µs", "it / cached"],
        [
            [
                name,
                f"{rate:,.0f}",
                f"{medians['cached'] / rate:.2f}",
                f"{cost[name]:.0f}",
                f"{cost[name] / cost['cached']:.2f}",
            ]
            for name, rate in medians.items()
        ],
    )


def first_answer(times: int) -> None:
    """From the command to the first answer, over the snapshot of the real graph."""
    found = []
    for _ in range(times):
        with current() as server:
            found.append(server.ready)
            memory = server.memory()
    print(
        f"From `kg serve` to the first answer, real graph: median {statistics.median(found):.2f} s"
        f" of {times} ({min(found):.2f} to {max(found):.2f}); {memory / 1e6:.0f} MB\n",
        flush=True,
    )


def main() -> int:
    """Parse the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quads", type=int, nargs="*", default=[20_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3, help="of all servers, interleaved")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--without", nargs="*", default=[], help="oxigraph, virtuoso, …")
    parser.add_argument("--folder", type=Path, help="keep the data, and use it again")
    given = parser.parse_args()
    print(machine())
    with contextlib.ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        first_answer(5)
        cached(given.rounds, given.seconds)
        alike = [
            compete(quads, folder, given.rounds, given.seconds, given.without)
            for quads in given.quads
        ]
    return int(not all(alike))


if __name__ == "__main__":
    sys.exit(main())
