"""Readings so far from what is expected that a slip of the finger is likelier than the unit. Pure.

They are asked about, never refused: confirmed or left alone, they count. The same in static/js/entry/far-off.js.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

TIMES_THE_TOLERANCE = 3
TIMES_THE_LIMIT = 5
TENFOLD = Decimal(9)  # ten times, or a tenth, of a target that is itself met only roughly
MOST_PLACES = 3


@dataclass(frozen=True, slots=True)
class FarOff:
    """`code`: "point" where a moved decimal point makes it `meant`; "tenfold" or "tenth" of the target; "beyond" three tolerances."""

    code: str
    meant: Decimal | None = None


def far_off(
    reading: Decimal, *, lower: Decimal | None = None, upper: Decimal | None = None, target: Decimal | None = None
) -> FarOff | None:
    """What is odd about a reading; None for one that can be expected, as all within two limits can.

    The tolerance is that of `mark`: the distance between the limits, with one limit and a target twice the distance between
    those. With two limits and no target the middle is taken for it.
    """
    is_within = (lower is None or reading >= lower) and (upper is None or reading <= upper)
    if is_within and lower is not None and upper is not None:
        return None
    expected, tolerance = _expected(lower, upper, target)
    if expected is None:
        return None
    if not is_within and _is_odd(reading, expected, tolerance):
        for meant in _moved_points(reading):
            if (
                (lower is None or meant >= lower)
                and (upper is None or meant <= upper)
                and 3 * abs(meant) >= abs(expected)
            ):
                return FarOff("point", meant)
    if is_within and target is None:
        return None
    if expected and abs(reading) >= TENFOLD * abs(expected):
        return FarOff("tenfold")
    if expected and abs(reading) * TENFOLD <= abs(expected):
        return FarOff("tenth")
    if not is_within and tolerance and abs(reading - expected) > TIMES_THE_TOLERANCE * tolerance:
        return FarOff("beyond")
    return None


def _expected(lower: Decimal | None, upper: Decimal | None, target: Decimal | None) -> tuple[Decimal | None, Decimal]:
    """What a unit is expected to read, and the tolerance around it, 0 where there is none."""
    if lower is not None and upper is not None:
        return (lower + upper) / 2 if target is None else target, upper - lower
    limit = upper if lower is None else lower
    if target is None or limit is None:
        return limit, Decimal(0)
    return target, 2 * abs(limit - target)


def _is_odd(reading: Decimal, expected: Decimal, tolerance: Decimal) -> bool:
    """Farther off than the tolerance; where there is none, five times the limit or a fifth of it."""
    if tolerance:
        return abs(reading - expected) > tolerance
    return not abs(expected) < TIMES_THE_LIMIT * abs(reading) < TIMES_THE_LIMIT**2 * abs(expected)


def _moved_points(reading: Decimal) -> Iterator[Decimal]:
    """The reading with its decimal point lost or put elsewhere, the nearest first."""
    for places in range(1, MOST_PLACES + 1):
        yield reading.scaleb(-places)
        yield reading.scaleb(places)


def far_off_units(
    readings: Sequence[Decimal | None],
    *,
    lower: Decimal | None = None,
    upper: Decimal | None = None,
    target: Decimal | None = None,
) -> list[tuple[int, Decimal, FarOff]]:
    """Unit, reading and what is odd, of those that are far off."""
    found = []
    for unit, reading in enumerate(readings, start=1):
        if reading is not None and (odd := far_off(reading, lower=lower, upper=upper, target=target)):
            found.append((unit, reading, odd))
    return found
