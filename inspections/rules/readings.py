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


class ReadingError(ValueError):
    """A value that is no reading. `code` says why: not_a_number, not_finite, too_large, too_precise."""

    def __init__(self, code: str, value: object):
        self.code = code
        self.value = str(value)[:40]
        super().__init__(f"{code}: {self.value}")


def decimal_places(number: Decimal) -> int:
    """Of a finite number; negative for one such as 1E+3."""
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def parse_reading(value: object) -> Decimal:
    """A finite decimal below 10^12 with at most 9 decimal places, digits kept as written.

    Text may have full-width digits and spaces around it ("１２．５" is 12.5). Raises ReadingError.
    """
    if isinstance(value, str):
        value = unicodedata.normalize("NFKC", value).strip()
        if "_" in value:
            raise ReadingError("not_a_number", value)
    elif isinstance(value, bool) or not isinstance(value, _NUMBERS):
        raise ReadingError("not_a_number", value)
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise ReadingError("not_a_number", value) from None
    if not number.is_finite():
        raise ReadingError("not_finite", value)
    if not -LARGEST < number < LARGEST:
        raise ReadingError("too_large", value)
    if decimal_places(number) > MOST_DECIMALS:
        raise ReadingError("too_precise", value)
    return number


def parse_readings(values: Iterable[object]) -> tuple[list[Decimal | None], list[tuple[int, ReadingError]]]:
    """Readings in unit order, None where a unit is not read yet, and what is wrong with which unit (from 1)."""
    readings: list[Decimal | None] = []
    errors = []
    for unit, value in enumerate(values, start=1):
        if value is None or value == "":
            readings.append(None)
            continue
        try:
            readings.append(parse_reading(value))
        except ReadingError as error:
            readings.append(None)
            errors.append((unit, error))
    return readings, errors


def summary(readings: Sequence[Decimal | None]) -> dict[str, float | None]:
    """Minimum, maximum, mean and sample standard deviation (n - 1) of what was read, in the readings' unit.

    The deviation of readings that are all equal is exactly 0.
    """
    values = [float(reading) for reading in readings if reading is not None]
    if not values:
        return {"minimum": None, "maximum": None, "mean": None, "sd": None}
    if min(values) == max(values):  # the mean of equal floats need not be that float
        return {"minimum": values[0], "maximum": values[0], "mean": values[0], "sd": 0.0 if len(values) > 1 else None}
    mean = fsum(values) / len(values)
    sd = sqrt(fsum((value - mean) ** 2 for value in values) / (len(values) - 1)) if len(values) > 1 else None
    return {"minimum": min(values), "maximum": max(values), "mean": mean, "sd": sd}


def mark(
    reading: Decimal, *, lower: Decimal | None = None, upper: Decimal | None = None, target: Decimal | None = None
) -> str:
    """ "out" beyond a limit, "near" in the outermost tenth of the tolerance, else "".

    The tolerance is the distance between the limits; with one limit and a target, twice the distance between those.
    """
    if (lower is not None and reading < lower) or (upper is not None and reading > upper):
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


def split_column(text: str) -> list[str]:
    """The cells of a column or row copied from a spreadsheet, in order; empty cells inside stay, those at the end go."""
    text = unicodedata.normalize("NFKC", text).replace("\r\n", "\n")
    cells = [cell.strip() for cell in re.split(r"[\n\r\t,;、]", text)]
    while cells and not cells[-1]:
        cells.pop()
    return cells
