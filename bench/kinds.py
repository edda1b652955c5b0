"""Which kinds of edit there are, what they break, and how many of each are drawn.

The table KINDS is fixed before any run. A kind says what its edits break: *form* (what a graph may
hold at all), *reference* (IRIs that name nothing, or things that are missing), *evidence* (what the
text does not say so) or *meaning* (a well-formed falsehood, which as a rule only a reader can see).
"""

import random
from dataclasses import dataclass

from edits import (
    NAMES,
    OPTIONAL,
    PRINTED,
    PROSE,
    REQUIRED,
    another_thing,
    change_class,
    check_digit,
    drop_entry,
    dropper,
    iri_typo,
    language,
    letter,
    money,
    move_claim,
    move_statement,
    other_date,
    outside,
    property_typo,
    recode,
    sealed,
    second_value,
    sentence,
    subject_typo,
    swap,
    swap_across,
    wrong_kind,
)  # fmt: skip
from statements import SKOS, C, Edit, Maker, State, has, ours, reported


@dataclass(frozen=True)
class Kind:
    """A kind of edit: the class of what it breaks, its share of the edits, and how it is made."""

    name: str
    breaks: str
    share: int
    make: Maker


KINDS = (
    Kind("drop a required statement", "form", 5, dropper(has(REQUIRED))),
    Kind("drop an English name", "form", 2,
         dropper(has({SKOS + "prefLabel"}), lambda q: q.object.language == "en")),
    Kind("value of another kind", "form", 4, wrong_kind),
    Kind("language of a literal", "form", 4, language),
    Kind("second value where there is one", "form", 4, second_value),
    Kind("misspelt property", "form", 4, property_typo),
    Kind("another class", "form", 3, change_class),
    Kind("swap values of two properties", "form", 3, swap_across),
    Kind("digit of an identifier with check digit", "form", 2, check_digit),
    Kind("statement moved to another kind of graph", "form", 4, move_statement),
    Kind("misspelt IRI of a value", "reference", 8, iri_typo),
    Kind("misspelt IRI of a subject", "reference", 5, subject_typo),
    Kind("drop all of a claim or thing", "reference", 5, drop_entry),
    Kind("letter of a quote", "evidence", 8, letter({C + "quote"})),
    Kind("number of a sentence", "evidence", 4, sentence),
    Kind("number or hash of the evidence", "evidence", 5, sealed),
    Kind("date in a passage", "evidence", 5, other_date(reported)),
    Kind("sum of money", "evidence", 2, money),
    Kind("letter of a printed title, address or place", "evidence", 3, letter(PRINTED, reported)),
    Kind("swap quotes of two sentences", "evidence", 3, swap({C + "quote"}, True)),
    Kind("claim moved to another passage", "evidence", 4, move_claim),
    Kind("another act", "meaning", 3, recode("act")),
    Kind("another topic", "meaning", 3, recode("topic")),
    Kind("another status", "meaning", 3, recode("status")),
    Kind("another role, modality or type", "meaning", 2,
         recode("role", "modality", "instrumentType")),
    Kind("another registered thing", "meaning", 3, another_thing),
    Kind("swap values of two claims", "meaning", 3,
         swap(ours("actor object act topic counterpart"), False)),
    Kind("drop an optional statement", "meaning", 3, dropper(has(OPTIONAL))),
    Kind("letter of a name", "meaning", 2, letter(NAMES)),
    Kind("letter of a note", "meaning", 1, letter(PROSE)),
    Kind("official date", "meaning", 1, other_date(lambda q: not reported(q))),
    Kind("outside identifier or address", "meaning", 1, outside),
)  # fmt: skip


def shares(count: int) -> dict[str, int]:
    """How many edits of each kind make up a count, by largest remainder."""
    total = sum(kind.share for kind in KINDS)
    exact = {kind.name: count * kind.share / total for kind in KINDS}
    whole = {name: int(share) for name, share in exact.items()}
    rest = sorted(exact, key=lambda name: whole[name] - exact[name])
    for name in rest[: count - sum(whole.values())]:
        whole[name] += 1
    return whole


def draw(state: State, count: int, seed: int) -> list[Edit]:
    """The edits: each kind by its share, no edit twice; fewer where a kind has not so many."""
    rng = random.Random(seed)  # noqa: S311 - a seeded draw is what is wanted
    edits: dict[str, Edit] = {}
    for kind in KINDS:
        wanted = len(edits) + shares(count)[kind.name]
        for _ in range(1000):
            if len(edits) == wanted:
                break
            made = kind.make(state, rng)
            if made is None or set(made[1]) == set(made[2]):
                continue
            said, removed, added = made
            graph = [*removed, *added][0].graph_name.value
            file = "/".join(state.files[graph].path.parts[-2:])
            edits.setdefault(said, Edit(kind.name, file, said, tuple(removed), tuple(added)))
    return list(edits.values())
