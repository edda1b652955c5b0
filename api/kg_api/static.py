"""The built files of the pages, styles and scripts: which there are, under which addresses."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "static"
ADDRESS = "/static/"
_MANIFEST = "manifest.json"


@lru_cache
def _built() -> dict[str, dict[str, Any]]:
    """What the build says that it made, by entry; nothing where nothing was built."""
    try:
        found: dict[str, dict[str, Any]] = json.loads((FOLDER / _MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found


def stylesheets() -> list[str]:
    """Addresses of the styles of all pages."""
    return [ADDRESS + one["file"] for one in _built().values() if one["file"].endswith(".css")]


def scripts(entry: str) -> list[str]:
    """Addresses of the modules that an entry of web/ needs a page to load."""
    found = [one for one in _built().values() if one.get("name") == entry and one.get("isEntry")]
    return [ADDRESS + one["file"] for one in found if one["file"].endswith(".js")]
