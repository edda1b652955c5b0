"""What the two releases say of whatever changed: labels, texts, which graphs and things there are.

Read in one more pass over each release, for what is wanted only, so that the cost in memory grows
with the change and not with the release.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.diff.lines import Version
from kg.names import PREFIXES

_C = PREFIXES["comity"]
SHA256, QUOTE = _C + "sha256", _C + "quote"
# what a thing is called by, the best first
_NAMES = (
    PREFIXES["skos"] + "prefLabel", PREFIXES["rdfs"] + "label", _C + "citationLabel",
    PREFIXES["dct"] + "title", QUOTE,
)  # fmt: skip
_WANTED = {f"<{iri}>".encode() for iri in (*_NAMES, SHA256)}
_LANGUAGES = ("en", "ja")


def base_of(iri: str) -> str:
    """An IRI without its fragment: of what a passage has in it, the passage."""
    return iri.partition("#")[0]


def iris(quad: ox.Quad) -> Iterator[str]:
    """Every IRI that a quad names."""
    for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
        if isinstance(term, ox.NamedNode):
            yield term.value


@dataclass
class Context:
    """One release, as far as its changes need it: `there` has those of the wanted lines it has."""

    subjects: set[str] = field(default_factory=set)
    graphs: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    names: dict[str, dict[str, list[ox.Literal]]] = field(default_factory=dict)
    there: set[bytes] = field(default_factory=set)

    def label(self, iri: str) -> str | None:
        """What a thing is called in English, else in Japanese, else anyhow; a claim, by its words.

        Of several names the first in order.
        """
        known = self.names.get(iri, {})
        for predicate in _NAMES:
            found = known.get(predicate)
            if not found:
                continue

            def rank(one: ox.Literal) -> tuple[int, str]:
                tag = one.language or ""
                return (_LANGUAGES.index(tag) if tag in _LANGUAGES else 2, one.value)

            text = min(found, key=rank).value
            return f"“{text}”" if predicate == QUOTE else text
        return None


def read(version: Version, wanted: Iterable[str], lines: set[bytes]) -> Context:
    """Read of a release what it says of the wanted IRIs, and which of some lines it has."""
    found = Context()
    asked = {f"<{iri}>".encode() for iri in wanted}
    graphs: set[bytes] = set()
    subjects: set[bytes] = set()
    named: list[bytes] = []
    for line in version.lines():
        subject, predicate, _ = line.split(b" ", 2)
        if subject in asked:
            subjects.add(subject)
            if predicate in _WANTED:
                named.append(line)
        graphs.add(line[line.rindex(b" ", 0, -3) : -3])
        if lines and line in lines:
            found.there.add(line)
    found.subjects = {one[1:-1].decode() for one in subjects}
    found.graphs = {one[2:-1].decode() for one in graphs if one.startswith(b" <")}
    texts: dict[str, dict[str, list[ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(b"".join(named), format=ox.RdfFormat.N_QUADS):
        iri, predicate_ = str(getattr(quad.subject, "value", "")), quad.predicate.value
        if not isinstance(quad.object, ox.Literal):
            continue
        if predicate_ == SHA256:
            found.texts[iri] = quad.object.value
        else:
            texts[iri][predicate_].append(quad.object)
    found.names = {iri: dict(its) for iri, its in texts.items()}
    return found
