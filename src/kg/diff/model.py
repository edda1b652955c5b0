"""What a comparison is made of: classes of change, statements, resources, places, identities."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.diff.lines import Version
from kg.names import BASE
from kg.results import Term

WORLD, CORRECTION, REFERENCE = "world", "correction", "reference"
MODEL, IDENTITY = "model", "identity"
# in the order in which they are told, each with what it means
CLASSES: dict[str, str] = {
    WORLD: "A source or passage that is new, gone, or has another text.",
    CORRECTION: "The same passage with the same text, of which something else is stated.",
    IDENTITY: "A thing that bears another name, or that was merged or split.",
    REFERENCE: "What the curators know from elsewhere.",
    MODEL: "Ontology and schemes, and what the rules derive.",
}
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
RENAMED, MERGED, SPLIT = "renamed", "merged", "split"


@dataclass(frozen=True)
class Statement:
    """One statement that came, went, or has another value; its quads as they were and are."""

    removed: ox.Quad | None
    added: ox.Quad | None

    @property
    def change(self) -> str:
        """Added, removed or changed."""
        if self.removed is None:
            return ADDED
        return REMOVED if self.added is None else CHANGED

    @property
    def quad(self) -> ox.Quad:
        """The quad as it is now, or as it was last."""
        quad = self.added or self.removed
        assert quad is not None
        return quad

    @property
    def before(self) -> Term | None:
        """The value that it had."""
        return None if self.removed is None else self.removed.object

    @property
    def after(self) -> Term | None:
        """The value that it has."""
        return None if self.added is None else self.added.object

    @property
    def size(self) -> int:
        """The number of quads."""
        return (self.removed is not None) + (self.added is not None)


@dataclass(frozen=True)
class Changed:
    """A resource of which statements changed: `state` says if it is new, gone, or was changed."""

    iri: str
    state: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Place:
    """A passage, a graph, or (for identity) the thing that bears the name now.

    `state` says if it is new, gone or was changed; `note` what is to be known of its text.
    """

    iri: str
    kind: str
    state: str
    note: str
    resources: tuple[Changed, ...]

    def statements(self) -> Iterator[Statement]:
        """All statements here."""
        for one in self.resources:
            yield from one.statements


@dataclass(frozen=True)
class Identity:
    """Names that were replaced by others: `kind` is renamed, merged or split."""

    kind: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True)
class Diff:
    """What differs between two releases: places by class, and names that were replaced.

    Every quad that only one of the releases has stands in exactly one statement. `labels` has the
    English label of every IRI that is named here, where there is one.
    """

    before: Version
    after: Version
    classes: Mapping[str, tuple[Place, ...]]
    identities: tuple[Identity, ...]
    labels: Mapping[str, str] = field(repr=False)

    @property
    def iri(self) -> str:
        """The IRI of the comparison."""
        return f"{BASE}changes/{self.before.digest}/{self.after.digest}"

    def statements(self, class_: str | None = None) -> Iterator[Statement]:
        """All statements, or those of a class."""
        for name in CLASSES if class_ is None else (class_,):
            for place in self.classes.get(name, ()):
                yield from place.statements()

    def counts(self) -> dict[str, dict[str, int]]:
        """How many statements were added, removed and changed, by class."""
        found = {}
        for name in CLASSES:
            changes = [one.change for one in self.statements(name)]
            if changes:
                found[name] = {one: changes.count(one) for one in (ADDED, REMOVED, CHANGED)}
        return found
