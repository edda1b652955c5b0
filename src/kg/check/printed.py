"""Whether a date, a sum, a frequency or a name can be read in a text.

Each function answers for one value and one normalised text. English and Japanese print forms are
known; of a text in another language only figures are looked for.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_QUARTERS = {"33": "1", "34": "2", "35": "3", "36": "4"}
_ORDINALS = {"1": "first|1st", "2": "second|2nd", "3": "third|3rd", "4": "fourth|4th"}
_REIWA = 2018  # the first year of Reiwa is 2019
_MAX_DAYS = 400  # "last October", "in November": within about a year of the source

_UNITS = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6,
    "bn": 10**9, "billion": 10**9, "tn": 10**12, "trillion": 10**12,
    "千": 10**3, "万": 10**4, "百万": 10**6, "億": 10**8, "兆": 10**12,
}  # fmt: skip
_SIGNS = {
    "£": "GBP", "€": "EUR", "¥": "JPY", "円": "JPY", "yen": "JPY", "pounds": "GBP",
    "euros": "EUR", "ポンド": "GBP", "ユーロ": "EUR", "ドル": "USD", "A$": "AUD", "C$": "CAD",
    "US$": "USD", "$": None, "dollars": None,
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_SIGN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
_SUM = re.compile(
    rf"(?P<kind>(?:up to|at most|a maximum of|no more than|最大で?|上限)\s*)?"
    rf"(?P<before>{_SIGN}|\b[A-Z]{{3}}\b)?\s?"
    rf"(?P<figure>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>(?:{_UNIT})(?![A-Za-z]))?"
    rf"\s?(?P<after>{_SIGN}|\b[A-Z]{{3}}\b)?"
)
_OFTEN = {
    "P1D": r"daily|every day|毎日",
    "P7D": r"weekly|every week|毎週|週次",
    "P1W": r"weekly|every week|毎週|週次",
    "P14D": r"fortnightly|biweekly|every two weeks|隔週",
    "P2W": r"fortnightly|biweekly|every two weeks|隔週",
    "P1M": r"monthly|every month|毎月|月次|月例",
    "P2M": r"every two months|bimonthly|隔月",
    "P3M": r"quarterly|every quarter|四半期ごと",
    "P6M": r"half-yearly|twice a year|twice-yearly|biannual|every six months|半年ごと|年2回",
    "P1Y": r"annual|annually|yearly|every year|once a year|毎年|年次|年1回",
    "P12M": r"annual|annually|yearly|every year|once a year|毎年|年次|年1回",
    "P2Y": r"biennial|every two years|every second year|隔年",
}
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def language_of(text: str, language: str) -> str:
    """The language of a passage: Japanese where a third of its letters are, else its source's.

    >>> language_of("両国は、身分証(ID)の試験を行う。", "en"), language_of("Digital ID", "ja")
    ('ja', 'en')
    """
    letters = sum(1 for character in text if character.isalpha())
    if 3 * len(_UNSPACED.findall(text)) > letters:
        return "ja"
    return "en" if language == "ja" else language


def form_stands(form: str, text: str, exactly: bool = False) -> bool:
    """Whether a name stands in a text, as a word of its own where words have spaces.

    Acronyms and short names want their capitals; longer ones only where `exactly` is asked for.

    >>> form_stands("DA", "DA and DSIT"), form_stands("DA", "data"), form_stands("MoC", "the MOC")
    (True, False, False)
    >>> form_stands("Working Groups", "the working groups of both")
    True
    """
    pattern = re.escape(form)
    if not _UNSPACED.search(form[:1]):
        pattern = rf"(?<!\w){pattern}"
    if not _UNSPACED.search(form[-1:]):
        # a footnote marker after a word is no letter of it
        pattern = rf"{pattern}(?![^\W⁰¹²³⁴⁵⁶⁷⁸⁹])" if form[-1:].isascii() else pattern
    capitals = exactly or len(form) < 6 or form.isupper()
    if re.search(pattern, text, 0 if capitals else re.IGNORECASE):
        return True
    # a name that follows Japanese letters without a space is a word of its own all the same
    return bool(_UNSPACED.search(text)) and form in text


def date_stands(slug: str, text: str, language: str) -> bool:
    """Whether a date, given as the last part of its IRI, is printed in a text.

    >>> date_stands("2023-02-28", "(28 February 2023)", "en")
    True
    >>> date_stands("2024-33", "in the first quarter of 2024", "en")
    True
    >>> date_stands("2023-11", "令和5年11月に", "ja")
    True
    >>> date_stands("2023-03", "in February 2023", "en")
    False
    """
    parts = slug.split("_")
    if len(parts) == 1:
        return _part_stands(parts[0], text, language)
    # "1-2 November 2023": the first part may leave out what the second prints
    first, last = parts
    return _part_stands(last, text, language) and (
        _part_stands(first, text, language) or _figures_stand(first, text)
    )


def _figures_stand(part: str, text: str) -> bool:
    last = part.rsplit("-", 1)[-1]
    return re.search(rf"(?<!\d)0?{int(last)}(?!\d)", text) is not None


def _part_stands(part: str, text: str, language: str) -> bool:
    year, _, rest = part.partition("-")
    if language == "ja":
        plain = unicodedata.normalize("NFKC", text).replace(" ", "")
        return re.search(_japanese(year, rest), plain) is not None
    if language != "en":
        return re.search(rf"(?<!\d){year}(?!\d)", text) is not None
    return re.search(_english(year, rest), text, re.IGNORECASE) is not None


def _english(year: str, rest: str) -> str:
    if not rest:
        return rf"(?<!\d){year}(?!\d)"
    month, _, day = rest.partition("-")
    if month in _QUARTERS:
        quarter = _QUARTERS[month]
        return rf"(?:{_ORDINALS[quarter]}) quarter (?:of )?{year}|\bQ{quarter}[ -/]{year}"
    name = MONTHS[int(month) - 1]
    if not day:
        return rf"\b{name},? (?:of )?{year}\b|(?<!\d){year}-{month}(?!\d)"
    number = rf"0?{int(day)}(?:st|nd|rd|th)?"
    return (
        rf"(?<!\d){number} (?:of )?{name},? {year}\b|\b{name} {number},? {year}\b"
        rf"|(?<!\d){year}-{month}-{day}(?!\d)"
    )


def _japanese(year: str, rest: str) -> str:
    reiwa = int(year) - _REIWA
    era = "元" if reiwa == 1 else str(reiwa)
    named = rf"(?:(?<!\d){year}|令和{era})" if reiwa > 0 else rf"(?<!\d){year}"
    if not rest:
        return rf"{named}年"
    month, _, day = rest.partition("-")
    if month in _QUARTERS:
        return rf"{named}年(?:の|度の?)?第{_QUARTERS[month]}四半期"
    return rf"{named}年{int(month)}月" + (rf"{int(day)}日" if day else r"(?!\d)")


def relative_fits(words: str, slug: str, source: str | None) -> bool:
    """Whether words such as "last October" can mean a date, seen from the date of the source.

    >>> relative_fits("last October", "2023-10", "2024-01-16")
    True
    >>> relative_fits("last October", "2022-10", "2024-01-16")
    False
    """
    begin = slug.split("_")[0]
    year, _, rest = begin.partition("-")
    named = [
        number for number, name in enumerate(MONTHS, 1) if re.search(rf"(?i)\b{name}\b", words)
    ]
    named += [int(found) for found in re.findall(r"(\d{1,2})月", words)]
    month = int(rest[:2]) if rest[:2].isdecimal() and int(rest[:2]) <= 12 else None
    if named and month not in named:
        return False
    if source is None:
        return True
    seen = _day(source)
    meant = _day(begin)
    if abs((meant - seen).days) > _MAX_DAYS:
        return False
    if re.search(r"(?i)\b(last|past|previous|ago)\b|昨年|先月|去年|前年", words):
        return meant <= seen and (year < source[:4] or bool(rest))
    if re.search(r"(?i)\b(next|coming|following)\b|来年|来月|翌年", words):
        return meant > seen
    return True


def _day(slug: str) -> date:
    """The first day of a date; a quarter counts from its first month."""
    year, _, rest = slug.partition("-")
    month, _, day = rest.partition("-")
    if month in _QUARTERS:
        month = str(3 * int(_QUARTERS[month]) - 2)
    return date(int(year), int(month or 1), int(day or 1))


def sums(text: str) -> Iterator[tuple[Decimal, str | None, bool]]:
    """The sums of money that a text prints: amount, currency where it is told, whether a ceiling.

    >>> list(sums("a joint investment of up to £2 million for research"))
    [(Decimal('2000000'), 'GBP', True)]
    """
    for found in _SUM.finditer(text):
        sign = found["before"] or found["after"]
        if sign is None and found["unit"] is None:
            continue
        amount = Decimal(found["figure"].replace(",", "")) * _UNITS.get(found["unit"] or "", 1)
        currency = _SIGNS.get(sign, sign) if sign is not None else None
        yield amount, currency, found["kind"] is not None


def often_stands(duration: str, text: str) -> bool:
    """Whether a frequency is worded in a text; True for an interval without known wording."""
    pattern = _OFTEN.get(duration)
    return pattern is None or re.search(rf"(?i)(?:{pattern})", text) is not None


def words_stand(label: str, text: str) -> bool:
    """Whether the words of an English label stand in a text, inflected, with two words between.

    >>> words_stand("look forward", "GDS looks forward to"), words_stand("decide", "was decided")
    (True, True)
    >>> words_stand("will continue", "will also continue"), words_stand("seek", "concurred in")
    (True, False)
    """
    stems = [re.escape(word.removesuffix("e")) + r"\w*" for word in label.split()]
    return re.search(r"(?i)\b" + r"\W+(?:\w+\W+){0,2}?".join(stems), text) is not None


def squeezed(text: str) -> str:
    """The text without white space: how addresses that a line break cut are compared."""
    return "".join(text.split())
