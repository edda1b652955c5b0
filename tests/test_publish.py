"""`kg publish`: what it loads, what it refuses, and that it goes on where it was cut off."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import kg
from conftest import quick_build, write_project
from kg import publish as publishing
from kg.errors import SnapshotError, StoreError, UsageError
from kg.http import Address, Connection, derived
from kg.publish import counted, default_size, publish
from kg.remote import CONTENTS, Remote, contents
from kg.settings import Settings
from stores import oxigraph, virtuoso

FOREIGN = "http://example.org/theirs"
TRIPLE = b'<urn:a> <urn:b> "c" .\n'


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Address]:
    """A server without data of ours."""
    start = {"oxigraph": oxigraph, "virtuoso": virtuoso}[request.param]
    with start(tmp_path_factory.mktemp("publish") / request.param) as address:
        yield address


@pytest.fixture
def store(server: Address) -> Iterator[Connection]:
    """The server, emptied after each test."""
    connection = Connection(server)
    yield connection
    for iri in counted(connection):
        if iri == FOREIGN or iri.startswith("https://w3id.org/"):
            connection.delete(iri)
    if not server.user:
        # Oxigraph's own default graph: an empty one, for it has no other way to remove it
        connection.put("", b"")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> kg.Snapshot:
    """A second release of the small project, with a graph less and other words."""
    folder = tmp_path_factory.mktemp("other")
    project = write_project(folder / "project")
    (project / "data/ab-2024/data/b.ttl").unlink()
    text = project / "data/ab-2024/data/a.ttl"
    text.write_text(text.read_text("utf-8").replace("signed the Pact", "wrote the Pact"), "utf-8")
    settings = Settings(project=project, snapshots=folder / "snapshots")
    quick_build(settings)
    return kg.open(settings=settings)


def test_a_load_is_verified_and_repeated_without_writing(
    store: Connection, small_snapshot: kg.Snapshot
) -> None:
    """Every graph has its count, the digest is there, and a second run finds all of it."""
    done = publish(small_snapshot, store)
    assert (done.digest, done.kept) == (small_snapshot.digest, 0)
    assert contents(store).digest == small_snapshot.digest
    for iri in small_snapshot.graphs:
        assert counted(store)[iri] == sum(1 for _ in small_snapshot.store.quads_for_pattern(
            None, None, None, publishing.ox.NamedNode(iri)))  # fmt: skip
    again = publish(small_snapshot, store)
    assert again.kept == len(contents(store).graphs)


def test_a_load_that_was_cut_off_goes_on(
    store: Connection, small_snapshot: kg.Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a load is not served; the next run writes only what is missing."""
    sent = []
    put = Connection.put

    def breaking(self: Connection, graph: str, triples: bytes, add: bool = False) -> None:
        sent.append(graph)
        if len(sent) == 6:
            raise StoreError("cut off")
        put(self, graph, triples, add)

    monkeypatch.setattr(Connection, "put", breaking)
    with pytest.raises(StoreError, match="cut off"):
        publish(small_snapshot, store)
    with pytest.raises(SnapshotError, match="no whole snapshot"):
        Remote(store, small_snapshot.digest)
    monkeypatch.undo()
    assert publish(small_snapshot, store).kept == 3
    assert Remote(store, small_snapshot.digest).graphs() == list(small_snapshot.graphs)


def test_batches_make_one_graph(
    store: Connection, small_snapshot: kg.Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A graph larger than a request arrives whole."""
    monkeypatch.setattr(publishing, "BATCH", 3)
    publish(small_snapshot, store)
    assert Remote(store, small_snapshot.digest).graphs() == list(small_snapshot.graphs)


def test_another_release_is_replaced_only_when_asked(
    store: Connection, small_snapshot: kg.Snapshot, other: kg.Snapshot
) -> None:
    """Without --replace the store is left as it is; with it nothing of the old release stays."""
    publish(small_snapshot, store)
    with pytest.raises(UsageError, match="--replace"):
        publish(other, store)
    assert contents(store).digest == small_snapshot.digest
    publish(other, store, replace=True)
    ours = {iri for iri in counted(store) if iri in small_snapshot.graphs}
    assert ours == set(other.graphs)
    assert Remote(store, other.digest).graphs() == list(other.graphs)


def test_data_of_others_is_never_touched(
    store: Connection, small_snapshot: kg.Snapshot, other: kg.Snapshot
) -> None:
    """It is a reason to refuse; with --beside it stays, and no query sees it."""
    store.put(FOREIGN, TRIPLE)
    with pytest.raises(UsageError, match=f"data of others .{FOREIGN}"):
        publish(small_snapshot, store)
    publish(small_snapshot, store, beside=True)
    publish(other, store, beside=True, replace=True)
    assert counted(store)[FOREIGN] == 1
    over = kg.Snapshot(Remote(store, other.digest), other.digest, other.manifest)
    for text in ("ASK { <urn:a> ?p ?o }", "ASK { GRAPH ?g { <urn:a> ?p ?o } }"):
        assert not over.query(text)
    assert not over.query(f"ASK FROM <{FOREIGN}> {{ ?s ?p ?o }}")


def test_triples_without_a_graph_are_never_overwritten(
    store: Connection, small_snapshot: kg.Snapshot
) -> None:
    """A default graph that is somebody's is left to them, and the union put into a named graph."""
    if store.address.user:
        # Virtuoso has no default graph that could be written to
        with pytest.raises(StoreError, match="status 500"):
            store.put("", TRIPLE)
        return
    store.put("", TRIPLE)
    publish(small_snapshot, store)
    assert default_size(store) == 1
    over = kg.Snapshot(Remote(store, small_snapshot.digest), "", {})
    assert not over.query("ASK { <urn:a> ?p ?o }")


def test_wrong_credentials_are_said(server: Address, small_snapshot: kg.Snapshot) -> None:
    """A store that wants a password says so in our words; Oxigraph's server wants none."""
    if server.user:
        wrong = Address(server.query, user=server.user, password="wrong")  # noqa: S106
        with pytest.raises(StoreError, match="credentials"):
            Connection(wrong).put(CONTENTS, TRIPLE)
        assert CONTENTS not in counted(Connection(server))


@pytest.mark.parametrize(
    ("query", "graphs"),
    [
        ("http://h:7878/query", "http://h:7878/store"),
        ("http://h:8890/sparql", "http://h:8890/sparql-graph-crud-auth"),
        ("http://h:3030/ds/sparql", "http://h:3030/ds/data"),
        ("http://h:7200/repositories/r", "http://h:7200/repositories/r/rdf-graphs/service"),
        ("https://x.neptune.amazonaws.com/sparql", "https://x.neptune.amazonaws.com/sparql/gsp/"),
    ],
)
def test_graph_stores_are_where_they_usually_are(query: str, graphs: str) -> None:
    """The second address follows from the first for the stores that docs/deploy.md names."""
    assert derived(query) == graphs


@pytest.mark.parametrize("url", ["", "ftp://h/x", "h:7878/query", "http://u:p@h/sparql"])
def test_addresses_are_checked(url: str) -> None:
    """Only http addresses, and no credentials in them, where logs would show them."""
    with pytest.raises(UsageError):
        Address(url)


def test_unknown_addresses_want_their_graph_store_named(tmp_path: Path) -> None:
    """Nothing is guessed where writing to a wrong place would be possible."""
    with pytest.raises(UsageError, match="KG_STORE_GRAPHS"):
        derived("http://h/somewhere")
