"""The one table of settings: where things are, and how the service listens and what bounds it."""

# ruff: noqa: RUF009 - `_set` is dataclasses.field with the table's columns

import os
import sys
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from kg.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent
LOG_LEVELS = ("debug", "info", "warning", "error")


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


def find_cache(env: Mapping[str, str] | None = None) -> Path:
    """The user's cache folder by the custom of the system (XDG Base Directory, §3)."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "comity"
    named = (os.environ if env is None else env).get("XDG_CACHE_HOME", "")
    cache = Path(named) if named.startswith("/") else Path.home() / ".cache"
    return cache / "comity"


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


def _set(help_: str, default: Any = MISSING, repr: bool = True, **more: Any) -> Any:
    """A field of the table: what it means, what it is if nobody sets it, and what it may be."""
    metadata = {"help": help_, "service": True, "least": 0, **more}
    return field(default=default, repr=repr, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """Everything that can be set; each field is read from `KG_<FIELD>`.

    The fields of `service` are what `kg serve` takes too, as `--<field>`. Times are in seconds; a
    bound of 0 is none where the help says so.
    """

    project: Path = _set("folder with ontology/, data/ and queries/", service=False)
    snapshots: Path = _set("folder that builds write to and readers open", service=False)
    source_text: Path | None = _set(
        "text copy of a source, or a folder of them: quotes are verified against it, the reader"
        " shows it",
        None,
        service=False,
    )
    store: str = _set("query address of an external store, which then answers", "", service=False)
    store_graphs: str = _set(
        "its Graph Store Protocol address, where it is not the usual one", "", service=False
    )
    store_user: str = _set("user of the external store", "", service=False)
    store_password: str = _set("password of that user", "", service=False, repr=False)
    store_timeout: float = _set(
        "longest that a request to the external store may take", 30.0, least=0.01, service=False
    )
    memory_quads: int = _set("quads above which a store is kept on disk, not in memory", 1_000_000)
    store_folder: Path | None = _set(
        "folder of stores made of large files; else in the user's cache folder", None
    )
    host: str = _set("address to listen on", "127.0.0.1")
    port: int = _set("port to listen on; 0 takes any that is free", 8000, most=65535)
    socket: Path | None = _set("Unix socket to listen on, instead of address and port", None)
    public_url: str = _set("address under which clients reach the service, if not by Host", "")
    embed: str = _set(
        "sites whose pages may show pages of `/embed/` in a frame: origins, or *; none if empty", ""
    )
    trusted_proxies: str = _set(
        "addresses or networks of proxies whose X-Forwarded-For and -Proto are believed", ""
    )
    workers: int = _set("most processes that evaluate queries at the same time", 8, least=1)
    queue: int = _set("most queries that wait for a worker", 256)
    timeout: float = _set("longest that a query may take, waiting included", 30.0, least=0.01)
    long_jobs: int = _set("most queries above 0.1 s that go on while others wait", 4, least=1)
    worker_memory: int = _set("most memory that a query may add, in MB", 512, least=64)
    max_rows: int = _set("most rows or triples of a result", 1_000_000, least=1)
    max_bytes: int = _set("most bytes of a result", 64_000_000, least=1000)
    describe_limit: int = _set(
        "most statements, or claims, of one page about a thing", 1000, least=1
    )
    cache_bytes: int = _set("most bytes of answers that are kept; 0 keeps none", 64_000_000)
    max_age: int = _set("time for which caches may use an answer without asking again", 0)
    releases: int = _set(
        "releases that are kept for `release=` when a new one comes, which is one of them",
        2,
        least=1,
    )
    watch: float = _set("time between two looks for a new snapshot; 0 waits for SIGHUP", 2.0)
    max_connections: int = _set("most connections at the same time", 4096, least=1)
    max_url: int = _set("most bytes of an address with its query", 65_536, least=1000)
    max_headers: int = _set("most header fields of a request", 100, least=1)
    max_header_bytes: int = _set("most bytes of all header fields of a request", 65_536, least=100)
    max_body: int = _set("most bytes of a request's body", 1_200_000, least=1000)
    header_timeout: float = _set("longest that a request's head may take to arrive", 10.0)
    body_timeout: float = _set("longest that a request's body may take to arrive", 30.0)
    idle_timeout: float = _set("longest that a connection stays open between requests", 60.0)
    write_timeout: float = _set("longest that a client may take none of its answer", 30.0)
    grace: float = _set("longest that answers in flight may take when the service ends", 30.0)
    rate: float = _set("requests a second that one client may send; 0 for no bound", 0.0)
    burst: int = _set("requests that a client may send at once when there is a rate", 50, least=1)
    log_level: str = _set(
        "debug, info (a line a request), warning or error", "warning", choices=LOG_LEVELS
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Settings as the environment gives them; UsageError for a value that makes no sense."""
        env = os.environ if env is None else env
        project = find_project(env)
        found: dict[str, Any] = {"project": project, "snapshots": find_snapshots(project, env)}
        for one in fields(cls):
            text = env.get(variable(one))
            if text and one.name not in found:
                found[one.name] = read(one, text)
        return cls(**found)

    @classmethod
    def table(cls) -> list[tuple[str, str]]:
        """Environment variable and meaning of each setting, for the documentation.

        >>> [name for name, _ in Settings.table()][:5]
        ['KG_PROJECT', 'KG_SNAPSHOTS', 'KG_SOURCE_TEXT', 'KG_STORE', 'KG_STORE_GRAPHS']
        """
        return [(variable(one), one.metadata["help"]) for one in fields(cls)]


def variable(one: Field[Any]) -> str:
    """The environment variable of a field."""
    return f"KG_{one.name.upper()}"


def read(one: Field[Any], text: str) -> Any:
    """The value of a field from text; UsageError, with the variable's name, if it is none."""
    least, most = one.metadata["least"], one.metadata.get("most")
    if one.type is str:
        choices = one.metadata.get("choices", (text,))
        if text not in choices:
            raise UsageError(f"{variable(one)}={text}: not one of {', '.join(choices)}")
        return text
    if one.type not in (int, float):
        return Path(text).expanduser().resolve()
    try:
        number = int(text) if one.type is int else float(text)
    except ValueError:
        number = -1
    # infinity is no bound, and a comparison with NaN is false
    if not least <= number < (float("inf") if most is None else most + 1):
        what = "whole number" if one.type is int else "number"
        bounds = f"at least {least}" if most is None else f"{least} to {most}"
        raise UsageError(f"{variable(one)}={text}: not a {what} ({bounds})")
    return number


def markdown() -> str:
    """The table of settings as docs/settings.md has it."""
    rows = ["| environment | `kg serve` | default | what it is |", "|---|---|---|---|"]
    for one in fields(Settings):
        option = f"`--{one.name.replace('_', '-')}`" if one.metadata["service"] else ""
        default = "" if one.default in (MISSING, None, "") else f"`{one.default}`"
        rows.append(f"| `{variable(one)}` | {option} | {default} | {one.metadata['help']} |")
    return "\n".join(rows) + "\n"
