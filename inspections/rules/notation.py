"""Numbers as people write them, pasted, typed or in a file: decimal commas, thousands, units, limits of detection. Pure.

One reading of each text, or none: what may mean two numbers is not decided here. static/js/entry/notation.js reads the same on the
device; tests/inspections/rules/notation.json has the cases that both must agree on.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inspections.rules.readings import ReadingError, has_changed_digits, parse_reading
from inspections.rules.units import UNITS, factors_to, plain_unit, trimmed

POINT, COMMA = ".", ","

_MINUS = re.compile("[\u2010-\u2015\u2212\u2796\ufe58\ufe63\uff0d]")
# Spaces that no key types: a spreadsheet puts them between thousands.
_GROUPS = re.compile("(?<=\\d)[\u00a0\u2009\u202f](?=\\d)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_WRITTEN = re.compile(
    r"([<>≤≥]=?)?\s*([+-]?)\s*((?:[0-9]|[.,'’](?=[0-9]))[0-9.,'’]*)([eE][+-]?[0-9]{1,3})?\s*(.*)", re.DOTALL
)
_SEPARATORS = re.compile(r"\r\n|[\n\r\t;、；]|[,，](?!\d)[ \t]*|(?<!\d)[,，]")


@dataclass(frozen=True, slots=True)
class Written:
    """The parts of a text that holds one number."""

    sign: str
    minus: str
    digits: str
    exponent: str
    unit: str

    @property
    def shows(self) -> str:
        """The decimal mark that these digits can only have; "" where they have none, or it may be either."""
        points, commas = self.digits.count(POINT), self.digits.count(COMMA)
        if points and commas:
            return max(POINT, COMMA, key=self.digits.rfind)
        mark, other = (COMMA, POINT) if commas else (POINT, COMMA)
        if points + commas > 1:
            return other
        if not points + commas or re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", self.digits):
            return ""
        return mark

    @property
    def may_be_two(self) -> bool:
        return self.shows == "" and (POINT in self.digits or COMMA in self.digits)


def split_column(text: str) -> list[str]:
    """The cells of a column or row copied from a spreadsheet, in order; empty cells inside stay, those at the end go.

    A comma between digits parts nothing: it is a decimal mark, or marks thousands.
    """
    cells = [cell.strip() for cell in _SEPARATORS.split(text)]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def split_list(text: str) -> list[str]:
    """The readings of one cell or line, also with nothing but spaces between them."""
    if _SEPARATORS.search(text.strip()):
        return [cell for cell in split_column(text) if cell]
    parts: list[str] = []
    for part in text.split():
        if parts and (plain_unit(part) in UNITS or parts[-1] in ("<", ">", "≤", "≥", "-", "+")):
            parts[-1] += f" {part}"
        else:
            parts.append(part)
    return parts


def written(text: str) -> Written:
    """The parts of a text. Raises ReadingError for what holds no number, or digits that stand for another one: 10²."""
    if has_changed_digits(text):
        raise ReadingError("changed_digits", text)
    plain = text if text.isascii() else _plain(text)
    found = _WRITTEN.fullmatch(plain.strip())
    if found is None or not re.match(r"$|[^\W\d_]|[%‰°\"]", found[5]):  # two numbers are none
        raise ReadingError("not_a_number", text)
    sign = {"<": "<", "≤": "<", ">": ">", "≥": ">"}.get((found[1] or "")[:1], "")
    return Written(sign, found[2], found[3], found[4] or "", found[5].strip())


def _plain(text: str) -> str:
    """The plain forms of all characters, without those that nobody sees."""
    return _MINUS.sub("-", _INVISIBLE.sub("", unicodedata.normalize("NFKC", _GROUPS.sub("'", text))))


def mark_of(texts: Sequence[str]) -> str:
    """The decimal mark of a column by all that stands in it; "" where nothing tells. Raises ReadingError for a column with both."""
    marks: dict[str, str] = {}
    for text in texts:
        try:
            if shown := written(text).shows:
                marks.setdefault(shown, text)
        except ReadingError:
            continue
    if len(marks) > 1:
        raise ReadingError("two_marks", f"{marks[COMMA]} · {marks[POINT]}")
    return next(iter(marks), "")


def read(text: str, *, unit: str = "", mark: str = "", usual: str = POINT) -> Decimal:
    """The number that a text says, in `unit`.

    `mark` is the decimal mark of its column, `usual` that of the reader's language: it decides 12.345 (or 12,345), which the
    other language would take for thousands; the other of the two is asked, and both where it is "". Raises ReadingError.
    """
    found = written(text)
    if mark and found.shows not in ("", mark):
        raise ReadingError("other_mark", text)
    mark = mark or found.shows
    if not mark and found.may_be_two and (not usual or usual not in found.digits):
        raise ReadingError("may_be_two", text)
    digits = _plain_digits(found.digits, mark or usual or POINT, text)
    number = parse_reading(f"{found.minus}{digits}{found.exponent}")
    if found.unit:
        number = _in_unit(number, found.unit, unit, text)
    return parse_reading(f"{found.sign}{number}", takes_beyond=True) if found.sign else number


def _plain_digits(digits: str, mark: str, text: str) -> str:
    """Digits with a point, and nothing between thousands: groups of three, all parted alike."""
    whole, _mark, decimals = digits.partition(mark)
    for between in (POINT if mark == COMMA else COMMA, "'", "’"):
        if between in whole:
            if not re.fullmatch(rf"\d{{1,3}}({re.escape(between)}\d{{3}})+", whole):
                break
            whole = whole.replace(between, "")
    if not (whole + decimals).isdecimal():
        raise ReadingError("not_a_number", text)
    return f"{whole or 0}.{decimals}" if decimals else whole


def _in_unit(number: Decimal, said: str, unit: str, text: str) -> Decimal:
    factor = factors_to(unit).get(plain_unit(said))
    if factor is None:
        raise ReadingError("other_unit", text)
    try:
        return number if factor == 1 else parse_reading(trimmed(number * factor))
    except ReadingError:
        raise ReadingError("other_unit", text) from None  # it comes to no number of so many digits


def read_column(
    texts: Sequence[str], *, unit: str = "", mark: str = "", usual: str = POINT
) -> list[Decimal | ReadingError | None]:
    """Each text of a column as a reading, None where it is empty; what is none, as what is wrong with it.

    One decimal mark holds for all of them.
    """
    both: ReadingError | None = None
    if not mark:
        try:
            mark = mark_of(texts)
        except ReadingError as error:
            both = error
    found: list[Decimal | ReadingError | None] = []
    for text in texts:
        try:
            if both and text.strip() and written(text).shows:
                raise ReadingError(both.code, both.value)
            found.append(read(text, unit=unit, mark=mark, usual=usual) if text.strip() else None)
        except ReadingError as error:
            found.append(error)
    return found
