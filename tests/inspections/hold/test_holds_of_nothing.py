"""A critical finding when nothing of its batch is left: it holds whatever comes back or is replaced, until a second person decides (R1)."""

from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from activity.errors import InvalidInput, NotAllowed
from compliance.gate.tasks import recompute_gates
from compliance.models import Gate
from inspections.batch.services.aside import BatchNotAccepted, BatchOnHold, settle_set_aside
from inspections.batch.services.shipments import ship, shippable, take_back
from inspections.hold.services.holds import Decision, decide_hold, dispositions_for
from inspections.models import Finding, Hold
from tests.caller import Caller
from tests.factories import after, inspect
from tests.inspections.batch.test_reversals import places
from tests.inspections.finding.test_what_rests_on_it import find
from tests.inspections.models.test_rules_by_sql import refused

pytestmark = pytest.mark.django_db


def settled():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def decide(hold, kind, quantity, *, actor, minute=20):
    decision = Decision(kind, quantity, "why")
    decided = decide_hold(hold=hold, decision=decision, signature="token", actor=actor, at=after(minute))
    settled()
    return decided


def back(shipment, quantity, *, actor, minute=30):
    said = {"kind": "unopened", "quantity": quantity, "reason": "Refused"}
    reversal = take_back(shipment=shipment, actor=actor, at=after(minute), **said)
    settled()
    return reversal.place


@pytest.fixture
def shipment(batch, inspector, merchandiser):
    inspect(batch, actor=inspector)
    return ship(batch=batch, quantity=1000, actor=merchandiser, at=after(1))


@pytest.fixture
def hold(shipment, batch, inspector) -> Hold:
    find(batch, inspector, after(10))
    settled()
    return batch.holds.get()


class TestOfABatchThatHasShipped:
    def test_it_is_an_open_hold_of_nothing(self, batch, hold):
        batch.refresh_from_db()

        assert (hold.status, hold.is_critical, hold.quantity, hold.remaining) == ("open", True, 0, 0)
        assert (batch.open_hold, Finding.objects.get().hold) == (hold, hold)
        assert [reason.code for reason in shippable(batch, at=after(11)).reasons] == ["on_hold"]

    def test_it_closes_the_gate(self, catalogue, batch, hold):
        recompute_gates()

        checks = {check["code"]: check["state"] for check in Gate.objects.filter(sku=batch.product.sku)[0].checks}
        assert (checks["open_holds"], checks["latest_batch"]) == ("fail", "fail")

    def test_a_result_of_the_closed_inspection_holds_alike(self, batch, shipment, inspector):
        inspection = batch.inspections.get()

        status, answer = Caller(inspector).send(
            "PUT", f"inspections/{inspection.uid}/results/LEAK/", {"nonconforming_units": [3]}
        )

        assert (status, answer["hold"]["quantity"]) == (202, 0)

    def test_what_comes_back_joins_it(self, batch, shipment, hold, merchandiser, manager):
        assert back(shipment, 15, actor=merchandiser) == "on_hold"
        assert places(batch) == {"shipped": 985, "on_hold": 15}

        decide(hold, "scrap", 15, actor=manager, minute=40)

        assert back(shipment, 5, actor=merchandiser, minute=50) == "awaiting"

    @pytest.mark.parametrize(
        ("kind", "place"), [("release", "available"), ("scrap", "awaiting"), ("return", "awaiting")]
    )
    def test_it_is_decided_for_what_comes_back_later(
        self, batch, shipment, hold, merchandiser, inspector, manager, kind, place
    ):
        with pytest.raises(NotAllowed):
            decide(hold, kind, 0, actor=inspector)
        decide(hold, kind, 0, actor=manager)

        hold.refresh_from_db()
        assert (hold.status, back(shipment, 15, actor=merchandiser)) == ("ended", place)

    def test_what_comes_back_to_wait_is_inspected(self, batch, shipment, hold, merchandiser, inspector, manager):
        decide(hold, "scrap", 0, actor=manager)
        back(shipment, 1000, actor=merchandiser)

        status, answer = Caller(inspector).send("POST", "inspections/", {"batch": batch.number})

        assert (status, answer["round"]) == (201, 2)

    def test_only_words_on_what_comes_back_are_signed(self, hold, manager):
        assert dispositions_for(hold) == ["release", "return", "scrap"]
        with pytest.raises(InvalidInput):
            decide(hold, "release", 1, actor=manager)
        with pytest.raises(InvalidInput):
            decide(hold, "rework", 0, actor=manager)

    def test_it_is_decided_on_its_page(self, hold, manager, client):
        client.force_login(manager)
        page = client.get(reverse("hold-detail", args=[hold.uid])).content.decode()
        said = {"disposition": "scrap", "quantity": "0", "reason": "Never to be sold", "password": "holdfast-test"}

        client.post(reverse("hold-decide", args=[hold.uid]), said | {"key": str(uuid4())})

        hold.refresh_from_db()
        assert "Nothing of the batch is left here" in page
        assert hold.status == "ended"

    def test_a_finding_after_a_decision_opens_a_new_one(self, batch, hold, inspector, manager):
        decide(hold, "release", 0, actor=manager)

        find(batch, inspector, after(60))

        assert (batch.holds.count(), batch.holds.open().count()) == (2, 1)


class TestOfABatchOfWhichUnitsAreSetAside:
    @pytest.fixture
    def hold(self, batch, inspector, merchandiser):
        inspect(batch, actor=inspector, PRINT=[1, 2, 3])
        ship(batch=batch, quantity=997, actor=merchandiser, at=after(1))
        find(batch, inspector, after(10))
        return batch.holds.get()

    def replace(self, batch, inspector, minute=15):
        said = {"kind": "replacement", "quantity": 3, "note": "New ones"}
        return settle_set_aside(batch=batch, actor=inspector, at=after(minute), **said)

    def test_nothing_is_replaced_until_a_second_person_decides(self, batch, hold, inspector, manager):
        with pytest.raises(BatchOnHold):
            self.replace(batch, inspector)
        decide(hold, "scrap", 0, actor=manager)
        with pytest.raises(BatchNotAccepted):
            self.replace(batch, inspector, 25)

        assert places(batch) == {"shipped": 997, "set_aside": 3}

    def test_after_a_release_they_are_replaced(self, batch, hold, inspector, manager):
        decide(hold, "release", 0, actor=manager)

        self.replace(batch, inspector, 25)

        assert places(batch) == {"shipped": 997, "available": 3}

    @pytest.mark.parametrize("decided", [False, True])
    def test_nor_by_sql(self, batch, hold, inspector, manager, decided):
        if decided:
            decide(hold, "scrap", 0, actor=manager)

        rule = refused(
            "INSERT INTO inspections_asidestep (uid, batch_id, kind, place, quantity, note, signature, done_at, done_by_id)"
            " VALUES (gen_random_uuid(), %s, 'replacement', 'available', 3, 'x', '', now(), %s)",
            batch.pk,
            inspector.pk,
        )

        assert rule == "aside_step_waits_for_the_batch"


def test_what_left_before_the_finding_does_not_come_back_to_ship_when_the_rest_was_scrapped(
    batch, inspector, merchandiser, manager
):
    inspect(batch, actor=inspector)
    sent = ship(batch=batch, quantity=400, actor=merchandiser, at=after(1))
    find(batch, inspector, after(10))
    assert back(sent, 5, actor=merchandiser, minute=12) == "on_hold"
    decide(batch.holds.get(), "scrap", 605, actor=manager)

    assert back(sent, 15, actor=merchandiser) == "awaiting"
    assert places(batch) == {"shipped": 380, "awaiting": 15, "scrapped": 605}


class TestBySQL:
    def test_a_finding_has_an_open_hold_though_nothing_is_left(self, batch, shipment, inspector):
        rule = refused(
            "INSERT INTO inspections_finding (uid, batch_id, nonconformity_class, nonconforming, note, late, found_at,"
            " received_at, found_by_id) VALUES (gen_random_uuid(), %s, 'critical', 1, 'x', true, now(), now(), %s)",
            batch.pk,
            inspector.pk,
        )

        assert rule == "critical_finding_has_a_hold"

    def test_a_hold_that_covers_something_is_not_decided_for_nothing(self, batch, inspector, manager):
        inspect(batch, actor=inspector, LEAK=[3])

        rule = refused(
            'INSERT INTO inspections_disposition (uid, hold_id, kind, quantity, freed, reason, "limit", signature, decided_at,'
            " decided_by_id) VALUES (gen_random_uuid(), %s, 'scrap', 0, 0, 'x', '', 'token', now(), %s)",
            batch.holds.get().pk,
            manager.pk,
        )

        assert rule == "disposition_of_nothing_is_of_a_hold_of_nothing"
