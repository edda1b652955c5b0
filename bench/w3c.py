"""The W3C SPARQL 1.1 query tests (evaluation, formats, syntax) against the service over HTTP.

The suite is not part of this project: get https://github.com/w3c/rdf-tests and name its folder
`sparql/sparql11`. One service holds every data file as a graph of its own name; each test asks with
`default-graph-uri` and `named-graph-uri`. `--in-process` asks the engine itself instead, which says
what of the rest is the engine's. The tests are those of `manifest-sparql11-query.ttl` and
`manifest-sparql11-results.ttl`: no updates, federation, entailment regimes, or protocol.
"""

import argparse
import contextlib
import csv
import http.client
import io
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
# where the suite's files stand on the Web: what a relative IRI in them means
HOME = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
EVALUATION = (f"{MF}QueryEvaluationTest", f"{MF}CSVResultFormatTest")
SYNTAX = (f"{MF}PositiveSyntaxTest11", f"{MF}PositiveSyntaxTest")
NOT_SYNTAX = (f"{MF}NegativeSyntaxTest11", f"{MF}NegativeSyntaxTest")
PARTS = ("manifest-sparql11-query.ttl", "manifest-sparql11-results.ttl")
NUMERIC = {f"{XSD}{name}" for name in ("integer", "decimal", "double", "float")}
MEDIA = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
}
RDF_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".nt": ox.RdfFormat.N_TRIPLES,
}
# rows as a sorted list of texts, or the canonical quads of a graph
Answer = str | list[str]


class RefusedError(Exception):
    """The query was answered with an error."""


@dataclass(frozen=True)
class Case:
    """One test: a query, its dataset, and what must come back."""

    name: str
    kind: str
    query: Path
    result: Path | None = None
    data: tuple[Path, ...] = ()
    named: tuple[Path, ...] = ()


@dataclass
class Manifest:
    """One folder's manifest, read."""

    path: Path
    root: Path
    store: ox.Store = field(default_factory=ox.Store)

    def __post_init__(self) -> None:
        base = iri_of(self.path, self.root)
        self.store.load(path=self.path, format=ox.RdfFormat.TURTLE, base_iri=base)

    def one(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> ox.NamedNode | None:
        """The value of a property, if there is one."""
        return next(iter(self.all(subject, predicate)), None)

    def all(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> list[ox.NamedNode]:
        """The values of a property."""
        found = self.store.quads_for_pattern(subject, ox.NamedNode(predicate), None)
        return [quad.object for quad in found]  # type: ignore[misc]

    def file(self, iri: ox.NamedNode) -> Path:
        """The file that an IRI of the suite names."""
        return self.root / urllib.parse.unquote(iri.value.removeprefix(HOME))

    def cases(self) -> Iterator[Case]:
        """The tests of queries."""
        for quad in self.store.quads_for_pattern(None, ox.NamedNode(f"{RDF}type"), None):
            kind = quad.object.value  # type: ignore[union-attr]
            subject = quad.subject
            if kind not in (*EVALUATION, *SYNTAX, *NOT_SYNTAX):
                continue
            assert isinstance(subject, ox.NamedNode | ox.BlankNode)
            action = self.one(subject, f"{MF}action")
            assert action is not None
            name = f"{self.path.parent.name}/{subject.value.rpartition('#')[2]}"
            if kind in EVALUATION:
                query, result = self.one(action, f"{QT}query"), self.one(subject, f"{MF}result")
                assert query is not None
                assert result is not None
                yield Case(
                    name,
                    kind,
                    self.file(query),
                    self.file(result),
                    tuple(map(self.file, self.all(action, f"{QT}data"))),
                    tuple(map(self.file, self.all(action, f"{QT}graphData"))),
                )
            else:
                yield Case(name, kind, self.file(action))


def iri_of(path: Path, root: Path) -> str:
    """The IRI of a file of the suite."""
    return HOME + path.relative_to(root).as_posix()


def find_cases(root: Path) -> list[Case]:
    """Every test of queries in the folder."""
    parts = [(root / name).read_text("utf-8") for name in PARTS]
    named = [name for part in parts for name in re.findall(r"<([^<>]+/manifest.ttl)>", part)]
    # both lists name the result formats
    manifests = [root / name for name in dict.fromkeys(named)]
    return sorted(
        (case for path in manifests for case in Manifest(path, root).cases()),
        key=lambda case: case.name,
    )


def read_data(path: Path, root: Path, graph: ox.NamedNode | ox.DefaultGraph) -> list[ox.Quad]:
    """The triples of a data file, in a graph; its blank nodes are its own."""
    quads = ox.parse(
        path=path,
        format=RDF_FORMATS[path.suffix],
        base_iri=iri_of(path, root),
        rename_blank_nodes=True,
    )
    return [ox.Quad(q.subject, q.predicate, q.object, graph) for q in quads]


# Answers, in a form that can be compared


def plain(term: object) -> object:
    """A term with numbers and truths by their value: the engine stores 1.0E6 and 1000000 alike."""
    if isinstance(term, ox.Literal):
        if term.datatype.value in NUMERIC:
            with contextlib.suppress(ValueError):
                return ox.Literal(repr(float(term.value)), datatype=term.datatype)
        if term.datatype.value == f"{XSD}boolean":
            value = {"0": "false", "1": "true"}.get(term.value, term.value)
            return ox.Literal(value, datatype=term.datatype)
    return term


def canonical(quads: list[ox.Quad]) -> list[str]:
    """A graph or dataset, whatever its blank nodes are called."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(str(quad) for quad in dataset)


def rows_as_quads(rows: list[dict[str, object]]) -> list[ox.Quad]:
    """Each row as a node, so that blank nodes are compared by how they hang together."""
    return [
        ox.Quad(ox.BlankNode(f"row{number}"), ox.NamedNode(f"var:{name}"), plain(term))  # type: ignore[arg-type]
        for number, row in enumerate(rows)
        for name, term in row.items()
    ] + [
        ox.Quad(ox.BlankNode(f"row{number}"), ox.NamedNode("var:"), ox.Literal("row"))
        for number in range(len(rows))
    ]


def read_rows(result: object) -> Answer:
    """The rows of a parsed result, or its truth."""
    if isinstance(result, ox.QueryBoolean):
        return str(bool(result)).lower()
    assert isinstance(result, ox.QuerySolutions)
    names = [variable.value for variable in result.variables]
    rows = [
        {name: row[name] for name in names if row[name] is not None}
        for row in result  # type: ignore[union-attr]
    ]
    return [",".join(sorted(names)), *canonical(rows_as_quads(rows))]


def read_result_set(store: ox.Store) -> Answer:
    """A result written in RDF (DAWG result-set vocabulary)."""

    def values(subject: object, name: str) -> list[object]:
        found = store.quads_for_pattern(subject, ox.NamedNode(RS + name), None)  # type: ignore[arg-type]
        return [quad.object for quad in found]

    root = next(store.quads_for_pattern(None, None, ox.NamedNode(f"{RS}ResultSet"))).subject
    truth = values(root, "boolean")
    if truth:
        return truth[0].value  # type: ignore[attr-defined, no-any-return]
    names = sorted(term.value for term in values(root, "resultVariable"))  # type: ignore[attr-defined]
    rows = [
        {
            values(one, "variable")[0].value: values(one, "value")[0]
            for one in values(row, "binding")
        }  # type: ignore[attr-defined]
        for row in values(root, "solution")
    ]
    return [",".join(names), *canonical(rows_as_quads(rows))]


def read_csv(text: str) -> Answer:
    """The rows of a CSV result, which has lost types and the names of blank nodes."""
    head, *rows = csv.reader(io.StringIO(text))
    # SELECT * gives its columns no order
    order = sorted(range(len(head)), key=lambda column: head[column])
    lines = ([re.sub("^_:.*", "_:", row[column]) for column in order] for row in rows)
    return [",".join(sorted(head)), *sorted(",".join(line) for line in lines)]


def read_answer(body: bytes, suffix: str, base: str) -> Answer:
    """An answer, or what a test expects, by the suffix of its format."""
    if suffix == ".csv":
        return read_csv(body.decode())
    if suffix in MEDIA:
        media = MEDIA[suffix]
        form = ox.QueryResultsFormat.from_media_type(media)
        assert form is not None
        return read_rows(ox.parse_query_results(body, format=form))
    store = ox.Store()
    store.load(body, format=RDF_FORMATS[suffix], base_iri=base)
    if any(store.quads_for_pattern(None, None, ox.NamedNode(f"{RS}ResultSet"))):
        return read_result_set(store)
    return canonical([ox.Quad(q.subject, q.predicate, plain(q.object)) for q in store])  # type: ignore[arg-type]


# Who is asked


class Engine:
    """The engine in this process: what the service can do at best."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def ask(self, case: Case, suffix: str) -> bytes:
        """The answer of a test's query, in a format."""
        store = ox.Store()
        for path in case.data:
            store.extend(read_data(path, self.root, ox.DefaultGraph()))
        for path in case.named:
            graph = ox.NamedNode(iri_of(path, self.root))
            store.extend(read_data(path, self.root, graph))
        text = case.query.read_text("utf-8")
        try:
            result = store.query(text, base_iri=iri_of(case.query, self.root))
            if isinstance(result, ox.QueryTriples):
                return result.serialize(format=ox.RdfFormat.TURTLE)
            form = ox.QueryResultsFormat.from_media_type(MEDIA[suffix])
            assert form is not None
            return result.serialize(format=form)
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            raise RefusedError(str(error).partition("\n")[0]) from error


class Service:
    """The service, over HTTP."""

    def __init__(self, root: Path, address: str) -> None:
        self.root = root
        parts = urllib.parse.urlsplit(address)
        assert parts.hostname is not None
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)

    def ask(self, case: Case, suffix: str) -> bytes:
        """The answer of a test's query, in a format."""
        text = case.query.read_text("utf-8")
        fields = [("query", f"BASE <{iri_of(case.query, self.root)}>\n{text}")]
        # the parameters would go before what the query says itself (SPARQL Protocol, §2.1.4)
        if re.search(r"\bFROM\b", text, re.IGNORECASE) is None:
            fields += [("default-graph-uri", iri_of(path, self.root)) for path in case.data]
            fields += [("named-graph-uri", iri_of(path, self.root)) for path in case.named]
        self.connection.request(
            "POST",
            "/sparql",
            urllib.parse.urlencode(fields),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": f"{MEDIA.get(suffix, MEDIA['.srx'])}, text/turtle;q=0.9",
            },
        )
        response = self.connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RefusedError(f"{response.status} {body.decode(errors='replace')[:300]}")
        return body


def is_rows(case: Case) -> bool:
    """Whether a query's answer is rows or a truth, and not a graph."""
    text = re.sub(r"<[^>]*>|#.*", " ", case.query.read_text("utf-8"))
    form = re.search(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", text, re.IGNORECASE)
    return form is not None and form[1].upper() in ("SELECT", "ASK")


def judge(case: Case, root: Path, ask: Callable[[Case, str], bytes]) -> str | None:
    """What is wrong with the answer to a test; None where nothing is."""
    suffix = ".srx"
    if case.result is not None and case.result.suffix in MEDIA:
        suffix = case.result.suffix
    try:
        body = ask(case, suffix)
    except RefusedError as error:
        return None if case.kind in NOT_SYNTAX else f"refused: {error}"
    if case.kind in NOT_SYNTAX:
        return "accepted"
    if case.result is None:
        return None
    got = read_answer(body, suffix if is_rows(case) else ".ttl", "base:")
    base = iri_of(case.result, root)
    wanted = read_answer(case.result.read_bytes(), case.result.suffix, base)
    return None if got == wanted else f"another answer: {got} in place of {wanted}"[:400]


@contextlib.contextmanager
def served(cases: list[Case], root: Path) -> Iterator[str]:
    """The service over every data file of the tests, each a graph of its own name."""
    files = sorted({path for case in cases for path in (*case.data, *case.named)})
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "suite.nq"
        quads = [
            q for path in files for q in read_data(path, root, ox.NamedNode(iri_of(path, root)))
        ]
        data.write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
        process = subprocess.Popen(
            [sys.executable, "-c", "from kg.cli import main; main()", "serve", "--port", "0", data],
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                found = re.search(r"http://[^\s/]+", line)
                if found:
                    break
            else:
                sys.exit("kg serve ended before it listened")
            yield found.group()
        finally:
            process.terminate()
            process.communicate(timeout=30)


def main() -> int:
    """Run the suite, print what fails, and 0 where that is no more than `--rest` names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="sparql/sparql11 of the W3C's rdf-tests")
    parser.add_argument("--in-process", action="store_true", help="ask the engine, not the service")
    parser.add_argument("--least", type=int, default=0, help="fail below so many passes")
    given = parser.parse_args()
    root = given.folder.resolve()
    cases = find_cases(root)
    if not cases:
        sys.exit(f"no tests of queries in {given.folder}: name the folder sparql/sparql11")
    with contextlib.ExitStack() as stack:
        if given.in_process:
            ask = Engine(root).ask
        else:
            ask = Service(root, stack.enter_context(served(cases, root))).ask
        failed = 0
        for case in cases:
            wrong = judge(case, root, ask)
            if wrong is not None:
                failed += 1
                print(f"{case.name}: {wrong}")
    passed = len(cases) - failed
    print(f"{passed} of {len(cases)}")
    return int(passed < given.least)


if __name__ == "__main__":
    sys.exit(main())
