"""The comparison: every quad that changed gets its class, its place and its words.

- A statement of a passage's graph, or of the evidence for it, is *world* where the passage is new
  or gone or has another text (its SHA-256 is another), and *correction* where it is the same.
- Evidence about a source or a section is *world* where that is new or gone, else *correction*.
- Statements of reference graphs are *reference*; those of ontology, schemes and rules are *model*.
- Before all that: what is the same but for a name that `dct:isReplacedBy` replaces is *identity*,
  and so are the descriptions that come and go where things are merged or split.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox

from kg import sources
from kg.diff import context
from kg.diff.context import Context, base_of
from kg.diff.lines import Version, differing, version
from kg.diff.model import (
    ADDED,
    CHANGED,
    CLASSES,
    CORRECTION,
    IDENTITY,
    MODEL,
    REFERENCE,
    REMOVED,
    RENAMED,
    WORLD,
    Changed,
    Diff,
    Place,
    Statement,
)
from kg.diff.renaming import REPLACED, Pair, Renaming, carried, line_of
from kg.errors import DataError, UsageError
from kg.results import as_text
from kg.settings import Settings

NEW_TEXT, SAME_TEXT = "another text", "same text"
_PLACE = {sources.REFERENCE: REFERENCE, sources.ONTOLOGY: MODEL, sources.DERIVED: MODEL}
# class, place and the place's kind of graph
_Where = tuple[str, str, str]


def diff(
    before: str | Path | Version,
    after: str | Path | Version | None = None,
    settings: Settings | None = None,
    limit: int | None = None,
) -> Diff:
    """What differs between two releases: snapshots by directory or digest, or N-Quads files.

    Without `after` the current snapshot. UsageError where more than `limit` quads differ, so that
    whoever sets it bounds the memory; DataError for quads that stand in no named graph.
    """
    one = before if isinstance(before, Version) else version(before, settings)
    other = after if isinstance(after, Version) else version(after, settings)
    return _Comparison(one, other, limit).diff()


def _parse(lines: list[bytes]) -> list[ox.Quad]:
    quads = list(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS))
    if any(not isinstance(quad.graph_name, ox.NamedNode) for quad in quads):
        raise DataError("only what stands in named graphs can be compared")
    return quads


def _is_passage(iri: str) -> bool:
    """Whether an IRI has the place of a passage: source/<source>/<section>/<passage>."""
    return iri.startswith(sources.SOURCE) and iri[len(sources.SOURCE) :].count("/") > 1


class _Comparison:
    """Two releases, what only one of them has, and what they say of it."""

    def __init__(self, before: Version, after: Version, limit: int | None) -> None:
        self.before, self.after = before, after
        lines: tuple[list[bytes], list[bytes]] = ([], [])
        for is_added, line in differing(before, after):
            lines[is_added].append(line)
            if limit is not None and len(lines[0]) + len(lines[1]) > limit:
                raise UsageError(f"more than {limit:,} statements differ: take the patch")
        self.removed, self.added = _parse(lines[0]), _parse(lines[1])
        self.renaming = Renaming.of(self.removed, self.added)
        images = [one for quad in self.removed for one in self.renaming.images(quad)]
        wanted: set[str] = set()
        for quad in (*self.removed, *self.added, *images):
            for iri in context.iris(quad):
                wanted.update((iri, base_of(iri)))
        self.old, self.new = Context(), Context()
        if wanted:
            self.old = context.read(before, wanted, set())
            self.new = context.read(after, wanted, {line_of(one) for one in images})
        self.renaming.settle(self.old.subjects | self.old.graphs)
        self.former = {
            new[0]: old
            for old, new in self.renaming.targets.items()
            if self.renaming.kinds[old] == RENAMED
        }
        self.bearers = {one for its in self.renaming.targets.values() for one in its}
        self.labels: dict[str, str] = {}
        for iri in sorted(wanted):
            label = self.new.label(iri) or self.old.label(iri)
            if label is not None:
                self.labels[iri] = label

    def diff(self) -> Diff:
        """Every changed quad in its class and place."""
        found: dict[_Where, list[Statement]] = defaultdict(list)
        same = carried(self.renaming, self.removed, set(self.added), self.new.there)
        done = {quad for pair in same for quad in pair if quad is not None}
        for pair in same:
            found[IDENTITY, self._bearer(pair), ""].append(Statement(*pair))
        left: dict[tuple[_Where, str, str, str], tuple[list[ox.Quad], list[ox.Quad]]]
        left = defaultdict(lambda: ([], []))
        for is_added, quads in ((False, self.removed), (True, self.added)):
            for quad in quads:
                if quad in done:
                    continue
                one = quad if is_added else self.renaming.current(quad)
                where = self._where(quad, one, is_added)
                key = (where, str(one.subject), one.predicate.value, str(one.graph_name))
                left[key][is_added].append(quad)
        for (where, *_), (gone, come) in left.items():
            found[where].extend(pair_values(gone, come))
        places: dict[str, list[Place]] = defaultdict(list)
        for where, statements in found.items():
            places[where[0]].append(self._place(where, statements))
        ordered = {
            name: tuple(sorted(places[name], key=lambda one: one.iri))
            for name in CLASSES
            if name in places
        }
        identities = self.renaming.identities()
        return Diff(self.before, self.after, ordered, identities, self.labels)

    def _bearer(self, pair: Pair) -> str:
        """Whoever bears now the name by which a pair differs."""
        old, new = pair
        if old is not None:
            return self.renaming.targets[self.renaming.old_of(old)[0]][0]
        assert new is not None
        named = [one for iri in context.iris(new) for one in (iri, base_of(iri))]
        return next(one for one in named if one in self.bearers)

    def _where(self, quad: ox.Quad, current: ox.Quad, is_added: bool) -> _Where:
        """The class and the place of a quad; `current` is it under the names of now."""
        if is_added and quad.predicate.value == REPLACED:
            targets = self.renaming.targets.get(as_text(quad.subject))
            if targets is not None:
                return IDENTITY, targets[0], ""
        described = self.renaming.describes(quad, is_added)
        if described is not None:
            return IDENTITY, described, ""
        graph = as_text(current.graph_name)
        kind = sources.kind_of(graph)
        if kind == sources.REPORTED:
            return self._of_passage(graph), graph, kind
        if kind == sources.EVIDENCE:
            about = base_of(str(getattr(current.subject, "value", graph)))
            if self._passage(self.old, self._former(about)) or self._passage(self.new, about):
                return self._of_passage(about), about, kind
            both = self._former(about) in self.old.subjects and about in self.new.subjects
            return (CORRECTION if both else WORLD), about, kind
        return _PLACE[kind], graph, kind

    def _former(self, iri: str) -> str:
        return self.former.get(iri, iri)

    def _passage(self, side: Context, iri: str) -> bool:
        """Whether a release has a passage: a graph of it, or its text sealed."""
        return _is_passage(iri) and (iri in side.graphs or iri in side.texts)

    def _of_passage(self, passage: str) -> str:
        before = self._passage(self.old, self._former(passage))
        if before != self._passage(self.new, passage) or self._note(passage) == NEW_TEXT:
            return WORLD
        return CORRECTION

    def _note(self, passage: str) -> str:
        """What the hashes say of a passage's text; nothing where one is lacking.

        The hash of a source is of the copy that was used, and says nothing of the source.
        """
        if not _is_passage(passage):
            return ""
        old, new = self.old.texts.get(self._former(passage)), self.new.texts.get(passage)
        if old is None or new is None:
            return ""
        return SAME_TEXT if old == new else NEW_TEXT

    def _place(self, where: _Where, statements: Sequence[Statement]) -> Place:
        class_, iri, kind = where
        resources: dict[str, list[Statement]] = defaultdict(list)
        for one in statements:
            resources[str(getattr(one.quad.subject, "value", one.quad.subject))].append(one)
        found = []
        for name in sorted(resources):
            known = self._former(name) in self.old.subjects, name in self.new.subjects
            ordered = sorted(resources[name], key=_order)
            found.append(Changed(name, _state(*known), tuple(ordered)))
        former = self._former(iri)
        before = former in self.old.graphs or former in self.old.subjects
        after = iri in self.new.graphs or iri in self.new.subjects
        note = self._note(iri) if class_ in (WORLD, CORRECTION) else ""
        return Place(iri, kind, _state(before, after), note, tuple(found))


def _state(before: bool, after: bool) -> str:
    return CHANGED if before == after else ADDED if after else REMOVED


def _order(one: Statement) -> tuple[str, str, str, str]:
    quad = one.quad
    return quad.predicate.value, one.change, str(quad.object), str(quad.graph_name)


def _form(quad: ox.Quad) -> tuple[str, str]:
    """Language and datatype of a value: a value is another one of the same form."""
    value = quad.object
    if isinstance(value, ox.Literal):
        return value.language or "", value.datatype.value
    return "", ""


def pair_values(gone: Iterable[ox.Quad], come: Iterable[ox.Quad]) -> list[Statement]:
    """Statements of one property of one thing: a single value for a single value is a change.

    Values of one language or datatype are paired first. Where several came and went nobody can say
    which became which: then they are told as removed and added.
    """
    forms: dict[tuple[str, str], tuple[list[ox.Quad], list[ox.Quad]]]
    forms = defaultdict(lambda: ([], []))
    for quad in gone:
        forms[_form(quad)][0].append(quad)
    for quad in come:
        forms[_form(quad)][1].append(quad)
    found: list[Statement] = []
    old: list[ox.Quad] = []
    new: list[ox.Quad] = []
    for one, other in forms.values():
        if len(one) == len(other) == 1:
            found.append(Statement(one[0], other[0]))
        else:
            old += one
            new += other
    if len(old) == len(new) == 1:
        return [*found, Statement(old[0], new[0])]
    found += [Statement(quad, None) for quad in old]
    return found + [Statement(None, quad) for quad in new]
