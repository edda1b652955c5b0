"""The curated statements that edits choose from, and how one of them is chosen and altered."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from kg import sources
from kg.names import PREFIXES, compact

C, SKOS, RDFS = PREFIXES["comity"], PREFIXES["skos"], PREFIXES["rdfs"]
OA, DCT, ORG = PREFIXES["oa"], PREFIXES["dct"], PREFIXES["org"]
TYPE = PREFIXES["rdf"] + "type"
OURS = "https://w3id.org/comity/"
DATE = PREFIXES["date"]
THINGS = tuple(PREFIXES[k] for k in ("actor", "instrument", "initiative", "event", "document"))
CODED = {
    "act": "acts", "status": "statuses", "role": "roles", "modality": "modalities",
    "topic": "topics", "instrumentType": "instrument-types",
}  # fmt: skip


def ours(names: str) -> set[str]:
    """Terms of the ontology, by name."""
    return {C + name for name in names.split()}


Test = Callable[[ox.Quad], bool]
Made = tuple[str, Sequence[ox.Quad], Sequence[ox.Quad]] | None


@dataclass(frozen=True)
class Edit:
    """One edit: which kind, in which file, what it does in words, and the statements."""

    kind: str
    file: str
    said: str
    removed: tuple[ox.Quad, ...]
    added: tuple[ox.Quad, ...]


@dataclass
class State:
    """The curated statements, and what edits choose from; `data` leaves the ontology out."""

    quads: list[ox.Quad]
    files: dict[str, sources.GraphFile]
    data: list[ox.Quad] = field(default_factory=list)
    things: dict[str, list[str]] = field(default_factory=dict)
    schemes: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.data = [q for q in self.quads if kind_of(q) != sources.ONTOLOGY]
        things: dict[str, set[str]] = defaultdict(set)
        schemes: dict[str, set[str]] = defaultdict(set)
        # groups of concepts are never values themselves
        groups = {q.object.value for q in self.quads if q.predicate.value == SKOS + "broader"}
        for q in self.quads:
            subject = q.subject.value
            if subject.startswith(THINGS):
                things[place_of(subject)].add(subject)
            if q.predicate.value == SKOS + "inScheme" and subject not in groups:
                schemes[q.object.value.rsplit("/", 1)[1]].add(subject)
        self.things = {key: sorted(found) for key, found in things.items()}
        self.schemes = {key: sorted(found) for key, found in schemes.items()}

    def pick(self, rng: random.Random, *tests: Test) -> ox.Quad | None:
        """One of the statements that pass all tests, if there are any."""
        found = [q for q in self.data if all(test(q) for test in tests)]
        return rng.choice(found) if found else None

    def block(self, q: ox.Quad) -> list[ox.Quad]:
        """All that a statement's file says of its subject."""
        return [o for o in self.data if (o.subject, o.graph_name) == (q.subject, q.graph_name)]


Maker = Callable[[State, random.Random], Made]


def kind_of(q: ox.Quad) -> str:
    """The kind of graph in which a statement stands."""
    return sources.kind_of(q.graph_name.value)


def place_of(iri: str) -> str:
    """An IRI without its last part: the kind of thing."""
    return iri.rsplit("/", 1)[0]


def reported(q: ox.Quad) -> bool:
    """Whether a statement stands in a passage."""
    return kind_of(q) == sources.REPORTED


def has(properties: set[str]) -> Test:
    """Statements with one of some properties."""
    return lambda q: q.predicate.value in properties


def names(*starts: str) -> Test:
    """Statements whose value is an IRI that begins so."""
    return lambda q: isinstance(q.object, ox.NamedNode) and q.object.value.startswith(starts)


def tagged(q: ox.Quad) -> bool:
    """Statements whose value has a language."""
    return isinstance(q.object, ox.Literal) and bool(q.object.language)


def turned(q: ox.Quad, *, s: Any = None, p: Any = None, o: Any = None, g: Any = None) -> ox.Quad:
    """A statement with some of its parts exchanged."""
    return ox.Quad(s or q.subject, p or q.predicate, o or q.object, g or q.graph_name)


def short(term: Any) -> str:
    """A term in a few letters."""
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    return f'"{term.value[:60]}"' + (f"@{term.language}" if term.language else "")


def shown(q: ox.Quad) -> str:
    """A statement in short."""
    return f"{short(q.subject)} {short(q.predicate)} {short(q.object)}"


def like(old: Any, value: str) -> ox.Literal:
    """A literal like another, with other words."""
    if old.language:
        return ox.Literal(value, language=old.language)
    return ox.Literal(value, datatype=old.datatype)


def slip(text: str, rng: random.Random) -> str:
    """A text with one letter left out, doubled, exchanged or in the other case."""
    places = [n for n, c in enumerate(text) if c.isalnum()]
    while places:
        n = rng.choice(places)
        c = text[n]
        other = rng.choice("0123456789" if c.isdigit() else "abcdefghijklmnopqrstuvwxyz")
        new = ["", c * 2, other, c.swapcase()][rng.randrange(4)]
        if new != c:
            return text[:n] + new + text[n + 1 :]
    return text + "x"


def misspelt(node: Any, rng: random.Random) -> ox.NamedNode:
    """An IRI with one letter of its last part wrong."""
    cut = max(node.value.rfind("/"), node.value.rfind("#")) + 1
    return ox.NamedNode(node.value[:cut] + slip(node.value[cut:], rng))


def another_digit(text: str, last: int, rng: random.Random) -> str:
    """A text with one of its last characters exchanged for another digit."""
    n = rng.choice([n for n in range(len(text) - last, len(text)) if text[n].isalnum()])
    return text[:n] + rng.choice([d for d in "0123456789" if d != text[n]]) + text[n + 1 :]
