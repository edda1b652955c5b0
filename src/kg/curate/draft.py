"""Owns `kg draft`: a new source's folder, with the structure proposed and nothing of its text.

Beside `evidence.ttl` every passage gets a skeleton: each sentence as context, with the registered
names found in it. What exists is never overwritten; where `evidence.ttl` exists its structure, as
the curator corrected it, is what the missing skeletons follow.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import names
from kg.curate.layout import render
from kg.curate.outline import Heading, Item, propose
from kg.curate.registered import Registered
from kg.curate.statements import Statements, outside
from kg.curate.turtle import write
from kg.errors import DataError, UsageError
from kg.evidence.structure import FOOTNOTE, LABEL, TYPE, Passage, Structure, structure_of, term
from kg.evidence.text import TextCopy, read_copy, sentences, words
from kg.names import PREFIXES
from kg.sources import GraphFile, file_of, read

_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_SHOWN_WORDS, _SHOWN_CHARACTERS = 6, 48


@dataclass(frozen=True)
class Description:
    """What the curator says of a new source, as far as it is known."""

    title: str | None = None
    short: str | None = None
    date: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Draft:
    """What was proposed, the files written for it, and those that were there already."""

    structure: Structure
    copy: TextCopy
    written: list[Path]
    kept: list[Path]


def draft(
    project: Path, text: Path, source: str, description: Description, dry: bool = False
) -> Draft:
    """Propose a source from its text and write what is missing of its folder.

    With `dry` nothing is written. UsageError when the name is no path segment; DataError when an
    `evidence.ttl` exists that was made from another text.
    """
    if source == "reference" or not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", source):
        raise UsageError(f"--source {source}: lower-case letters, digits and hyphens")
    if description.date and not _DATE.fullmatch(description.date):
        raise UsageError(f"--date {description.date}: write it 2024-01-16, 2024-01 or 2024")
    copy = read_copy(text)
    file = file_of(project, project / "data" / source / "evidence.ttl")
    result = Draft(_structure(copy, source, description, file), copy, [], [])
    (result.kept if file.path.exists() else result.written).append(file.path)
    if not dry and not file.path.exists():
        write(file.path, render(_evidence(copy, source, description, file), file))
    registered = Registered(project, source)
    for passage in result.structure.passages.values():
        path = project / "data" / f"{passage.iri.removeprefix(PREFIXES['source'])}.ttl"
        (result.kept if path.exists() else result.written).append(path)
        if not dry and not path.exists():
            skeleton = file_of(project, path)
            write(path, render(_skeleton(passage, copy, registered, skeleton.graph), skeleton))
    return result


def _structure(copy: TextCopy, source: str, description: Description, file: GraphFile) -> Structure:
    """The structure as it stands corrected in the file, else as it is proposed."""
    if not file.path.exists():
        return structure_of(_evidence(copy, source, description, file), file)
    structure = structure_of(read(file), file)
    if structure.sha256 != copy.sha256:
        raise DataError(f"was made from another text than {copy.path.name}", file.path)
    return structure


def shown(result: Draft) -> Iterator[str]:
    """The structure for the terminal: headings, places, and the first words of each sentence."""
    text = result.copy.text
    for heading in result.structure.headings.values():
        label = next(iter(heading.labels.values()))
        kind = "pillar" if heading.is_pillar else "section"
        yield f"{kind} {heading.iri.rsplit('/', 1)[1]}: {label}"
        for passage in result.structure.in_section(heading.iri):
            places = ", ".join(f"{span.start}-{span.end}" for span in passage.segments)
            yield f"  {passage.slug}  [{places}]  {passage.words(text)} words"
            for number, span in enumerate(passage.sentences, 1):
                first = " ".join(passage.sentence_text(text, number).split()[:_SHOWN_WORDS])
                yield f"    {number}  [{span.start}-{span.end}]  {first[:_SHOWN_CHARACTERS]} …"


def _evidence(copy: TextCopy, source: str, said: Description, file: GraphFile) -> Iterator[ox.Quad]:
    """The structure as the curator is to correct it: nothing that `kg seal` works out."""
    make = Statements(file.graph)
    outline = propose(copy.text)
    iri = PREFIXES["source"] + source
    language = "ja" if 2 * len(_JAPANESE.findall(copy.text)) > words(copy.text) else "en"
    title = said.title or outline.title or source
    yield make.say(iri, TYPE, term("Source"))
    yield make.say(iri, outside("dct", "title"), ox.Literal(title, language=language))
    short = ox.Literal(said.short or title, language=language)
    yield make.say(iri, "citationLabel", short)
    yield make.say(iri, "sha256", copy.sha256)
    if said.date:
        yield make.say(iri, "date", outside("date", said.date))
    if said.url:
        yield make.say(iri, outside("schema", "url"), ox.NamedNode(names.expand(said.url)))
    for order, heading in enumerate(outline.headings, 1):
        yield from _heading(make, heading, order, iri, language)
    for item in outline.items:
        yield from _item(make, item, iri, copy)


def _heading(
    make: Statements, heading: Heading, order: int, source: str, language: str
) -> Iterator[ox.Quad]:
    iri = f"{source}/{heading.slug}"
    if heading.is_pillar:
        yield make.say(iri, TYPE, term("Pillar"))
    if heading.is_section:
        yield make.say(iri, TYPE, term("Section"))
    yield make.say(iri, LABEL, ox.Literal(heading.label, language=language))
    yield make.say(iri, "order", order)
    if heading.printed:
        yield make.say(
            iri, outside("skos", "altLabel"), ox.Literal(heading.printed, language=language)
        )
    if heading.pillar and heading.is_section:
        yield make.say(iri, "pillar", ox.NamedNode(f"{source}/{heading.pillar}"))


def _item(make: Statements, item: Item, source: str, copy: TextCopy) -> Iterator[ox.Quad]:
    iri = f"{source}/{item.section}/{item.slug}"
    yield make.say(iri, TYPE, term("Passage"))
    if item.is_note:
        yield make.say(iri, TYPE, FOOTNOTE)
    yield make.say(iri, "section", ox.NamedNode(f"{source}/{item.section}"))
    if item.printed:
        yield make.say(iri, "marker", item.printed)
    for number, span in enumerate(item.segments, 1):
        yield from make.span(f"{iri}#segment-{number}", span)
    for number, span in enumerate(sentences(copy.text, item.segments), 1):
        yield from make.span(f"{iri}#sentence-{number}", span)


def _skeleton(
    passage: Passage, copy: TextCopy, registered: Registered, graph: str
) -> Iterator[ox.Quad]:
    """Each sentence as context, with the registered names in it; the curator makes claims of it."""
    make = Statements(graph)
    yield make.say(graph, TYPE, term("Passage"))
    for number in range(1, len(passage.sentences) + 1):
        mark = f"{graph}#context-{number}"
        yield make.say(mark, TYPE, term("Context"))
        yield make.say(mark, "sentence", number)
        for thing in registered.found(passage.sentence_text(copy.text, number)):
            yield make.say(mark, "mentions", ox.NamedNode(thing))
