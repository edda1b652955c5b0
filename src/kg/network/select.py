"""Which links of a projection are shown, and between whom: filters, groups, levels."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from kg.errors import NotFound, UsageError
from kg.names import PREFIXES
from kg.network.facts import COMITY, Facts, Link, short
from kg.network.options import Options, printable
from kg.sources import kind_of

_ACTOR = COMITY + "Actor"
_PARTS = ("actor", "counterpart", "participant")


def _resolve(facts: Facts, texts: Iterable[str], kind: str, name: str) -> tuple[str, ...]:
    """The IRIs that texts mean; UsageError where a text means nothing."""
    found = []
    for text in texts:
        try:
            iri = facts.snapshot.names.resolve(text, kind)
        except (NotFound, UsageError) as error:
            raise UsageError(f"{name}: {str(error)[:300]}") from error
        # an IRI stands for itself, whoever minted it
        if not facts.snapshot.engine.speaks_of(iri):
            raise UsageError(f"{name}: nothing is said of {iri[:300]}")
        found.append(iri)
    return tuple(found)


def _coded(facts: Facts, texts: Iterable[str], name: str, extra: Iterable[str] = ()) -> set[str]:
    """The concepts of a scheme that texts mean, by slug or label."""
    known = {one for claim in facts.claims.values() for one in claim.values_of(name)}
    by_name = {short(one): one for one in known} | {facts.label(one).lower(): one for one in known}
    by_name |= {one: COMITY + one for one in extra}
    found = set()
    for text in texts:
        key = text.removeprefix(f"{name}:").removeprefix(PREFIXES.get(name, "\n")).lower()
        if key not in by_name:
            offered = ", ".join(sorted({short(one) for one in known} | set(extra)))
            raise UsageError(f"{name}={printable(text)}: there are {offered}")
        found.add(by_name[key])
    return found


@dataclass
class Selection:
    """The links that options leave, and how many they left out for want of a date."""

    facts: Facts
    options: Options
    kinds: tuple[str, ...]
    undated: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Read the options' names once."""
        facts, options = self.facts, self.options
        self._topics = _resolve(facts, options.topic, "topic", "topic")
        self._pillars = set(_resolve(facts, options.pillar, "iri", "pillar"))
        countries = _resolve(facts, options.country, "actor", "country")
        self._countries = {facts.countries.get(one, [one])[0] for one in countries}
        self._types = self._classes(options.type)
        self._roles = _coded(facts, options.role, "role", _PARTS)
        self._statuses = _coded(facts, options.status, "status")
        self._window = options.window

    def _classes(self, texts: Iterable[str]) -> set[str]:
        known = {wide for some in self.facts.types.values() for one in some
                 for wide in self.facts.wider(one)}  # fmt: skip
        names = {one.removeprefix(COMITY).lower(): one for one in known if one.startswith(COMITY)}
        found = set()
        for text in texts:
            name = text.removeprefix("comity:").removeprefix(COMITY).lower()
            if name not in names:
                offered = ", ".join(sorted(one.removeprefix(COMITY) for one in names.values()))
                raise UsageError(f"type={printable(text)}: there are {offered}")
            found.add(names[name])
        return found

    def links(self, links: Iterable[Link], part: str = "") -> list[Link]:
        """The links that pass all filters on claims and on nodes, between whom they are shown."""
        return list(self._between(one for one in links if self.passes(one, part)))

    def passes(self, link: Link, part: str = "") -> bool:
        """Whether a link is of the claims, passages and times asked for."""
        facts = self.facts
        if kind_of(link.graph) not in self.kinds:
            return False
        claim = facts.claims.get(link.claim or "")
        if self._topics and not self._on_topic(claim):
            return False
        if self._pillars:
            passage = facts.passages.get(link.graph)
            if passage is None or not self._pillars & {passage.section, passage.pillar}:
                return False
        if self._statuses and not (claim and self._statuses & set(claim.values_of("status"))):
            return False
        if self._roles:
            roles = set(claim.values_of("role")) if claim else set()
            if not self._roles & (roles | {link.type, part}):
                return False
        return self._in_time(link)

    def _on_topic(self, claim: dict[str, list[str]] | None) -> bool:
        own = (claim or {}).get(COMITY + "topic", ())
        return any(one in self.facts.wider(topic) for topic in own for one in self._topics)

    def _in_time(self, link: Link) -> bool:
        first, last = self._window
        if not first and not last:
            return True
        within = self.facts.within(self.facts.claims.get(link.claim or ""))
        if within is None and (link.first or link.last):
            days = self.facts.dates
            within = (
                days.get(link.first or "", ("0000", ""))[0],
                days.get(link.last or "", ("", "9999"))[1],
            )
        if within is None:
            self.undated.add(link.claim or f"{link.source} {link.target}")
            return self.options.undated == "keep"
        return not (last and within[0] > last) and not (first and within[1] < first)

    def shows(self, node: str) -> bool:
        """Whether a node is of the classes and countries asked for, as far as it is an actor."""
        facts = self.facts
        if not (self._types or self._countries) or not facts.is_a(node, [_ACTOR]):
            return True
        if self._types and not facts.is_a(node, self._types):
            return False
        return not self._countries or bool(self._countries & set(facts.countries.get(node, ())))

    def stands_for(self, actor: str) -> Iterator[tuple[str, bool]]:
        """Whom an actor stands for in the network, and whether only as a member of a group."""
        members = self.facts.members.get(actor, ()) if self.options.groups == "members" else ()
        spread = bool(members)
        for one in members or (actor,):
            shown = self.folded(one)
            if self.shows(shown):
                yield shown, spread

    def folded(self, actor: str) -> str:
        """The parent, government or country that an actor is folded into; itself where none is."""
        level, facts = self.options.level, self.facts
        if level == "country":
            return facts.countries.get(actor, [actor])[0]
        if level == "parent":
            return facts.parents.get(actor, [actor])[0]
        above = actor
        seen: set[str] = set()
        while level == "government" and above not in seen:
            if facts.is_a(above, [COMITY + "Government"]):
                return above
            seen.add(above)
            above = facts.parents.get(above, [above])[0]
        return actor

    def _between(self, links: Iterable[Link]) -> Iterator[Link]:
        for link in links:
            targets = [(None, False)] if link.target is None else [*self.stands_for(link.target)]
            for source, spread in self.stands_for(link.source):
                for target, other in targets:
                    if (source, target) == (link.source, link.target):
                        yield link
                    elif source != target:
                        yield replace(
                            link, source=source, target=target, spread=spread + other,
                            stated=link.ends,
                        )  # fmt: skip


def pairs(links: Iterable[Link]) -> list[Link]:
    """Links between all actors of one claim, from the links of actors to their claims."""
    claims: dict[str, dict[str, Link]] = {}
    for link in links:
        actors = claims.setdefault(link.claim or "", {})
        known = actors.get(link.source)
        # who is named there himself is not there as a member of a group
        if known is None or link.spread < known.spread:
            actors[link.source] = link
    found = []
    for actors in claims.values():
        ordered = sorted(actors)
        for i, a in enumerate(ordered):
            for b in ordered[i + 1 :]:
                one, other = actors[a], actors[b]
                kind = COMITY + ("participant" if one.type.endswith("participant") else "actor")
                found.append(replace(one, target=b, type=kind, spread=one.spread + other.spread))
    return found
