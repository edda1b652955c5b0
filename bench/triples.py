"""Whether three parsers count the same triples in the Turtle download: rdflib, pyoxigraph, rapper.

Blank nodes and duplicates would show as differences. Exits with 1 when the counts differ.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pyoxigraph as ox
import rdflib

import kg


def count_by_rdflib(path: Path) -> int:
    """Triples that rdflib reads."""
    return len(rdflib.Graph().parse(path, format="turtle"))


def count_by_pyoxigraph(path: Path) -> int:
    """Triples that pyoxigraph reads, as a set."""
    return len(set(ox.parse(path=path, format=ox.RdfFormat.TURTLE)))


def count_by_rapper(path: Path) -> int:
    """Triples that rapper reads, by its own count."""
    run = subprocess.run(
        ["rapper", "--count", "--input", "turtle", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"returned (\d+) triples", run.stderr)
    if found is None:
        raise ValueError(f"rapper gave no count: {run.stderr}")
    return int(found[1])


def main() -> int:
    """Print each parser's count; 0 when they agree."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "comity.ttl"
        path.write_bytes(kg.open().export("ttl"))
        counts = {
            "rdflib": count_by_rdflib(path),
            "pyoxigraph": count_by_pyoxigraph(path),
            "rapper": count_by_rapper(path),
        }
    for name, triples in counts.items():
        print(f"{name:<11}{triples:>9}")
    return int(len(set(counts.values())) != 1)


if __name__ == "__main__":
    sys.exit(main())
