"""The server against slow, greedy and broken clients; and how it starts, switches and ends."""

import http.client
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import Mock
from urllib.parse import quote, urlencode

import httpx2
import pytest

from asking import assert_problem
from conftest import ROOT, quick_build, write_project
from kg.settings import Settings
from kg_api.connection import Bounded, close_idle
from serving import KG, served

LIGHT = f"/sparql?query={quote('ASK { actor:mic a comity:Ministry }')}"
LIGHT_ON_FILES = f"/sparql?query={quote('SELECT (COUNT(*) AS ?n) { ?s ?p ?o }')}"
# with so little patience that a test has enough
IMPATIENT = {
    "KG_HEADER_TIMEOUT": "0.6",
    "KG_BODY_TIMEOUT": "0.6",
    "KG_IDLE_TIMEOUT": "3",
    "KG_WRITE_TIMEOUT": "1",
    "KG_MAX_CONNECTIONS": "600",
    "KG_MAX_BODY": "20000",
    "KG_MAX_URL": "4000",
    "KG_MAX_HEADER_BYTES": "8000",
}


@pytest.fixture(scope="module")
def address(real: Settings) -> Iterator[tuple[str, int]]:
    """Host and port of an impatient service, which all tests of this module abuse."""
    env = {**os.environ, "KG_SNAPSHOTS": str(real.snapshots), **IMPATIENT}
    with served(env) as url:
        found = re.fullmatch(r"http://([\d.]+):(\d+)/", url)
        assert found
        yield found[1], int(found[2])


@pytest.fixture
def light(address: tuple[str, int]) -> Iterator[None]:
    """After the test a light query is answered within 250 ms."""
    yield
    with closing(http.client.HTTPConnection(*address, timeout=5)) as client:
        client.request("GET", "/healthz")
        client.getresponse().read()
        began = time.monotonic()
        client.request("GET", LIGHT + "%23" + str(began))
        answer = client.getresponse()
        assert answer.read().endswith(b'"boolean":true}')
        assert time.monotonic() - began < 0.25
        assert answer.status == 200


def connect(address: tuple[str, int]) -> socket.socket:
    """A connection that gives up after a while."""
    return socket.create_connection(address, timeout=10)


def receive(client: socket.socket) -> bytes:
    """Everything that comes until the other side closes."""
    parts = []
    try:
        while part := client.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def say(address: tuple[str, int], data: bytes) -> bytes:
    """What is answered to some bytes, until the other side closes."""
    with connect(address) as client:
        client.sendall(data)
        return receive(client)


def status(answer: bytes) -> int:
    """The status of an answer's first line; 0 where there is no answer."""
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(found[1]) if found else 0


CLOSE = b"Host: x\r\nConnection: close\r\n\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
DIRECT = b"Content-Type: application/sparql-query\r\n"

# bytes, and the statuses that may answer them: 0 is a connection closed without a word
BROKEN: dict[str, tuple[bytes, set[int]]] = {
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01", {400}),
    "SSH": (b"SSH-2.0-x\r\n", {400}),
    "no method": (b" / HTTP/1.1\r\n" + CLOSE, {400}),
    "unknown method": (b"FETCH / HTTP/1.1\r\n" + CLOSE, {400, 405}),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 404, 405}),
    "no version": (b"GET /\r\n\r\n", {200, 303, 400}),
    "version of its own": (b"GET / HTTP/9.9\r\n" + CLOSE, {400}),
    "CONNECT": (b"CONNECT example.org:443 HTTP/1.1\r\n" + CLOSE, {400, 404, 405}),
    "absolute address": (b"GET http://example.org/healthz HTTP/1.1\r\n" + CLOSE, {200, 400, 404}),
    "NUL in the address": (b"GET /\x00 HTTP/1.1\r\n" + CLOSE, {400, 404}),
    "bytes in the address": (b"GET /sparql?query=\xff\xfe HTTP/1.1\r\n" + CLOSE, {400}),
    "NUL in a header": (b"GET /healthz HTTP/1.1\r\nX: a\x00b\r\n" + CLOSE, {400, 200}),
    "bytes in a header": (b"GET /healthz HTTP/1.1\r\nAccept: \xff\xfe\r\n" + CLOSE, {200}),
    "folded header": (b"GET /healthz HTTP/1.1\r\nX: a\r\n b\r\n" + CLOSE, {200, 400}),
    "header without colon": (b"GET /healthz HTTP/1.1\r\nnonsense\r\n" + CLOSE, {400}),
    "10,000 headers": (
        b"GET /healthz HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + CLOSE,
        {431},
    ),
    "a long header": (b"GET /healthz HTTP/1.1\r\nX: " + b"y" * 9000 + b"\r\n" + CLOSE, {431}),
    "an endless header": (b"GET /healthz HTTP/1.1\r\nX: " + b"y" * 3_000_000, {431, 0}),
    "a long address": (b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n" + CLOSE, {414}),
    "an endless address": (b"GET /" + b"x" * 3_000_000, {414, 0}),
    "a long query": (b"GET /sparql?query=" + b"x" * 5000 + b" HTTP/1.1\r\n" + CLOSE, {414}),
    "negative length": (b"POST /sparql HTTP/1.1\r\nContent-Length: -1\r\n" + CLOSE, {400}),
    "length of words": (b"POST /sparql HTTP/1.1\r\nContent-Length: ten\r\n" + CLOSE, {400}),
    "huge length": (
        b"POST /sparql HTTP/1.1\r\n" + FORM + b"Content-Length: 99999999999\r\n" + CLOSE,
        {413},
    ),
    "length beyond all numbers": (
        b"POST /sparql HTTP/1.1\r\n" + FORM + b"Content-Length: " + b"9" * 40 + b"\r\n" + CLOSE,
        {400},
    ),
    "two lengths": (
        b"POST /sparql HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n" + CLOSE + b"abcd",
        {400},
    ),
    "length and chunks": (
        b"POST /sparql HTTP/1.1\r\n" + FORM + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"
        + CLOSE + b"0\r\n\r\n",
        {400},
    ),
    "chunks of nonsense": (
        b"POST /sparql HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n" + CLOSE + b"zz\r\n",
        {400},
    ),
    "unknown coding": (
        b"POST /sparql HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: x\r\n" + CLOSE + b"query=ASK{}",
        {400, 408, 411, 501},
    ),
    "too long": (
        b"POST /sparql HTTP/1.1\r\n" + FORM + b"Content-Length: 30000\r\n" + CLOSE + b"x" * 30_000,
        {413},
    ),
    "too long in chunks": (
        b"POST /sparql HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n" + CLOSE
        + b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n0\r\n\r\n",
        {413},
    ),
    "body of a GET": (
        b"GET /healthz HTTP/1.1\r\nContent-Length: 3\r\n" + CLOSE + b"abc", {200}
    ),
    "body shorter than its length": (
        b"POST /sparql HTTP/1.1\r\n" + FORM + b"Content-Length: 100\r\n" + CLOSE + b"query=",
        {408},
    ),
    "body longer than its length": (
        b"POST /sparql HTTP/1.1\r\n" + FORM + b"Content-Length: 17\r\nHost: x\r\n\r\n"
        b"query=ASK%20%7B%7Dand%20more",
        {200, 400},
    ),
}  # fmt: skip


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize("name", sorted(BROKEN))
def test_broken_requests(address: tuple[str, int], name: str) -> None:
    """What is no request as it should be is refused with the right status, or dropped."""
    data, expected = BROKEN[name]
    try:
        answer = say(address, data)
    except (BrokenPipeError, ConnectionResetError):
        answer = b""
    assert status(answer) in expected, answer[:300]
    if status(answer) in (408, 413, 414, 431):
        # in words that a program can act on
        assert b"application/problem+json" in answer
        assert b'"limit"' in answer


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\n",
        b"GET /healthz HTTP/1.1\r\nX-Slow: ",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + FORM + b"Content-Length: 1000\r\n\r\nquery=",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + FORM + b"Transfer-Encoding: chunked\r\n\r\n",
    ],
    ids=["silent", "head", "field", "body", "chunks"],
)
def test_slow_clients(address: tuple[str, int], begin: bytes) -> None:
    """A byte now and then holds no connection: it is closed in time, with 408 if it began."""
    with connect(address) as client:
        began = time.monotonic()
        client.sendall(begin)
        client.settimeout(0.15)
        answer = b""
        while time.monotonic() - began < 8:
            try:
                part = client.recv(65536)
            except TimeoutError:
                if begin:
                    client.sendall(b"0" if b"chunked" in begin else b"x")
                continue
            except ConnectionResetError:
                break
            answer += part
            if not part:
                break
        took = time.monotonic() - began
    assert took < (2 if begin else 4)
    assert status(answer) in ((408, 400) if b"chunked" in begin else (408,) if begin else (0,))


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize("trickle", [False, True], ids=["once", "trickle"])
@pytest.mark.parametrize(
    "begin", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"], ids=["new", "kept alive"]
)
def test_empty_lines_ask_nothing(address: tuple[str, int], begin: bytes, trickle: bool) -> None:
    """Ends of lines, which may precede a request, do not hold a connection; a request does."""
    with connect(address) as client:
        if begin:
            client.sendall(begin)
            assert status(client.recv(65536)) == 200
        client.sendall(b"\r\n")
        began = time.monotonic()
        closed = False
        while not closed and time.monotonic() - began < 6:
            client.settimeout(0.3)
            try:
                closed = client.recv(65536) == b""
            except TimeoutError:
                if trickle:
                    client.sendall(b"\r\n")
            except ConnectionResetError:
                closed = True
    assert closed
    assert 2.5 < time.monotonic() - began < 5


@pytest.mark.usefixtures("light")
def test_half_open_connections_are_closed_in_time(address: tuple[str, int]) -> None:
    """200 clients that begin a request and leave are gone soon, and nobody waits for them."""
    clients = [connect(address) for _ in range(200)]
    for client in clients:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
    began = time.monotonic()
    assert httpx2.get(f"http://{address[0]}:{address[1]}{LIGHT}").status_code == 200
    assert time.monotonic() - began < 0.5
    answers = {status(receive(client)) for client in clients}
    assert answers == {408}
    assert time.monotonic() - began < 4
    for client in clients:
        client.close()


@pytest.mark.usefixtures("light")
def test_too_many_connections(address: tuple[str, int]) -> None:
    """Idle connections are held up to their number; one more is told so."""
    clients = []
    try:
        for _ in range(600):
            clients.append(connect(address))
        time.sleep(0.2)
        answer = say(address, b"GET /healthz HTTP/1.1\r\n" + CLOSE)
        assert status(answer) in (0, 503)
        clients[0].sendall(b"GET /healthz HTTP/1.1\r\n" + CLOSE)
        assert status(receive(clients[0])) == 200
    finally:
        for client in clients:
            client.close()
    time.sleep(0.3)


@pytest.mark.usefixtures("light")
def test_clients_that_leave(address: tuple[str, int]) -> None:
    """Connections cut at any point of a request leave nothing behind."""
    whole = b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + DIRECT + b"Content-Length: 6\r\n\r\nASK {}"
    for cut in range(0, len(whole) + 1, 3):
        with connect(address) as client:
            client.sendall(whole[:cut])
    slow = b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    for _ in range(6):
        with connect(address) as client:
            head = b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + DIRECT
            client.sendall(head + b"Content-Length: %d\r\n\r\n" % len(slow) + slow)
            time.sleep(0.15)
    time.sleep(0.3)
    ready = httpx2.get(f"http://{address[0]}:{address[1]}/readyz").json()
    assert ready["queue"] == 0


@pytest.mark.usefixtures("light")
def test_a_client_that_takes_nothing(address: tuple[str, int]) -> None:
    """Who asks for much and reads nothing of it is cut off."""
    query = quote("SELECT * { ?s ?p ?o } LIMIT 5000")
    request = f"GET /sparql?query={query} HTTP/1.1\r\n".encode()
    whole = len(say(address, request + CLOSE))
    with connect(address) as client:
        client.sendall((request + b"Host: x\r\n\r\n") * 40)
        time.sleep(2.5)
        received = 0
        try:
            while part := client.recv(1 << 20):
                received += len(part)
        except ConnectionResetError:
            pass
    assert 0 < received < 40 * whole - 5_000_000


@pytest.mark.usefixtures("light")
def test_clients_that_read_slowly_get_all(address: tuple[str, int]) -> None:
    """Who reads on, however slowly, is not cut off in the middle of a 200."""
    query = quote("SELECT * { ?s ?p ?o } LIMIT 5000")
    request = f"GET /sparql?query={query} HTTP/1.1\r\n".encode()
    whole = len(say(address, request + CLOSE))
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        client.settimeout(10)
        client.connect(address)
        client.sendall((request + b"Host: x\r\n\r\n") * 7 + request + CLOSE)
        began, received = time.monotonic(), 0
        while part := client.recv(131_072):
            received += len(part)
            # three seconds for what may wait one
            time.sleep(3 * len(part) / (8 * whole))
    assert received > 8 * whole - 1000
    assert time.monotonic() - began > 2.5


@pytest.mark.parametrize("closing", [False, True])
def test_who_never_takes_the_end_is_left(closing: bool) -> None:
    """A connection whose last bytes nobody takes is not waited for for ever."""
    one = object.__new__(Bounded)
    one.settings, one._reading, one.idle_since = Settings(ROOT, ROOT, idle_timeout=3), None, 0
    one.loop, one.transport = Mock(time=lambda: 3.5), Mock(is_closing=lambda: closing)
    close_idle([one])
    assert one.transport.abort.called == closing
    assert one.transport.close.called != closing


@pytest.mark.usefixtures("light")
def test_one_host_is_wanted(address: tuple[str, int]) -> None:
    """Without Host, or with two, HTTP/1.1 is refused; HTTP/1.0 may lack it (RFC 9112, §3.2)."""
    for fields, version, expected in (
        (b"", b"1.1", 400),
        (b"Host: a\r\nHost: b\r\n", b"1.1", 400),
        (b"", b"1.0", 200),
    ):
        answer = say(address, b"GET /healthz HTTP/" + version + b"\r\n" + fields + b"\r\n")
        assert status(answer) == expected


@pytest.mark.usefixtures("light")
def test_addresses_are_percent_encoded(address: tuple[str, int]) -> None:
    """Who sends other letters as they are is told what to do."""
    answer = say(address, "GET /search?q=半導体 HTTP/1.1\r\n".encode() + CLOSE)
    assert status(answer) == 400
    assert b"percent-encoded" in answer


@pytest.mark.usefixtures("light")
def test_pipelining(address: tuple[str, int]) -> None:
    """Requests sent at once are answered in their order, each whole, mistakes among them."""
    paths = ["/healthz", LIGHT, "/nowhere", "/sparql?query=nonsense", "/readyz"] * 4
    requests = [f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths]
    with connect(address) as client:
        client.sendall(b"".join(requests) + b"GET /healthz HTTP/1.1\r\n" + CLOSE)
        answer = receive(client)
    found = [int(one) for one in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]
    assert found == [200, 200, 404, 400, 200] * 4 + [200]


@pytest.mark.usefixtures("light")
def test_nonsense_after_a_request(address: tuple[str, int]) -> None:
    """What follows a request that is answered slowly does not come into its answer."""
    query = quote(f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} #{time.monotonic()}")
    request = f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    answer = say(address, request + b"\x00nonsense\r\n\r\n")
    first, _, rest = answer.partition(b"\r\n\r\n")
    assert status(first) == 200
    assert rest.startswith(b'{"head":{"vars":["n"]}')
    assert rest.count(b"HTTP/1.1 400 ") == 1


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize("protocol", ["h2c", "websocket", "TLS/1.0"])
def test_offers_of_other_protocols_are_declined(address: tuple[str, int], protocol: str) -> None:
    """Java's client offers HTTP/2 with every request: it gets its answer in HTTP/1.1."""
    upgrade = f"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: {protocol}\r\n".encode()
    get = f"GET {LIGHT} HTTP/1.1\r\nHost: x\r\n".encode() + upgrade + b"\r\n"
    assert b'"boolean":true' in say(address, get)
    body = urlencode({"query": "ASK {}"}).encode()
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + FORM + upgrade
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    assert b'"boolean":true' in say(address, head + length + body)


@pytest.mark.usefixtures("light")
def test_a_client_that_asks_first(address: tuple[str, int]) -> None:
    """`Expect: 100-continue` is met: curl sends it before a long body."""
    body = b"query=ASK%20%7B%7D"
    head = b"POST /sparql HTTP/1.1\r\n" + FORM + b"Expect: 100-continue\r\nContent-Length: 18\r\n"
    with connect(address) as client:
        client.sendall(head + CLOSE)
        assert client.recv(100).startswith(b"HTTP/1.1 100 ")
        client.sendall(body)
        assert status(receive(client)) == 200


@pytest.mark.usefixtures("light")
def test_two_hundred_clients(address: tuple[str, int]) -> None:
    """200 clients at once are all answered, or told when to come again."""
    found: list[int] = []

    def ask(number: int) -> None:
        query = quote(f"SELECT ?s {{ ?s a comity:Action }} LIMIT 10 #{number}")
        found.append(
            status(say(address, f"GET /sparql?query={query} HTTP/1.1\r\n".encode() + CLOSE))
        )

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 200
    assert set(found) <= {200, 503}
    assert found.count(200) >= 100


def test_errors_over_the_wire(address: tuple[str, int]) -> None:
    """An error is a whole answer of its own type, also where nobody keeps the query."""
    url = f"http://{address[0]}:{address[1]}"
    assert_problem(httpx2.get(f"{url}/sparql", params={"query": "nonsense"}), 400)
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    response = httpx2.get(f"{url}/sparql", params={"query": slow, "timeout": "0.2"})
    assert assert_problem(response, 503)["limit"] == "timeout"
    assert int(response.headers["retry-after"]) >= 1


# --- how it starts, switches and ends ----------------------------------------------------------


@contextmanager
def process(env: Mapping[str, str], *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A service of its own, and the line that it prints."""
    running = subprocess.Popen(
        [*KG, "serve", "--port", "0", *options],
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    try:
        yield running, running.stdout.readline()
    finally:
        running.terminate()
        running.communicate(timeout=10)


def url_of(line: str) -> str:
    """The address in the line that is printed."""
    found = re.search(r"http://\S+/", line)
    assert found, line
    return found.group().rstrip("/")


def test_answers_in_flight_are_given(real: Settings) -> None:
    """Told to end, the service takes no more, answers what it has begun, and leaves in order."""
    env = {**os.environ, "KG_SNAPSHOTS": str(real.snapshots)}
    query = "SELECT (COUNT(*) AS ?n) { ?a a ?b . ?c a ?d . FILTER(STR(?a) < STR(?d)) }"
    with process(env) as (running, line):
        url = url_of(line)
        answers: list[httpx2.Response] = []

        def ask() -> None:
            params = {"query": query, "timeout": "5"}
            answers.append(httpx2.get(f"{url}/sparql", params=params, timeout=20))

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.4)
        running.send_signal(signal.SIGTERM)
        asking.join()
        assert answers[0].status_code in (200, 503)
        assert answers[0].json()
        assert running.wait(10) == 0 or running.returncode == -signal.SIGTERM


@pytest.mark.parametrize("how", ["watching", "SIGHUP"])
def test_a_new_snapshot_without_a_lost_request(tmp_path: Path, how: str) -> None:
    """While one client asks on and on, a build changes the release: every request is answered."""
    project = write_project(tmp_path / "project")
    settings = Settings(project=project, snapshots=tmp_path / "snapshots")
    first = quick_build(settings).digest
    env = {
        **os.environ,
        "KG_PROJECT": str(project),
        "KG_SNAPSHOTS": str(settings.snapshots),
        "KG_WATCH": "0.1" if how == "watching" else "0",
    }
    with process(env) as (running, line):
        url = url_of(line)
        seen: list[tuple[int, str]] = []
        over = threading.Event()

        def ask() -> None:
            with httpx2.Client() as client:
                while not over.is_set():
                    query = f"SELECT * {{ ?s ?p ?o }} LIMIT 5 #{len(seen)}"
                    answer = client.get(f"{url}/sparql", params={"query": query})
                    seen.append((answer.status_code, answer.headers["comity-release"]))

        asking = threading.Thread(target=ask)
        asking.start()
        path = project / "data" / "ab-2024" / "data" / "b.ttl"
        path.write_text(path.read_text("utf-8").replace("hosted the", "held the"), "utf-8")
        second = quick_build(settings).digest
        if how == "SIGHUP":
            running.send_signal(signal.SIGHUP)
        until = time.monotonic() + 8
        while time.monotonic() < until and not (seen and seen[-1][1] == second):
            time.sleep(0.05)
        before = httpx2.get(f"{url}/sparql", params={"query": "ASK {}", "release": first})
        over.set()
        asking.join()
    assert {code for code, _ in seen} == {200}
    releases = [release for _, release in seen]
    assert releases == sorted(releases, key=[first, second].index)
    assert releases[-1] == second
    assert (before.status_code, before.headers["comity-release"]) == (200, first)


def test_unix_socket(real: Settings, tmp_path: Path) -> None:
    """The service listens on a Unix socket where one is wanted, and takes it away at its end."""
    path = tmp_path / "kg.sock"
    env = {**os.environ, "KG_SNAPSHOTS": str(real.snapshots)}
    with process(env, "--socket", str(path)) as (running, line):
        assert f"unix:{path}" in line
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(f"GET {LIGHT} HTTP/1.1\r\n".encode() + CLOSE)
            assert b'"boolean":true' in receive(client)
        second = subprocess.run(
            [*KG, "serve", "--socket", str(path)],
            env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert second.returncode == 1
        assert "in use" in second.stderr
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 0
    assert not path.exists()


@pytest.mark.parametrize(("mode", "triples"), [("own", 1), ("union", 2)])
def test_files_as_they_are(tmp_path: Path, mode: str, triples: int) -> None:
    """Any RDF files are served, unchecked, which is said; their default graph, or all graphs."""
    (tmp_path / "a.ttl").write_text("<x:a> <x:b> <x:c> .")
    (tmp_path / "b.nq").write_text("<x:a> <x:b> <x:d> <x:g> .\n<x:a> <x:b> <x:c> <x:g> .\n")
    files = [str(tmp_path / "a.ttl"), str(tmp_path / "b.nq")]
    with process(os.environ, "--default-graph", mode, *files) as (_, line):
        assert "unchecked" in line
        url = url_of(line)
        (row,) = httpx2.get(url + LIGHT_ON_FILES).json()["results"]["bindings"]
        assert int(row["n"]["value"]) == triples
        assert httpx2.get(f"{url}/healthz").json()["checked"] is False
        assert "unchecked" in httpx2.get(f"{url}/sparql").text


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["nowhere.ttl"], 1, "no such file"),
        (["--default-graph", "union"], 2, "is for files"),
        (["--timeout", "soon"], 2, "not a number"),
        (["--workers", "0"], 2, "at least 1"),
        (["--log-level", "loud"], 2, "not one of"),
        (["--socket", "/nowhere/at/all.sock"], 1, "no place for a socket"),
        (["pyproject.toml"], 1, "no RDF format"),
    ],
)
def test_bad_options(real: Settings, options: list[str], code: int, words: str) -> None:
    """What cannot be served is said in a line, before anything listens."""
    run = subprocess.run(
        [*KG, "serve", *options],
        env={**os.environ, "KG_SNAPSHOTS": str(real.snapshots)},
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert run.returncode == code, run.stderr
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_from_snapshot_to_first_answer(real: Settings) -> None:
    """The first answer comes soon after the start; an idle machine takes less than a second."""
    env = {**os.environ, "KG_SNAPSHOTS": str(real.snapshots)}
    began = time.monotonic()
    with process(env) as (_, line):
        assert httpx2.get(url_of(line) + LIGHT).json()["boolean"] is True
        # twice and more for a machine that does other things besides
        assert time.monotonic() - began < 4
