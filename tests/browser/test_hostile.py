"""What others wrote is text: no label, query, parameter or name of a file runs."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from browser.conftest import Visit, Visitor
from serving import served

# each would set a mark, were it read as what it looks like
PAYLOADS = [
    '"><img src=x onerror="window.struck=1">',
    "'><svg onload=window.struck=1>",
    "</script><script>window.struck=1</script>",
    "</textarea><script>window.struck=1</script>",
    "{{ constructor.constructor('window.struck=1')() }}",
    "javascript:window.struck=1",
    "\u2028window.struck=1//<!--",
]
BASE = "https://w3id.org/comity/"
# where a visitor's words come back
PLACES = [
    "search?q={}",
    "search?q=meti&type={}",
    "commitments?topic={}",
    "commitments?bearer={}&group={}",
    "timeline?from={}",
    "timeline?topic={}",
    "network?topic={}",
    "network?projection={}&size={}",
    "pair/{}",
    "pair/japan-united-kingdom?topic={}",
    "sparql?query={}",
    "sparql?query=SELECT%20({}%20AS%20%3Fx)%20WHERE%20%7B%7D",
    "queries/{}",
    "queries/actor?actor={}",
    "page/id/actor/{}",
    "page/topic/semiconductors?page={}",
    "page/source/{}",
    "browse/{}",
    "browse/actors?type={}",
    "{}",
    "data?lang={}",
    "changes?from={}",
    "embed/network?topic={}",
]


def unhurt(visit: Visit) -> None:
    """Assert that nothing ran which was not ours."""
    assert visit.page.evaluate("window.struck") is None
    assert visit.violations() == []
    assert visit.seen.outside == []
    links = visit.page.evaluate("[...document.querySelectorAll('a')].map((one) => one.protocol)")
    assert set(links) <= {"http:", "https:", "mailto:", ":"}


@pytest.mark.parametrize("place", PLACES)
def test_what_a_visitor_writes(visitor: Visitor, place: str) -> None:
    """Parameters, queries and paths come back as text."""
    visit = visitor()
    for lang, written in (("en", "".join(PAYLOADS[:4])), ("ja", "".join(PAYLOADS[4:]))):
        visit.go(f"/{lang}/{place.replace('{}', quote(written, safe=''))}")
        unhurt(visit)


HOSTILE = (
    """\
@prefix actor: <{base}id/actor/> .
@prefix comity: <{base}ontology#> .
@prefix instrument: <{base}id/instrument/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <http://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
    + "".join(
        f"""
actor:a{number} a comity:Ministry ; skos:prefLabel "{{p{number}}}"@en, "漢字{{p{number}}}"@ja ;
    skos:altLabel "{{p{number}}}" ; rdfs:label "{{p{number}}}" ; comity:name "{{p{number}}}" ;
    schema:url <javascript:window.struck=1> ; rdfs:comment "{{p{number}}}"@en ;
    skos:definition "{{p{number}}}"@en ; rdfs:seeAlso <data:text/html,{number}> ;
    comity:partner actor:a{(number + 1) % len(PAYLOADS)} .
"""
        for number in range(len(PAYLOADS))
    )
    + """
<https://example.org/x> skos:prefLabel "{p0}"@en ; rdfs:seeAlso actor:a0 .
"""
)


def escaped(text: str) -> str:
    """A text as a Turtle string has it."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over a file whose labels, addresses and name are all hostile."""
    path = tmp_path_factory.mktemp("hostile") / '"><img src=x onerror=window.struck=1>.ttl'
    text = HOSTILE.replace("{base}", BASE)
    for number, payload in enumerate(PAYLOADS):
        text = text.replace(f"{{p{number}}}", escaped(payload))
    path.write_text(text, "utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    with served(env, files=[path]) as address:
        yield address


def test_what_data_say(visitor: Visitor, hostile: str) -> None:
    """Labels and addresses in data are text, on every page that shows them."""
    visit = visitor(at=hostile)
    paths = [f"page/id/actor/a{number}" for number in range(len(PAYLOADS))]
    paths += ["", "browse/actors", "network", "search?q=window", "sparql", "data", "timeline"]
    paths += ["commitments", "page/ontology", "quality"]
    for number, path in enumerate(paths):
        visit.go(f"/{'ja' if number % 2 else 'en'}/{path}")
        unhurt(visit)


QUERY = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o"


def run(page: Page) -> None:
    """Press the workbench's button, and wait for its answer."""
    page.locator(".runbar .btn.main").first.click()
    page.locator("#results").get_by_text("漢字").first.wait_for()


def test_what_a_query_finds(visitor: Visitor, hostile: str) -> None:
    """Hostile values in a result are text in the workbench, with scripts and without."""
    visit = visitor(at=hostile)
    run(visit.go(f"/en/sparql?query={quote(QUERY)}"))
    unhurt(visit)


def test_what_is_suggested(visitor: Visitor) -> None:
    """Hostile labels are text in the suggestions of a search field."""
    visit = visitor()
    found = [{"label": one, "url": None, "iri": "x"} for one in PAYLOADS]
    body = json.dumps({"suggestions": found})
    visit.page.route(
        "**/search/suggest?*",
        lambda route: route.fulfill(body=body, content_type="application/json"),
    )
    page = visit.go("/en/")
    page.get_by_role("combobox").first.press_sequentially("window", delay=20)
    page.get_by_role("option").nth(len(PAYLOADS) - 1).wait_for()
    shown = [one.strip() for one in page.get_by_role("option").all_inner_texts()]
    assert shown == [one.strip() for one in PAYLOADS]
    unhurt(visit)


def test_names_of_files(visitor: Visitor, hostile: str) -> None:
    """The name of a file that is served is text wherever it is shown."""
    visit = visitor(at=hostile)
    for path in ("", "data", "quality", "about"):
        visit.go(f"/en/{path}")
        unhurt(visit)


def test_the_probes_would_strike(visitor: Visitor, tmp_path: Path) -> None:
    """Where nothing is escaped the payloads do run: the tests above would see it."""
    visit = visitor()
    (tmp_path / "open.html").write_text(f"<p title='{PAYLOADS[1]}'>{PAYLOADS[0]}", "utf-8")
    visit.page.goto((tmp_path / "open.html").as_uri())
    visit.page.wait_for_function("window.struck === 1")
