"""One loaded snapshot as the HTTP process sees it: its zygote, and a link to each worker."""

import asyncio
import contextlib
import json
import logging
import os
import socket
import subprocess
import time
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from kg.errors import SnapshotError
from kg_api.birth import Birth
from kg_api.source import Source
from kg_api.worker import JOB, REPLY

_log = logging.getLogger("kg_api.pool")
_PACKET = 1 << 20
_NICE = 19


@lru_cache(maxsize=64)
def _unpacked(packed: bytes) -> dict[str, Any]:
    head: dict[str, Any] = json.loads(packed)
    return head


def unpack_head(packed: bytes) -> dict[str, Any]:
    """The head of a reply, not to be changed; most are alike, and short."""
    return _unpacked(packed) if len(packed) < 200 else json.loads(packed)


class Owner(Protocol):
    """Whoever is told what becomes of workers."""

    def arrived(self, link: "Link") -> None:
        """A worker is there, and idle."""

    def replied(self, link: "Link", head: dict[str, Any], body: bytes) -> None:
        """A worker has done its job."""

    def left(self, link: "Link", status: int | None, peak: int) -> None:
        """A worker is gone that nobody had sent away; None where the zygote is gone too."""

    def completed(self, generation: "Generation") -> None:
        """Workers that are forked from now on do all kinds of jobs."""

    def unable(self, generation: "Generation", why: str) -> None:
        """No worker could be forked."""

    def ended(self, generation: "Generation") -> None:
        """The zygote is gone that nobody had closed."""


class Link:
    """This process's end of one worker: sends it a job, and gathers its reply."""

    __slots__ = (
        "_connection",
        "_have",
        "_loop",
        "_number",
        "_owner",
        "_parts",
        "_unsent",
        "_used",
        "_wanted",
        "ahead",
        "deadline",
        "generation",
        "last",
        "long",
        "pid",
        "started",
        "stuck",
        "ticket",
        "used",
    )  # fmt: skip

    def __init__(
        self, owner: Owner, generation: "Generation", pid: int, connection: socket.socket
    ) -> None:
        connection.setblocking(False)
        self._owner = owner
        self._connection = connection
        self._number = connection.fileno()
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self._have = 0
        self._wanted = 0
        self._unsent = b""
        self.generation = generation
        self.pid = pid
        self.ticket: Any = None
        # what lies behind it, so that the worker need not sleep between one and the next
        self.ahead: deque[Any] = deque()
        # it shall do nothing more than it has
        self.last = False
        # it has had its job for a while
        self.stuck = False
        self.started = 0.0
        self.deadline = 0.0
        self.long = False
        self.used = 0.0
        self._used = -1.0
        self._loop.add_reader(self._number, self.read)

    @property
    def closed(self) -> bool:
        """Whether nothing more is to be expected of it."""
        return self._number < 0

    def begin(self, ticket: Any) -> None:
        """From now on it does this job."""
        self.ticket = ticket
        self.started = time.monotonic()
        self.deadline = ticket.deadline
        self.used, self._used = 0.0, -1.0

    def send(self, job: bytes) -> None:
        """Give it a job, which it begins at once or after the one that it has."""
        frame = JOB.pack(len(job)) + job
        if self._unsent:
            self._unsent += frame
            return
        try:
            sent = self._connection.send(frame)
        except BlockingIOError:
            sent = 0
        except OSError:
            return  # it is gone: read() is told so, too
        if sent < len(frame):
            self._unsent = frame[sent:]
            self._loop.add_writer(self._number, self._send_rest)

    def withdraw(self) -> None:
        """Have it not begin the last of what it was given in advance: it says if it has not."""
        self.send(b"")

    def _send_rest(self) -> None:
        try:
            sent = self._connection.send(self._unsent)
        except BlockingIOError:
            return
        except OSError:
            sent = len(self._unsent)
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            self._loop.remove_writer(self._number)

    def read(self) -> None:
        """Take what has come; whole replies go to the owner."""
        try:
            data = self._connection.recv(65536 if self._have == 0 else 1 << 20)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            self.generation.missing(self)
            return
        if self._have:
            self._parts.append(data)
            self._have += len(data)
            if self._wanted and self._have < self._wanted:
                return
            data = b"".join(self._parts)
            self._parts, self._have, self._wanted = [], 0, 0
        while len(data) >= REPLY.size:
            head, body = REPLY.unpack_from(data)
            start = REPLY.size + head
            end = start + body
            if len(data) < end:
                self._wanted = end
                break
            packed, body_, data = data[REPLY.size : start], data[start:end], data[end:]
            self._owner.replied(self, unpack_head(packed), body_)
            if self.closed:
                return
        if data:
            self._parts, self._have = [data], len(data)

    def look(self, enough: float) -> None:
        """Whether its job has had so many seconds of the processor: it yields to others then."""
        try:
            # the clock of another process's processor time (clock_getcpuclockid(3))
            used = time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            used = time.monotonic()
        if self._used < 0:
            self._used = used
        self.used = used - self._used
        if self.used >= enough and not self.long:
            self.long = True
            self.yield_to_others()

    def yield_to_others(self) -> None:
        """Let it run only when nobody else wants to: for good, without privileges."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICE)

    def close(self) -> None:
        """Have nothing more to do with it: an idle worker ends then."""
        if self._number >= 0:
            self._loop.remove_reader(self._number)
            self._loop.remove_writer(self._number)
            self._connection.close()
            self._number = -1


class Generation:
    """A zygote, and the workers that it forked: all of one snapshot."""

    def __init__(
        self,
        owner: Owner,
        source: Source,
        kinds: Mapping[str, str],
        memory: int,
        path: tuple[str, ...] = (),
    ) -> None:
        self._owner = owner
        self.source = source
        self._kinds, self._memory, self._path = kinds, memory, path
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready: asyncio.Future[dict[str, Any]]
        # workers whose socket closed, until the zygote says how they ended
        self._missing: dict[int, Link] = {}
        self.links: dict[int, Link] = {}
        # its workers do all kinds of jobs
        self.complete = asyncio.Event()
        self.gone = False
        self.coming = 0
        self.digest = ""
        # the memory that a worker has from its birth
        self.base = 0

    @property
    def pid(self) -> int:
        """The zygote's process."""
        assert self._process is not None
        return self._process.pid

    @property
    def size(self) -> int:
        """How many workers there are, and are about to be."""
        return len(self.links) + self.coming

    async def start(self) -> dict[str, Any]:
        """Start the zygote and wait until it has loaded; what it says of itself.

        The thread that calls this must live as long as the zygote is to.
        """
        birth = self.source.birth
        told = (self.source.pack(), self._kinds, self._memory, self._path)
        if birth is None or not birth.take(*told):
            birth = Birth(*told)
            birth.take(*told)
        self._process, self._control = birth.process, birth.control
        self._control.setblocking(False)
        loop = asyncio.get_running_loop()
        self._ready = loop.create_future()
        loop.add_reader(self._control.fileno(), self._hear)
        try:
            described = await self._ready
        except BaseException:
            await self.close()
            raise
        self.digest = described["digest"]
        self.base = described["memory"]
        return described

    def go_on(self) -> None:
        """Have it import what the other kinds of jobs need: those who are forked then do them."""
        self._tell({"rest": True})

    def fork(self) -> None:
        """Ask for one more worker: it arrives."""
        self.coming += 1
        self._tell({"fork": True})

    def kill(self, link: Link) -> None:
        """End a worker at once, whatever it does; it is not heard of again."""
        link.close()
        self.links.pop(link.pid, None)
        self._tell({"kill": link.pid})

    def dismiss(self, link: Link) -> None:
        """Let an idle worker go."""
        link.close()
        self.links.pop(link.pid, None)

    def missing(self, link: Link) -> None:
        """A worker has closed its socket: the zygote will say why."""
        if self.links.pop(link.pid, None) is not None:
            if self._control is None:
                self._owner.left(link, None, 0)
            else:
                self._missing[link.pid] = link

    async def close(self) -> None:
        """End the zygote and all its workers, and wait until they are gone."""
        self._hang_up()
        for link in list(self.links.values()):
            self.dismiss(link)
        if self._process is not None:
            while self._process.poll() is None:
                await asyncio.sleep(0.002)

    def _hang_up(self) -> None:
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control.fileno())
            self._control.close()
            self._control = None

    def _tell(self, what: dict[str, Any]) -> None:
        if self._control is not None:
            with contextlib.suppress(BrokenPipeError, ConnectionError):
                self._control.send(json.dumps(what).encode())

    def _hear(self) -> None:
        assert self._control is not None
        descriptors: list[int] = []
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, _PACKET, 1)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            self._lost()
            return
        told = json.loads(packet)
        if "pid" in told:
            self._arrive(told["pid"], socket.socket(fileno=descriptors[0]))
        elif "dead" in told:
            self._died(told["dead"], told["status"], told["peak"])
        elif "ready" in told:
            if not self._ready.done():
                self._ready.set_result(told["ready"])
        elif "complete" in told:
            self._owner.completed(self)
            self.complete.set()
        elif "failed" in told:
            if not self._ready.done():
                self._ready.set_exception(SnapshotError(told["failed"]))
            else:
                _log.error("jobs of other kinds than the first cannot be done: %s", told["failed"])
        elif "unable" in told:
            self.coming -= 1
            self._owner.unable(self, told["unable"])

    def _arrive(self, pid: int, connection: socket.socket) -> None:
        self.coming -= 1
        link = Link(self._owner, self, pid, connection)
        self.links[pid] = link
        self._owner.arrived(link)

    def _died(self, pid: int, status: int, peak: int) -> None:
        link = self.links.get(pid)
        if link is not None:
            # a whole reply may still lie in the socket
            for _ in range(_PACKET):
                if link.closed:
                    break
                link.read()
        link = self._missing.pop(pid, None)
        if link is not None:
            self._owner.left(link, status, peak)

    def _lost(self) -> None:
        """The zygote is gone, and so are its workers."""
        self._hang_up()
        if not self._ready.done():
            self._ready.set_exception(SnapshotError("the process that loads the snapshot ended"))
            return
        self.gone = True
        # whoever waits for it waits in vain
        self.complete.set()
        gone = [*self._missing.values(), *self.links.values()]
        self._missing.clear()
        self.links.clear()
        self.coming = 0
        for link in gone:
            link.close()
            self._owner.left(link, None, 0)
        self._owner.ended(self)
