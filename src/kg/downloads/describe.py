"""What catalogues are told of the releases: DCAT 3 (as DCAT-AP 3 wants it), VoID, PROV, examples.

Names are IRIs of the project, whichever host answers; addresses are those of the service that is
asked, which `address` makes of a path.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyoxigraph as ox

from kg import formats, sources
from kg import manifest as manifests
from kg.downloads.index import Entry, Release, by_part
from kg.downloads.parts import SHAPES_PART
from kg.manifest import SNAPSHOT
from kg.names import BASE, PREFIXES, expand

Address = Callable[[str], str]

CATALOGUE, SERVICE, MAINTAINERS = BASE + "catalogue", BASE + "sparql", BASE + "maintainers"
# the dataset, of which each release is a version
DATASET = BASE
NAME = "Comity maintainers"

_SPDX = "http://spdx.org/rdf/terms#"
_EU = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"
_FORMATS = "http://www.w3.org/ns/formats/"
_STANDARDS = {
    "https://www.w3.org/TR/owl2-overview/": "OWL 2",
    "https://www.w3.org/TR/skos-reference/": "SKOS",
    sources.ONTOLOGY_IRI: "Comity ontology",
}
_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"
# the file types of the EU's authority table; it has none for Parquet
_FILE_TYPES = {
    "ttl": "RDF_TURTLE", "nt": "RDF_N_TRIPLES", "rdf": "RDF_XML", "jsonld": "JSON_LD",
    "nq": "RDF_N_QUADS", "trig": "RDF_TRIG", "csv": "CSV", "xlsx": "XLSX",
}  # fmt: skip
_W3C = {
    "ttl": "Turtle", "nt": "N-Triples", "rdf": "RDF_XML", "jsonld": "JSON-LD", "nq": "N-Quads",
    "trig": "TriG",
}  # fmt: skip
_COMPRESSED = {"gzip": "application/gzip", "zstd": "application/zstd"}
_KEYWORDS = (
    "international cooperation", "digital policy", "bilateral agreements", "knowledge graph",
    "linked data", "Japan", "United Kingdom",
)  # fmt: skip


class _Said:
    """Triples as they are said."""

    def __init__(self) -> None:
        self.triples: list[ox.Triple] = []

    def __call__(self, subject: str, **said: Any) -> None:
        """State properties of a subject: `dct_title="…"`; several values in a list.

        Text that begins with `<` is an IRI, or a CURIE if it has no `//`; the rest are literals.
        """
        for name, given in said.items():
            predicate = ox.NamedNode(expand(name.replace("_", ":", 1)))
            for value in given if isinstance(given, list) else [given]:
                self.triples.append(ox.Triple(ox.NamedNode(subject), predicate, _term(value)))

    def spdx(self, subject: str, name: str, value: ox.NamedNode | ox.Literal) -> None:
        """State a property of SPDX, for which the project has no prefix."""
        self.triples.append(ox.Triple(ox.NamedNode(subject), ox.NamedNode(_SPDX + name), value))


def _term(value: Any) -> ox.NamedNode | ox.Literal:
    if isinstance(value, ox.NamedNode | ox.Literal):
        return value
    if isinstance(value, str) and value.startswith("<"):
        inner = value[1:-1]
        return ox.NamedNode(inner if "//" in inner else expand(inner))
    return ox.Literal(value)


def _typed(value: object, kind: str) -> ox.Literal:
    return ox.Literal(str(value), datatype=ox.NamedNode(PREFIXES["xsd"] + kind))


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _release_iri(release: Release) -> str:
    return SNAPSHOT + release.digest


def _part_iri(release: Release, part: str) -> str:
    """The release for its whole; a fragment of it for a part, as its manifest names them."""
    fragment = part.removeprefix("comity-")
    return _release_iri(release) + ("" if fragment == "comity" else f"#{fragment}")


def _agents(say: _Said) -> None:
    """Who publishes: an organisation, for no person is named."""
    say(
        MAINTAINERS,
        rdf_type=["<foaf:Agent>", "<foaf:Organization>"],
        foaf_name=_english(NAME),
    )


def _common(say: _Said, subject: str, release: Release, first: Release | None = None) -> None:
    """What every dataset of a release has; one of several releases was issued with the first."""
    say(
        subject,
        rdf_type="<dcat:Dataset>",
        dct_publisher=f"<{MAINTAINERS}>",
        dct_license=f"<{release.manifest['licence']}>",
        dct_issued=_typed((first or release).made, "dateTime"),
        dct_modified=_typed(release.made, "dateTime"),
        dct_language=[f"<{_EU}language/ENG>", f"<{_EU}language/JPN>"],
        dct_accessRights=f"<{_EU}access-right/PUBLIC>",
        dct_conformsTo=[f"<{iri}>" for iri in _STANDARDS],
        dcat_theme=[f"<{_EU}data-theme/GOVE>", f"<{_EU}data-theme/INTR>"],
        dcat_version=str(release.manifest["version"]),
    )


def _known(say: _Said, release: Release) -> None:
    """What the things that others have named are, for shapes that ask for their class."""
    for iri, title in _STANDARDS.items():
        say(iri, rdf_type="<dct:Standard>", dct_title=title)
    say(_PROTOCOL, rdf_type="<dct:Standard>", dct_title="SPARQL 1.1 Protocol")
    say(str(release.manifest["licence"]), rdf_type="<dct:LicenseDocument>")
    for name in ("ENG", "JPN"):
        say(f"{_EU}language/{name}", rdf_type="<dct:LinguisticSystem>")
    say(f"{_EU}access-right/PUBLIC", rdf_type="<dct:RightsStatement>")
    say(f"{_EU}frequency/IRREG", rdf_type="<dct:Frequency>")
    scheme = f"{_EU}data-theme"
    say(scheme, rdf_type="<skos:ConceptScheme>", dct_title=_english("Data theme"))
    for name, label in (("GOVE", "Government and public sector"), ("INTR", "International issues")):
        theme = f"{_EU}data-theme/{name}"
        say(
            theme,
            rdf_type="<skos:Concept>",
            skos_prefLabel=_english(label),
            skos_inScheme=f"<{scheme}>",
        )


def _distribution(say: _Said, release: Release, entry: Entry, address: Address) -> str:
    """One file, and its name."""
    iri = f"{_release_iri(release)}#file-{entry.path}"
    media_type = _IANA + entry.media_type
    url = address(f"/download/{release.digest}/{entry.path}")
    say(media_type, rdf_type=["<dct:MediaType>", "<dct:MediaTypeOrExtent>"])
    wrapped = f", {entry.encoding}" if entry.encoding else ""
    say(
        iri,
        rdf_type="<dcat:Distribution>",
        dct_title=_english(f"{entry.title} ({entry.path})"),
        dct_description=_english(f"{entry.title} as {entry.format}{wrapped}."),
        dcat_accessURL=f"<{url}>",
        dcat_downloadURL=f"<{url}>",
        dcat_mediaType=f"<{media_type}>",
        dcat_byteSize=_typed(entry.bytes, "nonNegativeInteger"),
        dct_license=f"<{entry.licence}>",
        dct_issued=_typed(release.made, "dateTime"),
        dct_modified=_typed(release.made, "dateTime"),
    )
    say(url, rdf_type="<rdfs:Resource>")
    say.spdx(iri, "checksum", ox.NamedNode(f"{iri}-sha256"))
    say(f"{iri}-sha256", rdf_type=f"<{_SPDX}Checksum>")
    algorithm = ox.NamedNode(_SPDX + "checksumAlgorithm_sha256")
    say(algorithm.value, rdf_type=f"<{_SPDX}ChecksumAlgorithm>")
    say.spdx(f"{iri}-sha256", "algorithm", algorithm)
    say.spdx(f"{iri}-sha256", "checksumValue", _typed(entry.sha256, "hexBinary"))
    if entry.format in _FILE_TYPES:
        kind = f"{_EU}file-type/{_FILE_TYPES[entry.format]}"
        say(kind, rdf_type="<dct:MediaTypeOrExtent>")
        say(iri, dct_format=f"<{kind}>")
    if entry.encoding:
        packed = _IANA + _COMPRESSED[entry.encoding]
        say(packed, rdf_type=["<dct:MediaType>", "<dct:MediaTypeOrExtent>"])
        say(iri, dcat_compressFormat=f"<{packed}>")
    return iri


def _dataset(say: _Said, release: Release, address: Address, whole_only: bool) -> list[str]:
    """A release and its parts, with their files; the names of all of these datasets."""
    own = _release_iri(release)
    found = []
    for part, entries in by_part(release.index.files.values()).items():
        if whole_only and part != "comity":
            continue
        iri = _part_iri(release, part)
        found.append(iri)
        _common(say, iri, release)
        about = release.index.parts[part]
        title = f"Comity, release {release.digest[:12]}" if part == "comity" else about["title"]
        say(
            iri,
            dct_title=_english(title),
            dct_description=_english(about["description"]),
            dct_identifier=f"sha256:{release.digest}{iri.removeprefix(own)}",
            dcat_keyword=[_english(word) for word in _KEYWORDS],
            dcat_landingPage=f"<{address(f'/download/{release.digest}/')}>",
            dcat_distribution=[f"<{_distribution(say, release, e, address)}>" for e in entries],
        )
        say(address(f"/download/{release.digest}/"), rdf_type="<foaf:Document>")
        if part != "comity":
            say(own, dct_hasPart=f"<{iri}>")
            say(iri, dct_isPartOf=f"<{own}>")
    span = release.index.temporal
    if span is not None:
        say(own, dct_temporal=f"<{own}#period>")
        say(
            f"{own}#period",
            rdf_type="<dct:PeriodOfTime>",
            dcat_startDate=_typed(span[0], "date"),
            dcat_endDate=_typed(span[1], "date"),
        )
    return found


def provenance(release: Release) -> list[ox.Triple]:
    """How a release came to be: the build, what it read and with which programs (PROV-O)."""
    say = _Said()
    own, manifest = _release_iri(release), release.manifest
    build = f"{own}#build"
    program = f"{build}-program"
    say(own, rdf_type="<prov:Entity>", prov_wasGeneratedBy=f"<{build}>")
    say(own, prov_wasAttributedTo=f"<{MAINTAINERS}>")
    say(
        build,
        rdf_type="<prov:Activity>",
        rdfs_label=_english("Build of the release, after all checks"),
        prov_endedAtTime=_typed(release.made, "dateTime"),
        prov_wasAssociatedWith=f"<{program}>",
        prov_generated=f"<{own}>",
    )
    tools = ", ".join(f"{name} {version}" for name, version in manifest["tools"].items())
    say(
        program,
        rdf_type=["<prov:Agent>", "<prov:SoftwareAgent>"],
        rdfs_label=_english(f"comity-kg {manifest['version']}, with {tools}"),
        prov_actedOnBehalfOf=f"<{MAINTAINERS}>",
    )
    if manifest["commit"]:
        data = f"{build}-data"
        text = f"Curated data at commit {manifest['commit']}"
        say(data, rdf_type="<prov:Entity>", rdfs_label=_english(text))
        say(build, prov_used=f"<{data}>")
    for one in manifest["sources"]:
        say(one["iri"], rdf_type="<prov:Entity>", dct_title=str(one.get("title", one["iri"])))
        say(own, prov_hadPrimarySource=f"<{one['iri']}>")
    checked = manifest["check"]
    say(
        f"{own}#check",
        rdf_type="<prov:Entity>",
        rdfs_label=_english(f"Check report: {checked['findings']} findings"),
        prov_wasGeneratedBy=f"<{build}>",
    )
    _agents(say)
    return say.triples


def catalogue(
    current: Release, others: Iterable[Release] = (), address: Address = lambda path: path
) -> list[ox.Triple]:
    """The catalogue (DCAT 3): the dataset, its releases, their files, and the SPARQL service.

    Of releases other than the current one only the whole is described; their own index has more.
    """
    say = _Said()
    _agents(say)
    _known(say, current)
    datasets = _dataset(say, current, address, whole_only=False)
    others = [one for one in others if one.digest != current.digest and one.has_index]
    for one in others:
        datasets += _dataset(say, one, address, whole_only=True)
    _versions(say, [current, *others], current)
    say(
        SERVICE,
        rdf_type="<dcat:DataService>",
        dct_title=_english("Comity: SPARQL"),
        dct_description=_english("SPARQL 1.1 over the current release, read-only."),
        dct_publisher=f"<{MAINTAINERS}>",
        dct_license=f"<{current.manifest['licence']}>",
        dct_accessRights=f"<{_EU}access-right/PUBLIC>",
        dct_conformsTo=f"<{_PROTOCOL}>",
        dcat_endpointURL=f"<{address('/sparql')}>",
        dcat_endpointDescription=f"<{address('/sparql')}>",
        dcat_servesDataset=[f"<{_release_iri(current)}>", f"<{DATASET}>"],
    )
    say(
        CATALOGUE,
        rdf_type="<dcat:Catalog>",
        dct_title=_english("Comity: catalogue"),
        dct_description=_english("The releases of Comity, their parts and files."),
        dct_publisher=f"<{MAINTAINERS}>",
        dct_license=f"<{current.manifest['licence']}>",
        dct_language=[f"<{_EU}language/ENG>", f"<{_EU}language/JPN>"],
        dct_modified=_typed(current.made, "dateTime"),
        dcat_themeTaxonomy=f"<{_EU}data-theme>",
        foaf_homepage=f"<{address('/download/')}>",
        dcat_service=f"<{SERVICE}>",
        dcat_dataset=[f"<{iri}>" for iri in (DATASET, *datasets)],
    )
    say(address("/download/"), rdf_type="<foaf:Document>")
    say(address("/sparql"), rdf_type="<rdfs:Resource>")
    return [*say.triples, *provenance(current)]


def _versions(say: _Said, releases: Sequence[Release], current: Release) -> None:
    """The dataset of which the releases are versions, each after the one before it in time."""
    ordered = sorted(releases, key=lambda release: (release.moment, release.digest))
    _common(say, DATASET, current, ordered[0])
    about = current.index.parts["comity"]
    say(
        DATASET,
        dct_title=_english("Comity"),
        dct_description=_english(about["description"]),
        dct_identifier=DATASET,
        dct_accrualPeriodicity=f"<{_EU}frequency/IRREG>",
        dcat_keyword=[_english(word) for word in _KEYWORDS],
        dcat_hasCurrentVersion=f"<{_release_iri(current)}>",
        dcat_hasVersion=[f"<{_release_iri(one)}>" for one in releases],
    )
    before = None
    for one in ordered:
        say(_release_iri(one), dcat_isVersionOf=f"<{DATASET}>", dct_isVersionOf=f"<{DATASET}>")
        if before is not None:
            say(_release_iri(one), dcat_previousVersion=f"<{_release_iri(before)}>")
        before = one


def void(release: Release, address: Address) -> list[ox.Triple]:
    """The release by VoID: counts of its manifest, its endpoint, each part as its dumps count."""
    say = _Said()
    own = _release_iri(release)
    described = address("/.well-known/void")
    say(
        described,
        rdf_type="<void:DatasetDescription>",
        dct_title=_english("Comity: description of the dataset"),
        dct_publisher=f"<{MAINTAINERS}>",
        foaf_primaryTopic=f"<{own}>",
    )
    say(
        own,
        void_sparqlEndpoint=f"<{address('/sparql')}>",
        void_feature=[f"<{_FORMATS}{name}>" for name in _W3C.values()],
        foaf_homepage=f"<{address('/download/')}>",
        dct_isVersionOf=f"<{DATASET}>",
        dct_publisher=f"<{MAINTAINERS}>",
        dct_description=_english(release.index.parts["comity"]["description"]),
        void_exampleResource=[f"<{one['iri']}>" for one in release.manifest["sources"]],
    )
    rdf = (one for one in release.index.files.values() if one.format in _W3C)
    for part, dumps in by_part(rdf).items():
        iri = _part_iri(release, part)
        urls = [address(f"/download/{release.digest}/{one.path}") for one in dumps]
        say(iri, void_dataDump=[f"<{url}>" for url in urls])
        if iri == own:
            continue
        (triples,) = {one.counts["triples"] for one in dumps if "triples" in one.counts}
        title = _english(release.index.parts[part]["title"])
        say(iri, rdf_type="<void:Dataset>", dct_title=title, void_triples=triples)
        # the shapes are published with the dataset, and are not in it
        if part != SHAPES_PART:
            say(own, void_subset=f"<{iri}>")
    return [*manifests.triples(release.manifest), *say.triples, *provenance(release)]


def examples(release: Release, address: Address) -> list[ox.Triple]:
    """The project's questions as SHACL describes executable SPARQL, to be run at the endpoint."""
    say = _Said()
    kinds = {"SELECT": "Select", "CONSTRUCT": "Construct", "ASK": "Ask", "DESCRIBE": "Describe"}
    for one in release.examples:
        name = kinds[one["form"]]
        subject = f"{BASE}queries/{one['name']}"
        say(
            subject,
            rdf_type=["<sh:SPARQLExecutable>", f"<sh:SPARQL{name}Executable>"],
            rdfs_comment=_english(one["summary"] or one["name"]),
            schema_keywords=list(one["keywords"]),
            schema_target=f"<{address('/sparql')}>",
            **{f"sh_{name.lower()}": one["query"]},
        )
        if one["description"]:
            say(subject, dct_description=_english(one["description"]))
    return say.triples


def write(triples: Iterable[ox.Triple], format_: formats.Format) -> bytes:
    """A description in an RDF format; in those with graphs, all in one that has no name."""
    if format_.kind == formats.QUADS:
        quads = [ox.Quad(one.subject, one.predicate, one.object) for one in triples]
        return formats.write(quads, format_)
    return formats.write(triples, format_)
