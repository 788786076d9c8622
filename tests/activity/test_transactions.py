import pytest
from django.db import connection, transaction

from activity.models import Event
from activity.services import record_event
from activity.transactions import one_transaction
from tests.factories import NOON


@one_transaction()
def write(kind: str, *, fail: bool = False) -> None:
    record_event(kind, "test:1", at=NOON, actor=None)
    if fail:
        raise ValueError(kind)


def kinds() -> list[str]:
    return list(Event.objects.filter(stream="test:1").order_by("id").values_list("kind", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_service_is_a_transaction_of_its_own():
    with pytest.raises(ValueError, match="lost"):
        write("lost", fail=True)
    write("kept")

    assert kinds() == ["kept"]
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_a_service_inside_another_makes_no_savepoint_and_fails_with_it(django_assert_num_queries):
    with one_transaction(), django_assert_num_queries(1):
        write("inner")
    assert kinds() == ["inner"]

    with one_transaction():
        write("first")
        with pytest.raises(ValueError, match="second"):
            write("second", fail=True)
        with pytest.raises(transaction.TransactionManagementError):
            write("third")

    assert kinds() == ["inner"]


@pytest.mark.django_db(transaction=True)
def test_a_service_inside_a_plain_block_is_undone_by_itself(django_assert_num_queries):
    with transaction.atomic():
        with django_assert_num_queries(3):  # a savepoint, the event, the savepoint's end
            write("first")
        with pytest.raises(ValueError, match="second"):
            write("second", fail=True)
        write("third")

    assert kinds() == ["first", "third"]


@pytest.mark.django_db(transaction=True)
def test_the_same_decorated_function_may_call_itself():
    @one_transaction()
    def twice(depth: int) -> None:
        write(f"depth.{depth}")
        if depth:
            twice(depth - 1)

    twice(1)

    assert kinds() == ["depth.1", "depth.0"]


@pytest.mark.django_db
def test_inside_a_test_a_failing_service_leaves_the_test_usable():
    with pytest.raises(ValueError, match="lost"):
        write("lost", fail=True)

    write("kept")
    assert kinds() == ["kept"]
