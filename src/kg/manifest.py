"""What a snapshot says of itself: digest, sources, counts, checks, versions; as JSON and as RDF."""

import platform
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg import formats, sources
from kg.names import BASE, PREFIXES, compact, expand
from kg.results import as_text

if TYPE_CHECKING:
    from kg.check import CheckReport

SNAPSHOT = BASE + "snapshot/"
_TOOLS = ("pyoxigraph", "rdflib", "pyshacl")
_TYPE = PREFIXES["rdf"] + "type"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def program_version() -> str:
    """The version of the installed program."""
    try:
        return metadata.version("comity-kg")
    except metadata.PackageNotFoundError:
        return "0"


def commit(project: Path) -> str | None:
    """The project's git commit, with `+` after it when files differ from it; None without git."""
    git = shutil.which("git")
    if git is None or not (project / ".git").exists():
        return None

    def said(*words: str) -> str | None:
        done = subprocess.run(  # noqa: S603 - fixed words, and the project's own folder
            [git, "-C", str(project), *words], capture_output=True, text=True, check=False
        )
        return done.stdout.strip() if done.returncode == 0 else None

    head = said("rev-parse", "HEAD")
    changed = said("status", "--porcelain", "--", "ontology", "data", "queries")
    return f"{head}+" if head and changed else head


def counts(quads: Iterable[ox.Quad]) -> dict[str, Any]:
    """Graphs and triples of each kind; things of each class; triples of each property; the union.

    All but `quads` are counted in a union, of a kind or of all graphs, where a triple that two
    graphs hold is one: so does whoever loads a file without graphs.
    """
    graphs: dict[str, set[str]] = defaultdict(set)
    by_kind: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    total = 0
    for quad in quads:
        graph = as_text(quad.graph_name)
        kind = sources.kind_of(graph)
        graphs[kind].add(graph)
        total += 1
        is_type = quad.predicate.value == _TYPE
        thing = quad.object.value if is_type and isinstance(quad.object, ox.NamedNode) else ""
        triple = str(quad.subject), quad.predicate.value, thing or str(quad.object)
        by_kind[kind].add(triple)
    union = set[tuple[str, str, str]]().union(*by_kind.values())
    classes = Counter(compact(thing) for _, predicate, thing in union if predicate == _TYPE)
    properties = Counter(compact(predicate) for _, predicate, _ in union)
    return {
        "quads": total,
        "triples": len(union),
        "graphs": sum(len(found) for found in graphs.values()),
        "kinds": {
            kind: {"graphs": len(graphs[kind]), "triples": len(by_kind[kind])}
            for kind in sources.KINDS
            if kind in graphs
        },
        "classes": dict(sorted(classes.items())),
        "properties": dict(sorted(properties.items())),
    }


def described_sources(quads: Iterable[ox.Quad]) -> list[dict[str, str]]:
    """Title, date and address of every source, in the order of their IRIs."""
    wanted = {
        PREFIXES["dct"] + "title": "title",
        PREFIXES["comity"] + "date": "date",
        PREFIXES["schema"] + "url": "url",
        PREFIXES["comity"] + "sha256": "sha256",
    }
    found: dict[str, dict[str, str]] = {}
    things: dict[str, dict[str, str]] = defaultdict(dict)
    for quad in quads:
        if not isinstance(quad.subject, ox.NamedNode):
            continue
        iri, name = quad.subject.value, wanted.get(quad.predicate.value)
        value = as_text(quad.object)
        if quad.predicate.value == _TYPE and value == PREFIXES["comity"] + "Source":
            found[iri] = things[iri]
        elif name is not None:
            value = (
                value.removeprefix(PREFIXES["date"]).replace("_", "/") if name == "date" else value
            )
            # of several titles or addresses the first in order, on every machine
            things[iri][name] = min(value, things[iri].get(name, value))
    return [{"iri": iri, **found[iri]} for iri in sorted(found)]


def make(
    project: Path, quads: Sequence[ox.Quad], digest: str, report: "CheckReport", made: str
) -> dict[str, Any]:
    """The manifest of a snapshot of some quads, made at a time (ISO 8601)."""
    return {
        "digest": digest,
        "version": program_version(),
        "made": made,
        "commit": commit(project),
        "licence": LICENCE,
        "sources": described_sources(quads),
        "counts": counts(quads),
        "check": {
            "conforms": report.conforms,
            "findings": len(report.findings),
            "quotes_verified": report.quotes_verified,
        },
        "tools": {
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in _TOOLS},
        },
    }


def triples(manifest: Mapping[str, Any]) -> list[ox.Triple]:
    """The manifest as VoID (W3C note, §2 and §4.5) with PROV and DCAT terms.

    Subsets are not in it: they are described with the files that hold them.
    """
    dataset = SNAPSHOT + manifest["digest"]
    stated: list[ox.Triple] = []

    def state(subject: str, predicate: str, value: object, datatype: str | None = None) -> None:
        one: ox.NamedNode | ox.Literal
        if isinstance(value, bool | int):
            one = ox.Literal(value)
        elif datatype == "iri":
            one = ox.NamedNode(str(value))
        elif datatype:
            one = ox.Literal(str(value), datatype=ox.NamedNode(expand(datatype)))
        else:
            one = ox.Literal(str(value))
        stated.append(ox.Triple(ox.NamedNode(subject), ox.NamedNode(expand(predicate)), one))

    number = manifest["counts"]
    for kind in ("void:Dataset", "dcat:Dataset", "prov:Entity"):
        state(dataset, "rdf:type", expand(kind), "iri")
    state(dataset, "dct:identifier", f"sha256:{manifest['digest']}")
    state(dataset, "dct:title", "Comity")
    state(dataset, "dcat:version", manifest["version"])
    state(dataset, "dct:license", manifest["licence"], "iri")
    state(dataset, "dct:created", manifest["made"], "xsd:dateTime")
    state(dataset, "void:triples", number["triples"])
    state(dataset, "void:classes", len(number["classes"]))
    state(dataset, "void:properties", len(number["properties"]))
    state(dataset, "void:vocabulary", sources.ONTOLOGY_IRI, "iri")
    state(dataset, "void:uriSpace", BASE)
    for one in manifest["sources"]:
        state(dataset, "prov:hadPrimarySource", one["iri"], "iri")
    build = f"{dataset}#build"
    state(dataset, "prov:wasGeneratedBy", build, "iri")
    state(build, "rdf:type", expand("prov:Activity"), "iri")
    state(build, "prov:endedAtTime", manifest["made"], "xsd:dateTime")
    if manifest["commit"]:
        state(build, "dct:description", f"built from commit {manifest['commit']}")
    for name, predicate, partition, amount in (
        ("classes", "void:class", "void:classPartition", "void:entities"),
        ("properties", "void:property", "void:propertyPartition", "void:triples"),
    ):
        for place, (curie, count) in enumerate(number[name].items(), start=1):
            part = f"{dataset}#{name}-{place}"
            state(dataset, partition, part, "iri")
            state(part, predicate, expand(curie), "iri")
            state(part, amount, count)
    return stated


def to_turtle(manifest: Mapping[str, Any]) -> bytes:
    """The manifest in Turtle."""
    return formats.write(triples(manifest), "ttl")
