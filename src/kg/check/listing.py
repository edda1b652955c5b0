"""The list of all shapes and checks, as docs/checks.md shows it."""

from collections.abc import Iterator
from pathlib import Path

from kg.check import Query, load_queries

# evidence checks and the reading of files are written in Python: their one line stands here
EVIDENCE = {
    "turtle": "A file is Turtle as curated files are written: its own @base, no blank node.",
    "evidence-whole": "An evidence file describes its source, outline and passages completely.",
    "places": "Segments and sentences lie in the text, apart, and cover every passage.",
    "passage-known": "The evidence describes every passage that has a file.",
    "passage-hash": "The hash of a passage is that of its normalised text.",
    "passage-words": "The words of a passage and of each sentence are as many as its text has.",
    "passage-marker": "A passage's marker is what is printed before it.",
    "quote-in-sentence": "Each quote stands exactly once in its sentence, letter for letter.",
    "span-sealed": "The evidence places each quote where it stands, and counts the words before.",
    "name-printed": "Of each registered thing that a passage uses, a registered form stands in it.",
    "date-printed": "Each date of a passage is printed in it, or its relative words can mean it.",
    "relative-date-printed": "The words of a relative date stand in the passage.",
    "sum-printed": "Each sum is printed with its currency, a ceiling with words such as 'up to'.",
    "title-printed": "Each printed title stands in the passage.",
    "address-printed": "Each printed address stands in the passage, line breaks aside.",
    "locality-printed": "Each locality is named in the passage.",
    "modality-worded": "The sentence of a commitment has a word of its modality.",
    "frequency-worded": "The sentence of a claim with a frequency has a word for it.",
    "check-digit": "Corporate numbers and ROR identifiers have the right check digits.",
}
# these need no text: they run wherever the files are
WITHOUT_TEXT = ("turtle", "evidence-whole", "check-digit")

# kinds of edit (bench/kinds.py) that leave well-formed falsehoods, and why no check can see them
UNSEEN = {
    "Another act, topic or instrument type": "The code is the curators' reading of the words. Where"
    " the words name an act or type themselves, `act-words` and `type-name` see it.",
    "Another status": "`status-words`, `modality-status` and `date-status` see it where the verb is"
    " in the quote and no other reading is stated.",
    "Values of two claims swapped": "Both are in the passage; who did which takes reading.",
    "A statement left out": "A claim may have no object, counterpart or topic. A sentence left out"
    " is seen (`sentence-unmarked`).",
    "A discrepancy left out": "Nothing refers to a note; that it is missing takes reading.",
    "A letter of a name, where another form of it is printed": "No dictionary is consulted.",
    "A letter of a note": "No dictionary is consulted.",
    "An official date, an identifier without check digit, a page's address": "They come from"
    " outside: only the page in `dct:source` tells.",
}


def listing(project: Path) -> str:
    """The whole page, in Markdown."""
    return "\n".join(_lines(project)) + "\n"


def _lines(project: Path) -> Iterator[str]:
    shapes = sorted(_shapes(project))
    queries: list[Query] = load_queries(project)
    yield "# Shapes and checks"
    yield ""
    yield "Written by `python -m kg.check.listing`; a test holds it against the files."
    yield ""
    yield "`kg check` runs all of these and lists what they find, with file, line and what to do."
    yield "With files as arguments it lists what stands in those. A snapshot is built only from"
    yield "data in which they find nothing. They show that data is well formed and anchored in its"
    yield "source, not that it is true: that is for readers."
    yield ""
    yield f"## Shapes ({len(shapes)})"
    yield ""
    yield "SHACL, over the union of the authored graphs, without inference: `ontology/shapes.ttl`."
    yield "Cases: `tests/cases/<shape>/`."
    yield ""
    yield "| Shape | What it holds |"
    yield "|---|---|"
    yield from (f"| `{name}` | {comment} |" for name, comment in shapes)
    yield ""
    yield f"## Check queries ({len(queries)})"
    yield ""
    yield "SPARQL, over the named graphs; each finds what must not be: `queries/checks/<name>.rq`."
    yield "Cases: `tests/cases/checks/<name>/`, those of the ontology `tests/cases_ontology/`."
    yield ""
    yield "| Check | What it finds |"
    yield "|---|---|"
    yield from (f"| `{query.name}` | {query.summary} |" for query in queries)
    yield ""
    yield f"## Evidence checks ({len(EVIDENCE)})"
    yield ""
    yield "In Python. All but those marked * need the source's text (`KG_SOURCE_TEXT`); where it is"
    yield "absent the check report says that quotes were not verified."
    yield ""
    yield "| Check | What it holds |"
    yield "|---|---|"
    for name, said in EVIDENCE.items():
        mark = r" \*" if name in WITHOUT_TEXT else ""
        yield f"| `{name}`{mark} | {said} |"
    yield ""
    yield "## What no check sees"
    yield ""
    yield "`make mutate` makes random single edits of the curated files and counts which of them"
    yield "the checks catch. Of those that break form, references or evidence it must be 95 in 100."
    yield "Well-formed falsehoods mostly pass, and are what reading is for:"
    yield ""
    yield from (f"- **{edit}.** {reason}" for edit, reason in UNSEEN.items())


def _shapes(project: Path) -> Iterator[tuple[str, str]]:
    from rdflib import URIRef
    from rdflib.namespace import RDFS

    from kg.check.shacl import Shapes

    shapes = Shapes(project / "ontology" / "shapes.ttl")
    for iri in shapes.names:
        yield iri.rpartition("#")[2], str(shapes.graph.value(URIRef(iri), RDFS.comment))


if __name__ == "__main__":
    from kg.settings import find_project

    place = find_project() / "docs" / "checks.md"
    place.write_text(listing(find_project()), "utf-8")
