"""What catalogues and crawlers are told: DCAT, VoID, PROV, and examples that really run.

The assertions on DCAT are what DCAT-AP 3.0's shapes ask of a catalogue such as this one: required
properties, at most one of others, classes and datatypes of values.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, SH, SKOS
from starlette.testclient import TestClient

import kg
from kg import downloads, formats
from kg.downloads import Release, describe
from kg.downloads.index import FOLDER
from kg.formats import BY_NAME
from kg.results import Rows
from kg.settings import Settings

BASE = Namespace("https://w3id.org/comity/")
# rdflib's own lists of the terms of DCAT and PROV lack what DCAT 3 added
DCAT = Namespace("http://www.w3.org/ns/dcat#")
PROV = Namespace("http://www.w3.org/ns/prov#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VOID = Namespace("http://rdfs.org/ns/void#")
SCHEMA = Namespace("http://schema.org/")
PATHS = ("/catalogue", "/.well-known/void", "/.well-known/sparql-examples")
RDF_FORMATS = [one for one in formats.FORMATS if one.kind != formats.ROWS]


def read(client: TestClient, path: str) -> Graph:
    """What a path says, in Turtle."""
    answer = client.get(path, headers={"Accept": "text/turtle"})
    assert answer.status_code == 200
    return Graph().parse(data=answer.content, format="turtle")


@pytest.fixture(scope="module")
def catalogue(client: TestClient) -> Graph:
    """The catalogue of the real project."""
    return read(client, "/catalogue")


@pytest.mark.parametrize("path", PATHS)
def test_every_format(client: TestClient, path: str) -> None:
    """Each RDF format by Accept and by `format=`, with the same triples; pages for browsers."""
    sizes = set()
    for one in RDF_FORMATS:
        answer = client.get(path, headers={"Accept": one.media_type})
        assert answer.headers["content-type"].split(";")[0] == one.media_type
        assert "accept" in answer.headers["vary"].lower()
        named = client.get(f"{path}?format={one.name}", headers={"Accept": "image/png"})
        assert named.content == answer.content
        sizes.add(len(set(ox.parse(answer.content, format=BY_NAME[one.name].rdf))))
        tag = {"If-None-Match": answer.headers["etag"], "Accept": one.media_type}
        assert client.get(path, headers=tag).status_code == 304
    assert len(sizes) == 1
    page = client.get(path, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/download/")
    assert client.get(path).headers["content-type"].startswith("text/turtle")
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


# --- DCAT-AP -------------------------------------------------------------------------------------


REQUIRED = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher),
    DCAT.Dataset: (DCTERMS.title, DCTERMS.description),
    DCAT.Distribution: (DCAT.accessURL,),
    DCAT.DataService: (DCTERMS.title, DCAT.endpointURL),
    FOAF.Agent: (FOAF.name,),
    SPDX.Checksum: (SPDX.algorithm, SPDX.checksumValue),
    DCTERMS.Standard: (DCTERMS.title,),
}
AT_MOST_ONE = {
    DCAT.Catalog: (
        DCTERMS.publisher, DCTERMS.license, DCTERMS.modified, FOAF.homepage, DCTERMS.issued,
    ),
    DCAT.Dataset: (
        DCTERMS.publisher, DCTERMS.issued, DCTERMS.modified, DCTERMS.accessRights,
        DCTERMS.accrualPeriodicity, DCAT.version, PROV.wasGeneratedBy,
    ),
    DCAT.Distribution: (
        DCTERMS.license, DCTERMS.format, DCAT.mediaType, DCAT.byteSize, DCTERMS.issued,
        DCTERMS.modified, DCAT.compressFormat, SPDX.checksum,
    ),
    DCAT.DataService: (DCTERMS.license, DCTERMS.accessRights),
    SPDX.Checksum: (SPDX.algorithm, SPDX.checksumValue),
    DCTERMS.PeriodOfTime: (DCAT.startDate, DCAT.endDate),
}  # fmt: skip
CLASS_OF = {
    DCTERMS.publisher: FOAF.Agent, DCTERMS.license: DCTERMS.LicenseDocument,
    DCTERMS.conformsTo: DCTERMS.Standard, DCTERMS.language: DCTERMS.LinguisticSystem,
    DCTERMS.accessRights: DCTERMS.RightsStatement, DCTERMS.accrualPeriodicity: DCTERMS.Frequency,
    DCTERMS.temporal: DCTERMS.PeriodOfTime, DCTERMS.format: DCTERMS.MediaTypeOrExtent,
    DCAT.mediaType: DCTERMS.MediaType, DCAT.compressFormat: DCTERMS.MediaType,
    DCAT.theme: SKOS.Concept, DCAT.themeTaxonomy: SKOS.ConceptScheme, DCAT.dataset: DCAT.Dataset,
    DCAT.distribution: DCAT.Distribution, DCAT.service: DCAT.DataService,
    DCAT.servesDataset: DCAT.Dataset, DCAT.hasVersion: DCAT.Dataset, SPDX.checksum: SPDX.Checksum,
    SPDX.algorithm: SPDX.ChecksumAlgorithm, DCAT.accessURL: RDFS.Resource,
    DCAT.downloadURL: RDFS.Resource, DCAT.endpointURL: RDFS.Resource,
    PROV.wasGeneratedBy: PROV.Activity, FOAF.homepage: FOAF.Document,
    DCAT.landingPage: FOAF.Document,
}  # fmt: skip
DATATYPE_OF = {
    DCAT.byteSize: XSD.nonNegativeInteger, SPDX.checksumValue: XSD.hexBinary,
    DCTERMS.issued: XSD.dateTime, DCTERMS.modified: XSD.dateTime, DCAT.startDate: XSD.date,
    DCAT.endDate: XSD.date,
}  # fmt: skip


def test_what_is_required_is_there(catalogue: Graph) -> None:
    """No catalogue, dataset, file or service lacks what DCAT-AP wants, nor has too much of it."""
    for kind, properties in REQUIRED.items():
        things = list(catalogue.subjects(RDF.type, kind))
        assert things, kind
        lacking = [(t, p) for t in things for p in properties if (t, p, None) not in catalogue]
        assert lacking == []
    for kind, properties in AT_MOST_ONE.items():
        for thing in catalogue.subjects(RDF.type, kind):
            for property_ in properties:
                assert len(set(catalogue.objects(thing, property_))) <= 1, (thing, property_)


def test_values_are_what_they_should_be(catalogue: Graph) -> None:
    """Each value has the class, or the datatype, that DCAT-AP gives its property."""
    for property_, kind in CLASS_OF.items():
        values = set(catalogue.objects(None, property_))
        assert values, property_
        assert [v for v in values if (v, RDF.type, kind) not in catalogue] == []
    for property_, datatype in DATATYPE_OF.items():
        values = set(catalogue.objects(None, property_))
        assert values, property_
        for value in values:
            assert isinstance(value, Literal)
            assert value.datatype == datatype
    for property_ in (DCTERMS.title, DCTERMS.description, DCAT.keyword, DCTERMS.identifier):
        assert all(isinstance(one, Literal) for one in catalogue.objects(None, property_))


def test_the_catalogue_agrees_with_the_files(
    catalogue: Graph, client: TestClient, real_snapshot: kg.Snapshot
) -> None:
    """One distribution a file, with its size, checksum, media type and an address that has it."""
    index = client.get("/download/", headers={"Accept": "application/json"}).json()
    files = {one["path"]: one for one in index["files"]}
    release = BASE[f"snapshot/{real_snapshot.digest}"]
    found = {}
    for one in catalogue.subjects(RDF.type, DCAT.Distribution):
        found[str(one).removeprefix(f"{release}#file-")] = one
    assert set(found) == set(files)
    for path, one in found.items():
        about = files[path]
        assert int(catalogue.value(one, DCAT.byteSize) or 0) == about["bytes"]
        checksum = catalogue.value(one, SPDX.checksum)
        value = catalogue.value(checksum, SPDX.checksumValue)
        assert value is not None
        assert str(value).lower() == about["sha256"]
        assert str(catalogue.value(one, DCAT.mediaType)).endswith(about["media_type"])
        assert str(catalogue.value(one, DCAT.downloadURL)).endswith(about["url"])
        assert ((one, DCAT.compressFormat, None) in catalogue) == bool(about["encoding"])
    assert (BASE["catalogue"], DCAT.dataset, release) in catalogue
    assert (URIRef(BASE), DCAT.hasCurrentVersion, release) in catalogue
    span = catalogue.value(release, DCTERMS.temporal)
    assert str(catalogue.value(span, DCAT.startDate)) == "2022-01-01"


def test_a_dataset_is_issued_with_its_first_release(real: Settings, tmp_path: Path) -> None:
    """It is no younger than any of its versions, and modified when the current one was made."""
    (current,) = downloads.releases(real)
    digest, day = "0" * 64, "2020-01-02T03:04:05+00:00"
    shutil.copytree(current.path / FOLDER, tmp_path / FOLDER)
    before = Release(digest, tmp_path, {**current.manifest, "digest": digest, "made": day})
    said = Graph()
    for triple in describe.catalogue(current, [before], "http://example.org{}".format):
        said.parse(data=f"{triple} .", format="nt")
    dataset = URIRef(BASE)
    assert str(said.value(dataset, DCTERMS.issued)) == day
    assert str(said.value(dataset, DCTERMS.modified)) == current.made
    issued = [said.value(one, DCTERMS.issued) for one in said.objects(dataset, DCAT.hasVersion)]
    assert sorted(map(str, issued)) == [day, current.made]


def test_nobody_is_made_up(catalogue: Graph) -> None:
    """The publisher is an organisation, and no person is named."""
    agents = set(catalogue.subjects(RDF.type, FOAF.Agent))
    assert agents == {BASE["maintainers"]}
    assert str(catalogue.value(BASE["maintainers"], FOAF.name)) == "Comity maintainers"
    assert (None, RDF.type, FOAF.Person) not in catalogue
    assert (None, RDF.type, PROV.Person) not in catalogue


def test_how_it_was_made(client: TestClient, real_snapshot: kg.Snapshot) -> None:
    """Catalogue and VoID name the build: its end, programs, data and sources."""
    release = BASE[f"snapshot/{real_snapshot.digest}"]
    for path in PATHS[:2]:
        said = read(client, path)
        build = said.value(release, PROV.wasGeneratedBy)
        assert (build, RDF.type, PROV.Activity) in said
        assert str(said.value(build, PROV.endedAtTime)).startswith("20")
        program = said.value(build, PROV.wasAssociatedWith)
        assert "pyoxigraph" in str(said.value(program, RDFS.label))
        assert (release, PROV.hadPrimarySource, BASE["source/jukdp-2024"]) in said


# --- VoID ----------------------------------------------------------------------------------------


def test_void(client: TestClient, real_snapshot: kg.Snapshot) -> None:
    """Counts of the release, an endpoint, dumps that are there, and what the document is about."""
    said = read(client, "/.well-known/void")
    release = BASE[f"snapshot/{real_snapshot.digest}"]
    assert (release, RDF.type, VOID.Dataset) in said
    counts = real_snapshot.manifest["counts"]
    assert int(said.value(release, VOID.triples) or 0) == counts["triples"]
    (document,) = said.subjects(RDF.type, VOID.DatasetDescription)
    assert str(document).endswith("/.well-known/void")
    assert said.value(document, FOAF.primaryTopic) == release
    assert str(said.value(release, VOID.sparqlEndpoint)).endswith("/sparql")
    dumps = [str(one) for one in said.objects(release, VOID.dataDump)]
    assert len(dumps) == 18
    for dump in dumps:
        assert client.head(dump).status_code == 200
    subsets = {str(one).rpartition("#")[2] for one in said.objects(release, VOID.subset)}
    assert {"reported", "evidence", "reference", "derived"} <= subsets
    for name in ("reported", "derived"):
        assert len(set(said.objects(URIRef(f"{release}#{name}"), VOID.dataDump))) == 18


def test_void_counts_what_its_dumps_hold(client: TestClient) -> None:
    """Whoever loads a dump finds as many triples as stand beside it: of the whole and each part."""
    said = read(client, "/.well-known/void")
    counted = {}
    for part, dump in said.subject_objects(VOID.dataDump):
        if not str(dump).endswith(".nt"):
            continue
        loaded = set(ox.parse(client.get(str(dump)).content, format=ox.RdfFormat.N_TRIPLES))
        assert [int(one) for one in said.objects(part, VOID.triples)] == [len(loaded)], part
        assert (part, RDF.type, VOID.Dataset) in said
        counted[str(part).partition("#")[2]] = len(loaded)
    assert counted.keys() >= {"", "reported", "evidence", "reference", "derived", "ontology"}
    subsets = {str(one).partition("#")[2] for one in said.objects(None, VOID.subset)}
    # the shapes are published with the dataset, and are not in it
    assert subsets == counted.keys() - {"", "shapes"}


# --- SPARQL examples -----------------------------------------------------------------------------


def described_queries(said: Graph) -> Iterator[tuple[str, str]]:
    """Name and text of every example."""
    for one in said.subjects(RDF.type, SH.SPARQLExecutable):
        texts = [
            text for form in (SH.select, SH.construct, SH.ask) for text in said.objects(one, form)
        ]
        assert len(texts) == 1
        yield str(one).removeprefix(f"{BASE}queries/"), str(texts[0])


def test_examples_answer_as_the_named_queries_do(
    client: TestClient, real_snapshot: kg.Snapshot
) -> None:
    """Every question is there, with its prefixes and values: any engine answers it alike."""
    said = read(client, "/.well-known/sparql-examples")
    examples = dict(described_queries(said))
    assert real_snapshot.project is not None
    names = {path.stem for path in (real_snapshot.project / "queries").glob("*.rq")}
    assert set(examples) == names
    for name, text in examples.items():
        # straight to the engine: no prefix and no parameter comes from us
        answer = real_snapshot.store.query(text)
        assert isinstance(answer, ox.QuerySolutions)
        wanted = real_snapshot.query(name)
        assert isinstance(wanted, Rows)
        variables = [variable.value for variable in answer.variables]
        rows = [tuple(row[variable] for variable in variables) for row in answer]
        assert (tuple(variables), rows) == (wanted.variables, list(wanted.rows)), name
        assert rows, name


def test_examples_say_what_they_ask(client: TestClient) -> None:
    """Each has a comment, keywords, the class of its form, and where to run it."""
    said = read(client, "/.well-known/sparql-examples")
    for one in said.subjects(RDF.type, SH.SPARQLExecutable):
        assert said.value(one, RDFS.comment)
        assert list(said.objects(one, SCHEMA.keywords))
        assert str(said.value(one, SCHEMA.target)).endswith("/sparql")
        form = "Select" if (one, SH.select, None) in said else "Construct"
        assert (one, RDF.type, SH[f"SPARQL{form}Executable"]) in said


def test_addresses_are_those_that_were_asked(client: TestClient) -> None:
    """Names are ours whichever host answers; addresses are of the host that is asked."""
    answer = client.get("/catalogue", headers={"Host": "data.example:8443"})
    urls = set(re.findall(r"<(https?://[^>]*?/download/[^>]*)>", answer.text))
    assert urls
    assert all(url.startswith("http://data.example:8443/download/") for url in urls)
    odd = client.get("/catalogue", headers={"Host": "no host>"})
    assert odd.status_code == 400 or b"no host" not in odd.content
