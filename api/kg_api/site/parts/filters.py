"""Filters of a page: forms that are sent with GET, what is chosen in them, ways to take it back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from kg.accounts import Accounts, Thing
from kg.names import compact
from kg_api.site import language

RELEASE = "release"
# what an address has besides filters: how rows are arranged, and of which release they are
_NO_FILTERS = ("group", "sort", RELEASE)


@dataclass(frozen=True)
class Choice:
    """One value that a filter may have; `depth` says how far below another it stands."""

    value: str
    label: str
    chosen: bool = False
    depth: int = 0


@dataclass(frozen=True)
class Filter:
    """One field of a form: a list of choices, or, without any, a text."""

    name: str
    label: str
    choices: tuple[Choice, ...] = ()
    value: str = ""
    hint: str = ""
    # without a choice: "anyone", "any"
    none: str = ""


@dataclass(frozen=True)
class Active:
    """A filter that is set, in words, and the address of the page without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True)
class Chosen:
    """What a page is asked, as its address has it: names and values in a fixed order."""

    path: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The page's address: whatever decides what is seen, and nothing else.

        >>> Chosen("/commitments", {"topic": "topic:ai-safety"}).address
        '/commitments?topic=topic:ai-safety'
        """
        return address(self.path, self.values)

    def without(self, *names: str) -> str:
        """The address without some filters."""
        return address(
            self.path, {name: text for name, text in self.values.items() if name not in names}
        )

    def form(self, suffix: str, lang: str) -> str:
        """The address of the same as data: with a suffix, and the language of names."""
        also = {} if lang == "en" else {"lang": lang}
        return address(f"{self.path}.{suffix}", {**self.values, **also})


def read(params: Mapping[str, str], names: Iterable[str], path: str) -> Chosen:
    """What was asked by some names, blanks left out; the release, too, where one was named."""
    return Chosen(path, {name: params[name] for name in (*names, RELEASE) if params.get(name)})


def address(path: str, values: Mapping[str, str]) -> str:
    """A path with parameters; what may stand in them as it is stays readable."""
    return path + (f"?{urlencode(values, safe=':/')}" if values else "")


def short(iri: str) -> str:
    """How an address names a thing: as a CURIE, where it has one."""
    return compact(iri)


def offer(name: str, label: str, some: Iterable[tuple[str, str]], chosen: str, none: str) -> Filter:
    """A field to choose from some values with what they are called, in their order."""
    listed = tuple(Choice(value, said, value == chosen) for value, said in some)
    return Filter(name, label, listed, none=none)


def offer_things(name: str, label: str, some: Iterable[Thing], chosen: str, none: str) -> Filter:
    """The same of things; `chosen` is the IRI that is set."""
    return offer(name, label, ((short(one.iri), one.label) for one in some), short(chosen), none)


def active(
    accounts: Accounts,
    chosen: Chosen,
    names: Mapping[str, str],
    things: Mapping[str, str],
    words: Mapping[str, str],
    lang: str,
) -> tuple[Active, ...]:
    """The filters of a page that are set: `things` has the IRIs of some, `words` what codes mean.

    What is neither is a date.
    """
    found = []
    for name, text in chosen.values.items():
        if name in _NO_FILTERS:
            continue
        if name in things:
            said = accounts.thing(things[name]).label
        else:
            said = words.get(text) or language.when(text, lang)
        found.append(Active(names[name], said, chosen.without(name)))
    return tuple(found)
