"""What pages are about, in the words of schema.org, for whoever reads JSON-LD."""

from collections.abc import Iterable
from typing import Any

from kg.names import PREFIXES
from kg_api.site.parts.subject import Subject

_C = PREFIXES["comity"]
CONTEXT = "https://schema.org"
# the nearest class of schema.org by the first of ours that a thing has
_TYPES = {
    "Country": "Country",
    "Company": "Corporation",
    "Government": "GovernmentOrganization",
    "PublicBody": "GovernmentOrganization",
    "Ministry": "GovernmentOrganization",
    "Agency": "GovernmentOrganization",
    "Regulator": "GovernmentOrganization",
    "ResearchFunder": "GovernmentOrganization",
    "Unit": "GovernmentOrganization",
    "OfficeHolder": "Role",
    "Project": "ResearchProject",
    "Programme": "Project",
    "Process": "Project",
    "Service": "GovernmentService",
    "Facility": "Place",
}
_BY_KIND = {
    "actor": "Organization",
    "instrument": "CreativeWork",
    "initiative": "Project",
    "event": "Event",
    "document": "DigitalDocument",
    "topic": "DefinedTerm",
    "concept": "DefinedTerm",
    "scheme": "DefinedTermSet",
    "ontology": "DefinedTermSet",
}


def described(subject: Subject, **more: object) -> dict[str, Any]:
    """A thing as schema.org has it: type, names, what else says the same, and more if given."""
    local = [one.iri.removeprefix(_C) for one in subject.types]
    type_ = next((_TYPES[one] for one in local if one in _TYPES), "")
    also = [*(one.value.thing.label for one in subject.names if one.title), subject.also]
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": type_ or _BY_KIND.get(subject.kind, "Thing"),
        "@id": subject.iri,
        "name": subject.label,
        "alternateName": sorted({one for one in also if one and one != subject.label}),
        "description": subject.text("definition") or subject.text("scopeNote"),
        "sameAs": _values(subject, "exactMatch"),
        "url": next(iter(_values(subject, "url")), ""),
        **more,
    }
    return {name: value for name, value in found.items() if value}


def organization(subject: Subject) -> dict[str, Any]:
    """An actor, with what it stands under."""
    above = subject.properties.get("parent")
    parents = [
        {"@id": one.thing.iri, "name": one.thing.label} for one in (above.values if above else ())
    ]
    codes = [
        one.value.thing.label for one in subject.codes if one.machine and not one.value.thing.iri
    ]
    return described(subject, parentOrganization=parents, identifier=codes)


def _values(subject: Subject, name: str) -> list[str]:
    found = subject.properties.get(name)
    return [one.thing.iri or one.thing.label for one in found.values] if found else []


def listed(things: Iterable[tuple[str, str]], name: str) -> dict[str, Any]:
    """A list of things by IRI and name."""
    return {
        "@context": CONTEXT,
        "@type": "ItemList",
        "name": name,
        "itemListElement": [
            {"@type": "ListItem", "position": number, "item": {"@id": iri, "name": label}}
            for number, (iri, label) in enumerate(things, 1)
        ],
    }
