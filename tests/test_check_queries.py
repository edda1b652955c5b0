"""Every check query is quiet on its valid cases and fires, exactly, on its invalid ones."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import check, query, sources

PROJECT = Path(__file__).parents[1]
CASES = PROJECT / "tests" / "cases" / "checks"
# the checks of the ontology itself have their cases beside its own, and another test runs them
ELSEWHERE = {path.name for path in (PROJECT / "tests" / "cases_ontology" / "checks").iterdir()}
QUERIES = {one.name: one for one in check.load_queries(PROJECT) if one.name not in ELSEWHERE}
EXPECT = re.compile(r"^# expect: <([^>]+)>$", re.MULTILINE)


def found(path: Path) -> set[str]:
    """The nodes that the check of a case's folder finds in it."""
    quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TRIG)
    return {
        lapse.focus for lapse in check.run_query(QUERIES[path.parent.name], sources.load(quads))
    }


def expected(path: Path) -> set[str]:
    """The nodes that an invalid case says it is invalid at."""
    return set(EXPECT.findall(path.read_text("utf-8")))


def nodes(path: Path) -> set[str]:
    """The IRIs that a case speaks of."""
    quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TRIG)
    return {
        term.value
        for quad in quads
        for term in (quad.subject, quad.object, quad.graph_name)
        if isinstance(term, ox.NamedNode)
    }


def cases(kind: str) -> list[Path]:
    """The cases of one kind, of all checks."""
    return sorted(CASES.glob(f"*/{kind}-*.trig"))


def name(path: Path) -> str:
    """How a case is called in the list of tests."""
    return f"{path.parent.name}/{path.stem}"


def test_there_are_checks_and_cases() -> None:
    """The collector found something: a wrong path would else pass with nothing tested."""
    assert len(QUERIES) >= 45
    assert len(cases("valid")) >= len(QUERIES)
    assert len(cases("invalid")) >= len(QUERIES)


def test_folders_are_the_checks() -> None:
    """Each check has a folder of cases, and no folder names a check that there is not."""
    assert {path.name for path in CASES.iterdir()} == set(QUERIES)


def test_no_stray_case() -> None:
    """Every file in a folder of cases is one that some test picks up."""
    stray = [
        path
        for path in CASES.glob("*/*")
        if not re.fullmatch(r"(valid|invalid)-[a-z0-9-]+\.trig", path.name)
    ]
    assert stray == []


@pytest.mark.parametrize("check_name", QUERIES)
def test_check_has_both_kinds_of_case(check_name: str) -> None:
    """Each check is shown to keep silent and to fire."""
    assert list((CASES / check_name).glob("valid-*.trig"))
    assert list((CASES / check_name).glob("invalid-*.trig"))


@pytest.mark.parametrize("check_name", QUERIES)
def test_check_has_a_summary_and_a_fixed_order(check_name: str) -> None:
    """The header is read like that of any other question, and rows come in one order."""
    one = QUERIES[check_name]
    parsed = query.parse(one.text, check_name, one.path)
    assert parsed.summary == one.summary
    assert not parsed.parameters
    assert "ORDER BY" in one.text


@pytest.mark.parametrize("path", cases("valid"), ids=name)
def test_valid_case(path: Path) -> None:
    """A valid case is quiet, and holds the nodes at which an invalid one of its check fires."""
    assert found(path) == set()
    foci = set().union(*(expected(one) for one in path.parent.glob("invalid-*.trig")))
    assert foci & nodes(path), "the check selects nothing of this case"


@pytest.mark.parametrize("path", cases("invalid"), ids=name)
def test_invalid_case(path: Path) -> None:
    """An invalid case is found at the nodes that it names, and nowhere else."""
    assert expected(path), "no '# expect:' line"
    assert found(path) == expected(path)
