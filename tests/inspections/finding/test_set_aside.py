"""What findings tell of units does not ship: told before the acceptance, late, or by an inspection that was abandoned (R2, R8)."""

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from accounts.roles import Role
from activity.errors import InvalidInput
from activity.models import Event
from inspections.batch.services.aside import InspectorMayNotSign, settle_set_aside
from inspections.batch.services.shipments import ship, take_back
from inspections.finding.services import FindingInput, record_finding
from inspections.hold.services.holds import Decision, decide_hold
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import abandon_inspection, record_result
from inspections.inspection.services.results import ResultInput
from inspections.models import Batch, Finding
from tests.caller import Caller
from tests.factories import NOON, after, answer_hold, inspect, make_user

pytestmark = pytest.mark.django_db


def find(batch, actor, at=NOON, **said) -> Finding:
    given = {"uid": uuid4(), "nonconformity_class": "major", "note": "Cord scratched"} | said
    return record_finding(batch=batch, sent=FindingInput(**given), actor=actor, at=at)


def aside(batch: Batch) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    batch.refresh_from_db()
    return batch.available, batch.set_aside


def test_what_was_told_before_is_set_aside_at_the_acceptance(batch, inspector):
    find(batch, inspector, count=100)
    find(batch, inspector, units=[1, 2, 3])
    find(batch, inspector, units=[3, 4])

    inspect(batch, actor=inspector, at=after(1), LID=[3])

    assert aside(batch) == (895, 105)


def test_at_most_what_is_left(batch, inspector):
    find(batch, inspector, count=1000)
    inspect(batch, actor=inspector, at=after(1))

    assert aside(batch) == (0, 1000)


def test_a_late_one_is_set_aside_at_once_and_at_most_what_is_available(batch, inspector):
    inspect(batch, actor=inspector)

    assert find(batch, inspector, at=after(1), count=10).set_aside == 10
    find(batch, inspector, at=after(2), units=list(range(101, 111)))
    assert find(batch, inspector, at=after(3), units=[110, 111]).set_aside == 1
    find(batch, inspector, at=after(4), count=400)
    assert aside(batch) == (579, 421)
    assert Event.objects.filter(kind="units.set_aside").count() == 4
    find(batch, inspector, at=after(5), count=900)
    assert aside(batch) == (0, 1000)


def test_one_of_the_sample_counts_with_it(batch, inspector):
    inspection = inspect(batch, actor=inspector, CORD=[8])
    assert find(batch, inspector, at=after(1), units=[8, 9], inspection=inspection.uid).set_aside == 1
    assert aside(batch) == (998, 2)


def test_what_abandoned_inspections_found_stays_and_is_set_aside(batch, inspector):
    for minute in range(0, 40, 10):
        inspection = plan_inspection(batch=batch, actor=inspector, at=after(minute))
        sent = ResultInput("LID", nonconforming_units=[1, 2, 3])
        record_result(inspection=inspection, sent=sent, actor=inspector, at=after(minute + 1))
        abandon_inspection(inspection=inspection, reason="Rain", actor=inspector, at=after(minute + 2))

    rows = Caller(inspector).send("GET", f"batches/{batch.number}/findings/")[1]["results"]
    assert [(row["characteristic"], row["units"], row["late"]) for row in rows] == [("LID", [1, 2, 3], False)] * 4
    inspection.refresh_from_db()
    assert inspection.finding_count == 1

    inspect(batch, actor=inspector, at=after(60))
    assert aside(batch) == (988, 12)


def test_who_found_does_not_sign_that_the_units_ship(batch, inspector):
    inspect(batch, actor=inspector)
    finder = make_user(Role.MANAGER, "finder")
    find(batch, finder, at=after(1), count=5)

    with pytest.raises(InspectorMayNotSign):
        settle_set_aside(
            batch=batch, kind="release", quantity=5, note="Fine", signature="token", actor=finder, at=after(2)
        )


def test_by_sql_a_late_finding_leaves_nothing_it_found_to_ship(batch, inspector):
    inspect(batch, actor=inspector)
    stored = find(batch, inspector, at=after(1), units=[5])
    aside(batch)

    statement = (
        "INSERT INTO inspections_finding (uid, batch_id, characteristic_id, nonconformity_class, nonconforming, note,"
        " late, set_aside, found_at, received_at, found_by_id)"
        " SELECT gen_random_uuid(), batch_id, (SELECT c.id FROM inspections_characteristic c"
        " JOIN inspections_specification s ON s.id = c.specification_id WHERE c.code = 'CORD' LIMIT 1),"
        " 'major', 3, 'x', true, 0, now(), now(), found_by_id FROM inspections_finding WHERE id = %s"
    )
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="sets aside fewer units"),
        transaction.atomic(),
    ):
        cursor.execute(statement, [stored.pk])


def test_what_was_named_while_it_was_away_waits_for_inspection_when_it_comes_back(batch, inspector, merchandiser):
    """Nobody knows which of them are the bad ones."""
    inspect(batch, actor=inspector)
    sent = ship(batch=batch, quantity=1000, actor=merchandiser, at=after(1))
    find(batch, inspector, at=after(2), nonconformity_class="major", count=5)

    back = take_back(
        shipment=sent, kind="not_left", quantity=1000, reason="Still here", actor=merchandiser, at=after(3)
    )

    batch.refresh_from_db()
    assert (back.place, batch.available, batch.awaiting) == ("awaiting", 0, 1000)
    inspect(batch, actor=inspector, at=after(4))
    batch.refresh_from_db()
    assert (batch.set_aside, batch.available) == (5, 995)


def test_what_an_abandoned_inspection_that_rejects_found_is_set_aside_by_the_next(batch, inspector):
    opened = plan_inspection(batch=batch, actor=inspector, at=NOON)
    record_result(
        inspection=opened,
        sent=ResultInput(characteristic="LID", nonconforming_units=list(range(1, 21))),
        actor=inspector,
        at=NOON,
    )
    abandon_inspection(inspection=opened, reason="tea", actor=inspector, at=after(1))
    batch.refresh_from_db()
    assert batch.on_hold == 1000

    answer_hold(batch.holds.get(), at=after(2))
    inspect(batch, actor=inspector, at=after(3))

    batch.refresh_from_db()
    assert (batch.set_aside, batch.available) == (20, 980)


def test_units_on_record_as_bad_are_not_sorted_as_good(batch, inspector, manager):
    inspect(batch, actor=inspector, LEAK=[3, 9])
    hold = batch.holds.get()

    def sort(quantity, good):
        decision = Decision("sort", quantity, "Sorted", good=good)
        decide_hold(hold=hold, decision=decision, signature="token", actor=manager, at=after(1))

    for quantity, good in ((1000, 1000), (1000, 999), (999, 999)):
        with pytest.raises(InvalidInput) as refusal:
            sort(quantity, good)
        assert [(error.field, error.code) for error in refusal.value.errors] == [("good", "known_bad")]
    sort(500, 500)
    sort(500, 498)
