"""Matching a list of names to things: how near each thing is, and when it is surely the one.

The rules of reconciliation: a whole name that only one thing bears is a match. An acronym or some
other printed form ("Joint Statement") is one only where a type or a property speaks for it too; a
former name, a hidden form and whatever is merely near are left to the reader.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kg.errors import UsageError
from kg.names import BASE, PREFIXES
from kg.search import MAX_LENGTH, Index, index, shown
from kg.search.folding import fold, is_unspaced, runs
from kg.search.identifiers import external, iri_of

# families of things that a list may be matched to: what has a name of its own
FAMILIES = ("actor", "instrument", "initiative", "event", "document", "topic")
MAX_CANDIDATES = 100
_FUZZY = 200
_TERMS = 40
# words that nearly every long name has say nothing of which thing is meant
_COMMON = {"the", "of", "and", "for", "in", "on", "to", "a", "an"}
# how surely a whole name of each kind says which thing is meant
_SCORES = {
    index.LABEL: 100.0, index.IDENTIFIER: 100.0, index.TITLE: 98.0, index.FORM: 92.0,
    index.ACRONYM: 90.0, index.FORMER: 85.0, index.HIDDEN: 80.0,
}  # fmt: skip
_SURE = {index.LABEL, index.IDENTIFIER, index.TITLE}
_WITH_SUPPORT = {index.FORM, index.ACRONYM}
_NEAR = 75.0
_LEAST = 25.0

# what a list may be extended with: id, name, and whether the values are things
PROPERTIES: dict[str, tuple[str, bool]] = {
    "label-en": ("label (English)", False),
    "label-ja": ("label (Japanese)", False),
    "acronym": ("acronym", False),
    "former-name": ("former name", False),
    "type": ("type", False),
    "country": ("country", True),
    "parent": ("parent organisation", True),
    "member-of": ("member of", True),
    "instrument-type": ("kind of instrument", True),
    "under": ("under", True),
    "broader": ("broader topic", True),
    "wikidata": ("Wikidata", False),
    "ror": ("ROR", False),
    "corporate-number": ("法人番号 (Japanese corporate number)", False),
    "govuk-identifier": ("GOV.UK identifier", False),
    "iati-identifier": ("IATI organisation identifier", False),
    "website": ("website", False),
    "note": ("note", False),
    "definition": ("definition", False),
}
_IDENTIFIERS = ("wikidata", "ror", "corporate-number", "govuk-identifier", "iati-identifier")

_COLUMNS = "thing.id, iri, family, type, en, ja, other"
_NAMED = f"""
SELECT {_COLUMNS}, name.kind, name.folded FROM words
JOIN name ON name.id = words.rowid JOIN thing ON thing.id = name.thing
WHERE words MATCH :match AND name.kind <> :quote
  AND family IN (SELECT value FROM json_each(:families))
ORDER BY bm25(words), name.id LIMIT :most
"""  # noqa: S608 - a constant
_WHOLE = f"""
SELECT {_COLUMNS}, name.kind, name.folded FROM name JOIN thing ON thing.id = name.thing
WHERE name.folded = :folded AND name.kind <> :quote
  AND family IN (SELECT value FROM json_each(:families)) ORDER BY name.id LIMIT :most
"""  # noqa: S608 - a constant
_IDENTIFIED = f"""
SELECT {_COLUMNS} FROM thing WHERE family IN (SELECT value FROM json_each(:families))
  AND (iri = :iri OR id IN (SELECT thing FROM fact WHERE property = :property AND value = :value))
ORDER BY id LIMIT :most
"""  # noqa: S608 - a constant


@dataclass(frozen=True)
class Wanted:
    """One name of a list: the text, the types it may have, and what else the list knows of it."""

    text: str = ""
    types: tuple[str, ...] = ()
    strict: str = "any"
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limit: int = 10


@dataclass(frozen=True)
class Candidate:
    """One thing that may be meant; `match` if it surely is, `score` from 0 to 100."""

    iri: str
    name: str
    types: tuple[tuple[str, str], ...]
    score: float
    match: bool
    note: str
    agrees: Mapping[str, bool]


@dataclass
class _Possible:
    id: int
    iri: str
    name: str
    score: float = 0.0
    kind: int = index.QUOTE


@lru_cache(maxsize=4096)
def _pairs(text: str) -> dict[str, int]:
    """Pairs of neighbouring characters in the words that tell, and how often each stands there."""
    counts: dict[str, int] = defaultdict(int)
    padded = f" {' '.join(one for one in text.split() if one not in _COMMON)} "
    for place in range(len(padded) - 1):
        counts[padded[place : place + 2]] += 1
    return counts


def nearness(one: str, other: str) -> float:
    """How alike two folded names are, from 0 to 1: Dice's coefficient over pairs of characters.

    The order of words makes next to no difference, and words that say nothing make none.

    >>> nearness("ministry of justice", "ministry of justice")
    1.0
    >>> nearness("uk government", "government of the uk")
    1.0
    >>> nearness("ministry of justice", "open ran") < 0.2
    True
    """
    first, second = _pairs(one), _pairs(other)
    shared = sum(min(count, second.get(pair, 0)) for pair, count in first.items())
    return 2 * shared / (sum(first.values()) + sum(second.values()))


def _near(text: str) -> str:
    """The full-text expression that finds names with any word, or pair of characters, of a text."""
    parts: list[str] = []
    for run in runs(text):
        if is_unspaced(run):
            parts.extend(f'"{" ".join(run[at : at + 2])}"' for at in range(max(1, len(run) - 1)))
        elif run not in _COMMON:
            parts.append(f'"{run}"')
    return " OR ".join(dict.fromkeys(parts[:_TERMS]))


class Matcher:
    """Matches names against one index."""

    def __init__(self, opened: Index, lang: str = "en") -> None:
        self._index = opened
        self._lang = lang
        self._families = json.dumps(FAMILIES)

    def candidates(self, wanted: Wanted) -> list[Candidate]:
        """The things that may be meant, the likeliest first; none for types that nothing has."""
        try:
            types = [self._index.type(one) for one in wanted.types]
        except UsageError:
            return []
        possible = self._possible(wanted)
        found: list[tuple[Candidate, int]] = []
        for one in possible.values():
            own = self.types(one.id)
            fits = [its in (self._family(one.id), *(iri for iri, _ in own)) for its in types]
            if types and not (all(fits) if wanted.strict == "all" else any(fits)):
                if wanted.strict != "should":
                    continue
                one.score *= 0.8
            found.append((self._judge(one, wanted, own, bool(types) and any(fits)), one.kind))
        found.sort(key=lambda pair: (-pair[0].score, pair[0].name, pair[0].iri))
        best = [one for one, _ in found]
        # of two that bear the same whole name none is surely meant
        if len(best) > 1 and best[0].match and best[1].score >= best[0].score:
            best = [_unmatched(one) for one in best]
        return [best[0], *map(_unmatched, best[1:])][: wanted.limit] if best else []

    def _possible(self, wanted: Wanted) -> dict[int, _Possible]:
        """Every thing that comes into question, with how near its nearest name is."""
        if len(wanted.text) > MAX_LENGTH:
            raise UsageError(f"a name to match has at most {MAX_LENGTH} characters")
        found: dict[int, _Possible] = {}
        common = {"families": self._families, "quote": index.QUOTE, "most": _FUZZY}
        folded = fold(wanted.text)
        if folded:
            rows = self._index.rows(_WHOLE, {**common, "folded": folded})
            near = _near(wanted.text)
            rows += self._index.rows(_NAMED, {**common, "match": near}) if near else []
            for row in rows:
                one = found.setdefault(
                    row["id"], _Possible(row["id"], row["iri"], shown(row, self._lang))
                )
                whole = row["folded"] == folded
                score = _SCORES[row["kind"]] if whole else _NEAR * nearness(folded, row["folded"])
                if score > one.score:
                    one.score = score
                    one.kind = row["kind"] if whole else index.QUOTE
            property_, value = external(wanted.text) or (None, None)
            self._identify(found, iri_of(wanted.text), property_, value)
        for pid in _IDENTIFIERS:
            for value in wanted.properties.get(pid, ()):
                self._identify(found, None, pid, value.rstrip("/").rsplit("/", 1)[-1])
        return {id_: one for id_, one in found.items() if one.score >= _LEAST}

    def _identify(
        self,
        found: dict[int, _Possible],
        iri: str | None,
        property_: str | None,
        value: str | None,
    ) -> None:
        """Add the things that bear an identifier: an IRI, or the value of a property."""
        values = {"iri": iri, "property": property_, "value": value}
        for row in self._index.rows(
            _IDENTIFIED, {**values, "families": self._families, "most": _FUZZY}
        ):
            name = shown(row, self._lang)
            one = found.setdefault(row["id"], _Possible(row["id"], row["iri"], name))
            one.score, one.kind = 100.0, index.IDENTIFIER

    def _judge(
        self, one: _Possible, wanted: Wanted, own: Sequence[tuple[str, str]], typed: bool
    ) -> Candidate:
        """The candidate that a thing is, its properties compared with those of the list."""
        agrees = {
            pid: self._agrees(one.id, pid, values)
            for pid, values in wanted.properties.items()
            if pid in PROPERTIES and values
        }
        said = {pid: yes for pid, yes in agrees.items() if yes is not None}
        score = one.score
        for yes in said.values():
            score = min(100.0, score + 5) if yes else score * 0.7
        sure = one.kind in _SURE or (
            one.kind in _WITH_SUPPORT
            and (typed or any(said.values()))
            and not self._collides(one, wanted.text)
        )
        facts = self.facts(one.id, "note") or self.facts(one.id, "definition")
        return Candidate(
            one.iri, one.name, tuple(own), round(score, 1), sure and all(said.values()),
            facts[0][0] if facts else "", said,
        )  # fmt: skip

    def _collides(self, one: _Possible, text: str) -> bool:
        """Whether another thing bears the same name, of whatever type it is."""
        values = {"families": self._families, "quote": index.QUOTE, "most": 20}
        rows = self._index.rows(_WHOLE, {**values, "folded": fold(text)})
        return any(row["id"] != one.id for row in rows)

    def _agrees(self, thing: int, pid: str, values: Sequence[str]) -> bool | None:
        """Whether a property has one of some values; None where nothing is known of it."""
        own = self.facts(thing, pid)
        if not own:
            return None
        known = {fold(value) for value, _ in own}
        iris = {value for value, is_iri in own if is_iri}
        for value in iris:
            known |= {row["folded"] for row in self._index.rows(
                "SELECT folded FROM name JOIN thing ON thing.id = name.thing WHERE iri = :iri",
                {"iri": value},
            )}  # fmt: skip
        for one in values:
            bare = external(one)
            if iri_of(one) in iris or fold(bare[1] if bare else one) in known:
                return True
            if pid in _IDENTIFIERS and fold(one.rsplit("/", 1)[-1]) in known:
                return True
        return False

    def _family(self, thing: int) -> str:
        rows = self._index.rows("SELECT family FROM thing WHERE id = :id", {"id": thing})
        return str(rows[0]["family"])

    def types(self, thing: int) -> list[tuple[str, str]]:
        """IRI and label of each of a thing's classes, the nearest first."""
        rows = self._index.rows(
            "SELECT type.iri, type.en FROM thing_type JOIN type ON type.iri = thing_type.type"
            " JOIN thing ON thing.id = thing_type.thing WHERE thing.id = :id"
            " ORDER BY type.iri <> thing.type, type.iri",
            {"id": thing},
        )
        return [(row["iri"], row["en"]) for row in rows if row["iri"].startswith(BASE)] or [
            (row["iri"], row["en"]) for row in rows
        ]

    def thing(self, text: str) -> tuple[int, str, str] | None:
        """Number, IRI and name of the thing with an identifier; None if there is none."""
        rows = self._index.rows(
            "SELECT id, iri, en, ja, other FROM thing WHERE iri = :iri", {"iri": iri_of(text)}
        )
        return (rows[0]["id"], rows[0]["iri"], shown(rows[0], self._lang)) if rows else None

    def facts(self, thing: int, pid: str) -> list[tuple[str, bool]]:
        """The values of a property of a thing, and whether each is an IRI."""
        if pid in ("label-en", "label-ja"):
            lang = pid[-2:]
            sql = "SELECT en, ja FROM thing WHERE id = :id"
            found = [row[lang] for row in self._index.rows(sql, {"id": thing})]
            return [(one, False) for one in found if one]
        if pid in ("acronym", "former-name"):
            kind = index.ACRONYM if pid == "acronym" else index.FORMER
            sql = "SELECT DISTINCT text FROM name WHERE thing = :id AND kind = :kind ORDER BY text"
            rows = self._index.rows(sql, {"id": thing, "kind": kind})
            return [(row["text"], False) for row in rows]
        if pid == "type":
            return [(label, False) for _, label in self.types(thing)[:1]]
        sql = (
            "SELECT value, is_iri FROM fact WHERE thing = :id AND property = :pid"
            " ORDER BY lang <> 'en', value"
        )
        rows = self._index.rows(sql, {"id": thing, "pid": pid})
        return [(row["value"], bool(row["is_iri"])) for row in rows]

    def known_types(self) -> list[tuple[str, str]]:
        """IRI and label of every class that things have which a list may be matched to."""
        rows = self._index.rows(
            "SELECT DISTINCT type.iri, type.en FROM type"
            " JOIN thing_type ON thing_type.type = type.iri"
            " JOIN thing ON thing.id = thing_type.thing"
            " WHERE family IN (SELECT value FROM json_each(:families)) ORDER BY type.en, type.iri",
            {"families": self._families},
        )
        kept = [(row["iri"], row["en"]) for row in rows]
        ours = (BASE, PREFIXES["skos"])
        return [one for one in kept if one[0].startswith(ours)]


def _unmatched(one: Candidate) -> Candidate:
    return Candidate(one.iri, one.name, one.types, one.score, False, one.note, one.agrees)
