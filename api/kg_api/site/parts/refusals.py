"""Why a query has no answer, for whoever wrote it: what happened, where, what to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg_api.site import language

_PLACE = re.compile(r"^line \d+, column \d+: ")
# the word that begins at the column, or the one sign there
_WORD = re.compile(r"[\w?$:-]+|\S")
_LONG = 160


@dataclass(frozen=True)
class Refused:
    """A query without an answer.

    `before`, `wrong` and `after` are its line with the error; `said` are the words of the engine
    or the service, in English, `advice` what the reader can do.
    """

    title: str
    said: str
    advice: str
    status: int
    line: int = 0
    column: int = 0
    before: str = ""
    wrong: str = ""
    after: str = ""
    ways: bool = False


def of(problem: Mapping[str, Any], text: str, lang: str) -> Refused:
    """What a page says of a problem that the text of a query met."""
    _ = language.texts(lang).gettext
    status, said = int(problem["status"]), str(problem["detail"])
    limit = str(problem.get("limit", ""))
    if problem.get("line"):
        return _placed(problem, text, lang)
    nothing = _("A part of an answer is never shown as the whole.")
    narrow = _("Ask for less: narrow the pattern, or add a LIMIT. Or take the data away.")
    again = _("Your text is kept. Run it again in a few seconds.")
    if limit in ("max_rows", "max_bytes"):
        title = _("The result is larger than is given at once")
        return Refused(title, said, f"{nothing} {narrow}", status, ways=True)
    if limit == "timeout":
        title = _("Stopped at the time limit")
        return Refused(title, said, f"{nothing} {narrow}", status, ways=True)
    if limit == "memory":
        title = _("Stopped at the limit of memory")
        return Refused(title, said, f"{nothing} {narrow}", status, ways=True)
    if status == 503:
        return Refused(_("Busy: the query was not started"), said, again, status)
    if status == 403:
        title = _("This endpoint only reads, and calls no other")
        return Refused(title, said, _("Nothing was run."), status)
    return Refused(_("The query cannot be run"), said, _("Nothing was run."), status)


def _placed(problem: Mapping[str, Any], text: str, lang: str) -> Refused:
    """An error with a place: the line of the query, the place marked in it."""
    _ = language.texts(lang).gettext
    line, column = int(problem["line"]), int(problem.get("column") or 1)
    said = _PLACE.sub("", str(problem["detail"])).partition("❱")[0].rpartition(": ")[0]
    lines = text.split("\n")
    words = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    before, rest = words[: column - 1], words[column - 1 :]
    found = _WORD.match(rest)
    wrong = found[0] if found else rest[:1]
    if len(before) > _LONG:
        before = "…" + before[-_LONG:]
    return Refused(
        _("Line %(line)s, column %(column)s") % {"line": line, "column": column},
        said or str(problem["detail"]),
        _("Nothing was run."),
        int(problem["status"]),
        line,
        column,
        before,
        wrong,
        rest[len(wrong) :][:_LONG],
    )
