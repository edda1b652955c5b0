"""The query operation of the SPARQL 1.1 Protocol: from what a request says to what it asks.

Nothing here knows a server or a framework: it reads a method, a query string, header fields and a
body, and refuses with Problem whatever is not as the Protocol has it.
"""

import re
from binascii import a2b_qp
from dataclasses import dataclass
from functools import lru_cache

from kg.formats import FORMATS
from kg_api.accepting import Headers, chosen, header
from kg_api.errors import Problem

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
READ_ONLY = (
    "The graph is only read: updates are refused. It changes by a new release, built and checked "
    "from the curated files."
)
MAX_FIELDS = 100
# fields that may stand without a query: they shape the service description
_OF_DESCRIPTION = {"format", "output", "release"}
_OF_UPDATES = ("update", "using-graph-uri", "using-named-graph-uri")
_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")

# what a short name of `format=` accepts: `json` and `xml` have a meaning for rows and for RDF
_SHORT = {
    **{one.name: one.media_type for one in FORMATS},
    "json": "application/sparql-results+json, application/json;q=0.9",
    "xml": "application/sparql-results+xml, application/xml;q=0.9",
}
_OTHER_NAMES = {
    "turtle": "ttl", "ntriples": "nt", "n-triples": "nt", "rdfxml": "rdf", "rdf/xml": "rdf",
    "rdf-xml": "rdf", "rdf+xml": "rdf", "json-ld": "jsonld", "ld+json": "jsonld", "nquads": "nq",
    "n-quads": "nq", "n3": "ttl", "text/n3": "ttl",
    "sparql-results+json": "json", "sparql-json": "json", "srj": "json",
    "sparql-results+xml": "xml", "sparql-xml": "xml", "srx": "xml",
}  # fmt: skip
_SHORT |= {other: _SHORT[name] for other, name in _OTHER_NAMES.items()}

Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks; without text, for the service description.

    The graphs, if it names any, go before those of the query's FROM (§2.1.4). `accept` is what
    decides the format, whether a header or a parameter says it.
    """

    text: str | None
    accept: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    limit: int | None = None
    timeout: float | None = None
    release: str | None = None


def read_fields(raw: bytes, most: int = MAX_FIELDS) -> Fields:
    """The fields of a query string or a form; 400 where they are not percent-encoded UTF-8."""
    found: Fields = {}
    if not raw:
        return found
    pairs = raw.split(b"&")
    if len(pairs) > most:
        raise Problem(400, f"There are more than {most} parameters.")
    try:
        for pair in pairs:
            if pair:
                name, _, value = pair.partition(b"=")
                found.setdefault(_decoded(name), []).append(_decoded(value))
    except UnicodeDecodeError as error:
        raise Problem(400, "The parameters are not UTF-8.") from error
    return found


def _decoded(part: bytes) -> str:
    """A part of a form without its encoding; 400 where two hex digits do not follow a %.

    >>> _decoded(b"a+%3D%e2%82%ac=b")
    'a =\u20ac=b'
    """
    part = part.replace(b"+", b" ")
    encoded = part.count(b"%")
    if encoded:
        # quoted-printable has = for %, and is decoded many times as fast; it may end lines with it
        found = a2b_qp(part.replace(b"=", b"=3D").replace(b"%", b"="))
        if len(found) != len(part) - 2 * encoded or b"\n" in part or b"\r" in part:
            bad = _BAD_PERCENT.search(part)
            if bad:
                near = part[bad.start() :][:10].decode(errors="replace")
                said = f"Bad percent-encoding in the parameters at {near!r}"
                raise Problem(400, f"{said}: two hex digits follow a %.")
        part = found
    return part.decode()


def body_type(headers: Headers) -> str:
    """The type of the body; 403 for an update, 415 for what is no query, not UTF-8, or packed."""
    kind, *parameters = header(headers, b"content-type").lower().split(";")
    kind = kind.strip()
    if kind == UPDATE:
        raise Problem(403, READ_ONLY)
    if kind not in (FORM, DIRECT):
        raise Problem(
            415, f"A POST has a body of type {FORM} or {DIRECT}.", available=[FORM, DIRECT]
        )
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name == "charset" and value.strip("\"' ") not in ("utf-8", "utf8", "us-ascii"):
            raise Problem(415, f"The body is wanted in UTF-8, not in {value}.")
    if header(headers, b"content-encoding").lower() not in ("", "identity"):
        raise Problem(415, "The body is wanted uncompressed.")
    return kind


def read_get(query_string: bytes, headers: Headers) -> Question:
    """What a GET asks."""
    fields = read_fields(query_string)
    if fields.keys() <= _OF_DESCRIPTION:
        return Question(None, _accept(fields, headers), release=_single(fields, "release"))
    return _question(fields, fields.get("query", []), headers)


def read_post(kind: str, query_string: bytes, headers: Headers, body: bytes) -> Question:
    """What a POST with a body of that type asks; a form's fields join those of the address."""
    fields = read_fields(query_string)
    if kind == FORM:
        for name, values in read_fields(body).items():
            fields.setdefault(name, []).extend(values)
        return _question(fields, fields.get("query", []), headers)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        utf16 = body[:2] in (b"\xff\xfe", b"\xfe\xff")
        raise Problem(400, f"The query is {'UTF-16' if utf16 else 'not UTF-8'}.") from error
    return _question(fields, [text, *fields.get("query", [])], headers)


def _question(fields: Fields, texts: list[str], headers: Headers) -> Question:
    """The one query of a request, with what its fields say; 403 for an update."""
    if any(name in fields for name in _OF_UPDATES):
        raise Problem(403, READ_ONLY)
    if len(texts) != 1:
        raise Problem(400, f"One query is wanted, there are {len(texts) or 'none'}.")
    text = texts[0]
    if not text.strip():
        raise Problem(400, "The query is empty.")
    at = text.find("\0")
    if at >= 0:
        raise Problem(400, f"The query has a NUL, as its character {at + 1}. Is it UTF-16?")
    return Question(
        text,
        _accept(fields, headers),
        tuple(fields.get("default-graph-uri", ())),
        tuple(fields.get("named-graph-uri", ())),
        _limit(fields),
        _timeout(fields),
        _single(fields, "release"),
    )


def _single(fields: Fields, *names: str) -> str | None:
    """The one value that a parameter has, under any of its names; 400 for two that differ."""
    if fields.keys().isdisjoint(names):
        return None
    values = {value for name in names for value in fields.get(name, ())}
    if len(values) > 1:
        raise Problem(400, f"The parameter {names[0]} is wanted once.")
    return values.pop() if values else None


def _accept(fields: Fields, headers: Headers) -> str:
    """What decides the format: `format` or `output`, else the header; 400 for two formats.

    A format may be named more than once and in several ways, as some clients do.
    """
    named = [one for name in ("format", "output") for one in fields.get(name, ()) if one]
    if not named:
        return header(headers, b"accept")
    accepts = [accept_of(one) for one in named]
    if len(set(map(chosen, accepts))) > 1:
        raise Problem(400, f"One format is wanted, not {', '.join(named)[:100]}.")
    return accepts[0]


@lru_cache(maxsize=256)
def accept_of(named: str) -> str:
    """What the value of `format` accepts: a media type is one, a short name stands for some.

    >>> accept_of("turtle"), accept_of("application/sparql-results json")
    ('text/turtle', 'application/sparql-results+json')
    """
    short = _SHORT.get(named.strip().lower().lstrip("."))
    if short is not None:
        return short
    if "/" in named:
        # a plus that nobody has encoded arrives as a space
        return named.strip().replace(" ", "+")
    names = [one.name for one in FORMATS]
    raise Problem(400, f"No format {named!r}: choose {', '.join(names)}.", available=names)


def _limit(fields: Fields) -> int | None:
    given = _single(fields, "limit")
    if given is None:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", given):
        raise Problem(400, f"limit={given[:40]}: a whole number of rows or triples is wanted.")
    return int(given)


def _timeout(fields: Fields) -> float | None:
    given = _single(fields, "timeout")
    if given is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{0,9})?", given) or float(given) == 0:
        raise Problem(400, f"timeout={given[:40]}: a number of seconds above 0 is wanted.")
    return float(given)
