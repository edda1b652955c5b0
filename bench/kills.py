"""Kill builds at random moments, and see that `current` stays whole and the next build succeeds.

Each round changes the data a little, so that every build has a snapshot of its own to write and to
switch to. Run `python bench/kills.py --checks` for builds as they are; without, the checks, which
write nothing, are left out, and the moments fall on reading, deriving, writing and switching.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import kg
from kg.build import canonical
from kg.errors import SnapshotError
from kg.settings import Settings, find_project

BUILD = """
import sys
from pathlib import Path
from kg.build import build
from kg.settings import Settings

class Report:
    conforms, findings, quotes_verified = True, (), None
    def to_json(self): return "{}"
    def to_turtle(self): return ""

project, snapshots, checks = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "checks"
print("ready", flush=True)
build(Settings(project, snapshots), check=None if checks else lambda settings: Report())
"""


def start(project: Path, snapshots: Path, checks: bool) -> subprocess.Popen[bytes]:
    """A build in a process of its own, which has its imports behind it."""
    words = [sys.executable, "-c", BUILD, str(project), str(snapshots)]
    process = subprocess.Popen([*words, "checks" if checks else "none"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def edit(project: Path, round_: int) -> None:
    """Change what the next build writes, and nothing that a check looks at: a rule's summary."""
    path = project / "queries" / "rules" / "passage.rq"
    lines = path.read_text("utf-8").split("\n")
    assert lines[0].startswith("#+ summary: ")
    lines[0] = f"#+ summary: Claims and marks with the passage that holds them, round {round_}"
    path.write_text("\n".join(lines), "utf-8")


def whole(settings: Settings) -> str | None:
    """The digest of the current snapshot, proved by reading it all; None when there is none."""
    if not os.path.lexists(settings.snapshots / "current"):
        return None
    snapshot = kg.open(settings=settings)
    assert snapshot.path is not None
    assert (snapshot.path / "data.nq").read_bytes() == canonical(snapshot.quads())
    for name in ("manifest.json", "manifest.ttl", "check.json", "check.ttl"):
        assert (snapshot.path / name).is_file(), name
    assert snapshot.digest == snapshot.path.name
    return snapshot.digest


def rounds(project: Path, kills: int, checks: bool, seed: int) -> dict[str, int]:
    """Kill that many builds of a copy of the project; counts of what was seen."""
    chooser = random.Random(seed)  # noqa: S311 - moments, not secrets
    seen = {"kills": 0, "before the switch": 0, "after the switch": 0, "left over": 0}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        for name in ("ontology", "data", "queries"):
            shutil.copytree(project / name, copy / name)
        settings = Settings(project=copy, snapshots=Path(folder) / "snapshots")
        edit(copy, 0)
        process = start(copy, settings.snapshots, checks)
        begun = time.perf_counter()
        assert process.wait() == 0, "the first build fails"
        lasts = time.perf_counter() - begun
        current = whole(settings)
        for round_ in range(1, kills + 1):
            edit(copy, round_)
            process = start(copy, settings.snapshots, checks)
            time.sleep(chooser.uniform(0, lasts))
            process.send_signal(signal.SIGKILL)
            process.wait()
            found = whole(settings)
            assert found is not None, "current is gone"
            seen["kills"] += 1
            seen["after the switch" if found != current else "before the switch"] += 1
            seen["left over"] += bool(list(settings.snapshots.glob(".build-*")))
            current = found
        assert start(copy, settings.snapshots, checks).wait() == 0, "the last build fails"
        assert whole(settings) is not None, "current is gone"
        left = [path.name for path in settings.snapshots.glob(".*") if path.name != ".lock"]
        assert left == [], f"left over: {left}"
    return seen


def main() -> None:
    """Parse the arguments, kill, and print what was seen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--checks", action="store_true", help="run the checks in every build")
    given = parser.parse_args()
    try:
        seen = rounds(find_project(), given.kills, given.checks, given.seed)
    except (AssertionError, SnapshotError) as error:
        sys.exit(f"not whole: {error}")
    print(", ".join(f"{name}: {number}" for name, number in seen.items()))


if __name__ == "__main__":
    main()
