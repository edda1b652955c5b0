"""The project's questions as examples that run anywhere: prefixes and default values in them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg import guard
from kg import query as queries
from kg.names import PREFIXES
from kg.results import Term
from kg.tokens import Token


def standalone(question: queries.Query, values: Mapping[str, Term]) -> str:
    """The text of a question with its parameters' values written in, and its prefixes declared.

    What the engine does when it binds a parameter: every occurrence of the variable becomes the
    value, and what a SELECT projects or groups by is the value under the variable's name. Terms
    are written by the engine, which escapes them.
    """
    outline = guard.outline(question.text)
    heads = [(one.start, one.projection_end) for one in guard.selections(outline)]
    grouped = {
        token.text[1:] for place, token in enumerate(outline.tokens)
        if token.kind == "variable" and _clause(outline.tokens, place) == "GROUP"
    }  # fmt: skip
    pieces: list[str] = []
    at = depth = 0
    for place, token in enumerate(outline.tokens):
        projected = any(start <= token.start < end for start, end in heads)
        depth = depth + (token.text == "(") - (token.text == ")") if projected else 0
        name = token.text[1:]
        if token.kind != "variable" or name not in values:
            continue
        clause = _clause(outline.tokens, place)
        bare = projected and depth == 0
        written = str(values[name])
        if name in grouped and (bare or clause == "ORDER"):
            continue  # it is what the group is called
        if bare or clause == "GROUP":
            written = f"({written} AS ?{name})"
        elif clause == "ORDER":
            written = f"({written})"
        pieces += [outline.text[at : token.start], written]
        at = token.start + len(token.text)
    pieces.append(outline.text[at:])
    lines = "".join(pieces).splitlines()
    body = "\n".join(line for line in lines if not line.startswith("#+")).strip()
    return _declare(body) + "\n"


def _clause(tokens: tuple[Token, ...], place: int) -> str:
    """GROUP or ORDER where a token stands bare in such a clause; else nothing."""
    while place > 0 and (
        tokens[place - 1].kind == "variable" or tokens[place - 1].upper in ("ASC", "DESC")
    ):
        place -= 1
    return tokens[place - 2].upper if place > 1 and tokens[place - 1].upper == "BY" else ""


def _declare(text: str) -> str:
    """The text after a declaration of each of the project's prefixes that it uses without one."""
    tokens = guard.outline(text).tokens
    own = {
        tokens[place + 1].text.removesuffix(":")
        for place, token in enumerate(tokens[:-1])
        if token.upper == "PREFIX"
    }
    used = {token.text.partition(":")[0] for token in tokens if token.kind == "name"}
    missing = sorted((used - own) & set(PREFIXES))
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in missing) + text


def keywords(name: str) -> list[str]:
    """The words of a question's name, by which a catalogue of examples is searched.

    >>> keywords("commitments-dated")
    ['commitments', 'dated']
    """
    return name.split("-")


def collect(project: Path, resolve: queries.Resolve) -> list[dict[str, Any]]:
    """Every question of the project that can be asked as it is, with its default values."""
    found = []
    for question in queries.catalogue(project):
        values = queries.terms(question, {}, None, resolve)
        found.append(
            {
                "name": question.name,
                "summary": question.summary,
                "description": question.description,
                "form": question.form,
                "keywords": keywords(question.name),
                "query": standalone(question, values),
            }
        )
    return found
