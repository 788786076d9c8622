import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.rules.verdicts import Finding, tally, tally_class
from inspections.sampling import Plan


def plan(n: int, acceptance: int, counts: str = "units") -> Plan:
    return Plan(n, acceptance, acceptance + 1, False, "J", "J", "normal", "single", "iso2859-1", "2.5", counts)


def finding(*bad: int, nonconformities: int | None = None, unread=()) -> Finding:
    return Finding("major", frozenset(bad), len(bad), nonconformities or len(bad), frozenset(unread))


def test_a_unit_with_two_major_nonconformities_counts_once():
    counted = tally_class(plan(80, 1), [finding(3, 5), finding(3)])

    assert (counted.nonconforming, counted.nonconformities, counted.settled) == (2, 3, "rejected")


def test_an_aql_above_ten_counts_each_nonconformity():
    counted = tally_class(plan(80, 2, "nonconformities"), [finding(3, nonconformities=3)])

    assert (counted.counted, counted.settled) == (3, "rejected")


def test_units_that_are_not_named_are_taken_to_be_different_ones():
    unnamed = Finding("major", None, 2, 2)

    assert tally_class(plan(80, 3), [unnamed, finding(1, 2)]).settled == "rejected"


def test_it_is_accepted_as_soon_as_what_is_unread_cannot_change_it():
    assert tally_class(plan(80, 5), [finding(1, 2, 3, unread=(79, 80))]).settled == "accepted"
    assert tally_class(plan(80, 5), [finding(1, 2, 3, unread=(78, 79, 80))]).settled is None


def test_one_rejected_class_rejects_while_others_are_open():
    plans = {"critical": plan(80, 0), "major": plan(80, 5)}
    found = [Finding("critical", frozenset({3}), 1, 1), finding(unread=range(1, 81))]

    assert tally(plans, found).outcome == "rejected"


@st.composite
def partly_read(draw) -> tuple[Plan, list[tuple[Finding, frozenset[int]]]]:
    """A plan, and findings each with the units that turn out bad among those still unread."""
    n = draw(st.integers(1, 40))
    units = st.frozensets(st.integers(1, n))
    found = []
    for _ in range(draw(st.integers(1, 4))):
        unread = draw(units)
        bad = draw(units) - unread
        extra = draw(st.integers(0, 3)) if bad else 0
        found.append((Finding("major", bad, len(bad), len(bad) + extra, unread), draw(units) & unread))
    counts = draw(st.sampled_from(["units", "nonconformities"]))
    return plan(n, draw(st.integers(0, n)), counts), found


@given(partly_read())
def test_what_is_settled_stays_so_whatever_the_other_units_show(case):
    the_plan, found = case
    early = tally_class(the_plan, [partial for partial, _ in found]).settled
    in_the_end = [Finding("major", f.bad | late, len(f.bad | late), f.nonconformities + len(late)) for f, late in found]

    final = tally_class(the_plan, in_the_end)

    assert final.settled in ("accepted", "rejected")
    assert early in (None, final.settled)
    assert (final.settled == "accepted") == (final.counted <= the_plan.acceptance)


# A unit counts once, in the most serious class of its nonconformities (ISO 2859-1, 3.1)

AQL_25_40 = {"critical": plan(80, 0), "major": plan(80, 5), "minor": plan(80, 7)}


def named(name: str, *bad: int, unread=(), judged_by: str = "") -> Finding:
    return Finding(name, frozenset(bad), len(bad), len(bad), frozenset(unread), judged_by)


@pytest.mark.parametrize(
    ("found", "counts", "verdict"),
    [
        ([("major", 1, 2, 3), ("minor", *range(1, 9))], (0, 3, 5), "accepted"),
        ([("minor", 1, 2, 3, 4), ("minor", 5, 6, 7, 8)], (0, 0, 8), "rejected"),
        ([("major", 1, 2, 3, 4, 5), ("major", 1, 2, 3, 4, 5)], (0, 5, 0), "accepted"),
        ([("major", 1, 2, 3, 4, 5, 6), ("minor", *range(1, 8))], (0, 6, 1), "rejected"),
        ([("critical", 1), ("major", 1, 2, 3, 4, 5, 6), ("minor", 1, 6, 7)], (1, 5, 1), "rejected"),
        ([("minor", 9), ("major", 9), ("critical", 9)], (1, 0, 0), "rejected"),
    ],
)
def test_a_unit_counts_in_its_most_serious_class_alone(found, counts, verdict):
    counted = tally(AQL_25_40, [named(*each) for each in found])

    assert tuple(each.nonconforming for each in counted.classes.values()) == counts
    assert counted.outcome == verdict


def test_the_units_that_count_elsewhere_are_told():
    counted = tally(AQL_25_40, [named("minor", 1, 2, 5), named("major", 2, 5), named("critical", 5)])

    assert {name: sorted(each.higher) for name, each in counted.classes.items()} == {
        "critical": [], "major": [5], "minor": [2, 5],
    }  # fmt: skip


def test_of_counted_nonconformities_each_counts_whatever_else_the_unit_has():
    each = {"major": plan(80, 5, "nonconformities"), "minor": plan(80, 7, "nonconformities")}
    found = [named("major", 1, 2, 3), named("minor", 1, 2, 3, 4, 5), named("minor", 1, 2, 3)]

    assert {name: told.counted for name, told in tally(each, found).classes.items()} == {"major": 3, "minor": 8}
    assert tally(each, found).outcome == "rejected"


def test_units_without_numbers_stay_in_the_class_that_counted_them():
    found = [named("major", 1, 2), Finding("minor", None, 8, 8)]

    assert tally(AQL_25_40, found).classes["minor"].nonconforming == 8


def test_what_is_found_in_a_class_without_a_plan_takes_no_unit_away():
    assert (
        tally({"minor": plan(80, 1)}, [named("major", 1, 2), named("minor", 1, 2)]).classes["minor"].settled
        == "rejected"
    )


def test_eight_minor_units_are_not_settled_while_three_of_them_may_be_major():
    unread = range(1, 81)
    early = tally(AQL_25_40, [named("critical"), named("major", unread=unread), named("minor", *range(1, 9))])
    assert (early.classes["minor"].settled, early.outcome, early.rejects) == (None, None, True)

    # Five more major ones are rejected themselves at six, so that nine and more of fourteen stay.
    many = tally(AQL_25_40, [named("critical"), named("major", unread=unread), named("minor", *range(1, 14))])
    assert (many.classes["minor"].settled, many.outcome) == ("rejected", "rejected")


def test_a_check_with_a_plan_of_its_own_is_judged_by_that_and_counts_in_no_class():
    found = [named("major", 1, judged_by="DROP"), named("major", 2), named("minor", 1, 2, 3)]
    counted = tally(AQL_25_40, found, own={"DROP": plan(5, 0)})

    assert (counted.own["DROP"].nonconforming, counted.own["DROP"].settled) == (1, "rejected")
    assert {name: each.nonconforming for name, each in counted.classes.items()} == {
        "critical": 0,
        "major": 1,
        "minor": 1,
    }
    assert counted.outcome == "rejected"


def test_a_finished_sample_keeps_its_count_when_a_unit_turns_out_to_be_graver():
    first = tally(AQL_25_40, [named("minor", 1, 2, 3)]).classes["minor"]
    second = tally(AQL_25_40, [named("major", 3), named("minor", 1, 2, 3)], at_least={"minor": first.counted})

    assert (first.counted, second.classes["minor"].counted, second.classes["minor"].shown) == (3, 3, 3)


@st.composite
def two_looks(draw):
    """Plans of three classes, and findings with what the units that are still unread turn out to be."""
    n = draw(st.integers(1, 12))
    units = st.frozensets(st.integers(1, n))
    plans = {name: plan(n, draw(st.integers(0, n))) for name in ("critical", "major", "minor")}
    own = {"DROP": plan(n, draw(st.integers(0, 2)))}
    found = []
    for name, code in draw(
        st.permutations([("critical", ""), ("major", ""), ("minor", ""), ("major", "DROP"), ("minor", "")])
    ):
        bad, unread = draw(units), draw(units)
        found.append((named(name, *bad - unread, unread=unread, judged_by=code), named(name, *bad, judged_by=code)))
    return plans, own, found


@given(two_looks())
def test_an_outcome_is_told_early_only_where_nothing_can_change_it(case):
    plans, own, found = case
    early = tally(plans, [first for first, _ in found], own=own).outcome
    final = tally(plans, [last for _, last in found], own=own)

    assert final.outcome in ("accepted", "rejected")
    assert early in (None, final.outcome)
    assert sum(each.nonconforming for each in final.classes.values()) <= plans["minor"].sample_size
