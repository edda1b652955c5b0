"""Answers that are text, compressed for whoever takes them so: which, how, and what is said."""

import gzip
import re

from anyio import to_thread
from starlette.datastructures import Headers

from kg_api.answers import Raw
from kg_api.files import accepted_encodings

# what is read once and in full, by people or by their browsers; files have their own packed forms
_TYPES = re.compile(rb"(text/(html|plain|css)|application/(json|xml)|image/svg\+xml)\s*(;|$)")
# less than this fits in one packet with its head
_LEAST = 1000
# more than this is done beside the loop, which others wait for (some 2 ms)
_MUCH = 64 * 1024
_LEVEL = 6


def with_vary(headers: Raw, name: bytes) -> Raw:
    """The headers, with one more request header that the answer depends on.

    >>> with_vary([(b"vary", b"Accept")], b"Accept-Encoding")
    [(b'vary', b'Accept, Accept-Encoding')]
    """
    said = b", ".join(value for one, value in headers if one == b"vary")
    if name.lower() in (one.strip() for one in said.lower().split(b",")) or said == b"*":
        return headers
    rest = [one for one in headers if one[0] != b"vary"]
    return [*rest, (b"vary", b"%s, %s" % (said, name) if said else name)]


async def packed(asked: Raw, headers: Raw, body: bytes) -> tuple[Raw, bytes]:
    """A whole answer, names of its headers in small letters, as the client takes it."""
    names = dict(headers)
    if b"content-encoding" in names or not _TYPES.match(names.get(b"content-type", b"")):
        return headers, body
    headers = with_vary(headers, b"Accept-Encoding")
    if len(body) < _LEAST or not accepted_encodings(Headers(raw=asked))["gzip"]:
        return headers, body
    if len(body) > _MUCH:
        small = await to_thread.run_sync(_packed, body)
    else:
        small = _packed(body)
    kept = [one for one in headers if one[0] != b"content-length"]
    length = (b"content-length", b"%d" % len(small))
    return [*kept, (b"content-encoding", b"gzip"), length], small


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)
