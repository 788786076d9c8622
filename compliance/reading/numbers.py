"""Numbers of papers and substances: their written form, and the check digits of those that have one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stdnum import casrn, ean
from stdnum.exceptions import ValidationError

CAS = re.compile(r"^[1-9]\d{1,6}-\d{2}-\d$")
EC = re.compile(r"^\d{3}-\d{3}-\d$")
GTIN = re.compile(r"^(?:\d{8}|\d{12,14})$")
# Formats so particular that a number in one of them tells whose it is; five or eight digits tell nothing.
TELLING = frozenset(
    {"scpn", "npra", "bpom_cosmetic", "vn_cbmp", "ph_cpn", "weee_de", "lucid", "fr_idu", "sni", "tis", "fda_510k"}
)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How the numbers of one scheme are written. `on_mismatch` is "block" or "warn"; `check` names a check digit's rule
    or is None; `markets` are those whose requirements ask for it."""

    key: str
    name: str
    regex: str
    on_mismatch: str
    check: str | None
    example_valid: str
    markets: frozenset[str] = frozenset()

    def fits(self, number: str) -> bool:
        return re.match(self.regex, number.strip()) is not None


def cas_expected(number: str) -> str | None:
    """The CAS number with the digit that its others ask for, which is itself where it is right; None for another form.

    Sum of digit x position, counted from the right without the check digit, modulo 10 (CAS registry rule).
    """
    if not CAS.match(number):
        return None
    return number[:-1] + casrn.calc_check_digit(number[:-1])


def ec_expected(number: str) -> str | None:
    """As `cas_expected` for an EC number: sum of i x digit i (i = 1..6) modulo 11. Some official numbers fail it."""
    if not EC.match(number):
        return None
    digits = [int(digit) for digit in number.replace("-", "")[:6]]
    remainder = sum(place * digit for place, digit in enumerate(digits, start=1)) % 11
    return f"{number[:-1]}{remainder}" if remainder < 10 else None


def gtin_expected(number: str) -> str | None:
    """As `cas_expected` for a GTIN-8, 12, 13 or 14: weights 3, 1 from the right (GS1)."""
    if not GTIN.match(number):
        return None
    return number[:-1] + str(ean.calc_check_digit(number[:-1]))


EXPECTED = {"cas_mod10": cas_expected, "ec_mod11": ec_expected, "gtin_mod10": gtin_expected}


def wrong_digit(check: str | None, number: str) -> str | None:
    """The number as it should be, where its check digit is wrong; None where it is right or has none."""
    if check is None:
        return None
    try:
        expected = EXPECTED[check](number)
    except ValidationError:
        return None
    return expected if expected and expected != number else None


def schemes_of(number: str, formats: Iterable[NumberFormat]) -> Sequence[NumberFormat]:
    """The schemes that a number, by its form alone, can only belong to."""
    return [scheme for scheme in formats if scheme.key in TELLING and scheme.fits(number)]
