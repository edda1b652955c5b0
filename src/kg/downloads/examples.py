"""The project's questions as examples that run anywhere: prefixes and default values in them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg import guard
from kg import query as queries
from kg.names import PREFIXES
from kg.results import Term


def standalone(question: queries.Query, values: Mapping[str, Term]) -> str:
    """The text of a question with its parameters' values written in, and its prefixes declared.

    What the engine does when it binds a parameter: every occurrence of the variable becomes the
    value, and where the SELECT projects it, the value under its name. Terms are written by the
    engine, which escapes them. A variable that is grouped by is constant, and its group is left.
    """
    outline = guard.outline(question.text)
    outermost = next(iter(guard.selections(outline)), None)
    head = (outermost.start, outermost.projection_end) if outermost is not None else (-1, -1)
    pieces: list[str] = []
    at = depth = 0
    for place, token in enumerate(outline.tokens):
        projected = head[0] <= token.start < head[1]
        if projected:
            depth += (token.text == "(") - (token.text == ")")
        name = token.text[1:]
        if token.kind != "variable" or name not in values:
            continue
        written = str(values[name])
        if projected and depth == 0:
            written = f"({written} AS ?{name})"
        elif _groups(outline.tokens, place):
            written = ""
        pieces += [outline.text[at : token.start], written]
        at = token.start + len(token.text)
    pieces.append(outline.text[at:])
    text = "".join(pieces)
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip()
    return _declare(body, outline) + "\n"


def _groups(tokens: tuple[guard.Token, ...], place: int) -> bool:
    """Whether a variable stands in the list of a GROUP BY."""
    while place > 0 and tokens[place - 1].kind == "variable":
        place -= 1
    return place > 1 and tokens[place - 1].upper == "BY" and tokens[place - 2].upper == "GROUP"


def _declare(text: str, outline: guard.Outline) -> str:
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
