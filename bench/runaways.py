"""Runaway queries beside a client that looks things up: does it notice, and is anybody left over?

Starts `kg serve`, sends it runaways, many at once, no two of which are the same text or the same
shape, while one client asks for one label after another, none twice. Fails when a lookup fails or
their 99th percentile is above 250 ms, when a runaway is not over within timeout + 1 s, when an
answer has a status that it should not have, or when a process is left over in the end.
"""

import argparse
import http.client
import itertools
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import kg

SERVE = [sys.executable, "-c", "from kg.cli import main; main()", "serve", "--port", "0"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
P99, GRACE = 0.25, 1.0

# {n} makes each one a text and a shape of its own
RUNAWAYS = {
    "cross join, COUNT": (
        "SELECT (COUNT(*) AS ?n{n}) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l{n} }}"
    ),
    "cross join, ORDER BY": (
        "SELECT ?a {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i{n} }} ORDER BY ?c ?f LIMIT 1"
    ),
    "cross join, GROUP BY": (
        "SELECT ?a (COUNT(*) AS ?n{n}) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} GROUP BY ?a"
    ),
    "cross join, DISTINCT": (
        "SELECT (COUNT(DISTINCT *) AS ?n{n}) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}"
    ),
    "closure": "SELECT (COUNT(*) AS ?n{n}) {{ ?a (!rdf:type|^!rdf:type)* ?b . ?b (!rdf:x)* ?c }}",
    "regular expressions": (
        "SELECT (COUNT(*) AS ?n{n}) {{ ?a ?b ?c . ?d ?e ?f "
        "FILTER(REGEX(CONCAT(STR(?c), STR(?f)), '(.*a){{12}}(.*b){{12}}z$')) }}"
    ),
    "CONSTRUCT": "CONSTRUCT {{ ?a ?e ?i }} {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i{n} }}",
    "MINUS": (
        "SELECT (COUNT(*) AS ?n{n}) {{ ?a ?b ?c . ?d ?e ?f MINUS {{ ?g ?b ?i . ?d ?h ?j }} }}"
    ),
    "OPTIONAL": (
        "SELECT * {{ ?a ?b ?c OPTIONAL {{ ?d ?e ?f . ?g ?h ?i{n} FILTER(?c = ?i{n} && ?f = 1) }} }}"
    ),
    "VALUES": (
        "SELECT (COUNT(*) AS ?n{n}) {{ "
        + " ".join(f"VALUES ?v{one} {{{{ {' '.join(map(str, range(400)))} }}}}" for one in range(6))
        + " }}"
    ),
}
LOOKUP = "SELECT ?label {{ <{iri}> rdfs:label ?label }} LIMIT {n}"


@dataclass
class Seen:
    """What became of the requests: statuses, and seconds of each."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def percentile(self, part: float) -> float:
        """The seconds that so large a part of them stayed below."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(part * len(self.seconds)))]


@contextmanager
def served(timeout: float, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`kg serve` with a timeout and other options, and where it listens."""
    process = subprocess.Popen(
        [*SERVE, "--timeout", str(timeout), *options], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://([^/]+)/", process.stdout.readline())
        if found is None:
            sys.exit("kg serve does not start")
        yield found[1], process
    finally:
        process.kill()
        process.communicate()


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that they did."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        for child in (task / "children").read_text("ascii").split():
            found += [int(child), *descendants(int(child))]
    return found


def running(pid: int) -> bool:
    """Whether a process still runs; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def send(connection: http.client.HTTPConnection, query: str, seen: Seen) -> None:
    """Ask a query, and write down what became of it."""
    begun = time.perf_counter()
    try:
        connection.request("POST", "/sparql", "query=" + quote(query), FORM)
        response = connection.getresponse()
        response.read()
        status = response.status
    except (OSError, http.client.HTTPException):
        connection.close()
        status = 0
    seen.statuses[status] += 1
    seen.seconds.append(time.perf_counter() - begun)


def look_up(host: str, iris: list[str], over: threading.Event, seen: Seen) -> None:
    """One lookup after another, none of them asked before, until it is over."""
    connection = http.client.HTTPConnection(host, timeout=60)
    for number, iri in zip(itertools.count(1), itertools.cycle(iris), strict=False):
        if over.is_set():
            break
        send(connection, LOOKUP.format(iri=iri, n=number), seen)
    connection.close()


def press(host: str, iris: list[str], number: int, at_once: int) -> tuple[Seen, Seen]:
    """Send the runaways beside the lookups; what became of the lookups, and of the runaways."""
    lookups, runaways, over = Seen(), Seen(), threading.Event()
    texts = list(RUNAWAYS.values())

    def one(n: int) -> None:
        connection = http.client.HTTPConnection(host, timeout=120)
        send(connection, texts[n % len(texts)].format(n=n), runaways)
        connection.close()

    client = threading.Thread(target=look_up, args=(host, iris, over, lookups))
    client.start()
    try:
        with ThreadPoolExecutor(at_once) as senders:
            list(senders.map(one, range(number)))
    finally:
        over.set()
        client.join()
    return lookups, runaways


def main() -> None:
    """Parse the arguments, press, and print what was seen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--runaways", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=40)
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds that a query may take")
    given = parser.parse_args()
    found = kg.open().query("SELECT DISTINCT ?s { ?s rdfs:label ?o } ORDER BY ?s LIMIT 500")
    iris = [str(row["s"]).strip("<>") for row in found]  # type: ignore[union-attr,index]
    with served(given.timeout) as (host, process):
        lookups, runaways = press(host, iris, given.runaways, given.at_once)
        left = descendants(process.pid)
        process.send_signal(signal.SIGTERM)
        ended = process.wait(30)
    time.sleep(0.5)
    left = [pid for pid in left if running(pid)]
    worst = max(runaways.seconds)
    print(
        f"lookups: {len(lookups.seconds)}, statuses {dict(lookups.statuses)}, "
        f"median {lookups.percentile(0.5) * 1e3:.1f} ms, "
        f"p99 {lookups.percentile(0.99) * 1e3:.1f} ms, slowest {max(lookups.seconds) * 1e3:.1f} ms"
    )
    print(
        f"runaways: {len(runaways.seconds)}, statuses {dict(runaways.statuses)}, slowest "
        f"{worst:.2f} s of {given.timeout:g} s; ended with {ended}, processes left: {len(left)}"
    )
    wrong = {
        "a lookup failed": set(lookups.statuses) != {200},
        "lookups are slow": lookups.percentile(0.99) > P99,
        "a runaway ran on": worst > given.timeout + GRACE,
        "a runaway was answered otherwise": bool(set(runaways.statuses) - {400, 503}),
        "processes are left over": bool(left),
    }
    if any(wrong.values()):
        sys.exit("; ".join(words for words, is_so in wrong.items() if is_so))


if __name__ == "__main__":
    main()
