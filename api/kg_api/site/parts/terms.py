"""The terms of the graph, for whoever writes a query: labels in both languages, and uses."""

import json

import pyoxigraph as ox

from kg.names import PREFIXES, compact
from kg.results import Rows
from kg.snapshot import Snapshot
from kg_api.jobs import Reply

_CLASSES = """
SELECT ?term (COUNT(?thing) AS ?uses) WHERE {
  { ?thing a ?term } UNION { ?term a owl:Class FILTER(isIRI(?term)) }
} GROUP BY ?term ORDER BY ?term
"""
_PROPERTIES = """
SELECT ?term (COUNT(?thing) AS ?uses) WHERE {
  { ?thing ?term ?value } UNION
  { VALUES ?kind { owl:ObjectProperty owl:DatatypeProperty } ?term a ?kind }
} GROUP BY ?term ORDER BY ?term
"""
_CONCEPTS = """
SELECT DISTINCT ?term WHERE { ?term skos:inScheme ?scheme } ORDER BY ?term
"""
_DEFINITION = ox.NamedNode(PREFIXES["skos"] + "definition")


def _definitions(snapshot: Snapshot) -> dict[str, str]:
    """What terms mean, in English."""
    quads = snapshot.engine.quads(None, _DEFINITION, None, ox.DefaultGraph())
    return {
        quad.subject.value: quad.object.value
        for quad in quads
        if isinstance(quad.object, ox.Literal)
        and quad.object.language in (None, "en")
        and isinstance(quad.subject, ox.NamedNode)
    }


def terms(snapshot: Snapshot, **_: object) -> Reply:
    """Every class, property and concept: CURIE, labels, definition, how often it is used."""
    definitions, found = _definitions(snapshot), []
    for kind, text in (("class", _CLASSES), ("property", _PROPERTIES), ("concept", _CONCEPTS)):
        rows = snapshot.query(text)
        assert isinstance(rows, Rows)
        for record in rows.records():
            iri = record["term"]
            curie = compact(iri)
            names = {lang: snapshot.names.label(iri, lang) for lang in ("en", "ja")}
            found.append(
                {
                    "kind": kind,
                    "iri": iri,
                    "curie": curie,
                    # a name that is only the CURIE says nothing
                    **{lang: name for lang, name in names.items() if name != curie},
                    "says": definitions.get(iri, ""),
                    "uses": record.get("uses"),
                }
            )
    body = json.dumps({"terms": found}, ensure_ascii=False, separators=(",", ":"))
    return Reply(200, "application/json", {}, body.encode())
