"""The network as a picture, a list and a matrix, each tie with the words it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg import network
from kg.accounts import Thing
from kg.errors import UsageError
from kg.names import expand
from kg.network.facts import Facts
from kg.network.formats import FORMATS, flat
from kg.network.graph import Network
from kg.network.options import MEASURES, PROJECTIONS
from kg.network.options import read as read_options
from kg.results import as_text
from kg.snapshot import Snapshot
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page
from kg_api.site.parts import network_plan, network_viewer, network_words
from kg_api.site.parts.network_fields import Wish, active, fields

# more than this no eye tells apart, and no page should carry
DRAWN, LISTED, CROSSED = 150, 400, 45
SIZES = tuple(one for one in MEASURES if one not in ("component", "community"))
_FAMILIES = ("actor", "instrument", "initiative", "event", "document", "topic")
_OBJECT = ox.NamedNode(expand("comity:object"))
_SIDES = {"left": "actor:japan", "right": "actor:uk"}


@dataclass(frozen=True)
class Node:
    """A node as the page shows it."""

    iri: str
    curie: str
    label: str
    family: str
    group: bool
    address: str
    radius: float = 12.0
    community: int = 0
    on: bool = False
    measure: str = ""


@dataclass(frozen=True)
class Piece:
    """One piece of what a tie rests on: words and where they stand, pages, or a rule."""

    kind: str
    words: str = ""
    iri: str = ""
    citation: str = ""
    pages: tuple[str, ...] = ()
    rule: str = ""
    # what the words speak of, where that is a thing of its own
    what: tuple[Thing, ...] = ()


@dataclass(frozen=True)
class Edge:
    """A tie as the page shows it."""

    a: Node
    b: Node
    passages: int
    pieces: tuple[Piece, ...]
    places: tuple[Piece, ...]
    address: str
    group: bool
    kind: str
    on: bool = False

    @property
    def name(self) -> str:
        """Both ends."""
        return f"{self.a.label} – {self.b.label}"


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """A network with its filters, and the evidence of what is selected."""
    _ = language.texts(asked.lang).gettext
    wish = Wish.read(asked.params)
    made = _made(snapshot, asked, wish)
    hidden = {iri for iri, curie in made.nodes(data="curie") if curie in wish.hide}
    made.remove_nodes_from(hidden)
    facts = Facts(snapshot, asked.params["texts"], asked.lang)
    nodes, edges = _shown(snapshot, made, wish, asked.lang)
    words = network_words.projections(asked.lang)
    title = words.get(wish.projection, str(made.graph["title"]))
    if wish.projection == "ego":
        centres = [one.label for one in nodes.values() if made.nodes[one.iri].get("centre")]
        title = _("Around %(names)s") % {"names": language.listed(centres, asked.lang)}
    elif wish.projection == "query":
        title = _("Network of a query")
    drawn = 0 < len(nodes) <= DRAWN
    wide, narrow = _plans(snapshot, nodes, edges) if drawn else (None, None)
    selected = _selected(nodes, edges)
    embedded = bool(asked.params.get("embedded"))
    return Page(
        template="network.html",
        title=title,
        path=wish.address(),
        current="network",
        description=_(
            "Who is named with whom in what, with the words and the place of every tie."
        ),
        data={
            "nodes": nodes, "edges": edges, "wide": wide, "narrow": narrow,
            "address": wish.data("json", asked.lang), "viewer": network_viewer.settings(asked.lang),
            "has_dates": _has_dates(made),
            "about": made.graph, "directed": made.is_directed(), "few": len(nodes) < 30,
            "fields": fields(facts, wish, asked.lang, SIZES),
            "active": active(facts, wish, asked.lang),
            "hidden": wish.hidden(),
            "reset": Wish({"projection": wish.projection}, own=wish.own).address(),
            "selected": selected, "unselect": wish.address(select=""),
            "matrix": _matrix(nodes, edges, made.is_directed()) if wish.shape == "matrix" else None,
            "as_list": wish.address(**{"as": ""}), "as_matrix": wish.address(**{"as": "matrix"}),
            "n_hidden": len(hidden),
            "unhide": wish.address(hide=""),
            "hide": wish.address(hide=" ".join([*wish.hide, *wish.select.split()]), select=""),
            "shape": wish.shape, "listed": edges[:LISTED], "drawn": DRAWN, "most": LISTED,
            "size": network_words.measures(asked.lang).get(wish.size, ""), "colour": wish.colour,
            "families": _legend(nodes),
            "communities": sorted({n.community for n in nodes.values()}),
            "undated": network_words.undated(str(made.graph.get("undated", "")), asked.lang),
            "spread": "groups" in made.graph, "full": wish.address(),
        },
        forms=() if embedded else tuple(_forms(wish, asked.lang)),
        query=_query(asked, wish),
        scripts=("network",) if nodes else (),
        embedded=embedded,
    )  # fmt: skip


def _has_dates(made: Network) -> bool:
    """Whether the dates of ties differ, by months: then they can be chosen by their time."""
    edges = [data for _, _, data in made.edges(data=True)]
    return (
        len({str(one[end])[:7] for one in edges for end in ("first", "last") if one.get(end)}) > 1
    )


def _made(snapshot: Snapshot, asked: Asked, wish: Wish) -> Network:
    """The network that is asked for."""
    if wish.size and wish.size not in SIZES:
        raise UsageError(f"size={wish.size[:40]!r}: choose {', '.join(SIZES)}")
    given = {**wish.given, "lang": [asked.lang]}
    measures = [wish.size] * bool(wish.size) + ["community"] * (wish.colour == "community")
    options = read_options({**given, "measures": measures})
    texts: Mapping[str, str] = asked.params["texts"]
    if wish.projection == "ego":
        return network.ego(snapshot, wish.of, wish.hops, wish.relations, options, texts)
    if wish.projection == "query":
        return network.query(snapshot, wish.query, options, texts)
    if wish.projection not in PROJECTIONS:
        offered = ", ".join(PROJECTIONS)
        raise UsageError(f"projection={wish.projection[:40]!r}: choose {offered}")
    return network.project(snapshot, wish.projection, options, texts)


def _shown(
    snapshot: Snapshot, made: Network, wish: Wish, lang: str
) -> tuple[dict[str, Node], tuple[Edge, ...]]:
    chosen = set(wish.select.split())
    curies = {iri: str(data["curie"]) for iri, data in made.nodes(data=True)}
    values = [
        float(data[wish.size])
        for _, data in made.nodes(data=True)
        if data.get(wish.size) is not None
    ]
    most = max(values, default=0.0)
    nodes = {}
    for iri in sorted(made, key=lambda one: (str(made.nodes[one]["label"]), one)):
        data = made.nodes[iri]
        value = data.get(wish.size)
        share = float(value) / most if value is not None and most > 0 else 0.0
        nodes[iri] = Node(
            iri, curies[iri], str(data["label"]), str(data["family"]), bool(data.get("group")),
            wish.address(select=curies[iri]),
            radius=round(6 + 12 * share**0.5, 1) if wish.size else 12.0,
            community=int(data.get("community", 0)) if wish.colour else 0,
            on=chosen == {curies[iri]},
            measure="" if value is None else language.number(round(float(value), 3), lang),
        )  # fmt: skip
    edges = []
    for a, b, data in flat.pairs(made):
        pieces = tuple(_piece(snapshot, one, lang) for one in data["evidence"])
        places: dict[str, Piece] = {}
        for one in pieces:
            places.setdefault(one.citation or one.rule or " ".join(one.pages), one)
        kinds = {one.kind for one in pieces}
        ends = {curies[a], curies[b]}
        edges.append(Edge(
            nodes[a], nodes[b], int(data["weight"]), pieces, tuple(places.values()),
            wish.address(select=f"{curies[a]} {curies[b]}"), bool(data.get("through_group")),
            next((one for one in ("reported", "reference", "derived") if one in kinds), "derived"),
            on=chosen == ends or (len(chosen) == 1 and chosen <= ends),
        ))  # fmt: skip
    edges.sort(key=lambda one: (-one.passages, one.a.label, one.b.label))
    return nodes, tuple(edges)


def _piece(snapshot: Snapshot, entry: Mapping[str, Any], lang: str) -> Piece:
    kind = str(entry["kind"])
    if kind == "reported":
        iri = str(entry.get("claim") or entry["graph"])
        place = str(entry["citation"]).partition(", ")[2] or str(entry["citation"])
        objects = snapshot.engine.quads(ox.NamedNode(iri), _OBJECT, None, ox.DefaultGraph())
        iris = sorted(as_text(quad.object) for quad in objects)
        what = tuple(Thing(one, snapshot.names.label(one, lang)) for one in iris)
        return Piece(kind, str(entry["words"]), iri, place, what=what)
    if kind == "reference":
        return Piece(kind, pages=tuple(entry["sources"]))
    return Piece(kind, rule=str(entry.get("rule", "")))


def _plans(
    snapshot: Snapshot, nodes: Mapping[str, Node], edges: tuple[Edge, ...]
) -> tuple[network_plan.Plan, network_plan.Plan]:
    """Both plans of the picture, with every node in its band."""
    sides = {expand(curie): band for band, curie in _SIDES.items()}
    bands = {}
    for iri in nodes:
        bands[iri] = sides.get(iri) or next(
            (band for country, band in sides.items() if _of(snapshot, iri, country)), "middle"
        )
    ties = [(one.a.iri, one.b.iri) for one in edges]
    columns = network_plan.ordered(bands, ties)
    names = {iri: one.label for iri, one in nodes.items()}
    return network_plan.wide(columns, names, ties), network_plan.narrow(columns, names, ties)


def _of(snapshot: Snapshot, iri: str, country: str) -> bool:
    quads = snapshot.engine.quads(
        ox.NamedNode(iri), ox.NamedNode(expand("comity:country")), ox.NamedNode(country),
        ox.DefaultGraph(),
    )  # fmt: skip
    return next(iter(quads), None) is not None


def _selected(
    nodes: Mapping[str, Node], edges: tuple[Edge, ...]
) -> tuple[Node | None, tuple[Edge, ...]] | None:
    """The node that is selected, if one is, and the ties that are."""
    node = next((one for one in nodes.values() if one.on), None)
    ties = tuple(one for one in edges if one.on)
    return (node, ties) if node or ties else None


def _matrix(
    nodes: Mapping[str, Node], edges: tuple[Edge, ...], directed: bool
) -> tuple[list[Node], list[Node], dict[tuple[str, str], Edge]] | None:
    """Rows, columns and cells; nothing where it would be too wide to read."""
    cells = {(one.a.iri, one.b.iri): one for one in edges}
    if not directed:
        cells |= {(b, a): one for (a, b), one in cells.items()}
    rows = [one for iri, one in nodes.items() if any(a == iri for a, _ in cells)]
    columns = [one for iri, one in nodes.items() if any(b == iri for _, b in cells)]
    return (rows, columns, cells) if len(columns) <= CROSSED else None


def _legend(nodes: Mapping[str, Node]) -> list[tuple[str, bool]]:
    """The kinds of nodes there are, groups apart."""
    found = {(one.family, one.group) for one in nodes.values()}
    order = {name: place for place, name in enumerate(_FAMILIES)}
    return sorted(found, key=lambda one: (order.get(one[0], 9), one))


def _forms(wish: Wish, lang: str) -> list[Form]:
    """The same in every format of networks."""
    return [Form(_label(one.name), wish.data(one.name, lang), one.media_type) for one in FORMATS]


def _label(name: str) -> str:
    names = {
        "graphml": "GraphML", "cyjs": "Cytoscape", "nodes.csv": "CSV (nodes)", "parquet": "Parquet",
        "nodes.parquet": "Parquet (nodes)", "ttl": "Turtle", "trig": "TriG", "csv": "CSV (edges)",
    }  # fmt: skip
    return names.get(name, name.upper())


def _query(asked: Asked, wish: Wish) -> str:
    """The query of the projection, without the header that only files have."""
    if wish.projection == "query":
        return wish.query
    name = "actions" if wish.projection == "actors" else wish.projection
    text = str(asked.params["texts"].get(name, ""))
    return "\n".join(one for one in text.splitlines() if not one.startswith("#+")).strip()
