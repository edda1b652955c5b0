"""What helps the curator: draft a new source, seal its evidence, put its files in order."""

from kg.curate.draft import Description, Draft, draft, shown
from kg.curate.format import curated, format_file
from kg.curate.seal import seal

__all__ = ["Description", "Draft", "curated", "draft", "format_file", "seal", "shown"]
