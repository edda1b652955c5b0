"""Owns the finding of registered names in words: which things a sentence speaks of."""

import re
from collections import defaultdict
from pathlib import Path

from kg.curate.statements import plain
from kg.evidence.text import normalise
from kg.names import PREFIXES
from kg.sources import REFERENCE, graph_files, read

_LABELS = {PREFIXES["skos"] + name for name in ("prefLabel", "altLabel", "hiddenLabel")}
_WORD = re.compile(r"[A-Za-z0-9]")


class Registered:
    """The names in a project's registers, for one source: longest match first, case and all."""

    def __init__(self, project: Path, source: str) -> None:
        others = {path.name for path in (project / "data").iterdir() if path.is_dir()} - {source}
        things: dict[str, set[str]] = defaultdict(set)
        for file in graph_files(project):
            if file.kind != REFERENCE or not file.path.stem.startswith("register-"):
                continue
            for quad in read(file):
                if quad.predicate.value not in _LABELS:
                    continue
                thing, name = plain(quad)
                # "Both Participants" are others in another source: such groups end in its name
                if not thing.endswith(tuple(f"-{other}" for other in others)):
                    things[normalise(name)].add(thing)
        self.things = things
        longest = sorted(things, key=lambda name: (-len(name), name))
        self.pattern = re.compile("|".join(_bounded(name) for name in longest) or r"(?!)")

    def found(self, words: str) -> list[str]:
        """The IRIs of the things whose names stand in the words, in order of appearance.

        A name that several things bear gives all of them: the curator chooses.
        """
        seen: dict[str, None] = {}
        for match in self.pattern.finditer(normalise(words)):
            seen.update(dict.fromkeys(sorted(self.things[match.group()])))
        return list(seen)


def _bounded(name: str) -> str:
    """A pattern for the name as whole words, where its script has words."""
    before = r"(?<![A-Za-z0-9])" if _WORD.match(name[0]) else ""
    after = r"(?![A-Za-z0-9])" if _WORD.match(name[-1]) else ""
    return before + re.escape(name) + after
