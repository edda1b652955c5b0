"""Networks: how long each takes in each format, how they grow, and the same by rdflib and networkx.

1. The real graph: every projection in every text format as a worker makes it, nothing cached; each
   has to take less than 60 ms of processor time.
2. The service: a network that is cached, beside another answer that is.
3. The graph scaled (bench/scale.py), at three sizes, each in a process of its own: `actors` with
   all measures; seconds, and memory with the store and without. The largest has to take less than
   8 s and 1.5 GB.
4. The same network by rdflib and networkx alone, bounded in time: what a reader of the data would
   write. It has the weights and the measures, and none of the evidence, names and dates.

Run `python bench/network.py`; exits with 1 when a bound is missed. It prints Markdown.
"""

import argparse
import contextlib
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from diff import snapshot
from scale import write

BOUND_MS, BOUND_S, BOUND_MB = 60.0, 8.0, 1500.0
BINARY = ("zip", "parquet", "nodes.parquet", "png")
SERVE = [sys.executable, "-c", "from kg.cli import main; main()", "serve", "--port", "0"]
PREFIX = "PREFIX comity: <https://w3id.org/comity/ontology#> "
ROWS = PREFIX + (
    "SELECT ?claim ?actor ?graph { GRAPH ?graph { ?claim comity:sentence ?n ; "
    "comity:actor|comity:counterpart|comity:participant ?actor } }"
)


def peak() -> float:
    """The most memory that this process had, in megabytes, since it was last set back."""
    status = Path("/proc/self/status").read_text("ascii")
    found = re.search(r"VmHWM:\s+(\d+)", status)
    assert found
    return int(found[1]) / 1024


def ours(folder: Path) -> dict[str, Any]:
    """`actors` with all measures: seconds and megabytes."""
    import kg
    from kg import network

    begun = time.perf_counter()
    opened = kg.open(folder)
    loaded, store = time.perf_counter() - begun, peak()
    # what opening needed at most is forgotten, so that the rest can be told apart
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = peak()
    begun, worked = time.perf_counter(), time.process_time()
    made = network.project(opened, "actors", measures="all")
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    return {
        "open": loaded, "seconds": seconds, "cpu": cpu, "store": store, "own": peak() - before,
        "peak": max(store, peak()), "nodes": len(made), "edges": made.number_of_edges(),
    }  # fmt: skip


def theirs(folder: Path) -> dict[str, Any]:
    """The same by rdflib and networkx."""
    import networkx as nx
    import rdflib
    from networkx.algorithms.link_analysis.pagerank_alg import _pagerank_python

    begun = time.perf_counter()
    data = rdflib.Dataset()
    data.parse(folder / "data.nq", format="nquads")
    loaded = time.perf_counter() - begun
    begun, worked = time.perf_counter(), time.process_time()
    claims: dict[tuple[str, str], set[str]] = {}
    for claim, actor, graph in data.query(ROWS):
        claims.setdefault((str(claim), str(graph)), set()).add(str(actor))
    places: dict[tuple[str, str], set[str]] = {}
    for (_, graph), actors in claims.items():
        ordered = sorted(actors)
        for i, one in enumerate(ordered):
            for other in ordered[i + 1 :]:
                places.setdefault((one, other), set()).add(graph)
    made = nx.Graph()
    for ends, its in places.items():
        made.add_edge(*ends, weight=len(its))
    for measure in (
        nx.degree_centrality, nx.betweenness_centrality, nx.closeness_centrality, nx.clustering,
        nx.core_number, _pagerank_python,
    ):  # fmt: skip
        measure(made)
    nx.community.louvain_communities(made, seed=1)
    list(nx.connected_components(made))
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    return {
        "open": loaded, "seconds": seconds, "cpu": cpu, "peak": peak(),
        "nodes": len(made), "edges": made.number_of_edges(),
    }  # fmt: skip


def apart(what: str, folder: Path, timeout: float, memory: int) -> dict[str, Any] | None:
    """What one of these says in a process of its own; None where it takes longer or more."""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    try:
        done = subprocess.run(
            [sys.executable, __file__, "--apart", what, str(folder)],
            capture_output=True, text=True, timeout=timeout, check=False, preexec_fn=bounded,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        print(done.stderr[-300:], file=sys.stderr)
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def formats_of_the_real_graph(rounds: int) -> bool:
    """Print how long each projection takes in each text format; whether all are quick enough."""
    import kg
    from kg import network
    from kg.network import facts
    from kg_api.drawing import draw

    opened = kg.open()
    assert opened.project
    texts = facts.texts(opened.project)
    names = [one.name for one in network.FORMATS if one.name not in BINARY]
    # names are read once a process, and where a release carries its layouts
    draw(opened, "actors", {}, texts, "svg")
    print(f"\n| ms, uncached | {' | '.join(f'`{name}`' for name in names)} |")
    print(f"| --- |{' ---: |' * len(names)}")
    slowest = 0.0
    for projection in network.PROJECTIONS:
        cells = []
        for name in names:
            taken = []
            for _ in range(rounds):
                # of processor time: the work of others on the machine is not ours
                begun = time.process_time()
                draw(opened, projection, {}, texts, name)
                taken.append((time.process_time() - begun) * 1000)
            median = statistics.median(taken)
            slowest = max(slowest, median)
            cells.append(f"{median:.0f}")
        print(f"| `{projection}` | {' | '.join(cells)} |")
    print(f"\nThe slowest took {slowest:.0f} ms (wanted: less than {BOUND_MS:.0f}).")
    return slowest < BOUND_MS


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The address of a service over the current snapshot."""
    process = subprocess.Popen(SERVE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+(?=/)", process.stdout.readline())
        assert found
        yield found.group()
    finally:
        process.terminate()
        process.communicate(timeout=10)


def cached(seconds: int) -> None:
    """Print how many cached answers a second the service gives: a network, and a query's."""
    wrk = shutil.which("wrk")
    if wrk is None:
        sys.exit("wrk is missing: install it (Debian, Ubuntu), or run make bench")
    query = "/sparql?query=SELECT%20%2A%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%20100"
    print("\n| cached, 8 connections | bytes | requests/s |\n| --- | ---: | ---: |")
    with served() as address:
        for path in ("/network/commitments.csv", "/network/actors.json", query):
            done = subprocess.run(
                [wrk, "-t", "1", "-c", "8", "-d", f"{seconds}s", address + path],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            assert "Non-2xx" not in done.stdout, done.stdout
            rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
            size = re.search(r"(\d+) requests in [\d.]+s, ([\d.]+)(\w+) read", done.stdout)
            assert rate
            assert size
            read = float(size[2]) * {"KB": 1e3, "MB": 1e6, "GB": 1e9}[size[3]]
            print(f"| `{path[:40]}` | {read / int(size[1]):,.0f} | {float(rate[1]):,.0f} |")


def growth(sizes: Sequence[int], compared: Sequence[int], limit: float, memory: int) -> bool:
    """Print how `actors` with measures grows, and what rdflib and networkx take for it."""
    print("\n| `actors`, all measures | nodes, edges | open s | seconds | CPU s | CPU ms an edge "
          "| MB with the store | MB of its own |\n| --- |" + " ---: |" * 7)  # fmt: skip
    met = True
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        for quads in sorted({*sizes, *compared}):
            folder = Path(name)
            write(quads, folder / "scaled.nq")
            with (folder / "scaled.nq").open("rb") as file:
                place = snapshot(list(file), folder / str(quads))
            (folder / "scaled.nq").unlink()
            mine = apart("ours", place, 120, memory)
            if mine is None:
                print(f"| {quads:,} quads | not within 120 s and {memory / 1e9:.0f} GB |")
                return False
            each = mine["cpu"] / mine["edges"] * 1000
            print(
                f"| {quads:,} quads | {mine['nodes']:,}, {mine['edges']:,} | {mine['open']:.1f} | "
                f"{mine['seconds']:.2f} | {mine['cpu']:.2f} | {each:.2f} | {mine['peak']:,.0f} | "
                f"{mine['own']:,.0f} |"
            )
            if quads == max(sizes):
                met = mine["seconds"] < BOUND_S and mine["peak"] < BOUND_MB
            if quads in compared:
                ratios.append((quads, mine, apart("theirs", place, limit, memory)))
            shutil.rmtree(place)
    print(f"\nThe largest: wanted less than {BOUND_S:.0f} s and {BOUND_MB:,.0f} MB: "
          f"{'met' if met else 'missed'}.")  # fmt: skip
    print("\n| rdflib and networkx | load s | network and measures s | MB | times as long as ours "
          "|\n| --- | ---: | ---: | ---: | ---: |")  # fmt: skip
    for quads, mine, other in ratios:
        if other is None:
            times = limit / (mine["open"] + mine["seconds"])
            print(f"| {quads:,} quads | not done within {limit:.0f} s | | | > {times:.0f} |")
            continue
        assert (other["nodes"], other["edges"]) == (mine["nodes"], mine["edges"])
        print(
            f"| {quads:,} quads | {other['open']:.1f} | {other['seconds']:.1f} | "
            f"{other['peak']:,.0f} | load {other['open'] / mine['open']:.0f}, "
            f"network {other['cpu'] / mine['cpu']:.1f} |"
        )
    return met


def main() -> int:
    """Measure, and print what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[250_000, 500_000, 1_000_000])
    parser.add_argument("--compared", type=int, nargs="*", default=[20_000, 50_000, 250_000])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of load on what is cached")
    parser.add_argument("--limit", type=float, default=120, help="seconds for rdflib")
    parser.add_argument("--memory", type=float, default=8, help="gigabytes for each process")
    parser.add_argument("--apart", nargs=2, metavar=("WHAT", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.apart:
        what, folder = given.apart
        print(json.dumps({"ours": ours, "theirs": theirs}[what](Path(folder))))
        return 0
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before")
    quick = formats_of_the_real_graph(given.rounds)
    cached(given.seconds)
    small = growth(given.sizes, given.compared, given.limit, int(given.memory * 1e9))
    return int(not (quick and small))


if __name__ == "__main__":
    sys.exit(main())
