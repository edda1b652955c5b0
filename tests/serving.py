"""`kg serve` as a process of its own, for tests: started, waited for, and ended."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

KG = [sys.executable, "-c", "from kg.cli import main; main()"]


@contextmanager
def served(
    env: Mapping[str, str],
    command: Sequence[str] = KG,
    cwd: Path | None = None,
    files: Sequence[Path] = (),
) -> Iterator[str]:
    """The address of a service on any free port, once it says that it listens."""
    process = subprocess.Popen(
        [*command, "serve", "--port", "0", *files],
        env=dict(env),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://\S+/", line)
        assert found, line + process.stderr.read()
        yield found.group()
    finally:
        process.terminate()
        process.communicate(timeout=10)
