"""The layout of the code: which module may import which, and who may use which library."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOMES = (ROOT / "src", ROOT / "api")

# Imports go downward only: a module sees its own row and the rows above it.
LAYERS = (
    ("errors", "settings", "names"),
    (
        "periods",
        *("formats", "jsonld", "disk", "sources", "guard", "tokens", "lookup", "results", "query"),
        *("engine", "evidence", "http", "portable", "remote"),
    ),
    ("snapshot",),
    (
        *(
            "check",
            "rules",
            "curate",
            "coverage",
            "resource",
            "document",
            "stats",
            "manifest",
        ),
        *("search", "network", "commitments", "diff", "downloads"),
        *("accounts", "pair", "timeline"),
    ),
    ("build", "publish"),
    ("cli",),
)
ROW = {name: row for row, names in enumerate(LAYERS) for name in names}

# Each library that is heavy, or that we may replace, and the only parts that may know it.
LIBRARIES = {
    "rdflib": {"kg.check", "kg.curate", "kg.snapshot"},
    "oxrdflib": {"kg.snapshot"},
    "pyshacl": {"kg.check"},
    "networkx": {"kg.network"},
    "igraph": {"kg.network"},
    "resvg_py": {"kg.network", "kg_api.emblem"},
    "httpx2": {"kg.http"},
    "fastapi": {"kg_api"},
    "starlette": {"kg_api"},
    "uvicorn": {"kg_api.server", "kg_api.connection", "kg_api.exchange"},
    "uvloop": {"kg_api.server"},
    "prometheus_client": {"kg_api.metrics"},
    "docx": {"kg.commitments"},
    "click": {"kg.cli"},
    "jinja2": {"kg_api.site"},
    "markupsafe": {"kg_api.site"},
    "babel": {"kg_api.site"},
    "markdown_it": {"kg_api.site"},
}


def modules() -> dict[str, Path]:
    """Every module of the project, by its dotted name."""
    return {
        ".".join(path.relative_to(home).with_suffix("").parts).removesuffix(".__init__"): path
        for home in HOMES
        for path in home.rglob("*.py")
    }


MODULES = modules()


def for_types_only(node: ast.AST) -> bool:
    """Whether a statement is `if TYPE_CHECKING:`, whose imports never run."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def imports(node: ast.AST) -> Iterator[str]:
    """Dotted names that a tree imports, wherever in it, except for types."""
    for child in ast.iter_child_nodes(node):
        if for_types_only(child):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            for alias in child.names:
                full = f"{child.module}.{alias.name}"
                yield full if full in MODULES else str(child.module)
        else:
            yield from imports(child)


IMPORTS = {name: set(imports(ast.parse(path.read_text("utf-8")))) for name, path in MODULES.items()}


def part(name: str) -> str:
    """The part of the library that a dotted name belongs to: `kg.curate.draft` to `curate`."""
    return [*name.split("."), ""][1]


def test_there_is_something_to_look_at() -> None:
    """The modules that the design names are found, so that no test here passes on nothing."""
    assert {"kg", "kg.names", "kg.cli", "kg_api.app", "kg_api.routes.sparql"} <= set(MODULES)
    assert "kg.errors" in IMPORTS["kg.names"]


def test_every_part_has_a_row() -> None:
    """A new module is given its place before it is imported."""
    parts = {part(name) for name in MODULES if name.startswith("kg.")}
    assert parts - set(ROW) == set()


@pytest.mark.parametrize("name", sorted(name for name in MODULES if name.startswith("kg.")))
def test_imports_go_downward(name: str) -> None:
    """No module imports one that stands above it."""
    upward = {
        other
        for other in IMPORTS[name]
        if other.startswith("kg.") and ROW[part(other)] > ROW[part(name)]
    }
    assert upward == set()


def test_no_two_parts_import_each_other() -> None:
    """Within a row too there is a direction: the parts of the library form no cycle."""
    needs: dict[str, set[str]] = {}
    for name, others in IMPORTS.items():
        if name.startswith("kg."):
            found = {part(other) for other in others if other.startswith("kg.")}
            needs.setdefault(part(name), set()).update(found - {part(name)})
    done: set[str] = set()
    while ready := {name for name in needs if name not in done and needs[name] <= done}:
        done |= ready
    assert set(needs) - done == set()


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_a_library_stays_where_it_belongs(library: str) -> None:
    """What is heavy to import, or likely to be replaced, is known in few places."""
    users = {
        name
        for name, others in IMPORTS.items()
        if any(other.split(".")[0] == library for other in others)
    }
    allowed = LIBRARIES[library]
    strangers = {
        name for name in users if not any(f"{name}.".startswith(f"{one}.") for one in allowed)
    }
    assert strangers == set()


def test_the_library_does_not_know_the_service() -> None:
    """`kg` works without `kg_api`; only the command that starts the service imports it."""
    users = {
        name
        for name, others in IMPORTS.items()
        if name.startswith("kg.") and any(other.split(".")[0] == "kg_api" for other in others)
    }
    assert users == {"kg.cli.serving"}


def test_dependencies_are_what_is_imported() -> None:
    """pyproject.toml declares every library that the code imports, and no other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extra = project["optional-dependencies"]["pandas"]
    declared = {re.split(r"[<>=!~]", one)[0].lower() for one in project["dependencies"] + extra}
    roots = {other.split(".")[0] for others in IMPORTS.values() for other in others}
    name_of = {
        "docx": "python-docx",
        "markdown_it": "markdown-it-py",
        "resvg_py": "resvg-py",
        "yaml": "pyyaml",
        "prometheus_client": "prometheus-client",
    }
    libraries = roots - sys.stdlib_module_names - {"kg", "kg_api"}
    assert {name_of.get(name, name) for name in libraries} == declared


@pytest.mark.parametrize("name", sorted(MODULES))
def test_modules_are_short(name: str) -> None:
    """A module has one job and fits in the head: fewer than 400 lines, opened by a docstring."""
    text = MODULES[name].read_text("utf-8")
    assert text.count("\n") < 400
    assert ast.get_docstring(ast.parse(text))
