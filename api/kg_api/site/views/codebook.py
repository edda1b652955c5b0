"""The codebook: the rules by which claims are coded, and the values that there are to choose."""

import re
from collections import defaultdict
from dataclasses import dataclass

import pyoxigraph as ox
from markupsafe import Markup, escape

from kg.accounts import Accounts, Thing
from kg.names import BASE, PREFIXES
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts.edition import edition
from kg_api.site.parts.kept import kept
from kg_api.site.parts.papers import paper

PATH = "/codebook"
# the coded properties that have a list of values: their scheme, and the property
SCHEMES = (
    ("acts", "act"),
    ("statuses", "status"),
    ("modalities", "modality"),
    ("roles", "role"),
    ("instrument-types", "instrumentType"),
)
_QUERY = """
SELECT ?scheme ?concept ?en ?ja ?definition ?meaning ?rule ?broader (COUNT(DISTINCT ?user) AS ?users) WHERE {
  VALUES ?scheme { %s }
  ?concept skos:inScheme ?scheme .
  OPTIONAL { ?concept skos:prefLabel ?en FILTER(LANG(?en) = "en") }
  OPTIONAL { ?concept skos:prefLabel ?ja FILTER(LANG(?ja) = "ja") }
  OPTIONAL { ?concept skos:definition ?definition FILTER(LANG(?definition) = "en") }
  OPTIONAL { ?concept skos:definition ?meaning FILTER(LANG(?meaning) = "ja") }
  OPTIONAL { ?concept skos:scopeNote ?rule FILTER(LANG(?rule) = "en") }
  OPTIONAL { ?concept skos:broader ?broader }
  OPTIONAL { ?user comity:act|comity:status|comity:modality|comity:role|comity:instrumentType ?concept }
} GROUP BY ?scheme ?concept ?en ?ja ?definition ?meaning ?rule ?broader ORDER BY ?scheme ?en ?concept
""" % " ".join(f"<{BASE}id/scheme/{name}>" for name, _ in SCHEMES)  # noqa: E501, UP031
_CODES = re.compile(r"\b([A-Z]{2,4}|fn) ([A-Z][A-Za-z]*(?: [A-Z][a-z]+)*)")
# a passage by section and letter: TD.c, DGT.c-i, PRE.3
_PLACE = re.compile(r"\b([A-Z]{2,4})\.(\d|[a-z](?:-[ivx]+)?)\b(?![^<]*>)")


@dataclass(frozen=True)
class Concept:
    """One value that can be chosen: its names, what it means, when it is chosen, how often."""

    thing: Thing
    anchor: str
    english: str
    japanese: str
    definition: str
    rule: Markup
    users: int


@dataclass(frozen=True)
class Family:
    """Values that stand under one group, or under none."""

    group: Concept | None
    members: tuple[Concept, ...]


@dataclass(frozen=True)
class Scheme:
    """The values of one property."""

    name: str
    thing: Thing
    families: tuple[Family, ...]

    @property
    def count(self) -> int:
        """How many values there are to choose."""
        return sum(len(one.members) for one in self.families)


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The codebook."""
    _ = language.texts(asked.lang).gettext
    found = paper("codebook")
    lang = asked.lang
    schemes = kept(snapshot, ("codes", lang), lambda: _schemes(snapshot, lang))
    parts = kept(
        snapshot,
        ("codebook", lang),
        lambda: [
            (one, _linked(snapshot, one.body, lang)) for one in (found.parts if found else ())
        ],
    )
    return Page(
        template="codebook.html",
        title=_("Codebook"),
        path=PATH,
        current="codebook",
        description=_("The rules by which claims are coded, and every value with its definition."),
        data={
            "opening": _linked(snapshot, found.opening, lang) if found else "",
            "parts_": parts,
            "schemes": schemes,
        },
        forms=tuple(
            Form(
                f"{scheme.thing.label}, Turtle",
                urls.data(scheme.thing.iri, "ttl"),
            )
            for scheme in schemes
        ),
        query=_QUERY.strip(),
        linked={
            "@context": "https://schema.org",
            "@type": "DefinedTermSet",
            "name": _("Codebook"),
            "hasDefinedTerm": [
                {
                    "@type": "DefinedTerm",
                    "@id": one.thing.iri,
                    "name": one.thing.label,
                    "description": one.definition,
                }
                for scheme in schemes
                for family in scheme.families
                for one in family.members
            ],
        },
    )


def anchor(iri: str) -> str:
    """What a concept is called on this page.

    >>> anchor("https://w3id.org/comity/id/act/hold")
    'act-hold'
    """
    return "-".join(iri.rsplit("/", 2)[1:])


def _schemes(snapshot: Snapshot, lang: str) -> tuple[Scheme, ...]:
    accounts = Accounts(snapshot, lang)
    concepts: dict[str, dict[str, tuple[Concept, str]]] = defaultdict(dict)
    for row in accounts.rows(_QUERY):
        iri = row["concept"]
        made = Concept(
            thing=accounts.thing(iri),
            anchor=anchor(iri),
            english=row["en"] or "",
            japanese=row["ja"] or "",
            definition=(row["meaning"] if lang == "ja" else "") or row["definition"] or "",
            rule=_linked(snapshot, escape(row["rule"] or ""), lang),
            users=int(row["users"]),
        )
        concepts[row["scheme"]][iri] = made, row["broader"] or ""
    found = []
    for name, property_ in SCHEMES:
        iri = f"{BASE}id/scheme/{name}"
        its = concepts[iri]
        groups = [one for one in its if any(above == one for _, above in its.values())]
        families = [
            Family(its[group][0], tuple(one for one, above in its.values() if above == group))
            for group in groups
        ]
        alone = tuple(one for key, (one, above) in its.items() if not above and key not in groups)
        if alone:
            families.insert(0, Family(None, alone))
        found.append(Scheme(property_, accounts.thing(iri), tuple(families)))
    return tuple(found)


def _places(snapshot: Snapshot) -> dict[str, str]:
    """The passages that the codebook names by letters, `TD.c`, and their addresses."""
    found = paper("codebook")
    if found is None:
        return {}
    codes = {label: code for code, label in _CODES.findall(str(found.opening))}
    places: dict[str, str] = {}
    for source in sorted(snapshot.manifest.get("sources", ()), key=lambda one: str(one["iri"])):
        whole = edition(snapshot, str(source["iri"]))
        for leaf in whole.leaves.values():
            quads = snapshot.engine.quads(
                ox.NamedNode(leaf.section),
                ox.NamedNode(PREFIXES["skos"] + "prefLabel"), None, ox.DefaultGraph(),
            )  # fmt: skip
            labels = [as_text(quad.object) for quad in quads]
            for label in labels:
                code = next((c for name, c in codes.items() if label.endswith(name)), "")
                if code:
                    slug = leaf.iri.rsplit("/", 1)[-1]
                    places.setdefault(f"{code}.{slug}", urls.page(leaf.iri))
    return places


def _linked(snapshot: Snapshot, body: Markup, lang: str) -> Markup:
    """A text with the passages that it names as links."""
    places = kept(snapshot, "places", lambda: _places(snapshot))
    return Markup(_PLACE.sub(lambda one: _link(one, places, lang), str(body)))  # noqa: S704


def _link(found: re.Match[str], places: dict[str, str], lang: str) -> str:
    address = places.get(found[0])
    if address is None:
        return found[0]
    return str(
        Markup('<a class="cite" href="{}">{}</a>').format(urls.localised(address, lang), found[0])
    )
