"""Formats: negotiation, and writing that loses nothing."""

import io
import json
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import formats
from kg.errors import UsageError
from kg.results import Boolean, Rows, Triples

S, P = ox.NamedNode("https://w3id.org/comity/id/actor/mic"), ox.NamedNode("http://example.org/p")
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
def test_xml_is_well_formed_whatever_it_holds(text: str) -> None:
    """Control characters, which XML cannot write, do not break the document."""
    written = Rows(("x",), ((ox.Literal(text),),)).serialize("xml")
    found = ET.fromstring(written).find(".//{*}literal")  # noqa: S314 - our own output
    assert found is not None
    kept = "".join(c if c in "\t\n\r" or c >= " " else "\ufffd" for c in text)
    assert (found.text or "") == kept.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


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
