"""What a page is about: its statements, names, claims, and the ways to take it away."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

import pyoxigraph as ox

from kg import document, resource, sources
from kg.accounts import Thing
from kg.errors import NotFound
from kg.names import PREFIXES, compact, local
from kg.resource import Fact, Resource
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form
from kg_api.site.parts import differences
from kg_api.site.parts.claims import Desk, Row
from kg_api.site.parts.differences import Difference
from kg_api.site.parts.facts import Facts, Property, Value
from kg_api.site.parts.kept import kept

_C, _SKOS = PREFIXES["comity"], PREFIXES["skos"]
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_COMMITMENT = ox.NamedNode(_C + "Commitment")
_TENURE_OF = ox.NamedNode(_C + "tenureOf")
# the most claims that one page shows, whatever the service's own limit
CLAIMS = 40
DOERS = frozenset({"actor", "participant"})
# shown as names, or above the statements
_NAMES = ("prefLabel", "altLabel", "hiddenLabel", "printedTitle")
_CODES = ("exactMatch", "identifier", "url")
_APART = {*_NAMES, *_CODES, "scopeNote", "definition", "editorialNote", "example"}


@dataclass(frozen=True)
class Name:
    """One name or identifier: what it is called, and the value with who says so."""

    title: str
    value: Value
    machine: bool = False


@dataclass(frozen=True)
class Mention:
    """A claim that names a thing: where, and by which properties."""

    claim: str
    passage: str
    relations: frozenset[str]


class Subject:
    """A thing that a page is about."""

    def __init__(self, snapshot: Snapshot, asked: Asked, per_page: int = CLAIMS) -> None:
        self.snapshot = snapshot
        self.lang = asked.lang
        self.iri = str(asked.params["iri"])
        self.kind = str(asked.params.get("kind", "thing"))
        self.number = int(asked.params.get("page", 1))
        self.limit = min(int(asked.params.get("limit", document.LIMIT)), per_page)
        self.facts = Facts(snapshot, asked.lang)
        # how many claims there are to show, where a view has more than those that name it
        self.claims = 0

    @cached_property
    def found(self) -> Resource:
        """What the graph says of it, as far as this page goes; NotFound past the last page."""
        start = (self.number - 1) * self.limit
        try:
            found = resource.describe(self.snapshot, self.iri, self.lang, self.limit, start)
        except NotFound:
            if not document.content(self.snapshot, self.iri):
                raise
            label = self.snapshot.names.label(self.iri, self.lang)
            return Resource(self.iri, label, (), (), ())
        pages = self._pages(found)
        if not 1 <= self.number <= pages:
            many = f"{pages} page{'s' * (pages > 1)}"
            raise NotFound(f"{compact(self.iri)} has {many}, and no page {self.number}")
        return found

    def _pages(self, found: Resource) -> int:
        most = max(found.inverse_total, found.claims_total, self.claims)
        return max(1, -(-most // self.limit))

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return self._pages(self.found)

    @property
    def label(self) -> str:
        """Its name in the page's language, as far as it has one; of a date, in words."""
        if self.iri.startswith(PREFIXES["date"]):
            return language.when(self.found.label, self.lang)
        return self.found.label

    @cached_property
    def also(self) -> str:
        """Its name in the other language, if that is another."""
        other = "ja" if self.lang == "en" else "en"
        name = self.snapshot.names.label(self.iri, other)
        return name if name != self.found.label and ":" not in name else ""

    @cached_property
    def types(self) -> tuple[Thing, ...]:
        """What it is, by the classes that are stated."""
        return tuple(
            Thing(one, self.snapshot.names.label(one, self.lang)) for one in self.found.types
        )

    def over(self, *names: str) -> str:
        """What it is, and the values of some properties, in one line above its name."""
        said = [one.label for one in self.types]
        said += [one.thing.label for some in self.take(*names) for one in some.values]
        line = language.listed(said, self.lang)
        return line[:1].upper() + line[1:]

    @cached_property
    def properties(self) -> dict[str, Property]:
        """Everything stated of it; `^` marks the other direction."""
        facts = (one for one in self.found.facts if not (one.inverse and self._bounds(one)))
        return self.facts.properties(self.iri, facts)

    def _bounds(self, fact: Fact) -> bool:
        """Whether what points here is a tenure, which is shown with its days."""
        node = ox.NamedNode(as_text(fact.value))
        quads = self.snapshot.engine.quads(node, _TENURE_OF, None, ox.DefaultGraph())
        return next(quads, None) is not None

    def take(self, *names: str) -> tuple[Property, ...]:
        """Some of the properties, in the order wanted."""
        return tuple(self.properties[one] for one in names if one in self.properties)

    def rest(self, *shown: str) -> tuple[Property, ...]:
        """All properties that are not names and that have not been shown, outward ones first."""
        left = [
            one for name, one in self.properties.items() if name not in _APART and name not in shown
        ]
        return tuple(sorted(left, key=lambda one: (one.inverse, one.label)))

    def text(self, name: str) -> str:
        """The text of a property in the page's language, else in English, else any."""
        found = self.properties.get(name)
        if found is None:
            return ""
        by_language = {one.lang: one.thing.label for one in found.values}
        return next(
            (by_language[one] for one in (self.lang, "en", "") if one in by_language),
            found.values[0].thing.label,
        )

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """Its names, in which language or how printed."""
        _ = language.texts(self.lang).gettext
        titles = {"prefLabel": "", "altLabel": _("Also called"), "hiddenLabel": _("Also found as"),
                  "printedTitle": _("Title as printed")}  # fmt: skip
        main = {"en": _("Name in English"), "ja": _("Name in Japanese")}
        return tuple(
            Name(titles[name] or main.get(value.lang, _("Name")), value)
            for name in _NAMES
            if name in self.properties
            for value in self.properties[name].values
        )

    @cached_property
    def codes(self) -> tuple[Name, ...]:
        """Its identifiers elsewhere, and its site."""
        _ = language.texts(self.lang).gettext
        found = []
        for name in _CODES:
            for value in self.properties[name].values if name in self.properties else ():
                address = value.thing.iri
                if name == "url":
                    found.append(Name(_("Website"), value))
                elif name == "exactMatch":
                    host = address.partition("//")[2].partition("/")[0]
                    title = {"www.wikidata.org": "Wikidata", "ror.org": "ROR"}.get(host, host)
                    thing = Thing(address, address.rstrip("/").rsplit("/", 1)[-1])
                    made = Value(thing, value.sort, "", value.places)
                    found.append(Name(title, made, machine=True))
                else:
                    found.append(Name(self._code(value), value, machine=True))
        return tuple(found)

    def _code(self, value: Value) -> str:
        """What an identifier is called: the name of its datatype."""
        _ = language.texts(self.lang).gettext
        types = {
            fact.value.datatype.value
            for fact in self.found.facts
            if isinstance(fact.value, ox.Literal) and fact.value_label == value.thing.label
        }
        known = [one for one in types if one.startswith(_C)]
        return self.snapshot.names.label(known[0], self.lang) if known else _("Identifier")

    @cached_property
    def desk(self) -> Desk:
        """What makes rows of claims."""
        return Desk(self.snapshot, self.lang)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The claims of this page that name it, as a reader meets them."""
        return in_order(self.desk.rows(self.found.claims))

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """All claims that name it, those of other pages among them."""
        found: dict[tuple[str, str], set[str]] = {}
        node = ox.NamedNode(self.iri)
        for quad in self.snapshot.engine.quads(None, None, node, None):
            graph = as_text(quad.graph_name)
            claim = as_text(quad.subject)
            if graph in self.snapshot.graphs and claim.startswith(f"{graph}#"):
                found.setdefault((claim, graph), set()).add(local(quad.predicate.value))
        return tuple(Mention(*key, frozenset(its)) for key, its in sorted(found.items()))

    @cached_property
    def passages(self) -> tuple[str, ...]:
        """The passages that say anything of it or with it."""
        node, graphs = ox.NamedNode(self.iri), self.snapshot.graphs
        quads = (
            *self.snapshot.engine.quads(None, None, node, None),
            *self.snapshot.engine.quads(node, None, None, None),
        )
        found = {as_text(quad.graph_name) for quad in quads}
        return tuple(sorted(one for one in found if graphs.get(one) == sources.REPORTED))

    def commitments(self) -> int:
        """How many undertakings it bears by name."""
        return sum(
            next(
                self.snapshot.engine.quads(
                    ox.NamedNode(one.claim), _TYPE, _COMMITMENT, ox.DefaultGraph()
                ),
                None,
            )
            is not None
            for one in self.mentions
            if "actor" in one.relations
        )

    def differences(self) -> tuple[Difference, ...]:
        """The discrepancies whose note names it."""
        names = [one.value.thing.label for one in self.names] or [self.label]
        return differences.naming(self.snapshot, self.lang, self.passages, names)

    def thing(self, iri: str) -> Thing:
        """A thing with its name in the page's language."""
        return Thing(iri, self.snapshot.names.label(iri, self.lang))

    def forms(self, network: bool = False) -> tuple[Form, ...]:
        """The ways to take away what is said of it."""
        found = [
            Form(label, urls.data(self.iri, suffix, self.number), urls.media_type(suffix))
            for label, suffix in (
                ("Turtle", "ttl"), ("JSON-LD", "jsonld"), ("N-Triples", "nt"),
                ("RDF/XML", "rdf"), ("TriG", "trig"),
            )
        ]  # fmt: skip
        if network:
            _ = language.texts(self.lang).gettext
            # of a topic what its page of networks shows, and not what is around its node
            topic = quote(self.iri.removeprefix(PREFIXES["topic"]))
            address = (
                f"{urls.NETWORK}/actors.gexf?topic={topic}"
                if self.kind == "topic"
                else f"{urls.thing(self.iri)}/network.gexf"
            )
            found.append(Form(_("GEXF of its network"), address))
        return tuple(found)


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Claims by passage, as they come, and in each by sentence."""
    listed = list(rows)
    passages = {one: number for number, one in enumerate(dict.fromkeys(r.passage for r in listed))}
    return tuple(sorted(listed, key=lambda one: (passages[one.passage], one.sentence)))


def tops(snapshot: Snapshot) -> dict[str, str]:
    """Of each topic the one above all that is above it; a top topic is its own."""

    def read() -> dict[str, str]:
        broader = ox.NamedNode(_SKOS + "broader")
        above = {
            as_text(quad.subject): as_text(quad.object)
            for quad in snapshot.engine.quads(None, broader, None, ox.DefaultGraph())
        }
        found = {}
        for one in {*above, *above.values()}:
            top, seen = one, {one}
            while top in above and above[top] not in seen:
                top = above[top]
                seen.add(top)
            found[one] = top
        return found

    return kept(snapshot, "tops", read)


@dataclass(frozen=True)
class Group:
    """Some claims under a heading: a thing, or a text where there is none."""

    thing: Thing | None
    title: str
    rows: tuple[Row, ...]


def by_topic(subject: Subject, rows: Iterable[Row]) -> tuple[Group, ...]:
    """Claims under their first topic's broadest, as a reader meets them; the rest comes last."""
    above = tops(subject.snapshot)
    found: dict[str, list[Row]] = {}
    for row in rows:
        first = min(row.topics, key=lambda one: one.iri).iri if row.topics else ""
        found.setdefault(above.get(first, first), []).append(row)
    none = found.pop("", None)
    groups = [Group(subject.thing(iri), "", tuple(its)) for iri, its in found.items()]
    if none:
        _ = language.texts(subject.lang).gettext
        groups.append(Group(None, _("No topic coded"), tuple(none)))
    return tuple(groups)


def by_relation(subject: Subject, rows: Iterable[Row]) -> tuple[Group, ...]:
    """Claims under the property by which they name the subject."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(min(row.relations, default=""), []).append(row)
    return tuple(
        Group(None, relation(subject, name), tuple(its)) for name, its in sorted(found.items())
    )


def relation(subject: Subject, name: str) -> str:
    """How claims are called that name a thing by a property."""
    _ = language.texts(subject.lang).gettext
    known = {
        "actor": _("It acts"),
        "participant": _("It takes part"),
        "object": _("What is done with it"),
        "in": _("Who takes part in it"),
        "under": _("What is done under it"),
        "basis": _("What rests on it"),
        "means": _("What is done through it"),
        "venue": _("What is done at it"),
        "inDocument": _("What it says"),
        "after": _("What followed it"),
        "alongside": _("What is done beside it"),
        "resultOf": _("What is said to come of it"),
        "date": _("What is told of this date"),
        "deadline": _("What is due by then"),
        "mentions": _("Where it is mentioned"),
        "partOf": _("What is part of it"),
        "counterpart": _("With or towards it"),
        "place": _("What is located there"),
        "topic": _("Claims on it"),
        "funder": _("Money from it"),
        "purpose": _("Money for it"),
    }
    if name in known:
        return known[name]
    return subject.snapshot.names.label(_C + name, subject.lang) if name else _("Claims")


def date_of(snapshot: Snapshot, iri: str) -> str:
    """The date of a thing, in EDTF, or nothing."""
    quads = snapshot.engine.quads(
        ox.NamedNode(iri), ox.NamedNode(_C + "date"), None, ox.DefaultGraph()
    )
    dates = sorted(as_text(quad.object) for quad in quads)
    return snapshot.names.label(dates[0]) if dates else ""
