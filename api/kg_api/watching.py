"""Clients that wait for long are looked after: what they wait for ends when they go away."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Receive

# most are answered before anybody looks
_PATIENCE = 0.05

Found = TypeVar("Found")


class Gone(Exception):  # noqa: N818 - what the client is
    """Nobody waits for the answer any more."""


class _Waiting:
    """One client, and what will tell that it goes away."""

    __slots__ = ("gone", "receive", "since", "watcher")

    def __init__(self, receive: Receive, since: float) -> None:
        self.receive = receive
        self.since = since
        self.gone = False
        self.watcher: asyncio.Task[None] | None = None

    async def watch(self, task: "asyncio.Task[object]") -> None:
        """End the task once the client is gone."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        task.cancel()


class Watch:
    """All who wait: one timer for them, which looks whether any has waited for a while."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Task[object], _Waiting] = {}
        self._looking = False

    async def attend(self, what: Awaitable[Found], receive: Receive) -> Found:
        """Wait for something as long as the client does; Gone once it does not."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        waiting = self._waiting[task] = _Waiting(receive, loop.time())
        if not self._looking:
            self._looking = True
            loop.call_later(_PATIENCE, self._look)
        try:
            return await what
        except asyncio.CancelledError:
            if not waiting.gone:
                raise
            task.uncancel()
            raise Gone from None
        finally:
            del self._waiting[task]
            if waiting.watcher is not None:
                waiting.watcher.cancel()

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        before = loop.time() - _PATIENCE / 2
        for task, waiting in self._waiting.items():
            if waiting.watcher is None and waiting.since <= before:
                waiting.watcher = loop.create_task(waiting.watch(task))
        self._looking = bool(self._waiting)
        if self._looking:
            loop.call_later(_PATIENCE, self._look)
