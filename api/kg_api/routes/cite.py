"""`/cite`: how to cite a page, a query as a release answers it, or a passage of a source."""

import difflib
import html
import re
from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from kg import guard
from kg.downloads import Release, citation
from kg.errors import NotFound
from kg.formats import Format
from kg.names import BASE, PREFIXES, expand
from kg.query import Query
from kg_api import named, urls
from kg_api.errors import Problem
from kg_api.fields import Fields
from kg_api.jobs import Job
from kg_api.routes.download import address_of, answer, kept, pick, served
from kg_api.work import perform

router = APIRouter()

FORMATS = (
    Format("text", citation.FORMATS["text"], "txt", "page", "plain text"),
    Format("bibtex", citation.FORMATS["bibtex"], "bib", "page", "BibTeX", ("text/x-bibtex",)),
    Format(
        "csl-json", citation.FORMATS["csl-json"], "json", "page", "CSL-JSON", ("application/json",)
    ),
)
Values = Mapping[str, list[str]]
_SUBJECTS = ("page", "query", "passage")
# where pages stand that are about no thing
_PAGES = (
    "about", "browse", "changes", "codebook", "commitments", "data", "docs", "network", "pair",
    "quality", "queries", "search", "sparql", "timeline",
)  # fmt: skip
# has no page, as it is for programs alone
_COUNTED = "What the release holds, counted"
_PARAMETERS = [
    {
        "name": name, "in": "query", "description": about, "schema": {"type": "string"},
        "examples": {"one": {"value": example}},
    }
    for name, about, example in (
        ("page", "A page by address, path, IRI or CURIE", "actor:mic"),
        ("query", "SPARQL, or a named query, which takes its own parameters too", "commitments"),
        ("passage", "A report, section or passage by IRI, CURIE or path", "jukdp-2024/data/a"),
    )
] + [
    {
        "name": "release", "in": "query", "description": "Whole digest of a release that is kept",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
    {
        "name": "format", "in": "query", "description": "Instead of the header Accept",
        "schema": {"type": "string", "enum": [one.name for one in FORMATS]},
    },
]  # fmt: skip
_TITLE = re.compile(r"<title>(.*?) \| Comity</title>")
_FOLLOWED = 3
# documents about a thing stand for the thing
_DOCUMENT = re.compile(r"^(?:page|data)/|\.(?:ttl|nt|nq|trig|rdf|jsonld|json|html)$")


def path_of_page(text: str) -> str:
    """The path of a thing, from the address or the path of its page, its IRI or its CURIE.

    >>> path_of_page("http://127.0.0.1:8000/page/id/actor/mic?lang=ja")
    'id/actor/mic'
    >>> path_of_page("actor:mic"), path_of_page("/ontology#Action"), path_of_page("/en/data")
    ('id/actor/mic', 'ontology#Action', 'data')
    """
    prefix = text.partition(":")[0]
    whole = expand(text) if prefix in PREFIXES and "://" not in text else text
    if whole.startswith(BASE):
        path = whole.removeprefix(BASE)
    else:
        parts = urlsplit(whole)
        path = parts.path + (f"#{parts.fragment}" if parts.fragment else "")
    path = urls.split_language("/" + path.removeprefix("/").partition("?")[0])[1]
    return _DOCUMENT.sub("", path.strip("/"))


async def _shown(request: Request, path: str, query: str) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body with which the service itself answers for a page, in English."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    same = ("type", "asgi", "http_version", "scheme", "server", "client")
    scope = {name: request.scope[name] for name in same if name in request.scope} | {
        "method": "GET", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": query.encode(), urls.LANGUAGE: urls.LANGUAGES[0],
        "headers": [one for one in request.scope["headers"] if one[0] == b"host"],
    }  # fmt: skip
    await request.app.behind(scope, receive, send)
    body = b"".join(one.get("body", b"") for one in sent[1:])
    return sent[0]["status"], Headers(raw=sent[0]["headers"]), body


async def _page(request: Request, release: Release, text: str) -> citation.Citation:
    """A page of the release: about a thing that has a name, or as the service shows it now."""
    path = path_of_page(text)
    try:
        return await run_in_threadpool(citation.page, release, path)
    except NotFound:
        current = await run_in_threadpool(served, request)
        first = path.partition("/")[0]
        if release.digest != current.digest or first not in (*_PAGES, *urls.NAMESPACES, "stats"):
            raise
    if path == urls.STATS.removeprefix("/"):
        return citation.view(release, path, _COUNTED, address_of(request)(urls.STATS))
    # what a page about a thing shows is not decided by its query
    thing = first in urls.NAMESPACES
    place = f"{urls.PAGE}/{path}" if thing else f"/{path}"
    query = "" if thing else urlsplit(text).query
    for _ in range(_FOLLOWED):
        status, headers, body = await _shown(request, place, query)
        if "location" not in headers:
            break
        # a page that depends on the day leads to one that does not
        onward = urlsplit(headers["location"])
        place, query = urls.split_language(onward.path)[1], onward.query
    asked = f"?{query}" if query else ""
    found = _TITLE.search(body.decode()) if status == 200 else None
    if found is None:
        said = f"The page {(place + asked)[:200]!r} answers {status}: open it to see why."
        raise Problem(status if status >= 400 else 404, said)
    if place.startswith(f"{urls.PAGE}/"):
        address = BASE + place.removeprefix(f"{urls.PAGE}/")
    else:
        address = address_of(request)(place) + asked
    title = html.unescape(found[1])
    return citation.view(release, f"{place}{asked}".removeprefix("/"), title, address)


def _named(request: Request, release: Release, asked: Query, values: Values) -> citation.Citation:
    """A named query with its values at the release, by its address."""
    pairs = [(name, one) for name, some in values.items() for one in some]
    url = f"{address_of(request)(urls.query(asked.name))}?" + urlencode(
        [*pairs, ("release", release.digest)], quote_via=quote
    )
    text = ", ".join([asked.name, *(f"{name}: {one}" for name, one in pairs)])
    return citation.query(release, text, url, asked.summary, asked.name)


def _query(request: Request, release: Release, text: str) -> citation.Citation:
    """A query by its text at the release; 404 for a name that none has, 400 for no query."""
    if re.fullmatch(r"[\w/.-]+", text.strip()):
        questions = request.app.state.questions
        near = ", ".join(difflib.get_close_matches(text.strip()[:100], questions, 3))
        hint = f" Near it: {near}." if near else ""
        said = f"No query is called {text.strip()[:100]!r}: {urls.QUERIES} has them all.{hint}"
        raise Problem(404, said)
    guard.outline(text)
    at = f"release={release.digest}"
    url = f"{address_of(request)(urls.SPARQL)}?query={quote(text, safe='')}&{at}"
    return citation.query(release, text, url)


@router.get(
    "/cite",
    summary="How to cite a page, a query, a passage or the dataset",
    response_model=None,
    responses={
        200: {"description": "The citation", "content": {one.media_type: {} for one in FORMATS}},
        400: {"description": "Two things at once, no query, or a parameter that there is not"},
        404: {"description": "No such page, passage or named query, or a release that is not kept"},
        406: {"description": "No format that is accepted; `available` lists what there is"},
    },
    openapi_extra={"parameters": _PARAMETERS},
)
async def cite(request: Request) -> Response:
    """A citation of one `page`, `query` or `passage`, or of the dataset, at a `release`.

    A named query is cited with values for its own parameters, where they are given.
    """
    fields = Fields.read(request.scope["query_string"])
    subjects = [(name, text) for name in _SUBJECTS for text in fields.values.pop(name, [])]
    if len(subjects) > 1:
        raise Problem(400, "One thing is cited at a time: a page, a query or a passage.")
    name, text = subjects[0] if subjects else ("page", "")
    if name != "page" and not text.strip():
        raise Problem(400, f"The parameter {name} is empty.")
    digest = fields.one("release")
    chosen = pick(request, *FORMATS)
    fields.one("format")
    asked = request.app.state.questions.get(text.strip()) if name == "query" else None
    own = [one.name for one in asked.parameters] if asked else []
    values = {one: some for one in own if (some := fields.all(one))}
    fields.done((*_SUBJECTS, "release", "format", *own))
    if asked and values:
        await _checked(request, asked, values)

    if digest:
        release = await run_in_threadpool(kept, request, digest)
    else:
        release = await run_in_threadpool(served, request)
    if asked:
        found = _named(request, release, asked, values)
    elif name == "query":
        found = await run_in_threadpool(_query, request, release, text)
    elif name == "passage":
        path = path_of_page(text).partition("#")[0].removeprefix("source/")
        found = await run_in_threadpool(citation.passage, release, path)
    else:
        found = await _page(request, release, text)
    return answer(request, found.write(chosen.name), chosen, release)


async def _checked(request: Request, asked: Query, values: Values) -> None:
    """400 for values that the query's address would refuse."""
    args = {
        "name": asked.name, "text": asked.text, "parameters": named.described(asked),
        "given": values, "summary": asked.summary,
    }  # fmt: skip
    await perform(request, Job("named-text", args))
