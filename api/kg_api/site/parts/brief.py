"""What the page of a country pair shows, made of what the library has read of the pair."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyoxigraph as ox

from kg import timeline as times
from kg.accounts import Accounts, Thing
from kg.commitments import commitments
from kg.names import PREFIXES
from kg.pair import BETWEEN, NO_PARTY, OTHERS, Pair
from kg.snapshot import Snapshot
from kg_api.site import language
from kg_api.site.parts import dating, undertaken
from kg_api.site.parts.accounting import short_place, with_article
from kg_api.site.parts.contrasts import Contrast, contrasts
from kg_api.site.parts.differences import KINDS, Difference, noted
from kg_api.site.parts.following import followed

_ACRONYMS = """
SELECT ?actor ?form WHERE {
  ?actor skos:altLabel ?form
  FILTER(STRSTARTS(STR(?actor), STR(actor:)) && REGEX(STR(?form), "^[A-Z]{2,6}$"))
} ORDER BY ?actor ?form
"""
_SHORT = 8
_LEGISLATION = PREFIXES["instrument-type"] + "legislation"


@dataclass(frozen=True)
class Named:
    """An actor or body, and the passages in which it acts or is named."""

    thing: Thing
    acronym: str
    places: tuple[dating.Place, ...]


@dataclass(frozen=True)
class Instrument:
    """An instrument: its types, its dates with who gives them, where it is named first."""

    thing: Thing
    types: tuple[Thing, ...]
    dates: tuple[tuple[str, str], ...]
    bodies: tuple[Thing, ...]
    places: tuple[dating.Place, ...]


@dataclass(frozen=True)
class Line:
    """An action in words."""

    iri: str
    place: str
    quote: str
    act: Thing
    status: Thing
    actors: tuple[Thing, ...]
    counterparts: tuple[Thing, ...]
    objects: tuple[Thing, ...]
    dates: tuple[str, ...]
    deadline: str
    other: bool = False

    @property
    def slug(self) -> str:
        """The name of the status's sign."""
        return self.status.iri.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Group:
    """Some lines or things under a heading; `printed` on the brief of two pages too.

    Of what is `named`, the brief has the names alone.
    """

    thing: Thing
    members: tuple[Any, ...]
    printed: bool = False
    named: bool = False


@dataclass(frozen=True)
class Sum:
    """Money as printed: the words, and what they say it is for and whose it is."""

    iri: str
    quote: str
    place: str
    ceiling: bool
    amount: str
    currency: str
    funders: tuple[Thing, ...]
    purpose: Thing | None


class Brief:
    """Makes the parts of the page of what the library has read of a pair."""

    def __init__(self, snapshot: Snapshot, accounts: Accounts, found: Pair, lang: str) -> None:
        self.snapshot = snapshot
        self.accounts = accounts
        self.found = found
        self.lang = lang
        self.acronyms: dict[str, str] = {}
        for row in accounts.rows(_ACRONYMS):
            self.acronyms.setdefault(row["actor"], row["form"])
        self.passages = {
            place.citation: iri
            for iri, place in accounts.places.items()
            if place.source in {one.iri for one in found.sources}
        }
        self.naming = self._naming()

    def _naming(self) -> dict[str, list[str]]:
        """The passages in which a thing is named, in the order of the sources."""
        found: dict[str, list[str]] = defaultdict(list)
        places = self.accounts.places
        for iri in sorted(self.passages.values(), key=lambda one: places[one].order):
            named = {
                quad.object.value
                for quad in self.snapshot.engine.quads(graph=ox.NamedNode(iri))
                if isinstance(quad.object, ox.NamedNode)
            }
            for one in named:
                found[one].append(iri)
        return found

    def content(self) -> dict[str, Any]:
        """What the template shows."""
        content = self.found.content
        entries = self._entries()
        over = dating.scale(entries, self.accounts)
        reported, others = content["third_parties"]["forums"], content["third_parties"]["actors"]
        wide, notes, copies = self._differences()
        held = {one.iri for one in self.found.sources}
        whole = commitments(self.snapshot, accounts=self.accounts)
        rows = [row for row in whole.rows if row.source.iri in held]
        objects = {row.iri: row.objects for row in rows}
        worded = [
            replace(self._line(one), objects=objects.get(one["iri"], ()))
            for one in content["commitments"]
        ]
        said = {followed(row.follow_up, whole, self.lang) for row in rows}
        return {
            "countries": self.found.countries,
            "sides": [
                Group(country, tuple(self._named(one) for one in its["actors"]))
                for country, its in zip(self.found.countries, content["actors"], strict=False)
            ],
            "both": tuple(self._named(one) for one in content["actors"][-1]["actors"]),
            "instruments": self._instruments(content["instruments"]),
            "joint": [
                Group(
                    Thing(one["topic"]["iri"] or "", one["topic"]["label"]),
                    tuple(self._line(its) for its in one["actions"]),
                )
                for one in content["joint_actions"]
            ],
            "one_sided": [
                Group(_thing(one["side"]), tuple(self._line(its) for its in one["actions"]))
                for one in content["one_sided_actions"]
            ],
            "forums": tuple(self._named(one) for one in reported),
            "others": tuple(self._named(one) for one in others),
            "rows": dating.rows(entries, self.accounts, over),
            "scale": over,
            "commitments": worded,
            "told": undertaken.told(rows, self.lang),
            "followed": next(iter(said)) if len(said) == 1 else "",
            # a name of a few signs needs no other
            "acronyms": {
                iri: form
                for iri, form in self.acronyms.items()
                if len(self.accounts.thing(iri).label) > _SHORT
            },
            "money": [self._sum(one) for one in content["money"]],
            "contrasts": wide,
            "notes": notes,
            "copies": copies,
            "slug": self.found.slug,
        }

    def _place(self, citation: str) -> dating.Place:
        return dating.Place(short_place(citation), self.passages.get(citation, ""))

    def _named(self, one: Mapping[str, Any]) -> Named:
        cited = [self._place(text) for text in one["passages"]]
        if not cited:
            labels = self.accounts.places
            cited = [
                dating.Place(short_place(labels[iri].citation), iri)
                for iri in self.naming.get(one["iri"], ())
            ]
        return Named(_thing(one), self.acronyms.get(one["iri"], ""), tuple(cited))

    def _entries(self) -> list[times.Entry]:
        """What the report itself dates: actions and deadlines, and things that none of them tells.

        What others date stands with the instruments.
        """
        actions = self.found.actions
        told = {
            (one.period.edtf, value)
            for one in times.action_entries(self.accounts, actions)
            if one.action is not None
            for its in one.action.values.values()
            for value in its
        }
        found = times.entries(self.accounts, list(actions), narrowed=True)
        return [
            one
            for one in found
            if one.basis == "reported"
            and (one.kind == "action" or (one.period.edtf, one.thing.iri) not in told)
        ]

    def _instruments(self, standings: Iterable[Mapping[str, Any]]) -> list[Group]:
        """The instruments by standing: those between the two sides first."""
        _ = language.texts(self.lang).gettext
        names = {
            BETWEEN: _("between the two sides"),
            OTHERS: _("with others"),
            NO_PARTY: _("parties not stated in words here"),
        }
        order = (BETWEEN, "", OTHERS, NO_PARTY)
        dates: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for one in self.found.content["timeline"]:
            if one["kind"] == "instrument":
                dates[one["iri"]].append((one["date"]["edtf"], one["basis"]))
        found = []
        for one in sorted(
            standings,
            key=lambda its: order.index(its["standing"] if its["standing"] in names else ""),
        ):
            standing = one["standing"]
            label = names.get(standing) or _("of %(country)s") % {
                "country": self._country(standing.removeprefix("of "))
            }
            members = tuple(
                Instrument(
                    _thing(its),
                    tuple(_thing(a) for a in its["types"]),
                    tuple(dict.fromkeys(dates[its["iri"]])),
                    tuple(_thing(a) for a in its["bodies"]),
                    tuple(
                        dating.Place(short_place(self.accounts.places[iri].citation), iri)
                        for iri in self.naming.get(its["iri"], ())
                    ),
                )
                for its in one["instruments"]
            )
            laws = tuple(its for its in members if _LEGISLATION in {a.iri for a in its.types})
            if standing != NO_PARTY:
                found.append(Group(Thing("", label), members, printed=standing == BETWEEN))
                continue
            rest = tuple(its for its in members if its not in laws)
            for heading, some in ((label, rest), (_("legislation"), laws)):
                if some:
                    found.append(Group(Thing("", heading), some, named=some is rest))
        return found

    def _country(self, label: str) -> str:
        return next(
            (with_article(one, self.lang) for one in self.found.countries if one.label == label),
            label,
        )

    def _line(self, one: Mapping[str, Any]) -> Line:
        act = one.get("act")
        due = one.get("deadline")
        return Line(
            iri=one["iri"],
            place=short_place(one["citation"]),
            quote=one["quote"],
            act=_thing(act) if act else Thing("", ""),
            status=_thing(one["status"]),
            actors=tuple(_thing(a) for a in one.get("actors", one.get("bearers", ()))),
            counterparts=tuple(_thing(a) for a in one.get("counterparts", ())),
            objects=tuple(_thing(a) for a in one.get("objects", ())),
            dates=tuple(a["edtf"] for a in one.get("dates", ())),
            deadline=due["edtf"] if due else "",
            other=bool(one.get("other_readings")),
        )

    def _sum(self, one: Mapping[str, Any]) -> Sum:
        amount = language.number(float(one["amount"]), self.lang)
        purpose = one["purpose"]
        return Sum(
            iri=one["iri"],
            quote=one["quote"],
            place=short_place(one["citation"]),
            ceiling=one["kind"] == "ceiling",
            amount=amount,
            currency=one["currency"],
            funders=tuple(_thing(a) for a in one["funders"]),
            purpose=_thing(purpose) if purpose else None,
        )

    def _differences(
        self,
    ) -> tuple[list[Contrast], list[Difference], list[Difference]]:
        """What is stated twice and differently, what else is noted, and notes on the copy used."""
        named = set(self.naming)
        wide = [one for one in contrasts(self.snapshot, self.lang) if one.thing.iri in named]
        by_passage = noted(self.snapshot, self.lang)
        order = sorted(self.passages.values(), key=lambda one: self.accounts.places[one].order)
        some = dict.fromkeys(one for iri in order for one in by_passage.get(iri, ()))
        notes = [one for one in some if one.kind != KINDS[-1]]
        return wide, notes, [one for one in some if one.kind == KINDS[-1]]


def _thing(one: Mapping[str, Any]) -> Thing:
    return Thing(one["iri"], one["label"])
