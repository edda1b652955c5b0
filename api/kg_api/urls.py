"""Every address of the service: where it answers, and which IRI an address stands for."""

from starlette.requests import Request

from kg.names import BASE

SPARQL = "/sparql"
QUERIES = "/queries"
SEARCH = "/search"
SUGGEST = "/search/suggest"
RECONCILE = "/reconcile"
HEALTH = "/healthz"
OPENAPI = "/openapi.json"
DOWNLOAD = "/download/comity.{suffix}"
# the suffixes there are: without graphs first, then with them
DOWNLOADS = ("ttl", "nt", "rdf", "nq", "trig")
# the first segment of every IRI of the project: any host answers for them by path
NAMESPACES = ("id", "topic", "source", "graph", "ontology")


def download(suffix: str) -> str:
    """Address of the dataset in the format with that suffix."""
    return DOWNLOAD.format(suffix=suffix)


def query(name: str) -> str:
    """Address of a named query's answers."""
    return f"{QUERIES}/{name}"


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
