"""The random edits of bench/mutate.py: fixed kinds, seeded, each of them a change."""

import sys
from pathlib import Path

import pytest

from kg import sources

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> None:
    """bench/ is no package: its modules are found beside each other, as when it is run."""
    monkeypatch.setattr(sys, "path", [str(PROJECT / "bench"), *sys.path])


@pytest.mark.usefixtures("bench")
def test_shares_make_up_the_count() -> None:
    """Of 500 edits each kind has its share, every class is there, and the rest is distributed."""
    import kinds

    shares = kinds.shares(500)
    assert sum(shares.values()) == 500
    assert min(shares.values()) > 0
    assert {kind.breaks for kind in kinds.KINDS} == {"form", "reference", "evidence", "meaning"}


@pytest.mark.usefixtures("bench")
def test_edits_are_seeded_and_change_something() -> None:
    """One seed gives one list of edits, another another; none repeats or leaves all as it was."""
    import kinds
    import statements

    files = {file.graph: file for file in sources.graph_files(PROJECT)}
    quads = [quad for file in files.values() for quad in sources.read(file)]
    state = statements.State(quads, files)
    edits = kinds.draw(state, 64, 1)
    assert edits == kinds.draw(state, 64, 1)
    assert edits != kinds.draw(state, 64, 2)
    assert len({edit.said for edit in edits}) == len(edits) == 64
    held = set(quads)
    for edit in edits:
        assert set(edit.removed) <= held, edit.said
        assert set(edit.removed) != set(edit.added), edit.said
        assert all(isinstance(quad.graph_name, type(quad.predicate)) for quad in edit.added)
