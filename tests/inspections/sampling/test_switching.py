"""The switching rules of ISO 2859-1:1999 9.3 and 9.4, played lot by lot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.sampling import SamplingError, Scheme, find_plan
from inspections.sampling.switching import (
    APPROVED,
    IRREGULAR,
    RESUMED,
    STEADY,
    WITHDRAWN,
    Event,
    Lot,
    Reason,
    replay,
    start,
    step,
    what_ends,
)


def plan_for(severity, **question):
    return find_plan(**{"lot_size": 1200, "aql": "2.5", "severity": severity} | question)


def play(nonconforming, *, state=None, told=None, **question):
    """Lots one after the other, each on the plan of the severity reached, named by its place in the list."""
    state = state or start()
    steps = []
    for place, found in enumerate(nonconforming, start=1):
        plan = plan_for(state.severity, **question)
        counts = tuple(found) if isinstance(found, tuple) else (found,)
        steps.append(step(state, Lot({"major": plan}, {"major": counts}, reference=str(place), **(told or {}))))
        state = steps[-1].after
    return steps


def severities(steps):
    return [each.before.severity for each in steps] + [steps[-1].after.status]


GOOD, BAD = 0, 99
APPROVED_LOT = {"reduced_approved": True}


@pytest.mark.parametrize(
    ("nonconforming", "tightened_after"),
    [
        ([BAD, BAD], 2),
        ([BAD, GOOD, GOOD, GOOD, BAD], 5),
        ([GOOD] * 7 + [BAD, BAD], 9),
        ([BAD, GOOD, GOOD, GOOD, GOOD, BAD], None),
        ([BAD, GOOD, GOOD, GOOD, GOOD, BAD, GOOD, BAD], 8),
    ],
)
def test_two_of_five_or_fewer_not_accepted_tighten(nonconforming, tightened_after):
    steps = play(nonconforming)
    changed = [place for place, each in enumerate(steps, start=1) if each.after.severity == "tightened"]

    assert changed == ([] if tightened_after is None else [tightened_after])


def test_tightened_says_which_lots_caused_it_and_what_ends_it():
    state = play([GOOD, BAD, GOOD, BAD, GOOD, GOOD, BAD])[-1].after

    assert state.reason == Reason("two_in_five", {"lots": ["2", "4"], "window": 4, "lot": "4"})
    assert what_ends(state) == [
        Reason("accepted_in_a_row", {"so_far": 0, "needed": 5, "remaining": 5}),
        Reason("not_accepted_discontinues", {"so_far": 1, "needed": 5, "remaining": 4}),
    ]


def test_five_in_a_row_accepted_return_to_normal_with_a_clean_window():
    steps = play([BAD, BAD] + [GOOD] * 4 + [BAD] + [GOOD] * 5 + [BAD, GOOD])

    assert severities(steps) == ["normal"] * 2 + ["tightened"] * 10 + ["normal"] * 3


def test_five_not_accepted_while_tightened_discontinue_even_with_accepted_ones_between():
    steps = play([BAD, BAD] + [GOOD, BAD] * 4 + [GOOD, GOOD, BAD])
    state = steps[-1].after

    assert [each.after.discontinued for each in steps] == [False] * 12 + [True]
    assert state.status == "discontinued"
    assert state.reason == Reason("not_accepted_discontinues", {"not_accepted": 5, "lot": "13"})
    assert what_ends(state) == [Reason("requalified", {})]


def test_while_discontinued_no_lot_is_judged_and_inspection_resumes_tightened():
    state = play([BAD] * 7)[-1].after
    ignored = play([GOOD], state=state)[-1]
    resumed = replay([Event(RESUMED, "R-1")], state)

    assert (ignored.accepted, ignored.after) == (None, state)
    assert (resumed.status, resumed.not_accepted) == ("tightened", 0)
    assert resumed.reason == Reason("resumed", {"lot": "R-1"})
    assert severities(play([BAD] * 4, state=resumed))[-1] == "tightened"
    assert severities(play([BAD] * 5, state=resumed))[-1] == "discontinued"


@pytest.mark.parametrize(
    ("question", "nonconforming", "score"),
    [
        ({}, [3], 3),  # 80, 5, 6; one step tighter 80, 3, 4
        ({}, [4], 0),
        ({}, [0, 0, 4, 0], 3),
        ({"aql": "0.65"}, [1, 0], 4),  # 80, 1, 2
        ({"aql": "0.15"}, [0, 0, 0], 6),  # 80, 0, 1
        ({"aql": "0.65"}, [1, 2, 1], 2),
        ({"lot_size": 100_000, "aql": "10"}, [14], 3),  # up to K: 125, 21, 22; one step tighter in K 14, 15
        ({"lot_size": 100_000, "aql": "10"}, [15], 0),
        ({"kind": "double"}, [(2,), (2,)], 6),
        ({"kind": "double"}, [(2,), (3, 6)], 0),
        ({"kind": "multiple"}, [(0, 2, 2)], 3),
        ({"kind": "multiple"}, [(0, 2, 3, 3)], 0),
        ({"kind": "double", "aql": "0.15"}, [0], 2),
    ],
)
def test_the_switching_score(question, nonconforming, score):
    assert play(nonconforming, **question)[-1].score == score


def test_thirty_points_reduce_when_the_manager_approved_and_production_is_steady():
    steps = play([GOOD] * 10, told=APPROVED_LOT)

    assert [each.score for each in steps] == [3, 6, 9, 12, 15, 18, 21, 24, 27, 30]
    assert severities(steps) == ["normal"] * 10 + ["reduced"]
    assert steps[-1].after.reason == Reason("score", {"score": 30, "lot": "10"})


def test_thirty_points_alone_do_not_reduce():
    state = play([GOOD] * 12)[-1].after

    assert (state.severity, state.score) == ("normal", 36)
    assert what_ends(state)[1] == Reason(
        "score",
        {"so_far": 30, "needed": 30, "remaining": 0, "production_steady": True, "reduced_approved": False},
    )
    assert replay([Event(APPROVED)], state).severity == "reduced"
    assert replay([Event(IRREGULAR), Event(APPROVED)], state).severity == "normal"
    assert replay([Event(IRREGULAR), Event(APPROVED), Event(STEADY)], state).severity == "reduced"


@pytest.fixture
def reduced():
    return play([GOOD] * 10, told=APPROVED_LOT)[-1].after


def test_a_lot_not_accepted_ends_reduced_and_does_not_count_in_the_new_window(reduced):
    steps = play([GOOD, BAD, BAD, GOOD], state=reduced)

    assert severities(steps) == ["reduced", "reduced", "normal", "normal", "normal"]
    assert steps[1].after.reason == Reason("not_accepted", {"lot": "2"})


@pytest.mark.parametrize("event", [IRREGULAR, WITHDRAWN])
def test_irregular_production_or_the_managers_word_end_reduced(reduced, event):
    state = replay([Event(event, "E-1")], reduced)

    assert (state.severity, state.score) == ("normal", 0)
    assert state.reason == Reason(event, {"lot": "E-1"})


@pytest.mark.parametrize("told", [{"production_steady": False}, {"reduced_approved": False}])
def test_what_is_told_with_a_lot_ends_reduced_too(reduced, told):
    assert severities(play([GOOD], state=reduced, told=told)) == ["reduced", "normal"]


def test_reduced_has_to_be_approved_again_after_it_ended(reduced):
    state = play([BAD] + [GOOD] * 11, state=reduced)[-1].after

    assert (state.severity, state.score) == ("normal", 33)


def test_a_count_in_the_gap_of_a_reduced_z14_plan_accepts_the_lot_and_ends_reduced(reduced):
    (only,) = play([4], state=reduced, standard="ansi-z1.4")  # 32, 2, 5

    assert only.accepted
    assert only.after.severity == "normal"
    assert only.after.reason == Reason(
        "between_ac_and_re", {"nonconforming": 4, "acceptance": 2, "rejection": 5, "lot": "1"}
    )


def test_a_critical_failure_always_ends_reduced(reduced):
    (only,) = play([GOOD], state=reduced, told={"critical": True})

    assert not only.accepted
    assert only.after.reason == Reason("critical", {"lot": "1"})
    assert only.after.severity == "normal"


def test_a_critical_failure_counts_as_not_accepted_and_resets_the_score():
    state = play([GOOD] * 5)[-1].after
    state = play([GOOD], state=state, told={"critical": True})[-1].after

    assert (state.severity, state.score) == ("normal", 0)
    assert severities(play([GOOD], state=state, told={"critical": True}))[-1] == "tightened"


def test_a_lot_rejected_for_another_reason_than_its_counts_is_not_accepted():
    assert severities(play([GOOD, GOOD], told={"rejected_otherwise": True})) == ["normal", "normal", "tightened"]


def test_resubmitted_lots_count_nowhere():
    steps = play([BAD] * 5 + [GOOD], told={"resubmitted": True})

    assert [each.accepted for each in steps] == [False] * 5 + [True]
    assert steps[-1].after == start()


def test_a_lot_planned_before_the_severity_changed_counts_only_when_it_is_not_accepted():
    tightened = play([BAD, BAD])[-1].after
    late = {"major": plan_for("normal")}

    assert step(tightened, Lot(late, {"major": (0,)})).after == tightened
    assert step(tightened, Lot(late, {"major": (9,)})).after.not_accepted == 1


def test_several_classes_earn_what_the_least_convincing_one_does():
    plans = Scheme.from_dict({"aql": {"major": "0.65", "minor": "2.5"}}).plans(1200)
    convincing = Lot(plans, {"critical": (0,), "major": (1,), "minor": (3,)})
    doubtful = Lot(plans, {"critical": (0,), "major": (1,), "minor": (5,)})

    assert step(start(), convincing).score == 2
    assert step(start(), doubtful).score == 0
    assert step(start(), doubtful).accepted


def test_one_rejected_class_decides_while_another_is_open_but_an_open_one_alone_does_not():
    plans = Scheme.from_dict({"kind": "double", "aql": {"major": "2.5", "minor": "4.0"}}).plans(1200)
    open_minor = {"critical": (0,), "major": (0,), "minor": (4,)}

    assert not step(start(), Lot(plans, open_minor | {"major": (9,)})).accepted
    assert not step(start(), Lot(plans, {}, critical=True)).accepted
    with pytest.raises(SamplingError) as caught:
        step(start(), Lot(plans, open_minor))
    assert (caught.value.code, caught.value.field) == ("undecided", "nonconforming.minor")


def test_an_unknown_event_is_refused():
    with pytest.raises(SamplingError) as caught:
        replay([Event("holiday")])

    assert caught.value.code == "event"


histories = st.lists(
    st.one_of(
        st.builds(Event, st.sampled_from([RESUMED, APPROVED, WITHDRAWN, STEADY, IRREGULAR])),
        st.tuples(
            st.sampled_from([0, 0, 0, 0, 3, 4, 6, 99]),
            st.booleans(),
            st.sampled_from([False, False, False, True]),
        ),
    ),
    max_size=80,
)


@given(history=histories, cut=st.integers(0, 80))
def test_a_history_replays_to_the_same_state_from_any_point(history, cut):
    state, played = start(), []
    for happened in history:
        if isinstance(happened, tuple):
            found, critical, resubmitted = happened
            plan = plan_for(state.severity)
            happened = Lot({"major": plan}, {"major": (found,)}, critical=critical, resubmitted=resubmitted)
        played.append(happened)
        state = replay([happened], state)
        assert state.severity == "tightened" or not state.discontinued
        assert state.score == 0 or state.severity == "normal"
        assert state.severity != "reduced" or (state.reduced_approved and state.production_steady)
        assert state.not_accepted < 5 or state.discontinued

    assert replay(played) == state
    assert replay(played[cut:], replay(played[:cut])) == state
