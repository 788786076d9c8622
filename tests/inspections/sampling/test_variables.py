"""Z1.9 s-method: table structure, the published example, one- and two-sided limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv
from scipy.stats import norm

from inspections.sampling import SamplingError, Scheme
from inspections.sampling.standard import SEVERITIES, read_table
from inspections.sampling.variables import (
    LEVELS,
    VariablesPlan,
    at_least_as_strict,
    chances_of_acceptance,
    estimated_percent,
    find_variables_plan,
    judge,
    one_step_tighter,
    plan_by_rule,
)

AQLS = ("0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10")
LETTER_OF_LOT = dict(
    zip("BCDEFGHIJKLMN", (3, 20, 40, 60, 100, 200, 300, 450, 1000, 2000, 5000, 20_000, 100_000), strict=True)
)
# The example of MIL-STD-414 and Z1.9: operating temperature, at most 209 °F, five of a lot of 40.
TEMPERATURES = [197, 188, 184, 205, 201]


def test_the_published_example():
    plan = find_variables_plan(lot_size=40, aql="1.0")
    verdict = judge(plan, TEMPERATURES, upper=209)

    assert (plan.code_letter, plan.sample_size) == ("D", 5)
    assert plan.k == pytest.approx(1.53, abs=0.01)
    assert plan.m_percent == pytest.approx(3.33, abs=0.02)
    assert (verdict.mean, verdict.sd) == pytest.approx((195, 8.81), abs=0.01)
    assert verdict.q_upper == pytest.approx(1.59, abs=5e-3)
    assert verdict.percent_above == pytest.approx(2.19, abs=0.03)
    assert verdict.accepted
    assert judge(plan, TEMPERATURES, upper=209, form=1).accepted


def test_the_published_example_with_two_limits():
    """The same five readings, 180 to 209 °F: 0.66 % below, 2.19 % above, 2.85 % in all, accepted at M 3.32."""
    verdict = judge(find_variables_plan(lot_size=40, aql="1.0"), TEMPERATURES, lower=180, upper=209)

    assert (verdict.percent_below, verdict.percent_above) == pytest.approx((0.66, 2.19), abs=0.05)
    assert verdict.percent_outside == pytest.approx(2.85, abs=0.06)
    assert verdict.accepted


def test_code_letters_are_those_of_table_a_2():
    lots = (2, 9, 16, 26, 51, 91, 151, 281, 401, 501, 1201, 3201, 10_001, 35_001, 150_001, 500_001)
    letters = {
        "S-3": "BBBBBBBCCDEFGHHH",
        "S-4": "BBBBBCDEEFGHIJKK",
        "I": "BBBCDEFGGHIJKLMN",
        "II": "BBCDEFGHIJKLMNPP",
        "III": "CDEFGHIJJKLMNPPP",
    }
    for level, expected in letters.items():
        found = [find_variables_plan(lot_size=max(lot, 3), level=level, aql="1.0").code_letter for lot in lots]
        before = [find_variables_plan(lot_size=lot - 1, level=level, aql="1.0").code_letter for lot in lots[1:]]
        assert "".join(found) == expected
        assert "".join(before) == expected[:-1]


def every_plan():
    for severity in SEVERITIES:
        for letter, lot_size in LETTER_OF_LOT.items():
            for aql in AQLS:
                plan = find_variables_plan(lot_size=lot_size, aql=aql, severity=severity, level="II")
                assert plan.code_letter == letter
                yield plan


def test_form_1_and_form_2_are_the_same_test_in_every_cell():
    rows = read_table("variables_z19_s")

    assert len(rows) == len(SEVERITIES) * 14 * len(AQLS)
    for row in rows:
        n, k, m_percent = int(row["n"]), float(row["k_from_M"]), float(row["M_percent"])
        a = n / 2 - 1
        x = betaincinv(a, a, m_percent / 100)
        assert k == pytest.approx((1 - 2 * x) * (n - 1) / np.sqrt(n), abs=1e-4)
        assert estimated_percent(k, n) == pytest.approx(m_percent, abs=0.011)


def test_form_1_keeps_the_printed_k():
    """Computed back from M it would accept Q = 1.715 at F and 1.0, where 1.72 is printed."""
    printed = {
        (row["severity"], row["letter"], row["aql"]): float(row["k_printed_milstd414"])
        for row in read_table("variables_z19_s")
        if row["k_printed_milstd414"]
    }
    plans = {(plan.severity, plan.code_letter, plan.aql): plan for plan in every_plan() if not plan.inspect_all}

    assert len(printed) > 400
    own_cells = [key for key in plans if key in printed]
    assert len(own_cells) > 300
    assert all(plans[key].k == printed[key] for key in own_cells)


def test_a_larger_aql_allows_more_and_tightened_allows_less():
    plans = {(plan.severity, plan.code_letter, plan.aql): plan for plan in every_plan() if not plan.inspect_all}
    for (severity, letter, aql), plan in plans.items():
        step = AQLS.index(aql) + 1
        if step < len(AQLS) and plans[severity, letter, AQLS[step]].sample_size == plan.sample_size:
            assert plans[severity, letter, AQLS[step]].m_percent > plan.m_percent
        tightened = plans.get(("tightened", letter, aql))
        if severity == "normal" and tightened and tightened.sample_size == plan.sample_size:
            assert tightened.m_percent < plan.m_percent


def test_the_estimate_is_unbiased():
    generator = np.random.default_rng(5)
    samples = generator.normal(0, 1, (20_000, 7))
    q = (1.5 - samples.mean(axis=1)) / samples.std(axis=1, ddof=1)
    estimates = [estimated_percent(each, 7) for each in q]

    assert np.mean(estimates) == pytest.approx(100 * norm.sf(1.5), abs=0.15)


@given(
    lot_size=st.integers(3, 10**6),
    level=st.sampled_from(LEVELS),
    aql=st.sampled_from(AQLS),
    severity=st.sampled_from(SEVERITIES),
)
def test_any_lot_has_a_plan_that_fits_and_survives_being_stored(lot_size, level, aql, severity):
    plan = find_variables_plan(lot_size=lot_size, level=level, aql=aql, severity=severity)

    assert 3 <= plan.sample_size <= lot_size
    assert VariablesPlan.from_dict(plan.as_dict()) == plan


@given(st.lists(st.floats(-50, 50), min_size=10, max_size=10), st.floats(-40, 0), st.floats(0.5, 40))
def test_wider_limits_never_reject_what_narrower_ones_accept(readings, lower, width):
    plan = find_variables_plan(lot_size=100, aql="2.5")
    narrow = judge(plan, readings, lower=lower, upper=lower + width)
    wide = judge(plan, readings, lower=lower - 5, upper=lower + width + 5)

    assert wide.percent_outside <= narrow.percent_outside + 1e-9
    assert wide.accepted or not narrow.accepted


def test_a_lot_measured_whole_is_counted_not_estimated():
    plan = find_variables_plan(lot_size=4, aql="10")

    assert plan.inspect_all is (plan.sample_size == 4)
    whole = VariablesPlan(4, plan.k, plan.m_percent, True, "B", "normal", "10")
    assert judge(whole, [1.0, 1.1, 1.2, 1.3], lower=0.9).accepted
    assert judge(whole, [1.0, 1.1, 1.2, 1.3], lower=1.05).percent_below == 25
    assert not judge(whole, [1.0, 1.1, 1.2, 1.3], lower=1.05).accepted
    assert judge(whole, [-1.0, 1.1, 1.2, 1.3], upper=1.25).percent_outside == 25


def test_readings_far_from_normal_are_warned_of():
    plan = find_variables_plan(lot_size=300, aql="1.0")
    bell = norm.ppf((np.arange(plan.sample_size) + 0.5) / plan.sample_size).tolist()
    skewed = np.exp(np.array(bell) * 2).tolist()

    assert judge(plan, bell, lower=-9).warnings == ()
    assert judge(plan, skewed, lower=-99).warnings == ("not_normal",)
    assert judge(plan, skewed, lower=-99).normality_p < 0.05


def test_few_readings_or_equal_ones_say_nothing_of_normality():
    plan = find_variables_plan(lot_size=40, aql="1.0")

    assert judge(plan, TEMPERATURES, upper=209).warnings == ("too_few_to_judge_normality",)
    equal = judge(plan, [5.0] * 5, lower=4)
    assert (equal.warnings, equal.accepted, equal.percent_outside) == (("no_spread",), True, 0)
    assert not judge(plan, [5.0] * 5, lower=6).accepted


@pytest.mark.parametrize("quality", [0.01, 0.05, 0.2])
def test_the_chance_of_acceptance_is_that_of_many_samples(quality):
    plan = find_variables_plan(lot_size=200, aql="1.0")
    samples = np.random.default_rng(11).normal(0, 1, (40_000, plan.sample_size))
    q = (norm.isf(quality) - samples.mean(axis=1)) / samples.std(axis=1, ddof=1)

    assert chances_of_acceptance(plan, [quality])[0] == pytest.approx(np.mean(q >= plan.k), abs=0.01)


def test_the_next_smaller_aql_is_what_one_step_tighter_asks_for():
    for step, aql in enumerate(AQLS[1:]):
        for letter, lot_size in LETTER_OF_LOT.items():
            plan = find_variables_plan(lot_size=lot_size, aql=aql)
            smaller = find_variables_plan(lot_size=lot_size, aql=AQLS[step])
            assert plan.code_letter == smaller.code_letter == letter
            assert one_step_tighter(plan).k == max(plan.k, smaller.k)
            assert one_step_tighter(plan).m_percent == min(plan.m_percent, smaller.m_percent)


@given(
    lots=st.tuples(st.integers(3, 10**5), st.integers(3, 10**5)),
    aqls=st.tuples(st.sampled_from(AQLS), st.sampled_from(AQLS)),
)
def test_a_reinspection_is_nowhere_weaker(lots, aqls):
    """Whatever the specification says by then, as long as so many units are left."""
    before = find_variables_plan(lot_size=lots[0], aql=aqls[0])
    lot_size = min(lots)
    again = at_least_as_strict(
        find_variables_plan(lot_size=lot_size, aql=aqls[1], severity="tightened"), before, lot_size=lot_size
    )

    assert min(before.sample_size, lot_size) <= again.sample_size <= lot_size
    assert again.m_percent <= before.m_percent
    assert again.k >= before.k


def test_a_scheme_may_judge_measured_characteristics_by_variables():
    scheme = Scheme.from_dict({"aql": {"major": "2.5"}, "variables": {"aql": "1.0"}})

    assert plan_by_rule(scheme.variables, 40, severity="tightened").m_percent == pytest.approx(1.34)
    assert plan_by_rule(scheme.variables, 2) is None
    assert Scheme.from_dict({"aql": {"major": "2.5"}}).variables is None


@pytest.mark.parametrize(
    ("question", "code", "field"),
    [
        ({"readings": [197, 188, 184, 205]}, "readings", "readings"),
        ({"readings": [197, 188, 184, 205, None]}, "readings", "readings"),
        ({"readings": [197, 188, 184, 205, float("nan")]}, "readings", "readings"),
        ({"readings": [197, 188, 184, 205, "201"]}, "readings", "readings"),
        ({"readings": [197, 188, 184, 205, 201, float("inf")]}, "readings", "readings"),
        ({"upper": None}, "limit_missing", "lower"),
        ({"lower": 209, "upper": 209}, "limits_reversed", "lower"),
        ({"lower": 180, "form": 1}, "form_one_sided", "form"),
        ({"form": 3}, "form", "form"),
    ],
)
def test_a_sample_that_cannot_be_judged_is_refused(question, code, field):
    question = {"readings": TEMPERATURES, "upper": 209} | question
    with pytest.raises(SamplingError) as caught:
        judge(find_variables_plan(lot_size=40, aql="1.0"), question.pop("readings"), **question)

    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"lot_size": 2}, "variables_lot_size"),
        ({"level": "S-1"}, "level"),
        ({"aql": "0.065"}, "variables_aql"),
        ({"aql": "3"}, "aql_not_in_series"),
        ({"severity": "discontinued"}, "discontinued"),
    ],
)
def test_a_lot_without_a_variables_plan_is_refused(question, code):
    with pytest.raises(SamplingError) as caught:
        find_variables_plan(**{"lot_size": 40, "aql": "1.0"} | question)

    assert caught.value.code == code
