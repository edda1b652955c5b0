"""Small pieces of HTML that templates call by name: labels in their language, dates, titles, links.

Each returns markup whose text is escaped.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup, escape

from kg_api import urls
from kg_api.site import language

_LICENCE = "CC BY 4.0"
_FOOTNOTE = re.compile(r"(?:(?P<source>.+), )?[Ff]ootnote (?P<number>[0-9]+)")


def label(text: str, lang: str, tag: bool = False) -> Markup:
    """A name as the graph has it, marked where its language is not the page's.

    With `tag` the eye and the ear are told that a checked Japanese name is missing.

    >>> label("総務省", "en"), label("MIC", "en")
    (Markup('<span lang="ja">総務省</span>'), Markup('MIC'))
    """
    japanese = urls.is_japanese(text)
    if lang == "ja" and not japanese and any(sign.isalpha() for sign in text):
        if not tag:
            return Markup(f'<span lang="en">{escape(text)}</span>')  # noqa: S704 - escaped
        _ = language.texts(lang).gettext
        return Markup(
            '<span class="fallback"><span lang="en">{}</span><span class="tag" aria-hidden="true">'
            '{}</span><span class="vh">{}</span></span>'
        ).format(text, _("English"), _(", no checked Japanese name"))
    if lang != "ja" and japanese:
        return Markup(f'<span lang="ja">{escape(text)}</span>')  # noqa: S704 - escaped
    return escape(text)


def prose(text: str, lang: str, tag: bool = True) -> Markup:
    """Running text as the graph has it: a definition, a rule, a note.

    On Japanese pages the eye is told once, after it, that it is English; lists without `tag` say
    so above them. Some notes in English name a thing in Japanese: the letters that are more decide.

    >>> print(prose("Told as done.", "en"), prose("Told as done.", "ja", tag=False))
    Told as done. <span lang="en">Told as done.</span>
    """
    latin = sum(sign.isascii() and sign.isalpha() for sign in text)
    if lang != "ja" or 2 * latin <= sum(sign.isalpha() for sign in text):
        return label(text, lang)
    if not tag:
        return Markup('<span lang="en">{}</span>').format(text)
    _ = language.texts(lang).gettext
    return Markup(
        '<span class="fallback"><span lang="en">{}</span>'
        '<span class="tag" aria-hidden="true">{}</span></span>'
    ).format(text, _("English"))


def link(address: str, text: str | Markup, class_: str = "") -> Markup:
    """A link; its words are escaped unless they are markup already."""
    # joined, for formatting takes ten times as long, and pages have hundreds of links
    classed = f' class="{escape(class_)}"' if class_ else ""
    return Markup(f'<a{classed} href="{escape(address)}">{escape(text)}</a>')  # noqa: S704 - escaped


@lru_cache(maxsize=4096)
def address_of(iri: str, lang: str) -> str:
    """Where a thing is shown: its page here, or the address that it is itself."""
    if urls.is_ours(iri):
        return urls.localised(urls.page(iri), lang)
    return iri if iri.startswith(("http://", "https://")) else ""


def thing(iri: str, text: str, lang: str, tag: bool = False) -> Markup:
    """A thing by its name, linked to its page where there is one."""
    address, shown = address_of(iri, lang), label(text, lang, True) if tag else placed(text, lang)
    return link(address, shown) if address else shown


def placed(text: str, lang: str) -> Markup:
    """The name of a place in a source.

    Names of sections stay as the source has them; what Comity itself calls a footnote is said in
    the language of the page.

    >>> print(placed("footnote 4", "ja"), placed("Footnote 4", "en"))
    脚注4 Footnote 4
    """
    found = _FOOTNOTE.fullmatch(text) if lang == "ja" else None
    if found is None:
        return label(text, lang)
    place = Markup("{}{}").format(language.texts(lang).gettext("footnote"), found["number"])
    return label(found["source"], lang) + "、" + place if found["source"] else place


def citation(iri: str, text: str, lang: str) -> Markup:
    """A citation label: the way to a place in a source."""
    return link(address_of(iri, lang), placed(text, lang), "cite")


def cited(title: str, lang: str) -> Markup:
    """The title of a source."""
    marked = (
        ""
        if lang == "en"
        else Markup(' lang="{}"').format("ja" if urls.is_japanese(title) else "en")
    )
    return Markup('<cite class="sv"{}>{}</cite>').format(marked, title)


def dated(edtf: str, lang: str) -> Markup:
    """A date of the graph in words, unbroken, to its own precision."""
    words = language.when(edtf, lang)
    # HTML's element knows days, months and years; EDTF's ranges and quarters it does not
    if "/" in edtf or (len(edtf.split("-")) == 2 and int(edtf.split("-")[1]) > 12):
        return Markup('<span class="nowrap">{}</span>').format(words)
    return Markup('<time class="nowrap" datetime="{}">{}</time>').format(edtf, words)


def licence() -> Markup:
    """The licence of the data, linked."""
    return Markup('<a rel="license" href="{}">{}</a>').format(urls.LICENCE, _LICENCE)


def of(lang: str) -> dict[str, Callable[..., Markup]]:
    """The pieces as templates of a language call them."""
    return {
        "label": lambda text, tag=False: label(text, lang, tag),
        "placed": lambda text: placed(text, lang),
        "prose": lambda text, tag=True: prose(text, lang, tag),
        "thing": lambda one, tag=False: thing(one.iri, one.label, lang, tag),
        "citation": lambda iri, text: citation(iri, text, lang),
        "cited": lambda title: cited(title, lang),
        "dated": lambda edtf: dated(edtf, lang),
        "licence": licence,
    }
