"""Plans without a table."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from inspections.sampling.computed import c0_sample_size, percentage_sample_size


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
