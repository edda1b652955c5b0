"""`/cite`: how to cite a page, a query as a release answers it, or a passage of a source."""

import re
from urllib.parse import quote, urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kg.downloads import Release, citation
from kg.formats import Format
from kg.names import BASE, PREFIXES, expand
from kg_api import urls
from kg_api.errors import Problem
from kg_api.routes.download import address_of, answer, kept, pick, served

router = APIRouter()

FORMATS = (
    Format("text", citation.FORMATS["text"], "txt", "page", "plain text"),
    Format("bibtex", citation.FORMATS["bibtex"], "bib", "page", "BibTeX", ("text/x-bibtex",)),
    Format(
        "csl-json", citation.FORMATS["csl-json"], "json", "page", "CSL-JSON", ("application/json",)
    ),
)
_SUBJECTS = ("page", "query", "passage")
# documents about a thing stand for the thing
_DOCUMENT = re.compile(r"^(?:page|data)/|\.(?:ttl|nt|nq|trig|rdf|jsonld|json|html)$")


def path_of_page(text: str) -> str:
    """The path of a thing, from the address or the path of its page, its IRI or its CURIE.

    >>> path_of_page("http://127.0.0.1:8000/page/id/actor/mic?lang=ja")
    'id/actor/mic'
    >>> path_of_page("actor:mic"), path_of_page("/ontology#Action")
    ('id/actor/mic', 'ontology#Action')
    """
    prefix = text.partition(":")[0]
    whole = expand(text) if prefix in PREFIXES and "://" not in text else text
    if whole.startswith(BASE):
        path = whole.removeprefix(BASE)
    else:
        parts = urlsplit(whole)
        path = parts.path + (f"#{parts.fragment}" if parts.fragment else "")
    return _DOCUMENT.sub("", path.removeprefix("/").partition("?")[0])


def _query(request: Request, release: Release, text: str) -> citation.Citation:
    """A query at the release; a named one by its address, any other by its text."""
    named = {one["name"]: one for one in release.examples}
    address = address_of(request)
    at = f"release={release.digest}"
    if text.strip() in named:
        one = named[text.strip()]
        url = f"{address(urls.query(one['name']))}?{at}"
        return citation.query(release, one["name"], url, one["summary"])
    url = f"{address(urls.SPARQL)}?query={quote(text, safe='')}&{at}"
    return citation.query(release, text, url)


@router.get("/cite")
def cite(request: Request) -> Response:
    """A citation of one `page`, `query` or `passage`, or of the dataset, at a `release`."""
    given = {name: request.query_params.getlist(name) for name in (*_SUBJECTS, "release")}
    subjects = [(name, text) for name in _SUBJECTS for text in given[name]]
    if len(subjects) > 1 or len(given["release"]) > 1:
        raise Problem(400, "One thing is cited at a time: a page, a query or a passage.")
    chosen = pick(request, *FORMATS)
    release = kept(request, given["release"][0]) if given["release"] else served(request)
    name, text = subjects[0] if subjects else ("page", "")
    if name != "page" and not text.strip():
        raise Problem(400, f"The parameter {name} is empty.")
    if name == "query":
        found = _query(request, release, text)
    elif name == "passage":
        path = path_of_page(text).partition("#")[0]
        found = citation.passage(release, path.removeprefix("source/"))
    else:
        found = citation.page(release, path_of_page(text))
    return answer(request, found.write(chosen.name), chosen, release)
