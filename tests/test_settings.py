"""Settings: where the project and its snapshots are found, and what makes no sense."""

from dataclasses import fields
from pathlib import Path

import click
import pytest

from conftest import ROOT, write_project
from kg import settings
from kg.cli.serving import serve
from kg.errors import UsageError
from kg.settings import Settings, find_project, find_snapshots


def test_the_environment_goes_first_then_the_checkout(tmp_path: Path) -> None:
    """KG_PROJECT and KG_SNAPSHOTS are taken as they are; without them the checkout serves."""
    project = write_project(tmp_path / "project")
    given = Settings.from_env({"KG_PROJECT": str(project), "KG_SNAPSHOTS": str(tmp_path / "s")})
    assert (given.project, given.snapshots) == (project, tmp_path / "s")
    assert Settings.from_env({"KG_PROJECT": str(project)}).snapshots == project / "snapshots"
    bare = Settings.from_env({})
    assert (bare.project, bare.snapshots) == (ROOT, ROOT / "snapshots")
    assert (bare.host, bare.port, bare.source_text) == ("127.0.0.1", 8000, None)


def test_an_installed_package_has_its_project_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a checkout the packed project serves, and snapshots go to the user's data folder."""
    package = tmp_path / "site-packages" / "kg"
    packed = write_project(package / "_project")
    monkeypatch.setattr(settings, "_PACKAGE", package)
    monkeypatch.setattr("sys.platform", "linux")
    assert find_project({}) == packed
    home = {"XDG_DATA_HOME": str(tmp_path / "data")}
    assert find_snapshots(packed, home) == tmp_path / "data" / "comity" / "snapshots"
    relative = find_snapshots(packed, {"XDG_DATA_HOME": "data"})
    assert relative == Path.home() / ".local" / "share" / "comity" / "snapshots"


def test_no_project_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither checkout nor packed project nor KG_PROJECT: the message names the variable."""
    monkeypatch.setattr(settings, "_PACKAGE", tmp_path / "kg")
    with pytest.raises(UsageError, match="set KG_PROJECT"):
        find_project({})
    with pytest.raises(UsageError, match="no project there"):
        find_project({"KG_PROJECT": str(tmp_path)})


@pytest.mark.parametrize("port", ["http", "-1", "65536", "80.5"])
def test_a_port_is_a_port(port: str) -> None:
    """Nonsense in the environment is an error with the variable's name, not a traceback."""
    with pytest.raises(UsageError, match="KG_PORT"):
        Settings.from_env({"KG_PORT": port})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("KG_TIMEOUT", bad) for bad in ("soon", "-1", "nan", "inf", "0")),
        *(("KG_WORKERS", bad) for bad in ("0", "1.5", "many")),
        ("KG_LOG_LEVEL", "loud"),
        ("KG_RATE", "-0.1"),
    ],
)
def test_bounds_are_bounds(name: str, value: str) -> None:
    """A bound that is none is refused with its name before anything starts."""
    with pytest.raises(UsageError, match=name):
        Settings.from_env({name: value})


def test_every_setting_is_read_from_its_variable() -> None:
    """Each number of the table can be set, and is what was set."""
    for one in fields(Settings):
        if one.type in (int, float):
            found = Settings.from_env({settings.variable(one): "7000"})
            assert getattr(found, one.name) == 7000


def test_the_documentation_is_the_table() -> None:
    """docs/settings.md and `kg serve --help` show every setting as the table has it.

    `python -c "from kg import settings; print(settings.markdown())"` prints what belongs there.
    """
    documented = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert settings.markdown() in documented
    context = click.Context(serve, max_content_width=10_000)
    shown = " ".join(serve.get_help(context).split())
    for one in fields(Settings):
        option = f"--{one.name.replace('_', '-')}"
        assert (f"{option} " in shown) is one.metadata["service"]
        if one.metadata["service"]:
            assert settings.variable(one) in shown
            assert one.metadata["help"][1:] in shown
