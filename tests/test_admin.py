"""The back office: every list and every form opens for an administrator and for nobody else."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin as django_admin
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Token, User
from activity.models import Event
from inspections.models import Batch, Hold, Inspection, Result, Specification
from suppliers.models import Category, Market, Product, Supplier
from tests.accounts.test_account import type_password
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
    type_password(client)
    for model in (Event, Batch, Hold, Inspection, Result, Specification):
        pk = model.objects.first().pk
        for page in (address(model, "add"), address(model, "change", pk), address(model, "delete", pk)):
            assert client.post(page, {"post": "yes"}).status_code == 403, page


def test_a_supplier_that_is_changed_here_is_on_the_record(client, admin, supplier, supplier_user, event_kinds):
    client.force_login(admin)
    type_password(client)
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
    type_password(client)
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
    type_password(client)

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
    type_password(client)
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
    type_password(client)
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
    type_password(client)
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
    type_password(client)
    merchandisers = Group.objects.get(name="merchandiser")

    client.post(address(User, "change", manager.pk), person_form(manager, groups=[merchandisers.pk], username="other"))

    event = Event.objects.get(stream="user:manager")
    assert (event.kind, event.actor, event.data) == (
        "user.changed", admin, {"changes": {"role": ["manager", "merchandiser"]}},
    )  # fmt: skip


@pytest.mark.parametrize("name", ["manager", "Мanager", "Wang  Fang", "wang fanɡ"])
def test_nobody_gets_a_name_that_stands_under_anothers_signatures(client, admin, manager, inspector, name):
    User.objects.create(username="wf", first_name="Wang", last_name="Fang")
    client.force_login(admin)
    type_password(client)
    first, _, last = name.partition(" ")

    answer = client.post(
        address(User, "change", inspector.pk), person_form(inspector, first_name=first, last_name=last.strip())
    )

    assert "goes by a name that looks the same" in answer.content.decode()
    inspector.refresh_from_db()
    assert inspector.first_name == ""


SECRET_KINDS = (EmailAddress, Authenticator, Token, User, Group)


def test_passwords_addresses_and_factors_are_not_changed_here(client, admin, manager):
    """Who sits down at an open session, and even who types the password, takes over no account by the back office."""
    User.objects.filter(pk=admin.pk).update(email="admin@example.com")
    address_row = EmailAddress.objects.create(user=admin, email="admin@example.com", primary=True, verified=True)
    factor = Authenticator.objects.create(user=admin, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    client.force_login(admin)
    type_password(client)
    new = {"usable_password": "true", "password1": "a-new-password-9", "password2": "a-new-password-9"}
    ticked = {"action": "delete_selected", "_selected_action": [factor.pk, address_row.pk], "post": "yes"}
    taken = {"user": admin.pk, "email": "thief@example.com", "primary": "on", "verified": "on"}

    for person in (admin, manager):
        page = reverse("admin:auth_user_password_change", args=[person.pk])
        assert (client.get(page).status_code, client.post(page, new).status_code) == (403, 403)
    assert client.post(address(EmailAddress, "add"), taken).status_code == 403
    assert client.post(address(EmailAddress, "change", address_row.pk), taken).status_code == 403
    assert client.post(address(Authenticator, "delete", factor.pk), {"post": "yes"}).status_code == 403
    for model in (EmailAddress, Authenticator):
        assert "delete_selected" not in client.get(address(model, "changelist")).content.decode()
        client.post(address(model, "changelist"), ticked)
    client.post(address(User, "change", admin.pk), person_form(admin, email="thief@example.com", is_superuser="on"))

    admin.refresh_from_db()
    assert (admin.email, admin.check_password("holdfast-test")) == ("admin@example.com", True)
    assert EmailAddress.objects.get() == address_row
    assert Authenticator.objects.get() == factor


def test_no_page_of_a_secret_adds_or_deletes(rf, admin):
    request = rf.get("/")
    request.user = admin
    for model, back_office in django_admin.site._registry.items():
        if model in SECRET_KINDS or model._meta.app_label in (
            "account",
            "mfa",
            "socialaccount",
            "sessions",
            "authtoken",
        ):
            assert not back_office.has_delete_permission(request), model
            assert model is User or not back_office.has_add_permission(request), model


def test_an_open_session_writes_nothing_here_before_the_password(client, admin, manager):
    client.force_login(admin)
    pages = [
        (address(User, "change", manager.pk), person_form(manager, is_superuser="on", is_staff="on")),
        (address(User, "add"), {"username": "x", "password1": "a-new-password-9", "password2": "a-new-password-9"}),
        (address(Supplier, "add"), {"code": "S-9", "name": "x"}),
    ]

    for page, sent in pages:
        answer = client.post(page, sent)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_reauthenticate")), page

    manager.refresh_from_db()
    assert not manager.is_superuser
    assert not User.objects.filter(username="x").exists()
    assert not Supplier.objects.filter(code="S-9").exists()


def test_ones_own_password_is_changed_on_its_page(client, admin):
    client.force_login(admin)

    answer = client.get(reverse("admin:password_change"))

    assert (answer.status_code, answer.url) == (302, reverse("account_change_password"))


def test_lost_second_factors_are_taken_away_by_who_runs_the_server(manager):
    User.objects.filter(pk=manager.pk).update(email="manager@example.com")
    Authenticator.objects.create(user=manager, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})

    call_command("remove_second_factors", "manager")

    assert not Authenticator.objects.exists()
    assert Event.objects.get(stream="user:manager").data == {"type": "totp"}
    assert [message.to for message in mail.outbox] == [["manager@example.com"]]
