"""The back office: every list and every form opens for an administrator and for nobody else."""

import pytest
from django.contrib import admin as django_admin
from django.urls import reverse

from accounts.models import User
from activity.models import Event
from inspections.models import Batch, Hold, Inspection, Result, Specification
from suppliers.models import Product, Supplier
from tests.factories import inspect

pytestmark = pytest.mark.django_db


def address(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def held_batch(batch, inspector, supplier_user):
    inspect(batch, actor=inspector, LEAK=[3])
    return batch


def test_every_list_and_form_opens_for_an_administrator(client, admin, held_batch):
    client.force_login(admin)
    request = client.get(reverse("admin:index")).wsgi_request
    pages, expected = [], []
    for model, back_office in django_admin.site._registry.items():
        pages += [address(model, "changelist"), address(model, "changelist") + "?q=B-26", address(model, "add")]
        expected += [200, 200, 200 if back_office.has_add_permission(request) else 403]
        if record := model._base_manager.first():
            pages.append(address(model, "change", record.pk))
            expected.append(200)

    assert {page: client.get(page).status_code for page in pages} == dict(zip(pages, expected, strict=True))


def test_the_back_office_is_closed_to_everyone_else(client, manager, supplier_user):
    pages = [address(model, page) for model in django_admin.site._registry for page in ("changelist", "add")]
    for user in (manager, supplier_user, None):
        client.force_login(user) if user else client.logout()
        assert {client.get(page).status_code for page in pages} == {302}


def test_what_services_write_is_read_only(client, admin, held_batch):
    client.force_login(admin)
    for model in (Event, Batch, Hold, Inspection, Result, Specification):
        pk = model.objects.first().pk
        for page in (address(model, "add"), address(model, "change", pk), address(model, "delete", pk)):
            assert client.post(page, {"post": "yes"}).status_code == 403, page


def test_a_supplier_that_is_changed_here_is_on_the_record(client, admin, supplier, supplier_user, event_kinds):
    client.force_login(admin)
    page = address(Supplier, "change", supplier.pk)
    membership = supplier.memberships.get()
    data = {
        "code": "OTHER", "name": "Hailan Appliances", "name_zh": "海岚电器", "contact_email": "",
        "memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 1,
        "memberships-0-id": membership.pk, "memberships-0-supplier": supplier.pk, "memberships-0-user": supplier_user.pk,
    }  # fmt: skip

    assert client.post(page, data).status_code == 302

    supplier.refresh_from_db()
    assert (supplier.code, supplier.name) == ("HAILAN", "Hailan Appliances")
    event = Event.objects.filter(stream="supplier:HAILAN").latest("id")
    assert (event.kind, event.actor, event.data["changes"]) == (
        "supplier.changed", admin, {"name": ["Hailan Electric", "Hailan Appliances"]},
    )  # fmt: skip


def test_a_product_is_made_here_and_keeps_its_supplier(client, admin, product, supplier):
    client.force_login(admin)
    rival = Supplier.objects.create(code="R", name="R", created_at=supplier.created_at)
    listings = {"listings-TOTAL_FORMS": 0, "listings-INITIAL_FORMS": 0}
    data = {"name": "Lamp", "name_zh": "", "category": product.category_id, "merchandiser": ""} | listings

    client.post(address(Product, "add"), data | {"sku": "LAMP", "supplier": rival.pk})
    lamp = Product.objects.get(sku="LAMP")
    client.post(address(Product, "change", lamp.pk), data | {"name": "Desk lamp", "sku": "X", "supplier": supplier.pk})

    lamp.refresh_from_db()
    assert (lamp.sku, lamp.name, lamp.supplier) == ("LAMP", "Desk lamp", rival)


def test_people_are_shown_with_role_and_suppliers(client, admin, supplier_user):
    client.force_login(admin)

    people = client.get(address(User, "changelist")).content.decode()
    person = client.get(address(User, "change", supplier_user.pk)).content.decode()

    assert "Supplier" in people
    assert "Hailan Electric" in person
    assert client.post(address(User, "delete", supplier_user.pk), {"post": "yes"}).status_code == 403


def test_the_list_of_people_takes_a_constant_number_of_queries(
    client, admin, manager, inspector, django_assert_max_num_queries
):
    client.force_login(admin)

    with django_assert_max_num_queries(9):
        client.get(address(User, "changelist"))


def test_the_back_office_keeps_our_content_security_policy(client, admin):
    client.force_login(admin)

    response = client.get(reverse("admin:index"))

    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "<style" not in response.content.decode()
