"""Prefixes, CURIE to IRI and back, and the minting of identifiers."""

import re
import unicodedata
from functools import lru_cache

from kg.errors import UsageError

BASE = "https://w3id.org/comity/"

KINDS = (
    "actor", "instrument", "initiative", "event", "document", "act", "role", "status",
    "modality", "date", "instrument-type", "scheme",
)  # fmt: skip

PREFIXES: dict[str, str] = {
    "comity": BASE + "ontology#",
    **{kind: f"{BASE}id/{kind}/" for kind in KINDS},
    "topic": BASE + "topic/",
    "source": BASE + "source/",
    "graph": BASE + "graph/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "schema": "http://schema.org/",
    "doco": "http://purl.org/spar/doco/",
    "fabio": "http://purl.org/spar/fabio/",
    "cito": "http://purl.org/spar/cito/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "void": "http://rdfs.org/ns/void#",
    "vann": "http://purl.org/vocab/vann/",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
    "sh": "http://www.w3.org/ns/shacl#",
    "dqv": "http://www.w3.org/ns/dqv#",
}

# longest namespace first, so that a namespace inside another wins
_BY_LENGTH = sorted(PREFIXES.items(), key=lambda item: (-len(item[1]), item[0]))
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# characters that may not stand in an IRI (RFC 3987, §2.2)
_NOT_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def expand(curie: str) -> str:
    """The IRI that a CURIE stands for; an IRI, bare or in `<>`, stands for itself.

    Backslashes of a Turtle prefixed name are taken off. UsageError for an unknown prefix.

    >>> expand("actor:mic")
    'https://w3id.org/comity/id/actor/mic'
    >>> expand("source:jukdp-2024/data/e#associate")
    'https://w3id.org/comity/source/jukdp-2024/data/e#associate'
    >>> expand("<https://www.soumu.go.jp/>")
    'https://www.soumu.go.jp/'
    """
    text = curie.strip()
    if text.startswith("<") and text.endswith(">"):
        iri = text[1:-1]
    else:
        prefix, colon, local = text.partition(":")
        if colon and prefix in PREFIXES:
            iri = PREFIXES[prefix] + re.sub(r"\\(.)", r"\1", local)
        else:
            iri = text
            if "://" not in text and not text.startswith(("urn:", "mailto:", "tag:")):
                raise UsageError(f"not an IRI, and no known prefix: {curie}")
    if not _ABSOLUTE.match(iri) or _NOT_IRI.search(iri):
        raise UsageError(f"not an IRI: {curie}")
    return iri


def compact(iri: str) -> str:
    """The CURIE of an IRI, or the IRI itself when no prefix fits; `expand` gives the IRI back.

    >>> compact("https://w3id.org/comity/id/actor/mic")
    'actor:mic'
    >>> compact("https://w3id.org/comity/id/instrument-type/accord")
    'instrument-type:accord'
    >>> compact("https://www.soumu.go.jp/")
    'https://www.soumu.go.jp/'
    """
    for prefix, namespace in _BY_LENGTH:
        # what expand would read otherwise is left alone: a backslash, or space at the end
        if iri.startswith(namespace) and "\\" not in iri and iri == iri.strip():
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


@lru_cache(maxsize=1024)
def local(iri: str) -> str:
    """The last part of an IRI: what follows its fragment's mark, or else its last slash.

    >>> local("https://w3id.org/comity/ontology#Action"), local(PREFIXES["actor"] + "mic")
    ('Action', 'mic')
    """
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def slug(text: str) -> str:
    """A name as part of an IRI: lower-case Latin letters and digits, joined by hyphens.

    UsageError when nothing is left, as of a name wholly in Japanese: the curator gives one then.

    >>> slug("Ministry of Economy, Trade & Industry")
    'ministry-of-economy-trade-industry'
    >>> slug("Société Générale")
    'societe-generale'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    found = re.findall(r"[a-z0-9]+", plain.lower().replace("'", ""))
    if not found:
        raise UsageError(f"no Latin letter or digit to make a name of: {text!r}")
    return "-".join(found)


def mint(kind: str, label: str) -> str:
    """The IRI of a new thing of a kind, from its English name.

    >>> mint("actor", "Digital Agency")
    'https://w3id.org/comity/id/actor/digital-agency'
    """
    if kind not in KINDS and kind not in ("topic", "source"):
        raise UsageError(f"no such kind of thing: {kind} (there are {', '.join(KINDS)}, topic)")
    return PREFIXES[kind] + slug(label)
