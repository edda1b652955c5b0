"""Parameters that mean harm or nothing, at every address of networks and accounts.

Each is refused with 400 (404 for a path) and one line that says what is wanted; whatever is asked,
no answer is a failure of ours, and the service answers the next one.
"""

from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from kg.network.options import MAX_HOPS

# what some parameter might take for a name, a number, a date, a query or a file
EVIL = {
    "a large number": "1000000000", "a huge number": "9" * 400, "a negative number": "-1",
    "no date": "2023-02-30", "an unknown IRI": "https://example.org/nobody",
    "SPARQL": "x> } ; DROP ALL ; SELECT * { ?s ?p <x", "markup": "<script>alert(1)</script>",
    "a path": "../../../etc/passwd", "a NUL": "a\0b", "a line break": "a\r\nSet-Cookie: x=1",
    "a long text": "a" * 5_000, "turned letters": "\u202emoc", "a format string": "%s%n{0}",
}  # fmt: skip
PARENTS = "query=SELECT%20%3Fsource%20%3Ftarget%20%7B%3Fsource%20comity%3Aparent%20%3Ftarget%7D"
# each address as it is, as OpenAPI has it, and what it cannot do without
ADDRESSES = {
    "/network/actors.json": ("/network/actors.{suffix}", ""),
    "/network/topics": ("/network/topics", ""),
    "/network/instruments/measures.csv": ("/network/instruments/measures.{suffix}", ""),
    "/network/ego.json": ("/network/ego.{suffix}", "of=MIC"),
    "/id/actor/mic/network.gexf": ("/id/{rest}/network.{suffix}", ""),
    "/network/query.csv": ("/network/query.{suffix}", PARENTS),
    "/commitments": ("/commitments", ""), "/pair/japan-united-kingdom": ("/pair/{pair}", ""),
    "/timeline": ("/timeline", ""), "/stats": ("/stats", ""), "/changes": ("/changes", ""),
}  # fmt: skip
# what takes any number that is one
HARMLESS = {("seed", "a large number")}


def refuse(client: TestClient, address: str) -> None:
    """The answer is a refusal that says what is wanted, in one line, without a trace."""
    answer = client.get(address)
    assert answer.status_code in (400, 404), (address, answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    detail = answer.json()["detail"]
    assert detail
    assert "\n" not in detail
    assert "Traceback" not in answer.text
    assert len(detail) < 2_000


def asked(address: str) -> str:
    """An address with what it cannot do without, ready for one more parameter."""
    needed = ADDRESSES[address][1]
    return f"{address}?{needed}&" if needed else f"{address}?"


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_parameter_refuses_it(client: TestClient, address: str) -> None:
    """Every parameter that OpenAPI has for an address, and those that it does not know."""
    described = client.get("/openapi.json").json()["paths"][ADDRESSES[address][0]]["get"]
    own = {one["name"] for one in described.get("parameters", ()) if one["in"] == "query"}
    for name in sorted({*own, "release", "timeout", "format", "hops", "nonsense"} - {"query"}):
        for kind, value in EVIL.items():
            if (name, kind) not in HARMLESS:
                refuse(client, f"{asked(address)}{name}={quote(value, safe='')}")


@pytest.mark.parametrize("address", ADDRESSES)
def test_too_much_at_once_is_refused(client: TestClient, address: str) -> None:
    """Huge filters, too many parameters, one twice, and bytes that are no UTF-8."""
    refuse(client, asked(address) + "&".join(["topic=open-ran"] * 150))
    refuse(client, asked(address) + "&".join(f"topic=x{number}" for number in range(1_000)))
    refuse(client, asked(address) + "lang=en&lang=ja")
    refuse(client, asked(address) + "topic=%ff%fe")
    refuse(client, asked(address) + "topic=%zz")


@pytest.mark.parametrize("kind", EVIL)
@pytest.mark.parametrize(
    "path", ["/network/{}.json", "/network/actors.{}", "/pair/{}", "/commitments.{}",
             "/timeline.{}", "/changes/{}/current", "/id/actor/{}/network.json"]
)  # fmt: skip
def test_paths_are_no_way_in_either(client: TestClient, path: str, kind: str) -> None:
    """The same as parts of a path."""
    address = path.format(quote(EVIL[kind], safe=""))
    answer = client.get(address, follow_redirects=False)
    assert answer.status_code in (400, 404, 405, 414), (address, answer.status_code)
    assert "Traceback" not in answer.text


def test_the_bounds_themselves_are_taken(client: TestClient) -> None:
    """What is just allowed is answered, and after all of the above the service lives."""
    assert client.get(f"/network/ego.json?of=MIC&hops={MAX_HOPS}").status_code == 200
    assert client.get("/network/actors.json?k_core=10000").json()["nodes"] == []
    assert client.get("/network/actors.json?" + "&".join(["topic=data"] * 50)).status_code == 200
    assert client.get("/commitments.json?topic=data").status_code == 200
