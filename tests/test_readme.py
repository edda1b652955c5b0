"""The README: every command and every answer in it, run.

`python tests/test_readme.py` writes the answers anew; the test compares them.
"""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
ADDRESS = "http://127.0.0.1:8000"
_BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROMPT = {"console": "$ ", "python": ">>> "}


def commands(block: str, language: str) -> list[str]:
    """The commands of a block, each with its continuation lines (indented)."""
    found: list[str] = []
    for line in block.splitlines():
        if line.startswith(_PROMPT[language]):
            found.append(line.removeprefix(_PROMPT[language]))
        elif found and line.startswith("    "):
            found[-1] += "\n" + line
    return found


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """The address of a service over the current snapshot."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    service = subprocess.Popen(
        ["kg", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{address}/healthz", timeout=5):  # noqa: S310
                    break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        service.terminate()
        service.wait(timeout=20)


def answer(text: str, environment: dict[str, str]) -> str:
    """The README with every answer as it comes out now."""

    def run(found: re.Match[str]) -> str:
        language, block = found[1], found[2]
        lines = []
        for command in commands(block, language):
            lines.append(_PROMPT[language] + command)
            if language == "console":
                said = subprocess.run(
                    ["bash", "-c", command.replace(ADDRESS, address)],
                    env=environment,
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
                lines += said.replace("\r", "").splitlines()
        if language == "python":
            session = "\n".join(commands(block, language))
            *before, last = session.splitlines()
            script = "\n".join([*before, f"print(repr({last}))"])
            said = subprocess.run(
                [sys.executable, "-c", script],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            lines += said.splitlines()
        return "\n".join([f"```{language}", *lines, "```"])

    with served(environment) as address:
        return _BLOCK.sub(run, text)


def surroundings(snapshots: Path) -> dict[str, str]:
    """The environment in which a reader who followed the README runs its commands."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "KG_SNAPSHOTS": str(snapshots), "KG_PROJECT": str(ROOT)}


def test_answers_are_as_printed(tmp_path: Path) -> None:
    """Whoever types a command of the README gets the answer that it prints."""
    environment = surroundings(tmp_path)
    subprocess.run(["kg", "build"], env=environment, check=True, capture_output=True)
    text = README.read_text("utf-8")
    assert len(_BLOCK.findall(text)) >= 5
    assert answer(text, environment) == text


@pytest.mark.parametrize("target", ["serve", "test"])
def test_the_two_commands_exist(target: str) -> None:
    """`make serve` and `make test` are targets, and no third command is asked for."""
    assert f"make {target}" in README.read_text("utf-8")
    said = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, check=False)
    assert said.returncode == 0, said.stderr


def test_links_lead_somewhere() -> None:
    """Every file that the README and the pages of docs/ link to is there."""
    for page in (README, *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


if __name__ == "__main__":
    README.write_text(answer(README.read_text("utf-8"), surroundings(ROOT / "snapshots")), "utf-8")
