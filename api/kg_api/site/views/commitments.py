"""The page of commitments: what was undertaken, as worded, with filters and groupings."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from kg.accounts import Accounts, Thing
from kg.commitments import Commitment, Listing, commitments
from kg.commitments.following import LaterReport
from kg.commitments.formats import FORMATS
from kg.names import local
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts import commitments_query, undertaken
from kg_api.site.parts.accounting import accounts as accounts_of
from kg_api.site.parts.accounting import held
from kg_api.site.parts.claims import Desk, Row
from kg_api.site.parts.filters import RELEASE, Choice, Chosen, Filter, active, offer, read, short
from kg_api.site.parts.following import followed

# in the order of the address
NAMES = (
    "bearer", "side", "counterpart", "topic", "modality", "status", "source", "dated",
    "due_from", "due_to", "as_of", "group", "sort",
)  # fmt: skip
_LISTED = ("bearer", "side", "topic", "modality", "status")
_GROUPS = ("section", "bearer", "side", "topic", "modality", "status")
_SORTS = ("deadline", "bearer", "topic", "modality")
_KINDS = {"bearer": "actor", "side": "actor", "counterpart": "actor", "topic": "topic"}
_USED = """
SELECT ?claim ?property ?value WHERE {
  ?claim a comity:Commitment ; ?property ?value
  FILTER(?property IN (comity:actor, comity:topic, comity:modality, comity:status))
}
"""
_BROADER = "SELECT ?topic ?broader WHERE { ?topic skos:broader ?broader }"
_NAMES_OF = {"actor": "bearer", "topic": "topic", "modality": "modality", "status": "status"}


@dataclass(frozen=True)
class Line:
    """One commitment as a row of the table; `window` is where a day stands to its deadline."""

    row: Row
    one: Commitment
    side: Thing | None
    window: str
    followed: str


@dataclass(frozen=True)
class Group:
    """The rows under one heading; without a grouping there is one, and it has none."""

    thing: Thing | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Columns:
    """Which columns the table has; one whose cells would all say the same is a sentence above."""

    wording: bool
    who: bool
    when: bool
    followed: bool


class _Used:
    """What the filters may choose from: whatever the commitments of the snapshot have."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        found: dict[str, set[str]] = defaultdict(set)
        claims = set()
        for row in accounts.rows(_USED):
            found[_NAMES_OF[row["property"].rsplit("#", 1)[-1]]].add(row["value"])
            claims.add(row["claim"])
        self.total = len(claims)
        self.bearers = found["bearer"]
        self.found = found
        for pair in accounts.sides.values():
            found["side"].update(pair)

    def things(self, name: str) -> tuple[Thing, ...]:
        """The values of a filter, by name."""
        return self.accounts.things(self.found[name])

    def topics(self, chosen: str) -> tuple[Choice, ...]:
        """The topics used, each under the wider one that has it."""
        above = {row["topic"]: row["broader"] for row in self.accounts.rows(_BROADER)}
        below: dict[str, set[str]] = defaultdict(set)
        for one in self.found["topic"]:
            while one in above:
                below[above[one]].add(one)
                one = above[one]
            below[""].add(one)
        return tuple(self._under("", 0, below, chosen))

    def _under(self, one: str, depth: int, below: dict[str, set[str]], chosen: str) -> list[Choice]:
        listed: list[Choice] = []
        for thing in self.accounts.things(below[one]):
            listed.append(Choice(short(thing.iri), thing.label, thing.iri == chosen, depth))
            listed += self._under(thing.iri, depth + 1, below, chosen)
        return listed


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The commitments that pass every filter."""
    _ = language.texts(asked.lang).gettext
    chosen = read(asked.params, NAMES, urls.COMMITMENTS)
    values = {name: text for name, text in chosen.values.items() if name != RELEASE}
    accounts = accounts_of(snapshot, asked.lang)
    dated = values.pop("dated", "") == "true"
    group = values.pop("group", "")
    listing = commitments(
        snapshot,
        accounts=accounts,
        dated=dated,
        group=group,
        **values,
    )
    used = _Used(accounts)
    set_ = {
        name: accounts.coded(text, name) or accounts.resolve(text, _KINDS.get(name, "iri"))
        for name, text in values.items()
        if name in (*_LISTED, "counterpart", "source")
    }
    lines = _lines(snapshot, listing, asked.lang)
    columns = _columns(lines, group)
    return Page(
        template="commitments.html",
        title=_("Commitments"),
        path=chosen.address,
        current="commitments",
        description=_(
            "What named sides undertake for themselves, in the words of the report, with the place "
            "of each."
        ),
        data={
            "groups": _grouped(lines, group, _("none is named")),
            "group": group,
            "columns": columns,
            "count": len(lines),
            "total": used.total,
            "said": _said(lines, columns, asked.lang),
            "later": _later(listing),
            "as_of": listing.as_of.isoformat() if listing.as_of else "",
            "fields": _fields(used, chosen, set_, asked.lang),
            "hidden": {
                name: text
                for name, text in chosen.values.items()
                if name in ("counterpart", "source", "due_from", "due_to", "as_of", RELEASE)
            },
            "active": active(
                accounts, chosen, _names(asked.lang), set_, {"true": _("with a date")}, asked.lang
            ),
            "reset": urls.COMMITMENTS + (f"?group={group}" if group else ""),
        },
        forms=tuple(
            Form(_label(one.name), chosen.form(one.suffix, asked.lang), one.media_type)
            for one in sorted(FORMATS, key=lambda one: _ORDER.index(one.name))
        ),
        query=commitments_query.text(listing, set_, used.bearers, accounts, asked.lang),
        linked={
            "@context": "https://schema.org",
            "@type": "CollectionPage",
            "name": _("Commitments"),
            "inLanguage": asked.lang,
            "license": urls.LICENCE,
            "version": snapshot.digest,
            "isBasedOn": [
                {"@type": "Report", "@id": one.iri, "name": one.title, "url": one.url or one.iri}
                for one in listing.sources
            ],
            "mainEntity": {"@type": "ItemList", "numberOfItems": len(lines)},
        },
    )


_ORDER = ("xlsx", "docx", "csv", "parquet", "json", "ttl")


def _label(name: str) -> str:
    return {"ttl": "Turtle", "parquet": "Parquet"}.get(name, name.upper())


def _lines(snapshot: Snapshot, listing: Listing, lang: str) -> tuple[Line, ...]:
    _ = language.texts(lang).gettext
    desk = Desk(snapshot, lang)
    windows = {"ahead": _("ahead"), "running": _("running"), "closed": _("closed"), "": ""}
    return tuple(
        Line(
            held(snapshot, ("row", lang, one.iri), partial(desk.row, one.iri)),
            one,
            one.sides[0] if len(one.sides) == 1 else None,
            windows[one.window],
            followed(one.follow_up, listing, lang),
        )
        for one in listing.rows
    )


def _columns(lines: Sequence[Line], group: str) -> Columns:
    def differ(of: Callable[[Line], object]) -> bool:
        return len(lines) == 1 or len({of(one) for one in lines}) > 1

    return Columns(
        wording=group != "modality" and differ(lambda line: line.one.modality),
        who=differ(lambda line: (line.one.bearers, line.one.counterparts)),
        when=any(line.one.deadline for line in lines),
        followed=len({line.followed for line in lines}) > 1,
    )


def _said(lines: Sequence[Line], columns: Columns, lang: str) -> list[str]:
    """The sentences above the table: how it is read, and what all of its rows have alike."""
    _ = language.texts(lang).gettext
    if not lines:
        return []
    first = lines[0].one
    said = undertaken.told([line.one for line in lines], lang)
    if not columns.who:
        names = language.listed([one.label for one in first.bearers], lang)
        said.append(_("All of them are undertaken by %(who)s.") % {"who": names})
    if len({line.one.modality for line in lines}) == 1 < len(lines):
        said.append(_("All of them are worded “%(wording)s”.") % {"wording": first.modality.label})
    if columns.when and not all(line.one.deadline for line in lines):
        said.append(_("“Not said” means that the sentence gives no date."))
    if not columns.when:
        said.append(_("None of these sentences gives a date."))
    if any(line.side for line in lines) and not all(line.side for line in lines):
        said.append(_("The bearers stand for both sides where no side is named."))
    said.append(
        _(
            "The status is the participants’ own account on the day of the report. Wordings are "
            "shown, not ranked."
        )
    )
    return said


def _later(listing: Listing) -> tuple[LaterReport, ...]:
    found = {known.iri: known for row in listing.rows for known in row.follow_up.later}
    return tuple(found.values())


def _grouped(lines: Sequence[Line], group: str, nothing: str) -> tuple[Group, ...]:
    """The rows by what they are grouped by, in the order of the names; of two values, in both."""
    if not group or not lines:
        return (Group(None, tuple(lines)),) if lines else ()
    if group == "section":
        found: dict[Thing, list[Line]] = defaultdict(list)
        for line in lines:
            found[line.one.section or Thing("", nothing)].append(line)
        return tuple(Group(thing, tuple(its)) for thing, its in found.items())
    by_value: dict[Thing, list[Line]] = defaultdict(list)
    for line in lines:
        for thing in line.one.values(group) or (Thing("", nothing),):
            by_value[thing].append(line)
    ordered = sorted(by_value, key=lambda one: (not one.iri, one.label, one.iri))
    return tuple(Group(thing, tuple(by_value[thing])) for thing in ordered)


def _fields(used: _Used, chosen: Chosen, set_: dict[str, str], lang: str) -> tuple[Filter, ...]:
    names = _names(lang)
    _ = language.texts(lang).gettext
    fields = []
    for name in _LISTED:
        if name == "topic":
            topics = used.topics(set_.get(name, ""))
            fields.append(Filter(name, names[name], topics, none=_("any")))
            continue
        called = local if name in ("modality", "status") else short
        some = [(called(one.iri), one.label) for one in used.things(name)]
        fields.append(offer(name, names[name], some, called(set_.get(name, "")), _("any")))
    given = chosen.values
    dated = [("true", _("with a date"))]
    groups = [(one, names[one]) for one in _GROUPS]
    sorts = [(one, names["dated" if one == "deadline" else one]) for one in _SORTS]
    return (
        *fields,
        offer("dated", names["dated"], dated, given.get("dated", ""), _("any")),
        offer("group", names["group"], groups, given.get("group", ""), _("not grouped")),
        offer("sort", names["sort"], sorts, given.get("sort", ""), _("as in the report")),
    )


def _names(lang: str) -> dict[str, str]:
    _ = language.texts(lang).gettext
    return {
        "bearer": _("Who undertakes"),
        "side": _("Side"),
        "counterpart": _("With whom"),
        "topic": _("Topic"),
        "modality": _("Wording"),
        "status": _("Status"),
        "source": _("Source"),
        "section": _("Section"),
        "dated": _("By when"),
        "due_from": _("Window reaches"),
        "due_to": _("Window begins by"),
        "as_of": _("As of"),
        "group": _("Group by"),
        "sort": _("Order"),
    }
