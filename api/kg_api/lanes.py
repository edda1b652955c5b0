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
# a query of few variables about something that it names, without what makes an engine work
_VARIABLE = re.compile(r"[?$]\w+")
_WORK = re.compile(
    r"[+]|[^{T\s]\s*\*|\b(?:count|sum|avg|min|max|group|order|distinct|regex|minus|values|construct)\b",
    re.IGNORECASE,
)
_FEW = 4
_READ = 4000
_KEPT = 1000


def shape(job: Job) -> str:
    """A job without its values: queries that a program asks of one thing after another are alike.

    >>> shape(Job("sparql", {"text": "ASK { actor:mic a <x:y> FILTER(1 < 20) }"}))
    'sparql ASK { ? a ? FILTER(? < ?) }'
    """
    text: Any = job.args.get("text")
    return f"{job.kind} {_VALUES.sub('?', text[:_READ])}" if isinstance(text, str) else job.kind


def looks_light(shape_: str) -> bool:
    """Whether a shape that was never seen is likely to be quick.

    >>> looks_light("sparql SELECT * { ? a ?x }"), looks_light("sparql ASK { ?a ?b ?c . ?d ?e ?f }")
    (True, False)
    >>> looks_light("sparql ASK { ? ?* ?x }"), looks_light("sparql SELECT * { ? ? ?x }")
    (False, True)
    """
    kind, _, text = shape_.partition(" ")
    if kind != "sparql":
        return True
    body = text.partition("{")[2]
    return (
        re.search(r"\?(?!\w)", body) is not None
        and len(set(_VARIABLE.findall(body))) <= _FEW
        and _WORK.search(text) is None
    )


class Lanes:
    """What is remembered of the shapes of jobs: which were quick, which took long."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, str] = OrderedDict()
        self.any_heavy = False

    def of(self, job: Job) -> str:
        """The lane of a job: light, unknown or heavy."""
        key = shape(job)
        return self._seen.get(key) or (LIGHT if looks_light(key) else UNKNOWN)

    def learn(self, job: Job, lane: str) -> None:
        """Remember what a job turned out to be."""
        key = shape(job)
        self._seen[key] = lane
        self._seen.move_to_end(key)
        if lane == HEAVY:
            self.any_heavy = True
        while len(self._seen) > _KEPT:
            self._seen.popitem(last=False)
