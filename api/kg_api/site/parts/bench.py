"""What the pages about queries share: kept questions in groups, examples, formats, answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from kg import formats as known
from kg.names import PREFIXES
from kg.snapshot import Snapshot
from kg_api import named, urls
from kg_api.site import language
from kg_api.site.parts import results, wording

# rows of a named query on one page
SHOWN = 100
EMBED = urls.EMBED + urls.SPARQL
TERMS = "/workbench/terms.json"


@dataclass(frozen=True)
class Example:
    """A query to begin with: what it asks, its text."""

    label: str
    text: str


@dataclass(frozen=True)
class Group:
    """Kept questions about one thing."""

    label: str
    questions: tuple[Mapping[str, Any], ...]


def examples(lang: str) -> tuple[Example, ...]:
    """Queries that show what can be asked and how it can be seen."""
    _ = language.texts(lang).gettext
    return (
        Example(_("Undertakings of METI, with their words"), _COMMITMENTS),
        Example(_("Actions by section and status, as bars"), _BARS),
        Example(_("Events and instruments on a time line"), _TIMELINE),
        Example(_("Who is named with whom, as a network"), _NETWORK),
        Example(_("What one passage says, as a graph"), _CONSTRUCT),
        Example(_("Every class of the graph, counted"), _CLASSES),
    )


def groups(questions: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, list[Any]], ...]:
    """The kept questions by what they are about; the labels are texts of `wording.GROUPS`."""
    left = {one["name"]: one for one in questions}
    found = []
    for name, members in wording.GROUPS.items():
        some = [left.pop(member) for member in members if member in left]
        if some:
            found.append((name, some))
    if left:
        found.append(("others", list(left.values())))
    return tuple(found)


def formats() -> tuple[known.Format, ...]:
    """The formats of results, of rows first, then of graphs."""
    kinds = (known.ROWS, known.TRIPLES, known.QUADS)
    return tuple(one for kind in kinds for one in known.FORMATS if one.kind == kind)


def settings(lang: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """What the browser's part needs: addresses, bounds, kept questions, texts."""
    said = language.texts(lang).gettext
    return {
        "lang": lang,
        "endpoint": urls.SPARQL,
        "here": urls.localised(urls.SPARQL, lang),
        # empty where no page of others may frame this one
        "embed": urls.localised(EMBED, lang) if params.get("embed") else "",
        "embedded": bool(params.get("embedded")),
        "terms": TERMS,
        "suggest": urls.SUGGEST,
        "queries": urls.QUERIES,
        "bounds": params["bounds"],
        "prefixes": PREFIXES,
        "questions": [
            {
                "name": one["name"],
                "label": said(one["summary"]),
                "parameters": [
                    {
                        "name": its["name"],
                        "type": its["type"],
                        "default": its["default"] or "",
                        "label": said(its["description"]) if its["description"] else "",
                    }
                    for its in one["parameters"]
                ],
            }
            for one in params["questions"]
        ],
        "formats": [
            {"name": one.name, "title": one.title, "rows": one.kind == known.ROWS}
            for one in formats()
        ],
        "texts": wording.texts(lang),
    }


def answer(snapshot: Snapshot, params: Mapping[str, Any], lang: str) -> tuple[results.Table, str]:
    """A page of what a named query answers; for a graph also its Turtle."""
    question, bounds = params["question"], params["bounds"]
    rows = question["form"] in ("SELECT", "ASK")
    reply = named.answer(
        snapshot, question["name"], question["text"], question["parameters"],
        params["given"], "json" if rows else "ttl", SHOWN, params["offset"],
        bounds["max_rows"], bounds["max_bytes"],
    )  # fmt: skip
    cut = named.TRUNCATED in reply.headers
    if rows:
        table = results.of_json(snapshot, reply.body, lang, cut)
        total = reply.headers.get(named.TOTAL)
        return replace(table, total=None if total is None else int(total)), ""
    triples = [quad.triple for quad in ox.parse(reply.body, format=ox.RdfFormat.TURTLE)]
    return results.of_triples(snapshot, triples, lang, cut), reply.body.decode()


def beside(
    address: str, fields: Sequence[tuple[str, str]], table: results.Table | None, offset: int
) -> dict[str, str]:
    """Addresses of the pages of rows before and after this one."""
    found = {}
    if offset:
        found["before"] = offset - SHOWN
    if table is not None and table.total is not None and offset + SHOWN < table.total:
        found["after"] = offset + SHOWN
    return {
        name: f"{address}?{urlencode([*fields, ('offset', max(0, at))])}"
        for name, at in found.items()
    }


_COMMITMENTS = """\
PREFIX comity: <https://w3id.org/comity/ontology#>
PREFIX actor: <https://w3id.org/comity/id/actor/>

SELECT ?passage ?words ?status WHERE {
  GRAPH ?passage {
    ?passage a comity:Passage .
    ?claim a comity:Commitment ;
      comity:actor actor:meti ;
      comity:quote ?words ; comity:status ?status .
  }
}
ORDER BY ?passage
"""
_BARS = """\
#defaultView:BarChart
PREFIX comity: <https://w3id.org/comity/ontology#>

SELECT ?section ?status (COUNT(DISTINCT ?claim) AS ?actions) WHERE {
  GRAPH ?passage { ?claim a comity:Action ; comity:status ?status }
  ?passage comity:section ?section .
}
GROUP BY ?section ?status
ORDER BY ?section ?status
"""
_TIMELINE = """\
#defaultView:Timeline
PREFIX comity: <https://w3id.org/comity/ontology#>

SELECT DISTINCT ?thing ?date ?passage WHERE {
  GRAPH ?passage {
    ?passage a comity:Passage .
    ?claim comity:date ?date ; comity:object ?thing .
  }
  { ?thing a comity:Event } UNION { ?thing a comity:Instrument }
}
ORDER BY ?date ?thing
"""
_NETWORK = """\
#defaultView:Graph
PREFIX comity: <https://w3id.org/comity/ontology#>

SELECT ?one ?other (COUNT(DISTINCT ?passage) AS ?passages) WHERE {
  GRAPH ?passage {
    ?passage a comity:Passage .
    ?claim comity:actor|comity:counterpart ?one, ?other .
  }
  FILTER(STR(?one) < STR(?other))
}
GROUP BY ?one ?other
ORDER BY DESC(?passages) ?one ?other
"""
_CONSTRUCT = """\
#defaultView:Graph
CONSTRUCT { ?thing ?property ?value } WHERE {
  GRAPH <https://w3id.org/comity/source/jukdp-2024/semiconductors/a> {
    ?thing ?property ?value
  }
}
"""
_CLASSES = """\
#defaultView:BarChart
SELECT ?class (COUNT(DISTINCT ?thing) AS ?things) WHERE {
  ?thing a ?class .
  FILTER(STRSTARTS(STR(?class), "https://w3id.org/comity/"))
}
GROUP BY ?class
ORDER BY DESC(?things) ?class
LIMIT 20
"""
