"""How a file of a release is answered: its encoding, ranges, conditions (RFC 9110, §§8, 13, 14)."""

import re
from collections.abc import AsyncIterator, Mapping
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from types import MappingProxyType

import anyio
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kg.downloads import Entry, Release
from kg_api.errors import Problem

CHUNK = 256 * 1024
# data below a digest is the same for ever
FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
# of equal wishes the smallest file
_PREFERRED = ("zstd", "gzip", "")
_PACKED = ("zstd", "br", "gzip")
_TOKENS = {"zstd": "zstd", "gzip": "gzip", "x-gzip": "gzip", "identity": ""}
_RANGE = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)
_DIGITS = 18


def accepted_encodings(headers: Headers) -> dict[str, float]:
    """The weight of each encoding that there is (§12.5.3); plain is `""`.

    >>> accepted_encodings(Headers({"accept-encoding": "gzip;q=0.5, *;q=0"}))
    {'zstd': 0.0, 'br': 0.0, 'gzip': 0.5, '': 0.0}
    """
    sent = headers.getlist("accept-encoding")
    if not sent:
        return {**dict.fromkeys(_PACKED, 0.0), "": 1.0}
    named: dict[str, float] = {}
    for part in ", ".join(sent).split(","):
        token, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                good = re.fullmatch(r"\s*(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", value)
                weight = float(value) if good else 0.0
        if token:
            named[_TOKENS.get(token, token)] = weight
    rest = named.get("*", 0.0)
    # plain is acceptable unless it is refused, by name or by the star; it is wished for least
    plain = named.get("", named.get("*", 0.001))
    return {**{name: named.get(name, rest) for name in _PACKED}, "": plain}


def choose_encoding(headers: Headers, variants: list[Entry]) -> Entry:
    """The form of a file that the client likes best; the plain one when it accepts none."""
    weights = accepted_encodings(headers)
    offered = {one.encoding: one for one in variants}
    best = max(
        (name for name in _PREFERRED if name in offered),
        key=lambda name: (weights[name], -_PREFERRED.index(name)),
    )
    # who refuses everything is still better served with plain bytes than with none (§12.5.3)
    return offered[best] if weights[best] > 0 else offered[""]


def _tags(value: str) -> list[str]:
    return re.findall(r'(?:W/)?"[^"]*"', value)


def not_modified(headers: Headers, etag: str, release: Release) -> bool:
    """Whether the client has it already: by tag, else by date (§13.2.2)."""
    match = headers.get("if-none-match")
    if match is not None:
        known = [tag.removeprefix("W/") for tag in _tags(match)]
        return match.strip() == "*" or etag in known
    since = moment(headers.get("if-modified-since"))
    return since is not None and release.moment.timestamp() <= since


def moment(value: str | None) -> float | None:
    """The time that a header field says, in seconds; None where it says none."""
    try:
        return parsedate_to_datetime(value).timestamp() if value else None
    except ValueError:
        return None


def read_range(headers: Headers, size: int, etag: str, modified: str) -> tuple[int, int] | None:
    """First and last byte asked for; None for all of them; 416 for a range beyond the end.

    What is no range of bytes is ignored, as are several at once (§14.2), and all are where
    If-Range says another state of the file (§13.1.5).
    """
    asked = headers.get("range")
    found = _RANGE.fullmatch(asked.strip()) if asked else None
    if found is None or not (found[1] or found[2]):
        return None
    condition = headers.get("if-range")
    if condition is not None and condition.strip() not in (etag, modified):
        return None
    # numbers that no file reaches are as good as the longest of them
    first, last = (int(text[:_DIGITS] if len(text) <= _DIGITS else "9" * _DIGITS) if text else None
                   for text in (found[1], found[2]))  # fmt: skip
    if first is None:
        assert last is not None
        if last == 0 or size == 0:
            raise _beyond(size)
        return max(size - last, 0), size - 1
    if last is not None and last < first:
        return None
    if first >= size:
        raise _beyond(size)
    return first, size - 1 if last is None else min(last, size - 1)


def _beyond(size: int) -> HTTPException:
    """That a range begins where the file has ended, and where that is (§15.5.17)."""
    detail = f"The file has {size:,} bytes."
    headers = {"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"}
    return HTTPException(416, detail, headers)


def headers_of(release: Release, etag: str) -> dict[str, str]:
    """What every answer about a release says of it."""
    return {
        "ETag": etag,
        "Last-Modified": format_datetime(release.moment.replace(microsecond=0), usegmt=True),
        "Comity-Release": release.digest,
        "Link": f'<{release.manifest["licence"]}>; rel="license"',
    }


async def send(
    request: Request,
    release: Release,
    entry: Entry,
    variants: list[Entry],
    lasting: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """A file, or the range of it that is asked for, in the encoding that the client likes best.

    `lasting` says how long it may be kept without asking again.
    """
    negotiated = len(variants) > 1
    chosen = choose_encoding(request.headers, variants) if negotiated else entry
    headers = headers_of(release, chosen.etag) | {"Accept-Ranges": "bytes", **lasting}
    if negotiated:
        headers["Vary"] = "Accept-Encoding"
    if not_modified(request.headers, chosen.etag, release):
        return Response(status_code=304, headers=headers)
    if chosen.encoding and negotiated:
        headers["Content-Encoding"] = chosen.encoding
    span = read_range(request.headers, chosen.bytes, chosen.etag, headers["Last-Modified"])
    packed = {"gzip": "application/gzip", "zstd": "application/zstd"}
    media_type = entry.media_type if not entry.encoding else packed[entry.encoding]
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    headers["Content-Type"] = media_type + charset
    headers["Content-Disposition"] = f'attachment; filename="{entry.path}"'
    first, last = span or (0, chosen.bytes - 1)
    headers["Content-Length"] = str(last - first + 1)
    if span:
        headers["Content-Range"] = f"bytes {first}-{last}/{chosen.bytes}"
    file = await _open(release.file(chosen), chosen.bytes)
    return StreamingResponse(_part(file, first, last), 206 if span else 200, headers=headers)


async def _open(path: Path, size: int) -> "anyio.AsyncFile[bytes]":
    """The file, open: what is promised in the head of an answer is there before it is sent."""
    try:
        file = await anyio.open_file(path, "rb")
    except OSError as error:
        raise Problem(503, "The file cannot be read just now.") from error
    if await file.seek(0, 2) != size:
        await file.aclose()
        raise Problem(503, "The release is being written anew: ask again in a moment.")
    return file


async def _part(file: "anyio.AsyncFile[bytes]", first: int, last: int) -> AsyncIterator[bytes]:
    async with file:
        await file.seek(first)
        left = last - first + 1
        while left > 0:
            chunk = await file.read(min(CHUNK, left))
            if not chunk:
                raise OSError("the file became shorter while it was sent")
            left -= len(chunk)
            yield chunk
