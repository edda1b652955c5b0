"""The repository as a stranger finds it: complete, installable anywhere, free of this machine."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from kg.cli import COMMANDS, kg
from kg.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def tracked() -> list[Path]:
    """Every file under version control (or, in an unpacked archive, every file there is)."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
        return [path for path in found if path.is_file()]
    ignored = {"snapshots", "dist", "build", "__pycache__"}
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not any(p in ignored or p.startswith(".") for p in path.relative_to(ROOT).parts[:-1])
    ]


FILES = tracked()
PICTURES = {".png"}
TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in FILES
    if path.suffix not in PICTURES
}
# What must not stand in any file is put together here, so that this file passes its own tests.
HOSTS = re.compile("|".join(("pypi" + r"\.org", "python" + r"hosted\.org", "npm" + r"js\.org")))
UNFINISHED = re.compile(
    "|".join(
        ("TO" + "DO", "FIX" + "ME", "XX" + "X", r"pytest\.sk" + "ip", r"mark\.(sk|xf)" + "(ip|ail)")
    )
)
MACHINE = re.compile(r"(?<![\w:/.~$}-])/(?:home|root|work|Users|tmp|private|opt)/\w[\w./-]*")


def offenders(pattern: re.Pattern[str]) -> list[str]:
    """File, line number and match of every occurrence of a pattern."""
    return [
        f"{name}:{number}: {match.group()}"
        for name, text in TEXTS.items()
        for number, line in enumerate(text.splitlines(), 1)
        for match in pattern.finditer(line)
    ]


def test_the_files_are_found() -> None:
    """Every part that a newcomer is promised is under version control."""
    assert {
        ".ci/run", "CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSE-DATA", "Makefile",
        "README.md", "constraints.txt", "pyproject.toml",
    } <= set(TEXTS)  # fmt: skip


def test_no_paths_of_one_machine() -> None:
    """Nothing refers to a folder that only one machine has."""
    assert offenders(MACHINE) == []
    assert [name for name, text in TEXTS.items() if str(ROOT) in text and len(str(ROOT)) > 5] == []


def test_no_registry_is_named() -> None:
    """Packages come from wherever the machine gets them: no registry's host is written down."""
    assert offenders(HOSTS) == []
    assert "://" not in TEXTS["constraints.txt"]


def test_nothing_is_left_unfinished() -> None:
    """No reminder and no test that does not run."""
    assert offenders(UNFINISHED) == []


def test_text_files_are_tidy() -> None:
    """Files end with one newline and hold no trailing blanks or carriage returns."""
    untidy = [
        name
        for name, text in TEXTS.items()
        if text and not name.startswith("LICENSE")
        and (not text.endswith("\n") or text.endswith("\n\n") or re.search(r"[ \t\r]$", text, re.M))
    ]  # fmt: skip
    assert untidy == []


def requirement_names(requirements: list[str]) -> set[str]:
    """The names of requirements, as package indexes normalise them."""
    return {
        re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", one, maxsplit=1)[0]).lower()
        for one in requirements
    }


def test_every_dependency_is_pinned() -> None:
    """constraints.txt gives one version to each requirement, so that two machines agree."""
    wanted = [*PROJECT["dependencies"]]
    for extra in PROJECT["optional-dependencies"].values():
        wanted += extra
    lines = TEXTS["constraints.txt"].splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    assert requirement_names(wanted) - requirement_names(lines) == set()


def test_versions_agree() -> None:
    """The citation names the version that the package has, and the changelog knows it."""
    citation = yaml.safe_load(TEXTS["CITATION.cff"])
    assert citation["version"] == PROJECT["version"]
    assert citation["cff-version"] == "1.2.0"
    assert {"title", "authors", "message"} <= set(citation)
    headings = re.findall(r"^## \[(.+?)\]", TEXTS["CHANGELOG.md"], re.M)
    assert headings[0] == "Unreleased" or PROJECT["version"] in headings


def test_ci_runs_the_tests_last() -> None:
    """The script that decides over changes is executable and ends with the tests."""
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert TEXTS[".ci/run"].splitlines()[-1] == "make test"
    assert "set -euo pipefail" in TEXTS[".ci/run"]


DOCUMENTS = "\n".join(
    text
    for name, text in TEXTS.items()
    if name == "README.md" or (name.startswith("docs/") and name.endswith(".md"))
)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_documented(name: str) -> None:
    """Each command stands in README or docs, and its help has an example."""
    assert re.search(rf"\bkg {name}\b", DOCUMENTS)
    command = kg.get_command(click.Context(kg), name)
    assert command is not None
    text = command.get_help(click.Context(command, info_name=name, parent=click.Context(kg)))
    assert f"kg {name}" in text.split("Usage:", 1)[1].split("\n", 1)[1]


@pytest.mark.parametrize("name", [name for name, _ in Settings.table()])
def test_every_setting_is_documented(name: str) -> None:
    """Each environment variable stands in README or docs."""
    assert re.search(rf"\b{name}\b", DOCUMENTS)


def test_every_target_that_is_spoken_of_exists() -> None:
    """`make …` in README, docs and CI names a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", TEXTS["Makefile"], re.M))
    spoken = set(re.findall(r"`make ([a-z]+)", DOCUMENTS))
    assert {"serve", "test"} <= spoken
    assert spoken - targets == set()


def links() -> list[tuple[str, str]]:
    """Relative links of the Markdown files, each with the file that has it."""
    return [
        (name, target)
        for name, text in TEXTS.items()
        if name.endswith(".md")
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
        if not re.match(r"[a-z]+:", target)
    ]


def test_links_lead_somewhere() -> None:
    """Every relative link in a Markdown file reaches a file of the repository."""
    broken = [
        f"{name}: {target}"
        for name, target in links()
        if not (ROOT / name).parent.joinpath(target).exists()
    ]
    assert broken == []
