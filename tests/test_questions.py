"""The questions that the graph must answer, each against what the report itself says.

The expected values were written down from the text of the report (paragraphs in brackets),
not from what a query printed.
"""

from typing import NamedTuple
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

import kg
from kg import names
from kg import query as queries

REPORT = "Progress Report 2024, "
ONE, TWO = "Digital Infrastructure & Technologies", "Data"
THREE, FOUR = "Digital Regulation & Standards", "Digital Transformation"


class Question(NamedTuple):
    """A query of queries/, its parameters, the columns compared and the rows expected, as a set."""

    query: str
    parameters: dict[str, str]
    columns: tuple[str, ...]
    rows: set[tuple[str, ...]]


def labels(*texts: str) -> set[tuple[str, ...]]:
    return {(REPORT + text,) for text in texts}


COMPETENCY = {
    # PRE.1
    "1 both participants, by side": Question(
        "both-participants",
        {},
        ("countryLabel", "memberLabel"),
        {
            ("Japan", "Ministry of Internal Affairs and Communications"),
            ("Japan", "Ministry of Economy, Trade and Industry"),
            ("Japan", "Digital Agency"),
            ("United Kingdom", "Department for Science, Innovation and Technology"),
        },
    ),
    # headings
    "3 pillars and their sub-topics": Question(
        "pillars",
        {},
        ("heading", "sections"),
        {
            (ONE, "4"),
            (TWO, "0"),
            (THREE, "4"),
            (FOUR, "2"),
        },
    ),
    # TD.b, TD.d, TD.e, OS.a, OS.b, TS.a
    "5 MIC and DSIT together": Question(
        "acting-together",
        {"a": "MIC", "b": "DSIT"},
        ("citation",),
        labels(
            "Telecoms Diversification (b)",
            "Telecoms Diversification (d)",
            "Telecoms Diversification (e)",
            "Online Safety (a)",
            "Online Safety (b)",
            "Digital Technical Standards (a)",
        ),
    ),
    "7a Digital Agency and DSIT": Question(
        "acting-together",
        {"a": "actor:da", "b": "actor:dsit"},
        ("citation",),
        labels("Data (a)", "Data (b)"),
    ),
    "7b Digital Agency and GDS": Question(
        "acting-together",
        {"a": "actor:da", "b": "Government Digital Service"},
        ("citation",),
        labels(
            "Digital Government Transformation (a)",
            "Digital Government Transformation (b)",
            "Digital Government Transformation (c)",
            "Digital Government Transformation (c)(ii)",
            "Digital Government Transformation (c)(iii)",
            "Digital Identity (b)",
        ),
    ),
    "9 bodies in more than one pillar": Question(
        "agencies-by-pillar",
        {},
        ("label", "heading"),
        {
            ("Department for Science, Innovation and Technology", ONE),
            ("Department for Science, Innovation and Technology", TWO),
            ("Department for Science, Innovation and Technology", THREE),
            ("Ministry of Internal Affairs and Communications", ONE),
            ("Ministry of Internal Affairs and Communications", THREE),
            ("Digital Agency", TWO),
            ("Digital Agency", FOUR),
            ("National Cyber Security Centre", ONE),
            ("National Cyber Security Centre", FOUR),
        },
    ),
    # PRE.2
    "11 the accord and its issuers": Question(
        "partnership-accord",
        {},
        ("accordLabel", "issuerLabel"),
        {
            (
                "The Hiroshima Accord: An Enhanced Japan-UK Global Strategic Partnership",
                "Leaders of both countries",
            )
        },
    ),
    # DGT.a, DATA.d, footnote 3
    "13 memoranda, parties, dates": Question(
        "memoranda",
        {},
        ("date", "partyLabel", "citation"),
        {
            (
                "2022",
                "Government Digital Service",
                REPORT + "Digital Government Transformation (a)",
            ),
            ("2022", "Digital Agency", REPORT + "Digital Government Transformation (a)"),
            (
                "2023-10",
                "Personal Information Protection Commission",
                REPORT + "Data (d)",
            ),
            ("2023-10", "Information Commissioner (United Kingdom)", REPORT + "Data (d)"),
            (
                "2023-11-10",
                "Foreign, Commonwealth and Development Office",
                REPORT + "footnote 3",
            ),
            ("2023-11-10", "Ministry of Foreign Affairs of Japan", REPORT + "footnote 3"),
        },
    ),
    # TD.d, TD.e
    "15 renewed, and delivered by": Question(
        "renewed",
        {},
        ("instrumentLabel", "actorLabel", "date", "bodyLabel"),
        {
            (
                "UK-Japan Telecommunications Supply Chain Diversification Collaboration Framework",
                ministry,
                "2023",
                "UK-Japan Working Group on Telecommunications Supplier Diversity",
            )
            for ministry in (
                "Ministry of Internal Affairs and Communications",
                "Department for Science, Innovation and Technology",
            )
        },
    ),
    # AI.a
    "17 documents under the Hiroshima AI Process": Question(
        "under-process",
        {},
        ("instrument",),
        {
            ("instrument:haip-comprehensive-policy-framework",),
            ("instrument:haip-code-of-conduct",),
            ("instrument:haip-guiding-principles",),
            ("instrument:haip-work-plan",),
        },
    ),
    # DATA.c
    "19 legal basis of the designation": Question(
        "legal-basis",
        {},
        ("actor", "object", "date", "basis", "law"),
        {
            (
                "actor:ppc",
                "actor:uk",
                "2023-03",
                "instrument:appi-article-28",
                "instrument:appi",
            )
        },
    ),
    # TD.b
    "21 countries with institutions in GCOT": Question(
        "institutions-in-body",
        {"body": "GCOT"},
        ("label", "citation"),
        {
            (country, REPORT + "Telecoms Diversification (b)")
            for country in ("Australia", "Canada", "United States of America")
        },
    ),
    # DATA.e
    "23 standing of the UK in the Global CBPR Forum": Question(
        "standing-in-body",
        {},
        ("roleLabel", "date"),
        {("associate", "2023-06"), ("member", "")},
    ),
    # IG.a-d
    "25 forums of Internet governance": Question(
        "forums",
        {},
        ("forum",),
        {
            ("event:igf-2023",),
            ("actor:internet-governance-forum",),
            ("actor:g7",),
            ("instrument:g7-dtm-declaration",),
            ("event:summit-of-the-future",),
            ("actor:un-cstd",),
            ("actor:itu",),
            ("initiative:wsis-20-review",),
            ("initiative:global-digital-compact",),
            ("actor:gac",),
        },
    ),
    # TD.c
    "27 facility built abroad with public money": Question(
        "foreign-facility",
        {},
        ("facility", "funder", "place"),
        {("initiative:rakuten-open-ran-centre", "actor:mic", "actor:uk")},
    ),
    # CR.d, DM.b; DATA.c; CR.b, SC.a; DATA.e; DGT.d; DATA.a; DATA.d, IG.a; AI.b; TD.d, DGT.c
    "29 dated 2023": Question(
        "dated",
        {},
        ("edtf", "citation"),
        {
            ("2023-02", REPORT + "Increasing Cyber Resilience (d)"),
            ("2023-02", REPORT + "Digital Markets (b)"),
            ("2023-03", REPORT + "Data (c)"),
            ("2023-05", REPORT + "Increasing Cyber Resilience (b)"),
            ("2023-05-19", REPORT + "Semiconductors (a)"),
            ("2023-06", REPORT + "Data (e)"),
            ("2023-07", REPORT + "Digital Government Transformation (d)"),
            ("2023-09", REPORT + "Data (a)"),
            ("2023-10", REPORT + "Data (d)"),
            ("2023-10", REPORT + "Internet Governance (a)"),
            ("2023-11", REPORT + "Artificial Intelligence (b)"),
            ("2023", REPORT + "Telecoms Diversification (d)"),
            ("2023", REPORT + "Digital Government Transformation (c)"),
        },
    ),
    # AI.b, IG.a
    "31 relative dates": Question(
        "relative-dates",
        {},
        ("words", "edtf", "citation"),
        {
            ("in November", "2023-11", REPORT + "Artificial Intelligence (b)"),
            ("last October", "2023-10", REPORT + "Internet Governance (a)"),
        },
    ),
    # TD.c, AI.b
    "33 planned without a date": Question(
        "planned-undated",
        {},
        ("thing",),
        {
            ("initiative:infrastructure-sharing-research",),
            ("event:ai-summit-republic-of-korea",),
            ("event:ai-summit-france",),
        },
    ),
    # DGT.c-c.iii
    "35 what followed the visit of 2022": Question(
        "what-followed",
        {},
        ("citation", "topicLabel", "frequency"),
        {
            (REPORT + "Digital Government Transformation (c)", "digital government", ""),
            (REPORT + "Digital Government Transformation (c)(i)", "public procurement", ""),
            (REPORT + "Digital Government Transformation (c)(ii)", "government cloud", ""),
            (
                REPORT + "Digital Government Transformation (c)(iii)",
                "user-centred and service design",
                "P1M",
            ),
            (
                REPORT + "Digital Government Transformation (c)(iii)",
                "user-centred and service design",
                "",
            ),
        },
    ),
    # footnotes 1 and 4
    "37 footnotes with one title": Question(
        "footnotes-same-title",
        {},
        ("citation", "anchorCitation", "host"),
        {
            (REPORT + "footnote 1", REPORT + "Increasing Cyber Resilience (d)", "www.gov.uk"),
            (REPORT + "footnote 4", REPORT + "Digital Markets (b)", "www.cas.go.jp"),
        },
    ),
    # TD.e
    "39 agency name to be corrected": Question(
        "misprints",
        {"words": "DIST"},
        ("citation",),
        labels("Telecoms Diversification (e)"),
    ),
}

FIRST_ASKED = {
    # TD.a, TD.d, TD.e, TD.f; TD.b names the working groups, not an act of the two
    "who acts with whom on telecommunications": Question(
        "who-with-whom",
        {"topic": "topic:telecommunications"},
        ("aLabel", "bLabel", "passages"),
        {
            (
                "Department for Science, Innovation and Technology",
                "Ministry of Internal Affairs and Communications",
                "2",
            ),
            (
                "Department for Science, Innovation and Technology",
                "Ministry of Economy, Trade and Industry",
                "1",
            ),
            ("industry leaders", "other governments", "1"),
        },
    ),
    "what was undertaken, where, in which words": Question(
        "commitments",
        {},
        ("citation", "modalityLabel"),
        {
            (REPORT + place, words)
            for place, words in (
                ("Preamble 2", "will continue"),
                ("Telecoms Diversification (c)", "will"),
                ("Telecoms Diversification (f)", "concur"),
                ("Telecoms Diversification (g)", "recommit"),
                ("Increasing Cyber Resilience (a)", "will continue"),
                ("Semiconductors (a)", "aim"),
                ("Semiconductors (c)", "commit"),
                ("Semiconductors (e)", "concur"),
                ("Artificial Intelligence (c)", "will"),
                ("Artificial Intelligence (d)", "concur"),
                ("Data (b)", "with a view to"),
                ("Online Safety (b)", "will continue"),
                ("Digital Markets (b)", "will continue"),
                ("Internet Governance (b)", "will"),
                ("Internet Governance (c)", "will"),
                ("Internet Governance (d)", "will"),
                ("Digital Government Transformation (b)", "pledge"),
                ("Digital Identity (a)", "look forward"),
                ("Digital Identity (b)", "look forward"),
            )
        },
    ),
    # SC.e, DATA.b
    "commitments with a date": Question(
        "commitments-dated",
        {},
        ("deadline", "latest", "bearer", "citation"),
        {
            ("2024-33", "2024-03-31", "actor:meti", REPORT + "Semiconductors (e)"),
            ("2024-33", "2024-03-31", "actor:dsit", REPORT + "Semiconductors (e)"),
            ("2024", "2024-12-31", "actor:da", REPORT + "Data (b)"),
            ("2024", "2024-12-31", "actor:dsit", REPORT + "Data (b)"),
        },
    ),
    # PRE.2, CR.b
    "what stands under the Hiroshima Accord": Question(
        "under-instrument",
        {"instrument": "Hiroshima Accord"},
        ("label", "quote", "citation"),
        {
            ("", "will continue to accelerate bilateral collaboration", REPORT + "Preamble 2"),
            ("UK-Japan Cyber Partnership", "", REPORT + "Increasing Cyber Resilience (b)"),
            (
                "",
                "was established in May 2023 under the Hiroshima Accord",
                REPORT + "Increasing Cyber Resilience (b)",
            ),
        },
    ),
    # TD.c, SC.b
    "money": Question(
        "money",
        {},
        ("amount", "currency", "amountKind", "funder", "citation"),
        {
            ("250000000", "GBP", "stated", "actor:uk", REPORT + "Telecoms Diversification (c)"),
            ("2000000", "GBP", "ceiling", "actor:ukri", REPORT + "Semiconductors (b)"),
            ("2000000", "GBP", "ceiling", "actor:jst", REPORT + "Semiconductors (b)"),
        },
    ),
    # METI is named in PRE.1, TD.f, CR.a, SC.a, SC.c, SC.d, SC.e
    "everything about one ministry": Question(
        "actor",
        {"actor": "METI"},
        ("citation",),
        labels(
            "Preamble 1",
            "Telecoms Diversification (f)",
            "Increasing Cyber Resilience (a)",
            "Semiconductors (a)",
            "Semiconductors (c)",
            "Semiconductors (d)",
            "Semiconductors (e)",
        ),
    ),
    # "Open RAN" is printed in TD.a, TD.c, TD.e, TD.f
    "Open RAN": Question(
        "topic",
        {"topic": "Open RAN"},
        ("citation",),
        labels(
            "Telecoms Diversification (a)",
            "Telecoms Diversification (c)",
            "Telecoms Diversification (e)",
            "Telecoms Diversification (f)",
        ),
    ),
    # SC.a: four items; three after "including" and the dialogue inside the second
    "aims of the semiconductor statement, counted both ways": Question(
        "aims", {}, ("items", "withNested"), {("4", "8")}
    ),
    "discrepancies": Question(
        "discrepancies", {}, ("number",), {(str(number),) for number in range(1, 20)}
    ),
    "statuses of Digital Identity": Question(
        "status-by-section",
        {},
        ("heading", "statusLabel", "actions"),
        # a look at a row for each status, from DI.a-b and PRE.1-3
        {
            ("Digital Identity", "achieved", "3"),
            ("Digital Identity", "intended", "3"),
            ("Preamble", "achieved", "4"),
            ("Preamble", "declared", "1"),
            ("Preamble", "planned", "1"),
        },
    ),
    # the four Memoranda and statements between the two sides by their own words
    "instruments and their parties": Question(
        "instruments",
        {},
        ("instrument", "typeLabel"),
        {
            ("instrument:jukdp", "partnership"),
            ("instrument:hiroshima-accord", "accord"),
            ("instrument:ppc-ico-moc", "memorandum of cooperation"),
            ("instrument:semiconductor-statement", "joint statement"),
            ("instrument:appi", "legislation"),
            ("instrument:haip-code-of-conduct", "code of conduct"),
        },
    ),
    "claims that could be read otherwise": Question(
        "other-readings",
        {},
        ("quote", "otherReading"),
        {
            (
                "are further collaborate on delivering the cyber leaders",
                "Planned, and a commitment, if 'will' was lost before 'further collaborate'.",
            ),
            (
                "recommit to further joint working",
                "Strengthening, if 'to further' is the verb and not 'further' the adjective.",
            ),
        },
    ),
}
# questions whose answer is longer than what is compared: these rows must be among the rows
AMONG = {"status-by-section", "instruments", "other-readings"}


def answered(real_snapshot: kg.Snapshot, question: Question) -> set[tuple[str, ...]]:
    """The compared columns of the rows, IRIs as CURIEs, absent values as empty text."""
    found = real_snapshot.query(question.query, question.parameters)
    assert isinstance(found, kg.Rows)
    return {tuple(shown(row, column) for column in question.columns) for row in found}


def shown(row: dict[str, object], column: str) -> str:
    if column == "host":
        return urlsplit(shown(row, "address")).netloc
    term = row[column]
    if isinstance(term, ox.NamedNode):
        return names.compact(term.value)
    return term.value if isinstance(term, ox.Literal) else ""


@pytest.mark.parametrize("asked", COMPETENCY)
def test_competency_question(real_snapshot: kg.Snapshot, asked: str) -> None:
    """Each competency question has exactly the report's answer."""
    question = COMPETENCY[asked]
    assert answered(real_snapshot, question) == question.rows


@pytest.mark.parametrize("asked", FIRST_ASKED)
def test_question_first_asked(real_snapshot: kg.Snapshot, asked: str) -> None:
    """What a researcher or policy team asks first is answered as the report has it."""
    question = FIRST_ASKED[asked]
    found = answered(real_snapshot, question)
    assert question.rows <= found if question.query in AMONG else question.rows == found


def test_every_query_is_asked() -> None:
    """No file of queries/ is without a question whose answer was read in the report."""
    asked = {question.query for question in (*COMPETENCY.values(), *FIRST_ASKED.values())}
    assert asked == {query.name for query in queries.catalogue(kg.Settings.from_env().project)}


def test_commitments_are_thirty(real_snapshot: kg.Snapshot) -> None:
    """Thirty undertakings, by hand: eight in the semiconductor statement, two where a will or a
    look forward governs two verbs or nouns (AI.d, OS.b, IG.c, DI.a)."""
    rows = real_snapshot.query("commitments")
    assert isinstance(rows, kg.Rows)
    assert len({str(row["claim"]) for row in rows}) == 30


@pytest.mark.parametrize("query", sorted({one.query for one in COMPETENCY.values()}))
def test_labels_in_japanese_fall_back(real_snapshot: kg.Snapshot, query: str) -> None:
    """Asked in Japanese, a question has the same rows, and a label wherever English has one."""
    question = real_snapshot.question(query)
    if "lang" not in {parameter.name for parameter in question.parameters}:
        assert "Label" not in question.text.split("WHERE")[0]
        return
    english, japanese = real_snapshot.query(query, lang="en"), real_snapshot.query(query, lang="ja")
    assert isinstance(english, kg.Rows)
    assert isinstance(japanese, kg.Rows)
    columns = [name for name in english.variables if name.endswith(("Label", "label"))]
    assert len(english) == len(japanese)
    for column in columns:
        assert sum(row[column] is not None for row in english) == sum(
            row[column] is not None for row in japanese
        )


def test_japanese_labels_are_used(real_snapshot: kg.Snapshot) -> None:
    """The ministries have their Japanese names when asked in Japanese."""
    question = Question(
        "both-participants",
        {"lang": "ja"},
        ("memberLabel",),
        {("総務省",), ("経済産業省",), ("デジタル庁",), ("科学・イノベーション・技術省",)},
    )
    assert answered(real_snapshot, question) == question.rows
