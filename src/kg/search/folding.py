"""One form for texts that a reader takes for the same: case, width, marks, kana and punctuation.

Scripts written without spaces (Han, kana, Hangul) are indexed character by character and found as
phrases, so that a word of one or two characters is found wherever it stands.
"""

import re
import unicodedata

# marks that tell one kana from another are no accents
_VOICED = "\N{COMBINING KATAKANA-HIRAGANA VOICED SOUND MARK}"
_HALF_VOICED = "\N{COMBINING KATAKANA-HIRAGANA SEMI-VOICED SOUND MARK}"
# letters that Unicode does not take apart into a letter and a mark
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "ı": "i"})
# katakana ァ to ヶ stand as far above their hiragana as ァ above ぁ
_HIRAGANA = {code: code - (ord("ァ") - ord("ぁ")) for code in range(ord("ァ"), ord("ヶ") + 1)}
_UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\u1100-\u11ff\uac00-\ud7af\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_INITIALS = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.){2,}[^\W\d_]?)(?![^\W_])")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")


def runs(text: str) -> list[str]:
    """The words of a text in folded form; what is written without spaces is one word.

    >>> runs("Tōkyō: the U.K.'s ＡＩ")
    ['tokyo', 'the', 'uk', 's', 'ai']
    >>> runs("ﾃﾞｼﾞﾀﾙ庁 GOV.UK")
    ['でじたる庁', 'gov', 'uk']
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = unicodedata.normalize("NFKD", plain.translate(_LETTERS))
    plain = "".join(
        one for one in plain if not unicodedata.combining(one) or one in (_VOICED, _HALF_VOICED)
    )
    plain = unicodedata.normalize("NFC", plain).translate(_HIRAGANA)
    plain = _INITIALS.sub(lambda found: found[1].replace(".", ""), plain)
    return _RUN.findall(plain)


def fold(text: str) -> str:
    """The folded words with one space between: two names that readers take for one are equal.

    >>> fold("Open-RAN") == fold("open ran")
    True
    """
    return " ".join(runs(text))


def is_unspaced(run: str) -> bool:
    """Whether a word is of a script that has no spaces between words."""
    return _IS_UNSPACED.match(run) is not None


def tokens(text: str) -> str:
    """What the index holds of a text: words, and single characters where there are no spaces.

    >>> tokens("総務省 MIC")
    '総 務 省 mic'
    """
    return " ".join(" ".join(run) if is_unspaced(run) else run for run in runs(text))


def match(words: list[str], operator: str = "AND") -> str:
    """The full-text expression that finds all the words, the last also as the beginning of one.

    Every word stands in quotation marks, and none can hold one: nothing in it is an operator.

    >>> match(["総務", "mini"])
    '"総 務" AND "mini" *'
    """
    parts = [f'"{" ".join(run)}"' if is_unspaced(run) else f'"{run}"' for run in words]
    if words and not is_unspaced(words[-1]):
        parts[-1] += " *"
    return f" {operator} ".join(parts)
