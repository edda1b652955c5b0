"""Identity: which names a release replaced by others, and what is the same but for the name."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product

import pyoxigraph as ox

from kg.diff.context import base_of
from kg.diff.model import MERGED, RENAMED, SPLIT, Identity
from kg.names import PREFIXES

REPLACED = PREFIXES["dct"] + "isReplacedBy"
# a quad that names many split things could stand for any combination of what they became
_MOST = 64


def line_of(quad: ox.Quad) -> bytes:
    """A quad as its line of canonical N-Quads."""
    return ox.serialize([quad], format=ox.RdfFormat.N_QUADS) or b""


@dataclass
class Renaming:
    """Old names with the new ones, as the later release was the first to say; `known` are the
    names of which the earlier release said something.
    """

    targets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, removed: Iterable[ox.Quad], added: Iterable[ox.Quad]) -> "Renaming":
        """The names that added statements replace; a chain of names leads to its end.

        A name that was replaced before, and is now by another, is no name that anything bore.
        """
        former = {quad.subject for quad in removed if quad.predicate.value == REPLACED}
        stated: dict[str, list[str]] = defaultdict(list)
        for quad in added:
            old, new = quad.subject, quad.object
            if quad.predicate.value != REPLACED or old in former or new == old:
                continue
            if isinstance(old, ox.NamedNode) and isinstance(new, ox.NamedNode):
                stated[old.value].append(new.value)
        found = {}
        for name in stated:
            ends: set[str] = set()
            seen, ahead = {name}, list(stated[name])
            while ahead:
                one = ahead.pop()
                if one in seen:
                    continue
                seen.add(one)
                if one in stated:
                    ahead.extend(stated[one])
                else:
                    ends.add(one)
            if ends:
                found[name] = tuple(sorted(ends))
        return cls(found)

    def settle(self, known: set[str]) -> None:
        """Leave out names that the earlier release did not know; see what became of the others."""
        self.targets = {old: new for old, new in self.targets.items() if old in known}
        self.known = known
        times = Counter(new for its in self.targets.values() for new in its)
        for old, new in self.targets.items():
            is_merged = times[new[0]] > 1 or new[0] in known
            self.kinds[old] = SPLIT if len(new) > 1 else MERGED if is_merged else RENAMED
        self.made = {
            new for old, its in self.targets.items() if self.kinds[old] != RENAMED for new in its
        } - known

    def identities(self) -> tuple[Identity, ...]:
        """What became of which names; names that became one thing stand together."""
        together: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
        for old, new in sorted(self.targets.items()):
            together[self.kinds[old], new].append(old)
        return tuple(Identity(kind, tuple(old), new) for (kind, new), old in together.items())

    def old_of(self, quad: ox.Quad) -> list[str]:
        """The old names that a quad names, by themselves or by a fragment."""
        found = []
        for term in (quad.subject, quad.object, quad.graph_name):
            if isinstance(term, ox.NamedNode):
                for one in (term.value, base_of(term.value)):
                    if one in self.targets and one not in found:
                        found.append(one)
        return found

    def images(self, quad: ox.Quad) -> list[ox.Quad]:
        """What a quad became: the same with new names for old ones."""
        old = self.old_of(quad)
        if not old:
            return []
        made = []
        for chosen in product(*(self.targets[one] for one in old)):
            made.append(_renamed(quad, dict(zip(old, chosen, strict=True))))
            if len(made) == _MOST:
                break
        return made

    def current(self, quad: ox.Quad) -> ox.Quad:
        """A quad under the names that things bear now, where these were only renamed."""
        names = {
            one: self.targets[one][0] for one in self.old_of(quad) if self.kinds[one] == RENAMED
        }
        return _renamed(quad, names) if names else quad

    def describes(self, quad: ox.Quad, is_added: bool) -> str | None:
        """The thing whose merging or splitting makes a description come or go, if one does."""
        if not isinstance(quad.subject, ox.NamedNode):
            return None
        for one in (quad.subject.value, base_of(quad.subject.value)):
            if not is_added and self.kinds.get(one, RENAMED) != RENAMED:
                return self.targets[one][0]
            if is_added and one in self.made:
                return one
        return None


def _renamed(quad: ox.Quad, names: dict[str, str]) -> ox.Quad:
    """A quad with other names in it; a fragment goes with the name before it."""

    def term(one: ox.NamedNode) -> ox.NamedNode:
        if one.value in names:
            return ox.NamedNode(names[one.value])
        base = base_of(one.value)
        return ox.NamedNode(names[base] + one.value[len(base) :]) if base in names else one

    subject, value, graph = quad.subject, quad.object, quad.graph_name
    return ox.Quad(
        term(subject) if isinstance(subject, ox.NamedNode) else subject,
        quad.predicate,
        term(value) if isinstance(value, ox.NamedNode) else value,
        term(graph) if isinstance(graph, ox.NamedNode) else graph,
    )


Pair = tuple[ox.Quad | None, ox.Quad | None]


def carried(
    renaming: Renaming, removed: Iterable[ox.Quad], added: set[ox.Quad], there: set[bytes]
) -> list[Pair]:
    """Quads that are the same but for names: as each was, if it was one more, and as it is.

    `there` has the lines of those that the later release has anyhow: what was merged into them is
    gone without being new anywhere.
    """
    found: list[Pair] = []
    used: set[ox.Quad] = set()
    for quad in removed:
        images = renaming.images(quad)
        fresh = [one for one in images if one in added and one not in used]
        if fresh:
            found.append((quad, fresh[0]))
            found.extend((None, one) for one in fresh[1:])
            used.update(fresh)
        elif any(one in used or line_of(one) in there for one in images):
            found.append((quad, None))
    return found
