"""Answers kept as bytes: the ones used last, up to a bound in bytes.

A snapshot is immutable and its digest is part of every key, so nothing is ever invalidated.
"""

from collections import OrderedDict
from collections.abc import Hashable

from kg_api.answers import Answer

# what an entry takes beside its text and its bytes: objects of the key, the headers, the table
_OVERHEAD = 1500
_ALIAS_OVERHEAD = 400
# plain tuples, through which Python's collector of garbage does not look again and again
_Kept = tuple[int, tuple[tuple[bytes, bytes], ...], bytes, bytes, str]


def _given(kept: _Kept) -> Answer:
    status, headers, body, tag, route = kept
    return Answer(status, list(headers), body, tag, route)


class Cache:
    """Answers by what was asked, and the requests, as they came, that ask it.

    A request that came before is found by its bytes alone, without being read: `alias`.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.bytes = 0
        self.hits = 0
        self.misses = 0
        self._answers: OrderedDict[Hashable, tuple[_Kept, int]] = OrderedDict()
        self._aliases: OrderedDict[Hashable, tuple[Hashable, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: Hashable) -> Answer | None:
        """The answer to what was asked."""
        found = self._answers.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._answers.move_to_end(key)
        return _given(found[0])

    def by_alias(self, raw: Hashable) -> Answer | None:
        """The answer to a request that came before."""
        alias = self._aliases.get(raw)
        if alias is None:
            return None
        found = self._answers.get(alias[0])
        if found is None:
            return None
        self.hits += 1
        self._answers.move_to_end(alias[0])
        self._aliases.move_to_end(raw)
        return _given(found[0])

    def put(self, key: Hashable, answer: Answer, key_size: int) -> bool:
        """Keep an answer; not one that would take an eighth of all there is."""
        size = len(answer.body) + key_size + _OVERHEAD
        if size * 8 > self.bound:
            return False
        if key in self._answers:
            self.bytes -= self._answers.pop(key)[1]
        headers = tuple(answer.headers)
        kept = (answer.status, headers, answer.body, answer.etag, answer.route)
        self._answers[key] = (kept, size)
        self.bytes += size
        self._shrink()
        return True

    def name(self, raw: Hashable, key: Hashable, raw_size: int) -> None:
        """Let a request, as it came, stand for what it asks."""
        if key not in self._answers or raw in self._aliases:
            return
        size = raw_size + _ALIAS_OVERHEAD
        self._aliases[raw] = (key, size)
        self.bytes += size
        self._shrink()

    def _shrink(self) -> None:
        while self.bytes > self.bound:
            # names are cheap to make again: the oldest goes before an answer does
            if len(self._aliases) > len(self._answers):
                self.bytes -= self._aliases.popitem(last=False)[1][1]
            else:
                self.bytes -= self._answers.popitem(last=False)[1][1]
