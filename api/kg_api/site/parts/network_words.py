"""What the network's page calls projections, options and measures, in the reader's language."""

import re

from kg_api.site import language


def projections(lang: str) -> dict[str, str]:
    """The projections."""
    _ = language.texts(lang).gettext
    return {
        "actors": _("Actors named in the same claim"),
        "actions": _("Actors and their actions"),
        "affiliations": _("Actors, instruments, initiatives and events"),
        "topics": _("Actors and topics"),
        "instruments": _("Instruments and what they stand with"),
        "commitments": _("Who undertakes something towards whom"),
        "hierarchy": _("Organisations under their parents"),
    }


def names(lang: str) -> dict[str, str]:
    """The fields of the form."""
    _ = language.texts(lang).gettext
    return {
        "projection": _("Network"), "topic": _("Topic"), "pillar": _("Pillar or section"),
        "type": _("Type of actor"), "role": _("Role"), "status": _("Status"),
        "country": _("Country"), "from": _("From"), "to": _("To"), "level": _("Actors"),
        "groups": _("Groups"), "min_weight": _("Passages at least"), "size": _("Size shows"),
        "colour": _("Colour shows"),
    }  # fmt: skip


def levels(lang: str) -> dict[str, str]:
    """What actors may be folded into."""
    _ = language.texts(lang).gettext
    return {
        "parent": _("folded into their parents"),
        "government": _("folded into governments"),
        "country": _("folded into countries"),
    }


def measures(lang: str) -> dict[str, str]:
    """The measures that sizes may show."""
    _ = language.texts(lang).gettext
    return {
        "degree": _("number of neighbours"), "weighted_degree": _("passages of all ties"),
        "betweenness": _("betweenness"), "closeness": _("closeness"), "pagerank": "PageRank",
        "clustering": _("clustering"), "core": _("core number"),
    }  # fmt: skip


def undated(said: str, lang: str) -> str:
    """What became of claims without a date, where a window was asked for."""
    found = re.match(r"(\d+) claims without a date: (kept|left out)", said)
    if found is None:
        return ""
    texts = language.texts(lang)
    count = int(found[1])
    if found[2] == "kept":
        return texts.ngettext(
            "%(count)s claim without a date is kept.",
            "%(count)s claims without a date are kept.",
            count,
        ) % {"count": count}
    return texts.ngettext(
        "%(count)s claim without a date is left out.",
        "%(count)s claims without a date are left out.",
        count,
    ) % {"count": count}
