"""Queries: what is refused before any parser, headers, parameters, and errors with their place."""

import contextlib
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import guard, query, tokens
from kg.errors import DataError, KgError, NotAllowed, NotFound, QueryError, UsageError
from kg.results import Boolean, Rows, Triples

E = "http://example.org/"


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(E + name)


@pytest.fixture(scope="module")
def store() -> ox.Store:
    """Three things in a row by e:next, each with an English and a Japanese label."""
    made = ox.Store()
    for i in range(3):
        made.add(ox.Quad(node(f"s{i}"), node("next"), node(f"s{i + 1}")))
        made.add(ox.Quad(node(f"s{i}"), node("label"), ox.Literal(f"thing {i}", language="en")))
        made.add(ox.Quad(node(f"s{i}"), node("label"), ox.Literal(f"物 {i}", language="ja")))
    return made


PREFIX = f"PREFIX e: <{E}>\n"

# each hides SERVICE from a careless reader; the engine calls out for every one of them, or would
HIDDEN = [
    "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
    "SELECT * { service silent ?x { ?s ?p ?o } }",
    "PREFIX : <http://x/> SELECT * { SERVICE:x{ ?s ?p ?o } }",
    "PREFIX : <http://x/> SELECT * { SERVICESILENT:x{ ?s ?p ?o } }",
    "PREFIX x: <http://x/> SELECT * { SERVICEx:a{ ?s ?p ?o } }",
    "PREFIX : <http://x/> SELECT * { ?s ?p trueSERVICE:x{ ?s ?p ?o } }",
    "PREFIX e: <http://x/> SELECT * { ?s ?p 'a'^^e:b.SERVICE e:x { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(?o<?p)SERVICE?s#>\n{ ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(?o<?p#>'''\n)SERVICE ?s { ?s ?p ?o }#'''\n }",
    "SELECT * { ?s ?p ?o FILTER(?o<'>' && 1)SERVICE ?s { ?s ?p ?o } #'\n }",
    "SELECT * { ?s ?p ?o FILTER(EXISTS{?s ?p ?o}<?b#>'''\n)SERVICE ?s { ?s ?p ?o }#'''\n }",
    "SELECT * { ?s ?p '''x' } SERVICE ?s {} \\q ''' }",
    "SELECT * { ?s ?p '''\\uD800' . SERVICE ?s { ?s ?p ?o } #''' }",
    "SELECT * { { SELECT * { SERVICE ?s { ?s ?p ?o } } } }",
    "ASK { FILTER EXISTS { SERVICE ?s { ?s ?p ?o } } }",
    "SELECT * { <<?s?p?o#>'''\n>> ?p ?o . SERVICE ?s { ?s ?p ?o } #'''\n }",
    "SELECT * { ?s ?p ?o FILTER(?o<<?b#>'\n) SERVICE ?s { ?s ?p ?o } #'\n }",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_service_is_seen_wherever_it_hides(text: str) -> None:
    """No spelling that the engine reads as SERVICE reaches it."""
    with pytest.raises(QueryError):
        guard.outline(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p 'SERVICE <http://x/> { }' } # SERVICE",
        "SELECT ?service { ?service <http://x/SERVICE> <https://x/digital-service#service> }",
        'SELECT * { ?s ?p """a "SERVICE" b""" ; actor:government-digital-service ?o }',
        "SELECT * { VALUES (?a ?b) { (<http://x/service#a> <http://x/service#b>) } }",
        "SELECT * { ?s ?p ?o FILTER(?o < ?p && ?p > 3) }",
        "SELECT * { ?s ?p ?o FILTER(?o<3&&?p>3) }",
        "SELECT * { ?s (<http://x#a>|^<http://x#b>)*/<http://x#c> ?o }",
        "SELECT * { ?s ?p 'it''s', \"\" , '' . }",
    ],
)
def test_the_word_service_as_text_is_no_service(text: str) -> None:
    """Strings, comments, IRIs, variables and local names may hold the word."""
    assert guard.outline(text).form == "SELECT"


def deep(kind: str, n: int) -> str:
    """A query that nests or chains one construct n times."""
    return {
        "parentheses": f"SELECT * {{ FILTER({'(' * n}1{')' * n}) }}",
        "braces": "SELECT * " + "{" * n + "?s ?p ?o" + "}" * n,
        "brackets": f"SELECT * {{ ?s ?p {'[ ?p ' * n}1{']' * n} }}",
        "or": f"SELECT * {{ FILTER({' || '.join(['?a'] * n)}) }}",
        "sums": f"SELECT * {{ FILTER({'+'.join(['?a'] * n)}) }}",
        "not": f"SELECT * {{ FILTER({'!' * n}?a) }}",
        "union": f"SELECT * {{ {' UNION '.join(['{}'] * n)} }}",
        "optional": f"SELECT * {{ {'OPTIONAL{?s ?p ?o}' * n} }}",
        "minus": f"SELECT * {{ {'MINUS{?s ?p ?o}' * n} }}",
        "filter": f"SELECT * {{ {'FILTER(?s)' * n} }}",
        "bind": f"SELECT * {{ {' '.join(f'BIND(1 AS ?a{i})' for i in range(n))} }}",
        "path": f"SELECT * {{ ?s {'/'.join(['<http://x/>'] * n)} ?o }}",
        "subselect": f"SELECT * {{ {'{SELECT * {' * n}?s ?p ?o{'}}' * n} }}",
        "exists": f"SELECT * {{ {'FILTER EXISTS{' * n}?s ?p ?o{'}' * n} }}",
        "select": f"SELECT {' '.join(f'(1 AS ?a{i})' for i in range(n))} {{}}",
        "objects": f"SELECT * {{ ?s ?p {', '.join(['?o'] * n)} }}",
        "patterns": f"SELECT * {{ {' . '.join(['?s ?p ?o'] * n)} }}",
        "triple terms": f"SELECT * {{ ?s ?p {'<<( ?s ?p ' * n}1{' )>>' * n} }}",
        "reified": f"SELECT * {{ {'<< ' * n}?s ?p ?o{' >> ?p ?o' * n} }}",
        "reified aside": f"SELECT * {{ {'<<?s ?p ?o>> ?p ?o . ' * n} }}",
        "collection": f"SELECT * {{ ?s ?p ({' 1' * n}) }}",
        "glued": f"SELECT * {{ ?s ?p ({'true' * n}) }}",
        "mixed": f"SELECT * {{ ?s ?p ({chr(39) * 2}1<x:>(1)?x" + "''1<x:>(1)?x" * n + ") }",
        "groups": f"SELECT * {{ {'{?s ?p ?o}' * n} }}",
        "groups after truth": f"SELECT * {{ {'?s ?p true{?s ?p ?o}' * n} }}",
        "graphs": f"PREFIX : <x:> SELECT * {{ {'GRAPH:g{?s ?p ?o}' * n} }}",
        "annotations": f"SELECT * {{ ?s ?p ?o {'{| ?p ?o |}' * n} }}",
        "having": f"SELECT (1 AS ?x) {{}} HAVING {'(1)' * n}",
        "group": f"SELECT (1 AS ?x) {{}} GROUP BY {'(1)' * n}",
        "group calls": f"SELECT (1 AS ?x) {{}} GROUP BY{' STR(1)' * n}",
        "order": f"SELECT * {{}} ORDER BY {'(1)' * n}",
        "describe": f"DESCRIBE {' '.join(f'<x:{i}>' for i in range(n))}",
        "describe names": f"PREFIX : <x:> DESCRIBE{' ?x :a' * n} {{}}",
        "glued filters": f"SELECT * {{ ?s ?p ?o {'. ?s ?p trueFILTER(?s)' * n} }}",
    }[kind]


KINDS = ["parentheses", "braces", "brackets", "or", "sums", "not", "union", "optional",
         "minus", "filter", "bind", "path", "subselect", "exists", "select", "objects",
         "patterns", "triple terms", "reified", "reified aside", "collection", "glued", "mixed",
         "groups", "groups after truth", "graphs", "annotations", "having", "group",
         "group calls", "order", "describe", "describe names", "glued filters"]  # fmt: skip
# slow to order, or to match, at the bound: seconds, but no fall
SLOW = {"patterns", "objects", "path", "reified", "reified aside", "collection", "glued", "mixed",
        "groups", "groups after truth", "graphs", "annotations", "glued filters"}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_would_overflow_the_parser_is_refused(kind: str) -> None:
    """Deep nesting and long chains, which abort the process, never reach the parser."""
    assert guard.outline(deep(kind, 3)).form in ("SELECT", "DESCRIBE")
    with pytest.raises(QueryError):
        guard.outline(deep(kind, 5000))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SLOW])
def test_what_is_let_through_does_not_overflow(kind: str, store: ox.Store) -> None:
    """The deepest text that passes is run, or refused as SPARQL, by a process that lives on."""
    low, high = 1, 5000
    while high - low > 1:
        middle = (low + high) // 2
        try:
            guard.outline(deep(kind, middle))
            low = middle
        except QueryError:
            high = middle
    assert low > 10
    with contextlib.suppress(QueryError):
        query.run(store, deep(kind, low))


def test_long_lists_of_values_are_no_chain() -> None:
    """Programs ask for many things at once with VALUES and IN: neither deepens anything."""
    values = " ".join(f"<http://x/{i}>" for i in range(3000))
    assert guard.outline(f"SELECT * {{ VALUES ?s {{ {values} }} ?s ?p ?o }}").form == "SELECT"
    listed = ", ".join(f"<http://x/{i}>" for i in range(3000))
    assert guard.outline(f"SELECT * {{ ?s ?p ?o FILTER(?s IN ({listed})) }}").form == "SELECT"
    rows = "(<http://x/a> 'b'@en true UNDEF <<( <x:a> <x:b> 1 )>> xsd:true )" * 1000
    assert guard.outline(f"SELECT * {{ VALUES (?a ?b ?c ?d ?e ?f) {{ {rows} }} }}").form == "SELECT"
    assert guard.outline(f"SELECT * {{}} VALUES (?a ?b ?c ?d ?e ?f) {{ {rows} }}").form == "SELECT"
    casts = " || ".join(["xsd:integer(?a) = 1 && ?b IN (true, false)"] * 100)
    assert guard.outline(f"SELECT * {{ ?s ?p ?a, ?b FILTER({casts}) }}").form == "SELECT"
    graphs = " ".join(f"FROM <http://x/{i}>" for i in range(1000))
    assert len(guard.outline(f"SELECT * {graphs} {{}}").default_graphs) == 1000


def test_length_is_bounded() -> None:
    """A megabyte of query is refused unread."""
    with pytest.raises(QueryError, match="longer than"):
        guard.outline("SELECT * {}" + " " * tokens.MAX_LENGTH)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but a QueryError comes out of the guard, whatever goes in."""
    with contextlib.suppress(QueryError):
        guard.outline(text)


PIECES = ["'", '"', "\\", "<", "<a", "a.", "a-", "a:", "?a<b#", "''" + "'", "_:a.", "1e", "é"]


@pytest.mark.parametrize("piece", PIECES)
def test_reading_is_linear(piece: str) -> None:
    """The longest text ends soon, however it is made: squared, it would take minutes."""
    text = piece * (tokens.MAX_LENGTH // len(piece) - 20)
    begun = time.perf_counter()
    with contextlib.suppress(QueryError):
        guard.outline(f"SELECT * {{ FILTER({text}")
    assert time.perf_counter() - begun < 15


def test_the_dataset_of_a_text_is_read() -> None:
    """FROM and FROM NAMED are seen, by IRI, declared prefix or the project's own."""
    found = guard.outline(
        "PREFIX e: <http://example.org/>\n"
        "SELECT * FROM e:a FROM <http://example.org/b> FROM NAMED graph:evidence {}"
    )
    assert found.default_graphs == (E + "a", E + "b")
    assert found.named_graphs == ("https://w3id.org/comity/graph/evidence",)
    assert not guard.outline("SELECT ?from { ?from ?p 'FROM <x>' }").names_dataset
    based = guard.outline(
        "BASE <http://x/a/> PREFIX g: <../g/> SELECT * FROM <b> FROM NAMED g:c { ?s ?p ?o }"
    )
    assert (based.default_graphs, based.named_graphs) == (("http://x/a/b",), ("http://x/g/c",))


GLUED = "PREFIX : <http://x/> PREFIX NAMED: <http://n/> PREFIX FROM: <http://f/>\n"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("SELECT (COUNT(*) AS ?n) FROM:4 { ?s ?p ?o }", "FROM"),
        ("SELECT (COUNT(*) AS ?n)from:4 { ?s ?p ?o }", "FROM"),
        ("SELECT * FROMNAMED:g1 { ?s ?p ?o }", "FROM"),
        ("SELECT * FROMNAMED<http://x/g1> { ?s ?p ?o }", "FROM"),
        ("SELECT * FROM NAMED:g1 { ?s ?p ?o }", "NAMED"),
        ("SELECT * FROM NAMEDgraph:g1 { ?s ?p ?o }", "NAMED"),
        ("SELECT * FROMtrue:g1 { ?s ?p ?o }", "FROM"),
        ("SELECT * FROM <http://x/>FROM:g1 { ?s ?p ?o }", "FROM"),
        ("DESCRIBE <http://x/>FROM:g1", "FROM"),
        ("DESCRIBE :a.FROM :g1", "FROM"),
        ("ASKFROM <http://x/> {}", "FROM"),
        ("PREFIXgraph:<http://x/> SELECT * FROM graph:reported { ?s ?p ?o }", "PREFIX"),
    ],
)
def test_no_dataset_hides_in_a_longer_word(text: str, word: str) -> None:
    """Where the engine, which wants no space, could read a dataset, a space is asked for."""
    with pytest.raises(QueryError, match=f"put a space before and after {word}"):
        guard.outline(GLUED + text)


def test_names_may_hold_what_is_no_dataset() -> None:
    """Within braces, in IRIs and local names the words mean nothing."""
    found = guard.outline(
        GLUED + "SELECT *FROM<http://x/from>FROM NAMED<http://x/named>{ ?s FROM:b NAMED:from }"
    )
    assert found.default_graphs == ("http://x/from",)
    assert found.named_graphs == ("http://x/named",)
    assert guard.outline(GLUED + "DESCRIBE :from :a-from").default_graphs == ()


@pytest.mark.parametrize(
    ("text", "volatile"),
    [
        ("CONSTRUCT { ?s ?p [] } { ?s ?p ?o }", True),
        ("CONSTRUCT { _:x ?p ?o } { ?s ?p ?o }", True),
        ("CONSTRUCT { ?s ?p (1 2) } { ?s ?p ?o }", True),
        ("CONSTRUCT { << ?s ?p ?o >> ?p ?o } { ?s ?p ?o }", True),
        ("CONSTRUCT { ?s ?p ?o {| ?p ?o |} } { ?s ?p ?o }", True),
        ("CONSTRUCT WHERE { _:x ?p ?o }", True),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o, [] FILTER(?o > (1 + 2)) }", False),
        ("SELECT * { [] ?p ?o }", False),
        ("SELECT * {} ORDER BYRAND()", True),
        ("SELECT (COUNT(DISTINCTRAND()) AS ?n) { ?s ?p ?o }", True),
    ],
)
def test_answers_that_differ_each_time_are_known(text: str, volatile: bool) -> None:
    """New blank nodes and functions without a fixed value, also where no space stands before."""
    assert guard.outline(text).volatile is volatile


def test_names_like_service_are_explained() -> None:
    """Who has a name that could be SERVICE is told to rename it, or to put a space."""
    for text in (
        "PREFIX service: <http://x/> SELECT * { ?s service:a ?o }",
        "PREFIX x: <http://x/> SELECT * { x:a.service ?p ?o }",
    ):
        with pytest.raises(NotAllowed, match=r"cannot be told from SERVICE.*rename"):
            guard.outline(text)


@pytest.mark.parametrize(
    "text",
    ["INSERT DATA {}", f"{PREFIX}DELETE WHERE {{ ?s ?p ?o }}", "LOAD <http://x/>", "clear all",
     "WITH <http://x/> DELETE {} WHERE {}"],
)  # fmt: skip
def test_updates_are_refused_and_said_to_be(text: str) -> None:
    """Who tries to write is told that the graph is only read."""
    with pytest.raises(QueryError, match="only read"):
        guard.outline(text)


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("SELECT *\n{ ?s ?p\n  ?o ; }} ", 3, 11, "?o ; }} ❱"),
        ("SELECT *\n{ ?s e:p ?o .\n  zz:x ?p ?y }", 2, 6, "prefix e: is not declared"),
        (f"{PREFIX}SELECT * {{ ?s e:p 'open }}", 2, 19, "unfinished"),
        ("SELECT * {\r\n SERVICE <http://x/> {} }", 2, 2, "SERVICE is not allowed"),
        ("SELECT * FROM <here> {}", 1, 15, "full IRI"),
    ],
)
def test_errors_say_where(text: str, line: int, column: int, said: str, store: ox.Store) -> None:
    """Line, column, and the place marked, all in one line."""
    with pytest.raises(QueryError) as caught:
        query.run(store, text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert said in str(caught.value)
    assert f"line {line}, column {column}: " in str(caught.value)
    assert "\n" not in str(caught.value)


def run(store: ox.Store, text: str, **values: ox.NamedNode | ox.Literal) -> object:
    answer = query.run(store, PREFIX + text, values)
    if isinstance(answer, Rows):
        return [tuple(record.values()) for record in answer.records()]
    return bool(answer) if isinstance(answer, Boolean) else len(answer)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?s ?o { ?s e:next ?o }", [(E + "s1", E + "s2")]),
        ("SELECT ?o { ?s e:next ?o }", [(E + "s2",)]),
        ("SELECT DISTINCT ?o { ?s e:next ?o } ORDER BY ?o", [(E + "s2",)]),
        ("SELECT (COUNT(*) AS ?n) { ?s e:next ?o } GROUP BY ?o", [(1,)]),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s e:next ?o } GROUP BY ?s", [(E + "s1", 1)]),
        ("SELECT ?x { ?x e:next ?y FILTER NOT EXISTS { ?s e:next ?x } } ORDER BY ?x",
         [(E + "s0",), (E + "s1",)]),
        ("SELECT ?o { { SELECT ?s ?o { ?s e:next ?o } } }", [(E + "s2",)]),
        ("SELECT ?o { { ?s e:next ?o } UNION { ?o e:next ?s } } ORDER BY ?o",
         [(E + "s0",), (E + "s2",)]),
        ("SELECT * { ?s e:next ?o }", [(E + "s2", E + "s1")]),
        ("ASK { ?s e:next e:s2 }", True),
        ("ASK { ?s e:next e:s3 }", False),
        ("CONSTRUCT { ?o e:prev ?s } WHERE { ?s e:next ?o }", 1),
        ("DESCRIBE ?s", 3),
    ],
)  # fmt: skip
def test_a_value_takes_the_place_of_its_variable(
    text: str, expected: object, store: ox.Store
) -> None:
    """Projected or not, a parameter narrows the answer and adds no column."""
    found = run(store, text, s=node("s1"))
    assert found == expected or (
        isinstance(found, list) and sorted(found[0]) == sorted(expected[0])
    )  # type: ignore[index]


def test_a_value_reaches_filters_in_optional_groups(store: ox.Store) -> None:
    """A language that is asked for is seen where labels are chosen."""
    wanted = "OPTIONAL { ?s e:label ?l FILTER(LANG(?l) = ?lang) }"
    text = f"SELECT ?s ?l {{ ?s e:next ?o {wanted} }} ORDER BY ?s"
    found = run(store, text, lang=ox.Literal("ja"))
    assert [row[1] for row in found] == ["物 0", "物 1", "物 2"]  # type: ignore[index,attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?o { { SELECT ?o { ?s e:next ?o } } }",
        "SELECT (COUNT(*) AS ?n) { ?s e:next ?o }",
        "SELECT ?o { ?o e:next ?x }",
        "SELECT * { ?x e:next ?o FILTER(?x = ?s) }",
        "ASK { ?x e:next ?o FILTER(?x = ?s) }",
    ],
)
def test_a_value_that_could_not_be_put_in_is_an_error(text: str, store: ox.Store) -> None:
    """Where the engine would ignore a parameter, or change what is asked, the author is told."""
    with pytest.raises(QueryError, match=r"\?s"):
        run(store, text, s=node("s1"))


@given(st.text(max_size=30))
def test_values_are_never_read_as_sparql(text: str) -> None:
    """Whatever a value holds, it is that text and nothing else."""
    made = ox.Store()
    made.add(ox.Quad(node("s"), node("p"), ox.Literal("x")))
    answer = query.run(made, "SELECT ?v { ?s ?p ?o BIND(STR(?v) AS ?w) }", {"v": ox.Literal(text)})
    assert isinstance(answer, Rows)
    assert [row["v"] for row in answer] == [ox.Literal(text)]


HEADER = """\
#+ summary: What stands next
#+ description: >
#+   In two
#+   lines.
#+ parameters:
#+   - name: s
#+     type: iri
#+     default: http://example.org/s1
#+     description: where to begin
#+   - {name: lang, type: language, default: en}
#+   - {name: since, type: date}
"""


def test_a_header_is_read(tmp_path: Path) -> None:
    """Summary, description and parameters come from the file, defaults as text."""
    path = tmp_path / "next.rq"
    path.write_text(HEADER + PREFIX + "SELECT ?s { ?s ?p ?o }\n#+ no header\n")
    found = query.load(path)
    assert (found.name, found.summary, found.description) == (
        "next", "What stands next", "In two lines.",
    )  # fmt: skip
    assert [(one.name, one.type, one.default) for one in found.parameters] == [
        ("s", "iri", "http://example.org/s1"), ("lang", "language", "en"), ("since", "date", None),
    ]  # fmt: skip
    assert found.form == "SELECT"


def test_defaults_in_the_way_of_grlc_are_parameters() -> None:
    """A header with only `defaults` works, its types guessed from the values."""
    found = query.parse(f"#+ defaults:\n#+   - s: {E}s1\n#+   - n: 3\nSELECT ?s ?n {{ ?s ?p ?n }}")
    assert [(one.name, one.type, one.default) for one in found.parameters] == [
        ("s", "iri", E + "s1"), ("n", "integer", "3"),
    ]  # fmt: skip


def test_prose_in_a_header_may_hold_colons() -> None:
    """A sentence needs no quotes for its colon."""
    found = query.parse("#+ summary: Acts: by whom\n#+ description: 'As it is: so'\nASK {}")
    assert (found.summary, found.description) == ("Acts: by whom", "As it is: so")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("#+ summary: [", "header"),
        ("#+ - a\n", "no list of names"),
        ("#+ parameters:\n#+   - type: iri\n", "wants a name"),
        ("#+ parameters:\n#+   - {name: a, type: thing}\n", "no type thing"),
        ("#+ parameters:\n#+   - {name: a, kind: iri}\n", "no such entry: kind"),
    ],
)
def test_a_bad_header_names_the_file(header: str, said: str, tmp_path: Path) -> None:
    """Who writes a query is told what its header lacks."""
    path = tmp_path / "bad.rq"
    path.write_text(header + "SELECT * {}")
    with pytest.raises(DataError, match=said) as caught:
        query.load(path)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("iri", "actor:mic", "<https://w3id.org/comity/id/actor/mic>"),
        ("iri", "<http://x/>", "<http://x/>"),
        ("date", "2023", '"2023-01-01"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("date", "2023-05-18", '"2023-05-18"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("language", "JA", '"ja"'),
        ("integer", " 12", '"12"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("text", 'a "b" }', '"a \\"b\\" }"'),
    ],
)
def test_values_become_terms_of_their_type(type_: str, text: str, expected: str) -> None:
    """What people write is turned into what the query compares with."""
    assert str(query.term(query.Parameter("p", type_), text)) == expected


@pytest.mark.parametrize(
    ("type_", "text"),
    [("iri", "MIC"), ("date", "2023-13"), ("date", "May"), ("language", "e n"), ("integer", "1.5"),
     ("actor", "nosuch:x")],
)  # fmt: skip
def test_values_of_another_type_are_refused_by_name(type_: str, text: str) -> None:
    """The message names the parameter."""
    with pytest.raises(UsageError, match="parameter p: "):
        query.term(query.Parameter("p", type_), text)


def test_values_given_go_before_lang_and_defaults() -> None:
    """A parameter of the type language follows --lang unless it is given itself."""
    found = query.parse(HEADER + "SELECT ?s ?lang ?since { ?s ?p ?o }")
    assert str(query.terms(found, {})["lang"]) == '"en"'
    assert str(query.terms(found, {}, "ja")["lang"]) == '"ja"'
    assert str(query.terms(found, {"lang": "fr"}, "ja")["lang"]) == '"fr"'
    assert "since" not in query.terms(found, {})
    with pytest.raises(UsageError, match="it has s, lang, since"):
        query.terms(found, {"limit": 3})


@pytest.mark.parametrize("name", ["nosuch", "../pyproject", "/etc/passwd", "checks/../a", "A"])
def test_names_that_are_none_reach_no_file(name: str, tmp_path: Path) -> None:
    """A query name is looked up in queries/ and nowhere else."""
    with pytest.raises(NotFound):
        query.named(tmp_path, name)


ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("path", sorted((ROOT / "queries").rglob("*.rq")), ids=lambda p: p.stem)
def test_every_query_of_the_project_passes_the_guard(path: Path) -> None:
    """Queries of the project are read like those of strangers, and take their defaults."""
    found = query.load(path)
    assert found.summary
    outline = guard.outline(found.text)
    query.project(outline, [one.name for one in found.parameters])


def test_the_error_tree_is_one() -> None:
    """Whoever catches KgError catches everything that the library refuses."""
    assert all(issubclass(one, KgError) for one in (DataError, NotFound, QueryError, UsageError))
    assert len(Triples(())) == 0
