"""What the checks catch: seeded random single edits of the curated files, each checked on its own.

The kinds of edit, their classes and their shares are the table `kinds.KINDS`, fixed before any run.
An edit counts as caught when it brings a finding that the unedited data do not have. Edits are made
to the statements of one file (or moved between two), never on disk.

    python bench/mutate.py --edits 500 --seed 20240116
"""

import argparse
import json
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyoxigraph as ox
from kinds import KINDS, draw
from statements import Edit, State

from kg import check, sources
from kg.check import identifiers, shacl, texts
from kg.check.facts import Lapse, index
from kg.errors import DataError
from kg.settings import Settings


class Checker:
    """The checks over the statements with one edit made; what does not change is kept."""

    def __init__(self, project: Path, text: Path | None) -> None:
        self.project = project
        self.text = text
        self.files = {file.graph: file for file in sources.graph_files(project)}
        self.quads = [quad for file in self.files.values() for quad in sources.read(file)]
        self.store = sources.load(self.quads)
        self.graph = shacl.union(self.quads)
        self.shapes = shacl.Shapes(project / "ontology" / "shapes.ttl")
        self.queries = check.load_queries(project)
        self.held = Counter(quad.triple for quad in self.quads)
        self.base = self._others(self.quads) | {
            (v.focus, v.shape, v.message, v.value) for v in self.shapes.validate(self.graph)
        }

    def caught(self, edit: Edit) -> str | None:
        """The first check that finds the edit; None when none does."""
        removed = set(edit.removed) - set(edit.added)
        added = set(edit.added) - set(self.quads)
        quads = [q for q in self.quads if q not in removed] + sorted(added, key=str)
        gone = {q.triple for q in removed} - {q.triple for q in quads}
        new = {q.triple for q in added} - set(self.held)
        for q in removed:
            self.store.remove(q)
        self.store.extend(added)
        for triple in gone:
            self.store.remove(ox.Quad(*triple))
            self.graph.remove(shacl.triple(ox.Quad(*triple)))
        for triple in new:
            self.store.add(ox.Quad(*triple))
            self.graph.add(shacl.triple(ox.Quad(*triple)))
        try:
            return self._shapes(gone | new) or self._rest(quads)
        finally:
            for triple in new:
                self.store.remove(ox.Quad(*triple))
                self.graph.remove(shacl.triple(ox.Quad(*triple)))
            for triple in gone:
                self.store.add(ox.Quad(*triple))
                self.graph.add(shacl.triple(ox.Quad(*triple)))
            for q in added:
                self.store.remove(q)
            self.store.extend(removed)

    def _shapes(self, triples: set[ox.Triple]) -> str | None:
        nodes = {
            t.value
            for triple in triples
            for t in (triple.subject, triple.object)
            if isinstance(t, ox.NamedNode)
        }
        about = {t.subject.value for t in triples}
        nodes |= {q.subject.value for q in self.quads if q.object.value in about}
        for v in self.shapes.validate(self.graph, sorted(nodes)):
            if (v.focus, v.shape, v.message, v.value) not in self.base:
                return v.shape
        return None

    def _rest(self, quads: list[ox.Quad]) -> str | None:
        found = self._others(quads) - self.base
        return min(found, key=str)[1] if found else None

    def _others(self, quads: list[ox.Quad]) -> set[tuple[str, str, str, str | None]]:
        lapses: list[Lapse] = []
        for query in self.queries:
            lapses += check.run_query(query, self.store)
        facts = index(quads)
        lapses += identifiers.lapses(facts)
        for file in self.files.values():
            if file.kind != sources.EVIDENCE:
                continue
            own = [q for q in quads if q.graph_name.value == file.graph]
            try:
                source = texts.open_source(facts, own, file, self.text, self.project)
            except DataError as error:
                lapses.append(Lapse(file.graph, "evidence-whole", error.message))
                continue
            if source is None:
                lapses.append(Lapse(file.graph, "text-absent", "the text is not at hand"))
            else:
                lapses += texts.lapses(source, facts)
        return {(lapse.focus, lapse.check, lapse.message, lapse.value) for lapse in lapses}


_CHECKER: Checker | None = None


def _start(project: Path, text: Path | None) -> None:
    global _CHECKER
    _CHECKER = Checker(project, text)


def _one(edit: tuple[int, int, int]) -> str | None:
    assert _CHECKER is not None
    number, count, seed = edit
    return _CHECKER.caught(_edits(_CHECKER, count, seed)[number])


_DRAWN: dict[tuple[int, int], list[Edit]] = {}


def _edits(checker: Checker, count: int, seed: int) -> list[Edit]:
    """The edits, drawn once in each process: statements do not travel between processes."""
    if (count, seed) not in _DRAWN:
        _DRAWN[count, seed] = draw(State(checker.quads, checker.files), count, seed)
    return _DRAWN[count, seed]


def main() -> int:
    """Run the edits and report the share caught by class, and every survivor."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20240116)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="also write the result here")
    given = parser.parse_args()
    began = time.perf_counter()
    settings = Settings.from_env()
    _start(settings.project, settings.source_text)
    assert _CHECKER is not None
    edits = _edits(_CHECKER, given.edits, given.seed)
    jobs = [(number, given.edits, given.seed) for number in range(len(edits))]
    with ProcessPoolExecutor(
        given.workers, initializer=_start, initargs=(settings.project, settings.source_text)
    ) as pool:
        results = list(pool.map(_one, jobs, chunksize=8))
    classes = {kind.name: kind.breaks for kind in KINDS}
    count: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for edit, result in zip(edits, results, strict=True):
        for key in (classes[edit.kind], f"{classes[edit.kind]}: {edit.kind}"):
            count[key] += 1
            caught[key] += result is not None
    sound = ("form", "reference", "evidence")
    whole, hit = sum(count[c] for c in sound), sum(caught[c] for c in sound)
    base = len(_CHECKER.base)
    print(f"{len(edits)} edits, seed {given.seed}; the unedited data have {base} findings.")
    print(f"form, reference and evidence: {hit} of {whole} caught ({hit / whole:.1%})")
    for key in sorted(count):
        indent = "    " if ": " in key else ""
        print(f"{indent}{key}: {caught[key]} of {count[key]} ({caught[key] / count[key]:.0%})")
    print("\nSurvivors:")
    survivors = [e for e, result in zip(edits, results, strict=True) if result is None]
    for edit in survivors:
        print(f"  [{classes[edit.kind]}] {edit.kind}: {edit.file}: {edit.said}")
    print(f"\n{time.perf_counter() - began:.0f} s")
    if given.json:
        given.json.write_text(
            json.dumps(
                {
                    "edits": len(edits),
                    "seed": given.seed,
                    "share": hit / whole,
                    "classes": {key: [caught[key], count[key]] for key in sorted(count)},
                    "survivors": [
                        {"kind": e.kind, "file": e.file, "edit": e.said} for e in survivors
                    ],
                },
                indent=2,
                ensure_ascii=False,
            )
            + "\n",
            "utf-8",
        )
    return 0 if hit >= 0.95 * whole else 1


if __name__ == "__main__":
    sys.exit(main())
