"""docs/library.md: its examples run and print what the page says."""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from kg.settings import Settings

PAGE = (ROOT / "docs" / "library.md").read_text("utf-8")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(language: str) -> list[str]:
    """The code blocks of the page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def commands() -> Iterator[tuple[str, str]]:
    """Each command line of the page, and the output that follows it."""
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            yield command, printed


def test_the_examples_in_python_print_what_the_page_says(
    real: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All Python blocks, one after another, as a reader would type them."""
    monkeypatch.setenv("KG_PROJECT", str(real.project))
    monkeypatch.setenv("KG_SNAPSHOTS", str(real.snapshots))
    text = "\n".join(blocks("python"))
    test = doctest.DocTestParser().get_doctest(text, {}, "library.md", "docs/library.md", 0)
    assert len(test.examples) > 20
    said: list[str] = []
    failed, _ = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append)
    assert failed == 0, "".join(said)


@pytest.mark.parametrize(("command", "printed"), list(commands()))
def test_the_commands_print_what_the_page_says(
    command: str, printed: str, real: Settings, tmp_path: Path
) -> None:
    """Each line of the shell examples succeeds and prints the lines under it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "PATH": path, "KG_PROJECT": str(real.project),
             "KG_SNAPSHOTS": str(real.snapshots)},
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    checker = doctest.OutputChecker()
    assert checker.check_output(printed, done.stdout, FLAGS), done.stdout


def test_the_line_for_each_shell_is_clicks() -> None:
    """The three shells that click knows are documented with the variable that it reads."""
    assert re.findall(r"_KG_COMPLETE=(\w+)_source", PAGE) == ["bash", "zsh", "fish"]
