"""R1, R2, R3, R6, R9 and R13 against somebody who goes round the code: every attempt is refused by the database itself."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction

from activity.models import Event
from inspections.batch.services.shipments import ship
from inspections.hold.services.holds import Decision, decide_hold, place_hold, respond_to_hold
from inspections.hold.services.reinspections import order_reinspection
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from inspections.inspection.services.results import ResultInput
from inspections.models import Batch, Characteristic, Disposition, Hold, Inspection, Result, Shipment, Specification
from inspections.rules.units import KINDS, UNITS, plain_unit
from inspections.specification.services.comparison import digest_of
from inspections.specification.services.versions import (
    activate_specification,
    draft_specification,
    sign_specification,
)
from tests.factories import KETTLE, NOON, SCHEME, after, inspect, make_batch

pytestmark = pytest.mark.django_db


def run(*statements: str, values: tuple[object, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values if "%s" in statement else None)


def refused(statement: str, *values: object) -> str:
    """Run one statement as a transaction of its own, up to the checks at its end; the rule that refused it."""
    with pytest.raises(Error) as refusal, transaction.atomic():
        run(statement, "SET CONSTRAINTS ALL IMMEDIATE", values=values)
    diagnosis = refusal.value.__cause__.diag
    return diagnosis.constraint_name or diagnosis.message_primary


def insert_shipment(batch: Batch, quantity: int, user) -> str:
    return refused(
        "INSERT INTO inspections_shipment (uid, batch_id, quantity, reference, shipped_at, shipped_by_id)"
        " VALUES (gen_random_uuid(), %s, %s, '', now(), %s)",
        batch.pk,
        quantity,
        user.pk,
    )


def add_critical_result(inspection: Inspection, user) -> str:
    critical = inspection.specification.characteristics.get(code="LEAK")
    return refused(
        "INSERT INTO inspections_result (inspection_id, characteristic_id, nonconforming_units, nonconforming,"
        " nonconformities, is_complete, revision, recorded_at, received_at, recorded_by_id)"
        " VALUES (%s, %s, ARRAY[3], 1, 1, true, 1, now(), now(), %s)",
        inspection.pk,
        critical.pk,
        user.pk,
    )


class TestR1:
    def test_a_critical_nonconformity_cannot_be_stored_without_a_hold(self, batch, inspector):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)

        assert add_critical_result(inspection, inspector) == "critical_nonconformity_has_a_hold"

    def test_the_hold_of_another_batch_does_not_do(self, batch, product, inspector):
        other = make_batch(product=product)
        inspect(other, actor=inspector, LEAK=[1])
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        Inspection.objects.filter(pk=inspection.pk).update(hold=other.holds.get())

        assert add_critical_result(inspection, inspector) == "critical_nonconformity_has_a_hold"

    def test_a_result_cannot_be_turned_critical_later(self, batch, inspector):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        Result.objects.create(
            inspection=inspection,
            characteristic=inspection.specification.characteristics.get(code="LEAK"),
            nonconforming_units=[],
            nonconforming=0,
            nonconformities=0,
            is_complete=True,
            recorded_at=NOON,
            received_at=NOON,
            recorded_by=inspector,
        )

        rule = refused(
            "UPDATE inspections_result SET nonconforming = 1, nonconformities = 1, nonconforming_units = '{1}'"
        )

        assert rule == "critical_nonconformity_has_a_hold"


class TestR2:
    def test_nothing_ships_before_acceptance(self, batch, merchandiser):
        assert insert_shipment(batch, 1, merchandiser) == "shipment_takes_what_is_available"

    def test_nothing_ships_from_a_hold(self, batch, inspector, merchandiser):
        inspect(batch, actor=inspector, LEAK=[3])

        assert insert_shipment(batch, 1, merchandiser) == "shipment_takes_what_is_available"

    def test_no_more_ships_than_is_available(self, batch, inspector, merchandiser):
        inspect(batch, actor=inspector)

        assert insert_shipment(batch, 1001, merchandiser) == "shipment_takes_what_is_available"
        assert insert_shipment(batch, -5, merchandiser) == "inspections_batch_shipped_check"

    def test_nothing_ships_on_a_deviation_that_has_run_out(self, batch, inspector, manager, merchandiser):
        inspect(batch, actor=inspector, LEAK=[3])
        hold = batch.holds.get()
        decision = Decision("accept_on_deviation", 1000, "Gift boxes only", expires_on=NOON.date())
        decide_hold(hold=hold, decision=decision, signature="password", actor=manager, at=after(1))
        Batch.objects.filter(pk=batch.pk).update(deviation_until=NOON)

        assert insert_shipment(batch, 1, merchandiser) == "shipment_takes_what_is_available"

    @pytest.mark.parametrize(
        ("source", "rule"),
        [
            ("awaiting", "batch_is_available_only_when_accepted_or_freed"),
            ("on_hold", "batch_holds_what_its_hold_covers"),
        ],
    )
    def test_units_cannot_be_made_available(self, batch, inspector, source, rule):
        if source == "on_hold":
            inspect(batch, actor=inspector, LEAK=[3])

        assert refused(f"UPDATE inspections_batch SET available = 1000, {source} = 0") == rule

    def test_an_accepted_round_does_not_cover_units_reworked_since(self, batch, inspector, manager):
        inspect(batch, actor=inspector)
        hold = place_hold(batch=batch, note="Wet cartons", actor=inspector, at=after(1))
        decide_hold(
            hold=hold, decision=Decision("rework", 1000, "Repack"), signature="password", actor=manager, at=after(2)
        )

        rule = refused("UPDATE inspections_batch SET available = 1000, awaiting = 0")

        assert rule == "batch_is_available_only_when_accepted_or_freed"

    def test_units_cannot_leave_without_a_shipment(self, batch, inspector):
        inspect(batch, actor=inspector)

        rule = refused("UPDATE inspections_batch SET available = 900, shipped = 100")

        assert rule == "batch_ships_by_shipments_alone"

    def test_quantities_add_up(self, batch):
        assert refused("UPDATE inspections_batch SET returned = 1") == "batch_quantities_add_up"
        assert refused("UPDATE inspections_batch SET awaiting = awaiting + 1") == "batch_quantities_add_up"

    def test_a_shipment_is_never_changed_or_taken_back(self, batch, inspector, merchandiser):
        inspect(batch, actor=inspector)
        ship(batch=batch, quantity=400, actor=merchandiser, at=after(1))

        assert "written once" in refused("UPDATE inspections_shipment SET quantity = 1")
        assert "written once" in refused("DELETE FROM inspections_shipment")


class TestR3:
    @pytest.fixture
    def hold(self, batch, inspector) -> Hold:
        inspect(batch, actor=inspector, LEAK=[3])
        return batch.holds.get()

    def test_a_hold_does_not_end_by_itself(self, hold, manager):
        rule = refused(
            "UPDATE inspections_hold SET status = 'ended', remaining = 0, ended_at = now(), ended_by_id = %s",
            manager.pk,
        )

        assert rule == "hold_ends_only_by_reinspection_or_disposition"

    def test_a_rejected_inspection_does_not_end_it(self, hold, manager):
        rule = refused(
            "UPDATE inspections_hold SET status = 'ended', remaining = 0, ended_at = now(), ended_by_id = %s,"
            " ended_by_inspection_id = %s",
            manager.pk,
            hold.inspections.get().pk,
        )

        assert rule == "hold_ends_only_by_reinspection_or_disposition"

    def test_a_hold_is_never_deleted(self, hold):
        assert "written once" in refused("DELETE FROM inspections_hold")

    def test_the_inspector_of_record_signs_nothing(self, hold, inspector):
        rule = refused(
            'INSERT INTO inspections_disposition (uid, hold_id, kind, quantity, freed, reason, "limit", signature,'
            " decided_at, decided_by_id) VALUES (gen_random_uuid(), %s, 'release', 1000, 1000, 'x', '', 'token',"
            " now(), %s)",
            hold.pk,
            inspector.pk,
        )

        assert rule == "disposition_is_signed_by_a_second_person"

    def insert_disposition(self, hold, user):
        return refused(
            'INSERT INTO inspections_disposition (uid, hold_id, kind, quantity, freed, reason, "limit", signature,'
            " decided_at, decided_by_id) VALUES (gen_random_uuid(), %s, 'release', 1000, 1000, 'x', '', 'token',"
            " now(), %s)",
            hold.pk,
            user.pk,
        )

    def test_who_ever_recorded_signs_nothing(self, batch, inspector, manager):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        for actor, units in ((manager, [1]), (inspector, [1, 2])):
            sent = ResultInput("LEAK", nonconforming_units=units)
            record_result(inspection=inspection, sent=sent, actor=actor, at=after(1))

        assert self.insert_disposition(batch.holds.get(), manager) == "disposition_is_signed_by_a_second_person"
        assert "written once" in refused("DELETE FROM inspections_recorder")
        assert "written once" in refused("UPDATE inspections_recorder SET user_id = %s", inspector.pk)

    def end_by(self, hold, inspection, user):
        return refused(
            "UPDATE inspections_hold SET status = 'ended', remaining = 0, to_countersign_id = NULL, ended_at = now(),"
            " ended_by_id = %s, ended_by_inspection_id = %s WHERE id = %s",
            user.pk,
            inspection.pk,
            hold.pk,
        )

    def test_a_critical_hold_does_not_end_by_what_nobody_called_for(self, batch, hold, manager):
        second = inspect(batch, actor=manager, at=after(60))

        assert self.end_by(hold, second, manager) == "hold_that_is_critical_ends_by_what_was_called_for"

    def test_a_critical_hold_does_not_end_without_a_second_person(self, batch, hold, inspector, manager):
        order_reinspection(hold=hold, reason="Look again", actor=manager, at=after(1))
        second = inspect(batch, actor=inspector, at=after(60))

        assert self.end_by(hold, second, manager) == "hold_that_is_critical_ends_with_a_second_person"

    def test_a_critical_hold_stays_critical(self, hold):
        assert refused("UPDATE inspections_hold SET is_critical = false") == "hold_is_never_rewritten"

    def test_who_inspected_does_not_countersign_and_nobody_what_does_not_wait(self, batch, hold, inspector, manager):
        def insert(inspection, user):
            return refused(
                "INSERT INTO inspections_countersignature (uid, hold_id, inspection_id, note, signature, signed_at,"
                " signed_by_id) VALUES (gen_random_uuid(), %s, %s, '', 'token', now(), %s)",
                hold.pk,
                inspection.pk,
                user.pk,
            )

        in_vain = inspect(batch, actor=inspector, at=after(60))
        assert insert(in_vain, manager) == "countersignature_is_waited_for"
        order_reinspection(hold=hold, reason="Look again", actor=manager, at=after(61))
        third = inspect(batch, actor=inspector, at=after(70))

        assert insert(third, inspector) == "countersignature_is_of_a_second_person"
        assert "written once" in refused("DELETE FROM inspections_reinspectionorder")

    def test_an_answer_is_never_changed(self, hold, supplier_user):
        respond_to_hold(hold=hold, root_cause="a", corrective_action="b", actor=supplier_user, at=after(1))

        assert "written once" in refused("UPDATE inspections_holdresponse SET root_cause = 'c'")
        assert "written once" in refused("DELETE FROM inspections_holdresponse")

    def test_a_signed_disposition_is_never_changed(self, hold, manager):
        decide_hold(hold=hold, decision=Decision("scrap", 10, "Leaking"), signature="token", actor=manager, at=after(1))

        assert "written once" in refused("UPDATE inspections_disposition SET reason = 'y'")
        assert "written once" in refused("DELETE FROM inspections_disposition")

    def test_an_ended_hold_stays_ended(self, hold, manager):
        decide_hold(hold=hold, decision=Decision("release", 1000, "ok"), signature="token", actor=manager, at=after(1))

        rule = refused(
            "UPDATE inspections_hold SET status = 'open', remaining = 1, ended_at = NULL, ended_by_id = NULL"
        )

        assert rule == "hold_is_never_rewritten"


class TestR6:
    def test_an_event_is_never_changed(self, batch):
        assert "written once" in refused("UPDATE activity_event SET kind = 'x'")
        assert "written once" in refused("DELETE FROM activity_event")
        assert Event.objects.exists()


class TestR9:
    def test_an_active_specification_never_changes(self, product):
        assert refused("UPDATE inspections_specification SET scheme = '{}'") == "specification_is_frozen_once_active"
        assert refused("DELETE FROM inspections_specification") == "specification_is_frozen_once_active"
        assert refused("UPDATE inspections_characteristic SET upper = 99") == "characteristic_is_frozen_once_active"
        assert refused("DELETE FROM inspections_characteristic") == "characteristic_is_frozen_once_active"
        assert (Specification.objects.count(), Characteristic.objects.count()) == (1, 5)

    @pytest.mark.parametrize("change", ["plan = '{}'", "severity = 'reduced'", "lot_size = 1", "round = 7"])
    def test_the_plan_of_an_inspection_never_changes(self, batch, inspector, change):
        plan_inspection(batch=batch, actor=inspector, at=NOON)

        assert refused(f"UPDATE inspections_inspection SET {change}") == "inspection_is_frozen"

    def test_a_submitted_inspection_never_changes(self, batch, inspector):
        inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6])

        assert refused("UPDATE inspections_inspection SET verdict = 'accepted'") == "inspection_is_frozen"
        assert refused("DELETE FROM inspections_inspection") == "inspection_is_frozen"
        assert refused("UPDATE inspections_result SET nonconforming = 0") == "result_is_frozen_with_its_inspection"
        assert refused("DELETE FROM inspections_result") == "result_is_frozen_with_its_inspection"
        assert (Shipment.objects.count(), Disposition.objects.count()) == (0, 0)


class TestR13:
    """A version that loosens what is in force, put there by somebody who goes round the code."""

    @staticmethod
    def draft(product, *, author, loosens=False, characteristics=KETTLE[1:], scheme=SCHEME) -> Specification:
        draft = draft_specification(
            product=product, characteristics=characteristics, scheme=scheme, actor=author, at=after(1)
        )
        Specification.objects.filter(pk=draft.pk).update(loosens=loosens)
        return draft

    @staticmethod
    def activate(draft, also: str = "") -> str:
        Specification.objects.filter(product=draft.product, status="active").update(status="retired")
        return refused(
            f"UPDATE inspections_specification SET status = 'active', activated_at = now(), activated_by_id = %s{also}"
            f" WHERE id = {draft.pk}",
            draft.drafted_by_id,
        )

    def test_what_is_said_to_loosen_is_not_active_unsigned(self, product, manager):
        draft = self.draft(product, author=manager, loosens=True, characteristics=KETTLE)

        assert self.activate(draft) == "specification_that_loosens_is_active_only_signed"

    @pytest.mark.parametrize(
        ("characteristics", "scheme"),
        [
            (KETTLE[1:], SCHEME),
            ([replace(KETTLE[0], nonconformity_class="minor"), *KETTLE[1:]], SCHEME),
            ([*KETTLE[:2], replace(KETTLE[2], lower="69"), *KETTLE[3:]], SCHEME),
            ([*KETTLE[:2], replace(KETTLE[2], upper=None), *KETTLE[3:]], SCHEME),
            ([*KETTLE[:2], replace(KETTLE[3], code="CORD"), *KETTLE[3:]], SCHEME),
            ([replace(KETTLE[0], name="Colour is nice"), *KETTLE[1:]], SCHEME),
            ([replace(KETTLE[0], name_zh="颜色好看"), *KETTLE[1:]], SCHEME),
            ([replace(KETTLE[0], aspect="appearance"), *KETTLE[1:]], SCHEME),
            ([replace(KETTLE[0], method="Look at the box"), *KETTLE[1:]], SCHEME),
            ([*KETTLE[:2], replace(KETTLE[2], unit="m"), *KETTLE[3:]], SCHEME),
            ([*KETTLE[:2], replace(KETTLE[2], unit="mm"), *KETTLE[3:]], SCHEME),
            (KETTLE, SCHEME | {"aql": {"major": "4.0", "minor": "4.0"}}),
        ],
    )
    def test_what_plainly_loosens_is_not_active_unsigned_whatever_its_column_says(
        self, product, manager, characteristics, scheme
    ):
        draft = self.draft(product, author=manager, characteristics=characteristics, scheme=scheme)

        assert self.activate(draft) == "specification_that_loosens_is_signed"

    def test_limits_that_come_to_the_same_in_another_unit_need_no_signature(self, product, manager):
        cord = replace(KETTLE[2], unit=" ＭＭ", target="750", lower="700", upper="800")
        draft = self.draft(product, author=manager, characteristics=[*KETTLE[:2], cord, *KETTLE[3:]])

        assert activate_specification(specification=draft, actor=manager, at=after(2)).status == "active"

    def test_units_convert_as_in_the_services(self):
        sizes = {name: (n, Decimal(size)) for n, kind in enumerate(KINDS, 1) for name, size in kind.items()}
        with connection.cursor() as cursor:
            for written in [*UNITS, "μm", "MM", "MV", "kΩ", "m2", " 厘 米", "Hz.", "xx", ""]:
                plain = plain_unit(written)
                cursor.execute("SELECT plain_unit(%s)", [written])
                assert cursor.fetchone() == (plain,)
                cursor.execute("SELECT kind, size FROM unit_size(%s)", [written])
                assert cursor.fetchone() == sizes.get(plain), written

    def test_its_drafter_does_not_sign_it(self, product, manager):
        draft = self.draft(product, author=manager, loosens=True)

        signature = f", signed_by_id = {manager.pk}, signed_reason = 'Mine', signature = 'token'"
        assert self.activate(draft, signature) == "specification_is_signed_by_another_than_its_drafter"

    def test_no_signature_is_without_a_reason(self, product, manager, merchandiser):
        draft = self.draft(product, author=merchandiser, loosens=True)

        signature = f", signed_by_id = {manager.pk}, signature = 'token'"
        assert self.activate(draft, signature) == "specification_is_signed_by_another_than_its_drafter"

    def test_who_drafted_and_who_signed_never_changes(self, product, manager, merchandiser):
        draft = self.draft(product, author=merchandiser)
        shown = {"signature": "token", "digest": digest_of(draft)}
        sign_specification(specification=draft, reason="Agreed", **shown, actor=manager, at=after(2))

        for change in ("loosens = false", "signed_reason = 'Other'", f"drafted_by_id = {manager.pk}"):
            assert refused(f"UPDATE inspections_specification SET {change}, status = 'retired' WHERE version = 2") in (
                "specification_keeps_its_signature",
                "specification_is_signed_by_another_than_its_drafter",
            )
