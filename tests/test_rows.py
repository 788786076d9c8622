"""What one test commits, the next does not find; what migrations made, it does."""

import pytest
from django.contrib.auth.models import Group

from suppliers.models import Category, Supplier
from tests import rows
from tests.factories import make_supplier


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_begins_with_the_rows_of_the_migrations_and_no_other(time):
    assert (Supplier.objects.count(), Group.objects.exists(), Category.objects.exists()) == (0, True, True)

    make_supplier("HAILAN")
    Group.objects.all().delete()


@pytest.mark.django_db
def test_rows_of_several_tests_are_undone_together():
    with rows.undone():
        make_supplier("HAILAN")
        assert Supplier.objects.count() == 1

    assert Supplier.objects.count() == 0
