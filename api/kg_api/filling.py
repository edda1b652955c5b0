"""Named queries as text that can be run anywhere: the values of their parameters stand in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyoxigraph as ox

from kg import guard
from kg import query as queries
from kg.names import PREFIXES, compact
from kg.query import Query, Resolve
from kg.results import Term

_HEADING = re.compile(r"(?:#\+[^\n]*\n)+")
_PLAIN_NAME = re.compile(r"[a-z-]+:[A-Za-z0-9][A-Za-z0-9_-]*")


def written(term: Term) -> str:
    """A term as queries have it, short where a prefix allows.

    >>> written(ox.NamedNode("https://w3id.org/comity/id/actor/mic"))
    'actor:mic'
    """
    if isinstance(term, ox.NamedNode):
        curie = compact(term.value)
        return curie if _PLAIN_NAME.fullmatch(curie) else str(term)
    if isinstance(term, ox.Literal) and term.datatype.value == PREFIXES["xsd"] + "integer":
        return term.value
    return str(term)


def filled(query: Query, given: Mapping[str, Sequence[str]], resolve: Resolve) -> str:
    """The text of a query with a VALUES for each parameter that has a value or a default.

    The heading becomes a comment that says what is asked. UsageError for a value that is none of
    its parameter's type, NotFound for a name that means nothing.
    """
    rows = []
    kinds = {one.name: replace(one, list=False) for one in query.parameters}
    queries.terms(query, {name: "" for name in given if name not in kinds})
    for name, kind in kinds.items():
        some = [one for one in given.get(name, ()) if one.strip()] or [kind.default or ""]
        terms = [queries.term(kind, one, resolve) for one in some if one]
        if terms:
            rows.append(f"\n  VALUES ?{name} {{ {' '.join(map(written, terms))} }}")
    body = _HEADING.sub("", query.text, count=1).strip()
    outline = guard.outline(body)
    groups = [one.start + 1 for one in outline.tokens if (one.text, one.braces) == ("{", 1)]
    at = groups[outline.form == "CONSTRUCT"] if rows else 0
    # names that the text uses are declared in it: other stores know none of ours
    used = {one.text.partition(":")[0] for one in guard.outline(body).tokens if one.kind == "name"}
    used |= {row.partition("{ ")[2].partition(":")[0] for row in rows}
    missing = [
        f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n"
        for prefix in sorted(used & PREFIXES.keys())
        if not re.search(rf"(?i)PREFIX\s+{prefix}:", body)
    ]
    body = body[:at] + "".join(rows) + body[at:]
    return f"# {query.summary}\n{''.join(missing)}{body}\n"
