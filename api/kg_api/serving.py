"""What `kg serve` serves: the front, at once, and behind it the application, soon after.

FastAPI and the routes take longer to import than a snapshot takes to load. So queries are answered
before they are there; whatever is theirs waits for them.
"""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from kg.settings import Settings
from kg_api.front import Front
from kg_api.releases import Releases, in_pool
from kg_api.source import Source


class Serving:
    """The front over a source, and the application that it passes on to."""

    def __init__(self, settings: Settings, source: Source, watch: bool = False) -> None:
        self._settings = settings
        self.releases = Releases(settings, source, in_pool(settings), watch)
        self.front = Front(self._pass_on, settings, self.releases)
        self._inner: asyncio.Task[ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self.front(scope, receive, send)

    async def load(self) -> None:
        """Import the application, if nobody has; the event loop goes on meanwhile."""
        if self._inner is None:
            self._inner = asyncio.create_task(asyncio.to_thread(self._application))
        await asyncio.shield(self._inner)

    def _application(self) -> ASGIApp:
        from kg_api.app import application

        return application(self._settings, self.releases, self.front).behind

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._inner is None or not self._inner.done():
            await self.load()
        assert self._inner is not None
        await self._inner.result()(scope, receive, send)
