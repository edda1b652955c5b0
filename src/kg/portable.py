"""A query's text as another engine gets it: complete in itself, and nothing but SPARQL 1.1.

Values of parameters stand in it as serialised terms, never as text that was given; the dataset is
taken out, for it goes beside the text; prefixes are declared.
"""

from collections.abc import Container, Iterator, Mapping
from itertools import pairwise

import pyoxigraph as ox

from kg import guard
from kg import query as queries
from kg.errors import NotAllowed, UsageError
from kg.guard import Outline
from kg.names import BASE, PREFIXES
from kg.results import Term, as_text
from kg.tokens import Token, refuse

# what engines take for calls of their own: SQL and C functions of Virtuoso, classes of Jena
_NATIVE = ("bif:", "sql:", "java:", "define:", "virtrdf:")
# types that Virtuoso reads but does not write as they were ("P1M" comes back as "1"), and on which
# SPARQL has no operators: their values are stored under a type of ours, and turned back in answers
_XSD, _OURS = PREFIXES["xsd"], BASE + "datatype/"
_FRAGILE = {
    _XSD + name: _OURS + name for name in ("duration", "dayTimeDuration", "yearMonthDuration")
}
_WHOLE = {ours: theirs for theirs, ours in _FRAGILE.items()}
# nothing is stored under it: for datasets whose default graph, or whose named graphs, are none
NOTHING = PREFIXES["graph"] + "nothing"
_LONGEST = max(map(len, _NATIVE))
Edit = tuple[int, int, str]


def text(
    outline: Outline,
    values: Mapping[str, Term],
    named: Container[str] = (),
    hidden: str | None = None,
) -> str:
    """The text to send; QueryError for what is no SPARQL, or what the values do not fit.

    Graphs that are not among the named ones are empty, and no variable after GRAPH matches a
    hidden one: stores that are asked without a dataset, and Virtuoso always, find any by name.

    Within each group a parameter is replaced by its value, so that filters see it wherever they
    stand (a VALUES beside them would reach no nested group); where a SELECT also projects, groups
    or sorts by it, a VALUES at the end of its group keeps it a variable there.
    """
    _refuse_native(outline)
    queries.check(outline, values)
    edits = [*_without_dataset(outline), *_with_our_types(outline)]
    if values:
        edits += _with_values(outline, {name: written(term) for name, term in values.items()})
    edits = [*edits, *_within(outline, values, named, hidden)]
    words = outline.text
    whole = [
        one for one in edits if not any(other[0] < one[0] and one[1] <= other[1] for other in edits)
    ]
    for start, end, new in sorted(whole, reverse=True):
        words = words[:start] + new + words[end:]
    return _prologue(outline) + words


def written(term: Term) -> str:
    """A term as SPARQL has it: its N-Triples form, which oxrdf escapes.

    >>> print(written(ox.Literal('a" }\\n#', language="en")))
    "a\\" }\\n#"@en
    """
    if not isinstance(term, ox.NamedNode | ox.Literal):
        raise UsageError(f"only IRIs and literals can be values of parameters: {term}")
    return str(sent(term))


def sent(term: Term) -> Term:
    """A term as stores keep it.

    >>> print(sent(ox.Literal("P1M", datatype=ox.NamedNode(_XSD + "duration"))))
    "P1M"^^<https://w3id.org/comity/datatype/duration>
    """
    return _typed(term, _FRAGILE)


def received(term: Term) -> Term:
    """A term as it was before it was sent."""
    return _typed(term, _WHOLE)


def _typed(term: Term, types: Mapping[str, str]) -> Term:
    if isinstance(term, ox.Literal) and term.datatype.value in types:
        return ox.Literal(term.value, datatype=ox.NamedNode(types[term.datatype.value]))
    return term


def _declared(outline: Outline) -> set[str]:
    """The prefixes that the text itself declares."""
    tokens = outline.tokens
    return {
        after.text[:-1]
        for token, after in pairwise(tokens)
        if token.upper == "PREFIX" and after.kind == "name"
    }


def _prologue(outline: Outline) -> str:
    """Declarations of the project's prefixes, as far as the text uses without declaring them."""
    used = {token.text.partition(":")[0] for token in outline.tokens if token.kind == "name"}
    wanted = sorted((used & set(PREFIXES)) - _declared(outline))
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in wanted)


def _refuse_native(outline: Outline) -> None:
    """NotAllowed for names that an engine would take for functions outside SPARQL."""
    for token in outline.tokens:
        if token.kind == "iri":
            iri = token.text[1:-1]
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            iri = outline.prefixes.get(prefix, prefix + ":") + local
        else:
            continue
        # an escape could hide the scheme
        if iri.lower().startswith(_NATIVE) or "\\" in iri[:_LONGEST]:
            message = "names of this kind are not sent to the store"
            raise refuse(message, outline.text, token.start, NotAllowed)


def _with_our_types(outline: Outline) -> Iterator[Edit]:
    """The types of literals as stores keep them."""
    for before, token in pairwise(outline.tokens):
        if before.text == "^^" and token.kind in ("iri", "name"):
            known = _FRAGILE.get(guard.full_iri(token, outline.prefixes, outline.text))
            if known is not None:
                yield token.start, token.start + len(token.text), f"<{known}>"


def _without_dataset(outline: Outline) -> Iterator[Edit]:
    """FROM and FROM NAMED taken out."""
    tokens = outline.tokens
    for place, token in enumerate(tokens):
        if token.upper == "FROM" and token.braces == 0:
            last = tokens[place + (2 if tokens[place + 1].upper == "NAMED" else 1)]
            yield token.start, last.start + len(last.text), " "


def _within(
    outline: Outline, values: Mapping[str, Term], named: Container[str], hidden: str | None
) -> Iterator[Edit]:
    """Other names than those of graphs that may be asked, replaced by one that names nothing.

    For a variable there is a filter after the group, where it has its value.
    """
    tokens = outline.tokens
    for place, token in enumerate(tokens[:-1]):
        if token.upper != "GRAPH":
            continue
        name = tokens[place + 1]
        if name.kind == "variable" and name.text[1:] not in values:
            if hidden is not None:
                close = next(
                    one
                    for one in tokens[place + 2 :]
                    if one.text == "}" and one.kind == "close" and one.braces == token.braces
                )
                at = close.start + 1
                yield at, at, f" FILTER({name.text} != <{hidden}>) "
            continue
        if name.kind == "variable":
            iri = as_text(values[name.text[1:]])
        else:
            iri = guard.full_iri(name, outline.prefixes, outline.text)
        if iri not in named:
            # past the edit that puts the value in, if there is one
            yield token.start, name.start + len(name.text), f"GRAPH <{NOTHING}>"


def _with_values(outline: Outline, values: Mapping[str, str]) -> Iterator[Edit]:
    """Each parameter replaced within groups, and kept a variable of the SELECTs that speak of it.

    The braces of a SELECT's own clause and modifiers are fewer than those of its group.
    """
    selections = guard.selections(outline)
    kept: dict[int, set[str]] = {}
    tokens = outline.tokens
    in_data = _data_variables(tokens)
    for place, token in enumerate(tokens):
        name = token.text[1:]
        if token.kind != "variable" or name not in values:
            continue
        around = [
            (number, one)
            for number, one in enumerate(selections)
            if one.start <= token.start < one.end
        ]
        number, inner = around[-1] if around else (-1, None)
        if inner is not None and token.braces == _braces(outline, inner.start):
            kept.setdefault(number, set()).add(name)
        elif place in in_data or tokens[place - 1].upper == "AS":
            # given a value there too: the VALUES at the end of the group compares them
            kept.setdefault(number, set()).add(name)
        elif _is_bound(tokens, place):
            start, end = tokens[place - 2].start, tokens[place + 1].start + 1
            yield start, end, " true "
        elif inner is not None or token.braces or outline.form == "DESCRIBE":
            yield token.start, token.start + len(token.text), f" {values[name]} "
    for number, one in enumerate(selections):
        names = kept.get(number, set())
        if one.star:
            names |= {name for name in values if guard.mentions(outline, name, one.start, one.end)}
        if names:
            rows = "".join(f" VALUES ?{name} {{ {values[name]} }}" for name in sorted(names))
            at = _group_end(outline, one)
            yield at, at, f"{rows} "


def _braces(outline: Outline, start: int) -> int:
    return next(token.braces for token in outline.tokens if token.start == start)


def _group_end(outline: Outline, selection: guard.Selection) -> int:
    """Where the group of a SELECT closes."""
    braces = _braces(outline, selection.start)
    return next(
        token.start
        for token in outline.tokens
        if token.text == "}" and token.kind == "close"
        if token.braces == braces and selection.projection_end <= token.start < selection.end
    )


def _is_bound(tokens: tuple[Token, ...], place: int) -> bool:
    """Whether the variable stands in BOUND(…), which takes no term."""
    return (
        place >= 2
        and tokens[place - 2].upper == "BOUND"
        and tokens[place - 1].text == "("
        and tokens[place + 1].text == ")"
    )


def _data_variables(tokens: tuple[Token, ...]) -> set[int]:
    """Places of the variables to which a VALUES gives rows."""
    found = set()
    for place, token in enumerate(tokens):
        if token.upper != "VALUES":
            continue
        at = place + 1
        while at < len(tokens) and tokens[at].text != "{":
            found.add(at)
            at += 1
    return found
