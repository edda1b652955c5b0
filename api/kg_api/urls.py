"""Every address of the service: where it answers, and which IRI an address stands for."""

from starlette.requests import Request

from kg.names import BASE

SPARQL = "/sparql"
HEALTH = "/healthz"
OPENAPI = "/openapi.json"
DOWNLOAD = "/download/comity.{suffix}"
# the first segment of every IRI of the project: any host answers for them by path
NAMESPACES = ("id", "topic", "source", "graph", "ontology")


def download(suffix: str) -> str:
    """Address of the dataset in the format with that suffix."""
    return DOWNLOAD.format(suffix=suffix)


def absolute(request: Request, path: str) -> str:
    """A path of the service as the client reached it: with scheme and host."""
    return str(request.url.replace(path=path, query="", fragment=""))


def iri(path: str) -> str:
    """The IRI that a path of the service stands for.

    >>> iri("/id/actor/mic")
    'https://w3id.org/comity/id/actor/mic'
    """
    return BASE + path.removeprefix("/")
