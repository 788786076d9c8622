import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from inspections.rules.pilots import (
    CURTAILED,
    FAIL,
    PASS,
    SEQUENTIAL,
    UNDECIDED,
    Boundary,
    MoreUnits,
    boundary,
    fails_in_haste,
    more_units,
    most_passing,
    operating,
    smallest_size,
    units_to_prove,
    verdict,
)
from inspections.sampling.intervals import lower_bound, upper_bound

SIMULATED = 50_000  # of each rule; what it says is counted exactly, by sums written apart from these runs
# Four standard errors of a simulated chance of about 5 %.
TOLERANCE = 4 * (0.05 * 0.95 / SIMULATED) ** 0.5


def simulate(rule: Boundary, rate: float, *, looks=None) -> tuple[float, float, float]:
    """The share of runs that pass and that fail, and the mean number of units, of runs drawn at random.

    `looks` are the counts after which somebody looks, all of them unless told. Written apart from the rule's own sums.
    """
    random = np.random.default_rng(20261122)
    bad = (random.random((rule.size, SIMULATED), np.float32) < rate).cumsum(axis=0, dtype=np.int16)
    outcome = np.zeros(SIMULATED, np.int8)
    taken = np.full(SIMULATED, rule.size, np.int16)
    for n in looks or range(1, rule.size + 1):
        count = bad[n - 1]
        fails = (outcome == 0) & (count >= rule.fails[n])
        passes = (outcome == 0) & ~fails & (count <= rule.passes[n])
        hopeless = (outcome == 0) & ~fails & ~passes & (count > rule.passes[-1]) if looks is None else fails & False
        outcome[fails], outcome[passes], outcome[hopeless] = 1, 2, 3
        taken[fails | passes | hopeless] = n
    return (outcome == 2).mean(), (outcome == 1).mean(), taken.mean()


@pytest.mark.parametrize("kind", [CURTAILED, SEQUENTIAL])
@pytest.mark.parametrize(("limit", "size"), [(0.05, 60), (0.05, 200), (0.08, 100), (0.1, 80), (0.1, 200)])
def test_the_chances_of_error_hold_in_simulated_runs(kind, limit, size):
    rule = boundary(kind, limit=limit, size=size)

    chances = operating(rule, limit)
    passed, failed, units = simulate(rule, limit)

    assert rule.wrong_pass <= 0.05
    assert rule.wrong_fail <= 0.05
    assert passed <= rule.wrong_pass + TOLERANCE
    assert failed <= rule.wrong_fail + TOLERANCE
    assert (passed, failed) == pytest.approx((chances.passed, chances.failed), abs=TOLERANCE)
    assert units == pytest.approx(chances.expected_units, abs=4 * size / SIMULATED**0.5)


@pytest.mark.parametrize(("limit", "size"), [(0.05, 200), (0.1, 80)])
def test_the_chances_hold_where_units_come_back_in_parcels(limit, size):
    rule = boundary(SEQUENTIAL, limit=limit, size=size)

    for step in (7, 20, 31):
        passed, failed, _units = simulate(rule, limit, looks=[*range(step, size, step), size])
        assert passed <= rule.wrong_pass + TOLERANCE
        assert failed <= rule.wrong_fail + TOLERANCE


def test_good_quality_is_recognised_earlier_by_the_sequential_rule():
    curtailed, sequential = (boundary(kind, limit=0.1, size=200) for kind in (CURTAILED, SEQUENTIAL))

    passed, failed, units = simulate(sequential, 0.02)

    assert operating(sequential, 0.02).passed == pytest.approx(passed, abs=TOLERANCE)
    assert (passed > 0.98, failed < 0.0001, units < 70) == (True, True, True)
    assert operating(curtailed, 0.02).expected_units > 190


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(20, 200),
    limit=st.sampled_from([0.01, 0.02, 0.05, 0.08, 0.1, 0.2]),
    share=st.floats(0, 0.3),
)
def test_the_whole_run_passes_and_fails_by_its_exact_bounds(size, limit, share):
    bad = int(size * share)
    rule = boundary(CURTAILED, limit=limit, size=size)

    decision = rule.decision(bad, size)

    assert (decision == PASS) == (upper_bound(bad, size) <= limit)
    assert (decision == FAIL) == (binom.sf(bad - 1, size, limit) <= 0.05)
    if decision == FAIL:
        assert lower_bound(bad, size) >= limit


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(20, 120),
    limit=st.sampled_from([0.02, 0.05, 0.1]),
    rate=st.floats(0, 0.3),
    seed=st.integers(0, 10_000),
)
def test_stopping_a_curtailed_run_never_changes_its_answer(size, limit, rate, seed):
    rule = boundary(CURTAILED, limit=limit, size=size)
    bad = (np.random.default_rng(seed).random(size) < rate).cumsum()
    last = rule.decision(int(bad[-1]), size)

    decisions = {rule.decision(int(bad[n - 1]), n) for n in range(1, size + 1)} - {UNDECIDED}

    assert decisions == ({last} if last != UNDECIDED else set())
    if not all(rule.can_pass(int(count)) for count in bad):
        assert last != PASS


@pytest.mark.parametrize("kind", [CURTAILED, SEQUENTIAL])
def test_a_rule_is_kept_as_it_was_computed(kind):
    rule = boundary(kind, limit=0.05, size=60)

    assert Boundary.from_dict(rule.as_dict()) == rule
    assert (len(rule.passes), len(rule.fails), rule.size) == (61, 61, 60)
    assert list(rule.passes) == sorted(rule.passes)


def test_sizes_and_what_they_prove():
    assert upper_bound(0, 60) == pytest.approx(0.0487029, abs=1e-7)
    assert [most_passing(size, 0.05) for size in (20, 58, 59, 93, 200)] == [-1, -1, 0, 1, 4]


@pytest.mark.parametrize(
    ("kind", "size", "limit", "bad", "n", "more"),
    [
        (CURTAILED, 100, 0.05, 0, 0, MoreUnits(99, 10, None)),  # judged as a run of its own it would be 59
        (CURTAILED, 100, 0.05, 0, 98, MoreUnits(1, None, 1)),
        (SEQUENTIAL, 200, 0.05, 0, 0, MoreUnits(75, 20, None)),
        (SEQUENTIAL, 200, 0.1, 0, 0, MoreUnits(41, 20, None)),
        (SEQUENTIAL, 200, 0.05, 1, 25, MoreUnits(87, 5, None)),
        (SEQUENTIAL, 100, 0.05, 1, 25, MoreUnits(None, 4, None)),
        (SEQUENTIAL, 100, 0.05, 0, 30, MoreUnits(35, 6, 35)),
    ],
)
def test_how_many_more_units_would_decide_is_read_off_the_rule_in_force(kind, size, limit, bad, n, more):
    assert more_units(boundary(kind, limit=limit, size=size), bad, n) == more


@given(data=st.data(), kind=st.sampled_from([CURTAILED, SEQUENTIAL]), limit=st.sampled_from([0.03, 0.05, 0.1]))
@settings(max_examples=60, deadline=None)
def test_further_units_are_the_first_that_decide(data, kind, limit):
    rule = boundary(kind, limit=limit, size=data.draw(st.sampled_from([60, 100, 200])))
    n = data.draw(st.integers(0, rule.size - 1))
    bad = data.draw(st.integers(0, min(n, 12)))
    if rule.decision(bad, n) != UNDECIDED:
        return
    more = more_units(rule, bad, n)
    good = [k for k in range(1, rule.size - n + 1) if rule.decision(bad, n + k) == PASS]
    all_bad = [k for k in range(1, rule.size - n + 1) if rule.decision(bad + k, n + k) == FAIL]

    assert (more.if_good, more.if_bad) == (good[0] if good else None, all_bad[0] if all_bad else None)


def test_a_run_of_its_own_is_the_smallest_that_passes():
    assert [smallest_size(CURTAILED, 0.05, bad=bad) for bad in (0, 1, 4, 5)] == [59, 93, 181, None]
    for kind in (CURTAILED, SEQUENTIAL):
        size = smallest_size(kind, 0.05)
        assert boundary(kind, limit=0.05, size=size).can_pass(0)
        assert not boundary(kind, limit=0.05, size=size - 1).can_pass(0)
    assert (smallest_size(CURTAILED, 0.01), units_to_prove(0.01), units_to_prove(1e-7)) == (None, 299, None)


def test_units_that_can_still_turn_bad_hold_a_failure_back_and_no_pass():
    """Of 40 that arrived 6 are complained about and the time of the others is not over: 6 of 20 would fail."""
    rule = boundary(SEQUENTIAL, limit=0.1, size=200)
    bad = rule.fails[20]

    assert rule.decision(bad, 20) == FAIL
    assert rule.decision(bad, 20, arrived=60) == UNDECIDED
    assert rule.decision(0, rule.passes.index(0), arrived=200) == PASS


def test_bad_news_in_haste_is_told_with_its_size():
    """Twice as soon is more often wrong than the 5 % of any order; the whole run's test does not mind."""
    fixed, after_each = (boundary(kind, limit=0.1, size=100) for kind in (CURTAILED, SEQUENTIAL))

    assert fails_in_haste(fixed) == fixed.wrong_fail
    assert after_each.wrong_fail <= 0.05 < 0.15 < fails_in_haste(after_each) < 0.9
    assert fails_in_haste(after_each, 1) == pytest.approx(after_each.wrong_fail, abs=0.015)


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([PASS, PASS, PASS], PASS),
        ([PASS, UNDECIDED, PASS], UNDECIDED),
        ([FAIL, UNDECIDED, PASS], FAIL),
        ([FAIL, PASS, PASS], FAIL),
    ],
)
def test_a_run_passes_when_all_do_and_fails_when_any_does(decisions, expected):
    assert verdict(dict(zip(("damage", "complaint", "return"), decisions, strict=True))) == expected
