"""Every address of the service: where it answers, and which IRI an address stands for."""

import re
from urllib.parse import quote

from starlette.requests import Request

from kg.formats import BY_NAME, Format
from kg.names import BASE

# the languages of the pages, each under a path of its own: the first is for whoever likes neither
LANGUAGES = ("en", "ja")
# where a request says which of them its path named
LANGUAGE = "kg.language"
SPARQL = "/sparql"
QUERIES = "/queries"
# pages that stand in pages of others
EMBED = "/embed"
SEARCH = "/search"
SUGGEST = "/search/suggest"
RECONCILE = "/reconcile"
NETWORK = "/network"
COMMITMENTS, PAIR, TIMELINE, STATS = "/commitments", "/pair", "/timeline", "/stats"
CHANGES = "/changes"
HEALTH = "/healthz"
READY = "/readyz"
OPENAPI = "/openapi.json"
DOWNLOAD = "/download/comity.{suffix}"
# the suffixes there are: without graphs first, then with them
DOWNLOADS = ("ttl", "nt", "rdf", "nq", "trig")
# the first segment of every IRI of the project: any host answers for them by path
NAMESPACES = ("id", "topic", "source", "graph", "ontology", "maintainers")
# documents about things, and the suffixes that those in RDF have
DATA, PAGE = "/data", "/page"
SUFFIXES = ("ttl", "nt", "rdf", "jsonld", "json", "nq", "trig")
CONTEXT = "/context.jsonld"
VOID = "/.well-known/void"
# what browsers and other sites show of this one
ICON, PICTURE = "/favicon.svg", "/picture.png"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
# what a path may hold besides letters and digits (RFC 3986, §3.3)
_SAFE = "/:@!$&'()*+,;=-._~"


def split_language(path: str) -> tuple[str, str]:
    """The language that a path names, and the path without it.

    >>> split_language("/ja/page/id/actor/mic"), split_language("/en"), split_language("/entry")
    (('ja', '/page/id/actor/mic'), ('en', '/'), ('', '/entry'))
    """
    if path[3:4] in ("", "/") and path[1:3] in LANGUAGES:
        return path[1:3], path[3:] or "/"
    return "", path


def localised(path: str, lang: str) -> str:
    """The address of a page in a language.

    >>> localised("/page/id/actor/mic", "ja")
    '/ja/page/id/actor/mic'
    """
    return f"/{lang}{path}"


def workbench(text: str, lang: str) -> str:
    """The address of the workbench with a query in it, and what it answers."""
    return localised(SPARQL, lang) + ("?query=" + quote(text, safe="") if text else "")


def is_japanese(text: str) -> bool:
    """Whether a text has Japanese signs."""
    return _JAPANESE.search(text) is not None


def download(suffix: str) -> str:
    """Address of the dataset in the format with that suffix."""
    return DOWNLOAD.format(suffix=suffix)


def query(name: str) -> str:
    """Address of a named query's answers."""
    return f"{QUERIES}/{name}"


def changes(before: str, after: str, suffix: str = "") -> str:
    """Address of what differs between two releases.

    >>> changes("a", "b", "rdfp")
    '/changes/a/b.rdfp'
    """
    return f"{CHANGES}/{before}/{after}" + (f".{suffix}" if suffix else "")


def methods(path: str) -> tuple[str, ...]:
    """The methods that a path has: all read, and only queries may come as a body.

    >>> methods("/healthz")
    ('GET', 'HEAD', 'OPTIONS')
    """
    return ("GET", "HEAD", "OPTIONS") + (("POST",) if path in (SPARQL, RECONCILE) else ())


def absolute(request: Request, path: str) -> str:
    """A path of the service as the client reached it: with scheme and host."""
    return str(request.url.replace(path=path, query="", fragment=""))


def iri(path: str) -> str:
    """The IRI that a path of the service stands for.

    >>> iri("/id/actor/mic")
    'https://w3id.org/comity/id/actor/mic'
    """
    return BASE + path.removeprefix("/")


def _path(iri_: str) -> tuple[str, str]:
    """The path of an IRI of the project, and its fragment with the mark before it."""
    path, mark, fragment = iri_.removeprefix(BASE).partition("#")
    return "/" + quote(path, safe=_SAFE), mark + quote(fragment, safe=_SAFE)


def thing(iri_: str) -> str:
    """Address at which this host answers for an IRI of the project.

    >>> thing("https://w3id.org/comity/source/jukdp-2024/data/a#collaborate")
    '/source/jukdp-2024/data/a#collaborate'
    """
    return "".join(_path(iri_))


def data(iri_: str, suffix: str | None = None, page: int = 1) -> str:
    """Address of the RDF about an IRI of the project; without suffix, of whichever is asked for.

    >>> data("https://w3id.org/comity/id/actor/mic", "ttl")
    '/data/id/actor/mic.ttl'
    """
    return DATA + _path(iri_)[0] + (f".{suffix}" if suffix else "") + _page(page)


def page(iri_: str, number: int = 1, lang: str = "") -> str:
    """Address of the page about an IRI of the project.

    >>> page("https://w3id.org/comity/ontology#Action")
    '/page/ontology#Action'

    What a rule makes of a claim is shown where the claim is:

    >>> page("https://w3id.org/comity/source/jukdp-2024/data/a#collaborate.annotation")
    '/page/source/jukdp-2024/data/a#collaborate'
    """
    path, fragment = _path(iri_)
    fragment = fragment.partition(".")[0]
    query_ = "&".join(one for one in (f"lang={lang}" if lang else "", _page(number)[1:]) if one)
    return PAGE + path + (f"?{query_}" if query_ else "") + fragment


def _page(number: int) -> str:
    return f"?page={number}" if number != 1 else ""


def format_of(suffix: str) -> Format:
    """The format of documents with a suffix: plain JSON is JSON-LD."""
    return BY_NAME["jsonld" if suffix == "json" else suffix]


def media_type(suffix: str) -> str:
    """The media type of documents with a suffix."""
    return "application/json" if suffix == "json" else format_of(suffix).media_type


def content_type(suffix: str) -> str:
    """The media type, with the charset where text needs one."""
    return "application/json" if suffix == "json" else format_of(suffix).content_type


def is_ours(iri_: str) -> bool:
    """Whether this host answers for an IRI."""
    first = iri_.removeprefix(BASE).partition("#")[0].partition("/")[0]
    return iri_.startswith(BASE) and first in NAMESPACES


def cite_passage(iri_: str) -> str:
    """Address of how a passage is cited.

    >>> cite_passage("https://w3id.org/comity/source/jukdp-2024/data/a")
    '/cite?passage=source/jukdp-2024/data/a'
    """
    return f"/cite?passage={quote(iri_.removeprefix(BASE), safe='/')}"
