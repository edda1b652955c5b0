"""Cached answers against the same ASGI function answering a constant, and against bare uvicorn.

The constant is sent by the same server with the same headers, request id, metrics and log: what is
left is the price of finding the answer. Three interleaved rounds of wrk, medians.
"""

import argparse
import itertools
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import replace
from urllib.parse import quote

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from kg import snapshot as snapshots
from kg.settings import Settings
from kg_api import server
from kg_api.answers import Answer
from kg_api.app import Service, create_app
from kg_api.front import _give

QUERY = "SELECT ?name WHERE { actor:mic skos:prefLabel ?name } ORDER BY LANG(?name)"
PATH = f"/sparql?query={quote(QUERY)}"


class Constant:
    """Answers everything with one answer, written down and counted as the front does."""

    def __init__(self, service: Service, answer: Answer) -> None:
        self._front = service.front
        self._answer = answer
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        started = time.perf_counter()
        request = b"constant-%x" % next(self._numbers)
        status = await _give(self._answer, request, None, scope["method"], send)
        took = time.perf_counter() - started
        front = self._front
        front.metrics.count("/sparql", scope["method"], status, took)
        if front.requests.wanted:
            front.requests.add(
                request, scope["method"], scope["path"], scope["query_string"], status,
                len(self._answer.body), took,
            )  # fmt: skip


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """What uvicorn does with two bytes."""
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


def serve(which: str, log_level: str) -> None:
    """One of the three, on any port, until the input ends."""
    settings = replace(Settings.from_env(), port=0, log_level=log_level)
    app: ASGIApp
    if which == "bare":
        config = uvicorn.Config(
            bare, loop="uvloop", http="httptools", lifespan="off", log_config=None, access_log=False
        )
    else:
        opened = snapshots.open(settings=settings)
        service = create_app(settings, opened)
        app = service
        if which == "constant":
            body = opened.query(QUERY).serialize("json")
            release = service.state.releases.current
            args = {"query_string": f"query={quote(QUERY)}".encode(), "method": "GET"}
            app = Constant(service, _first(service, args))
            assert app._answer.body == body, release
        config = server.configuration(service, settings)
        config.app, config.lifespan = app, "off"
    listener = server.listen(settings)
    print(listener.getsockname()[1], flush=True)
    running = uvicorn.Server(config)
    threading.Thread(
        target=lambda: (sys.stdin.read(), setattr(running, "should_exit", True))
    ).start()
    running.run(sockets=[listener])


def _first(service: Service, asked: dict[str, object]) -> Answer:
    """The answer of the endpoint, asked once without a server."""
    import asyncio

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "scheme": "http", "path": "/sparql", "headers": [], **asked}
    return asyncio.run(service.front.endpoint.answer(scope, receive))  # type: ignore[arg-type]


def rate(port: str, seconds: int) -> float:
    """Requests a second, as wrk counts them."""
    run = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{seconds}s", f"http://127.0.0.1:{port}{PATH}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Non-2xx" not in run.stdout, run.stdout
    found = re.search(r"Requests/sec: +([\d.]+)", run.stdout)
    assert found, run.stdout
    return float(found[1])


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", choices=["bare", "constant", "cached"])
    parser.add_argument("--log-level", default="warning")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.log_level)
        return
    command = [sys.executable, __file__, "--log-level", given.log_level, "--serve"]
    names = ("bare", "constant", "cached")
    found: dict[str, list[float]] = {name: [] for name in names}
    processes = {
        name: subprocess.Popen(
            [*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in names
    }
    try:
        ports = {}
        for name, process in processes.items():
            assert process.stdout is not None
            ports[name] = process.stdout.readline().strip()
        time.sleep(0.5)
        for _ in range(given.rounds):
            for name in names:
                found[name].append(rate(ports[name], given.seconds))
    finally:
        for process in processes.values():
            process.communicate(input="", timeout=20)
    medians = {name: round(statistics.median(rates)) for name, rates in found.items()}
    ratio = medians["cached"] / medians["constant"]
    print(json.dumps({**medians, "cached / constant": round(ratio, 3)}))


if __name__ == "__main__":
    main()
