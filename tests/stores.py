"""Real SPARQL stores on loopback, started for tests and ended by their own process id."""

import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from kg.http import Address

STARTING = 60.0
VIRTUOSO_INI = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 10
CheckpointInterval = 0
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 10
"""


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, hint: str) -> str:
    """Where a program is; a test that cannot have it fails, and says what to install."""
    beside = Path(sysconfig.get_path("scripts")) / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    assert found is not None, f"{name} is missing: {hint}"
    return found


@contextmanager
def running(command: list[str], folder: Path, ready: Callable[[], bool]) -> Iterator[None]:
    """A server that answers; ended, and waited for, whatever happens."""
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            until = time.monotonic() + STARTING
            while not ready():
                said = (folder / "output.log").read_text("utf-8", "replace")[-2000:]
                assert process.poll() is None, f"{command[0]} ended: {said}"
                assert time.monotonic() < until, f"{command[0]} does not answer: {said}"
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def answers(url: str) -> bool:
    """Whether a server answers at all, be it with an error."""
    try:
        with urlopen(url, timeout=5):  # noqa: S310 - an address of this machine
            return True
    except HTTPError as error:
        error.close()
        return True
    except (URLError, OSError):
        return False


@contextmanager
def oxigraph(folder: Path) -> Iterator[Address]:
    """Oxigraph's own server, empty and in memory."""
    server = program("oxigraph", "pip install oxigraph (make test does)")
    folder.mkdir(parents=True)
    where = f"127.0.0.1:{free_port()}"
    with running([server, "serve", "--bind", where], folder, lambda: answers(f"http://{where}/")):
        yield Address(f"http://{where}/query", timeout=60)


@contextmanager
def virtuoso(folder: Path) -> Iterator[Address]:
    """Virtuoso 7, as Debian has it, with a fresh database."""
    hint = "apt-get install virtuoso-opensource-7-bin (make test does, as root)"
    server = program("virtuoso-t", hint)
    folder.mkdir(parents=True)
    http, sql = free_port(), free_port()
    ini = folder / "virtuoso.ini"
    ini.write_text(VIRTUOSO_INI.format(folder=folder, http=http, sql=sql), "utf-8")
    url = f"http://127.0.0.1:{http}/sparql"
    command = [server, "+configfile", str(ini), "+foreground"]
    with running(command, folder, lambda: answers(f"{url}?query=ASK%7B%7D")):
        # a fresh database has this one user
        yield Address(url, user="dba", password="dba", timeout=60)  # noqa: S106
