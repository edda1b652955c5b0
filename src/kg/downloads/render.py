"""The files of a release: every part in every format, plain and compressed, and their index."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import formats, sources, stats
from kg.downloads import citation, examples, parts, tables
from kg.downloads.index import CITED, EXAMPLES, FOLDER, INDEX, PASSAGES, Entry, Index
from kg.engine import Local
from kg.results import Rows
from kg.snapshot import LAYOUT, Snapshot

# Level 9 of gzip is the smallest; zstd's levels above 12 take ten times the time for 8 % less.
LEVELS = {"gzip": 9, "zstd": 12}
SUFFIXES = {"gzip": "gz", "zstd": "zst"}
# an XLSX is a zip file, and Parquet has compressed pages
_COMPRESSED = ("xlsx", "parquet")

_TEMPORAL = """
SELECT ?earliest ?latest WHERE {
  ?claim comity:sentence ?number ; comity:date|comity:deadline ?date .
  ?date comity:earliest ?earliest ; comity:latest ?latest
}
"""


def compress(data: bytes, encoding: str) -> bytes:
    """The data in gzip (without a time) or zstd, by the libraries that pyarrow carries.

    They are of one version with it, while the system's zlib differs from machine to machine.
    """
    import pyarrow as pa

    codec = pa.Codec(encoding, compression_level=LEVELS[encoding])
    compressed: bytes = codec.compress(data, asbytes=True)
    return compressed


def _temporal(snapshot: Snapshot) -> tuple[str, str] | None:
    """The first and the last day that a claim's date or deadline may mean."""
    spans = snapshot.query(_TEMPORAL)
    assert isinstance(spans, Rows)
    days = [(str(row["earliest"]), str(row["latest"])) for row in spans.records()]
    return (min(first for first, _ in days), max(last for _, last in days)) if days else None


def _passages(quads: Iterable[ox.Quad]) -> tuple[bytes, dict[str, tuple[int, int]]]:
    """All passages as N-Quads, one after the other, and where each of them stands."""
    lines: list[bytes] = []
    places: dict[str, tuple[int, int]] = {}
    end = 0
    for name, its in parts.of_passages(quads).items():
        written = formats.write(its, "nq")
        places[name] = (end, end + len(written))
        end += len(written)
        lines.append(written)
    return b"".join(lines), places


def files(project: Path, data: bytes, about: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of a release by their place in its directory, the index last.

    `data` are its canonical N-Quads, from which the same bytes follow everywhere; `about` is the
    manifest, of which only what follows from the data too is written into them.
    """
    quads = tuple(ox.parse(data, format=ox.RdfFormat.N_QUADS))
    engine = Local(sources.load(quads))
    snapshot = Snapshot(engine, str(about["digest"]), about, project=project)
    made = _Files(str(about["licence"]), str(about["digest"]))
    with ThreadPoolExecutor(max_workers=2) as pool:
        described = {}
        for part in parts.divide(project, quads):
            described[part.name] = {"title": part.title, "description": part.description}
            made.add_rdf(pool, part)
        sheets = list(tables.read(project, snapshot))
        for table in sheets:
            described[table.name] = {"title": table.title, "description": table.description}
            made.add(pool, table.name, "csv", "text/csv", table.to_csv(), table.counts)
            parquet = tables.to_parquet(table)
            made.add(pool, table.name, "parquet", tables.PARQUET, parquet, table.counts)
        book = tables.to_xlsx(sheets, about)
        if book:
            described["comity-tables"] = {
                "title": "Comity: tables",
                "description": "All tables in one workbook.",
            }
            made.add(pool, "comity-tables", "xlsx", tables.XLSX, book, {})
        entries, content = made.finish(described)
    grouped, places = _passages(quads)
    index = Index(
        release=str(about["digest"]),
        version=str(about["version"]),
        licence=str(about["licence"]),
        files={one.path: one for one in entries},
        parts=described,
        passages=places,
        temporal=_temporal(snapshot),
    )
    asked = examples.collect(project, snapshot.names.resolve)
    content[PASSAGES] = grouped
    content[EXAMPLES] = (json.dumps(asked, ensure_ascii=False, indent=1) + "\n").encode()
    cited = citation.collect(snapshot)
    content[CITED] = (json.dumps(cited, ensure_ascii=False, indent=1) + "\n").encode()
    content[INDEX] = index.to_json()
    # statistics and layouts lie beside, made here where the store is loaded already
    beside = {stats.FILE: stats.write(snapshot), LAYOUT: _layouts(project, snapshot)}
    return beside | {f"{FOLDER}/{name}": its for name, its in content.items()}


def _layouts(project: Path, snapshot: Snapshot) -> bytes:
    """The positions of the nodes of all projections; networks are slow to import."""
    from kg import network
    from kg.network import facts

    return network.layouts(snapshot, facts.texts(project))


class _Files:
    """Files as they are made; compressing them, which takes half the time, goes on meanwhile."""

    def __init__(self, licence: str, release: str) -> None:
        self.licence = licence
        self.release = release
        self._pending: list[tuple[tuple[str, str, str, str, Mapping[str, int]], Any]] = []

    def add_rdf(self, pool: ThreadPoolExecutor, part: parts.Part) -> None:
        """A part in every RDF format, its graphs counted in those that keep them."""
        arranged = formats.Arranged(part.quads)
        for one in formats.FORMATS:
            if one.kind == formats.ROWS:
                continue
            if one.kind == formats.QUADS:
                counts = {"quads": len(arranged.quads), "graphs": part.graphs}
            else:
                counts = {"triples": len(arranged.triples)}
            self.add(pool, part.name, one.name, one.media_type, arranged.write(one), counts)

    def add(
        self,
        pool: ThreadPoolExecutor,
        part: str,
        format_: str,
        media_type: str,
        data: bytes,
        counts: Mapping[str, int],
    ) -> None:
        """A plain file, and its compressed forms unless it is compressed in itself."""
        encodings = [""] if format_ in _COMPRESSED else ["", *SUFFIXES]
        for encoding in encodings:
            about = (part, format_, media_type, encoding, counts)
            job = pool.submit(_encoded, data, encoding)
            self._pending.append((about, job))

    def finish(
        self, described: Mapping[str, Mapping[str, str]]
    ) -> tuple[list[Entry], dict[str, bytes]]:
        """The entries of the index, and the bytes by path."""
        entries: list[Entry] = []
        content: dict[str, bytes] = {}
        for (part, format_, media_type, encoding, counts), job in self._pending:
            data, digest = job.result()
            path = f"{part}.{format_}" + (f".{SUFFIXES[encoding]}" if encoding else "")
            title = described[part]["title"]
            entries.append(
                Entry(
                    path=path, part=part, title=title, format=format_, media_type=media_type,
                    encoding=encoding, bytes=len(data), sha256=digest, licence=self.licence,
                    release=self.release, counts=counts,
                )
            )  # fmt: skip
            content[path] = data
        return entries, content


def _encoded(data: bytes, encoding: str) -> tuple[bytes, str]:
    done = compress(data, encoding) if encoding else data
    return done, hashlib.sha256(done).hexdigest()
