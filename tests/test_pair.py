"""Pairs of countries and the timeline, against what a reader of the report finds."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

import kg
import later
from kg import cli, pair, timeline
from kg.errors import NotFound, UsageError
from kg.formats import write
from kg.names import expand
from kg.settings import Settings


@pytest.fixture(scope="module")
def found(real_snapshot: kg.Snapshot) -> dict[str, Any]:
    """The record of Japan and the United Kingdom."""
    return pair.pair(real_snapshot, "jp", "uk").record()


def labels(things: list[dict[str, Any]]) -> list[str]:
    """The names of some things."""
    return [one["label"] for one in things]


@pytest.mark.parametrize(
    ("one", "other"),
    [("jp", "uk"), ("UK", "JP"), ("gb", "Japan"), ("actor:uk", "actor:japan"),
     ("japan-united-kingdom", "")],
)  # fmt: skip
def test_a_pair_has_one_page(real_snapshot: kg.Snapshot, one: str, other: str) -> None:
    """However its countries are named, in whichever order."""
    assert pair.pair(real_snapshot, one, other).slug == "japan-united-kingdom"


def test_only_pairs_with_a_bilateral_source(real_snapshot: kg.Snapshot) -> None:
    """Others are named in the report, and have none; a country alone is no pair."""
    assert list(pair.pairs(real_snapshot)) == ["japan-united-kingdom"]
    with pytest.raises(NotFound, match="no bilateral source of France and Japan is held"):
        pair.pair(real_snapshot, "jp", "fr")
    with pytest.raises(NotFound, match="these have: japan-united-kingdom"):
        pair.pair(real_snapshot, "japan-france")
    with pytest.raises(UsageError):
        pair.pair(real_snapshot, "jp", "Japan")
    with pytest.raises(UsageError):
        pair.pair(real_snapshot, "jp", "Nowhere")


def test_actors_by_side(found: dict[str, Any]) -> None:
    """Bodies of each side, and the groups that are both."""
    sides = {one["side"]: labels(one["actors"]) for one in found["actors"]}
    assert list(sides) == ["Japan", "United Kingdom", "both sides"]
    assert "Digital Agency" in sides["Japan"]
    assert "National Cyber Security Centre" in sides["United Kingdom"]
    assert sides["both sides"] == [
        "Both Participants", "Governments of both countries", "Leaders of both countries",
    ]  # fmt: skip


def test_instruments_by_standing(found: dict[str, Any]) -> None:
    """Between the sides, of one, or with parties that nothing names."""
    standings = {one["standing"]: labels(one["instruments"]) for one in found["instruments"]}
    assert "Joint statement on semiconductor partnership" in standings[pair.BETWEEN]
    assert standings["of United Kingdom"] == [
        "Guidelines for secure AI system development", "Open RAN Principles",
    ]  # fmt: skip
    assert "Bletchley Declaration" in standings[pair.NO_PARTY]
    binding = [
        its["label"] for one in found["instruments"] for its in one["instruments"] if its["binding"]
    ]
    assert "Act on the Protection of Personal Information" in binding


def test_joint_and_one_sided_actions(found: dict[str, Any]) -> None:
    """What both bear stands by topic; what one bears is listed, without any number."""
    joint = {its["quote"] for one in found["joint_actions"] for its in one["actions"]}
    assert "have jointly committed to UK-Japan R&D cooperation" in joint
    assert "announced a joint investment of up to £2 million" in joint
    assert "the Governments of both countries issued Joint Statement" in joint
    alone = {
        one["side"]["label"]: {its["quote"] for its in one["actions"]}
        for one in found["one_sided_actions"]
    }
    assert "MIC has invested in UK-based R&D project" in alone["Japan"]
    assert "has published its Open RAN Principles" in alone["United Kingdom"]
    assert not joint & (alone["Japan"] | alone["United Kingdom"])
    assert {key for one in found["one_sided_actions"] for key in one} == {"side", "actions"}
    assert "not counted against each other" in found["remark"]
    assert "not a measure of cooperation" in found["remark"]


def test_third_parties_money_and_the_rest(found: dict[str, Any]) -> None:
    """Forums that are named, sums as printed, discrepancies, commitments as worded."""
    assert "Quad" in labels(found["third_parties"]["forums"])
    assert "software manufacturers" in labels(found["third_parties"]["actors"])
    sums = {(one["amount"], one["currency"], one["kind"]) for one in found["money"]}
    assert sums == {("250000000", "GBP", "stated"), ("2000000", "GBP", "ceiling")}
    assert len(found["commitments"]) == 30
    assert {one["follow_up"] for one in found["commitments"]} == {
        "not followed up in the sources held (latest: 16 January 2024)"
    }
    assert any("footnote" in " ".join(one["passages"]) for one in found["discrepancies"])
    assert [one["label"] for one in found["sources"]] == ["Progress Report 2024"]
    assert found["timeline"]


def test_every_action_has_its_words_and_place(found: dict[str, Any]) -> None:
    """No line without citation and quote."""
    listed = [*found["joint_actions"], *found["one_sided_actions"]]
    actions = [one for its in listed for one in its["actions"]]
    assert len(actions) > 80
    assert all(one["quote"] and one["citation"].startswith("Progress Report") for one in actions)


def test_pair_as_rdf(real_snapshot: kg.Snapshot) -> None:
    """Turtle has the actions with their passages."""
    made = pair.pair(real_snapshot, "jp", "uk")
    store = ox.Store()
    store.load(write(pair.triples(real_snapshot, made), "ttl"), format=ox.RdfFormat.TURTLE)
    class_ = ox.NamedNode("https://w3id.org/comity/ontology#Action")
    assert len(list(store.quads_for_pattern(None, None, class_))) == len(made.actions) == 134


def test_pair_as_rdf_has_all_parts(real_snapshot: kg.Snapshot, found: dict[str, Any]) -> None:
    """Instruments with type, parties and names; sums with currency and words; discrepancies."""
    made = pair.pair(real_snapshot, "jp", "uk")
    store = ox.Store()
    store.load(write(pair.triples(real_snapshot, made), "ttl"), format=ox.RdfFormat.TURTLE)

    def values(iri: str, property_: str) -> set[str]:
        quads = store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(expand(property_)), None)
        return {quad.object.value for quad in quads}  # type: ignore[union-attr]

    instruments = [one for its in found["instruments"] for one in its["instruments"]]
    assert len(instruments) > 20
    for one in instruments:
        assert one["label"] in values(one["iri"], "skos:prefLabel") | values(
            one["iri"], "rdfs:label"
        )
        assert values(one["iri"], "comity:instrumentType") == {its["iri"] for its in one["types"]}
        bodies = {
            who for name in ("party", "publishedBy", "signedBy", "endorsedBy")
            for who in values(one["iri"], f"comity:{name}")
        }  # fmt: skip
        assert bodies == {its["iri"] for its in one["bodies"]}
    assert found["money"]
    for one in found["money"]:
        assert values(one["iri"], "comity:amount") == {one["amount"]}
        assert values(one["iri"], "comity:currency") == {one["currency"]}
        claims = store.quads_for_pattern(
            None, ox.NamedNode(expand("comity:money")), ox.NamedNode(one["iri"])
        )
        quotes = {w for quad in claims for w in values(quad.subject.value, "comity:quote")}  # type: ignore[union-attr]
        assert one["quote"] in quotes
    assert found["discrepancies"]
    for one in found["discrepancies"]:
        assert values(one["iri"], "oa:bodyValue") == {one["said"]}
        cited = {c for p in values(one["iri"], "oa:hasTarget")
                 for c in values(p, "comity:citationLabel")}  # fmt: skip
        assert set(one["passages"]) <= cited


def test_a_second_report_of_the_pair_joins(tmp_path: Path) -> None:
    """A source without groups or bearers is of no pair; the first one's page stays what it was."""
    snapshot = later.build(tmp_path)
    assert list(pair.pairs(snapshot)) == ["japan-united-kingdom"]
    record = pair.pair(snapshot, "jp", "uk").record()
    told = {one["iri"]: one["follow_up"] for one in record["commitments"]}
    assert told[later.WORKSHOP].startswith("achieved, by the account of Invented Report 2030")


def test_dates_are_ranges(real_snapshot: kg.Snapshot) -> None:
    """A month is its days, a quarter its months; nothing has a day that no source gives."""
    entries = timeline.timeline(real_snapshot).entries
    assert {one.precision for one in entries} == {"day", "month", "quarter", "year", "interval"}
    for one in entries:
        assert one.period.earliest is not None
        assert one.period.latest is not None
        same = one.period.earliest == one.period.latest
        assert same == (one.precision == "day")
        assert one.citations or one.basis == "reference"
    firsts = [one.period.earliest for one in entries]
    assert firsts == sorted(firsts, key=lambda day: day or date.min)


def test_both_readings_of_a_date_stand(real_snapshot: kg.Snapshot) -> None:
    """The report's October 2024 and the register's days are entries of their own."""
    found = timeline.timeline(real_snapshot, kind="event", since="2024-10", until="2024-10")
    wtsa = [(one.period.edtf, one.basis) for one in found.entries]
    assert wtsa == [("2024-10", "reported"), ("2024-10-15/2024-10-24", "reference")]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"since": "2023-05-01", "until": "2023-05-31", "kind": "action"},
         {"was established in May 2023 under the Hiroshima Accord",
          "issued a joint statement on semiconductor partnership", "are renewing their commitment",
          "GDS and DA have collaborated",
          "exchanged learnings at various point throughout 2023"}),
        ({"topic": "semiconductors", "kind": "action"},
         {"issued a joint statement on semiconductor partnership",
          "concurred in pursuing holding the workshop"}),
        ({"actor": "PPC", "kind": "action"},
         {"continued to designate the UK",
          "signed a Memorandum of Cooperation"}),
    ],
)  # fmt: skip
def test_filters(real_snapshot: kg.Snapshot, asked: dict[str, Any], wanted: set[str]) -> None:
    """Windows overlap what a date may mean; topics have their narrower ones."""
    found = timeline.timeline(real_snapshot, **asked)
    assert {one.quote for one in found.entries} == wanted


def test_deadlines_are_marked(real_snapshot: kg.Snapshot) -> None:
    """A deadline is in the line as one, not as the date of an event; the undated are counted."""
    found = timeline.timeline(real_snapshot, kind="action")
    assert {one.quote for one in found.entries if one.relation == "deadline"} == {
        "concurred in pursuing holding the workshop", "with a view to launching a joint project",
    }  # fmt: skip
    dated = {one.thing.iri for one in found.entries}
    assert len(dated) + found.undated == 134


def test_the_commands(real: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`kg pair jp uk` and `kg timeline`, for people and for programs."""
    monkeypatch.setenv("KG_SNAPSHOTS", str(real.snapshots))

    def run(*words: str) -> str:
        return CliRunner().invoke(cli.kg, list(words), catch_exceptions=False).stdout

    assert run("pair", "jp", "uk", "-f", "table").startswith("Japan and United Kingdom\n")
    assert json.loads(run("pair", "jp", "uk"))["slug"] == "japan-united-kingdom"
    assert "comity:Action" in run("pair", "japan-united-kingdom", "-f", "ttl")
    assert "114 actions without a date are left out" in run("timeline", "-f", "table")
    assert run("timeline", "--from", "2024-10", "--to", "2024-10").count("\n") == 6
    target = tmp_path / "line.ttl"
    run("timeline", "--kind", "instrument", "-o", str(target))
    assert b"comity:edtf" in target.read_bytes()
