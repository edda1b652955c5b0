"""How much of a source has been read: by section the sentences with claims, the words quoted.

The same measures as `kg coverage`, from a snapshot instead of the files.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from kg.evidence import words
from kg.results import Rows
from kg.snapshot import Snapshot
from kg_api.site.parts.edition import edition
from kg_api.site.parts.kept import kept

QUERY = """
SELECT ?section ?passage ?sentence ?claim ?class ?quote WHERE {
  ?passage a comity:Passage ; dct:isPartOf ?source ; comity:section ?section ; comity:order ?order .
  GRAPH ?passage { ?claim a ?class ; comity:sentence ?sentence . OPTIONAL { ?claim comity:quote ?quote } }
  FILTER(?class != comity:Commitment)
} ORDER BY ?source ?order ?sentence ?claim
"""  # noqa: E501


@dataclass
class Covered:
    """What a section, or a whole source, has: passages, sentences by what is said of them, words.

    `marked` are sentences with a mark and no claim; `quotes` the words of each quote.
    """

    iri: str
    passages: int = 0
    sentences: int = 0
    claimed: int = 0
    marked: int = 0
    claims: int = 0
    words: int = 0
    quotes: list[int] = field(default_factory=list)

    @property
    def neither(self) -> int:
        """Sentences of which nothing is said."""
        return self.sentences - self.claimed - self.marked

    @property
    def quoted(self) -> int:
        """Words of all quotes; of words quoted twice, both times."""
        return sum(self.quotes)

    @property
    def share(self) -> int:
        """Words quoted of a hundred words."""
        return round(100 * self.quoted / self.words) if self.words else 0

    @property
    def mean(self) -> float:
        """Words a quote."""
        return round(self.quoted / len(self.quotes), 1) if self.quotes else 0.0

    @property
    def longest(self) -> int:
        """Words of the longest quote."""
        return max(self.quotes, default=0)


@dataclass(frozen=True)
class Coverage:
    """The measures of each section of a source in order, and of all together."""

    sections: tuple[Covered, ...]
    total: Covered
    claims: dict[str, int]


def coverage(snapshot: Snapshot, source: str) -> Coverage:
    """How much of a source has been read."""
    return kept(snapshot, ("coverage", source), lambda: _read(snapshot, source))


def _read(snapshot: Snapshot, source: str) -> Coverage:
    whole = edition(snapshot, source)
    claimed: dict[str, set[int]] = defaultdict(set)
    marked: dict[str, set[int]] = defaultdict(set)
    quotes: dict[str, dict[str, int]] = defaultdict(dict)
    claims: dict[str, set[str]] = defaultdict(set)
    for row in _rows(snapshot):
        passage = row["passage"]
        if passage not in whole.leaves:
            continue
        context = row["class"].endswith("Context")
        (marked if context else claimed)[passage].add(int(row["sentence"]))
        if not context:
            claims[passage].add(row["claim"])
        if row["quote"]:
            quotes[passage][row["claim"]] = words(row["quote"])
    total = Covered(source)
    sections = []
    for heading in whole.sections:
        one = Covered(heading.iri)
        for leaf in whole.of(heading.iri):
            for each in (one, total):
                each.passages += 1
                each.sentences += len(leaf.sentences)
                each.claimed += len(claimed[leaf.iri])
                each.marked += len(marked[leaf.iri] - claimed[leaf.iri])
                each.claims += len(claims[leaf.iri])
                each.words += leaf.words
                each.quotes.extend(quotes[leaf.iri].values())
        sections.append(one)
    return Coverage(tuple(sections), total, {iri: len(some) for iri, some in claims.items()})


def _rows(snapshot: Snapshot) -> list[dict[str, str]]:
    found = snapshot.query(QUERY)
    assert isinstance(found, Rows)
    return found.records()
