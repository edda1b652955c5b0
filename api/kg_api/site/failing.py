"""The pages of errors: what happened, what it does not mean, what to do."""

from collections.abc import Mapping
from typing import Any

from kg_api import urls
from kg_api.site import frame, language, templating
from kg_api.site.page import Page

_SHOWN_ELSEWHERE = ("type", "title", "status", "detail")


# pages that take parameters: with none of them they answer
_PAGES = (urls.COMMITMENTS, urls.TIMELINE, urls.SEARCH, urls.NETWORK, urls.PAIR, "/browse")


def page(problem: Mapping[str, Any], lang: str, path: str = "") -> str:
    """A problem (RFC 9457) as a page; what it says is the service's own English.

    `path` is what was asked for, without its parameters: the page leads back to it.
    """
    status = int(problem["status"])
    title, said, todo = _words(status, lang, path)
    made = Page(
        template="error.html",
        title=title,
        path="/",
        status=status,
        data={
            "status": status,
            "said": said,
            "todo": todo,
            "detail": str(problem.get("detail", "")),
            "members": {
                name: _shown(value)
                for name, value in problem.items()
                if name not in _SHOWN_ELSEWHERE
            },
        },
    )
    return templating.render(made.template, lang, frame.context(made, frame.bare(lang)))


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _back(path: str) -> str:
    """The page to go back to, in any language; nothing where it is none that takes parameters."""
    first, _slash, rest = path.removeprefix("/").partition("/")
    plain = f"/{rest}" if first in urls.LANGUAGES else path
    return plain if any(plain == one or plain.startswith(f"{one}/") for one in _PAGES) else ""


def _words(status: int, lang: str, path: str = "") -> tuple[str, str, list[tuple[str, str]]]:
    """The title, what it means, and the ways on: address and words."""
    _ = language.texts(lang).gettext
    back = _back(path)
    search, home = ("/search", _("Search for a name or a word")), ("/", _("Go to the contents"))
    bench = (urls.SPARQL, _("Go back to the workbench and change the query"))
    download = ("/data", _("Download the whole dataset instead"))
    if status == 404:
        return (
            _("There is nothing at this address"),
            _("That says nothing about the world: only that this release has no such page."),
            [search, home],
        )
    if status == 410:
        return (
            _("This was withdrawn"),
            _("An earlier release had it. The changes between releases say why it went."),
            [(urls.CHANGES, _("See the changes between releases")), home],
        )
    if status in (400, 403, 406):
        return (
            _("This cannot be answered as it was asked"),
            _("Nothing was changed, and nothing is broken. The reason is below."),
            [
                (back, _("Go back to the page, without its filters")) if back else bench,
                search,
                home,
            ],
        )
    if status in (429, 503):
        return (
            _("The service is busy, or a limit was met"),
            _("Nothing is lost. A shorter query, or the same one a little later, may do."),
            [bench, download, home],
        )
    if status >= 500:
        return (
            _("The service failed to answer"),
            _("The fault is ours and has been written down. Nothing was changed."),
            [home],
        )
    return _("This cannot be done here"), _("The reason is below."), [home]
