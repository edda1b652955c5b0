"""The checks: SHACL, check queries and evidence checks, gathered into one check report."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.check import identifiers, shacl, texts
from kg.check.facts import Facts, Lapse, index
from kg.check.report import CheckReport, Finding
from kg.errors import DataError, QueryError
from kg.sources import (
    EVIDENCE,
    ONTOLOGY,
    REPORTED,
    GraphFile,
    file_of,
    graph_files,
    line_of,
    load,
    read,
)

__all__ = ["CheckReport", "Finding", "Query", "check", "load_queries"]


@dataclass(frozen=True)
class Query:
    """A check query: it must return no row. `summary` says what a row would be."""

    name: str
    summary: str
    text: str
    path: Path


def load_queries(project: Path) -> list[Query]:
    """The check queries of a project, by name."""
    found = []
    for path in sorted((project / "queries" / "checks").glob("*.rq")):
        text = path.read_text("utf-8")
        summary = re.search(r"^#\+ summary: (.+)$", text, re.MULTILINE)
        if summary is None:
            raise DataError("a check query begins with '#+ summary: …'", path, 1)
        found.append(Query(path.stem, summary[1].strip(), text, path))
    if not found:
        raise DataError("no check query here", project / "queries" / "checks")
    return found


def run_query(query: Query, store: ox.Store) -> Iterator[Lapse]:
    """The rows of a check query, as lapses."""
    try:
        rows = store.query(query.text)
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"{query.path}: {error}") from error
    if not isinstance(rows, ox.QuerySolutions):
        raise QueryError(f"{query.path}: a check is a SELECT query")
    names = {variable.value for variable in rows.variables}
    if not {"focus", "message"} <= names:
        raise QueryError(f"{query.path}: a check selects ?focus and ?message")
    for row in rows:
        graph = row["graph"] if "graph" in names else None
        value = row["value"] if "value" in names else None
        yield Lapse(
            _text(row["focus"]) or "",
            query.name,
            _text(row["message"]) or query.summary,
            _text(graph),
            _text(value),
        )


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str | None:
    return None if term is None else str(term) if isinstance(term, ox.Triple) else term.value


def check(
    project: Path,
    files: Sequence[Path] | None = None,
    text: Path | None = None,
    derived: Iterable[ox.Quad] | Callable[[Sequence[ox.Quad]], Iterable[ox.Quad]] = (),
) -> CheckReport:
    """Run all checks over a project's curated files and report everything that they find.

    With `files`, only what stands in those is reported (the others are still read: what a file
    means depends on them). `text` is a text copy, or a folder of them. `derived` are the quads of
    the rules, or what makes them from the authored ones: the checks on rules need them.
    """
    began = time.perf_counter()
    project = project.resolve()
    chosen = None if files is None else [file_of(project, path.resolve()) for path in files]
    known = graph_files(project)
    for file in chosen or ():
        if not file.path.is_file():
            raise DataError("there is no such file", file.path)
    reading = _Reading(known)
    authored = [quad for quads in reading.quads.values() for quad in quads]
    run = _Run(project, reading, authored, [file.graph for file in chosen] if chosen else None)
    run.shacl()
    if callable(derived):
        # rules over half of the data would only repeat what the unreadable files already say
        derived = () if reading.findings else derived(authored)
    run.queries([*authored, *derived])
    run.evidence(text)
    findings = [*reading.findings, *run.findings()]
    if chosen is not None:
        paths = {file.path.resolve() for file in chosen}
        findings = [f for f in findings if f.path is not None and f.path.resolve() in paths]
    return CheckReport(
        tuple(sorted(set(findings), key=lambda finding: finding.order)),
        run.verified,
        project,
        len(chosen if chosen is not None else known),
        len(authored)
        if chosen is None
        else sum(len(reading.quads.get(f.graph, ())) for f in chosen),
        time.perf_counter() - began,
        tuple(run.unverified),
    )


class _Reading:
    """All files read, those that cannot be read as findings."""

    def __init__(self, files: Iterable[GraphFile]) -> None:
        self.files = {file.graph: file for file in files}
        self.quads: dict[str, list[ox.Quad]] = {}
        self.findings: list[Finding] = []
        self.broken = ""
        for file in self.files.values():
            try:
                self.quads[file.graph] = read(file)
            except DataError as error:
                message = f"{error.message}: mend the file, then check again."
                self.findings.append(
                    Finding(file.path, error.line or 1, file.graph, "turtle", message)
                )
                self.broken += file.path.read_text("utf-8", "replace") + file.graph
                self.quads[file.graph] = []

    def hides(self, lapse: Lapse) -> bool:
        """Whether a file that cannot be read may hold what a lapse misses."""
        if not self.broken:
            return False
        if lapse.graph in self.files and not self.quads[lapse.graph]:
            return True
        terms = (term for term in (lapse.focus, lapse.value) if term and "://" in term)
        return any(re.split(r"[/#]", term)[-1] in self.broken for term in terms)


class _Run:
    """One run of the checks: what was found so far, and what it was found with."""

    def __init__(
        self,
        project: Path,
        reading: _Reading,
        authored: list[ox.Quad],
        graphs: list[str] | None,
    ) -> None:
        self.project = project
        self.reading = reading
        self.authored = authored
        self.graphs = graphs
        self.facts: Facts = index(authored)
        self.lapses: list[tuple[Lapse, shacl.Violation | None]] = []
        self.verified: bool | None = None
        self.unverified: list[str] = []

    def shacl(self) -> None:
        """Validate the authored graphs, or only what the chosen ones speak of."""
        shapes = shacl.Shapes(self.project / "ontology" / "shapes.ttl")
        focus = None if self.graphs is None else self._focus()
        for found in shapes.validate(shacl.union(self.authored), focus):
            lapse = Lapse(found.focus, found.shape, found.message, None, found.value)
            self.lapses.append((lapse, found))

    def _focus(self) -> list[str]:
        """Every node that the chosen graphs say something of, or name as a value."""
        wanted = set(self.graphs or ())
        nodes: set[str] = set()
        for quad in self.authored:
            if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value in wanted:
                nodes |= {
                    t.value for t in (quad.subject, quad.object) if isinstance(t, ox.NamedNode)
                }
        return sorted(nodes)

    def queries(self, quads: Iterable[ox.Quad]) -> None:
        """Run the check queries over the named graphs and their union."""
        store = load(quads)
        for query in load_queries(self.project):
            self.lapses += [(lapse, None) for lapse in run_query(query, store)]

    def evidence(self, place: Path | None) -> None:
        """Compare every source with its text, where that is at hand."""
        self.lapses += [(lapse, None) for lapse in identifiers.lapses(self.facts)]
        only = None if self.graphs is None else set(self.graphs)
        described = set()
        for file in self.reading.files.values():
            if file.kind != EVIDENCE or file.source is None:
                continue
            described.add(file.source)
            if not self._wanted(file.source):
                continue
            try:
                quads = self.reading.quads[file.graph]
                source = texts.open_source(self.facts, quads, file, place, self.project)
            except DataError as error:
                message = f"{error.message}: correct it, then run kg seal."
                focus = next(iter(self.facts.sources()), file.graph)
                self.lapses.append((Lapse(focus, "evidence-whole", message, file.graph), None))
                source = None
            if source is None:
                self.unverified.append(file.source)
            else:
                self.lapses += [(lapse, None) for lapse in texts.lapses(source, self.facts, only)]
            self.verified = not self.unverified
        for name in {file.source for file in self.reading.files.values() if file.source}:
            if name not in described and self._wanted(name):
                self.unverified.append(name)
                self.verified = False

    def _wanted(self, source: str) -> bool:
        """Whether a source has something to verify among the chosen graphs."""
        if self.graphs is None:
            return True
        chosen = [self.reading.files[graph] for graph in self.graphs]
        return any(file.source == source and file.kind in (REPORTED, EVIDENCE) for file in chosen)

    def findings(self) -> Iterator[Finding]:
        """What was found, each with its file and line."""
        places = self._places()
        for lapse, violation in self.lapses:
            if self.reading.hides(lapse):
                continue
            file = self.reading.files.get(lapse.graph or "") or self._home(lapse, places)
            line = None
            if file is not None:
                line = line_of(file.path, lapse.focus)
                if line == 1 and lapse.value is not None:
                    line = line_of(file.path, lapse.value)
            yield Finding(
                None if file is None else file.path,
                line,
                lapse.focus,
                lapse.check,
                lapse.message,
                value=lapse.value,
                graph=None if file is None else file.graph,
                constraint=None if violation is None else violation.constraint,
                result_path=None if violation is None else violation.result_path,
            )

    def _places(self) -> dict[str, list[str]]:
        """For each subject the graphs that speak of it, authored before evidence."""
        places: dict[str, list[str]] = {}
        for graph, subjects in self.facts.graphs.items():
            for subject in subjects:
                places.setdefault(subject, []).append(graph)
        return places

    def _home(self, lapse: Lapse, places: dict[str, list[str]]) -> GraphFile | None:
        """The file that a lapse without a graph belongs to: a chosen one that speaks of its focus,
        else the one that gives the value or the type, else any; or one that names it.
        """
        graphs = places.get(lapse.focus, [])
        chosen = [graph for graph in graphs if self.graphs is not None and graph in self.graphs]
        ranked = sorted(chosen or graphs, key=lambda graph: self._rank(graph, lapse))
        if not ranked:
            named = self.graphs or list(self.facts.graphs)
            ranked = [g for g in named if g in self.facts.graphs and self._names(g, lapse.focus)]
        return self.reading.files.get(ranked[0]) if ranked else None

    def _rank(self, graph: str, lapse: Lapse) -> tuple[bool, bool, bool]:
        said = self.facts.graphs[graph][lapse.focus]
        holds = any(value.value == lapse.value for values in said.values() for value in values)
        kind = self.reading.files[graph].kind if graph in self.reading.files else ONTOLOGY
        return not holds, kind == EVIDENCE, not any("type" in predicate for predicate in said)

    def _names(self, graph: str, iri: str) -> bool:
        return any(
            value.value == iri
            for said in self.facts.graphs[graph].values()
            for values in said.values()
            for value in values
        )
