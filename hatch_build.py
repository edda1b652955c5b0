"""What hatchling asks before it makes a wheel: are the styles and scripts of the pages built?"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuiltPages(BuildHookInterface[Any]):
    """Refuses to make a wheel whose pages would have no style; editable installations may."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Look for what `make web` writes."""
        if version == "editable":
            return
        if not (Path(self.root) / "api" / "kg_api" / "static" / "manifest.json").is_file():
            raise SystemExit("The pages are not built: run `make web`, then build the wheel.")
