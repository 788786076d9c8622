"""Stage by stage: accept, reject or take the next sample."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.sampling import SamplingError, find_plan
from inspections.sampling.decisions import ACCEPTED, NEXT_SAMPLE, REJECTED, Decision, decide
from inspections.sampling.standard import AQLS, SEVERITIES

SINGLE = find_plan(lot_size=1200, aql="2.5")  # 80, 5, 6
DOUBLE = find_plan(lot_size=1200, aql="2.5", kind="double")  # 50, 2, 5; 100, 6, 7
MULTIPLE = find_plan(lot_size=1200, aql="2.5", kind="multiple")  # 20, -, 4; 40, 1, 5; ... 140, 9, 10
GAP = find_plan(lot_size=1200, aql="2.5", severity="reduced", standard="ansi-z1.4")  # 32, 2, 5


@pytest.mark.parametrize(
    ("plan", "counts", "decision"),
    [
        (SINGLE, [], Decision(NEXT_SAMPLE, 0, next_sample_size=80)),
        (SINGLE, [5], Decision(ACCEPTED, 1)),
        (SINGLE, [6], Decision(REJECTED, 1)),
        (DOUBLE, [2], Decision(ACCEPTED, 1)),
        (DOUBLE, [3], Decision(NEXT_SAMPLE, 1, next_sample_size=50)),
        (DOUBLE, [5], Decision(REJECTED, 1)),
        (DOUBLE, [3, 6], Decision(ACCEPTED, 2)),
        (DOUBLE, [3, 7], Decision(REJECTED, 2)),
        (DOUBLE, [2, 9], Decision(ACCEPTED, 1)),
        (MULTIPLE, [0], Decision(NEXT_SAMPLE, 1, next_sample_size=20)),
        (MULTIPLE, [0, 1], Decision(ACCEPTED, 2)),
        (MULTIPLE, [0, 2, 3, 4, 6, 8, 9], Decision(ACCEPTED, 7)),
        (MULTIPLE, [0, 2, 3, 4, 6, 8, 10], Decision(REJECTED, 7)),
        (GAP, [2], Decision(ACCEPTED, 1)),
        (GAP, [4], Decision(ACCEPTED, 1, in_gap=True)),
        (GAP, [5], Decision(REJECTED, 1)),
    ],
)
def test_a_count_decides_or_asks_for_the_next_sample(plan, counts, decision):
    assert decide(plan, counts) == decision


@pytest.mark.parametrize("counts", [[-1], [2.0], [True], [3, 2], [1, 2, 3]])
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(SamplingError) as caught:
        decide(DOUBLE, counts)

    assert caught.value.code == "counts_per_stage"


@given(
    lot_size=st.integers(1, 10**6),
    aql=st.sampled_from(AQLS),
    severity=st.sampled_from(SEVERITIES),
    kind=st.sampled_from(["single", "double", "multiple"]),
    found=st.lists(st.integers(0, 20), min_size=7, max_size=7),
)
def test_every_plan_comes_to_a_decision(lot_size, aql, severity, kind, found):
    plan = find_plan(lot_size=lot_size, aql=aql, severity=severity, kind=kind)
    counts = [sum(found[: stage + 1]) for stage in range(len(plan.all_stages))]

    assert decide(plan, counts).outcome in (ACCEPTED, REJECTED)
    assert decide(plan, [0] * len(counts)).outcome == ACCEPTED
