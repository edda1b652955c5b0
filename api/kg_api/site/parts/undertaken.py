"""What is said of a list of commitments: in how many sentences they stand, what is among them."""

from collections.abc import Sequence

from kg.commitments import Commitment
from kg_api.site import language

# wordings of what is aimed at or hoped for
HOPES = frozenset({"aim", "look-forward", "with-a-view"})


def told(rows: Sequence[Commitment], lang: str) -> list[str]:
    """In how many sentences they stand, and whether an aim or a hope is among them."""
    if len(rows) < 2:
        return []
    texts = language.texts(lang)
    _ = texts.gettext
    places = {(one.passage, one.action.first("sentence") if one.action else one) for one in rows}
    if len(places) == len(rows):
        said = [_("Each of the commitments stands in a sentence of its own.")]
    else:
        several = texts.ngettext(
            "%(count)s commitments in %(places)s sentence: several can stand in one.",
            "%(count)s commitments in %(places)s sentences: several can stand in one.",
            len(places),
        )
        said = [several % {"count": len(rows), "places": len(places)}]
    hopes = {one.modality.label for one in rows if one.modality.iri.rsplit("/", 1)[-1] in HOPES}
    if hopes:
        named = language.listed(sorted(hopes), lang)
        said.append(
            _("What is worded as an aim or a hope is included (%(wordings)s).")
            % {"wordings": named}
        )
    return said
