"""Lists of all things of a kind, with filters that have addresses."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from kg.accounts import Thing
from kg.errors import NotFound, UsageError
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts import schema, stock, vocabulary
from kg_api.site.parts.facts import place
from kg_api.site.parts.stock import Member

BROWSE = "/browse"
_PER_PAGE = 200
_QUERY = """PREFIX comity: <https://w3id.org/comity/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?label WHERE {{
  {pattern}
  ?thing comity:name ?name . OPTIONAL {{ ?thing skos:prefLabel ?own FILTER(LANG(?own) = "{lang}") }}
  BIND(COALESCE(?own, ?name) AS ?label)
}} ORDER BY ?thing"""


@dataclass(frozen=True)
class Choice:
    """One value of a filter: what it is called, how many things it leaves, where it leads."""

    label: str
    count: int
    path: str
    current: bool


@dataclass(frozen=True)
class Line:
    """One thing of the list."""

    thing: Thing
    other: str
    types: tuple[Thing, ...]
    countries: tuple[Thing, ...]
    passages: int
    depth: int = 0
    claims: int = 0
    place: str = ""


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def _address(kind: str, given: dict[str, str], page: int = 1) -> str:
    fields = {name: one for name, one in given.items() if one}
    if page > 1:
        fields["page"] = str(page)
    return f"{BROWSE}/{kind}" + (f"?{urlencode(fields)}" if fields else "")


def _values(members: Iterable[Member], of: str) -> dict[str, int]:
    """How many things have each type, or country."""
    found: dict[str, int] = {}
    for one in members:
        for iri in one.types if of == "type" else one.countries:
            found[iri] = found.get(iri, 0) + 1
    return found


@dataclass
class _Lister:
    snapshot: Snapshot
    lang: str
    kind: str
    given: dict[str, str]

    def chosen(self, members: Iterable[Member], without: str = "") -> list[Member]:
        """Those that pass the filters, or all of them but one."""
        return [
            one
            for one in members
            if all(
                not wanted
                or name == without
                or wanted in map(_slug, one.types if name == "type" else one.countries)
                for name, wanted in self.given.items()
            )
        ]

    def choices(self, members: tuple[Member, ...], of: str) -> tuple[Choice, ...]:
        """The values of a filter among what the other filters leave, by name."""
        some = self.chosen(members, without=of)
        made = [
            Choice(
                self.snapshot.names.label(iri, self.lang), count,
                _address(self.kind, {**self.given, of: _slug(iri)}), self.given[of] == _slug(iri),
            )
            for iri, count in _values(some, of).items()
        ]  # fmt: skip
        if len(made) < 2 and not self.given[of]:
            return ()
        _ = language.texts(self.lang).gettext
        every = _address(self.kind, {**self.given, of: ""})
        return (
            Choice(_("all"), len(some), every, not self.given[of]),
            *sorted(made, key=lambda one: one.label),
        )

    def line(self, member: Member, depth: int = 0, claims: int = 0) -> Line:
        """A thing as the list shows it."""
        names = self.snapshot.names

        def things(some: Iterable[str]) -> tuple[Thing, ...]:
            return tuple(Thing(one, names.label(one, self.lang)) for one in some)

        label = names.label(member.iri, self.lang)
        other = names.label(member.iri, "ja" if self.lang == "en" else "en")
        where = names.label(member.iri.partition("#")[0], self.lang) if not member.named else ""
        return Line(
            Thing(member.iri, label), other if other != label else "", things(member.types),
            things(member.countries), stock.passages(self.snapshot).get(member.iri, 0),
            depth, claims, place(where),
        )  # fmt: skip

    def topics(self, members: tuple[Member, ...]) -> tuple[Line, ...]:
        """Topics under those that are broader."""
        counts = vocabulary.coded(self.snapshot)
        by_iri = {one.iri: one for one in members}
        terms = [
            vocabulary.term(self.snapshot, one, self.lang, counts.get(one, 0)) for one in by_iri
        ]
        return tuple(
            self.line(by_iri[one.term.iri], one.depth, one.term.use)
            for branch in sorted(vocabulary.tree(terms), key=lambda one: one.term.label)
            for one in branch.lines()
        )


def _query(kind: str, given: dict[str, str], members: tuple[Member, ...], lang: str) -> str:
    if kind == "topics":
        pattern = "?thing skos:inScheme <https://w3id.org/comity/id/scheme/topics> ."
        return _QUERY.format(pattern=pattern, lang=lang)
    class_ = f"?thing a/rdfs:subClassOf* comity:{stock.CLASSES[kind]} ."
    lines = [class_]
    known = {_slug(iri): iri for one in members for iri in (*one.types, *one.countries)}
    if given["type"]:
        how = "comity:instrumentType" if kind == "instruments" else "a"
        lines.append(f"?thing {how} <{known[given['type']]}> .")
    if given["country"]:
        lines.append(f"?thing comity:country <{known[given['country']]}> .")
    return _QUERY.format(pattern="\n  ".join(lines), lang=lang)


def titles(lang: str) -> dict[str, str]:
    """What the lists are called."""
    _ = language.texts(lang).gettext
    return {
        "actors": _("Actors"),
        "instruments": _("Instruments"),
        "initiatives": _("Initiatives"),
        "events": _("Events"),
        "documents": _("Documents"),
        "topics": _("Topics"),
    }


def counted(kind: str, number: int, lang: str) -> str:
    """So many things of a kind, with their noun."""
    ngettext = language.texts(lang).ngettext
    said = {
        "actors": ngettext("%(n)s actor", "%(n)s actors", number),
        "instruments": ngettext("%(n)s instrument", "%(n)s instruments", number),
        "initiatives": ngettext("%(n)s initiative", "%(n)s initiatives", number),
        "events": ngettext("%(n)s event", "%(n)s events", number),
        "documents": ngettext("%(n)s document", "%(n)s documents", number),
        "topics": ngettext("%(n)s topic", "%(n)s topics", number),
    }
    return said[kind] % {"n": language.number(number, lang)}


def _leads(lang: str) -> dict[str, str]:
    _ = language.texts(lang).gettext
    return {
        "actors": _(
            "Whoever a source says did, does or undertakes something: bodies, states, groups."
        ),
        "instruments": _("What was agreed or laid down: accords, memoranda, guidelines, laws."),
        "initiatives": _("Programmes, projects, processes, services and facilities."),
        "events": _("Meetings, summits, assemblies and workshops."),
        "documents": _("Texts as somebody issued them, and copies of them."),
        "topics": _("Subjects under which claims are coded; what stands further in is narrower."),
    }


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The list of a kind; NotFound for no kind, UsageError for a filter that means nothing."""
    kind, number = str(asked.params["kind"]), int(asked.params.get("page", 1))
    if kind not in stock.CLASSES:
        raise NotFound(f"no list of {kind[:40]!r}: there are {', '.join(stock.CLASSES)}")
    given = {name: str(asked.params.get(name, "")) for name in ("type", "country")}
    members = stock.members(snapshot, kind)
    for name, wanted in given.items():
        known = {_slug(one) for one in _values(members, name)}
        if wanted and wanted not in known:
            said = ", ".join(sorted(known)) or "none"
            raise UsageError(f"{name}={wanted[:40]}: there are {said}")
    lister = _Lister(snapshot, asked.lang, kind, given)
    if kind == "topics":
        lines = lister.topics(members)
    else:
        some = [lister.line(one) for one in lister.chosen(members)]
        lines = tuple(sorted(some, key=lambda one: (bool(one.place), one.thing.label.casefold())))
    pages = max(1, -(-len(lines) // _PER_PAGE))
    if number > pages:
        raise NotFound(f"the list has {pages} page{'s' * (pages > 1)}, and no page {number}")
    shown = lines[(number - 1) * _PER_PAGE : number * _PER_PAGE]
    _ = language.texts(asked.lang).gettext
    title, query = titles(asked.lang)[kind], _query(kind, given, members, asked.lang)
    removable = tuple(
        Choice(one.label, 0, _address(kind, {**given, name: ""}), True)
        for name in given
        for one in lister.choices(members, name)
        if given[name] and one.current
    )
    sparql = f"{urls.SPARQL}?query={quote(query, safe='')}&format="
    return Page(
        template="browse.html",
        title=title,
        path=_address(kind, given, number),
        description=_leads(asked.lang)[kind],
        pages=pages,
        data={
            "kind": kind,
            "lead": _leads(asked.lang)[kind],
            "kinds": [
                Choice(label, len(stock.members(snapshot, name)), _address(name, {}), name == kind)
                for name, label in titles(asked.lang).items()
            ],
            "types": lister.choices(members, "type"),
            "countries": lister.choices(members, "country"),
            "removable": removable,
            "lines": [one for one in shown if not one.place],
            "unnamed": [one for one in shown if one.place],
            # a column whose cells all say the same says nothing
            "typed": len({one.types for one in lines}) > 1,
            "total": counted(kind, len(lines), asked.lang),
            "without_name": counted(kind, sum(bool(one.place) for one in lines), asked.lang),
            "number": number,
            "before": _address(kind, given, number - 1) if number > 1 else "",
            "after": _address(kind, given, number + 1) if number < pages else "",
        },
        forms=(
            Form("CSV", f"{sparql}csv", "text/csv"),
            Form("JSON", f"{sparql}json", "application/json"),
            Form("TSV", f"{sparql}tsv", "text/tab-separated-values"),
        ),
        query=query,
        linked=schema.listed(((one.thing.iri, one.thing.label) for one in shown), title),
    )
