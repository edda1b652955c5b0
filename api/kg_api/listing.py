"""Plain pages of the named queries and their answers: no script, and nothing from elsewhere."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlencode

from kg.formats import ROWS, Format, prefer
from kg.names import BASE, compact
from kg.query import Query
from kg_api import urls

HTML = Format("html", "text/html", "html", ROWS, "page")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
_STYLE = """\
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: auto; padding: 1rem }
table { border-collapse: collapse; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0 }
th { border-bottom: 1px solid; position: sticky; top: 0; background: Canvas }
label { display: block; margin-top: .5rem } input { width: 30rem; max-width: 100% }
.wide { overflow-x: auto }"""


def is_wanted(accept: str, format_: str | None, others: Sequence[Format]) -> bool:
    """Whether the client wants a page rather than any of the other formats.

    >>> is_wanted("text/html, */*;q=0.8", None, [Format("csv", "text/csv", "csv", ROWS, "CSV")])
    True
    >>> is_wanted("*/*", None, [Format("csv", "text/csv", "csv", ROWS, "CSV")])
    False
    """
    if format_ is not None:
        return format_.lower() in (HTML.name, HTML.media_type)
    return bool(accept.strip()) and prefer(accept, [*others, HTML]) is HTML


def _page(title: str, body: str) -> str:
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
{_STYLE}
</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def catalogue(found: Sequence[Query]) -> str:
    """The page of all queries."""
    items = "\n".join(
        f'<li><a href="{urls.query(one.name)}">{escape(one.summary or one.name)}</a></li>'
        for one in found
    )
    return _page(
        "Comity: named queries",
        f"<h1>Named queries</h1>\n<ul>\n{items}\n</ul>\n"
        f'<p>For programs: <a href="{urls.QUERIES}?format=json">JSON</a>, '
        f'<a href="{urls.OPENAPI}">OpenAPI</a>.</p>',
    )


def _cell(value: object) -> str:
    """A value, as a link where it is an IRI; those of the project lead to this service."""
    if value is None:
        return ""
    text = str(value)
    if text.startswith(("https://", "http://")) and not any(c.isspace() for c in text):
        local = text.removeprefix(BASE)
        href = f"/{local}" if text.startswith(BASE) else text
        return f'<a href="{escape(href)}" rel="nofollow">{escape(compact(text))}</a>'
    return escape(text)


def answer(question: Query, given: Mapping[str, Sequence[str]], rows: Mapping[str, Any]) -> str:
    """The page of a query: its parameters as a form, and the rows of its answer."""
    fields = "\n".join(
        f'<label for="{escape(one.name)}">{escape(one.description or one.name)}</label>'
        f'<input id="{escape(one.name)}" name="{escape(one.name)}"'
        f' value="{escape((list(given.get(one.name, ())) or [one.default or ""])[0])}">'
        for one in question.parameters
    )
    form = f'<form method="get">\n{fields}\n<p><button type="submit">Ask</button></p>\n</form>'
    asked = [(name, one) for name, some in given.items() for one in some]
    links = ", ".join(
        f'<a href="?{escape(urlencode([*asked, ("format", name)]))}">{title}</a>'
        for name, title in (("csv", "CSV"), ("rows", "JSON"), ("json", "SPARQL results"))
    )
    return _page(
        f"Comity: {question.summary}",
        f"<h1>{escape(question.summary)}</h1>\n<p>{escape(question.description)}</p>\n"
        f"{form if question.parameters else ''}\n{_table(rows)}\n"
        f'<p>{links}. <a href="{urls.query(question.name)}.rq">The query</a>. '
        f'<a href="{urls.QUERIES}">All queries</a>.</p>',
    )


def _table(rows: Mapping[str, Any]) -> str:
    if "boolean" in rows:
        return f"<p>{'Yes' if rows['boolean'] else 'No'}</p>"
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in rows["columns"])
    body = "\n".join(
        "<tr>" + "".join(f"<td>{_cell(row[name])}</td>" for name in rows["columns"]) + "</tr>"
        for row in rows["rows"]
    )
    shown, total, first = len(rows["rows"]), rows["total"], rows["offset"]
    said = f"{total:,} row{'s' * (total != 1)}"
    if shown < total:
        said += f", of which {first + 1:,} to {first + shown:,} are shown" if shown else ""
    return (
        f'<p>{said}.</p>\n<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )
