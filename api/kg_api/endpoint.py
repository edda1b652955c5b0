"""`/sparql`, from a request to its answer: the one implementation, whoever calls it."""

from collections.abc import Hashable
from typing import Any

from starlette.types import Receive, Scope

from kg.errors import KgError
from kg.manifest import program_version
from kg.settings import Settings
from kg_api import description, protocol, urls
from kg_api.accepting import chosen, header, reader
from kg_api.answers import Answer, compose, etag, lasting, refuse
from kg_api.cache import Cache
from kg_api.errors import HTML, Problem, refusal
from kg_api.jobs import Job, Unanswered
from kg_api.protocol import Question
from kg_api.releases import Release, Releases
from kg_api.watching import Gone, Watch


class Endpoint:
    """Answers the requests of the SPARQL Protocol."""

    def __init__(self, settings: Settings, releases: Releases, cache: Cache) -> None:
        self._settings = settings
        self._releases = releases
        self._cache = cache
        self._version = program_version()
        self._watch = Watch()

    async def answer(self, scope: Scope, receive: Receive, request: str = "") -> Answer:
        """The answer to a request, refusals included; Gone when nobody waits for it."""
        given = scope["headers"]
        try:
            return await self._answer(scope, receive, request)
        except (Problem, KgError, Unanswered) as error:
            lang = reader(header(given, b"accept"), header(given, b"accept-language"))
            return refuse(refusal(error), lang, self._releases.current.digest)

    async def _answer(self, scope: Scope, receive: Receive, request: str) -> Answer:
        method, headers, fields = scope["method"], scope["headers"], scope["query_string"]
        if method in ("GET", "HEAD"):
            question = protocol.read_get(fields, headers)
        elif method == "POST":
            kind = protocol.body_type(headers)
            question = protocol.read_post(kind, fields, headers, await self._body(scope, receive))
        else:
            raise Problem(
                405, f"{method[:20]} is not answered here.", allow=urls.methods(urls.SPARQL)
            )
        release = self._releases.find(question.release)
        if question.text is None:
            language = reader(question.accept, header(headers, b"accept-language"))
            if language:
                return self._to_page(language, release)
            return await self._describe(scope, question, release)
        key = self._key(question, release)
        found = self._cache.get(key)
        if found is None:
            return await self._ask(question, release, receive, key, request)
        if method != "POST":
            # what was asked twice will be asked again, in the same words as a rule
            accept = header(headers, b"accept").encode("latin-1")
            self._cache.name((release.digest, fields, accept), key)
        return found

    def _to_page(self, language: str, release: Release) -> Answer:
        """The way to the workbench, in the reader's language."""
        headers = [
            (b"location", urls.localised(urls.SPARQL, language).encode()),
            (b"vary", b"Accept, Accept-Language"),
            (b"comity-release", release.digest.encode()),
            (b"cache-control", self.lifetime(False)),
        ]
        answer = compose(303, HTML, b"", headers)
        # once: it depends on the language too
        answer.headers.remove((b"vary", b"Accept"))
        return answer

    def _key(self, question: Question, release: Release) -> Hashable:
        """All that decides an answer; of Accept only which formats it likes best."""
        return (
            release.digest, question.text, question.default_graphs, question.named_graphs,
            chosen(question.accept), question.limit, question.release is not None,
        )  # fmt: skip

    async def _ask(
        self, question: Question, release: Release, receive: Receive, key: Hashable, request: str
    ) -> Answer:
        """The answer of whoever evaluates; kept if only the snapshot decides it."""
        args: dict[str, Any] = {
            "text": question.text,
            "accept": question.accept,
            "max_rows": self._settings.max_rows,
            "max_bytes": self._settings.max_bytes,
        }
        if question.default_graphs:
            args["default_graphs"] = question.default_graphs
        if question.named_graphs:
            args["named_graphs"] = question.named_graphs
        if question.limit is not None:
            args["limit"] = question.limit
        timeout = min(question.timeout or self._settings.timeout, self._settings.timeout)
        job = Job("sparql", args, request)
        reply = await self._watch.attend(release.runner.run(job, timeout), receive)
        headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in reply.headers.items()]
        if reply.volatile or reply.status != 200:
            headers.append((b"comity-release", reply.digest.encode()))
            headers.append((b"cache-control", b"no-store"))
            return compose(reply.status, reply.media_type, reply.body, headers)
        tag = etag(self._version, reply.media_type, repr(key))
        headers += lasting(
            reply.media_type,
            reply.digest,
            release.last_modified,
            self.lifetime(question.release == release.digest),
        )
        headers += [(b"content-length", b"%d" % len(reply.body)), (b"etag", tag)]
        answer = Answer(reply.status, headers, reply.body, tag)
        self._cache.put(key, answer, len(question.text or ""))
        return answer

    def lifetime(self, named: bool) -> bytes:
        """How long an answer may be used without asking: for ever, where it names its release."""
        if named:
            return b"public, max-age=31536000, immutable"
        age = self._settings.max_age
        return b"public, max-age=%d" % age if age else b"public, no-cache"

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body; 413 above its bound, which its announced length may already pass."""
        bound = self._settings.max_body
        too_long = Problem(
            413, f"The body is longer than {bound:,} bytes.", limit="max_body", bound=bound
        )
        length = header(scope["headers"], b"content-length")
        if length.isdecimal() and int(length) > bound:
            raise too_long
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > bound:
                raise too_long
            if not message.get("more_body"):
                return b"".join(parts)

    async def _describe(self, scope: Scope, question: Question, release: Release) -> Answer:
        """The service description."""
        headers = [
            (b"comity-release", release.digest.encode()),
            (b"last-modified", release.last_modified),
            (b"cache-control", self.lifetime(False)),
        ]
        _, rdf = chosen(question.accept)
        if not rdf:
            raise description.not_acceptable()
        address = description.address(scope, self._settings)
        key = ("description", release.digest, rdf, address)
        found = self._cache.get(key)
        if found is None:
            type_, body = await description.render(self._settings, release, address, rdf)
            tag = etag(self._version, *key)
            found = compose(200, type_, body, [*headers, (b"etag", tag)])
            found.etag = tag
            self._cache.put(key, found, 200)
        return found
