"""A worker: forked from the zygote, it does one job after another until its socket is closed.

Frames: a job is `<I` length and the packed job; one of length 0 withdraws the last one that is not
begun. A reply is `<II`, lengths of head and body, then the head in JSON and the body as it is.
"""

import contextlib
import json
import os
import resource
import signal
import socket
import struct
import time
import traceback
from collections import deque
from collections.abc import Mapping
from typing import Any

from kg.engine import Local
from kg.errors import KgError
from kg.snapshot import Snapshot
from kg_api import confine
from kg_api.jobs import Function, Job, Unanswered, pack_error, perform, unpack_job

JOB = struct.Struct("<I")
REPLY = struct.Struct("<II")
# beyond the time that a job has: the pool is to kill the worker first
GRACE = 1.0
# the head of the reply to a job that was withdrawn
WITHDRAWN = "withdrawn"
# after so long a job one that was sent in advance may have been withdrawn
_A_WHILE = 0.005


def serve(
    connection: socket.socket, snapshot: Snapshot, functions: Mapping[str, Function], memory: int
) -> None:
    """Do jobs until nobody is left to ask; ends the process."""
    confine.renounce_privileges()
    confine.limit_memory(memory)
    if isinstance(snapshot.engine, Local):
        # an external store is asked over a connection; here no query is evaluated then
        confine.limit_descriptors()
    enough = peak() + memory // 2
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    # the engine's last words would reach a stranger's terminal: the pool says what became of it
    os.dup2(1, 2)
    jobs = Jobs(connection)
    _let_others_go_first()
    while True:
        data = jobs.next()
        if data is None:
            os._exit(0)
        if not data:
            packed = pack_head({WITHDRAWN: True})
            send(connection, REPLY.pack(len(packed), 0) + packed, b"")
            continue
        job, seconds = unpack_job(data)
        # where the pool itself hangs, the kernel ends what runs too long
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
        head, body = answer(snapshot, functions, job)
        # memory once had is seldom given back: a fresh process has none of it
        if peak() > enough:
            head["retires"] = True
        packed = pack_head(head)
        send(connection, REPLY.pack(len(packed), len(body)) + packed, body)
        signal.setitimer(signal.ITIMER_REAL, 0)
        del data, job, body


def _let_others_go_first() -> None:
    """Do not take the processor from whoever runs when a job comes (sched(7), SCHED_BATCH).

    That is, as a rule, the process that has handed it out, and would hand out another one.
    """
    if hasattr(os, "SCHED_BATCH"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


_PLAIN: dict[tuple[int, str], bytes] = {}


def pack_head(head: dict[str, Any]) -> bytes:
    """The head of a reply; most are alike, and packed once."""
    if len(head) > 2 or "status" not in head:
        return json.dumps(head, ensure_ascii=False).encode(errors="replace")
    key = (head["status"], head["type"])
    packed = _PLAIN.get(key)
    if packed is None:
        packed = _PLAIN[key] = json.dumps(head).encode()
    return packed


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def answer(
    snapshot: Snapshot, functions: Mapping[str, Function], job: Job
) -> tuple[dict[str, Any], bytes]:
    """Head and body of the reply to a job, whatever happens in it."""
    try:
        reply = perform(snapshot, functions, job)
    except (KgError, Unanswered) as error:
        packed = pack_error(error)
        assert packed is not None
        return packed, b""
    # the engine's own panics are no Exception, and must not end in silence either
    except BaseException:
        return {"error": "", "trace": traceback.format_exc()}, b""
    head: dict[str, Any] = {"status": reply.status, "type": reply.media_type}
    if reply.headers:
        head["headers"] = dict(reply.headers)
    if reply.volatile:
        head["volatile"] = True
    return head, reply.body


class Jobs:
    """The jobs that come: others may lie behind the one that is done.

    Those that are not begun may be withdrawn, from the last one on.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._have = b""
        self._waiting: deque[bytes] = deque()
        self._given = 0.0

    def next(self) -> bytes | None:
        """The next job, nothing for one that was withdrawn; None if the other end is closed."""
        if self._waiting and time.monotonic() - self._given > _A_WHILE:
            with contextlib.suppress(BlockingIOError):
                self._gather(socket.MSG_DONTWAIT)
        while not self._waiting:
            if not self._gather():
                return None
        self._given = time.monotonic()
        return self._waiting.popleft()

    def _gather(self, flags: int = 0) -> bool:
        """Take what has come; False if the other end is closed."""
        more = self._connection.recv(1 << 18, flags)
        data = self._have + more
        place = 0
        while len(data) - place >= JOB.size:
            start = place + JOB.size
            end = start + JOB.unpack_from(data, place)[0]
            if len(data) < end:
                break
            if end > start:
                self._waiting.append(data[start:end])
            else:
                self._withdraw()
            place = end
        self._have = data[place:]
        return bool(more)

    def _withdraw(self) -> None:
        """Leave out the last of those that wait, unless it came too late."""
        for place in reversed(range(len(self._waiting))):
            if self._waiting[place]:
                self._waiting[place] = b""
                return


def send(connection: socket.socket, head: bytes, body: bytes) -> None:
    """A whole frame: in one call where it is short."""
    if len(body) < 65536:
        connection.sendall(head + body)
    else:
        connection.sendall(head)
        connection.sendall(body)
