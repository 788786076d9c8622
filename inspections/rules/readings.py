"""Reading numbers as people and programs send them. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from math import fsum, sqrt


def decimals(value: Decimal) -> int:
    """How many decimal places it is written with."""
    return max(0, -int(value.as_tuple().exponent))


LARGEST = Decimal(10) ** 12


MOST_DECIMALS = 9


_NUMBERS = (Decimal, int, float)


_BEYOND = re.compile(r"\s*([<>])\s*(.+)", re.DOTALL)


class ReadingError(ValueError):
    """A value that is no reading. `code` says why: not_a_number, decimal_comma, changed_digits, not_finite, too_large,
    too_precise, undecided, not_a_value; of a text as people write it also two_marks, other_mark, may_be_two, other_unit."""

    def __init__(self, code: str, value: object):
        self.code = code
        self.value = str(value)[:40]
        super().__init__(f"{code}: {self.value}")

    def __str__(self) -> str:
        """What was written, as it is shown again."""
        return self.value


def decimal_places(number: Decimal) -> int:
    """Of a finite number; negative for one such as 1E+3."""
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


class Beyond(Decimal):
    """A reading that is only known to lie beyond a number: "<0.002" below what the method finds, ">50" above its range.

    As a number it is the one that it names. It prints with its sign, and is no value for a mean or a chart.
    """

    sign: str

    def __new__(cls, text: str) -> "Beyond":
        made = super().__new__(cls, text[1:])
        made.sign = text[0]
        return made

    def __str__(self) -> str:
        return f"{self.sign}{super().__str__()}"

    def __format__(self, spec: str, *args: object) -> str:
        return f"{self.sign}{super().__format__(spec)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Beyond) and str(other) == str(self)

    def __hash__(self) -> int:
        return hash((self.sign, Decimal(self)))

    def __reduce__(self) -> tuple:
        return Beyond, (str(self),)


def stored_reading(text: str) -> Decimal:
    """A reading from the text that `str` made of it."""
    return Beyond(text) if text[0] in "<>" else Decimal(text)


def has_changed_digits(text: str) -> bool:
    """Whether it has signs that stand for another number than their plain digits would: 10² is not 102, ½ is not 1/2."""
    return not text.isascii() and any(unicodedata.category(each) in ("No", "Nl") for each in text)


def parse_reading(value: object, *, takes_beyond: bool = False) -> Decimal:
    """A finite decimal below 10^12 with at most 9 decimal places, digits kept as written; also a `Beyond` such as "<0.002"
    where that is taken.

    Text has a decimal point, and may have full-width digits and spaces around it ("１２．５" is 12.5). A float counts with the
    15 digits that it holds for certain (IEEE 754, binary64). Raises ReadingError.
    """
    if isinstance(value, Beyond) and takes_beyond:
        return value
    if isinstance(value, str):
        if has_changed_digits(value):
            raise ReadingError("changed_digits", value)
        value = unicodedata.normalize("NFKC", value).strip().replace("\u2212", "-")
        if takes_beyond and (beyond := _BEYOND.fullmatch(value)):
            return Beyond(f"{beyond[1]}{parse_reading(beyond[2])}")
        if re.search(r"\d,\d", value):
            raise ReadingError("decimal_comma", value)
        if "_" in value:
            raise ReadingError("not_a_number", value)
    elif isinstance(value, bool) or not isinstance(value, _NUMBERS):
        raise ReadingError("not_a_number", value)
    try:
        number = Decimal(f"{value:.15g}" if isinstance(value, float) else value)
    except InvalidOperation:
        raise ReadingError("not_a_number", value) from None
    if not number.is_finite():
        raise ReadingError("not_finite", value)
    if not -LARGEST < number < LARGEST:
        raise ReadingError("too_large", value)
    if decimal_places(number) > MOST_DECIMALS:
        raise ReadingError("too_precise", value)
    return number


def is_within(reading: Decimal, lower: Decimal | None, upper: Decimal | None) -> bool | None:
    """Whether a reading keeps limits that it may lie on; None where a `Beyond` does not tell.

    "<x" is below every upper limit from x on, and below a lower limit up to x; ">x" the other way round.
    """
    if not isinstance(reading, Beyond):
        return (lower is None or reading >= lower) and (upper is None or reading <= upper)
    at = Decimal(reading)
    below = reading.sign == "<"
    near, far = (upper, lower) if below else (lower, upper)
    if far is not None and (at <= far if below else at >= far):
        return False
    is_kept = near is None or (at <= near if below else at >= near)
    return True if is_kept and far is None else None


def parse_readings(
    values: Iterable[object], *, lower: Decimal | None = None, upper: Decimal | None = None, takes_beyond: bool = True
) -> tuple[list[Decimal | None], list[tuple[int, ReadingError]]]:
    """Readings in unit order, None where a unit is not read yet, and what is wrong with which unit (from 1).

    A `Beyond` that does not tell whether the limits are kept is refused, and where numbers are needed (`takes_beyond` False)
    every one. A value may be a ReadingError already, of who read it first.
    """
    readings: list[Decimal | None] = []
    errors = []
    for unit, value in enumerate(values, start=1):
        if value is None or value == "":
            readings.append(None)
            continue
        try:
            if isinstance(value, ReadingError):
                raise value
            reading = parse_reading(value, takes_beyond=True)
            if isinstance(reading, Beyond) and (not takes_beyond or is_within(reading, lower, upper) is None):
                raise ReadingError("undecided" if takes_beyond else "not_a_value", reading)
            readings.append(reading)
        except ReadingError as error:
            readings.append(None)
            errors.append((unit, error))
    return readings, errors


def summary(readings: Sequence[Decimal | None]) -> dict[str, float | None]:
    """Minimum, maximum, mean and sample standard deviation (n - 1) of what was read, in the readings' unit.

    None where one of them is a `Beyond`: what is only known to be below a number has no mean. The deviation of readings that
    are all equal is exactly 0.
    """
    values = [float(reading) for reading in readings if reading is not None]
    if not values or any(isinstance(reading, Beyond) for reading in readings):
        return {"minimum": None, "maximum": None, "mean": None, "sd": None}
    if min(values) == max(values):  # the mean of equal floats need not be that float
        return {"minimum": values[0], "maximum": values[0], "mean": values[0], "sd": 0.0 if len(values) > 1 else None}
    mean = fsum(values) / len(values)
    sd = sqrt(fsum((value - mean) ** 2 for value in values) / (len(values) - 1)) if len(values) > 1 else None
    return {"minimum": min(values), "maximum": max(values), "mean": mean, "sd": sd}


def mark(
    reading: Decimal, *, lower: Decimal | None = None, upper: Decimal | None = None, target: Decimal | None = None
) -> str:
    """ "out" beyond a limit, "near" in the outermost tenth of the tolerance, "wrong" where it does not tell, else "".

    The tolerance is the distance between the limits; with one limit and a target, twice the distance between those.
    """
    if isinstance(reading, Beyond):
        return {True: "", False: "out", None: "wrong"}[is_within(reading, lower, upper)]
    if not is_within(reading, lower, upper):
        return "out"
    limit = upper if lower is None else lower
    if lower is not None and upper is not None:
        tolerance = upper - lower
    elif target is not None and limit is not None:
        tolerance = 2 * abs(limit - target)
    else:
        return ""
    edge = tolerance / 10
    is_near = (lower is not None and reading <= lower + edge) or (upper is not None and reading >= upper - edge)
    return "near" if tolerance and is_near else ""
