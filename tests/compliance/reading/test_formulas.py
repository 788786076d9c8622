"""Formulas for a market, line by line: what is fine, what a person is asked about, what stops."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from compliance.reading.declared import Row, lines_of
from compliance.reading.findings import Weight
from compliance.reading.restrictions import Product
from compliance.reading.substances import check
from suppliers import markets
from tests.compliance import catalogue_rows as catalogue

TODAY = date(2026, 11, 22)
GIVEN = json.loads((Path(__file__).parents[1] / "data/formulas.json").read_text())
PARENTS = {row["code"]: row["parent"] for row in json.loads(markets.FILE.read_text())}


def found_of(rows, *, market, type, day=TODAY, youngest=None):
    """Line -> what was found of it, as (weight, code)."""
    lines, errors = lines_of([Row(**row) for row in rows])
    assert not errors
    product = Product(
        frozenset({"beauty_cosmetics"}), frozenset(filter(None, (market, PARENTS[market]))), day, type, youngest
    )
    found: dict[int, set[tuple[Weight, str]]] = {}
    for one in check(lines, product, catalogue.restrictions()):
        found.setdefault(one.params.get("line", 0), set()).add((one.weight, one.code))
    return found


def stops(found, place):
    return any(weight == Weight.BLOCK for weight, _code in found.get(place, ()))


def asks(found, place):
    return any(weight != Weight.NOTE for weight, _code in found.get(place, ()))


@pytest.mark.parametrize("given", GIVEN, ids=lambda given: given["id"])
def test_each_line_of_the_given_formulas(given):
    rows = [{name: line[name] for name in ("name", "cas", "percent", "function")} for line in given["lines"]]
    found = found_of(rows, market=given["market"], type=given["type"])

    said = {place: sorted(found.get(place, ())) for place in range(1, len(rows) + 1)}
    for place, line in enumerate(given["lines"], start=1):
        as_expected = {
            "fine": not asks(found, place),
            "ask": asks(found, place),
            "stop": stops(found, place),
            "limit": stops(found, place),
        }[line["expect"]]
        assert as_expected, (line["name"], line["expect"], said[place])
    assert not asks(found, 0)
