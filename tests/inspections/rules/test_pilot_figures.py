import json
from dataclasses import asdict
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta, binomtest, chisquare, multinomial, norm

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


def test_a_promise_needs_46_deliveries():
    few, enough = delivery_promise([5] * 45), delivery_promise(range(1, 47))

    assert (few.low, few.high, few.needed) == (None, None, 46)
    assert (enough.low, enough.high) == (1, 46)
    assert beta.sf(0.9, 45, 2) >= 0.95 > beta.sf(0.9, 44, 2)


def test_a_promise_leaves_out_what_it_may_and_keeps_its_confidence():
    random = np.random.default_rng(7)
    covered = []
    for _ in range(1500):
        promise = delivery_promise((random.lognormal(2, 0.4, 120) * 1000).astype(int))
        inside = np.log(np.array([promise.low, promise.high + 1]) / 1000)
        low, high = norm.cdf((inside - 2) / 0.4)
        covered.append(high - low >= 0.9)

    assert np.mean(covered) >= 0.95 - 4 * (0.05 * 0.95 / 1500) ** 0.5
    assert delivery_promise(range(200)).low > 0


DELIVERIES = json.loads((Path(__file__).parent / "pilot_deliveries.json").read_text())[0]


def test_nothing_is_promised_while_slow_parcels_are_still_out():
    """79 of 200 have arrived on day 7; 3 to 7 days used to be promised, and 90 % take up to 14."""
    days = DELIVERIES["days"]
    promised = {}
    for today in range(1, 24):
        arrived = [day for day in days if day <= today]
        promise = delivery_promise(arrived, under_way=len(days) - len(arrived))
        promised[today] = (promise.low, promise.high, len(arrived) >= promise.arrivals_needed)

    assert promised[7] == (None, None, False)
    given = {today: each for today, each in promised.items() if each[2]}
    assert {each[:2] for each in given.values()} == {promised[23][:2]}  # waiting longer changes nothing any more
    assert min(high for _low, high, _is in given.values()) >= sorted(days)[int(0.9 * len(days))]
    assert min(given) < 22


@pytest.mark.parametrize("day", [6, 10, 14, 20])
def test_a_promise_from_parcels_under_way_keeps_its_confidence(day):
    """Of 1,500 runs of 120 parcels looked at on some day, those that get a promise that does not hold are 5 % at most."""
    random = np.random.default_rng(day)
    broken = 0
    for _ in range(1500):
        took = random.lognormal(2, 0.4, 120)
        promise = delivery_promise((took[took <= day] * 1000).astype(int), under_way=int((took > day).sum()))
        if promise.low is None:
            continue
        low, high = norm.cdf((np.log(np.array([promise.low, promise.high + 1]) / 1000) - 2) / 0.4)
        broken += high - low < 0.9

    assert broken / 1500 <= 0.05 + 4 * (0.05 * 0.95 / 1500) ** 0.5


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
