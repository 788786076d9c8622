"""Plans that meet stated risks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from inspections.sampling import SamplingError
from inspections.sampling.search import find_single_plan, smallest_sample


def test_what_n_so_that_three_percent_bad_passes_at_most_one_time_in_ten():
    assert smallest_sample(ac=0, quality=0.03, risk=0.1) == 76
    assert smallest_sample(ac=1, quality=0.03, risk=0.1) == 129
    assert smallest_sample(ac=0, quality=0.03, risk=0.1, lot_size=200) == 63


def test_in_a_lot_with_no_more_bad_units_than_are_accepted_no_sample_is_enough():
    assert smallest_sample(ac=3, quality=0.03, risk=0.1, lot_size=100) is None


@given(
    good=st.floats(0.001, 0.04),
    factor=st.floats(1.8, 10),
    producer_risk=st.sampled_from([0.01, 0.05, 0.1]),
    consumer_risk=st.sampled_from([0.05, 0.1, 0.2]),
)
def test_the_plan_found_meets_both_risks_and_one_with_a_smaller_ac_does_not(good, factor, producer_risk, consumer_risk):
    bad = good * factor
    n, ac = find_single_plan(good=good, producer_risk=producer_risk, bad=bad, consumer_risk=consumer_risk)

    assert binom.cdf(ac, n, good) >= 1 - producer_risk - 1e-9
    assert binom.cdf(ac, n, bad) <= consumer_risk + 1e-9
    if ac:
        fewer = smallest_sample(ac=ac - 1, quality=bad, risk=consumer_risk)
        assert binom.cdf(ac - 1, fewer, good) < 1 - producer_risk


def test_the_published_plan_for_one_and_six_percent():
    """D. C. Montgomery reads n = 89, c = 2 off the binomial nomograph for 1 % at 0.05 and 6 % at 0.10."""
    n, ac = find_single_plan(good=0.01, producer_risk=0.06, bad=0.06, consumer_risk=0.1)

    assert (abs(n - 89), ac) == (1, 2)


def test_a_small_lot_needs_fewer_units():
    n, ac = find_single_plan(good=0.01, producer_risk=0.05, bad=0.1, consumer_risk=0.1, lot_size=100)

    assert hypergeom.cdf(ac, 100, 10, n) <= 0.1
    assert hypergeom.cdf(ac, 100, 1, n) >= 0.95
    assert n < find_single_plan(good=0.01, producer_risk=0.05, bad=0.1, consumer_risk=0.1)[0]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"good": 0.1}, "good_not_below_bad"),
        ({"good": 0}, "between"),
        ({"bad": 1}, "between"),
        ({"consumer_risk": float("nan")}, "between"),
        ({"good": 0.0101, "bad": 0.0149, "lot_size": 100}, "no_plan"),
    ],
)
def test_risks_that_no_plan_can_meet_are_refused(question, code):
    with pytest.raises(SamplingError) as caught:
        find_single_plan(**{"good": 0.01, "producer_risk": 0.05, "bad": 0.06, "consumer_risk": 0.1} | question)

    assert caught.value.code == code
