"""Every shape accepts its valid cases and fires, exactly, on its invalid ones."""

import re
from functools import cache
from pathlib import Path

import pytest
import rdflib

from kg import sources
from kg.check import shacl

PROJECT = Path(__file__).parents[1]
CASES = PROJECT / "tests" / "cases"
COMPONENT = "http://www.w3.org/ns/shacl#"
EXPECT = re.compile(r"^# expect: <([^>]+)> (\w+) sh:(\w+)$", re.MULTILINE)


@cache
def shapes() -> shacl.Shapes:
    """The shapes, read once."""
    return shacl.Shapes(PROJECT / "ontology" / "shapes.ttl")


@cache
def ground() -> frozenset[tuple[rdflib.term.Node, ...]]:
    """What stands under every case: ontology, schemes, and the invented things of common.ttl."""
    files = [f for f in sources.graph_files(PROJECT) if f.kind == sources.ONTOLOGY]
    graph = shacl.union(quad for file in files for quad in sources.read(file))
    graph.parse(CASES / "common.ttl", format="turtle")
    return frozenset(graph)


def data(path: Path) -> rdflib.Graph:
    """The graph of a case on its ground."""
    graph = rdflib.Graph(bind_namespaces="none").parse(path, format="turtle")
    for triple in ground():
        graph.add(triple)
    return graph


def own(path: Path) -> list[str]:
    """The nodes that a case speaks of."""
    graph = rdflib.Graph().parse(path, format="turtle")
    return sorted({str(node) for node in [*graph.subjects(), *graph.objects()]})


def cases(kind: str) -> list[Path]:
    """The Turtle cases of one kind, of all shapes."""
    return sorted(path for path in CASES.glob(f"*Shape/{kind}-*.ttl"))


def name(path: Path) -> str:
    """How a case is called in the list of tests."""
    return f"{path.parent.name}/{path.stem}"


SHAPE_NAMES = [iri.rpartition("#")[2] for iri in shapes().names]


def test_there_are_shapes_and_cases() -> None:
    """The collector found something: a wrong path would else pass with nothing tested."""
    assert len(SHAPE_NAMES) >= 28
    assert len(cases("valid")) >= len(SHAPE_NAMES)
    assert len(cases("invalid")) >= len(SHAPE_NAMES)


def test_no_case_folder_without_shape() -> None:
    """A folder of cases that names no shape would never be held against one."""
    folders = {path.name for path in CASES.iterdir() if path.is_dir()} - {"checks"}
    assert folders == set(SHAPE_NAMES)


def test_no_stray_case() -> None:
    """Every file in a shape's folder is a case that some test picks up."""
    stray = [
        path
        for path in CASES.glob("*Shape/*")
        if not re.fullmatch(r"(valid|invalid)-[a-z0-9-]+\.ttl", path.name)
    ]
    assert stray == []


@pytest.mark.parametrize("shape", SHAPE_NAMES)
def test_shape_has_both_kinds_of_case(shape: str) -> None:
    """Each shape is shown to accept and to fire."""
    folder = CASES / shape
    assert list(folder.glob("valid-*.ttl"))
    assert list(folder.glob("invalid-*.ttl"))


@pytest.mark.parametrize("shape", shapes().names)
def test_shape_has_message_label_and_comment(shape: str) -> None:
    """Every constraint that can fire tells a curator, in words of ours, what to do."""
    sh = rdflib.Namespace(COMPONENT)
    graph = shapes().graph
    node = rdflib.URIRef(shape)
    assert graph.value(node, rdflib.RDFS.label)
    assert graph.value(node, rdflib.RDFS.comment)
    parameters = {sh["class"], sh.closed, sh["or"], sh.xone, sh.pattern, sh.nodeKind, sh["in"]}
    if parameters & set(graph.predicates(node)):
        assert graph.value(node, sh.message), "a constraint on the node, and no message"
    for part in graph.objects(node, sh.property):
        assert graph.value(part, sh.message), graph.value(part, sh.path)


def test_ground_is_valid() -> None:
    """What the cases stand on breaks no shape, so what is found is the case's own."""
    graph = rdflib.Graph()
    for triple in ground():
        graph.add(triple)
    assert shapes().validate(graph) == []


@pytest.mark.parametrize("path", cases("valid"), ids=name)
def test_valid_case(path: Path) -> None:
    """A valid case holds a node that its shape looks at, and breaks no shape at all."""
    graph = data(path)
    nodes = own(path)
    targets = shapes().targets(f"https://w3id.org/comity/shapes#{path.parent.name}", graph)
    assert targets & set(nodes), "the shape selects nothing of this case"
    assert shapes().validate(graph, [node for node in nodes if "://" in node]) == []


@pytest.mark.parametrize("path", cases("invalid"), ids=name)
def test_invalid_case(path: Path) -> None:
    """An invalid case breaks what it says it breaks, at the node it names, and nothing else."""
    expected = {
        (focus, shape, COMPONENT + component)
        for focus, shape, component in EXPECT.findall(path.read_text("utf-8"))
    }
    assert any(shape == path.parent.name for _, shape, _ in expected), "no '# expect:' line"
    nodes = [node for node in own(path) if "://" in node]
    found = shapes().validate(data(path), nodes)
    assert {(v.focus, v.shape, v.constraint) for v in found} == expected
    assert all(len(v.message) > 20 and not v.message.startswith("Value") for v in found)
