"""What the curator's tools promise: nothing lost, nothing overwritten, one order, right places."""

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.cli import kg
from kg.curate import Description, draft, format_file, seal, shown
from kg.curate.layout import render
from kg.curate.outline import propose, successor
from kg.curate.registered import Registered
from kg.curate.turtle import Writer, triples
from kg.errors import DataError, UsageError
from kg.evidence import Passage, Structure, problems, read_structure
from kg.evidence.text import sentences
from kg.names import PREFIXES
from kg.sources import GraphFile, file_of, graph_files, read

ROOT = Path(__file__).resolve().parent.parent
SECOND = ROOT / "tests" / "second_source"
TEXT = SECOND / "ee-jp-2031.txt"
SLUG = "ee-jp-2031"
PASSAGE = f"{PREFIXES['source']}{SLUG}/opening/p1"

REPORT = """\
GREETINGS: A REPORT

Preamble

- 1. Both met in the U.K. on 1 May.
- 2. They will meet again.

Part One: Work

First Things

- They began without a marker.
- b. They went on to

the next page. They finished.¹ c. They ran together.

¹ A note that ends in an address https://example.org/a-

b-c

Lost its marker (2023).

³ Third note.

- d. They did this:
- i. one thing.
- ii. another thing.
- e. They cut a sentence and

[4] A fourth note.

resumed it here.

Part Two: Ends

a. Directly under a part.

Annex

Unnumbered words. Two sentences.

最後に、両国は合意した。「はい。」と述べた。
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the invented source alone, and its text beside it."""
    folder = tmp_path / "checkout"
    shutil.copytree(SECOND / "data", folder / "data")
    (folder / "ontology").mkdir()
    shared = tmp_path / "shared" / "sources"
    shared.mkdir(parents=True)
    shutil.copy(TEXT, shared / "renamed.txt")
    return folder


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """The command in that project: exit code, standard output, standard error."""
    monkeypatch.setenv("KG_PROJECT", str(project))
    monkeypatch.delenv("KG_SOURCE_TEXT", raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(kg, list(arguments))
        return result.exit_code, result.stdout, result.stderr

    return call


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and what it holds."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- the proposal


def proposed() -> dict[str, str]:
    """The words of each passage proposed for the report above, by its place."""
    return {
        f"{item.section}/{item.slug}": " … ".join(
            " ".join(span.of(REPORT).split()) for span in item.segments
        )
        for item in propose(REPORT).items
    }


def test_draft_reads_what_copies_do_to_reports() -> None:
    """Page breaks, notes inside paragraphs, lost markers, items run together, items of items."""
    assert proposed() == {
        "preamble/1": "Both met in the U.K. on 1 May.",
        "preamble/2": "They will meet again.",
        "first-things/a": "They began without a marker.",
        "first-things/b": "They went on to the next page. They finished.¹",
        "first-things/c": "They ran together.",
        "first-things/d": "They did this:",
        "first-things/d-i": "one thing.",
        "first-things/d-ii": "another thing.",
        "first-things/e": "They cut a sentence and … resumed it here.",
        "ends/a": "Directly under a part.",
        "annex/p1": "Unnumbered words. Two sentences.",
        "annex/p2": "最後に、両国は合意した。「はい。」と述べた。",
        "notes/1": "A note that ends in an address https://example.org/a- b-c",
        "notes/2": "Lost its marker (2023).",
        "notes/3": "Third note.",
        "notes/4": "A fourth note.",
    }


def test_draft_reads_headings_pillars_and_markers() -> None:
    """A part is a pillar; a part with paragraphs of its own is also a section; an annex neither."""
    outline = propose(REPORT)
    assert outline.title == "GREETINGS: A REPORT"
    found = [(h.slug, h.label, h.is_pillar, h.is_section, h.pillar) for h in outline.headings]
    assert found == [
        ("preamble", "Preamble", False, True, None),
        ("work", "Work", True, False, "work"),
        ("first-things", "First Things", False, True, "work"),
        ("ends", "Ends", True, True, "ends"),
        ("annex", "Annex", False, True, None),
        ("notes", "Notes", False, True, None),
    ]
    markers = {f"{item.section}/{item.slug}": item.printed for item in outline.items}
    assert markers["first-things/a"] is None
    assert markers["first-things/d-ii"] == "ii."
    assert (markers["notes/1"], markers["notes/2"], markers["notes/4"]) == ("¹", None, "[4]")


MARKS = ["- ", "a. ", "b. ", "(1) ", "i. ", "¹ ", "² ", "[3] ", "# ", "", ":", "…"]
BREAKS = ["\n", "\n\n", "\r\n\r\n", " "]
WORDS = [
    "Annex",
    "Notes",
    "Pillar One: Work",
    "One thing.",
    "and then",
    "合意した。",
    "第１部 計画",
    "Plan",
]
PIECES = st.sampled_from(MARKS + BREAKS + WORDS)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_whatever_the_text_the_proposal_can_be_sealed(text: str) -> None:
    """Each passage in a heading that exists, under a name of its own, at places that are right."""
    outline = propose(text)
    sections = {heading.slug for heading in outline.headings if heading.is_section}
    names = [(item.section, item.slug) for item in outline.items]
    assert len(set(names)) == len(names)
    assert {section for section, _ in names} <= sections
    slug = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
    assert all(slug.fullmatch(part) for name in names for part in name)
    passages = {}
    for item in outline.items:
        iri = f"https://example.org/{item.section}/{item.slug}"
        spans = tuple(item.segments)
        found = tuple(sentences(text, spans))
        passages[iri] = Passage(iri, item.section, item.printed, item.is_note, spans, found)
    structure = Structure("https://example.org", "s", "", {"en": "S"}, {}, passages)
    assert list(problems(structure, text)) == []


def test_markers_follow_each_other() -> None:
    """Letters, numbers and kanji have successors; the last of them have none."""
    pairs = {"a": "b", "y": "z", "z": None, "9": "10", "一": "二", "十": None, "ii": None}
    assert {marker: successor(marker) for marker in pairs} == pairs


# --- draft


def test_draft_writes_structure_and_skeletons_without_the_text(project: Path) -> None:
    """Every passage has a file, every sentence a mark; no file holds words of the text."""
    for path in (project / "data" / SLUG).rglob("*.ttl"):
        path.unlink()
    result = draft(project, TEXT, SLUG, Description(short="Digital Talks 2031", date="2031-03-03"))
    assert len(result.written) == 9
    assert result.kept == []
    structure = read_structure(project, SLUG)
    assert [len(item.sentences) for item in structure.passages.values()] == [2, 2, 2, 1, 1, 2, 1, 1]
    names = {"Invented Summary of the Digital Talks of Estonia and Japan", "Digital Talks 2031"}
    names |= {label for h in structure.headings.values() for label in h.labels.values()}
    for path in result.written:
        for quad in read(file_of(project, path)):
            if isinstance(quad.object, ox.Literal):
                known = quad.object.value in names or quad.object.value.isalnum()
                assert known, quad.object
    skeleton = file_of(project, project / "data" / SLUG / "opening" / "p1.ttl")
    mentioned = {
        quad.object.value.rsplit("/", 1)[1]
        for quad in read(skeleton)
        if quad.predicate.value.endswith("#mentions")
    }
    assert mentioned == {"ee-office", "jp-office", "invented-digital-talks"}


def test_draft_never_overwrites_and_follows_the_corrected_structure(project: Path) -> None:
    """A second run writes only what is missing, for the passages as the curator has them."""
    before = everything(project)
    result = draft(project, TEXT, SLUG, Description())
    assert result.written == []
    assert everything(project) == before
    (project / "data" / SLUG / "annex" / "p2.ttl").unlink()
    result = draft(project, TEXT, SLUG, Description())
    assert [path.name for path in result.written] == ["p2.ttl"]
    left = {name for name, held in everything(project).items() if before[name] != held}
    assert left == {f"data/{SLUG}/annex/p2.ttl"}


def test_draft_shows_places_and_first_words_and_writes_nothing(project: Path) -> None:
    """The terminal shows where each sentence stands; six of its words at most."""
    shutil.rmtree(project / "data" / SLUG)
    before = everything(project)
    result = draft(project, TEXT, SLUG, Description(), dry=True)
    lines = list(shown(result))
    assert everything(project) == before
    assert "section opening: Opening" in lines
    assert "    2  [203-256]  Everything in this text was made …" in lines
    assert sum(1 for line in lines if line.startswith("    ")) == 12


def test_draft_refuses_another_text_and_a_name_that_is_no_path(project: Path) -> None:
    """Evidence of one text is not taken for another; a name is letters, digits and hyphens."""
    other = project.parent / "other.txt"
    other.write_text("Another\n\nText altogether.", "utf-8")
    with pytest.raises(DataError, match=r"evidence\.ttl: was made from another text than other"):
        draft(project, other, SLUG, Description())
    for name in ("Ee", "a/b", "reference", "..", ""):
        with pytest.raises(UsageError):
            draft(project, TEXT, name, Description())
    for wrong in (Description(date="3 March"), Description(url="example.org")):
        with pytest.raises(UsageError):
            draft(project, TEXT, "another", wrong)
    assert not (project / "data" / "another").exists()


def test_registered_names_longest_first_whole_words_and_of_this_source(project: Path) -> None:
    """A name inside a longer one is not found, nor inside a word, nor another source's group."""
    names = Registered(project, SLUG)
    office = PREFIXES["actor"] + "ee-office"
    assert names.found("Estonian Office for Test Cases") == [office]
    assert names.found("Estonian\u00a0matters") == []
    assert names.found("日本試験事務所と作業部会") == [
        PREFIXES["actor"] + "jp-office",
        PREFIXES["actor"] + "wallet-working-group",
    ]
    assert names.found("Both Sides") == [PREFIXES["actor"] + f"both-sides-{SLUG}"]
    (project / "data" / "other-2030").mkdir()
    assert Registered(project, "other-2030").found("Both Sides") == []


# --- seal


def test_seal_says_the_same_twice(project: Path) -> None:
    """The stored evidence of the invented source is what its text gives, byte for byte."""
    path = project / "data" / SLUG / "evidence.ttl"
    assert seal(project, SLUG) is False
    stored = path.read_bytes()
    kept = [line for line in stored.decode().splitlines() if "comity:words" not in line]
    path.write_text("\n".join(kept) + "\n", "utf-8")
    assert seal(project, SLUG) is True
    assert path.read_bytes() == stored


def facts(project: Path, subject: str) -> dict[str, set[str]]:
    """What the evidence says of one thing."""
    found: dict[str, set[str]] = {}
    for quad in read(file_of(project, project / "data" / SLUG / "evidence.ttl")):
        if quad.subject.value == subject:
            name = quad.predicate.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
            found.setdefault(name, set()).add(quad.object.value)
    return found


def test_seal_writes_places_words_hashes_and_citations(project: Path) -> None:
    """Each can be had from the text by hand."""
    text = TEXT.read_text("utf-8")
    said = facts(project, PASSAGE)
    words = " ".join(text[69:256].split())
    assert said["sha256"] == {hashlib.sha256(words.encode()).hexdigest()}
    assert said["words"] == {str(len(words.split()))}
    assert said["citationLabel"] == {
        "Digital Talks 2031, Opening, paragraph 1",
        "デジタル協議2031、Opening、第1段落",
    }
    assert said["order"] == {"1"}
    quote = facts(project, PASSAGE + "#hold-talks")
    start, end = int(*quote["start"]), int(*quote["end"])
    assert " ".join(text[start:end].split()) == "held the Invented Digital Talks"
    assert quote["wordsBefore"] == {str(len(text[69:start].split()))}
    sentence = facts(project, PASSAGE + "#sentence-1")
    assert sentence["words"] == {str(len(text[69:202].split()))}
    assert facts(project, PASSAGE + "#invention") == {}
    note = facts(project, f"{PREFIXES['source']}{SLUG}/notes/1")
    assert note["type"] == {PREFIXES["comity"] + "Passage", PREFIXES["doco"] + "Footnote"}
    assert "Digital Talks 2031, footnote 1" in note["citationLabel"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"held the', '"hold the', "not in sentence 1"),
        ('"held the Invented Digital Talks"', '"the"', "stands 2 times in sentence 1"),
        ("comity:sentence 1 ;", "comity:sentence 2 ;", "it is in sentence 1"),
        ("comity:sentence 1 ;", "comity:sentence 7 ;", "there is no sentence 7"),
        ("comity:sentence 1 ;", "", "wants comity:sentence"),
        ("<#hold-talks>", "<#sentence-1>", "belong to the evidence"),
        ("<#hold-talks>", "actor:jp-office", "only a claim of this passage"),
        ('Talks" ;', 'Talks", "Tallinn" ;', "a claim has one quote"),
    ],
)
def test_seal_says_where_a_quote_is_wrong_and_writes_nothing(
    project: Path, before: str, after: str, said: str
) -> None:
    """File and line of the words, what is wrong with them, and the evidence as it was."""
    path = project / "data" / SLUG / "opening" / "p1.ttl"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    stored = (project / "data" / SLUG / "evidence.ttl").read_bytes()
    with pytest.raises(ExceptionGroup) as refused:
        seal(project, SLUG)
    (error,) = refused.value.exceptions
    assert isinstance(error, DataError)
    assert (error.path, error.line) == (path, 14)
    assert said in error.message
    assert (project / "data" / SLUG / "evidence.ttl").read_bytes() == stored


def edit(project: Path, before: str, after: str) -> Path:
    """Change the evidence as a curator would, in the file."""
    path = project / "data" / SLUG / "evidence.ttl"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    return path


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("comity:number 1 ; comity:start 69 ; comity:end 256", "comity:start 68 ; comity:end 256",
         "white space"),
        ("comity:number 2 ; comity:start 203 ; comity:end 256", "comity:start 210 ; comity:end 256",
         "is in no sentence"),
        ("comity:number 1 ; comity:start 258 ; comity:end 395", "comity:start 250 ; comity:end 395",
         "overlaps opening/p1#segment-1"),
        ("comity:citationLabel \"Digital Talks 2031\"@en, \"デジタル協議2031\"@ja ;", "",
         "wants comity:citationLabel"),
    ],
)  # fmt: skip
def test_seal_says_where_a_place_is_wrong(
    project: Path, before: str, after: str, said: str
) -> None:
    """Every wrong place is named with its line in the evidence, and nothing is written."""
    path = edit(project, before, after)
    stored = path.read_bytes()
    with pytest.raises(ExceptionGroup) as refused:
        seal(project, SLUG)
    errors = [error for error in refused.value.exceptions if isinstance(error, DataError)]
    assert any(said in error.message for error in errors)
    assert all(error.path == path and error.line and error.line > 1 for error in errors)
    assert path.read_bytes() == stored


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("<opening/p1#segment-1> a", "<opening/p1#segment-2> a", "segments are not numbered 1"),
        ("<opening/p1#segment-1> a", "<opening/p9#segment-1> a", "is not described as"),
        ("comity:start 69 ; comity:end 256", "comity:start 256 ; comity:end 69", "before or where"),
        ("comity:start 69 ; comity:end 256", "comity:end 256", "comity:start is missing"),
        ("comity:section <opening>", "comity:section <ending>", "is not described in this file"),
        ('skos:prefLabel "Opening"@en ;', "", "its heading is missing"),
        ("comity:order 1 ;\n    skos:top", "comity:order 1, 2 ;\n    skos:top", "2 times"),
    ],
)
def test_evidence_that_is_not_whole_is_refused(
    project: Path, before: str, after: str, said: str
) -> None:
    """A structure with a hole in it is no structure: file, line and what is missing."""
    path = edit(project, before, after)
    with pytest.raises(DataError, match=said) as refused:
        seal(project, SLUG)
    assert refused.value.path == path


def test_seal_proposes_sentences_where_the_curator_deleted_them(project: Path) -> None:
    """After moving a segment it is enough to delete its sentences."""
    path = project / "data" / SLUG / "evidence.ttl"
    stored = path.read_bytes()
    lines = stored.decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("<opening/p1#sentence-")]
    assert len(lines) - len(kept) == 2
    path.write_text("".join(kept), "utf-8")
    assert seal(project, SLUG) is True
    assert path.read_bytes() == stored


def test_seal_follows_a_passage_moved_to_another_section(project: Path) -> None:
    """What follows from the structure is not kept from before: links, order, labels."""
    edit(project, 'skos:prefLabel "Annex"@en', 'skos:prefLabel "Plan"@en')
    seal(project, SLUG)
    label = facts(project, f"{PREFIXES['source']}{SLUG}/annex/p1")["citationLabel"]
    assert "Digital Talks 2031, Plan, paragraph 1" in label


def test_seal_wants_the_text(project: Path) -> None:
    """Without the copy it says which one is wanted and how to name it."""
    (project.parent / "shared" / "sources" / "renamed.txt").unlink()
    with pytest.raises(DataError, match="KG_SOURCE_TEXT"):
        seal(project, SLUG)
    assert seal(project, SLUG, TEXT) is False
    assert seal(project, SLUG, TEXT.parent) is False


def test_the_first_source_is_sealed_where_its_text_is_at_hand(tmp_path: Path) -> None:
    """The stored evidence is what the text gives; without it, seal says that it is wanted."""
    project = tmp_path / "checkout"
    shutil.copytree(ROOT / "data", project / "data")
    shared = ROOT.parent / "shared" / "sources"
    if any(shared.glob("*.txt")):
        assert seal(project, "jukdp-2024", shared) is False
    else:
        with pytest.raises(DataError, match="not at hand"):
            seal(project, "jukdp-2024")


# --- format


def test_every_curated_file_below_data_is_in_order() -> None:
    """The committed data, and the invented source's, are as the formatter writes them."""
    project = SECOND.parent / "second_source"
    paths = [file.path for file in graph_files(ROOT) if file.path.is_relative_to(ROOT / "data")]
    assert len(paths) > 60
    assert [path for path in paths if format_file(ROOT, path, check=True)] == []
    others = sorted((project / "data").rglob("*.ttl"))
    assert len(others) == 14
    assert [path for path in others if format_file(project, path, check=True)] == []


LOCAL = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
OURS = f"{PREFIXES['source']}{SLUG}"
IRI = st.one_of(
    st.builds(
        lambda space, local: space + local, st.sampled_from(sorted(PREFIXES.values())), LOCAL
    ),
    st.builds(lambda name: f"{PASSAGE}#{name}", LOCAL),
    st.builds(lambda section, name: f"{OURS}/{section}/{name}#x", LOCAL, LOCAL),
    st.sampled_from([PASSAGE, OURS, f"{OURS}#outline", f"{OURS}/a/b/c", f"{OURS}/opening/"]),
    st.sampled_from(["https://example.org/a?b=c#d", "urn:isbn:0", PREFIXES["comity"]]),
    st.sampled_from([PREFIXES["actor"] + name for name in ("a.b.", "東京", "-a", "a%20b", "")]),
)
NODE = st.builds(ox.NamedNode, IRI)
LITERAL = st.one_of(
    st.builds(ox.Literal, st.text()),
    st.builds(lambda value: ox.Literal(value, language="ja"), st.text()),
    st.builds(
        lambda value, kind: ox.Literal(value, datatype=ox.NamedNode(PREFIXES["xsd"] + kind)),
        st.sampled_from(["1", "-01", "+1.50", ".5", "5.", "1e3", "true", "TRUE", "P1M", ""]),
        st.sampled_from(["integer", "decimal", "boolean", "duration", "anyURI", "double"]),
    ),
)
QUADS = st.lists(
    st.builds(ox.Quad, NODE, NODE, st.one_of(NODE, LITERAL), st.just(ox.NamedNode(PASSAGE))),
    min_size=1,
)


@given(QUADS, st.randoms())
def test_the_order_depends_on_the_statements_alone_and_loses_none(
    quads: list[ox.Quad], random: st.DataObject
) -> None:
    """Read again it is the same graph; shuffled before, it is the same text."""
    file = GraphFile(Path("p1.ttl"), PASSAGE, "reported", SLUG)
    text = render(quads, file)
    assert triples(text, file.path) == {quad.triple for quad in quads}
    again = list(quads)
    random.shuffle(again)  # type: ignore[attr-defined]
    assert render(again, file) == text
    assert text.startswith(f"@base <{PASSAGE}> .\n")
    assert all(len(line) == len(line.rstrip()) for line in text.split("\n"))


@given(st.one_of(NODE, LITERAL), st.sampled_from([PASSAGE, f"{PREFIXES['source']}{SLUG}/", None]))
def test_every_term_is_written_so_that_it_is_read_back(
    term: ox.NamedNode | ox.Literal, base: str | None
) -> None:
    """Against any base that our files have."""
    writer = Writer(base)
    subject = ox.NamedNode("https://example.org/s")
    text = writer.document([writer.block((subject, [(subject, [term])]))])
    assert triples(text, Path("x.ttl")) == {ox.Triple(subject, subject, term)}


PLAIN = f"""@base <{PASSAGE}> .
@prefix actor: <{PREFIXES["actor"]}> .
@prefix comity: <{PREFIXES["comity"]}> .
@prefix rdfs: <{PREFIXES["rdfs"]}> .

<> a comity:Passage .

<#a-second> a comity:Action ;
    comity:sentence 2 ;
    comity:quote "second" .

<#thing> a comity:Document ;
    rdfs:label "thing"@en .

<#z-first> comity:actor actor:mic , actor:da ; a comity:Commitment , comity:Action ;
    comity:quote "first" ; comity:sentence 1 ;
    comity:partOf <p2#other> , <../annex/p1#x> ; comity:object <#thing> .
"""

ORDERED = f"""@base <{PASSAGE}> .
@prefix actor: <{PREFIXES["actor"]}> .
@prefix comity: <{PREFIXES["comity"]}> .
@prefix rdfs: <{PREFIXES["rdfs"]}> .

<> a comity:Passage .

<#z-first> a comity:Action, comity:Commitment ;
    comity:sentence 1 ;
    comity:quote "first" ;
    comity:actor actor:da, actor:mic ;
    comity:object <#thing> ;
    comity:partOf <../annex/p1#x>, <p2#other> .

<#thing> a comity:Document ;
    rdfs:label "thing"@en .

<#a-second> a comity:Action ;
    comity:sentence 2 ;
    comity:quote "second" .
"""


def test_the_order_of_a_passage_file(project: Path) -> None:
    """The passage, claims by sentence, what a claim speaks of right behind it, names relative."""
    path = project / "data" / SLUG / "opening" / "p1.ttl"
    path.write_text(PLAIN, "utf-8")
    assert format_file(project, path, check=True) is True
    assert path.read_text("utf-8") == PLAIN
    assert format_file(project, path) is True
    assert path.read_text("utf-8") == ORDERED
    assert format_file(project, path) is False


@pytest.mark.parametrize(
    ("addition", "said"),
    [
        ("# a remark\n", "comment"),
        ("<#x> comity:note [ a comity:Context ] .\n", "blank node"),
        ("<#x> comity:note ( 1 2 ) .\n", "collection"),
        ("<#x> comity:note .\n", "not Turtle"),
        ("<#x> foo:bar 1 .\n", "not Turtle"),
    ],
)
def test_what_would_be_lost_is_refused_with_its_line(
    project: Path, addition: str, said: str
) -> None:
    """Comments, blank nodes, lists and what is not Turtle: the file stays as it is."""
    path = project / "data" / SLUG / "opening" / "p1.ttl"
    path.write_text(PLAIN + addition, "utf-8")
    before = everything(project)
    with pytest.raises(DataError, match=said) as refused:
        format_file(project, path)
    assert refused.value.path == path
    assert refused.value.line == PLAIN.count("\n") + 1
    assert everything(project) == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.binary(max_size=80))
def test_bad_input_never_costs_data(project: Path, junk: bytes) -> None:
    """Whatever is appended to a file: it is put in order whole, or left exactly as it was."""
    path = project / "data" / SLUG / "opening" / "p1.ttl"
    path.write_bytes(ORDERED.encode() + junk)
    try:
        format_file(project, path)
    except DataError:
        assert path.read_bytes() == ORDERED.encode() + junk
    else:
        assert len(read(file_of(project, path))) >= 14
    assert [name for name in everything(project) if "/." in name] == []


def test_a_file_that_cannot_be_written_is_left_whole(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk ends in one clear error and leaves the file, and nothing beside it."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = project / "data" / SLUG / "opening" / "p1.ttl"
    path.write_text(PLAIN, "utf-8")
    before = everything(project)
    monkeypatch.setattr("kg.curate.turtle.os.fsync", full)
    with pytest.raises(DataError, match="No space left"):
        format_file(project, path)
    assert everything(project) == before


# --- the commands


def test_seal_command_prints_every_error_on_its_line(
    run: Callable[..., tuple[int, str, str]], project: Path
) -> None:
    """Each with file and line, exit 1; when all is well one line a source, exit 0."""
    assert run("seal") == (0, f"{SLUG}: nothing changed\n", "")
    evidence = edit(project, "comity:words 34", "comity:words 35")
    stored = evidence.read_bytes()
    assert run("seal", "--check") == (1, f"{SLUG}: out of date: run kg seal\n", "")
    assert evidence.read_bytes() == stored
    assert run("seal") == (0, f"{SLUG}: sealed\n", "")
    assert run("seal", "--check") == (0, f"{SLUG}: nothing changed\n", "")
    path = project / "data" / SLUG / "opening" / "p2.ttl"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("will publish a", "shall publish a").replace("to a second", "to"), "utf-8"
    )
    code, out, err = run("seal", SLUG)
    assert (code, out) == (1, "")
    assert [line.startswith(f"kg: {path}:") for line in err.splitlines()] == [True, True]


def test_format_command_checks_and_mends(
    run: Callable[..., tuple[int, str, str]], project: Path
) -> None:
    """--check names what is out of order and changes nothing; without it, it is mended."""
    path = project / "data" / SLUG / "opening" / "p1.ttl"
    path.write_text(PLAIN, "utf-8")
    assert run("format", "--check") == (1, f"out of order: {path}\n", "")
    assert run("format", str(path)) == (0, f"put in order: {path}\n", "")
    assert run("format", "--check") == (0, "", "")
    path.write_text(PLAIN + "# remark\n", "utf-8")
    code, out, err = run("format")
    assert (code, out) == (1, "")
    assert err.startswith(f"kg: {path}:")


def test_draft_command(run: Callable[..., tuple[int, str, str]], project: Path) -> None:
    """It says what it wrote and what it left alone; with --show only the structure."""
    code, out, err = run("draft", str(TEXT), "--source", "another", "--show")
    assert (code, err) == (0, "")
    assert "section annex: Annex 附属書" in out
    assert not (project / "data" / "another").exists()
    code, out, err = run("draft", str(TEXT), "--source", SLUG)
    assert (code, out, err) == (0, "", "left alone: 9 files that exist\n")
    code, out, _ = run("draft", str(TEXT), "--source", "another", "--date", "2031-03-03")
    assert code == 0
    assert out.splitlines()[0] == "wrote data/another/evidence.ttl"
    assert len(out.splitlines()) == 9
    assert run("seal", "another")[0] == 0
    assert run("format", "--check") == (0, "", "")
