"""The fields of a request's query string or form: read strictly, so that no wish goes unheard."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kg_api.errors import Problem
from kg_api.protocol import read_fields

MAX_FIELDS = 200
MAX_NUMBER = 1_000_000


@dataclass
class Fields:
    """Names and values as they were sent; whoever reads one takes it, and `done` is strict."""

    values: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, raw: bytes) -> "Fields":
        """The fields of a query string or a form; 400 where they are not UTF-8, or too many."""
        return cls(read_fields(raw, MAX_FIELDS))

    def all(self, name: str) -> list[str]:
        """Every value of a field that is not blank."""
        return [one for one in self.values.pop(name, []) if one.strip()]

    def one(self, name: str) -> str | None:
        """The value of a field that has one at most; 400 for two."""
        found = self.all(name)
        if len(found) > 1:
            raise Problem(400, f"One {name} is wanted, there are {len(found)}.")
        return found[0] if found else None

    def number(self, name: str, most: int = MAX_NUMBER) -> int | None:
        """The value of a field that is a whole number from 0; 400 for anything else."""
        text = self.one(name)
        if text is None:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > most:
            shown = text if len(text) <= 40 else f"{text[:40]}…"
            raise Problem(400, f"{name} is a whole number from 0 to {most:,}, not {shown!r}.")
        return int(text)

    def rest(self) -> Mapping[str, list[str]]:
        """What nobody has taken yet."""
        return self.values

    def done(self, known: Iterator[str] | tuple[str, ...]) -> None:
        """400 for a field that nobody has read: its meaning would be lost in silence."""
        if self.values:
            names = ", ".join(repr(name[:40]) for name in sorted(self.values)[:5])
            raise Problem(400, f"No parameter {names} here: there are {', '.join(known)}.")
