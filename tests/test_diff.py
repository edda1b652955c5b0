"""Changes between releases: seeded edits of all kinds, each in its class; patches; words; RDF."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg import diff as changes
from kg.diff import rdf, show
from kg.diff.model import CORRECTION, IDENTITY, MODEL, REFERENCE, WORLD
from kg.formats import canonical
from kg.names import PREFIXES

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
