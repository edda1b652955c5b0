"""`kg check`: what it finds in real files that were spoiled, and how it says so."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg import sources
from kg.check import check, listing, printed
from kg.check.report import CheckReport, Finding
from kg.cli import kg
from kg.errors import DataError, NotConformant

PROJECT = Path(__file__).parents[1]
SECTION = "telecoms-diversification"
SH = "http://www.w3.org/ns/shacl#"
TEXT = (
    "The two sides met on 28 February 2023 and will launch a £250m programme in the first quarter"
    " of 2024."
)
Spoil = Callable[[str, str, str], Path]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's curated files, to be spoiled."""
    for folder in ("ontology", "data", "queries"):
        shutil.copytree(PROJECT / folder, tmp_path / "project" / folder)
    return tmp_path / "project"


@pytest.fixture
def spoil(project: Path) -> Spoil:
    """Exchanges words, which must be there, in one curated file."""

    def exchange(name: str, old: str, new: str) -> Path:
        path = project / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    return exchange


@pytest.fixture
def absent(tmp_path: Path) -> Path:
    """A folder without any text copy."""
    folder = tmp_path / "no-text"
    folder.mkdir()
    return folder


def at(report: CheckReport, path: Path) -> list[Finding]:
    """The findings in one file."""
    return [finding for finding in report.findings if finding.path == path]


def test_finding_names_file_line_and_remedy(project: Path, spoil: Spoil, absent: Path) -> None:
    """A misspelt actor is found in its file, at its claim's line, with what to do."""
    path = spoil(f"data/jukdp-2024/{SECTION}/c.ttl", "actor:rakuten-mobile", "actor:rakuten-mobil")
    report = check(project, text=absent)
    assert not report.conforms
    found = {finding.check: finding for finding in at(report, path)}
    assert {"dangling", "ActionShape"} <= set(found)
    finding = found["ActionShape"]
    line = path.read_text("utf-8").splitlines()[(finding.line or 0) - 1]
    assert line.startswith("<#conduct-project>")
    assert finding.value == "https://w3id.org/comity/id/actor/rakuten-mobil"
    assert "register it or correct the IRI" in finding.message


def test_all_turtle_errors_at_once(project: Path, spoil: Spoil, absent: Path) -> None:
    """Two files that are no Turtle and a false value in a third are all reported in one run."""
    one = spoil(f"data/jukdp-2024/{SECTION}/c.ttl", "comity:sentence 2 ;", "comity:sentence 2")
    two = spoil(f"data/jukdp-2024/{SECTION}/d.ttl", "@base", "@bse")
    three = spoil("data/jukdp-2024/semiconductors/e.ttl", "status:achieved", "status:achievd")
    report = check(project, text=absent)
    assert [f.check for f in at(report, one)] == ["turtle"]
    assert [f.check for f in at(report, two)] == ["turtle"]
    assert "ActionShape" in {f.check for f in at(report, three)}
    assert {f.path for f in report.findings} == {one, two, three}


def test_one_file_reports_that_file(project: Path, spoil: Spoil, absent: Path) -> None:
    """With a file given, what is wrong elsewhere is not listed, and what is wrong there is."""
    here = spoil("data/jukdp-2024/semiconductors/e.ttl", "status:achieved", "status:achievd")
    spoil(f"data/jukdp-2024/{SECTION}/d.ttl", "act:renew", "act:renw")
    report = check(project, [here], text=absent)
    assert {finding.path for finding in report.findings} == {here}
    whole = check(project, text=absent)
    assert set(report.findings) == set(at(whole, here))
    assert len({finding.path for finding in whole.findings}) > 1


def test_values_deep_in_a_shape_are_seen_in_one_file_too(
    project: Path, spoil: Spoil, absent: Path
) -> None:
    """A concept of the wrong scheme is found with a file given as without."""
    here = spoil("data/jukdp-2024/semiconductors/e.ttl", "act:hold", "status:planned")
    report = check(project, [here], text=absent)
    assert [f.check for f in report.findings] == ["ActionShape"]


def test_unknown_file_is_an_error(project: Path) -> None:
    """A file that is not there is not a file in which nothing is wrong."""
    with pytest.raises(DataError, match="no such file"):
        check(project, [project / "data" / "jukdp-2024" / "data" / "z.ttl"])


def test_absent_text_is_said(project: Path, absent: Path) -> None:
    """Without the text a run says that quotes were not verified, and of which source."""
    report = check(project, text=absent)
    assert report.quotes_verified is False
    assert report.unverified == ("jukdp-2024",)
    assert list(report.lines())[-1].startswith("Quotes NOT verified: the text of jukdp-2024")


def test_registers_have_no_quotes(project: Path, absent: Path) -> None:
    """For a register alone there is nothing to verify, and the report does not alarm."""
    report = check(project, [project / "data/reference/register-actor.ttl"], text=absent)
    assert report.quotes_verified is None
    assert list(report.lines())[-1] == "No quotes to verify."


def test_not_conformant_carries_the_report(project: Path, spoil: Spoil, absent: Path) -> None:
    """A build that refuses hands on everything that was found."""
    spoil(f"data/jukdp-2024/{SECTION}/d.ttl", "act:renew", "act:renw")
    report = check(project, text=absent)
    assert NotConformant(report).report.findings == report.findings


def test_report_as_validation_report(project: Path, spoil: Spoil, absent: Path) -> None:
    """The Turtle is one sh:ValidationReport, with a result a finding as SHACL wants it."""
    spoil(f"data/jukdp-2024/{SECTION}/d.ttl", "act:renew", "act:renw")
    report = check(project, text=absent)
    store = ox.Store()
    store.load(report.to_turtle().encode(), format=ox.RdfFormat.TURTLE)
    counted = store.query(
        f"PREFIX sh: <{SH}> SELECT (COUNT(DISTINCT ?result) AS ?count) WHERE {{"
        " ?report a sh:ValidationReport ; sh:conforms false ; sh:result ?result ."
        " ?result a sh:ValidationResult ; sh:focusNode ?focus ; sh:resultMessage ?message ;"
        " sh:resultSeverity sh:Violation ; sh:sourceConstraintComponent ?component }"
    )
    assert isinstance(counted, ox.QuerySolutions)
    assert [int(row["count"].value) for row in counted] == [len(report.findings)]


def test_conforming_report_as_turtle(tmp_path: Path) -> None:
    """A report without findings says sh:conforms true and has no result."""
    report = CheckReport((), True, tmp_path)
    assert "sh:conforms true" in report.to_turtle()
    assert "sh:result" not in report.to_turtle()


def test_rules_are_checked(project: Path, absent: Path) -> None:
    """What a rule mints is found when its quads, or what makes them, are handed over."""
    graph = ox.NamedNode(sources.GRAPH + "derived/wrong")
    claim = ox.NamedNode("https://w3id.org/comity/source/jukdp-2024/data/a#collaborate")
    status = ox.NamedNode("https://w3id.org/comity/ontology#status")
    quad = ox.Quad(claim, status, ox.NamedNode("https://w3id.org/comity/id/status/planned"), graph)
    for derived in ([quad], lambda _authored: [quad]):
        report = check(project, text=absent, derived=derived)
        assert "derived-claim" in {finding.check for finding in report.findings}


def test_list_of_checks_is_current() -> None:
    """docs/checks.md is what the shapes, queries and evidence checks say of themselves."""
    written = (PROJECT / "docs" / "checks.md").read_text("utf-8")
    assert written == listing.listing(PROJECT)


def test_command_exit_and_formats(
    project: Path, spoil: Spoil, absent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command exits 1 on findings; text, JSON and Turtle tell the same ones."""
    path = spoil("data/jukdp-2024/semiconductors/e.ttl", "status:achieved", "status:achievd")
    monkeypatch.setenv("KG_PROJECT", str(project))
    monkeypatch.setenv("KG_SOURCE_TEXT", str(absent))
    outputs = {}
    for form in ("text", "json", "ttl"):
        result = CliRunner().invoke(kg, ["check", "--format", form, str(path)])
        assert result.exit_code == 1
        outputs[form] = result.output
    said = json.loads(outputs["json"])
    assert said["conforms"] is False
    assert said["quotes_verified"] is False
    assert {f["path"] for f in said["findings"]} == {"data/jukdp-2024/semiconductors/e.ttl"}
    assert outputs["text"].count("data/jukdp-2024/semiconductors/e.ttl:") == len(said["findings"])
    assert outputs["ttl"].count("a sh:ValidationResult") == len(said["findings"])


@pytest.mark.parametrize(
    ("slug", "language", "text", "stands"),
    [
        ("2023-02-28", "en", TEXT, True),
        ("2023-02-27", "en", TEXT, False),
        ("2023-02", "en", TEXT, True),
        ("2022", "en", TEXT, False),
        ("2024-33", "en", TEXT, True),
        ("2024-34", "en", TEXT, False),
        ("2023-11-01_2023-11-02", "en", "held on 1 and 2 November 2023", True),
        ("2023-11-01_2023-11-03", "en", "held on 1 and 2 November 2023", False),
        ("2024-01-16", "ja", "2024年1月16日に", True),
        ("2024-01-16", "ja", "令和６年１月１６日に", True),
        ("2024-01-1", "ja", "2024年1月16日に", False),
        ("2019", "ja", "令和元年に", True),
        ("2024-33", "ja", "2024年第1四半期に", True),
        ("2023-02", "fr", "en février 2023", True),
        ("2022-02", "fr", "en février 2023", False),
    ],
)
def test_dates_as_printed(slug: str, language: str, text: str, stands: bool) -> None:
    """A date is found in the forms that English and Japanese print, and only there."""
    assert printed.date_stands(slug, text, language) is stands


@pytest.mark.parametrize(
    ("words", "slug", "fits"),
    [
        ("in November", "2023-11", True),
        ("in November", "2023-10", False),
        ("last October", "2023-10", True),
        ("last October", "2021-10", False),
        ("next year", "2025", True),
        ("next year", "2023", False),
        ("last year", "2023", True),
        ("昨年10月", "2023-10", True),
    ],
)
def test_relative_dates(words: str, slug: str, fits: bool) -> None:
    """Words of a relative date are held against the date of the source, 16 January 2024."""
    assert printed.relative_fits(words, slug, "2024-01-16") is fits


def test_sums_as_printed() -> None:
    """Amount, currency and 'up to' are read from English and Japanese print."""
    read = [
        [(int(amount), currency, ceiling) for amount, currency, ceiling in printed.sums(text)]
        for text in (TEXT, "up to £2 million", "EUR 1,500,000", "最大3億円", "in 2023, 5 sites")
    ]
    assert read == [
        [(250_000_000, "GBP", False)],
        [(2_000_000, "GBP", True)],
        [(1_500_000, "EUR", False)],
        [(300_000_000, "JPY", True)],
        [],
    ]
