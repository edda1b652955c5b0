"""Questions: read from `.rq` files, their parameters bound as terms, and run on a store."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from kg import guard
from kg.errors import DataError, NotFound, QueryError, UsageError
from kg.names import PREFIXES, expand
from kg.periods import day
from kg.results import Boolean, Result, Rows, Term, Triples
from kg.tokens import refuse

# an entity may be given by IRI, CURIE, label or acronym; the types name what it must be
ENTITIES = ("actor", "instrument", "topic", "initiative", "event", "document")
TYPES = (*ENTITIES, "iri", "date", "language", "text", "integer", "number")
MAX_VALUES = 50

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_NAME = re.compile(r"(?:(?:networks|checks|rules|tables)/)?[a-z0-9]+(?:-[a-z0-9]+)*")
# a sentence with a colon in it, which YAML would take for a name and a value
_PROSE = re.compile(r"^(\s*(?:- )?(?:summary|description):) +([^\s>|\"'\[{&*!%@`].*:\s.*)$")
Resolve = Callable[[str, str], str]


@dataclass(frozen=True)
class Parameter:
    """One thing that a question leaves open; without a default it may stay open.

    With `list` it may have several values at once; with `last` a partial date is its last day.
    """

    name: str
    type: str = "text"
    default: str | None = None
    description: str = ""
    list: bool = False
    last: bool = False


@dataclass(frozen=True)
class Query:
    """One question: SPARQL text, what it asks in a sentence, and its parameters."""

    name: str
    text: str
    summary: str = ""
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    header: Mapping[str, Any] | None = None

    @property
    def form(self) -> str:
        """SELECT, CONSTRUCT, ASK or DESCRIBE."""
        return guard.outline(self.text).form


def _quoted(found: re.Match[str]) -> str:
    return f"{found[1]} {json.dumps(found[2], ensure_ascii=False)}"


def parse(text: str, name: str = "query", path: Path | None = None) -> Query:
    """A question from its text, with what the `#+` lines at its head say in YAML.

    >>> question = parse('''#+ summary: Members of a body
    ... #+ parameters:
    ... #+   - {name: body, type: actor, default: GCOT, description: the body}
    ... SELECT ?body ?member WHERE { ?member comity:member ?body }''')
    >>> question.summary, question.parameters[0].default
    ('Members of a body', 'GCOT')
    """
    lines = []
    for line in text.splitlines():
        if line.startswith("#+"):
            lines.append(_PROSE.sub(_quoted, line[2:].removeprefix(" ")))
        elif line.strip():
            break
    try:
        header = yaml.safe_load("\n".join(lines)) or {}
        if not isinstance(header, dict):
            raise DataError("the header is no list of names and values", path, 1)
        parameters = tuple(_parameter(one, path) for one in _declared(header))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        raise DataError(f"header: {said}", path, mark.line + 1 if mark else 1) from error
    return Query(
        name=name,
        text=text,
        summary=str(header.get("summary", "")).strip(),
        description=str(header.get("description", "")).strip(),
        parameters=parameters,
        header=header,
    )


def _declared(header: dict[str, Any]) -> list[object]:
    """The entries of `parameters`, and those that only `defaults`, as grlc has it, names."""
    entries = list(header.get("parameters") or ())
    names = {one.get("name") for one in entries if isinstance(one, dict)}
    for pair in header.get("defaults") or ():
        for name, default in pair.items() if isinstance(pair, dict) else ():
            if name not in names:
                entries.append({"name": name, "type": _guess(default), "default": default})
    return entries


def _parameter(given: object, path: Path | None) -> Parameter:
    """One entry of a header's `parameters`."""
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise DataError("a parameter wants a name", path, 1)
    unknown = set(given) - {"name", "type", "default", "description", "list", "last"}
    type_ = given.get("type", "text")
    if unknown or type_ not in TYPES:
        what = f"no such entry: {', '.join(sorted(unknown))}" if unknown else f"no type {type_}"
        raise DataError(f"parameter {given['name']}: {what}", path, 1)
    default = given.get("default")
    return Parameter(
        guard.variable_name(given["name"]),
        type_,
        None if default is None else str(default),
        str(given.get("description", "")).strip(),
        given.get("list") is True,
        given.get("last") is True,
    )


def load(path: Path, name: str | None = None) -> Query:
    """The question in a file; DataError when the file or its header cannot be read."""
    try:
        return parse(path.read_text("utf-8"), name or path.stem, path)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}", path) from error
    except UnicodeDecodeError as error:
        raise DataError("not UTF-8", path) from error


def named(project: Path, name: str) -> Query:
    """The project's question of that name, such as `commitments` or `checks/orphans`."""
    path = project / "queries" / f"{name}.rq"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFound(f"no query named {name!r}: kg query --list shows them all")
    return load(path, name)


def catalogue(project: Path, folder: str = "") -> list[Query]:
    """All questions of a folder of queries/, in the order of their names."""
    found = sorted((project / "queries" / folder).glob("*.rq"))
    return [load(path, f"{folder}/{path.stem}" if folder else path.stem) for path in found]


def _no_names(text: str, type_: str) -> str:
    """Resolver for where no names are at hand: IRIs and CURIEs only."""
    return expand(text)


def term(parameter: Parameter, text: str, resolve: Resolve = _no_names) -> Term:
    """The RDF term that a value given as text stands for; UsageError if it is none of its type.

    A partial date stands for its first day, or for its last one where the parameter says so.

    >>> print(term(Parameter("since", "date"), "2023-05"))
    "2023-05-01"^^<http://www.w3.org/2001/XMLSchema#date>
    """
    where = f"parameter {parameter.name}"
    match parameter.type:
        case "language":
            if not _LANGUAGE.fullmatch(text):
                raise UsageError(f"{where}: not a language tag: {text!r}")
            return ox.Literal(text.lower())
        case "integer":
            if not re.fullmatch(r"[+-]?[0-9]{1,18}", text.strip()):
                raise UsageError(f"{where}: not a whole number: {text!r}")
            return ox.Literal(int(text))
        case "number":
            if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", text.strip()):
                raise UsageError(f"{where}: not a number: {text!r}")
            kind = "decimal" if "." in text else "integer"
            return ox.Literal(text.strip(), datatype=ox.NamedNode(PREFIXES["xsd"] + kind))
        case "date":
            meant = day(text, where, last=parameter.last)
            return ox.Literal(meant.isoformat(), datatype=ox.NamedNode(PREFIXES["xsd"] + "date"))
        case "text":
            return ox.Literal(text)
    try:
        return ox.NamedNode(resolve(text, parameter.type))
    except (UsageError, NotFound) as error:
        raise type(error)(f"{where}: {error}") from error
    except ValueError as error:
        raise UsageError(f"{where}: not an IRI: {text!r}") from error


def spread(
    query: Query, given: Mapping[str, object], resolve: Resolve = _no_names
) -> tuple[Query, dict[str, object]]:
    """A question whose lists of values stand in it, and the values that are none.

    The engine binds one term to a variable, so several stand as VALUES at the head of the
    outermost WHERE, each as the term that its type makes of it, never as the text that was given.
    """
    kinds = {one.name: one for one in query.parameters if one.list}
    single, lists = dict(given), {}
    for name, values in given.items():
        if not isinstance(values, list | tuple):
            continue
        if len(values) > 1 and name not in kinds:
            raise UsageError(f"parameter {name}: one value is wanted, not {len(values)}")
        if len(values) > MAX_VALUES:
            raise UsageError(f"parameter {name}: at most {MAX_VALUES} values are taken")
        del single[name]
        if len(values) == 1:
            single[name] = values[0]
        elif values:
            lists[name] = [term(kinds[name], str(one), resolve) for one in values]
    if not lists:
        return query, single
    outline = guard.outline(query.text)
    groups = [one.start + 1 for one in outline.tokens if (one.text, one.braces) == ("{", 1)]
    # the template of a CONSTRUCT goes before its WHERE; without one it can hold no VALUES
    nth = outline.form == "CONSTRUCT"
    if len(groups) <= nth:
        raise QueryError("a list of values wants a WHERE to stand in")
    rows = "".join(
        f" VALUES ?{name} {{ {' '.join(map(str, terms_))} }}" for name, terms_ in lists.items()
    )
    at = groups[nth]
    text = query.text[:at] + rows + query.text[at:]
    parameters = tuple(one for one in query.parameters if one.name not in lists)
    return replace(query, text=text, parameters=parameters), single


def terms(
    query: Query, given: Mapping[str, object], lang: str | None = None, resolve: Resolve = _no_names
) -> dict[str, Term]:
    """The term of every parameter that is given or has a default.

    `lang` is the value of parameters of the type language that are not given themselves. Values
    may be text, numbers, dates or terms. UsageError for a parameter that the query has not.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in given:
        if name not in known:
            if query.parameters:
                raise UsageError(f"no parameter {name!r} here: it has {', '.join(known)}")
            known[name] = Parameter(guard.variable_name(name), _guess(given[name]))
    bound: dict[str, Term] = {}
    for name, parameter in known.items():
        value = given.get(name)
        if value is None and parameter.type == "language" and lang:
            value = lang
        if value is None and parameter.default is not None:
            try:
                bound[name] = term(parameter, parameter.default, resolve)
            except NotFound:  # a graph need not speak of what is asked about by default
                bound[name] = term(parameter, parameter.default)
        elif isinstance(value, ox.NamedNode | ox.Literal):
            bound[name] = value
        elif value is not None:
            bound[name] = term(parameter, str(value), resolve)
    return bound


def _guess(value: object) -> str:
    """The type of a value for a query that declares none: an IRI, a number, or else text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return "integer"
    try:
        expand(str(value))
    except UsageError:
        return "text"
    return "iri"


def project(outline: guard.Outline, names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The text with every named variable projected, and which of them were added.

    The engine puts a value in the place of a variable only if its SELECT projects the variable. A
    constant column changes neither rows nor groups, so it is added to the outermost SELECT, to be
    dropped from the answer. Elsewhere this would change what is asked: QueryError.
    """
    text = outline.text
    selections = guard.selections(outline)
    added = []
    inserts: list[tuple[int, str]] = []
    for name in names:
        if not guard.mentions(outline, name, 0, len(text)):
            raise QueryError(f"the query has no variable ?{name}")
        for place, one in enumerate(selections):
            if name in one.variables or not guard.mentions(outline, name, one.start, one.end):
                continue
            if place or outline.form != "SELECT":
                raise refuse(f"this SELECT must project ?{name}", text, one.start)
            if one.star:
                continue
            if one.aggregates and one.group_end is None:
                message = f"write SELECT ?{name} … GROUP BY ?{name}, for it is a parameter"
                raise refuse(message, text, one.start)
            added.append(name)
            inserts.append((one.projection_end, f" ?{name} "))
            if one.group_end is not None:
                inserts.append((one.group_end, f" ?{name} "))
    for start, words in sorted(inserts, reverse=True):
        text = text[:start] + words + text[start:]
    return text, tuple(added)


def run(
    store: ox.Store,
    query: Query | guard.Outline | str,
    values: Mapping[str, Term] | None = None,
    named_graphs: Sequence[str] | None = None,
    override_dataset: bool = False,
) -> Result:
    """The answer of a question on a store; QueryError for whatever the engine refuses.

    With `override_dataset` the default graph of the store and `named_graphs` are asked, whatever
    FROM says: for callers that have made a store of what it names.
    """
    if isinstance(query, Query):
        query = query.text
    outline = guard.outline(query) if isinstance(query, str) else query
    dataset = named_graphs or () if override_dataset else None
    with _errors(outline):
        return _typed(*_evaluate(store, outline, values or {}, dataset))


def check(outline: guard.Outline, values: Mapping[str, Term]) -> None:
    """QueryError for what `run` would refuse, found without any data."""
    with _errors(outline):
        _evaluate(ox.Store(), outline, values)


def _evaluate(
    store: ox.Store,
    outline: guard.Outline,
    values: Mapping[str, Term],
    named_graphs: Sequence[str] | None = None,
) -> tuple[Any, tuple[str, ...]]:
    """What the engine answers, read row by row, and the columns to be dropped from it."""
    text, added = project(outline, sorted(values))
    answer = store.query(
        text,
        prefixes=PREFIXES,
        substitutions={ox.Variable(name): one for name, one in values.items()},
        default_graph=None if named_graphs is None else ox.DefaultGraph(),
        named_graphs=None if named_graphs is None else [ox.NamedNode(iri) for iri in named_graphs],
    )
    return answer, added


@contextmanager
def _errors(outline: guard.Outline) -> Iterator[None]:
    """What the engine raises, as QueryError."""
    try:
        yield
    except SyntaxError as error:
        raise _syntax(error, outline) from error
    except (RuntimeError, ValueError, OSError) as error:
        unbound = re.search(r"does not contains? variable (\?\w+)", str(error))
        if unbound:
            message = f"{unbound[1]} stands in no pattern: SELECT it by name to give it a value"
            raise QueryError(message) from error
        raise QueryError(f"cannot be run: {error}") from error


def _typed(answer: Any, added: Sequence[str]) -> Result:
    if isinstance(answer, ox.QueryBoolean):
        return Boolean(bool(answer))
    if isinstance(answer, ox.QueryTriples):
        return Triples(tuple(sorted(set(answer), key=str)))
    variables = tuple(variable.value for variable in answer.variables)
    rows = Rows(variables, tuple(map(tuple, answer)))
    return rows.without(added) if added else rows


def _syntax(error: SyntaxError, outline: guard.Outline) -> QueryError:
    """What the engine's parser says, with the place marked; unknown prefixes said plainly."""
    unknown = guard.undeclared(outline)
    if unknown is not None:
        prefix = unknown.text.partition(":")[0]
        return refuse(f"prefix {prefix}: is not declared", outline.text, unknown.start)
    found = re.match(r"error at (\d+):(\d+): (.*)", str(error), re.DOTALL)
    if found is None:
        return QueryError(str(error))
    line, column = int(found[1]), int(found[2])
    # "[_]" is the parser's name for any character
    said = re.sub(r", \[_\]$|\[_\], ", "", found[3]).replace("expected [_]", "unexpected end")
    lines = outline.text.split("\n")
    start = sum(len(one) + 1 for one in lines[: line - 1]) + column - 1
    start = min(start, len(outline.text))
    return refuse(guard.plainly(said, outline.text[start:]), outline.text, start)
