"""A larger graph of the same shape: the snapshot's quads again and again, with other names.

Each copy is one more source: its passages, claims and evidence get new IRIs, and so do seven in ten
of the things that it names; the rest are shared with an earlier copy, as a ministry is by reports.
Ontology, schemes and dates stay as they are. The same seed and number give the same bytes.

Run `python bench/scale.py 1000000 scaled.nq`. Beside it lie `scaled.json`, keys to ask for, and
with `--union` `scaled.nt`: the union of all graphs as a set, as the default graph holds it.
"""

import argparse
import contextlib
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import kg

BASE = "https://w3id.org/comity/"
SHARED = 0.3
# as many keys of each kind as a run can ask for, spread over the whole graph
KEYS = 20_000
RENAMED = re.compile(
    rf"(?<=<){BASE}(?:source/(?P<source>[\w.-]+)|graph/evidence/(?P<evidence>[\w.-]+)"
    r"|id/(?P<kind>actor|instrument|initiative|event|document)/(?P<slug>[\w.-]+))"
)
NAMES = re.compile(r"(?:prefLabel|altLabel|ontology#name|rdf-schema#label)> \"")
LITERAL_END = re.compile(r'"(?=@[\w-]+ <|\^\^<| <)(?=[^"]*$)')


class Copy:
    """The names of one copy of the graph."""

    def __init__(self, number: int, seed: int) -> None:
        self.number = number
        self.seed = seed
        self.chosen: dict[str, int] = {}

    def of(self, slug: str) -> int:
        """The copy whose thing a slug means here: this one, or the earlier one it is shared with.

        >>> Copy(0, 1).of("mic")
        0
        """
        if slug not in self.chosen:
            chooser = random.Random(f"{self.seed}/{self.number}/{slug}")  # noqa: S311 - a sample
            shared = self.number and chooser.random() < SHARED
            self.chosen[slug] = (
                Copy(chooser.randrange(self.number), self.seed).of(slug) if shared else self.number
            )
        return self.chosen[slug]

    def rename(self, found: re.Match[str]) -> str:
        """An IRI's beginning, as this copy has it."""
        number = self.of(found["slug"]) if found["slug"] else self.number
        return f"{found[0]}-{number}" if number else found[0]

    def line(self, line: str) -> str:
        """A quad, as this copy has it; names get the number of the thing that bears them."""
        subject = RENAMED.match(line, 1)
        renamed = RENAMED.sub(self.rename, line)
        if subject and NAMES.search(line):
            number = self.of(subject["slug"]) if subject["slug"] else self.number
            if number:
                renamed = LITERAL_END.sub(f' {number}"', renamed, count=1)
        return renamed


def scaled(lines: list[str], quads: int, seed: int) -> Iterator[str]:
    """Distinct N-Quads lines of the graph and its copies, as many as asked for."""
    chooser = random.Random(seed)  # noqa: S311 - a sample
    fixed = [line for line in lines if not RENAMED.search(line)]
    moving = [line for line in lines if RENAMED.search(line)]
    yield from fixed
    left = quads - len(fixed)
    number = 0
    # what is said of a passage is said by one copy; of a ministry, by several
    own = f"<{BASE}source/"
    written: set[int] = set()
    while left > 0:
        copy = Copy(number, seed)
        wanted = moving
        if left < len(moving):
            # the last copy is cut; what is left of it is spread over all its graphs
            wanted = chooser.sample(moving, len(moving))
        for line in map(copy.line, wanted):
            if not line.startswith(own):
                key = hash(line)
                if key in written:
                    continue
                written.add(key)
            yield line
            left -= 1
            if left == 0:
                break
        number += 1


def triple(line: str) -> str:
    """The triple of an N-Quads line.

    >>> triple("<s:s> <p:p> <o:o> <g:g> .")
    '<s:s> <p:p> <o:o> .'
    """
    return line[: line.rindex(" <")] + " ."


class Keys:
    """The things that questions can be asked of: a seeded sample of each kind."""

    PATTERNS = {  # noqa: RUF012 - a table
        "named": re.compile(rf'<({BASE}[^>]+)> <[^>]+core#prefLabel> "'),
        "actors": re.compile(rf"<[^>]+> <{BASE}ontology#actor> <([^>]+)>"),
        "claims": re.compile(rf'<([^>]+)> <{BASE}ontology#quote> "'),
        "passages": re.compile(rf"<[^>]+> <{BASE}ontology#passage> <([^>]+)>"),
        "sources": re.compile(rf"<([^>]+)> <[^>]+#type> <{BASE}ontology#Source>"),
    }

    def __init__(self) -> None:
        self.found: dict[str, dict[str, None]] = {kind: {} for kind in self.PATTERNS}

    def see(self, line: str) -> None:
        """Note what a quad names."""
        for kind, pattern in self.PATTERNS.items():
            match = pattern.match(line)
            if match:
                self.found[kind][match[1]] = None

    def sample(self, seed: int) -> dict[str, list[str]]:
        """Keys of each kind, in an order of chance."""
        chooser = random.Random(seed)  # noqa: S311 - a sample
        return {
            kind: chooser.sample(list(found), min(KEYS, len(found)))
            for kind, found in self.found.items()
        }


def write(quads: int, path: Path, seed: int = 1, union: bool = False) -> None:
    """Write the scaled graph, the keys, and the union if wanted."""
    folder = kg.open().path
    assert folder is not None
    lines = (folder / "data.nq").read_text("utf-8").splitlines()
    keys = Keys()
    triples: set[int] = set()
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(path.open("w", encoding="utf-8"))
        merged = path.with_suffix(".nt")
        second = stack.enter_context(merged.open("w", encoding="utf-8")) if union else None
        for line in scaled(lines, quads, seed):
            file.write(line + "\n")
            keys.see(line)
            if second is not None:
                one = triple(line)
                if (key := hash(one)) not in triples:
                    triples.add(key)
                    second.write(one + "\n")
    path.with_suffix(".json").write_text(json.dumps(keys.sample(seed)), "utf-8")


def main() -> None:
    """Parse the arguments and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("quads", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--union", action="store_true", help="write the union too")
    given = parser.parse_args()
    if given.quads < 1:
        sys.exit("a graph has at least one quad")
    write(given.quads, given.path, given.seed, given.union)


if __name__ == "__main__":
    main()
