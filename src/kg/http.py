"""Talking to a SPARQL 1.1 store over HTTP: credentials, time and size limits, errors as ours."""

import os
import time
import weakref
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from kg.errors import QueryError, StoreError, UsageError

if TYPE_CHECKING:  # slow to import, and only wanted where there is an external store
    import httpx2

MAX_BYTES = 256 * 1024 * 1024
NTRIPLES = "application/n-triples"
ROWS = "application/sparql-results+json"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Address:
    """Where a store answers queries and keeps graphs, and how to introduce oneself.

    A password goes over the network as Digest or Basic ask for it: use HTTPS beyond one machine.
    """

    query: str
    graphs: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0

    def __post_init__(self) -> None:
        for url in (self.query, *filter(None, [self.graphs])):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise UsageError(f"no http address of a store: {url!r}")
            if "@" in parts.netloc:
                raise UsageError("no credentials in the address: KG_STORE_USER, KG_STORE_PASSWORD")

    @property
    def graph_store(self) -> str:
        """The Graph Store Protocol's address; UsageError where it is not given nor known."""
        return self.graphs or derived(self.query)


def derived(query: str) -> str:
    """The graph store that usually stands beside a query address.

    >>> derived("http://127.0.0.1:7878/query")
    'http://127.0.0.1:7878/store'
    >>> derived("http://127.0.0.1:8890/sparql")
    'http://127.0.0.1:8890/sparql-graph-crud-auth'
    """
    parts = urlsplit(query)
    path, _, last = parts.path.rstrip("/").rpartition("/")
    if (path, last) == ("", "query"):  # Oxigraph
        new = "/store"
    elif path and last in ("query", "sparql"):  # Fuseki: one path a dataset
        new = f"{path}/data"
    elif last == "sparql" and (parts.hostname or "").endswith(".amazonaws.com"):  # Neptune
        new = "/sparql/gsp/"
    elif last == "sparql":  # Virtuoso
        new = f"{path}/sparql-graph-crud-auth"
    elif path.endswith("/repositories"):  # GraphDB, RDF4J
        new = f"{path}/{last}/rdf-graphs/service"
    else:
        raise UsageError(f"where is the graph store beside {query}? Name it (KG_STORE_GRAPHS)")
    return urlunsplit((parts.scheme, parts.netloc, new, "", ""))


@dataclass(frozen=True)
class Answer:
    """A whole body, of which type it is, and the headers beside it."""

    body: bytes
    media_type: str
    headers: Mapping[str, str] = field(repr=False)


@dataclass(eq=False)
class Connection:
    """Requests to one store; connections are kept open, and are each process's own."""

    address: Address
    max_bytes: int = MAX_BYTES
    _client: Any = field(default=None, repr=False)
    _process: int = field(default=0, repr=False)

    def select(
        self,
        text: str,
        default: tuple[str, ...] = (),
        named: tuple[str, ...] = (),
        accept: str = ROWS,
    ) -> Answer:
        """The answer to a query (SPARQL 1.1 Protocol, §2.1.2), asked of a dataset if given."""
        from urllib.parse import urlencode

        fields = [("query", text)]
        fields += [("default-graph-uri", iri) for iri in default]
        fields += [("named-graph-uri", iri) for iri in named]
        return self.send("POST", self.address.query, urlencode(fields).encode(), _FORM, accept)

    def put(self, graph: str, triples: bytes, add: bool = False) -> None:
        """Replace a graph, or add to it (SPARQL 1.1 Graph Store Protocol, §5.3, §5.5).

        No name is the default graph's.
        """
        self._graph("POST" if add else "PUT", graph, triples)

    def delete(self, graph: str) -> None:
        """Remove a graph (§5.4); one that is not there is removed already."""
        self._graph("DELETE", graph)

    def _graph(self, method: str, graph: str, body: bytes | None = None) -> None:
        from urllib.parse import urlencode

        base = self.address.graph_store
        # (§4.2) indirect identification, which all stores have
        which = urlencode({"graph": graph}) if graph else "default"
        url = f"{base}{'&' if '?' in base else '?'}{which}"
        self.send(method, url, body, NTRIPLES if body is not None else None, "*/*")

    def send(
        self, method: str, url: str, body: bytes | None, media_type: str | None, accept: str
    ) -> Answer:
        """One request, its answer read whole within the limits of time and size."""
        import httpx2

        headers = {"Accept": accept} | ({"Content-Type": media_type} if media_type else {})
        limit = self.address.timeout
        until = time.monotonic() + limit
        read = bytearray()
        try:
            with self._opened().stream(method, url, content=body, headers=headers) as response:
                for chunk in response.iter_bytes():
                    read += chunk
                    if len(read) > self.max_bytes:
                        raise StoreError(f"the answer is longer than {self.max_bytes:,} bytes")
                    if time.monotonic() > until:
                        raise StoreError(f"the store did not answer within {limit:g} s")
        except httpx2.TimeoutException as error:
            raise StoreError(f"the store did not answer within {limit:g} s") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            where = urlsplit(url).netloc
            raise StoreError(f"the store at {where} cannot be reached: {error}") from error
        if not (response.is_success or (method == "DELETE" and response.status_code == 404)):
            # Virtuoso leaves the body of what it refuses unread, and takes it for the next request
            self._opened().close()
            self._client = None
            raise refused(response.status_code, bytes(read), method)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(bytes(read), kind, response.headers)

    def _opened(self) -> "httpx2.Client":
        """The client of this process: a fork must not speak on its parent's connections."""
        import httpx2

        if self._client is None or self._process != os.getpid():
            credentials = (self.address.user, self.address.password)
            self._client = httpx2.Client(
                timeout=self.address.timeout,
                auth=_credentials(*credentials) if self.address.user else None,
                follow_redirects=False,
                trust_env=False,
            )
            self._process = os.getpid()
            weakref.finalize(self, self._client.close)
        client: httpx2.Client = self._client
        return client


def _credentials(user: str, password: str) -> "httpx2.Auth":
    """Digest or Basic, as the store asks, and nothing to a store that does not ask."""
    import httpx2

    digest, basic = httpx2.DigestAuth(user, password), httpx2.BasicAuth(user, password)

    class AsAsked(httpx2.Auth):
        """The scheme of the challenge."""

        def auth_flow(
            self, request: "httpx2.Request"
        ) -> Generator["httpx2.Request", "httpx2.Response", None]:
            flow = digest.auth_flow(request)
            response = yield next(flow)
            challenges = response.headers.get_list("www-authenticate", split_commas=False)
            if response.status_code != 401:
                return
            if any(one.lower().startswith("digest") for one in challenges):
                with_digest = flow.send(response)
                # a nonce that has run out is answered by a new one
                again = yield with_digest
                if again.status_code == 401:
                    return
            elif any(one.lower().startswith("basic") for one in challenges):
                yield next(basic.auth_flow(request))

    return AsAsked()


def refused(status: int, body: bytes, method: str) -> StoreError | QueryError:
    """What a store's refusal means here, with the first words of its reason."""
    words = " ".join(body[:2000].decode("utf-8", "replace").split())
    said = f": {words[:200]}" if words and not words.startswith("<") else ""
    if status in (401, 403):
        return StoreError(f"the store wants other credentials (status {status})")
    if status == 400 and method == "POST":
        return QueryError(f"the store does not take the query{said}")
    if status in (408, 429, 503, 504):
        return StoreError(f"the store is too busy (status {status}){said}")
    return StoreError(f"the store fails with status {status}{said}")
