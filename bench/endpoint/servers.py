"""The servers that are compared, each started on 127.0.0.1 with the same data, and ended."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

JSON = {"Accept": "application/sparql-results+json"}
UNION = "urn:comity:union"
BIN = Path(sys.executable).parent
KG = (sys.executable, "-c", "from kg.cli import main; main()")
# a first query that every server answers from its data
FIRST = "ASK { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }"


@dataclass(frozen=True)
class Data:
    """A scaled graph: named graphs, the union of them, and a folder for what servers make of it."""

    quads: Path
    folder: Path

    @property
    def union(self) -> Path:
        """The union of all graphs, as N-Triples."""
        return self.quads.with_suffix(".nt")


@dataclass
class Server:
    """A server that runs: where it listens, and what it took to begin."""

    name: str
    port: int
    path: str
    process: subprocess.Popen[bytes]
    ready: float = 0.0
    prepared: float = 0.0

    def ask(self, query: str, timeout: float = 60) -> tuple[int, bytes]:
        """Status and body of a query's answer."""
        joint = "&" if "?" in self.path else "?"
        return self.get(f"{self.path}{joint}query={quote(query, safe='')}", timeout)

    def get(self, target: str, timeout: float = 60) -> tuple[int, bytes]:
        """Status and body of what is at a path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", target, headers=JSON)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def memory(self) -> int:
        """Bytes that the processes of this server take, shared pages counted once."""
        return sum(proportional(pid) for pid in family(self.process.pid))

    def cpu(self) -> float:
        """Seconds of processor time that its processes have used, those that live."""
        return sum(processor_time(pid) for pid in family(self.process.pid))


def processor_time(pid: int) -> float:
    """Seconds of processor time of a process."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return 0


def family(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
            parents.setdefault(int(words[1]), []).append(int(stat.parent.name))
    found, waiting = [], [root]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += parents.get(one, [])
    return found


def proportional(pid: int) -> int:
    """The proportional set size of a process in bytes: shared pages divided among the sharers."""
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        return int(found[1]) * 1024 if found else 0
    return 0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def need(program: str, package: str) -> str:
    """The path of a program; ends with what to install where it is missing."""
    found = shutil.which(program, path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        sys.exit(f"{program} is missing: install {package}")
    return found


@contextlib.contextmanager
def running(
    name: str,
    command: Sequence[str | Path],
    port: int,
    path: str,
    patience: float = 120,
    cwd: Path | None = None,
    first: str = FIRST,
) -> Iterator[Server]:
    """A server from its start to its end, once it answers a query."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Server(name, port, path, process)
    try:
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, body = server.ask(first)
                if status == 200 and b"true" in body:
                    break
            if process.poll() is not None:
                sys.exit(f"{name} ended with {process.returncode} before it answered")
            if time.perf_counter() - begun > patience:
                sys.exit(f"{name} does not answer after {patience:.0f} s")
            time.sleep(0.005)
        server.ready = time.perf_counter() - begun
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def ours(data: Data, *options: str, name: str = "comity") -> Iterator[Server]:
    """`kg serve` over the file, isolation on, as it is by default."""
    port = free_port()
    words = ["serve", "--port", str(port), "--default-graph", "union", *options, data.quads]
    with running(name, [*KG, *words], port, "/sparql", 600) as server:
        yield server


@contextlib.contextmanager
def oxigraph(data: Data) -> Iterator[Server]:
    """Oxigraph's own server, its database loaded in bulk and optimised."""
    program = need("oxigraph", "the package oxigraph (pip)")
    folder, port = data.folder / "oxigraph", free_port()
    begun = time.perf_counter()
    if not folder.exists():
        words = ["load", "--location", folder, "--file", data.quads, "--file", data.union]
        subprocess.run([program, *words], check=True, capture_output=True)
        subprocess.run([program, "optimize", "--location", folder], check=True, capture_output=True)
    prepared = time.perf_counter() - begun
    words = ["serve-read-only", "--location", folder, "--bind", f"127.0.0.1:{port}"]
    with running("oxigraph", [program, *words], port, "/query") as server:
        server.prepared = prepared
        yield server


VIRTUOSO = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 200
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxCheckpointRemap = 20000
CheckpointInterval = 0
DirsAllowed = {folder}, {data}
ThreadCleanupInterval = 0
ThreadsPerQuery = 2
MaxQueryMem = 2G
AdjustVectorSize = 0
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 100
MaxKeepAlives = 100
KeepAliveTimeout = 60
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 60
"""


@contextlib.contextmanager
def virtuoso(data: Data) -> Iterator[Server]:
    """Virtuoso 7: the named graphs, and their union as one graph, which is the default one."""
    program = need("virtuoso-t", "virtuoso-opensource (Debian, Ubuntu)")
    isql = shutil.which("isql-vt") or need("isql", "virtuoso-opensource (Debian, Ubuntu)")
    folder, port, sql = data.folder / "virtuoso", free_port(), free_port()
    # named in the configuration, and Virtuoso keeps it in the database's own folder
    new = not folder.exists()
    folder.mkdir(exist_ok=True)
    buffers = 250_000
    (folder / "virtuoso.ini").write_text(
        VIRTUOSO.format(
            sql=sql,
            port=port,
            buffers=buffers,
            dirty=buffers * 3 // 4,
            folder=folder,
            data=data.quads.parent.resolve(),
        ),
        "utf-8",
    )
    command = [program, "+foreground", "+configfile", "virtuoso.ini"]
    path = f"/sparql?default-graph-uri={quote(UNION, safe='')}"
    begun = time.perf_counter()
    if new:
        # an empty database answers, and then it is loaded
        with running("virtuoso", command, port, "/sparql", 120, folder, "ASK { }"):
            load = (
                f"DB.DBA.TTLP_MT(file_open('{data.quads.resolve()}'), '', '{UNION}', 512, 2);"
                f"DB.DBA.TTLP_MT(file_open('{data.union.resolve()}'), '', '{UNION}', 0, 2);"
                "checkpoint;"
            )
            run_isql(isql, sql, load)
    prepared = time.perf_counter() - begun
    with running("virtuoso", command, port, path, 120, folder) as server:
        server.prepared = prepared
        yield server


def run_isql(isql: str, port: int, statements: str) -> None:
    """Run statements in Virtuoso; its own words where one fails."""
    run = subprocess.run(
        [isql, f"127.0.0.1:{port}", "dba", "dba", "ERRORS=STDOUT", f"EXEC={statements}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode or "*** Error" in run.stdout:
        sys.exit(f"Virtuoso could not load: {run.stdout} {run.stderr}")


RDFLIB = """\
import sys
import rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
data = rdflib.Dataset()
data.parse(sys.argv[1], format="nquads")
data.default_graph.parse(sys.argv[2], format="nt")
uvicorn.run(SparqlEndpoint(graph=data, path="/sparql"), host="127.0.0.1", port=int(sys.argv[3]),
            log_level="warning", access_log=False)
"""


@contextlib.contextmanager
def rdflib_endpoint(data: Data) -> Iterator[Server]:
    """rdflib-endpoint, in memory."""
    port = free_port()
    python = os.environ.get("RDFLIB_ENDPOINT_PYTHON", sys.executable)
    command = [python, "-W", "ignore", "-c", RDFLIB, data.quads, data.union, str(port)]
    with running("rdflib-endpoint", command, port, "/sparql") as server:
        yield server


Start = Callable[[Data], contextlib.AbstractContextManager[Server]]
PEERS: dict[str, Start] = {
    "oxigraph": oxigraph,
    "virtuoso": virtuoso,
    "rdflib-endpoint": rdflib_endpoint,
}
