"""Logs: one JSON object a line on standard error, without what people ask."""

import asyncio
import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

NAME = "kg_api"
# lines are written together: a call of the system for each would take longer than the answer
_TOGETHER = 0.2


class _Lines(logging.Formatter):
    """A record as a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in ("request", "release"):
            if hasattr(record, name):
                said[name] = getattr(record, name)
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


def configure(level: str) -> None:
    """Send what the service and its server say to standard error, from a level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    for name in (NAME, "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
        logger.setLevel(level.upper())


class Requests:
    """A line a request: its id, method, path, status, bytes and time; no query string."""

    def __init__(self, level: str, output: TextIO | None = None) -> None:
        self.wanted = level in ("debug", "info")
        self._queries = level == "debug"
        self._output = output
        self._lines: list[str] = []
        self._due = False

    def add(
        self,
        request: bytes,
        method: str,
        path: str,
        query: bytes,
        status: int,
        size: int,
        took: float,
    ) -> None:
        """Write down a request, soon."""
        asked = f', "query": {json.dumps(query.decode("latin-1"))}' if self._queries else ""
        self._lines.append(
            f'{{"time": "{datetime.now(UTC).isoformat(timespec="milliseconds")}", "level": "info", '
            f'"logger": "kg_api.request", "request": "{request.decode()}", "method": '
            f'{json.dumps(method)}, "path": {json.dumps(path)}, "status": {status}, '
            f'"bytes": {size}, "ms": {took * 1000:.2f}{asked}}}\n'
        )
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_later(_TOGETHER, self.flush)

    def flush(self) -> None:
        """Write what waits to be written."""
        self._due = False
        lines, self._lines = self._lines, []
        if lines:
            output = self._output or sys.stderr
            output.write("".join(lines))
            output.flush()
