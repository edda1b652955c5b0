"""Fixtures that several test modules share.

A test that can do with a small project builds it: `small` writes one with two passages, a register
and rules. Only what must hold of the real report opens the real project (`real`), whose snapshot
is built once a session, without the checks, which have tests of their own.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import kg
from kg.build import Built, build
from kg.errors import KgError
from kg.settings import Settings
from kg_api.app import create_app

ROOT = Path(__file__).resolve().parent.parent

PREFIXES = """\
@prefix act: <https://w3id.org/comity/id/act/> .
@prefix actor: <https://w3id.org/comity/id/actor/> .
@prefix comity: <https://w3id.org/comity/ontology#> .
@prefix date: <https://w3id.org/comity/id/date/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix event: <https://w3id.org/comity/id/event/> .
@prefix instrument: <https://w3id.org/comity/id/instrument/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix role: <https://w3id.org/comity/id/role/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix source: <https://w3id.org/comity/source/> .
@prefix status: <https://w3id.org/comity/id/status/> .
"""

ONTOLOGY = """\
comity:Action a owl:Class ; rdfs:label "action"@en, "行為"@ja .
comity:actor a owl:ObjectProperty ; rdfs:label "done by"@en ; comity:nature comity:stated .
comity:act a owl:ObjectProperty ; rdfs:label "act"@en ; comity:nature comity:coded .
"""

REGISTER = """\
actor:aland a comity:Country ; skos:prefLabel "Aland"@en ; comity:country actor:aland .
actor:beland a comity:Country ; skos:prefLabel "Beland"@en, "ベランド"@ja .
actor:mod a comity:Ministry ; skos:prefLabel "Ministry of Data"@en ; skos:altLabel "MOD"@en ;
    comity:parent actor:government .
actor:office a comity:Unit ; skos:prefLabel "データ局"@ja ; comity:parent actor:mod .
actor:government a comity:Government ; skos:prefLabel "Government of Aland"@en ;
    comity:country actor:aland .
actor:forum-a a comity:Forum ; skos:prefLabel "Forum A"@en ; skos:altLabel "Forum"@en .
actor:forum-b a comity:Forum ; skos:prefLabel "Forum B"@en ; skos:altLabel "Forum"@en .
actor:both a comity:Group ; skos:prefLabel "Both sides"@en .
instrument:pact a comity:Instrument ; skos:prefLabel "Pact"@en .
event:summit a comity:Event ; skos:prefLabel "Summit"@en .
"""

FIRST = """\
<> a comity:Passage .

<#sign> a comity:Action ; comity:sentence 1 ; comity:quote "signed the Pact" ;
    comity:act act:sign ; comity:actor actor:mod ; comity:counterpart actor:beland ;
    comity:object instrument:pact ; comity:date date:2024-02 ; comity:status status:achieved .

<#host> a comity:Action ; comity:sentence 2 ; comity:quote "will host a Summit" ;
    comity:act act:host ; comity:actor actor:both ; comity:object event:summit ;
    comity:status status:planned ; comity:otherReading "An aim, no plan."@en .

actor:mod comity:parent actor:government .
"""

SECOND = """\
<> a comity:Passage .

<#host> a comity:Action ; comity:sentence 1 ; comity:quote "hosted the \\"Summit\\"" ;
    comity:act act:host ; comity:actor actor:beland ; comity:object event:summit ;
    comity:date date:2023-33 ; comity:status status:achieved .

actor:mod comity:parent actor:government .
"""

EVIDENCE = """\
source:ab-2024 a comity:Source ; dct:title "A and B: Report"@en ;
    comity:citationLabel "Report 2024"@en ; comity:date date:2024-03-01 .
<data> a comity:Section ; skos:prefLabel "Data"@en ; comity:order 1 .
<data/a> a comity:Passage ; comity:citationLabel "Report 2024, Data (a)"@en ;
    comity:section <data> ; comity:order 1 ; dct:isPartOf source:ab-2024 .
<data/b> a comity:Passage ; comity:citationLabel "Report 2024, Data (b)"@en ;
    comity:section <data> ; comity:order 2 ; dct:isPartOf source:ab-2024 .
<data/a#sign> comity:start 10 ; comity:end 25 .
<data/a#host> comity:start 40 ; comity:end 58 .
"""

QUESTION = """\
#+ summary: What an actor does
#+ parameters:
#+   - {name: actor, type: actor, default: Ministry of Data, description: the actor}
PREFIX comity: <https://w3id.org/comity/ontology#>
SELECT ?claim ?quote WHERE { ?claim comity:actor ?actor ; comity:quote ?quote } ORDER BY ?claim
"""


@dataclass(frozen=True)
class Report:
    """A check report without findings, or with some, to build without the real checks."""

    findings: tuple[str, ...] = ()
    quotes_verified: bool | None = None

    @property
    def conforms(self) -> bool:
        return not self.findings

    def to_json(self) -> str:
        return json.dumps({"conforms": self.conforms}) + "\n"

    def to_turtle(self) -> str:
        return ""

    def quotes_said(self) -> str:
        return "No quotes to verify."

    def lines(self) -> Iterator[str]:
        return iter(self.findings)


def conforming(settings: Settings) -> Report:
    """A check that finds nothing."""
    return Report()


def quick_build(settings: Settings) -> Built:
    """A build without checks."""
    return build(settings, check=conforming)  # type: ignore[arg-type]


def write_project(folder: Path) -> Path:
    """Write the small project into a folder."""
    base = "https://w3id.org/comity/"
    files = {
        "ontology/comity.ttl": PREFIXES + ONTOLOGY,
        "data/ab-2024/data/a.ttl": f"@base <{base}source/ab-2024/data/a> .\n{PREFIXES}{FIRST}",
        "data/ab-2024/data/b.ttl": f"@base <{base}source/ab-2024/data/b> .\n{PREFIXES}{SECOND}",
        "data/ab-2024/evidence.ttl": f"@base <{base}source/ab-2024/> .\n{PREFIXES}{EVIDENCE}",
        "data/reference/register-actor.ttl": (
            f"@base <{base}graph/reference/register-actor> .\n{PREFIXES}{REGISTER}"
        ),
        "queries/what-it-does.rq": QUESTION,
    }
    for rule in sorted((ROOT / "queries" / "rules").glob("*.rq")):
        files[f"queries/rules/{rule.name}"] = rule.read_text("utf-8")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """Settings of a small project, not yet built."""
    project = write_project(tmp_path / "project")
    return Settings(project=project, snapshots=tmp_path / "snapshots")


@pytest.fixture(scope="session")
def small_snapshot(tmp_path_factory: pytest.TempPathFactory) -> kg.Snapshot:
    """The snapshot of the small project: read it, write nothing to it."""
    folder = tmp_path_factory.mktemp("small")
    settings = Settings(project=write_project(folder / "project"), snapshots=folder / "snapshots")
    quick_build(settings)
    return kg.open(settings=settings)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the real project, built without checks."""
    settings = Settings(project=ROOT, snapshots=tmp_path_factory.mktemp("real") / "snapshots")
    quick_build(settings)
    return settings


@pytest.fixture(scope="session")
def real_snapshot(real: Settings) -> kg.Snapshot:
    """The snapshot of the real project."""
    return kg.open(settings=real)


@pytest.fixture(scope="session")
def client(real: Settings, real_snapshot: kg.Snapshot) -> Iterator[TestClient]:
    """A client of the service over the real snapshot; accidents reach it as answers."""
    app = create_app(real, real_snapshot)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def refused() -> Callable[[Callable[[], object]], KgError]:
    """Runs something that must raise a KgError, and gives the error."""

    def run(action: Callable[[], object]) -> KgError:
        with pytest.raises(KgError) as caught:
            action()
        return caught.value

    return run
