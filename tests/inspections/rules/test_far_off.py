"""What is asked about before it counts; tests/browser/test_far_off.py asks the page the same."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from inspections.rules.far_off import far_off, far_off_units

CASES = json.loads((Path(__file__).parent / "far_off.json").read_text())


def told(reading, *, lower, upper, target):
    limits = {"lower": lower, "upper": upper, "target": target}
    odd = far_off(Decimal(reading), **{name: Decimal(text) if text else None for name, text in limits.items()})
    if odd is None:
        return None
    return odd.code if odd.meant is None else f"{odd.code} {odd.meant.normalize():f}"


@pytest.mark.parametrize("name", CASES)
def test_what_is_far_off(name):
    case = dict(CASES[name])
    readings = case.pop("readings")

    assert {reading: told(reading, **case) for reading in readings} == readings


def test_units_that_are_far_off_are_named():
    readings = [Decimal("50.1"), None, Decimal("501")]

    [(unit, reading, odd)] = far_off_units(readings, lower=Decimal("49.5"), upper=Decimal("50.5"))

    assert (unit, reading, odd.code, odd.meant) == (3, Decimal("501"), "point", Decimal("50.1"))
