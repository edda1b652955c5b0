"""A page before it is written: what a view gives, and the frame that all pages share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.snapshot import Snapshot


@dataclass(frozen=True)
class Form:
    """The same view in another form: what it is called, its address, its media type."""

    label: str
    address: str
    media_type: str = ""


@dataclass(frozen=True)
class Page:
    """What a view says of a page.

    `template` and `data` make its middle. `path` is its address without language, with whatever of
    the query decides what is seen; `current` the entry of the main menu that it belongs to. `forms`
    are the ways to take it away, `query` the SPARQL text that asks for what it shows. `iri` is what
    is cited, where the page is about something that has one. `linked` describes it by schema.org.
    `scripts` are the entries of web/ that it loads. `pages` is how many pages it has, of which it
    is one.
    """

    template: str
    title: str
    path: str
    data: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    current: str = ""
    forms: Sequence[Form] = ()
    query: str = ""
    iri: str = ""
    linked: Mapping[str, Any] | None = None
    scripts: Sequence[str] = ()
    status: int = 200
    pages: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    # printed and shown bare, inside pages of others
    embedded: bool = False


@dataclass(frozen=True)
class Asked:
    """What a view is asked: its parameters, the language, the address and what the service knows.

    `params` are what the route has read of the request, and whatever it knows that a worker cannot;
    `public` is the address under which the service is published, or empty.
    """

    lang: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    public: str = ""


View = Callable[[Snapshot, Asked], Page]
