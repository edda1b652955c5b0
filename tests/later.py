"""An invented later report of the first source's partnership: what follow-up is tried on.

It brings what the ontology will have with the first such report: `comity:StatusReport`, a claim
about the status of an earlier commitment, which `comity:followsUp` names.
"""

import shutil
from pathlib import Path

import kg
from conftest import PREFIXES, quick_build
from kg.curate import Description, draft, format_file, seal
from kg.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
BASE = "https://w3id.org/comity/"
FIRST = f"{BASE}source/jukdp-2024"
SLUG = "invented-2030"
WORKSHOP = f"{FIRST}/semiconductors/e#hold-workshop"
PROJECT = f"{FIRST}/data/b#launch-project"

ADDRESS = "https://example.org/invented-2030"
TEXT = """\
Invented Later Report

News

(a) The two sides held the invented workshop in April 2029. They have been preparing the invented
workshop since 2028.
"""
PASSAGE = f"""\
<> a comity:Passage .
<#tell-workshop> a comity:StatusReport ; comity:sentence 1 ;
    comity:quote "held the invented workshop" ; comity:followsUp <{WORKSHOP}> ;
    comity:status status:achieved ; comity:date date:2029-04 .
<#tell-again> a comity:StatusReport ; comity:sentence 2 ;
    comity:quote "have been preparing the invented" ; comity:followsUp <{WORKSHOP}> ;
    comity:status status:under-way ; comity:date date:2028 .
"""
LINK = f"""\
document:{SLUG} a comity:Document ; skos:prefLabel "Invented Later Report"@en ;
    comity:laterReportOn source:jukdp-2024 ; comity:date date:2030-02-01 ;
    comity:address "{ADDRESS}"^^xsd:anyURI ; dct:source <{ADDRESS}> .
"""
TERMS = """
comity:StatusReport a owl:Class ; rdfs:subClassOf comity:Claim ; rdfs:label "status report"@en ;
    rdfs:isDefinedBy <https://w3id.org/comity/ontology> .

comity:followsUp a owl:ObjectProperty ; rdfs:label "follows up"@en ;
    comity:nature comity:coded ; rdfs:isDefinedBy <https://w3id.org/comity/ontology> .
"""


def build(folder: Path, linked: bool = True) -> kg.Snapshot:
    """The real project with the later report in it; `linked` to the first source as its later one.

    Without the link nothing says that both are of one partnership.
    """
    project = folder / "project"
    for name in ("ontology", "queries", "data"):
        shutil.copytree(ROOT / name, project / name)
    ontology = project / "ontology" / "comity.ttl"
    ontology.write_text(ontology.read_text("utf-8") + TERMS, "utf-8")
    prefixes = f"""{PREFIXES}\
@prefix document: <{BASE}id/document/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
    text = folder / f"{SLUG}.txt"
    text.write_text(TEXT, "utf-8")
    about = Description("Invented Later Report", "Invented Report 2030", "2030-02-01", ADDRESS)
    draft(project, text, SLUG, about)
    if linked:
        base = f"@base <{BASE}source/{SLUG}/news/a> .\n"
        passage = project / "data" / SLUG / "news" / "a.ttl"
        passage.write_text(base + prefixes + PASSAGE, "utf-8")
        format_file(project, passage)
        base = f"@base <{BASE}graph/reference/example-org> .\n"
        register = project / "data" / "reference" / "example-org.ttl"
        register.write_text(base + prefixes + LINK, "utf-8")
        format_file(project, register)
    seal(project, SLUG, text)
    settings = Settings(project=project, snapshots=folder / "snapshots")
    quick_build(settings)
    return kg.open(settings=settings)
