"""What the network's picture says in the browser, in the reader's language."""

from collections.abc import Callable
from typing import Any

from kg_api.site import language
from kg_api.site.parts import network_words


def settings(lang: str) -> dict[str, Any]:
    """Texts for the script; what counts has a form for one beside that for several."""
    texts = language.texts(lang)
    _, ngettext = texts.gettext, texts.ngettext
    found = {
        "picture": _("Picture of the network: %(title)s"),
        "keys": _(
            "Arrow keys move the picture, + and − bring it nearer or farther, 0 shows the whole. "
            "Delete hides what is selected, Escape selects nothing, Enter goes to its evidence. "
            "Every node is in the list below the picture."
        ),
        "search": _("Search in the picture"), "none_found": _("No node has such a name."),
        "closer": _("Nearer"), "farther": _("Farther"), "whole": _("Whole picture"),
        "undo": _("Undo"), "redo": _("Redo"),
        "png": _("Save what is seen as PNG"), "svg": _("Save what is seen as SVG"),
        "time": _("Dates of ties"), "since": _("From"), "until": _("To"),
        "undated": _("with ties without a date"),
        "hide": _("Hide"), "pin": _("Hold in place"), "unpin": _("Let go"),
        "expand": _("Add what it is tied to"),
        "evidence": _("Evidence"),
        "choose": _(
            "Choose a node in the picture, or a tie in the list: the words that it rests on stand "
            "here."
        ),
        "unselect": _("Clear selection"), "page": _("Its page"), "and": _(" and "),
        "reference": _("reference"), "derived": _("derived"),
        "measured": _("%(measure)s: %(value)s"),
        "failed": _("The service gave no answer; the picture stays as it was."),
        "shown": _("Selected: %(name)s"),
        "size_shows": _("Size shows %(measure)s."),
        "communities": _("Communities were found by a method (Leiden), not named by the source."),
        "community": _("community %(number)s"),
        "few": _("Fewer than 30 nodes: ranks mean little."),
    }  # fmt: skip
    counted: dict[str, Callable[[int], str]] = {
        "found": lambda n: ngettext("%(count)s node found", "%(count)s nodes found", n),
        "all": lambda n: ngettext("%(count)s node by name", "All %(count)s nodes by name", n),
        "hidden": lambda n: ngettext("%(count)s node is hidden.", "%(count)s nodes are hidden.", n),
        "unhide": lambda n: ngettext(
            "Show %(count)s hidden node", "Show %(count)s hidden nodes", n
        ),
        "ties": lambda n: ngettext(
            "%(count)s tie in this picture.", "%(count)s ties in this picture.", n
        ),
        "passages": lambda n: ngettext(
            "%(count)s passage states it.", "%(count)s passages state it.", n
        ),
        "references": lambda n: ngettext(
            "%(count)s reference states it.", "%(count)s references state it.", n
        ),
    }
    for name, form in counted.items():
        found |= {name: form(2), f"{name}_one": form(1)}
    return {"lang": lang, "measures": network_words.measures(lang), "texts": found}
