"""What the pages say: complete in Japanese, read without error, alike in its placeholders."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from kg.query import catalogue
from kg_api.site import language, templating

SITE = Path(language.__file__).parent
METHODS = [
    ("**/templates/**.html", "jinja2.ext.babel_extract"),
    ("**.py", "python"),
]
OPTIONS = {"**/templates/**.html": {"trimmed": "false", "extensions": "jinja2.ext.do"}}
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%")
CATALOGUES = sorted(SITE.glob("locale/ja/*.po"))


def said() -> Iterator[tuple[str, int, str | tuple[str, ...]]]:
    """Every text of the templates and views: file, line, and the text or its forms by number."""
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(str(SITE), METHODS, OPTIONS, keywords=keywords)
    for file, line, message, _, _ in found:
        yield file, line, message
    # pages show the headings of the kept queries
    for query in catalogue(SITE.parent.parent.parent):
        texts = (query.summary, query.description, *(one.description for one in query.parameters))
        for text in filter(None, texts):
            yield f"queries/{query.name}.rq", 1, text


def identity(message: object) -> str:
    """What a catalogue has a text under."""
    return str(message[0] if isinstance(message, list | tuple) else message)


def test_every_text_is_there_in_japanese() -> None:
    """No page falls back to English for what Comity itself says."""
    known = {
        identity(one.id)
        for path in CATALOGUES
        for one in language.read(path)
        if one.id and not one.fuzzy and (all(one.string) if one.pluralizable else one.string)
    }
    all_ = list(said())
    assert len(all_) > 50
    missing = sorted({f"{f}:{n} {identity(m)!r}" for f, n, m in all_ if identity(m) not in known})
    assert missing == []


def test_nothing_is_translated_that_no_page_says() -> None:
    """Texts that are gone leave the catalogues too."""
    used = {identity(message) for _, _, message in said()}
    left = [
        f"{path.name}: {identity(one.id)!r}"
        for path in CATALOGUES
        for one in language.read(path)
        if one.id and identity(one.id) not in used
    ]
    assert left == []


def test_no_two_catalogues_say_a_text_differently() -> None:
    """One text has one translation, whichever file it stands in."""
    found: dict[str, dict[str, str]] = {}
    for path in CATALOGUES:
        for one in language.read(path):
            if one.id:
                found.setdefault(identity(one.id), {})[path.name] = str(one.string)
    assert {text: its for text, its in found.items() if len(set(its.values())) > 1} == {}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_placeholders_are_kept(path: Path) -> None:
    """A translation has the placeholders of its text, each of them."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    for one in catalogue:
        if not one.id:
            continue
        texts = one.id if isinstance(one.id, list | tuple) else (one.id,)
        strings = one.string if isinstance(one.string, list | tuple) else (one.string,)
        wanted = set(PLACEHOLDER.findall(texts[-1]))
        assert all(set(PLACEHOLDER.findall(string)) == wanted for string in strings), one.id


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_template_compiles(lang: str) -> None:
    """No template has a mistake that only its first reader would find."""
    environment = templating.environment(lang)
    names = environment.list_templates()
    assert "base.html" in names
    for name in names:
        environment.get_template(name)
