"""Shipments that did not leave after all: the counter-entry, where its units go, and who goes round the code."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from activity.errors import InvalidInput, NotAllowed
from activity.models import Event
from inspections.batch.services.shipments import AllTakenBack, ship, take_back
from inspections.hold.services.holds import Decision, decide_hold, place_hold
from inspections.inspection.services.planning import InspectionOpen, plan_inspection
from inspections.models import Reversal, Shipment
from tests.caller import Caller, fields
from tests.factories import after, inspect
from tests.inspections.models.test_rules_by_sql import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipment(batch, inspector, merchandiser):
    inspect(batch, actor=inspector)
    return ship(batch=batch, quantity=400, actor=merchandiser, at=after(1), reference="SO-1")


@pytest.fixture
def back(shipment, merchandiser):
    def take(quantity=400, *, of=shipment, minute=9, kind="not_left", reason="Wrong pallet", actor=merchandiser):
        reversal = take_back(shipment=of, kind=kind, quantity=quantity, reason=reason, actor=actor, at=after(minute))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return reversal

    return take


def places(batch) -> dict[str, int]:
    batch.refresh_from_db()
    return {name: units for name, units in batch.quantities.items() if units and name != "total"}


def decide(batch, kind, quantity, *, manager, minute=3, **more):
    hold = batch.holds.open().get()
    decide_hold(
        hold=hold, decision=Decision(kind, quantity, "why", **more), signature="token", actor=manager, at=after(minute)
    )


# Where the units go


def test_of_an_accepted_batch_they_may_ship_again(batch, shipment, back, merchandiser):
    reversal = back(100)

    assert (reversal.place, places(batch)) == ("available", {"shipped": 300, "available": 700})
    ship(batch=batch, quantity=700, actor=merchandiser, at=after(10))
    assert places(batch) == {"shipped": 1000}


def test_under_an_open_hold_they_join_it(batch, back, manager):
    place_hold(batch=batch, note="Mould", actor=manager, at=after(2))

    reversal = back()

    hold = batch.holds.get()
    assert (reversal.place, places(batch)) == ("on_hold", {"on_hold": 1000})
    assert (hold.quantity, hold.remaining) == (1000, 1000)


def test_after_a_rework_they_await_inspection(batch, back, inspector, manager):
    place_hold(batch=batch, note="Mould", actor=inspector, at=after(2))
    decide(batch, "rework", 600, manager=manager)

    assert (back().place, places(batch)) == ("awaiting", {"awaiting": 1000})


def test_after_a_later_round_was_rejected_and_sent_back_they_await_inspection(batch, back, inspector, manager):
    place_hold(batch=batch, note="Mould", actor=inspector, at=after(2))
    inspect(batch, actor=inspector, at=after(3), LEAK=[3])
    decide(batch, "return", 600, manager=manager, minute=4)

    assert (back().place, places(batch)) == ("awaiting", {"returned": 600, "awaiting": 400})


def test_what_a_signature_freed_may_ship_again(batch, inspector, manager, merchandiser):
    inspect(batch, actor=inspector, LEAK=[3])
    decide(batch, "release", 300, manager=manager)
    decide(batch, "scrap", 700, manager=manager, minute=4)
    sent = ship(batch=batch, quantity=300, actor=merchandiser, at=after(5))

    assert (take_back(
        shipment=sent, kind="unopened", quantity=300, reason="Refused at the dock", actor=merchandiser, at=after(6)
    ).place, places(batch)) == ("available", {"available": 300, "scrapped": 700})  # fmt: skip


@pytest.mark.parametrize(("shipped", "place"), [(300, "available"), (1000, "awaiting")])
def test_what_a_deviation_freed_keeps_its_last_day_or_is_inspected(
    batch, inspector, manager, merchandiser, shipped, place
):
    inspect(batch, actor=inspector, LEAK=[3])
    decide(batch, "accept_on_deviation", 1000, manager=manager, expires_on=date(2030, 1, 1))
    batch.refresh_from_db()
    last_day = batch.deviation_until
    sent = ship(batch=batch, quantity=shipped, actor=merchandiser, at=after(5))

    reversal = take_back(shipment=sent, kind="not_left", quantity=shipped, reason="x", actor=merchandiser, at=after(6))

    batch.refresh_from_db()
    assert (reversal.place, getattr(batch, place)) == (place, 1000)
    assert batch.deviation_until == (last_day if place == "available" else None)


# What is refused


def test_no_more_comes_back_than_left(back):
    with pytest.raises(InvalidInput) as refusal:
        back(401, kind="lost", reason=" ")
    back(150)
    with pytest.raises(InvalidInput) as second:
        back(251)
    back(250)
    with pytest.raises(AllTakenBack):
        back(1)

    assert [error.field for error in refusal.value.errors] == ["kind", "quantity", "reason"]
    assert [error.detail for error in second.value.errors] == ["1 to 250 units of this shipment can be taken back."]


def test_nothing_joins_a_lot_that_is_being_inspected(batch, back, inspector, manager):
    place_hold(batch=batch, note="Mould", actor=manager, at=after(2))
    plan_inspection(batch=batch, actor=inspector, at=after(3))

    with pytest.raises(InspectionOpen):
        back()


def test_who_may_not_ship_may_not_take_back(back, inspector, supplier_user):
    for person in (inspector, supplier_user):
        with pytest.raises(NotAllowed):
            back(actor=person)


def test_it_is_told_in_the_story_of_the_batch(batch, back):
    reversal = back(100)

    event = Event.objects.get(kind="shipment.reversed")
    assert (event.stream, event.data["quantity"], event.data["place"]) == (batch.stream, 100, reversal.place)


# Going round the code


INSERT = (
    "INSERT INTO inspections_reversal (uid, shipment_id, kind, quantity, reason, place, reversed_at, reversed_by_id)"
    " VALUES (gen_random_uuid(), %s, 'not_left', %s, 'x', 'available', now(), %s)"
)


def test_by_sql_too_no_more_comes_back_than_left(shipment, merchandiser):
    assert refused(INSERT, shipment.pk, 401, merchandiser.pk) == "reversal_takes_back_what_was_shipped"
    assert refused(INSERT, shipment.pk, 0, merchandiser.pk) == "reversal_is_not_empty"


def test_by_sql_too_the_place_is_that_of_the_rules(batch, shipment, manager, merchandiser):
    place_hold(batch=batch, note="Mould", actor=manager, at=after(2))
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [shipment.pk, 400, merchandiser.pk])

    assert (Reversal.objects.get().place, places(batch)) == ("on_hold", {"on_hold": 1000})


def test_by_sql_too_nothing_joins_an_inspection(batch, shipment, inspector, manager, merchandiser):
    place_hold(batch=batch, note="Mould", actor=manager, at=after(2))
    plan_inspection(batch=batch, actor=inspector, at=after(3))

    assert refused(INSERT, shipment.pk, 1, merchandiser.pk) == "reversal_waits_for_the_inspection"


def test_by_sql_it_is_neither_changed_nor_undone(back, batch):
    back(100)

    for statement in ("UPDATE inspections_reversal SET quantity = 1", "DELETE FROM inspections_reversal"):
        assert refused(statement)
    moved = "UPDATE inspections_batch SET shipped = shipped + 1, available = available - 1 WHERE id = %s"
    assert refused(moved, batch.pk) == "batch_ships_by_shipments_alone"
    assert places(batch) == {"shipped": 300, "available": 700}


# The page


def test_the_page_takes_back_once_however_often_it_is_sent(client, shipment, batch, merchandiser):
    client.force_login(merchandiser)
    page = reverse("shipment-reverse", args=[batch.number, shipment.uid])
    sent = {"key": uuid4(), "kind": "unopened", "quantity": "４００", "reason": "Truck came back"}

    form = client.get(page).context["form"]
    answers = [client.post(page, sent, follow=True) for _ in range(2)]

    assert form["quantity"].value() == 400
    assert f"400 units of {batch.number} taken back: they may ship again." in answers[0].content.decode()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert places(batch) == {"available": 1000}
    shown = client.get(page).content.decode()
    assert "Truck came back" in shown
    assert 'name="quantity"' not in shown


def test_what_cannot_be_taken_back_is_named_and_nothing_typed_is_lost(client, shipment, batch, merchandiser):
    client.force_login(merchandiser)
    page = reverse("shipment-reverse", args=[batch.number, shipment.uid])

    response = client.post(page, {"key": uuid4(), "kind": "not_left", "quantity": "401", "reason": "Wrong pallet"})

    assert list(response.context["form"].errors) == ["quantity"]
    assert "Wrong pallet" in response.content.decode()
    assert Reversal.objects.count() == 0


# The API


def test_over_the_api(shipment, batch, merchandiser, supplier_user, rival_supplier, inspector):
    caller, path = Caller(merchandiser), f"shipments/{shipment.uid}/reversals/"
    body = {"kind": "not_left", "quantity": 100, "reason": "Counted twice"}

    first, again = (caller.send("POST", path, body, key="k") for _ in range(2))

    assert first == again
    status, answer = first
    assert (status, answer["place"], answer["quantity"], answer["batch"]) == (201, "available", 100, batch.number)
    assert answer["reversed_by"] == merchandiser.display_name
    assert caller.send("GET", f"shipments/?batch={batch.number}")[1]["results"][0]["taken_back"] == 100
    assert [row["id"] for row in caller.send("GET", path)[1]["results"]] == [answer["id"]]
    status, refusal = caller.send("POST", path, body | {"quantity": 301, "reason": ""})
    assert (status, fields(refusal)) == (400, [("reason", "blank")])
    assert Caller(supplier_user).send("GET", path)[1]["results"][0]["reversed_by"] == "Merchandiser"
    assert [Caller(person).send("POST", path, body)[0] for person in (supplier_user, rival_supplier, inspector)] == [
        403, 404, 403,
    ]  # fmt: skip
    assert Shipment.objects.get().quantity == 400
