"""The commands: what they print, what they refuse, and how fast they are at hand."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from conftest import ROOT, Report, quick_build
from kg import build as building
from kg import cli
from kg.cli import output
from kg.settings import Settings

Kg = Callable[..., Result]


@pytest.fixture
def at(small: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The small project, built, as the environment's project."""
    monkeypatch.setenv("KG_PROJECT", str(small.project))
    monkeypatch.setenv("KG_SNAPSHOTS", str(small.snapshots))
    quick_build(small)
    return small


@pytest.fixture
def run(at: Settings) -> Kg:
    """Runs a command that must succeed."""

    def call(*words: str, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(cli.kg, words, input=stdin, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result

    return call


def process(words: Sequence[str], **env: str) -> subprocess.CompletedProcess[str]:
    """The installed command, run as a user runs it."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("kg")), *words],
        env={**os.environ, **env}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


QUESTION = "SELECT ?x ?name { ?x a comity:Ministry ; comity:name ?name }"


def test_rows_are_csv_where_no_terminal_is(run: Kg) -> None:
    """What is piped on is for programs."""
    assert run("query", QUESTION).stdout == (
        "x,name\nhttps://w3id.org/comity/id/actor/mod,Ministry of Data\n"
    )


def test_a_table_has_prefixed_names(run: Kg) -> None:
    """What people look at is short, in columns, and counted."""
    assert run("query", QUESTION, "--format", "table").stdout == (
        "x          name\n─────────  ────────────────\nactor:mod  Ministry of Data\n1 row\n"
    )


@pytest.mark.parametrize("format_", ["json", "xml", "tsv"])
def test_rows_in_the_formats_of_sparql(format_: str, run: Kg) -> None:
    """Each format is what the recommendation says it is."""
    written = run("query", QUESTION, "-f", format_).stdout
    chosen = {"json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML,
              "tsv": ox.QueryResultsFormat.TSV}[format_]  # fmt: skip
    parsed = ox.parse_query_results(written.encode(), format=chosen)
    assert [row["name"].value for row in parsed] == ["Ministry of Data"]  # type: ignore[union-attr]


def test_triples_are_turtle_and_booleans_a_word(run: Kg) -> None:
    """CONSTRUCT gives RDF, ASK gives true or false."""
    written = run("query", "CONSTRUCT { ?x a comity:Ministry } { ?x a comity:Ministry }").stdout
    assert "actor:mod a comity:Ministry ." in written
    assert run("query", "ASK { ?x a comity:Ministry }").stdout == "true\n"
    assert run("query", "ASK { ?x a comity:None }", "-f", "table").stdout == "false\n"


def test_a_question_may_be_a_name_a_file_or_standard_input(run: Kg, tmp_path: Path) -> None:
    """All four ways to ask give the same answer."""
    path = tmp_path / "mine.rq"
    path.write_text(QUESTION)
    answers = {run("query", QUESTION).stdout, run("query", str(path)).stdout,
               run("query", "-", stdin=QUESTION).stdout}  # fmt: skip
    assert len(answers) == 1
    assert "signed the Pact" in run("query", "what-it-does").stdout
    assert "hosted" in run("query", "what-it-does", "-p", "actor=Beland").stdout
    listed = run("query", "--list").stdout
    assert (
        "what-it-does: What an actor does\n    actor (actor) [Ministry of Data]: the actor"
        in listed
    )


def test_only_some_graphs_are_asked(run: Kg) -> None:
    """According to the report alone: the ministry has no type there."""
    assert run("query", "ASK { actor:mod a ?type }", "--graph", "reported").stdout == "false\n"
    assert run("query", "ASK { actor:mod a ?type }", "--graph", "reference").stdout == "true\n"


def test_an_answer_goes_to_a_file(run: Kg, tmp_path: Path) -> None:
    """Nothing is printed, and the file is whole."""
    path = tmp_path / "out.csv"
    assert run("query", QUESTION, "-o", str(path)).stdout == ""
    assert path.read_bytes().startswith(b"x,name\r\n")


def test_exports_by_suffix_format_kind_and_source(run: Kg, at: Settings, tmp_path: Path) -> None:
    """The name of the file tells the format; kinds and sources can be had alone."""
    run("export", "-o", str(tmp_path / "all.nq"))
    data = (at.snapshots / "current" / "data.nq").read_bytes()
    assert (tmp_path / "all.nq").read_bytes() == data
    run("export", "--kind", "reported", "--source", "ab-2024", "-o", str(tmp_path / "r.ttl"))
    assert "signed the Pact" in (tmp_path / "r.ttl").read_text()
    assert run("export").stdout.encode() == data
    for name in ("trig", "nt", "rdf", "jsonld"):
        assert run("export", "--format", name).stdout


def test_a_description_has_words_places_and_readings(run: Kg) -> None:
    """Citation label, quote, stated and coded, kind of graph, other reading."""
    said = run("describe", "MOD").stdout
    assert said.startswith("Ministry of Data\nactor:mod  (comity:Ministry)\n")
    assert (
        "Report 2024, Data (a)  source:ab-2024/data/a#sign  as actor\n  “signed the Pact”" in said
    )
    assert "coded: act: act:sign" in said
    assert "stated: done by: Ministry of Data" in said
    assert "other reading: An aim, no plan." in run("describe", "Summit").stdout
    assert "actor:mod a comity:Ministry" in run("describe", "MOD", "-f", "ttl").stdout
    assert run("describe", "Beland", "--lang", "ja").stdout.startswith("ベランド\n")


def test_counts_are_those_of_the_data(run: Kg) -> None:
    """By kind of graph, class, section, act and status."""
    counts = json.loads(run("stats", "--format", "json").stdout)
    assert counts["graphs"]["reported"] == 2
    assert counts["classes"]["comity:Action"] == 3
    assert counts["sections"] == {"Data": 3}
    assert counts["acts"] == {"act:host": 2, "act:sign": 1}
    assert counts["statuses"] == {"status:achieved": 2, "status:planned": 1}
    assert "        3  Data\n" in run("stats").stdout


def test_a_build_says_what_it_made(at: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Digest, folder and whether quotes were verified; findings all together and exit 1."""
    monkeypatch.setattr(building, "_check", lambda settings: Report())
    result = CliRunner().invoke(cli.kg, ["build"], catch_exceptions=False)
    digest = (at.snapshots / "current").resolve().name
    assert result.stdout.splitlines()[0].startswith(f"{digest}  ")
    assert result.stdout.splitlines()[1:] == [
        str(at.snapshots / digest), "No quotes to verify.",
    ]  # fmt: skip
    findings = ("a.ttl:3: wrong", "b.ttl:1: wrong too")
    monkeypatch.setattr(building, "_check", lambda settings: Report(findings))
    failed = CliRunner().invoke(cli.kg, ["build"])
    assert failed.exit_code == 1
    assert failed.stderr.splitlines() == list(findings)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["query", "nosuch"], "no query named 'nosuch'"),
        (["query", "SELECT * {\n ?s ?p"], "line 2, column"),
        (["query", "INSERT DATA {}"], "only read"),
        (["query", "nowhere.rq"], "cannot be read"),
        (["query", "what-it-does", "-p", "actor=nosuch"], "no actor is called 'nosuch'"),
        (["query", "what-it-does", "-p", "other=x"], "it has actor"),
        (["query", "ASK {}", "--graph", "a b"], "not an IRI"),
        (["query", "ASK {}", "-f", "ttl"], "choose json, xml, csv, tsv"),
        (["query", "CONSTRUCT WHERE { ?s ?p ?o }", "-f", "table"], "choose ttl"),
        (["export", "-f", "csv"], "choose ttl, nt, rdf, jsonld, nq, trig"),
        (["export", "--source", "none"], "no source 'none'"),
        (["export", "-o", "/nowhere/x.nq"], "cannot write /nowhere/x.nq"),
        (["describe", "nosuch"], "nothing is called 'nosuch'"),
        (["describe", "Forum"], "'Forum' may be"),
        (["stats", "--snapshot", "abcdef0"], "no snapshots begin with abcdef0"),
    ],
)
def test_errors_are_one_line_and_exit_1(words: list[str], said: str, at: Settings) -> None:
    """Whatever goes wrong is one line on stderr, without a traceback."""
    done = process(words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kg: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


@pytest.mark.parametrize(
    "words",
    [["nosuch"], ["query"], ["query", "x", "-p", "y"], ["export", "--kind", "none"], ["--nosuch"],
     ["stats", "extra"]],
)  # fmt: skip
def test_bad_usage_exits_2(words: list[str], at: Settings) -> None:
    """A command that is called wrongly says how to call it."""
    done = process(words)
    assert done.returncode == 2
    assert "Usage: kg" in done.stderr


def test_without_a_snapshot_the_next_step_is_named(tmp_path: Path) -> None:
    """Who asks before building is told to build."""
    done = process(["stats"], KG_PROJECT=str(ROOT), KG_SNAPSHOTS=str(tmp_path))
    assert done.returncode == 1
    assert "run kg build first" in done.stderr


def test_a_reader_that_stops_early_gets_no_traceback(at: Settings) -> None:
    """kg export | head ends quietly."""
    command = Path(sys.executable).with_name("kg")
    with subprocess.Popen(
        [str(command), "export"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_has_help_with_an_example(name: str) -> None:
    """The list says what the command itself says, and the help shows how to call it."""
    context = click.Context(cli.kg)
    command = cli.kg.get_command(context, name)
    assert command is not None
    assert (command.help or "").split("\n", 1)[0] == cli.COMMANDS[name][1]
    result = CliRunner().invoke(cli.kg, [name, "--help"], prog_name="kg", catch_exceptions=False)
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"  kg {name}" in result.output


def test_shell_completion_is_clicks() -> None:
    """The line that docs/library.md gives produces a completion script, and it knows commands."""
    script = process([], _KG_COMPLETE="bash_source")
    assert "_kg_completion" in script.stdout
    offered = process([], _KG_COMPLETE="bash_complete", COMP_WORDS="kg de", COMP_CWORD="1")
    assert offered.stdout.split() == ["plain,describe"]


def best_of(times: int, words: list[str]) -> float:
    """The shortest of several runs: what the program takes, whatever else the machine does."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True, timeout=30)
        taken.append(time.perf_counter() - begun)
    return min(taken)


def test_the_library_and_the_help_are_at_hand_at_once() -> None:
    """`import kg` within 0.2 s, `kg --help` within 0.3 s."""
    bare = best_of(5, [sys.executable, "-c", "pass"])
    assert best_of(5, [sys.executable, "-c", "import kg"]) - bare <= 0.2
    assert best_of(5, [str(Path(sys.executable).with_name("kg")), "--help"]) <= 0.3


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("総務省", 6), ("é", 1), ("e\u0301", 1)])
def test_columns_are_as_wide_as_they_look(text: str, columns: int) -> None:
    """Japanese text does not push a table out of line."""
    assert output.width(text) == columns
