"""Whether servers answer alike, row by row, before anything is timed."""

import json
from collections import Counter
from collections.abc import Sequence

from servers import Server

XSD = "http://www.w3.org/2001/XMLSchema#"
Row = tuple[tuple[str, str, str, str], ...]


def rows(body: bytes) -> list[Row]:
    """The rows of a JSON result; what the servers may write in two ways is written in one."""
    return [
        tuple(
            sorted(
                (
                    name,
                    "literal" if term["type"] == "typed-literal" else term["type"],
                    term["value"],
                    term.get("xml:lang", term.get("datatype", "").removeprefix(f"{XSD}string")),
                )
                for name, term in row.items()
            )
        )
        for row in json.loads(body)["results"]["bindings"]
    ]


def differing(servers: Sequence[Server], queries: Sequence[str]) -> list[str]:
    """What is wrong where servers differ; each is compared with the first."""
    found = []
    for query in queries:
        answers: list[list[Row]] = []
        for server in servers:
            status, body = server.ask(query)
            if status != 200:
                found.append(f"{server.name} answers {status}: {query}: {body[:200]!r}")
                continue
            answers.append(rows(body))
        ordered = "ORDER BY" in query
        for server, answer in zip(servers, answers, strict=False):
            alike = answer == answers[0] if ordered else Counter(answer) == Counter(answers[0])
            if not alike:
                found.append(
                    f"{server.name} and {servers[0].name} differ"
                    f" ({len(answer)} and {len(answers[0])} rows): {query}"
                )
    return found
