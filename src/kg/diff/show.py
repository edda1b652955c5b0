"""A comparison in words: text for a terminal, Markdown for a page, JSON for programs."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

from kg.diff.lines import Version
from kg.diff.model import CHANGED, CLASSES, IDENTITY, Changed, Diff, Identity, Place, Statement
from kg.names import PREFIXES, compact
from kg.results import Term, as_text

_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")
_STRING = PREFIXES["xsd"] + "string"
# what an item is: a heading with its level, a paragraph, or a point with its depth
_Item = tuple[str, int, str]


def value(diff: Diff, term: Term | None) -> str:
    """A value for people: the label of a thing with its CURIE, a text in quotes."""
    if isinstance(term, ox.NamedNode):
        curie, label = compact(term.value), diff.labels.get(term.value)
        return f"{clean(label)} ({curie})" if label else curie
    if isinstance(term, ox.Literal):
        text = clean(term.value)
        if term.language:
            return f"“{text}”@{term.language}"
        return f"“{text}”" if term.datatype.value == _STRING else text
    return "" if term is None else str(term)


def clean(text: str) -> str:
    """A text in one line, without what moves the cursor or the direction of writing."""
    joined = " ".join(text.split())
    return "".join(one for one in joined if one.isprintable())


def sentence(diff: Diff, one: Statement) -> str:
    """A statement that changed, in words.

    Its property goes by the label that the ontology gives it.
    """
    predicate = one.quad.predicate.value
    name = clean(diff.labels.get(predicate, "")) or compact(predicate)
    if predicate == PREFIXES["rdf"] + "type":
        name = "type"
    if one.change != CHANGED:
        term = one.after if one.removed is None else one.before
        return f"{one.change}: {name} {value(diff, term)}"
    return f"changed: {name} from {value(diff, one.before)} to {value(diff, one.after)}"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)


def _release(one: Version) -> str:
    return f"{one.digest[:12]}" + (f" of {one.made}" if one.made else "")


def _names(diff: Diff, iris: tuple[str, ...]) -> str:
    return ", ".join(value(diff, ox.NamedNode(one)) for one in iris)


def identity(diff: Diff, one: Identity) -> str:
    """What became of names, in words."""
    into = {"renamed": "is called", "merged": "merged into", "split": "split into"}[one.kind]
    return f"{one.kind}: {_names(diff, one.old)} {into} {_names(diff, one.new)}"


def _items(diff: Diff) -> Iterator[_Item]:
    yield "heading", 1, f"Changes from {_release(diff.before)} to {_release(diff.after)}"
    counts = diff.counts()
    if not counts:
        yield "paragraph", 0, "Nothing differs."
    for name, meaning in CLASSES.items():
        if name not in counts:
            continue
        yield "heading", 2, f"{name.capitalize()}: {_counted(counts[name])}"
        yield "paragraph", 0, meaning
        if name == IDENTITY:
            for one in diff.identities:
                yield "point", 0, identity(diff, one)
        for place in diff.classes[name]:
            yield from _place(diff, place, name == IDENTITY)


def _place(diff: Diff, place: Place, is_identity: bool) -> Iterator[_Item]:
    curie = compact(place.iri)
    label = clean(diff.labels.get(place.iri, ""))
    about = [
        *([label and curie] if label else []),
        *([place.note] if place.note else []),
        *([{"added": "new", "removed": "gone"}[place.state]] if place.state != CHANGED else []),
    ]
    yield "heading", 3, (label or curie) + (f" ({', '.join(about)})" if about else "")
    same = 0
    for resource in place.resources:
        shown = [one for one in resource.statements if not (is_identity and one.change == CHANGED)]
        same += len(resource.statements) - len(shown)
        if shown:
            yield "point", 0, _resource(diff, resource)
        for one in shown:
            yield "point", 1, sentence(diff, one)
    if same:
        yield "paragraph", 0, f"{same:,} statements are the same but for the name."


def _resource(diff: Diff, one: Changed) -> str:
    label = clean(diff.labels.get(one.iri, ""))
    state = {"added": ", new", "removed": ", gone"}.get(one.state, "")
    return (f"{label} ({compact(one.iri)})" if label else compact(one.iri)) + state


def text(diff: Diff) -> str:
    """The comparison as text, everything in it."""
    lines: list[str] = []
    for kind, depth, said in _items(diff):
        if kind == "heading":
            lines += ["", said.upper() if depth == 2 else said] if lines else [said]
        else:
            lines.append("  " * (depth + 1) + said)
    return "\n".join(lines) + "\n"


def markdown(diff: Diff) -> str:
    """The comparison as Markdown (CommonMark); what data holds is never markup."""
    lines: list[str] = []
    before = ""
    for kind, depth, said in _items(diff):
        escaped = _MARKS.sub(r"\\\1", said)
        if lines and (kind != "point" or before != "point"):
            lines.append("")
        mark = {"heading": "#" * depth + " ", "point": "  " * depth + "- "}.get(kind, "")
        lines.append(mark + escaped)
        before = kind
    return "\n".join(lines) + "\n"


def _plain(diff: Diff, term: Term | None) -> dict[str, Any] | None:
    if isinstance(term, ox.NamedNode):
        return {"iri": term.value, "label": diff.labels.get(term.value)}
    if isinstance(term, ox.Literal):
        found: dict[str, Any] = {"value": term.value}
        if term.language:
            return {**found, "language": term.language}
        return {**found, "datatype": term.datatype.value}
    return None if term is None else {"blank": str(term)}


def _statement(diff: Diff, one: Statement) -> dict[str, Any]:
    quad = one.quad
    found = {
        "change": one.change,
        "property": quad.predicate.value,
        "property_label": diff.labels.get(quad.predicate.value),
        "graph": as_text(quad.graph_name),
        "before": _plain(diff, one.before),
        "after": _plain(diff, one.after),
        "words": sentence(diff, one),
    }
    removed, added = one.removed, one.added
    if removed is not None and added is not None and removed.subject != added.subject:
        found["former_subject"] = str(getattr(removed.subject, "value", removed.subject))
    return found


def as_dict(diff: Diff) -> dict[str, Any]:
    """The comparison as plain data: classes, their places, resources there, statements of these."""
    counts = diff.counts()
    return {
        "iri": diff.iri,
        "before": {"release": diff.before.digest, "made": diff.before.made},
        "after": {"release": diff.after.digest, "made": diff.after.made},
        "counts": counts,
        "identities": [
            {"kind": one.kind, "old": list(one.old), "new": list(one.new)}
            for one in diff.identities
        ],
        "classes": [
            {
                "class": name,
                "meaning": CLASSES[name],
                "places": [
                    {
                        "iri": place.iri,
                        "label": diff.labels.get(place.iri),
                        "kind": place.kind or None,
                        "state": place.state,
                        "text": place.note or None,
                        "resources": [
                            {
                                "iri": resource.iri,
                                "label": diff.labels.get(resource.iri),
                                "state": resource.state,
                                "statements": [_statement(diff, s) for s in resource.statements],
                            }
                            for resource in place.resources
                        ],
                    }
                    for place in places
                ],
            }
            for name, places in diff.classes.items()
        ],
    }


def to_json(diff: Diff) -> bytes:
    """The comparison as JSON, in one line: indented it takes the encoder three times as long."""
    return (json.dumps(as_dict(diff), ensure_ascii=False) + "\n").encode()
