"""What a batch of the Reconciliation Service API asks: names to match, a list to extend."""

import json
from typing import Any

from kg.search import MAX_LENGTH
from kg.search.matching import MAX_CANDIDATES, PROPERTIES, Wanted
from kg_api.errors import Problem

MAX_BATCH = 50
MAX_IDS = 500
MAX_VALUES = 20


def _json(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
        # an escape can make half of a character, which no answer could hold
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Problem(400, f"{name} is no JSON.") from error
    if not isinstance(found, dict):
        raise Problem(400, f"{name} is no JSON object.")
    return found


def read_batch(text: str) -> dict[str, Wanted]:
    """The names of a batch (§4.3); 400 for what is not of its form, or too much at once."""
    batch = _json(text, "queries")
    if len(batch) > MAX_BATCH:
        raise Problem(400, f"A batch has at most {MAX_BATCH} queries, not {len(batch)}.")
    return {name: _wanted(name, one) for name, one in batch.items()}


def _wanted(name: str, given: Any) -> Wanted:
    where = f"query {name[:40]!r}"
    if not isinstance(given, dict):
        raise Problem(400, f"{where} is no JSON object.")
    text, limit, types = given.get("query"), given.get("limit", 10), given.get("type") or []
    text = "" if text is None else text
    properties, strict = given.get("properties") or [], given.get("type_strict", "any")
    types = [types] if isinstance(types, str) else types
    if not isinstance(text, str) or len(text) > MAX_LENGTH:
        raise Problem(400, f"{where}: query is a text of at most {MAX_LENGTH} characters.")
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit >= 1:
        raise Problem(400, f"{where}: limit is a number from 1.")
    if not isinstance(types, list) or not all(isinstance(one, str) for one in types):
        raise Problem(400, f"{where}: type is a text or a list of texts.")
    if strict not in ("any", "should", "all"):
        raise Problem(400, f"{where}: type_strict is any, should or all.")
    if not isinstance(properties, list) or max(len(properties), len(types)) > MAX_VALUES:
        raise Problem(400, f"{where}: properties and types are lists of at most {MAX_VALUES}.")
    if not text.strip() and not properties:
        raise Problem(400, f"{where} has neither a query nor properties.")
    return Wanted(
        text, tuple(one[:MAX_LENGTH] for one in types), strict, _properties(where, properties),
        int(min(limit, MAX_CANDIDATES)),
    )  # fmt: skip


def _properties(where: str, given: list[Any]) -> dict[str, tuple[str, ...]]:
    """The values of each property that has any: an empty cell of a list says nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for one in given:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str):
            raise Problem(400, f"{where}: a property has a pid and a v.")
        values = one["v"] if isinstance(one.get("v"), list) else [one.get("v")]
        texts = [value.get("id") if isinstance(value, dict) else value for value in values]
        if not all(text is None or isinstance(text, str | int | float) for text in texts):
            raise Problem(400, f"{where}: a v is a text, a number, a boolean or has an id.")
        said = [str(text)[:MAX_LENGTH] for text in texts if text is not None and str(text).strip()]
        if said:
            found[one["pid"]] = tuple(said[:MAX_VALUES])
    return found


def read_extension(text: str) -> tuple[list[str], list[str]]:
    """The things and the properties of an extension query (§4.7); 400 for anything else."""
    given = _json(text, "extend")
    ids, properties = given.get("ids"), given.get("properties")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise Problem(400, "extend: ids is a list of texts.")
    if not isinstance(properties, list) or not all(
        isinstance(one, dict) and isinstance(one.get("id"), str) for one in properties
    ):
        raise Problem(400, "extend: properties is a list of objects with an id.")
    if len(ids) > MAX_IDS or len(properties) > len(PROPERTIES):
        raise Problem(
            400, f"extend: at most {MAX_IDS} ids and {len(PROPERTIES)} properties are taken."
        )
    unknown = [one["id"] for one in properties if one["id"] not in PROPERTIES]
    if unknown:
        there = ", ".join(PROPERTIES)
        raise Problem(400, f"extend: no property {unknown[0][:40]!r}: there are {there}.")
    return ids, [one["id"] for one in properties]
