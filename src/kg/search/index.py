"""The index of names: read from quads at build, one SQLite file with a full-text table.

A row of `thing` for each thing that can be found, of `name` for each name that it is found by, of
`fact` for what a list that is reconciled may be extended with. It is no part of the digest: the
same quads give the same rows, and a snapshot without the file makes it in memory.
"""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg.names import BASE, PREFIXES, compact
from kg.search.folding import fold, tokens
from kg.search.identifiers import external

FILE = "search.sqlite"
SCHEMA_VERSION = 1

# kinds of names: how well each speaks for its thing, the best first
LABEL, ACRONYM, FORM, FORMER, TITLE, IDENTIFIER, HIDDEN, QUOTE = range(8)
KINDS = (
    "label", "acronym", "other form", "former name", "printed title", "identifier",
    "hidden form", "quote",
)  # fmt: skip

_SKOS, _COMITY, _RDFS = PREFIXES["skos"], PREFIXES["comity"], PREFIXES["rdfs"]
_TYPE = PREFIXES["rdf"] + "type"
_NAMES = {
    _SKOS + "prefLabel": LABEL,
    _RDFS + "label": LABEL,
    _COMITY + "citationLabel": LABEL,
    _SKOS + "altLabel": FORM,
    _COMITY + "formerName": FORMER,
    _COMITY + "printedTitle": TITLE,
    PREFIXES["dct"] + "title": TITLE,
    PREFIXES["org"] + "identifier": IDENTIFIER,
    _SKOS + "hiddenLabel": HIDDEN,
    _COMITY + "quote": QUOTE,
}
# of the names of one language the earlier kind is the one to show
_SHOWN = (_SKOS + "prefLabel", _RDFS + "label", _COMITY + "citationLabel", _COMITY + "quote")
_ACRONYM = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Z0-9][A-Za-z0-9.+&/-]{1,11}")
# what a thing is, by the first of these classes that it has; the order is that of equal matches
_FAMILIES = (
    ("actor", _COMITY + "Actor"),
    ("instrument", _COMITY + "Instrument"),
    ("initiative", _COMITY + "Initiative"),
    ("event", _COMITY + "Event"),
    ("document", _COMITY + "Document"),
    ("topic", ""),
    ("source", _COMITY + "Source"),
    ("section", _COMITY + "Section"),
    ("section", _COMITY + "Pillar"),
    ("concept", _SKOS + "Concept"),
    ("concept", _SKOS + "ConceptScheme"),
    ("claim", _COMITY + "Action"),
    ("claim", _COMITY + "Participation"),
    ("claim", _COMITY + "Context"),
    ("passage", _COMITY + "Passage"),
)
FAMILIES = (*dict.fromkeys(name for name, _ in _FAMILIES), "term")
_CLAIM = "claim"
# these have labels that programs made, or names that are those of something else
_UNNAMED = {_COMITY + name for name in ("Tenure", "Date", "Sentence", "Segment")}
_TERMS = tuple(PREFIXES[one] for one in ("owl", "rdfs", "rdf"))
_IDENTIFIERS = {
    _COMITY + "CorporateNumber": "corporate-number",
    _COMITY + "GovukIdentifier": "govuk-identifier",
    _COMITY + "IatiIdentifier": "iati-identifier",
}
_FACTS = {
    _COMITY + "country": "country",
    _COMITY + "parent": "parent",
    _COMITY + "member": "member-of",
    _COMITY + "instrumentType": "instrument-type",
    _COMITY + "under": "under",
    _SKOS + "broader": "broader",
    PREFIXES["schema"] + "url": "website",
    _SKOS + "scopeNote": "note",
    _SKOS + "definition": "definition",
}

_SCHEMA = """
CREATE TABLE thing (
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, family TEXT NOT NULL, place INTEGER NOT NULL,
  type TEXT NOT NULL, en TEXT, ja TEXT, other TEXT, passage TEXT, citation TEXT);
CREATE TABLE type (iri TEXT, en TEXT, ja TEXT, folded TEXT);
CREATE TABLE thing_type (thing INTEGER, type TEXT, PRIMARY KEY (type, thing)) WITHOUT ROWID;
CREATE TABLE thing_topic (thing INTEGER, topic TEXT, PRIMARY KEY (topic, thing)) WITHOUT ROWID;
CREATE TABLE name (
  id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, kind INTEGER NOT NULL, text TEXT NOT NULL,
  lang TEXT NOT NULL, folded TEXT NOT NULL);
CREATE INDEX name_folded ON name (folded);
CREATE INDEX name_thing ON name (thing);
CREATE TABLE fact (thing INTEGER, property TEXT, value TEXT, lang TEXT, is_iri INTEGER);
CREATE INDEX fact_thing ON fact (thing, property);
CREATE INDEX fact_value ON fact (value);
CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='ascii', prefix='1 2 3');
"""

Literals = dict[str, dict[str, set[tuple[str, str, str]]]]
Links = dict[str, dict[str, set[str]]]


class _Graph:
    """The quads that names are read from, by subject and predicate."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.literals: Literals = defaultdict(lambda: defaultdict(set))
        self.links: Links = defaultdict(lambda: defaultdict(set))
        for quad in quads:
            if not isinstance(quad.subject, ox.NamedNode):
                continue
            subject, predicate, value = quad.subject.value, quad.predicate.value, quad.object
            if isinstance(value, ox.Literal):
                if predicate in _NAMES or predicate in _FACTS:
                    kind = value.datatype.value
                    entry = (value.value, value.language or "", kind)
                    self.literals[subject][predicate].add(entry)
            elif isinstance(value, ox.NamedNode):
                self.links[subject][predicate].add(value.value)

    def above(self, start: Iterable[str], predicate: str) -> set[str]:
        """The things given and all that they reach by a predicate."""
        found: set[str] = set()
        ahead = list(start)
        while ahead:
            one = ahead.pop()
            if one not in found:
                found.add(one)
                ahead.extend(self.links.get(one, {}).get(predicate, ()))
        return found

    def label(self, iri: str, lang: str) -> str | None:
        """The name to show in a language; of several in one property the first in order."""
        for predicate in _SHOWN:
            own = (x for x, tag, _ in self.literals.get(iri, {}).get(predicate, ()) if tag == lang)
            found = min(own, default=None)
            if found is not None:
                return found
        return None


def _family(iri: str, types: set[str]) -> str | None:
    """What a thing is; None for what is not to be found."""
    if types & _UNNAMED:
        return None
    if iri.startswith(PREFIXES["topic"]):
        return "topic"
    for name, class_ in _FAMILIES:
        if class_ in types:
            return name
    if iri.startswith(_COMITY) or any(one.startswith(_TERMS) for one in types):
        return "term" if iri.startswith(BASE) else None
    return None


def _names(graph: _Graph, iri: str) -> dict[tuple[str, str], tuple[int, str]]:
    """Kind and text of every name of a thing, by folded form and language: the best kind of each.

    >>> from pyoxigraph import Literal, NamedNode, Quad
    >>> mic = NamedNode("https://w3id.org/comity/id/actor/mic")
    >>> said = Quad(mic, NamedNode(_SKOS + "altLabel"), Literal("MIC", language="en"))
    >>> _names(_Graph([said]), mic.value)
    {('mic', 'en'): (1, 'MIC')}
    """
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for predicate, values in graph.literals.get(iri, {}).items():
        for text, lang, _ in values:
            kind = _NAMES.get(predicate)
            if kind is None:
                continue
            if kind == FORM and _ACRONYM.fullmatch(text):
                kind = ACRONYM
            key = (fold(text), lang)
            if key[0] and (key not in found or (kind, text) < found[key]):
                found[key] = (kind, text)
    for value in graph.links.get(iri, {}).get(_SKOS + "exactMatch", ()):
        known = external(value)
        if known:
            found.setdefault((fold(known[1]), ""), (IDENTIFIER, known[1]))
    return found


def _facts(graph: _Graph, iri: str) -> Iterator[tuple[str, str, str, bool]]:
    """Property, value, language, and whether the value is an IRI, in a fixed order."""
    found: set[tuple[str, str, str, bool]] = set()
    links, literals = graph.links.get(iri, {}), graph.literals.get(iri, {})
    for predicate, name in _FACTS.items():
        found.update((name, value, "", True) for value in links.get(predicate, ()))
        found.update((name, x, lang, False) for x, lang, _ in literals.get(predicate, ()))
    for value in links.get(_SKOS + "exactMatch", ()):
        known = external(value)
        if known:
            found.add((*known, "", False))
    for text, _, datatype in literals.get(PREFIXES["org"] + "identifier", ()):
        found.add((_IDENTIFIERS.get(datatype, "identifier"), text, "", False))
    yield from sorted(found)


def _topics(graph: _Graph, claims: Iterable[str]) -> Mapping[str, set[str]]:
    """The topics of each thing: a claim's own, those of the claims that speak of it, and wider."""
    broader, topic = _SKOS + "broader", _COMITY + "topic"
    found: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        own = graph.above(graph.links[claim].get(topic, ()), broader)
        found[claim] |= own
        for predicate, values in graph.links[claim].items():
            if predicate not in (topic, _TYPE):
                for value in values:
                    found[value] |= own
    return found


def build(quads: Iterable[ox.Quad]) -> bytes:
    """The index of all names in some quads, as the bytes of a SQLite database."""
    graph = _Graph(quads)
    for tenure, links in sorted(graph.links.items()):
        # a former name stands on the span of time in which it was borne
        for thing in links.get(_COMITY + "tenureOf", ()):
            former = graph.literals.get(tenure, {}).get(_COMITY + "formerName", set())
            if former:
                graph.literals[thing][_COMITY + "formerName"] |= former
    families: dict[str, tuple[str, set[str]]] = {}
    for iri in sorted(graph.literals):
        types = graph.above(graph.links.get(iri, {}).get(_TYPE, ()), _RDFS + "subClassOf")
        family = _family(iri, types)
        if family is not None:
            families[iri] = (family, types)
    claims = [iri for iri, (family, _) in families.items() if family == _CLAIM]
    topics = _topics(graph, claims)
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(_SCHEMA)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        for iri, (family, types) in families.items():
            _insert(connection, graph, iri, family, types, topics.get(iri, set()))
        _insert_types(connection, graph)
        connection.execute("INSERT INTO words(words) VALUES ('optimize')")
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()


def _insert(
    connection: sqlite3.Connection,
    graph: _Graph,
    iri: str,
    family: str,
    types: set[str],
    topics: set[str],
) -> None:
    """Write all rows of one thing."""
    names = _names(graph, iri)
    if not names:
        return
    en, ja = graph.label(iri, "en"), graph.label(iri, "ja")
    rest = sorted((kind, text) for kind, text in names.values() if kind != HIDDEN)
    other = graph.label(iri, "") or (rest[0][1] if rest else compact(iri))
    own = graph.links.get(iri, {}).get(_TYPE, set())
    # the class that says most: one that is above no other of the thing's classes
    above = {wide for one in own for wide in graph.above([one], _RDFS + "subClassOf") - {one}}
    ours = sorted(own - above, key=lambda one: (not one.startswith(_COMITY), one))
    passage = iri.partition("#")[0] if family == _CLAIM else None
    citation = graph.label(passage, "en") if passage else None
    row = (
        iri, family, FAMILIES.index(family), ours[0] if ours else "", en, ja, other, passage,
        citation,
    )  # fmt: skip
    cursor = connection.execute(
        "INSERT INTO thing (iri, family, place, type, en, ja, other, passage, citation)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    thing = cursor.lastrowid
    connection.executemany(
        "INSERT INTO thing_type VALUES (?, ?)", [(thing, one) for one in sorted(types)]
    )
    if family in ("concept", "term"):
        topics = set()  # a claim's act and status are not what it is about
    elif family == "topic":
        topics = topics | graph.above([iri], _SKOS + "broader")
    connection.executemany(
        "INSERT INTO thing_topic VALUES (?, ?)", [(thing, one) for one in sorted(topics)]
    )
    connection.executemany(
        "INSERT INTO fact VALUES (?, ?, ?, ?, ?)", [(thing, *one) for one in _facts(graph, iri)]
    )
    for (folded, lang), (kind, text) in sorted(names.items()):
        cursor = connection.execute(
            "INSERT INTO name (thing, kind, text, lang, folded) VALUES (?, ?, ?, ?, ?)",
            (thing, kind, text, lang, folded),
        )
        connection.execute(
            "INSERT INTO words (rowid, text) VALUES (?, ?)", (cursor.lastrowid, tokens(text))
        )


def _insert_types(connection: sqlite3.Connection, graph: _Graph) -> None:
    """Write the classes that things have, with their labels."""
    used = [row[0] for row in connection.execute("SELECT DISTINCT type FROM thing_type ORDER BY 1")]
    for iri in used:
        en, ja = graph.label(iri, "en"), graph.label(iri, "ja")
        local = re.split(r"[#/]", iri)[-1]
        known = "\n".join(sorted({fold(one) for one in (en, ja, local) if one}))
        connection.execute(
            "INSERT INTO type VALUES (?, ?, ?, ?)", (iri, en or local, ja, f"\n{known}\n")
        )
