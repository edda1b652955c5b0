"""Formats: negotiation, and writing that loses nothing."""

import contextlib
import io
import json
import re
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import formats
from kg.errors import UsageError
from kg.names import PREFIXES
from kg.results import Boolean, Rows, Term, Triples

S, P = ox.NamedNode("https://w3id.org/comity/id/actor/mic"), ox.NamedNode("http://example.org/p")
TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
G, H = ox.NamedNode("http://example.org/g"), ox.NamedNode("http://example.org/h")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


@pytest.mark.parametrize(
    ("accept", "kinds", "name"),
    [
        (None, ("triples",), "ttl"),
        ("", ("rows",), "json"),
        ("*/*", ("rows",), "json"),
        ("text/csv", ("rows",), "csv"),
        ("text/csv;q=0.5, application/sparql-results+xml", ("rows",), "xml"),
        ("text/csv ; q=0.9 , application/sparql-results+xml;q=0.8", ("rows",), "csv"),
        ("text/*", ("rows",), "csv"),
        ("text/*, text/csv;q=0", ("rows",), "tsv"),
        ("application/json", ("rows",), "json"),
        ("application/json", ("triples",), "jsonld"),
        ("application/xml", ("rows",), "xml"),
        ("application/rdf+xml, */*;q=0.1", ("triples", "quads"), "rdf"),
        ("application/n-quads", ("triples", "quads"), "nq"),
        ("TEXT/TURTLE", ("triples",), "ttl"),
        ("text/turtle;q=0.1, application/n-triples;q=0.1", ("triples",), "ttl"),
        ("text/html, application/xhtml+xml, */*;q=0.8", ("triples",), "ttl"),
        ("*", ("rows",), "json"),
        ("image/png", ("rows",), None),
        ("text/csv;q=0", ("rows",), None),
        ("text/turtle", ("rows",), None),
        ("*/csv", ("rows",), None),
        ("text/csv;q=nan", ("rows",), None),
    ],
)
def test_negotiation_follows_the_weights(
    accept: str | None, kinds: tuple[str, ...], name: str | None
) -> None:
    """Weights decide, then how specific a range is, then our order; nothing fits: None."""
    found = formats.negotiate(accept, *kinds)
    assert (found and found.name) == name


@given(TEXT)
def test_no_header_breaks_negotiation(header: str) -> None:
    """Whatever a client sends, the answer is one of our formats or none."""
    assert formats.negotiate(header) in (None, *formats.FORMATS)


def test_names_are_looked_up_among_what_is_offered() -> None:
    """A suffix works as a name; a format of another kind is refused with those that would do."""
    assert formats.by_name(".ttl") is formats.BY_NAME["ttl"]
    with pytest.raises(UsageError, match="json, xml, csv, tsv"):
        formats.by_name("ttl", "rows")


@pytest.mark.parametrize("name", ["ttl", "nt", "rdf", "jsonld"])
def test_triples_come_back_as_they_were(name: str) -> None:
    """Every format of triples holds the union as a set, and is read back as the same graph."""
    values = [ox.Literal('a\n\t"b" & <c> 総務省', language="ja"), ox.Literal(3), ox.Literal("x"), G]
    quads = [ox.Quad(S, P, value, graph) for value in values for graph in (G, H)]
    written = formats.write(quads, name)
    read = {
        (quad.subject, quad.predicate, quad.object)
        for quad in ox.parse(written, format=formats.BY_NAME[name].rdf)
    }
    assert read == {(S, P, value) for value in values}


@pytest.mark.parametrize("name", ["nq", "trig"])
def test_quads_come_back_as_they_were(name: str) -> None:
    """Formats of quads keep which graph says what."""
    quads = {ox.Quad(S, P, ox.Literal("x"), graph) for graph in (G, H)}
    assert set(ox.parse(formats.write(quads, name), format=formats.BY_NAME[name].rdf)) == quads


@pytest.mark.parametrize("name", ["ttl", "nt", "rdf", "jsonld", "nq", "trig"])
def test_equal_graphs_give_equal_bytes(name: str) -> None:
    """The order in which quads come does not show."""
    quads = [ox.Quad(S, P, ox.Literal(i), G) for i in range(30)]
    assert formats.write(quads, name) == formats.write(reversed(quads), name)


def test_turtle_declares_the_prefixes_it_uses() -> None:
    """People read Turtle: it has the project's prefixes, and none that it does not use."""
    written = formats.write([ox.Triple(S, P, ox.Literal("x"))], "ttl").decode()
    assert "@prefix actor: <https://w3id.org/comity/id/actor/> ." in written
    assert "actor:mic" in written
    assert "@prefix skos:" not in written


def test_a_file_gets_what_would_be_returned() -> None:
    """Writing to a file and returning bytes are the same."""
    buffer = io.BytesIO()
    triples = [ox.Triple(S, P, ox.Literal("x"))]
    assert formats.write(triples, "ttl", buffer) == b""
    assert buffer.getvalue() == formats.write(triples, "ttl")


ROWS = Rows(
    ("iri", "text", "none"),
    (
        (S, ox.Literal('say "é",\n\tnext', language="en"), None),
        (ox.BlankNode("b"), ox.Literal(5), None),
    ),
)


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
def test_the_engine_reads_our_rows(name: str) -> None:
    """Another implementation of the SPARQL results formats reads back the same terms."""
    chosen = formats.BY_NAME[name]
    parsed = ox.parse_query_results(ROWS.serialize(name), format=chosen.results)
    assert isinstance(parsed, ox.QuerySolutions)
    assert [variable.value for variable in parsed.variables] == list(ROWS.variables)
    read = [tuple(row[name] for name in ROWS.variables) for row in parsed]
    assert read == list(ROWS.rows)


def test_csv_follows_its_specification() -> None:
    """Plain values, quoted where needed, lines ended by CRLF."""
    assert ROWS.serialize("csv").decode() == (
        'iri,text,none\r\nhttps://w3id.org/comity/id/actor/mic,"say ""é"",\n\tnext",\r\n_:b,5,\r\n'
    )


@given(TEXT)
def test_xml_holds_a_text_or_refuses_it(text: str) -> None:
    """Any literal comes back from XML letter for letter; one that XML cannot hold is an error."""
    rows = Rows(("x",), ((ox.Literal(text),),))
    triples = [ox.Triple(S, P, ox.Literal(text))]
    if any((c < " " and c not in "\t\n\r") or c in "\ufffe\uffff" for c in text):
        with pytest.raises(UsageError, match="JSON"):
            rows.serialize("xml")
        with pytest.raises(UsageError, match="JSON"):
            formats.write(triples, "rdf")
        return
    for written, there in (
        (rows.serialize("xml"), ".//{*}literal"),
        (formats.write(triples, "rdf"), ".//{*}p"),
    ):
        found = ET.fromstring(written).find(there)  # noqa: S314 - our own output
        assert found is not None
        assert (found.text or "") == text


IRIS = st.builds(ox.NamedNode, st.sampled_from(["http://x/a", "http://x/é", "urn:x:1", "x:?a&b'"]))
LITERALS = st.one_of(
    st.builds(ox.Literal, TEXT),
    st.builds(ox.Literal, TEXT, language=st.sampled_from(["en", "ja-jp"])),
    st.builds(
        ox.Literal,
        TEXT,
        language=st.just("ar"),
        direction=st.sampled_from([ox.BaseDirection.LTR, ox.BaseDirection.RTL]),
    ),
    st.builds(ox.Literal, TEXT, datatype=IRIS),
    st.builds(ox.Literal, st.one_of(st.integers(-9, 9**9), st.floats(), st.booleans())),
    st.builds(
        ox.Literal,
        st.sampled_from(["1", "01", "1.50", "+1", "1e0", "x", "true", ".5"]),
        datatype=st.sampled_from(["integer", "decimal", "double", "boolean", "date"]).map(
            lambda name: ox.NamedNode(PREFIXES["xsd"] + name)
        ),
    ),
)
SIMPLE = st.one_of(IRIS, LITERALS, st.builds(ox.BlankNode, st.sampled_from(["a", "b1"])))
TERMS = st.recursive(SIMPLE, lambda inner: st.builds(ox.Triple, st.just(S), st.just(P), inner))


@given(st.lists(TERMS, max_size=6))
def test_rows_are_written_as_the_engine_writes_them(terms: list[Term]) -> None:
    """Whether an answer is kept as rows or written at once, its bytes are the same."""
    store = ox.Store()
    store.extend(ox.Quad(S, P, term) for term in terms)
    text = f"SELECT ?x ?y {{ ?s ?p ?x OPTIONAL {{ ?x <{P.value}> ?y }} }}"

    def answer() -> ox.QuerySolutions:
        found = store.query(text)
        assert isinstance(found, ox.QuerySolutions)
        return found

    rows = Rows(("x", "y"), tuple(tuple(row) for row in answer()))
    for name in ("json", "csv", "tsv"):
        assert rows.serialize(name) == answer().serialize(format=formats.BY_NAME[name].results)
    with contextlib.suppress(UsageError):
        written = answer().serialize(format=ox.QueryResultsFormat.XML)
        assert rows.serialize("xml") == formats.checked_xml(written or b"")


@pytest.mark.parametrize("end", ["", "1", "p#", "a:1", "a%20", "·", "a×"])
def test_what_rdf_xml_cannot_name_is_an_error(end: str) -> None:
    """A predicate without a name at its end is an error that names it, never broken XML."""
    iri = ox.NamedNode("http://example.org/" + end)
    inner = ox.Triple(S, iri, G)
    for triple in (inner, ox.Triple(S, TYPE, iri), ox.Triple(S, P, inner)):
        with pytest.raises(UsageError, match=re.escape(f"<{iri.value}>") + ".*Turtle"):
            formats.write([triple], "rdf")
        assert formats.write([triple], "ttl")
    # a class that another goes before is no element
    written = formats.write([ox.Triple(S, TYPE, one) for one in (ox.NamedNode("a:b"), iri)], "rdf")
    assert len(ET.fromstring(written)) == 1  # noqa: S314 - our own output


@pytest.mark.parametrize("word", ["li", "Description", "about", "bagID", "aboutEach"])
def test_words_of_rdf_xml_are_no_predicates(word: str) -> None:
    """What RDF/XML would read as its own syntax is refused with the same words."""
    predicate = ox.NamedNode(PREFIXES["rdf"] + word)
    with pytest.raises(UsageError, match="Turtle"):
        formats.write([ox.Triple(S, predicate, G)], "rdf")


@given(st.text(st.sampled_from("a1é×·.-_:/#%&'\u0300\u037e日"), max_size=6))
def test_rdf_xml_is_read_back_or_refused(end: str) -> None:
    """Whatever a predicate ends in, the document is XML and the same graph."""
    with contextlib.suppress(ValueError):
        predicate = ox.NamedNode("http://example.org/" + end)
        triple = ox.Triple(S, predicate, ox.Literal("x"))
        with contextlib.suppress(UsageError):
            written = formats.write([triple], "rdf")
            ET.fromstring(written)  # noqa: S314 - our own output
            read = ox.parse(written, format=ox.RdfFormat.RDF_XML)
            assert [quad.triple for quad in read] == [triple]


@given(TEXT)
def test_json_holds_any_text(text: str) -> None:
    """Any literal comes back from JSON letter for letter."""
    written = Rows(("x",), ((ox.Literal(text),),)).serialize("json")
    assert json.loads(written)["results"]["bindings"] == [{"x": {"type": "literal", "value": text}}]


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
@pytest.mark.parametrize("value", [True, False])
def test_booleans_have_every_format(name: str, value: bool) -> None:
    """An ASK can be answered in each format of rows; in CSV, which no parser takes, by a word."""
    assert Boolean(value).serialize("csv") == (b"true\n" if value else b"false\n")
    parsed = ox.parse_query_results(
        Boolean(value).serialize(name), format=formats.BY_NAME[name].results
    )
    assert isinstance(parsed, ox.QueryBoolean)
    assert bool(parsed) is value


def test_rows_are_not_written_as_rdf_nor_triples_as_rows() -> None:
    """A format of the wrong kind is refused, not guessed at."""
    with pytest.raises(UsageError):
        ROWS.serialize("ttl")
    with pytest.raises(UsageError):
        Triples(()).serialize("csv")
