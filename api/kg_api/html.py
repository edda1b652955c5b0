"""HTML that people read: the one skeleton of a page, and its style."""

import re
from html import escape

from kg_api import urls

# nothing but the page itself and its style, from the same host
POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

STYLE = """\
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: auto; padding: 1rem }
h1 { line-height: 1.2; margin-bottom: .2rem }
h2 { margin-top: 2rem; border-bottom: 1px solid }
h3 { margin-bottom: .2rem }
table { border-collapse: collapse }
caption { text-align: left; font-weight: bold; padding: .5rem 0 }
th, td { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0 }
td { overflow-wrap: anywhere }
tr + tr { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
th { font-weight: 600 }
blockquote { margin: .5rem 0; padding-left: 1rem; border-left: .25rem solid; font-size: 1.1rem }
dt { font-weight: 600 }
dd { margin: 0 0 .3rem 1.5rem }
code { overflow-wrap: anywhere }
.nature { font-size: .8rem; border: 1px solid; border-radius: .3rem; padding: 0 .3rem }
.said { font-size: .9rem }
.wide { overflow-x: auto }
:target { outline: .2rem solid; outline-offset: .4rem }
a:focus-visible { outline: .2rem solid; outline-offset: .1rem }
"""


def text(words: str) -> str:
    """Words for a page: escaped, and marked where they are Japanese."""
    if _JAPANESE.search(words):
        return f'<span lang="ja">{escape(words)}</span>'
    return escape(words)


def link(address: str, words: str) -> str:
    """A link, its address and words escaped."""
    return f'<a href="{escape(address)}">{text(words)}</a>'


def alternate(address: str, media_type: str) -> str:
    """What the head of a page says of another form of the same."""
    return f'<link rel="alternate" type="{escape(media_type)}" href="{escape(address)}">'


def page(title: str, body: str, head: str = "") -> str:
    """A whole page."""
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Comity</title>
<link rel="stylesheet" href="{urls.STYLE}">
{head}
</head>
<body>
<header>
<nav aria-label="Site">{link(urls.SPARQL, "SPARQL")} · {link(urls.QUERIES, "Queries")} ·
{link(urls.page(urls.iri("/ontology")), "Ontology")}</nav>
</header>
<main>
{body}
</main>
<footer>
<p>Data: <a rel="license" href="{urls.LICENCE}">CC BY 4.0</a>.</p>
</footer>
</body>
</html>
"""
