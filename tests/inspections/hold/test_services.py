import pytest

from inspections.batch.services.shipments import BatchNotShippable, ship
from inspections.hold.services.holds import Decision, HoldEnded, InspectorMayNotDecide, decide_hold
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from inspections.inspection.services.results import ResultInput
from tests.factories import NOON, after, inspect

pytestmark = pytest.mark.django_db


def test_a_critical_nonconformity_holds_the_batch_and_says_so(batch, inspector, event_kinds):
    inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)

    record_result(
        inspection=inspection,
        sent=ResultInput("HEIGHT", readings=["50.1", "49.9", "50.9"]),
        actor=inspector,
        at=after(3),
    )

    batch.refresh_from_db()
    hold = batch.holds.get()
    assert (batch.state, hold.remaining, hold.finding["unit_number"], hold.finding["reading"]) == (
        "on_hold",
        1000,
        3,
        "50.9",
    )
    assert event_kinds(batch.stream) == ["batch.registered", "inspection.planned", "result.recorded", "hold.placed"]


def test_a_rejected_batch_is_held_and_an_accepted_reinspection_ends_the_hold(batch, inspector, merchandiser):
    first = inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6])
    batch.refresh_from_db()
    assert (first.verdict, batch.state, batch.on_hold) == ("rejected", "on_hold", 1000)

    second = inspect(batch, actor=inspector, at=after(60))

    batch.refresh_from_db()
    hold = batch.holds.get()
    assert (second.round, second.severity, second.verdict) == (2, "tightened", "accepted")
    assert (hold.status, hold.ended_by_inspection, batch.quantities["available"]) == ("ended", second, 994)
    ship(batch=batch, quantity=400, actor=merchandiser, at=after(61))
    batch.refresh_from_db()
    assert (batch.available, batch.shipped, batch.set_aside, batch.state) == (594, 400, 6, "accepted")


def test_the_second_person_decides_and_the_quantities_add_up(batch, inspector, manager, merchandiser):
    inspect(batch, actor=inspector, LEAK=[3])
    hold = batch.holds.get()

    decide_hold(
        hold=hold,
        decision=Decision("sort", 600, "Sorted by hand", good=550),
        signature="password",
        actor=manager,
        at=after(5),
    )
    decide_hold(hold=hold, decision=Decision("scrap", 50, "Leaking"), signature="password", actor=manager, at=after(6))
    decide_hold(
        hold=hold,
        decision=Decision("return", 400, "Back to the maker"),
        signature="password",
        actor=manager,
        at=after(7),
    )

    batch.refresh_from_db()
    hold.refresh_from_db()
    assert batch.quantities == {
        "total": 1000, "shipped": 0, "available": 550, "on_hold": 0, "set_aside": 0, "awaiting": 0, "returned": 400, "scrapped": 50,
    }  # fmt: skip
    assert hold.status == "ended"
    with pytest.raises(HoldEnded):
        decide_hold(hold=hold, decision=Decision("release", 1, "x"), signature="password", actor=manager, at=after(8))


def test_the_inspector_of_record_may_not_decide(batch, manager):
    inspect(batch, actor=manager, LEAK=[3])

    with pytest.raises(InspectorMayNotDecide):
        decide_hold(
            hold=batch.holds.get(),
            decision=Decision("release", 1000, "fine"),
            signature="password",
            actor=manager,
            at=after(1),
        )


def test_who_ever_recorded_a_finding_may_not_decide_whoever_saved_it_last(batch, inspector, manager, admin):
    inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
    for actor, units in ((manager, [1]), (inspector, [1, 2])):
        sent = ResultInput("LEAK", nonconforming_units=units)
        record_result(inspection=inspection, sent=sent, actor=actor, at=after(len(units)))
    hold = batch.holds.get()
    decision = Decision("release", 1000, "fine")

    assert inspection.results.get().recorded_by == inspector
    with pytest.raises(InspectorMayNotDecide):
        decide_hold(hold=hold, decision=decision, signature="password", actor=manager, at=after(5))
    decide_hold(hold=hold, decision=decision, signature="password", actor=admin, at=after(5))


def test_nothing_ships_from_a_hold(batch, inspector, merchandiser):
    inspect(batch, actor=inspector, LEAK=[3])

    with pytest.raises(BatchNotShippable) as refusal:
        ship(batch=batch, quantity=1, actor=merchandiser, at=after(1))

    assert [reason["code"] for reason in refusal.value.extra["reasons"]] == ["on_hold", "not_enough"]
