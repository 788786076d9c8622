"""What a plan is worth where units of one carton are alike."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import betabinom, binom

from inspections.sampling import SamplingError, cartons, find_plan
from inspections.sampling.cartons import pa_of_alike_units, pa_of_whole_cartons

PLAN = find_plan(lot_size=1000, aql="2.5")  # 80, 5


def test_whole_cartons_are_those_of_the_findings():
    """As finding S9 counted by simulation: 50 cartons, 8 opened: 10 % passes 39 %, 20 % 13.6 %; all opened 10 % passes 0.7 %."""
    told = [
        round(pa_of_whole_cartons(PLAN, p, cartons=50, opened=opened), 3)
        for p, opened in ((0.1, 8), (0.2, 8), (0.1, 50))
    ]

    assert told == [0.401, 0.143, 0.007]


def test_thousands_of_cartons_cost_no_more_than_the_acceptance_number(monkeypatch):
    """A hundred points of 20,000 cartons, 9,999 of them opened, took 54 s: all of the cartons that may be bad were gone through."""
    hypergeom, terms = cartons.scipy.stats.hypergeom, []
    pmf = hypergeom.pmf
    monkeypatch.setattr(hypergeom, "pmf", lambda found, *more: [terms.append(len(found)), pmf(found, *more)][1])
    plan = replace(PLAN, sample_size=10_000, acceptance=100, rejection=101)

    passed = [pa_of_whole_cartons(plan, p, cartons=20_000, opened=9_999) for p in (0, 0.005, 0.01, 0.5, 1)]

    assert max(terms) == 101
    assert passed[0] == 1
    assert passed[1:] == pytest.approx([*hypergeom.cdf(100, 20_000, [100, 200], 9_999), 0, 0], abs=0.005)
    assert all(0 <= chance <= 1 for chance in passed)


def test_units_that_are_not_alike_are_a_random_sample():
    assert pa_of_alike_units(PLAN, 0.1, opened=9, correlation=0) == pytest.approx(binom.cdf(5, 80, 0.1), abs=1e-12)


def test_whole_cartons_of_many_are_a_binomial_of_cartons():
    """With 8 cartons of 10 units each a single bad one rejects at Ac 5."""
    assert pa_of_alike_units(PLAN, 0.1, opened=8, correlation=1) == pytest.approx(0.9**8, abs=1e-12)


@pytest.mark.parametrize(("opened", "correlation"), [(8, 0.2), (8, 0.05), (9, 0.5), (80, 0.2)])
def test_a_correlation_in_between_is_the_sum_of_what_each_carton_shows(opened, correlation):
    """One carton after the other, the whole distribution of each; `bench/simulations.py` draws lots at random."""
    spread = (1 - correlation) / correlation
    sizes = np.full(opened, 80 // opened) + (np.arange(opened) < 80 % opened)
    found = np.ones(1)
    for units in sizes:
        found = np.convolve(found, betabinom.pmf(np.arange(units + 1), units, 0.1 * spread, 0.9 * spread))

    assert len(found) == 81
    assert pa_of_alike_units(PLAN, 0.1, opened=opened, correlation=correlation) == pytest.approx(
        found[:6].sum(), abs=1e-12
    )


@pytest.mark.parametrize("wrong", [{"correlation": 1.5}, {"opened": 0}])
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(SamplingError) as refused:
        pa_of_alike_units(PLAN, 0.1, **{"opened": 8, "correlation": 0.2} | wrong)

    assert refused.value.field == next(iter(wrong))
