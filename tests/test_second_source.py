"""A source is one more folder: the invented one goes through all, alone and beside the first.

Another pair of countries, no pillars, an annex, unnumbered paragraphs, Japanese text; the real
ontology, shapes, queries and code, none of which know it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg import build as building
from kg import sources
from kg.check import check
from kg.coverage import coverage
from kg.curate import Description, draft, format_file, seal
from kg.curate.layout import render
from kg.names import BASE, PREFIXES
from kg.query import catalogue
from kg.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SECOND = ROOT / "tests" / "second_source"
SLUG = "ee-jp-2031"
ALONE, BESIDE = "alone", "beside the first"


def compose(folder: Path, kind: str) -> Path:
    """A project: the real ontology and queries, the invented source, and perhaps the first one."""
    project = folder / "checkout"
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, project / name)
    if kind == ALONE:
        shutil.copytree(SECOND / "data", project / "data")
        return project
    shutil.copytree(ROOT / "data", project / "data")
    shutil.copytree(SECOND / "data" / SLUG, project / "data" / SLUG)
    for path in sorted((SECOND / "data" / "reference").glob("*.ttl")):
        # a curator adds the second source's names to the registers that are there
        file = sources.file_of(project, project / "data" / "reference" / path.name)
        theirs = sources.read(sources.file_of(SECOND, path))
        file.path.write_text(render([*sources.read(file), *theirs], file), "utf-8")
    return project


@pytest.fixture(scope="module", params=[ALONE, BESIDE])
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a composed project; its texts are those that are at hand."""
    folder = tmp_path_factory.mktemp("second")
    project = compose(folder, request.param)
    texts = folder / "texts"
    texts.mkdir()
    for path in (SECOND / f"{SLUG}.txt", *(ROOT.parent / "shared" / "sources").glob("*.txt")):
        shutil.copy(path, texts)
    return Settings(project=project, snapshots=folder / "snapshots", source_text=texts)


@pytest.fixture(scope="module")
def snapshot(settings: Settings) -> kg.Snapshot:
    """The snapshot that a build of the composed project makes, with every check."""
    building.build(settings)
    return kg.open(settings=settings)


def test_it_is_sealed_and_in_order(settings: Settings) -> None:
    """Sealing and formatting find nothing to change."""
    assert seal(settings.project, SLUG, settings.source_text) is False
    files = sorted((settings.project / "data" / SLUG).rglob("*.ttl"))
    assert len(files) == 9
    assert [path for path in files if format_file(settings.project, path, check=True)] == []


def test_draft_proposes_what_was_curated(settings: Settings, tmp_path: Path) -> None:
    """The corrected structure has the passages and sentences that the text was drafted with."""
    project = compose(tmp_path, ALONE)
    shutil.rmtree(project / "data" / SLUG)
    made = draft(project, SECOND / f"{SLUG}.txt", SLUG, Description(short="Digital Talks 2031"))
    for path in made.written:
        assert (settings.project / path.relative_to(project)).is_file()
    assert seal(project, SLUG, SECOND) is True
    assert coverage(project, SLUG, SECOND).total.neither == 0


def test_it_passes_every_check_with_its_quotes_verified(settings: Settings) -> None:
    """Nothing is found in any of its files, nor about any of its things."""
    report = check(settings.project, text=settings.source_text)
    ours = [
        finding for finding in report.findings if SLUG in str(finding.path) or SLUG in finding.focus
    ]
    assert ours == []
    assert SLUG not in report.unverified


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("annex/p1", "情報を交換した", "情報を交換する"),
        ("opening/p2", "modality:will", "modality:would"),
        ("work-done/p2", '"EUR"', '"euro"'),
        ("work-done/p3", "act:host", "act:welcome-warmly"),
    ],
)
def test_its_errors_are_found_like_any_others(
    tmp_path: Path, name: str, before: str, after: str
) -> None:
    """A wrong quote (in Japanese), modality, currency, act: each is found in its file."""
    project = compose(tmp_path, ALONE)
    path = project / "data" / SLUG / f"{name}.ttl"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    report = check(project, files=[path], text=SECOND)
    assert not report.conforms
    assert {finding.path for finding in report.findings} == {path}


def test_it_builds_and_opens(snapshot: kg.Snapshot) -> None:
    """Its eight passages are eight reported graphs, its evidence one, under its own name."""
    reported = [g for g, kind in snapshot.graphs.items() if kind == "reported" and SLUG in g]
    assert len(reported) == 8
    assert f"{BASE}graph/evidence/{SLUG}" in snapshot.graphs
    assert {quad.graph_name.value for quad in snapshot.quads("reported", SLUG)} == set(reported)


def test_every_query_runs_on_it(snapshot: kg.Snapshot) -> None:
    """None fails for want of pillars, numbers, English text or another pair's actors."""
    project = snapshot.project
    assert project is not None
    queries = catalogue(project)
    assert len(queries) > 20
    for query in queries:
        parameters = {
            parameter.name: {
                "actor": "actor:jp-office",
                "instrument": "instrument:tallinn-memorandum",
            }[parameter.type]
            for parameter in query.parameters
            if parameter.type in ("actor", "instrument")
        }
        assert snapshot.run(query, parameters) is not None


def answers(snapshot: kg.Snapshot, text: str) -> list[tuple[str, ...]]:
    """The rows of a query in the second source, as text."""
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    rows = snapshot.store.query(prefixes + text)
    assert isinstance(rows, ox.QuerySolutions)
    return [tuple("" if term is None else term.value for term in row) for row in rows]  # type: ignore[union-attr]


def test_its_claims_answer_with_words_and_citation_in_both_languages(snapshot: kg.Snapshot) -> None:
    """What was undertaken, where it is written, in the words of either language."""
    found = answers(
        snapshot,
        "SELECT ?quote ?en ?ja WHERE { GRAPH ?p { ?c a comity:Commitment ; comity:quote ?quote }"
        f' FILTER(CONTAINS(STR(?p), "{SLUG}"))'
        ' ?p comity:citationLabel ?en FILTER(LANG(?en) = "en")'
        ' ?p comity:citationLabel ?ja FILTER(LANG(?ja) = "ja") } ORDER BY ?en ?quote',
    )
    assert [quote for quote, _, _ in found] == [
        "日本語版を公表する",
        "look forward to a second round",
        "will publish a joint guide",
    ]
    assert found[0][1:] == (
        "Digital Talks 2031, Annex, paragraph 2",
        "デジタル協議2031、附属書、第2段落",
    )


def test_rules_derive_from_it_what_they_derive_from_any(snapshot: kg.Snapshot) -> None:
    """Bounds of its dates, names of its things, the country of its offices."""
    bounds = "SELECT ?a ?b WHERE { date:2031-12 comity:earliest ?a ; comity:latest ?b }"
    assert answers(snapshot, bounds) == [("2031-12-01", "2031-12-31")]
    name = "SELECT ?name WHERE { actor:jp-office comity:name ?name }"
    assert answers(snapshot, name) == [("Japanese Office for Test Cases",)]
    country = "SELECT ?c WHERE { actor:ee-office comity:country ?c }"
    assert answers(snapshot, country) == [(PREFIXES["actor"] + "estonia",)]


def test_it_has_sections_and_no_pillar(snapshot: kg.Snapshot) -> None:
    """Its outline is a scheme of its own, in its order."""
    found = answers(
        snapshot,
        f"SELECT ?label ?pillar WHERE {{ ?s skos:inScheme <{BASE}source/{SLUG}#outline> ;"
        ' comity:order ?order ; skos:prefLabel ?label FILTER(LANG(?label) = "en")'
        " OPTIONAL { ?s comity:pillar ?pillar } } ORDER BY ?order",
    )
    assert found == [("Opening", ""), ("Work Done", ""), ("Annex", ""), ("Notes", "")]


def test_the_command_works_on_it(settings: Settings, snapshot: kg.Snapshot) -> None:
    """check, coverage, query, describe, export and stats, as a curator types them."""
    places = {
        "KG_PROJECT": str(settings.project),
        "KG_SNAPSHOTS": str(settings.snapshots),
        "KG_SOURCE_TEXT": str(settings.source_text),
    }
    for arguments, expected in (
        (("coverage", SLUG), "8/8"),
        (("describe", "日本試験事務所"), "Japanese Office for Test Cases"),
        (("describe", "Wallet Working Group"), "meets every quarter"),
        (("query", "commitments-dated", "--format", "csv"), "2031-12"),
        (("export", "--format", "nq", "--source", SLUG), f"source/{SLUG}/annex/p2#publish-guide"),
        (("check",), ""),
        (("stats",), ""),
    ):
        done = subprocess.run(
            [sys.executable, "-c", "from kg.cli import main; main()", *arguments],
            env={**os.environ, **places},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stderr)
        assert expected in done.stdout
    assert snapshot.digest
