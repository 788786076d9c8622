"""A sampling of its own: the given plans, read off tables 1 and 2-A to 2-C of ISO 2859-1:1999."""

import pytest

from inspections.sampling import SamplingError, Scheme
from inspections.sampling.own import OwnRule

SCHEME = {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": "2.5", "minor": "4.0"}}


def plan(sampling, name="major", lot=1000, severity="normal", scheme=SCHEME):
    found = OwnRule.from_dict(sampling).plan(Scheme.from_dict(scheme).rules.get(name), lot, severity)
    return found.sample_size, found.acceptance, found.rejection


@pytest.mark.parametrize(
    ("sampling", "asked", "wanted"),
    [
        ({"level": "S-2"}, {}, (5, 0, 1)),  # letter C, its own row
        ({"n": 5}, {}, (5, 0, 1)),
        ({"n": 5}, {"lot": 3}, (3, 0, 1)),
        ({"n": "8"}, {"severity": "tightened"}, (8, 0, 1)),
        ({"level": "S-4"}, {"lot": 3000}, (32, 2, 3)),  # letter G
        ({"level": "S-3"}, {"name": "minor"}, (13, 1, 2)),  # letter E
        ({"level": "S-1"}, {"name": "minor"}, (3, 0, 1)),  # letter C at 4.0: the arrow leads up to B
        ({"level": "S-1"}, {}, (5, 0, 1)),  # letter C at 2.5: its own row
        ({"level": "S-3"}, {"severity": "tightened"}, (32, 1, 2)),  # letter E at 2.5, tightened: down to G
        ({"level": "S-4", "aql": "6.5"}, {}, (20, 3, 4)),  # letter F
        ({"level": "S-3", "aql": "0"}, {}, (13, 0, 1)),
        ({"level": "S-2"}, {"name": "critical"}, (5, 0, 1)),  # its class has no AQL and accepts on zero
        ({"level": "S-2", "aql": "1.0"}, {"scheme": {"kind": "c0", "ltpd": "5"}}, (13, 0, 1)),  # arrows: C, D, E
        ({"n": 5}, {"scheme": {"kind": "fixed", "n": 50}}, (5, 0, 1)),
        ({"level": "II"}, {}, (80, 5, 6)),
        ({"level": "S-2"}, {"lot": 1}, (1, 0, 1)),
    ],
)
def test_a_plan_of_its_own(sampling, asked, wanted):
    assert plan(sampling, **asked) == wanted


def test_it_takes_kind_and_standard_from_its_class():
    scheme = SCHEME | {"kind": "double", "standard": "ansi-z1.4"}
    found = OwnRule.from_dict({"level": "S-4"}).plan(Scheme.from_dict(scheme).rules["minor"], 3000)

    assert [(stage.sample_size, stage.acceptance, stage.rejection) for stage in found.stages] == [
        (20, 1, 4),
        (40, 4, 5),
    ]


@pytest.mark.parametrize(
    ("sampling", "code"),
    [
        ({"level": "S-2", "n": 5}, "own_sampling"),
        ({"aql": "2.5"}, "own_sampling"),
        ({}, "own_sampling"),
        ([5], "own_sampling"),
        ("S-2", "own_sampling"),
        ({"level": "S-2", "kind": "double"}, "own_sampling"),
        ({"level": "S-5"}, "level"),
        ({"level": "S-2", "aql": "3"}, "aql_not_in_series"),
        ({"n": 0}, "whole_number"),
        ({"n": True}, "whole_number"),
        ({"n": 2.5}, "whole_number"),
    ],
)
def test_what_it_cannot_be_is_refused_by_the_field_of_the_check(sampling, code):
    with pytest.raises(SamplingError) as refusal:
        OwnRule.from_dict(sampling)

    assert (refusal.value.code, refusal.value.field) == (code, "sampling")


def test_a_level_needs_an_aql():
    with pytest.raises(SamplingError) as refusal:
        plan({"level": "S-2"}, scheme={"kind": "fixed", "n": 50})

    assert (refusal.value.code, refusal.value.field) == ("own_level_needs_aql", "sampling")


@pytest.mark.parametrize("zero", ["0", 0, "0.0", " 0.00 "])
def test_an_aql_of_zero_for_critical_accepts_on_zero(zero):
    written = Scheme.from_dict(SCHEME | {"aql": {"critical": zero, "major": "2.5", "minor": "4.0"}})

    assert written.rules == Scheme.from_dict(SCHEME).rules
    assert written.plans(1000)["critical"].as_dict() == Scheme.from_dict(SCHEME).plans(1000)["critical"].as_dict()


@pytest.mark.parametrize("aql", [{"critical": "0"}, {"major": "0", "minor": "4.0"}])
def test_of_other_classes_zero_is_no_aql(aql):
    with pytest.raises(SamplingError):
        Scheme.from_dict(SCHEME | {"aql": aql})
