"""Switching for each class by itself (ISO 2859-1, 9.2)."""

import pytest

from inspections.sampling import Scheme
from inspections.sampling.by_class import CLASSES, replay_each, start_each, step_each, strictest
from inspections.sampling.switching import Event, Lot, start

SCHEME = Scheme.from_dict(
    {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": "2.5", "minor": "4.0"}}
)


def lots(rejected: str, states, number: str = "") -> dict[str, Lot]:
    """One lot of 1,000, planned by where each class stands, that the classes of these letters (c, m, n) reject."""
    plans = SCHEME.plans(1000, severity={name: state.severity for name, state in states.items()})
    bad = dict(zip(CLASSES, ("c" in rejected, "m" in rejected, "n" in rejected), strict=True))
    return {
        name: Lot(
            {name: plan},
            {name: [plan.rejection if bad[name] else 0]},
            number,
            critical=name == "critical" and bad["critical"],
            critical_elsewhere=name != "critical" and bad["critical"],
            severity=states[name].severity,
        )
        for name, plan in plans.items()
    }


def after(history: str) -> dict:
    """Of lots in turn: "n m -" is one that minor rejects, one that major does, one that is accepted."""
    states = start_each()
    for each in history.split():
        states = step_each(states, lots(each, states))
    return states


def severities(history: str) -> tuple[str, ...]:
    return tuple(state.status for state in after(history).values())


@pytest.mark.parametrize(
    ("history", "wanted"),
    [
        ("n n", ("normal", "normal", "tightened")),
        ("n m", ("normal", "normal", "normal")),
        ("mn mn", ("normal", "tightened", "tightened")),
        ("c - - c", ("tightened", "normal", "normal")),
        ("n n - - - - -", ("normal", "normal", "normal")),
        ("n n m m m m m", ("normal", "tightened", "normal")),
        ("n n n n n n n", ("normal", "normal", "discontinued")),
        ("m n n - - - -", ("normal", "normal", "tightened")),
    ],
)
def test_each_class_has_its_own_severity(history, wanted):
    assert severities(history) == wanted


def test_each_class_has_its_own_score():
    states = after("- - n - -")

    assert [states[name].score for name in CLASSES] == [0, 15, 6]


def test_acceptance_numbers_follow_the_class():
    states = after("n n")
    plans = SCHEME.plans(1000, severity={name: state.status for name, state in states.items()})

    assert {name: (plan.acceptance, plan.severity) for name, plan in plans.items()} == {
        "critical": (0, "normal"), "major": (5, "normal"), "minor": (5, "tightened"),
    }  # fmt: skip


def test_critical_on_zero_takes_the_tightened_samples_once_it_is_tightened_itself():
    scheme = Scheme.from_dict({"kind": "single", "aql": {"major": "1.0"}})
    normal = dict.fromkeys(CLASSES, "normal")

    sizes = [
        scheme.plans(60, classes=["critical"], severity=each)["critical"].sample_size
        for each in (normal, normal | {"critical": "tightened"})
    ]

    assert sizes == [13, 20]  # letter E at 1.0: 13, 0; tightened down to F: 20, 0


def test_reduced_goes_by_class_and_a_critical_nonconformity_ends_it_everywhere():
    approved = replay_each([Event("reduced_approved")], after("- - - - - - - - n -"))
    assert [state.status for state in approved.values()] == ["normal", "reduced", "normal"]

    plans = SCHEME.plans(1000, severity={name: state.status for name, state in approved.items()})
    assert [(plan.sample_size, plan.severity) for plan in plans.values()] == [
        (80, "normal"),
        (32, "reduced"),
        (80, "normal"),
    ]

    ended = step_each(approved, lots("c", approved, "B-9"))
    assert (ended["major"].status, ended["major"].reason.code) == ("normal", "critical")


def test_a_class_that_is_not_inspected_stays_as_it_is():
    assert step_each(start_each(), {}) == {name: start() for name in CLASSES}


def test_the_strictest_of_several():
    assert [strictest(each) for each in ([], ["reduced", "normal"], ["tightened", "discontinued", "normal"], ["reduced"])] == [
        "normal", "normal", "discontinued", "reduced",
    ]  # fmt: skip
