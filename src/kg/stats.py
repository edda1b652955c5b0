"""What a snapshot holds, counted: by kind of graph, class, section, act and status."""

from kg.results import Rows
from kg.snapshot import Snapshot

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


def count(snapshot: Snapshot, lang: str = "en") -> dict[str, dict[str, int]]:
    """Counts under a heading each; `sections`, `acts` and `statuses` count claims by label."""
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
