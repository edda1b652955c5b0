"""What the sources of a snapshot say, read once for all pages of a language."""

from collections.abc import Callable
from typing import TypeVar

from kg import pair as pairs
from kg.accounts import Accounts, Thing
from kg.names import PREFIXES
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site.parts.kept import kept

T = TypeVar("T")
# of more statements nothing is held: it would be held as often as there are workers
MOST = 300_000
_SUMS = "SELECT ?money WHERE { ?claim comity:money ?money } LIMIT 1"


def accounts(snapshot: Snapshot, lang: str) -> Accounts:
    """The accounts of a snapshot, held as long as it is, unless it is large."""
    return held(snapshot, ("accounts", lang), lambda: Accounts(snapshot, lang))


def held(snapshot: Snapshot, name: object, make: Callable[[], T]) -> T:
    """What is made of a snapshot, held as long as it is, unless it is large."""
    counts = snapshot.manifest.get("counts", {})
    return make() if counts.get("triples", 0) > MOST else kept(snapshot, name, make)


def money(snapshot: Snapshot, lang: str) -> str:
    """Where sums of money stand: on the page of a pair, if one has them."""

    def find() -> str:
        known = pairs.pairs(snapshot, lang, accounts(snapshot, lang))
        sums = accounts(snapshot, lang).rows(_SUMS)
        if not known or not any(True for _ in sums):
            return ""
        return f"{urls.PAIR}/{next(iter(known))}#money" if len(known) == 1 else urls.PAIR

    return kept(snapshot, ("money", lang), find)


def short_place(citation: str) -> str:
    """A citation label without the name of its source.

    >>> short_place("Progress Report 2024, Semiconductors (a)")
    'Semiconductors (a)'
    """
    return citation.partition(", ")[2] or citation


def term(iri: str) -> str:
    """An IRI as the text of a query has it: short where SPARQL can read it so.

    >>> term("https://w3id.org/comity/topic/open-ran"), term("https://w3id.org/comity/source/a/b#c")
    ('topic:open-ran', '<https://w3id.org/comity/source/a/b#c>')
    """
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.replace("-", "").replace("_", "").isalnum() and local.isascii():
            return f"{prefix}:{local}"
    return f"<{iri}>"


def indented(lines: list[str], by: int) -> str:
    """Lines of a query, each so far from the margin."""
    return "".join(f"{' ' * by}{one}\n" for one in lines)


def with_article(one: Thing, lang: str) -> str:
    """A country as a sentence has it.

    >>> with_article(Thing("", "United Kingdom"), "en"), with_article(Thing("", "Japan"), "en")
    ('the United Kingdom', 'Japan')
    """
    plain = ("United ", "Republic ", "Netherlands", "Philippines", "European ")
    return f"the {one.label}" if lang == "en" and one.label.startswith(plain) else one.label
