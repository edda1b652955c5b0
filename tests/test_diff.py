"""Changes between releases: seeded edits of all kinds, each in its class; patches; words; RDF."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

import kg
from conftest import PREFIXES as PREFIXES_TEXT
from conftest import quick_build
from kg import diff as changes
from kg.cli import kg as command
from kg.diff import rdf, show
from kg.diff.model import CORRECTION, IDENTITY, MODEL, REFERENCE, WORLD
from kg.errors import DataError, KgError, SnapshotError, UsageError
from kg.formats import canonical
from kg.names import PREFIXES
from kg.settings import Settings

C, SKOS, DCT = PREFIXES["comity"], PREFIXES["skos"], PREFIXES["dct"]
RDF_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
SHA, START = ox.NamedNode(C + "sha256"), ox.NamedNode(C + "start")
LABEL = ox.NamedNode(SKOS + "prefLabel")
REPLACED = ox.NamedNode(DCT + "isReplacedBy")
SOURCE, GRAPH = PREFIXES["source"], PREFIXES["graph"]
EVIDENCE = ox.NamedNode(GRAPH + "evidence/jukdp-2024")
FORMER = ox.NamedNode(GRAPH + "reference/former")
REGISTER = ox.NamedNode(GRAPH + "reference/register-actor")


def iri(term: object) -> str:
    """The IRI of a term, without its fragment."""
    return str(getattr(term, "value", "")).partition("#")[0]


def english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


@dataclass
class Edits:
    """A release that becomes another by edits of chance, and the class of every quad they touch."""

    chance: random.Random
    before: frozenset[ox.Quad]
    now: set[ox.Quad] = field(default_factory=set)
    gone: dict[ox.Quad, str] = field(default_factory=dict)
    come: dict[ox.Quad, str] = field(default_factory=dict)
    passages: list[str] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        self.now = set(self.before)
        graphs = sorted({iri(q.graph_name) for q in self.before})
        self.passages = [one for one in graphs if one.startswith(SOURCE)]
        self.chance.shuffle(self.passages)
        prefix = PREFIXES["actor"]
        self.actors = sorted({iri(q.object) for q in self.before if iri(q.object) != ""})
        self.actors = [one for one in self.actors if one.startswith(prefix)]
        self.chance.shuffle(self.actors)
        # the names of these are about to change: other edits leave their statements alone
        self.moving = set(self.actors[:6])

    def fresh(self) -> int:
        self.number += 1
        return self.number

    def remove(self, quad: ox.Quad, class_: str) -> None:
        self.now.discard(quad)
        if quad in self.before:
            self.gone[quad] = class_
        self.come.pop(quad, None)

    def add(self, quad: ox.Quad, class_: str) -> None:
        assert quad not in self.before
        self.now.add(quad)
        self.come[quad] = class_

    def some(self, wanted: Callable[[ox.Quad], bool]) -> ox.Quad:
        """One quad of chance that names nothing that is about to be renamed."""
        found = [
            quad
            for quad in self.now & self.before
            if wanted(quad)
            and not {iri(t) for t in (quad.subject, quad.object, quad.graph_name)} & self.moving
        ]
        return self.chance.choice(sorted(found, key=str))

    def about(self, passage: str) -> list[ox.Quad]:
        """What a passage's graph holds, and the evidence for it."""
        return [
            quad
            for quad in self.now
            if iri(quad.graph_name) == passage
            or (quad.graph_name == EVIDENCE and iri(quad.subject) == passage)
        ]

    # --- the kinds of edit -----------------------------------------------------------------------

    def new_passage(self, source: str = "jukdp-2024") -> None:
        """A passage with a claim and its evidence."""
        name = f"{SOURCE}{source}/data/new-{self.fresh()}"
        own, graph = ox.NamedNode(name), ox.NamedNode(f"{GRAPH}evidence/{source}")
        claim = ox.NamedNode(f"{name}#do")
        self.add(ox.Quad(own, RDF_TYPE, ox.NamedNode(C + "Passage"), own), WORLD)
        self.add(ox.Quad(claim, RDF_TYPE, ox.NamedNode(C + "Action"), own), WORLD)
        self.add(ox.Quad(claim, START, ox.Literal(5), graph), WORLD)
        self.add(ox.Quad(own, SHA, ox.Literal("0" * 64), graph), WORLD)

    def new_source(self) -> None:
        """A source with a section and a passage."""
        name = f"other-{self.fresh()}"
        own, graph = ox.NamedNode(SOURCE + name), ox.NamedNode(f"{GRAPH}evidence/{name}")
        self.add(ox.Quad(own, RDF_TYPE, ox.NamedNode(C + "Source"), graph), WORLD)
        self.add(ox.Quad(own, SHA, ox.Literal("1" * 64), graph), WORLD)
        section = ox.NamedNode(f"{SOURCE}{name}/data")
        self.add(ox.Quad(section, RDF_TYPE, ox.NamedNode(C + "Section"), graph), WORLD)
        self.new_passage(name)

    def lost_passage(self) -> None:
        """A passage that is no longer there."""
        for quad in self.about(self.passages.pop()):
            self.remove(quad, WORLD)

    def new_text(self) -> None:
        """A passage whose text is another, with another claim in it."""
        passage = self.passages.pop()
        own = ox.NamedNode(passage)
        (old,) = [q for q in self.now if q.subject == own and q.predicate == SHA]
        self.remove(old, WORLD)
        self.add(ox.Quad(own, SHA, ox.Literal("f" * 64), EVIDENCE), WORLD)
        claim = ox.NamedNode(f"{passage}#new-{self.fresh()}")
        self.add(ox.Quad(claim, RDF_TYPE, ox.NamedNode(C + "Action"), own), WORLD)

    def correction(self) -> None:
        """A passage of whose claims something else is stated: a value, one more, one less."""
        passage = self.passages.pop()
        own = ox.NamedNode(passage)
        quad = self.some(lambda q: q.graph_name == own)
        self.remove(quad, CORRECTION)
        if self.chance.random() < 0.5:
            value = ox.Literal(f"other words {self.fresh()}")
            self.add(ox.Quad(quad.subject, quad.predicate, value, own), CORRECTION)
        note = ox.NamedNode(C + "note")
        self.add(ox.Quad(quad.subject, note, english(f"“{self.fresh()}”\n*"), own), CORRECTION)

    def moved_span(self) -> None:
        """Evidence that stands elsewhere in the copy of the same text."""
        taken = set(self.passages)
        quad = self.some(lambda q: q.predicate == START and iri(q.subject) in taken)
        self.remove(quad, CORRECTION)
        value = ox.Literal(1_000_000 + self.fresh())
        self.add(ox.Quad(quad.subject, quad.predicate, value, EVIDENCE), CORRECTION)
        self.passages.remove(iri(quad.subject))

    def reference(self) -> None:
        """A register: a name that changes, a thing that is new, a statement that goes."""
        quad = self.some(lambda q: q.predicate == LABEL and q.graph_name == REGISTER)
        self.remove(quad, REFERENCE)
        tag = quad.object.language  # type: ignore[union-attr]
        value = ox.Literal(f"Name {self.fresh()}", language=tag)
        self.add(ox.Quad(quad.subject, LABEL, value, REGISTER), REFERENCE)
        thing = ox.NamedNode(f"{PREFIXES['actor']}new-{self.fresh()}")
        self.add(ox.Quad(thing, LABEL, english("New"), REGISTER), REFERENCE)
        self.remove(self.some(lambda q: iri(q.graph_name).startswith(GRAPH + "ref")), REFERENCE)

    def model(self) -> None:
        """Ontology, a scheme, and what a rule derives."""
        for place in (PREFIXES["comity"][:-1], PREFIXES["scheme"], f"{GRAPH}derived/"):
            quad = self.some(lambda q, place=place: iri(q.graph_name).startswith(place))  # type: ignore[misc]
            self.remove(quad, MODEL)
            value = english(f"another {self.fresh()}")
            self.add(ox.Quad(quad.subject, quad.predicate, value, quad.graph_name), MODEL)

    def _replace(self, old: str, new: list[str], describe: bool) -> None:
        """New names for an old one wherever it stands; with `describe` its description goes."""
        for name in new:
            self.add(ox.Quad(ox.NamedNode(old), REPLACED, ox.NamedNode(name), FORMER), IDENTITY)
        for quad in sorted(self.now, key=str):
            if quad.predicate == REPLACED or not {old} & {
                iri(t) for t in (quad.subject, quad.object, quad.graph_name)
            }:
                continue
            kept = self.come.get(quad)
            self.remove(quad, IDENTITY)
            if describe and iri(quad.subject) == old:
                continue
            chosen = self.chance.choice(new)
            terms = [
                ox.NamedNode(t.value.replace(old, chosen, 1)) if iri(t) == old else t
                for t in (quad.subject, quad.object, quad.graph_name)
            ]
            image = ox.Quad(terms[0], quad.predicate, terms[1], terms[2])
            if image in self.before:
                self.now.add(image)
                self.gone.pop(image, None)
            else:
                self.add(image, kept or self.come.get(image, IDENTITY))

    def rename(self) -> None:
        """An actor under another name, everywhere."""
        self._replace(self.actors.pop(0), [f"{PREFIXES['actor']}named-{self.fresh()}"], False)

    def rename_passage(self) -> None:
        """A passage under another name, with its graph, claims and evidence."""
        self._replace(self.passages.pop(), [f"{SOURCE}jukdp-2024/data/n-{self.fresh()}"], False)

    def merge(self) -> None:
        """An actor that is no longer told from another one."""
        other = self.actors.pop()
        self._replace(self.actors.pop(0), [other], True)

    def split(self) -> None:
        """An actor that turned out to be two."""
        new = [f"{PREFIXES['actor']}part-{self.fresh()}" for _ in range(2)]
        self._replace(self.actors.pop(0), new, True)
        for name in new:
            self.add(ox.Quad(ox.NamedNode(name), LABEL, english(name[-6:]), REGISTER), IDENTITY)


FIRST = (
    "new_passage", "new_source", "lost_passage", "new_text", "correction", "moved_span",
    "reference", "model",
)  # fmt: skip
LAST = ("rename", "merge", "split", "rename_passage")


@pytest.fixture(scope="module")
def whole(real_snapshot: kg.Snapshot) -> frozenset[ox.Quad]:
    """Every quad of the real snapshot."""
    return frozenset(real_snapshot.quads())


def side(quads: set[ox.Quad] | frozenset[ox.Quad], path: Path) -> Path:
    """Quads as a file."""
    path.write_bytes(canonical(quads))
    return path


def found(one: changes.Diff) -> tuple[dict[ox.Quad, str], dict[ox.Quad, str], int]:
    """The class of every quad that came or went, and how many quads are told in all."""
    gone, come, size = {}, {}, 0
    for class_ in changes.CLASSES:
        for statement in one.statements(class_):
            size += statement.size
            if statement.removed is not None:
                gone[statement.removed] = class_
            if statement.added is not None:
                come[statement.added] = class_
    return gone, come, size


@pytest.mark.parametrize("seed", range(16))
def test_every_edit_is_told_in_its_class(
    seed: int, whole: frozenset[ox.Quad], tmp_path: Path
) -> None:
    """None is missed, none invented, none told twice; the patch gives the other digest."""
    edits = Edits(random.Random(seed), whole)  # noqa: S311 - seeded on purpose
    for name in (*FIRST, *edits.chance.choices(FIRST, k=6), *LAST, edits.chance.choice(LAST)):
        getattr(edits, name)()
    one = changes.diff(side(whole, tmp_path / "a.nq"), side(edits.now, tmp_path / "b.nq"))
    gone, come, size = found(one)
    assert set(gone) == whole - edits.now
    assert set(come) == edits.now - whole
    assert size == len(gone) + len(come)
    assert {str(q): c for q, c in gone.items() if c != edits.gone[q]} == {}
    assert {str(q): c for q, c in come.items() if c != edits.come[q]} == {}
    assert set(one.classes) == set(changes.CLASSES)
    assert {its.kind for its in one.identities} == {"renamed", "merged", "split"}
    patched = changes.apply_patch(one.before, b"".join(changes.patch(one.before, one.after)))
    assert patched == (tmp_path / "b.nq").read_bytes()
    # whatever the change, it can be told in every form
    assert json.loads(show.to_json(one))["counts"] == one.counts()
    assert show.text(one)
    assert show.markdown(one)
    told = list(ox.parse(rdf.to_turtle(one), format=ox.RdfFormat.TURTLE))
    statement = ox.NamedNode(PREFIXES["rdf"] + "Statement")
    assert sum(quad.object == statement for quad in told) == size


# --- words, sides, patches, the command ----------------------------------------------------------


@pytest.fixture
def two(small: Settings) -> tuple[Settings, Path, Path]:
    """Two releases of the small project: a status corrected, an actor renamed, a term added."""
    first = quick_build(small)

    def edit(name: str, old: str, new: str) -> None:
        path = small.project / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    edit("data/ab-2024/data/a.ttl", "status:planned", "status:intended")
    edit("data/reference/register-actor.ttl", "actor:office", "actor:bureau")
    former = small.project / "data/reference/former.ttl"
    base = "@base <https://w3id.org/comity/graph/reference/former> .\n"
    former.write_text(base + PREFIXES_TEXT + "actor:office dct:isReplacedBy actor:bureau .\n")
    return small, first.path, quick_build(small).path


def test_in_words(two: tuple[Settings, Path, Path]) -> None:
    """A reader learns where, of what, and from what to what."""
    one = changes.diff(two[1], two[2])
    assert one.counts()["correction"] == {"added": 0, "removed": 0, "changed": 1}
    said = show.text(one)
    assert "CORRECTION: 1 CHANGED" in said
    assert "Report 2024, Data (a) (source:ab-2024/data/a)" in said
    assert "“will host a Summit” (source:ab-2024/data/a#host)" in said
    assert "changed: comity:status from status:planned to status:intended" in said
    assert "renamed: データ局 (actor:office) is called データ局 (actor:bureau)" in said
    assert re.search(r"\d statements are the same but for the name", said)
    (identity,) = one.identities
    assert (identity.kind, identity.old) == ("renamed", (PREFIXES["actor"] + "office",))
    for class_ in changes.CLASSES:
        assert (class_ in one.classes) == (class_.upper() in said)
    nothing = changes.diff(two[1], two[1])
    assert (nothing.counts(), "Nothing differs." in show.text(nothing)) == ({}, True)
    assert rdf.to_turtle(nothing)


def test_data_is_never_markup(tmp_path: Path) -> None:
    """Markdown escapes what a label holds; no control character reaches a terminal."""
    graph = f"<{GRAPH}reference/x>"
    value = "<b>*x*</b> [a](b) \\u0007\\u001B[31m\\u202E\\n# h"
    (tmp_path / "a.nq").write_text("")
    (tmp_path / "b.nq").write_text(f'<http://a/s> <{SKOS}prefLabel> "{value}"@en {graph} .\n')
    one = changes.diff(tmp_path / "a.nq", tmp_path / "b.nq")
    for said in (show.text(one), show.markdown(one)):
        assert not re.search("[\x07\x1b\u202e]", said)
        assert len(said.splitlines()) < 15
    assert "\\<b\\>\\*x\\*\\</b\\> \\[a\\]" in show.markdown(one)


def test_sides(
    two: tuple[Settings, Path, Path],
    tmp_path: Path,
    refused: Callable[[Callable[[], object]], KgError],
) -> None:
    """Directories, digests and files are the same sides; what is none is refused in one line."""
    settings, first, second = two
    lines = (first / "data.nq").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "shuffled.nq").write_text("".join(lines[::-1] + lines[:5]), "utf-8")
    wanted = changes.diff(first, second).counts()
    for which in (first, str(first), first.name, first.name[:8], tmp_path / "shuffled.nq"):
        one = changes.version(which, settings)
        assert one.digest == first.name
        assert changes.diff(one, None, settings).counts() == wanted
    assert isinstance(refused(lambda: changes.version("0" * 64, settings)), SnapshotError)
    assert isinstance(refused(lambda: changes.version("no.nq", settings)), DataError)
    (tmp_path / "bad.nq").write_text("<a")
    assert "not N-Quads" in str(refused(lambda: changes.version(tmp_path / "bad.nq")))
    (tmp_path / "plain.nq").write_text('<http://a/s> <http://a/p> "x" .\n')
    error = refused(lambda: changes.diff(first, tmp_path / "plain.nq"))
    assert "named graphs" in str(error)
    assert isinstance(refused(lambda: changes.diff(first, second, limit=3)), UsageError)
    (second / "data.nq").write_bytes(b"".join(line.encode() for line in lines[1:]))
    assert "not what its digest says" in str(refused(lambda: changes.version(second)))


def test_a_patch_fits_or_is_refused(
    two: tuple[Settings, Path, Path], refused: Callable[[Callable[[], object]], KgError]
) -> None:
    """Applied to its release it gives the next, backwards the former; elsewhere it is refused."""
    first, second = (changes.version(one) for one in two[1:])
    ahead = b"".join(changes.patch(first, second))
    back = b"".join(changes.patch(second, first))
    assert changes.apply_patch(changes.apply_patch(first, ahead), back) == b"".join(first.lines())
    assert b"".join(changes.patch(first, first)).splitlines()[2:] == [b"TX .", b"TC ."]
    lines = ahead.splitlines(keepends=True)
    assert lines[0] == f"H id <{second.iri}> .\n".encode()
    bare = b"".join(lines[2:])
    assert changes.apply_patch(first, bare) == b"".join(second.lines())
    for text, said in (
        (back, "not for"), (b"".join(lines[:-1]), "not whole"), (b"", "not whole"),
        (ahead.replace(b"\nD ", b"\nX ", 1), "not a line"), (bare.replace(b"TX .\n", b""), "not a"),
        (bare.replace(b"status/planned", b"status/other"), "not there"),
        (b"".join(lines[:-2] + lines[-1:]), "promises"),
    ):  # fmt: skip
        assert said in str(refused(lambda text=text: changes.apply_patch(first, text)))  # type: ignore[misc]


def test_a_former_name_renamed_again(tmp_path: Path) -> None:
    """What an old name leads to may be renamed in its turn: one renaming, not two and no merger."""
    actor, label = PREFIXES["actor"], f"<{SKOS}prefLabel>"
    graph, former = f"<{GRAPH}reference/register-actor>", f"<{GRAPH}reference/former>"
    leads = f"<{DCT}isReplacedBy>"
    (tmp_path / "a.nq").write_text(
        f'<{actor}b> {label} "B" {graph} .\n<{actor}a> {leads} <{actor}b> {former} .\n'
    )
    (tmp_path / "b.nq").write_text(
        f'<{actor}c> {label} "C" {graph} .\n<{actor}a> {leads} <{actor}c> {former} .\n'
        f"<{actor}b> {leads} <{actor}c> {former} .\n"
    )
    one = changes.diff(tmp_path / "a.nq", tmp_path / "b.nq")
    assert [(its.kind, its.old) for its in one.identities] == [("renamed", (actor + "b",))]
    # the name in words is another too: told under the new IRI, as what it was and is
    (statement,) = one.statements(REFERENCE)
    assert (statement.change, str(statement.before), str(statement.after)) == (
        "changed", '"B"', '"C"',
    )  # fmt: skip


def test_the_command(two: tuple[Settings, Path, Path], tmp_path: Path) -> None:
    """Each format is the library's; a file is written whole."""
    run = CliRunner().invoke
    sides = [str(one) for one in two[1:]]
    one = changes.diff(*two[1:])
    for name, wanted in (
        ("text", show.text(one).encode()), ("markdown", show.markdown(one).encode()),
        ("json", show.to_json(one)), ("turtle", rdf.to_turtle(one)),
        ("patch", b"".join(changes.patch(one.before, one.after))),
    ):  # fmt: skip
        assert run(command, ["diff", *sides, "-f", name]).stdout_bytes == wanted
    target = tmp_path / "out"
    assert run(command, ["diff", *sides, "-o", str(target)]).exit_code == 0
    assert target.read_bytes() == show.text(one).encode()
    assert run(command, ["diff"]).exit_code == 2


# --- where one class ends and another begins -----------------------------------------------------

PASSAGE = f"<{SOURCE}s/data/a>"
IN_EVIDENCE = f"<{GRAPH}evidence/s>"
SEALED = f'{PASSAGE} <{C}sha256> "aa" {IN_EVIDENCE} .\n'
CLAIMED = f"<{SOURCE}s/data/a#do> <{RDF_TYPE.value}> <{C}Action> {PASSAGE} .\n"
NOTED = f'<{SOURCE}s/data/a#do> <{C}note> "x" {PASSAGE} .\n'
COPY = '<{0}s> <{1}sha256> "{2}" {3} .\n'
BORDERS = {
    "claims of a passage that was sealed before": (SEALED, SEALED + CLAIMED, CORRECTION),
    "a passage sealed after its claims": (CLAIMED, CLAIMED + SEALED, CORRECTION),
    "a passage with its seal": ("", SEALED + CLAIMED, WORLD),
    "a passage gone with its seal": (SEALED + CLAIMED, "", WORLD),
    "claims withdrawn, text still there": (SEALED + CLAIMED, SEALED, CORRECTION),
    "no hash on either side": (CLAIMED, CLAIMED + NOTED, CORRECTION),
    "another text": (SEALED + CLAIMED, SEALED.replace("aa", "bb") + CLAIMED + NOTED, WORLD),
    "another copy of the source": (
        COPY.format(SOURCE, C, "cc", IN_EVIDENCE), COPY.format(SOURCE, C, "dd", IN_EVIDENCE),
        CORRECTION,
    ),
    "a new source": ("", COPY.format(SOURCE, C, "cc", IN_EVIDENCE), WORLD),
    "a claim whose property is new": (
        SEALED + CLAIMED, SEALED + CLAIMED + NOTED.replace("note", "unheard-of"), CORRECTION,
    ),
    "a name replaced that nothing bore": (
        SEALED, SEALED + f"<{C}x> <{DCT}isReplacedBy> <{C}y> <{GRAPH}reference/former> .\n",
        REFERENCE,
    ),
    "a discrepancy found": (
        SEALED, SEALED + f'<{GRAPH}reference/d#1> <{C}note> "x" <{GRAPH}reference/d> .\n',
        REFERENCE,
    ),
    "what a rule derives of a claim": (
        SEALED, SEALED + f"<{SOURCE}s/data/a#do> <{C}passage> {PASSAGE} <{GRAPH}derived/p> .\n",
        MODEL,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BORDERS)
def test_borders(case: str, tmp_path: Path) -> None:
    """What docs/changes.md says of the doubtful cases."""
    before, after, wanted = BORDERS[case]
    (tmp_path / "a.nq").write_text(before)
    (tmp_path / "b.nq").write_text(after)
    one = changes.diff(tmp_path / "a.nq", tmp_path / "b.nq")
    assert list(one.classes) == [wanted]
