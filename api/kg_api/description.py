"""What `/sparql` says to machines when it is asked nothing: a description of the service."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields

import pyoxigraph as ox
from starlette.types import Scope

from kg import formats, sources, tokens
from kg.errors import KgError
from kg.formats import BY_NAME, FORMATS
from kg.manifest import LICENCE
from kg.names import BASE, PREFIXES
from kg.settings import Settings
from kg_api import urls
from kg_api.accepting import header
from kg_api.errors import Problem
from kg_api.jobs import Job, Unanswered
from kg_api.releases import Release
from kg_api.source import UNION

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS_NS = "http://www.w3.org/ns/formats/"
_TYPE = PREFIXES["rdf"] + "type"
# bounds of the settings that a client meets
LIMITS = (
    "timeout", "max_rows", "max_bytes", "worker_memory", "workers", "queue", "long_jobs", "max_url",
    "max_headers", "max_header_bytes", "max_body", "header_timeout", "body_timeout",
    "idle_timeout", "write_timeout", "max_connections", "rate", "burst", "releases",
    "describe_limit",
)  # fmt: skip
_HOST = re.compile(r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?")
# a description is of use without them, should the store take too long to name its graphs
_PATIENCE = 5.0

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


def address(scope: Scope, settings: Settings) -> str:
    """The endpoint's address as clients know it: that of the settings, else the one they called."""
    if settings.public_url:
        return settings.public_url.rstrip("/") + urls.SPARQL
    host = header(scope["headers"], b"host")
    found = _HOST.fullmatch(host)
    if found is None or int(found[1] or 0) > 65535:
        raise Problem(400, "The header Host names no host.")
    return f"{scope['scheme']}://{host}{urls.SPARQL}"


def not_acceptable() -> Problem:
    """406 for a description in a format that there is not."""
    offered = [one.media_type for one in FORMATS if one.kind in (formats.TRIPLES, formats.QUADS)]
    return Problem(406, f"There is {', '.join(offered)}, and text/html.", available=offered)


def limits(settings: Settings) -> Iterator[tuple[str, float, str]]:
    """Every bound that a client may meet: name, value, meaning."""
    for one in fields(settings):
        if one.name in LIMITS:
            yield one.name, getattr(settings, one.name), one.metadata["help"]
    yield "max_length", tokens.MAX_LENGTH, "most characters of a query"
    yield "max_depth", tokens.MAX_DEPTH, "deepest that brackets may nest"
    yield "max_chain", tokens.MAX_CHAIN, "most operators that follow one another"
    yield "max_patterns", tokens.MAX_PATTERNS, "most triple patterns of a query"


async def render(
    settings: Settings, release: Release, endpoint: str, name: str
) -> tuple[str, bytes]:
    """The service description in the format of that name."""
    query = "SELECT DISTINCT ?g { GRAPH ?g { } } ORDER BY ?g"
    try:
        reply = await release.runner.run(
            Job("sparql", {"text": query, "accept": "application/sparql-results+json"}), _PATIENCE
        )
        rows = json.loads(reply.body)["results"]["bindings"]
        graphs = [row["g"]["value"] for row in rows if row["g"]["type"] == "uri"]
    except (KgError, Unanswered):
        graphs = []
    format_ = BY_NAME[name]
    triples = describe_service(settings, release, endpoint, graphs)
    stated: list[ox.Triple | ox.Quad] = list(triples)
    if format_.kind == formats.QUADS:
        graph = ox.NamedNode(endpoint)
        stated = [ox.Quad(t.subject, t.predicate, t.object, graph) for t in stated]
    return format_.content_type, formats.write(stated, format_)


def describe_service(
    settings: Settings, release: Release, endpoint: str, graphs: list[str]
) -> Iterator[ox.Triple]:
    """The endpoint by SPARQL 1.1 Service Description: graphs, features, formats and limits."""

    def node(name: str) -> ox.NamedNode:
        return ox.NamedNode(f"{endpoint}#{name}")

    def say(
        subject: ox.NamedNode, term: str, value: str | int | float | bool | ox.NamedNode
    ) -> ox.Triple:
        prefix, _, local = term.partition(":")
        namespace = SD if prefix == "sd" else PREFIXES[prefix]
        object_ = value if isinstance(value, ox.NamedNode) else ox.Literal(value)
        return ox.Triple(subject, ox.NamedNode(namespace + local), object_)

    def sd(name: str) -> ox.NamedNode:
        return ox.NamedNode(SD + name)

    service, dataset, default = ox.NamedNode(endpoint), node("dataset"), node("default-graph")
    yield say(service, "rdf:type", sd("Service"))
    yield say(service, "sd:endpoint", service)
    yield say(service, "sd:supportedLanguage", sd("SPARQL11Query"))
    if release.checked or release.source.default_graph == UNION:
        yield say(service, "sd:feature", sd("UnionDefaultGraph"))
    for name in W3C_NAMES.values():
        yield say(service, "sd:resultFormat", ox.NamedNode(FORMATS_NS + name))
    yield say(service, "sd:defaultDataset", dataset)
    yield say(service, "sd:availableGraphs", node("graphs"))
    yield say(dataset, "rdf:type", sd("Dataset"))
    yield say(dataset, "dct:identifier", f"sha256:{release.digest}")
    yield say(dataset, "sd:defaultGraph", default)
    yield say(default, "rdf:type", sd("Graph"))
    counts = release.manifest.get("counts", {})
    if "triples" in counts:
        yield say(default, "void:triples", int(counts["triples"]))
    if release.checked:
        yield say(dataset, "dct:isVersionOf", ox.NamedNode(BASE))
        yield say(dataset, "dct:license", ox.NamedNode(LICENCE))
    else:
        yield say(dataset, "rdfs:comment", "Files served as they are, unchecked.")
    yield say(node("graphs"), "rdf:type", sd("GraphCollection"))
    for place, iri in enumerate(graphs, start=1):
        one = node(f"graph-{place}")
        yield say(one, "rdf:type", sd("NamedGraph"))
        yield say(one, "sd:name", ox.NamedNode(iri))
        yield say(dataset, "sd:namedGraph", one)
        yield say(node("graphs"), "sd:namedGraph", one)
    for kind, its in counts.get("kinds", {}).items():
        if kind not in sources.KINDS:
            continue
        one = node(f"graphs-{kind}")
        yield say(one, "rdf:type", sd("NamedGraph"))
        yield say(one, "sd:name", ox.NamedNode(PREFIXES["graph"] + kind))
        words = f"In FROM and default-graph-uri: the union of the {its['graphs']} {kind} graphs."
        yield say(one, "rdfs:comment", words)
        yield say(node("graphs"), "sd:namedGraph", one)
    for name, value, meaning in limits(settings):
        one = node(f"limit-{name}")
        yield say(service, "schema:additionalProperty", one)
        yield say(one, "rdf:type", ox.NamedNode(PREFIXES["schema"] + "PropertyValue"))
        yield say(one, "schema:name", name)
        yield say(one, "schema:value", value)
        yield say(one, "schema:description", meaning)
