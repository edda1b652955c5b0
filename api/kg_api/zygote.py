"""The zygote: a process that loads a snapshot once, and forks the workers that share it.

`python -m kg_api.zygote N` is told over the socket N what to load. Messages are JSON, one a packet:

- to it, first: `{"source": …, "kinds": {…}, "path": […], "memory": bytes}`
- from it, then: `{"ready": {…}}`, or `{"failed": "why"}`; its workers do the first kinds of jobs
- to it: `{"rest": true}`; from it, once its workers do all kinds: `{"complete": true}`
- to it: `{"fork": true}`, `{"kill": pid}`
- from it: `{"pid": n}` with the worker's socket, `{"dead": pid, "status": n, "peak": bytes}`

It ends, and all workers with it, when the other end of the socket is closed.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Mapping
from typing import Any

from kg.errors import KgError
from kg.snapshot import Snapshot
from kg_api import confine, evaluation, worker
from kg_api.jobs import FIRST, Function, resolve
from kg_api.source import Source

_PACKET = 1 << 20
# how often it listens while it imports
_LOOK = 0.02


def _settle() -> None:
    """What lives now lives as long as the process: no worker's collector is to touch it."""
    gc.collect()
    gc.freeze()


def load(source: Source) -> Snapshot:
    """The snapshot, loaded on another thread.

    glibc's malloc is slower, in every query to come, on the thread that has loaded a store.
    """
    found: list[Snapshot] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            snapshot = source.open()
            evaluation.warm(snapshot)
            found.append(snapshot)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]


class _Alone(BaseException):
    """Nobody is there to tell what to do: raised wherever an import is."""


class Zygote:
    """The loaded snapshot, the control socket, and the workers that live."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._own: tuple[socket.socket, ...] = ()
        self._children: set[int] = set()
        self._snapshot: Snapshot
        self._functions: dict[str, Function] = {}
        self._rest: Mapping[str, str] = {}
        self._memory = 0

    def prepare(self) -> None:
        """Load what the first message names; says whether it worked, and ends if it did not."""
        given = json.loads(self._control.recv(_PACKET))
        sys.path[:0] = given["path"]
        # an external store is asked over the network, and evaluates what would reach out
        alone = not os.environ.get("KG_STORE") and confine.leave_network()
        try:
            kinds = given["kinds"]
            self._rest = {kind: place for kind, place in kinds.items() if kind not in FIRST}
            self._functions = resolve({k: v for k, v in kinds.items() if k in FIRST})
            self._snapshot = load(Source.unpack(given["source"]))
        except (KgError, OSError, ImportError) as error:
            self._say({"failed": str(error)})
            sys.exit(1)
        self._memory = given["memory"]
        _settle()
        self._say(
            {
                "ready": {
                    "digest": self._snapshot.digest,
                    "graphs": len(self._snapshot.graphs),
                    "network": alone,
                    "memory": confine.resident(),
                }
            }
        )

    def run(self) -> None:
        """Fork, kill and bury, as told, until nobody is there to tell."""
        wake, waker = socket.socketpair()
        wake.setblocking(False)
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(wake, select.POLLIN)
        self._own = (wake, waker)
        while True:
            ready = {number for number, _ in poll.poll()}
            if wake.fileno() in ready:
                with contextlib.suppress(BlockingIOError):
                    wake.recv(4096)
                self._bury()
            if self._control.fileno() in ready and not self._obey():
                return

    def _obey(self, flags: int = 0) -> bool:
        """Do what is told; False when nobody is there to tell."""
        try:
            packet = self._control.recv(_PACKET, flags)
        except BlockingIOError:
            return True
        except ConnectionResetError:
            # the other end was closed with something of ours unread
            packet = b""
        if not packet:
            return False
        told = json.loads(packet)
        if "kill" in told:
            self._kill(told["kill"])
            return True
        if "rest" in told:
            return self._complete()
        return self._fork()

    def _complete(self) -> bool:
        """Have workers do all kinds of jobs from now on; False when nobody is there any more."""
        try:
            self._import()
            self._say({"complete": True})
        except (_Alone, OSError):
            return False
        return True

    def _import(self) -> None:
        """Import what the other kinds of jobs need, and obey meanwhile.

        A worker that is forked amid an import has no use for what that brings.
        """

        deaf = False

        def look(*_: object) -> None:
            # whoever is forked here never leaves it, and must not hear what is told to the zygote
            nonlocal deaf
            if deaf:
                return
            deaf = True
            self._bury()
            there = self._obey(socket.MSG_DONTWAIT)
            deaf = False
            if not there:
                raise _Alone

        signal.signal(signal.SIGALRM, look)
        signal.setitimer(signal.ITIMER_REAL, _LOOK, _LOOK)
        try:
            self._functions.update(resolve(self._rest))
        except Exception as error:
            traceback.print_exc()
            self._say({"failed": str(error)})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        _settle()

    def end(self) -> None:
        """Leave nobody behind."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for child in self._children:
            self._kill(child)
        for child in self._children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)

    def _say(self, what: dict[str, Any], *descriptors: int) -> None:
        socket.send_fds(self._control, [json.dumps(what).encode()], descriptors)

    def _kill(self, child: int) -> None:
        # a number that is not buried yet cannot have been given to another process
        if child in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def _bury(self) -> None:
        """Learn which workers are gone, and tell."""
        while self._children:
            try:
                child, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if child == 0:
                return
            self._children.discard(child)
            with contextlib.suppress(OSError):
                code = os.waitstatus_to_exitcode(status)
                self._say({"dead": child, "status": code, "peak": usage.ru_maxrss * 1024})

    def _fork(self) -> bool:
        """Fork a worker and hand over its socket; False when there is nobody to hand it to."""
        theirs, ours = socket.socketpair()
        parent = os.getpid()
        try:
            child = os.fork()
        except OSError as error:
            theirs.close()
            ours.close()
            self._say({"unable": str(error)})
            return True
        if child == 0:
            try:
                confine.die_with_parent(parent)
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for one in (self._control, theirs, *self._own):
                    one.close()
                worker.serve(ours, self._snapshot, self._functions, self._memory)
            except BaseException:
                traceback.print_exc()
            finally:
                # whatever happened, nothing of the zygote's runs twice
                os._exit(1)
        self._children.add(child)
        ours.close()
        try:
            self._say({"pid": child}, theirs.fileno())
        except OSError:
            return False
        finally:
            theirs.close()
        return True


def main() -> None:
    """Load, say so, and fork until told no more."""
    # an interrupt is meant for the service, which ends its workers when it has answered
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    confine.die_with_parent(int(sys.argv[2]))
    zygote = Zygote(socket.socket(fileno=int(sys.argv[1])))
    zygote.prepare()
    try:
        zygote.run()
    finally:
        zygote.end()


if __name__ == "__main__":
    main()
