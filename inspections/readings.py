"""Reading numbers as people and programs send them. Pure."""

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from statistics import fmean, stdev

LARGEST = Decimal(10) ** 12
MOST_DECIMALS = 9


class ReadingError(ValueError):
    """A value that is no reading. `code` says why: not_a_number, not_finite, too_large, too_precise."""

    def __init__(self, code: str, value: object):
        self.code = code
        self.value = str(value)[:40]
        super().__init__(f"{code}: {self.value}")


def parse_reading(value: object) -> Decimal:
    """A finite decimal below 10^12 with at most 9 decimal places, digits kept as written.

    Text may have full-width digits and spaces around it ("１２．５" is 12.5). Raises ReadingError.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ReadingError("not_a_number", value)
    if isinstance(value, str):
        value = unicodedata.normalize("NFKC", value).strip()
        if "_" in value:
            raise ReadingError("not_a_number", value)
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise ReadingError("not_a_number", value) from None
    if not number.is_finite():
        raise ReadingError("not_finite", value)
    if abs(number) >= LARGEST:
        raise ReadingError("too_large", value)
    if -number.as_tuple().exponent > MOST_DECIMALS:
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
    """Minimum, maximum, mean and sample standard deviation (n - 1) of what was read, in the readings' unit."""
    values = [float(reading) for reading in readings if reading is not None]
    return {
        "minimum": min(values, default=None),
        "maximum": max(values, default=None),
        "mean": fmean(values) if values else None,
        "sd": stdev(values) if len(values) > 1 else None,
    }
