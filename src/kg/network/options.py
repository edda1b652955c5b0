"""What can be asked of a network: one table of options, the same in Python, CLI and addresses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from kg.errors import UsageError
from kg.sources import DERIVED, REFERENCE, REPORTED

PROJECTIONS: dict[str, str] = {
    "actors": "Actors, linked where both stand in one claim",
    "actions": "Actors and their actions and participations",
    "affiliations": "Actors and the instruments, initiatives, events and bodies of their claims",
    "topics": "Actors and the topics of their actions",
    "instruments": "Instruments, what they stand under and cite, who is party",
    "commitments": "Bearers of commitments and those towards whom they are undertaken",
    "hierarchy": "Organisations under their parents",
}
KINDS = (REPORTED, REFERENCE, DERIVED)
LEVELS = ("parent", "government", "country")
MAX_HOPS, MAX_NUMBER, MAX_VALUES = 6, 10_000, 50
MEASURES = (
    "degree", "weighted_degree", "betweenness", "closeness", "pagerank", "clustering", "core",
    "component", "community",
)  # fmt: skip


def printable(text: str) -> str:
    """A text that was given, as a refusal quotes it: its beginning, on one line."""
    return "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:40]
    )


def _option(help_: str, example: str | None = None) -> dict[str, Any]:
    return {"help": help_, "example": example}


@dataclass(frozen=True)
class Options:
    """Filters and views of a network; every field may be combined with every other."""

    topic: tuple[str, ...] = field(
        default=(), metadata=_option("Only claims on this topic or a narrower one", "open-ran")
    )
    pillar: tuple[str, ...] = field(
        default=(), metadata=_option("Only passages of this pillar or section", "Semiconductors")
    )
    type: tuple[str, ...] = field(
        default=(), metadata=_option("Only actors of this class or one under it", "Ministry")
    )
    role: tuple[str, ...] = field(
        default=(), metadata=_option("Only claims with this role, or part in an action", "partner")
    )
    status: tuple[str, ...] = field(
        default=(), metadata=_option("Only actions of this status", "achieved")
    )
    country: tuple[str, ...] = field(
        default=(), metadata=_option("Only actors of this country", "japan")
    )
    from_: str = field(default="", metadata=_option("Only claims that overlap this", "2023-01"))
    to: str = field(default="", metadata=_option("Only claims that overlap this", "2023-12"))
    undated: str = field(
        default="drop",
        metadata=_option("With from or to: keep or drop claims without a date", "keep"),
    )
    kinds: tuple[str, ...] = field(
        default=(), metadata=_option("Kinds of graph that may state an edge", "reported")
    )
    groups: str = field(
        default="nodes",
        metadata=_option("Groups as nodes, or spread over their members", "members"),
    )
    level: str = field(
        default="", metadata=_option("Fold actors into parent, government or country", "country")
    )
    min_weight: int = field(default=1, metadata=_option("Only edges of this weight or more", "2"))
    largest_component: bool = field(
        default=False, metadata=_option("Only the largest component (ignoring direction)")
    )
    k_core: int = field(
        default=0, metadata=_option("Only nodes with this many neighbours or more left", "2")
    )
    measures: tuple[str, ...] = field(
        default=(), metadata=_option("Measures to write on the nodes, or all", "betweenness")
    )
    layout: bool = field(default=False, metadata=_option("Write positions x and y on the nodes"))
    seed: int = field(default=1, metadata=_option("Seed of the communities", "7"))
    lang: str = field(default="en", metadata=_option("Language of labels", "ja"))

    def __post_init__(self) -> None:
        """UsageError for a value that has no meaning, in one line."""
        for name, offered in _CHOICES.items():
            value = getattr(self, name)
            wrong = [x for x in ((value,) if isinstance(value, str) else value) if x not in offered]
            if wrong:
                shown = ", ".join(one for one in offered if one)
                raise UsageError(f"{name}={printable(wrong[0])}: choose {shown}")
        for name, least, most in _BOUNDS:
            value = getattr(self, name)
            if not least <= value <= most:
                raise UsageError(f"{name}={value}: from {least} to {most:,}")
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, tuple) and len(value) > MAX_VALUES:
                raise UsageError(f"{one.name}: at most {MAX_VALUES} values are taken")
        if not re.fullmatch(r"[a-z]{2,3}", self.lang):
            raise UsageError(f"lang={printable(self.lang)}: the code of a language is wanted")
        first, last = self.window
        if first and last and first > last:
            raise UsageError(f"from={self.from_} is after to={self.to}")

    @property
    def window(self) -> tuple[str, str]:
        """First and last day asked for, in ISO 8601; empty where it is open."""
        return (
            day(self.from_, "from") if self.from_ else "",
            day(self.to, "to", last=True) if self.to else "",
        )

    @property
    def wanted(self) -> tuple[str, ...]:
        """The measures that are asked for."""
        return MEASURES if "all" in self.measures else self.measures

    def said(self) -> dict[str, Any]:
        """The filters that differ from the defaults, by the names that addresses use."""
        plain = Options()
        return {
            address_name(one.name): list(value) if isinstance(value, tuple) else value
            for one in fields(self)
            if one.name not in _VIEW
            and (value := getattr(self, one.name)) != getattr(plain, one.name)
        }


_CHOICES: dict[str, tuple[str, ...]] = {
    "undated": ("keep", "drop"),
    "groups": ("nodes", "members"),
    "level": ("", *LEVELS),
    "kinds": KINDS,
    "measures": (*MEASURES, "all"),
}
_BOUNDS = (("min_weight", 1, MAX_NUMBER), ("k_core", 0, MAX_NUMBER), ("seed", 0, 2**31 - 1))
# what changes how a network is shown, and not which one it is
_VIEW = ("measures", "layout", "seed", "lang")
OPTIONS = {one.name: one for one in fields(Options)}
# what chooses among the graph's claims and actors: a query of one's own has done so itself
FILTERS = (
    "topic", "pillar", "type", "role", "status", "country", "from_", "to", "undated", "kinds",
    "groups", "level",
)  # fmt: skip


def address_name(name: str) -> str:
    """The name of an option in addresses and commands: `from` is no name in Python."""
    return name.rstrip("_")


def choices(name: str) -> tuple[str, ...]:
    """The values that an option may have, where they are few."""
    return tuple(one for one in _CHOICES.get(name, ()) if one)


def make(given: Mapping[str, Any]) -> Options:
    """Options from Python values; one text stands for a list of one."""
    made: dict[str, Any] = {}
    for name, value in given.items():
        if name not in OPTIONS:
            offered = ", ".join(OPTIONS)
            raise UsageError(f"no option {name[:40]!r} here: there are {offered}")
        if value is None:
            continue
        if isinstance(OPTIONS[name].default, tuple):
            value = (value,) if isinstance(value, str) else tuple(value)
        made[name] = value
    try:
        return Options(**made)
    except TypeError as error:
        raise UsageError(f"an option has a value of another type: {error}") from error


def read(given: Mapping[str, Sequence[str]]) -> Options:
    """Options from texts, as addresses and commands have them; UsageError for what is none.

    >>> read({"topic": ["open-ran"], "from": ["2023-01"], "layout": ["true"]}).from_
    '2023-01'
    """
    made: dict[str, Any] = {}
    names = {address_name(name): one for name, one in OPTIONS.items()}
    for name, values in given.items():
        if name not in names:
            raise UsageError(f"no option {name[:40]!r} here: there are {', '.join(names)}")
        one, texts = names[name], [text for text in values if text.strip()]
        if not texts:
            continue
        if isinstance(one.default, tuple):
            # a list may come as several values, or as one with commas where none is a name
            several = name in ("kinds", "measures")
            made[one.name] = tuple(
                part.strip() for text in texts for part in (text.split(",") if several else [text])
            )
            continue
        if len(texts) > 1:
            raise UsageError(f"one {name} is wanted, there are {len(texts)}")
        made[one.name] = _scalar(name, one.default, texts[0].strip())
    return Options(**made)


def _scalar(name: str, default: object, text: str) -> object:
    if isinstance(default, bool):
        if text.lower() not in ("true", "false", "1", "0"):
            raise UsageError(f"{name} is true or false, not {text[:40]!r}")
        return text.lower() in ("true", "1")
    if isinstance(default, int):
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise UsageError(f"{name} is a whole number, not {text[:40]!r}")
        return int(text)
    return text


def day(text: str, name: str, last: bool = False) -> str:
    """The first or last day of a year, month or day, in ISO 8601.

    >>> day("2024-02", "to", last=True)
    '2024-02-29'
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text.strip())
    try:
        if found is None:
            raise ValueError
        year, month, day_ = (int(part) if part else 0 for part in found.groups())
        if not last or day_:
            return date(year, month or 1, day_ or 1).isoformat()
        month = month or 12
        date(year, month, 1)
        after = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
        return (after - timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        raise UsageError(
            f"{name}={printable(text)}: a date is wanted, as 2023, 2023-05 or 2023-05-18"
        ) from None


def kinds_of(projection: str, options: Options) -> tuple[str, ...]:
    """The kinds of graph that may state an edge: reported, and for parents the registers too."""
    if options.kinds:
        return tuple(kind for kind in KINDS if kind in options.kinds)
    return (REPORTED, REFERENCE) if projection == "hierarchy" else (REPORTED,)
