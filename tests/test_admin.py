"""The back office: every list and every form opens for an administrator and for nobody else."""

import pytest
from django.contrib import admin as django_admin
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import User
from accounts.services import create_token
from activity.models import Event
from inspections.models import Batch, Hold, Inspection, Result, Specification
from suppliers.models import Category, Market, Product, Supplier
from tests.factories import NOON, inspect

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
    shown = {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 1}
    data = {"code": "OTHER", "name": "Hailan Appliances", "name_zh": "海岚电器", "contact_email": ""} | shown

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


def test_the_market_of_a_listing_and_who_belongs_to_a_supplier_are_not_changed_here(
    client, admin, product, supplier, supplier_user, rival_supplier
):
    client.force_login(admin)
    listing, other = product.listings.get(), Market.objects.exclude(code="US").first()
    row = {"listings-0-id": listing.pk, "listings-0-product": product.pk, "listings-0-market": other.pk}
    new = {"listings-1-product": product.pk, "listings-1-market": other.pk}
    counts = {"listings-TOTAL_FORMS": 2, "listings-INITIAL_FORMS": 1}
    fields = {"name": product.name, "name_zh": product.name_zh, "category": product.category_id, "merchandiser": ""}
    client.post(address(Product, "change", product.pk), fields | row | new | counts)
    membership = supplier.memberships.get()
    row = {"memberships-0-id": membership.pk, "memberships-0-supplier": supplier.pk, "memberships-0-DELETE": "on"}
    new = {"memberships-1-supplier": supplier.pk, "memberships-1-user": rival_supplier.pk}
    counts = {"memberships-TOTAL_FORMS": 2, "memberships-INITIAL_FORMS": 1}
    fields = {"name": supplier.name, "name_zh": supplier.name_zh, "contact_email": ""}
    client.post(address(Supplier, "change", supplier.pk), fields | row | new | counts)

    assert [one.market.code for one in product.listings.all()] == ["US"]
    assert [one.user for one in supplier.memberships.all()] == [supplier_user]
    assert not Event.objects.filter(kind__in=["product.changed", "supplier.changed"]).exists()


def test_a_changed_category_is_told_by_its_code_before_and_after(client, admin, product):
    client.force_login(admin)
    toys = Category.objects.get(code="toys")
    fields = {
        "name": product.name,
        "name_zh": product.name_zh,
        "category": toys.pk,
        "merchandiser": "",
        "model_code": "",
    }

    client.post(
        address(Product, "change", product.pk), fields | {"listings-TOTAL_FORMS": 1, "listings-INITIAL_FORMS": 1}
    )

    event = Event.objects.get(kind="product.changed")
    assert event.data == {"changes": {"category": ["electrical_appliance", "toys"]}}


def test_categories_and_markets_are_on_the_record_and_keep_what_rules_hang_on(client, admin):
    client.force_login(admin)
    toys, market = Category.objects.get(code="toys"), Market.objects.get(code="US")
    client.post(
        address(Category, "change", toys.pk), {"code": "x", "name": "Playthings", "name_zh": toys.name_zh, "parent": ""}
    )
    client.post(
        address(Market, "change", market.pk),
        {"code": "XX", "name": "America", "name_zh": market.name_zh, "voltage": 230},
    )

    told = {event.stream: event.data["changes"] for event in Event.objects.filter(actor=admin)}
    assert told == {
        "category:toys": {"name": [toys.name, "Playthings"]},
        "market:US": {"name": [market.name, "America"]},
    }


def person_form(user, **changes):
    shown = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    kept = shown | {"first_name": "", "last_name": "", "email": user.email, "language": "", "is_active": "on"}
    return kept | {"groups": [group.pk for group in user.groups.all()]} | changes


def test_a_changed_role_is_on_the_record(client, admin, manager):
    client.force_login(admin)
    merchandisers = Group.objects.get(name="merchandiser")

    client.post(address(User, "change", manager.pk), person_form(manager, groups=[merchandisers.pk], username="other"))

    event = Event.objects.get(stream="user:manager")
    assert (event.kind, event.actor, event.data) == (
        "user.changed", admin, {"changes": {"role": ["manager", "merchandiser"]}},
    )  # fmt: skip


def test_a_password_that_is_set_here_ends_tokens(client, admin, manager):
    create_token(user=manager, name="warehouse", at=NOON)
    client.force_login(admin)

    page = reverse("admin:auth_user_password_change", args=[manager.pk])
    client.post(page, {"usable_password": "true", "password1": "a-new-password-9", "password2": "a-new-password-9"})

    assert not manager.tokens.filter(revoked_at=None).exists()
    event = Event.objects.get(kind="user.password_reset")
    assert (event.actor, event.data) == (admin, {"tokens": ["warehouse"]})
