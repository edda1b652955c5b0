"""What the browser's part of the workbench says, and how kept questions are put in groups."""

from kg_api.site import language

# the kept questions by what they ask about; the template names the groups
GROUPS: dict[str, tuple[str, ...]] = {
    "actors": (
        "actor", "acting-together", "who-with-whom", "agencies-by-pillar", "both-participants",
        "foreign-facility",
    ),
    "undertakings": (
        "commitments", "commitments-dated", "aims", "planned-undated", "status-by-section",
        "what-followed", "money",
    ),
    "instruments": (
        "instruments", "memoranda", "under-instrument", "under-process", "partnership-accord",
        "renewed", "legal-basis",
    ),
    "bodies": ("forums", "institutions-in-body", "standing-in-body"),
    "topics": ("topic", "dated", "relative-dates", "pillars"),
    "checks": ("discrepancies", "other-readings", "misprints", "footnotes-same-title"),
}  # fmt: skip


def texts(lang: str) -> dict[str, str]:
    """The texts of the browser's part, by the names that it uses."""
    _ = language.texts(lang).gettext
    return {
        "editor": _("Query"),
        "help": _("Ctrl+Enter runs, Ctrl+Space completes, Tab leaves the field"),
        "cancel": _("Cancel"),
        "running": _("Running"),
        "cancelled": _("Cancelled. The service has stopped the query; nothing is shown."),
        "share": _("Share"),
        "code": _("Code"),
        "tabs": _("Queries of this browser"),
        "tab": _("Query"),
        "new": _("New query"),
        "close": _("Close “%(name)s”"),
        "kept": _("Kept in this browser only"),
        "views": _("Views of the result"),
        "table": _("Table"),
        "chart": _("Chart"),
        "timeline": _("Timeline"),
        "network": _("Network"),
        "raw": _("Raw"),
        "complete": _("%(count)s rows, complete, in %(time)s."),
        "shown": _("%(count)s rows, complete, in %(time)s. Rows %(first)s to %(last)s are shown."),
        "matching": _("%(count)s of %(total)s rows have “%(text)s”."),
        "triples": _("%(count)s statements, complete, in %(time)s."),
        "truncated": _("Cut at %(count)s by limit=: the whole result has more."),
        "filter": _("Only rows with"),
        "sort": _("Sort by %(name)s"),
        "copy": _("Copy"),
        "copied": _("Copied"),
        "copy_table": _("Copy the table"),
        "export": _("Take away"),
        "none": _("no value"),
        "empty": _("No rows"),
        "empty_said": _(
            "The query ran to its end and nothing matches it. A name may be written differently, "
            "or the source may not say it. It does not follow that it is not so."
        ),
        "yes": _("Yes"),
        "yes_said": _("The graph has what the query describes."),
        "no": _("No"),
        "no_said": _(
            "The graph does not have what the query describes. It does not follow that it is not "
            "so."
        ),
        "before": _("Rows before"),
        "after": _("Rows after"),
        "place": _("Line %(line)s, column %(column)s"),
        "line": _("The line with the error"),
        "nothing_run": _("Nothing was run."),
        "too_large": _("The result is larger than is given at once"),
        "timeout": _("Stopped at the time limit"),
        "memory": _("Stopped at the limit of memory"),
        "busy": _("Busy: the query was not started"),
        "refused": _("The query cannot be run"),
        "reads": _("This endpoint only reads, and calls no other"),
        "offline": _("The service cannot be reached"),
        "whole": _("A part of an answer is never shown as the whole."),
        "narrow": _("Ask for less: narrow the pattern, or add a LIMIT. Or take the data away."),
        "again": _("Your text is kept. Run it again in a few seconds."),
        "add_limit": _("Run with LIMIT 1000"),
        "downloads": _("Downloads of the whole data"),
        "address": _("Address of this query"),
        "address_said": _("Opens the workbench with this query and its answer."),
        "too_long": _("This query is too long for an address: share its text instead."),
        "embed": _("Embed"),
        "embed_said": _("For a page of your own, where this site lets itself be embedded."),
        "code_said": _("The same query from a program. Nothing else is needed than what it names."),
        "axis_x": _("Across"),
        "axis_y": _("Up"),
        "by": _("Apart by"),
        "mark": _("Drawn as"),
        "bars": _("Bars"),
        "lines": _("Lines"),
        "points": _("Points"),
        "nothing_apart": _("nothing"),
        "no_chart": _("A chart needs a column of numbers: count something, for example."),
        "no_timeline": _("A time line needs a column of dates."),
        "no_network": _(
            "A network needs two columns of things, or a graph as CONSTRUCT makes one."
        ),
        "no_map": _("There is no map: the graph has no coordinates. The table is shown instead."),
        "no_view": _("There is no view “%(name)s”. The table is shown instead."),
        "too_many": _("The first %(count)s are drawn; the table has them all."),
        "chart_said": _("%(value)s by %(name)s"),
        "chart_caution": _("Counts what the query counts, in what the sources say."),
        "nodes": _("%(nodes)s things, %(edges)s ties"),
        "network_said": _(
            "A tie means that a row or a statement names both ends. Place and distance mean "
            "nothing."
        ),
        "begin": _("Put values in"),
        "parameters": _("Its parameters"),
        "class": _("class"),
        "property": _("property"),
        "concept": _("concept"),
        "prefix": _("prefix"),
        "keyword": _("keyword"),
        "variable": _("variable"),
    }
