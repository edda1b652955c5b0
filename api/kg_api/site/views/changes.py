"""Changes: the releases that are kept, and what differs between two of them, in words."""

from collections.abc import Mapping
from typing import Any

from kg.accounts import Thing
from kg.diff.model import CLASSES
from kg.names import PREFIXES, compact
from kg.snapshot import Snapshot
from kg_api import urls
from kg_api.site import language
from kg_api.site.page import Asked, Form, Page

# statements that a page tells; the other formats have all of them
MOST = 400


def view(snapshot: Snapshot, asked: Asked) -> Page:
    """The releases that are kept."""
    _ = language.texts(asked.lang).gettext
    return Page(
        template="changes.html",
        title=_("Changes"),
        path=urls.CHANGES,
        current="data",
        description=_("The releases that are kept, and what each changed."),
        data={"releases": asked.params["releases"], "classes": classes(asked.lang)},
        forms=(Form("JSON", f"{urls.CHANGES}?format=json", "application/json"),),
    )


def classes(lang: str) -> dict[str, tuple[str, str]]:
    """The classes of change: what each is called, and what belongs to it."""
    _ = language.texts(lang).gettext
    named = {
        "world": (
            _("World"),
            _("A source or passage that is new, gone, or has another text: what reports say."),
        ),
        "correction": (
            _("Correction"),
            _("The same passage with the same text, of which something else is stated."),
        ),
        "identity": (
            _("Identity"), _("A thing that bears another name, or that was merged or split."),
        ),
        "reference": (_("Reference"), _("What the curators know from elsewhere.")),
        "model": (
            _("Model"), _("The ontology and the schemes, and what the rules derive."),
        ),
    }  # fmt: skip
    return {name: named[name] for name in CLASSES}


def difference(snapshot: Snapshot, asked: Asked) -> Page:
    """What differs between two releases; the comparison comes with what is asked."""
    _ = language.texts(asked.lang).gettext
    found: Mapping[str, Any] = asked.params["found"]
    before, after = found["before"]["release"], found["after"]["release"]
    path = urls.changes(before, after)
    words = _Words(snapshot, asked.lang)
    return Page(
        template="difference.html",
        title=_("Changes from %(before)s to %(after)s")
        % {"before": before[:12], "after": after[:12]},
        path=path,
        current="data",
        description=_("What differs between two releases, told apart by why."),
        data={
            "before": found["before"],
            "after": found["after"],
            "classes": classes(asked.lang),
            "counts": {name: _counted(its, asked.lang) for name, its in found["counts"].items()},
            "identities": [words.identity(one) for one in found["identities"]],
            "told": [
                (one["class"], [words.place(place) for place in one["places"]])
                for one in found["classes"]
            ],
            "left": int(asked.params.get("left", 0)),
        },
        forms=tuple(
            Form(label, urls.changes(before, after, suffix), media_type)
            for label, suffix, media_type in (
                ("JSON", "json", "application/json"),
                (_("Text"), "txt", "text/plain"),
                ("Markdown", "md", "text/markdown"),
                ("Turtle", "ttl", "text/turtle"),
                ("RDF Patch", "rdfp", "application/rdf-patch"),
            )
        ),
    )


def _counted(counts: Mapping[str, int], lang: str) -> str:
    ngettext = language.texts(lang).ngettext
    said = []
    for name, number in counts.items():
        if not number:
            continue
        if name == "added":
            text = ngettext("%(count)s statement added", "%(count)s statements added", number)
        elif name == "removed":
            text = ngettext("%(count)s statement removed", "%(count)s statements removed", number)
        else:
            text = ngettext("%(count)s statement changed", "%(count)s statements changed", number)
        said.append(text % {"count": language.number(number, lang)})
    return language.listed(said, lang)


class _Words:
    """Statements in the page's language: names of the current release, else those compared."""

    def __init__(self, snapshot: Snapshot, lang: str) -> None:
        self.names = snapshot.names
        self.lang = lang
        _ = language.texts(lang).gettext
        # properties of other vocabularies, of which the graph holds no labels
        self.known = {
            PREFIXES["rdf"] + "type": _("type"),
            PREFIXES["rdfs"] + "label": _("name"),
            PREFIXES["skos"] + "prefLabel": _("name"),
            PREFIXES["skos"] + "altLabel": _("other form of the name"),
            PREFIXES["dct"] + "source": _("source"),
        }
        self.changes = {"added": _("added"), "removed": _("removed"), "changed": _("changed")}
        self.states = {"added": _("new"), "removed": _("gone"), "changed": ""}
        self.kinds = {"renamed": _("renamed"), "merged": _("merged"), "split": _("split")}

    def label(self, iri: str, known: str | None) -> str:
        """What a thing is called."""
        own = self.names.label(iri, self.lang)
        return own if own not in (iri, compact(iri)) else known or compact(iri)

    def place(self, one: Mapping[str, Any]) -> dict[str, Any]:
        """A passage or register, and what changed of the things there."""
        return {
            "thing": Thing(one["iri"], self.label(one["iri"], one["label"])),
            "state": self.states.get(one["state"], ""),
            "note": one["text"] or "",
            "resources": [
                {
                    "thing": Thing(its["iri"], self.label(its["iri"], its["label"])),
                    "state": self.states.get(its["state"], ""),
                    "statements": [self.statement(each) for each in its["statements"]],
                }
                for its in one["resources"]
            ],
        }

    def statement(self, one: Mapping[str, Any]) -> dict[str, Any]:
        """A statement: what became of it, its property, its values before and after."""
        property_ = one["property"]
        name = self.known.get(property_) or self.label(property_, one["property_label"])
        return {
            "change": self.changes[one["change"]],
            "property": name,
            "before": self.value(one["before"]),
            "after": self.value(one["after"]),
        }

    def value(self, one: Mapping[str, Any] | None) -> Thing | None:
        """A value: a thing, or a text, which has no IRI."""
        if one is None:
            return None
        if "iri" in one:
            return Thing(one["iri"], self.label(one["iri"], one["label"]))
        return Thing("", str(one.get("value", one.get("blank", ""))))

    def identity(self, one: Mapping[str, Any]) -> dict[str, Any]:
        """Names that were replaced by others."""
        named = {
            side: [Thing(iri, self.label(iri, None)) for iri in one[side]]
            for side in ("old", "new")
        }
        return {"kind": self.kinds[one["kind"]], **named}


def told(found: Mapping[str, Any], most: int = MOST) -> tuple[dict[str, Any], int]:
    """A comparison with so many statements at most, and how many were left off."""
    left, kept = 0, 0
    classes_ = []
    for one in found["classes"]:
        places = []
        for place in one["places"]:
            resources = []
            for resource in place["resources"]:
                room = max(0, most - kept)
                some = resource["statements"][:room]
                kept += len(some)
                left += len(resource["statements"]) - len(some)
                if some:
                    resources.append({**resource, "statements": some})
            if resources:
                places.append({**place, "resources": resources})
        if places:
            classes_.append({**one, "places": places})
    return {**found, "classes": classes_, "identities": found["identities"][:most]}, left
