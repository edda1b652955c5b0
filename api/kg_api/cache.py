"""Answers kept as bytes: the ones used last, up to a bound in bytes.

A snapshot is immutable and its digest is part of every key, so nothing is ever invalidated.
"""

import gc
from collections import OrderedDict
from collections.abc import Hashable

from kg_api.answers import Answer

# what an entry takes beside its text and its bytes: objects of the key, the headers, the table
_OVERHEAD = 1500
_ALIAS_OVERHEAD = 400
# so many answers are kept between two looks of Python's collector of garbage at what is new. It
# counts what is made less what is given up, and would not look while the cache is full, until
# there is so much that nobody is answered for a while
_UNSEEN = 200
# plain tuples, through which Python's collector of garbage looks once and no more; the last is the
# size
_Kept = tuple[int, tuple[tuple[bytes, bytes], ...], bytes, bytes, str, int]
# what a request is named by: parts of it, as they came
Alias = tuple[object, ...]


def _given(kept: _Kept) -> Answer:
    status, headers, body, tag, route, _ = kept
    return Answer(status, list(headers), body, tag, route)


def _size(raw: Alias) -> int:
    return _ALIAS_OVERHEAD + sum(len(one) for one in raw if isinstance(one, bytes | str))


class Cache:
    """Answers by what was asked, and the requests, as they came, that ask it.

    A request that came before is found by its bytes alone, without being read: `alias`.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.bytes = 0
        self.hits = 0
        self.misses = 0
        self._unseen = 0
        self._answers: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._aliases: OrderedDict[Alias, Hashable] = OrderedDict()

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
        return _given(found)

    def by_alias(self, raw: Alias) -> Answer | None:
        """The answer to a request that came before."""
        key = self._aliases.get(raw)
        if key is None:
            return None
        found = self._answers.get(key)
        if found is None:
            return None
        self.hits += 1
        self._answers.move_to_end(key)
        self._aliases.move_to_end(raw)
        return _given(found)

    def put(self, key: Hashable, answer: Answer, key_size: int) -> bool:
        """Keep an answer; not one that would take an eighth of all there is."""
        size = len(answer.body) + key_size + _OVERHEAD
        if size * 8 > self.bound:
            return False
        if key in self._answers:
            self.bytes -= self._answers.pop(key)[-1]
        headers = tuple(answer.headers)
        kept = (answer.status, headers, answer.body, answer.etag, answer.route, size)
        self._answers[key] = kept
        self._unseen += 1
        if self._unseen >= _UNSEEN:
            self._unseen = 0
            gc.collect(0)
        self.bytes += size
        self._shrink()
        return True

    def name(self, raw: Alias, key: Hashable) -> None:
        """Let a request, as it came, stand for what it asks."""
        if key not in self._answers or raw in self._aliases:
            return
        self._aliases[raw] = key
        self.bytes += _size(raw)
        self._shrink()

    def _shrink(self) -> None:
        while self.bytes > self.bound:
            # names are cheap to make again: the oldest goes before an answer does
            if len(self._aliases) > len(self._answers):
                self.bytes -= _size(self._aliases.popitem(last=False)[0])
            else:
                self.bytes -= self._answers.popitem(last=False)[1][-1]
