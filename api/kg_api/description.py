"""What `/sparql` says when it is asked nothing: a description for machines, a form for people."""

from collections.abc import Iterator
from html import escape

import pyoxigraph as ox

from kg.formats import BY_NAME, FORMATS
from kg.names import BASE, PREFIXES
from kg_api import urls

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS_NS = "http://www.w3.org/ns/formats/"
TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")

# names that W3C gave to the formats; N-Quads and TriG are in the same list
W3C_NAMES = {
    "ttl": "Turtle",
    "nt": "N-Triples",
    "rdf": "RDF_XML",
    "jsonld": "JSON-LD",
    "nq": "N-Quads",
    "trig": "TriG",
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
}

EXAMPLE = """\
PREFIX comity: <https://w3id.org/comity/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?passage ?quote WHERE {
  GRAPH ?passage {
    ?commitment a comity:Commitment ;
                comity:quote ?quote .
  }
}
ORDER BY ?passage ?quote
LIMIT 20
"""


def describe_service(endpoint: str) -> Iterator[ox.Triple]:
    """The endpoint by SPARQL 1.1 Service Description; its default graph is the union."""
    service = ox.NamedNode(endpoint)

    def about(term: str, value: str) -> ox.Triple:
        return ox.Triple(service, ox.NamedNode(SD + term), ox.NamedNode(value))

    yield ox.Triple(service, TYPE, ox.NamedNode(SD + "Service"))
    yield about("endpoint", endpoint)
    yield about("supportedLanguage", SD + "SPARQL11Query")
    yield about("feature", SD + "UnionDefaultGraph")
    dataset = ox.NamedNode(BASE)
    yield about("defaultDataset", BASE)
    yield ox.Triple(dataset, TYPE, ox.NamedNode(SD + "Dataset"))
    for one in FORMATS:
        yield about("resultFormat", FORMATS_NS + W3C_NAMES[one.name])


def form() -> str:
    """A page with a query to try: no script, and nothing from elsewhere."""
    downloads = ", ".join(
        f'<a href="{urls.download(name)}">{BY_NAME[name].title}</a>' for name in urls.DOWNLOADS
    )
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Comity: SPARQL</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: auto; padding: 1rem }}
textarea {{ width: 100%; box-sizing: border-box; font: .9rem/1.5 ui-monospace, monospace }}
</style>
</head>
<body>
<main>
<h1>Comity</h1>
<p>Bilateral digital cooperation as linked data: who agreed what with whom, and in which passage of
which report that is written.</p>
<form method="get" action="">
<p><label for="query">SPARQL query</label></p>
<textarea id="query" name="query" rows="16" spellcheck="false">{escape(EXAMPLE)}</textarea>
<p><button type="submit">Run</button></p>
</form>
<p>Programs choose the format of the answer with the header <code>Accept</code>.
The whole dataset: {downloads}.</p>
</main>
</body>
</html>
"""
