"""A worker: forked from the zygote, it does one job after another until its socket is closed.

Frames: a job is `<I` length and the packed job. A reply is `<II`, lengths of head and body, then
the head in JSON and the body as it is.
"""

import json
import os
import resource
import signal
import socket
import struct
import traceback
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
    while True:
        data = receive(connection)
        if data is None:
            os._exit(0)
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


def receive(connection: socket.socket) -> bytes | None:
    """The next frame; None when the other end is closed."""
    data = connection.recv(65536)
    while len(data) < JOB.size:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    (length,) = JOB.unpack_from(data)
    if len(data) == JOB.size + length:
        return data[JOB.size :]
    parts, have = [data[JOB.size :]], len(data) - JOB.size
    while have < length:
        more = connection.recv(min(length - have, 1 << 20))
        if not more:
            return None
        parts.append(more)
        have += len(more)
    return b"".join(parts)


def send(connection: socket.socket, head: bytes, body: bytes) -> None:
    """A whole frame: in one call where it is short."""
    if len(body) < 65536:
        connection.sendall(head + body)
    else:
        connection.sendall(head)
        connection.sendall(body)
