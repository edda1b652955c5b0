"""How an answer is given: in the format that the client likes best, whole before it begins."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from kg.formats import FORMATS, Format, negotiate
from kg_api import urls
from kg_api.accepting import header
from kg_api.errors import HTML, MEDIA_TYPE, Problem, Refusal
from kg_api.jobs import Reply

Raw = list[tuple[bytes, bytes]]

EXPOSED = (
    "Comity-Release, Comity-Total, Comity-Truncated, Content-Disposition, Content-Length, "
    "Content-Range, ETag, "
    "Last-Modified, Link, Location, Retry-After, X-Request-Id"
)
# on every answer, whoever gives it: any page may ask, without credentials; nothing may be made of
# an answer but what its type says
COMMON: Raw = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED.encode()),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
]
_DATA_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_PAGE_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
    b"data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'",
)
# of plain pages, which bring their own style
OWN_STYLE = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"


@dataclass(slots=True)
class Answer:
    """A whole answer, its headers complete but for what differs from one request to the next.

    `etag` is empty where not only the snapshot decides; `route` is what metrics call it.
    """

    status: int
    headers: Raw
    body: bytes
    etag: bytes = b""
    route: str = urls.SPARQL


def policy(media_type: bytes) -> tuple[bytes, bytes]:
    """What a browser may do with an answer: pages load from here only, data nothing at all."""
    return _PAGE_POLICY if media_type.startswith(b"text/html") else _DATA_POLICY


def etag(*parts: object) -> bytes:
    """An entity tag of all that decides an answer."""
    whole = "\x1f".join(map(str, parts))
    return b'"' + hashlib.sha256(whole.encode(errors="replace")).hexdigest()[:32].encode() + b'"'


def compose(
    status: int, media_type: str, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()
) -> Answer:
    """An answer with the headers that all have."""
    type_ = media_type.encode("latin-1")
    return Answer(
        status,
        [
            (b"content-type", type_),
            (b"content-length", b"%d" % len(body)),
            (b"vary", b"Accept"),
            *headers,
            *COMMON,
            policy(type_),
        ],
        body,
    )


@lru_cache(maxsize=256)
def lasting(
    media_type: str, digest: str, last_modified: bytes, lifetime: bytes
) -> tuple[tuple[bytes, bytes], ...]:
    """What all answers of one type have that a release decides; the length and the tag are lacking.

    They are the same objects for all of them: thousands of answers are kept.
    """
    type_ = media_type.encode("latin-1")
    return (
        (b"content-type", type_),
        (b"vary", b"Accept"),
        (b"comity-release", digest.encode()),
        (b"last-modified", last_modified),
        (b"cache-control", lifetime),
        *COMMON,
        policy(type_),
    )


def refuse(refused: Refusal, lang: str = "", digest: str = "") -> Answer:
    """An error as an answer, of the release that is current: a page in a language, or a problem."""
    headers = [
        (k.lower().encode(), v.encode("latin-1", "replace")) for k, v in refused.headers.items()
    ]
    headers.append((b"cache-control", b"no-store"))
    if digest:
        headers.append((b"comity-release", digest.encode()))
    return compose(refused.status, HTML if lang else MEDIA_TYPE, refused.body(lang), headers)


def accepted(request: Request) -> str:
    """What the client accepts; several headers count as one (RFC 9110, §5.3)."""
    return header(request.scope["headers"], b"accept")


def choose(request: Request, *kinds: str) -> Format:
    """The format of one of the kinds that the client likes best; 406 with the list if none."""
    chosen = negotiate(accepted(request), *kinds)
    if chosen is None:
        offered = [one.media_type for one in FORMATS if one.kind in kinds]
        raise Problem(406, f"There is {', '.join(offered)}.", available=offered)
    return chosen


def respond(body: bytes, format_: Format, headers: dict[str, str] | None = None) -> Response:
    """A whole body in a format; caches are told that another client may get another one."""
    return Response(
        body, headers={"Vary": "Accept", "Content-Type": format_.content_type, **(headers or {})}
    )


def pass_on(reply: Reply) -> Response:
    """A worker's reply; one that may differ the next time is not to be kept by anyone."""
    headers = {"Vary": "Accept", **reply.headers, "Content-Type": reply.media_type}
    if reply.volatile:
        headers["Cache-Control"] = "no-store"
    return Response(reply.body, reply.status, headers)
