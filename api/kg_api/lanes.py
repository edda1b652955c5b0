"""Which jobs go first when not all can run: those whose like were quick before."""

import re
from collections import OrderedDict
from typing import Any

from kg_api.jobs import Job

LIGHT, UNKNOWN, HEAVY = "light", "unknown", "heavy"
# what differs from one use of a query to the next: strings, IRIs, numbers, names with a prefix
_VALUES = re.compile(
    r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>\s]*>|\b\d[\w.]*|[\w-]*:[\w.-]+'
)
_READ = 4000
_KEPT = 1000


def shape(job: Job) -> str:
    """A job without its values: queries that a program asks of one thing after another are alike.

    >>> shape(Job("sparql", {"text": "ASK { actor:mic a <x:y> FILTER(1 < 20) }"}))
    'sparql ASK { ? a ? FILTER(? < ?) }'
    """
    text: Any = job.args.get("text")
    return f"{job.kind} {_VALUES.sub('?', text[:_READ])}" if isinstance(text, str) else job.kind


class Lanes:
    """What is remembered of the shapes of jobs: which were quick, which took long."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, str] = OrderedDict()
        self.any_heavy = False

    def of(self, job: Job) -> str:
        """The lane of a job: light, unknown or heavy."""
        return self._seen.get(shape(job), UNKNOWN)

    def learn(self, job: Job, lane: str) -> None:
        """Remember what a job turned out to be."""
        key = shape(job)
        self._seen[key] = lane
        self._seen.move_to_end(key)
        if lane == HEAVY:
            self.any_heavy = True
        while len(self._seen) > _KEPT:
            self._seen.popitem(last=False)
