"""What is asked: label lookups, and a mix of eight shapes of query, over keys of a scaled graph.

Every request of an uncached run is a query of its own: it has a number that does not come back, as
a LIMIT that cuts nothing, or in a pattern. The words are the same for all servers.
"""

import random
from collections.abc import Callable, Sequence
from urllib.parse import quote

COMITY = "https://w3id.org/comity/ontology#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
Keys = dict[str, list[str]]
# where the number goes, which is above what any query here finds
NUMBER = "NUMBER"
LEAST_NUMBER = 1_000_000
WORDS = ("data", "online", "secur", "Partner", "tele", "semi", "stand", "digital", "AI", "coop")


def lookup(keys: Keys, chance: random.Random) -> str:
    """The names of one thing."""
    thing = chance.choice(keys["named"])
    return f"SELECT ?label WHERE {{ <{thing}> <{SKOS}prefLabel> ?label }}"


def describe(keys: Keys, chance: random.Random) -> str:
    """All that is said of one claim."""
    return f"SELECT ?p ?o WHERE {{ <{chance.choice(keys['claims'])}> ?p ?o }}"


def join(keys: Keys, chance: random.Random) -> str:
    """A join of five patterns: what an actor does, in which section."""
    actor = chance.choice(keys["actors"])
    return (
        f"SELECT ?claim ?act ?label WHERE {{ ?claim <{COMITY}actor> <{actor}> ;"
        f" <{COMITY}act> ?act ; <{COMITY}passage> ?passage ."
        f" ?passage <{COMITY}section> ?section . ?section <{SKOS}prefLabel> ?label }}"
    )


def optional(keys: Keys, chance: random.Random) -> str:
    """OPTIONAL and languages: what a passage's claims are about, in English and in Japanese."""
    passage = chance.choice(keys["passages"])
    return (
        f"SELECT ?claim ?o ?en ?ja WHERE {{ ?claim <{COMITY}passage> <{passage}> ;"
        f" <{COMITY}object> ?o ."
        f' OPTIONAL {{ ?o <{SKOS}prefLabel> ?en FILTER(LANG(?en) = "en") }}'
        f' OPTIONAL {{ ?o <{SKOS}prefLabel> ?ja FILTER(LANG(?ja) = "ja") }} }}'
    )


def path(keys: Keys, chance: random.Random) -> str:
    """A property path: the topics of a passage and those above them."""
    passage = chance.choice(keys["passages"])
    return (
        f"SELECT DISTINCT ?topic WHERE {{ <{passage}>"
        f" ^<{COMITY}passage>/<{COMITY}topic>/<{SKOS}broader>* ?topic }}"
    )


def aggregate(keys: Keys, chance: random.Random) -> str:
    """An aggregate: claims by topic of one source."""
    source = chance.choice(keys["sources"])
    return (
        f"SELECT ?topic (COUNT(?claim) AS ?n) WHERE {{ ?passage <{DCT}isPartOf> <{source}> ."
        f" ?claim <{COMITY}passage> ?passage ; <{COMITY}topic> ?topic }} GROUP BY ?topic"
    )


def graph(keys: Keys, chance: random.Random) -> str:
    """GRAPH ?g: the passages that say what an actor does."""
    actor = chance.choice(keys["actors"])
    return (
        f"SELECT ?g ?claim WHERE {{ GRAPH ?g {{ ?claim <{COMITY}actor> <{actor}> }}"
        f" ?g <{RDF}type> <{COMITY}Passage> }}"
    )


def search(keys: Keys, chance: random.Random) -> str:
    """FILTER, regex and ORDER BY: claims of a source whose words match."""
    source, word = chance.choice(keys["sources"]), chance.choice(WORDS)
    return (
        f"SELECT ?claim ?quote WHERE {{ ?passage <{DCT}isPartOf> <{source}> ."
        f" ?claim <{COMITY}passage> ?passage ; <{COMITY}quote> ?quote"
        f' FILTER(REGEX(?quote, "{word}|zq{NUMBER}", "i")) }} ORDER BY ?quote ?claim LIMIT 999'
    )


Shape = Callable[[Keys, random.Random], str]
MIX: dict[str, Shape] = {
    one.__name__: one for one in (lookup, describe, join, optional, path, aggregate, graph, search)
}


def draw(shapes: Sequence[Shape], keys: Keys, quantity: int, seed: int) -> list[str]:
    """So many queries, the shapes in turn, without their numbers."""
    chance = random.Random(seed)  # noqa: S311 - a sample
    found = [shapes[index % len(shapes)](keys, chance) for index in range(quantity)]
    return [one if NUMBER in one else f"{one} LIMIT {NUMBER}" for one in found]


def numbered(query: str, number: int) -> str:
    """The query with its number."""
    return query.replace(NUMBER, str(number))


def target(address: str, query: str) -> str:
    """The path and query string that ask it."""
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}query={quote(query, safe='')}"
