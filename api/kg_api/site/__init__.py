"""The site: pages that people read, written on the server, complete without scripts.

A page is a view: a function of `kg_api.site.views` that asks the snapshot and says what stands on
the page. Views run in workers, which can open nothing: what only the HTTP process knows comes with
what is asked. `write` puts the view's page into the frame.
"""

from collections.abc import Mapping
from typing import Any

from kg.snapshot import Snapshot
from kg_api import static, urls
from kg_api.evaluation import check_bytes
from kg_api.jobs import Reply
from kg_api.site import frame, language, templating
from kg_api.site.page import Asked, Page
from kg_api.site.views import VIEWS

HTML = "text/html; charset=utf-8"
# nothing but the page itself and what comes from the same host; no page of others may frame it
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {ancestors}"
)


def write(
    snapshot: Snapshot,
    view: str,
    lang: str,
    path: str,
    params: Mapping[str, Any] | None = None,
    public: str = "",
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> Reply:
    """The page of a view in a language, for a request of that path."""
    asked = Asked(lang, path, params or {}, public)
    page = VIEWS[view](snapshot, asked)
    body = text(page, frame.of(snapshot, asked, page), lang).encode()
    check_bytes(len(body), max_bytes)
    headers = {
        "Content-Language": lang,
        "Content-Security-Policy": POLICY.format(ancestors="'none'"),
        **page.headers,
    }
    return Reply(page.status, HTML, headers, body)


def text(page: Page, around: frame.Frame, lang: str) -> str:
    """A page in its frame."""
    return templating.render(page.template, lang, frame.context(page, around))


def _read_ahead() -> None:
    """Read every file that a page may need: a worker can open none later."""
    for lang in urls.LANGUAGES:
        # the first template loads a codec
        templating.environment(lang).from_string("{{ 'a' }}").render()
        language.when("2024-05-16/2024-33", lang)
        language.when("2024-05", lang)
        language.number(1234.5, lang)
        language.listed(["a", "b", "c"], lang)
    static.stylesheets()


_read_ahead()
