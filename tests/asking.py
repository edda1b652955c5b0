"""How tests ask the service, and what they expect of every answer."""

from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from kg_api import urls

# a question with an answer that nobody will change: what a ministry is called
NAMES = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?name WHERE { actor:mic skos:prefLabel ?name } ORDER BY LANG(?name)
"""
ANSWER = [
    ("Ministry of Internal Affairs and Communications", "en"),
    ("総務省", "ja"),
]
COUNT = "SELECT (COUNT(*) AS ?n) {0} WHERE {{ ?s ?p ?o }}"


def ask(client: TestClient, query: str, accept: str | None = None) -> Response:
    """A query by GET."""
    headers = {"Accept": accept} if accept is not None else {}
    return client.get(urls.SPARQL, params={"query": query}, headers=headers)


def media_type(response: Response) -> str:
    """The media type of an answer, without its parameters."""
    return response.headers["content-type"].partition(";")[0]


def count(response: Response) -> int:
    """The number in the only cell of an answer."""
    assert response.status_code == 200, response.text
    (row,) = response.json()["results"]["bindings"]
    return int(row["n"]["value"])


def assert_problem(response: Response, status: int) -> dict[str, Any]:
    """The one error body: RFC 9457, about the status that was sent."""
    assert response.status_code == status, response.text
    assert media_type(response) == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    return body


def assert_answers(client: TestClient) -> None:
    """The service still answers a light query, rightly."""
    rows = ask(client, NAMES).json()["results"]["bindings"]
    assert [(row["name"]["value"], row["name"]["xml:lang"]) for row in rows] == ANSWER
