"""The kinds of pages, and one of each: what every test of all pages goes through."""

# name, and path without its language
PAGES = {
    "home": "/",
    "actor": "/page/id/actor/meti",
    "group": "/page/id/actor/both-participants-jukdp-2024",
    "instrument": "/page/id/instrument/hiroshima-accord",
    "initiative": "/page/id/initiative/hiroshima-ai-process",
    "event": "/page/id/event/ai-safety-summit",
    "document": "/page/id/document/open-ran-security-report",
    "topic": "/page/topic/semiconductors",
    "term": "/page/ontology",
    "scheme": "/page/id/scheme/acts",
    "concept": "/page/id/status/planned",
    "graph": "/page/graph/derived/signed-by",
    "source": "/page/source/jukdp-2024",
    "section": "/page/source/jukdp-2024/semiconductors",
    "passage": "/page/source/jukdp-2024/semiconductors/e",
    "footnote": "/page/source/jukdp-2024/notes/3",
    "list": "/browse/instruments",
    "search": "/search?q=semiconductors",
    "commitments": "/commitments",
    "timeline": "/timeline",
    "network": "/network",
    "pair": "/pair/japan-united-kingdom",
    "quality": "/quality",
    "codebook": "/codebook",
    "about": "/about",
    "data": "/data",
    "changes": "/changes",
    "workbench": "/sparql",
    "queries": "/queries",
    "query": "/queries/actor",
    "api": "/docs",
}
# an address of each state that is more than its page
STATES = {
    "nothing undertaken": "/commitments?topic=semiconductors&bearer=itu",
    "commitments by side": "/commitments?group=side&topic=artificial-intelligence",
    "a result": "/sparql?query=SELECT%20%2A%20%7B%20%3Fs%20a%20%3Fo%20%7D%20LIMIT%205",
    "no such thing": "/page/id/actor/nobody",
    "no such page": "/nowhere",
}
