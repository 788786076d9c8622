"""The pure gate: facts in, checks out. Unknown is never pass."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.rules import gates

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
EARLIER = NOON - timedelta(days=30)


def item(key="fcc-id", **changes) -> gates.Item:
    facts = {
        "kind": "certification",
        "group": "",
        "state": "accepted",
        "acts": None,
        "due": None,
        "valid_from": None,
        "valid_to": None,
        "since": EARLIER,
    }
    return gates.Item(key, **facts | changes)


READY = gates.Facts(
    product="HL-KT17-W",
    market="US",
    zone="America/New_York",
    planned_on=None,
    sample=gates.Sample("s", 3, EARLIER, EARLIER),
    pilots=(gates.Pilot("p", "pass", 60, 60, 0, EARLIER),),
    batch=gates.Batch("B-042", "accepted", EARLIER, 900, False, 0, None),
    has_checklist=True,
    items=(
        item(),
        item("manual-en", kind="manual"),
        item("label-us", kind="label"),
        item("bom", kind="material_declaration"),
    ),
)
BROKEN = {
    gates.GOLDEN_SAMPLE: {"sample": None},
    gates.PILOT_RUN: {"pilots": ()},
    gates.LATEST_BATCH: {"batch": None},
    gates.OPEN_HOLDS: {"holds": (gates.Hold("h", "B-042-H1", NOON, "supplier", NOON + timedelta(days=2)),)},
    gates.TRAITS: {"unanswered": ("mains",)},
    gates.PAPERS: {"items": (item(state="missing"),)},
    gates.MANUAL: {"items": (item(kind="manual", state="refused"),)},
    gates.DECLARATIONS: {"items": (item(kind="material_declaration", state="submitted"),)},
    gates.LABELS: {"items": (item(kind="label", state="checked"),)},
}


def states(facts: gates.Facts, at: datetime = NOON) -> dict[str, str]:
    return {check.code: check.state for check in gates.evaluate(facts, at).checks}


def check(facts: gates.Facts, code: str, at: datetime = NOON) -> gates.Check:
    return next(check for check in gates.evaluate(facts, at).checks if check.code == code)


def test_a_gate_is_open_when_every_check_passes():
    assert states(READY) == dict.fromkeys(gates.CODES, "pass")
    assert gates.evaluate(READY, NOON).state == "open"


@pytest.mark.parametrize("code", BROKEN)
def test_each_check_alone_closes_it(code):
    evaluation = gates.evaluate(replace(READY, **BROKEN[code]), NOON)

    assert [check.code for check in evaluation.unmet] == [code]
    assert evaluation.state == "closed"


def test_nothing_known_passes_nothing_but_that_there_is_no_hold():
    nothing = gates.Facts("X", "US", "UTC", None)

    assert [code for code, state in states(nothing).items() if state in gates.MET] == ["open_holds"]


def test_nothing_is_needed_only_when_all_facts_are_answered():
    assert check(replace(READY, items=()), "papers").state == "pass"
    assert check(replace(READY, items=(), unanswered=("mains",)), "papers").state == "waiting"


def test_a_golden_sample_waits_until_something_made_later_confirms_it():
    new = replace(READY, sample=gates.Sample("s", 4, NOON, None))

    assert (check(new, "golden_sample").state, check(new, "golden_sample").why) == ("waiting", "sample_unconfirmed")


@pytest.mark.parametrize(
    ("states_of_runs", "state", "why"),
    [
        (["running", "pass"], "pass", "pilot_pass"),
        (["running", "fail"], "waiting", "pilot_running"),
        (["fail", "pass"], "fail", "pilot_fail"),
        (["undecided"], "waiting", "pilot_undecided"),
        (["planned"], "waiting", "pilot_planned"),
    ],
)
def test_the_latest_pilot_counts_and_one_under_way_takes_nothing_from_one_that_passed(states_of_runs, state, why):
    runs = tuple(gates.Pilot("p", each, 60, 31, 1, NOON) for each in states_of_runs)

    found = check(replace(READY, pilots=runs), "pilot_run")

    assert (found.state, found.why) == (state, why)


def test_a_run_that_passed_with_another_golden_sample_waits():
    found = check(replace(READY, pilots=(gates.Pilot("p", "pass", 60, 60, 0, NOON, is_of_golden=False),)), "pilot_run")

    assert (found.state, found.why, found.acts) == ("waiting", "pilot_other_sample", gates.MANAGER)


def test_limits_of_the_products_own_are_named():
    limits = {"damage": 0.1, "complaint": 0.2, "returns": 0.125}
    found = check(replace(READY, pilots=(gates.Pilot("p", "pass", 60, 60, 3, NOON, own_limits=limits),)), "pilot_run")

    assert (found.state, found.why) == ("pass", "pilot_pass_by_own_limits")
    assert found.data == {
        "size": 60, "back": 60, "bad": 3, "damage": "10 %", "complaint": "20 %", "returns": "12.5 %",
    }  # fmt: skip


def test_of_an_accepted_batch_only_units_set_aside_are_left():
    batch = gates.Batch("B-1", "accepted", NOON, 0, False, 0, None, set_aside=3)

    found = check(replace(READY, batch=batch), "latest_batch")

    assert (found.state, found.why, found.acts) == ("waiting", "batch_set_aside", gates.QC)


@pytest.mark.parametrize(
    ("verdict", "freed", "is_held", "awaiting", "state", "why"),
    [
        ("accepted", 10, False, 0, "pass", "batch_accepted"),
        ("rejected", 10, False, 0, "waived", "batch_freed"),
        ("rejected", 0, True, 0, "fail", "batch_held"),
        ("accepted", 0, True, 0, "fail", "batch_held"),
        ("accepted", 10, True, 0, "fail", "batch_held"),  # all of it shipped before something critical was found
        ("rejected", 0, False, 10, "waiting", "batch_reinspected"),
        ("rejected", 0, False, 0, "fail", "batch_rejected"),
        ("accepted", 0, False, 0, "fail", "batch_gone"),
    ],
)
def test_the_latest_batch(verdict, freed, is_held, awaiting, state, why):
    batch = gates.Batch("B-1", verdict, NOON, freed, is_held, awaiting, None)

    found = check(replace(READY, batch=batch), "latest_batch")

    assert (found.state, found.why) == (state, why)


def test_a_paper_is_valid_all_of_its_last_day_in_the_market():
    paper = replace(READY, items=(item(valid_to=date(2026, 6, 30)),))
    midnight = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)  # New York is four hours behind

    assert check(paper, "papers", midnight - timedelta(seconds=1)).state == "pass"
    assert check(paper, "papers", midnight).state == "fail"
    assert gates.evaluate(paper, midnight - timedelta(days=9)).next_day == date(2026, 7, 1)
    assert gates.start_of(date(2026, 7, 1), paper.zone) == midnight
    assert check(paper, "papers", midnight).since == midnight


def test_papers_are_judged_on_the_planned_day_and_on_today_once_it_is_past():
    paper = replace(READY, items=(item(valid_from=date(2026, 12, 1), valid_to=date(2026, 12, 31)),))

    def on(planned: date | None) -> str:
        return check(replace(paper, planned_on=planned), "papers").state

    assert [on(None), on(date(2026, 12, 1)), on(date(2026, 12, 31)), on(date(2027, 1, 1)), on(date(2020, 1, 1))] == [
        "waiting", "pass", "pass", "fail", "waiting",
    ]  # fmt: skip


def test_requirements_of_a_group_are_met_by_any_one_of_them():
    members = (
        item("a", group="battery", state="missing"),
        item("b", group="battery", valid_to=date(2027, 1, 1)),
        item("c", group="battery", state="waived", valid_to=date(2028, 1, 1)),
    )
    facts = replace(READY, items=members)

    assert check(facts, "papers").state == "pass"
    assert check(facts, "papers").data == {"done": 1, "total": 1, "waived": 0, "requirement": "b"}
    assert gates.evaluate(facts, NOON).valid_until == date(2028, 1, 1)
    assert check(replace(READY, items=members[:1]), "papers").state == "waiting"


def test_the_worst_of_a_kind_counts_and_names_what_is_due_first():
    facts = replace(
        READY,
        items=(
            item("a", state="missing", due=date(2026, 12, 2)),
            item("b", state="expired", due=date(2026, 12, 9)),
            item("c", state="refused", due=date(2026, 12, 1), acts="supplier"),
        ),
    )

    found = check(facts, "papers")

    assert (found.state, found.why, found.data["requirement"], found.acts) == ("fail", "item_refused", "c", "supplier")


DAYS = st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31))
ITEMS = st.builds(
    item,
    st.sampled_from("abcdef"),
    kind=st.sampled_from(["certification", "manual", "label"]),
    group=st.sampled_from(["", "g"]),
    state=st.sampled_from(["missing", "submitted", "checked", "accepted", "refused", "expired", "waived"]),
    valid_from=DAYS,
    valid_to=DAYS,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is slow, not wrong
@given(
    items=st.lists(ITEMS, max_size=5),
    planned=DAYS,
    zone=st.sampled_from(["UTC", "America/New_York", "Asia/Tokyo"]),
    hours=st.integers(0, 24 * 60),
    later=st.integers(0, 24 * 60),
)
def test_an_answer_stays_true_until_the_day_it_names(items, planned, zone, hours, later):
    facts = replace(READY, items=tuple(items), planned_on=planned, zone=zone)
    at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=hours)
    then = at + timedelta(hours=later)
    evaluation = gates.evaluate(facts, at)

    if evaluation.next_day is None or then < gates.start_of(evaluation.next_day, zone):
        assert gates.evaluate(facts, then).checks == evaluation.checks


@given(items=st.lists(ITEMS, max_size=5), planned=DAYS)
def test_an_open_gate_stays_open_to_the_last_day_it_names_and_no_longer(items, planned):
    facts = replace(READY, items=tuple(items), planned_on=planned, zone="UTC")
    evaluation = gates.evaluate(facts, NOON)

    if evaluation.state == gates.OPEN and evaluation.valid_until:
        end = gates.start_of(evaluation.valid_until + timedelta(days=1), "UTC")
        assert gates.evaluate(facts, max(end - timedelta(seconds=1), NOON)).state == gates.OPEN
        assert gates.evaluate(facts, end).state == gates.CLOSED


def test_a_paper_that_follows_another_without_a_gap_keeps_the_gate_open():
    first = item(group="safety", valid_to=date(2026, 11, 30))
    second = item("ce-doc", group="safety", valid_from=date(2026, 12, 1), valid_to=date(2027, 3, 31))
    late = replace(second, valid_from=date(2026, 12, 2))

    ends = [gates.evaluate(replace(READY, items=(first, after)), NOON).valid_until for after in (second, late)]

    assert ends == [date(2027, 3, 31), date(2026, 11, 30)]


def test_an_open_gate_ends_with_the_deviation_of_its_latest_batch():
    until = datetime(2026, 12, 6, 5, tzinfo=UTC)  # midnight in New York
    facts = replace(READY, batch=gates.Batch("B-042", "rejected", EARLIER, 900, False, 0, until))

    assert gates.evaluate(facts, NOON).valid_until == date(2026, 12, 5)
