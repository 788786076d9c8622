"""Who stopped a batch by hand does not decide what ends the hold, nor does anybody who joined it so (R3)."""

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from inspections.hold.services.holds import (
    Decision,
    PlacerMayNotDecide,
    decide_hold,
    expire_deviation,
    place_hold,
    stop_batch,
    who_inspected,
)
from inspections.models import Batch, Disposition
from inspections.models.hold import HoldReason
from tests.caller import Caller
from tests.factories import NOON, after, inspect, make_user

pytestmark = pytest.mark.django_db


def release(hold, actor, quantity=1000):
    decision = Decision("release", quantity, "fine")
    return decide_hold(hold=hold, decision=decision, signature="password", actor=actor, at=after(9))


@pytest.fixture
def second(db):
    return make_user(Role.MANAGER, "second")


@pytest.fixture
def placed(batch, manager):
    return place_hold(batch=batch, note="Wet cartons", actor=manager, at=NOON)


def test_who_placed_it_does_not_release_it_and_a_second_person_does(placed, manager, second):
    with pytest.raises(PlacerMayNotDecide):
        release(placed, manager)

    release(placed, second)
    placed.refresh_from_db()
    assert placed.status == "ended"


def test_the_api_and_the_page_say_who_may(client, placed, manager):
    said = {"disposition": "release", "quantity": 1000, "reason": "fine"}
    status, answer = Caller(manager).send("POST", f"holds/{placed.uid}/decide/", said)
    assert (status, answer["code"]) == (403, "placer_may_not_decide")
    assert "stopped this batch by hand" in answer["detail"]

    client.force_login(manager)
    assert "or stopped it by hand" in client.get(f"/holds/{placed.uid}/").content.decode()


def test_who_placed_it_signs_nothing_by_sql(placed, manager, second):
    def sign(actor):
        with transaction.atomic():
            Disposition.objects.create(
                hold=placed, kind="release", quantity=1, freed=1, reason="x", signature="token",
                decided_at=after(1), decided_by=actor,
            )  # fmt: skip

    with pytest.raises(IntegrityError, match="stopped it by hand"):
        sign(manager)


def test_who_joined_an_open_hold_by_hand_does_not_decide_it(batch, inspector, manager, second):
    inspect(batch, actor=inspector, LEAK=[3])
    hold = batch.holds.get()
    release(hold, second, quantity=400)
    batch.refresh_from_db()

    assert place_hold(batch=batch, note="Wet cartons", actor=manager, at=after(10)) == hold

    assert who_inspected(hold) == {inspector.pk, manager.pk}
    with pytest.raises(PlacerMayNotDecide):
        release(hold, manager)
    with pytest.raises(IntegrityError, match="stopped it by hand"), transaction.atomic():
        Disposition.objects.create(
            hold=hold, kind="release", quantity=1, freed=1, reason="x", signature="token",
            decided_at=after(11), decided_by=manager,
        )  # fmt: skip


def test_after_a_deviation_that_ran_out_the_one_who_placed_the_first_still_does_not(batch, placed, manager, second):
    today = after(9).date()
    decision = Decision("accept_on_deviation", 1000, "fine", limit="scratches", expires_on=today)
    decide_hold(hold=placed, decision=decision, signature="password", actor=second, at=after(9))
    expire_deviation(batch=batch, at=after(3 * 24 * 60))

    again = batch.holds.get(status="open")
    assert again.reason == "deviation_expired"
    with pytest.raises(PlacerMayNotDecide):
        release(again, manager)


def test_who_told_the_system_to_stop_for_a_rejection_is_no_placer(batch, inspector, manager, second):
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    hold, _events = stop_batch(batch, reason=HoldReason.REJECTED, finding={}, at=NOON, actor=manager)

    assert manager.pk not in who_inspected(hold)
