"""`/sparql`: the query operation of the SPARQL 1.1 Protocol."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from kg import formats, guard
from kg.query import Query
from kg.snapshot import Snapshot
from kg_api import description, urls
from kg_api.answers import accepted, choose, respond
from kg_api.errors import Problem

router = APIRouter()

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
READ_ONLY = "The graph is only read: updates are refused."
# the longest query, in the script that percent-encoding makes longest, and room for other fields
MAX_BODY = 12 * guard.MAX_LENGTH
MAX_FIELDS = 50


@dataclass(frozen=True)
class Question:
    """What a request asks; the graphs, if it names any, go before those of the query's FROM."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def read_fields(raw: bytes) -> dict[str, list[str]]:
    """The fields of a query string or a form; 400 where they are not UTF-8."""
    found: dict[str, list[str]] = {}
    try:
        for name, value in parse_qsl(
            raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        ):
            found.setdefault(name, []).append(value)
    except UnicodeDecodeError as error:
        raise Problem(400, "The parameters are not UTF-8.") from error
    except ValueError as error:
        raise Problem(400, f"There are more than {MAX_FIELDS} parameters.") from error
    return found


async def read_body(request: Request) -> bytes:
    """The body, up to its bound; 413 above."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise Problem(413, f"The body is longer than {MAX_BODY:,} bytes.")
    except ClientDisconnect as error:
        raise Problem(400, "The connection was closed within the body.") from error
    return bytes(body)


def read_question(fields: dict[str, list[str]], texts: list[str]) -> Question:
    """The one query of a request, with the graphs among its fields; 403 for an update."""
    if "update" in fields:
        raise Problem(403, READ_ONLY)
    if len(texts) != 1:
        raise Problem(400, f"One query is wanted, there are {len(texts) or 'none'}.")
    return Question(
        texts[0],
        tuple(fields.get("default-graph-uri", ())),
        tuple(fields.get("named-graph-uri", ())),
    )


def media_type(request: Request) -> str:
    """The type of the body; 415 for one that is not UTF-8 or is compressed."""
    kind, *parameters = request.headers.get("content-type", "").lower().split(";")
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name == "charset" and value.strip("\"' ") not in ("utf-8", "utf8", "us-ascii"):
            raise Problem(415, f"The body is wanted in UTF-8, not in {value}.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "The body is wanted uncompressed.")
    return kind.strip()


def answer(request: Request, question: Question) -> Response:
    """The whole result of a query, in the format that the client likes best."""
    snapshot: Snapshot = request.app.state.snapshot
    rows = guard.outline(question.text).form in ("SELECT", "ASK")
    chosen = choose(request, *((formats.ROWS,) if rows else (formats.TRIPLES, formats.QUADS)))
    # Snapshot.query also takes names of the project's queries, which are files, and headers
    result = snapshot.run(
        Query("query", question.text),
        graphs=question.default_graphs or None,
        named_graphs=question.named_graphs or None,
    )
    return respond(result.serialize(chosen), chosen)


@router.get(urls.SPARQL)
async def ask(request: Request) -> Response:
    """Answer the parameter `query`; without it, describe the service."""
    fields = read_fields(request.scope["query_string"])
    if fields:
        question = read_question(fields, fields.get("query", []))
        return await run_in_threadpool(answer, request, question)
    if "text/html" in accepted(request).lower():
        return HTMLResponse(
            description.form(),
            headers={
                "Vary": "Accept",
                "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            },
        )
    chosen = choose(request, formats.TRIPLES)
    try:
        described = list(description.describe_service(urls.absolute(request, urls.SPARQL)))
    except ValueError as error:
        raise Problem(400, "The header Host names no host.") from error
    return respond(formats.write(described, chosen), chosen)


@router.post(urls.SPARQL)
async def ask_by_post(request: Request) -> Response:
    """Answer the query in a form, or the query that the body is."""
    kind = media_type(request)
    if kind == UPDATE:
        raise Problem(403, READ_ONLY)
    if kind not in (FORM, DIRECT):
        raise Problem(415, f"A POST has a body of type {FORM} or {DIRECT}.")
    body = await read_body(request)
    if kind == FORM:
        fields = read_fields(body)
        question = read_question(fields, fields.get("query", []))
    else:
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise Problem(400, "The query is not UTF-8.") from error
        fields = read_fields(request.scope["query_string"])
        question = read_question(fields, [text, *fields.get("query", [])])
    return await run_in_threadpool(answer, request, question)
