"""Which part of a name or quote a search has found, so that a page can mark it."""

from dataclasses import dataclass

from kg.search.folding import is_unspaced, runs


@dataclass(frozen=True)
class Piece:
    """A part of a text: found or not."""

    text: str
    found: bool = False


def pieces(text: str, query: str) -> tuple[Piece, ...]:
    """A text in parts, those marked that words of the query begin or are.

    Compared as the index compares: width, case, accents and kana make no difference.

    >>> [(one.text, one.found) for one in pieces("Open RAN Principles", "open-ran")]
    [('Open', True), (' ', False), ('RAN', True), (' Principles', False)]
    >>> [(one.text, one.found) for one in pieces("総務省（MIC）", "総務 ＭＩＣ")]
    [('総務', True), ('省（', False), ('MIC', True), ('）', False)]
    """
    folded, places, begins = [], [], []
    before = " "
    for place, sign in enumerate(text):
        for one in "".join(runs(sign)):
            folded.append(one)
            places.append(place)
            begins.append(not before.isalnum() or is_unspaced(one))
        before = sign
    whole = "".join(folded)
    marked = [False] * len(text)
    for run in runs(query):
        at = whole.find(run)
        while at >= 0:
            if begins[at]:
                # with what stands between the signs: the points of an acronym
                for place in range(places[at], places[at + len(run) - 1] + 1):
                    marked[place] = True
            at = whole.find(run, at + 1)
    found: list[Piece] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marked[place] != marked[start]:
            found.append(Piece(text[start:place], marked[start]))
            start = place
    return tuple(found)
