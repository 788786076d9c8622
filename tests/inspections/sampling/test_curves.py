"""What a plan is worth, against scipy, by brute force and against published curves."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom, poisson

from inspections.sampling import SamplingError, Stage, find_plan
from inspections.sampling.cartons import pa_of_whole_cartons
from inspections.sampling.curves import Curve, curve_of, odds, single_curve
from inspections.sampling.standard import AQLS, KINDS, SEVERITIES

TWO_STAGES = (Stage(3, 0, 2), Stage(6, 1, 2))
THREE_STAGES = (Stage(2, None, 2), Stage(4, 0, 2), Stage(6, 1, 3))


def test_single_plans_are_scipys_distributions():
    p = np.array([0.001, 0.01, 0.05, 0.2])

    assert single_curve(80, 5).pa(p) == pytest.approx(binom.cdf(5, 80, p), abs=1e-12)
    assert single_curve(80, 5, counts="nonconformities").pa(p) == pytest.approx(poisson.cdf(5, 80 * p), abs=1e-12)
    assert single_curve(80, 5, lot_size=1000).pa(p) == pytest.approx(
        hypergeom.cdf(5, 1000, [1, 10, 50, 200], 80), abs=1e-9
    )
    assert single_curve(800, 250, lot_size=1000).pa(0.3) == pytest.approx(hypergeom.cdf(250, 1000, 300, 800), abs=1e-12)


@given(
    lot_size=st.integers(1, 10**6),
    share=st.floats(0.001, 1),
    bad=st.floats(0, 0.3),
    ac=st.integers(0, 60),
)
def test_lots_of_any_size_are_scipys_hypergeometric_to_a_millionth(lot_size, share, bad, ac):
    n, nonconforming = max(1, round(lot_size * share)), round(lot_size * bad)

    assert single_curve(n, ac, lot_size=lot_size).pa(nonconforming / lot_size) == pytest.approx(
        hypergeom.cdf(ac, lot_size, nonconforming, n), abs=1e-7
    )


def test_a_quality_between_two_lots_is_a_mix_of_them():
    fewer, more = hypergeom.cdf(0, 50, [1, 2], 10)

    assert single_curve(10, 0, lot_size=50).pa(0.03) == pytest.approx((fewer + more) / 2, abs=1e-9)


def walk(stages, places):
    """Inspect unit by unit: (accepted, units inspected) of one arrangement of nonconformities over the units."""
    for stage in stages:
        found = sum(places[: stage.sample_size])
        if found >= stage.rejection:
            return 0, stage.sample_size
        if stage.acceptance is not None and found <= stage.acceptance:
            return 1, stage.sample_size
    return 1, stages[-1].sample_size


@pytest.mark.parametrize("stages", [TWO_STAGES, THREE_STAGES, (Stage(3, 0, 2), Stage(6, 0, 3))])
@pytest.mark.parametrize("p", [0.05, 0.3, 0.7])
def test_staged_plans_equal_every_arrangement_of_bad_units_walked_through(stages, p):
    n = stages[-1].sample_size
    chances = [
        (p ** sum(places) * (1 - p) ** (n - sum(places)), *walk(stages, places)) for places in product((0, 1), repeat=n)
    ]
    curve = Curve(stages)

    assert curve.pa(p) == pytest.approx(sum(chance * accepted for chance, accepted, _ in chances), abs=1e-12)
    assert curve.asn(p) == pytest.approx(sum(chance * size for chance, _, size in chances), abs=1e-12)


@pytest.mark.parametrize("stages", [TWO_STAGES, THREE_STAGES])
def test_staged_plans_in_a_small_lot_equal_every_lot_walked_through(stages):
    lots = [places for places in product((0, 1), repeat=9) if sum(places) == 3]
    walked = [walk(stages, places) for places in lots]
    curve = Curve(stages, lot_size=9)

    assert curve.pa(3 / 9) == pytest.approx(np.mean([accepted for accepted, _ in walked]), abs=1e-12)
    assert curve.asn(3 / 9) == pytest.approx(np.mean([size for _, size in walked]), abs=1e-12)


def test_staged_plans_for_nonconformities_equal_sums_of_poisson_samples():
    p, stages = 0.4, TWO_STAGES
    first = poisson.pmf(range(3), 3 * p)
    second_accepts = first[1] * poisson.pmf(0, 3 * p)
    curve = Curve(stages, "nonconformities")

    assert curve.pa(p) == pytest.approx(first[0] + second_accepts, abs=1e-12)
    assert curve.asn(p) == pytest.approx(3 + 3 * first[1], abs=1e-12)


def test_a_count_in_the_gap_of_a_reduced_z14_plan_is_accepted():
    plan = find_plan(lot_size=1200, aql="2.5", severity="reduced", standard="ansi-z1.4")  # 32, 2, 5

    assert curve_of(plan).pa(0.08) == pytest.approx(binom.cdf(4, 32, 0.08), abs=1e-12)


@pytest.mark.parametrize("lot_size", [None, 1000])
@pytest.mark.parametrize("kind", KINDS)
def test_quality_at_a_chance_gives_back_that_chance(kind, lot_size):
    plan = find_plan(lot_size=1000, aql="2.5", kind=kind)
    curve = curve_of(plan, lot_size=lot_size)
    for pa in (0.95, 0.5, 0.1):
        assert curve.pa(curve.quality_at(pa)) == pytest.approx(pa, abs=1e-6)


def test_a_published_point():
    """D. C. Montgomery, Introduction to Statistical Quality Control: n = 89, c = 2, 1 % nonconforming."""
    assert single_curve(89, 2).pa(0.01) == pytest.approx(0.9397, abs=5e-5)


@pytest.mark.parametrize(("ac", "y"), [(0, 0.3679), (1, 0.8400), (2, 1.371), (3, 1.942), (4, 2.544), (5, 3.168)])
def test_published_aoql_factors(ac, y):
    """H. F. Dodge and H. G. Romig, Sampling Inspection Tables: AOQL = y (1/n - 1/N) by Poisson."""
    large, small = (single_curve(100, ac, lot_size=lot, counts="nonconformities") for lot in (None, 400))

    assert large.aoql()[0] == pytest.approx(y / 100, rel=4e-4)
    assert small.aoql()[0] == pytest.approx(y * (1 / 100 - 1 / 400), rel=4e-4)


@pytest.mark.parametrize("curve", [single_curve(80, 5), single_curve(13, 0), single_curve(20, 2, lot_size=60)])
def test_no_quality_comes_out_worse_than_the_aoql(curve):
    worst, at = curve.aoql()
    everywhere = curve.aoq(np.linspace(0, 1, 61 if curve.lot_size else 6001))

    assert curve.aoq(at) == pytest.approx(worst, abs=1e-12)
    assert everywhere.max() <= worst + 1e-9
    assert everywhere.max() == pytest.approx(worst, rel=1e-3)


def test_the_aoql_of_accept_on_zero_is_the_textbook_one():
    """n = 13, c = 0: p (1 - p)^13 is largest at 1 / 14."""
    assert single_curve(13, 0).aoql() == pytest.approx((13**13 / 14**14, 1 / 14), abs=1e-8)


def test_a_double_plan_inspects_fewer_units_than_its_single_twin_on_good_lots():
    single, double = (curve_of(find_plan(lot_size=1200, aql="2.5", kind=kind)) for kind in ("single", "double"))

    assert single.asn(0.01) == 80
    assert 50 < double.asn(0.01) < 55
    assert double.asn(0) == 50


@pytest.mark.parametrize("kind", ["double", "multiple"])
def test_staged_plans_discriminate_like_their_single_twins(kind):
    for aql in ("0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10"):
        single = curve_of(find_plan(lot_size=1200, aql=aql, standard="ansi-z1.4"))
        staged = curve_of(find_plan(lot_size=1200, aql=aql, kind=kind))
        p = np.linspace(0.002, 0.3, 50)
        assert np.abs(single.pa(p) - staged.pa(p)).max() < 0.1


@settings(max_examples=60)
@given(
    lot_size=st.integers(2, 10**6),
    aql=st.sampled_from(AQLS),
    severity=st.sampled_from(SEVERITIES),
    kind=st.sampled_from(KINDS),
    exact=st.booleans(),
)
def test_worse_lots_never_pass_more_often(lot_size, aql, severity, kind, exact):
    plan = find_plan(lot_size=lot_size, aql=aql, severity=severity, kind=kind)
    curve = curve_of(plan, lot_size=lot_size if exact else None)
    p, pa = np.array(curve.points()).T
    asn = curve.asn(p)

    assert pa[0] == pytest.approx(1)
    assert np.all(np.diff(pa) <= 1e-8)
    assert np.all((asn > 0) & (asn <= plan.sample_size + 1e-9))
    assert curve.aoql()[0] <= (curve.quality_at(0.001) or 1)


@pytest.mark.parametrize(
    ("pa", "words"),
    [
        (0.1681, ("passes_about", 1, 6)),
        (0.5, ("passes_about", 1, 2)),
        (0.667, ("passes_about", 2, 3)),
        (0.147, ("passes_about", 1, 7)),
        (0.89, ("passes_about", 8, 9)),
        (0.0123, ("passes_about", 1, 81)),
        (0.00123, ("passes_about", 1, 810)),
        (0.95, ("fails_about", 1, 20)),
        (0.0001, ("almost_never", 0, 1)),
        (1.0, ("almost_always", 1, 1)),
    ],
)
def test_a_chance_in_words(pa, words):
    assert odds(pa) == words


@given(st.floats(0.0005, 0.9995))
def test_a_chance_in_words_is_near_the_chance(pa):
    code, times, out_of = odds(pa)
    told = 1 - times / out_of if code == "fails_about" else times / out_of

    assert told == pytest.approx(pa, abs=0.031 if out_of <= 10 else 0.006)


def test_inspecting_all_tells_good_from_bad_without_doubt():
    curve = curve_of(find_plan(lot_size=20, aql="0.65"))

    assert list(curve.pa([0, 1 / 20, 1])) == [1, 0, 0]
    assert curve.aoql()[0] == 0


def test_a_plan_that_accepts_everything_has_no_limit():
    curve = single_curve(2, 2)

    assert curve.quality_at(0.1) is None
    assert curve.aoql() == (1.0, 1.0)
    assert curve.points()[-1] == (1.0, 1.0)


@pytest.mark.parametrize(
    ("question", "code", "field"),
    [
        ({"n": 0}, "whole_number", "n"),
        ({"ac": -1}, "whole_number", "ac"),
        ({"n": 81, "lot_size": 80}, "sample_above_lot", "n"),
        ({"lot_size": 0}, "lot_size", "lot_size"),
        ({"counts": "boxes"}, "counts", "counts"),
    ],
)
def test_an_impossible_plan_has_no_curve(question, code, field):
    with pytest.raises(SamplingError) as caught:
        single_curve(**{"n": 80, "ac": 5} | question)

    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(("n", "ac", "lot_size"), [(315, 21, 400), (32, 10, 40), (80, 5, 1000)])
def test_no_probability_is_above_1(n, ac, lot_size):
    """Sums of logarithms made it 1.0000000000005."""
    pa = single_curve(n, ac, lot_size=lot_size).pa(np.arange(lot_size + 1) / lot_size)

    assert pa.max() <= 1
    assert pa.min() >= 0


def test_average_total_inspection_of_a_single_plan():
    """ATI = n Pa + N (1 - Pa), D. C. Montgomery, eq. 15.6: n = 89, c = 2, N = 10,000, p = 0.01: 687."""
    curve = single_curve(89, 2, lot_size=10_000)

    assert float(curve.ati(0.01)) == pytest.approx(687, abs=12)  # the book's Pa is binomial, 0.9397
    assert float(curve.ati(0.0)) == 89


@pytest.mark.parametrize(("opened", "p"), [(8, 0.1), (8, 0.2), (50, 0.1), (12, 0.06)])
def test_a_batch_whose_bad_units_fill_whole_cartons_passes_as_often_as_in_simulation(opened, p):
    """1,000 units in 50 cartons, n 80, Ac 5: with 8 opened 10 % bad passes 2 times in 5, where 1 in 6 used to be told."""
    plan = find_plan(lot_size=1000, aql="2.5")
    random = np.random.default_rng(8)
    share = np.full(opened, plan.sample_size // opened) + (np.arange(opened) < plan.sample_size % opened)
    drawn = np.array([random.permutation(50)[:opened] for _ in range(6000)])
    found = ((drawn < round(p * 50)) * share).sum(axis=1)
    chance = pa_of_whole_cartons(plan, p, cartons=50, opened=opened)

    assert chance == pytest.approx((found <= plan.acceptance).mean(), abs=0.02)
    if (opened, p) == (8, 0.1):
        assert 0.35 < chance < 0.45
