"""The pages about things: what the graph says of one, for people who read in a browser."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

import pyoxigraph as ox

from kg import document, formats, resource, sources
from kg.errors import NotFound
from kg.names import PREFIXES, compact
from kg.resource import Claim, Fact, Resource
from kg.snapshot import Snapshot
from kg_api import html, urls
from kg_api.html import link, text

_C = PREFIXES["comity"]
_SKOS, _RDFS = PREFIXES["skos"], PREFIXES["rdfs"]
_OA = PREFIXES["oa"]
_DEFINITION = _SKOS + "definition"
_NATURE = _C + "nature"
# what a term's entry shows, in this order
_OF_TERMS = ((_SKOS + "example", "Example"), (_SKOS + "scopeNote", "Note"))
_ABOVE = tuple(
    PREFIXES[prefix] + name
    for prefix, name in (("rdfs", "subClassOf"), ("rdfs", "subPropertyOf"), ("skos", "broader"))
)
_FOR_PROGRAMS = {
    _C + name for name in ("Sentence", "Segment", "Action", "Participation", "Context")
}


def render(
    snapshot: Snapshot, iri: str, lang: str = "en", number: int = 1, limit: int = document.LIMIT
) -> tuple[str, int]:
    """The page about an IRI, and how many pages there are; NotFound past the last.

    `limit` bounds the claims, and the statements about others, of one page.
    """
    subject = document.version_of(snapshot, iri) or iri
    inside = document.content(snapshot, subject)
    try:
        found = resource.describe(snapshot, subject, lang, limit, (number - 1) * limit)
    except NotFound:
        if not inside:
            raise
        found = Resource(subject, snapshot.names.label(subject, lang), (), (), ())
    terms = sources.kind_of(subject) == sources.ONTOLOGY and bool(inside)
    graph = bool(inside) and not terms and sources.kind_of(subject) != sources.REPORTED
    if graph or terms:
        # a graph's page lists what the graph is about: the claims have pages of their own
        pages = 1 if terms else -(-len(inside) // limit)
        body = [*_title(found, iri, lang), *_facts(found, lang)]
        if terms:
            body += _terms(snapshot, inside, subject, lang)
        else:
            shown = list(inside)[(number - 1) * limit : number * limit]
            body += _listing(snapshot, {one: inside[one] for one in shown}, len(inside), lang)
    else:
        pages = max(1, -(-max(found.inverse_total, found.claims_total) // limit))
        body = [*_title(found, iri, lang), *_facts(found, lang), *_claims(found, subject, lang)]
        if subject.startswith(sources.SOURCE):
            body += _named(snapshot, subject, lang)
    if not 1 <= number <= pages:
        raise NotFound(f"{compact(iri)} has {pages} page{'s' * (pages > 1)}, and no page {number}")
    body += _more(iri, lang, number, pages)
    body += _formats(iri)
    return html.page(found.label, "\n".join(body), "\n".join(_head(iri))), pages


def _head(iri: str) -> Iterator[str]:
    for suffix in urls.SUFFIXES:
        yield html.alternate(urls.data(iri, suffix), urls.media_type(suffix))


def _title(found: Resource, iri: str, lang: str) -> Iterator[str]:
    yield f"<h1>{text(found.label)}</h1>"
    # a type is a term of an ontology: ours has a page, the others explain themselves
    types = ", ".join(_value_link(one, compact(one), lang) for one in found.types)
    yield f"<p><code>{escape(iri)}</code>{f' · {types}' if types else ''}</p>"
    if found.quote:
        yield f"<blockquote>{text(found.quote)}</blockquote>"
    yield from _readings(found.other_readings)


def _readings(readings: Iterable[str]) -> Iterator[str]:
    for one in readings:
        yield f'<p class="said">Other reading: {text(one)}</p>'


def _value_link(iri: str, label: str, lang: str) -> str:
    """A thing's name, as a link where its IRI is an address."""
    if urls.is_ours(iri):
        return link(urls.page(iri, lang="" if lang == "en" else lang), label)
    if iri.startswith(("http://", "https://")):
        return link(iri, label)
    return f"<code>{escape(iri)}</code>"


def _value(fact: Fact, lang: str) -> str:
    if isinstance(fact.value, ox.NamedNode):
        return _value_link(fact.value.value, fact.value_label, lang)
    language = getattr(fact.value, "language", None)
    if language and language != "en":
        return f'<span lang="{escape(language)}">{escape(fact.value_label)}</span>'
    return text(fact.value_label)


def _nature(nature: str) -> str:
    return f'<span class="nature">{escape(nature)}</span>' if nature else ""


def _facts(found: Resource, lang: str) -> Iterator[str]:
    """The statements about a thing: property, value, nature, and where it is said."""
    if not found.facts:
        return
    yield '<div class="wide"><table><caption>Statements</caption>'
    yield (
        '<thead><tr><th scope="col">Property</th><th scope="col">Value</th>'
        '<th scope="col">Nature</th><th scope="col">Kind of graph</th>'
        '<th scope="col">Said in</th></tr></thead><tbody>'
    )
    for fact in found.facts:
        name = _value_link(fact.property, fact.property_label, lang)
        if fact.inverse:
            name = f"is {name} of"
        yield (
            f'<tr><th scope="row">{name}</th><td>{_value(fact, lang)}</td>'
            f"<td>{_nature(fact.nature)}</td><td>{escape(fact.kind)}</td>"
            f'<td class="said">{_value_link(fact.graph, fact.citation, lang)}</td></tr>'
        )
    yield "</tbody></table></div>"


def _claims(found: Resource, iri: str, lang: str) -> Iterator[str]:
    if not found.claims:
        return
    yield f"<h2>Claims ({found.claims_total})</h2>"
    for claim in found.claims:
        yield from _claim(claim, iri, lang)


def _claim(claim: Claim, iri: str, lang: str) -> Iterator[str]:
    """A claim in its words, with what is coded of it and what is stated."""
    fragment = claim.iri.partition("#")[2] if claim.passage == iri else ""
    yield f'<section id="{escape(fragment)}">' if fragment else "<section>"
    kinds = ", ".join(compact(one).removeprefix("comity:") for one in claim.types)
    where = _value_link(claim.iri, claim.citation, lang)
    yield f'<h3>{where}</h3><p class="said">{escape(kinds)} · <code>{escape(claim.iri)}</code></p>'
    if claim.quote:
        yield f"<blockquote>{text(claim.quote)}</blockquote>"
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for fact in claim.facts:
        values = grouped.setdefault((fact.property_label, fact.property, fact.nature), [])
        shown = _value(fact, lang)
        if shown not in values:
            values.append(shown)
    if grouped:
        yield "<dl>"
        for (label, property_, nature), values in grouped.items():
            yield f"<dt>{_value_link(property_, label, lang)} {_nature(nature)}</dt>"
            yield f"<dd>{', '.join(values)}</dd>"
        yield "</dl>"
    yield from _readings(claim.other_readings)
    yield "</section>"


def _named(snapshot: Snapshot, iri: str, lang: str) -> Iterator[str]:
    """What a passage names without a register: its fragments that are no claims."""
    things = []
    for one in document.fragments(snapshot, iri):
        found = resource.describe(snapshot, one, lang, limit=0)
        if any(type_ in _FOR_PROGRAMS or type_.startswith(_OA) for type_ in found.types):
            continue
        things.append(found)
    if things:
        yield "<h2>Named here</h2>"
    for found in things:
        fragment = found.iri.partition("#")[2]
        types = ", ".join(_value_link(one, compact(one), lang) for one in found.types)
        yield f'<section id="{escape(fragment)}"><h3>{text(found.label)}</h3>'
        yield f'<p class="said">{types} · <code>{escape(found.iri)}</code></p>'
        yield from _facts(found, lang)
        yield "</section>"


def _values(snapshot: Snapshot, iri: str, property_: str) -> list[ox.NamedNode | ox.Literal]:
    quads = snapshot.engine.quads(
        ox.NamedNode(iri), ox.NamedNode(property_), None, ox.DefaultGraph()
    )
    found = (quad.object for quad in quads)
    return sorted((one for one in found if isinstance(one, ox.NamedNode | ox.Literal)), key=str)


def _literal(values: Sequence[ox.NamedNode | ox.Literal], lang: str) -> str:
    """The value in a language, else in English, Japanese, any."""
    by_language = {getattr(one, "language", None) or "": one.value for one in values}
    for wanted in (lang, "en", "ja"):
        if wanted in by_language:
            return by_language[wanted]
    return by_language[min(by_language)] if by_language else ""


def _terms(snapshot: Snapshot, inside: Iterable[str], iri: str, lang: str) -> Iterator[str]:
    """The terms of an ontology or a scheme: label, definition, example, nature, what is above."""
    yield "<h2>Terms</h2>"
    for term in inside:
        definition = _literal(_values(snapshot, term, _DEFINITION), lang)
        if not definition or term == iri:
            continue
        # a term of the ontology is a fragment of this page; a concept has a page of its own
        own = term.startswith(f"{iri}#")
        name = term.partition("#")[2] if own else term.rpartition("/")[2]
        label = snapshot.names.label(term, lang)
        heading = text(label) if own else link(urls.page(term), label)
        nature = "".join(
            _nature(one.value.removeprefix(_C)) for one in _values(snapshot, term, _NATURE)
        )
        yield f'<section id="{escape(name)}"><h3>{heading} {nature}</h3>'
        others = [
            one.value
            for property_ in (_SKOS + "prefLabel", _RDFS + "label")
            for one in _values(snapshot, term, property_)
            if one.value != label
        ]
        also = "".join(f" · {text(one)}" for one in dict.fromkeys(others))
        yield f'<p class="said"><code>{escape(compact(term))}</code>{also}</p>'
        yield f"<p>{text(definition)}</p><dl>"
        for property_, title in _OF_TERMS:
            said = _literal(_values(snapshot, term, property_), lang)
            if said:
                yield f"<dt>{title}</dt>"
                yield f"<dd>{text(said)}</dd>"
        above = [one.value for property_ in _ABOVE for one in _values(snapshot, term, property_)]
        if above:
            said = ", ".join(
                _value_link(one, snapshot.names.label(one, lang), lang) for one in above
            )
            yield f"<dt>Broader</dt><dd>{said}</dd>"
        yield "</dl></section>"


def _listing(snapshot: Snapshot, inside: dict[str, int], total: int, lang: str) -> Iterator[str]:
    """What a graph is about, with how many statements it makes of each."""
    yield f"<h2>What it speaks of ({total})</h2><ul>"
    for one, count in inside.items():
        name = _value_link(one, snapshot.names.label(one, lang), lang)
        yield f"<li>{name}: {count} statement{'s' * (count != 1)}</li>"
    yield "</ul>"


def _more(iri: str, lang: str, number: int, pages: int) -> Iterator[str]:
    """Where the rest is, if this is not all."""
    if pages == 1:
        return
    own = "" if lang == "en" else lang
    near = [
        link(urls.page(iri, one, own), word)
        for one, word in ((number - 1, "previous"), (number + 1, "next"))
        if 1 <= one <= pages
    ]
    yield f'<nav aria-label="Pages"><p>Page {number} of {pages}: {" · ".join(near)}</p></nav>'


def _formats(iri: str) -> Iterator[str]:
    named = [*(one for one in formats.FORMATS if one.kind in (formats.TRIPLES, formats.QUADS))]
    said = " · ".join(link(urls.data(iri, one.suffix), one.title) for one in named)
    yield f"<h2>As data</h2><p>{said}</p>"
