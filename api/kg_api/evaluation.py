"""What workers do with a query: answer it within bounds, in the format asked for."""

import io
import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import pyoxigraph as ox

from kg import formats, guard, sources
from kg import query as queries
from kg.engine import Dataset, Local
from kg.errors import QueryError, UsageError
from kg.formats import Format
from kg.results import Boolean, Rows, Triples
from kg.snapshot import Snapshot
from kg_api.glance import glance, prefixes
from kg_api.jobs import NotAcceptable, Reply, TooLarge

TRUNCATED = "Comity-Truncated"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# the quads up to which the unions of the kinds are made in advance, and the default graph is kept
# apart
_WARM, _SEPARATE = 200_000, 2_000_000


class _Bounded(io.RawIOBase):
    """Bytes up to a bound; TooLarge for more, so that no worker writes what nobody will get."""

    def __init__(self, bound: int | None) -> None:
        self._bound = bound
        self._size = 0
        self._chunks: list[bytes] = []

    def write(self, data: Any) -> int:
        self._chunks.append(bytes(data))
        self._size += len(data)
        check_bytes(self._size, self._bound)
        return len(data)

    def whole(self) -> bytes:
        return b"".join(self._chunks)


def check_bytes(size: int, bound: int | None) -> None:
    """TooLarge for a body longer than its bound."""
    if bound is not None and size > bound:
        raise TooLarge(
            f"The result is longer than {bound:,} bytes. Ask for less with LIMIT and OFFSET, let "
            "limit= cut it, or take a download of the whole data.",
            "max_bytes",
            bound,
        )


def _too_many(bound: int, what: str) -> TooLarge:
    return TooLarge(
        f"The result has more than {bound:,} {what}. Ask for less with LIMIT and OFFSET, let "
        "limit= cut it, or take a download of the whole data.",
        "max_rows",
        bound,
    )


@lru_cache(maxsize=256)
def _negotiated(accept: str, *kinds: str) -> Format | None:
    return formats.negotiate(accept, *kinds)


def pick(format_: str | None, accept: str | None, *kinds: str) -> Format:
    """The format of that name, else the one that Accept likes best; NotAcceptable if none."""
    if format_ is not None:
        return formats.by_name(format_, *kinds)
    chosen = _negotiated(accept or "", *kinds)
    if chosen is None:
        offered = ", ".join(one.media_type for one in formats.FORMATS if one.kind in kinds)
        raise NotAcceptable(f"There is {offered}.", kinds[0])
    return chosen


def _graphs(snapshot: Snapshot, names: Sequence[str]) -> frozenset[str]:
    """The graphs that names stand for; an IRI of any scheme is one, if only an empty one."""
    found: set[str] = set()
    for name in names:
        try:
            found |= snapshot.expand_graphs([name])
        except UsageError:
            if _IRI.match(name) is None:
                raise
            found.add(name)
    return frozenset(found)


def dataset(
    snapshot: Snapshot,
    outline: guard.Outline,
    default_graphs: Sequence[str],
    named_graphs: Sequence[str],
) -> Dataset | None:
    """The graphs that a query is asked of, None for all; those given go before those of FROM."""
    if not default_graphs and not named_graphs:
        if not outline.names_dataset:
            return None
        default_graphs, named_graphs = outline.default_graphs, outline.named_graphs
    asked = Dataset(_graphs(snapshot, default_graphs), _graphs(snapshot, named_graphs))
    try:
        for iri in (*asked.default, *asked.named):
            ox.NamedNode(iri)
    except ValueError as error:
        raise UsageError(f"no IRI of a graph: {error}") from error
    return asked


def _ask(engine: Local, outline: guard.Outline, asked: Dataset | None) -> Any:
    """The engine's answer, of which nothing is read yet.

    One graph is asked where it is stored. Only of several a store must be made, as a set.
    """
    store, options = engine.store, {}
    if asked is None:
        store = engine.sufficient(outline.text)
    else:
        graphs: Any = [ox.NamedNode(iri) for iri in asked.default]
        if len(graphs) > 1:
            store, graphs = engine.merged(asked), ox.DefaultGraph()
        named = [ox.NamedNode(iri) for iri in sorted(asked.named)]
        options = {"default_graph": graphs, "named_graphs": named}
    return store.query(outline.text, prefixes=prefixes(outline.text), **options)


def _refusal(error: Exception, outline: guard.Outline) -> Exception:
    """What the engine says, as the library says it."""
    if isinstance(error, SyntaxError):
        try:
            # the same mistake, where it is read with care
            queries.run(ox.Store(), outline.text)
        except QueryError as said:
            return said
    return QueryError(f"cannot be run: {error}")


def sparql(
    snapshot: Snapshot,
    text: str,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    format: str | None = None,
    accept: str | None = None,
    limit: int | None = None,
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> Reply:
    """The whole answer of a query, in the format of that name or else as Accept asks.

    TooLarge above `max_rows` or `max_bytes`. Only `limit`, which the client gave, cuts: a header
    says so then.
    """
    outline = glance(text) or guard.outline(text)
    if outline.form in ("SELECT", "ASK"):
        chosen = pick(format, accept, formats.ROWS)
    else:
        chosen = pick(format, accept, formats.TRIPLES, formats.QUADS)
    asked = dataset(snapshot, outline, default_graphs, named_graphs)
    cut = False
    try:
        answer: Any
        if isinstance(snapshot.engine, Local):
            answer = _ask(snapshot.engine, outline, asked)
        else:
            answer = snapshot.engine.ask(guard.outline(text), {}, asked)
        if isinstance(answer, ox.QueryBoolean | Boolean):
            body = Boolean(bool(answer)).serialize(chosen)
        elif isinstance(answer, ox.QueryTriples | Triples):
            triples, cut = _triples(answer, limit, max_rows)
            body = formats.write(triples, chosen)
        elif limit is None and isinstance(answer, ox.QuerySolutions):
            body = _written(answer, chosen, max_rows, max_bytes)
        else:
            rows, cut = _rows(answer, limit, max_rows)
            body = rows.serialize(chosen)
    except (SyntaxError, RuntimeError, ValueError, OSError) as error:
        raise _refusal(error, outline) from error
    check_bytes(len(body), max_bytes)
    headers = {TRUNCATED: str(limit)} if cut else {}
    return Reply(200, chosen.content_type, headers, body, outline.volatile)


def _written(answer: Any, chosen: Format, max_rows: int | None, max_bytes: int | None) -> bytes:
    """All rows as the engine writes them, which is many times faster than row by row."""
    output = _Bounded(max_bytes)
    answer.serialize(output, format=chosen.results)
    body = output.whole()
    if max_rows is not None and count_rows(body, chosen.name, max_rows) > max_rows:
        raise _too_many(max_rows, "rows")
    return formats.checked_xml(body) if chosen.name == "xml" else body


def count_rows(body: bytes, name: str, enough: int) -> int:
    """How many rows a result has; exact where it is more than enough.

    >>> count_rows(b'{"head":{"vars":["a"]},"results":{"bindings":[{},{}]}}', "json", 1)
    2
    """
    if name == "tsv":
        return body.count(b"\n") - 1
    if name == "xml":
        return body.count(b"<result>")
    # line ends and braces may also stand in values: only if there are too many are values read
    if name == "csv":
        most = body.count(b"\r\n") - 1
        return most if most <= enough else len(re.findall(rb'(?:"[^"]*"|[^"\r])*\r\n', body)) - 1
    most = body.count(b"},{") + 1
    return most if most <= enough else len(json.loads(body)["results"]["bindings"])


def _rows(answer: Any, limit: int | None, max_rows: int | None) -> tuple[Rows, bool]:
    """As many rows as the client wants, and whether there are more."""
    wanted = min((one for one in (limit, max_rows) if one is not None), default=None)
    if isinstance(answer, Rows):
        names, rows = answer.variables, iter(answer.rows)
    else:
        names, rows = tuple(one.value for one in answer.variables), map(tuple, answer)
    found = tuple(islice(rows, wanted))
    more = next(rows, None) is not None
    if more and wanted is not None and wanted != limit:
        raise _too_many(wanted, "rows")
    return Rows(names, found), more


def _triples(
    answer: Iterable[ox.Triple], limit: int | None, max_rows: int | None
) -> tuple[list[ox.Triple], bool]:
    """The triples as a set in the engine's order, and whether there are more than wanted."""
    kept: dict[ox.Triple, None] = {}
    for triple in answer:
        if triple in kept:
            continue
        if limit is not None and len(kept) >= limit:
            return list(kept), True
        if max_rows is not None and len(kept) >= max_rows:
            raise _too_many(max_rows, "triples")
        kept[triple] = None
    return list(kept), False


def warm(snapshot: Snapshot) -> None:
    """Read what every worker would read for itself, and load what it could no longer load."""
    snapshot.names.find("x")
    snapshot.names.label("x:")
    _ = snapshot.positions
    for format_ in formats.FORMATS:
        if format_.kind == formats.ROWS:
            sparql(snapshot, "SELECT * { VALUES ?x { 1 } }", format=format_.name, limit=1)
        else:
            sparql(snapshot, "CONSTRUCT { <x:a> a <x:b> } {}", format=format_.name)
    engine = snapshot.engine
    if isinstance(engine, Local) and not engine.on_disk:
        quads = len(engine.store)
        if quads <= _WARM:
            for kind in sources.KINDS:
                engine.merged(Dataset(snapshot.expand_graphs([kind])))
        if quads <= _SEPARATE:
            engine.separate()
