"""The built files of the pages, styles and scripts: which there are, and under which addresses.

`make web` makes them from `web/`, with a manifest. Their names hold a digest of what is in them, so
whoever has one has it for good.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "static"
ADDRESS = "/static/"
MISSING = "The pages' styles and scripts are not built: run `make web`, then start again."
_MANIFEST = "manifest.json"
# where every page's style is made
_STYLE = "styles/site.css"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".md": "text/plain; charset=utf-8",
}
# as they are called on the wire, and how the files are called that the build makes; best first
_PACKED = {"br": ".br", "gzip": ".gz"}


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent: plain, which is `""`, and in each encoding that the build made."""

    media_type: str
    tag: str
    forms: Mapping[str, bytes]


@lru_cache
def _manifest() -> dict[str, dict[str, Any]]:
    """What the build says that it made, by entry; nothing where nothing was built."""
    try:
        found: dict[str, dict[str, Any]] = json.loads((FOLDER / _MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found


def is_built() -> bool:
    """Whether there is anything to serve; without, pages are legible and plain."""
    return bool(_manifest())


def _entry(name: str) -> dict[str, Any]:
    for one in _manifest().values():
        if one.get("isEntry") and one.get("name") == name:
            return one
    return {}


def stylesheets(entry: str = "") -> list[str]:
    """Addresses of the style of all pages, or of what an entry of `web/` has besides."""
    if not entry:
        style = _manifest().get(_STYLE)
        return [ADDRESS + style["file"]] if style else []
    return [ADDRESS + name for name in _entry(entry).get("css", ())]


def scripts(entry: str) -> list[str]:
    """Addresses of the modules that a page with an entry of `web/` begins with."""
    found = _entry(entry).get("file", "")
    return [ADDRESS + found] if found.endswith(".js") else []


def modules(entry: str) -> list[str]:
    """Addresses of the modules that the entry's module imports, to be fetched along with it."""
    found: dict[str, None] = {}
    open_ = list(_entry(entry).get("imports", ()))
    while open_:
        one = _manifest()[open_.pop(0)]
        if one["file"] not in found:
            found[one["file"]] = None
            open_ += one.get("imports", ())
    return [ADDRESS + name for name in found]


@lru_cache
def files() -> Mapping[str, File]:
    """Every file that the manifest names, and the licences of what is in them, in memory."""
    named = {"licences.md"} if is_built() else set()
    for one in _manifest().values():
        named |= {one["file"], *one.get("css", ()), *one.get("assets", ())}
    return {name: _read(FOLDER / name) for name in sorted(named)}


def _read(path: Path) -> File:
    plain = path.read_bytes()
    forms = {"": plain}
    for encoding, suffix in _PACKED.items():
        packed = path.with_name(path.name + suffix)
        if packed.is_file():
            forms[encoding] = packed.read_bytes()
    tag = hashlib.sha256(plain).hexdigest()[:32]
    return File(_TYPES[path.suffix], tag, forms)
