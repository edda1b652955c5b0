"""How nodes look: colours by family, sizes by weight."""

from math import sqrt

from kg.network.graph import Network

# Okabe and Ito's colours, which people with any colour vision tell apart
COLOURS = {
    "actor": "#0072B2", "instrument": "#D55E00", "initiative": "#009E73", "event": "#CC79A7",
    "document": "#E69F00", "topic": "#56B4E9", "action": "#8C8C8C", "participation": "#B3A400",
    "other": "#7A7A7A",
}  # fmt: skip
# in black and white, families are told apart by shape and shade
SHADES = {
    "actor": "#ffffff", "instrument": "#333333", "initiative": "#777777", "event": "#aaaaaa",
    "document": "#cccccc", "topic": "#555555", "action": "#e6e6e6", "participation": "#999999",
    "other": "#dddddd",
}  # fmt: skip


def colour(family: str, theme: str) -> str:
    """The colour of a family of nodes."""
    table = SHADES if theme == "print" else COLOURS
    return table.get(family, table["other"])


def rgb(colour_: str) -> tuple[int, int, int]:
    """A colour as three numbers.

    >>> rgb("#0072B2")
    (0, 114, 178)
    """
    return int(colour_[1:3], 16), int(colour_[3:5], 16), int(colour_[5:7], 16)


def sizes(network: Network) -> dict[str, float]:
    """The radius of each node: its area grows with the weight of its edges."""
    return {
        iri: round(6 + 3 * sqrt(min(float(weight), 400.0)), 1)
        for iri, weight in network.degree(weight="weight")
    }
