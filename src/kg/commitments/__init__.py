"""What was undertaken: each commitment as worded, and what later sources say of it.

Nothing here says more than the sources: a status is the participants' own account on the day of a
source, modalities are grouped by wording and not ranked, and what no source speaks of again is not
followed up *in the sources held*.
"""

from kg.commitments.find import commitments, triples
from kg.commitments.following import FollowUp, LaterReport, StatusReport
from kg.commitments.listing import GROUPS, SORTS, Commitment, Listing

__all__ = [
    "GROUPS",
    "SORTS",
    "Commitment",
    "FollowUp",
    "LaterReport",
    "Listing",
    "StatusReport",
    "commitments",
    "triples",
]
