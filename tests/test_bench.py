"""What the benchmarks store by SQL, beside the services, is what today's tables take."""

import pytest
from django.apps import apps
from django.db import connection

from accounts.roles import Role
from bench import gates, ladder, layers, over_http
from bench.defaults import give_defaults
from inspections.models import Batch, Hold, Inspection, MarketReturn, Result
from tests.factories import NOON, make_product, make_specification, make_user

pytestmark = pytest.mark.django_db


def test_inspections_to_list_over_http():
    product = make_product()
    make_specification(product)
    give_defaults(Batch, Hold, Inspection, Result)

    with connection.cursor() as cursor:
        asked = {"product": product.pk, "user": make_user(Role.MANAGER, "bench").pk, "missing": 3, "at": NOON}
        cursor.execute(over_http.FILL, asked)

    assert [batch.state for batch in Batch.objects.all()] == ["accepted"] * 3


def test_what_gates_rest_on():
    product = make_product()
    give_defaults(*(model for model in apps.get_models() if model._meta.db_table in gates.TABLES))
    maker, user, other = (make_user(Role.MANAGER, name).pk for name in ("maker", "user", "other"))

    with connection.cursor() as cursor:
        for table in gates.TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(gates.RECORDS.format(maker=maker, user=user, other=other))

    assert Batch.objects.filter(product=product).count() == 2


def test_batches_of_a_ladder_and_their_returns(monkeypatch):
    monkeypatch.setattr(ladder, "BATCHES", 2)

    monkeypatch.setattr(layers, "RETURNS", 4)

    layers.fill()

    assert Inspection.objects.filter(verdict="accepted").count() == 2
    assert MarketReturn.objects.exclude(batch=None).count() == 4
