"""The pages about things, `/page/…`: which view writes the page of which kind of thing.

A view of a kind is a view like any other. Its parameters are `iri` (what the page is about), `page`
(the number of the page asked for), `limit` (how much of what may be long stands on one page) and
`kind`. What it leaves out of a page it says in `Page.pages`.
"""

from dataclasses import replace

from kg import document
from kg.snapshot import Snapshot
from kg_api import linked, urls
from kg_api.evaluation import TRUNCATED
from kg_api.site import language
from kg_api.site.page import Asked, Page, View
from kg_api.site.parts import kinds
from kg_api.site.views import actor, graph, ontology, reader, things, topic

# the view of each kind that `kinds.of` tells apart; whatever has none is shown as a thing
VIEWS: dict[str, View] = {
    "actor": actor.view,
    **dict.fromkeys(("instrument", "initiative", "event", "document"), things.view),
    "topic": topic.view,
    "concept": topic.view,
    "scheme": ontology.scheme,
    "ontology": ontology.view,
    "graph": graph.view,
    "source": reader.source_view,
    **dict.fromkeys(("pillar", "section"), reader.section_view),
    "passage": reader.passage_view,
}


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The page about a thing; NotFound and Gone where there is none."""
    given, number = str(asked.params["iri"]), int(asked.params.get("page", 1))
    now = document.locate(snapshot, given)
    if now != given:
        return _moved(snapshot, asked, now)
    # an IRI of a version is shown as what it is the version of
    iri = document.version_of(snapshot, given) or given
    kind = kinds.of(snapshot, iri)
    params = {**asked.params, "iri": iri, "page": number, "kind": kind}
    page = VIEWS.get(kind, things.view)(snapshot, replace(asked, params=params))
    links = linked.links(snapshot, given, linked.HTML, number, page.pages, asked.public)
    headers = {**page.headers, "Link": ", ".join(links)}
    if page.pages > 1:
        headers[TRUNCATED] = f"page {number} of {page.pages}"
    return replace(page, headers=headers)


def _moved(snapshot: Snapshot, asked: Asked, iri: str) -> Page:
    """What replaces a thing, for good."""
    address = urls.page(iri) if urls.is_ours(iri) else iri
    if asked.params.get("prefixed") and urls.is_ours(iri):
        address = urls.localised(address, asked.lang)
    return Page(
        template="moved.html",
        title=language.texts(asked.lang).gettext("Moved"),
        path=asked.path,
        data={"address": address, "name": snapshot.names.label(iri, asked.lang)},
        status=301,
        headers={"Location": address, "Link": f'<{iri}>; rel="successor-version"'},
    )
