"""Schemes: one agreement, a plan per class for every batch."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.sampling import SamplingError, Scheme, Stage

CONTRACT = {"standard": "iso2859-1", "level": "II", "aql": {"major": "2.5", "minor": "4.0"}, "kind": "single"}


def plans(definition, lot_size=1200, **question):
    return {
        name: (plan.sample_size, plan.acceptance, plan.rejection, plan.inspect_all)
        for name, plan in Scheme.from_dict(definition).plans(lot_size, **question).items()
    }


def test_each_class_has_its_own_plan_and_critical_accepts_on_zero():
    assert plans(CONTRACT) == {
        "critical": (80, 0, 1, False),
        "major": (80, 5, 6, False),
        "minor": (80, 7, 8, False),
    }


def test_critical_takes_the_largest_sample_of_the_others():
    definition = CONTRACT | {"aql": {"major": "0.25", "minor": "4.0"}}

    assert plans(definition, 100) == {
        "critical": (50, 0, 1, False),
        "major": (50, 0, 1, False),
        "minor": (20, 2, 3, False),
    }


def test_only_the_classes_asked_for_are_answered_and_critical_still_sees_the_others():
    assert plans(CONTRACT, classes=["critical"]) == {"critical": (80, 0, 1, False)}


def test_severity_reaches_every_class():
    assert plans(CONTRACT, severity="tightened") == {
        "critical": (80, 0, 1, False),
        "major": (80, 3, 4, False),
        "minor": (80, 5, 6, False),
    }


@pytest.mark.parametrize(
    ("critical", "expected"),
    [
        ({"kind": "all"}, (1200, 0, 1, True)),
        ({"kind": "fixed", "n": 200}, (200, 0, 1, False)),
        ({"kind": "c0", "ltpd": "1"}, (209, 0, 1, False)),
        ({"aql": "0.065"}, (200, 0, 1, False)),
        ({"aql": {"critical": "0.65"}, "level": "III"}, (125, 2, 3, False)),
    ],
)
def test_critical_may_have_a_plan_of_its_own(critical, expected):
    answer = plans(CONTRACT | {"critical": critical})

    assert answer["critical"] == expected
    assert answer["major"] == (80, 5, 6, False)


def test_critical_may_have_an_aql_beside_the_others():
    assert plans(CONTRACT | {"aql": {"critical": "0.065", "major": "2.5"}}, classes=["critical", "major"]) == {
        "critical": (200, 0, 1, False),
        "major": (80, 5, 6, False),
    }


def test_percentage_is_rounded_up_between_its_limits():
    definition = {"kind": "percentage", "percent": "10", "min": 5, "max": 100, "acceptance": {"minor": 2}}

    assert plans(definition, 3) == {
        name: (3, ac, ac + 1, True) for name, ac in (("critical", 0), ("major", 0), ("minor", 2))
    }
    assert plans(definition, 31)["major"] == (5, 0, 1, False)
    assert plans(definition, 30_0)["minor"] == (30, 2, 3, False)
    assert plans(definition, 301)["minor"] == (31, 2, 3, False)
    assert plans(definition, 5000)["minor"] == (100, 2, 3, False)


def test_fixed_and_all():
    assert plans({"kind": "fixed", "n": 50}, 40)["minor"] == (40, 0, 1, True)
    assert plans({"kind": "fixed", "n": "50"}, 60)["minor"] == (50, 0, 1, False)
    assert plans({"kind": "all", "acceptance": {"major": 1}}, 60)["major"] == (60, 1, 2, True)


def test_the_first_batches_are_inspected_in_full_and_accept_the_share_that_the_aql_names():
    definition = CONTRACT | {"first_batches_in_full": 2}

    assert plans(definition, 1000, batches_before=1) == {
        "critical": (1000, 0, 1, True),
        "major": (1000, 25, 26, True),
        "minor": (1000, 40, 41, True),
    }
    assert plans(definition, 1000, batches_before=2)["major"] == (80, 5, 6, False)
    assert plans(definition | {"acceptance": {"major": 3}}, 1000, batches_before=0)["major"] == (1000, 3, 4, True)


def test_in_a_double_scheme_critical_accepts_on_zero_over_the_same_samples():
    scheme = Scheme.from_dict({"kind": "double", "aql": {"major": "2.5", "minor": "4.0"}})

    assert scheme.plans(1200)["critical"].stages == (Stage(50, 0, 1), Stage(100, 0, 1))


def test_critical_takes_at_once_what_a_class_in_one_stage_takes_at_once():
    scheme = Scheme.from_dict({"kind": "double", "aql": {"major": "0.15", "minor": "4.0"}})
    plans = scheme.plans(1200)

    assert (plans["major"].sample_size, plans["minor"].stages[0].sample_size) == (80, 50)
    assert plans["critical"].stages == (Stage(80, 0, 1), Stage(100, 0, 1))


@given(lot_size=st.integers(1, 10**6))
def test_no_plan_of_a_scheme_is_larger_than_the_lot(lot_size):
    for definition in (CONTRACT, {"kind": "c0", "ltpd": "2.5"}, {"kind": "percentage", "percent": 5, "min": 8}):
        for plan in Scheme.from_dict(definition).plans(lot_size).values():
            assert 1 <= plan.sample_size <= lot_size
            assert plan.inspect_all == (plan.sample_size == lot_size)


@pytest.mark.parametrize("definition", [CONTRACT, {"kind": "c0", "ltpd": "2.5", "critical": {"kind": "all"}}])
def test_a_scheme_survives_being_stored_as_json(definition):
    scheme = Scheme.from_dict(definition)

    assert scheme.as_dict() == definition
    assert Scheme.from_dict(json.loads(json.dumps(scheme.as_dict()))) == scheme


@pytest.mark.parametrize(
    ("definition", "code", "field"),
    [
        (None, "missing", "kind"),
        ([], "missing", "kind"),
        ({}, "missing", "aql"),
        ({"aql": {}}, "missing", "aql"),
        ({"aql": "2.5"}, "missing", "aql"),
        ({"aql": {"major": "3"}}, "aql_not_in_series", "aql"),
        ({"aql": {"major": None}}, "aql", "aql"),
        ({"aql": {"major": "2.5", "huge": "2.5"}}, "class", "class"),
        ({"kind": ["single"]}, "kind", "kind"),
        (CONTRACT | {"kind": "double"}, "kind_not_in_standard", "kind"),
        (CONTRACT | {"kind": "double", "aql": {"major": "0.10"}}, "kind_not_in_standard", "kind"),
        ({"kind": "lq"}, "missing", "lq"),
        ({"kind": "lq", "lq": {}}, "missing", "lq"),
        ({"kind": "lq", "lq": {"major": "x"}}, "above", "lq.major"),
        ({"kind": "lq", "lq": {"grave": "5"}}, "class", "class"),
        ({"kind": "lq", "lq": "5", "consumer_risk": "2"}, "above", "consumer_risk"),
        ({"kind": "lq", "lq": "5", "counts": "nonconformities"}, "lq_counts_units", "counts"),
        (CONTRACT | {"level": 2}, "level", "level"),
        (CONTRACT | {"sevrity": "normal"}, "unknown_key", "sevrity"),
        (CONTRACT | {"critical": "all"}, "missing", "critical.kind"),
        (CONTRACT | {"critical": {"kind": "single"}}, "missing", "critical.aql"),
        (CONTRACT | {"counts": "units", "aql": {"major": "15"}}, "aql_needs_nonconformities", "aql"),
        (CONTRACT | {"first_batches_in_full": -1}, "whole_number", "first_batches_in_full"),
        (CONTRACT | {"acceptance": {"major": "x"}}, "whole_number", "acceptance.major"),
        (CONTRACT | {"variables": {}}, "missing", "variables.aql"),
        (CONTRACT | {"variables": {"aql": "0.065"}}, "variables_aql", "variables.aql"),
        (CONTRACT | {"variables": {"aql": "1.0", "level": "S-1"}}, "level", "variables.level"),
        (CONTRACT | {"variables": {"aql": "1.0", "form": 3}}, "form", "variables.form"),
        (CONTRACT | {"variables": {"aql": "1.0", "k": 3}}, "unknown_key", "variables.k"),
        ({"kind": "c0"}, "missing", "ltpd"),
        ({"kind": "c0", "ltpd": "0"}, "above", "ltpd"),
        ({"kind": "c0", "ltpd": "101"}, "above", "ltpd"),
        ({"kind": "c0", "ltpd": "nan"}, "above", "ltpd"),
        ({"kind": "c0", "ltpd": "1/0"}, "above", "ltpd"),
        ({"kind": "c0", "ltpd": 4, "consumer_risk": 10}, "above", "consumer_risk"),
        ({"kind": "percentage"}, "missing", "percent"),
        ({"kind": "percentage", "percent": "ten"}, "above", "percent"),
        ({"kind": "percentage", "percent": 10, "min": 9, "max": 8}, "range", "min"),
        ({"kind": "fixed"}, "missing", "n"),
        ({"kind": "fixed", "n": 0}, "whole_number", "n"),
        ({"kind": "fixed", "n": True}, "whole_number", "n"),
    ],
)
def test_a_scheme_that_cannot_be_followed_is_refused_by_field(definition, code, field):
    with pytest.raises(SamplingError) as caught:
        Scheme.from_dict(definition)

    assert (caught.value.code, caught.value.field) == (code, field)
    assert "%(" not in str(caught.value)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"lot_size": 0}, "lot_size"),
        ({"severity": "discontinued"}, "discontinued"),
        ({"classes": ["cosmetic"]}, "class"),
        ({"classes": ["minor"]}, "class_without_plan"),
    ],
)
def test_a_batch_that_cannot_be_planned_is_refused(question, code):
    scheme = Scheme.from_dict(CONTRACT | {"aql": {"major": "2.5"}})
    with pytest.raises(SamplingError) as caught:
        scheme.plans(**{"lot_size": 1200} | question)

    assert caught.value.code == code


def test_a_limiting_quality_plans_each_batch_for_itself():
    scheme = Scheme.from_dict(
        {
            "kind": "lq",
            "lq": {"major": "5", "minor": "12.5"},
            "acceptance": {"minor": 1},
            "critical": {"kind": "lq", "lq": "1"},
        }
    )
    plans = scheme.plans(1000)

    assert {name: (plan.sample_size, plan.acceptance, plan.kind) for name, plan in plans.items()} == {
        "critical": (205, 0, "lq"), "major": (44, 0, "lq"), "minor": (30, 1, "lq"),
    }  # fmt: skip
    assert not scheme.is_tabled
