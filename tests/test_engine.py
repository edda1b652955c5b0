"""The embedded engine: what it answers from the default graph alone, and from all graphs."""

from collections import Counter
from dataclasses import replace

import pyoxigraph as ox
import pytest

import kg
from conftest import ROOT
from kg import guard, sources
from kg import query as queries
from kg.engine import Local
from kg.errors import UsageError
from kg.results import Boolean, Rows

# each may see a named graph, however it is spelt
NAMING = (
    "SELECT ?g { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?g { graph ?g { ?s ?p ?o } }",
    "SELECT ?g { G\\u0052APH ?g { ?s ?p ?o } }",
    "ASK { FILTER EXISTS { GRAPH ?g { ?s a comity:Action } } }",
    "SELECT * FROM NAMED graph:reported { ?s ?p ?o }",
    "SELECT * { VALUES ?g { graph:reported } }",
)
PLAIN = (
    "SELECT ?s { ?s a comity:Action }",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
    "SELECT ?t { ?a a/rdfs:subClassOf* ?t }",
    "ASK { ?s a comity:Action }",
    "CONSTRUCT { ?s a ?t } { ?s a ?t }",
    "DESCRIBE actor:beland",
)


def apart(snapshot: kg.Snapshot) -> Local:
    """The same statements in an engine that keeps the default graph apart."""
    found = Local(sources.load(snapshot.engine.quads()))
    found.separate()
    return found


def bag(result: object) -> object:
    """An answer without its order."""
    if isinstance(result, Rows):
        return Counter(result.rows)
    return result.value if isinstance(result, Boolean) else set(result)  # type: ignore[call-overload]


@pytest.mark.parametrize("text", [*PLAIN, *NAMING])
def test_a_separate_default_graph_changes_no_answer(small_snapshot: kg.Snapshot, text: str) -> None:
    """Whatever is asked, the answer is that of the store which has everything."""
    engine = apart(small_snapshot)
    plain = engine.sufficient(text) is not engine.store
    assert plain == (text in PLAIN)
    try:
        expected = bag(queries.run(engine.store, text))
    except kg.errors.QueryError as error:
        with pytest.raises(type(error)):
            queries.run(engine.sufficient(text), text)
        return
    assert bag(engine.ask(guard.outline(text), {})) == expected
    assert expected or "FROM" in text


def test_the_projects_queries_are_answered_alike(real_snapshot: kg.Snapshot) -> None:
    """Every query of the project that can be asked without values."""
    with_all = replace(real_snapshot, engine=Local(sources.load(real_snapshot.engine.quads())))
    from_default = replace(real_snapshot, engine=apart(real_snapshot))
    asked = 0
    for question in queries.catalogue(ROOT):
        try:
            expected = bag(with_all.query(question.name))
        except UsageError:
            continue
        assert bag(from_default.query(question.name)) == expected, question.name
        asked += 1
    assert asked > 20


def test_nothing_is_kept_twice_for_nothing() -> None:
    """A store with no named graph, or with no default one, is asked as it is."""
    term, graph = ox.NamedNode("https://example.org/a"), ox.NamedNode("https://example.org/g")
    for quad in (ox.Quad(term, term, term), ox.Quad(term, term, term, graph)):
        engine = Local(ox.Store())
        engine.store.add(quad)
        engine.separate()
        assert engine.sufficient("ASK {}") is engine.store
