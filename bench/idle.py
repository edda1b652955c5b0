"""Idle and half-open connections beside a client that looks things up: are they held, and closed?

Starts `kg serve`; 1,000 connections ask one thing each and then nothing, 200 more send half of a
head. All the while one client asks for one label after another. Fails when an idle connection is
closed before its time or held beyond it, when a half-open one is not closed in time, when a lookup
fails, or when their 99th percentile is above 250 ms.
"""

import argparse
import resource
import selectors
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from runaways import P99, Seen, look_up, served

import kg

ASK = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: local"
# beyond its time a connection is closed at the next look, and many are asked at once before
GRACE = 2.0


def connect(address: tuple[str, int], number: int, first: bytes) -> list[socket.socket]:
    """So many connections, each of which sends something."""
    made = []
    for _ in range(number):
        one = socket.create_connection(address, timeout=30)
        one.sendall(first)
        made.append(one)
    return made


def closings(waiting: list[socket.socket], begun: float, until: float) -> list[float]:
    """When the server closed them, in seconds since `begun`; those that stay open are left out."""
    chooser = selectors.DefaultSelector()
    for one in waiting:
        one.setblocking(False)
        chooser.register(one, selectors.EVENT_READ)
    found: list[float] = []
    while chooser.get_map() and time.monotonic() < until:
        for key, _ in chooser.select(0.05):
            one = key.fileobj
            assert isinstance(one, socket.socket)
            if not one.recv(65536):
                found.append(time.monotonic() - begun)
                chooser.unregister(one)
                one.close()
    return found


def memory(pid: int) -> int:
    """Megabytes of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * 4096 >> 20


def main() -> None:
    """Parse the arguments, connect, and print what was seen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--idle", type=int, default=1000)
    parser.add_argument("--half", type=int, default=200)
    parser.add_argument("--idle-timeout", type=float, default=15.0)
    parser.add_argument("--header-timeout", type=float, default=5.0)
    given = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, given.idle + given.half + 200), hard))
    found = kg.open().query("SELECT DISTINCT ?s { ?s rdfs:label ?o } ORDER BY ?s LIMIT 500")
    iris = [str(row["s"]).strip("<>") for row in found]  # type: ignore[union-attr,index]
    limits = ["--idle-timeout", str(given.idle_timeout)]
    limits += ["--header-timeout", str(given.header_timeout)]
    with served(30, *limits) as (host, process):
        name, _, port = host.rpartition(":")
        over, lookups = threading.Event(), Seen()
        client = threading.Thread(target=look_up, args=(host, iris, over, lookups))
        client.start()
        before = memory(process.pid)
        half_begun = time.monotonic()
        half = connect((name, int(port)), given.half, HALF)
        idle = connect((name, int(port)), given.idle, ASK)
        idle_begun = time.monotonic()
        time.sleep(1)
        after = memory(process.pid)
        until = half_begun + given.header_timeout + 10 * GRACE
        half_closed = closings(half, half_begun, until)
        idle_closed = closings(idle, idle_begun, idle_begun + given.idle_timeout + 10 * GRACE)
        over.set()
        client.join()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    print(
        f"lookups: {len(lookups.seconds)}, statuses {dict(lookups.statuses)}, "
        f"median {lookups.percentile(0.5) * 1e3:.1f} ms, "
        f"p99 {lookups.percentile(0.99) * 1e3:.1f} ms"
    )
    print(
        f"half-open: {len(half_closed)} of {given.half} closed, the last after "
        f"{max(half_closed, default=0):.1f} s of {given.header_timeout:g} s"
    )
    print(
        f"idle: {len(idle_closed)} of {given.idle} closed, the first after "
        f"{min(idle_closed, default=0):.1f} s, the last after {max(idle_closed, default=0):.1f} s "
        f"of {given.idle_timeout:g} s; {after - before} MB for all"
    )
    wrong = {
        "a lookup failed": set(lookups.statuses) != {200},
        "lookups are slow": lookups.percentile(0.99) > P99,
        "a half-open connection stays": len(half_closed) < given.half,
        "half-open ones stay too long": max(half_closed, default=0) > given.header_timeout + GRACE,
        "an idle connection stays": len(idle_closed) < given.idle,
        "idle ones are not held": min(idle_closed, default=0) < given.idle_timeout - GRACE,
        "idle ones stay too long": max(idle_closed, default=0) > given.idle_timeout + GRACE,
    }
    if any(wrong.values()):
        sys.exit("; ".join(words for words, is_so in wrong.items() if is_so))


if __name__ == "__main__":
    main()
