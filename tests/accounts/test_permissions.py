"""Permissions come from roles alone."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from accounts.roles import PERMISSIONS, Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role):
    user = make_user(Role(role))

    assert user.get_all_permissions() == PERMISSIONS[role]


def test_a_supplier_does_not_see_all():
    assert not make_user(Role.SUPPLIER).has_perm("suppliers.see_all")


def test_somebody_without_a_role_may_do_nothing(db):
    user = make_user()

    assert user.role is None
    assert user.get_all_permissions() == set()


def test_a_permission_given_to_a_single_user_does_not_count():
    user = make_user(Role.QC)
    user.user_permissions.add(Permission.objects.get(codename="decide_hold"))

    assert not User.objects.get(pk=user.pk).has_perm("inspections.decide_hold")
