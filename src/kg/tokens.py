"""The tokens of a query text, seen before any parser, and the bounds on them.

The engine's parser overflows its stack on deep or long-chained text, and `SERVICE` would reach
other hosts. So a tokeniser that is linear and cannot recurse reads the text first. It takes the
tokens of SPARQL 1.1, §19.8, and refuses where the engine, which decides by context whether `<`
opens an IRI, could read other tokens than it did.
"""

import re
from dataclasses import dataclass

from kg.errors import NotAllowed, QueryError

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

# each of these wraps what stands before it, and so deepens the algebra by one
CHAINING = {
    "UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "GRAPH", "VALUES", "LATERAL", "EXISTS",
    "SELECT", "AS",
}  # fmt: skip
# an operator that another can follow without a bracket between
CHAINED = {"||", "&&", "+", "-", "*", "/", "|", "^", "!"}
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
