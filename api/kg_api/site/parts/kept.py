"""What many pages of one snapshot need, made once: a snapshot never changes."""

from collections.abc import Callable
from typing import TypeVar, cast

from kg.snapshot import Snapshot

T = TypeVar("T")
_PLACE = "_kept_by_site"


def kept(snapshot: Snapshot, name: object, make: Callable[[], T]) -> T:
    """What `make` gives, made at the first call for a snapshot and a name, and shared since."""
    held: dict[object, object] = vars(snapshot).setdefault(_PLACE, {})
    if name not in held:
        held[name] = make()
    return cast(T, held[name])
