"""The feed of events: complete behind open transactions, and only what its reader may see."""

import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from accounts.roles import Role
from activity.feed import place_restored
from activity.models import Event
from activity.opaque import hide
from activity.published import body, data_of, published, sample_of, schema_of
from activity.services import record_event
from inspections.batch.services.shipments import ship, take_back
from inspections.hold.services.holds import Decision, decide_hold, place_hold, respond_to_hold
from inspections.models import ReversalKind
from tests.caller import Caller, fields
from tests.factories import NOON, after, inspect, make_batch, make_product, make_supplier, make_user

EARLIER = -1  # of a transaction before all others: one that is committed, to the transaction of a test


def placed(stream, kind="hold.placed", **data):
    return Event.objects.create(kind=kind, stream=stream, at=NOON, data=data, transaction=EARLIER)


def read(caller, question=""):
    status, page = caller.send("GET", f"events/?{question}")
    assert status == 200, page
    return page


@pytest.mark.django_db(transaction=True)
def test_nothing_appears_behind_a_cursor_while_transactions_stay_open():
    """The poller of a warehouse: what commits late, with a number that was given early, is not missed."""
    caller = Caller(make_user(Role.MANAGER, "manager"))
    wrote, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            record_event("batch.registered", "batch:SLOW", at=NOON, actor=None, quantity=1)
            wrote.set()
            assert may_commit.wait(20)
        connection.close()

    record_it = lambda number: record_event("batch.registered", f"batch:{number}", at=NOON, actor=None, quantity=1)  # noqa: E731
    with transaction.atomic():
        record_it("FIRST")
    writer = threading.Thread(target=slow)
    writer.start()
    assert wrote.wait(20)
    with transaction.atomic():
        record_it("LATER")

    before = read(caller)
    may_commit.set()
    writer.join()
    rest = read(caller, f"after={before['cursor']}&page_size=1")
    last = read(caller, rest["next"].partition("?")[2])

    assert [row["stream"] for row in before["results"]] == ["batch:FIRST"]
    assert [row["stream"] for page in (rest, last) for row in page["results"]] == ["batch:SLOW", "batch:LATER"]
    assert (before["next"], last["next"]) == (None, None)
    assert read(caller, f"after={last['cursor']}") == {
        "next": None, "previous": None, "cursor": last["cursor"], "results": [],
    }  # fmt: skip


@pytest.mark.django_db
def test_each_reads_what_it_may_see(batch, manager, supplier_user, rival_supplier):
    other = make_batch("B-2", product=make_product("LD-1", supplier=make_supplier("LINDEN")))
    first = Event.objects.latest("pk").pk + 1  # what made the records is told, too
    for each in (batch, other):
        placed(each.stream, reason="critical", quantity=5)
        placed(each.stream, "finding.recorded")
    placed("listing:HL-KT17-W:US", "gate.closed")
    placed("user:manager", "token.created")

    seen = {
        person.username: [
            (row["type"], row["data"].get("batch"))
            for row in read(Caller(person))["results"]
            if row["sequence"] >= first
        ]
        for person in (manager, supplier_user, rival_supplier)
    }

    assert seen["manager"] == [
        ("hold.placed", "B-2611-042"), ("finding.recorded", "B-2611-042"),
        ("hold.placed", "B-2"), ("finding.recorded", "B-2"), ("gate.closed", None),
    ]  # fmt: skip
    assert (seen["supplier"], seen["rival"]) == ([("hold.placed", "B-2611-042")], [])
    caller = Caller(manager)
    assert [row["type"] for row in read(caller, "kind=gate.closed")["results"]] == ["gate.closed"]
    assert len(read(caller, "kind=gate.closed&kind=hold.placed")["results"]) == 3
    for question, wrong in [
        ("kind=hold.exploded", ("kind", "unknown_kind")),
        ("kind=token.created", ("kind", "unknown_kind")),
        ("after=nonsense", ("after", "invalid")),
        (f"after={hide(10**15)}", ("after", "invalid")),
        ("after=", ("after", "blank")),
        ("since=1", ("since", "unknown_field")),
        ("page_size=0", ("page_size", "out_of_range")),
    ]:
        status, problem = caller.send("GET", f"events/?{question}")
        assert (status, fields(problem)) == (400, [wrong]), question


@pytest.mark.django_db
def test_after_a_restore_nothing_is_read_until_the_events_are_placed_and_then_cursors_go_on(batch, manager):
    caller = Caller(manager)
    far = 10**15  # another server had counted so far
    first, second = (
        Event.objects.create(kind="hold.placed", stream=batch.stream, at=NOON, transaction=far + n) for n in (1, 0)
    )

    assert caller.send("GET", "events/")[1]["code"] == "events_not_placed"
    connection.check_constraints()  # what waits for the end of a transaction lets no table be altered
    call_command("place_restored_events")

    assert place_restored() == 0
    rows = [row["id"] for row in read(caller)["results"]]
    assert rows[-2:] == [hide(second.pk), hide(first.pk)]
    assert [row["id"] for row in read(caller, f"after={hide(second.pk)}")["results"]] == [hide(first.pk)]


def test_every_kind_has_a_sample_and_a_shape_that_is_one():
    for kind in published:
        validator_for(schema_of(kind)).check_schema(schema_of(kind))
        Draft202012Validator(schema_of(kind)).validate(sample_of(kind))


@pytest.mark.django_db
def test_what_really_happens_has_the_shape_that_is_described(product, inspector, manager, merchandiser, supplier_user):
    stopped = inspect(make_batch("B-1", product=product), actor=inspector, LEAK=[3]).hold
    respond_to_hold(hold=stopped, root_cause="a", corrective_action="b", actor=supplier_user, at=after(1))
    decision = Decision(kind="scrap", quantity=stopped.remaining, reason="Wet")
    decide_hold(hold=stopped, decision=decision, actor=manager, at=after(2), signature="token")
    good = make_batch("B-2", product=product)
    inspect(good, actor=inspector, at=after(3))
    shipment = ship(batch=good, quantity=5, actor=merchandiser, at=after(60), reference="SO-1")
    kind = ReversalKind.values[0]
    take_back(shipment=shipment, kind=kind, quantity=1, reason="Full", actor=merchandiser, at=after(61))
    place_hold(batch=make_batch("B-3", product=product), note="Wet", actor=manager, at=after(62))

    events = [event for event in Event.objects.select_related("actor").order_by("pk") if event.kind in published]

    for event, data in zip(events, data_of(events), strict=True):
        Draft202012Validator(schema_of(event.kind)).validate(body(event, data))
    assert {event.kind for event in events} >= {
        "batch.registered", "specification.activated", "hold.placed", "hold.answered", "hold.decided", "hold.ended",
        "inspection.planned", "inspection.accepted", "inspection.rejected", "batch.shipped", "shipment.reversed",
    }  # fmt: skip
