"""Names of downloaded files: what they hold, and in short what was asked for."""

from collections.abc import Iterable

from kg.errors import UsageError
from kg.names import slug

MOST = 80


def name(what: str, asked: Iterable[str], suffix: str) -> str:
    """The name of a file, of letters that any header and any file system take.

    Values are of a filter: a word, a CURIE or an IRI. One without a Latin letter is left out, for
    a name need not say everything; a name too long ends at a whole word.

    >>> name("comity-commitments", ["topic:semiconductors", "METI"], "docx")
    'comity-commitments-semiconductors-meti.docx'
    >>> name("network-actors", ["総務省", "https://w3id.org/comity/topic/open-ran"], "gexf")
    'network-actors-open-ran.gexf'
    """
    room = MOST - len(suffix) - 1
    whole = what
    for value in asked:
        last = value.strip("<>/ ").rpartition("/")[2] if "://" in value else value
        try:
            words = slug(last.partition(":")[2] or last).split("-")
        except UsageError:
            continue
        for word in words:
            if len(whole) + 1 + len(word) > room:
                return f"{whole}.{suffix}"
            whole += f"-{word}"
    return f"{whole}.{suffix}"
