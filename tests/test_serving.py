"""`kg serve`: the service as a process that people start and end."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from asking import ANSWER, NAMES, assert_problem
from kg.names import PREFIXES
from kg.settings import Settings
from serving import KG, served

ROOT = Path(__file__).resolve().parent.parent
MIC = PREFIXES["actor"] + "mic"


@pytest.fixture
def env(real: Settings) -> dict[str, str]:
    """The environment of a process that finds the real snapshot."""
    return {**os.environ, "KG_SNAPSHOTS": str(real.snapshots)}


def test_it_prints_an_address_that_answers(env: dict[str, str]) -> None:
    """The address that is printed is on this machine only, and answers at once."""
    with served(env) as address:
        assert urlsplit(address).hostname == "127.0.0.1"
        answer = httpx2.get(f"{address}sparql", params={"query": NAMES})
    rows = answer.json()["results"]["bindings"]
    assert [(row["name"]["value"], row["name"]["xml:lang"]) for row in rows] == ANSWER


def test_rdflib_asks_without_configuration(env: dict[str, str]) -> None:
    """A SPARQL client that knows nothing but the address gets rows, a boolean and a graph."""
    with served(env) as address:
        graph = rdflib.Graph(SPARQLStore(f"{address}sparql"))
        assert [(str(name), name.language) for (name,) in graph.query(NAMES)] == ANSWER
        assert graph.query(f"ASK {{ <{MIC}> ?p ?o }}").askAnswer is True
        described = graph.query(f"DESCRIBE <{MIC}>").graph
    assert described is not None
    assert len(described) > 2


def curl(line: str, address: str) -> httpx2.Response:
    """What a line of the documentation does, without the program that it calls."""
    words = shlex.split(line.replace("http://127.0.0.1:8000/", address))
    follow = "-L" in words
    url = next(word for word in words if word.startswith(address))
    headers = dict(
        re.split(r": *", value, maxsplit=1) for name, value in pairwise(words) if name == "-H"
    )
    fields = {}
    for option, value in pairwise(words):
        if option == "--data-urlencode":
            name, mark, content = re.split(r"([=@])", value, maxsplit=1)
            fields[name] = content if mark == "=" else (ROOT / content).read_text("utf-8")
    if fields:
        return httpx2.post(url, headers=headers, data=fields)
    return httpx2.get(url, headers=headers, follow_redirects=follow)


def test_what_the_documentation_shows(env: dict[str, str]) -> None:
    """Every command of docs/service.md is answered."""
    (block,) = re.findall(
        r"```sh\n(.*?)```", (ROOT / "docs" / "service.md").read_text("utf-8"), re.S
    )
    with served(env) as address:
        answers = [curl(line, address) for line in block.splitlines()]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert int(answers[0].json()["results"]["bindings"][0]["n"]["value"]) > 5000
    assert len(answers[1].text.splitlines()) > 10
    assert "actor:mic" in answers[2].text


def test_head_over_the_wire(env: dict[str, str]) -> None:
    """HEAD has the headers of GET, and no body."""
    with served(env) as address:
        host = urlsplit(address)
        with socket.create_connection((host.hostname, host.port), timeout=10) as connection:
            connection.sendall(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            received = b""
            while chunk := connection.recv(4096):
                received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"content-length: " in head.lower()
    assert body == b""


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /sparql?query=\xff\xfe HTTP/1.1",
        b"GET /id/\xff HTTP/1.1",
        b"\x16\x03\x01",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1",
        b"POST /sparql HTTP/1.1\r\nContent-Length: -1",
        b"POST /sparql HTTP/1.1\r\nContent-Length: 10\r\nContent-Length: 20",
        b"POST /sparql HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    ],
)
def test_what_is_no_request(env: dict[str, str], request_line: bytes) -> None:
    """Bytes that are no HTTP are refused or dropped, and others are still served."""
    with served(env) as address:
        host = urlsplit(address)
        with socket.create_connection((host.hostname, host.port), timeout=10) as connection:
            connection.sendall(request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
            received = connection.recv(4096)
        assert received == b"" or received.startswith(b"HTTP/1.1 4")
        assert httpx2.get(f"{address}healthz").status_code == 200


def test_errors_over_the_wire(env: dict[str, str]) -> None:
    """An error is a whole answer of its own type."""
    with served(env) as address:
        assert_problem(httpx2.get(f"{address}id/actor/nobody"), 404)


def test_a_port_in_use_is_one_clear_line(env: dict[str, str]) -> None:
    """When somebody else listens there, the command says so in one line and exits with 1."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = subprocess.run(
            [*KG, "serve", "--port", str(port)],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 1
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert f"127.0.0.1:{port}" in line
    assert "in use" in line
    assert "--port" in line


def test_an_unknown_host_is_one_clear_line(env: dict[str, str]) -> None:
    """An address that is not this machine's is refused in the same way."""
    run = subprocess.run(
        [*KG, "serve", "--host", "192.0.2.1", "--port", "0"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1


def test_without_a_snapshot_it_says_what_to_do(env: dict[str, str], tmp_path: Path) -> None:
    """Before the first build the command names `kg build`, and exits with 1."""
    run = subprocess.run(
        [*KG, "serve"],
        env={**env, "KG_SNAPSHOTS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert "kg build" in line


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_bad_usage_exits_with_2(env: dict[str, str], port: str) -> None:
    """A port that is none is bad usage."""
    run = subprocess.run(
        [*KG, "serve", "--port", port], env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2


def test_it_ends_when_asked(env: dict[str, str]) -> None:
    """Ctrl-C is the way to end the service: nothing went wrong."""
    process = subprocess.Popen(
        [*KG, "serve", "--port", "0"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert said == ""
    assert process.returncode == 0


def test_help_has_an_example() -> None:
    """`kg serve --help` shows how it is called."""
    run = subprocess.run(
        [*KG, "serve", "--help"], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert "kg serve --port 8080" in run.stdout
    assert sys.executable not in run.stdout
