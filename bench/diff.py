"""How long it takes to compare two large releases, and what memory it wants.

The snapshot's quads are written again and again under other names (bench/scale.py) as one release;
the other one has edits of chance all over it: values changed, statements and passages gone, new
sources. Each form is made by `kg diff` in a process of its own, which checks the digests too; the
patch must give the other digest.

Run `python bench/diff.py 1000000`; exits with 1 when a form takes longer than 15 seconds.
"""

import argparse
import hashlib
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scale import BASE, write

from kg.diff import apply_patch

BOUND = 15.0
FORMS = ("patch", "text", "markdown", "json", "turtle")


def snapshot(lines: list[bytes], folder: Path) -> Path:
    """A directory with some quads as a snapshot has them."""
    data = b"".join(sorted(set(lines)))
    folder.mkdir()
    (folder / "data.nq").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    about = {"digest": digest, "made": "2024-01-16T00:00:00+00:00"}
    (folder / "manifest.json").write_text(json.dumps(about), "utf-8")
    return folder


def edited(lines: list[bytes], share: float, seed: int) -> list[bytes]:
    """Some quads after edits: in each thousand as many as the share says went or have others."""
    chance = random.Random(seed)  # noqa: S311 - a sample
    found = []
    for number, line in enumerate(lines):
        drawn = chance.random()
        if drawn >= share:
            found.append(line)
        elif drawn < share / 2:
            subject, predicate, rest = line.split(b" ", 2)
            graph = rest[rest.rindex(b" ", 0, -3) :]
            found.append(b'%s %s "edited %d"%s' % (subject, predicate, number, graph))
    source = f"<{BASE}source/jukdp-2024".encode()
    evidence = f"<{BASE}graph/evidence/jukdp-2024".encode()
    for line in lines:
        if source + b"/" in line:
            # one more source, as a nightly build may bring
            new = line.replace(source + b"/", source + b"-new/")
            found.append(new.replace(evidence + b">", evidence + b"-new>"))
    return found


def measure(form: str, sides: list[Path], target: Path) -> tuple[float, float, float]:
    """Seconds, those of a processor among them, and the megabytes that it had at most."""
    program = "import sys; from kg.cli import main; sys.argv[0] = 'kg'; main()"
    begun, worked = time.perf_counter(), _cpu()
    process = subprocess.Popen(
        [sys.executable, "-c", program, "diff", *map(str, sides), "-f", form, "-o", str(target)]
    )
    most = 0.0
    while process.poll() is None:
        # what getrusage says of a child counts its parent's memory, of which it is a copy at first
        status = Path(f"/proc/{process.pid}/status").read_text("ascii")
        if found := re.search(r"VmHWM:\s+(\d+)", status):
            most = int(found[1]) / 1024
        time.sleep(0.01)
    if process.returncode:
        sys.exit("kg diff failed")
    return time.perf_counter() - begun, _cpu() - worked, most


def _cpu() -> float:
    """Seconds of a processor that the processes of this one have had, once they are over."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Write the releases, compare them, print what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("quads", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--share", type=float, default=0.01, help="of the quads that are edited")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(given.quads, folder / "scaled.nq", given.seed)
        with (folder / "scaled.nq").open("rb") as file:
            lines = list(file)
        (folder / "scaled.nq").unlink()
        before = snapshot(lines, folder / "a")
        after = snapshot(edited(lines, given.share, given.seed), folder / "b")
        del lines
        target = folder / "out"
        print(f"{given.quads:,} quads, {given.share:.1%} of them edited, and one more source")
        for form in FORMS:
            seconds, cpu, memory = measure(form, [before, after], target)
            size = target.stat().st_size / 1e6
            print(
                f"{form:<10}{seconds:>7.1f} s {cpu:>7.1f} s CPU {memory:>7.0f} MB "
                f"{size:>8.1f} MB written"
            )
            slowest = max(slowest, seconds)
            if form == "patch":
                text = target.read_bytes()
        made = hashlib.sha256(apply_patch((before / "data.nq").read_bytes(), text)).hexdigest()
        is_same = made == json.loads((after / "manifest.json").read_text("utf-8"))["digest"]
        operations = sum(line.startswith((b"A ", b"D ")) for line in text.splitlines())
        print(f"patch: {operations:,} lines; the digest is {'the same' if is_same else 'ANOTHER'}")
    return int(slowest > BOUND or not is_same)


if __name__ == "__main__":
    sys.exit(main())
