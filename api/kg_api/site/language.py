"""The languages of the pages: which one a reader gets, its texts, its dates, numbers and lists."""

import gettext
import io
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

from babel import Locale, dates, lists, numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

CATALOGUES = Path(__file__).parent / "locale"
NAMES = {"en": "English", "ja": "日本語"}


def read(path: Path) -> Catalog:
    """One file of translations; ValueError where it cannot be read."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


@lru_cache
def texts(lang: str) -> gettext.NullTranslations:
    """What the pages say in a language; English stands in the code itself."""
    found: Translations | None = None
    for path in sorted((CATALOGUES / lang).glob("*.po")):
        output = io.BytesIO()
        write_mo(output, read(path))
        output.seek(0)
        one = Translations(output)
        if found is None:
            found = one
        else:
            found.merge(one)
    return found or gettext.NullTranslations()


@lru_cache
def _locale(lang: str) -> Locale:
    return Locale.parse("en_GB" if lang == "en" else lang)


def day(value: date, lang: str) -> str:
    """A day as the language writes it.

    >>> day(date(2024, 1, 16), "en"), day(date(2024, 1, 16), "ja")
    ('16 January 2024', '2024年1月16日')
    """
    return dates.format_date(value, "long", _locale(lang))


def number(value: float, lang: str) -> str:
    """A number as the language writes it."""
    return numbers.format_decimal(value, locale=_locale(lang))


def listed(values: Iterable[str], lang: str) -> str:
    """Several as the language lists them: without a word between the last two.

    >>> listed(["MIC", "METI", "DSIT"], "en"), listed(["総務省", "経済産業省"], "ja")
    ('MIC, METI, DSIT', '総務省、経済産業省')
    """
    return lists.format_list(
        list(values), style="unit" if lang == "en" else "standard", locale=_locale(lang)
    )


def when(edtf: str, lang: str) -> str:
    """A date of the graph in words, to its own precision (EDTF, ISO 8601-2: seasons and ranges).

    >>> [when(one, "en") for one in ("2024-01-16", "2023-05", "2024", "2024-33")]
    ['16 January 2024', 'May 2023', '2024', 'first quarter of 2024']
    >>> [when(one, "ja") for one in ("2023-05", "2024", "2024-33")]
    ['2023年5月', '2024年', '2024年第1四半期']
    >>> when("2023-11-01/2023-11-02", "en"), when("2023-11-01/2023-11-02", "ja")
    ('1 November 2023 to 2 November 2023', '2023年11月1日～2023年11月2日')
    """
    if "/" in edtf:
        first, last = (when(one, lang) if one not in ("", "..") else "" for one in edtf.split("/"))
        if not (first and last):
            open_ = (
                texts(lang).gettext("from %(date)s")
                if first
                else texts(lang).gettext("to %(date)s")
            )
            return open_ % {"date": first or last}
        return texts(lang).gettext("%(first)s to %(last)s") % {"first": first, "last": last}
    parts = edtf.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return edtf
    year = int(parts[0])
    locale = _locale(lang)
    if len(parts) == 1:
        return str(year) if lang == "en" else f"{year}年"
    month = int(parts[1])
    if len(parts) == 3:
        return day(date(year, month, int(parts[2])), lang)
    if month in range(33, 37):
        # a season of EDTF: 33 to 36 are the quarters
        quarter = dates.get_quarter_names("wide", "format", locale)[month - 32]
        if lang == "en":
            return f"{('first', 'second', 'third', 'fourth')[month - 33]} quarter of {year}"
        return f"{year}年{quarter}"
    if month in range(1, 13):
        return dates.format_skeleton("yMMMM", date(year, month, 1), locale=locale)
    return edtf
