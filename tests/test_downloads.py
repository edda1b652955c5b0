"""Downloads: files that are whole, the same everywhere, and served by range and encoding."""

import hashlib
import html.parser
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet
import pyoxigraph as ox
import pytest
import rdflib
from starlette.testclient import TestClient

import kg
from conftest import quick_build
from kg import downloads, formats, stats
from kg.downloads import Entry, Release, tables
from kg.downloads.index import FOLDER, read_release
from kg.errors import NotFound
from kg.settings import Settings
from kg.snapshot import LAYOUT
from kg_api.app import create_app

PARTS = {
    "comity", "comity-reported", "comity-evidence", "comity-reference", "comity-derived",
    "comity-source-jukdp-2024", "comity-ontology", "comity-alignments", "comity-schemes",
    "comity-shapes",
}  # fmt: skip
ENDS = ("", ".gz", ".zst")
TABLES = ("actors", "participations", "instruments", "actions", "topics")
PLAIN = {"Accept-Encoding": "identity"}
RDFLIB = {
    "ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld", "nq": "nquads", "trig": "trig",
}  # fmt: skip
RAPPER = {"ttl": "turtle", "nt": "ntriples", "rdf": "rdfxml"}


@pytest.fixture(scope="module")
def release(real_snapshot: kg.Snapshot) -> Release:
    """The release of the real project."""
    assert real_snapshot.path is not None
    return read_release(real_snapshot.path, real_snapshot.digest)


def content(release: Release, path: str) -> bytes:
    """The bytes of a file, as they lie there."""
    return release.file(release.index.files[path]).read_bytes()


# --- the files -----------------------------------------------------------------------------------


def test_everything_is_there(release: Release) -> None:
    """Each part in six formats, each table in two, plain and compressed; one workbook."""
    rdf = [one.suffix for one in formats.FORMATS if one.kind != formats.ROWS]
    wanted = {f"{part}.{suffix}{end}" for part in PARTS for suffix in rdf for end in ENDS}
    wanted |= {f"comity-table-{name}.csv{end}" for name in TABLES for end in ENDS}
    wanted |= {f"comity-table-{name}.parquet" for name in TABLES} | {"comity-tables.xlsx"}
    assert set(release.index.files) == wanted


def test_the_index_tells_the_truth(release: Release) -> None:
    """Size and SHA-256 of every file, the licence and the release are as the index says."""
    for path, entry in release.index.files.items():
        data = content(release, path)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry.bytes, entry.sha256), path
        assert entry.release == release.digest
        assert entry.licence == "https://creativecommons.org/licenses/by/4.0/"


def test_compressed_files_hold_the_plain_ones(release: Release) -> None:
    """gzip and zstd give back the bytes of the plain file, by programs that are not ours."""
    for entry in release.index.files.values():
        if not entry.encoding:
            continue
        plain = content(release, entry.path.rpartition(".")[0])
        data = content(release, entry.path)
        assert pyarrow.Codec(entry.encoding).decompress(data, len(plain), asbytes=True) == plain
        if entry.encoding == "gzip":
            done = subprocess.run(["gzip", "-dc"], input=data, capture_output=True, check=True)
            assert done.stdout == plain
            assert data[4:8] == bytes(4)  # no time


def count_by_rapper(data: bytes, syntax: str) -> int:
    """Triples that rapper reads, by its own count."""
    base = "https://w3id.org/comity/"
    said = subprocess.run(
        ["rapper", "--count", "--input", syntax, "-", base],
        input=data, capture_output=True, check=True,
    ).stderr.decode()  # fmt: skip
    found = re.search(r"returned (\d+) triples", said)
    assert found is not None
    return int(found[1])


# rdflib's reader of JSON-LD uses what rdflib deprecates
@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning:rdflib")
@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_parser_counts_the_same(release: Release, part: str) -> None:
    """pyoxigraph, rdflib and rapper read as many triples as the index says, in each format."""
    for suffix, name in RDFLIB.items():
        entry = release.index.files[f"{part}.{suffix}"]
        data = content(release, entry.path)
        quads = set(ox.parse(data, format=formats.BY_NAME[suffix].rdf))
        read = len(list(rdflib.Dataset().parse(data=data, format=name).quads()))
        if "quads" in entry.counts:
            assert len({quad.graph_name for quad in quads}) == entry.counts["graphs"]
            assert len(quads) == read == entry.counts["quads"]
        else:
            assert len(quads) == read == entry.counts["triples"]
        if suffix in RAPPER:
            assert count_by_rapper(data, RAPPER[suffix]) == len(quads)


def test_the_whole_is_what_the_digest_is_of(release: Release) -> None:
    """The N-Quads download has the very bytes of which the release's name is the SHA-256."""
    assert release.index.files["comity.nq"].sha256 == release.digest


def test_kinds_add_up(release: Release, real_snapshot: kg.Snapshot) -> None:
    """Kinds and sources have the quads that the snapshot has of them."""
    for kind in ("reported", "evidence", "reference", "derived"):
        counts = release.index.files[f"comity-{kind}.nq"].counts
        assert counts["quads"] == len(set(real_snapshot.quads(kind)))
    source = release.index.files["comity-source-jukdp-2024.nq"].counts
    assert source["quads"] == len(set(real_snapshot.quads(source="jukdp-2024")))
    assert source["graphs"] == 53


AGAIN = """
import hashlib, json, sys
from pathlib import Path
from kg import downloads
path = Path(sys.argv[1])
about = json.loads((path / "manifest.json").read_text("utf-8"))
about["made"] = sys.argv[2]
made = downloads.files(Path(sys.argv[3]), (path / "data.nq").read_bytes(), about)
print(json.dumps({name: hashlib.sha256(its).hexdigest() for name, its in made.items()}))
"""


def test_equal_input_gives_equal_bytes(release: Release, real: Settings) -> None:
    """Another hash seed and another day of building change no byte of any file."""
    found = []
    for seed in ("1", "271828"):
        done = subprocess.run(
            [sys.executable, "-c", AGAIN, release.path, f"20{seed[:2]:>02}-01-01", real.project],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found.append(json.loads(done.stdout))
    assert found[0] == found[1]
    lying = {
        f"{FOLDER}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (release.path / FOLDER).iterdir()
    }
    for name in (stats.FILE, LAYOUT):
        lying[name] = hashlib.sha256((release.path / name).read_bytes()).hexdigest()
    assert found[0] == lying


def test_a_project_without_tables_or_shapes_builds(small: Settings) -> None:
    """Parts that a project has not are left out, and the rest is there."""
    built = quick_build(small)
    index = read_release(built.path).index
    assert "comity-source-ab-2024.trig.zst" in index.files
    assert not any("shapes" in path or "table" in path for path in index.files)
    assert set(index.passages) == {"ab-2024/data/a", "ab-2024/data/b"}


# --- tables --------------------------------------------------------------------------------------


ROWS = {"actors": 71, "participations": 19, "instruments": 27, "actions": 134, "topics": 43}


@pytest.mark.parametrize("name", TABLES)
def test_tables_open_alike_in_three_forms(release: Release, name: str) -> None:
    """CSV, Parquet and the sheet have the same columns and as many rows."""
    csv = pd.read_csv(io.BytesIO(content(release, f"comity-table-{name}.csv")))
    table = pyarrow.parquet.read_table(io.BytesIO(content(release, f"comity-table-{name}.parquet")))
    book = openpyxl.load_workbook(io.BytesIO(content(release, "comity-tables.xlsx")))
    sheet = book[name]
    head, *lines = sheet.iter_rows(values_only=True)
    assert list(csv.columns) == table.column_names == list(head)
    assert len(csv) == table.num_rows == len(lines)
    assert len(csv) == release.index.files[f"comity-table-{name}.csv"].counts["rows"]
    assert len(csv) == ROWS[name]
    assert sheet.freeze_panes == "B2"
    first = table.column_names[0]
    assert list(csv[first]) == table[first].to_pylist() == [line[0] for line in lines]


def test_actions_carry_their_words_and_their_place(release: Release) -> None:
    """30 commitments, and each action with quote, sentence and citation of its passage."""
    data = io.BytesIO(content(release, "comity-table-actions.parquet"))
    actions = pyarrow.parquet.read_table(data).to_pylist()
    assert sum(one["commitment"] for one in actions) == 30
    assert all(one["quote"] and one["sentence"] and one["citation"] for one in actions)
    (workshop,) = (
        one for one in actions if one["action"].endswith("semiconductors/e#hold-workshop")
    )
    assert workshop["citation"] == "Progress Report 2024, Semiconductors (e)"
    assert workshop["quote"] == "concurred in pursuing holding the workshop"
    assert (workshop["deadline_earliest"], workshop["deadline_latest"]) == (
        date(2024, 1, 1), date(2024, 3, 31),
    )  # fmt: skip
    base = "https://w3id.org/comity/id/actor/"
    assert workshop["actor_iris"] == [base + "dsit", base + "meti"]
    assert workshop["actors"] == [
        "Department for Science, Innovation and Technology",
        "Ministry of Economy, Trade and Industry",
    ]


def test_the_workbook_says_what_it_is(release: Release) -> None:
    """The first sheet names release, licence, source and its date; no other day stands there."""
    book = openpyxl.load_workbook(io.BytesIO(content(release, "comity-tables.xlsx")))
    assert book.sheetnames == ["About", *TABLES]
    said = dict(book["About"].iter_rows(values_only=True))
    assert said["Release"] == release.digest
    assert said["Licence"] == release.manifest["licence"]
    assert said["Date of the source"] == "2024-01-16"


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://a.example")']


def test_no_text_becomes_a_formula() -> None:
    """What begins like a formula stands after an apostrophe in CSV, and is text in a sheet."""
    columns = (tables.Column("text"), tables.Column("list", "list"), tables.Column("n", "integer"))
    rows = tuple((text, (text, "b"), -1) for text in HOSTILE)
    table = tables.Table("comity-table-hostile", "Hostile", "=cmd", columns, rows)
    read = pd.read_csv(io.BytesIO(table.to_csv()), dtype=str)
    assert all(one.startswith("'") for one in [*read["text"], *read["list"]])
    assert set(read["n"]) == {"-1"}
    about = {"digest": "=1", "version": "1", "licence": "x", "sources": []}
    book = openpyxl.load_workbook(io.BytesIO(tables.to_xlsx([table], about)))
    for sheet in book:
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type in ("s", "n")
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix
    parquet = pyarrow.parquet.read_table(io.BytesIO(tables.to_parquet(table)))
    assert parquet["text"].to_pylist() == HOSTILE  # programs get what there is


# --- over HTTP -----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", list(RDFLIB))
def test_names_that_are_promised(client: TestClient, release: Release, suffix: str) -> None:
    """The whole dataset in every format under its short name."""
    answer = client.get(f"/download/comity.{suffix}", headers=PLAIN)
    assert answer.status_code == 200
    assert answer.content == content(release, f"comity.{suffix}")
    assert answer.headers["content-type"].split(";")[0] == formats.BY_NAME[suffix].media_type
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert answer.headers["comity-release"] == release.digest
    assert answer.headers["content-disposition"] == f'attachment; filename="comity.{suffix}"'
    assert 'rel="license"' in answer.headers["link"]


ENCODINGS = [
    ("gzip", "gzip"), ("zstd", "zstd"), ("gzip, zstd", "zstd"), ("zstd;q=0.5, gzip", "gzip"),
    ("*", "zstd"), ("*;q=0", None), ("identity, gzip;q=0.5", None), ("br", None), ("", None),
    ("gzip;q=0", None), ("gzip;q=0, *", "zstd"), ("GZIP", "gzip"), ("x-gzip", "gzip"),
    ("gzip;q=nonsense", None), ("gzip;q=0.001", "gzip"), (",;=", None),
]  # fmt: skip


@pytest.mark.parametrize(("accepted", "sent"), ENCODINGS)
def test_encodings(client: TestClient, release: Release, accepted: str, sent: str | None) -> None:
    """The compressed file stands for the plain one where it is wished for; caches are told."""
    with client.stream("GET", "/download/comity.nt", headers={"Accept-Encoding": accepted}) as got:
        raw = b"".join(got.iter_raw())
    assert got.headers.get("content-encoding") == sent
    assert got.headers["vary"] == "Accept-Encoding"
    end = {"gzip": ".gz", "zstd": ".zst", None: ""}[sent]
    assert raw == content(release, f"comity.nt{end}")
    assert got.headers["content-type"] == "application/n-triples"
    assert int(got.headers["content-length"]) == len(raw)


def test_compressed_files_by_name(client: TestClient, release: Release) -> None:
    """A file that is compressed by name is one thing, with no encoding and nothing to vary."""
    for end, media_type in ((".gz", "application/gzip"), (".zst", "application/zstd")):
        answer = client.get(f"/download/comity.ttl{end}", headers={"Accept-Encoding": "gzip"})
        assert answer.content == content(release, f"comity.ttl{end}")
        assert answer.headers["content-type"] == media_type
        assert "content-encoding" not in answer.headers
        assert "vary" not in answer.headers


RANGES = [
    ("bytes=0-9", slice(0, 10)), ("bytes=10-", slice(10, None)), ("bytes=-7", slice(-7, None)),
    ("bytes=5-5", slice(5, 6)), ("bytes=0-99999999", slice(0, None)),
    ("bytes=-99999999999999999999999", slice(0, None)), ("BYTES = 0-9", slice(0, 10)),
]  # fmt: skip
NO_RANGES = [
    "bytes=9-5", "bytes=a-b", "lines=0-9", "bytes=", "bytes=-", "bytes=0-1,3-4", "0-9", "",
    "bytes=--1", "bytes=1.5-2",
]  # fmt: skip


@pytest.mark.parametrize(("asked", "part"), RANGES)
def test_ranges(client: TestClient, release: Release, asked: str, part: slice) -> None:
    """206 with exactly the bytes that are asked for, and where they stand."""
    whole = content(release, "comity.ttl")
    answer = client.get("/download/comity.ttl", headers={**PLAIN, "Range": asked})
    assert answer.status_code == 206
    assert answer.content == whole[part]
    first, last, _ = part.indices(len(whole))
    assert answer.headers["content-range"] == f"bytes {first}-{last - 1}/{len(whole)}"


@pytest.mark.parametrize("asked", NO_RANGES)
def test_what_is_no_range_is_ignored(client: TestClient, release: Release, asked: str) -> None:
    """Other units, several ranges and nonsense give the whole file."""
    answer = client.get("/download/comity.ttl", headers={**PLAIN, "Range": asked})
    assert answer.status_code == 200
    assert len(answer.content) == release.index.files["comity.ttl"].bytes


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=99999999999999999999-", "bytes=-0"])
def test_ranges_beyond_the_end(client: TestClient, release: Release, asked: str) -> None:
    """416, and how long the file is."""
    answer = client.get("/download/comity.ttl", headers={**PLAIN, "Range": asked})
    assert answer.status_code == 416
    size = release.index.files["comity.ttl"].bytes
    assert answer.headers["content-range"] == f"bytes */{size}"
    assert answer.headers["content-type"] == "application/problem+json"


def test_ranges_are_of_the_encoding_that_is_sent(client: TestClient, release: Release) -> None:
    """A part of the gzip file is asked for and given as such, under the tag of that file."""
    headers = {"Accept-Encoding": "gzip", "Range": "bytes=100-199"}
    with client.stream("GET", "/download/comity.ttl", headers=headers) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.status_code == 206
    assert answer.headers["content-encoding"] == "gzip"
    assert raw == content(release, "comity.ttl.gz")[100:200]
    assert answer.headers["etag"] == release.index.files["comity.ttl.gz"].etag


def test_if_range(client: TestClient, release: Release) -> None:
    """A part only of the state that the client has; the whole of any other."""
    entry = release.index.files["comity.ttl"]
    first = client.get("/download/comity.ttl", headers=PLAIN)
    for condition, status in (
        (entry.etag, 206), (first.headers["last-modified"], 206), ('"other"', 200),
        (f"W/{entry.etag}", 200), ("Sat, 01 Jan 2000 00:00:00 GMT", 200), ("nonsense", 200),
        (release.index.files["comity.ttl.gz"].etag, 200),
    ):  # fmt: skip
        headers = {**PLAIN, "Range": "bytes=1-2", "If-Range": condition}
        assert client.get("/download/comity.ttl", headers=headers).status_code == status, condition


def test_conditions(client: TestClient, release: Release) -> None:
    """304 for who has the file, by its tag or its date; the tags of encodings differ."""
    entry = release.index.files["comity.ttl"]
    path = "/download/comity.ttl"
    modified = client.get(path, headers=PLAIN).headers["last-modified"]
    for sent, status in (
        ({"If-None-Match": entry.etag}, 304), ({"If-None-Match": f'"x", W/{entry.etag}'}, 304),
        ({"If-None-Match": "*"}, 304), ({"If-None-Match": '"x"'}, 200),
        ({"If-None-Match": '"x"', "If-Modified-Since": modified}, 200),
        ({"If-Modified-Since": modified}, 304), ({"If-Modified-Since": "nonsense"}, 200),
        ({"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}, 200),
    ):  # fmt: skip
        answer = client.get(path, headers={**PLAIN, **sent})
        assert answer.status_code == status, sent
        assert status == 200 or answer.content == b""
    answer = client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": entry.etag})
    assert answer.status_code == 200


def test_head(client: TestClient, release: Release) -> None:
    """HEAD has the headers of GET and no body; ranges are not of HEAD."""
    answer = client.head("/download/comity.ttl", headers={**PLAIN, "Range": "bytes=0-1"})
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == release.index.files["comity.ttl"].bytes
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    "path",
    ["index.json", "passages.nq", "examples.json", "../manifest.json", "%2e%2e/data.nq",
     "..%2fmanifest.json", "%2fetc%2fpasswd", "comity.exe", "comity.ttl/", "comity.ttl.br", "\x00",
     "source/jukdp-2024/nothing/a.ttl", "source/jukdp-2024/semiconductors/e",
     "source/jukdp-2024/semiconductors/e.csv", "source/../../manifest.json",
     "0" * 64 + "/comity.ttl", "a" * 5000],
)  # fmt: skip
def test_only_what_the_index_names(client: TestClient, path: str) -> None:
    """No path leads to a file that is not listed."""
    answer = client.get(f"/download/{path}".replace("\x00", "%00"))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("suffix", list(RDFLIB))
def test_a_passage(client: TestClient, real_snapshot: kg.Snapshot, suffix: str) -> None:
    """The graph of one passage in each format, at the path of its IRI."""
    answer = client.get(f"/download/source/jukdp-2024/semiconductors/e.{suffix}")
    graph = ox.NamedNode("https://w3id.org/comity/source/jukdp-2024/semiconductors/e")
    wanted = set(real_snapshot.store.quads_for_pattern(None, None, None, graph))
    found = list(ox.parse(answer.content, format=formats.BY_NAME[suffix].rdf))
    assert len(found) == len(wanted)
    if formats.BY_NAME[suffix].kind == formats.QUADS:
        assert set(found) == wanted
    tag = {"If-None-Match": answer.headers["etag"]}
    again = client.get(f"/download/source/jukdp-2024/semiconductors/e.{suffix}", headers=tag)
    assert again.status_code == 304


def test_data_below_a_digest_is_kept_for_good(client: TestClient, release: Release) -> None:
    """What the digest decides is not asked for again; lists, tables and shapes may be made anew."""
    passage = f"source/{min(release.index.passages)}.ttl"
    own = f"/download/{release.digest}/"
    for name in ("comity.nq", "comity.nq.gz", "comity-reported.ttl", passage):
        for headers in ({}, {"Range": "bytes=0-9"}):
            answer = client.get(own + name, headers=headers)
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        tag = {"If-None-Match": client.get(own + name).headers["etag"]}
        again = client.get(own + name, headers=tag)
        assert again.status_code == 304
        assert "immutable" in again.headers["cache-control"]
        assert "immutable" not in client.get(f"/download/{name}").headers["cache-control"]
    for name in ("", "comity-shapes.ttl", "comity-table-actors.csv", "comity-tables.xlsx"):
        assert "immutable" not in client.get(own + name).headers["cache-control"]
    assert client.get(f"{own}nothing.ttl").headers["cache-control"] == "no-store"


# --- the index over HTTP, and other releases -----------------------------------------------------


class Tags(html.parser.HTMLParser):
    """Checks that tags close as they opened, and gathers links."""

    VOID = ("meta", "link", "br", "path", "circle", "rect", "input")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_index_as_a_page(client: TestClient, release: Release) -> None:
    """The page of data lists every file with its digest, and its links to passages lead there."""
    answer = client.get("/download/", headers={"Accept": "text/html"})
    page = Tags()
    page.feed(answer.text)
    assert not page.open
    for entry in release.index.files.values():
        assert f"/download/{release.digest}/{entry.path}" in page.links
        assert entry.sha256 in answer.text
    assert release.digest in answer.text
    assert release.made in answer.text
    assert "CC" in answer.text or "creativecommons" in answer.text
    for link in page.links:
        if link.startswith("/") and "source/" in link:
            assert client.head(link).status_code == 200


def test_the_index_as_json(client: TestClient, release: Release) -> None:
    """The same list for programs, each file with an address that has it."""
    answer = client.get("/download/", headers={"Accept": "application/json"})
    found = answer.json()
    assert found["release"] == release.digest
    assert len(found["files"]) == len(release.index.files)
    for one in found["files"][:6]:
        got = client.get(one["url"], headers=PLAIN)
        assert hashlib.sha256(got.content).hexdigest() == one["sha256"]
    assert {one["release"] for one in found["releases"]} == {release.digest}


def test_the_index_in_other_forms(client: TestClient) -> None:
    """DCAT by Accept or `format=`; 406 names what there is; without a slash one is sent on."""
    for accept, kind in (("text/turtle", "text/turtle"), ("application/ld+json",) * 2):
        answer = client.get("/download/", headers={"Accept": accept})
        assert answer.headers["content-type"].split(";")[0] == kind
        assert answer.headers["vary"] == "Accept"
        assert b"Distribution" in answer.content
    assert client.get("/download/?format=nt").headers["content-type"] == "application/n-triples"
    refused = client.get("/download/", headers={"Accept": "image/png"})
    assert refused.status_code == 406
    assert "text/turtle" in refused.json()["available"]
    assert client.get("/download/?format=exe").status_code == 406
    assert client.get("/download").headers["location"] == "/download/"
    tag = client.get("/download/").headers["etag"]
    assert client.get("/download/", headers={"If-None-Match": tag}).status_code == 304


@pytest.fixture
def two(small: Settings) -> Iterator[tuple[TestClient, list[str]]]:
    """A service over the second of two releases; their digests in the order of building."""
    first = quick_build(small).digest
    base = "https://w3id.org/comity/graph/reference/notes"
    note = f'@base <{base}> .\n<> <http://example.org/note> "new" .\n'
    (small.project / "data/reference/notes.ttl").write_text(note)
    second = quick_build(small).digest
    app = create_app(small, kg.open(settings=small))
    with TestClient(app, follow_redirects=False) as opened:
        yield opened, [first, second]


def test_published_releases_stay(two: tuple[TestClient, list[str]], small: Settings) -> None:
    """Every release that was built is still served, under its digest, and named as such."""
    client, (first, second) = two
    assert client.get("/download/comity.nq").headers["comity-release"] == second
    for digest in (first, second):
        answer = client.get(f"/download/{digest}/comity.nq", headers=PLAIN)
        assert hashlib.sha256(answer.content).hexdigest() == digest
        assert answer.headers["comity-release"] == digest
        listing = client.get(f"/download/{digest}/", headers={"Accept": "application/json"}).json()
        assert listing["release"] == digest
        assert {one["release"] for one in listing["releases"]} == {first, second}
        assert client.get(f"/download/{digest}").headers["location"] == f"/download/{digest}/"
        assert client.get(f"/snapshot/{digest}").headers["location"] == f"/download/{digest}/"
        passage = client.get(f"/download/{digest}/source/ab-2024/data/a.nq")
        assert passage.headers["comity-release"] == digest
    kept = downloads.releases(small)
    assert [one.digest for one in kept] == [second, first]
    assert [one.is_current for one in kept] == [True, False]
    assert downloads.release(small, first).digest == first


def test_releases_that_are_not_kept(two: tuple[TestClient, list[str]], small: Settings) -> None:
    """404 that names those there are; the beginning of a digest is not one."""
    client, (first, _) = two
    for digest in ("f" * 64, first[:63]):
        answer = client.get(f"/download/{digest}/comity.nq")
        assert answer.status_code == 404
    assert first in client.get(f"/download/{'f' * 64}/comity.nq").json()["detail"]
    with pytest.raises(NotFound, match="does not hold"):
        downloads.release(small, "../" + first)


def test_a_release_from_before_there_were_downloads(
    two: tuple[TestClient, list[str]], small: Settings
) -> None:
    """It is named, and 404 says how to have its files; the catalogue does without them."""
    client, (first, second) = two
    folder = small.snapshots / first / FOLDER
    for path in folder.iterdir():
        path.unlink()
    answer = client.get(f"/download/{first}/comity.nq")
    assert answer.status_code == 404
    assert "build its commit again" in answer.json()["detail"]
    assert client.get(f"/snapshot/{first}").status_code == 404
    said = client.get("/catalogue")
    assert said.status_code == 200
    # neither names it, nor does the list of what there is
    assert first not in said.text
    assert first not in client.get("/download/", headers={"Accept": "application/json"}).text
    held = client.get(f"/download/{'f' * 64}/comity.nq").json()["detail"]
    assert held.endswith(f"it has the files of {second}")


def test_files_that_change_meanwhile(two: tuple[TestClient, list[str]], small: Settings) -> None:
    """A file that is not what the index says is no answer at all."""
    client, (_, second) = two
    path: Path = small.snapshots / second / FOLDER / "comity.ttl"
    path.write_bytes(b"short")
    assert client.get("/download/comity.ttl", headers=PLAIN).status_code == 503
    path.unlink()
    assert client.get(f"/download/{second}/comity.ttl", headers=PLAIN).status_code == 503


def test_entries_are_plain(release: Release) -> None:
    """The index read again is the index; its file is JSON that anyone reads."""
    text = (release.path / FOLDER / "index.json").read_bytes()
    assert release.index.to_json() == text
    assert all(isinstance(one, Entry) for one in release.index.files.values())
