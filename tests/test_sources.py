"""Curated files: their places, their graphs, and what they may not hold."""

import os
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import sources
from kg.errors import DataError
from kg.settings import Settings

BASE = "https://w3id.org/comity/"


@pytest.mark.parametrize(
    ("path", "graph", "kind", "source"),
    [
        ("data/x-1/sec/a.ttl", "source/x-1/sec/a", "reported", "x-1"),
        ("data/x-1/evidence.ttl", "graph/evidence/x-1", "evidence", "x-1"),
        ("data/reference/links.ttl", "graph/reference/links", "reference", None),
        ("ontology/comity.ttl", "ontology", "ontology", None),
        ("ontology/alignments.ttl", "ontology/alignments", "ontology", None),
        ("ontology/schemes/acts.ttl", "id/scheme/acts", "ontology", None),
    ],
)
def test_the_place_of_a_file_decides_its_graph(
    path: str, graph: str, kind: str, source: str | None, tmp_path: Path
) -> None:
    """Each place of the layout is one graph of one kind, and its IRI tells the kind again."""
    found = sources.file_of(tmp_path, Path(path))
    assert (found.graph, found.kind, found.source) == (BASE + graph, kind, source)
    assert sources.kind_of(found.graph) == kind


@pytest.mark.parametrize(
    "path",
    ["data/a.ttl", "data/s/a.ttl", "data/s/x/y/a.ttl", "data/S/x/a.ttl", "data/s/x/a_b.ttl",
     "ontology/other.ttl", "data/reference/x/y.ttl", "data/s/x/a.nt", "../a.ttl"],
)  # fmt: skip
def test_files_out_of_place_are_refused(path: str, tmp_path: Path) -> None:
    """A file that no graph has a place for is an error, not silence."""
    with pytest.raises(DataError):
        sources.file_of(tmp_path, Path(path))


def passage(project: Path, text: str) -> sources.GraphFile:
    path = project / "data/x/sec/a.ttl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return sources.file_of(project, path)


HEAD = f"@base <{BASE}source/x/sec/a> .\n@prefix e: <http://example.org/> .\n"


def test_a_passage_is_read_into_its_graph(tmp_path: Path) -> None:
    """Every quad stands in the graph of its file, with fragments of the passage."""
    (quad,) = sources.read(passage(tmp_path, HEAD + "<#c> e:p <../other/b#d> .\n"))
    assert quad == ox.Quad(
        ox.NamedNode(f"{BASE}source/x/sec/a#c"),
        ox.NamedNode("http://example.org/p"),
        ox.NamedNode(f"{BASE}source/x/other/b#d"),
        ox.NamedNode(f"{BASE}source/x/sec/a"),
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (HEAD + "<#c> e:p\n  e:q e:r oops .\n", 4, "not Turtle"),
        (HEAD + "<#c> e:p [] .\n", 3, "blank node"),
        (HEAD + "<#c> e:p 'x' .\n_:b e:p 1 .\n", 4, "blank node"),
        (HEAD + "<#c> e:p (1 2) .\n", 3, "collection"),
        (HEAD + "<#c> e:p 1 . # why\n", 3, "comment"),
        (HEAD + "# why\n", 3, "comment"),
        (f"@base <{BASE}source/x/sec/b> .\n", 1, "the first line must be"),
        ("@prefix e: <http://example.org/> .\n" + HEAD, 1, "the first line must be"),
        (HEAD + f"@base <{BASE}source/x/sec/b> .\n", 3, "second base"),
        (HEAD + "\nBASE <http://example.org/>\n", 4, "second base"),
    ],
)
def test_what_curated_files_may_not_hold(text: str, line: int, said: str, tmp_path: Path) -> None:
    """Bad Turtle, blank nodes, collections, comments and wrong bases name file and line."""
    with pytest.raises(DataError, match=said) as caught:
        sources.read(passage(tmp_path, text))
    assert (caught.value.path, caught.value.line) == (tmp_path / "data/x/sec/a.ttl", line)
    assert str(caught.value).startswith(f"{caught.value.path}:{line}: ")


@pytest.mark.parametrize(
    "value",
    [
        '"# no comment [ ( _:b"',
        "'''#\n[ '' ('''",
        '"""a\n"# " ["""',
        "<http://example.org/#x>",
        r"e:a\#b",
    ],
)  # fmt: skip
def test_marks_inside_strings_and_names_are_no_marks(value: str, tmp_path: Path) -> None:
    """A hash, bracket or underscore in a string, IRI or escaped name is text."""
    assert len(sources.read(passage(tmp_path, f"{HEAD}<#c> e:p {value} .\n"))) == 1


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    """The encoding is said, not a stack of decoding errors."""
    file = passage(tmp_path, HEAD)
    file.path.write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"a\.ttl: not UTF-8"):
        sources.read(file)


def test_the_default_graph_is_the_union_as_a_set(small: Settings) -> None:
    """A triple that two graphs state is there once without graphs, and in both with."""
    quads = sources.read_all(small.project)
    store = sources.load(quads)
    pattern = "{ actor:mod comity:parent actor:government }".replace("actor:", f"<{BASE}id/actor/")
    pattern = re.sub(r"(id/actor/\w+)", r"\1>", pattern).replace(
        "comity:parent", f"<{BASE}ontology#parent>"
    )
    rows = store.query(f"SELECT * WHERE {pattern}")
    assert len(list(rows)) == 1  # type: ignore[arg-type]
    graphs = store.query(f"SELECT ?g WHERE {{ GRAPH ?g {pattern} }}")
    assert len(list(graphs)) == 3  # type: ignore[arg-type]


def test_the_line_of_a_subject_is_where_its_block_begins(tmp_path: Path) -> None:
    """Findings point at the block; at the first mention where there is none; else at line 1."""
    text = (
        HEAD
        + "<#a> e:p e:x ;\n  e:q <#gone> .\n\ne:thing.one e:p 1.5 .\n"
        + "\n<#b> e:p '''x\n.\n''' .\n<> e:p 2 .\n"
    )
    file = passage(tmp_path, text)
    here = f"{BASE}source/x/sec/a"
    expected = {f"{here}#a": 3, "http://example.org/thing.one": 6, f"{here}#b": 8, here: 11,
                f"{here}#gone": 4, "http://example.org/none": 1}  # fmt: skip
    assert {iri: sources.line_of(file.path, iri) for iri in expected} == expected


def test_an_edited_file_is_read_again(tmp_path: Path) -> None:
    """Lines are those of the file as it is now."""
    file = passage(tmp_path, HEAD + "<#a> <#p> 1 .\n")
    iri = f"{BASE}source/x/sec/a#a"
    assert sources.line_of(file.path, iri) == 3
    passage(tmp_path, HEAD + "\n\n<#a> <#p> 1 .\n")
    assert sources.line_of(file.path, iri) == 5


def test_a_folder_that_cannot_be_listed_is_an_error(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data is never left out in silence, as a plain glob would."""
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("ab-2024"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(DataError, match="Permission denied"):
        sources.graph_files(small.project)


def test_every_real_file_is_read(real: Settings) -> None:
    """All 52 passages of the first source are there, and every curated file can be read."""
    files = sources.graph_files(real.project)
    passages = [file for file in files if file.source == "jukdp-2024" and file.kind == "reported"]
    assert len(passages) == 52
    assert len({file.graph for file in files}) == len(files)
    assert all(sources.read(file) for file in files)
