"""Jinja as the pages use it: templates held in memory, texts and forms of one language."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, DictLoader, Environment, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from kg.names import compact
from kg_api import static, urls
from kg_api.site import language, marks

TEMPLATES = Path(__file__).parent / "templates"
# a worker can open no file: what it may need is read before it is one
_SOURCES: Mapping[str, str] = {
    path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8")
    for path in sorted(TEMPLATES.rglob("*.html"))
}


class _Compiled(BytecodeCache):
    """Templates as Python has compiled them: the code is that of every language."""

    def __init__(self) -> None:
        self._codes: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled."""
        bucket.code = self._codes.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._codes[bucket.key] = bucket.code


_COMPILED = _Compiled()


def data_block(value: object) -> Markup:
    """Data for a script element of a type that no browser runs: nothing in it ends the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - every sign that HTML could read is escaped


@lru_cache
def environment(lang: str) -> Environment:
    """The environment of one language."""
    made = Environment(
        loader=DictLoader(_SOURCES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    texts = language.texts(lang)
    made.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        lang=lang,
        languages=language.NAMES,
        urls=urls,
        here=lambda path: urls.localised(path, lang),
        in_language=urls.localised,
        page_of=lambda iri, number=1: urls.localised(urls.page(iri, number), lang),
        lang_of=lambda text: _lang_of(text, lang),
        workbench=lambda query: urls.workbench(query, lang),
        data_block=data_block,
        stylesheets=static.stylesheets,
        modules=static.modules,
        scripts=static.scripts,
        separator=", " if lang == "en" else "、",
        colon=": " if lang == "en" else "：",
        **marks.of(lang),
    )
    made.filters.update(
        compact=compact,
        number=lambda value: language.number(value, lang),
        when=lambda edtf: language.when(edtf, lang),
        listed=lambda values: language.listed(values, lang),
        is_japanese=urls.is_japanese,
    )
    return made


def compile_all() -> None:
    """Compile every template for every language, so that nobody who asks waits for it."""
    for lang in urls.LANGUAGES:
        made = environment(lang)
        for name in made.list_templates():
            made.get_template(name)


def _lang_of(text: str, lang: str) -> Markup:
    """The attribute that a text needs which is not in the language of a Japanese page."""
    foreign = lang == "ja" and not urls.is_japanese(text)
    return Markup(' lang="en"') if foreign else Markup("")


def render(template: str, lang: str, data: Mapping[str, Any]) -> str:
    """A template with its data, as text."""
    return environment(lang).get_template(template).render(data)
