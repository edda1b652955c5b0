"""What a query text asks for, seen before any parser: form, datasets, forbidden words."""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

from kg.errors import NotAllowed, QueryError, UsageError
from kg.names import PREFIXES
from kg.tokens import Token, refuse, tokenise

_FORMS = ("SELECT", "CONSTRUCT", "ASK", "DESCRIBE")
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
# functions whose value differs from one call to the next, so that no answer may be kept
_VOLATILE = ("NOW", "RAND", "UUID", "STRUUID", "BNODE")


@dataclass(frozen=True)
class Selection:
    """One SELECT clause: what it projects, and from where to where its query reaches."""

    start: int
    projection_end: int
    end: int
    variables: frozenset[str]
    star: bool
    aggregates: bool
    group_end: int | None


@dataclass(frozen=True)
class Outline:
    """What is known of a query text without parsing it."""

    text: str
    form: str
    tokens: tuple[Token, ...] = field(repr=False)
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    prefixes: dict[str, str] = field(repr=False)

    @property
    def names_dataset(self) -> bool:
        """Whether the text has a FROM of its own."""
        return bool(self.default_graphs or self.named_graphs)

    @property
    def volatile(self) -> bool:
        """Whether the answer may differ from one run to the next."""
        # the engine wants no space between a keyword and a function either
        return self._new_nodes or any(token.upper.endswith(_VOLATILE) for token in self.tokens)

    @property
    def _new_nodes(self) -> bool:
        """Whether a CONSTRUCT makes blank nodes, which have other names each time."""
        if self.form != "CONSTRUCT" or not self.tokens:  # a glance saw that it has none
            return False
        at = next(i for i, token in enumerate(self.tokens) if token.upper == "CONSTRUCT") + 1
        # without a template of its own, the pattern is the template
        if at < len(self.tokens) and self.tokens[at].text == "{":
            at += 1
        for token in self.tokens[at:]:
            if token.text == "}" and not token.braces:
                break
            if (token.kind in ("blank", "open") and token.text != "{") or token.text == "|":
                return True
        return False


# what the engine's parser lists where a term may begin; its ranges of letters and digits are no use
_OPENS_TERM = {"?", "<"}
_EXPECTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_UNUSUAL = {"{|", "<<", "<<(", "~"}
_FOUND = re.compile(r"[\w?$:-]+|\S")


def plainly(said: str, rest: str) -> str:
    """What the engine's parser expected, in words, and what it found instead.

    >>> plainly('expected one of "$", "<", "?", "_:"', "} }")
    'a value expected, “}” found'
    >>> plainly('expected one of ",", ".", "{|", "}"', "")
    'one of , . } expected, the end found'
    """
    if not said.startswith("expected one of ") or '"' not in said:
        return said
    signs = {one.replace("\\", "") for one in _EXPECTED.findall(said)}
    what = "one of " + " ".join(sorted(signs - _UNUSUAL))
    if signs >= _OPENS_TERM:
        what = "a value"
    found = _FOUND.match(rest.lstrip())
    return f"{what} expected, {f'“{found[0][:40]}”' if found else 'the end'} found"


def full_iri(token: Token, prefixes: dict[str, str], text: str, base: str = "") -> str:
    """The IRI of a token that should name one; a relative one is resolved where there is a base."""
    if token.kind == "iri":
        iri = re.sub(
            r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})",
            lambda found: chr(int(found.group(1) or found.group(2), 16)),
            token.text[1:-1],
        )
        if base:
            iri = urljoin(base, iri)
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*$", iri) is None:
            raise refuse("write a full IRI here", text, token.start)
        return iri
    prefix, _, local = token.text.partition(":")
    if token.kind != "name" or prefix not in prefixes:
        raise refuse("no IRI here, or its prefix is not declared", text, token.start)
    return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)


def outline(text: str) -> Outline:
    """Form and dataset of a query text; QueryError for updates and whatever is not allowed.

    >>> outline("SELECT * FROM graph:reported { ?s ?p ?o }").default_graphs
    ('https://w3id.org/comity/graph/reported',)
    >>> outline("ASK { SERVICE <http://example.org/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    kg.errors.NotAllowed: line 1, column 7: SERVICE is not allowed: ASK { ❱SERVICE <http://...
    """
    tokens = tokenise(text)
    prefixes = dict(PREFIXES)
    form = base = ""
    default: list[str] = []
    named: list[str] = []
    for place_, token in enumerate(tokens):
        following = tokens[place_ + 1 : place_ + 3]
        if token.braces or token.kind == "close":
            if form:
                continue
            break
        word = token.upper
        if word == "PREFIX" and not form and len(following) == 2 and following[0].kind == "name":
            prefixes[following[0].text[:-1]] = full_iri(following[1], prefixes, text, base)
        elif word == "BASE" and not form and following and following[0].kind == "iri":
            base = full_iri(following[0], prefixes, text, base)
        elif word in _FORMS and not form:
            form = word
        elif word in _UPDATES and not form:
            raise refuse(
                "updates are refused, the graph is only read", text, token.start, NotAllowed
            )
        elif word == "FROM" and following:
            if following[0].upper == "NAMED" and len(following) == 2:
                named.append(full_iri(following[1], prefixes, text, base))
            else:
                default.append(full_iri(following[0], prefixes, text, base))
    if not form:
        raise QueryError(f"no query: it has none of {', '.join(_FORMS)}")
    return Outline(text, form, tokens, tuple(default), tuple(named), prefixes)


def undeclared(outline_: Outline) -> Token | None:
    """The first token whose prefix nobody declared: what the engine's message will not say."""
    for token in outline_.tokens:
        if token.kind == "name" and token.text.partition(":")[0] not in outline_.prefixes:
            return token
    return None


def selections(outline_: Outline) -> list[Selection]:
    """Every SELECT clause of a query, the outermost first if it is one."""
    found = []
    tokens = outline_.tokens
    for place_, token in enumerate(tokens):
        if token.upper != "SELECT":
            continue
        variables: set[str] = set()
        star = aggregates = False
        depth = 0
        at = place_ + 1
        while at < len(tokens):
            one = tokens[at]
            if depth == 0 and (one.text == "{" or one.upper in ("WHERE", "FROM")):
                break
            depth += (one.text == "(") - (one.text == ")")
            if one.kind == "variable" and (depth == 0 or tokens[at - 1].upper == "AS"):
                variables.add(one.text[1:])
            star |= one.text == "*" and depth == 0
            aggregates |= one.upper in _AGGREGATES
            at += 1
        projection_end = tokens[at].start if at < len(tokens) else len(outline_.text)
        end, group_end = _reach(outline_, at, token.braces)
        found.append(
            Selection(
                token.start, projection_end, end, frozenset(variables), star, aggregates, group_end
            )
        )
    return found


def _reach(outline_: Outline, at: int, braces: int) -> tuple[int, int | None]:
    """Where the query of a SELECT ends, and where a `GROUP BY` of its own does, if it has one."""
    group_end = None
    tokens = outline_.tokens
    for place_ in range(at, len(tokens)):
        token = tokens[place_]
        if token.text == "}" and token.braces < braces:
            return token.start, group_end
        if token.braces == braces and token.upper == "BY" and tokens[place_ - 1].upper == "GROUP":
            group_end = token.start + len(token.text)
    return len(outline_.text), group_end


def mentions(outline_: Outline, variable: str, start: int, end: int) -> bool:
    """Whether a variable stands between two offsets."""
    return any(
        token.kind == "variable" and token.text[1:] == variable and start <= token.start < end
        for token in outline_.tokens
    )


def variable_name(name: str) -> str:
    """The name of a variable, if it is one; UsageError else.

    >>> variable_name("lang")
    'lang'
    """
    if not re.fullmatch(r"[A-Za-z]\w*", name):
        raise UsageError(f"no name of a variable: {name!r}")
    return name
