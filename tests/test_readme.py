"""The README: every command and every answer in it, run.

`python tests/test_readme.py` writes the answers anew; the test compares them.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from serving import served

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

    with served(environment) as listening:
        address = listening.rstrip("/")
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


if __name__ == "__main__":
    README.write_text(answer(README.read_text("utf-8"), surroundings(ROOT / "snapshots")), "utf-8")
