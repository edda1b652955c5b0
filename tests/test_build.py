"""Builds: one digest for one input, and no moment at which `current` is not whole."""

import errno
import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from conftest import ROOT, Report, quick_build, write_project
from kg import build as building
from kg.errors import DataError, KgError, NotConformant, SnapshotError
from kg.names import PREFIXES
from kg.settings import Settings

HOUSEKEEPING = (".lock",)
BUILD = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from conftest import quick_build
from kg.settings import Settings
print(quick_build(Settings(Path(sys.argv[1]), Path(sys.argv[2]))).digest)
"""


def in_process(project: Path, snapshots: Path, **env: str) -> subprocess.Popen[str]:
    """A build in a process of its own."""
    code = BUILD.format(tests=str(ROOT / "tests"))
    return subprocess.Popen(
        [sys.executable, "-c", code, str(project), str(snapshots)],
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def names(folder: Path) -> set[str]:
    """What lies in a folder of snapshots, without the lock."""
    return {path.name for path in folder.iterdir()} - set(HOUSEKEEPING)


def state(settings: Settings) -> str | None:
    """The digest of the current snapshot, which is opened, and so proved whole."""
    if not os.path.lexists(settings.snapshots / "current"):
        return None
    snapshot = kg.open(settings=settings)
    assert snapshot.path is not None
    assert {path.name for path in snapshot.path.iterdir()} == {
        "data.nq", "manifest.json", "manifest.ttl", "check.json", "check.ttl", "search.sqlite",
        "downloads", "layout.json", "stats.json",
    }  # fmt: skip
    return snapshot.digest


def edit(settings: Settings, text: str) -> None:
    """Change the data."""
    path = settings.project / "data/reference/notes.ttl"
    base = "https://w3id.org/comity/graph/reference/notes"
    path.write_text(f'@base <{base}> .\n<> <http://example.org/note> "{text}" .\n')


def test_the_digest_is_of_exactly_the_canonical_file(small: Settings) -> None:
    """SHA-256 of data.nq is the digest, the folder's name, and what the manifest says."""
    built = quick_build(small)
    data = (built.path / "data.nq").read_bytes()
    assert hashlib.sha256(data).hexdigest() == built.digest == built.path.name
    assert json.loads((built.path / "manifest.json").read_text())["digest"] == built.digest
    lines = data.splitlines()
    assert lines == sorted(set(lines))
    dataset = ox.Dataset(ox.parse(data, format=ox.RdfFormat.N_QUADS))
    assert building.canonical(dataset) == data
    assert built.quads == len(lines)


@pytest.mark.parametrize("project", ["small", "real"])
def test_one_input_gives_one_digest(project: str, tmp_path: Path) -> None:
    """Two places, two hash seeds: the same bytes."""
    digests = set()
    for seed in ("1", "77"):
        place = tmp_path / seed
        if project == "small":
            write_project(place / "project")
        else:
            for name in ("ontology", "data", "queries"):
                (place / "project").mkdir(parents=True, exist_ok=True)
                (place / "project" / name).symlink_to(ROOT / name)
        process = in_process(place / "project", place / "out", PYTHONHASHSEED=seed)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        digests.add(out.strip())
    assert len(digests) == 1


def test_what_is_not_data_does_not_change_the_digest(small: Settings) -> None:
    """Files are read, not folders: notes and other files beside the data are of no account."""
    digest = quick_build(small).digest
    (small.project / "data" / "README.md").write_text("notes")
    (small.project / "data" / ".hidden.ttl").write_text("no Turtle")
    assert quick_build(small).digest == digest
    edit(small, "one")
    assert quick_build(small).digest != digest


def test_the_manifest_counts_what_is_there(small: Settings) -> None:
    """Kinds, classes, properties and sources are those of the data, in JSON and in RDF."""
    built = quick_build(small)
    manifest = json.loads((built.path / "manifest.json").read_text())
    counts = manifest["counts"]
    snapshot = kg.open(settings=small)
    assert counts["quads"] == built.quads
    # both passages say who the ministry's parent is: one triple
    reported = (f"{built.path}/downloads/comity-reported.{one}" for one in ("nt", "nq"))
    triples, quads = (len(Path(path).read_text().splitlines()) for path in reported)
    assert counts["kinds"]["reported"] == {"graphs": 2, "triples": triples}
    assert triples == quads - 1
    assert counts["kinds"]["derived"]["graphs"] == len(list((ROOT / "queries/rules").glob("*.rq")))
    assert counts["classes"]["comity:Action"] == 3
    assert counts["properties"]["comity:quote"] == 3
    assert counts["triples"] == len(snapshot.export("nt").splitlines())
    (source,) = manifest["sources"]
    assert source["title"] == "A and B: Report"
    assert source["date"] == "2024-03-01"
    assert manifest["check"] == {"conforms": True, "findings": 0, "quotes_verified": None}
    assert set(manifest["tools"]) == {"python", "pyoxigraph", "rdflib", "pyshacl"}
    rdf = ox.Store()
    rdf.bulk_load(path=str(built.path / "manifest.ttl"), format=ox.RdfFormat.TURTLE)
    triples = rdf.query("SELECT ?n { ?d void:triples ?n ; a dcat:Dataset }", prefixes=PREFIXES)
    assert [int(row["n"].value) for row in triples] == [counts["triples"]]  # type: ignore[union-attr]


def test_a_failing_check_makes_no_snapshot(small: Settings) -> None:
    """NotConformant carries the report; `current` is what it was."""
    digest = quick_build(small).digest
    edit(small, "wrong")
    with pytest.raises(NotConformant) as caught:
        building.build(small, check=lambda settings: Report(("x.ttl:3: wrong",)))  # type: ignore[arg-type,return-value]
    assert caught.value.report.findings == ("x.ttl:3: wrong",)
    assert str(caught.value) == "the data does not conform: 1 finding"
    assert state(small) == digest
    assert names(small.snapshots) == {digest, "current"}


def test_data_that_changes_while_it_is_checked_is_not_published(small: Settings) -> None:
    """What was checked and what is written are the same files."""

    def check(settings: Settings) -> Report:
        edit(settings, "meanwhile")
        return Report()

    with pytest.raises(SnapshotError, match="changed while they were checked"):
        building.build(small, check=check)  # type: ignore[arg-type]
    assert not small.snapshots.exists()


def test_building_again_renews_what_lies_beside_the_data(small: Settings) -> None:
    """The same data: the same snapshot, with the latest check report and manifest."""
    first = quick_build(small)
    before = (first.path / "data.nq").stat().st_ino
    (first.path / "check.json").write_text("old")
    again = quick_build(small)
    assert (again.path, again.is_new, first.is_new) == (first.path, False, True)
    assert (again.path / "data.nq").stat().st_ino == before
    assert (again.path / "check.json").read_text() != "old"


def test_a_damaged_snapshot_is_put_right(small: Settings) -> None:
    """Data that is not what its digest says is replaced by the next build."""
    first = quick_build(small)
    (first.path / "data.nq").write_bytes(b"damaged")
    quick_build(small)
    assert state(small) == first.digest


def test_snapshots_can_be_read_by_others(small: Settings) -> None:
    """A service of another user opens what a build wrote, as far as the umask allows."""
    old = os.umask(0o022)
    try:
        built = quick_build(small)
    finally:
        os.umask(old)
    assert built.path.stat().st_mode & 0o055 == 0o055
    assert (built.path / "data.nq").stat().st_mode & 0o044 == 0o044


EVENTS = ("open", "os.rename", "os.mkdir", "os.symlink", "os.remove", "os.rmdir", "fcntl.flock")


def killed_at(settings: Settings, step: int) -> bool:
    """Build in a child that kills itself at its n-th step on files; whether it got that far."""
    child = os.fork()
    if child == 0:
        seen = 0

        def hook(event: str, _arguments: object) -> None:
            nonlocal seen
            if event in EVENTS:
                seen += 1
                if seen == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        files = {
            "data.nq": DATA, "check.json": b"{}", "check.ttl": b"", "manifest.ttl": b"",
            "search.sqlite": b"", "stats.json": b"{}", "layout.json": b"{}",
            "downloads/index.json": b"{}",
            "manifest.json": json.dumps({"digest": DIGEST}).encode(),
        }  # fmt: skip
        sys.addaudithook(hook)
        try:
            building.publish(settings.snapshots, DIGEST, files)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


DATA = b"<http://a/s> <http://a/p> <http://a/o> <http://a/g> .\n"
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.mark.parametrize("existing", [False, True])
def test_killed_at_any_step_current_is_whole(existing: bool, small: Settings) -> None:
    """A kill before each single operation on files leaves the old snapshot or the new one."""
    old = quick_build(small).digest
    before: set[str | None] = {old}
    if existing:
        assert not killed_at(small, 10_000)
        quick_build(small)
    step, switched = 0, False
    while killed_at(small, step := step + 1):
        found = state(small)
        assert found in {old, DIGEST}
        switched |= found == DIGEST
        before.add(found)
    assert step > 12
    assert state(small) == DIGEST
    quick_build(small)
    assert state(small) == old
    assert names(small.snapshots) == {old, DIGEST, "current"}


def test_killed_at_random_moments_current_is_whole() -> None:
    """Builds of the real project, killed with -9; bench/kills.py does fifty of them."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "kills.py"), "--kills", "8"],
        capture_output=True, text=True, timeout=240, env={**os.environ, "KG_PROJECT": str(ROOT)},
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("kills: 8, ")


def test_builds_at_once_do_no_harm(small: Settings, tmp_path: Path) -> None:
    """Several builds of two states of the data: each succeeds, and one of them is current."""
    other = write_project(tmp_path / "other")
    (other / "data/reference/notes.ttl").write_text(
        "@base <https://w3id.org/comity/graph/reference/notes> .\n"
        '<> <http://example.org/note> "other" .\n'
    )
    running = [in_process(one, small.snapshots) for one in (small.project, other) * 3]
    answers = [(process.communicate(timeout=60), process.returncode) for process in running]
    assert [code for _, code in answers] == [0] * 6, answers
    digests = {out.strip() for (out, _), _ in answers}
    assert len(digests) == 2
    assert state(small) in digests
    assert names(small.snapshots) == digests | {"current"}


def test_a_living_build_keeps_its_directory(small: Settings) -> None:
    """Only directories that no living build holds are removed."""
    small.snapshots.mkdir()
    (small.snapshots / ".build-dead").mkdir()
    (small.snapshots / ".current-dead").symlink_to("nowhere")
    with building._workspace(small.snapshots) as work:
        quick_build(small)
        assert work.is_dir()
        assert names(small.snapshots) == {work.name, state(small), "current"}
    assert not work.exists()


def limited(settings: Settings) -> str:
    """Build in a child that may write no file longer than 10 kB; what it says."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
            quick_build(settings)
            said = "built"
        except KgError as error:
            said = f"{type(error).__name__}: {error}"
        except BaseException as error:
            said = f"not a KgError: {error!r}"
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def test_a_disk_that_takes_no_more_is_said_plainly(small: Settings) -> None:
    """A write that fails half-way: one line with the file, nothing left, current as it was."""
    digest = quick_build(small).digest
    edit(small, "more")
    said = limited(small)
    assert said.startswith("SnapshotError: cannot write ")
    assert "data.nq: File too large" in said
    assert state(small) == digest
    assert names(small.snapshots) == {digest, "current"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_full_disk_found_when_syncing_is_said_plainly(
    number: int, small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system may tell of a full disk only when data is to be on it."""
    digest = quick_build(small).digest
    edit(small, "more")

    def fsync(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(building.os, "fsync", fsync)
    with pytest.raises(SnapshotError, match=os.strerror(number)) as caught:
        quick_build(small)
    assert "\n" not in str(caught.value)
    monkeypatch.undo()
    assert state(small) == digest
    assert names(small.snapshots) == {digest, "current"}


def test_a_folder_that_cannot_be_written_is_named(
    small: Settings, refused: Callable[[Callable[[], object]], KgError]
) -> None:
    """A file stands where the folder should be: one line, with its path."""
    small.snapshots.write_text("a file")
    error = refused(lambda: quick_build(small))
    assert isinstance(error, SnapshotError)
    assert str(small.snapshots) in str(error)
    assert small.snapshots.read_text() == "a file"


@pytest.mark.parametrize(
    "place", ["data/ab-2024/data/c.ttl", "ontology/comity.ttl", "queries/rules/x.rq"]
)
def test_a_file_that_cannot_be_read_is_named(place: str, small: Settings) -> None:
    """A curated file or rule that is listed and cannot be opened ends the build."""
    path = small.project / place
    path.unlink(missing_ok=True)
    path.symlink_to("nowhere")
    with pytest.raises(DataError, match="cannot be read") as caught:
        quick_build(small)
    assert caught.value.path == path
    assert not small.snapshots.exists()


def test_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """What stood at the place of an output file stays until the new one is complete."""
    path = tmp_path / "out.nq"
    building.write_file(path, b"one")
    building.write_file(path, b"two")
    assert path.read_bytes() == b"two"
    with pytest.raises(KgError, match="cannot write"):
        building.write_file(tmp_path / "none" / "out.nq", b"x")
    with pytest.raises(KgError, match="cannot write"):
        building.write_file(tmp_path, b"x")
    assert [one.name for one in tmp_path.iterdir()] == ["out.nq"]
