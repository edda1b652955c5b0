"""The pages of graphs: what kind one is, where it is from, and what it speaks of."""

from dataclasses import dataclass

import pyoxigraph as ox

from kg import document, resource, sources
from kg.accounts import Thing
from kg.errors import NotFound
from kg.names import BASE, compact
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Page
from kg_api.site.parts import differences, schema
from kg_api.site.parts.differences import Difference
from kg_api.site.parts.facts import Property, place
from kg_api.site.parts.subject import Subject

_QUERY = """SELECT ?subject ?property ?value WHERE {{
  GRAPH <{iri}> {{ ?subject ?property ?value }}
}} ORDER BY ?subject ?property ?value"""
_KIND = """SELECT ?graph (COUNT(*) AS ?statements) WHERE {{
  GRAPH ?graph {{ ?subject ?property ?value }}
  VALUES ?graph {{ {graphs} }}
}} GROUP BY ?graph ORDER BY ?graph"""
# how much of a graph one page shows, whatever the service's own limit
_ENTRIES = 100


@dataclass(frozen=True)
class Entry:
    """What a graph speaks of: a thing, how many statements it makes of it, and what they say.

    A thing that has its address in the graph itself is described here, at `fragment`.
    """

    thing: Thing
    statements: int
    fragment: str = ""
    properties: tuple[Property, ...] = ()
    difference: Difference | None = None
    page: bool = True


def _entries(subject: Subject, inside: dict[str, int]) -> tuple[Entry, ...]:
    """The things of this page of a graph."""
    noted = {
        one.iri: one
        for some in differences.noted(subject.snapshot, subject.lang).values()
        for one in some
    }
    start, found = (subject.number - 1) * subject.limit, []
    for iri in list(inside)[start : start + subject.limit]:
        name, mark, fragment = iri.partition("#")
        if not mark or name != subject.iri:
            ours = urls.is_ours(iri) or iri.startswith(("http://", "https://"))
            found.append(Entry(subject.thing(iri), inside[iri], page=ours))
            continue
        told = resource.describe(subject.snapshot, iri, subject.lang, limit=0)
        facts = (one for one in told.facts if not one.inverse)
        properties = subject.facts.properties(iri, facts)
        found.append(
            Entry(
                Thing(iri, told.label), inside[iri], fragment, tuple(properties.values()),
                noted.get(iri),
            )
        )  # fmt: skip
    return tuple(found)


def _kept_in(subject: Subject, kind: str) -> tuple[Entry, ...]:
    """The graphs of a kind, in order, and how many statements each holds."""
    engine = subject.snapshot.engine
    start = (subject.number - 1) * subject.limit
    graphs = sorted(one for one, its in subject.snapshot.graphs.items() if its == kind)
    _check(subject, len(graphs))
    found = []
    for iri in graphs[start : start + subject.limit]:
        number = sum(1 for _ in engine.quads(None, None, None, ox.NamedNode(iri)))
        label = place(subject.snapshot.names.label(iri, subject.lang))
        found.append(Entry(Thing(iri, label), number))
    return tuple(found)


def _check(subject: Subject, total: int) -> int:
    """How many pages so many entries take; NotFound past the last."""
    pages = max(1, -(-total // subject.limit))
    if subject.number > pages:
        many = f"{pages} page{'s' * (pages > 1)}"
        raise NotFound(f"{compact(subject.iri)} has {many}, and no page {subject.number}")
    return pages


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """A graph, or the union of all of one kind."""
    subject = Subject(snapshot, asked, _ENTRIES)
    _ = language.texts(asked.lang).gettext
    kind = subject.iri.removeprefix(sources.GRAPH)
    union = kind in sources.KINDS and subject.iri not in snapshot.graphs
    if union:
        graphs = [one for one, its in snapshot.graphs.items() if its == kind]
        total, pages = len(graphs), _check(subject, len(graphs))
        entries = _kept_in(subject, kind)
        some = " ".join(f"<{one}>" for one in graphs[:200])
        query = _KIND.format(graphs=some)
        statements = 0
    else:
        kind = sources.kind_of(subject.iri)
        inside = document.content(snapshot, subject.iri)
        total, pages = len(inside), _check(subject, len(inside))
        entries = _entries(subject, inside)
        query = _QUERY.format(iri=subject.iri)
        statements = sum(inside.values())
    # its pages are those of its content
    subject.claims = total
    name = subject.iri.removeprefix(BASE)
    label = snapshot.names.label(subject.iri, asked.lang)
    title = name if label == compact(subject.iri) else label
    return Page(
        template="graph.html",
        title=title,
        path=urls.page(subject.iri, subject.number),
        iri=subject.iri,
        pages=pages,
        description=_("Graph %(name)s: what it says, and of what.") % {"name": title},
        data={
            "subject": subject,
            "kind": kind,
            "union": union,
            "title": title,
            "entries": entries,
            "total": total,
            "statements": statements,
            "pages": pages,
            "of_kind": f"{sources.GRAPH}{kind}",
        },
        forms=subject.forms(),
        query=query,
        linked={
            "@context": schema.CONTEXT,
            "@type": "Dataset",
            "@id": subject.iri,
            "name": title,
            "license": urls.LICENCE,
        },
    )
