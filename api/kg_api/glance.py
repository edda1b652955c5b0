"""The outline of a short and plain query, seen at a glance: the tokeniser takes ten times as long.

Most queries that a program sends are a few triple patterns. What makes `kg.guard` read every token
(SERVICE, depth, FROM, volatile functions) cannot be in a text that is short and lacks some words
and signs altogether, whatever its tokens are. Any other text is left to the tokeniser.
"""

import re

from kg import guard
from kg.names import PREFIXES

# so short that no chain of operators in it can be too long
_SHORT = min(guard.MAX_CHAIN, guard.MAX_PATTERNS)
# the engine wants no space after a keyword, nor before a bracket
_VOLATILE = re.compile(r"(?:now|rand|uuid|bnode)\s*[(#]")
_OPENING = (
    r"\s*(?:PREFIX\s+[A-Za-z0-9-]*:\s*<[^<>\s]*>\s*)*(SELECT|ASK|CONSTRUCT|DESCRIBE)(?=[\s{*?$<(])"
)
_FORM = re.compile(_OPENING, re.IGNORECASE)
# bounded, or a long word would be read again from each of its letters
_PREFIX = re.compile(r"(?<![A-Za-z0-9-])([A-Za-z][A-Za-z0-9-]{0,40}):")


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
    if "\\" in low or "service" in low or "from" in low or _VOLATILE.search(low):
        return None
    if text.count("{") + text.count("(") + text.count("[") > guard.MAX_DEPTH:
        return None
    found = _FORM.match(text)
    if found is None:
        return None
    return guard.Outline(text, found[1].upper(), (), (), (), {})


def prefixes(text: str) -> dict[str, str]:
    """Those of the project's prefixes that a text may use: each one costs time in the parser."""
    return {one: PREFIXES[one] for one in _PREFIX.findall(text) if one in PREFIXES}
