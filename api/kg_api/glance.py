"""The outline of a plain query, seen at a glance: the tokeniser takes ten times as long.

Most queries that a program sends are a few triple patterns. What makes `kg.guard` read every token
(SERVICE, FROM, volatile functions, new blank nodes) cannot be in a text that lacks some words or
signs altogether, and its bounds (depth, chains, patterns, what stands side by side) cannot be
passed by one that has fewer of the signs and words that count, wherever they stand: in IRIs,
strings and comments as well. So none of this depends on where tokens begin. Any other text is left
to the tokeniser.
"""

import re

from kg import guard, tokens
from kg.names import PREFIXES

# counting costs little, but what is long has more than may be as a rule
_SHORT = 4_000
_OPEN = ("{", "(", "[", "<<")
_CHAINED = tuple({one for sign in tokens.CHAINED for one in sign})
_CHAINING = tuple(one.lower() for one in tokens.CHAINING)
# what counts as a triple pattern, and what can begin an element, which counts as two
_JOINTS = (".", ";", ",", "{", "|", "<<")
_TERMS = ("<", "?", "$", ":", '"', "'", "(", "[", "{", "true", "false")
_NUMBER = re.compile(r"\d+")
# how a template could make blank nodes
_NEW_NODES = ("_:", "[", "(", "<<", "|")
# the engine wants no space after a keyword, nor before a bracket
_NAMES = ("now", "rand", "uuid", "bnode")
_VOLATILE = re.compile(rf"(?:{'|'.join(_NAMES)})\s*[(#]")
_OPENING = (
    r"\s*(?:PREFIX\s+[A-Za-z0-9-]*:\s*<[^<>\s]*>\s*)*(SELECT|ASK|CONSTRUCT|DESCRIBE)(?=[\s{*?$<(])"
)
_FORM = re.compile(_OPENING, re.IGNORECASE)
_LAST_WORD = re.compile(r"[A-Za-z0-9-]*\Z")
_LONGEST = max(map(len, PREFIXES)) + 1


def glance(text: str) -> guard.Outline | None:
    """The outline of a plain query, without its tokens; None for a text to be read with care.

    >>> glance("SELECT * { ?s a comity:Country }").form
    'SELECT'
    >>> glance("SELECT * { SERVICE <http://example.org/> {} }") is None
    True
    """
    if len(text) > _SHORT:
        return None
    low = text.lower()
    # a backslash may spell any word
    if "\\" in low or "service" in low or "from" in low:
        return None
    if any(one in low for one in _NAMES) and _VOLATILE.search(low):
        return None
    if sum(map(text.count, _OPEN)) > tokens.MAX_DEPTH:
        return None
    # no character counts as more than two, so a short text has fewer
    if len(text) > tokens.MAX_PATTERNS // 2 and (
        sum(map(text.count, _JOINTS)) + 2 * _elements(low) > tokens.MAX_PATTERNS
        or text.count("<") + text.count(":") + tokens.MAX_DEPTH > tokens.MAX_CHAIN
        or sum(map(text.count, _CHAINED)) + sum(map(low.count, _CHAINING)) > tokens.MAX_CHAIN
    ):
        return None
    found = _FORM.match(text)
    if found is None:
        return None
    form = found[1].upper()
    if form == "CONSTRUCT" and any(one in text for one in _NEW_NODES):
        return None
    return guard.Outline(text, form, (), (), (), {})


def _elements(low: str) -> int:
    """At least as many as there can be elements of collections, which stand in parentheses."""
    inner = low.partition("(")[2]
    return sum(map(inner.count, _TERMS)) + len(_NUMBER.findall(inner))


def prefixes(text: str) -> dict[str, str]:
    """Those of the project's prefixes that a text may use: each one costs time in the parser.

    >>> list(prefixes("ASK { actor:mic a comity:Ministry ; ?p <http://www.w3.org/> }"))
    ['actor', 'comity']
    """
    found = {}
    parts = text.split(":")
    for place in range(len(parts) - 1):
        # nothing but an IRI or a string has two slashes
        if parts[place + 1][:2] == "//":
            continue
        last = _LAST_WORD.search(parts[place][-_LONGEST:])
        word = last[0] if last else ""
        if word in PREFIXES:
            found[word] = PREFIXES[word]
    return found
