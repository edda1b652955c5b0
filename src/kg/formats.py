"""The one table of representations: names, media types, suffixes, writers; and negotiation."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO

import pyoxigraph as ox

from kg import jsonld
from kg.errors import UsageError
from kg.names import PREFIXES

TRIPLES, QUADS, ROWS = "triples", "quads", "rows"


@dataclass(frozen=True)
class Format:
    """One representation: `kind` is what it holds (triples, quads, or rows and booleans)."""

    name: str
    media_type: str
    suffix: str
    kind: str
    title: str
    aliases: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The media type with the charset, for text whose default would be another."""
        return self.media_type + ("; charset=utf-8" if self.media_type.startswith("text/") else "")

    @property
    def rdf(self) -> ox.RdfFormat:
        """The engine's name of an RDF format; UsageError for formats of rows."""
        try:
            return _RDF[self.name]
        except KeyError:
            raise UsageError(f"{self.name} is for rows, not for RDF") from None

    @property
    def results(self) -> ox.QueryResultsFormat:
        """The engine's name of a format of rows; UsageError for RDF formats."""
        try:
            return _RESULTS[self.name]
        except KeyError:
            raise UsageError(f"{self.name} is for RDF, not for rows") from None


# in the order in which they are offered: the first of a kind answers `*/*`
FORMATS: tuple[Format, ...] = (
    Format("ttl", "text/turtle", "ttl", TRIPLES, "Turtle", ("application/x-turtle",)),
    Format("nt", "application/n-triples", "nt", TRIPLES, "N-Triples", ("text/plain",)),
    Format(
        "rdf", "application/rdf+xml", "rdf", TRIPLES, "RDF/XML", ("application/xml", "text/xml"),
    ),
    Format("jsonld", "application/ld+json", "jsonld", TRIPLES, "JSON-LD", ("application/json",)),
    Format("nq", "application/n-quads", "nq", QUADS, "N-Quads", ("text/x-nquads",)),
    Format("trig", "application/trig", "trig", QUADS, "TriG", ("application/x-trig",)),
    Format(
        "json", "application/sparql-results+json", "json", ROWS, "SPARQL results in JSON",
        ("application/json",),
    ),
    Format(
        "xml", "application/sparql-results+xml", "xml", ROWS, "SPARQL results in XML",
        ("application/xml", "text/xml"),
    ),
    Format("csv", "text/csv", "csv", ROWS, "CSV"),
    Format("tsv", "text/tab-separated-values", "tsv", ROWS, "TSV"),
)  # fmt: skip

BY_NAME: dict[str, Format] = {one.name: one for one in FORMATS}

_RDF = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}
_RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}


# what XML 1.0 has no way to write (§2.2), in UTF-8
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
# a local name that XML 1.0 (§2.3) and its namespaces (§4) allow, at the end of an IRI
_LETTERS = (
    "A-Za-z_\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D"
    "\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\U00010000-\\U000EFFFF"
)
_LOCAL = re.compile(rf"[{_LETTERS}][{_LETTERS}0-9.\u00B7\u0300-\u036F\u203F\u2040-]*\Z")
# RDF 1.1 XML Syntax, §6.1.4; and a namespace that nobody may bind
_SYNTAX = {
    PREFIXES["rdf"] + word
    for word in (
        "RDF", "Description", "ID", "about", "parseType", "resource", "nodeID", "datatype", "li",
        "bagID", "aboutEach", "aboutEachPrefix",
    )
}  # fmt: skip
_XMLNS = "http://www.w3.org/2000/xmlns/"


def by_name(name: str, *kinds: str) -> Format:
    """The format of that name or suffix, of one of the kinds if any are given; else UsageError.

    >>> by_name("ttl").media_type
    'text/turtle'
    """
    offered = [one.name for one in FORMATS if not kinds or one.kind in kinds]
    if name.lower().lstrip(".") not in offered:
        raise UsageError(f"no format {name!r} here: choose {', '.join(offered)}")
    return BY_NAME[name.lower().lstrip(".")]


def _ranges(accept: str) -> list[tuple[str, str, float]]:
    """Type, subtype and weight of each media range (RFC 9110, §12.5.1); ill-formed ones dropped."""
    found = []
    for part in accept.split(","):
        media, *parameters = [piece.strip().lower() for piece in part.split(";")]
        main, slash, sub = media.partition("/")
        if media == "*":  # what some old clients send for */*
            main, slash, sub = "*", "/", "*"
        if not slash or not main or not sub or (main == "*" and sub != "*"):
            continue
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    weight = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    weight = 0.0
                if weight != weight:  # float() also reads "nan"
                    weight = 0.0
        found.append((main, sub, weight))
    return found


def _weight(media_type: str, ranges: list[tuple[str, str, float]]) -> float:
    """The weight given to a media type: the most specific range that matches decides."""
    main, _, sub = media_type.partition("/")
    best = (-1, 0.0)
    for range_main, range_sub, weight in ranges:
        if range_main not in ("*", main) or range_sub not in ("*", sub):
            continue
        best = max(best, ((range_main != "*") + (range_sub != "*"), weight))
    return best[1]


def weight(accept: str, media_type: str) -> float:
    """How much an Accept header likes a media type, from 0 to 1.

    >>> weight("text/*;q=0.5, text/html", "text/html"), weight("text/*;q=0.5", "text/csv")
    (1.0, 0.5)
    """
    return _weight(media_type, _ranges(accept))


def negotiate(accept: str | None, *kinds: str) -> Format | None:
    """The format that an Accept header likes best, of the kinds offered; None if it likes none.

    Without a header the first of the first kind; of equal weights the earlier in the table.

    >>> negotiate("text/csv;q=0.5, application/sparql-results+json", "rows").name
    'json'
    >>> negotiate("text/turtle; q=0.2, */*; q=0.1", "triples").name
    'ttl'
    >>> negotiate("image/png", "triples") is None
    True
    """
    return prefer(
        accept,
        [one for kind in kinds or (TRIPLES, QUADS, ROWS) for one in FORMATS if one.kind == kind],
    )


def prefer(accept: str | None, offered: Sequence[Format]) -> Format | None:
    """The one of some formats that an Accept header likes best, the earlier of equal ones."""
    if accept is None or not accept.strip():
        return offered[0]
    ranges = _ranges(accept)
    best: Format | None = None
    best_weight = (0.0, False)
    for one in offered:
        own = _weight(one.media_type, ranges)
        # an alias counts only where it is asked for by name, and after the type's own name
        alias = max((w for m, s, w in ranges if f"{m}/{s}" in one.aliases), default=0.0)
        weight = (own, True) if own >= alias else (alias, False)
        if weight[0] > 0 and weight > best_weight:
            best, best_weight = one, weight
    return best


def prefixes_used(quads: Iterable[ox.Quad | ox.Triple]) -> dict[str, str]:
    """Those of the project's prefixes that the quads use, so that no document opens with all."""
    iris: set[str] = set()
    # a term that stands in many quads is looked at once
    terms = {term for quad in quads for term in quad}
    for term in terms:
        if isinstance(term, ox.NamedNode):
            iris.add(term.value)
        elif isinstance(term, ox.Literal):
            iris.add(term.datatype.value)
    return {p: n for p, n in PREFIXES.items() if any(iri.startswith(n) for iri in iris)}


def _types_first(quad: ox.Quad | ox.Triple) -> tuple[str, str, bool, str, str]:
    """Sorting key: by graph and subject, a subject's types before all else."""
    graph = str(getattr(quad, "graph_name", ""))
    other = quad.predicate.value != PREFIXES["rdf"] + "type"
    return graph, str(quad.subject), other, quad.predicate.value, str(quad.object)


def _prefixes_in_order(data: bytes, chosen: Format) -> bytes:
    """The document with its prefixes sorted: the engine puts them in the order of a hash.

    Turtle and TriG open with one line a prefix; the root element of RDF/XML declares them.
    """
    if chosen.name in ("ttl", "trig"):
        end = 0
        while data.startswith(b"@prefix ", end):
            end = data.index(b"\n", end) + 1
        return b"".join(sorted(data[:end].splitlines(keepends=True))) + data[end:]
    if chosen.name == "rdf":
        start = data.index(b"<rdf:RDF") + len(b"<rdf:RDF")
        end = data.index(b">", start)
        declared = re.findall(rb'\s+[\w:-]+="[^"]*"', data[start:end])
        return data[:start] + b"".join(sorted(declared)) + data[start + sum(map(len, declared)) :]
    return data


def checked_xml(data: bytes) -> bytes:
    """XML as the engine writes it, of which a reader loses nothing; UsageError if there is no way.

    >>> checked_xml(b"<a>\\r</a>")
    b'<a>&#13;</a>'
    """
    if _NOT_XML.search(data):
        raise UsageError("the answer has a control character, which XML cannot hold: ask for JSON")
    # readers make a bare CR a line feed (XML 1.0, §2.11)
    return data.replace(b"\r", b"&#13;") if b"\r" in data else data


def _elements(ordered: Iterable[ox.Quad | ox.Triple]) -> Iterator[str]:
    """The IRIs that name elements in RDF/XML: predicates, or the class that opens a subject."""
    before = None
    for one in ordered:
        opens = one.subject != before and one.predicate.value == PREFIXES["rdf"] + "type"
        yield (
            one.object.value
            if opens and isinstance(one.object, ox.NamedNode)
            else (one.predicate.value)
        )
        if isinstance(one.object, ox.Triple):
            yield from _elements([one.object])
        before = one.subject


def _check_elements(ordered: Iterable[ox.Quad | ox.Triple]) -> None:
    """UsageError for a predicate or class that RDF/XML, which makes it an element, cannot name."""
    for iri in sorted(set(_elements(ordered))):
        if not _LOCAL.search(iri) or iri in _SYNTAX or iri.startswith(_XMLNS):
            raise UsageError(
                f"RDF/XML cannot name <{iri}>: a predicate or class there ends in a letter and "
                "what may follow it in a name of XML, and is no word of its syntax: ask for Turtle"
            )


class Arranged:
    """Some RDF, put in order once for however many formats it is then written in."""

    def __init__(self, quads: Iterable[ox.Quad | ox.Triple]) -> None:
        self.quads: set[ox.Quad | ox.Triple] = set(quads)
        self._ordered: dict[tuple[str, bool], list[ox.Quad | ox.Triple]] = {}

    @cached_property
    def triples(self) -> set[ox.Quad | ox.Triple]:
        """The union of the graphs, as a set."""
        return {ox.Triple(quad.subject, quad.predicate, quad.object) for quad in self.quads}

    def _order(self, kind: str, by_line: bool) -> list[ox.Quad | ox.Triple]:
        found = self._ordered.get((kind, by_line))
        if found is None:
            kept = self.quads if kind == QUADS else self.triples
            # a block opens with its types where people read it; lines are sorted as lines elsewhere
            found = sorted(kept, key=str if by_line else _types_first)
            self._ordered[kind, by_line] = found
        return found

    def write(self, format_: Format) -> bytes:
        """The RDF in a format: the union in those of triples; UsageError where there is no way."""
        by_line = format_.name in ("nt", "nq")
        ordered = self._order(format_.kind, by_line)
        if format_.name == "jsonld":
            return jsonld.write(ordered)  # type: ignore[arg-type]
        if format_.name == "rdf":
            _check_elements(ordered)
        prefixes = None if by_line else prefixes_used(ordered)
        data = ox.serialize(ordered, format=format_.rdf, prefixes=prefixes) or b""  # type: ignore[arg-type]
        return _prefixes_in_order(checked_xml(data) if format_.name == "rdf" else data, format_)


def canonical(quads: Iterable[ox.Quad]) -> bytes:
    """The quads as canonical N-Quads (RDFC-1.0, §4), whose lines stand in code point order."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    written = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
    # code points of UTF-8 text and its bytes sort alike; literals hold no bare line end
    return b"".join(sorted(written.splitlines(keepends=True)))


def write(
    quads: Iterable[ox.Quad | ox.Triple], format_: Format | str, output: IO[bytes] | None = None
) -> bytes:
    """RDF in a format, sorted, so that equal graphs give equal bytes.

    Formats of triples hold the union of what they are given, as a set; formats of quads what is
    in named graphs. Written to `output` when there is one, and returned otherwise.
    """
    data = Arranged(quads).write(by_name(format_) if isinstance(format_, str) else format_)
    if output is None:
        return data
    output.write(data)
    return b""
