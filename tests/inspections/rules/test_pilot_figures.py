import json
from dataclasses import asdict
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta, binomtest, chisquare, multinomial

from inspections.rules.pilot_figures import against_norm, ages, delivery_promise, judge
from inspections.rules.pilots import CURTAILED, RATES, boundary

NORM = {"quality": 0.3, "not_as_described": 0.25, "logistics": 0.15, "usage": 0.1, "changed_mind": 0.2}


@pytest.mark.parametrize(("bad", "n"), [(0, 20), (1, 60), (7, 60), (19, 20), (20, 20), (13, 200), (200, 200)])
def test_rates_have_the_exact_bounds_of_scipy(bad, n):
    rules = {name: boundary(CURTAILED, limit=0.1, size=200) for name in RATES}

    for rate in judge(rules, dict.fromkeys(RATES, bad), dict.fromkeys(RATES, n)).rates:
        exact = binomtest(bad, n).proportion_ci(0.95, "exact")
        assert rate.interval == pytest.approx((exact.low, exact.high), abs=1e-6)
        one_sided = binomtest(bad, n, alternative="less").proportion_ci(0.95, "exact")
        assert rate.upper == pytest.approx(one_sided.high, abs=1e-6)
        other = binomtest(bad, n, alternative="greater").proportion_ci(0.95, "exact")
        assert rate.lower == pytest.approx(other.low, abs=1e-6)


def test_of_no_units_nothing_is_known():
    rules = {name: boundary(CURTAILED, limit=0.1, size=60) for name in RATES}

    judgement = judge(rules, dict.fromkeys(RATES, 0), dict.fromkeys(RATES, 0))

    assert (judgement.verdict, judgement.is_hopeless, judgement.may_conclude) == ("undecided", False, False)
    assert [(rate.interval, rate.share) for rate in judgement.rates] == [((0.0, 1.0), None)] * 3


def test_a_promise_needs_46_deliveries_and_one_of_nine_in_ten_96():
    few, enough, more = (delivery_promise(range(1, n + 1)) for n in (45, 46, 96))

    assert (few.low, few.high, few.needed) == (None, None, 46)
    assert [(each.low, each.high, each.coverage) for each in (enough, more)] == [(1, 46, 0.8), (1, 96, 0.9)]
    assert [beta.sf(share, n - 1, 2) >= 0.9995 for n, share in ((45, 0.8), (46, 0.8), (95, 0.9), (96, 0.9))] == [
        False,
        True,
    ] * 2


@pytest.mark.parametrize(("n", "coverage"), [(46, 0.8), (60, 0.8), (96, 0.9), (120, 0.8), (120, 0.9), (200, 0.9)])
def test_of_the_promises_given_on_whatever_day_those_too_short_are_5_percent_at_most(n, coverage):
    """20,000 runs of n parcels, of which a share q takes no longer than until today. Of any distribution: ranks do not mind."""
    parcels = np.sort(np.random.default_rng(20261201).random((20_000, n)), axis=1)
    given_at = {}
    for arrived in range(n + 1):  # days that are their own ranks
        promise = delivery_promise(range(arrived), under_way=n - arrived)
        if promise.low is not None:
            given_at.setdefault(promise.coverage, promise)
    promise, better = given_at[coverage], given_at.get(0.9 if coverage == 0.8 else None)
    low, high = parcels[:, promise.low], parcels[:, promise.high]

    assert promise.n == promise.high + 1 == promise.arrivals_needed
    too_short = high - low < coverage
    assert too_short.mean() <= 0.0005 + 4 * (0.0005 / 20_000) ** 0.5
    for q in (*np.linspace(0.5, 0.99, 50), 1):
        given = (high <= q) & (parcels[:, better.high] > q if better else True)
        allowed = 0.05 * max(given.mean(), 0.01)
        assert (given & too_short).mean() <= allowed + 4 * (allowed / 20_000) ** 0.5


def test_a_promise_leaves_out_what_it_may():
    assert (delivery_promise(range(200)).low, delivery_promise(range(200)).high) == (3, 196)
    assert delivery_promise(range(119), under_way=1).coverage == 0.8


DELIVERIES = json.loads((Path(__file__).parent / "pilot_deliveries.json").read_text())[0]


def test_nothing_is_promised_while_slow_parcels_are_still_out():
    """79 of 200 have arrived on day 7; 3 to 7 days used to be promised, and 90 % take up to 14."""
    days = DELIVERIES["days"]
    promised, coverage_on = {}, {}
    for today in range(1, 24):
        arrived = [day for day in days if day <= today]
        promise = delivery_promise(arrived, under_way=len(days) - len(arrived))
        coverage_on[today] = promise.coverage
        promised[today] = (promise.low, promise.high, len(arrived) >= promise.arrivals_needed)

    assert promised[7] == (None, None, False)
    given = [today for today, each in promised.items() if each[2]]
    assert min(given) < 22
    for today in given:
        high, coverage = promised[today][1], coverage_on[today]
        assert high >= sorted(days)[int(coverage * len(days))]
        # Waiting longer changes nothing, until more can be promised.
        assert {promised[later][1] for later in given if coverage_on[later] == coverage} == {high}
    assert coverage_on[23] == 0.9


def test_ages_count_what_can_still_come_back():
    assert ages([]) is None
    assert asdict(ages([(day, 14) for day in (1, 3, 14, 15)] + [(30, 30)], returned=2)) == {
        "n": 7, "youngest": 1, "median": 14, "oldest": 30, "open": 4, "shortest": 14, "longest": 30,
    }  # fmt: skip


def test_the_exact_test_counts_every_way_in_which_reasons_could_fall():
    observed = (5, 0, 2, 1, 0)
    shares = list(NORM.values())
    ways = [way for way in product(range(9), repeat=5) if sum(way) == 8]
    chances = multinomial.pmf(ways, 8, shares)
    expected = chances[chances <= multinomial.pmf(observed, 8, shares) * (1 + 1e-9)].sum()

    found = against_norm(dict(zip(NORM, observed, strict=True)), NORM)

    assert (found.is_exact, found.is_rough, found.most_over) == (True, False, "quality")
    assert found.p_value == pytest.approx(expected, abs=1e-9)


def test_many_returns_are_compared_by_chi_square_which_says_when_it_is_rough():
    observed = [40, 20, 15, 10, 15]

    found = against_norm(dict(zip(NORM, observed, strict=True)), NORM)
    few = against_norm(dict(zip(NORM, [10, 8, 4, 3, 5], strict=True)), NORM)

    assert found.p_value == pytest.approx(chisquare(observed, [100 * share for share in NORM.values()]).pvalue)
    assert (found.is_exact, found.is_rough, few.is_rough) == (False, False, True)


def test_without_returns_or_norm_there_is_nothing_to_compare():
    assert against_norm({}, NORM) is None
    assert against_norm({"quality": 3}, {}) is None
