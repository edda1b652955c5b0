"""Where the project, its snapshots and its source text are, and how the service listens."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from kg.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent


def _is_project(folder: Path) -> bool:
    return (folder / "ontology").is_dir() and (folder / "data").is_dir()


def checkout() -> Path | None:
    """The checkout that this package runs from, if it runs from one."""
    above = _PACKAGE.parent.parent
    return above if _PACKAGE.parent.name == "src" and _is_project(above) else None


def find_project(env: Mapping[str, str] | None = None) -> Path:
    """The folder with ontology/, data/ and queries/.

    `KG_PROJECT`, else the checkout above `src/`, else `kg/_project` of the installed package.
    """
    named = (os.environ if env is None else env).get("KG_PROJECT")
    if named:
        folder = Path(named).expanduser().resolve()
        if not _is_project(folder):
            raise UsageError(f"KG_PROJECT={named}: no project there (it has ontology/ and data/)")
        return folder
    found = checkout()
    if found is not None:
        return found
    packed = _PACKAGE / "_project"
    if _is_project(packed):
        return packed
    raise UsageError("no project found: set KG_PROJECT to a folder with ontology/ and data/")


def _user_data(env: Mapping[str, str]) -> Path:
    """The user's data folder by the custom of the system (XDG Base Directory, §3)."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "comity"
    named = env.get("XDG_DATA_HOME", "")
    # the custom says that a relative XDG_DATA_HOME is to be ignored
    share = Path(named) if named.startswith("/") else Path.home() / ".local" / "share"
    return share / "comity"


def find_snapshots(project: Path, env: Mapping[str, str] | None = None) -> Path:
    """The folder of snapshots.

    `KG_SNAPSHOTS`, else `snapshots/` of the project, else, when the project is the read-only one
    of an installed package, the user's data folder.
    """
    env = os.environ if env is None else env
    named = env.get("KG_SNAPSHOTS")
    if named:
        return Path(named).expanduser().resolve()
    if project == _PACKAGE / "_project":
        return _user_data(env) / "snapshots"
    return project / "snapshots"


@dataclass(frozen=True)
class Settings:
    """Everything that can be set; each field is read from `KG_<FIELD>`."""

    project: Path = field(metadata={"help": "folder with ontology/, data/ and queries/"})
    snapshots: Path = field(metadata={"help": "folder that builds write to and readers open"})
    source_text: Path | None = field(
        default=None,
        metadata={"help": "text copy of a source, or a folder of them, to verify quotes against"},
    )
    host: str = field(default="127.0.0.1", metadata={"help": "address the service listens on"})
    port: int = field(default=8000, metadata={"help": "port the service listens on"})

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Settings as the environment gives them; UsageError for a value that makes no sense."""
        env = os.environ if env is None else env
        project = find_project(env)
        text = env.get("KG_SOURCE_TEXT")
        port = env.get("KG_PORT") or "8000"
        if not port.isdecimal() or not 0 <= int(port) <= 65535:
            raise UsageError(f"KG_PORT={port}: not a port number (0 to 65535)")
        return cls(
            project=project,
            snapshots=find_snapshots(project, env),
            source_text=Path(text).expanduser().resolve() if text else None,
            host=env.get("KG_HOST") or "127.0.0.1",
            port=int(port),
        )

    @classmethod
    def table(cls) -> list[tuple[str, str]]:
        """Environment variable and meaning of each setting, for the documentation.

        >>> [name for name, _ in Settings.table()]
        ['KG_PROJECT', 'KG_SNAPSHOTS', 'KG_SOURCE_TEXT', 'KG_HOST', 'KG_PORT']
        """
        return [(f"KG_{f.name.upper()}", f.metadata["help"]) for f in fields(cls)]
