"""Networks as tables: CSV, a ZIP of both tables, Parquet."""

import csv
import io
import json
import zipfile
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kg.network.formats import flat
from kg.network.graph import Network

# what a sheet would take for the beginning of a formula (OWASP, CSV injection)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# one day in every archive, so that equal networks give equal bytes
_DAY = (1980, 1, 1, 0, 0, 0)


def _rows(network: Network, part: str) -> tuple[list[str], list[dict[str, flat.Value]]]:
    """Columns and rows of the nodes or the edges."""
    if part == "nodes":
        rows = [{"id": iri, **data} for iri, data in flat.nodes(network)]
        first = ["id"]
    else:
        rows = [{"source": a, "target": b, **data} for a, b, data in flat.edges(network)]
        for row in rows:
            for end in ("source", "target"):
                label = network.nodes[str(row[end])].get("label", row[end])
                row[f"{end}_label"] = flat.text(label)
        first = ["source", "target", "source_label", "target_label"]
    found = {name for row in rows for name in row} - set(first)
    order = flat.NODE if part == "nodes" else flat.EDGE
    return first + flat.columns(order, found), rows


def _cell(value: Any) -> str:
    """A cell: text that begins like a formula stands after an apostrophe."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    said = str(value)
    return f"'{said}" if said.startswith(_FORMULA) else said


def _csv(network: Network, part: str) -> bytes:
    names, rows = _rows(network, part)
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name, "")) for name in names] for row in rows)
    return output.getvalue().encode()


def edges_csv(network: Network) -> bytes:
    """The edges, one a row (RFC 4180)."""
    return _csv(network, "edges")


def nodes_csv(network: Network) -> bytes:
    """The nodes, one a row (RFC 4180)."""
    return _csv(network, "nodes")


def zipped(network: Network) -> bytes:
    """Nodes, edges, and what the network says of itself, in one archive."""
    about = json.dumps(network.graph, ensure_ascii=False, indent=2).encode() + b"\n"
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            ("nodes.csv", nodes_csv(network)),
            ("edges.csv", edges_csv(network)),
            ("network.json", about),
        ):
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return output.getvalue()


def _parquet(network: Network, part: str) -> bytes:
    names, rows = _rows(network, part)
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        kinds = {type(one) for one in values if one is not None}
        if kinds == {int, float}:
            values = [None if one is None else float(one) for one in values]
        columns[name] = pa.array(values, from_pandas=False) if kinds else pa.array(
            values, type=pa.string()
        )  # fmt: skip
    about = {name: json.dumps(value, ensure_ascii=False) for name, value in network.graph.items()}
    table = pa.table(columns).replace_schema_metadata(about)
    output = io.BytesIO()
    pq.write_table(table, output, compression="zstd")
    return output.getvalue()


def edges_parquet(network: Network) -> bytes:
    """The edges in Parquet, the network's own attributes in the metadata of the file."""
    return _parquet(network, "edges")


def nodes_parquet(network: Network) -> bytes:
    """The nodes in Parquet, the network's own attributes in the metadata of the file."""
    return _parquet(network, "nodes")
