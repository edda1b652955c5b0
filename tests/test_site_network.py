"""The network's page: what is drawn, listed and crossed is the network that is asked for."""

import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from kg import network
from kg.errors import UsageError
from kg.network import facts
from kg.network.formats import FORMATS
from kg.network.options import PROJECTIONS
from kg.snapshot import Snapshot
from kg_api import site
from kg_api.site.page import Asked, Page
from kg_api.site.parts import network_plan
from kg_api.site.parts.network_fields import Wish
from kg_api.site.views.network import view

TEXTS = facts.texts(Path(__file__).parents[1])
Given = Mapping[str, Sequence[str]]


def params(own: Mapping[str, Any] | None, given: Given | None, **page: str) -> dict[str, Any]:
    """What the route gives."""
    return {"page": page, "given": given or {}, "own": own or {}, "texts": TEXTS}


def html(snapshot: Snapshot, lang: str = "en", given: Given | None = None, **page: str) -> str:
    """A page as it is sent."""
    reply = site.write(snapshot, "network", lang, "/network", params(None, given, **page))
    assert reply.status == 200
    # without what the script may say later
    return re.sub(r"<script type=.application/json.*?</script>", "", reply.body.decode())


def seen(snapshot: Snapshot, given: Given | None = None, **page: str) -> Page:
    """What the view says."""
    return view(snapshot, Asked("en", "/network", params(None, given, **page)))


@pytest.mark.parametrize("projection", PROJECTIONS)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_projection_is_a_page(real_snapshot: Snapshot, projection: str, lang: str) -> None:
    """Each node and tie of the network is on its page, once; no style stands in it."""
    made = network.project(real_snapshot, projection, None, TEXTS)
    page = seen(real_snapshot, projection=projection)
    assert set(page.data["nodes"]) == set(made)
    assert len(page.data["edges"]) == made.number_of_edges()
    text = html(real_snapshot, lang, projection=projection)
    assert "style=" not in text
    assert "<style" not in text
    if page.data["wide"]:
        assert len(page.data["wide"].spots) == len(made) == len(page.data["narrow"].spots)
    rows = text.split("<table", 1)[1].count('<th scope="row">')
    assert rows == made.number_of_edges()


def test_sides(real_snapshot: Snapshot) -> None:
    """Japan's actors stand left, those of the United Kingdom right, all others between."""
    spots = seen(real_snapshot).data["wide"].spots
    bands = {one.iri.rsplit("/", 1)[-1]: one.band for one in spots}
    assert (bands["mic"], bands["dsit"]) == ("left", "right")
    assert bands["both-participants-jukdp-2024"] == "middle"


def test_evidence_of_a_tie(real_snapshot: Snapshot) -> None:
    """A selected tie shows every piece that it rests on, with its words and its place."""
    made = network.project(real_snapshot, "actors", None, TEXTS)
    base = "https://w3id.org/comity/id/actor/"
    wanted = made.edges[base + "mic", base + "dsit"]["evidence"]
    node, ties = seen(real_snapshot, select="actor:mic actor:dsit").data["selected"]
    assert node is None
    assert [one.words for one in ties[0].pieces] == [one["words"] for one in wanted]
    node, ties = seen(real_snapshot, select="actor:mic").data["selected"]
    assert node.iri == base + "mic"
    assert len(ties) == made.degree(base + "mic")
    assert seen(real_snapshot, select="actor:nobody").data["selected"] is None


def test_matrix_has_the_passages(real_snapshot: Snapshot) -> None:
    """Without direction every tie stands twice; its figure counts passages."""
    page = seen(real_snapshot, **{"as": "matrix"})
    _, _, cells = page.data["matrix"]
    assert len(cells) == 2 * len(page.data["edges"])
    text = html(real_snapshot, **{"as": "matrix"})
    assert text.count('#evidence">') >= len(cells)


def test_nothing_passes(real_snapshot: Snapshot) -> None:
    """An empty network says what it does not mean."""
    text = html(real_snapshot, given={"from": ["1900"], "to": ["1901"]})
    assert "does not mean that there is none" in text
    assert "<figure" not in text


def test_few_nodes(real_snapshot: Snapshot) -> None:
    """Measures of a small network say that ranks mean little; nothing is scaled unasked."""
    given = {"topic": ["topic:open-ran"]}
    assert {one.radius for one in seen(real_snapshot, given).data["nodes"].values()} == {12.0}
    assert "ranks mean little" not in html(real_snapshot, given=given)
    assert "ranks mean little" in html(real_snapshot, given=given, size="betweenness")


def test_communities_have_the_numbers_of_the_data(real_snapshot: Snapshot) -> None:
    """Every community that there is has its sign in the legend, and its number in the data."""
    made = network.project(real_snapshot, measures=("community",))
    known = sorted({int(data["community"]) for _, data in made.nodes(data=True)})
    assert len(known) > 6
    page = html(real_snapshot, colour="community")
    legend = re.findall(r"community (\d+)</li>", page)
    assert [int(one) for one in legend] == known
    drawn = set(re.findall(r'class="net-c(\d)"', page))
    assert drawn == {str(one % 6) for one in known}
    assert (
        "community" not in html(real_snapshot).partition('class="legend')[2].partition("</ul>")[0]
    )


def test_forms_take_the_same(real_snapshot: Snapshot) -> None:
    """Every format is offered, with the same filters and measures."""
    page = seen(real_snapshot, {"topic": ["topic:data"]}, size="degree", colour="community")
    assert len(page.forms) == len(FORMATS)
    assert page.forms[0].address == (
        "/network/actors.graphml?topic=topic:data&measures=degree&measures=community"
    )


def test_address_keeps_the_view() -> None:
    """The address has whatever decides what is seen; a filter can be taken back."""
    wish = Wish({"projection": "topics", "size": "degree"}, {"topic": ["a"], "from": ["2023"]})
    assert wish.address() == "/network/topics?topic=a&from=2023&size=degree"
    near = Wish({"projection": "ego"}, {}, {"of": ["MIC"], "hops": 2})
    assert near.address() == "/network/ego?of=MIC&hops=2"
    assert near.hidden() == {"projection": "ego", "of": "MIC", "hops": "2"}
    assert wish.address("topic") == "/network/topics?from=2023&size=degree"


@pytest.mark.parametrize("page", [{"projection": "x"}, {"size": "x"}, {"size": "community"}])
def test_unknown_words_are_refused(real_snapshot: Snapshot, page: dict[str, str]) -> None:
    """What has no meaning here is said so."""
    with pytest.raises(UsageError, match="choose"):
        seen(real_snapshot, **page)


def test_names_cannot_end_the_page(real_snapshot: Snapshot) -> None:
    """What is asked comes back as text."""
    text = html(real_snapshot, select="</svg><script>alert(1)</script>")
    assert not re.search(r"<script>alert", text)


def test_plans_do_not_overlap(real_snapshot: Snapshot) -> None:
    """In both pictures the names of a column stand under each other."""
    page = seen(real_snapshot)
    for plan in (page.data["wide"], page.data["narrow"]):
        assert isinstance(plan, network_plan.Plan)
        for band in ("left", "middle", "right"):
            its = sorted((one for one in plan.spots if one.band == band), key=lambda one: one.y)
            for above, below in itertools.pairwise(its):
                assert below.lines[0][0] - above.lines[-1][0] >= 17


def test_hidden_nodes_are_named(real_snapshot: Snapshot) -> None:
    """What is hidden is left out with its ties, counted, and can be shown again."""
    whole, part = seen(real_snapshot), seen(real_snapshot, hide="actor:mic")
    gone = set(whole.data["nodes"]) - set(part.data["nodes"])
    assert gone == {"https://w3id.org/comity/id/actor/mic"}
    assert all(gone.isdisjoint((one.a.iri, one.b.iri)) for one in part.data["edges"])
    assert (part.data["n_hidden"], part.data["unhide"]) == (1, "/network")
    assert "1 node is hidden" in html(real_snapshot, hide="actor:mic")
