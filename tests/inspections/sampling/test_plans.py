"""Plans for one batch: published examples, arrows, whole lots, bad questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.sampling import Plan, SamplingError, Stage, at_least_as_strict, find_plan
from inspections.sampling.standard import AQLS, KINDS, LEVELS, SEVERITIES, code_letter

lot_sizes = st.integers(2, 10**6)
some_plan = {
    "level": st.sampled_from(LEVELS),
    "aql": st.sampled_from(AQLS),
    "severity": st.sampled_from(SEVERITIES),
    "kind": st.sampled_from(KINDS),
}


def numbers(plan):
    return plan.sample_size, plan.acceptance, plan.rejection


@pytest.mark.parametrize(
    ("question", "letter", "effective", "answer"),
    [
        ({"lot_size": 1200, "aql": "2.5"}, "J", "J", (80, 5, 6)),
        ({"lot_size": 500, "aql": "1.0"}, "H", "H", (50, 1, 2)),
        ({"lot_size": 4000, "aql": "0.65"}, "L", "L", (200, 3, 4)),
        ({"lot_size": 4000, "aql": "0.65", "severity": "tightened"}, "L", "L", (200, 2, 3)),
        ({"lot_size": 4000, "aql": "0.65", "severity": "reduced"}, "L", "L", (80, 2, 3)),
        ({"lot_size": 4000, "aql": "0.65", "severity": "reduced", "standard": "ansi-z1.4"}, "L", "L", (80, 1, 4)),
        ({"lot_size": 300, "aql": "0.25", "level": "I"}, "F", "H", (50, 0, 1)),
        ({"lot_size": 100, "aql": "1.5", "level": "S-4"}, "D", "D", (8, 0, 1)),
        ({"lot_size": 600_000, "aql": "0.025", "level": "III", "severity": "tightened"}, "R", "S", (3150, 1, 2)),
        ({"lot_size": 20, "aql": "6.5", "severity": "tightened"}, "C", "E", (13, 1, 2)),
    ],
)
def test_the_plan_is_the_published_one_with_the_arrow_followed(question, letter, effective, answer):
    plan = find_plan(**question)

    assert (plan.code_letter, plan.effective_letter, numbers(plan)) == (letter, effective, answer)
    assert not plan.inspect_all


def test_where_the_sample_reaches_the_lot_every_unit_is_inspected_with_the_numbers_as_printed():
    plan = find_plan(lot_size=30, aql="0.65", level="I")

    assert (plan.code_letter, plan.effective_letter) == ("C", "F")
    assert numbers(plan) == (20, 0, 1)
    assert find_plan(lot_size=20, aql="0.65", level="I") == Plan(
        20, 0, 1, True, "B", "F", "normal", "single", "iso2859-1", "0.65", "units"
    )


def test_a_lot_of_one_is_inspected_whole():
    plan = find_plan(lot_size=1, aql="40")

    assert (numbers(plan), plan.inspect_all, plan.code_letter) == ((1, 0, 1), True, None)


def test_the_standards_differ_in_the_tightened_plan_of_the_smallest_lots_at_10():
    iso = find_plan(lot_size=8, aql="10", severity="tightened")
    z14 = find_plan(lot_size=8, aql="10", severity="tightened", standard="ansi-z1.4")

    assert (numbers(iso), iso.effective_letter) == ((2, 0, 1), "A")
    assert (numbers(z14), z14.effective_letter, z14.inspect_all) == ((8, 1, 2), "D", True)


@pytest.mark.parametrize("aql", ["4", "4.0", "4.00", 4, 4.0, " 4.0 "])
def test_an_aql_may_be_written_in_any_way(aql):
    assert find_plan(lot_size=1200, aql=aql).aql == "4.0"


def test_double_and_multiple_plans_come_in_stages_with_cumulative_numbers():
    double = find_plan(lot_size=1200, aql="2.5", kind="double")
    multiple = find_plan(lot_size=1200, aql="2.5", kind="multiple")

    assert (double.standard, double.stages) == ("ansi-z1.4", (Stage(50, 2, 5), Stage(100, 6, 7)))
    assert multiple.stages[0] == Stage(20, None, 4)
    assert multiple.stages[-1] == Stage(140, 9, 10)
    assert len(multiple.stages) == 7


def test_a_table_without_a_double_or_multiple_plan_sends_to_the_simpler_one():
    accept_on_zero = find_plan(lot_size=1200, aql="0.15", kind="double")
    too_small_for_seven_samples = find_plan(lot_size=20, aql="10", kind="multiple")

    assert (accept_on_zero.kind, accept_on_zero.stages, numbers(accept_on_zero)) == ("single", (), (80, 0, 1))
    assert too_small_for_seven_samples.kind == "double"
    assert too_small_for_seven_samples.stages == (Stage(3, 0, 2), Stage(6, 1, 2))


def test_the_last_sample_of_a_double_plan_is_what_is_left_of_a_small_lot():
    plan = find_plan(lot_size=5, aql="10", kind="double")

    assert plan.stages == (Stage(3, 0, 2), Stage(5, 1, 2))
    assert (plan.sample_size, plan.inspect_all) == (5, False)


@given(lot_size=lot_sizes, **some_plan)
def test_any_plan_fits_its_lot_and_decides(lot_size, level, aql, severity, kind):
    plan = find_plan(lot_size=lot_size, level=level, aql=aql, severity=severity, kind=kind)
    stages = plan.all_stages

    assert plan.code_letter == code_letter(lot_size, level)
    assert plan.sample_size == stages[-1].sample_size <= lot_size
    assert plan.inspect_all == (stages[0].sample_size == lot_size)
    assert [stage.sample_size for stage in stages] == sorted({stage.sample_size for stage in stages})
    assert all(stage.acceptance is None or 0 <= stage.acceptance < stage.rejection for stage in stages)
    assert (plan.acceptance, plan.rejection) == (stages[-1].acceptance, stages[-1].rejection)
    assert plan.counts == ("nonconformities" if float(aql) > 10 else "units")
    assert Plan.from_dict(plan.as_dict()) == plan


@given(lot_size=lot_sizes, level=st.sampled_from(LEVELS), aql=st.sampled_from(AQLS))
def test_a_larger_lot_never_has_an_earlier_letter(lot_size, level, aql):
    assert code_letter(lot_size, level) <= code_letter(lot_size + 1, level)


@pytest.mark.parametrize(
    ("question", "code", "field"),
    [
        ({"lot_size": 0}, "lot_size", "lot_size"),
        ({"lot_size": -5}, "lot_size", "lot_size"),
        ({"lot_size": 3.5}, "lot_size", "lot_size"),
        ({"lot_size": True}, "lot_size", "lot_size"),
        ({"lot_size": None}, "lot_size", "lot_size"),
        ({"level": "IV"}, "level", "level"),
        ({"level": ["II"]}, "level", "level"),
        ({"aql": "3.0"}, "aql_not_in_series", "aql"),
        ({"aql": "0"}, "aql_not_in_series", "aql"),
        ({"aql": "nan"}, "aql", "aql"),
        ({"aql": "1e400"}, "aql_not_in_series", "aql"),
        ({"aql": None}, "aql", "aql"),
        ({"aql": [2.5]}, "aql", "aql"),
        ({"aql": True}, "aql", "aql"),
        ({"aql": "25", "counts": "units"}, "aql_needs_nonconformities", "aql"),
        ({"counts": "boxes"}, "counts", "counts"),
        ({"severity": "lax"}, "severity", "severity"),
        ({"severity": "discontinued"}, "discontinued", "severity"),
        ({"kind": "triple"}, "kind", "kind"),
        ({"standard": "iso3951-1"}, "standard", "standard"),
        ({"standard": "iso2859-1", "kind": "double"}, "kind_not_in_standard", "kind"),
        ({"standard": "iso2859-1", "kind": "multiple", "lot_size": 500}, "kind_not_in_standard", "kind"),
    ],
)
def test_a_question_without_an_answer_says_which_field_and_what_to_do(question, code, field):
    with pytest.raises(SamplingError) as caught:
        find_plan(**{"lot_size": 1200, "aql": "2.5"} | question)

    assert (caught.value.code, caught.value.field) == (code, field)
    assert "%(" not in str(caught.value)


@pytest.mark.parametrize(("lot_size", "aql", "n"), [(1000, "0.10", 125), (2, "2.5", 2), (500, "0.25", 50)])
@pytest.mark.parametrize("kind", ["double", "multiple"])
def test_a_double_plan_of_iso_is_answered_where_the_standard_sends_to_the_single_one(lot_size, aql, n, kind):
    plan = find_plan(lot_size=lot_size, aql=aql, kind=kind, standard="iso2859-1")

    assert (plan.sample_size, plan.acceptance, plan.kind, plan.standard) == (n, 0, "single", "iso2859-1")


def test_an_aql_outside_the_series_names_its_neighbours():
    with pytest.raises(SamplingError, match=r"The nearest are 2\.5, 4\.0\."):
        find_plan(lot_size=1200, aql="3")
    with pytest.raises(SamplingError, match=r"The nearest are 1000\."):
        find_plan(lot_size=1200, aql="2000")


def single(sample_size, acceptance, rejection=None, *, inspect_all=False):
    return Plan(
        sample_size, acceptance, rejection or acceptance + 1, inspect_all, "J", "J",
        "normal", "single", "iso2859-1", "2.5", "units",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("candidate", "previous", "expected"),
    [
        (single(80, 3), single(80, 5), "candidate"),
        (single(80, 5), single(80, 5), "candidate"),
        (single(125, 5), single(80, 5), "candidate"),
        (single(50, 3), single(80, 5), "previous"),
        (single(125, 7), single(80, 5), "previous"),
        (single(30, 5, inspect_all=True), single(80, 5), "candidate"),
        (single(30, 6, inspect_all=True), single(80, 5), "previous"),
        (single(80, 5), single(90, 5, inspect_all=True), "previous"),
        (single(32, 1, 3), single(32, 1, 2), "previous"),
    ],
)
def test_a_re_inspection_is_never_weaker(candidate, previous, expected):
    assert at_least_as_strict(candidate, previous) == {"candidate": candidate, "previous": previous}[expected]


def test_a_re_inspection_takes_no_more_units_than_are_left():
    left = at_least_as_strict(single(50, 7), single(80, 5), lot_size=60)

    assert (numbers(left), left.inspect_all) == ((60, 5, 6), True)


def test_a_full_inspection_is_repeated_in_full_whatever_is_left():
    left = at_least_as_strict(single(80, 5), single(500, 5, inspect_all=True), lot_size=400)

    assert (numbers(left), left.inspect_all) == ((400, 5, 6), True)


def test_a_double_plan_is_compared_stage_by_stage():
    normal = find_plan(lot_size=1200, aql="2.5", kind="double")
    tightened = find_plan(lot_size=1200, aql="2.5", kind="double", severity="tightened")

    assert at_least_as_strict(tightened, normal) == tightened
    assert at_least_as_strict(normal, tightened) == tightened


def test_a_single_plan_replaces_a_double_one_only_if_it_rejects_all_that_the_double_plan_may():
    double = find_plan(lot_size=1200, aql="2.5", kind="double")

    assert at_least_as_strict(single(100, 4), double) == single(100, 4)
    assert at_least_as_strict(single(100, 5), double) == double
    assert at_least_as_strict(single(80, 4), double) == double


@given(
    candidate=st.fixed_dictionaries({"lot_size": lot_sizes, **some_plan}),
    previous=st.fixed_dictionaries({"lot_size": lot_sizes, **some_plan}),
)
def test_of_any_two_plans_the_result_is_one_of_them_and_not_weaker_than_the_second(candidate, previous):
    candidate, previous = find_plan(**candidate), find_plan(**previous)
    chosen = at_least_as_strict(candidate, previous)

    assert chosen in (candidate, previous)
    assert chosen.acceptance <= previous.acceptance
    assert chosen.inspect_all or chosen.sample_size >= previous.sample_size
