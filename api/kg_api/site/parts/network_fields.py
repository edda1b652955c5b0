"""What the network's page is asked: its address, its form, the filters that are set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from kg.network.facts import COMITY, Facts, short
from kg.network.options import LEVELS, PROJECTIONS
from kg_api import urls
from kg_api.site import language
from kg_api.site.parts import network_words
from kg_api.site.parts.filters import Active, Filter, offer

# what only the page has, beside the options of networks
OWN = ("projection", "size", "colour", "select", "hide", "as")
_LISTS = ("topic", "pillar", "type", "role", "status", "country")
_ACTOR = COMITY + "Actor"


@dataclass(frozen=True)
class Wish:
    """What is asked, by the names of addresses; `given` are the options of the network."""

    page: Mapping[str, str]
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, params: Mapping[str, Any]) -> "Wish":
        """From what the route has read."""
        given = {
            name: some for name, some in params["given"].items() if name not in ("lang", "measures")
        }
        return cls(params["page"], given, params.get("own", {}))

    @property
    def projection(self) -> str:
        """Which projection."""
        return self.page.get("projection") or "actors"

    @property
    def size(self) -> str:
        """The measure that sizes show, if any."""
        return self.page.get("size", "")

    @property
    def colour(self) -> str:
        """Whether colours show communities."""
        return "community" if self.page.get("colour") == "community" else ""

    @property
    def select(self) -> str:
        """The short names of a node, or of both ends of a tie."""
        return self.page.get("select", "")

    @property
    def hide(self) -> list[str]:
        """The short names of the nodes that are left out of what is seen."""
        return self.page.get("hide", "").split()

    @property
    def shape(self) -> str:
        """List or matrix."""
        return "matrix" if self.page.get("as") == "matrix" else "list"

    @property
    def of(self) -> Sequence[str]:
        """The centres of a neighbourhood."""
        return list(self.own.get("of", ()))

    @property
    def hops(self) -> int:
        """How far a neighbourhood reaches."""
        return int(self.own.get("hops", 1))

    @property
    def relations(self) -> Sequence[str]:
        """The relations of a neighbourhood."""
        return list(self.own.get("relations", ()))

    @property
    def query(self) -> str:
        """The text of a query."""
        return str(self.own.get("query", ""))

    def _pairs(self) -> list[tuple[str, str]]:
        own = [(name, one) for name in ("of", "relations") for one in self.own.get(name, ())]
        own += [("hops", str(self.hops))] if self.hops != 1 else []
        own += [("query", self.query)] if self.query else []
        return own + [(name, one) for name, some in self.given.items() for one in some]

    def _path(self) -> str:
        return urls.NETWORK if self.projection == "actors" else f"{urls.NETWORK}/{self.projection}"

    def address(self, without: str = "", **other: str) -> str:
        """The page's address, with something else, or without a filter."""
        page = {**self.page, **other}
        pairs = [one for one in self._pairs() if one[0] != without]
        pairs += [(name, page[name]) for name in OWN[1:] if page.get(name)]
        return self._path() + (f"?{urlencode(pairs, safe=':/')}" if pairs else "")

    def data(self, suffix: str, lang: str) -> str:
        """The same network in a format."""
        pairs = self._pairs()
        pairs += [("measures", one) for one in (self.size, self.colour) if one]
        pairs += [("lang", lang)] if lang != "en" else []
        path = f"{urls.NETWORK}/{self.projection}.{suffix}"
        return path + (f"?{urlencode(pairs, safe=':/')}" if pairs else "")

    def hidden(self) -> dict[str, str]:
        """What the form keeps: whatever it has no field for, once each."""
        kept = {name: self.page.get(name, "") for name in ("as", "hide")}
        names = ("kinds", "k_core", "largest_component", "seed", "undated")
        kept |= {name: self.given[name][0] for name in names if name in self.given}
        if self.projection in ("ego", "query"):
            kept["projection"] = self.projection
            kept |= dict(one for one in self._pairs() if one[0] in ("of", "hops", "query"))
        return {name: text for name, text in kept.items() if text}


def _first(wish: Wish, name: str) -> str:
    return next(iter(wish.given.get(name, ())), "")


def fields(facts: Facts, wish: Wish, lang: str, sizes: Sequence[str]) -> tuple[Filter, ...]:
    """The fields of the form."""
    _ = language.texts(lang).gettext
    names, words = network_words.names(lang), network_words.projections(lang)
    values = {name: _values(facts, name) for name in _LISTS}
    found = []
    if wish.projection in PROJECTIONS:
        some = [(one, words[one]) for one in PROJECTIONS if one != "actors"]
        found.append(
            offer("projection", names["projection"], some, wish.projection, words["actors"])
        )
    for name in _LISTS:
        now = _first(wish, name)
        known = {text for text, _label in values[name]}
        some = values[name] + ([(now, now)] if now and now not in known else [])
        found.append(offer(name, names[name], some, now, _("any")))
    levels, measures = network_words.levels(lang), network_words.measures(lang)
    return (
        *found,
        Filter("from", names["from"], value=_first(wish, "from"), hint="2023-05"),
        Filter("to", names["to"], value=_first(wish, "to"), hint="2024"),
        offer("level", names["level"], ((one, levels[one]) for one in LEVELS),
              _first(wish, "level"), _("as named")),
        offer("groups", names["groups"], [("members", _("spread over their members"))],
              _first(wish, "groups"), _("as one node each")),
        Filter("min_weight", names["min_weight"], value=_first(wish, "min_weight"), hint="1"),
        offer("size", names["size"], ((one, measures[one]) for one in sizes),
              wish.size, _("nothing")),
        offer("colour", names["colour"], [("community", _("communities"))],
              wish.colour, _("kinds of things")),
    )  # fmt: skip


def _values(facts: Facts, name: str) -> list[tuple[str, str]]:
    """The values that a filter may have here, by their labels."""
    claims = facts.claims.values()
    if name == "topic":
        own = {one for claim in claims for one in claim.values_of("topic")}
        some = {wide for one in own for wide in facts.wider(one)}
    elif name == "pillar":
        some = {one for p in facts.passages.values() for one in (p.section, p.pillar) if one}
    elif name == "country":
        some = {one for its in facts.countries.values() for one in its}
    elif name == "type":
        types = {one for its in facts.types.values() for one in its}
        some = {one for one in types if _ACTOR in facts.wider(one)}
    else:
        some = {one for claim in claims for one in claim.values_of(name)}
    labelled = [
        (one if name == "pillar" else short(one), facts.label(one)) for one in some
    ]  # fmt: skip
    return sorted(labelled, key=lambda one: (one[1].lower(), one[0]))


def active(facts: Facts, wish: Wish, lang: str) -> tuple[Active, ...]:
    """The filters that are set, each with the address without it."""
    names = network_words.names(lang)
    labels = {name: dict(_values(facts, name)) for name in _LISTS if name in wish.given}
    known = {**network_words.levels(lang)}
    return tuple(
        Active(names.get(name, name), labels.get(name, known).get(one, one), wish.address(name))
        for name, some in wish.given.items()
        for one in some
    )
