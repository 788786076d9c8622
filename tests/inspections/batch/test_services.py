import pytest
from django.utils.timezone import now

from activity.errors import InvalidInput
from activity.models import Event
from inspections.batch.services.batches import Registration, register_batches
from inspections.models import Batch

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 3, 300])
def test_registering_many_takes_as_many_statements_as_one(product, merchandiser, count, django_assert_num_queries):
    registrations = [Registration(f"B-{number}", product, 10) for number in range(count)]
    merchandiser.has_perm("inspections.register_batch")  # asks once and keeps the answer

    with django_assert_num_queries(11):
        batches = register_batches(registrations=registrations, actor=merchandiser, at=now())

    assert {batch.state for batch in batches} == {"awaiting"}
    assert Event.objects.filter(kind="batch.registered").count() == count


def test_registering_many_names_all_that_is_wrong(product, merchandiser, batch):
    registrations = [
        Registration("B-1", product, 10),
        Registration("B 2", product, 10),
        Registration("B-3", product, 0),
        Registration("B-2611-042", product, 10),
        Registration("B-1", product, 10),
    ]

    with pytest.raises(InvalidInput) as refusal:
        register_batches(registrations=registrations, actor=merchandiser, at=now())

    assert sorted((error.field, error.code) for error in refusal.value.errors) == [
        ("1.number", "code"), ("2.quantity", "out_of_range"), ("3.number", "duplicate"), ("4.number", "duplicate"),
    ]  # fmt: skip
    assert Batch.objects.count() == 1
