"""About Comity: how it is made, what it does not cover, how to correct it and how to cite it."""

from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page

PATH = "/about"


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The page about the project."""
    _ = language.texts(asked.lang).gettext
    return Page(
        template="about.html",
        title=_("About Comity"),
        path=PATH,
        current="about",
        description=_("How it is made, what it does not cover, how to correct and cite it."),
        data={"sources": tuple(snapshot.manifest.get("sources", ()))},
        forms=(
            Form("Turtle", urls.download("ttl"), "text/turtle"),
            Form("TriG", urls.download("trig"), "application/trig"),
        ),
        query="SELECT ?source ?title ?date WHERE {\n"
        "  ?source a comity:Source ; dct:title ?title . OPTIONAL { ?source comity:date ?date }\n"
        "} ORDER BY ?source ?title ?date",
        linked={
            "@context": "https://schema.org",
            "@type": "AboutPage",
            "name": _("About Comity"),
            "license": urls.LICENCE,
        },
    )
