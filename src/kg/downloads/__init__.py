"""What can be taken away of a release: files made at build, their index, and how to cite it."""

from kg.downloads.index import Entry, Index, Release, release, releases
from kg.downloads.render import files

__all__ = ["Entry", "Index", "Release", "files", "release", "releases"]
