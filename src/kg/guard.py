"""What a query text asks for, seen before any parser: form, datasets, depth, forbidden words.

The engine's parser overflows its stack on deep or long-chained text, and `SERVICE` would reach
other hosts. So a tokeniser that is linear and cannot recurse reads the text first. It takes the
tokens of SPARQL 1.1, §19.8, and refuses where the engine, which decides by context whether `<`
opens an IRI, could read other tokens than it did.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

from kg.errors import NotAllowed, QueryError, UsageError
from kg.names import PREFIXES

MAX_LENGTH = 100_000
# with 8 MB the engine's stack is full at 300 to 3,000 nested, 1,000 to 3,000 chained elements, keys
# or IRIs to describe, and a thread may have less; ordering some hundred triple patterns takes it
# many seconds
MAX_DEPTH = 50
MAX_CHAIN = 250
MAX_PATTERNS = 200

_ESCAPE = (
    r"\\(?:[tbnrf\\\"']|u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}"
    r"|U00(?!00[dD][89a-fA-F])(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})"
)
# a prefix is bounded, or a run of dotted words would be read again from each of them
_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t\r\n]+|\#[^\r\n]*)
    | (?P<string>
        \"\"\"(?:\"{{0,2}}(?:[^\"\\]|{_ESCAPE}))*\"\"\"
      | '''(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*'''
      | (?!\"\"\"|''')(?:\"(?:[^\"\\\r\n]|{_ESCAPE})*\"|'(?:[^'\\\r\n]|{_ESCAPE})*'))
    | (?P<iri><(?:[^\x00-\x20<>\"{{}}|^`\\]|{_ESCAPE})*>)
    | (?P<variable>[?$]\w+)
    | (?P<name>(?:[^\W\d_](?:[\w·-]|\.(?=[\w·.:-])){{0,200}})?:
        (?:[\w:%·-]|\\[_~.!$&'()*+,;=/?\#@%-]|\.(?=[\w:%·.\\-]))*)
    | (?P<blank>_:[\w·-]*(?:\.+[\w·-]+)*)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<open>[(\[{{]|<<\(?)
    | (?P<close>\)>>|>>|[)\]}}])
    | (?P<operator>\|\||&&|\^\^|!=|<=|>=|[=<>+*/|^!?-])
    | (?P<joint>[.;])
    | (?P<comma>,)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

_FORMS = ("SELECT", "CONSTRUCT", "ASK", "DESCRIBE")
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
# each of these wraps what stands before it, and so deepens the algebra by one
CHAINING = {
    "UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "GRAPH", "VALUES", "LATERAL", "EXISTS",
    "SELECT", "AS",
}  # fmt: skip
# an operator that another can follow without a bracket between
CHAINED = {"||", "&&", "+", "-", "*", "/", "|", "^", "!"}
_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
# functions whose value differs from one call to the next, so that no answer may be kept
_VOLATILE = ("NOW", "RAND", "UUID", "STRUUID", "BNODE")
# words after which a group is no join of what stands before it
_GROUPING = {"WHERE", "UNION", "OPTIONAL", "MINUS", "EXISTS", "LATERAL", "ASK", "CONSTRUCT"}
# what begins and what ends a term; the engine wants no space between several of these words
_BEGINS = {"iri", "variable", "name", "blank", "string", "number", "open"}
_ENDS = {"iri", "variable", "name", "blank", "string", "number", "tag", "close"}
_TRUTHS = re.compile(r"(?:true|false)+", re.IGNORECASE)


@dataclass(frozen=True)
class Token:
    """One token, its kind, where it stands, and how many braces it stands in."""

    kind: str
    text: str
    start: int
    braces: int = 0

    @property
    def upper(self) -> str:
        """The word in capitals, to compare with keywords; empty for what is no word."""
        return self.text.upper() if self.kind == "word" else ""


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


def place(text: str, start: int) -> tuple[int, int]:
    """Line and column of an offset, from 1, columns in code points.

    >>> place("SELECT *\\n  oops", 11)
    (2, 3)
    """
    line = text.count("\n", 0, start) + 1
    return line, start - text.rfind("\n", 0, start)


def refuse(message: str, text: str, start: int, error: type[QueryError] = QueryError) -> QueryError:
    """The error for a place in a text: line, column, and the place marked in its line."""
    line, column = place(text, start)
    words = text.split("\n")[line - 1].rstrip("\r")
    before, after = words[max(0, column - 31) : column - 1], words[column - 1 : column + 29]
    marked = f"{before.lstrip()}❱{after.rstrip()}"
    return error(f"line {line}, column {column}: {message}: {marked}", line, column)


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


def _hides_service(kind: str, text: str) -> bool:
    """Whether the engine, which wants no space after a keyword, could read SERVICE here.

    >>> _hides_service("name", "SERVICE:x"), _hides_service("name", "actor:gov-service")
    (True, False)
    """
    low = text.lower()
    if kind == "word":
        return "service" in low
    if kind == "name":
        return re.match(r"(?:true|false)*service", low) is not None or ".service" in low
    return kind == "blank" and ".service" in low


def _refuse_service(kind: str, word: str, text: str, start: int) -> QueryError:
    """The error for SERVICE, or for a name in which the engine could read it."""
    said = "SERVICE is not allowed"
    if kind != "word" or word.upper() not in ("SERVICE", "SERVICESILENT"):
        said = (
            "a name like this cannot be told from SERVICE, which is not allowed: rename it, "
            "or put a space before and after it"
        )
    return refuse(said, text, start, NotAllowed)


def _refuse_hidden(token: Token, before: Token | None, text: str) -> None:
    """QueryError where the engine could read FROM, NAMED or PREFIX in a longer word or name.

    It wants no space after a keyword, so that `FROM:a` is `FROM :a` to it.
    """
    if token.kind not in ("word", "name") or (before is not None and before.upper == "PREFIX"):
        return
    low = token.text.lower()
    hidden = ""
    if token.kind == "word":
        hidden = "FROM" if "from" in low and low != "from" else ""
    elif re.match(r"(?:true|false)*from", low) or ".from" in low:
        hidden = "FROM"
    elif before is not None and before.upper == "FROM" and low.startswith("named"):
        hidden = "NAMED"
    elif low.startswith("prefix"):
        hidden = "PREFIX"
    if hidden:
        raise refuse(f"put a space before and after {hidden}", text, token.start)


def _ambiguous(text: str, before: Token | None, in_parenthesis: bool) -> bool:
    """Whether `<…>` could also be a comparison that hides what the engine would see.

    Only within parentheses can `<` compare, and only after an operand. `a://` cannot be compared
    with; anything else is harmless as long as no comment, string or keyword can begin in it.
    """
    if not in_parenthesis or before is None or before.kind in ("open", "comma"):
        return False
    if before.kind == "operator" and before.text not in ("*", "?", ">"):
        return False
    if re.match(r"<[A-Za-z][A-Za-z0-9+.-]*://", text):
        return False
    # `<<` is nothing else there: whether it opens a term depends on what the engine expects
    return text[:2] == "<<" or bool(re.search(r"#|'|service|from|\(.*\(|!!", text, re.IGNORECASE))


def tokenise(text: str) -> tuple[Token, ...]:
    """The tokens of a query text; QueryError for what is not allowed to reach the parser."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"longer than {MAX_LENGTH:,} characters")
    tokens: list[Token] = []
    bounds = _Bounds(text)
    for match in _TOKEN.finditer(text):
        kind, word, start = match.lastgroup or "other", match.group(), match.start()
        if kind == "space":
            continue
        if kind == "other":
            what = "an unfinished or ill-escaped string" if word in "\"'" else "no SPARQL"
            raise refuse(what, text, start)
        before = tokens[-1] if tokens else None
        if (kind == "iri" or word in ("<<", "<<(")) and _ambiguous(word, before, bounds.compares):
            raise refuse("put a space after '<', or write a full IRI", text, start)
        if _hides_service(kind, word):
            raise _refuse_service(kind, word, text, start)
        token = bounds.take(kind, word, start, tokens)
        if not token.braces:
            _refuse_hidden(token, before, text)
        tokens.append(token)
    return tuple(tokens)


class _Bounds:
    """What stands open at a place in a text, and how much was counted up to it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._brackets: list[str] = []
        self._closed = ""
        self._braces = self._chain = self._patterns = self._beside = 0

    @property
    def compares(self) -> bool:
        """Whether `<` may be a comparison here."""
        return self.within("(") and "values" not in self._brackets

    def within(self, bracket: str) -> bool:
        """Whether that bracket is the innermost that is open."""
        return self._brackets[-1:] == [bracket]

    def take(self, kind: str, word: str, start: int, tokens: list[Token]) -> Token:
        """The next token; QueryError if it is one too many."""
        before = tokens[-1] if tokens else None
        self._count_terms(kind, word, tokens)
        if kind == "open":
            self._open(word, before, tokens)
            if len(self._brackets) > MAX_DEPTH:
                raise refuse(f"nested more than {MAX_DEPTH} deep", self._text, start)
        # parsers stop at a bracket that closes none, but not at what only looks like one
        elif kind == "close" and self._brackets and (word != ">>" or self.within("<<")):
            self._closed = self._brackets.pop()
            self._braces -= self._closed in ("{", "values")
        self._chain += word in CHAINED if kind == "operator" else word.upper() in CHAINING
        # a comma in parentheses parts arguments, elsewhere objects; {| opens an annotation
        listing = kind == "comma" and not self.within("(")
        annotates = word == "|" and before is not None and before.text == "{"
        self._patterns += kind == "joint" or listing or annotates
        for counted, most, what in (
            (self._chain, MAX_CHAIN, "chained operators"),
            (self._beside, MAX_CHAIN, "IRIs or parentheses side by side"),
            (self._patterns, MAX_PATTERNS, "triple patterns"),
        ):
            if counted > most:
                raise refuse(f"more than {most} {what}", self._text, start)
        return Token(kind, word, start, self._braces)

    def _open(self, word: str, before: Token | None, tokens: list[Token]) -> None:
        """Open a bracket: rows of VALUES cost nothing, all others deepen or lengthen something."""
        after = "" if before is None else before.upper
        values = "values" in self._brackets
        opened = word
        if word == "(" and after == "VALUES":
            opened = "heading"
        elif word == "{" and before is not None:
            heading = before.text == ")" and self._closed == "heading"
            if heading or (
                before.kind == "variable" and tokens[-2:-1] and tokens[-2].upper == "VALUES"
            ):
                opened = "values"
        if not values:
            # conditions, keys and collections side by side; those in others are deep, not long
            self._beside += word == "(" and not self.within("(")
            self._patterns += word == "<<" or (opened == "{" and after not in _GROUPING)
        self._brackets.append(opened)
        self._braces += word == "{"

    def _count_terms(self, kind: str, word: str, tokens: list[Token]) -> None:
        """Count terms that nothing parts: IRIs to be described, elements of a collection.

        An element is two triple patterns.
        """
        if not tokens:
            return
        before = tokens[-1]
        if not self._brackets:
            declared = len(tokens) > 1 and tokens[-2].upper == "PREFIX"
            listed = before.kind in ("iri", "name", "variable") and not declared
            self._beside += kind in ("iri", "name") and listed
        elif self.compares:
            found = _TRUTHS.match(word) if kind in ("word", "name") else None
            truths = len(found[0].lower().replace("false", "true")) // 4 if found else 0
            follows = before.kind in _ENDS or _TRUTHS.match(before.upper) is not None
            # the parenthesis after a name is that of a call, or of an element that was counted
            call = word == "(" and before.kind in ("iri", "name")
            begins = follows and not call and (kind in _BEGINS or truths > 0)
            self._patterns += 2 * (begins + max(truths - (kind == "word"), 0))


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
