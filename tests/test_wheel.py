"""The wheel, installed elsewhere, does what the checkout does."""

import json
import os
import re
import shutil
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import httpx2
import pytest

from asking import ANSWER, NAMES
from kg.settings import Settings
from kg.snapshot import open as open_snapshot
from serving import served

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout, built with the backend that is installed: no network is needed."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of a fresh environment that has the wheel and does not see the checkout.

    The wheel's dependencies are borrowed from the environment of the tests: installing them again
    would show nothing but that the network works.
    """
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(folder, with_pip=True)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run(
        [commands / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel],
        check=True,
        capture_output=True,
    )
    (own,) = folder.glob("lib/python*/site-packages")
    # a .pth that only adds folders is read, but those in the added folders are not: the editable
    # installation of the checkout stays out of sight
    (own / "borrowed.pth").write_text("\n".join(site.getsitepackages()) + "\n", "utf-8")
    return commands


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment that names neither checkout nor sources; data goes to a home of its own."""
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TMPDIR")}
    return {**kept, "HOME": str(home), "XDG_DATA_HOME": str(home / "share")}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder to work in."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def digest(elsewhere: Path, env: dict[str, str], empty: Path) -> str:
    """The digest of a snapshot that the installed command built, with all its checks."""
    built = subprocess.run(
        [elsewhere / "kg", "build"], cwd=empty, env=env, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    found = re.search(r"\b[0-9a-f]{64}\b", built.stdout)
    assert found
    return found.group()


def test_the_wheel_carries_what_it_needs(wheel: Path) -> None:
    """Ontology, data, queries and licences are in the wheel; tests and sources' texts are not."""
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"kg/_project/{path.relative_to(ROOT).as_posix()}"
        for folder in ("ontology", "data", "queries")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".ttl", ".rq")
    }
    assert len(wanted) > 100
    assert wanted <= names
    assert {"kg/__init__.py", "kg/py.typed", "kg_api/app.py"} <= names
    papers = {"audits", "checks", "codebook"}
    assert {f"kg/_project/docs/{name}.md" for name in papers} <= names
    pages = {
        path.relative_to(ROOT / "api").as_posix()
        for folder, suffixes in (("static", "css js br gz json md"), ("site", "html po"))
        for path in (ROOT / "api" / "kg_api" / folder).rglob("*")
        if path.suffix[1:] in suffixes.split()
    }
    assert {Path(one).suffix for one in pages} >= {".css", ".js", ".html", ".po", ".json"}
    assert pages <= names
    assert {Path(name).name for name in names if "/licenses/" in name} == {
        "LICENSE",
        "LICENSE-DATA",
    }
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"kg", "kg_api"}
    assert not [name for name in names if name.endswith((".txt", ".pyc")) and "_project" in name]


def test_no_wheel_without_its_pages(tmp_path: Path) -> None:
    """Where the pages are not built, no wheel is made, and what to do is said."""
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "LICENSE-DATA"):
        shutil.copy(ROOT / name, tmp_path)
    run = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "make web" in run.stderr
    assert not list(tmp_path.rglob("*.whl"))


def test_the_package_comes_from_the_wheel(
    elsewhere: Path, env: dict[str, str], empty: Path
) -> None:
    """The fresh environment does not see the checkout."""
    asked = "import kg, kg_api, json; print(json.dumps([kg.__file__, kg_api.__file__]))"
    run = subprocess.run(
        [elsewhere / "python", "-c", asked], cwd=empty, env=env, capture_output=True, check=True
    )
    home = elsewhere.parent.resolve()
    for path in json.loads(run.stdout):
        assert Path(path).resolve().is_relative_to(home)
        assert not Path(path).resolve().is_relative_to(ROOT / "src")


def test_it_builds_the_same_snapshot(digest: str, real: Settings, empty: Path) -> None:
    """The installed command builds, in an empty folder, the digest that the checkout has."""
    assert digest == open_snapshot(settings=real).digest
    assert list(empty.iterdir()) == []


@pytest.mark.usefixtures("digest")
def test_it_answers_queries(elsewhere: Path, env: dict[str, str], empty: Path) -> None:
    """`kg query` knows the project's questions and takes SPARQL text."""
    for question in ("commitments", NAMES):
        run = subprocess.run(
            [elsewhere / "kg", "query", question, "--format", "csv"],
            cwd=empty,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        lines = run.stdout.splitlines()
        assert len(lines) > 1
    assert lines == ["name", *(name for name, _ in ANSWER)]


def test_it_serves(elsewhere: Path, env: dict[str, str], empty: Path, digest: str) -> None:
    """`kg serve` serves the snapshot that was built."""
    with served(env, [str(elsewhere / "kg")], empty) as address:
        assert httpx2.get(f"{address}healthz").json()["digest"] == digest
        answer = httpx2.get(f"{address}sparql", params={"query": NAMES})
    rows = answer.json()["results"]["bindings"]
    assert [(row["name"]["value"], row["name"]["xml:lang"]) for row in rows] == ANSWER
