"""Citations: of a page, of a query at a release, of a passage; as BibTeX, CSL-JSON and text."""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from kg.accounts import Accounts
from kg.downloads.describe import NAME
from kg.downloads.index import Release
from kg.errors import NotFound
from kg.names import BASE, PREFIXES
from kg.results import Rows
from kg.snapshot import Snapshot

FORMATS = {
    "bibtex": "application/x-bibtex",
    "csl-json": "application/vnd.citationstyles.csl+json",
    "text": "text/plain",
}
# what has a name: things by the rule that gives them one, terms by their label
_NAMED = f"""
SELECT DISTINCT ?thing WHERE {{
  {{ ?thing comity:name ?name }} UNION {{ ?thing rdfs:isDefinedBy ?ontology ; rdfs:label ?name }}
  FILTER(STRSTARTS(STR(?thing), "{BASE}"))
}} ORDER BY ?thing
"""
_LABELS = """
SELECT ?passage (MIN(STR(?said)) AS ?label) WHERE {
  ?passage a comity:Passage ; comity:citationLabel ?said FILTER(LANG(?said) = "en")
} GROUP BY ?passage ORDER BY ?passage
"""
_PUBLISHERS = """
SELECT ?source ?publisher WHERE { ?source a comity:Source ; dct:publisher ?publisher }
ORDER BY ?source ?publisher
"""
_WHOLE = "Comity: a knowledge graph of bilateral digital cooperation"
JOINT = "Written jointly by both sides"
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    '"': r"{\textquotedbl}",
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Citation:
    """What is cited: text is plain here, and escaped where it is written.

    `authors` are organisations, none where who wrote it is not known; `issued` has year, month and
    day, as far as they are known.
    """

    key: str
    type: str
    title: str
    authors: tuple[str, ...]
    issued: tuple[int, ...]
    url: str
    publisher: str = ""
    version: str = ""
    container: str = ""
    section: str = ""
    note: str = ""

    def write(self, format_: str) -> bytes:
        """The citation in one of FORMATS."""
        return {"bibtex": self._bibtex, "csl-json": self._csl, "text": self._text}[format_]()

    def _bibtex(self) -> bytes:
        """An entry of BibTeX's own types; organisations in braces, so that none is parted."""
        kind = {"dataset": "misc", "webpage": "misc", "report": "techreport"}[self.type]
        fields = {
            "author": " and ".join(f"{{{bibtex(one)}}}" for one in self.authors),
            "title": f"{{{bibtex(self.title)}}}",
            "year": str(self.issued[0]) if self.issued else "",
            "month": _MONTHS[self.issued[1] - 1] if len(self.issued) > 1 else "",
            "institution" if kind == "techreport" else "publisher": bibtex(self.publisher),
            "version": bibtex(self.version),
            "chapter": bibtex(self.section),
            "howpublished": bibtex(self.container),
            "note": bibtex(self.note),
            "url": bibtex_url(self.url),
        }
        lines = [
            # the names of months are BibTeX's own, without braces
            f"  {name} = {value if name == 'month' else f'{{{value}}}'}"
            for name, value in fields.items()
            if value
        ]
        return (f"@{kind}{{{self.key},\n" + ",\n".join(lines) + "\n}\n").encode()

    def _csl(self) -> bytes:
        """A list of one item of CSL-JSON 1.0, whose text may hold a few HTML tags."""
        item: dict[str, Any] = {
            "id": self.key,
            "type": self.type,
            "title": csl(self.title),
            "author": [{"literal": csl(one)} for one in self.authors],
            "issued": {"date-parts": [list(self.issued)]} if self.issued else None,
            "URL": self.url,
            "publisher": csl(self.publisher),
            "version": csl(self.version),
            "container-title": csl(self.container),
            "section": csl(self.section),
            "note": csl(self.note),
        }
        kept = {name: value for name, value in item.items() if value}
        return (json.dumps([kept], ensure_ascii=False, indent=1) + "\n").encode()

    def _text(self) -> bytes:
        year = f" ({self.issued[0]})" if self.issued else ""
        by = [f"{', '.join(self.authors)}{year}"] if self.authors else []
        parts = [*by, self.title if by else f"{self.title}{year}"]
        parts += [one for one in (self.section, self.container) if one]
        if self.publisher and self.publisher != ", ".join(self.authors):
            parts.append(self.publisher)
        parts += [one for one in (self.version, self.note) if one]
        said = ". ".join(_one_line(part).rstrip(".") for part in parts)
        return f"{said}. {self.url}\n".encode()


def _one_line(text: str) -> str:
    """Text without line ends and control characters, which no citation holds."""
    return " ".join("".join(c if unicodedata.category(c) != "Cc" else " " for c in text).split())


def bibtex(text: str) -> str:
    r"""Text as a field of BibTeX: what TeX takes for its own is escaped.

    Braces by name, for BibTeX counts them even after a backslash.

    >>> print(bibtex("R&D_100% { #1"))
    R\&D\_100\% \textbraceleft{} \#1
    """
    return "".join(_SPECIAL.get(char, char) for char in _one_line(text))


def bibtex_url(text: str) -> str:
    r"""An address as a field of BibTeX: braces and backslashes cannot stand in it as they are.

    >>> print(bibtex_url("http://example.org/?a={b}&c=d%20e"))
    http://example.org/?a=%7Bb%7D&c=d%20e
    """
    coded = {"\\": "%5C", "{": "%7B", "}": "%7D", " ": "%20", "\n": "%0A", '"': "%22"}
    return "".join(coded.get(char, char) for char in text)


def csl(text: str) -> str:
    """Text as CSL-JSON has it: what would be read as one of its HTML tags is escaped.

    >>> csl("R&D <b>now</b>")
    'R&amp;D &lt;b&gt;now&lt;/b&gt;'
    """
    return _one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _day(release: Release) -> tuple[int, ...]:
    made = release.moment
    return made.year, made.month, made.day


def _version(release: Release) -> str:
    return f"{release.manifest['version']}, release {release.digest}"


def page(release: Release, path: str) -> Citation:
    """A page about a thing, or the whole dataset, at a release; NotFound for what has no name."""
    path = path.removeprefix("/")
    cited = release.cited
    label = cited["titles"].get(path) or cited["passages"].get(path.removeprefix("source/"))
    title = label if path else _WHOLE
    if title is None:
        raise NotFound(f"nothing in this release has the page {path!r}")
    if path.startswith("source/") and "#" not in path:
        title = f"Comity's reading of {_of_source(release, path, title)}"
    return view(release, path, title, BASE + path)


def view(release: Release, path: str, title: str, address: str) -> Citation:
    """A page with its title and address; without a path the whole dataset."""
    return Citation(
        key=f"comity-{release.digest[:12]}" + (f"-{_slug(path)}" if path else ""),
        type="webpage" if path else "dataset",
        title=title,
        authors=(NAME,),
        issued=_day(release),
        url=address,
        publisher=NAME,
        version=_version(release),
        container=_WHOLE if path else "",
    )


def _of_source(release: Release, path: str, label: str) -> str:
    """What a report, section or passage is called where it stands alone: the report first."""
    slug, _, inside = path.removeprefix("source/").partition("/")
    whole = release.cited["titles"].get(f"source/{slug}", "")
    return label if not inside or label.startswith(whole) else f"{whole}, {label}"


def query(release: Release, text: str, address: str, title: str = "", name: str = "") -> Citation:
    """A query as it is answered at a release: the address gives the same bytes again.

    Of one that has a `name`, `text` is that name with the values that are not its defaults.
    """
    marks = [name] if name else []
    if text != name:
        marks.append(_short(text))
    return Citation(
        key="-".join([f"comity-{release.digest[:12]}-query", *marks]),
        type="dataset",
        title=title or "Answer to a SPARQL query",
        authors=(NAME,),
        issued=_day(release),
        url=address,
        publisher=NAME,
        version=_version(release),
        container=_WHOLE,
        note=f"Query: {text}",
    )


def passage(release: Release, name: str) -> Citation:
    """A source, or a passage, section or pillar of it by its citation label: the report is cited.

    Whoever publishes the copy that is held has not written it alone, and so is no author.
    """
    cited = release.cited
    slug, _, inside = name.partition("/")
    about = cited["sources"].get(slug)
    label = cited["passages"].get(name) or cited["titles"].get(f"source/{name}")
    if label is None or about is None:
        raise NotFound(f"no passage {name!r} in this release")
    iri = f"{PREFIXES['source']}{name}"
    # releases from before have the publishers under the name of authors
    publishers = about.get("publishers", about.get("authors", ()))
    joint = [JOINT] if about.get("joint") else []
    return Citation(
        key=_slug(name),
        type="report",
        title=about["title"],
        authors=(),
        issued=_date(about["date"]),
        url=about["url"] or iri,
        publisher="; ".join(publishers),
        section=_of_source(release, f"source/{name}", label) if inside else "",
        note=". ".join([*joint, f"Comity, release {release.digest}, {iri}"]),
    )


def collect(snapshot: Snapshot) -> dict[str, Any]:
    """What citations need of a release, so that no store is opened for them.

    Titles of the things that have a page, under the path of it; citation labels of passages;
    title, publishers, date and address of sources, and whether both sides wrote them.
    """
    names, titles = snapshot.names, {}
    passages: dict[str, str] = {}
    rows = snapshot.query(_NAMED)
    assert isinstance(rows, Rows)
    for record in rows.records():
        path = record["thing"].removeprefix(BASE)
        titles[path] = names.label(record["thing"], "en")
    labels = snapshot.query(_LABELS)
    assert isinstance(labels, Rows)
    for record in labels.records():
        passages[record["passage"].removeprefix(PREFIXES["source"])] = record["label"]
    publishers = snapshot.query(_PUBLISHERS)
    assert isinstance(publishers, Rows)
    by_source: dict[str, set[str]] = {}
    for record in publishers.records():
        by_source.setdefault(record["source"], set()).add(names.label(record["publisher"], "en"))
    sides = Accounts(snapshot, "en").sides
    sources = {
        one["iri"].removeprefix(PREFIXES["source"]): {
            "title": one.get("title", one["iri"]),
            "date": one.get("date", ""),
            "url": one.get("url", ""),
            "publishers": sorted(by_source.get(one["iri"], ())),
            "joint": one["iri"] in sides,
        }
        for one in snapshot.manifest["sources"]
    }
    return {"titles": titles, "passages": passages, "sources": sources}


def _date(edtf: str) -> tuple[int, ...]:
    """Year, month and day of a date's beginning, as far as it has them."""
    found = re.match(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d\d))?)?", edtf)
    return tuple(int(part) for part in found.groups() if part) if found else ()


def _short(text: str) -> str:
    """A few letters that tell a text apart from others."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _slug(text: str) -> str:
    """What a key may hold in BibTeX, which takes two that differ in case alone for one.

    >>> _slug("id/actor/mic"), _slug("ontology#Actor") == _slug("ontology#actor")
    ('id-actor-mic', False)
    """
    slug = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower()
    if len(slug) <= 80 and re.fullmatch(r"[a-z0-9/-]*", text):
        return slug
    return f"{slug[:71]}-{_short(text)}"
