"""A few claims as a snapshot, for tests of networks: names are letters, passages have letters."""

from pathlib import Path

import pyoxigraph as ox

from kg import network, sources
from kg.engine import Local
from kg.network import facts
from kg.snapshot import Snapshot

ROOT = Path(__file__).resolve().parent.parent
ACTOR = "https://w3id.org/comity/id/actor/"
SOURCE = "https://w3id.org/comity/source/x-2024/"
TEXTS = facts.texts(ROOT)
HEAD = """\
@prefix act: <https://w3id.org/comity/id/act/> .
@prefix actor: <https://w3id.org/comity/id/actor/> .
@prefix comity: <https://w3id.org/comity/ontology#> .
@prefix date: <https://w3id.org/comity/id/date/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix instrument: <https://w3id.org/comity/id/instrument/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix role: <https://w3id.org/comity/id/role/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix status: <https://w3id.org/comity/id/status/> .
@prefix topic: <https://w3id.org/comity/topic/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ONTOLOGY = """\
GRAPH <https://w3id.org/comity/ontology> {
  comity:Ministry rdfs:subClassOf comity:Actor . comity:Group rdfs:subClassOf comity:Actor .
  comity:Country rdfs:subClassOf comity:Actor . comity:Forum rdfs:subClassOf comity:Actor .
  comity:Government rdfs:subClassOf comity:Actor .
}
GRAPH <https://w3id.org/comity/id/scheme/topics> {
  topic:narrow skos:broader topic:wide ; skos:prefLabel "Narrow"@en .
  topic:wide skos:prefLabel "Wide"@en .
}
GRAPH <https://w3id.org/comity/graph/derived/bounds> {
  date:2023-02 comity:earliest "2023-02-01"^^xsd:date ; comity:latest "2023-02-28"^^xsd:date .
  date:2024 comity:earliest "2024-01-01"^^xsd:date ; comity:latest "2024-12-31"^^xsd:date .
}
"""


# what formats trip over: markup, formulas, quotes, controls, other scripts
NASTY = (
    "=HYPERLINK(1)", "+1", "-1", "@x", '"quoted" <b> & \\" \\n', "a\x00b\x0bc", "デジタル庁",
    "a | b", "line\nbreak", "émigré 🎌", "]]>", "-->",
)  # fmt: skip


def nasty() -> network.Network:
    """A network whose labels are what formats trip over."""
    built = network.project(
        snapshot(*((f"p{i}", action("a", f"b{i}")) for i in range(len(NASTY)))), texts=TEXTS
    )
    for i, label in enumerate(NASTY):
        built.nodes[f"{ACTOR}b{i}"]["label"] = label
        built.edges[f"{ACTOR}a", f"{ACTOR}b{i}"]["topics"] = label
    return built


def snapshot(*claims: tuple[str, str], reference: str = "", graphs: str = "") -> Snapshot:
    """A snapshot of claims: the letter of a passage and what is said of one claim."""
    written = [HEAD, ONTOLOGY, f"GRAPH <{ACTOR[:-9]}graph/reference/register> {{ {reference} }}"]
    evidence = []
    for number, (passage, said) in enumerate(claims, 1):
        name = f"<{SOURCE}s/{passage}>"
        written.append(
            f"GRAPH {name} {{ {name} a comity:Passage . <{SOURCE}s/{passage}#claim-{number}> "
            f'comity:sentence {number} ; comity:quote "words {number}" ; {said} . }}'
        )
        evidence.append(
            f'{name} comity:citationLabel "X ({passage})"@en ; comity:section <{SOURCE}s> ; '
            f"dct:isPartOf <{SOURCE[:-1]}> ."
        )
    joined = "\n".join(evidence)
    written.append(f"GRAPH <https://w3id.org/comity/graph/evidence/x-2024> {{ {joined} }}")
    text = "\n".join([*written, graphs])
    quads = list(ox.parse(text, format=ox.RdfFormat.TRIG))
    return Snapshot(Local(sources.load(quads)), "0" * 64, {}, None, ROOT)


def action(*actors: str, counterpart: str = "", more: str = "") -> str:
    """What is said of an action of some actors."""
    who = ", ".join(f"actor:{one}" for one in actors)
    said = "a comity:Action ; comity:act act:consult ; comity:status status:achieved"
    said += f" ; comity:actor {who}"
    if counterpart:
        said += f" ; comity:counterpart actor:{counterpart}"
    return f"{said} ; {more}" if more else said


def participation(*actors: str, in_: str = "forum", role: str = "member") -> str:
    """What is said of a participation of some actors."""
    who = ", ".join(f"actor:{one}" for one in actors)
    said = f"a comity:Participation ; comity:participant {who}"
    return f"{said} ; comity:in actor:{in_} ; comity:role role:{role}"
