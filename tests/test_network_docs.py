"""docs/networks.md and its notebook: what they say of networks is so."""

import json
import re
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner

import kg
from kg import network
from kg.cli.networking import network as command
from kg.network.formats import flat
from kg.network.options import MEASURES, OPTIONS, address_name
from kg.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "networks.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    part = TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1:]]


def names(cell: str) -> set[str]:
    """The names in code in a cell."""
    return set(re.findall(r"`([^`]+)`", cell))


@pytest.fixture(scope="module")
def every(real_snapshot: kg.Snapshot) -> list[nx.Graph]:
    """Networks of all kinds, with everything that can stand on them."""
    full = {"measures": "all", "layout": True, "kinds": ("reported", "reference", "derived")}
    made = [network.project(real_snapshot, one, **full) for one in network.PROJECTIONS]
    made.append(network.project(real_snapshot, from_="2023", groups="members", undated="keep"))
    made.append(network.ego(real_snapshot, "MIC"))
    text = 'SELECT ?source ?target ("x" AS ?label) { ?source comity:parent ?target }'
    return [*made, network.query(real_snapshot, text)]


def test_the_table_has_every_attribute_and_no_other(every: list[nx.Graph]) -> None:
    """On nodes, edges (as lists and flat) and networks; measures have a section of their own."""
    measured = {*MEASURES, "in_degree", "out_degree"}
    written: dict[str, set[str]] = {"node": set(), "edge": set(), "edge (flat)": set()}
    written["network"] = {name for made in every for name in made.graph}
    for made in every:
        written["node"].update(name for _, data in made.nodes(data=True) for name in data)
        for *_, data in made.edges(data=True):
            written["edge"].update(data)
            written["edge (flat)"].update(set(flat.edge(data)) - set(data))
    written["node"] -= measured
    said: dict[str, set[str]] = {on: set() for on in written}
    for on, attributes, _ in rows("Attributes"):
        said[on] |= names(attributes)
    assert said == written


def test_the_tables_have_every_option_projection_and_format() -> None:
    """No more and no less than there are."""
    assert {one for row in rows("Options") for one in names(row[0])} == {
        address_name(name) for name in OPTIONS
    }
    assert {one for row in rows("Projections") for one in names(row[0])} == {
        *network.PROJECTIONS, "ego", "query",
    }  # fmt: skip
    assert {one for row in rows("Formats") for one in names(row[0])} == {
        one.name for one in network.FORMATS
    }
    measured = TEXT.split("\n## Measures\n", 1)[1].split(". `kg", 1)[0]
    assert names(measured) == {*MEASURES, "in_degree", "out_degree"}


def test_every_query_of_networks_answers(real_snapshot: kg.Snapshot) -> None:
    """Each file has a summary and finds something in the real report."""
    found = sorted((ROOT / "queries" / "networks").glob("*.rq"))
    assert found
    for path in found:
        question = kg.query.load(path, f"networks/{path.stem}")
        assert question.summary
        assert len(real_snapshot.run(question))  # type: ignore[arg-type]


def test_the_notebook_runs(real: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten cells, from the question to the picture."""
    monkeypatch.setenv("KG_SNAPSHOTS", str(real.snapshots))
    monkeypatch.setenv("KG_PROJECT", str(real.project))
    book = json.loads((ROOT / "docs" / "networks.ipynb").read_text("utf-8"))
    assert len(book["cells"]) == 10
    found: dict[str, object] = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), found)  # noqa: S102 - the project's own notebook
    assert str(found["picture"]).startswith("<svg")


@pytest.fixture
def run(real: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner of commands over the real snapshot."""
    monkeypatch.setenv("KG_SNAPSHOTS", str(real.snapshots))
    monkeypatch.setenv("KG_PROJECT", str(real.project))
    return CliRunner()


def test_the_command_writes_files(
    run: CliRunner, real_snapshot: kg.Snapshot, tmp_path: Path
) -> None:
    """The format by the suffix; the bytes are the library's."""
    target = tmp_path / "net.gexf"
    asked = ["actors", "--topic", "open-ran", "--from", "2023-01", "--undated", "keep"]
    assert run.invoke(command, [*asked, "-o", str(target)]).exit_code == 0
    own = network.project(real_snapshot, topic="open-ran", from_="2023-01", undated="keep")
    assert target.read_bytes() == network.write(own, "gexf")
    nodes = tmp_path / "a.nodes.csv"
    assert run.invoke(command, ["-o", str(nodes)]).exit_code == 0
    assert nodes.read_bytes() == network.write(network.project(real_snapshot), "nodes.csv")


def test_the_command_shows_a_table(run: CliRunner) -> None:
    """With weights, places, the caution, and what is measured."""
    shown = run.invoke(command, ["commitments", "--format", "table", "--measures", "degree"])
    assert shown.exit_code == 0
    for said in ("Named together in one report", "ranks mean little", "degree", "look-forward"):
        assert said in shown.output
    asked = ["ego", "--of", "MIC", "--relations", "acts-with", "-f", "json"]
    assert json.loads(run.invoke(command, asked).output)["edges"]
    own = ["query", "--query", "SELECT ?source ?target { ?source comity:parent ?target }"]
    assert "parent" not in run.invoke(command, [*own, "-f", "table"]).output.split("\n")[0]


def test_the_command_refuses_in_one_line(real: Settings) -> None:
    """What has no meaning ends with 1, and says what has."""
    for asked in (
        ["--topic", "nope"], ["friends"], ["--format", "xls"], ["ego"], ["query"],
        ["--from", "yesterday"], ["--level", "planet"],
    ):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", "from kg.cli import main; main()", "network", *asked],
            capture_output=True, text=True, check=False,
            env={"KG_SNAPSHOTS": str(real.snapshots), "KG_PROJECT": str(real.project), "PATH": ""},
        )  # fmt: skip
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
