"""Statements as pages show them: property, values, and for each value who says so and where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg import sources
from kg.accounts import Thing
from kg.names import PREFIXES, compact, local
from kg.resource import Fact
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language

_C, _DCT = PREFIXES["comity"], PREFIXES["dct"]
_SOURCE = ox.NamedNode(_DCT + "source")
_REGISTER = f"{sources.GRAPH}reference/register-"
_REFERENCE, _DERIVED = f"{sources.GRAPH}reference/", f"{sources.GRAPH}derived/"
_EVIDENCE = f"{sources.GRAPH}evidence/"
# repeated from other statements, for programs
_COPIES = {_C + "name", PREFIXES["rdfs"] + "label", PREFIXES["rdfs"] + "isDefinedBy"}


@dataclass(frozen=True)
class Where:
    """Who says something: the kind of graph, its name, and the way there.

    `iri` is one of ours, a passage or a graph; else `address` is a page elsewhere.
    """

    kind: str
    label: str
    iri: str = ""
    address: str = ""


@dataclass(frozen=True)
class Value:
    """One value of a property: a thing, a date in EDTF, a text, a code; and who says so."""

    thing: Thing
    sort: str
    lang: str
    places: tuple[Where, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of graph that say so."""
        return tuple(dict.fromkeys(one.kind for one in self.places))


@dataclass(frozen=True)
class Property:
    """A property and its values; with `inverse` they are what has the thing for its value."""

    name: str
    iri: str
    label: str
    nature: str
    values: tuple[Value, ...]
    inverse: bool = False

    @property
    def differs(self) -> bool:
        """Whether a source and a reference work give it different values."""
        said = [set(one.kinds) for one in self.values]
        return (
            self.name in _SINGLE
            and len(said) > 1
            and any(sources.REPORTED in one for one in said)
            and any(sources.REPORTED not in one for one in said)
        )


# of these a thing has one value, so that two are a difference
_SINGLE = frozenset({"date", "instrumentType", "binding", "address"})


def outside(lang: str) -> Mapping[str, str]:
    """What properties of other vocabularies are called, by their short IRI."""
    _ = language.texts(lang).gettext
    return {
        "dct:publisher": _("publisher"),
        "dct:title": _("title"),
        "dct:isPartOf": _("part of"),
        "dct:license": _("licence"),
        "dct:creator": _("creator"),
        "dct:created": _("created"),
        "dct:source": _("source"),
        "prov:alternateOf": _("another form of"),
        "schema:url": _("website"),
        "skos:broader": _("broader"),
        "skos:topConceptOf": _("top concept of"),
        "skos:inScheme": _("in the scheme"),
        "skos:notation": _("sign"),
        "skos:definition": _("definition"),
        "skos:scopeNote": _("note"),
        "skos:editorialNote": _("editor’s note"),
        "skos:example": _("example"),
        "skos:prefLabel": _("name"),
        "skos:altLabel": _("also called"),
        "skos:hiddenLabel": _("also found as"),
        "skos:exactMatch": _("the same as"),
        "skos:closeMatch": _("close to"),
        "skos:related": _("related"),
        "org:identifier": _("identifier"),
        "org:originalOrganization": _("organisation before"),
        "org:resultingOrganization": _("organisation after"),
        "cito:citesForInformation": _("cites for information"),
        "owl:versionInfo": _("version"),
    }


def backward(lang: str) -> Mapping[str, str]:
    """What things are called that have this one for a property's value."""
    _ = language.texts(lang).gettext
    return {
        "parent": _("bodies under it"),
        "member": _("member of"),
        "country": _("actors of this country"),
        "place": _("located here"),
        "party": _("party to"),
        "partyTo": _("parties"),
        "hostedBy": _("hosted"),
        "fundedBy": _("funded"),
        "funder": _("funded"),
        "signedBy": _("signed"),
        "publishedBy": _("published"),
        "establishedBy": _("established"),
        "endorsedBy": _("endorsed"),
        "conductedBy": _("conducted"),
        "renewedBy": _("renewed"),
        "partner": _("partner in"),
        "associate": _("associate of"),
        "under": _("stands under it"),
        "partOf": _("its parts"),
        "supplements": _("supplemented by"),
        "textOf": _("its texts"),
        "resultOf": _("came of it"),
        "basis": _("rests on it"),
        "after": _("followed it"),
        "topic": _("things on this topic"),
        "alternateOf": _("other forms"),
        "publisher": _("published"),
        "laterReportOn": _("later reports"),
        "citesForInformation": _("cited by"),
        "broader": _("narrower"),
        "instrumentType": _("instruments of this type"),
        "purpose": _("money for it"),
        "inScheme": _("in this scheme"),
        "date": _("things of this date"),
        "type": _("things of this class"),
        "originalOrganization": _("change that began with it"),
        "resultingOrganization": _("change that led to it"),
    }


@dataclass
class Facts:
    """Makes properties of the facts about one snapshot's things, in one language."""

    snapshot: Snapshot
    lang: str
    _pages: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def properties(self, subject: str, facts: Iterable[Fact]) -> dict[str, Property]:
        """The facts about a thing by property: `parent`, and `^parent` for the other direction."""
        grouped: dict[tuple[str, bool], dict[tuple[str, str], list[Where]]] = {}
        first: dict[tuple[str, bool], Fact] = {}
        made: dict[tuple[str, str], Value] = {}
        for fact in facts:
            if fact.property in _COPIES or fact.property == _SOURCE.value:
                continue
            key = fact.property, fact.inverse
            first.setdefault(key, fact)
            its = grouped.setdefault(key, {})
            value = self._value(fact)
            made[value.thing.iri or value.thing.label, value.lang] = value
            places = its.setdefault((value.thing.iri or value.thing.label, value.lang), [])
            about = as_text(fact.value) if fact.inverse else subject
            places.extend(one for one in self.where(fact, about) if one not in places)
        found = {}
        for (property_, inverse), its in grouped.items():
            fact = first[property_, inverse]
            name = local(property_)
            values = (
                Value(made[key].thing, made[key].sort, made[key].lang, tuple(places))
                for key, places in its.items()
            )
            found[f"{'^' * inverse}{name}"] = Property(
                name, property_, self._label(fact, name), fact.nature,
                tuple(sorted(values, key=lambda one: (one.thing.label, one.thing.iri))), inverse,
            )  # fmt: skip
        return found

    def _label(self, fact: Fact, name: str) -> str:
        if fact.inverse:
            known = backward(self.lang).get(name)
            if known:
                return known
            _ = language.texts(self.lang).gettext
            return _("where it is “%(property)s”") % {
                "property": outside(self.lang).get(compact(fact.property), fact.property_label)
            }
        return outside(self.lang).get(compact(fact.property), fact.property_label)

    def _value(self, fact: Fact) -> Value:
        if isinstance(fact.value, ox.NamedNode):
            iri = fact.value.value
            sort = "date" if iri.startswith(PREFIXES["date"]) else "thing"
            label = fact.value_label
            return Value(Thing(iri, amount(self.snapshot, iri, self.lang) or label), sort, "", ())
        lang = getattr(fact.value, "language", None) or ""
        type_ = compact(getattr(getattr(fact.value, "datatype", None), "value", ""))
        if type_ == "xsd:date":
            return Value(Thing("", fact.value_label), "date", "", ())
        sort = "text" if type_ in ("xsd:string", "rdf:langString", "xsd:boolean") else "code"
        if fact.value_label.startswith(("http://", "https://")):
            return Value(Thing(fact.value_label, fact.value_label), "thing", "", ())
        return Value(Thing("", fact.value_label), sort, lang, ())

    def where(self, fact: Fact, subject: str) -> tuple[Where, ...]:
        """Who states a fact about a subject."""
        _ = language.texts(self.lang).gettext
        graph = fact.graph
        if graph.startswith(_REFERENCE) and not graph.startswith(_REGISTER):
            pages = self._sources(subject, graph)
            if pages:
                return tuple(self.page(fact.kind, one) for one in pages)
        if graph.startswith(_REGISTER):
            return (Where(fact.kind, _("Comity’s register"), graph),)
        if graph.startswith(_DERIVED):
            rule = graph.removeprefix(_DERIVED)
            return (Where(fact.kind, _("rule %(name)s") % {"name": rule}, graph),)
        if fact.kind == sources.REPORTED:
            return (Where(fact.kind, place(fact.citation), graph),)
        if graph.startswith(_EVIDENCE):
            source = sources.SOURCE + graph.removeprefix(_EVIDENCE)
            named = self.snapshot.names.label(source, self.lang)
            return (Where(fact.kind, _("graph about %(source)s") % {"source": named}, graph),)
        return (Where(fact.kind, self.snapshot.names.label(graph, self.lang), graph),)

    def page(self, kind: str, address: str) -> Where:
        """A page that a reference statement names as its source; or a passage."""
        if urls.is_ours(address):
            return Where(kind, place(self.snapshot.names.label(address, self.lang)), address)
        if not address.startswith(("http://", "https://")):
            return Where(kind, address)
        return Where(kind, urlsplit(address).hostname or address, address=address)

    def _sources(self, subject: str, graph: str) -> tuple[str, ...]:
        key = subject, graph
        if key not in self._pages:
            quads = self.snapshot.engine.quads(
                ox.NamedNode(subject), _SOURCE, None, ox.NamedNode(graph)
            )
            found = {as_text(quad.object) for quad in quads}
            self._pages[key] = tuple(sorted(found))
        return self._pages[key]


def amount(snapshot: Snapshot, iri: str, lang: str) -> str:
    """A sum of money in figures, since it has no name; nothing for anything else."""
    said = []
    for name in ("currency", "amount"):
        quads = snapshot.engine.quads(
            ox.NamedNode(iri), ox.NamedNode(_C + name), None, ox.DefaultGraph()
        )
        said.append(next((as_text(quad.object) for quad in quads), ""))
    return f"{said[0]} {language.number(float(said[1]), lang)}" if all(said) else ""


def place(citation: str) -> str:
    """A citation label without the name of its source, which every page names already.

    >>> place("Progress Report 2024, Data (a)")
    'Data (a)'
    """
    return citation.partition(", ")[2] or citation
