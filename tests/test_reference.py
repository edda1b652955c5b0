"""The registers and reference data: names, identifiers, dates and discrepancies."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "data" / "reference"
ENTITIES = ROOT.parent / "shared" / "reference" / "entities.tsv"

BASE = "https://w3id.org/comity/"
COMITY = BASE + "ontology#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
SOURCE = "http://purl.org/dc/terms/source"
IDENTIFIER = "http://www.w3.org/ns/org#identifier"
MATCH = SKOS + "exactMatch"
WIKIDATA = "http://www.wikidata.org/entity/"
ROR = "https://ror.org/"

FAMILIES = {
    "actor": "Actor",
    "instrument": "Instrument",
    "initiative": "Initiative",
    "event": "Event",
    "document": "Document",
}
# names that stand on the cited page, in a form that the table of entities does not list
OTHER_JAPANESE = {"個人情報保護法", "グローバルCBPRフォーラム"}
# a brand's item, two second items in ROR, and ROR's Japanese label of MIC, which names the Minister
DOUBTFUL = {"Q97311741", "Q39760418", "Q40212287", "総務大臣"}

# pyoxigraph is typed by stubs that leave a quad's subject open
Statement = tuple[str, str, ox.NamedNode | ox.Literal]


def read(path: Path) -> list[Statement]:
    """The triples of a Turtle file, subjects and predicates as IRIs."""
    quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)
    return [(quad.subject.value, quad.predicate.value, quad.object) for quad in quads]


def files(pattern: str) -> list[Path]:
    """The reference files of a pattern, of which there must be some."""
    found = sorted(FOLDER.glob(pattern))
    assert found, f"no {pattern} in {FOLDER}"
    return found


REGISTERS = files("register-*.ttl")
PUBLISHERS = [
    path
    for path in files("*.ttl")
    if path not in REGISTERS and path.stem not in ("discrepancies", "links")
]


@pytest.fixture(scope="module")
def registered() -> list[Statement]:
    """Everything that the registers say."""
    return [statement for path in REGISTERS for statement in read(path)]


@pytest.fixture(scope="module")
def published() -> list[Statement]:
    """Everything taken from outside publishers."""
    return [statement for path in PUBLISHERS for statement in read(path)]


@pytest.fixture(scope="module")
def discrepancies() -> list[Statement]:
    """The annotations of the discrepancies."""
    return read(FOLDER / "discrepancies.ttl")


def values(statements: list[Statement], predicate: str) -> Iterator[tuple[str, str]]:
    """Subject and value of every statement with the predicate."""
    return ((s, o.value) for s, p, o in statements if p == predicate)


def labels(statements: list[Statement], kind: str, language: str) -> dict[str, list[str]]:
    """Labels of a kind (pref, alt, hidden) and language, by subject."""
    found: dict[str, list[str]] = defaultdict(list)
    for subject, predicate, value in statements:
        if predicate == f"{SKOS}{kind}Label" and value.language == language:
            found[subject].append(value.value)
    return found


# ---------------------------------------------------------------- registers


def root(term: str, parents: dict[str, str]) -> str:
    """The class at the top of a class's line."""
    while parents.get(term, "").startswith(COMITY):
        term = parents[term]
    return term.removeprefix(COMITY)


def test_one_type_of_the_right_family(registered: list[Statement]) -> None:
    """Every registered thing has one type, of the family that its IRI and its register name."""
    parents = dict(values(read(ROOT / "ontology" / "comity.ttl"), SUBCLASS))
    types = list(values(registered, RDF_TYPE))
    assert {subject for subject, _, _ in registered} == {subject for subject, _ in types}
    twice = [subject for subject, count in Counter(s for s, _ in types).items() if count > 1]
    assert twice == []
    for path in REGISTERS:
        kind = path.stem.removeprefix("register-")
        for subject, term in values(read(path), RDF_TYPE):
            assert subject.startswith(f"{BASE}id/{kind}/"), subject
            assert root(term, parents) == FAMILIES[kind], subject


def test_one_english_name(registered: list[Statement], published: list[Statement]) -> None:
    """Every registered thing has one preferred name in English, and no publisher adds another."""
    english = labels(registered, "pref", "en")
    assert set(english) == {subject for subject, _, _ in registered}
    assert [subject for subject, names in english.items() if len(names) != 1] == []
    assert labels(published, "pref", "en") == {}


def test_a_form_is_one_kind_of_label(
    registered: list[Statement], published: list[Statement]
) -> None:
    """No form is at once preferred, alternative or hidden name of the same thing."""
    seen: Counter[tuple[str, str]] = Counter()
    kinds = {
        (s, p, o.value, o.language)
        for s, p, o in registered + published
        if p.startswith(SKOS) and p.endswith("Label")
    }
    seen.update((subject, f"{value}@{language}") for subject, _, value, language in kinds)
    assert [form for form, count in seen.items() if count > 1] == []


def test_registers_hold_nothing_from_outside(registered: list[Statement]) -> None:
    """Japanese names, dates, identifiers and addresses stand in their publisher's file."""
    outside = {COMITY + "date", COMITY + "address", MATCH, IDENTIFIER, "http://schema.org/url"}
    assert [(s, p) for s, p, _ in registered if p in outside] == []
    texts = [o for _, p, o in registered if isinstance(o, ox.Literal) and p != COMITY + "binding"]
    assert {text.language for text in texts} == {"en"}


def test_what_registers_point_to_is_registered(
    registered: list[Statement], published: list[Statement]
) -> None:
    """No statement of a register or publisher file speaks of a thing that no register names."""
    known = {subject for subject, _, _ in registered}
    things = tuple(f"{BASE}id/{kind}/" for kind in FAMILIES)
    named = {s for s, _, _ in published} | {o.value for _, _, o in registered + published}
    assert {iri for iri in named if iri.startswith(things)} - known == set()


def test_groups_say_whom_they_mean(registered: list[Statement]) -> None:
    """A group has a scope note, and is not expanded into members."""
    groups = {s for s, value in values(registered, RDF_TYPE) if value == COMITY + "Group"}
    assert len(groups) >= 3
    assert groups <= {s for s, _ in values(registered, SKOS + "scopeNote")}
    assert groups.isdisjoint(s for s, _ in values(registered, COMITY + "member"))


# ---------------------------------------------------------------- publishers


@pytest.mark.parametrize("path", PUBLISHERS, ids=lambda path: path.stem)
def test_every_subject_names_its_page(path: Path) -> None:
    """Every subject of a publisher file has a page, one of them at least at that publisher."""
    statements = read(path)
    pages: dict[str, list[str]] = defaultdict(list)
    for subject, page in values(statements, SOURCE):
        pages[subject].append(page)
    for subject in {subject for subject, _, _ in statements}:
        assert pages[subject], f"{subject} has no dct:source"
        hosts = [urlsplit(page).netloc.replace(".", "-") for page in pages[subject]]
        assert any(host.endswith(path.stem) for host in hosts), subject


def test_identifiers_are_well_formed(published: list[Statement]) -> None:
    """Links go to Wikidata items and to ROR records whose check sum holds (ISO 7064, 97-10)."""
    links = [value for _, value in values(published, MATCH)]
    items = [link for link in links if link.startswith(WIKIDATA)]
    records = [link.removeprefix(ROR) for link in links if link.startswith(ROR)]
    assert len(items) + len(records) == len(links)
    assert len(items) >= 20
    assert len(records) >= 15
    assert [link for link in items if not re.fullmatch(WIKIDATA + r"Q[1-9]\d*", link)] == []
    assert [record for record in records if not ror_holds(record)] == []


def ror_holds(record: str) -> bool:
    """Whether a ROR identifier's last two digits check the six before them."""
    if not re.fullmatch(r"0[0-9a-hj-km-np-tv-z]{6}\d\d", record):
        return False
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    number = 0
    for letter in record[1:7]:
        number = number * 32 + alphabet.index(letter)
    return int(record[7:]) == 98 - number * 100 % 97


def test_ror_check_sum_is_not_always_true() -> None:
    """A changed letter or digit breaks the check sum."""
    assert ror_holds("00vs1pz50")
    assert not ror_holds("00vs1pz51")
    assert not ror_holds("00vs1qz50")


def corporate_number_holds(number: str) -> bool:
    """Whether the first digit of a 法人番号 checks the other twelve.

    The sum is that of 法人番号の指定等に関する省令, article 2.
    """
    total = sum(
        int(digit) * (1 if place % 2 else 2)
        for place, digit in enumerate(reversed(number[1:]), start=1)
    )
    return len(number) == 13 and int(number[0]) == 9 - total % 9


def test_corporate_numbers_check(published: list[Statement]) -> None:
    """Every 法人番号 has the check digit that its other twelve digits ask for."""
    numbers = [
        o.value
        for _, p, o in published
        if p == IDENTIFIER and o.datatype.value == COMITY + "CorporateNumber"
    ]
    assert len(numbers) == len(set(numbers)) >= 6
    assert [number for number in numbers if not corporate_number_holds(number)] == []
    assert not corporate_number_holds("3000012020001")


def test_no_identifier_is_shared(published: list[Statement]) -> None:
    """Two things never bear one identifier."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for predicate in (MATCH, IDENTIFIER):
        for subject, value in values(published, predicate):
            bearers[value].add(subject)
    assert {value: who for value, who in bearers.items() if len(who) > 1} == {}


def test_single_values_in_one_publisher() -> None:
    """One publisher gives a thing one date and one Japanese name; two publishers may differ."""
    for path in PUBLISHERS:
        statements = read(path)
        dates = Counter(subject for subject, _ in values(statements, COMITY + "date"))
        assert [subject for subject, count in dates.items() if count > 1] == [], path.stem
        names = labels(statements, "pref", "ja")
        assert [subject for subject, forms in names.items() if len(set(forms)) > 1] == [], path.stem


def test_the_framework_has_two_british_parties_over_time(published: list[Statement]) -> None:
    """DCMS is party to the Collaboration Framework until the month in which DSIT becomes it."""
    framework = f"{BASE}id/instrument/telecoms-collaboration-framework"
    parties = {s for s, o in values(published, COMITY + "partyTo") if o == framework}
    of = dict(values(published, COMITY + "tenureOf"))
    until = {of[s]: o for s, o in values(published, COMITY + "until") if s in parties}
    since = {of[s]: o for s, o in values(published, COMITY + "from") if s in parties}
    assert set(since) == {f"{BASE}id/actor/{slug}" for slug in ("mic", "dcms", "dsit")}
    assert since[f"{BASE}id/actor/dcms"] == f"{BASE}id/date/2022-03-04"
    month = f"{BASE}id/date/2023-02"
    assert until == {f"{BASE}id/actor/dcms": month}
    assert since[f"{BASE}id/actor/dsit"] == month


def test_gds_is_not_carried_back_to_dsit(published: list[Statement]) -> None:
    """GDS stands under DSIT from 2025 only, and nowhere without a date."""
    gds, dsit = f"{BASE}id/actor/gds", f"{BASE}id/actor/dsit"
    of = dict(values(published, COMITY + "tenureOf"))
    since = dict(values(published, COMITY + "from"))
    under = [s for s, o in values(published, COMITY + "parent") if o == dsit]
    assert [of[tenure] for tenure in under] == [gds]
    assert since[under[0]] == f"{BASE}id/date/2025-01"


# ---------------------------------------------------------------- nothing unverified


def test_nothing_known_to_be_doubtful(published: list[Statement]) -> None:
    """Identifiers and names that were found doubtful are not in the data."""
    said = {o.value.removeprefix(WIKIDATA) for _, _, o in published}
    assert said & DOUBTFUL == set()


def entities() -> list[dict[str, str]]:
    """The table of entities, where the checkout has it beside it."""
    if not ENTITIES.is_file():
        return []
    with ENTITIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_what_the_table_marks_unverified_is_absent(
    registered: list[Statement], published: list[Statement]
) -> None:
    """What the table of entities leaves unverified is nowhere said of that entity."""
    english: dict[str, set[str]] = defaultdict(set)
    for kind in ("pref", "alt"):
        for subject, names in labels(registered + published, kind, "en").items():
            for name in names:
                english[name.casefold()].add(subject)
    japanese = labels(published, "pref", "ja")
    items = defaultdict(set)
    for subject, value in values(published, MATCH):
        if value.startswith(WIKIDATA):
            items[subject].add(value.removeprefix(WIKIDATA))
    matched = 0
    for row in entities():
        subjects = english.get(row["name_en"].casefold(), set())
        matched += bool(subjects)
        for subject in subjects:
            if row["name_ja"] == "unverified":
                assert subject not in japanese, subject
            if "wd:unverified" in row["authority_ids"]:
                assert items[subject] == set(), subject
    assert matched >= 60 or not entities()
    assert len(japanese) >= 50


def test_names_and_identifiers_are_those_of_the_table(published: list[Statement]) -> None:
    """Where the table of entities is at hand, every Japanese name and identifier is in it."""
    rows = entities()
    forms = {form.strip() for row in rows for form in row["name_ja"].split(";")} | OTHER_JAPANESE
    authorities = " ".join(row["authority_ids"] for row in rows)
    known = set(re.findall(r"(?:wd|ROR|JCN|GOVUK|IATI):([A-Za-z0-9-]+)", authorities))
    names = [
        name
        for kind in ("pref", "alt")
        for forms_of in labels(published, kind, "ja").values()
        for name in forms_of
    ]
    identifiers = [
        value.removeprefix(WIKIDATA).removeprefix(ROR)
        for predicate in (MATCH, IDENTIFIER)
        for _, value in values(published, predicate)
    ]
    assert names
    assert identifiers
    if rows:
        assert set(names) - forms == set()
        assert set(identifiers) - known == set()


# ---------------------------------------------------------------- discrepancies


def test_every_known_discrepancy_is_annotated(discrepancies: list[Statement]) -> None:
    """The sixteen that were known before coding and the three that readers found are covered."""
    numbers = {value for _, value in values(discrepancies, SKOS + "notation")}
    assert numbers == {str(number) for number in range(1, 20)}
    numbered = {subject for subject, _ in values(discrepancies, SKOS + "notation")}
    assert numbered == {subject for subject, _, _ in discrepancies}


def test_a_discrepancy_says_whose_it_is(discrepancies: list[Statement]) -> None:
    """Each is of the report, between sources (and names the other page), or of the copy used."""
    kinds = dict(values(discrepancies, RDF_TYPE))
    allowed = {COMITY + name for name in ("SourceDiscrepancy", "ExternalDiscrepancy", "CopyNote")}
    assert set(kinds.values()) == allowed
    assert len(list(values(discrepancies, RDF_TYPE))) == len(kinds)
    with_page = {subject for subject, _ in values(discrepancies, SOURCE)}
    external = {s for s, kind in kinds.items() if kind == COMITY + "ExternalDiscrepancy"}
    assert external <= with_page


def test_faults_of_the_copy_are_not_ascribed_to_the_report(discrepancies: list[Statement]) -> None:
    """A note on the copy says so, and what extraction may have caused is only ever such a note."""
    kinds = dict(values(discrepancies, RDF_TYPE))
    bodies = dict(values(discrepancies, "http://www.w3.org/ns/oa#bodyValue"))
    for subject, kind in kinds.items():
        of_the_copy = kind == COMITY + "CopyNote"
        assert bodies[subject].startswith("In the copy used") == of_the_copy, subject
    for printed in ("'Al'", "'DIST'", "'Joint Statement an", "'<a href'"):
        about = [kinds[subject] for subject, body in bodies.items() if printed in body]
        assert set(about) == {COMITY + "CopyNote"}, printed


def test_discrepancies_target_passages_of_a_source(discrepancies: list[Statement]) -> None:
    """Every annotation is on passages, not on a section or on the report at large."""
    targets = list(values(discrepancies, "http://www.w3.org/ns/oa#hasTarget"))
    assert {subject for subject, _ in targets} == {subject for subject, _, _ in discrepancies}
    passage = re.compile(re.escape(BASE) + r"source/[a-z0-9-]+/[a-z0-9-]+/[a-z0-9-]+")
    assert [target for _, target in targets if not passage.fullmatch(target)] == []


def test_later_reports_are_dated_and_addressed(published: list[Statement]) -> None:
    """A later report that is known and not modelled has a date and an address."""
    later = {subject for subject, _ in values(published, COMITY + "laterReportOn")}
    assert f"{BASE}id/document/digital-council-3-joint-statement" in later
    assert later <= {subject for subject, _ in values(published, COMITY + "date")}
    assert later <= {subject for subject, _ in values(published, COMITY + "address")}
