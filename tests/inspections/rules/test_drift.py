"""Change points: what they find, and how often chance alone finds one."""

import csv
from math import sqrt

import numpy as np
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter

from inspections.rules.drift import (
    SLOW_BY_CHANCE,
    SLOW_WITHIN,
    change_in_mean,
    change_in_rate,
    change_in_spread,
    ewma,
    once_in,
    slow_drift,
)
from inspections.sampling.control_charts import individuals, p_chart

DEMO = settings.BASE_DIR / "inspections/demo"


def published(name):
    with (DEMO / name).open() as file:
        return [float(row[2]) for row in list(csv.reader(file))[1:]]


def test_a_shift_of_the_mean_is_found_where_it_is():
    values = [50.0, 50.1, 49.9, 50.0, 50.1, 49.9, 50.0, 50.4, 50.5, 50.3, 50.4]

    change = change_in_mean(values)

    assert (change.first, round(change.before, 3), round(change.after, 3)) == (7, 50.0, 50.4)
    assert change.p < 0.001
    assert change.is_signal


@pytest.mark.parametrize("values", [[1, 2, 1, 2, 1], [50.0] * 12])
def test_too_few_batches_or_no_spread_say_nothing(values):
    assert change_in_mean(values) is None


def test_a_step_without_any_noise_is_certain():
    assert change_in_mean([50.0] * 8 + [50.1] * 4).p == 0


@pytest.mark.parametrize("batches", [8, 30, 200])
def test_chance_alone_finds_a_change_of_the_mean_as_often_as_its_p_value_says(batches):
    """Of 20,000 steady series the largest split is found apart from the code; p is asked of the one at the level."""
    series = np.random.default_rng(1713).normal(size=(20_000, batches))
    deviations = series - series.mean(axis=1, keepdims=True)
    before = np.arange(3, batches - 2)
    sums = deviations.cumsum(axis=1)[:, before - 1]
    shares = (sums**2 * (1 / before + 1 / (batches - before))).max(axis=1) / (deviations**2).sum(axis=1)
    marked = np.argsort(-shares)

    for level in (0.05, 0.01):
        assert change_in_mean(series[marked[int(level * 20_000)]]).p == pytest.approx(level, abs=4 * sqrt(level / 4000))


@pytest.mark.parametrize(("n", "p"), [(80, 0.2), (80, 0.01)])
def test_chance_alone_finds_a_change_of_the_rate_as_often_as_its_p_value_says(n, p):
    """800 of them; `bench/simulations.py` draws 20,000."""
    random = np.random.default_rng(1713)
    changes = [change_in_rate(random.binomial(n, p, 30), np.full(30, n)) for _ in range(800)]
    found = np.array([change.p for change in changes if change])

    for level in (0.05, 0.01):
        assert (found < level).mean() <= level + 4 * sqrt(level / 800)


def test_batches_that_differ_more_than_chance_explains_make_the_rate_less_sure():
    calm = change_in_rate([4] * 10 + [10] * 10, [50] * 20)
    wild = change_in_rate([0, 8, 0, 8, 4] * 2 + [14, 6, 14, 6, 10] * 2, [50] * 20)

    assert [(change.first, change.before, change.after) for change in (calm, wild)] == [(10, 0.08, 0.2)] * 2
    assert wild.p > 10 * calm.p


def test_one_odd_batch_is_no_change_of_the_rate():
    odd = change_in_rate([1] * 9 + [12], [80] * 10)
    lasting = change_in_rate([1] * 7 + [6, 7, 6], [80] * 10)

    assert (odd.is_signal, lasting.is_signal, lasting.first) == (False, True, 7)


def test_the_published_cans_improve_after_the_machine_was_adjusted():
    change = change_in_rate(published("orange_juice_cans.csv"), [50] * 54)

    # The machine was adjusted after sample 30; three samples later the leaks were half as many.
    assert (change.first, round(change.before, 3), round(change.after, 3)) == (33, 0.227, 0.101)
    assert change.p < 1e-5


def test_the_published_primer_moved_by_less_than_a_signal():
    change = change_in_mean(published("primer_viscosity.csv"))

    assert (change.first, round(change.p, 3), change.is_signal) == (24, 0.01, False)


def test_nothing_found_is_no_rate_to_change():
    assert change_in_rate([0] * 20, [80] * 20) is None


def test_a_wider_spread_is_found_with_the_mean_at_rest():
    random = np.random.default_rng(5)
    sds = [random.normal(0, 1, 30).std(ddof=1) for _ in range(15)] + [
        random.normal(0, 2, 30).std(ddof=1) for _ in range(8)
    ]

    change = change_in_spread(sds, [30] * 23)

    assert change.first == 15
    assert (round(change.before), round(change.after)) == (1, 2)
    assert change.is_signal


def test_single_readings_have_no_spread_to_change():
    assert change_in_spread([float("nan")] * 10, [1] * 10) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=60))
def test_a_p_value_is_a_chance_and_the_change_lies_within(values):
    change = change_in_mean(values)

    if change:
        assert 0 <= change.p <= 1
        assert 3 <= change.first <= len(values) - 3


@given(st.lists(st.floats(0, 100), min_size=6, max_size=30), st.floats(0.01, 100))
def test_units_of_measure_do_not_matter(values, factor):
    one, other = change_in_mean(values), change_in_mean([value * factor for value in values])

    if one and other and one.p > 1e-12:
        assert other.p == pytest.approx(one.p, rel=1e-3)


def test_the_moving_average_sees_a_slow_drift_before_the_three_sigma_limits_do():
    """The readings, weight and width of Montgomery, section 9.2: a shift after 20."""
    readings = [
        9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51, 9.4, 10.08, 9.37, 10.62,
        10.31, 8.52, 10.84, 10.9, 9.33, 12.29, 11.5, 10.6, 11.08, 10.38, 11.62, 11.31, 10.52,
    ]  # fmt: skip
    chart = individuals(readings)[0]
    known = type(chart)(chart.points, 10.0, np.ones(30), np.full(30, 7.0), np.full(30, 13.0))

    moving = ewma(known, weight=0.1, width=2.7)

    assert known.outside == []
    assert moving.outside == [28, 29]
    assert [round(float(value), 5) for value in moving.points[:4]] == [9.945, 9.7495, 9.70355, 9.8992]
    assert (round(float(moving.upper[0]), 2), round(float(moving.upper[-1]), 2)) == (10.27, 10.62)


def first_warning(values, **options):
    """After how many batches, looked at one by one; None for never."""
    base = np.arange(25)
    for n in range(26, len(values) + 1):
        if slow_drift(values[:n], base=base, watched=np.arange(n), **options) is not None:
            return n
    return None


def first_warnings(values, least=0.0):
    """The same of many series at once, a row each, written apart from the code; 0 for never."""
    centre = values[:, :25].mean(axis=1)
    spread = np.maximum(np.abs(np.diff(values[:, :25])).mean(axis=1) * sqrt(np.pi) / 2, least)
    levels = lfilter([0.2], [1, -0.8], values[:, 25:] - centre[:, None], axis=1)
    warned = np.abs(levels) > 4 * sqrt(0.2 / 1.8) * spread[:, None]
    return np.where(warned.any(axis=1), warned.argmax(axis=1) + 26, 0)


def test_the_moving_average_of_a_steady_process_warns_as_seldom_as_it_says():
    steady = np.random.default_rng(11).standard_normal((20_000, 100))
    after = first_warnings(steady)

    assert [first_warning(values) or 0 for values in steady[:40]] == after[:40].tolist()
    warned = np.flatnonzero(after)[:20]
    assert [first_warning(values) for values in steady[warned]] == after[warned].tolist()
    assert SLOW_WITHIN == 75
    assert (after > 0).mean() == pytest.approx(SLOW_BY_CHANCE, abs=0.005)


def test_the_moving_average_of_rates_warns_no_more_often_than_that():
    rates = (np.random.default_rng(12).binomial(125, 0.03, (20_000, 100)) - 3.75) / 1.9
    after = first_warnings(rates, least=1)

    assert [first_warning(values, least=1) or 0 for values in rates[:20]] == after[:20].tolist()
    assert (after > 0).mean() < SLOW_BY_CHANCE


def test_a_slow_drift_is_dated_by_when_the_average_left_the_centre():
    values = np.r_[np.tile([-1.0, 1.0], 20), np.arange(40) * 0.2]
    n = first_warning(values)
    first = slow_drift(values[:n], base=np.arange(25), watched=np.arange(n))

    assert (38 <= first <= 42, 50 <= n <= 60) == (True, True)


def test_the_moving_average_needs_25_batches_and_begins_anew_after_a_gap():
    values = np.r_[np.zeros(12), np.tile([-0.5, 0.5], 7), np.full(20, 3.0)]
    watched = np.arange(len(values))

    assert slow_drift(values, base=np.arange(24), watched=watched) is None
    assert slow_drift(values, base=np.arange(25), watched=watched) == 25
    assert slow_drift(values, base=np.arange(25), watched=np.delete(watched, range(26, 45))) is None


def test_the_moving_average_follows_batches_of_several_sizes():
    sizes = [50, 100, 80, 80] * 5 + [80]
    moving = ewma(p_chart([2, 4, 3, 2] * 5 + [20], sizes, base=slice(20)))

    assert moving.outside == [20]


@pytest.mark.parametrize(("p", "times"), [(0.5, 2), (0.002, 500), (0.000234, 4300), (0, None)])
def test_how_seldom_in_round_numbers(p, times):
    assert once_in(p) == times
