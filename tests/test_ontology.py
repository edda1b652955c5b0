"""What the ontology promises: style, consistency, and terms that exist, ours and others'."""

import csv
import re
from functools import cache
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import (
    DCAT,
    DCTERMS,
    FOAF,
    ORG,
    OWL,
    PROV,
    RDF,
    RDFS,
    SH,
    SKOS,
    TIME,
    VANN,
    VOID,
    XSD,
    DefinedNamespace,
)
from rdflib.term import BNode

from kg import rules, sources
from kg.check.report import SHAPES
from kg.check.shacl import Shapes, union
from kg.curate import format_file
from kg.names import PREFIXES

PROJECT = Path(__file__).resolve().parent.parent
ONTOLOGY = PROJECT / "ontology"
CASES = Path(__file__).with_name("cases_ontology")
COMITY = Namespace(PREFIXES["comity"])
SCHEMES = sorted((ONTOLOGY / "schemes").glob("*.ttl"))
CORE = [ONTOLOGY / "comity.ttl", ONTOLOGY / "alignments.ttl", *SCHEMES]
QUERIES = sorted((PROJECT / "queries").rglob("*.rq"))
OWN_CHECKS = ("concept-unused", "term-undefined", "term-unused")
TOP = ("Actor", "Claim", "Date", "Document", "Event", "Initiative", "Instrument", "Money")
# rdflib carries these vocabularies whole, so membership in them is known without a copy
CLOSED: tuple[type[DefinedNamespace], ...] = (
    DCAT, DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, TIME, VANN, VOID, XSD,
)  # fmt: skip


def graph_of(*paths: Path) -> Graph:
    graph = Graph(bind_namespaces="none")
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


@cache
def ontology() -> Graph:
    return graph_of(*CORE)


@cache
def style() -> Shapes:
    return Shapes(ONTOLOGY / "style.shapes.ttl")


@cache
def compiled() -> dict[str, Shape]:
    """The named style shapes, as pyshacl sees them."""
    return {str(shape.node): shape for shape in ShapesGraph(style().graph).shapes}


def targets(shape: str, data: Graph) -> set[str]:
    """The nodes of the data that a shape is applied to."""
    return {str(node) for node in compiled()[shape].focus_nodes(data)}


@cache
def dataset() -> Graph:
    """Ontology, curated data and what the rules derive from them, as one graph."""
    quads = [quad for file in sources.graph_files(PROJECT) for quad in sources.read(file)]
    return union([*quads, *rules.derive(PROJECT, quads)])


def case_files(kind: str, suffix: str) -> list[Path]:
    """The cases of a kind; an empty or one-sided folder is an error, not a silent pass."""
    folders = sorted(path for path in (CASES / kind).iterdir() if path.is_dir())
    assert folders, f"no cases in {kind}"
    found: list[Path] = []
    for folder in folders:
        for side in ("valid", "invalid"):
            files = sorted(folder.glob(f"{side}-*.{suffix}"))
            assert files, f"{folder.name} has no {side} case"
            found += files
    return found


def case_id(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


# ---------------------------------------------------------------- files


def test_there_is_an_ontology_to_test() -> None:
    """The lists that the other tests run over are not empty."""
    names = {path.stem for path in CORE}
    assert names >= {"comity", "alignments", "acts", "roles", "statuses", "modalities", "topics"}
    assert "instrument-types" in names
    assert QUERIES


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_both_parsers_read_the_same_without_blank_nodes(path: Path) -> None:
    """rdflib and pyoxigraph agree on each file, and everything in it has an IRI."""
    graph = graph_of(path)
    assert len(graph) == len(set(ox.parse(path=path, format=ox.RdfFormat.TURTLE)))
    assert not [term for triple in graph for term in triple if isinstance(term, BNode)]


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_scheme_file_holds_its_own_scheme(path: Path) -> None:
    """The graph that a scheme file is bears the scheme's IRI."""
    assert list(graph_of(path).subjects(RDF.type, SKOS.ConceptScheme)) == [
        URIRef(PREFIXES["scheme"] + path.stem)
    ]


# ---------------------------------------------------------------- style


def test_the_ontology_keeps_its_style() -> None:
    """Labels, definitions, names, natures, hierarchies, headers: no violation."""
    violations = style().validate(graph_of(*CORE))
    assert [(v.shape, v.focus, v.value, v.message) for v in violations] == []


@pytest.mark.parametrize("shape", Shapes(ONTOLOGY / "style.shapes.ttl").names)
def test_every_style_shape_has_cases_and_something_to_look_at(shape: str) -> None:
    """No shape without valid and invalid cases, and none that selects nothing of the ontology."""
    assert targets(shape, ontology())
    folder = CASES / "style" / shape.rpartition("#")[2]
    assert folder.is_dir(), f"no cases for {folder.name}"


@pytest.mark.parametrize("path", case_files("style", "ttl"), ids=case_id)
def test_style_case(path: Path) -> None:
    """A valid case passes its shape and is seen by it; an invalid one fails just as it says."""
    data = graph_of(path)
    expected = set()
    for result in list(data.subjects(RDF.type, SH.ValidationResult)):
        focus, constraint = (
            str(data.value(result, part)) for part in (SH.focusNode, SH.sourceConstraintComponent)
        )
        expected.add((focus, constraint))
        data.remove((result, None, None))
    assert bool(expected) == path.stem.startswith("invalid-")
    shape = path.parent.name
    found = [v for v in style().validate(data) if v.shape == shape]
    assert {(v.focus, v.constraint) for v in found} == expected
    assert all(v.message for v in found)
    assert targets(SHAPES + shape, data)


def test_top_classes_are_disjoint() -> None:
    """No thing is of two of the kinds that the model keeps apart."""
    graph = ontology()
    for one, two in combinations(TOP, 2):
        pair = (COMITY[one], OWL.disjointWith, COMITY[two])
        assert pair in graph or (pair[2], pair[1], pair[0]) in graph


def test_examples_quote_twenty_words_at_most() -> None:
    """An example is a pointer into the report, not a copy of it."""
    for term, example in ontology().subject_objects(SKOS.example):
        for quote in re.findall(r'"([^"]*)"', str(example)):
            assert len(quote.split()) <= 20, (term, quote)


# ---------------------------------------------------------------- consistency


def complaints(graph: Graph) -> list[str]:
    """What an OWL 2 RL reasoner finds contradictory; it adds its inferences to the graph."""
    import owlrl
    from owlrl.Namespaces import ERRNS

    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return sorted(str(message) for message in graph.objects(None, ERRNS.error))


def test_ontology_and_data_are_consistent() -> None:
    """Under OWL 2 RL, with alignments and rules, nothing in the data contradicts the ontology."""
    graph = Graph(bind_namespaces="none")
    graph += dataset()
    assert list(graph.subjects(RDF.type, COMITY.Date))
    assert list(graph.subjects(RDF.type, COMITY.Action))
    assert complaints(graph) == []


@pytest.mark.parametrize(
    ("subject", "property", "value"),
    [
        ("actor/mic", RDF.type, COMITY.Event),
        ("date/2023-02", COMITY.earliest, Literal("2023-02-30", datatype=XSD.date)),
    ],
    ids=["disjoint", "no-such-day"],
)
def test_the_reasoner_would_notice(subject: str, property: URIRef, value: URIRef) -> None:
    """The test above can fail: a ministry that is an event, a day that does not exist."""
    graph = graph_of(ONTOLOGY / "comity.ttl")
    iri = URIRef(PREFIXES["comity"].replace("ontology#", "id/") + subject)
    graph.add((iri, RDF.type, COMITY.Ministry if subject.startswith("actor") else COMITY.Date))
    graph.add((iri, property, value))
    assert complaints(graph)


# ---------------------------------------------------------------- terms


@cache
def outside_terms() -> dict[str, set[str]]:
    """Per namespace the outside terms that were seen in a copy of their vocabulary."""
    with Path(__file__).with_name("outside-terms.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows[0] == ["namespace", "local name", "seen in"]
    terms: dict[str, set[str]] = {}
    for namespace, local, evidence in rows[1:]:
        assert evidence, f"{namespace}{local} was seen nowhere"
        terms.setdefault(namespace, set()).add(local)
    return terms


def is_known(iri: str) -> bool | None:
    """Whether a vocabulary has the term; None where no vocabulary at hand owns the namespace."""
    for namespace, locals_ in outside_terms().items():
        if iri.startswith(namespace) and iri != namespace:
            return iri.removeprefix(namespace) in locals_
    for vocabulary in CLOSED:
        if iri.startswith(str(vocabulary)) and iri != str(vocabulary):
            return iri in vocabulary
    return None


def test_outside_terms_exist() -> None:
    """Every outside term of ontology, data or rules was seen in a copy of its vocabulary."""
    unknown = set()
    for subject, predicate, value in dataset():
        terms = {predicate}
        if isinstance(value, Literal):
            terms |= {value.datatype} - {None}
        elif predicate in (RDF.type, RDFS.subClassOf, RDFS.subPropertyOf):
            terms |= {value, subject} if predicate != RDF.type else {value}
        unknown |= {
            str(term)
            for term in terms
            if not str(term).startswith(str(COMITY)) and not is_known(str(term))
        }
        unknown |= {str(term) for term in (subject, value) if is_known(str(term)) is False}
    assert unknown == set()


def test_outside_terms_are_checked_both_ways() -> None:
    """A term that does not exist is noticed, in a bundled vocabulary and in a listed one."""
    assert is_known(str(SKOS.prefLabel))
    assert is_known(PREFIXES["oa"] + "hasTarget")
    assert is_known(str(SKOS) + "prefLable") is False
    assert is_known(PREFIXES["oa"] + "target") is False
    assert is_known("https://example.org/term") is None


def test_queries_and_shapes_use_terms_that_exist() -> None:
    """Rules, checks, questions and shapes speak of no comity: term that the ontology lacks."""
    defined = {str(term) for term in ontology().subjects(RDFS.isDefinedBy)}
    unknown = set()
    for path in [*QUERIES, ONTOLOGY / "shapes.ttl"]:
        for name in re.findall(r"\bcomity:([A-Za-z][A-Za-z0-9]*)", path.read_text("utf-8")):
            if str(COMITY) + name not in defined:
                unknown.add((path.name, name))
    assert unknown == set()


@pytest.mark.parametrize("path", case_files("checks", "trig"), ids=case_id)
def test_term_check_case(path: Path) -> None:
    """The checks for undefined and unused terms find what their cases hold, and no more."""
    quads = list(ox.parse(path=path, format=ox.RdfFormat.TRIG))
    expected = {q.object.value for q in quads if q.predicate.value == str(SH.focusNode)}
    assert bool(expected) == path.stem.startswith("invalid-")
    store = sources.load(q for q in quads if q.predicate.value != str(SH.focusNode))
    query = (PROJECT / "queries" / "checks" / f"{path.parent.name}.rq").read_text("utf-8")
    found = {row["focus"].value for row in store.query(query)}
    assert found == expected


def test_each_term_check_has_cases() -> None:
    """The three checks of this file have a folder each."""
    assert sorted(path.name for path in (CASES / "checks").iterdir()) == sorted(OWN_CHECKS)


def test_no_undefined_term_and_no_unused_concept_in_the_data() -> None:
    """What the data use is defined, and what the schemes list is used."""
    quads = [q for file in sources.graph_files(PROJECT) for q in sources.read(file)]
    store = sources.load(quads)
    for name in ("term-undefined", "concept-unused"):
        query = (PROJECT / "queries" / "checks" / f"{name}.rq").read_text("utf-8")
        rows = [(row["focus"].value, row["message"].value) for row in store.query(query)]
        assert rows == [], name


# ---------------------------------------------------------------- one order, one page


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_files_are_in_the_one_order(path: Path) -> None:
    """One serializer writes all curated files: `kg format ontology/…` puts them in order."""
    assert not format_file(PROJECT, path, check=True)


PAGE = (PROJECT / "docs" / "model.md").read_text("utf-8")


def test_the_passage_on_the_page_is_the_passage_in_the_data() -> None:
    """The Turtle that docs/model.md shows is part of the graph that it speaks of."""
    place = "telecoms-diversification/c"
    base = PREFIXES["source"] + "jukdp-2024/" + place
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    blocks = re.findall(r"```turtle\n(.*?)```", PAGE, re.DOTALL)
    shown = Graph(bind_namespaces="none")
    shown.parse(data=prefixes + "\n".join(blocks), format="turtle", publicID=base)
    assert len(blocks) == 3
    stored = graph_of(PROJECT / "data" / "jukdp-2024" / f"{place}.ttl")
    assert set(shown) <= set(stored)


def test_the_page_names_what_exists() -> None:
    """Terms and queries of the competency map are there."""
    defined = {str(term) for term in ontology().subjects(RDFS.isDefinedBy)}
    names = re.findall(r"`comity:([A-Za-z0-9]+)`", PAGE)
    assert names
    assert [name for name in names if str(COMITY) + name not in defined] == []
    queries = re.findall(r"\| `([a-z-]+)` \|$", PAGE, re.MULTILINE)
    assert queries
    assert [name for name in queries if not (PROJECT / "queries" / f"{name}.rq").exists()] == []
