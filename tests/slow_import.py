"""A kind of jobs whose module takes its time to import."""

import time

from kg.snapshot import Snapshot
from kg_api.jobs import Reply

for _ in range(150):
    time.sleep(0.01)


def late(snapshot: Snapshot) -> Reply:
    """Say that it is there."""
    return Reply(200, "text/plain", {}, b"late")
