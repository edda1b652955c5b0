"""Rules: what they derive, from what, and what they may never do."""

import random
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg import rules, sources
from kg.errors import DataError
from kg.names import PREFIXES, compact, expand
from kg.results import Rows
from kg.settings import Settings

PROV = PREFIXES["prov"]


def derived(snapshot: kg.Snapshot, rule: str, *predicates: str) -> set[tuple[str, str, str]]:
    """Triples of a derived graph in CURIEs, those with the predicates given."""
    graph = ox.NamedNode(f"{sources.GRAPH}derived/{rule}")
    return {
        (compact(str(q.subject.value)), compact(q.predicate.value), _text(q.object))  # type: ignore[union-attr]
        for q in snapshot.store.quads_for_pattern(None, None, None, graph)
        if compact(q.predicate.value) in predicates
    }


def _text(term: object) -> str:
    return compact(term.value) if isinstance(term, ox.NamedNode) else str(term)


DATE = "<http://www.w3.org/2001/XMLSchema#date>"


@pytest.mark.parametrize(
    ("slug", "earliest", "latest"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("2023-04", "2023-04-01", "2023-04-30"),
        ("2023-12", "2023-12-01", "2023-12-31"),
        ("2024-33", "2024-01-01", "2024-03-31"),
        ("2024-34", "2024-04-01", "2024-06-30"),
        ("2024-35", "2024-07-01", "2024-09-30"),
        ("2024-36", "2024-10-01", "2024-12-31"),
        ("2023-05-18", "2023-05-18", "2023-05-18"),
        ("2023-11-01_2023-11-02", "2023-11-01", "2023-11-02"),
        ("2023-10_2024", "2023-10-01", "2024-12-31"),
    ],
)
def test_bounds_of_every_form_of_date(
    slug: str, earliest: str, latest: str, small: Settings
) -> None:
    """Years, months with leap days, quarters, days and periods have a first and a last day."""
    (rule,) = [one for one in rules.load(small.project) if one.name == "bounds"]
    date = ox.NamedNode(PREFIXES["date"] + slug)
    graph = ox.NamedNode(sources.SOURCE + "x/y/z")
    claim = ox.NamedNode(sources.SOURCE + "x/y/z#c")
    quad = ox.Quad(claim, ox.NamedNode(expand("comity:date")), date, graph)
    found = {
        compact(q.predicate.value): str(q.object)
        for q in rules.apply(rule, sources.load([quad]))
        if q.subject == date
    }
    assert found["comity:earliest"] == f'"{earliest}"^^{DATE}'
    assert found["comity:latest"] == f'"{latest}"^^{DATE}'
    assert found["comity:edtf"].startswith(f'"{slug.replace("_", "/")}"^^')


def test_only_what_was_done_gives_plain_properties(small_snapshot: kg.Snapshot) -> None:
    """A planned hosting makes no host; one that was achieved does."""
    assert derived(small_snapshot, "hosted-by", "comity:hostedBy") == {
        ("event:summit", "comity:hostedBy", "actor:beland")
    }


def test_both_sides_of_a_signing_are_parties(small_snapshot: kg.Snapshot) -> None:
    """One who signs with a counterpart, and the counterpart."""
    both = {("instrument:pact", "actor:mod"), ("instrument:pact", "actor:beland")}
    signed = derived(small_snapshot, "signed-by", "comity:signedBy")
    assert {(s, o) for s, _, o in signed} == both
    assert {(s, o) for s, _, o in derived(small_snapshot, "party", "comity:party")} == both


def test_a_country_comes_through_parents_unless_it_is_written(small_snapshot: kg.Snapshot) -> None:
    """Two steps up count; what has a country of its own gets none."""
    assert derived(small_snapshot, "country", "comity:country") == {
        ("actor:mod", "comity:country", "actor:aland"),
        ("actor:office", "comity:country", "actor:aland"),
    }


def test_names_fall_back_from_english_to_japanese(small_snapshot: kg.Snapshot) -> None:
    """Each named thing has one plain name."""
    found = derived(small_snapshot, "name", "comity:name")
    by_thing = {s: o for s, _, o in found}
    assert len(by_thing) == len(found)
    assert by_thing["actor:beland"] == '"Beland"'
    assert by_thing["actor:office"] == '"データ局"'
    assert by_thing["comity:Action"] == '"action"'


def test_labels_are_added_only_where_none_is_written(small_snapshot: kg.Snapshot) -> None:
    """Preferred labels become labels; terms that have one in the language keep it alone."""
    found = derived(small_snapshot, "label", "rdfs:label")
    assert ("actor:beland", "rdfs:label", '"ベランド"@ja') in found
    assert ("actor:beland", "rdfs:label", '"Beland"@en') in found
    assert not [one for one in found if one[0].startswith("comity:")]


def test_every_claim_names_its_passage(small_snapshot: kg.Snapshot) -> None:
    """What exports without graphs need to say where a claim stands."""
    found = derived(small_snapshot, "passage", "comity:passage")
    place = "source:ab-2024/data/"
    assert {(s, o) for s, _, o in found} == {
        (f"{place}a#sign", f"{place}a"), (f"{place}a#host", f"{place}a"),
        (f"{place}b#host", f"{place}b"),
    }  # fmt: skip


def test_quotes_have_their_web_annotation_form(small_snapshot: kg.Snapshot) -> None:
    """Words and place select from the source; a claim without a span has no annotation."""
    found = derived(small_snapshot, "annotation", "oa:exact", "oa:start", "oa:hasSource")
    claim = "source:ab-2024/data/a#sign"
    assert (f"{claim}.words", "oa:exact", '"signed the Pact"') in found
    assert (f"{claim}.target", "oa:hasSource", "source:ab-2024") in found
    assert not [one for one in found if one[0].startswith("source:ab-2024/data/b")]


@pytest.mark.parametrize("kind", ["small_snapshot", "real_snapshot"])
def test_each_derived_graph_says_where_it_comes_from(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """One graph a rule, with the rule, what it does, and the kinds of graph it read."""
    snapshot: kg.Snapshot = request.getfixturevalue(kind)
    graphs = {iri for iri, its in snapshot.graphs.items() if its == "derived"}
    project = snapshot.project
    assert project is not None
    loaded = {rule.graph: rule for rule in rules.load(project)}
    assert graphs == set(loaded)
    assert len(graphs) >= 18
    for graph in graphs:
        own = list(snapshot.store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))
        read = {q.object.value for q in own if q.predicate.value == PROV + "wasDerivedFrom"}
        kinds = {k if k != "ontology" else sources.ONTOLOGY_IRI for k in loaded[graph].reads}
        assert {one.removeprefix(sources.GRAPH) for one in read} == kinds
        said = [q.object for q in own if q.predicate.value == PREFIXES["dct"] + "description"]
        assert said == [ox.Literal(loaded[graph].query.summary, language="en")]


def test_no_rule_mints_a_claim_or_expands_a_group(real_snapshot: kg.Snapshot) -> None:
    """Derived graphs of the real report add no claim, and nothing to the members of a group."""
    minted = real_snapshot.query(
        "ASK { ?claim a ?type VALUES ?type { comity:Action comity:Participation comity:Money } }",
        graphs=["derived"],
    )
    assert not minted
    expanded = real_snapshot.query("""SELECT ?thing ?member WHERE {
        ?action comity:actor ?group ; comity:object ?thing . ?group a comity:Group .
        GRAPH ?derived { ?thing ?property ?member } ?group comity:member ?member .
        FILTER(STRSTARTS(STR(?derived), STR(graph:derived)))
        FILTER NOT EXISTS { ?claim comity:actor|comity:counterpart|comity:participant ?member ;
            comity:object|comity:in ?thing } }""")
    assert isinstance(expanded, Rows)
    assert len(expanded) == 0


def test_a_rule_sees_only_what_it_says_it_reads(small: Settings) -> None:
    """A rule that reads passages alone finds nothing of the registers."""
    path = small.project / "queries/rules/types.rq"
    path.write_text(
        "#+ summary: Types\n#+ reads: [reported]\n"
        "CONSTRUCT { ?x rdfs:seeAlso ?type } WHERE { ?x a ?type }"
    )
    quads = rules.derive(small.project, sources.read_all(small.project))
    graph = f"{sources.GRAPH}derived/types"
    types = {
        compact(q.object.value)  # type: ignore[union-attr]
        for q in quads
        if q.graph_name == ox.NamedNode(graph) and q.predicate.value.endswith("seeAlso")
    }
    assert types == {"comity:Passage", "comity:Action"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#+ summary: S\n#+ reads: [reported]\nSELECT * { ?s ?p ?o }", "CONSTRUCT"),
        ("#+ summary: S\n#+ reads: [derived]\nCONSTRUCT WHERE { ?s ?p ?o }", "reads"),
        ("#+ summary: S\nCONSTRUCT WHERE { ?s ?p ?o }", "reads"),
        ("#+ reads: [reported]\nCONSTRUCT WHERE { ?s ?p ?o }", "summary"),
        ("#+ summary: S\n#+ reads: [reported]\nCONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }", "blank"),
        (
            "#+ summary: S\n#+ reads: [reported]\nCONSTRUCT { ?s a comity:Participation } "
            "WHERE { ?s comity:act ?act }",
            "mints no claim",
        ),
        ("#+ summary: S\n#+ reads: [reported]\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ", "line 3"),
    ],
)
def test_unfit_rules_are_refused_by_file(text: str, said: str, small: Settings) -> None:
    """A rule that is no rule, reads what it may not or mints a claim: the file is named."""
    path = small.project / "queries/rules/unfit.rq"
    path.write_text(text)
    with pytest.raises(DataError, match=said) as caught:
        rules.derive(small.project, sources.read_all(small.project))
    assert caught.value.path == path


def shuffled(quads: Sequence[ox.Quad], seed: int) -> list[ox.Quad]:
    mixed = list(quads)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - any order will do
    return mixed


def test_rules_do_not_depend_on_the_order_of_data(real: Settings) -> None:
    """The same data in any order gives the same derived graphs."""
    quads = sources.read_all(Path(real.project))
    first = rules.derive(real.project, shuffled(quads, 1))
    assert set(first) == set(rules.derive(real.project, shuffled(quads, 2)))
    assert len(first) > 1000
