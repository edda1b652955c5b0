"""Owns `kg seal`: from what the curator settled and the text, the whole `evidence.ttl`.

The curator settles the source, its headings, its passages, and where segments and sentences start
and end. Everything else here follows from that, the text and the passages' quotes, and is written
anew each time: types, labels, words, hashes, and where each quote stands.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.curate.layout import render
from kg.curate.statements import Statements, outside, plain
from kg.curate.turtle import triples, write
from kg.errors import DataError
from kg.evidence.structure import (
    LABEL,
    PLACED,
    TYPE,
    Heading,
    Passage,
    Structure,
    problems,
    structure_of,
    term,
)
from kg.evidence.text import Span, TextCopy, find_copy, sentences
from kg.evidence.text import words as count
from kg.names import PREFIXES
from kg.sources import GraphFile, file_of, line_of, read

_PASSAGE_COMPUTED = {term(name) for name in ("order", "words", "sha256", "citationLabel")}
_LINKS_COMPUTED = {
    outside("skos", "broader"),
    outside("skos", "topConceptOf"),
    outside("skos", "inScheme"),
    outside("dct", "isPartOf"),
}
_PARAGRAPH = outside("doco", "Paragraph")
_PLACE_COMPUTED = {term(name) for name in ("passage", "number", "order", "words")} | {TYPE}


@dataclass(frozen=True)
class Quote:
    """Words that a claim or a mark quotes: whose they are, in which sentence, in which file."""

    claim: str
    passage: str
    sentence: int
    words: str
    path: Path

    @property
    def line(self) -> int:
        """The line of the words in their file, else that of their claim."""
        first = line_of(self.path, self.claim)
        start = self.words[:24].replace("\\", "\\\\").replace('"', '\\"')
        lines = self.path.read_text("utf-8").splitlines()
        found = (number for number in range(first, len(lines) + 1) if start in lines[number - 1])
        return next(found, first)


def seal(project: Path, source: str, place: Path | None = None, check: bool = False) -> bool:
    """Write the source's `evidence.ttl` anew from its text; whether anything changed.

    With `check` nothing is written, only said whether it would be. `place` is the text copy or a
    folder that holds it. DataError when the text is not at hand; when anything is misplaced, an
    ExceptionGroup of all of it, and nothing is written.
    """
    file = file_of(project, project / "data" / source / "evidence.ttl")
    if not file.path.is_file():
        raise DataError("there is no such file: propose one with kg draft", file.path)
    quads = read(file)
    authored = structure_of(quads, file)
    copy = copy_of(authored, project, place)
    kept = [quad for quad in quads if not _is_computed(quad, authored)]
    kept += _proposed_sentences(structure_of(kept, file), copy, file)
    structure = structure_of(kept, file)
    errors = _misplaced(structure, copy, file)
    spans: dict[str, tuple[Quote, Span]] = {}
    if not errors:
        for quote in quotes(project, structure):
            try:
                if quote.claim in spans:
                    raise DataError(f'a claim has one quote; this is another: "{quote.words}"')
                spans[quote.claim] = quote, _locate(structure, copy, quote)
            except DataError as error:
                errors.append(DataError(error.message, quote.path, quote.line))
    if errors:
        raise ExceptionGroup(f"{len(errors)} places are wrong in {source}", errors)
    written = {*kept, *_computed(structure, copy, spans, file)}
    text = render(written, file)
    if triples(text, file.path) != {quad.triple for quad in written}:
        raise DataError("would not say the same in the fixed order; it was left alone", file.path)
    if text.encode() == file.path.read_bytes():
        return False
    if not check:
        write(file.path, text)
    return True


def copy_of(structure: Structure, project: Path, place: Path | None) -> TextCopy:
    """The text copy of a source; DataError when it is not at hand."""
    if not structure.sha256:
        raise DataError(f"{structure.slug}: the source has no comity:sha256 of its text copy")
    copy = find_copy(structure.sha256, place, project)
    if copy is None:
        raise DataError(
            f"the text of {structure.slug} is not at hand (a .txt file with SHA-256"
            f" {structure.sha256[:12]}…): name it, or its folder, with KG_SOURCE_TEXT"
        )
    return copy


def quotes(project: Path, structure: Structure) -> Iterator[Quote]:
    """Every quote of a source's passage files, in the order of the files."""
    folder = project / "data" / structure.slug
    for path in sorted(folder.glob("*/*.ttl")):
        file = file_of(project, path)
        numbers: dict[str, int] = {}
        quoted: dict[str, list[str]] = {}
        for quad in read(file):
            subject, value = plain(quad)
            if quad.predicate == term("sentence") and value.isdecimal():
                numbers[subject] = int(value)
            elif quad.predicate == term("quote"):
                quoted.setdefault(subject, []).append(value)
        for claim, found in quoted.items():
            for words in sorted(found):
                yield Quote(claim, file.graph, numbers.get(claim, 0), words, path)


def _locate(structure: Structure, copy: TextCopy, quote: Quote) -> Span:
    passage = structure.passages.get(quote.passage)
    if passage is None:
        raise DataError("evidence.ttl has no such passage: add it there, or rename this file")
    if PLACED.fullmatch(quote.claim):
        raise DataError("names like #sentence-1 belong to the evidence: name the claim otherwise")
    if not quote.claim.startswith(quote.passage + "#"):
        raise DataError(f'only a claim of this passage (<#name>) quotes it: "{quote.words}"')
    if not quote.sentence:
        raise DataError(f'a quote wants comity:sentence, its number: "{quote.words}"')
    return passage.locate(copy.text, quote.sentence, quote.words)


def _is_computed(quad: ox.Quad, structure: Structure) -> bool:
    """Whether a statement follows from others, so that it is made anew."""
    subject, _ = plain(quad)
    if PLACED.fullmatch(subject):
        return quad.predicate in _PLACE_COMPUTED
    if subject in structure.passages:
        return quad.predicate in _PASSAGE_COMPUTED | _LINKS_COMPUTED or quad.object == _PARAGRAPH
    if subject in structure.headings:
        return quad.predicate in _LINKS_COMPUTED
    return "#" in subject  # the outline, and the places of claims' quotes


def _misplaced(structure: Structure, copy: TextCopy, file: GraphFile) -> list[DataError]:
    found = []
    if not structure.citations:
        found.append((structure.iri, "wants comity:citationLabel, the short form of its citation"))
    found += problems(structure, copy.text)
    return [
        DataError(
            f"{iri.removeprefix(PREFIXES['source'])}: {message}",
            file.path,
            line_of(file.path, iri),
        )
        for iri, message in found
    ]


def _proposed_sentences(structure: Structure, copy: TextCopy, file: GraphFile) -> Iterator[ox.Quad]:
    """Sentences for passages that have segments only, so that a curator may just delete them."""
    make = Statements(file.graph)
    for passage in structure.passages.values():
        if passage.sentences or not passage.segments:
            continue
        for number, span in enumerate(sentences(copy.text, passage.segments), 1):
            yield from make.span(f"{passage.iri}#sentence-{number}", span)


def _computed(
    structure: Structure, copy: TextCopy, spans: dict[str, tuple[Quote, Span]], file: GraphFile
) -> Iterator[ox.Quad]:
    make = Statements(file.graph)
    source = ox.NamedNode(structure.iri)
    outline = ox.NamedNode(structure.iri + "#outline")
    yield make.say(structure.iri, TYPE, term("Source"))
    yield make.say(outline.value, TYPE, outside("skos", "ConceptScheme"))
    yield make.say(outline.value, outside("dct", "isPartOf"), source)
    for language, short in structure.citations.items():
        name = f"{short}の構成" if language == "ja" else f"Outline of {short}"
        yield make.say(outline.value, LABEL, ox.Literal(name, language=language))
    for heading in structure.headings.values():
        for predicate, value in _heading_facts(heading, structure):
            yield make.say(heading.iri, predicate, value)
    for order, passage in enumerate(structure.passages.values(), 1):
        yield make.say(passage.iri, "order", order)
        yield from _passage_facts(make, passage, structure, copy)
    for claim, (quote, span) in spans.items():
        yield from make.span(claim, span)
        passage = structure.passages[quote.passage]
        before = passage.words_before(copy.text, quote.sentence, span.start)
        yield make.say(claim, "wordsBefore", before)


def _heading_facts(
    heading: Heading, structure: Structure
) -> Iterator[tuple[ox.NamedNode, ox.NamedNode]]:
    outline = ox.NamedNode(structure.iri + "#outline")
    yield TYPE, outside("doco", "Section")
    yield TYPE, outside("skos", "Concept")
    yield outside("skos", "inScheme"), outline
    if heading.pillar and heading.pillar != heading.iri:
        yield outside("skos", "broader"), ox.NamedNode(heading.pillar)
    else:
        yield outside("skos", "topConceptOf"), outline
    yield outside("dct", "isPartOf"), ox.NamedNode(structure.iri)


def _passage_facts(
    make: Statements, passage: Passage, structure: Structure, copy: TextCopy
) -> Iterator[ox.Quad]:
    kind = "Footnote" if passage.is_note else "Paragraph"
    iri = ox.NamedNode(passage.iri)
    yield make.say(passage.iri, TYPE, outside("doco", kind))
    yield make.say(passage.iri, outside("dct", "isPartOf"), ox.NamedNode(structure.iri))
    yield make.say(passage.iri, "words", passage.words(copy.text))
    yield make.say(passage.iri, "sha256", passage.digest(copy.text))
    for label in citation_labels(passage, structure):
        yield make.say(passage.iri, "citationLabel", label)
    for what, spans in (("segment", passage.segments), ("sentence", passage.sentences)):
        for number in range(1, len(spans) + 1):
            name = f"{passage.iri}#{what}-{number}"
            yield make.say(name, TYPE, term(what.capitalize()))
            yield make.say(name, "passage", iri)
            yield make.say(name, "number", number)
            if what == "sentence":
                yield make.say(name, "words", count(passage.sentence_text(copy.text, number)))


def citation_labels(passage: Passage, structure: Structure) -> list[ox.Literal]:
    """How a passage is cited, in each language in which its source is.

    Its path tells: "Progress Report 2024, Semiconductors (e)" of `semiconductors/e`, "…, Digital
    Government Transformation (c)(i)" of `…/c-i`, "…, Preamble 2", "…, Annex, paragraph 4" of
    `annex/p4`, "…, footnote 3" of a footnote.
    """
    labels = structure.headings[passage.section].labels
    unnumbered = re.fullmatch(r"p(\d+)", passage.slug)
    found = []
    for language, short in structure.citations.items():
        japanese = language == "ja"
        comma = "、" if japanese else ", "
        title = labels.get(language) or labels.get("en") or labels.get("ja") or passage.section
        if passage.is_note:
            place = ("脚注" if japanese else "footnote ") + passage.slug
        elif unnumbered:
            number = unnumbered[1]
            place = title + comma + (f"第{number}段落" if japanese else f"paragraph {number}")
        elif passage.slug.isdecimal():
            place = f"{title} {passage.slug}"
        else:
            place = title + " " + "".join(f"({part})" for part in passage.slug.split("-"))
        found.append(ox.Literal(short + comma + place, language=language))
    return found
