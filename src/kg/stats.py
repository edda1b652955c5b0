"""What a snapshot holds, counted: graphs and classes, and claims by what they say and where.

A count tells how many claims the sources make, not how much was done: a source that is split into
more sentences has more of them.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kg.accounts import Accounts
from kg.results import Rows
from kg.snapshot import Snapshot

# beside the data of a snapshot, and no part of its digest: it follows from the data
FILE = "stats.json"
# a claim is counted where it stands, so that two graphs that type it count it once
_BY_SECTION = """
SELECT ?section (COUNT(DISTINCT ?claim) AS ?claims) WHERE {
  GRAPH ?passage { ?passage a comity:Passage . ?claim comity:sentence ?number }
  FILTER NOT EXISTS { ?claim a comity:Context }
  OPTIONAL { ?passage comity:section ?section . ?section comity:order ?order }
} GROUP BY ?section ?order ORDER BY ?order ?section
"""
_BY_CODE = """
SELECT ?code (COUNT(DISTINCT ?claim) AS ?claims) ?property WHERE { ?claim ?property ?code }
GROUP BY ?property ?code ORDER BY DESC(?claims) ?code
"""
_CODES = {"acts": "comity:act", "statuses": "comity:status"}
_BY_TOPIC = """
SELECT ?topic (COUNT(DISTINCT ?claim) AS ?claims) WHERE {
  ?claim comity:topic ?topic ; comity:sentence ?number
} GROUP BY ?topic ORDER BY DESC(?claims) ?topic
"""
_BY_SOURCE = """
SELECT ?source (COUNT(DISTINCT ?claim) AS ?claims) WHERE {
  GRAPH ?passage { ?passage a comity:Passage . ?claim comity:sentence ?number }
  FILTER NOT EXISTS { ?claim a comity:Context }
  ?passage dct:isPartOf ?source
} GROUP BY ?source ORDER BY ?source
"""
_BY_KIND = """
SELECT ?kind (COUNT(DISTINCT ?claim) AS ?claims) WHERE {
  GRAPH ?passage { ?passage a comity:Passage . ?claim a ?kind ; comity:sentence ?number }
} GROUP BY ?kind ORDER BY DESC(?claims) ?kind
"""
_ACTING = """
SELECT ?claim ?actor ?source WHERE {
  GRAPH ?passage {
    ?passage a comity:Passage . ?claim comity:sentence ?number ;
      comity:actor|comity:counterpart|comity:participant ?actor
  }
  ?passage dct:isPartOf ?source
}
"""
_DATED = """
SELECT ?claim ?earliest ?latest WHERE {
  ?claim comity:sentence ?number ; comity:date ?date .
  ?date comity:earliest ?earliest ; comity:latest ?latest
}
"""


def count(snapshot: Snapshot, lang: str = "en") -> dict[str, dict[str, int]]:
    """Counts under a heading each; those from `sections` on count claims, by label.

    `actors` and `countries` have the claims in which one is actor, counterpart or participant; a
    group counts as itself among the actors, and for the countries of its members. `years` have the
    claims whose date may lie in them.
    """
    number = snapshot.manifest["counts"]
    found: dict[str, dict[str, int]] = {
        "graphs": {kind: its["graphs"] for kind, its in number["kinds"].items()},
        "triples": {kind: its["triples"] for kind, its in number["kinds"].items()}
        | {"union": number["triples"]},
        "classes": dict(sorted(number["classes"].items(), key=lambda item: (-item[1], item[0]))),
        "sections": _labelled(snapshot, _BY_SECTION, lang),
    }
    for name, property_ in _CODES.items():
        found[name] = _labelled(snapshot, _BY_CODE, lang, {"property": property_})
    found["topics"] = _labelled(snapshot, _BY_TOPIC, lang)
    found |= _acting(Accounts(snapshot, lang))
    found["years"] = _years(snapshot)
    found["sources"] = _labelled(snapshot, _BY_SOURCE, lang)
    found["kinds"] = _labelled(snapshot, _BY_KIND, lang)
    return found


def _labelled(
    snapshot: Snapshot, text: str, lang: str, params: dict[str, object] | None = None
) -> dict[str, int]:
    """Rows of a thing and a number as label and number, in their order."""
    rows = snapshot.query(text, params)
    assert isinstance(rows, Rows)
    labelled: dict[str, int] = {}
    for record in rows.records():
        iri = record[rows.variables[0]]
        name = snapshot.names.label(iri, lang) if iri else "(no section)"
        labelled[name] = labelled.get(name, 0) + record["claims"]
    return labelled


def _acting(accounts: Accounts) -> dict[str, dict[str, int]]:
    """Claims by actor and by country, each claim once under each."""
    actors: dict[str, set[str]] = defaultdict(set)
    countries: dict[str, set[str]] = defaultdict(set)
    for row in accounts.rows(_ACTING):
        actors[row["actor"]].add(row["claim"])
        for country in accounts.countries_of(row["actor"], row["source"]):
            countries[country].add(row["claim"])
    return {
        name: _named(accounts, its) for name, its in (("actors", actors), ("countries", countries))
    }


def _named(accounts: Accounts, sets: dict[str, set[str]]) -> dict[str, int]:
    """The sizes of sets by the names of their things, the largest first."""
    sizes: Counter[str] = Counter()
    for iri, its in sets.items():
        sizes[accounts.thing(iri).label] += len(its)
    return dict(sorted(sizes.items(), key=lambda item: (-item[1], item[0])))


def _years(snapshot: Snapshot) -> dict[str, int]:
    rows = snapshot.query(_DATED)
    assert isinstance(rows, Rows)
    years: dict[str, set[str]] = defaultdict(set)
    for row in rows.records():
        for year in _spanned(row["earliest"].year, row["latest"].year):
            years[str(year)].add(row["claim"])
    return {year: len(years[year]) for year in sorted(years)}


def _spanned(first: int, last: int) -> Iterable[int]:
    return range(first, last + 1)


def record(snapshot: Snapshot, lang: str = "en") -> dict[str, Any]:
    """The counts with the release they are of, as JSON can hold them."""
    return {"digest": snapshot.digest, **count(snapshot, lang)}


def write(snapshot: Snapshot) -> bytes:
    """The counts as they lie beside a snapshot's data."""
    return (json.dumps(record(snapshot), ensure_ascii=False, indent=1) + "\n").encode()


def read(path: Path | None) -> dict[str, Any] | None:
    """The counts that a build has left beside a snapshot's data; None without them."""
    try:
        found: dict[str, Any] = json.loads(((path or Path()) / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if path is not None else None
