"""The pages of the ontology and of the schemes of codes: their terms, defined, counted, drawn."""

from dataclasses import dataclass

import pyoxigraph as ox

from kg.names import PREFIXES
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Page
from kg_api.site.parts import fan, schema, vocabulary
from kg_api.site.parts.subject import Subject
from kg_api.site.parts.vocabulary import Branch, Term

_SKOS = PREFIXES["skos"]
_TERMS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?term ?type ?label ?definition WHERE {{
  ?term rdfs:isDefinedBy <{iri}> ; a ?type ; skos:definition ?definition .
  OPTIONAL {{ ?term rdfs:label ?label FILTER(LANG(?label) = "{lang}") }}
}} ORDER BY ?type ?term"""
_CONCEPTS = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?concept ?label ?definition WHERE {{
  ?concept skos:inScheme <{iri}> .
  OPTIONAL {{ ?concept skos:prefLabel ?label FILTER(LANG(?label) = "{lang}") }}
  OPTIONAL {{ ?concept skos:definition ?definition FILTER(LANG(?definition) = "en") }}
}} ORDER BY ?concept"""
_WIDTH, _ROW, _STEP = 300, 34, 16
# where the box of claims ends, where those of what they point to begin, how long their lines are
_CLAIM, _RAY, _LETTERS = 62, 84, 36


@dataclass(frozen=True)
class Box:
    """A class in the drawing: where its box stands, and the tie that leads to it."""

    term: Term
    x: int
    y: int
    width: int
    tie: str


@dataclass(frozen=True)
class Drawing:
    """The classes under one top class, drawn."""

    title: str
    width: int
    height: int
    boxes: tuple[Box, ...]


def draw(branch: Branch) -> Drawing:
    """A class and those below it, one box a line, each tied to the one it stands under."""
    boxes: list[Box] = []
    last: dict[int, int] = {}
    for number, one in enumerate(branch.lines()):
        x, y = one.depth * _STEP + 1, number * _ROW + 1
        middle = y + (_ROW - 8) // 2
        last[one.depth] = y
        start = last.get(one.depth - 1, y) + _ROW - 8
        tie = f"M{x - _STEP + 8} {start}V{middle}H{x}" if one.depth else ""
        boxes.append(Box(one.term, x, y, _WIDTH - x - 1, tie))
    return Drawing(branch.term.label, _WIDTH, len(boxes) * _ROW - 6, tuple(boxes))


@dataclass(frozen=True)
class Ray:
    """A class that claims point to: its box, and by which properties, in lines."""

    name: str
    label: str
    y: int
    tie: str
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Rays:
    """The drawing of what claims point to."""

    label: str
    height: int
    rays: tuple[Ray, ...]


def _lines(items: list[str], separator: str) -> list[str]:
    """Some items in lines, none of them broken."""
    lines = [""]
    for number, item in enumerate(items):
        said = item + (separator if number < len(items) - 1 else "")
        if lines[-1] and fan.wide((lines[-1] + said).rstrip()) > _LETTERS:
            lines.append("")
        lines[-1] += said
    return [one.rstrip() for one in lines]


def rays(snapshot: Snapshot, lang: str) -> Rays:
    """What claims point to: one box a class, under it the properties with their counts."""
    _ = language.texts(lang).gettext
    names, counted = snapshot.names, vocabulary.links(snapshot)
    concept = _SKOS + "Concept"
    found, y = [], 1
    for iri in (*(PREFIXES["comity"] + one for one in vocabulary.POINTED), concept):
        if iri not in counted:
            continue
        said = [
            f"{names.label(one, lang)} {language.number(count, lang)}"
            for one, count in counted[iri]
        ]
        lines = _lines(said, ", " if lang == "en" else "、")
        label = _("code or topic") if iri == concept else names.label(iri, lang)
        own = "" if iri == concept else iri.rpartition("#")[2]
        placed = tuple((y + 42 + 15 * number, line) for number, line in enumerate(lines))
        found.append(Ray(own, label, y, f"M{_CLAIM} {y + 13}H{_RAY}", placed))
        y += 26 + 15 * len(lines) + 14
    return Rays(names.label(PREFIXES["comity"] + "Claim", lang), y, tuple(found))


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The ontology: every term with its definition, example, nature and use."""
    subject = Subject(snapshot, asked)
    _ = language.texts(asked.lang).gettext
    terms = vocabulary.of_ontology(snapshot, asked.lang)
    titles = {
        "class": _("Classes"),
        "object": _("Properties whose values are things"),
        "datatype": _("Properties whose values are texts, numbers or days"),
        "annotation": _("Properties of terms"),
        "literal": _("Datatypes"),
        "individual": _("Natures of properties"),
    }
    drawn = [draw(one) for one in vocabulary.tree(terms["class"])]
    return Page(
        template="ontology.html",
        title=subject.text("title") or _("Ontology of Comity"),
        path=urls.page(subject.iri),
        current="ontology",
        iri=subject.iri,
        description=subject.text("description")
        or subject.text("abstract")
        or _("The terms in which Comity writes down who agreed what with whom."),
        data={
            "subject": subject,
            "parts": [(sort, titles[sort], terms[sort]) for sort in titles if terms[sort]],
            "drawn": sorted(drawn, key=lambda one: (-len(one.boxes), one.title)),
            "rays": rays(snapshot, asked.lang),
            "total": sum(map(len, terms.values())),
            "rest": subject.rest("title", "description", "abstract"),
        },
        forms=subject.forms(),
        query=_TERMS.format(iri=subject.iri, lang=asked.lang),
        linked=schema.described(subject, license=urls.LICENCE),
    )


def scheme(snapshot: Snapshot, asked: Asked) -> Page:
    """A scheme of codes: its concepts under those that are broader, with rule and use."""
    subject = Subject(snapshot, asked)
    _ = language.texts(asked.lang).gettext
    counts = vocabulary.coded(snapshot)
    quads = snapshot.engine.quads(
        None, ox.NamedNode(_SKOS + "inScheme"), ox.NamedNode(subject.iri), ox.DefaultGraph()
    )
    iris = sorted(quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode))
    terms = [vocabulary.term(snapshot, one, asked.lang, counts.get(one, 0)) for one in iris]
    lines = [one for branch in vocabulary.tree(terms) for one in branch.lines()]
    return Page(
        template="scheme.html",
        title=subject.label,
        path=urls.page(subject.iri),
        iri=subject.iri,
        description=subject.text("definition"),
        data={
            "subject": subject,
            "lines": lines,
            "rest": subject.rest("^inScheme", "^topConceptOf"),
        },
        forms=subject.forms(),
        query=_CONCEPTS.format(iri=subject.iri, lang=asked.lang),
        linked=schema.described(
            subject, hasDefinedTerm=[{"@id": one.iri, "name": one.label} for one in terms]
        ),
    )
