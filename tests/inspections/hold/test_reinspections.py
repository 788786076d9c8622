"""How a re-inspection ends a critical hold: called for before, and with a second person in it (R3)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.urls import reverse

from accounts.roles import Role
from activity.models import Event
from inspections.hold.page import way_out
from inspections.hold.receivers import tell_who_may_countersign
from inspections.hold.services.holds import (
    Decision,
    InspectorMayNotDecide,
    decide_hold,
    expire_deviation,
    who_inspected,
)
from inspections.hold.services.reinspections import (
    InspectorMayNotCountersign,
    NothingToCountersign,
    countersign_reinspection,
    order_reinspection,
)
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result, submit_inspection
from inspections.inspection.services.results import ResultInput
from inspections.models import Hold
from tests.caller import Caller
from tests.factories import NOON, after, answer_hold, inspect, make_user, results_for

pytestmark = pytest.mark.django_db
SOON = after(5)


@pytest.fixture
def hold(batch, inspector):
    """1,000 kettles of which one of 80 leaks, found by the inspector."""
    inspect(batch, actor=inspector, LEAK=[3])
    return batch.holds.get()


@pytest.fixture
def colleague(db):
    return make_user(Role.QC, "colleague")


@pytest.fixture
def boss(manager):
    return Caller(manager)


def order(hold, manager, at=SOON):
    order_reinspection(hold=hold, reason="Ten opened, all dry", actor=manager, at=at)


def decide(hold, kind, quantity, manager, at=SOON, **more):
    decision = Decision(kind, quantity, "As seen", **more)
    return decide_hold(hold=hold, decision=decision, signature="token", actor=manager, at=at)


def countersign(hold, actor):
    return countersign_reinspection(hold=hold, signature="token", actor=actor, at=after(90))


def stands(hold) -> tuple[str, int, int, int | None]:
    """State, units on hold, units available, the round that waits for a countersignature."""
    hold = Hold.objects.select_related("batch", "to_countersign").get(pk=hold.pk)
    waiting = hold.to_countersign
    return hold.status, hold.batch.on_hold, hold.batch.available, waiting and waiting.round


def why_it_stayed(hold) -> list[str]:
    return [event.data["why"] for event in Event.objects.filter(kind="hold.stays", data__hold=str(hold.uid))]


def test_an_inspection_that_nobody_called_for_ends_nothing(batch, hold, colleague):
    second = inspect(batch, actor=colleague, at=after(60))

    assert (second.verdict, second.round) == ("accepted", 2)
    assert stands(hold) == ("open", 1000, 0, None)
    assert why_it_stayed(hold) == ["not_called_for"]


@pytest.mark.parametrize("call", ["answer", "order", "rework"])
def test_another_inspector_ends_it_after_an_answer_an_order_or_a_rework(batch, hold, manager, colleague, call):
    if call == "answer":
        answer_hold(hold)
    elif call == "order":
        order(hold, manager)
    else:
        decide(hold, "rework", 400, manager)

    second = inspect(batch, actor=colleague, at=after(60))

    hold.refresh_from_db()
    assert stands(hold) == (
        "ended",
        0,
        1000 if call == "rework" else 999,
        None,
    )  # else the unit that leaked is set aside
    assert (hold.ended_by, hold.ended_by_inspection) == (colleague, second)


@pytest.mark.parametrize("call", ["answer", "order"])
def test_what_was_planned_before_the_call_ends_nothing(batch, hold, manager, colleague, call):
    inspection = plan_inspection(batch=batch, actor=colleague, at=after(10))
    answer_hold(hold, at=after(11)) if call == "answer" else order(hold, manager, at=after(11))

    for sent in results_for(batch):
        record_result(inspection=inspection, sent=sent, actor=colleague, at=after(20))
    submit_inspection(inspection=inspection, actor=colleague, at=after(21))

    assert stands(hold) == ("open", 1000, 0, None)


def test_the_same_inspector_ends_it_once_a_manager_has_countersigned(batch, hold, inspector, manager):
    answer_hold(hold)
    second = inspect(batch, actor=inspector, at=after(60))
    assert stands(hold) == ("open", 1000, 0, 2)
    assert why_it_stayed(hold) == ["same_inspector"]

    signed = countersign(hold, manager)

    hold.refresh_from_db()
    assert stands(hold) == ("ended", 0, 999, None)
    assert (signed.set_aside, hold.batch.quantities["set_aside"]) == (1, 1)
    assert (hold.ended_by, hold.ended_by_inspection, signed.inspection) == (manager, second, second)
    kinds = Event.objects.filter(stream=batch.stream).order_by("-id").values_list("kind", flat=True)
    assert list(kinds[:2]) == ["hold.ended", "hold.countersigned"]


def test_a_manager_who_inspected_does_not_countersign(batch, inspector, manager, admin):
    first = plan_inspection(batch=batch, actor=inspector, at=NOON)
    record_result(inspection=first, sent=ResultInput("LEAK", nonconforming_units=[1]), actor=manager, at=after(1))
    for sent in results_for(batch, LEAK=[1, 2]):  # the inspector saves the manager's check once more
        record_result(inspection=first, sent=sent, actor=inspector, at=after(2))
    submit_inspection(inspection=first, actor=inspector, at=after(3))
    hold = batch.holds.get()
    answer_hold(hold)
    inspect(batch, actor=inspector, at=after(60))

    with pytest.raises(InspectorMayNotCountersign):
        countersign(hold, manager)
    assert stands(hold) == ("open", 1000, 0, 2)
    countersign(hold, admin)
    assert stands(hold) == ("ended", 0, 998, None)


def test_a_manager_who_led_the_reinspection_does_not_countersign_it(batch, hold, inspector, manager):
    answer_hold(hold)
    second = plan_inspection(batch=batch, actor=manager, at=after(10))
    for sent in results_for(batch):
        record_result(inspection=second, sent=sent, actor=inspector, at=after(20))
    submit_inspection(inspection=second, actor=manager, at=after(21))

    with pytest.raises(InspectorMayNotCountersign):
        countersign(hold, manager)


def test_one_check_by_who_inspected_before_asks_for_a_second_person(batch, hold, inspector, colleague):
    """A colleague who leads the round, or saves the check once more, does not hide who looked at it again."""
    answer_hold(hold)
    second = plan_inspection(batch=batch, actor=colleague, at=after(10))
    good = results_for(batch)
    record_result(inspection=second, sent=good[0], actor=inspector, at=after(11))
    changed = ResultInput(good[0].characteristic, nonconforming_units=[], is_complete=False)
    record_result(inspection=second, sent=changed, actor=colleague, at=after(12))
    for sent in good:
        record_result(inspection=second, sent=sent, actor=colleague, at=after(13))
    submit_inspection(inspection=second, actor=colleague, at=after(21))

    assert not second.results.filter(recorded_by=inspector).exists()
    assert stands(hold) == ("open", 1000, 0, 2)


def test_what_is_found_later_takes_the_accepted_round_away(batch, hold, inspector, manager):
    answer_hold(hold)
    inspect(batch, actor=inspector, at=after(60))
    assert stands(hold)[3] == 2

    inspect(batch, actor=inspector, at=after(70), LEAK=[9])

    assert stands(hold) == ("open", 1000, 0, None)
    with pytest.raises(NothingToCountersign):
        countersign(hold, manager)


def test_what_was_sorted_out_as_bad_stays(batch, hold, inspector, manager):
    decide(hold, "sort", 300, manager, good=290)
    order(hold, manager)
    inspect(batch, actor=inspector, at=after(60))
    assert stands(hold) == ("open", 710, 290, 2)

    countersign(hold, manager)

    assert stands(hold) == ("open", 10, 990, None)
    hold.refresh_from_db()
    assert way_out(hold, (), at=after(91)).in_vain is None  # it was called for, and freed what it could


def test_a_critical_that_joins_a_hold_makes_it_critical_for_good(batch, inspector, colleague):
    inspect(batch, actor=inspector, LID=[1, 2, 3, 4, 5, 6])
    hold = batch.holds.get()
    second = plan_inspection(batch=batch, actor=colleague, at=after(10))
    for units in ([4], []):  # a slip, the colleague says afterwards
        sent = ResultInput("LEAK", nonconforming_units=units)
        record_result(inspection=second, sent=sent, actor=colleague, at=after(11 + len(units)))

    hold.refresh_from_db()
    assert (hold.reason, hold.is_critical) == ("rejected", True)


def test_what_did_not_ship_on_a_deviation_is_held_for_what_it_was_held_for(batch, hold, inspector, manager, admin):
    decide(hold, "accept_on_deviation", 1000, admin, limit="Not for export", expires_on=NOON.date())
    expire_deviation(batch=batch, at=NOON + timedelta(days=3))
    again = batch.holds.latest("id")

    assert (again.reason, again.is_critical, who_inspected(again)) == ("deviation_expired", True, {inspector.pk})
    inspector.groups.add(manager.groups.get())
    with pytest.raises(InspectorMayNotDecide):
        decide(again, "release", 1000, type(inspector).objects.get(pk=inspector.pk), at=NOON + timedelta(days=4))


# Page and API


def test_a_manager_orders_and_countersigns_over_the_api(batch, hold, inspector, boss):
    path = f"holds/{hold.uid}"
    waits_for = [boss.send("GET", f"{path}/")[1]["waits_for"]]
    assert boss.send("POST", f"{path}/countersign/")[1]["code"] == "nothing_to_countersign"

    status, ordered = boss.send("POST", f"{path}/order/", {"reason": "Ten opened, all dry"})
    assert (status, ordered["orders"][0]["reason"], ordered["orders"][0]["ordered_by"]) == (
        200, "Ten opened, all dry", "manager",
    )  # fmt: skip
    waits_for.append(ordered["waits_for"])
    # Planned after the order, which the server's clock dates.
    second = inspect(batch, actor=inspector, at=hold.orders.get().ordered_at + timedelta(minutes=1))
    seen = boss.send("GET", f"{path}/")[1]
    waits_for.append(seen["waits_for"])
    assert (seen["state"], seen["critical"], seen["to_countersign"]) == ("open", True, str(second.uid))

    status, ended = boss.send("POST", f"{path}/countersign/", {"note": "Seen five of them"})

    assert (status, ended["state"], ended["ended_by"], ended["waits_for"]) == (200, "ended", "manager", None)
    assert (ended["ended_by_inspection"], ended["to_countersign"]) == (str(second.uid), None)
    [signed] = ended["countersignatures"]
    assert (signed["inspection"], signed["note"], signed["signature"]) == (
        str(second.uid),
        "Seen five of them",
        "token",
    )
    assert waits_for == ["answer_rework_or_order", "reinspection", "countersignature"]
    assert boss.send("POST", f"{path}/countersign/")[1]["code"] == "hold_ended"


@pytest.mark.parametrize("act", ["order", "countersign"])
@pytest.mark.parametrize(
    ("persona", "status"),
    [("inspector", 403), ("merchandiser", 403), ("supplier_user", 403), ("rival_supplier", 404), ("manager", 0), ("admin", 0)],
)  # fmt: skip
def test_who_may_order_and_countersign(request, client, hold, act, persona, status):
    user = request.getfixturevalue(persona)
    client.force_login(user)
    body = {"reason": "Look again"} if act == "order" else {"note": ""}

    page = client.post(reverse(f"hold-{act}", args=[hold.uid]), body | {"key": uuid4(), "password": "holdfast-test"})
    called = Caller(user).send("POST", f"holds/{hold.uid}/{act}/", body)[0]

    allowed = (302, 200) if act == "order" else (200, 409)
    assert (page.status_code, called) == ((status, status) if status else allowed)


def test_who_inspected_reads_that_another_countersigns(client, batch, hold, inspector, manager):
    answer_hold(hold)
    inspector.groups.add(manager.groups.get())
    inspect(batch, actor=inspector, at=after(60))
    client.force_login(inspector)

    page = client.get(reverse("hold-detail", args=[hold.uid])).content.decode()
    sent = {"key": uuid4(), "password": "holdfast-test"}
    refused = client.post(reverse("hold-countersign", args=[hold.uid]), sent).content.decode()

    assert "Accepted in round 2 by the same inspector: a quality manager countersigns." in " ".join(page.split())
    assert "Countersign the re-inspection" not in page
    assert "may not countersign" in refused
    assert stands(hold)[0] == "open"


def test_a_manager_orders_and_countersigns_on_the_page(client, batch, hold, inspector, manager):
    client.force_login(manager)
    page = reverse("hold-detail", args=[hold.uid])
    before = client.get(page).content.decode()
    client.post(reverse("hold-order", args=[hold.uid]), {"key": uuid4(), "reason": "Ten opened, all dry"})
    inspect(batch, actor=inspector, at=hold.orders.get().ordered_at + timedelta(minutes=1))
    between = client.get(page).content.decode()
    sent = {"key": uuid4(), "note": "Seen five"}
    wrong = client.post(reverse("hold-countersign", args=[hold.uid]), sent | {"password": "guess"})
    assert "This is not your password" in wrong.content.decode()
    assert stands(hold)[0] == "open"

    answer = client.post(reverse("hold-countersign", args=[hold.uid]), sent | {"password": "holdfast-test"})

    assert answer["Location"] == page
    assert stands(hold) == ("ended", 0, 999, None)
    after_it = " ".join(client.get(page).content.decode().split())
    assert ("Order a re-inspection" in before, "Order a re-inspection" in between) == (True, False)
    assert ("Countersign the re-inspection" in before, "Countersign the re-inspection" in between) == (False, True)
    assert "countersigned by manager (password) · Seen five" in after_it


def test_a_round_that_was_accepted_in_vain_is_said_on_the_page(client, batch, hold, colleague, manager):
    inspect(batch, actor=colleague, at=after(60))
    client.force_login(manager)

    page = " ".join(client.get(reverse("hold-detail", args=[hold.uid])).content.decode().split())

    assert "Round 2 was accepted before anybody had answered, reworked or ordered it" in page


def test_managers_who_did_not_inspect_are_told(batch, hold, inspector, manager):
    manager.email = "manager@example.com"
    manager.save()
    inspector.groups.add(manager.groups.get())
    inspector.email = "inspector@example.com"
    inspector.save()
    answer_hold(hold)
    inspect(batch, actor=inspector, at=after(60))

    tell_who_may_countersign(Event.objects.get(kind="hold.stays"))

    [sent] = mail.outbox
    assert sent.to == ["manager@example.com"]
    assert sent.subject == "B-2611-042 waits for your countersignature"
    assert "1,000 units stay on hold" in sent.body
