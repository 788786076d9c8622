from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activity.errors import InvalidInput, NotAllowed
from activity.models import Event
from inspections.models import PilotRun, PilotUnit
from inspections.pilot.reads import findings_of, judgement_of
from inspections.pilot.services.limits import limits_for, set_limits
from inspections.pilot.services.outcomes import OutcomeInput, assign_orders, record_outcomes
from inspections.pilot.services.readings import record_pilot_readings
from inspections.pilot.services.runs import (
    PilotNotDecided,
    PilotNotPlanned,
    PilotNotRunning,
    PilotOver,
    PilotRunOpen,
    conclude_pilot,
    plan_pilot,
    start_pilot,
    stop_pilot,
)
from inspections.pilot.words import follow_up_size
from tests.factories import NOON, after, make_golden_sample, make_pilot, make_product, pilot_outcomes

pytestmark = pytest.mark.django_db


def wrong(refusal) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in refusal.value.errors]


def test_a_run_without_a_fault_passes_and_says_so(product, merchandiser, event_kinds):
    run = make_pilot(product, actor=merchandiser)

    run = pilot_outcomes(run, actor=merchandiser, at=after(1), conclude=True)

    assert (run.status, run.verdict, run.concluded_by) == ("concluded", "pass", merchandiser)
    assert event_kinds("product:HL-KT17-W")[-4:] == [
        "pilot.planned",
        "pilot.started",
        "pilot.outcomes_recorded",
        "pilot.passed",
    ]


def test_a_run_with_too_many_returns_fails_before_all_are_back(product, merchandiser):
    run = make_pilot(product, actor=merchandiser)

    run = record_outcomes(
        run=run,
        outcomes=[OutcomeInput(unit, outcome="returned", reason="quality") for unit in range(1, 13)],
        actor=merchandiser,
        at=after(1),
        conclude=True,
    )

    assert (run.verdict, judgement_of(run).back) == ("fail", 12)


def test_one_damaged_unit_leaves_it_undecided_and_no_more_units_of_this_run_decide(product, merchandiser):
    run = pilot_outcomes(make_pilot(product, actor=merchandiser), actor=merchandiser, damaged=[7])

    run = conclude_pilot(run=run, actor=merchandiser, at=after(2))

    damage = judgement_of(run).rates[0]
    assert (run.verdict, damage.name, damage.bad, damage.n) == ("undecided", "damage", 1, 60)
    assert (damage.more.if_good, damage.can_pass, follow_up_size(judgement_of(run))) == (None, False, 93)


def test_one_that_was_returned_damaged_and_complained_about_counts_three_times(product, merchandiser):
    run = make_pilot(product, actor=merchandiser)
    sent = OutcomeInput(
        4,
        outcome="returned",
        reason="logistics",
        damage="carton",
        complaints=["box_crushed", "late"],
        handling_days=2,
        transit_days=7,
        delivered_on=date(2026, 11, 10),
        returned_on=date(2026, 11, 20),
    )

    record_outcomes(run=run, outcomes=[sent], actor=merchandiser, at=after(1))

    unit = run.units.get(number=4)
    assert (unit.return_reason, unit.damage, unit.complaints) == ("logistics", "carton", ["box_crushed", "late"])
    assert [(rate.name, rate.bad) for rate in judgement_of(run).rates] == [
        ("damage", 1),
        ("complaint", 1),
        ("return", 1),
    ]
    findings = findings_of(run, list(run.units.all()))
    assert (findings.complaints, findings.reasons) == ({"box_crushed": 1, "late": 1}, {"logistics": 1})
    promise = findings.promises.delivery
    assert (promise.low, promise.n, promise.under_way, promise.arrivals_needed) == (None, 1, 59, 60)


@pytest.mark.parametrize("size", [0, 19, 201, -5, 20.5, True, "60"])
def test_a_run_has_20_to_200_units(product, merchandiser, size):
    with pytest.raises(InvalidInput) as refusal:
        plan_pilot(product=product, size=size, actor=merchandiser, at=NOON)

    assert wrong(refusal) == [("units", "out_of_range")]
    assert PilotRun.objects.count() == 0


@pytest.mark.parametrize(
    ("size", "rule", "needed"), [(20, "curtailed", 59), (58, "curtailed", 59), (40, "sequential", 59)]
)
def test_a_run_that_can_never_pass_is_refused_with_the_size_that_could(product, merchandiser, size, rule, needed):
    """20 units without a fault leave up to 13.9 % possible, and the limit of damage is 5 %."""
    with pytest.raises(InvalidInput) as refusal:
        plan_pilot(product=product, size=size, rule_kind=rule, actor=merchandiser, at=NOON)

    assert {(error.field, error.code) for error in refusal.value.errors} == {("units", "cannot_pass")}
    assert f"{size} units can never pass" in refusal.value.errors[0].detail
    assert f"Take at least {needed} units." in refusal.value.errors[0].detail
    assert PilotRun.objects.count() == 0


def test_every_wrong_row_is_named_and_nothing_is_stored(product, merchandiser):
    run = make_pilot(product, size=60, actor=merchandiser, orders=["TT-1", "TT-2"])
    rows = [
        OutcomeInput(1, outcome="ok"),
        OutcomeInput(61, outcome="ok"),
        OutcomeInput(2, outcome="lost"),
        OutcomeInput(3, outcome="returned", reason="weather"),
        OutcomeInput(
            4, outcome="returned", delivered_on=date(2026, 11, 20), returned_on=date(2026, 11, 19), reason="quality"
        ),
        OutcomeInput(1, outcome="ok"),
        OutcomeInput(outcome="ok"),
        OutcomeInput(order="TT-9", outcome="ok"),
        OutcomeInput(5, outcome="complained", reason="function"),
        OutcomeInput(6, outcome="ok", damage="product"),
        OutcomeInput(7, outcome="ok", returned_on=date(2026, 11, 19)),
        OutcomeInput(8, outcome="ok", transit_days=-1),
        OutcomeInput(9, outcome="ok", delivered_on=date(2027, 1, 1)),
        OutcomeInput(10, order="TT-1", outcome="ok"),
        OutcomeInput(2, order="TT-8", outcome="ok"),
    ]

    with pytest.raises(InvalidInput) as refusal:
        record_outcomes(run=run, outcomes=rows, actor=merchandiser, at=after(1))

    assert sorted(wrong(refusal)) == sorted(
        [
            ("outcomes.1.unit", "unknown_unit"),
            ("outcomes.2.outcome", "invalid_choice"),
            ("outcomes.3.reason", "invalid_choice"),
            ("outcomes.4.returned_on", "before_delivery"),
            ("outcomes.5.unit", "duplicate"),
            ("outcomes.6.unit", "unknown_unit"),
            ("outcomes.7.order", "unknown_unit"),
            ("outcomes.8.reason", "invalid_choice"),
            ("outcomes.9.outcome", "contradiction"),
            ("outcomes.10.outcome", "contradiction"),
            ("outcomes.11.transit_days", "out_of_range"),
            ("outcomes.12.delivered_on", "future"),
            ("outcomes.13.order", "duplicate"),
            ("outcomes.14.order", "contradiction"),
        ]
    )
    assert run.units.back().count() == 0


def test_the_same_outcome_again_is_no_change_and_another_one_is_a_correction(product, merchandiser, event_kinds):
    run = make_pilot(product, actor=merchandiser)
    fine = [OutcomeInput(1, outcome="ok")]
    record_outcomes(run=run, outcomes=fine, actor=merchandiser, at=after(1))
    record_outcomes(run=run, outcomes=fine, actor=merchandiser, at=after(2))
    other = [OutcomeInput(1, outcome="damaged", reason="product")]

    with pytest.raises(InvalidInput) as refusal:
        record_outcomes(run=run, outcomes=other, actor=merchandiser, at=after(3))
    record_outcomes(run=run, outcomes=other, actor=merchandiser, at=after(4), correct=True)

    assert wrong(refusal) == [("outcomes.0.outcome", "already_recorded")]
    assert event_kinds(run.stream)[-2:] == ["pilot.outcomes_recorded", "pilot.outcomes_corrected"]
    event = Event.objects.latest("id")
    assert event.data["units"] == [{"unit": 1, "before": "ok", "after": "damaged"}]
    unit = run.units.get(number=1)
    assert (unit.outcome, unit.damage, unit.revision) == ("damaged", "product", 2)


def test_units_are_found_by_their_orders(product, merchandiser):
    run = make_pilot(product, actor=merchandiser, orders=["TT-1", "TT-2"])
    given = assign_orders(run=run, orders=["TT-2", "TT-3", "TT-3", ""], actor=merchandiser, at=after(1))

    record_outcomes(run=run, outcomes=[OutcomeInput(order="TT-3", outcome="damaged")], actor=merchandiser, at=after(2))

    assert given == 1
    assert list(run.units.back().values_list("number", "order_reference")) == [(3, "TT-3")]


def test_a_run_moves_one_way(product, merchandiser):
    run = make_pilot(product, start=False)
    with pytest.raises(PilotRunOpen):
        make_pilot(product)
    with pytest.raises(PilotNotRunning):
        record_outcomes(run=run, outcomes=[OutcomeInput(1, outcome="ok")], actor=merchandiser, at=NOON)
    with pytest.raises(PilotNotRunning):
        conclude_pilot(run=run, actor=merchandiser, at=NOON)
    make_golden_sample(product)
    run = start_pilot(run=run, actor=merchandiser, at=after(1))
    with pytest.raises(PilotNotPlanned):
        start_pilot(run=run, actor=merchandiser, at=after(1))
    with pytest.raises(PilotNotDecided):
        conclude_pilot(run=run, actor=merchandiser, at=after(2))
    with pytest.raises(InvalidInput):
        stop_pilot(run=run, reason=" ", actor=merchandiser, at=after(3))
    run = stop_pilot(run=run, reason="Wrong label", actor=merchandiser, at=after(3))
    with pytest.raises(PilotOver):
        stop_pilot(run=run, reason="Again", actor=merchandiser, at=after(4))

    assert (run.status, run.verdict, make_pilot(product).ordinal) == ("stopped", None, 2)


def test_only_who_runs_pilots_may(product, supplier_user, merchandiser):
    run = make_pilot(product, start=False)
    attempts = [
        lambda: plan_pilot(product=make_product(), size=60, actor=supplier_user, at=NOON),
        lambda: start_pilot(run=run, actor=supplier_user, at=NOON),
        lambda: record_outcomes(run=run, outcomes=[], actor=supplier_user, at=NOON),
        lambda: record_pilot_readings(run=run, characteristic="CORD", readings=[1], actor=supplier_user, at=NOON),
        lambda: assign_orders(run=run, orders=["A"], actor=supplier_user, at=NOON),
        lambda: conclude_pilot(run=run, actor=supplier_user, at=NOON),
        lambda: stop_pilot(run=run, reason="x", actor=supplier_user, at=NOON),
    ]

    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()


def test_a_product_has_limits_of_its_own_and_a_planned_run_keeps_its(product, merchandiser):
    run = make_pilot(product, start=False)

    set_limits(
        product=product, damage=Decimal("0.02"), complaint=Decimal("0.04"), return_rate=Decimal("0.06"),
        source="Agreed with the buyer", actor=merchandiser, at=NOON,
    )  # fmt: skip

    limit = limits_for(product)
    assert (limit.damage, limit.source) == (Decimal("0.02"), "Agreed with the buyer")
    run.refresh_from_db()
    assert run.limits == {"damage": Decimal("0.05"), "complaint": Decimal("0.08"), "return": Decimal("0.10")}
    with pytest.raises(InvalidInput) as refusal:
        set_limits(
            product=product, damage=Decimal("0"), complaint=Decimal("1"), return_rate=Decimal("0.06"),
            source="", actor=merchandiser, at=NOON,
        )  # fmt: skip
    assert wrong(refusal) == [("damage", "out_of_range"), ("complaint", "out_of_range")]


def test_readings_of_the_units_are_kept_for_the_ladder(product, merchandiser):
    run = make_pilot(product)

    reading = record_pilot_readings(
        run=run, characteristic="CORD", readings=["75.1", None, "80.5"], actor=merchandiser, at=NOON
    )
    again = record_pilot_readings(run=run, characteristic="CORD", readings=["75.1"], actor=merchandiser, at=NOON)

    assert (reading.count, reading.nonconforming, reading.mean) == (2, 1, pytest.approx(77.8))
    assert (again.pk, again.readings, run.readings.count()) == (reading.pk, [Decimal("75.1")], 1)
    for code, readings, expected in [
        ("LEAK", [1], ("characteristic", "unknown_characteristic")),
        ("CORD", ["x"], ("readings.0", "not_a_number")),
        ("CORD", [], ("readings", "required")),
        ("CORD", [1] * 61, ("readings", "too_many")),
    ]:
        with pytest.raises(InvalidInput) as refusal:
            record_pilot_readings(run=run, characteristic=code, readings=readings, actor=merchandiser, at=NOON)
        assert wrong(refusal) == [expected]


def test_two_hundred_outcomes_take_as_many_statements_as_one(product, merchandiser):
    run = make_pilot(product, size=200)
    record_outcomes(run=run, outcomes=[OutcomeInput(1, outcome="ok")], actor=merchandiser, at=NOON)  # warm permissions

    def statements(first: int, last: int) -> int:
        outcomes = [OutcomeInput(unit, outcome="ok") for unit in range(first, last)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            record_outcomes(run=run, outcomes=outcomes, actor=merchandiser, at=after(1))
        return len([q for q in queries if "SAVEPOINT" not in q["sql"]])

    one, many = statements(2, 3), statements(3, 201)
    assert one == many
    assert one <= 12  # what listens to events, such as the gate, asks in the same transaction
    assert PilotUnit.objects.filter(run=run, outcome="ok").count() == 200
