"""Each listing's row is true in the transaction of every change below it (R4)."""

import pytest

from compliance.models import Gate
from inspections.hold.services.holds import place_hold
from tests.factories import inspect, make_batch, make_product

pytestmark = pytest.mark.django_db


def state(sku: str, code: str) -> tuple[str, str]:
    check = next(check for check in Gate.objects.get(sku=sku).checks if check["code"] == code)
    return check["state"], check["why"]


def test_every_listing_has_a_gate_from_the_start_and_it_is_closed():
    product = make_product(markets=["US", "EU-DE"])

    rows = Gate.objects.filter(listing__product=product).order_by("market")

    assert [(row.market, row.state, row.standing) for row in rows] == [
        ("EU-DE", "closed", "waiting"),
        ("US", "closed", "waiting"),
    ]


def test_a_batch_and_a_hold_are_seen_at_once(product, inspector, manager):
    batch = make_batch("B-1", product=product)
    assert state(product.sku, "latest_batch") == ("waiting", "no_batch")

    inspect(batch, actor=inspector)
    assert state(product.sku, "latest_batch") == ("pass", "batch_accepted")
    assert state(product.sku, "open_holds") == ("pass", "no_holds")

    place_hold(batch=batch, note="Dented", actor=manager, at=batch.created_at)
    assert state(product.sku, "open_holds") == ("fail", "holds")
    assert state(product.sku, "latest_batch") == ("fail", "batch_held")
    assert Gate.objects.get(sku=product.sku).standing == "closed"
