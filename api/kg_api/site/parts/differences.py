"""Discrepancies as pages show them: what is noted, on which passages, against which pages."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.names import PREFIXES
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api.site.parts.facts import Facts, Where, place
from kg_api.site.parts.kept import kept

_C, _OA = PREFIXES["comity"], PREFIXES["oa"]
_TARGET, _BODY = ox.NamedNode(_OA + "hasTarget"), ox.NamedNode(_OA + "bodyValue")
_TYPE, _SOURCE = (
    ox.NamedNode(PREFIXES[prefix] + name) for prefix, name in (("rdf", "type"), ("dct", "source"))
)
KINDS = ("SourceDiscrepancy", "ExternalDiscrepancy", "CopyNote")


@dataclass(frozen=True)
class Difference:
    """One discrepancy: `kind` is one of `KINDS`, `label` what that is called.

    `passages` are what it is noted on, `against` the pages elsewhere that say otherwise.
    """

    iri: str
    kind: str
    label: str
    note: str
    passages: tuple[Where, ...]
    against: tuple[Where, ...]


def noted(snapshot: Snapshot, lang: str) -> dict[str, tuple[Difference, ...]]:
    """All discrepancies by the passages on which they are noted."""
    return kept(snapshot, ("differences", lang), lambda: _read(snapshot, lang))


def _read(snapshot: Snapshot, lang: str) -> dict[str, tuple[Difference, ...]]:
    found: dict[str, list[Difference]] = {}
    everywhere = ox.DefaultGraph()
    facts = Facts(snapshot, lang)
    for kind in KINDS:
        class_ = ox.NamedNode(_C + kind)
        quads = snapshot.engine.quads(None, _TYPE, class_, everywhere)
        for iri in sorted(q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)):
            node = ox.NamedNode(iri)

            def values(property_: ox.NamedNode, node: ox.NamedNode = node) -> list[str]:
                its = snapshot.engine.quads(node, property_, None, everywhere)
                return sorted(as_text(quad.object) for quad in its)

            targets = values(_TARGET)
            one = Difference(
                iri=iri,
                kind=kind,
                label=snapshot.names.label(class_.value, lang),
                note=next(iter(values(_BODY)), ""),
                passages=tuple(
                    Where("reported", place(snapshot.names.label(each, lang)), each)
                    for each in targets
                ),
                against=tuple(facts.page("reference", each) for each in values(_SOURCE)),
            )
            for each in targets:
                found.setdefault(each, []).append(one)
    return {passage: tuple(some) for passage, some in found.items()}


def naming(
    snapshot: Snapshot, lang: str, passages: Iterable[str], names: Iterable[str]
) -> tuple[Difference, ...]:
    """The discrepancies noted on some passages whose note has one of some names in it."""
    wanted = [one for one in names if len(one) > 1]
    known = noted(snapshot, lang)
    some = dict.fromkeys(one for passage in passages for one in known.get(passage, ()))
    return tuple(one for one in some if any(has_word(one.note, name) for name in wanted))


def has_word(text: str, word: str) -> bool:
    """Whether a text has a word or several, whole.

    >>> has_word("'DIST' stands for DSIT.", "DSIT"), has_word("metis", "meti")
    (True, False)
    """
    start = text.find(word)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(word) : start + len(word) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        start = text.find(word, start + 1)
    return False
