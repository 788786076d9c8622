"""The shipment desk: what may ship, why not, and what left."""

from uuid import uuid4

import pytest
from django.urls import reverse

from inspections.batch.services.shipments import ship
from inspections.models import Shipment
from tests.factories import after, inspect, make_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(batch, inspector):
    inspect(batch, actor=inspector)
    return batch


def desk(batch):
    return reverse("shipment-create", args=[batch.number])


def shipping(**more):
    return {"key": uuid4(), "quantity": "400", "reference": "SO-1", **more}


# Who may


@pytest.mark.parametrize(
    ("persona", "of_list", "of_shipping"),
    [
        ("inspector", 200, 403),
        ("manager", 200, 302),
        ("merchandiser", 200, 302),
        ("admin", 200, 302),
        ("supplier_user", 403, 403),
        ("rival_supplier", 403, 404),
    ],
)
def test_who_sees_shipments_and_who_ships(request, client, accepted, persona, of_list, of_shipping):
    client.force_login(request.getfixturevalue(persona))

    statuses = client.get(reverse("shipment-list")).status_code, client.post(desk(accepted), shipping()).status_code

    assert statuses == (of_list, of_shipping)
    assert Shipment.objects.exists() == (of_shipping == 302)


# Looking a batch up


def test_a_number_leads_to_the_desk_of_its_batch(client, accepted, merchandiser):
    client.force_login(merchandiser)

    response = client.get(reverse("shipment-list"), {"batch": f" {accepted.number} "})

    assert response["Location"] == desk(accepted)


def test_a_number_that_is_not_known_is_named(client, accepted, merchandiser):
    client.force_login(merchandiser)

    response = client.get(reverse("shipment-list"), {"batch": "B-1"})

    assert response.context["form"].errors == {"batch": ["There is no batch B-1."]}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_eight_statements(client, accepted, merchandiser, django_assert_num_queries, count):
    for _ in range(count):
        ship(batch=accepted, quantity=10, actor=merchandiser, at=after(1))
    client.force_login(merchandiser)

    with django_assert_num_queries(8):
        response = client.get(reverse("shipment-list"))

    assert len(response.context["list"].page) == count


# Shipping


def test_what_ships_leaves_the_batch_with_its_reference(client, accepted, merchandiser):
    client.force_login(merchandiser)

    client.post(desk(accepted), shipping(quantity="４００"))

    accepted.refresh_from_db()
    shipment = accepted.shipments.get()
    assert (accepted.available, accepted.shipped) == (600, 400)
    assert (shipment.reference, shipment.shipped_by) == ("SO-1", merchandiser)


def test_pressing_the_button_twice_ships_once(client, accepted, merchandiser):
    client.force_login(merchandiser)
    sent = shipping()

    answers = [client.post(desk(accepted), sent).status_code for _ in range(2)]

    accepted.refresh_from_db()
    assert (answers, accepted.shipped) == ([302, 302], 400)


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000001", "many", "1.5", ""])
def test_a_quantity_that_makes_no_sense_is_named_and_nothing_is_lost(client, accepted, merchandiser, quantity):
    client.force_login(merchandiser)

    response = client.post(desk(accepted), shipping(quantity=quantity))

    form = response.context["form"]
    assert list(form.errors) == ["quantity"]
    assert (form["quantity"].value(), form["reference"].value()) == (quantity, "SO-1")
    assert Shipment.objects.count() == 0


def test_more_than_there_is_is_refused_with_the_reason(client, accepted, merchandiser):
    client.force_login(merchandiser)

    response = client.post(desk(accepted), shipping(quantity="1001"))

    assert "1,001 units were asked for, 1,000 may ship." in response.content.decode()
    assert response.context["form"]["reference"].value() == "SO-1"
    assert Shipment.objects.count() == 0


def test_what_is_on_hold_shows_its_reason_and_offers_nothing_to_ship(client, batch, inspector, merchandiser):
    inspect(batch, actor=inspector, LEAK=[3])
    client.force_login(merchandiser)

    page = client.get(desk(batch)).content.decode()
    refused = client.post(desk(batch), shipping()).content.decode()

    assert "1,000 units are on hold." in page
    assert reverse("hold-detail", args=[batch.holds.get().uid]) in page
    assert 'name="quantity"' not in page
    assert "1,000 units are on hold." in refused
    assert 'value="SO-1"' in refused
    assert Shipment.objects.count() == 0


def test_what_nobody_inspected_does_not_ship(client, merchandiser):
    batch = make_batch()
    client.force_login(merchandiser)

    response = client.get(desk(batch))

    assert [reason.code for reason in response.context["answer"].reasons] == ["not_accepted"]
