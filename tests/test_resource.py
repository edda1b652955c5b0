"""Descriptions and names: what is found under a name, and what is said of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.errors import NotFound, UsageError
from kg.lookup import Names
from kg.names import compact, expand


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("MOD", "actor:mod"),
        ("mod", "actor:mod"),
        ("Ministry of Data", "actor:mod"),
        (" ministry  of DATA ", "actor:mod"),
        ("ベランド", "actor:beland"),
        ("データ局", "actor:office"),
        ("actor:mod", "actor:mod"),
        ("https://w3id.org/comity/id/actor/mod", "actor:mod"),
        ("Report 2024, Data (a)", "source:ab-2024/data/a"),
        ("Ministry", "actor:mod"),
        ("comity:actor", "comity:actor"),
        ("done by", "comity:actor"),
    ],
)
def test_things_are_found_by_any_of_their_names(
    text: str, curie: str, small_snapshot: kg.Snapshot
) -> None:
    """Label in any language, acronym, slug, CURIE, IRI, citation label, or how a name begins."""
    assert compact(kg.identify(small_snapshot, text)) == curie


def test_a_name_of_several_lists_them(small_snapshot: kg.Snapshot) -> None:
    """Nobody is given one of two things that a name may mean."""
    with pytest.raises(UsageError, match=r"actor:forum-a \(Forum A\), actor:forum-b \(Forum B\)"):
        kg.identify(small_snapshot, "Forum")
    assert [one.curie for one in kg.find(small_snapshot, "forum")] == [
        "actor:forum-a", "actor:forum-b",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["nosuch", "", "   ", "actor:nosuch"])
def test_what_has_no_name_is_not_found(text: str, small_snapshot: kg.Snapshot) -> None:
    """Nothing is made up for an unknown name."""
    with pytest.raises(NotFound):
        kg.identify(small_snapshot, text)
    assert kg.find(small_snapshot, text) == []


@given(st.text(max_size=20))
def test_any_text_can_be_looked_up(text: str) -> None:
    """Names come from people: no text breaks the search, and what it finds is what it can open."""
    for one in SMALL_NAMES.find(text):
        assert expand(one.curie) == one.iri


SMALL_NAMES: Names


@pytest.fixture(autouse=True, scope="module")
def names(small_snapshot: kg.Snapshot) -> None:
    """Names for the property test, which hypothesis runs many times over."""
    global SMALL_NAMES
    SMALL_NAMES = small_snapshot.names


def test_labels_fall_back(small_snapshot: kg.Snapshot) -> None:
    """The language asked for, English, Japanese, any; a claim's words; a date; else the CURIE."""
    label = small_snapshot.names.label
    assert label(expand("actor:beland"), "ja") == "ベランド"
    assert label(expand("actor:beland"), "fr") == "Beland"
    assert label(expand("actor:office"), "en") == "データ局"
    assert label(expand("source:ab-2024/data/a#sign")) == "signed the Pact"
    assert label(expand("date:2023-11-01_2023-11-02")) == "2023-11-01/2023-11-02"
    assert label(expand("actor:nosuch")) == "actor:nosuch"


def test_a_thing_is_described_with_the_claims_that_speak_of_it(small_snapshot: kg.Snapshot) -> None:
    """Facts say their graph, its kind and their nature; claims their place and their words."""
    found = kg.describe(small_snapshot, expand("actor:mod"))
    assert (found.label, [compact(one) for one in found.types]) == (
        "Ministry of Data", ["comity:Ministry"],
    )  # fmt: skip
    parents = {(one.kind, one.citation) for one in found.facts if one.property.endswith("#parent")}
    assert parents == {
        ("reported", "Report 2024, Data (a)"), ("reported", "Report 2024, Data (b)"),
        ("reference", "graph:reference/register-actor"),
    }  # fmt: skip
    inverse = {(compact(one.property), one.value_label) for one in found.facts if one.inverse}
    assert {("comity:party", "Pact"), ("comity:parent", "データ局")} <= inverse
    (claim,) = found.claims
    assert (claim.quote, claim.citation) == ("signed the Pact", "Report 2024, Data (a)")
    assert [compact(one) for one in claim.relations] == ["comity:actor"]
    natures = {compact(one.property): one.nature for one in claim.facts}
    assert natures["comity:act"] == "coded"
    assert natures["comity:actor"] == "stated"


def test_other_readings_are_told_with_the_claim(small_snapshot: kg.Snapshot) -> None:
    """Where a careful reader could code otherwise, the description says so."""
    claims = kg.describe(small_snapshot, expand("event:summit")).claims
    assert [claim.other_readings for claim in claims] == [("An aim, no plan.",), ()]
    own = kg.describe(small_snapshot, expand("source:ab-2024/data/a#host"))
    assert (own.quote, own.other_readings) == ("will host a Summit", ("An aim, no plan.",))


def test_a_passage_is_described_by_what_it_says(small_snapshot: kg.Snapshot) -> None:
    """Its claims, and every triple of its graph."""
    iri = expand("source:ab-2024/data/a")
    found = kg.describe(small_snapshot, iri)
    assert [claim.quote for claim in found.claims] == ["will host a Summit", "signed the Pact"]
    inside = {(q.subject, q.predicate, q.object) for q in small_snapshot.quads("reported")
              if q.graph_name.value == iri}  # type: ignore[union-attr]  # fmt: skip
    assert inside <= {(t.subject, t.predicate, t.object) for t in found.triples}


def test_nothing_known_is_not_described(small_snapshot: kg.Snapshot) -> None:
    """An IRI of which nothing is said is not found, however well formed."""
    with pytest.raises(NotFound, match="actor:nosuch"):
        kg.describe(small_snapshot, expand("actor:nosuch"))


def test_the_ministry_of_the_real_report(real_snapshot: kg.Snapshot) -> None:
    """MIC is found by its acronym, with the money it put into a project and the words for it."""
    found = kg.describe(real_snapshot, kg.identify(real_snapshot, "MIC"))
    assert compact(found.iri) == "actor:mic"
    (invested,) = [
        one for one in found.claims if one.iri.endswith("/telecoms-diversification/c#invest")
    ]
    assert invested.citation == "Progress Report 2024, Telecoms Diversification (c)"
    assert (invested.quote or "").startswith("MIC has invested")
