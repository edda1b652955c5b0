"""Data: what can be taken away of a release, in which formats, and the releases there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page

WHOLE = "comity"
_KINDS = ("reported", "evidence", "reference", "derived")
_MODEL = ("ontology", "alignments", "schemes", "shapes")
# SPARQL that counts what the whole dataset holds, graph by graph
_QUERY = """\
SELECT ?graph (COUNT(*) AS ?statements) WHERE { GRAPH ?graph { ?s ?p ?o } }
GROUP BY ?graph ORDER BY ?graph"""


@dataclass(frozen=True)
class File:
    """One file: its form, address, size and digest; `encoding` where it is compressed."""

    label: str
    name: str
    address: str
    size: str
    sha256: str
    encoding: str = ""


@dataclass(frozen=True)
class Row:
    """A file and its compressed forms, with how much it holds of what."""

    file: File
    packed: tuple[File, ...]
    holds: str


@dataclass(frozen=True)
class Part:
    """A part of the dataset and its files."""

    name: str
    title: str
    about: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Section:
    """Parts of one kind."""

    id: str
    title: str
    parts: tuple[Part, ...]


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The files of a release; which there are comes with what is asked."""
    _ = language.texts(asked.lang).gettext
    params = asked.params
    release = str(params["release"])
    current = bool(params["current"])
    path = urls.DATA if current else f"/download/{release}/"
    parts = {
        name: _part(name, about, release, asked.lang) for name, about in params["parts"].items()
    }
    return Page(
        template="data.html",
        title=_("Data"),
        path=path,
        current="data",
        description=_(
            "The whole dataset and its parts as files, with sizes and digests; formats, releases, "
            "descriptions for machines, licence."
        ),
        data={
            "release": release,
            "made": params["made"],
            "shown": current,
            "whole": parts.get(WHOLE),
            "sections": _sections(parts, asked.lang),
            "releases": params["releases"],
            "formats": _formats(asked.lang),
            "machines": _machines(asked.lang),
            "passages": params["passages"],
            "passage": params["passage"],
        },
        forms=(
            Form("JSON", f"{params['index']}?format=json", "application/json"),
            Form("DCAT (Turtle)", "/catalogue?format=ttl", "text/turtle"),
        ),
        query=_QUERY if current else "",
        linked=_linked(snapshot, parts, asked.lang),
    )


def _linked(snapshot: Snapshot, parts: Mapping[str, Part], lang: str) -> dict[str, Any]:
    _ = language.texts(lang).gettext
    whole = parts.get(WHOLE)
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": "Comity",
        "description": _(
            "Who agreed what with whom, in which words, and where it is written: claims of "
            "jointly written reports, each with its passage."
        ),
        "license": urls.LICENCE,
        "inLanguage": list(urls.LANGUAGES),
        "version": snapshot.digest,
        "distribution": [
            {"@type": "DataDownload", "contentUrl": row.file.address, "name": row.file.label}
            for row in (whole.rows if whole else ())
        ],
    }


def _part(name: str, about: Mapping[str, Any], release: str, lang: str) -> Part:
    title, said = _named(name, about, lang)
    by_form: dict[str, list[Mapping[str, Any]]] = {}
    for one in about["files"]:
        by_form.setdefault(one["format"], []).append(one)
    rows = []
    for some in by_form.values():
        files = [_file(one, release, lang) for one in some]
        rows.append(Row(files[0], tuple(files[1:]), _holds(some[0]["counts"], lang)))
    return Part(name, title, said, tuple(rows))


def _file(one: Mapping[str, Any], release: str, lang: str) -> File:
    return File(
        label=LABELS.get(one["format"], one["format"]),
        name=one["path"],
        address=f"/download/{release}/{one['path']}",
        size=size(one["bytes"], lang),
        sha256=one["sha256"],
        encoding=one["encoding"],
    )


LABELS = {
    "ttl": "Turtle", "nt": "N-Triples", "rdf": "RDF/XML", "jsonld": "JSON-LD", "nq": "N-Quads",
    "trig": "TriG", "csv": "CSV", "parquet": "Parquet", "xlsx": "XLSX",
}  # fmt: skip


def size(number: int, lang: str) -> str:
    """Bytes for people, in thousands.

    >>> size(940, "en"), size(81_539, "en"), size(12_583_693, "en")
    ('940 B', '82 kB', '12.6 MB')
    """
    if number < 1_000:
        return f"{number} B"
    if number < 1_000_000:
        return f"{language.number(round(number / 1_000), lang)} kB"
    return f"{language.number(round(number / 1_000_000, 1), lang)} MB"


def _holds(counts: Mapping[str, int], lang: str) -> str:
    ngettext = language.texts(lang).ngettext
    said = []
    for name, number in counts.items():
        shown = language.number(number, lang)
        if name == "triples":
            text = ngettext("%(count)s statement", "%(count)s statements", number)
        elif name == "quads":
            text = ngettext(
                "%(count)s statement with its graph",
                "%(count)s statements with their graphs",
                number,
            )
        elif name == "rows":
            text = ngettext("%(count)s row", "%(count)s rows", number)
        elif name == "sheets":
            text = ngettext("%(count)s sheet", "%(count)s sheets", number)
        else:
            continue
        said.append(text % {"count": shown})
    return language.listed(said, lang)


def _named(name: str, about: Mapping[str, Any], lang: str) -> tuple[str, str]:
    """A part's title and description: in the page's language where the part is a usual one."""
    _ = language.texts(lang).gettext
    known = {
        "": (_("The whole dataset"), _("All named graphs, or their union as a set.")),
        "reported": (_("Reported"), _("What the sources claim, each passage a graph.")),
        "evidence": (_("Evidence"), _("Where each passage, sentence and quote stands.")),
        "reference": (_("Reference"), _("What curators know from elsewhere: registers, names.")),
        "derived": (_("Derived"), _("What rules compute from the other graphs.")),
        "ontology": (_("Ontology"), _("Classes and properties, in OWL.")),
        "alignments": (_("Alignments"), _("Where the terms stand among those of others.")),
        "schemes": (
            _("Concept schemes"),
            _("Acts, roles, statuses, wordings, kinds of instrument and topics, in SKOS."),
        ),
        "shapes": (_("Shapes"), _("What data and ontology are checked against, in SHACL.")),
        "table-actors": (_("Actors"), _("One a row, with names, country and parent.")),
        "table-participations": (
            _("Participations"),
            _("One a row: who takes part in what, in which role, by which words."),
        ),
        "table-instruments": (
            _("Instruments"), _("One a row, with their kind, parties and documents."),
        ),
        "table-actions": (_("Actions"), _("One a row, with their words and place.")),
        "table-topics": (_("Topics"), _("One a row, with names and wider topics.")),
        "tables": (_("All tables"), _("In one workbook.")),
    }  # fmt: skip
    short = name.removeprefix(WHOLE).removeprefix("-")
    if short in known:
        return known[short]
    if short.startswith("source-"):
        source = short.removeprefix("source-")
        return source, _("The passages of this source, and the evidence for them.")
    return str(about["title"]), str(about["description"])


def _sections(parts: Mapping[str, Part], lang: str) -> tuple[Section, ...]:
    _ = language.texts(lang).gettext

    def some(*names: str) -> tuple[Part, ...]:
        return tuple(parts[one] for one in names if one in parts)

    tables = tuple(one for name, one in parts.items() if name.startswith(f"{WHOLE}-table"))
    kinds = some(*(f"{WHOLE}-{one}" for one in _KINDS))
    model = some(*(f"{WHOLE}-{one}" for one in _MODEL))
    by_source = tuple(one for name, one in parts.items() if name.startswith(f"{WHOLE}-source-"))
    found = [
        Section("tables", _("Tables"), tables),
        Section("by-source", _("By source"), by_source),
        Section("by-kind", _("By kind of statement"), kinds),
        Section("model", _("Ontology, schemes and shapes"), model),
    ]
    told = {one.name for section in found for one in section.parts} | {WHOLE}
    rest = tuple(one for name, one in parts.items() if name not in told)
    found.append(Section("others", _("Other parts"), rest))
    return tuple(one for one in found if one.parts)


def _formats(lang: str) -> tuple[tuple[str, str], ...]:
    _ = language.texts(lang).gettext
    return (
        ("Turtle, TriG", _("RDF that people can read; TriG keeps the graphs.")),
        ("N-Triples, N-Quads", _("RDF a line a statement; N-Quads keeps the graphs.")),
        ("JSON-LD, RDF/XML", _("RDF for programs that want JSON or XML.")),
        ("CSV, XLSX", _("Tables for spreadsheets; text that looks like a formula stays text.")),
        ("Parquet", _("Tables with types, for pandas, R and DuckDB.")),
        ("gzip, zstd", _("The same bytes compressed; sizes and digests are those of the file.")),
    )


def _machines(lang: str) -> tuple[tuple[str, str, str], ...]:
    _ = language.texts(lang).gettext
    return (
        ("/catalogue", "DCAT", _("the dataset, its releases and every file")),
        (urls.VOID, "VoID", _("counts by class and property, dumps, endpoint")),
        ("/.well-known/sparql-examples", "SHACL-SPARQL", _("the questions, ready to run")),
        (urls.OPENAPI, "OpenAPI", _("every address of the service and its parameters")),
        (urls.STATS, "JSON", _("what the release holds, counted")),
    )


def parts_of(files: Sequence[Any], parts: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The parts of a release's index as a view is asked with them: plain data."""
    found: dict[str, Any] = {}
    for one in files:
        about = found.setdefault(
            one.part,
            {
                "title": parts[one.part]["title"],
                "description": parts[one.part]["description"],
                "files": [],
            },
        )
        about["files"].append(
            {
                "path": one.path,
                "format": one.format,
                "encoding": one.encoding,
                "bytes": one.bytes,
                "sha256": one.sha256,
                "counts": dict(one.counts),
            }
        )
    return found
