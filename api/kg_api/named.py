"""What workers do with a named query: bind its parameters, run it, and page through its answer."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kg import formats, guard
from kg.errors import NotFound, UsageError
from kg.formats import ROWS, Format
from kg.query import Parameter, Query
from kg.results import Boolean, Result, Rows, Triples
from kg.snapshot import Snapshot
from kg_api import filling
from kg_api.jobs import NotAcceptable, Reply, TooLarge

# rows as people's programs want them; the formats of SPARQL results have types and languages
PLAIN = Format("rows", "application/json", "json", ROWS, "rows in plain JSON")
TOTAL = "Comity-Total"
TRUNCATED = "Comity-Truncated"
MAX_VALUE = 2_000


def pick(form: str, format_: str | None, accept: str | None = None) -> Format:
    """The format of a name, else the one that Accept likes best; plain JSON where it has no wish.

    >>> pick("SELECT", None, "*/*").name, pick("SELECT", "csv", None).name
    ('rows', 'csv')
    >>> pick("SELECT", None, "application/sparql-results+json").name
    'json'
    """
    kinds = (ROWS,) if form in ("SELECT", "ASK") else (formats.TRIPLES, formats.QUADS)
    offered = [*([PLAIN] if ROWS in kinds else []), *formats.FORMATS]
    offered = [one for one in offered if one.kind in kinds]
    if format_ is not None:
        wanted = format_.lower().lstrip(".")
        for one in offered:
            # + in an address is a space
            if wanted in (one.name, one.media_type) or wanted.replace(" ", "+") == one.media_type:
                return one
        raise UsageError(f"no format {format_!r} here: choose {_listed(offered)}")
    chosen = formats.prefer(accept, offered)
    if chosen is None:
        raise NotAcceptable(f"There is {', '.join(one.media_type for one in offered)}.", kinds[0])
    return chosen


def _listed(offered: Sequence[Format]) -> str:
    return ", ".join(one.name for one in offered)


def answer(
    snapshot: Snapshot,
    name: str,
    text: str,
    parameters: Sequence[Mapping[str, Any]] = (),
    given: Mapping[str, Sequence[str]] | None = None,
    format: str | None = None,
    limit: int | None = None,
    offset: int = 0,
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> Reply:
    """The answer of a named query, or a page of it; a header has the number of all its rows.

    `parameters` are the fields of the query's Parameters, for a worker can open no file. UsageError
    for a value that is none of its parameter's type.
    """
    question = Query(name, text, parameters=tuple(Parameter(**one) for one in parameters))
    outline = guard.outline(text)
    chosen = pick(outline.form, format)
    values = {key: [one for one in some if one.strip()] for key, some in (given or {}).items()}
    for key, some in values.items():
        if any(len(one) > MAX_VALUE for one in some):
            raise UsageError(f"parameter {key}: longer than {MAX_VALUE:,} characters")
    try:
        # a field left empty in a form is not a value
        result = snapshot.run(question, {key: some for key, some in values.items() if some})
    except NotFound as error:
        # what is not there is a value in the request, not the address of the query
        raise UsageError(str(error)) from error
    page, total = _page(result, limit, offset, max_rows)
    headers = {} if total is None else {TOTAL: str(total)}
    if total is not None and limit is not None and offset + limit < total:
        headers[TRUNCATED] = str(limit)
    if chosen.name == PLAIN.name:
        defaults = {one.name: [one.default] for one in question.parameters if one.default}
        used = defaults | {key: some for key, some in values.items() if some}
        about = {"query": name, "release": snapshot.digest, "parameters": used}
        body = plain(page, about, total, limit, offset)
    else:
        body = page.serialize(chosen)
    if max_bytes is not None and len(body) > max_bytes:
        raise TooLarge(
            f"The result is longer than {max_bytes:,} bytes. Page through it with limit= and "
            "offset=, or take a download of the whole data.",
            "max_bytes",
            max_bytes,
        )
    return Reply(200, chosen.content_type, headers, body, outline.volatile)


def filled(
    snapshot: Snapshot,
    name: str,
    text: str,
    parameters: Sequence[Mapping[str, Any]] = (),
    given: Mapping[str, Sequence[str]] | None = None,
    summary: str = "",
    **_: object,
) -> Reply:
    """The text of a named query with its values in it, for the endpoint or a store elsewhere."""
    question = Query(name, text, summary, "", tuple(Parameter(**one) for one in parameters))
    try:
        body = filling.filled(question, given or {}, snapshot.names.resolve)
    except NotFound as error:
        raise UsageError(str(error)) from error
    return Reply(200, "application/sparql-query; charset=utf-8", {}, body.encode())


def _page(
    result: Result, limit: int | None, offset: int, max_rows: int | None
) -> tuple[Result, int | None]:
    """A part of a result, in its order, and how many rows or triples the whole has."""
    if isinstance(result, Boolean):
        return result, None
    whole: Sequence[Any] = result.rows if isinstance(result, Rows) else result.triples
    total = len(whole)
    part = tuple(whole[offset:] if limit is None else whole[offset : offset + limit])
    if max_rows is not None and len(part) > max_rows:
        raise TooLarge(
            f"The result has {total:,} rows, of which {max_rows:,} are given at once: page through "
            "it with limit= and offset=.",
            "max_rows",
            max_rows,
        )
    return (Rows(result.variables, part) if isinstance(result, Rows) else Triples(part)), total


def plain(
    page: Result, about: Mapping[str, Any], total: int | None, limit: int | None, offset: int
) -> bytes:
    """Rows as JSON objects: numbers and booleans as such, null where there is no value."""
    whole: dict[str, Any] = dict(about)
    if isinstance(page, Boolean):
        whole["boolean"] = page.value
    elif isinstance(page, Rows):
        whole |= {"total": total, "limit": limit, "offset": offset}
        whole |= {"columns": list(page.variables), "rows": page.records()}
    return json.dumps(whole, ensure_ascii=False, default=_as_json).encode()


def _as_json(value: Any) -> Any:
    """What JSON has no form for: decimals as numbers, dates as they are written in XSD."""
    return float(value) if isinstance(value, Decimal) else value.isoformat()


def described(question: Query) -> list[dict[str, Any]]:
    """A query's parameters as a job carries them."""
    return [
        {
            "name": one.name, "type": one.type, "default": one.default,
            "description": one.description, "list": one.list, "last": one.last,
        }
        for one in question.parameters
    ]  # fmt: skip
