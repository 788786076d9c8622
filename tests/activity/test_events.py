"""R6: what happened is written once and never changed."""

import pytest
from django.db import DatabaseError, connection, transaction

from activity.models import Event
from activity.queries import story_of
from activity.services import record_event
from tests.factories import NOON, after


@pytest.fixture
def event(db):
    with transaction.atomic():
        record_event("batch.registered", "batch:B-1", at=NOON, actor=None, quantity=1000)
    return Event.objects.get()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE activity_event SET kind = 'nothing.happened'",
        "UPDATE activity_event SET data = '{}' WHERE stream = 'batch:B-1'",
        "DELETE FROM activity_event",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_event(event, statement):
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert list(Event.objects.values_list("kind", "data")) == [("batch.registered", {"quantity": 1000})]


def test_the_orm_is_refused_as_well(event):
    event.kind = "nothing.happened"
    for change in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(kind="x")):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            change()

    assert Event.objects.get().kind == "batch.registered"


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_the_transaction_of_what_happened_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        record_event("batch.registered", "batch:B-1", at=NOON, actor=None)

    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_did_not_happen_leaves_no_event():
    def fail_after_recording():
        with transaction.atomic():
            record_event("batch.registered", "batch:B-1", at=NOON, actor=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_recording()

    assert not Event.objects.exists()


def test_a_story_is_told_in_the_order_it_happened_in_one_query(event, manager, django_assert_num_queries):
    with transaction.atomic():
        record_event("hold.placed", "batch:B-1", at=after(2), actor=manager)
        record_event("hold.placed", "batch:B-2", at=after(1), actor=manager)

    with django_assert_num_queries(1):
        story = [(e.kind, e.actor and e.actor.username) for e in story_of("batch:B-1")]

    assert story == [("batch.registered", None), ("hold.placed", "manager")]
