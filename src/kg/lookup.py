"""Which things have which names: labels in a language, and things found by what they are called."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kg.engine import Engine, Local
from kg.errors import NotFound, UsageError
from kg.names import BASE, PREFIXES, compact, expand

_LABELS = tuple(
    ox.NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (
        ("skos", "prefLabel"),
        ("rdfs", "label"),
        ("comity", "citationLabel"),
        ("comity", "quote"),
    )
)
# how well a name of each kind speaks for its thing: less is better
_NAMES = {
    PREFIXES["skos"] + "prefLabel": 0,
    PREFIXES["rdfs"] + "label": 0,
    PREFIXES["skos"] + "altLabel": 1,
    PREFIXES["comity"] + "citationLabel": 1,
    PREFIXES["comity"] + "printedTitle": 2,
    PREFIXES["comity"] + "formerName": 2,
    PREFIXES["skos"] + "hiddenLabel": 3,
}
_SLUG = 4
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_PLACES = {
    "actor": "actor", "instrument": "instrument", "topic": "topic", "initiative": "initiative",
    "event": "event", "document": "document",
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Candidate:
    """One thing that a text may mean; they sort the likeliest first."""

    rank: tuple[int, int]
    label: str
    iri: str
    matched: str
    type: str

    @property
    def curie(self) -> str:
        """The thing's IRI as a CURIE."""
        return compact(self.iri)


class Names:
    """The names of all things that an engine speaks of, read once.

    Of a store on disk they are not read, but looked up: found there is what has the whole name.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._large = isinstance(engine, Local) and engine.on_disk

    def label(self, iri: str, lang: str = "en") -> str:
        """The thing's name in a language, else in English, Japanese, any; else its CURIE.

        A claim is named by its words, a date by its EDTF form.
        """
        if iri.startswith(PREFIXES["date"]):
            return iri.removeprefix(PREFIXES["date"]).replace("_", "/")
        found = self._labels_of(iri) if self._large else self._labels.get(iri)
        if not found:
            return compact(iri)
        for wanted in (lang, "en", "ja"):
            if wanted in found:
                return found[wanted]
        return found[min(found)]

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        labels: dict[str, dict[str, str]] = defaultdict(dict)
        # an earlier property wins, and of two names in one language the first in order
        for predicate in _LABELS:
            for iri, name, language in self._named(predicate):
                labels[iri].setdefault(language, name)
        return dict(labels)

    def _labels_of(self, iri: str) -> dict[str, str]:
        """The names of one thing by language."""
        labels: dict[str, str] = {}
        for predicate in _LABELS:
            quads = self._engine.quads(ox.NamedNode(iri), predicate, graph=ox.DefaultGraph())
            names = [one.object for one in quads if isinstance(one.object, ox.Literal)]
            for language, name in sorted((one.language or "", one.value) for one in names):
                labels.setdefault(language, name)
        return labels

    def _bearers(self, name: str) -> list[tuple[str, int, str]]:
        """A name, how well it speaks for a thing, and the thing, for all that bear it."""
        return [
            (name, rank, quad.subject.value)
            for predicate, rank in _NAMES.items()
            for language in (None, "en", "ja")
            for quad in self._engine.quads(
                None, ox.NamedNode(predicate), ox.Literal(name, language=language),
                ox.DefaultGraph(),
            )
            if isinstance(quad.subject, ox.NamedNode)
        ]  # fmt: skip

    def _named(self, predicate: ox.NamedNode) -> list[tuple[str, str, str]]:
        """Thing, name and language of every statement with the predicate, in a fixed order."""
        return sorted(
            (quad.subject.value, quad.object.value, quad.object.language or "")
            for quad in self._engine.quads(predicate=predicate, graph=ox.DefaultGraph())
            if isinstance(quad.object, ox.Literal) and isinstance(quad.subject, ox.NamedNode)
        )

    @cached_property
    def _index(self) -> list[tuple[str, int, str]]:
        """Every name, how well it speaks for its thing, and the thing."""
        index = [
            (name, rank, iri)
            for predicate, rank in _NAMES.items()
            for iri, name, _ in self._named(ox.NamedNode(predicate))
        ]
        things = {iri for _, _, iri in index if iri.startswith(BASE) and "#" not in iri}
        index.extend((iri.rstrip("/").rsplit("/", 1)[-1], _SLUG, iri) for iri in things)
        return index

    def _type(self, iri: str) -> str:
        found = self._engine.quads(ox.NamedNode(iri), _TYPE, graph=ox.DefaultGraph())
        types = (quad.object for quad in found)
        return min(
            (compact(one.value) for one in types if isinstance(one, ox.NamedNode)), default=""
        )

    def find(self, text: str, lang: str = "en", limit: int | None = None) -> list[Candidate]:
        """Things that a text may mean, the likeliest first.

        An IRI or CURIE means itself. Names that are the text, letter for letter, come before those
        that differ in case, those before names that begin with it, those before names that hold it.
        """
        wanted = " ".join(text.split())
        if not wanted:
            return []
        iri = self._exact(wanted)
        if iri is not None:
            return [Candidate((0, 0), self.label(iri, lang), iri, wanted, self._type(iri))]
        low = _folded(wanted)
        best: dict[str, tuple[tuple[int, int], str]] = {}
        for name, kind, thing in self._bearers(wanted) if self._large else self._index:
            folded = _folded(name)
            if low not in folded:
                continue
            how = (
                0 if name == wanted and kind != _SLUG
                else 1 if folded == low
                else 2 if folded.startswith(low)
                else 3
            )  # fmt: skip
            found = ((how, kind), name)
            if thing not in best or found < best[thing]:
                best[thing] = found
        candidates = sorted(
            Candidate(rank, self.label(thing, lang), thing, name, self._type(thing))
            for thing, (rank, name) in best.items()
        )
        return candidates[:limit]

    def _exact(self, text: str) -> str | None:
        """The IRI that a text is or abbreviates, if the store speaks of it."""
        try:
            iri = expand(text)
        except UsageError:
            return None
        return iri if self._engine.speaks_of(iri) else None

    def resolve(self, text: str, kind: str = "iri") -> str:
        """The one IRI that a text means, of a kind of thing if one is given.

        NotFound when nothing bears the name or has the IRI, UsageError with the candidates when
        several bear it. Without a kind of thing an IRI is what it is.
        """
        place = PREFIXES.get(_PLACES.get(kind, ""), "")
        try:
            iri = expand(text)
        except UsageError:
            if ":" in text and " " not in text:
                raise
        else:
            if not iri.startswith(place):
                raise UsageError(f"no {kind}: {text!r} (the IRI of one begins with {place})")
            if place and not self._engine.speaks_of(iri):
                raise NotFound(f"no {kind} has the IRI {text!r}")
            return iri
        found = [one for one in self.find(text) if one.iri.startswith(place) and one.rank[0] < 2]
        if not found:
            near = [one for one in self.find(text) if one.iri.startswith(place)]
            hint = f"; near it: {_listed(near)}" if near else ""
            what = kind if place else "thing"
            raise NotFound(f"no {what} is called {text!r}{hint}")
        return only(text, found).iri


def _folded(name: str) -> str:
    """A name without case, and in one width: `ＭＩＣ` is MIC."""
    return (name if name.isascii() else unicodedata.normalize("NFKC", name)).casefold()


def only(text: str, candidates: Iterable[Candidate]) -> Candidate:
    """The candidate that alone matches best; UsageError with all of them when there is no one."""
    listed = list(candidates)
    first = [one for one in listed if one.rank[0] == listed[0].rank[0]]
    # a name of its own beats one that only a misprint or an address shares with it
    own = [one for one in first if one.rank[1] <= 1] or first
    if len(own) > 1:
        raise UsageError(f"{text!r} may be {_listed(own)}: say which")
    return own[0]


def _listed(candidates: list[Candidate]) -> str:
    """Candidates in one line, at most eight."""
    shown = ", ".join(f"{one.curie} ({one.label})" for one in candidates[:8])
    rest = len(candidates) - 8
    return shown + (f" and {rest} more" if rest > 0 else "")
