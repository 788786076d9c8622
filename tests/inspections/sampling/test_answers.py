"""The API's sampling calls: question in, JSON out."""

import json
import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from inspections.sampling import SamplingError
from inspections.sampling.answers import interval_answer, oc_answer, plan_answer, switching_answer
from inspections.sampling.errors import SamplingErrors

CONTRACT_OF_A_PLAN = {"code_letter", "effective_letter", "sample_size", "acceptance", "rejection", "inspect_all"}


def test_a_plan_from_query_text():
    answer = plan_answer({"lot_size": "1200", "aql": "2.5"})

    assert {name: answer[name] for name in CONTRACT_OF_A_PLAN} == {
        "code_letter": "J",
        "effective_letter": "J",
        "sample_size": 80,
        "acceptance": 5,
        "rejection": 6,
        "inspect_all": False,
    }
    assert "stages" not in answer


def test_full_width_digits_are_read():
    assert plan_answer({"lot_size": "１２００", "aql": "２．５"})["sample_size"] == 80


def test_double_and_multiple_plans_always_tell_their_stages():
    double = plan_answer({"lot_size": 1200, "aql": "2.5", "kind": "double", "standard": "ansi-z1.4"})
    single_in_force = plan_answer({"lot_size": 1200, "aql": "0.15", "kind": "multiple"})

    assert double["stages"] == [
        {"sample_size": 50, "acceptance": 2, "rejection": 5},
        {"sample_size": 100, "acceptance": 6, "rejection": 7},
    ]
    assert single_in_force["stages"] == [{"sample_size": 80, "acceptance": 0, "rejection": 1}]


@pytest.mark.parametrize(
    ("question", "code", "field"),
    [
        ({}, "required", "aql"),
        ({"aql": "2.5"}, "required", "lot_size"),
        ({"aql": "2.5", "lot_size": ""}, "required", "lot_size"),
        ({"aql": "2.5", "lot_size": "0"}, "lot_size", "lot_size"),
        ({"aql": "2.5", "lot_size": "-5"}, "lot_size", "lot_size"),
        ({"aql": "2.5", "lot_size": "1e3"}, "lot_size", "lot_size"),
        ({"aql": "2.5", "lot_size": "1_000"}, "lot_size", "lot_size"),
        ({"aql": "2.5", "lot_size": "9" * 30}, "lot_size", "lot_size"),
        ({"aql": "2.5", "lot_size": 10**10}, "number", "lot_size"),
        ({"aql": "2.5", "lot_size": 100, "level": "iv"}, "level", "level"),
        ({"aql": "2.5", "lot_size": 100, "kind": ["single"]}, "kind", "kind"),
        ({"aql": {"major": 1}, "lot_size": 100}, "aql", "aql"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(question, code, field):
    with pytest.raises(SamplingError) as caught:
        plan_answer(question)

    assert (caught.value.code, caught.value.field) == (code, field)


def test_an_operating_characteristic():
    answer = oc_answer({"n": "80", "ac": "5"}, ["0.01", "0.05"])

    assert [point["p"] for point in answer["points"]] == [0.01, 0.05]
    assert [point["pa"] for point in answer["points"]] == pytest.approx(binom.cdf(5, 80, [0.01, 0.05]), abs=1e-12)
    assert binom.cdf(5, 80, [answer["p95"], answer["p50"], answer["p10"]]) == pytest.approx([0.95, 0.5, 0.1], abs=1e-9)
    assert answer["aoql"] == pytest.approx(answer["aoql_at"] * binom.cdf(5, 80, answer["aoql_at"]), abs=1e-12)


def test_a_small_lot_is_exact():
    answer = oc_answer({"n": 20, "ac": 1, "lot_size": 100}, [0.05])

    assert answer["points"][0]["pa"] == pytest.approx(hypergeom.cdf(1, 100, 5, 20), abs=1e-9)


def test_cartons_that_are_not_opened_make_a_plan_worth_less():
    """The figures of docs/decisions/odds.md."""
    asked = {"n": "80", "ac": "5", "lot_size": "1000", "cartons": "50", "correlation": "0.2"}
    few, all_of_them = (oc_answer({**asked, "opened": opened}, ["0.1"])["points"][0] for opened in ("8", "50"))

    told = [(round(each["pa_whole_cartons"], 3), round(each["pa_alike"], 3)) for each in (few, all_of_them)]
    assert told == [(0.401, 0.324), (0.007, 0.196)]
    mixed = oc_answer({"n": 80, "ac": 5, "opened": 8, "correlation": 0}, [0.1])["points"][0]
    assert mixed["pa_alike"] == pytest.approx(mixed["pa"], abs=1e-12)
    assert "pa_whole_cartons" not in mixed


@pytest.mark.parametrize("correlation", [1e-300, 1e-16, 1e-9, 1e-6, 1 - 1e-12, 1])
@pytest.mark.parametrize("p", [0, 1e-300, 1e-9, 0.1, 1 - 1e-12, 1])
def test_alike_units_have_a_chance_at_every_correlation(correlation, p):
    point = oc_answer({"n": 80, "ac": 5, "opened": 8, "correlation": correlation}, [p])["points"][0]

    assert 0 <= point["pa_alike"] <= 1
    if correlation <= 1e-6:
        assert point["pa_alike"] == pytest.approx(point["pa"], abs=1e-4)


def test_without_qualities_the_whole_curve_is_told():
    points = oc_answer({"n": 80, "ac": 5})["points"]

    assert len(points) == 101
    assert points[0] == {"p": 0.0, "pa": 1.0}
    assert points[-1]["pa"] == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("question", "qualities", "code", "field"),
    [
        ({"ac": 5}, [], "required", "n"),
        ({"n": 0, "ac": 5}, [], "whole_number", "n"),
        ({"n": 10**7, "ac": 5}, [], "number", "n"),
        ({"n": 80}, [], "required", "ac"),
        ({"n": 80, "ac": -1}, [], "whole_number", "ac"),
        ({"n": 80, "ac": 81}, [], "acceptance_above_sample", "ac"),
        ({"n": 80, "ac": 5, "lot_size": 79}, [], "sample_above_lot", "n"),
        ({"n": 80, "ac": 5}, ["1.5"], "number", "p"),
        ({"n": 80, "ac": 5}, ["-0.1"], "number", "p"),
        ({"n": 80, "ac": 5}, ["nan"], "number", "p"),
        ({"n": 80, "ac": 5}, ["1e400"], "number", "p"),
        ({"n": 80, "ac": 5}, [None], "number", "p"),
        ({"n": 80, "ac": 5}, [0.1] * 1001, "list", "p"),
        ({"n": 80, "ac": 5, "counts": "boxes"}, [], "counts", "counts"),
        ({"n": 80, "ac": 5, "cartons": 50}, [], "required", "opened"),
        ({"n": 80, "ac": 5, "correlation": "0.2"}, [], "required", "opened"),
        ({"n": 80, "ac": 5, "opened": 8}, [], "required", "correlation"),
        ({"n": 80, "ac": 5, "opened": 8, "correlation": 1.1}, [], "number", "correlation"),
        ({"n": 80, "ac": 5, "opened": 0, "correlation": 0.2}, [], "whole_number", "opened"),
        ({"n": 80, "ac": 5, "opened": 51, "cartons": 50}, [], "number", "opened"),
        ({"n": 40, "ac": 5, "opened": 8, "cartons": 50, "lot_size": 49}, [], "cartons", "cartons"),
        (
            {"n": 80, "ac": 5, "opened": 8, "cartons": 50, "counts": "nonconformities"},
            [],
            "cartons_count_units",
            "counts",
        ),
        ({"n": 10_001, "ac": 5, "opened": 8, "correlation": 0.2}, [], "number", "n"),
        ({"n": 800, "ac": 101, "opened": 8, "correlation": 0.2}, [], "number", "ac"),
    ],
)
def test_a_curve_that_cannot_be_is_refused(question, qualities, code, field):
    with pytest.raises(SamplingError) as caught:
        oc_answer(question, qualities)

    assert (caught.value.code, caught.value.field) == (code, field)


def play(lots, **question):
    return switching_answer({"aql": "2.5", "lots": lots} | question)["lots"]


def lot(found, **more):
    return {"lot_size": 1200, "nonconforming": found} | more


def test_switching_tells_each_lot_its_plan_verdict_and_what_follows():
    first, second, third = play([lot(6), lot(6), lot(3)])

    assert {name: value for name, value in first.items() if name != "reason"} == {
        "severity": "normal",
        "sample_size": 80,
        "acceptance": 5,
        "rejection": 6,
        "accepted": False,
        "score": 0,
        "severity_next": "normal",
        "discontinued": False,
    }
    assert second["severity_next"] == "tightened"
    assert second["reason"] == {"code": "two_in_five", "params": {"lots": ["1", "2"], "window": 2, "lot": "2"}}
    assert (third["severity"], third["acceptance"], third["accepted"]) == ("tightened", 3, True)


def test_switching_reaches_reduced_discontinued_and_resumes():
    rows = play([lot(0)] * 11 + [lot(9)] * 8 + [lot(0), {"event": "resumed"}, lot(0)])

    assert [row["severity_next"] for row in rows[9:14]] == ["reduced", "reduced", "normal", "normal", "tightened"]
    assert rows[9]["score"] == 30
    assert [row["discontinued"] for row in rows[17:]] == [False, True, True, False]
    assert (rows[19]["sample_size"], rows[19]["accepted"]) == (None, False)
    assert (rows[20]["severity"], rows[20]["accepted"]) == ("tightened", True)


def test_what_is_told_with_a_lot_decides_whether_it_reduces():
    unapproved = play([lot(0, reduced_approved=False)] * 12)
    unsteady = play([lot(0, production_steady=False)] * 12)

    assert {row["severity_next"] for row in unapproved + unsteady} == {"normal"}
    assert play([lot(9, resubmitted=True)] * 5)[-1]["severity_next"] == "normal"
    assert not play([lot(0, critical=True)])[0]["accepted"]


def test_double_plans_score_by_their_first_sample():
    rows = play(
        [
            lot(2),
            lot(6, first_sample_nonconforming=3),
            lot(4, first_sample_nonconforming=2),
            lot(5, first_sample_nonconforming=5),
            lot(7),
        ],
        kind="double",
    )

    assert [(row["accepted"], row["score"]) for row in rows] == [
        (True, 3),
        (True, 0),
        (True, 3),
        (False, 0),
        (False, 0),
    ]


def test_multiple_plans_take_the_count_after_every_sample():
    rows = play([lot(1), lot(3, stage_nonconforming=[0, 2, 3, 3])], kind="multiple")

    assert [(row["accepted"], row["score"]) for row in rows] == [(True, 3), (True, 0)]


@pytest.mark.parametrize(
    ("question", "code", "field"),
    [
        ({"lots": None}, "list", "lots"),
        ({"lots": [lot(0)] * 10_001}, "list", "lots"),
        ({"lots": [3]}, "required", "lots.1.lot_size"),
        ({"lots": [{"lot_size": 1200}]}, "required", "lots.1.nonconforming"),
        ({"lots": [lot(0), lot(-1)]}, "whole_number", "lots.2.nonconforming"),
        ({"lots": [lot(0, resubmitted="no")]}, "boolean", "lots.1.resubmitted"),
        ({"lots": [{"event": "party"}]}, "event", "lots.1.event"),
        ({"lots": [lot(0)], "aql": "3"}, "aql_not_in_series", "aql"),
        ({"lots": [lot(0)], "severity": "lax"}, "severity", "severity"),
        ({"lots": [lot(1201)]}, "nonconforming", "lots.1.nonconforming"),
        ({"lots": [], "aql": "2.6"}, "aql_not_in_series", "aql"),
        ({"lots": [lot(0)], "level": "IV"}, "level", "level"),
        ({"lots": [lot(5)], "kind": "double"}, "stages_needed", "lots.1.first_sample_nonconforming"),
        (
            {"lots": [lot(4, first_sample_nonconforming=5)], "kind": "double"},
            "counts_per_stage",
            "lots.1.nonconforming",
        ),
        ({"lots": [lot(4, stage_nonconforming=4)], "kind": "double"}, "list", "lots.1.stage_nonconforming"),
        ({"lots": [lot(4, stage_nonconforming=["4"])], "kind": "double"}, "counts_per_stage", "lots.1.nonconforming"),
    ],
)
def test_a_history_that_cannot_be_is_refused(question, code, field):
    with pytest.raises(SamplingError) as caught:
        switching_answer({"aql": "2.5"} | question)

    assert (caught.value.code, caught.value.field) == (code, field)


def test_an_interval():
    answer = interval_answer({"nonconforming": "0", "n": "60"})

    assert answer["clopper_pearson"] == pytest.approx([0, 1 - 0.025 ** (1 / 60)], abs=1e-12)
    assert answer["upper"] == pytest.approx(1 - 0.05 ** (1 / 60), abs=1e-12)
    assert interval_answer({"nonconforming": 0, "n": 60, "confidence": "0.9"})["upper"] < answer["upper"]


@pytest.mark.parametrize(
    ("question", "code", "field"),
    [
        ({"n": 60}, "required", "nonconforming"),
        ({"nonconforming": 61, "n": 60}, "nonconforming", "nonconforming"),
        ({"nonconforming": 1, "n": 60, "confidence": "95"}, "between", "confidence"),
        ({"nonconforming": 1, "n": 60, "confidence": 0}, "between", "confidence"),
        ({"nonconforming": 1, "n": 60, "confidence": 1}, "between", "confidence"),
    ],
)
def test_an_interval_that_cannot_be_is_refused(question, code, field):
    with pytest.raises(SamplingError) as caught:
        interval_answer(question)

    assert (caught.value.code, caught.value.field) == (code, field)


def test_answers_are_plain_json():
    for answer in (
        plan_answer({"lot_size": 100, "aql": 1, "kind": "double"}),
        oc_answer({"n": 2, "ac": 2}),
        oc_answer({"n": 20, "ac": 1, "lot_size": 100}),
        interval_answer({"nonconforming": 60, "n": 60}),
        switching_answer({"aql": "1.0", "lots": [lot(0)]}),
    ):
        assert json.loads(json.dumps(answer, allow_nan=False)) == answer


anything = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
)


@given(
    question=st.dictionaries(
        st.sampled_from(["lot_size", "level", "aql", "severity", "kind", "standard", "counts", "n", "ac", "lots",
                         "nonconforming", "confidence"]),
        anything,
    )
)  # fmt: skip
def test_nonsense_is_answered_or_refused_by_name(question):
    for answer in (plan_answer, oc_answer, switching_answer, interval_answer):
        with suppress(SamplingError):
            assert json.dumps(answer(question), allow_nan=False)


WITHOUT_DISTRIBUTIONS = """
import sys
from inspections.sampling.answers import switching_answer
switching_answer({"aql": "2.5", "lots": [{"lot_size": 9, "nonconforming": 0}]})
print([name for name in ("scipy", "numpy", "django") if name in sys.modules])
"""


def test_plans_and_switching_need_neither_scipy_nor_django():
    loaded = subprocess.run([sys.executable, "-c", WITHOUT_DISTRIBUTIONS], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


def test_all_wrong_fields_are_named_at_once():
    with pytest.raises(SamplingErrors) as caught:
        plan_answer({"lot_size": "0", "aql": "2.6", "level": "IV", "severity": "normal"})

    assert sorted(error.field for error in caught.value.errors) == ["aql", "level", "lot_size"]


def test_a_lot_of_one_has_no_code_letter_and_says_so():
    answer = plan_answer({"lot_size": 1, "aql": "2.5"})

    assert (answer["code_letter"], answer["effective_letter"], answer["sample_size"]) == (None, None, 1)
