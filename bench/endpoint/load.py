"""Load by wrk: requests that do not come back, or one request again and again."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from servers import JSON, Server, need

# one thread makes many times the requests that any of the servers answers
SCRIPT = """\
local before, after = {}, {}
for line in io.lines(FILE) do
  local head, tail = line:match("^(.-)NUMBER(.*)$")
  before[#before + 1], after[#after + 1] = head or line, tail
end
local sent, count = 0, #before
request = function()
  local at = sent % count + 1
  sent = sent + 1
  local one = before[at]
  if after[at] then one = one .. (FIRST + sent) .. after[at] end
  return wrk.format("GET", one)
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\n{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "refused": %d, "broken": %d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, e.status, e.connect + e.read + e.write + e.timeout))
end
"""


@dataclass(frozen=True)
class Measured:
    """What a run of load showed: requests a second, latencies in milliseconds.

    `cpu` is the server's processor time in microseconds a request: what else the machine does
    disturbs it less.
    """

    rate: float
    p50: float
    p99: float
    cpu: float
    refused: int
    broken: int


def press(
    server: Server, targets: Sequence[str], seconds: int, connections: int, first: int = 0
) -> Measured:
    """Ask a server for the targets in turn; each NUMBER in them becomes one from `first` on."""
    with tempfile.TemporaryDirectory() as folder:
        file, script = Path(folder) / "targets", Path(folder) / "load.lua"
        file.write_text("\n".join(targets) + "\n", "utf-8")
        settings = f"FILE = {json.dumps(str(file))}\nFIRST = {first}\n"
        script.write_text(settings + SCRIPT, "utf-8")
        words = [need("wrk", "wrk (Debian, Ubuntu)"), "--threads", "1"]
        words += ["--connections", str(connections), "--duration", f"{seconds}s"]
        words += ["--timeout", "30s", "--header", f"Accept: {JSON['Accept']}"]
        words += ["--script", str(script), f"http://127.0.0.1:{server.port}"]
        before = server.cpu()
        run = subprocess.run(
            words, capture_output=True, text=True, check=True, timeout=seconds + 60
        )
    used = server.cpu() - before
    found = json.loads(run.stdout.strip().splitlines()[-1])
    return Measured(
        rate=(found["requests"] - found["refused"]) / found["seconds"],
        p50=found["p50"],
        p99=found["p99"],
        cpu=used / max(found["requests"], 1) * 1e6,
        refused=found["refused"],
        broken=found["broken"],
    )
