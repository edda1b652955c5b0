"""Evidence checks: an invented source that conforms, and each check on it spoiled in one place."""

import shutil
from pathlib import Path

import pytest

from kg.check import check
from kg.check.listing import EVIDENCE
from kg.check.report import CheckReport

PROJECT = Path(__file__).parents[1]
SECOND = PROJECT / "tests" / "second_source"
DATE = "comity:date date:2031-03-03 ;"
OPENING, WORK = "ee-jp-2031/opening", "ee-jp-2031/work-done"
GROUP = 'skos:prefLabel "Wallet Working Group"@en'
OFFICE = "actor:ee-office a comity:Agency ;"
ROR = "<http://www.w3.org/2004/02/skos/core#exactMatch> <https://ror.org/00vs1pz5{}> ;"
SPAN = "comity:start 69 ; comity:end 256"

# check, file, words in it, what stands there instead
SPOILED = [
    ("turtle", f"{OPENING}/p1.ttl", "comity:sentence 1 ;", "comity:sentence 1"),
    ("turtle", f"{OPENING}/p1.ttl", "@base <https://w3id.org/comity/source/ee-jp-2031/opening/p1>",
     "@base <https://w3id.org/comity/source/ee-jp-2031/opening/p2>"),
    ("evidence-whole", "ee-jp-2031/evidence.ttl", SPAN, "comity:start 69 ; comity:end 60"),
    ("places", "ee-jp-2031/evidence.ttl", "comity:start 69 ; comity:end 202",
     "comity:start 69 ; comity:end 199"),
    ("places", "ee-jp-2031/evidence.ttl", SPAN, "comity:start 69 ; comity:end 99256"),
    ("passage-known", "ee-jp-2031/evidence.ttl", "<opening/p1", "<opening/p9"),
    ("passage-hash", "ee-jp-2031/evidence.ttl", "2e3d2e16", "2e3d2e17"),
    ("passage-words", "ee-jp-2031/evidence.ttl", "comity:words 34", "comity:words 35"),
    ("passage-words", "ee-jp-2031/evidence.ttl", "comity:words 24", "comity:words 25"),
    ("passage-marker", "ee-jp-2031/evidence.ttl", "comity:marker \"¹\"", "comity:marker \"²\""),
    ("quote-in-sentence", f"{OPENING}/p1.ttl", "Invented Digital", "Invented Digtal"),
    ("quote-in-sentence", f"{OPENING}/p1.ttl", "\"held the Invented Digital Talks\"", "\"the\""),
    ("quote-in-sentence", f"{OPENING}/p2.ttl", "comity:sentence 2", "comity:sentence 1"),
    ("quote-in-sentence", "ee-jp-2031/annex/p1.ttl", "情報を交換した", "情報を交換する"),
    ("span-sealed", "ee-jp-2031/evidence.ttl", "comity:start 143 ; comity:end 174",
     "comity:start 142 ; comity:end 173"),
    ("span-sealed", "ee-jp-2031/evidence.ttl", "comity:wordsBefore 13", "comity:wordsBefore 12"),
    ("name-printed", "reference/register-actor.ttl", GROUP, GROUP.replace("Wallet", "Wallets")),
    ("name-printed", f"{WORK}/p3.ttl", "actor:jp-office", "actor:estonia"),
    ("name-printed", "reference/register-actor.ttl", "\"作業部会\"@ja", "\"作業委員会\"@ja"),
    ("date-printed", f"{OPENING}/p1.ttl", "date:2031-03-03", "date:2031-03-04"),
    ("date-printed", f"{OPENING}/p2.ttl", "date:2031-12", "date:2032-12"),
    ("date-printed", f"{WORK}/p1.ttl", "date:2030", "date:2029"),
    ("date-printed", "ee-jp-2031/annex/p1.ttl", "date:2031", "date:2030"),
    ("date-printed", f"{OPENING}/p1.ttl", DATE,
     "comity:date date:2030-02 ; comity:relativeDate \"March\" ;"),
    ("relative-date-printed", f"{OPENING}/p1.ttl", DATE,
     DATE + " comity:relativeDate \"last March\" ;"),
    ("sum-printed", f"{WORK}/p2.ttl", "comity:amount 250000", "comity:amount 2500000"),
    ("sum-printed", f"{WORK}/p2.ttl", "\"EUR\"", "\"GBP\""),
    ("sum-printed", f"{WORK}/p2.ttl", "\"stated\"", "\"ceiling\""),
    ("title-printed", "ee-jp-2031/notes/1.ttl", "comity:textOf",
     "comity:printedTitle \"Invented Tartu Memorandum\" ; comity:textOf"),
    ("address-printed", "ee-jp-2031/notes/1.ttl", "example.org/tallinn", "example.org/talinn"),
    ("locality-printed", f"{OPENING}/p1.ttl", DATE, DATE + " comity:locality \"Tartu\" ;"),
    ("modality-worded", f"{OPENING}/p2.ttl", "modality:look-forward", "modality:pledge"),
    ("frequency-worded", f"{WORK}/p1.ttl", "\"P3M\"", "\"P1M\""),
    ("check-digit", "reference/register-actor.ttl", OFFICE, OFFICE + ROR.format(1)),
]  # fmt: skip

# what the invented source has nothing of: each of these words is right
SOUND = [
    (f"{OPENING}/p1.ttl", DATE, DATE + " comity:relativeDate \"March\" ;"),
    (f"{OPENING}/p1.ttl", DATE, DATE + " comity:locality \"Tallinn\" ;"),
    ("ee-jp-2031/notes/1.ttl", "comity:textOf",
     "comity:printedTitle \"Invented Tallinn Memorandum\" ; comity:textOf"),
    ("ee-jp-2031/notes/1.ttl", "comity:textOf",
     "comity:printedAddress \"https://example.org/tallinn-memorandum\" ; comity:textOf"),
    ("reference/register-actor.ttl", OFFICE, OFFICE + ROR.format(0)),
]  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The invented source as a project of its own."""
    for folder in ("ontology", "queries"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    shutil.copytree(SECOND / "data", tmp_path / "data")
    return tmp_path


def spoiled(project: Path, name: str, old: str, new: str) -> CheckReport:
    """The report on the project with words exchanged wherever they stand in one file."""
    path = project / "data" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return check(project, text=SECOND)


def test_invented_source_conforms(project: Path) -> None:
    """Another pair, no pillars, an annex, Japanese text: nothing is found, every quote verified."""
    report = check(project, text=SECOND)
    assert [finding.said(project) for finding in report.findings] == []
    assert report.quotes_verified is True


def test_every_evidence_check_is_spoiled() -> None:
    """No evidence check is without a case in which it fires, and none fires that is not listed."""
    assert {name for name, *_ in SPOILED} == set(EVIDENCE)


@pytest.mark.parametrize(
    ("name", "file", "old", "new"), SPOILED, ids=[f"{c[0]}-{n}" for n, c in enumerate(SPOILED)]
)
def test_spoiled(project: Path, name: str, file: str, old: str, new: str) -> None:
    """What one edit breaks is found by the check that is there for it."""
    report = spoiled(project, file, old, new)
    assert name in {finding.check for finding in report.findings}


@pytest.mark.parametrize(("file", "old", "new"), SOUND)
def test_sound(project: Path, file: str, old: str, new: str) -> None:
    """What is printed in the text is not found fault with."""
    report = spoiled(project, file, old, new)
    assert [finding.said(project) for finding in report.findings] == []


def test_messages_hold_no_text_of_the_source(project: Path) -> None:
    """A finding repeats what the curators wrote, not what the source says."""
    report = spoiled(project, f"{OPENING}/p1.ttl", "Invented Digital", "Invented Digtal")
    said = " ".join(f.said(project) for f in report.findings)
    assert "Everything in this text was made up" not in said
