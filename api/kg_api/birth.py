"""The birth of a zygote: its process is started and told what to load before anybody waits.

What this module imports is little, so that a command can have the snapshot loaded while it imports
the rest of the service itself.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import Any


class Birth:
    """A zygote that loads: its process, and our end of its control socket.

    The thread that makes one must live as long as the zygote is to.
    """

    def __init__(
        self,
        source: Mapping[str, Any],
        kinds: Mapping[str, str],
        memory: int,
        path: tuple[str, ...] = (),
    ) -> None:
        self._told = _message(source, kinds, memory, path)
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # there before it asks
            self.control.send(self._told)
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-P", "-m", "kg_api.zygote", str(theirs.fileno()),
                 str(os.getpid())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )  # fmt: skip
        self._taken = False

    def take(
        self,
        source: Mapping[str, Any],
        kinds: Mapping[str, str],
        memory: int,
        path: tuple[str, ...] = (),
    ) -> bool:
        """Whether the zygote is the caller's from now on: nobody has it, and it loads just that."""
        if self._taken or _message(source, kinds, memory, path) != self._told:
            return False
        self._taken = True
        return True

    def end(self) -> None:
        """End the zygote, unless somebody has taken it."""
        if not self._taken:
            self._taken = True
            self.control.close()
            self.process.kill()
            self.process.wait()


def _message(
    source: Mapping[str, Any], kinds: Mapping[str, str], memory: int, path: tuple[str, ...]
) -> bytes:
    """What a zygote is told first."""
    told = {"source": source, "kinds": dict(kinds), "memory": memory, "path": list(path)}
    return json.dumps(told).encode()
