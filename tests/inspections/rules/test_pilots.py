import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom

from inspections.rules.pilots import (
    CURTAILED,
    FAIL,
    PASS,
    SEQUENTIAL,
    UNDECIDED,
    Boundary,
    boundary,
    more_units,
    most_passing,
    operating,
    verdict,
)
from inspections.sampling.intervals import lower_bound, upper_bound

SIMULATED = 200_000
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


@pytest.mark.parametrize(("bad", "n", "limit"), [(0, 20, 0.05), (1, 60, 0.05), (3, 80, 0.08), (5, 60, 0.1)])
def test_how_many_more_units_would_decide(bad, n, limit):
    more = more_units(bad, n, limit)

    assert upper_bound(bad, n + more.if_good) <= limit < upper_bound(bad, n + more.if_good - 1)
    assert binom.sf(bad + more.if_bad - 1, n + more.if_bad, limit) <= 0.05
    assert binom.sf(bad + more.if_bad - 2, n + more.if_bad - 1, limit) > 0.05
    total = n + more.as_so_far
    assert beta.ppf(0.95, round(bad * total / n) + 1, total - round(bad * total / n)) <= limit


def test_at_the_limit_itself_no_number_decides():
    assert more_units(3, 60, 0.05).as_so_far is None


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
