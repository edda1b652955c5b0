"""What networks are made from, read from a snapshot by the queries of queries/networks/."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from kg import query as queries
from kg.names import PREFIXES, compact
from kg.results import Rows
from kg.settings import Settings
from kg.snapshot import Snapshot

COMITY = PREFIXES["comity"]
GROUP, TYPE = COMITY + "Group", PREFIXES["rdf"] + "type"
# of more claims the readings take more memory than it is worth to keep in every worker
KEPT_CLAIMS = 10_000
_LANGUAGES = ("en", "ja")
_THINGS = tuple(COMITY + name for name in ("object", "in", "means", "venue", "under", "basis"))
Texts = Mapping[str, str]


def texts(project: Path) -> dict[str, str]:
    """The text of every query of queries/networks/, for who can open no file later."""
    found = queries.catalogue(project, "networks")
    return {one.name.removeprefix("networks/"): one.text for one in found}


@dataclass(frozen=True)
class Link:
    """One statement of a network: its ends, what it is, the claim that makes it, and where."""

    source: str
    target: str | None
    type: str
    claim: str | None
    graph: str
    first: str | None = None
    last: str | None = None
    # how many of its ends stand there only as members of a group
    spread: int = 0
    # its ends as the graph has them, where it is shown between others: groups spread, levels folded
    stated: tuple[str, str] | None = None

    @property
    def ends(self) -> tuple[str, str]:
        """Between what the graph states it."""
        return self.stated or (self.source, self.target or "")


@dataclass
class Passage:
    """A passage as evidence cites it."""

    citation: str
    section: str = ""
    pillar: str = ""
    report: str = ""


class Claim(dict[str, list[str]]):
    """What a claim says: values by property, in order."""

    def values_of(self, name: str) -> list[str]:
        """The values of a property of the project."""
        return self.get(COMITY + name, [])

    def one(self, name: str) -> str:
        """The first value of a property, or nothing."""
        return next(iter(self.values_of(name)), "")

    @property
    def is_action(self) -> bool:
        """Whether it is an action, not a participation."""
        return COMITY + "act" in self

    @property
    def things(self) -> Iterator[str]:
        """What it names besides its actors."""
        for one in _THINGS:
            yield from self.get(one, ())


@dataclass
class Facts:
    """Readings of one snapshot, each made when it is first wanted."""

    snapshot: Snapshot
    given: Texts | None = None
    lang: str = "en"
    _wide: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot, given: Texts | None, lang: str) -> "Facts":
        """The readings of a snapshot, which keeps them where it is small: they never change."""
        kept = snapshot.__dict__.setdefault("_network_facts", {})
        known: Facts | None = kept.get(lang)
        if known is None or known.given != given:
            known = cls(snapshot, given, lang)
            if len(known.claims) <= KEPT_CLAIMS:
                # of the languages, the two that pages have
                if len(kept) >= len(_LANGUAGES):
                    kept.clear()
                kept[lang] = known
        return known

    def rows(self, name: str) -> Iterable[tuple[str | None, ...]]:
        """The rows of a query of queries/networks/, as texts."""
        text = (self.given or {}).get(name)
        if text is None:
            project = self.snapshot.project or Settings.from_env().project
            # the header, which wants YAML, is for readers: no parameter is bound here
            text = (project / "queries" / "networks" / f"{name}.rq").read_text("utf-8")
        answer = self.snapshot.run(queries.Query(f"networks/{name}", text))
        assert isinstance(answer, Rows)
        for row in answer.rows:
            # no query of ours answers with a quoted triple, which alone has no value
            yield tuple([None if term is None else term.value for term in row])  # type: ignore[union-attr]

    def links(self, name: str) -> list[Link]:
        """The links that a projection's query finds."""
        return [
            Link(source or "", target, type_ or "", claim, graph or "", *(times or (None, None)))
            for source, type_, target, claim, graph, *times in self.rows(name)
        ]

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """What every claim says."""
        found: dict[str, Claim] = {}
        for claim, property_, value, graph in self.rows("claims"):
            one = found.get(claim or "")
            if one is None:
                one = found[claim or ""] = Claim({"graph": [graph or ""]})
            one.setdefault(property_ or "", []).append(value or "")
        return found

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """Every passage with how it is cited."""
        return {
            row[0] or "": Passage(*(value or "" for value in row[1:]))
            for row in self.rows("passages")
        }

    @cached_property
    def sources(self) -> list[tuple[str, str, str, str]]:
        """Every source: IRI, citation label, date, address."""
        return [
            (iri or "", citation or "", _slug(date), address or "")
            for iri, citation, date, address in self.rows("sources")
        ]

    @cached_property
    def dates(self) -> dict[str, tuple[str, str]]:
        """First and last day of every date."""
        return {row[0] or "": (row[1] or "", row[2] or "") for row in self.rows("dates")}

    @cached_property
    def _about(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for thing, property_, value in self.rows("things"):
            found[property_ or ""][thing or ""].append(value or "")
        return found

    @cached_property
    def types(self) -> dict[str, list[str]]:
        """The classes of every thing."""
        return self._about[TYPE]

    @cached_property
    def countries(self) -> dict[str, list[str]]:
        """The country of every thing that has one; a country is its own."""
        found = {thing: values[:1] for thing, values in self._about[COMITY + "country"].items()}
        for thing, classes in self.types.items():
            if COMITY + "Country" in classes:
                found[thing] = [thing]
        return found

    @cached_property
    def parents(self) -> dict[str, list[str]]:
        """The parents of every organisation."""
        return self._about[COMITY + "parent"]

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """The members of every group: of bodies, which act themselves, none."""
        return {
            thing: values
            for thing, values in self._about[COMITY + "member"].items()
            if GROUP in self.types.get(thing, ())
        }

    @cached_property
    def _broader(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for narrow, wide in self.rows("schemes"):
            found[narrow or ""].append(wide or "")
        return found

    def wider(self, iri: str) -> frozenset[str]:
        """A topic or class with all that are broader."""
        known = self._wide.get(iri)
        if known is None:
            found, fresh = {iri}, [iri]
            while fresh:
                fresh = [one for of in fresh for one in self._broader.get(of, ())]
                fresh = [one for one in fresh if one not in found]
                found.update(fresh)
            known = self._wide[iri] = frozenset(found)
        return known

    def is_a(self, thing: str, classes: Iterable[str]) -> bool:
        """Whether a thing has one of some classes, or one under them."""
        wanted = set(classes)
        return any(wanted & self.wider(one) for one in self.types.get(thing, ()))

    def type_of(self, thing: str) -> str:
        """The name of a thing's class; of a claim its kind."""
        classes = self.types.get(thing)
        if classes:
            return classes[0].removeprefix(COMITY)
        if thing in self.claims:
            return self.claims[thing][TYPE][-1].removeprefix(COMITY)
        return "Topic" if thing.startswith(PREFIXES["topic"]) else ""

    def label(self, iri: str) -> str:
        """A thing's name in the language asked for; a passage's citation."""
        return self.snapshot.names.label(iri, self.lang)

    def within(self, claim: Claim | None) -> tuple[str, str] | None:
        """First and last day of what a claim dates; None where it dates nothing."""
        if claim is None:
            return None
        days = [self.dates[one] for one in claim.values_of("date") if one in self.dates]
        return (min(a for a, _ in days), max(b for _, b in days)) if days else None

    @cached_property
    def naming(self) -> Callable[[str], set[str]]:
        """A function that gives the claims which name a thing, in whatever part."""
        index: dict[str, set[str]] = defaultdict(set)
        for iri, claim in self.claims.items():
            for one in (*claim.things, *claim.values_of("inDocument"), *claim.values_of("topic")):
                index[one].add(iri)
            for one in claim.values_of("mentions"):
                index[one].add(iri)
        for actor, _, _, iri_, _ in self.rows("actions"):
            index[actor or ""].add(iri_ or "")
        return lambda thing: index.get(thing, set())


def _slug(date: str | None) -> str:
    return (date or "").removeprefix(PREFIXES["date"]).replace("_", "/")


@lru_cache(maxsize=2048)
def short(iri: str) -> str:
    """A term's name without its prefix, for lists that people read.

    >>> short("https://w3id.org/comity/id/act/sign")
    'sign'
    """
    curie = compact(iri)
    return curie if "://" in curie else curie.partition(":")[2]
