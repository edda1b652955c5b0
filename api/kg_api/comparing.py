"""Comparing two releases in a process of its own, which can be ended when it takes too long.

Workers hold one release and may open no file; here two are read from their files. Nothing that a
client sends gets here but the digests of releases that are kept, and the name of a format.
"""

import asyncio
import json
import resource
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kg import diff
from kg.diff import rdf, show
from kg.errors import UsageError
from kg_api.jobs import (
    Failed,
    OutOfMemory,
    Overloaded,
    TimedOut,
    TooLarge,
    pack_error,
    unpack_error,
)

# at the same time, and waiting
RUNNING, WAITING = 2, 16
# more is told by a patch, which holds nothing in memory
MAX_STATEMENTS = 50_000
PATCH = "patch"
_WRITERS = {
    "text": lambda found: show.text(found).encode(),
    "markdown": lambda found: show.markdown(found).encode(),
    "json": show.to_json,
    "ttl": rdf.to_turtle,
}


@dataclass(frozen=True)
class Bounds:
    """What one comparison may take: seconds, bytes of its answer, megabytes of memory."""

    seconds: float
    bytes: int
    memory: int


class Comparing:
    """The comparisons of one service: a few at a time, a bounded number waiting."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(RUNNING)
        self._waiting = 0

    async def compare(self, before: Path, after: Path, format_: str, bounds: Bounds) -> IO[bytes]:
        """The answer in a file without a name; refusals are raised as jobs raise them."""
        if self._waiting >= WAITING:
            raise Overloaded(
                f"{WAITING} comparisons of releases wait already.", "comparisons", WAITING, 5
            )
        self._waiting += 1
        try:
            async with asyncio.timeout(bounds.seconds), self._free:
                return await _run(before, after, format_, bounds)
        except TimeoutError as error:
            message = f"Comparing the releases takes longer than {bounds.seconds:g} seconds."
            raise TimedOut(message, "timeout", bounds.seconds, 10) from error
        finally:
            self._waiting -= 1


async def _run(before: Path, after: Path, format_: str, bounds: Bounds) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    kept = False
    process: asyncio.subprocess.Process | None = None
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "kg_api.comparing", str(before), str(after), format_),
            *(str(bounds.bytes), str(bounds.memory)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
        if process.returncode == 0:
            kept = True
            return file
        if (process.returncode or 0) < 0:
            # the engine ends the process when it gets no more memory
            raise OutOfMemory("It wants more memory than it may have.", "memory", bounds.memory)
        try:
            refused = unpack_error(json.loads(said))
        except (ValueError, KeyError) as error:
            raise Failed(said.decode(errors="replace")[-2000:]) from error
        raise refused
    finally:
        # time may be up before there is a process
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
        if not kept:
            file.close()


def answer(before: Path, after: Path, format_: str, max_bytes: int, output: IO[bytes]) -> None:
    """Write the comparison of two snapshots by their directories; TooLarge beyond the bounds."""
    one, other = diff.version(before), diff.version(after)
    if format_ == PATCH:
        output.writelines(diff.patch(one, other))
        return
    take = "Take the patch (format=patch), which has everything."
    try:
        found = diff.diff(one, other, limit=MAX_STATEMENTS)
    except UsageError as error:
        message = f"More than {MAX_STATEMENTS:,} statements differ. {take}"
        raise TooLarge(message, "statements", MAX_STATEMENTS) from error
    body = _WRITERS[format_](found)
    if len(body) > max_bytes:
        message = f"The answer is longer than {max_bytes:,} bytes. {take}"
        raise TooLarge(message, "max_bytes", max_bytes)
    output.write(body)


def main(words: list[str]) -> int:
    """Answer to standard output; what is refused goes to standard error, as JSON."""
    before, after, format_, most, memory = words
    bound = int(memory) << 20
    resource.setrlimit(resource.RLIMIT_DATA, (bound, bound))
    try:
        answer(Path(before), Path(after), format_, int(most), sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except MemoryError:
        error: Exception = OutOfMemory(
            "It wants more memory than it may have.", "memory", int(memory)
        )
    except Exception as raised:
        error = raised
    else:
        return 0
    packed = pack_error(error)
    if packed is None:
        raise error
    sys.stderr.write(json.dumps(packed))
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
