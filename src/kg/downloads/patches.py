"""What catalogues are told of changes: of each release, the patch from the one before it in time.

A patch is no form of the release, so it is a dataset of its own, to which the release relates.
"""

from collections.abc import Sequence
from itertools import pairwise

import pyoxigraph as ox

from kg.downloads.describe import CATALOGUE, MAINTAINERS, Address
from kg.downloads.index import Release
from kg.manifest import SNAPSHOT
from kg.names import BASE, PREFIXES, expand

_IANA = "https://www.iana.org/assignments/media-types/"
# address by suffix, media type, what it is called
_FORMS = (
    ("rdfp", "application/rdf-patch", "RDF Patch"),
    ("json", "application/json", "JSON"),
    ("ttl", "text/turtle", "Turtle"),
)


def _say(subject: str, curie: str, value: str | ox.Literal) -> ox.Triple:
    term = ox.NamedNode(value) if isinstance(value, str) else value
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(expand(curie)), term)


def linked(releases: Sequence[Release], address: Address) -> list[ox.Triple]:
    """The changes between releases that follow each other, as the catalogue has them (DCAT 3).

    Of releases that have files: the name of any other leads nowhere.
    """
    said: list[ox.Triple] = []
    dcat, prov = PREFIXES["dcat"], PREFIXES["prov"]
    there = [one for one in releases if one.has_index]
    ordered = sorted(there, key=lambda one: (one.moment, one.digest))
    for before, after in pairwise(ordered):
        own = f"{BASE}changes/{before.digest}/{after.digest}"
        title = f"Comity, changes from {before.digest[:12]} to {after.digest[:12]}"
        made = ox.Literal(after.made, datatype=ox.NamedNode(PREFIXES["xsd"] + "dateTime"))
        text = "The statements that were added and removed: as a patch, and told apart by class."
        said += [
            _say(own, "rdf:type", dcat + "Dataset"),
            _say(own, "rdf:type", prov + "Entity"),
            _say(own, "dct:title", ox.Literal(title, language="en")),
            _say(own, "dct:description", ox.Literal(text, language="en")),
            _say(own, "dct:identifier", ox.Literal(own)),
            _say(own, "dct:publisher", MAINTAINERS),
            _say(own, "dct:license", str(after.manifest["licence"])),
            _say(own, "dct:issued", made),
            _say(own, "prov:wasDerivedFrom", SNAPSHOT + before.digest),
            _say(own, "prov:wasDerivedFrom", SNAPSHOT + after.digest),
            _say(SNAPSHOT + after.digest, "dct:relation", own),
            _say(SNAPSHOT + after.digest, "prov:wasRevisionOf", SNAPSHOT + before.digest),
            _say(CATALOGUE, "dcat:dataset", own),
        ]
        for suffix, media_type, name in _FORMS:
            form, url = (
                f"{own}.{suffix}",
                address(f"/changes/{before.digest}/{after.digest}.{suffix}"),
            )
            said += [
                _say(own, "dcat:distribution", form),
                _say(form, "rdf:type", dcat + "Distribution"),
                _say(form, "dct:title", ox.Literal(f"{title} ({name})", language="en")),
                _say(form, "dct:license", str(after.manifest["licence"])),
                _say(form, "dcat:accessURL", url),
                _say(form, "dcat:downloadURL", url),
                _say(form, "dcat:mediaType", _IANA + media_type),
                _say(_IANA + media_type, "rdf:type", PREFIXES["dct"] + "MediaType"),
                _say(url, "rdf:type", PREFIXES["rdfs"] + "Resource"),
            ]
    return said
