"""Intervals of proportions and of capability indices."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binomtest, chi2

from inspections.sampling import SamplingError
from inspections.sampling.intervals import (
    capability,
    capability_of_summaries,
    clopper_pearson,
    lower_bound,
    noncentral_t,
    posterior,
    upper_bound,
    wilson,
)

counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts=counts, confidence=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_intervals_of_a_proportion_are_those_of_scipy(counts, confidence):
    test = binomtest(*counts)

    assert clopper_pearson(*counts, confidence) == pytest.approx(
        tuple(test.proportion_ci(confidence, "exact")), abs=1e-9
    )
    assert wilson(*counts, confidence) == pytest.approx(tuple(test.proportion_ci(confidence, "wilson")), abs=1e-9)
    assert upper_bound(*counts, confidence) == pytest.approx(
        binomtest(*counts, alternative="less").proportion_ci(confidence, "exact").high, abs=1e-9
    )
    assert lower_bound(*counts, confidence) == pytest.approx(
        binomtest(*counts, alternative="greater").proportion_ci(confidence, "exact").low, abs=1e-9
    )


def test_published_intervals():
    """R. G. Newcombe, Statistics in Medicine 1998: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert clopper_pearson(81, 263) == pytest.approx((0.2527, 0.3676), abs=5e-5)
    assert clopper_pearson(15, 148) == pytest.approx((0.0578, 0.1617), abs=5e-5)
    assert clopper_pearson(0, 20) == pytest.approx((0, 0.1684), abs=5e-5)
    assert clopper_pearson(1, 29) == pytest.approx((0.0009, 0.1776), abs=5e-5)


def test_sixty_units_without_damage_leave_up_to_five_percent_possible():
    assert upper_bound(0, 60) == pytest.approx(1 - 0.05 ** (1 / 60), abs=1e-12)
    assert upper_bound(60, 60) == 1.0
    assert lower_bound(0, 60) == 0.0


def test_the_posterior_is_a_beta_distribution():
    believed = posterior(3, 60)

    assert believed.mean == pytest.approx(3.5 / 61)
    assert believed.interval(0.9) == pytest.approx(tuple(beta.ppf([0.05, 0.95], 3.5, 57.5)), abs=1e-12)
    assert believed.chance_above(0.1) == pytest.approx(beta.sf(0.1, 3.5, 57.5), abs=1e-12)
    assert posterior(0, 10, prior=(1, 1)).mean == pytest.approx(1 / 12)


@pytest.mark.parametrize(
    ("question", "code", "field"),
    [
        ((1, 0), "whole_number", "n"),
        ((1, 2.5), "whole_number", "n"),
        ((-1, 10), "nonconforming", "nonconforming"),
        ((11, 10), "nonconforming", "nonconforming"),
        ((True, 10), "nonconforming", "nonconforming"),
        ((1, 10, 1), "between", "confidence"),
        ((1, 10, 95), "between", "confidence"),
        ((1, 10, float("nan")), "between", "confidence"),
        ((1, 10, "0.95"), "between", "confidence"),
    ],
)
def test_impossible_counts_have_no_interval(question, code, field):
    for interval in (clopper_pearson, wilson, upper_bound, lower_bound):
        with pytest.raises(SamplingError) as caught:
            interval(*question)
        assert (caught.value.code, caught.value.field) == (code, field)


SUBGROUPS = np.random.default_rng(7).normal(10, 0.1, (25, 5))


def test_capability_separates_the_spread_within_from_the_spread_overall():
    steady = capability(SUBGROUPS, lower=9.6, upper=10.4)
    drifting = capability(SUBGROUPS + np.linspace(-0.2, 0.2, 25)[:, None], lower=9.6, upper=10.4)

    assert steady.cp.value == pytest.approx(0.8 / 6 / steady.sd_within)
    assert steady.sd_overall == pytest.approx(SUBGROUPS.std(ddof=1))
    assert steady.cp.value == pytest.approx(steady.pp.value, rel=0.05)
    assert drifting.cp.value == pytest.approx(steady.cp.value, rel=1e-9)
    assert drifting.pp.value < 0.8 * drifting.cp.value
    assert steady.ppk.value <= steady.pp.value


def test_bounds_of_the_index_of_width_are_chi_square():
    pp = capability(SUBGROUPS, lower=9.6, upper=10.4).pp
    low, high = (np.sqrt(chi2.ppf(q, 124) / 124) for q in (0.025, 0.975))

    assert (pp.low, pp.high) == pytest.approx((pp.value * low, pp.value * high), abs=1e-12)


def test_the_published_interval_of_cp():
    """D. C. Montgomery, example 8.4: Cp 2.29 from 20 readings lies between 1.57 and 3.01 with 95 % confidence."""
    low, high = (np.sqrt(chi2.ppf(q, 19) / 19) * 2.29 for q in (0.025, 0.975))
    readings = np.random.default_rng(1).normal(0, 1, 20)
    readings = (readings - readings.mean()) / readings.std(ddof=1)
    pp = capability(readings, lower=-2.29 * 3, upper=2.29 * 3).pp

    assert pp.value == pytest.approx(2.29)
    assert (pp.low, pp.high) == pytest.approx((low, high))
    assert (round(pp.low, 2), round(pp.high, 2)) == (1.57, 3.01)


def test_the_published_interval_of_cpk():
    """D. C. Montgomery, example 8.5: Cpk 1.33 from 20 readings lies between 0.88 and 1.78 with 95 % confidence."""
    readings = np.random.default_rng(1).normal(0, 1, 20)
    readings = (readings - readings.mean()) / readings.std(ddof=1)
    ppk = capability(readings, lower=-1.33 * 3, upper=9).ppk

    assert ppk.value == pytest.approx(1.33)
    assert (ppk.low, ppk.high) == pytest.approx((0.88, 1.78), abs=0.01)


def test_the_interval_of_a_capability_index_holds_the_true_one_as_often_as_it_says():
    """Of two limits, by Bissell's approximation; that of one limit is exact and compared as a number."""
    generator = np.random.default_rng(2024)
    indices = [capability(generator.normal(0, 1, 40), lower=-3, upper=3.6).ppk for _ in range(300)]

    assert 0.92 < sum(index.low <= 1 <= index.high for index in indices) / 300 < 0.98


def test_the_interval_from_single_readings_allows_for_the_moving_range():
    generator = np.random.default_rng(11)
    indices = [capability(generator.normal(0, 1, 30), lower=-3, upper=3).cp for _ in range(800)]

    assert 0.93 < sum(index.low <= 1 <= index.high for index in indices) / 800 < 0.97


@pytest.mark.parametrize(
    ("readings", "limits", "code"),
    [
        ([1.0], {"upper": 2}, "readings"),
        ([], {"upper": 2}, "readings"),
        ([1.0, float("nan"), 2.0], {"upper": 2}, "readings"),
        ([1.0, 1.0], {"upper": 2}, "no_spread"),
        ([1.62] * 80, {"lower": 0.62, "upper": 2.62}, "no_spread"),
        ([[1.62] * 80, [1.62] * 40], {"upper": 2.62}, "no_spread"),
        ([1.0, 2.0], {"lower": 2, "upper": 2}, "no_tolerance"),
        ([1.0, 2.0], {}, "limit_missing"),
        ([1.0, 2.0], {"lower": 2, "upper": 1}, "limits_reversed"),
    ],
)
def test_capability_needs_readings_and_a_limit(readings, limits, code):
    with pytest.raises(SamplingError) as caught:
        capability(readings, **limits)

    assert caught.value.code == code


ONE_SIDED = json.loads((Path(__file__).parent / "one_sided_capability.json").read_text())


@pytest.mark.parametrize("case", ONE_SIDED, ids=lambda case: f"{case['n']}-{case['code']}")
def test_the_interval_of_one_limit_is_that_of_the_non_central_t(case):
    """Computed elsewhere, by integrating over the chi density of the standard deviation, to 1e-7."""
    found = capability([case["readings"]], **{case["side"]: case["limit"]}).cpk

    assert (found.value, found.low, found.high) == pytest.approx(
        tuple(case["cpk"][name] for name in ("value", "low", "high")), abs=2e-7
    )


@pytest.mark.parametrize("n", [2, 3, 5, 13, 32, 80, 125, 315, 1250])
def test_one_limit_has_an_interval_for_every_size_and_index(n):
    shape = np.linspace(-1, 1, n)
    shape = (shape - shape.mean()) / shape.std(ddof=1)
    for index in (-1e4, -10, -7.3, -3, -1, -0.4, -1e-3, 0, 1e-9, 0.2, 0.6, 0.9, 1.25, 1.7, 2.2, 3.1, 5, 8.5, 10, 1e4):
        found = capability([shape], upper=3 * index).cpk
        mirrored = capability([-shape], lower=-3 * index).cpk if index in (-1, 1.7) else found
        assert found.low < found.value < found.high
        assert (mirrored.low, mirrored.high) == pytest.approx((found.low, found.high))


def test_the_non_central_t_is_that_of_scipy_where_scipy_has_one():
    from scipy.stats import nct

    with np.errstate(all="ignore"):
        for df in (1, 1.4, 5, 79, 1000):
            for t in (-300, -3, -1e-3, 0, 1e-3, 3, 80):
                for delta in (t * 0.8 - 1, t, t * 1.2 + 1):
                    expected = float(nct.cdf(t, df, delta))
                    if np.isfinite(expected):
                        assert noncentral_t(t, df, delta) == pytest.approx(expected, abs=1e-9)


def test_batches_that_are_each_of_one_value_have_a_ppk_and_no_cpk():
    found = capability_of_summaries([1.0, 1.2, 1.1], [0, 0, 0], [5, 5, 5], lower=0, upper=2)

    assert (found.cp, found.cpk) == (None, None)
    assert found.ppk.value == pytest.approx(0.9 / 3 / found.sd_overall)


@pytest.mark.parametrize(
    ("batches", "size", "between", "least"),
    [(25, 20, 0.0, 0.92), (25, 20, 0.5, 0.93), (25, 20, 1.0, 0.93), (8, 5, 1.0, 0.92), (4, 80, 1.0, 0.85)],
)
def test_the_intervals_of_cpk_and_ppk_hold_where_batches_differ(batches, size, between, least):
    """At 25 batches of 20 that differ as much as the units within, 95 % used to be 75 % for Cpk and 52 % for Ppk."""
    generator = np.random.default_rng(2026)
    true_cpk, true_ppk = 1.14, 1.14 / np.sqrt(1 + between**2)
    held, repeats = np.zeros(2), 600
    for _ in range(repeats):
        readings = generator.normal(generator.normal(0, between, (batches, 1)), 1.0, (batches, size))
        found = capability(readings, lower=-99, upper=3 * 1.14)
        held += found.cpk.low <= true_cpk <= found.cpk.high, found.ppk.low <= true_ppk <= found.ppk.high

    assert held.min() / repeats >= least
    assert held.max() / repeats <= 0.99
