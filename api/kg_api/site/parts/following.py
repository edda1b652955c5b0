"""What the sources held say of a commitment since, in the language of a page."""

from kg.commitments import Listing
from kg.commitments.following import OPEN, UNMENTIONED, FollowUp
from kg_api.site import language


def followed(one: FollowUp, listing: Listing, lang: str) -> str:
    """What is said of a commitment since: as the library words it, in the page's language."""
    _ = language.texts(lang).gettext
    if lang == "en":
        return one.said
    separator = "、"
    if one.kind == OPEN:
        periods = [its.period for its in listing.sources if its.period is not None]
        latest = max((its.edtf for its in periods), default="")
        shown = language.when(latest, lang) if latest else _("undated")
        return _("not followed up in the sources held (latest: %(date)s)") % {"date": shown}
    if one.kind == UNMENTIONED:
        names = [part.removeprefix("not mentioned in ") for part in one.said.split("; ")]
        return _("not mentioned in %(sources)s") % {"sources": separator.join(names)}
    last = one.reports[-1]
    day = language.when(last.period.edtf, lang) if last.period else ""
    told = _("%(status)s, by the account of %(citation)s")
    return told % {"status": last.status.label, "citation": last.citation} + (
        f" ({day})" if day else ""
    )
