"""Plans without a table."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from inspections.sampling.computed import (
    c0_sample_size,
    chance_of_at_most,
    limiting_quality_plan,
    percentage_sample_size,
)


@given(
    lot_size=st.integers(1, 10**6),
    ltpd=st.sampled_from(["0.01", "0.1", "1", "2.5", "10", "50", "100"]),
    consumer_risk=st.sampled_from(["0.01", "0.05", "0.10", "0.5"]),
)
def test_accept_on_zero_takes_the_fewest_units_that_meet_the_risk(lot_size, ltpd, consumer_risk):
    size = c0_sample_size(lot_size, Fraction(ltpd), Fraction(consumer_risk))
    bad = max(1, -(-lot_size * Fraction(ltpd) // 100))

    assert hypergeom.cdf(0, lot_size, bad, size) <= float(consumer_risk) + 1e-9
    assert size == 1 or hypergeom.cdf(0, lot_size, bad, size - 1) > float(consumer_risk) - 1e-9


def test_with_one_bad_unit_at_the_limit_the_share_inspected_is_the_share_of_batches_caught():
    assert c0_sample_size(100, Fraction(1), Fraction("0.10")) == 90


@pytest.mark.parametrize(("lot_size", "size"), [(1, 1), (30, 3), (31, 4), (1000, 100)])
def test_a_percentage_is_exact_and_rounded_up(lot_size, size):
    assert percentage_sample_size(lot_size, Fraction(10), lowest=1, highest=None) == size


@given(
    lot_size=st.integers(1, 10**6),
    limit=st.sampled_from(["0.5", "2", "5", "12.5", "31.5"]),
    risk=st.sampled_from(["0.05", "0.10"]),
    asked=st.integers(0, 12),
)
def test_a_limiting_quality_plan_takes_the_fewest_units_that_meet_the_risk(lot_size, limit, risk, asked):
    size, ac = limiting_quality_plan(lot_size, Fraction(limit), Fraction(risk), asked)
    bad = max(1, -(-lot_size * Fraction(limit) // 100))

    assert ac == min(asked, bad - 1)
    assert hypergeom.cdf(ac, lot_size, bad, size) <= float(risk) + 1e-9
    assert size == ac + 1 or hypergeom.cdf(ac, lot_size, bad, size - 1) > float(risk) - 1e-9


@given(st.data())
def test_a_chance_is_that_of_the_hypergeometric_distribution(data):
    lot_size = data.draw(st.integers(1, 5000))
    bad, n = data.draw(st.integers(0, lot_size)), data.draw(st.integers(1, lot_size))
    most = data.draw(st.integers(0, 30))

    assert abs(chance_of_at_most(most, lot_size, bad, n) - hypergeom.cdf(most, lot_size, bad, n)) < 1e-11


def test_a_lot_of_a_thousand_million_is_answered_at_once():
    assert limiting_quality_plan(10**9, Fraction(5), Fraction(1, 10), 1) == (77, 1)
