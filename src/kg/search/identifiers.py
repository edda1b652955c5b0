"""What a text says as an identifier: an IRI of the graph, or what others gave its thing."""

import re

from kg.errors import UsageError
from kg.names import BASE, expand

# the addresses of others' identifiers, as they are in the graph and as browsers show them
_EXTERNAL = {
    "wikidata": re.compile(r"(?:https?://)?(?:www\.)?wikidata\.org/(?:entity|wiki)/(Q[0-9]+)"),
    "ror": re.compile(r"(?:https?://)?(?:www\.)?ror\.org/(0[a-z0-9]{8})/?"),
}
# the base, as it is cut short
_BASE = re.compile(r"^(?:http://w3id\.org/comity/|/(?!/))")


def key(iri: str) -> str:
    """A thing's identifier in the space of the service: its IRI without the base.

    >>> key("https://w3id.org/comity/id/actor/mic")
    'id/actor/mic'
    """
    return iri.removeprefix(BASE)


def iri_of(text: str) -> str:
    """The IRI that a text stands for if it is an identifier: a key, a path, a CURIE or an IRI.

    >>> iri_of("id/actor/mic") == iri_of("/id/actor/mic") == iri_of("actor:mic")
    True
    """
    try:
        return expand(_BASE.sub(BASE, text.strip()))
    except UsageError:
        return BASE + text.strip()


def external(text: str) -> tuple[str, str] | None:
    """The property and the value of an identifier that is given by its address; None for others.

    >>> external("https://www.wikidata.org/wiki/Q1322293"), external("https://ror.org/00vs1pz50")
    (('wikidata', 'Q1322293'), ('ror', '00vs1pz50'))
    """
    for name, pattern in _EXTERNAL.items():
        found = pattern.fullmatch(text.strip().removeprefix("<").removesuffix(">"))
        if found:
            return name, found[1]
    return None
