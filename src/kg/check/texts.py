"""Evidence checks: what the curated graphs say, compared with the text that they say it of.

The text is taken from the copy whose hash the source records; where that copy is not at hand these
checks do not run, and the check report says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph as ox

from kg.check import printed
from kg.check.facts import COMITY, RDF_TYPE, Description, Facts, Lapse, iris, number, strings
from kg.errors import DataError
from kg.evidence import Passage, Structure, find_copy, problems, structure_of
from kg.evidence import words as count
from kg.names import PREFIXES
from kg.sources import GraphFile

_NAMED = tuple(
    PREFIXES[kind] for kind in ("actor", "instrument", "initiative", "event", "document")
)
_CITES = PREFIXES["cito"]
_DCT_TITLE = PREFIXES["dct"] + "title"


@dataclass(frozen=True)
class Source:
    """A source with its text: what the evidence checks of its passages compare with."""

    structure: Structure
    text: str
    language: str
    date: str | None


def open_source(
    facts: Facts, quads: list[ox.Quad], file: GraphFile, place: Path | None, project: Path
) -> Source | None:
    """The source of an evidence file with its text; None when its copy is not at hand.

    DataError when the evidence file is not whole.
    """
    structure = structure_of(quads, file)
    if not structure.sha256:
        return None
    copy = find_copy(structure.sha256, place, project)
    if copy is None:
        return None
    said = facts.graphs[file.graph].get(structure.iri, {})
    titles = [v for v in said.get(_DCT_TITLE, ()) if isinstance(v, ox.Literal)]
    language = next((title.language for title in titles if title.language), "en")
    dates = iris(said, "date")
    slug = dates[0].rsplit("/", 1)[1].split("_")[0] if dates else None
    return Source(structure, copy.text, language, slug)


def lapses(source: Source, facts: Facts, only: set[str] | None = None) -> Iterator[Lapse]:
    """Everything wrong between a source's graphs and its text; `only` names graphs to look at."""
    evidence = f"{PREFIXES['graph']}evidence/{source.structure.slug}"
    if only is None or evidence in only:
        for focus, message in problems(source.structure, source.text):
            yield Lapse(focus, "places", f"{message} (then run kg seal)", evidence)
        for passage in source.structure.passages.values():
            for number_, sentence in enumerate(passage.sentences, 1):
                if sentence.of(source.text) != sentence.of(source.text).strip():
                    message = "begins or ends with white space: move the place (then run kg seal)"
                    yield Lapse(f"{passage.iri}#sentence-{number_}", "places", message, evidence)
            yield from _sealed(source, passage, facts.graphs[evidence])
    for graph, subjects in facts.passages(source.structure.iri):
        if only is not None and graph not in only and evidence not in only:
            continue
        found = source.structure.passages.get(graph)
        if found is None:
            message = "The evidence knows no such passage: add it there, or rename this file."
            yield Lapse(graph, "passage-known", message, graph)
            continue
        reader = Reader(source, found, facts, subjects)
        yield from reader.quotes(facts.graphs[evidence])
        if only is None or graph in only:
            yield from reader.names()
            yield from reader.dates()
            yield from reader.sums()
            yield from reader.strings()
            yield from reader.wordings()


def _sealed(source: Source, passage: Passage, sealed: dict[str, Description]) -> Iterator[Lapse]:
    """Hash and words of a passage and of its sentences that no longer follow from the text."""
    evidence = f"{PREFIXES['graph']}evidence/{source.structure.slug}"
    said = sealed.get(passage.iri, {})
    if any(segment.end > len(source.text) for segment in passage.segments):
        return  # `problems` says so
    if strings(said, "sha256") != [passage.digest(source.text)]:
        message = "The hash is not that of the passage's text: correct its places, run kg seal."
        yield Lapse(passage.iri, "passage-hash", message, evidence)
    if number(said, "words") != passage.words(source.text):
        message = "comity:words does not count the passage's words: run kg seal."
        yield Lapse(passage.iri, "passage-words", message, evidence)
    for place in range(1, len(passage.sentences) + 1):
        name = f"{passage.iri}#sentence-{place}"
        text = passage.sentence_text(source.text, place)
        if number(sealed.get(name, {}), "words") != count(text):
            message = "comity:words does not count the sentence's words: run kg seal."
            yield Lapse(name, "passage-words", message, evidence)
    before = source.text[: passage.segments[0].start] if passage.segments else ""
    mark = (passage.marker or "").strip()
    line = before[before.rfind("\n") + 1 :]
    if line.strip(" -•*") and mark and mark not in line:
        message = "The marker is not what is printed before the passage: correct comity:marker."
        yield Lapse(passage.iri, "passage-marker", message, evidence, mark)


class Reader:
    """One passage read beside its text."""

    def __init__(
        self,
        source: Source,
        passage: Passage,
        facts: Facts,
        subjects: dict[str, Description],
    ) -> None:
        self.source = source
        self.passage = passage
        self.facts = facts
        self.subjects = subjects
        self.text = passage.text(source.text)
        # a part of a source can be in another language than its title: script tells Japanese
        self.language = printed.language_of(self.text, source.language)

    def _lapse(self, focus: str, check: str, message: str, value: str | None = None) -> Lapse:
        return Lapse(focus, check, message, self.passage.iri, value)

    def _sentence(self, said: Description) -> str:
        """The text of a claim's sentence; of the passage, if it has none."""
        place = number(said, "sentence")
        if place is None or not 1 <= place <= len(self.passage.sentences):
            return self.text
        return self.passage.sentence_text(self.source.text, place)

    def quotes(self, evidence: dict[str, Description]) -> Iterator[Lapse]:
        """Each quote stands once in its sentence, and where the evidence says."""
        for subject, said in self.subjects.items():
            place = number(said, "sentence")
            for quote in strings(said, "quote"):
                try:
                    span = self.passage.locate(self.source.text, place or 0, quote)
                except DataError as error:
                    reason = error.message.split(': "', 1)[0]  # the value repeats the quote
                    message = (
                        f"The quote does not stand once in its sentence ({reason}):"
                        " correct comity:quote or comity:sentence."
                    )
                    yield self._lapse(subject, "quote-in-sentence", message, quote)
                    continue
                sealed = evidence.get(subject, {})
                if (number(sealed, "start"), number(sealed, "end")) != (span.start, span.end):
                    message = "The evidence places this quote elsewhere or nowhere: run kg seal."
                    yield self._lapse(subject, "span-sealed", message, quote)
                before = self.passage.words_before(self.source.text, place or 0, span.start)
                if number(sealed, "wordsBefore") != before:
                    message = "comity:wordsBefore does not count the words before: run kg seal."
                    yield self._lapse(subject, "span-sealed", message, quote)

    def names(self) -> Iterator[Lapse]:
        """Each registered thing that the passage uses has a registered form in its text."""
        used: dict[str, str] = {}
        for subject, said in self.subjects.items():
            if subject.startswith(_NAMED):
                used.setdefault(subject, subject)
            for predicate, values in said.items():
                if predicate.startswith(_CITES):
                    continue  # a footnote's work is named in the footnote
                for value in values:
                    if isinstance(value, ox.NamedNode) and value.value.startswith(_NAMED):
                        used.setdefault(value.value, subject)
        for thing, user in sorted(used.items()):
            forms = self.facts.forms.get(thing)
            if forms is None:
                continue  # the check of dangling references says so
            languages = (self.language, self.source.language, "en")
            known = [form.value for form in forms if form.language in languages]
            if not any(printed.form_stands(form, self.text) for form in known):
                message = (
                    "No registered form of this thing stands in the passage: use another thing,"
                    " or register the form as printed (skos:altLabel, misprints skos:hiddenLabel)."
                )
                yield self._lapse(user, "name-printed", message, thing)

    def dates(self) -> Iterator[Lapse]:
        """Each date is printed in the passage, or its words are and can mean it."""
        for subject, said in self.subjects.items():
            dates = iris(said, "date") + iris(said, "deadline")
            relative = strings(said, "relativeDate")
            for words in relative:
                if not printed.form_stands(words, self.text, exactly=True):
                    message = "These words do not stand in the passage: copy them from the text."
                    yield self._lapse(subject, "relative-date-printed", message, words)
            for date in dates:
                slug = date.rsplit("/", 1)[1]
                try:
                    fits = (
                        all(printed.relative_fits(w, slug, self.source.date) for w in relative)
                        if relative
                        else printed.date_stands(slug, self.text, self.language)
                    )
                except (ValueError, IndexError):
                    continue  # not a date: DateShape says so
                if not fits:
                    message = (
                        "The words of comity:relativeDate cannot mean this date: correct either."
                        if relative
                        else "This date is not printed in the passage: correct it, or give the"
                        " words that it was resolved from as comity:relativeDate."
                    )
                    yield self._lapse(subject, "date-printed", message, date)

    def sums(self) -> Iterator[Lapse]:
        """Each sum is printed, with its currency, and "up to" where it is a ceiling."""
        found = list(printed.sums(self.text))
        for subject, said in self.subjects.items():
            if RDF_TYPE not in said or COMITY + "Money" not in {v.value for v in said[RDF_TYPE]}:
                continue
            for amount in strings(said, "amount"):
                try:
                    value = Decimal(amount)
                except InvalidOperation:
                    continue  # not a number: MoneyShape says so
                kinds = strings(said, "amountKind")
                currencies = strings(said, "currency")
                stands = any(
                    value == sum_ and (currency is None or currency in currencies)
                    and ("ceiling" in kinds) == ceiling
                    for sum_, currency, ceiling in found
                )  # fmt: skip
                if not stands:
                    message = (
                        "This sum is not printed so in the passage: correct comity:amount,"
                        " comity:currency or comity:amountKind (ceiling is 'up to')."
                    )
                    yield self._lapse(subject, "sum-printed", message, amount)

    def strings(self) -> Iterator[Lapse]:
        """Printed titles and addresses stand in the passage as given."""
        squeezed = printed.squeezed(self.text)
        for subject, said in self.subjects.items():
            for title in strings(said, "printedTitle"):
                if " ".join(title.split()) not in self.text:
                    message = "This title is not printed so in the passage: copy it from the text."
                    yield self._lapse(subject, "title-printed", message, title)
            for place in strings(said, "locality"):
                if not printed.form_stands(place, self.text):
                    message = "This place is not named so in the passage: copy it from the text."
                    yield self._lapse(subject, "locality-printed", message, place)
            for name in ("address", "printedAddress"):
                for address in strings(said, name):
                    if printed.squeezed(address) not in squeezed:
                        message = (
                            "This address is not printed so in the passage: copy it from the text"
                            " (a broken one as comity:printedAddress)."
                        )
                        yield self._lapse(subject, "address-printed", message, address)

    def wordings(self) -> Iterator[Lapse]:
        """Modality and frequency of a claim are worded in its sentence."""
        for subject, said in self.subjects.items():
            sentence = self._sentence(said)
            for modality in iris(said, "modality"):
                if not self._worded(modality, sentence):
                    message = "The sentence has no word of this modality: code the one it has."
                    yield self._lapse(subject, "modality-worded", message, modality)
            for duration in strings(said, "frequency"):
                if not printed.often_stands(duration, sentence):
                    message = "The sentence has no word for this interval: correct it."
                    yield self._lapse(subject, "frequency-worded", message, duration)

    def _worded(self, modality: str, sentence: str) -> bool:
        """Whether a name of a modality stands in a sentence; True where none can be looked for."""
        if self.language == "en":
            forms = self.facts.forms.get(modality, [])
            english = [form.value for form in forms if form.language == "en"]
            return not english or any(printed.words_stand(form, sentence) for form in english)
        # preferred names in other languages are nouns, which no sentence need contain
        wordings = self.facts.others.get(modality, [])
        own = [form.value for form in wordings if form.language == self.language]
        return not own or any(form in sentence for form in own)
