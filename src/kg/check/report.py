"""What a check found: one finding after another, and the check report that holds them all."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.names import PREFIXES, compact

SHAPES = "https://w3id.org/comity/shapes#"
_SH = PREFIXES["sh"]
_RDF_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_ABSOLUTE = ("http://", "https://", "urn:", "file:", "mailto:")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, what, and what the curator should do.

    `check` is the local name of a shape (`ActionShape`), of a check query (`dangling`) or of an
    evidence check (`quote-in-sentence`); `constraint` and `result_path` are IRIs, of SHACL only.
    """

    path: Path | None
    line: int | None
    focus: str
    check: str
    message: str
    severity: str = "violation"
    value: str | None = None
    graph: str | None = None
    constraint: str | None = None
    result_path: str | None = None

    @property
    def order(self) -> tuple[str, int, str, str, str, str]:
        """Findings are listed by file, line, focus, check, value and message."""
        place = "" if self.path is None else str(self.path)
        return place, self.line or 0, self.focus, self.check, self.value or "", self.message

    def said(self, root: Path | None = None) -> str:
        """The finding on one line; paths are given relative to `root` where they lie in it."""
        where = ""
        if self.path is not None:
            inside = root is not None and self.path.is_relative_to(root)
            path = self.path.relative_to(root) if inside and root is not None else self.path
            where = f"{path}:{self.line or 1}: "
        named = f"{_short(self.result_path)} " if self.result_path else ""
        value = "" if self.value is None else f" ({named}is: {_short(self.value)})"
        focus = f"{_short(self.focus)}: " if self.focus else ""
        return f"{where}{focus}{self.message}{value} [{self.check}]"


def _short(term: str) -> str:
    shown = compact(term) if term.startswith(_ABSOLUTE) else term
    return shown if len(shown) <= 160 else shown[:157] + "…"


@dataclass(frozen=True)
class CheckReport:
    """Everything that one run of the checks found.

    `quotes_verified` is None where there is no quote to verify, False where a source's text was
    not at hand, and True where every quote was compared with it (whatever was found).
    """

    findings: tuple[Finding, ...]
    quotes_verified: bool | None
    project: Path
    files: int = 0
    triples: int = 0
    seconds: float = 0.0
    unverified: tuple[str, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def counts(self) -> dict[str, int]:
        """How many findings each check has, most first."""
        counted = Counter(finding.check for finding in self.findings)
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    def quotes_said(self) -> str:
        """One sentence on whether the quotes were compared with the sources' text."""
        if self.quotes_verified is None:
            return "No quotes to verify."
        if self.quotes_verified:
            return "Quotes verified against the text."
        missing = ", ".join(self.unverified)
        return f"Quotes NOT verified: the text of {missing} is absent (set KG_SOURCE_TEXT)."

    def lines(self) -> Iterator[str]:
        """The report as text: a line a finding, then the summary."""
        for finding in self.findings:
            yield finding.said(self.project)
        count = len(self.findings)
        result = f"{count} finding{'s' * (count != 1)}" if count else "Conforms"
        yield f"{result}: {self.files} files, {self.triples} triples, {self.seconds:.1f} s."
        yield self.quotes_said()

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        return {
            "conforms": self.conforms,
            "quotes_verified": self.quotes_verified,
            "unverified_sources": list(self.unverified),
            "files": self.files,
            "triples": self.triples,
            "counts": self.counts(),
            "findings": [
                {
                    "path": None if f.path is None else _relative(f.path, self.project),
                    "line": f.line,
                    "focus": f.focus,
                    "check": f.check,
                    "message": f.message,
                    "severity": f.severity,
                    "value": f.value,
                    "graph": f.graph,
                }
                for f in self.findings
            ],
        }

    def to_json(self) -> str:
        """The report as JSON."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2) + "\n"

    def to_turtle(self) -> str:
        """The report as an `sh:ValidationReport` (SHACL, §3.6).

        Findings of queries and evidence checks name their check as the constraint component,
        `<https://w3id.org/comity/shapes#check-…>`, for the recommendation wants one.
        """
        written = ox.serialize(
            self._triples(),
            format=ox.RdfFormat.TURTLE,
            prefixes={"sh": _SH, "comity-shapes": SHAPES, "xsd": PREFIXES["xsd"]},
        )
        return (written or b"").decode()

    def _triples(self) -> Iterator[ox.Triple]:
        report = ox.BlankNode("report")
        yield ox.Triple(report, _RDF_TYPE, _sh("ValidationReport"))
        yield ox.Triple(report, _sh("conforms"), ox.Literal(self.conforms))
        for number, finding in enumerate(self.findings, 1):
            result = ox.BlankNode(f"result{number}")
            yield ox.Triple(report, _sh("result"), result)
            yield ox.Triple(result, _RDF_TYPE, _sh("ValidationResult"))
            yield ox.Triple(result, _sh("focusNode"), _term(finding.focus))
            yield ox.Triple(result, _sh("resultSeverity"), _sh(finding.severity.capitalize()))
            component = finding.constraint or f"{SHAPES}check-{finding.check}"
            yield ox.Triple(result, _sh("sourceConstraintComponent"), ox.NamedNode(component))
            if finding.constraint is not None:
                yield ox.Triple(result, _sh("sourceShape"), ox.NamedNode(SHAPES + finding.check))
            if finding.result_path is not None:
                yield ox.Triple(result, _sh("resultPath"), ox.NamedNode(finding.result_path))
            if finding.value is not None:
                yield ox.Triple(result, _sh("value"), _term(finding.value))
            yield ox.Triple(result, _sh("resultMessage"), ox.Literal(finding.message))


def _relative(path: Path, root: Path) -> str:
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SH + name)


def _term(text: str) -> ox.NamedNode | ox.Literal:
    """An IRI where the text is one, else the text itself."""
    if text.startswith(_ABSOLUTE) and not set(' <>"{}|^`\\') & set(text):
        return ox.NamedNode(text)
    return ox.Literal(text)
