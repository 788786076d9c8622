"""Control charts of published data with published answers (D. C. Montgomery), and the rules' patterns."""

import numpy as np
import pytest

from inspections.sampling import SamplingError
from inspections.sampling.control_charts import (
    Chart,
    c4,
    individuals,
    laney,
    nelson,
    p_chart,
    range_factors,
    u_chart,
    western_electric,
    xbar_of_summaries,
)

# Nonconforming frozen-juice cans in 30 samples of 50.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
# The same machine after adjustment, 24 samples of 50.
CANS_ADJUSTED = [9, 6, 12, 5, 6, 4, 6, 3, 7, 6, 2, 4, 3, 6, 5, 4, 8, 5, 6, 7, 5, 6, 3, 5]
# Nonconformities in 26 samples of 100 printed circuit boards.
BOARDS = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15]
# Nonconformities in 20 samples of 5 personal computers.
COMPUTERS = [10, 12, 8, 14, 10, 16, 11, 7, 10, 15, 9, 5, 7, 11, 12, 6, 8, 10, 7, 5]
# Viscosity of 20 batches of aircraft primer paint.
VISCOSITY = [
    34.05, 34.40, 33.59, 35.96, 34.70, 33.51, 33.79, 34.04, 34.52, 33.75,
    33.27, 33.71, 34.03, 34.58, 34.02, 33.97, 34.05, 34.04, 33.73, 34.05,
]  # fmt: skip


def test_frozen_juice_cans():
    chart = p_chart(CANS, 50)

    assert chart.centre == pytest.approx(0.2313, abs=5e-5)
    assert (chart.lower[0], chart.upper[0]) == pytest.approx((0.0524, 0.4102), abs=1e-4)
    assert chart.outside == [14, 22]
    assert p_chart(CANS_ADJUSTED, 50).centre == pytest.approx(0.1108, abs=5e-5)


def test_printed_circuit_boards():
    chart = u_chart(BOARDS)

    assert chart.centre == pytest.approx(19.85, abs=5e-3)
    assert (chart.lower[0], chart.upper[0]) == pytest.approx((6.48, 33.21), abs=5e-3)
    assert chart.outside == [5, 19]


def test_personal_computers():
    chart = u_chart(COMPUTERS, 5)

    assert chart.centre == pytest.approx(1.93)
    assert (chart.lower[0], chart.upper[0]) == pytest.approx((0.07, 3.79), abs=5e-3)
    assert chart.outside == []


def test_primer_viscosity():
    readings, ranges = individuals(VISCOSITY)

    assert readings.centre == pytest.approx(34.088, abs=5e-4)
    assert ranges.centre == pytest.approx(0.573, abs=1e-3)
    assert (readings.lower[0], readings.upper[0]) == pytest.approx((32.565, 35.611), abs=2e-3)
    assert readings.outside == [3]
    assert ranges.lower[0] == 0
    assert ranges.upper[0] == pytest.approx(3.267 * ranges.centre, rel=1e-3)


@pytest.mark.parametrize(
    ("n", "d2", "d3", "factor"),
    [
        (2, 1.128, 0.853, 0.7979),
        (3, 1.693, 0.888, 0.8862),
        (5, 2.326, 0.864, 0.9400),
        (10, 3.078, 0.797, 0.9727),
        (25, 3.931, 0.708, 0.9896),
    ],
)
def test_factors_are_the_published_ones(n, d2, d3, factor):
    assert range_factors(n) == pytest.approx((d2, d3), abs=6e-4)
    assert c4(n) == pytest.approx(factor, abs=5e-5)


def test_exact_factors_of_two():
    assert range_factors(2) == pytest.approx((2 / np.sqrt(np.pi), np.sqrt(2 - 4 / np.pi)), abs=1e-9)


SUBGROUPS = np.random.default_rng(3).normal(50, 2, (20, 5))


def test_means_and_ranges_use_the_published_constants():
    spreads = SUBGROUPS.max(axis=1) - SUBGROUPS.min(axis=1)
    means, ranges = xbar_of_summaries(SUBGROUPS.mean(axis=1), spreads, [5] * 20, of="range")

    assert means.upper[0] - means.centre == pytest.approx(0.577 * ranges.centre, rel=1e-3)
    assert ranges.upper[0] == pytest.approx(2.114 * ranges.centre, rel=1e-3)
    assert ranges.lower[0] == 0


def test_means_and_standard_deviations_use_the_published_constants():
    spreads = SUBGROUPS.std(axis=1, ddof=1)
    means, deviations = xbar_of_summaries(SUBGROUPS.mean(axis=1), spreads, [5] * 20)

    assert means.centre - means.lower[0] == pytest.approx(1.427 * deviations.centre, rel=1e-3)
    assert deviations.upper[0] == pytest.approx(2.089 * deviations.centre, rel=1e-3)


def test_limits_follow_the_size_of_each_sample():
    chart = p_chart([5, 10], [50, 200])

    assert chart.centre == pytest.approx(15 / 250)
    assert chart.upper[0] > chart.upper[1]
    assert chart.lower[0] == 0


def chart_of(z):
    z = np.asarray(z, float)
    return Chart(z, 0.0, np.ones(len(z)), np.full(len(z), -3.0), np.full(len(z), 3.0))


def found(signals):
    return [(each.rule, each.first, each.last) for each in signals]


@pytest.mark.parametrize(
    ("z", "expected"),
    [
        ([0, 3.1], [("western-electric-1", 1, 1)]),
        ([2.1, 0, 2.1], [("western-electric-2", 0, 2)]),
        ([2.1, 0, -2.1], []),
        ([2.1, 2.1, 0], [("western-electric-2", 0, 1)]),
        ([0, -2.1, -2.1], [("western-electric-2", 0, 2)]),
        ([1.1, 1.1, -1.1, 1.1, 1.1], [("western-electric-3", 0, 4)]),
        ([0.1] * 8, [("western-electric-4", 0, 7)]),
        ([0.1] * 7 + [-0.1], []),
    ],
)
def test_western_electric_rules(z, expected):
    assert found(western_electric(chart_of(z))) == expected


@pytest.mark.parametrize(
    ("z", "expected"),
    [
        ([-3.1], [("nelson-1", 0, 0)]),
        ([0.1] * 9, [("nelson-2", 0, 8)]),
        ([0.1] * 8, []),
        ([-0.5, -0.3, -0.1, 0.1, 0.3, 0.5], [("nelson-3", 0, 5)]),
        ([0.5, 0.3, 0.1, -0.1, -0.3, -0.5], [("nelson-3", 0, 5)]),
        ([-0.5, -0.3, -0.1, 0.1, 0.1, 0.5], []),
        ([1.5, -1.5] * 3 + [0.5, -0.5] * 4, [("nelson-4", 0, 13)]),
        ([0, 2.1, 2.2], [("nelson-5", 0, 2)]),
        ([0, 1.1, 1.2, 1.1, 1.2], [("nelson-6", 0, 4)]),
        ([0.5, -0.5, -0.4] * 5, [("nelson-7", 0, 14)]),
        ([1.5, -1.5, -1.2, 1.2, 1.3, -1.4, 1.5, -1.5], [("nelson-8", 0, 7)]),
    ],
)
def test_nelson_rules(z, expected):
    assert found(nelson(chart_of(z))) == expected


def test_a_process_without_spread_gives_no_signals():
    readings, _ = individuals([5.0] * 20)

    assert nelson(readings) == []
    assert readings.outside == []


@pytest.mark.parametrize(
    "draw",
    [
        lambda: individuals([1.0]),
        lambda: individuals([1.0, float("inf")]),
        lambda: p_chart([60], 50),
        lambda: u_chart([-1]),
        lambda: u_chart([1], 0),
    ],
)
def test_points_that_make_no_chart_are_refused(draw):
    with pytest.raises(SamplingError):
        draw()


@pytest.mark.parametrize(
    ("z", "expected"),
    [
        ([2.5, 2.5], [("nelson-5", 0, 1)]),
        ([2.5], []),
        ([0.2, 2.5, 2.5], [("nelson-5", 0, 2)]),
        ([1.5, 1.5, 1.5, 1.5], [("nelson-6", 0, 3)]),
        ([1.5, 1.5, -1.5, 1.5, 1.5], [("nelson-6", 0, 4)]),
        ([1.5, 1.5, 1.5], []),
    ],
)
def test_two_of_three_and_four_of_five_are_seen_from_the_first_points_on(z, expected):
    assert found(nelson(chart_of(z))) == expected


def test_laneys_chart_has_the_published_limits():
    """D. B. Laney's z chart: the limits of p times the spread of the standardized points from one to the next."""
    counts, sizes = np.array([40, 60, 35, 70, 50, 45, 80, 30]), np.full(8, 1000)
    plain = p_chart(counts, sizes)
    z = (counts / sizes - 0.05125) / np.sqrt(0.05125 * 0.94875 / 1000)
    times = np.abs(np.diff(z)).mean() / 1.128379

    chart = laney(plain)
    assert chart.centre == pytest.approx(0.05125)
    assert chart.upper == pytest.approx(0.05125 + 3 * times * np.sqrt(0.05125 * 0.94875 / 1000), rel=1e-5)
    assert (plain.outside, chart.outside) == ([6, 7], [])


def test_a_subgroup_of_another_size_has_its_own_limits_and_changes_those_of_no_other():
    rng = np.random.default_rng(4)
    means, ranges, sizes = rng.normal(74, 0.005, 30), rng.gamma(9, 0.0025, 30), np.full(30, 5)
    base = np.arange(25)
    alike, _ = xbar_of_summaries(means, ranges, sizes, of="range", base=base)
    for size in (1, 3, 9):
        differs = sizes.copy()
        differs[27] = size
        chart, spread = xbar_of_summaries(means, ranges, differs, of="range", base=base)
        others = np.arange(30) != 27
        assert chart.upper[others] == pytest.approx(alike.upper[others], abs=1e-12)
        assert chart.upper[27] - chart.centre == pytest.approx((alike.upper[27] - alike.centre) * np.sqrt(5 / size))
        assert np.isnan(spread.upper[27]) == (size == 1)
