"""Kinds of jobs for tests of workers: what a query would be if nothing stood before the engine."""

import os
import socket
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.snapshot import Snapshot
from kg_api.jobs import Reply

KINDS = {
    name: f"unguarded:{name}"
    for name in (
        "raw",
        "allocate",
        "connect",
        "read",
        "write",
        "descriptors",
        "fault",
        "echo",
        "leave",
    )
}


def said(what: object) -> Reply:
    """A reply that says something."""
    return Reply(200, "text/plain", {}, str(what).encode())


def raw(snapshot: Snapshot, text: str) -> Reply:
    """A query as it is: neither guarded nor with a dataset of our making."""
    answer: Any = snapshot.store.query(text)
    if isinstance(answer, ox.QueryBoolean):
        return said(bool(answer))
    return said(len(list(answer)))


def allocate(snapshot: Snapshot, megabytes: int) -> Reply:
    """Have so much memory, and touch it."""
    return said(len(b"x" * (megabytes << 20)))


def connect(snapshot: Snapshot, port: int) -> Reply:
    """Call a listener of this machine."""
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return said("connected")


def read(snapshot: Snapshot, path: str) -> Reply:
    """Read a file."""
    return said(Path(path).read_text("utf-8"))


def write(snapshot: Snapshot, path: str) -> Reply:
    """Write a file."""
    Path(path).write_text("written", "utf-8")
    return said("written")


def descriptors(snapshot: Snapshot) -> Reply:
    """How many descriptors the worker has, and whether it could have one more."""
    found = sum(1 for number in range(1024) if _is_open(number))
    try:
        os.dup(0)
    except OSError:
        return said(f"{found} and no more")
    return said(f"{found} and more")


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def fault(snapshot: Snapshot) -> Reply:
    """A mistake of ours."""
    raise AssertionError("ours")


def echo(snapshot: Snapshot, text: str) -> Reply:
    """The text again: as long as one likes."""
    return said(text)


def leave(snapshot: Snapshot) -> Reply:
    """End the worker, as no job should."""
    os._exit(3)
