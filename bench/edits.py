"""How the random edits of `mutate.py` are made: one function a kind; none of them writes a file."""

import random
from typing import Any

import pyoxigraph as ox
from statements import (
    CODED,
    DATE,
    DCT,
    OA,
    ORG,
    OURS,
    RDFS,
    SKOS,
    THINGS,
    TYPE,
    C,
    Made,
    Maker,
    State,
    Test,
    another_digit,
    has,
    kind_of,
    like,
    misspelt,
    names,
    ours,
    place_of,
    reported,
    short,
    shown,
    slip,
    tagged,
    turned,
)  # fmt: skip

from kg.names import PREFIXES

REQUIRED = {TYPE, RDFS + "label", OA + "hasTarget", OA + "bodyValue"} | ours(
    "act status sentence quote participant in role modality amount currency amountKind"
    " instrumentType section order start end number sha256 words citationLabel tenureOf"
)
OPTIONAL = {SKOS + "altLabel", SKOS + "scopeNote"} | ours(
    "topic counterpart partOf means place after alongside resultOf under otherReading object actor"
    " date venue inDocument note mentions member party deadline frequency basis supplements"
)
FUNCTIONAL = ours("act status sentence quote role in modality amount currency date start order")
PRINTED = ours("printedTitle address printedAddress locality relativeDate")
SEALED = ours("start end words order number sha256")
SUMS = ours("amount currency amountKind")
PROSE = {SKOS + "scopeNote", OA + "bodyValue"} | ours("note otherReading")
NAMES = {SKOS + name for name in ("prefLabel", "altLabel", "hiddenLabel")}
CLASSES = ours(
    "Action Participation Context Money Instrument Event Ministry Project Document Tenure"
)
OTHER_KINDS = (
    "status:planned", "act:hold", "actor:mic", "event:digital-council-2", "topic:data",
)  # fmt: skip


def change(q: ox.Quad | None, new: Any) -> Made:
    """The edit that gives a statement another value."""
    if q is None or new is None or new == q.object:
        return None
    return f"{shown(q)} → {short(new)}", [q], [turned(q, o=new)]


def swapped(q: ox.Quad | None, o: ox.Quad | None) -> Made:
    """The edit that swaps the values of two statements."""
    if q is None or o is None:
        return None
    return (
        f"swap: {shown(q)} and {shown(o)}",
        [q, o],
        [turned(q, o=o.object), turned(o, o=q.object)],
    )


def dropper(*tests: Test) -> Maker:
    """Drops a statement."""

    def make(state: State, rng: random.Random) -> Made:
        q = state.pick(rng, *tests)
        return None if q is None else (f"drop: {shown(q)}", [q], [])

    return make


def wrong_kind(state: State, rng: random.Random) -> Made:
    """Puts a value of another kind in place of a thing or concept."""
    q = state.pick(rng, reported, names(OURS), lambda q: q.predicate.value.startswith(C),
                   lambda q: q.predicate.value != C + "mentions")  # fmt: skip
    if q is None:
        return None
    values = [PREFIXES[p] + n for p, _, n in (one.partition(":") for one in OTHER_KINDS)]
    fits = place_of(q.object.value)
    return change(q, ox.NamedNode(rng.choice([v for v in values if place_of(v) != fits])))


def language(state: State, rng: random.Random) -> Made:
    """Changes or drops the language of a literal."""
    q = state.pick(rng, tagged)
    if q is None:
        return None
    tag = rng.choice([t for t in ("en", "ja", "fr", "") if t != q.object.language])
    words = q.object.value
    return change(q, ox.Literal(words, language=tag) if tag else ox.Literal(words))


def second_value(state: State, rng: random.Random) -> Made:
    """Adds a second value where there can be one."""
    q = state.pick(rng, has(FUNCTIONAL))
    if q is None:
        return None
    alike = {o.object for o in state.data if o.predicate == q.predicate and o.object != q.object}
    if not alike:
        return None
    added = turned(q, o=rng.choice(sorted(alike, key=str)))
    return f"add: {shown(added)}", [], [added]


def property_typo(state: State, rng: random.Random) -> Made:
    """Misspells a property."""
    q = state.pick(rng, lambda q: q.predicate.value != TYPE)
    if q is None:
        return None
    name = misspelt(q.predicate, rng)
    return f"{shown(q)}: property → {short(name)}", [q], [turned(q, p=name)]


def change_class(state: State, rng: random.Random) -> Made:
    """Gives a claim or thing a class of another branch."""
    q = state.pick(rng, has({TYPE}), lambda q: q.object.value in CLASSES)
    return change(q, ox.NamedNode(rng.choice(sorted(CLASSES))))


def check_digit(state: State, rng: random.Random) -> Made:
    """Alters a digit of an identifier that has a check digit."""
    q = state.pick(
        rng,
        has({SKOS + "exactMatch", ORG + "identifier"}),
        lambda q: "ror.org" in q.object.value or q.object.value.isdigit(),
    )
    if q is None:
        return None
    value = another_digit(q.object.value, 2, rng)
    iri = isinstance(q.object, ox.NamedNode)
    return change(q, ox.NamedNode(value) if iri else like(q.object, value))


def move_statement(state: State, rng: random.Random) -> Made:
    """Moves one statement into another file of another kind."""
    q = rng.choice(state.data)
    graphs = {o.graph_name.value for o in state.data if kind_of(o) != kind_of(q)}
    graph = ox.NamedNode(rng.choice(sorted(graphs)))
    return f"{shown(q)}: moved to {short(graph)}", [q], [turned(q, g=graph)]


def iri_typo(state: State, rng: random.Random) -> Made:
    """Misspells the IRI of a value."""
    q = state.pick(rng, names(OURS), lambda q: not q.object.value.startswith((DATE, C)))
    return None if q is None else change(q, misspelt(q.object, rng))


def subject_typo(state: State, rng: random.Random) -> Made:
    """Misspells the IRI that one statement is about."""
    q = rng.choice(state.data)
    subject = misspelt(q.subject, rng)
    return f"{shown(q)}: subject → {short(subject)}", [q], [turned(q, s=subject)]


def drop_entry(state: State, rng: random.Random) -> Made:
    """Drops all that a file says of one claim or thing."""
    idle = (C + "Context", C + "Passage")
    q = state.pick(rng, has({TYPE}), lambda q: q.object.value not in idle)
    return None if q is None else (f"drop all of: {short(q.subject)}", state.block(q), [])


def move_claim(state: State, rng: random.Random) -> Made:
    """Moves a claim, renamed, into another passage."""
    q = state.pick(rng, has({C + "quote"}))
    if q is None:
        return None
    graphs = {o.graph_name.value for o in state.data if reported(o)} - {q.graph_name.value}
    graph = ox.NamedNode(rng.choice(sorted(graphs)))
    subject = ox.NamedNode(graph.value + "#" + q.subject.value.rsplit("#", 1)[1])
    if any(o.subject == subject for o in state.data):
        return None
    gone = state.block(q)
    said = f"{short(q.subject)}: moved to {short(graph)}"
    return said, gone, [turned(o, s=subject, g=graph) for o in gone]


def letter(properties: set[str], *tests: Test) -> Maker:
    """Gets a letter wrong in a text."""

    def make(state: State, rng: random.Random) -> Made:
        q = state.pick(rng, has(properties), lambda q: isinstance(q.object, ox.Literal), *tests)
        return None if q is None else change(q, like(q.object, slip(q.object.value, rng)))

    return make


def sentence(state: State, rng: random.Random) -> Made:
    """Gets the number of a sentence wrong by one."""
    q = state.pick(rng, has({C + "sentence"}))
    if q is None:
        return None
    return change(q, like(q.object, str(max(1, int(q.object.value) + rng.choice((-1, 1))))))


def sealed(state: State, rng: random.Random) -> Made:
    """Alters a number or hash of the evidence."""
    q = state.pick(rng, has(SEALED))
    if q is None:
        return None
    if q.predicate.value == C + "sha256":
        return change(q, like(q.object, another_digit(q.object.value, 64, rng)))
    step = rng.choice((-7, -1, 1, 7))
    return change(q, like(q.object, str(max(0, int(q.object.value) + step))))


def other_date(*tests: Test) -> Maker:
    """Alters year, month or day of a date."""

    def make(state: State, rng: random.Random) -> Made:
        q = state.pick(rng, names(DATE), *tests)
        if q is None:
            return None
        first, *rest = q.object.value[len(DATE) :].split("_")
        parts = [int(part) for part in first.split("-")]
        n = rng.randrange(len(parts))
        if n == 0:
            parts[0] += rng.choice((-1, 1))
        else:
            low, high = (33, 36) if parts[n] > 31 else (1, 12 if n == 1 else 28)
            parts[n] = rng.choice([v for v in range(low, high + 1) if v != parts[n]])
        changed = "-".join(f"{part:02d}" for part in parts)
        return change(q, ox.NamedNode(DATE + "_".join([changed, *rest])))

    return make


def money(state: State, rng: random.Random) -> Made:
    """Alters amount, currency or kind of a sum."""
    q = state.pick(rng, has(SUMS))
    if q is None:
        return None
    value = q.object.value
    others = [value[:-3], value + "0", "1" + value]
    if q.predicate.value == C + "currency":
        others = ["GBP", "JPY", "EUR", "USD"]
    elif q.predicate.value == C + "amountKind":
        others = ["stated", "ceiling"]
    return change(q, like(q.object, rng.choice(others)))


def swap(properties: set[str], apart: bool) -> Maker:
    """Swaps the values that two claims of one passage, or two sentences of it, have."""

    def make(state: State, rng: random.Random) -> Made:
        q = state.pick(rng, has(properties), reported)
        if q is None:
            return None
        at = {o.subject: o.object for o in state.data if o.predicate.value == C + "sentence"}
        o = state.pick(
            rng,
            lambda o: (o.graph_name, o.predicate) == (q.graph_name, q.predicate),
            lambda o: o.subject != q.subject and o.object != q.object,
            lambda o: not apart or at.get(o.subject) != at.get(q.subject),
        )
        return swapped(q, o)

    return make


def swap_across(state: State, rng: random.Random) -> Made:
    """Swaps the values of two properties of one claim that take different kinds of value."""
    q = state.pick(rng, has(ours("act status topic")), reported)
    if q is None:
        return None
    return swapped(q, state.pick(
        rng,
        lambda o: o.subject == q.subject and o.predicate != q.predicate,
        lambda o: o.predicate.value.startswith(C) and isinstance(o.object, ox.NamedNode),
    ))  # fmt: skip


def recode(*properties: str) -> Maker:
    """Puts another concept of the same scheme in place of a coded one."""

    def make(state: State, rng: random.Random) -> Made:
        name = rng.choice(properties)
        q = state.pick(rng, has({C + name}))
        return change(q, ox.NamedNode(rng.choice(state.schemes[CODED[name]])))

    return make


def another_thing(state: State, rng: random.Random) -> Made:
    """Puts another registered thing of the same kind in place of one."""
    q = state.pick(rng, reported, names(*THINGS))
    if q is None:
        return None
    return change(q, ox.NamedNode(rng.choice(state.things[place_of(q.object.value)])))


def outside(state: State, rng: random.Random) -> Made:
    """Alters an identifier without check digit, or the address of a page outside."""
    q = state.pick(
        rng,
        names("http://", "https://"),
        lambda q: (
            "wikidata" in q.object.value
            or q.predicate.value in {DCT + "source", PREFIXES["schema"] + "url"}
        ),
    )
    return None if q is None else change(q, ox.NamedNode(another_digit(q.object.value, 4, rng)))
