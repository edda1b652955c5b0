"""The curated files: which there are, which graph each one is, and their quads."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from kg.errors import DataError
from kg.names import BASE, PREFIXES

REPORTED, EVIDENCE, REFERENCE, DERIVED = "reported", "evidence", "reference", "derived"
ONTOLOGY = "ontology"
KINDS = (REPORTED, EVIDENCE, REFERENCE, DERIVED, ONTOLOGY)

GRAPH = PREFIXES["graph"]
SOURCE = PREFIXES["source"]
ONTOLOGY_IRI = BASE + "ontology"
ALIGNMENTS_IRI = BASE + "ontology/alignments"

_SEGMENT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NOT_DATA = {"shapes.ttl", "style.shapes.ttl"}


@dataclass(frozen=True)
class GraphFile:
    """One curated Turtle file: the graph that it is, that graph's kind, and the source if any."""

    path: Path
    graph: str
    kind: str
    source: str | None = None

    @property
    def base(self) -> str | None:
        """The IRI that its `@base` must give; None where none is needed."""
        if self.graph == ONTOLOGY_IRI:
            return None
        if self.kind == EVIDENCE:
            return f"{SOURCE}{self.source}/"
        return self.graph


def kind_of(graph: str) -> str:
    """The kind of a graph, from its IRI.

    >>> kind_of("https://w3id.org/comity/source/jukdp-2024/data/e")
    'reported'
    >>> kind_of("https://w3id.org/comity/graph/derived/bounds")
    'derived'
    """
    if graph.startswith(SOURCE):
        return REPORTED
    if graph.startswith(GRAPH):
        kind = graph.removeprefix(GRAPH).split("/", 1)[0]
        if kind in (EVIDENCE, REFERENCE, DERIVED):
            return kind
    return ONTOLOGY


def file_of(project: Path, path: Path) -> GraphFile:
    """What graph the file at a path is; DataError when the layout has no place for it."""
    full = path if path.is_absolute() else project / path
    try:
        # by name, not by where links lead: a project may be made of linked folders
        inside = Path(os.path.normpath(full.absolute())).relative_to(project.absolute())
        parts = inside.with_suffix("").parts
    except ValueError as error:
        raise DataError("outside the project", path) from error
    if path.suffix != ".ttl":
        raise DataError("curated files are Turtle: name it .ttl", path)
    if parts[0] == "data" and any(not _SEGMENT.fullmatch(part) for part in parts[1:]):
        raise DataError("names here are lower-case letters, digits and hyphens", path)
    match parts:
        case ("data", "reference", name):
            return GraphFile(full, f"{GRAPH}reference/{name}", REFERENCE)
        case ("data", source, "evidence"):
            return GraphFile(full, f"{GRAPH}evidence/{source}", EVIDENCE, source)
        case ("data", source, section, passage) if source != "reference":
            return GraphFile(full, f"{SOURCE}{source}/{section}/{passage}", REPORTED, source)
        case ("ontology", "comity"):
            return GraphFile(full, ONTOLOGY_IRI, ONTOLOGY)
        case ("ontology", "alignments"):
            return GraphFile(full, ALIGNMENTS_IRI, ONTOLOGY)
        case ("ontology", "schemes", name):
            return GraphFile(full, f"{PREFIXES['scheme']}{name}", ONTOLOGY)
    raise DataError("no graph has this place (data/<source>/<section>/<passage>.ttl)", path)


def _turtle(folder: Path) -> list[Path]:
    """Every Turtle file below a folder; DataError for a folder that cannot be listed.

    `Path.rglob` would pass over such a folder in silence, and its claims would be missing.
    """

    def refuse(error: OSError) -> None:
        raise DataError(f"cannot be read: {error.strerror or error}", Path(error.filename))

    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(
            Path(place, name)
            for name in names
            if name.endswith(".ttl") and not name.startswith(".")
        )
    return sorted(found)


def graph_files(project: Path) -> list[GraphFile]:
    """Every curated file of a project, in the order of their paths."""
    found = [
        file_of(project, path)
        for folder in ("ontology", "data")
        for path in _turtle(project / folder)
        if not (folder == "ontology" and path.name in _NOT_DATA)
    ]
    if not found:
        raise DataError("no curated file here", project)
    return found


# Turtle's tokens, as far as places need them (Turtle 1.1, §6.5): linear, no backtracking
_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<iri><[^\x00-\x20<>"{}|^`]*>)
    | (?P<directive>@prefix\b|@base\b|(?i:prefix|base)(?=\s))
    | (?P<blank>_:|\[|\()
    | (?P<name>(?:[\w-]|[^\x00-\x7f]|\.(?=[\w:%-]|[^\x00-\x7f]|\\))*:
        (?:[\w:%-]|[^\x00-\x7f]|\\.|\.(?=[\w:%.-]|[^\x00-\x7f]|\\))*)
    | (?P<number>[+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)
    | (?P<word>@?[A-Za-z][\w-]*|\^\^)
    | (?P<stop>\.)
    | (?P<mark>[;,\])])
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and line of each token but white space."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind != "space":
            yield kind, match.group(), line
        line += match.group().count("\n")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DataError("not UTF-8", path) from error
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}", path) from error


def _refuse_form(file: GraphFile, text: str) -> None:
    """DataError where the text is Turtle, but not as curated files are written."""
    base = file.base
    first = text.split("\n", 1)[0].rstrip()
    if base is not None and first != f"@base <{base}> .":
        raise DataError(f"the first line must be: @base <{base}> .", file.path, 1)
    for kind, word, line in _tokens(text):
        if kind == "comment":
            raise DataError("no comments in curated data: state it or leave it", file.path, line)
        # the classes of OWL need lists and unions; nothing else does
        if kind == "blank" and file.graph != ONTOLOGY_IRI:
            what = "collection" if word == "(" else "blank node"
            raise DataError(f"no {what} in curated data: give it an IRI", file.path, line)
        if kind == "directive" and word.lower().endswith("base") and line > 1 and base:
            raise DataError("a second base: one graph a file", file.path, line)


def read(file: GraphFile) -> list[ox.Quad]:
    """The quads of one curated file; DataError with file and line for what it may not hold."""
    text = _text(file.path)
    graph = ox.NamedNode(file.graph)
    try:
        quads = [
            ox.Quad(quad.subject, quad.predicate, quad.object, graph)
            for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
        ]
    except SyntaxError as error:
        said = re.sub(r"^Parser error (at|between) line \d+ column \d+[^:]*: ", "", error.msg)
        raise DataError(f"not Turtle: {said}", file.path, error.lineno) from error
    _refuse_form(file, text)
    return quads


def read_all(project: Path) -> list[ox.Quad]:
    """The quads of all curated files."""
    return [quad for file in graph_files(project) for quad in read(file)]


def load(quads: Iterable[ox.Quad]) -> ox.Store:
    """A store with the named graphs, and their union, as a set, in its default graph."""
    store = ox.Store()
    fill(store, list(quads))
    return store


def load_file(path: Path) -> ox.Store:
    """The same of a file of N-Quads, no statement of which is ever held in Python."""
    store = ox.Store()
    store.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
    # what is iterated over is the store as it was when that began
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in store)
    return store


def fill(store: ox.Store, quads: Sequence[ox.Quad]) -> None:
    """Load quads of named graphs into an empty store, and their union into its default graph."""
    store.bulk_extend(quads)
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)


@lru_cache(maxsize=512)
def _subjects(path: Path, _mtime: int, _size: int) -> dict[str, int]:
    """First line of each subject's block, then of each IRI that is only mentioned."""
    prefixes: dict[str, str] = {}
    base = ""
    blocks: dict[str, int] = {}
    mentions: dict[str, int] = {}
    statement: list[tuple[str, str, int]] = []
    for token in _tokens(_text(path)):
        if token[0] not in ("stop", "comment"):
            statement.append(token)
            continue
        if token[0] == "comment" or not statement:
            continue
        if statement[0][0] == "directive":
            iri = statement[-1][1][1:-1]
            if statement[0][1].lower().endswith("base"):
                base = iri
            else:
                prefixes[statement[1][1][:-1]] = iri
        else:
            for place, (kind, text, line) in enumerate(statement):
                named = _resolve(kind, text, base, prefixes)
                if named is not None:
                    (mentions if place else blocks).setdefault(named, line)
        statement = []
    return mentions | blocks


def _resolve(kind: str, text: str, base: str, prefixes: dict[str, str]) -> str | None:
    """The IRI that a token names, if it names one; relative ones as our files use them."""
    if kind == "name":
        prefix, _, local = text.partition(":")
        return prefixes.get(prefix, prefix + ":") + re.sub(r"\\(.)", r"\1", local)
    if kind != "iri":
        return None
    iri = text[1:-1]
    if not base or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", iri):
        return iri
    if iri == "" or iri.startswith("#"):
        return base.split("#", 1)[0] + iri
    folder = base.split("#", 1)[0].rsplit("/", 1)[0]
    while iri.startswith(("./", "../")):
        if iri.startswith("../"):
            folder = folder.rsplit("/", 1)[0]
        iri = iri.partition("/")[2]
    return f"{folder}/{iri}"


def line_of(path: Path, iri: str) -> int:
    """The line where a subject's block begins, else where it is first mentioned, else 1."""
    try:
        stat = path.stat()
    except OSError:
        return 1
    return _subjects(path, stat.st_mtime_ns, stat.st_size).get(iri, 1)
