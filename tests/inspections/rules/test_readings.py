import zlib
from contextlib import suppress
from copy import deepcopy
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.models.fields import pack, unpack
from inspections.rules.notation import split_column
from inspections.rules.readings import LARGEST, ReadingError, is_within, mark, parse_reading, parse_readings, summary


@pytest.mark.parametrize(
    ("sent", "read"),
    [("50.10", "50.10"), (" 7 ", "7"), ("１２．５", "12.5"), ("－３", "-3"), (12, "12"), (0.1, "0.1"), ("1e3", "1E+3")],
)
def test_numbers_keep_their_digits(sent, read):
    assert str(parse_reading(sent)) == read


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("abc", "not_a_number"),
        ("12,5", "decimal_comma"),
        ("10²", "changed_digits"),
        ("1_000", "not_a_number"),
        ("", "not_a_number"),
        (True, "not_a_number"),
        ([1], "not_a_number"),
        ("NaN", "not_finite"),
        (float("inf"), "not_finite"),
        ("-Infinity", "not_finite"),
        ("1e400", "too_large"),
        (Decimal("1e400"), "too_large"),
        (10**12, "too_large"),
        ("1e-10", "too_precise"),
    ],
)
def test_what_is_no_reading_is_refused_with_the_reason(sent, code):
    with pytest.raises(ReadingError) as refusal:
        parse_reading(sent)
    assert refusal.value.code == code


def test_every_wrong_unit_is_named():
    readings, errors = parse_readings(["1", None, "x", "", "NaN"])

    assert readings == [Decimal(1), None, None, None, None]
    assert [(unit, error.code) for unit, error in errors] == [(3, "not_a_number"), (5, "not_finite")]


def test_the_summary_leaves_out_what_was_not_read():
    assert summary([Decimal(1), None, Decimal(3)]) == {"minimum": 1, "maximum": 3, "mean": 2, "sd": 2**0.5}
    assert summary([None]) == {"minimum": None, "maximum": None, "mean": None, "sd": None}


readings = st.one_of(
    *(st.decimals(-LARGEST + 1, LARGEST - 1, places=places) for places in (0, 1, 3, 9)),
    st.decimals(49, 51, places=2),
    st.sampled_from([Decimal("1E+3"), Decimal("-0.00"), Decimal("0E+300"), Decimal("0.10")]),
)


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(st.none() | readings))
def test_packing_keeps_every_digit(values):
    assert [None if v is None else str(v) for v in unpack(pack(values))] == [
        None if v is None else str(v) for v in values
    ]


def test_what_was_packed_as_json_stays_readable():
    assert unpack(zlib.compress(b'["50.10",null,"50.1"]')) == [Decimal("50.10"), None, Decimal("50.1")]


def test_eighty_readings_take_about_a_hundred_bytes():
    chance = Random(1)
    column = [parse_reading(round(chance.gauss(50, 0.12), 2)) for _unit in range(80)]

    assert len(pack(column)) < 110


@given(st.text())
def test_no_text_crashes_the_parser(text):
    with suppress(ReadingError):
        assert abs(parse_reading(text)) < LARGEST


@pytest.mark.parametrize(
    ("reading", "limits", "said"),
    [
        ("50.0", {"lower": "49.5", "upper": "50.5"}, ""),
        ("50.39", {"lower": "49.5", "upper": "50.5"}, ""),
        ("50.4", {"lower": "49.5", "upper": "50.5"}, "near"),
        ("49.6", {"lower": "49.5", "upper": "50.5"}, "near"),
        ("50.5", {"lower": "49.5", "upper": "50.5"}, "near"),
        ("50.51", {"lower": "49.5", "upper": "50.5"}, "out"),
        ("49.49", {"lower": "49.5", "upper": "50.5"}, "out"),
        ("299", {"upper": "300"}, ""),
        ("301", {"upper": "300"}, "out"),
        ("298", {"upper": "300", "target": "290"}, "near"),
        ("297", {"upper": "300", "target": "290"}, ""),
        ("7", {"lower": "7", "upper": "7"}, ""),
    ],
)
def test_a_reading_is_marked_against_its_limits(reading, limits, said):
    assert mark(Decimal(reading), **{name: Decimal(value) for name, value in limits.items()}) == said


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("50.1\r\n49.9\r\n", ["50.1", "49.9"]),
        ("50.1\t49.9", ["50.1", "49.9"]),
        ("５０．１， 49.9、50", ["５０．１", "49.9", "50"]),
        ("50.1\n\n50.2\n\n", ["50.1", "", "50.2"]),
        (" \n", []),
    ],
)
def test_a_column_keeps_its_gaps_and_loses_its_tail(text, cells):
    assert split_column(text) == cells


@pytest.mark.parametrize(
    ("reading", "lower", "upper", "kept"),
    [
        ("<0.002", None, "0.01", True),
        ("<0.01", None, "0.01", True),
        ("<0.02", None, "0.01", None),
        ("<5", "10", None, False),
        ("<10", "10", None, False),
        ("<11", "10", None, None),
        ("<5", "1", "10", None),
        (">50", "40", None, True),
        (">50", None, "50", False),
        (">50", None, "60", None),
        (">50", "40", "60", None),
    ],
)
def test_the_limits_say_what_a_reading_beyond_a_number_means(reading, lower, upper, kept):
    limits = {name: value and Decimal(value) for name, value in (("lower", lower), ("upper", upper))}

    assert is_within(parse_reading(reading, takes_beyond=True), **limits) is kept


def test_a_reading_beyond_a_number_has_no_mean_and_stays_what_it_is():
    column, errors = parse_readings(["<0.002", ">0.5", "0.1"])

    assert (errors, [str(each) for each in unpack(pack(column))]) == ([], ["<0.002", ">0.5", "0.1"])
    assert set(summary(column).values()) == {None}
    assert [error.code for _unit, error in parse_readings(["<5"], takes_beyond=False)[1]] == ["not_a_value"]
    assert [str(deepcopy(each)) for each in column] == ["<0.002", ">0.5", "0.1"]


def test_limits_and_prices_are_numbers():
    with pytest.raises(ReadingError):
        parse_reading("<5")


@given(value=st.decimals("-1e6", "1e6", places=3), count=st.integers(2, 200))
def test_readings_that_are_all_equal_have_that_mean_and_no_spread(value, count):
    found = summary([value] * count)

    assert (found["mean"], found["sd"]) == (float(value), 0.0)
