"""The page of a thing of no particular kind: what is stated of it, and the claims that name it."""

from kg import document, resource
from kg.errors import NotFound
from kg.names import compact
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site.claims import Desk
from kg_api.site.page import Asked, Form, Page


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """What the graph says of a thing; NotFound past the last page."""
    iri, number = str(asked.params["iri"]), int(asked.params["page"])
    limit = int(asked.params.get("limit", document.LIMIT))
    found = resource.describe(snapshot, iri, asked.lang, limit, (number - 1) * limit)
    pages = max(1, -(-max(found.inverse_total, found.claims_total) // limit))
    if number > pages:
        raise NotFound(f"{compact(iri)} has {pages} page{'s' * (pages > 1)}, and no page {number}")
    return Page(
        template="thing.html",
        title=found.label,
        path=urls.page(iri, number),
        iri=iri,
        pages=pages,
        data={"found": found, "rows": Desk(snapshot, asked.lang).rows(found.claims)},
        forms=tuple(
            Form(label, urls.data(iri, suffix), urls.media_type(suffix))
            for label, suffix in (("Turtle", "ttl"), ("JSON-LD", "jsonld"))
        ),
    )
