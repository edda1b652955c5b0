"""What workers do for commitments, pairs, timeline and statistics, and how routes give it.

A worker makes records and RDF; it may open no file, which the writers of documents do. So those
formats are written of the record in the HTTP process, on a thread, and are bounded in rows.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from kg import commitments as undertaken
from kg import formats, stats
from kg import pair as pairs
from kg import timeline as times
from kg.commitments.formats import FORMATS, WRITERS, to_json
from kg.commitments.formats import JSON as PLAIN
from kg.errors import UsageError
from kg.formats import Format
from kg.snapshot import Snapshot
from kg_api import declared, filenames
from kg_api.answers import accepted
from kg_api.errors import Problem
from kg_api.evaluation import check_bytes
from kg_api.fields import Fields
from kg_api.jobs import Job, Reply
from kg_api.site import asking
from kg_api.work import perform

MAX_VALUE = 500
# a value of each parameter, as OpenAPI shows it
_EXAMPLES = {
    "bearer": "METI", "side": "jp", "counterpart": "DSIT", "topic": "semiconductors",
    "modality": "concur", "status": "planned", "source": "jukdp-2024", "dated": "true",
    "due_from": "2024-01", "due_to": "2024-06", "as_of": "2024-05", "sort": "deadline",
    "group": "modality", "lang": "ja", "kind": "event", "actor": "MIC", "from": "2023-05",
    "to": "2023-12", "basis": "reported",
}  # fmt: skip
_TURTLE = formats.BY_NAME["ttl"]
_CSV = next(one for one in FORMATS if one.name == "csv")
RDF = tuple(one for one in formats.FORMATS if one.kind == formats.TRIPLES)
Write = Callable[[Mapping[str, Any]], bytes]


def _reply(body: bytes, max_bytes: int | None, media_type: str = "application/json") -> Reply:
    check_bytes(len(body), max_bytes)
    return Reply(200, media_type, {}, body)


def _either(
    record: Callable[[], Any], triples: Callable[[], list[ox.Triple]], rdf: str, bound: int | None
) -> Reply:
    """The record, or the triples where a format of RDF is named: only what is given is made."""
    if not rdf:
        return _reply(to_json(record()), bound)
    chosen = formats.by_name(rdf, formats.TRIPLES)
    return _reply(formats.write(triples(), chosen), bound, chosen.content_type)


def commitments(
    snapshot: Snapshot,
    asked: Mapping[str, Any],
    rdf: str = "",
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> Reply:
    """The record of a listing of commitments, or their claims in a format of RDF."""
    found = undertaken.commitments(snapshot, **asked)
    return _either(found.record, lambda: undertaken.triples(snapshot, found), rdf, max_bytes)


def pair(
    snapshot: Snapshot,
    slug: str,
    lang: str = "en",
    rdf: str = "",
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> Reply:
    """The record of a pair, or its actions in a format of RDF; NotFound for one without source."""
    found = pairs.pair(snapshot, slug, lang=lang)
    return _either(found.record, lambda: pairs.triples(snapshot, found), rdf, max_bytes)


def known_pairs(
    snapshot: Snapshot, max_rows: int | None = None, max_bytes: int | None = None
) -> Reply:
    """The pairs that have a bilateral source."""
    found = [
        {"slug": slug, "countries": [one.record() for one in both], "url": f"/pair/{slug}"}
        for slug, both in pairs.pairs(snapshot).items()
    ]
    return _reply(to_json({"release": snapshot.digest, "pairs": found}), max_bytes)


def timeline(
    snapshot: Snapshot,
    asked: Mapping[str, Any],
    rdf: str = "",
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> Reply:
    """The record of a timeline, or its dated things in a format of RDF."""
    found = times.timeline(snapshot, **asked)
    return _either(found.record, lambda: times.triples(snapshot, found.entries), rdf, max_bytes)


def statistics(
    snapshot: Snapshot,
    lang: str = "en",
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> Reply:
    """The counts of a snapshot."""
    return _reply(to_json(stats.record(snapshot, lang)), max_bytes)


@dataclass(frozen=True)
class Wish:
    """What a request asks of a view: its parameters by name, format, release and bound.

    A page has no format.
    """

    asked: Mapping[str, str]
    format: Format | None
    release: str | None
    timeout: int | None


def read(
    request: Request,
    names: Sequence[str],
    offered: Sequence[Format],
    suffix: str = "",
    page: bool = False,
) -> Wish:
    """The parameters of a request; 400 for others, 404 for a suffix and 406 for an Accept of none.

    The format is that of the suffix, of `format=`, or the one that Accept likes best; for a page
    there is none.
    """
    fields = Fields.read(request.scope["query_string"])
    given = {name: fields.one(name) for name in names}
    format_, digest = fields.one("format"), fields.one("release")
    timeout = fields.number("timeout")
    fields.done((*names, "format", "release", "timeout"))
    for name, text in given.items():
        if text is not None and len(text) > MAX_VALUE:
            raise Problem(400, f"{name} has at most {MAX_VALUE} characters.")
    asked = {name: text.strip() for name, text in given.items() if text is not None}
    if not re.fullmatch(r"[a-z]{2,3}", asked.get("lang", "en")):
        raise Problem(400, "lang is the code of a language, such as ja.")
    chosen = None if page else _pick(request, offered, suffix, format_)
    return Wish(asked, chosen, digest, timeout)


def _pick(request: Request, offered: Sequence[Format], suffix: str, format_: str | None) -> Format:
    by_name = {one.suffix: one for one in offered}
    listed = ", ".join(by_name)
    if suffix and format_ is not None:
        raise Problem(400, f"The address ends in .{suffix[:20]}: format= has no meaning then.")
    if suffix:
        if suffix not in by_name:
            raise Problem(404, f"There is no format {suffix[:20]!r} here, but {listed}.")
        return by_name[suffix]
    if format_ is not None:
        wanted = format_.lower()
        for one in offered:
            if wanted in (one.name, one.suffix, one.media_type):
                return one
        raise Problem(400, f"No format {format_[:40]!r} here: choose {listed}.")
    chosen = formats.prefer(accepted(request), offered)
    if chosen is None:
        available = [one.media_type for one in offered]
        raise Problem(406, f"There is {', '.join(available)}.", available=available)
    return chosen


# how rows are ordered and worded is no part of a file's name, nor is a mere yes
_NOT_NAMED = ("sort", "lang", "dated")


async def give(
    request: Request,
    wish: Wish,
    job: Job,
    writers: Mapping[str, Write] | None = None,
    filename: str = "",
) -> Response:
    """The answer to a job in the format that is wished: RDF by a worker, documents on a thread."""
    assert wish.format is not None
    is_rdf = wish.format in RDF
    args = {**job.args, "rdf": wish.format.name} if is_rdf else job.args
    answer = await perform(request, Job(job.kind, args), wish.timeout, wish.release)
    if not is_rdf and wish.format.name != PLAIN.name:
        write = (writers or {})[wish.format.name]
        record = json.loads(bytes(answer.body))
        body = await run_in_threadpool(write, record)
        check_bytes(len(body), request.app.state.settings.max_bytes)
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name.lower() not in ("content-length", "content-type")
        }
        shown = [text for key, text in wish.asked.items() if key not in _NOT_NAMED]
        whole = filenames.name(filename, shown, wish.format.suffix)
        named = f'attachment; filename="{whole}"'
        headers = {**kept, "Content-Type": wish.format.content_type, "Content-Disposition": named}
        answer = Response(body, 200, headers)
    answer.headers["Vary"] = "Accept"
    return answer


async def page(request: Request, view: str, wish: Wish, **known: Any) -> Response:
    """The page of a view for what is wished; `known` replaces what was sent, or adds to it."""
    asked = {**wish.asked, "release": wish.release or "", **known}
    return await asking.page(request, view, asked, wish.release)


def flag(wish: Wish, name: str) -> bool:
    """Whether a parameter says yes; UsageError for what is neither yes nor no."""
    text = wish.asked.get(name, "false").lower()
    if text not in ("true", "1", "yes", "false", "0", "no"):
        raise UsageError(f"{name} is true or false, not {text[:40]!r}")
    return text in ("true", "1", "yes")


def parameters(names: Mapping[str, str], offered: Sequence[Format]) -> list[dict[str, Any]]:
    """The parameters of a view as OpenAPI has them."""
    texts = [
        {
            "name": name, "in": "query", "schema": {"type": "string"}, "description": about,
            "examples": {"one": {"value": _EXAMPLES[name]}},
        }
        for name, about in names.items()
    ]  # fmt: skip
    format_ = declared.format_(one.suffix for one in offered)
    return [*texts, format_, declared.RELEASE, declared.TIMEOUT]


def responses(
    offered: Sequence[Format], *others: int, page: bool = True, **said: str
) -> declared.Declared:
    """The answers of a view as OpenAPI has them; most have a page."""
    types: list[Format | str] = [*offered, *([declared.PAGE] if page else [])]
    return declared.answers(types, *(400, 404, 406), *others, **said)


COMMITMENT_FORMATS = FORMATS
COMMITMENT_WRITERS = WRITERS
PAIR_FORMATS = (PLAIN, *RDF)
TIMELINE_FORMATS = (PLAIN, _CSV, _TURTLE)
TIMELINE_WRITERS: dict[str, Write] = {"csv": lambda record: times.table(record).to_csv()}
STATS_FORMATS = (PLAIN,)
