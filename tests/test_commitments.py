"""Commitments as worded, their follow-up, and the documents to brief from."""

import csv
import doctest
import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pyarrow.parquet
import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

import kg
import later
from kg import cli
from kg.check import check
from kg.commitments import GROUPS, SORTS, commitments, triples
from kg.commitments.briefing import COLUMNS
from kg.commitments.formats import MAX_ROWS, WRITERS
from kg.commitments.texts import TEXTS
from kg.errors import UsageError
from kg.formats import write
from kg.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
NOT_FOLLOWED = "not followed up in the sources held (latest: 16 January 2024)"

# section and letter, and the operative words: what a reader of the report finds, in its order
MUTUAL = "will continue to work towards mutual recognition of respective schemes"
WORDED = f"""\
Preamble 2 | will continue to accelerate bilateral collaboration
Telecoms Diversification (c) | will also conduct a research project
Telecoms Diversification (f) | concur in the need to pursue continuous cooperation
Telecoms Diversification (g) | recommit to further joint working
Increasing Cyber Resilience (a) | {MUTUAL}
Semiconductors (a) | ambitious joint semiconductor research and development activity
Semiconductors (a) | expert missions to facilitate exchanges
Semiconductors (a) | joint activity to strengthen the resilience of semiconductor supply chains
Semiconductors (a) | joint activity with industry
Semiconductors (a) | launch a UK-Japan semiconductor industry dialogue
Semiconductors (a) | opening up access to key infrastructure
Semiconductors (a) | sharing of expertise
Semiconductors (a) | skills exchanges
Semiconductors (c) | have jointly committed to UK-Japan R&D cooperation
Semiconductors (e) | concurred in pursuing holding the workshop
Artificial Intelligence (c) | will work together to ensure security of AI models
Artificial Intelligence (d) | concurred in advance Hiroshima Al Process
Artificial Intelligence (d) | endeavour to engage in outreach regarding the outcomes
Data (b) | with a view to launching a joint project
Online Safety (b) | will continue to share information on our respective approaches
Online Safety (b) | work towards shared principles and standards
Digital Markets (b) | will continue to work together
Internet Governance (b) | will further collaboration in multi-stakeholder and multi-lateral fora
Internet Governance (c) | will also provide input
Internet Governance (c) | will, therefore, strengthen collaboration
Internet Governance (d) | will also work together in the ICANN's Governmental Advisory Committee
Digital Government Transformation (b) | pledged to exchange knowledge and strategies
Digital Identity (a) | further dialogue and collaboration
Digital Identity (a) | look forward to further dialogue
Digital Identity (b) | looks forward to continuing to share knowledge and insights
"""


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> kg.Snapshot:
    """The real report with an invented later one of the same partnership."""
    return later.build(tmp_path_factory.mktemp("later"))


def short(citation: str) -> str:
    """A citation without the report's name."""
    return citation.removeprefix("Progress Report 2024, ")


def test_the_report_has_thirty_as_worded(real_snapshot: kg.Snapshot) -> None:
    """Each with its words and place; two have a deadline or window."""
    found = commitments(real_snapshot)
    said = [f"{short(row.citation)} | {row.quote}" for row in found.rows]
    assert sorted(said) == sorted(WORDED.splitlines())
    assert [s.split(" (")[0].split(" |")[0] for s in said] == [
        s.split(" (")[0].split(" |")[0] for s in WORDED.splitlines()
    ]
    dated = {row.quote: row.deadline for row in found.rows if row.deadline}
    assert {quote: its.spelled for quote, its in dated.items()} == {
        "concurred in pursuing holding the workshop": "first quarter of 2024",
        "with a view to launching a joint project": "2024",
    }
    bounds = dated["with a view to launching a joint project"]
    assert (str(bounds.earliest), str(bounds.latest)) == ("2024-01-01", "2024-12-31")
    assert found.date_line == "As stated in: Progress Report 2024, 16 January 2024."
    assert (found.record()["total"], found.record()["dated"]) == (30, 2)


def test_who_bears_what(real_snapshot: kg.Snapshot) -> None:
    """Bearers as named, the side of each, counterparts, act and object."""
    rows = {row.quote: row for row in commitments(real_snapshot).rows}
    research = rows["will also conduct a research project"]
    assert [one.label for one in research.bearers] == [
        "Ministry of Internal Affairs and Communications"
    ]
    assert [one.label for one in research.sides] == ["Japan"]
    assert research.what.startswith("conduct: ")
    both = rows["will work together to ensure security of AI models"]
    assert [one.label for one in both.bearers] == ["Both Participants"]
    assert [one.label for one in both.sides] == ["Japan", "United Kingdom"]
    gds = rows["looks forward to continuing to share knowledge and insights"]
    assert [one.label for one in gds.sides] == ["United Kingdom"]
    industry = rows["joint activity with industry"]
    assert [one.label for one in industry.counterparts] == ["industry"]
    assert industry.other_readings[0].startswith("An aim of the statement")


def test_modalities_are_grouped_by_wording_and_not_ranked(real_snapshot: kg.Snapshot) -> None:
    """The groups stand in alphabetical order, whatever their size, and hold every row."""
    found = commitments(real_snapshot, group="modality")
    sizes = {label: len(rows) for label, rows in found.groups}
    assert list(sizes) == sorted(sizes)
    assert sizes == {
        "aim": 8, "commit": 1, "concur": 4, "look forward": 3, "pledge": 1, "recommit": 1,
        "will": 6, "will continue": 5, "with a view to": 1,
    }  # fmt: skip
    assert sum(sizes.values()) == 30
    assert "not ranked" in found.record()["group_order"]


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({"bearer": "GDS"}, 2),
        ({"bearer": "MIC"}, 3),
        ({"side": "jp"}, 29),
        ({"side": "United Kingdom"}, 29),
        ({"topic": "semiconductors"}, 10),
        ({"topic": "semiconductor-supply-chains"}, 1),
        ({"modality": "pledge"}, 1),
        ({"modality": "look forward"}, 3),
        ({"counterpart": "ICANN"}, 0),
        ({"source": "jukdp-2024"}, 30),
        ({"dated": True}, 2),
        ({"due_to": "2024-01"}, 2),
        ({"due_from": "2024-04"}, 1),
        ({"due_from": "2025"}, 0),
        ({"side": "jp", "modality": "pledge", "topic": "digital-government"}, 1),
        ({"as_of": "2024-01-15"}, 0),
    ],
)
def test_filters(real_snapshot: kg.Snapshot, asked: dict[str, Any], number: int) -> None:
    """Each keeps what a reader of the report would keep; together they narrow."""
    assert len(commitments(real_snapshot, **asked).rows) == number


@pytest.mark.parametrize(
    "asked",
    [
        {"topic": "no such thing"}, {"bearer": "Forum of Nowhere"}, {"as_of": "2024-13"},
        {"as_of": "tomorrow"}, {"due_from": "31.12.2024"}, {"sort": "importance"},
        {"group": "strength"}, {"source": "nothing-2024"}, {"side": ""},
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused(real_snapshot: kg.Snapshot, asked: dict[str, Any]) -> None:
    """A name of nothing, a date that is none, an order that there is not."""
    with pytest.raises(UsageError):
        commitments(real_snapshot, **asked)


@pytest.mark.parametrize("sort", SORTS)
def test_sorting_keeps_every_row(real_snapshot: kg.Snapshot, sort: str) -> None:
    """An order loses nothing, and is the same each time."""
    found = commitments(real_snapshot, sort=sort)
    assert found == commitments(real_snapshot, sort=sort)
    assert len({row.iri for row in found.rows}) == 30
    if sort == "deadline":
        assert [row.deadline is not None for row in found.rows[:3]] == [True, True, False]


@pytest.mark.parametrize("name", GROUPS)
def test_counts_and_groups_agree(real_snapshot: kg.Snapshot, name: str) -> None:
    """A group of a value has as many rows as its count says."""
    found = commitments(real_snapshot, group=name)
    counts = Counter({one["label"]: one["count"] for one in found.counts[name]})
    groups = {label: len(rows) for label, rows in found.groups if not label.startswith("no ")}
    assert groups == counts


def test_nothing_follows_up_yet(real_snapshot: kg.Snapshot) -> None:
    """The wording is the agreed one, and the third Council's statement is known."""
    for row in commitments(real_snapshot).rows:
        assert row.follow_up.said == NOT_FOLLOWED
        known = {one.label: one.period for one in row.follow_up.later}
        council = known["Joint Statement of the third Japan-UK Digital Partnership Council"]
        assert council is not None
        assert council.edtf == "2025-01-22"


def test_a_day_bounds_what_is_known(real_snapshot: kg.Snapshot) -> None:
    """as_of leaves out later reports of after that day, and says where it stands to a window."""
    early = commitments(real_snapshot, as_of="2024-02", sort="deadline")
    assert [row.window for row in early.rows[:3]] == ["running", "running", ""]
    assert early.rows[0].follow_up.later == ()
    assert "up to 29 February 2024" in early.date_line
    summer = commitments(real_snapshot, as_of="2024-08", sort="deadline")
    assert [row.window for row in summer.rows[:2]] == ["closed", "running"]
    assert [one.period.edtf for one in summer.rows[0].follow_up.later if one.period] == ["2024-07"]
    assert all(row.window == "" for row in commitments(real_snapshot).rows)


def test_a_later_report_tells_of_one_and_mentions_no_other(followed: kg.Snapshot) -> None:
    """Its status reports are a history; of what it is silent about, that is said."""
    rows = {row.iri: row for row in commitments(followed).rows}
    told = rows[later.WORKSHOP].follow_up
    assert [one.status.label for one in told.reports] == ["under way", "achieved"]
    assert told.said == ("achieved, by the account of Invented Report 2030, News (a) (April 2029)")
    assert told.reports[1].quote == "held the invented workshop"
    assert rows[later.WORKSHOP].status.label == "intended"
    assert rows[later.PROJECT].follow_up.said == "not mentioned in Invented Report 2030"


def test_the_later_report_passes_every_check(followed: kg.Snapshot) -> None:
    """With the two terms that it brings, a status report is curated like any other claim."""
    assert followed.project is not None
    report = check(followed.project, text=followed.project.parent / f"{later.SLUG}.txt")
    ours = [
        one
        for one in report.findings
        if later.SLUG in str(one.path) or later.SLUG in one.focus or "example-org" in str(one.path)
    ]
    assert [(one.check, one.message) for one in ours] == []
    assert later.SLUG not in report.unverified


def test_before_the_later_report_it_was_not_followed_up(followed: kg.Snapshot) -> None:
    """As of a day before the later report all is as if it were not held."""
    found = commitments(followed, as_of="2030-01-31")
    assert {row.follow_up.said for row in found.rows} == {NOT_FOLLOWED}
    after = commitments(followed, as_of="2030-02-01")
    assert NOT_FOLLOWED not in {row.follow_up.said for row in after.rows}


def test_silence_of_a_strange_source_says_nothing(tmp_path: Path) -> None:
    """A later source that is not linked as a report of the same partnership mentions nothing."""
    snapshot = later.build(tmp_path, linked=False)
    said = {row.follow_up.said for row in commitments(snapshot).rows}
    assert said == {"not followed up in the sources held (latest: 1 February 2030)"}


def texts(snapshot: kg.Snapshot) -> str:
    """All that any textual form of a listing says."""
    record = commitments(snapshot, as_of="2026-01", group="modality").record()
    book = openpyxl.load_workbook(io.BytesIO(WRITERS["xlsx"](record)))
    cells = [str(c.value) for sheet in book for line in sheet for c in line]
    return "\n".join([WRITERS["json"](record).decode(), WRITERS["csv"](record).decode(), *cells])


def test_no_word_of_failure_or_delay(real_snapshot: kg.Snapshot, followed: kg.Snapshot) -> None:
    """However late it is, no output says more than the sources."""
    wrong = re.compile(r"fail|delay|overdue|late\b|missed|breach|unfulfilled|broken", re.I)
    for snapshot in (real_snapshot, followed):
        assert wrong.findall(texts(snapshot)) == []


def test_tables_hold_the_same(real_snapshot: kg.Snapshot) -> None:
    """CSV and Parquet have a row each, with the same words, and dates as dates."""
    record = commitments(real_snapshot).record()
    rows = list(csv.DictReader(io.StringIO(WRITERS["csv"](record).decode(), newline="")))
    read = pyarrow.parquet.read_table(io.BytesIO(WRITERS["parquet"](record))).to_pylist()
    assert [one["quote"] for one in rows] == [one["quote"] for one in record["commitments"]]
    assert [one["quote"] for one in read] == [one["quote"] for one in rows]
    assert {str(one["deadline_latest"]) for one in read} == {"None", "2024-03-31", "2024-12-31"}
    assert {one["follow_up"] for one in rows} == {NOT_FOLLOWED}


def test_the_workbook_is_made_to_brief_from(real_snapshot: kg.Snapshot) -> None:
    """Title, date line, sources, an empty column for a note, and a print setup."""
    book = openpyxl.load_workbook(io.BytesIO(WRITERS["xlsx"](commitments(real_snapshot).record())))
    sheet, about = book.worksheets
    assert sheet["A1"].value == "Comity: commitments"
    assert sheet["A2"].value == "As stated in: Progress Report 2024, 16 January 2024."
    assert sheet["A3"].value == "30 of 30 commitments."
    assert [c.value for c in sheet[4]] == [heading for heading, _ in COLUMNS]
    body = [[c.value for c in line] for line in sheet.iter_rows(min_row=5, max_row=34)]
    assert [line[0] for line in body] == [str(n) for n in range(1, 31)]
    assert {line[-1] for line in body} == {None}
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    said = "\n".join(str(c.value) for line in about for c in line)
    assert "Japan-UK Digital Partnership: Progress Report, 16 January 2024, https://" in said
    assert "Known and not modelled: Joint Statement of the third" in said


def test_the_document_is_made_to_brief_from(real_snapshot: kg.Snapshot) -> None:
    """The same in DOCX, under a heading for each wording where that is asked for."""
    record = commitments(real_snapshot, group="modality").record()
    made = docx.Document(io.BytesIO(WRITERS["docx"](record)))
    lines = [one.text for one in made.paragraphs]
    assert lines[0] == "Comity: commitments"
    assert lines[1] == "As stated in: Progress Report 2024, 16 January 2024."
    assert "aim (8)" in lines
    assert any(line.startswith("Known and not modelled: ") for line in lines)
    assert len(made.tables) == len(record["groups"])
    rows = [[c.text for c in row.cells] for table in made.tables for row in table.rows[1:]]
    assert len(rows) == 30
    assert {row[-1] for row in rows} == {""}
    quoted = {row[5].split("”")[0].removeprefix("“") for row in rows}
    assert quoted == {one["quote"] for one in record["commitments"]}
    assert made.sections[0].page_width > made.sections[0].page_height


@pytest.mark.parametrize(
    ("lang", "lines", "silent"),
    [
        ("en", ["Comity: commitments", "As stated in: Progress Report 2024, 16 January 2024.",
                "10 of 30 commitments. Only: topic semiconductors."], "not said"),
        ("ja", ["Comity：コミットメント", "2024年1月16日",
                "全30件のうち10件。条件：分野：半導体。"], "記載なし"),
    ],
)  # fmt: skip
def test_documents_are_in_the_language_asked_for(
    real_snapshot: kg.Snapshot, lang: str, lines: list[str], silent: str
) -> None:
    """Title, filter, headings, follow-up and notes are in one language; no cell is left empty."""
    record = commitments(real_snapshot, topic="semiconductors", lang=lang).record()
    made = docx.Document(io.BytesIO(WRITERS["docx"](record)))
    book = openpyxl.load_workbook(io.BytesIO(WRITERS["xlsx"](record)))
    for line, first, at in zip(lines, made.paragraphs, ("A1", "A2", "A3"), strict=False):
        assert line in first.text
        assert line in book.worksheets[0][at].value
    rows = [[c.text for c in row.cells] for row in made.tables[0].rows]
    assert rows[0] == TEXTS[lang]["columns"].split("|")
    assert all(all(row[:-1]) and not row[-1] for row in rows[1:])
    assert silent in {text for row in rows for text in row}
    if lang == "ja":
        said = [*(one.text for one in made.paragraphs), *(row[10] for row in rows)]
        english = re.compile(r"Only|Other reading|followed|Sources|Status|Release|Known|not said")
        assert [one for one in said if english.search(one)] == []


def test_every_text_is_in_every_language() -> None:
    """The tables have the same names, with the same places for values, and as many columns."""
    for lang, texts_ in TEXTS.items():
        assert texts_.keys() == TEXTS["en"].keys(), lang
        for name, text in texts_.items():
            places = [sorted(re.findall(r"{\w+}", one)) for one in (text, TEXTS["en"][name])]
            assert places[0] == places[1], name
        assert texts_["columns"].count("|") == len(COLUMNS) - 1


def test_the_same_wish_gives_the_same_bytes(real_snapshot: kg.Snapshot) -> None:
    """No file tells when it was made."""
    record = commitments(real_snapshot).record()
    for name, writer in WRITERS.items():
        assert writer(record) == writer(record), name
    with zipfile.ZipFile(io.BytesIO(WRITERS["docx"](record))) as file:
        assert {one.date_time[0] for one in file.infolist()} == {1980}


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-2", "@SUM(A1)", "a\x00b\x0bc", 'q"u,o\nte'])
def test_text_stays_text(real_snapshot: kg.Snapshot, text: str) -> None:
    """Nothing that a source could say becomes a formula, or breaks a file."""
    record = json.loads(WRITERS["json"](commitments(real_snapshot).record()))
    record["commitments"][0]["what"] = text
    record["commitments"][0]["counterparts"] = [{"iri": "x", "label": text}]
    sheet = openpyxl.load_workbook(io.BytesIO(WRITERS["xlsx"](record))).worksheets[0]
    assert {c.data_type for line in sheet.iter_rows(min_row=5) for c in line} <= {"s", "n"}
    shown = docx.Document(io.BytesIO(WRITERS["docx"](record))).tables[0].rows[1].cells[4].text
    assert shown.replace("\N{REPLACEMENT CHARACTER}", "") == re.sub(r"[\x00\x0b]", "", text)
    row = next(csv.DictReader(io.StringIO(WRITERS["csv"](record).decode(), newline="")))
    assert row["what"] == (f"'{text}" if text[0] in "=+-@" else text)


def test_a_document_is_bounded(real_snapshot: kg.Snapshot) -> None:
    """A document of thousands of rows is refused, with what to take instead."""
    for name, most in MAX_ROWS.items():
        record = {**commitments(real_snapshot).record(), "total": most + 1}
        with pytest.raises(UsageError, match="narrow the filters"):
            WRITERS[name](record)


def test_turtle_has_the_claims(real_snapshot: kg.Snapshot) -> None:
    """Each commitment with its properties, its passage and that passage's citation."""
    found = commitments(real_snapshot, modality="pledge")
    written = write(triples(real_snapshot, found), "ttl")
    store = ox.Store()
    store.load(written, format=ox.RdfFormat.TURTLE)
    claim = ox.NamedNode(found.rows[0].iri)
    facts = {q.predicate.value.rsplit("#")[-1] for q in store.quads_for_pattern(claim, None, None)}
    assert {"quote", "modality", "status", "actor", "passage", "sentence"} <= facts
    assert b"Progress Report 2024, Digital Government Transformation (b)" in written


def run(real: Settings, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    """What the command prints over the real snapshot."""
    monkeypatch.setenv("KG_SNAPSHOTS", str(real.snapshots))
    return CliRunner().invoke(cli.kg, list(words), catch_exceptions=True)


def test_the_command(real: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A table for people, a file by its suffix, the same names as in Python."""
    shown = run(real, monkeypatch, "commitments", "--format", "table").stdout
    assert shown.endswith("30 commitments, 2 with a deadline or window\n")
    assert f"  30  {NOT_FOLLOWED}\n" in shown
    target = tmp_path / "brief.xlsx"
    run(real, monkeypatch, "commitments", "--side", "jp", "-o", str(target))
    assert openpyxl.load_workbook(target).worksheets[0].max_row == 33
    dated = run(real, monkeypatch, "commitments", "--dated", "-f", "json").stdout
    assert json.loads(dated)["total"] == 2
    wrong = run(real, monkeypatch, "commitments", "-f", "pdf")
    assert isinstance(wrong.exception, UsageError)


def test_the_page_of_documentation_runs(real: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its example gives what it says."""
    monkeypatch.setenv("KG_SNAPSHOTS", str(real.snapshots))
    found = doctest.testfile(str(ROOT / "docs" / "commitments.md"), module_relative=False)
    assert (found.failed, found.attempted >= 4) == (0, True)
