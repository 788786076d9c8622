"""What keeps findings, against somebody who goes round the code: every attempt is refused by the database itself."""

from uuid import uuid4

import pytest
from django.db import Error, connection, transaction

from inspections.batch.services.shipments import ship, take_back
from inspections.finding.services import FindingInput, record_finding
from inspections.hold.services.holds import (
    Decision,
    InspectorMayNotDecide,
    decide_hold,
    place_hold,
)
from inspections.hold.services.reinspections import order_reinspection
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from inspections.inspection.services.results import ResultInput
from inspections.models import Finding, Hold, Inspection
from tests.factories import NOON, after, inspect, make_batch, make_product, make_specification

pytestmark = pytest.mark.django_db


def run(statement: str, values: tuple[object, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(statement: str, *values: object) -> str:
    """Run one statement as a transaction of its own; the rule that refused it."""
    with pytest.raises(Error) as refusal, transaction.atomic():
        run(statement, values)
    diagnosis = refusal.value.__cause__.diag
    return diagnosis.constraint_name or diagnosis.message_primary


def insert(batch, user, *, name="critical", inspection=None, check=None, hold=None, late=True, units=None) -> str:
    return refused(
        "INSERT INTO inspections_finding (uid, batch_id, inspection_id, characteristic_id, nonconformity_class, units,"
        " nonconforming, note, late, hold_id, found_at, received_at, found_by_id)"
        " VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, 1, 'burr', %s, %s, now(), now(), %s)",
        batch.pk, inspection and inspection.pk, check and check.pk, name, units, late, hold and hold.pk, user.pk,
    )  # fmt: skip


def record(batch, actor, at=NOON, **said) -> Finding:
    given = {"uid": uuid4(), "nonconformity_class": "critical", "note": "Sharp burr"} | said
    return record_finding(batch=batch, sent=FindingInput(**given), actor=actor, at=at)


class TestR1:
    def test_a_critical_finding_cannot_be_stored_without_a_hold(self, batch, inspector):
        inspect(batch, actor=inspector)

        assert insert(batch, inspector) == "critical_finding_has_a_hold"

    def test_neither_with_the_hold_of_another_batch_nor_with_one_that_has_ended(
        self, batch, product, inspector, manager
    ):
        other = make_batch(product=product)
        inspect(other, actor=inspector, LEAK=[1])
        inspect(batch, actor=inspector)
        ended = place_hold(batch=batch, note="Wet", actor=inspector, at=after(1))
        release = Decision("release", 1000, "Dry")
        decide_hold(hold=ended, decision=release, signature="token", actor=manager, at=after(2))

        assert insert(batch, inspector, hold=other.holds.get()) == "critical_finding_has_a_hold"
        assert insert(batch, inspector, hold=ended) == "critical_finding_has_a_hold"

    def test_where_nothing_is_left_it_holds_what_comes_back(self, batch, inspector, manager, merchandiser):
        inspect(batch, actor=inspector)
        shipment = ship(batch=batch, quantity=1000, actor=merchandiser, at=after(1))

        finding = record(batch, inspector, after(2))
        back = take_back(
            shipment=shipment, kind="unopened", quantity=400, reason="Refused", actor=merchandiser, at=after(3)
        )

        batch.refresh_from_db()
        assert (finding.hold, Hold.objects.count()) == (batch.holds.get(), 1)
        assert (back.place, batch.on_hold, batch.available) == ("on_hold", 400, 0)
        order_reinspection(hold=finding.hold, reason="Look at these", actor=manager, at=after(4))
        inspect(batch, actor=manager, at=after(5))
        batch.refresh_from_db()
        assert (batch.on_hold, batch.available, batch.set_aside) == (0, 399, 1)

    def test_what_shipped_after_a_release_is_held_when_it_comes_back_too(self, batch, inspector, manager, merchandiser):
        inspect(batch, actor=inspector, LEAK=[3])
        hold = batch.holds.get()
        release = Decision("release", 1000, "Seals replaced")
        decide_hold(hold=hold, decision=release, signature="token", actor=manager, at=after(1))
        shipment = ship(batch=batch, quantity=1000, actor=merchandiser, at=after(2))

        finding = record(batch, inspector, after(3))
        back = take_back(
            shipment=shipment, kind="unopened", quantity=400, reason="Refused", actor=merchandiser, at=after(4)
        )

        assert (finding.hold, back.place) == (batch.holds.open().get(), "on_hold")

    def test_a_re_inspection_that_was_planned_before_it_does_not_end_its_hold(self, batch, inspector):
        inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6])
        inspection = plan_inspection(batch=batch, actor=inspector, at=after(1))
        record(batch, inspector, after(2), in_open_round=True)
        record_result(
            inspection=inspection, sent=ResultInput("LID", nonconforming_units=[]), actor=inspector, at=after(2)
        )
        Inspection.objects.filter(pk=inspection.pk).update(
            status="submitted", verdict="accepted", tally={}, submitted_at=after(3), hold=None
        )

        rule = refused(
            "UPDATE inspections_hold SET status = 'ended', ended_at = now(), ended_by_id = %s, remaining = 0,"
            " ended_by_inspection_id = %s",
            inspector.pk,
            inspection.pk,
        )

        assert rule == "hold_ends_by_no_reinspection_older_than_its_findings"


class TestR3:
    def test_who_found_does_not_decide(self, batch, inspector, manager, admin):
        inspect(batch, actor=inspector)
        hold = record(batch, manager, after(1)).hold
        release = Decision("release", 1000, "One unit")

        with pytest.raises(InspectorMayNotDecide):
            decide_hold(hold=hold, decision=release, signature="token", actor=manager, at=after(2))
        rule = refused(
            'INSERT INTO inspections_disposition (uid, hold_id, kind, quantity, freed, reason, "limit", signature,'
            " decided_at, decided_by_id) VALUES (gen_random_uuid(), %s, 'release', 1, 1, 'ok', '', 'token', now(), %s)",
            hold.pk,
            manager.pk,
        )

        assert rule == "disposition_is_signed_by_a_second_person"
        assert decide_hold(hold=hold, decision=release, signature="token", actor=admin, at=after(2)).freed == 1000


class TestR6:
    def test_a_finding_is_written_once(self, batch, inspector):
        record(batch, inspector, nonconformity_class="minor")

        assert "written once" in refused("UPDATE inspections_finding SET nonconformity_class = 'major'")
        assert "written once" in refused("DELETE FROM inspections_finding")

    def test_its_id_is_used_once(self, batch, inspector):
        inspected = inspect(batch, actor=inspector)
        found = record(batch, inspector, nonconformity_class="minor")
        check = inspected.characteristic("PRINT")

        with pytest.raises(Error, match="uid"), transaction.atomic():
            Finding.objects.create(
                uid=found.uid, batch=batch, characteristic=check, nonconformity_class="minor", nonconforming=1, note="x", late=True,
                found_at=NOON, received_at=NOON, found_by=inspector,
            )  # fmt: skip


class TestWhatItIsOf:
    def test_it_says_truly_whether_it_is_late(self, batch, inspector):
        closed = inspect(batch, actor=inspector)
        rule = "finding_is_late_exactly_when_its_inspection_is_closed"

        assert insert(batch, inspector, name="minor", late=False) == rule
        assert insert(batch, inspector, name="minor", inspection=closed, late=False) == rule

    def test_it_is_of_an_inspection_of_its_batch(self, batch, product, inspector):
        other = inspect(make_batch(product=product), actor=inspector)

        assert insert(batch, inspector, name="minor", inspection=other) == "finding_is_of_an_inspection_of_its_batch"

    def test_it_is_on_a_check_of_its_product_in_no_milder_class(self, batch, inspector):
        elsewhere = make_specification(make_product()).characteristics.get(code="PRINT")
        leak = batch.product.specifications.get().characteristics.get(code="LEAK")
        rule = "finding_is_in_no_milder_class_than_its_check"

        assert insert(batch, inspector, name="minor", check=elsewhere) == rule
        assert insert(batch, inspector, name="major", check=leak) == rule

    def test_it_counts_what_it_names(self, batch, inspector):
        assert insert(batch, inspector, name="minor", units=[3, 4]) == "finding_counts_the_units_it_names"

    def test_the_database_counts_them(self, batch, inspector):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        record(batch, inspector, nonconformity_class="minor", inspection=inspection.uid)
        record(batch, inspector, nonconformity_class="minor")

        batch.refresh_from_db()
        inspection.refresh_from_db()
        assert (batch.finding_count, inspection.finding_count) == (2, 1)
