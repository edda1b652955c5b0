"""What coverage promises: every sentence is counted once, and no unread words go unseen."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.cli import kg
from kg.coverage import Coverage, as_dqv, as_json, as_text, coverage
from kg.names import PREFIXES

ROOT = Path(__file__).resolve().parent.parent
SECOND = ROOT / "tests" / "second_source"
SLUG = "ee-jp-2031"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the invented source alone, and its text beside it."""
    folder = tmp_path / "checkout"
    shutil.copytree(SECOND / "data", folder / "data")
    (folder / "ontology").mkdir()
    shared = tmp_path / "shared" / "sources"
    shared.mkdir(parents=True)
    shutil.copy(SECOND / f"{SLUG}.txt", shared)
    return folder


def passage(project: Path, name: str) -> Path:
    """The file of a passage."""
    return project / "data" / SLUG / f"{name}.ttl"


def swap(path: Path, before: str, after: str) -> None:
    """Change a file, where it says what is expected."""
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def test_sections_are_counted_as_by_hand(project: Path) -> None:
    """The numbers of the invented source, counted in its text and its files."""
    found = coverage(project, SLUG)
    counts = {
        c.name: (
            c.passages,
            c.files,
            c.sentences,
            c.with_claims,
            c.with_context,
            c.neither,
            c.claims,
        )
        for c in (*found.sections, found.total)
    }
    assert counts == {
        "opening": (2, 2, 4, 3, 1, 0, 3),
        "work-done": (3, 3, 4, 4, 0, 0, 5),
        "annex": (2, 2, 3, 3, 0, 0, 3),
        "notes": (1, 1, 1, 0, 1, 0, 0),
        "total": (8, 8, 12, 10, 2, 0, 11),
    }
    opening = found.sections[0]
    assert (opening.words, opening.quotes, opening.words_quoted) == (59, 3, 5 + 5 + 6)
    assert opening.longest_quote == 6
    assert opening.mean_quote == pytest.approx(16 / 3)
    assert opening.share_quoted == pytest.approx(16 / 59)


def test_japanese_words_are_characters_three_to_a_word(project: Path) -> None:
    """Of passages and quotes alike; a number in figures is a word of its own."""
    annex = next(c for c in coverage(project, SLUG).sections if c.name == "annex")
    assert annex.words == -(-43 // 3) + 1 + -(-22 // 3)
    assert annex.words_quoted == 3 + 3 + 3


@pytest.mark.parametrize("gone", [True, False])
def test_a_sentence_without_claim_or_context_is_named(project: Path, gone: bool) -> None:
    """A missing file leaves all its sentences, a missing mark its own."""
    path = passage(project, "opening/p1")
    if gone:
        path.unlink()
    else:
        swap(path, "comity:Context", "comity:Money")
    found = coverage(project, SLUG)
    assert found.bare == (("opening/p1 1", "opening/p1 2") if gone else ("opening/p1 2",))
    assert found.total.neither == len(found.bare)
    assert found.total.files == (7 if gone else 8)
    assert f"neither claim nor context: {found.bare[-1]}\n" in as_text([found])


def runs(found: Coverage) -> list[tuple[str, str, int]]:
    """The runs that no quote touches: passage, words, count."""
    assert found.runs is not None
    return [(run.passage.split(f"{SLUG}/")[1], run.text, run.count) for run in found.runs]


def test_runs_of_more_than_twelve_words_are_listed(project: Path) -> None:
    """One word fewer is no run; a quote, or a mark of the whole sentence, ends one."""
    lead = "The Estonian Office for Test Cases and the Japanese Office for Test Cases"
    assert runs(coverage(project, SLUG)) == [("opening/p1", lead, 13)]
    path = passage(project, "opening/p1")
    swap(path, "held the Invented Digital Talks", "Cases held the Invented Digital Talks")
    assert runs(coverage(project, SLUG)) == []
    swap(path, "Cases held the Invented Digital Talks", "held the Invented Digital Talks")
    swap(path, "comity:Context", "comity:Money")
    assert runs(coverage(project, SLUG))[1:] == [
        (
            "opening/p1",
            "in Tallinn on 3 March 2031. Everything in this text was made up to test software.",
            16,
        )
    ]


def test_printed_titles_and_addresses_are_accounted_for(project: Path) -> None:
    """They are facts and no quotes: a passage of nothing else has no run."""
    note = passage(project, "notes/1")
    swap(note, "comity:Context", "comity:Money")
    assert [name for name, _, _ in runs(coverage(project, SLUG))] == ["opening/p1"]
    text = project.parent / "shared" / "sources" / f"{SLUG}.txt"
    assert "https://example.org/tallinn-memorandum" in text.read_text("utf-8")


def test_without_the_text_runs_are_not_claimed_to_be_none(project: Path) -> None:
    """The table says that nobody looked; JSON says null by another name."""
    shutil.rmtree(project.parent / "shared")
    found = coverage(project, SLUG)
    assert found.runs is None
    assert "were not looked for: the text is not at hand" in as_text([found])
    assert json.loads(as_json([found]))[0]["text_at_hand"] is False


def test_words_of_the_text_reach_the_table_only_when_asked(project: Path) -> None:
    """JSON and DQV, which go to files, never hold them."""
    found = [coverage(project, SLUG)]
    words = "Estonian Office for Test Cases and the Japanese"
    assert words in as_text(found, with_words=True)
    for written in (as_text(found), as_json(found), as_dqv(found)):
        assert words not in written
    assert json.loads(as_json(found))[0]["runs"] == [
        {"passage": f"{PREFIXES['source']}{SLUG}/opening/p1", "start": 69, "end": 143, "words": 13}
    ]


def test_dqv_measures_each_section_once_by_each_metric(project: Path) -> None:
    """Well-formed Turtle whose numbers are those of the JSON."""
    found = coverage(project, SLUG)
    store = ox.Store()
    store.load(as_dqv([found]).encode(), format=ox.RdfFormat.TURTLE)
    rows = store.query(
        "PREFIX dqv: <http://www.w3.org/ns/dqv#>"
        "SELECT ?on ?metric ?value WHERE { ?m a dqv:QualityMeasurement ; dqv:computedOn ?on ;"
        " dqv:isMeasurementOf ?metric ; dqv:value ?value . ?metric a dqv:Metric }"
    )
    assert isinstance(rows, ox.QuerySolutions)
    values = {
        (row["on"].value, row["metric"].value.rsplit("/", 1)[1].replace("-", "_")): row[
            "value"
        ].value
        for row in rows
    }
    (measured,) = json.loads(as_json([found]))
    assert len(values) == 5 * 10
    for row in (*measured["sections"], measured["total"]):
        on = found.iri if row["name"] == "total" else f"{found.iri}/{row['name']}"
        for (subject, metric), value in values.items():
            if subject == on:
                assert float(value) == row[metric]


def test_the_first_source_is_read_whole() -> None:
    """52 of 52 passages, 91 sentences, none without claim or context, quotes within limits."""
    total = coverage(ROOT, "jukdp-2024").total
    assert (total.passages, total.files, total.sentences, total.neither) == (52, 52, 91, 0)
    assert total.longest_quote <= 20
    assert total.mean_quote <= 7
    assert total.share_quoted <= 0.5


def test_no_run_of_the_first_source_is_left_unread() -> None:
    """Where the text is at hand: each run of more than twelve words is claimed or marked."""
    found = coverage(ROOT, "jukdp-2024")
    assert found.runs in (None, ())


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """The command in that project: exit code, standard output, standard error."""
    monkeypatch.setenv("KG_PROJECT", str(project))
    monkeypatch.delenv("KG_SOURCE_TEXT", raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(kg, list(arguments))
        return result.exit_code, result.stdout, result.stderr

    return call


def test_coverage_command(run: Callable[..., tuple[int, str, str]]) -> None:
    """A table by default; --format gives the others; an unknown source is a plain error."""
    code, out, err = run("coverage")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == SLUG
    assert out.splitlines()[-2].split()[:5] == ["total", "8/8", "12", "10", "2"]
    assert out.splitlines()[-1] == "no quote touches opening/p1 [69-143] 13 words"
    assert json.loads(run("coverage", SLUG, "--format", "json")[1])[0]["source"] == SLUG
    assert "dqv:QualityMeasurement" in run("coverage", SLUG, "--format", "dqv")[1]
    assert run("coverage", "nowhere")[0] == 1
    assert run("coverage", "--format", "xml")[0] == 2
