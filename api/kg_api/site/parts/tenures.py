"""What holds of an actor for a while: parents, names, being party, with the days that bound it."""

from dataclasses import dataclass

import pyoxigraph as ox

from kg.accounts import Thing
from kg.names import PREFIXES
from kg.results import as_text
from kg_api.site.parts.facts import Where
from kg_api.site.parts.subject import Subject

_C, _SKOS, _DCT = PREFIXES["comity"], PREFIXES["skos"], PREFIXES["dct"]
_TENURE_OF = _C + "tenureOf"


@dataclass(frozen=True)
class Tenure:
    """A span of time in which an actor stands under a parent, bears a name or is a party.

    `span` is EDTF, open where an end is not known; `sort` says which of the three it is.
    """

    iri: str
    sort: str
    actor: Thing
    value: Thing
    span: str
    note: str
    places: tuple[Where, ...]


def tenures(subject: Subject, by: str) -> tuple[Tenure, ...]:
    """The tenures that name a thing by a property: `tenureOf`, `parent`, `partyTo`; by time."""
    engine, everywhere = subject.snapshot.engine, ox.DefaultGraph()
    node = ox.NamedNode(subject.iri)
    quads = engine.quads(None, ox.NamedNode(_C + by), node, everywhere)
    found = []
    for iri in {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}:
        values: dict[str, list[str]] = {}
        for quad in engine.quads(ox.NamedNode(iri), None, None, everywhere):
            values.setdefault(quad.predicate.value, []).append(as_text(quad.object))
        actor = next(iter(values.get(_TENURE_OF, ())), "")
        if not actor:
            continue
        first, last = (
            subject.snapshot.names.label(values[_C + one][0]) if _C + one in values else ""
            for one in ("from", "until")
        )
        sort = next((one for one in ("parent", "formerName", "partyTo") if _C + one in values), "")
        value = values[_C + sort][0] if sort else ""
        thing = Thing("", value) if sort == "formerName" else subject.thing(value)
        note = next(iter(values.get(_SKOS + "scopeNote", ())), "")
        pages = sorted(values.get(_DCT + "source", ()))
        places = tuple(subject.facts.page("reference", one) for one in pages)
        span = f"{first}/{last}" if first or last else ""
        found.append(Tenure(iri, sort, subject.thing(actor), thing, span, note, places))
    return tuple(sorted(found, key=lambda one: (one.span.lstrip("/"), one.iri)))
