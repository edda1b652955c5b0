"""Check digits of identifiers, as far as their schemes have one."""

import re
from collections.abc import Iterator

import pyoxigraph as ox

from kg.check.facts import COMITY, Facts, Lapse
from kg.names import PREFIXES

_ORG_IDENTIFIER = PREFIXES["org"] + "identifier"
_EXACT_MATCH = PREFIXES["skos"] + "exactMatch"
_ROR = "https://ror.org/0"
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def corporate_number_fits(text: str) -> bool:
    """Whether the first digit of a Japanese corporate number is the check digit of the rest.

    9 - (sum of the twelve digits, from the right times 1, 2, 1, 2, …, modulo 9).

    >>> corporate_number_fits("2000012020001"), corporate_number_fits("2000012020002")
    (True, False)
    """
    if not re.fullmatch(r"\d{13}", text):
        return False
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text[1:])))
    return int(text[0]) == 9 - total % 9


def ror_fits(iri: str) -> bool:
    """Whether a ROR identifier ends in the two check digits of the rest (ISO/IEC 7064, MOD 97-10).

    >>> ror_fits("https://ror.org/00vs1pz50"), ror_fits("https://ror.org/00vs1pz51")
    (True, False)
    """
    code = iri.removeprefix(_ROR)
    if not re.fullmatch(rf"[{_CROCKFORD}]{{6}}\d\d", code):
        return False
    number = 0
    for character in code[:6]:
        number = number * 32 + _CROCKFORD.index(character)
    return 98 - number * 100 % 97 == int(code[6:])


def lapses(facts: Facts) -> Iterator[Lapse]:
    """Identifiers whose check digits do not fit."""
    for graph, subjects in facts.graphs.items():
        for subject, said in subjects.items():
            for value in said.get(_ORG_IDENTIFIER, ()):
                typed = isinstance(value, ox.Literal) and value.datatype.value
                if typed == COMITY + "CorporateNumber" and not corporate_number_fits(value.value):
                    message = "The check digit of this corporate number is wrong: correct it."
                    yield Lapse(subject, "check-digit", message, graph, value.value)
            for value in said.get(_EXACT_MATCH, ()):
                if value.value.startswith(_ROR) and not ror_fits(value.value):
                    message = "The check digits of this ROR identifier are wrong: correct it."
                    yield Lapse(subject, "check-digit", message, graph, value.value)
