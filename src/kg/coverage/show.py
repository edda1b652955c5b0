"""Owns how coverage is shown: as a table, as JSON, in the Data Quality Vocabulary.

Words of the source appear in the table only, which is for the curator's terminal.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict

import pyoxigraph as ox

from kg.coverage.measure import Counts, Coverage
from kg.curate.layout import blocks
from kg.curate.statements import Statements, outside
from kg.curate.turtle import Writer
from kg.evidence.structure import TYPE
from kg.names import BASE

_COLUMNS: tuple[tuple[str, Callable[[Counts], str]], ...] = (
    ("section", lambda counts: counts.name),
    ("passages", lambda counts: f"{counts.files}/{counts.passages}"),
    ("sentences", lambda counts: str(counts.sentences)),
    ("claims in", lambda counts: str(counts.with_claims)),
    ("context in", lambda counts: str(counts.with_context)),
    ("neither", lambda counts: str(counts.neither)),
    ("claims", lambda counts: str(counts.claims)),
    ("words", lambda counts: str(counts.words)),
    ("quoted", lambda counts: f"{counts.share_quoted:.0%}"),
    ("a quote", lambda counts: f"{counts.mean_quote:.1f}"),
    ("longest", lambda counts: str(counts.longest_quote)),
)


def as_text(found: Iterable[Coverage], with_words: bool = False) -> str:
    """A table a source; below it what is still to be read, with its words if asked."""
    return "\n".join(line for measured in found for line in _lines(measured, with_words)) + "\n"


def _lines(measured: Coverage, with_words: bool) -> Iterator[str]:
    yield f"{measured.source}"
    rows = [[title for title, _ in _COLUMNS]]
    rows += [
        [show(counts) for _, show in _COLUMNS] for counts in [*measured.sections, measured.total]
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        first = row[0].ljust(widths[0])
        yield "  ".join([first, *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
    for place in measured.bare:
        yield f"neither claim nor context: {place}"
    if measured.runs is None:
        yield "runs of words that no quote touches were not looked for: the text is not at hand"
    for run in measured.runs or ():
        place = run.passage.removeprefix(measured.iri + "/")
        said = f": {run.text}" if with_words else ""
        yield f"no quote touches {place} [{run.span.start}-{run.span.end}] {run.count} words{said}"


def as_json(found: Iterable[Coverage]) -> str:
    """The same as JSON, without any words of the source."""
    return json.dumps([_plain(measured) for measured in found], ensure_ascii=False, indent=2) + "\n"


def _plain(measured: Coverage) -> dict[str, object]:
    return {
        "source": measured.source,
        "iri": measured.iri,
        "sections": [_row(counts) for counts in measured.sections],
        "total": _row(measured.total),
        "neither": list(measured.bare),
        "text_at_hand": measured.runs is not None,
        "runs": [
            {
                "passage": run.passage,
                "start": run.span.start,
                "end": run.span.end,
                "words": run.count,
            }
            for run in measured.runs or ()
        ],
    }


def _row(counts: Counts) -> dict[str, object]:
    shares = {
        "share_quoted": round(counts.share_quoted, 4),
        "mean_quote": round(counts.mean_quote, 2),
    }
    return asdict(counts) | shares


_METRICS = {
    "passages": "Passages of a section or source.",
    "sentences": "Sentences of a section or source.",
    "with_claims": "Sentences that have an action or a participation.",
    "with_context": "Sentences that have a context mark.",
    "neither": "Sentences that have neither a claim nor a context mark.",
    "words": "Words of a section or source.",
    "words_quoted": "Words of all quotes of a section or source.",
    "share_quoted": "Words of all quotes in relation to all words.",
    "mean_quote": "Words a quote.",
    "longest_quote": "Words of the longest quote.",
}


def as_dqv(found: Iterable[Coverage]) -> str:
    """The same as measurements of the Data Quality Vocabulary, in Turtle."""
    make = Statements(BASE + "quality")
    quads = []
    for name, meaning in _METRICS.items():
        metric = _metric(name)
        quads.append(make.say(metric, TYPE, outside("dqv", "Metric")))
        meant = ox.Literal(meaning, language="en")
        quads.append(make.say(metric, outside("skos", "definition"), meant))
    for measured in found:
        for counts in (*measured.sections, measured.total):
            whole = counts is measured.total
            quads += _measurements(
                make, measured.iri + ("" if whole else f"/{counts.name}"), counts
            )
    writer = Writer(None)
    paragraphs = [writer.block(block) for block in blocks(quads)]
    return writer.document(paragraphs)


def _metric(name: str) -> str:
    return f"{BASE}quality/{name.replace('_', '-')}"


def _measurements(make: Statements, subject: str, counts: Counts) -> Iterator[ox.Quad]:
    for name, value in _row(counts).items():
        if name not in _METRICS:
            continue
        iri = f"{subject}#coverage-{name.replace('_', '-')}"
        kind = "decimal" if isinstance(value, float) else "integer"
        yield make.say(iri, TYPE, outside("dqv", "QualityMeasurement"))
        yield make.say(iri, outside("dqv", "computedOn"), ox.NamedNode(subject))
        yield make.say(iri, outside("dqv", "isMeasurementOf"), ox.NamedNode(_metric(name)))
        number = ox.Literal(str(value), datatype=outside("xsd", kind))
        yield make.say(iri, outside("dqv", "value"), number)
