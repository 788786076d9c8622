from hypothesis import given
from hypothesis import strategies as st

from inspections.rules.verdicts import Finding, outcome, tally, tally_class
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

    assert outcome(tally(plans, found).values()) == "rejected"


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
