"""Snapshots: opening, graphs and their unions, exports, pandas and rdflib."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from conftest import quick_build
from kg.engine import KEPT, Dataset, Local
from kg.errors import KgError, NotFound, SnapshotError, UsageError
from kg.names import PREFIXES
from kg.results import Rows
from kg.settings import Settings

GRAPH = PREFIXES["graph"]


def count(snapshot: kg.Snapshot, *text: str, **given: object) -> int:
    """The number of solutions of what follows `SELECT (COUNT(*) AS ?n)`."""
    rows = snapshot.query(" ".join(["SELECT (COUNT(*) AS ?n)", *text]), **given)  # type: ignore[arg-type]
    assert isinstance(rows, Rows)
    (record,) = rows.records()
    return int(record["n"])


PARENT = "{ actor:mod comity:parent actor:government }"


def test_a_snapshot_opens_by_digest_beginning_path_or_as_the_current_one(small: Settings) -> None:
    """However it is named, it is the same snapshot."""
    built = quick_build(small)
    for which in (None, built.digest, built.digest[:8], built.path, str(built.path)):
        assert kg.open(which, small).digest == built.digest


def test_what_cannot_be_opened_is_said_in_one_line(
    small: Settings, refused: Callable[[Callable[[], object]], KgError]
) -> None:
    """No snapshot, an unknown digest, a path without one, damaged data, a broken manifest."""
    assert "kg build" in str(refused(lambda: kg.open(settings=small)))
    built = quick_build(small)
    assert "no snapshots begin with" in str(refused(lambda: kg.open("0" * 64, small)))
    assert "no snapshot at" in str(refused(lambda: kg.open(Path("nowhere"), small)))
    data = built.path / "data.nq"
    data.write_bytes(data.read_bytes()[:-10])
    error = refused(lambda: kg.open(settings=small))
    assert isinstance(error, SnapshotError)
    assert "not what its digest says" in str(error)
    (built.path / "manifest.json").write_text("{")
    assert "not a manifest" in str(refused(lambda: kg.open(settings=small)))


def test_several_graphs_are_asked_as_a_set(small_snapshot: kg.Snapshot) -> None:
    """A triple that two passages and a register state is counted once, however it is asked for."""
    a, b = (f"<{PREFIXES['source']}ab-2024/data/{name}>" for name in "ab")
    assert count(small_snapshot, PARENT) == 1
    assert count(small_snapshot, PARENT, graphs=["reported"]) == 1
    assert count(small_snapshot, PARENT, graphs=["reported", "reference"]) == 1
    assert count(small_snapshot, "FROM", a, "FROM", b, PARENT) == 1
    assert count(small_snapshot, "FROM graph:reported", PARENT) == 1
    assert count(small_snapshot, PARENT, graphs=["evidence"]) == 0


def test_kinds_name_all_their_graphs(small_snapshot: kg.Snapshot) -> None:
    """The name of a kind stands for its graphs, as IRI, CURIE or bare."""
    passages = {f"{PREFIXES['source']}ab-2024/data/{name}" for name in "ab"}
    for name in ("reported", "graph:reported", f"{GRAPH}reported", f"<{GRAPH}reported>"):
        assert small_snapshot.expand_graphs([name]) == passages
    one = small_snapshot.expand_graphs(["graph:evidence/ab-2024"])
    assert one == small_snapshot.expand_graphs(["evidence"]) == {f"{GRAPH}evidence/ab-2024"}


def test_from_named_limits_what_graph_sees(small_snapshot: kg.Snapshot) -> None:
    """FROM NAMED with a kind gives its graphs by name; FROM alone gives none."""
    inside = f"{{ GRAPH ?g {PARENT} }}"
    assert count(small_snapshot, inside) == 3
    assert count(small_snapshot, "FROM NAMED graph:reported", inside) == 2
    assert count(small_snapshot, "FROM graph:reported", inside) == 0


def test_graphs_asked_for_go_before_from(small_snapshot: kg.Snapshot) -> None:
    """As the SPARQL protocol has it: the request's dataset wins over the query's."""
    text = ("FROM graph:evidence", PARENT)
    assert count(small_snapshot, *text) == 0
    assert count(small_snapshot, *text, graphs=["reported"]) == 1
    assert count(small_snapshot, *text, named_graphs=["reported"]) == 0


def test_merged_graphs_are_built_once(small_snapshot: kg.Snapshot) -> None:
    """The second question to the same graphs finds their union made, and few are kept."""
    engine = small_snapshot.engine
    assert isinstance(engine, Local)
    first = engine.merged(Dataset(small_snapshot.expand_graphs(["reported"])))
    assert engine.merged(Dataset(small_snapshot.expand_graphs(["graph:reported"]))) is first
    for place in range(40):
        engine.merged(Dataset(frozenset([f"{GRAPH}none/{place}"])))
    assert len(engine._merged) <= KEPT


def test_a_named_query_takes_labels_for_entities(small_snapshot: kg.Snapshot) -> None:
    """IRI, CURIE, label, acronym and the default all mean the ministry."""
    answers = [
        small_snapshot.query("what-it-does", params)
        for params in ({}, {"actor": "MOD"}, {"actor": "actor:mod"}, {"actor": "ministry of data"},
                       {"actor": "<https://w3id.org/comity/id/actor/mod>"})
    ]  # fmt: skip
    assert all(answer == answers[0] for answer in answers)
    assert isinstance(answers[0], Rows)
    assert [record["quote"] for record in answers[0].records()] == ["signed the Pact"]


def test_an_entity_must_be_the_one_meant(small_snapshot: kg.Snapshot) -> None:
    """An ambiguous name lists the candidates; a name of another kind is not taken."""
    with pytest.raises(UsageError, match=r"actor:forum-a.*actor:forum-b"):
        small_snapshot.query("what-it-does", {"actor": "Forum"})
    with pytest.raises(NotFound, match="no actor is called 'Pact'"):
        small_snapshot.query("what-it-does", {"actor": "Pact"})


UNION = ("ttl", "nt", "rdf", "jsonld")


@pytest.mark.parametrize("format_", UNION)
def test_exports_without_graphs_hold_the_union(format_: str, small_snapshot: kg.Snapshot) -> None:
    """Each triple once, the same in every format, and every claim still names its passage."""
    chosen = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES,
              "rdf": ox.RdfFormat.RDF_XML, "jsonld": ox.RdfFormat.JSON_LD}[format_]  # fmt: skip
    read = [ox.Triple(q.subject, q.predicate, q.object)
            for q in ox.parse(small_snapshot.export(format_), format=chosen)]  # fmt: skip
    default = small_snapshot.store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    assert len(read) == len(set(read))
    assert set(read) == {ox.Triple(q.subject, q.predicate, q.object) for q in default}
    passage = ox.NamedNode(PREFIXES["comity"] + "passage")
    assert sum(triple.predicate == passage for triple in read) == 3


@pytest.mark.parametrize("format_", ["nq", "trig"])
def test_exports_with_graphs_hold_the_named_graphs(
    format_: str, small_snapshot: kg.Snapshot
) -> None:
    """Every quad of the snapshot and none in the default graph."""
    assert small_snapshot.path is not None
    whole = set(
        ox.parse((small_snapshot.path / "data.nq").read_bytes(), format=ox.RdfFormat.N_QUADS)
    )
    chosen = ox.RdfFormat.TRIG if format_ == "trig" else ox.RdfFormat.N_QUADS
    assert set(ox.parse(small_snapshot.export(format_), format=chosen)) == whole


def test_the_n_quads_export_is_the_digested_file(small_snapshot: kg.Snapshot) -> None:
    """Who downloads N-Quads can check the digest."""
    assert small_snapshot.path is not None
    assert small_snapshot.export("nq") == (small_snapshot.path / "data.nq").read_bytes()


def test_each_kind_and_each_source_alone(small_snapshot: kg.Snapshot) -> None:
    """The kinds share no graph and together are everything; a source is passages and evidence."""
    whole = set(small_snapshot.quads())
    kinds = [set(small_snapshot.quads(kind)) for kind in
             ("reported", "evidence", "reference", "derived", "ontology")]  # fmt: skip
    assert all(kinds)
    assert sum(map(len, kinds)) == len(whole)
    assert set.union(*kinds) == whole
    assert set(small_snapshot.quads(source="ab-2024")) == kinds[0] | kinds[1]
    assert set(small_snapshot.quads("reported", "ab-2024")) == kinds[0]
    with pytest.raises(NotFound, match="ab-2025"):
        small_snapshot.export("nq", source="ab-2025")
    with pytest.raises(UsageError, match="no kind"):
        small_snapshot.export("nq", kind="other")
    with pytest.raises(UsageError):
        small_snapshot.export("csv")


def test_rows_become_a_table_of_pandas_in_one_call(small_snapshot: kg.Snapshot) -> None:
    """Numbers are numbers, dates are dates, and columns are the variables."""
    frame = small_snapshot.query(
        "SELECT ?date ?earliest (3 AS ?n) { ?date comity:earliest ?earliest } ORDER BY ?earliest"
    ).to_pandas()  # type: ignore[union-attr]
    assert list(frame.columns) == ["date", "earliest", "n"]
    assert frame["n"].sum() == 3 * len(frame)
    assert [day.isoformat() for day in frame["earliest"]] == [
        "2023-01-01", "2024-02-01", "2024-03-01",
    ]  # fmt: skip
    empty = small_snapshot.query("SELECT ?a { ?a a comity:None }").to_pandas()  # type: ignore[union-attr]
    assert (list(empty.columns), len(empty)) == (["a"], 0)


# rdflib 7.6 warns of its own use of what it means to drop
@pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")
def test_a_snapshot_is_an_rdflib_dataset_in_one_line(small_snapshot: kg.Snapshot) -> None:
    """The same store, queried by rdflib's own interface."""
    from rdflib import URIRef

    dataset = small_snapshot.dataset()
    rows = list(dataset.query("SELECT ?s WHERE { ?s a <https://w3id.org/comity/ontology#Event> }"))
    assert [str(row[0]) for row in rows] == ["https://w3id.org/comity/id/event/summit"]  # type: ignore[index]
    passages = [URIRef(f"{PREFIXES['source']}ab-2024/data/{name}") for name in "ab"]
    sizes = [len(dataset.graph(passage)) for passage in passages]
    assert sum(sizes) == len(list(small_snapshot.quads("reported")))
    assert all(sizes)


def test_a_snapshot_reads_nothing_but_its_own_files(small: Settings, tmp_path: Path) -> None:
    """Moved elsewhere, without its project, a snapshot answers."""
    built = quick_build(small)
    moved = tmp_path / "moved"
    shutil.copytree(built.path, moved)
    shutil.rmtree(small.project)
    snapshot = kg.open(moved, small)
    assert count(snapshot, PARENT) == 1
