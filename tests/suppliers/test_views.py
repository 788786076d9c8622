"""The lists and forms of suppliers and products."""

import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.roles import Role
from suppliers.models import Listing, Product, Supplier
from tests.factories import make_product, make_supplier, make_user

pytestmark = pytest.mark.django_db


def shown(response) -> list[str]:
    """The first column of the list, in order."""
    return re.findall(r'class="table__main"[^>]*>([^<]+)<', response.content.decode())


def product_data(**values) -> dict:
    return {
        "sku": "LAMP", "supplier": "HAILAN", "name": "Desk lamp", "name_zh": "台灯", "category": "lighting",
        "merchandiser": "merchandiser", "markets": ["US", "EU-DE"],
    } | values  # fmt: skip


def test_a_supplier_is_created_and_changed_and_that_is_on_the_record(client, merchandiser, event_kinds):
    client.force_login(merchandiser)
    data = {"code": "BAIXI", "name": "Baixi Cosmetics", "name_zh": "百希", "contact_email": "qa@example.com"}

    created = client.post(reverse("supplier-create"), data)
    client.post(reverse("supplier-edit", args=["BAIXI"]), data | {"name": "Baixi", "code": "OTHER"})
    client.post(reverse("supplier-edit", args=["BAIXI"]), data | {"name": "Baixi"})

    supplier = Supplier.objects.get()
    assert created.url == "/suppliers/BAIXI/"
    assert (supplier.code, supplier.name, supplier.name_zh, supplier.contact_email) == (
        "BAIXI", "Baixi", "百希", "qa@example.com",
    )  # fmt: skip
    assert event_kinds("supplier:BAIXI") == ["supplier.created", "supplier.changed"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"code": "HAILAN"}, "There is a supplier HAILAN already"),
        ({"code": "a b"}, "Use 1 to 40 letters"),
        ({"code": "../x"}, "Use 1 to 40 letters"),
        ({"code": "+"}, "Use 1 to 40 letters"),
        ({"code": "x" * 41}, "at most 40"),
        ({"name": ""}, "This field is required"),
        ({"contact_email": "nobody"}, "Enter a valid email address"),
    ],
)
def test_a_supplier_that_cannot_be_is_refused_and_what_was_typed_stays(client, merchandiser, supplier, values, message):
    client.force_login(merchandiser)
    data = {"code": "NEW", "name": "New Works", "name_zh": "新厂", "contact_email": ""} | values

    page = client.post(reverse("supplier-create"), data).content.decode()

    assert message in page
    assert 'value="新厂"' in page
    assert list(Supplier.objects.all()) == [supplier]


def test_suppliers_are_found_by_code_and_by_either_name(client, inspector, supplier):
    make_supplier("RIVAL", name="Rival Works")
    client.force_login(inspector)
    page = reverse("supplier-list")

    assert shown(client.get(page)) == ["Hailan Electric", "Rival Works"]
    assert [shown(client.get(page, {"q": q})) for q in ("hail", "works", "无")] == [
        ["Hailan Electric"], ["Rival Works"], [],
    ]  # fmt: skip


def test_members_are_added_by_name_or_e_mail_and_removed(client, manager, supplier, event_kinds):
    client.force_login(manager)
    make_user(Role.SUPPLIER, "wang")
    li = make_user(Role.SUPPLIER, "li")
    li.email = "li@example.com"
    li.save()
    page = reverse("supplier-members", args=[supplier.code])

    client.post(page, {"user": " wang "})
    client.post(page, {"user": "LI@example.com"})
    assert shown(client.get(page)) == ["li", "wang"]
    client.post(reverse("member-remove", args=[supplier.code, "li"]))

    assert [user.username for user in supplier.members.all()] == ["wang"]
    assert event_kinds("supplier:HAILAN") == [
        "supplier.created", "membership.added", "membership.added", "membership.removed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ("nobody", "There is no supplier account with the name or e-mail nobody"),
        ("inspector", "There is no supplier account"),  # of the team: it sees everything anyway
        ("supplier", "is a member already"),
        ("", "This field is required"),
    ],
)
def test_who_cannot_be_a_member_is_refused(client, manager, inspector, supplier, supplier_user, user, message):
    client.force_login(manager)

    page = client.post(reverse("supplier-members", args=[supplier.code]), {"user": user}).content.decode()

    assert message in page
    assert [member.username for member in supplier.members.all()] == ["supplier"]


def test_who_is_no_member_any_more_sees_nothing(client, manager, supplier, product, supplier_user):
    client.force_login(supplier_user)
    assert shown(client.get(reverse("product-list"))) == ["HL-KT17-W"]
    client.force_login(manager)
    client.post(reverse("member-remove", args=[supplier.code, "supplier"]))
    client.force_login(supplier_user)

    assert shown(client.get(reverse("product-list"))) == []


def test_a_product_is_created_with_its_markets(client, merchandiser, supplier, event_kinds):
    client.force_login(merchandiser)

    response = client.post(reverse("product-create"), product_data())

    product = Product.objects.get()
    assert response.url == "/products/LAMP/"
    assert (product.supplier, product.merchandiser, product.category.code) == (supplier, merchandiser, "lighting")
    assert [listing.market.code for listing in product.listings.order_by("market__code")] == ["EU-DE", "US"]
    assert event_kinds("product:LAMP") == ["product.created"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sku": "HL-KT17-W"}, "There is a product HL-KT17-W already"),
        ({"sku": "a/b"}, "Use 1 to 60 letters"),
        ({"supplier": "NOBODY"}, "Select a valid choice"),
        ({"category": ""}, "This field is required"),
        ({"markets": ["MARS"]}, "MARS is not one of the available choices"),
        ({"merchandiser": "inspector"}, "Select a valid choice"),
    ],
)
def test_a_product_that_cannot_be_is_refused_and_what_was_typed_stays(
    client, merchandiser, inspector, product, values, message
):
    client.force_login(merchandiser)

    page = client.post(reverse("product-create"), product_data(**values)).content.decode()

    assert message in page
    assert 'value="台灯"' in page
    assert list(Product.objects.all()) == [product]


def test_a_product_is_changed_and_listed_in_more_markets(client, merchandiser, product, event_kinds):
    client.force_login(merchandiser)
    page = reverse("product-edit", args=[product.sku])
    data = {"name": "Kettle", "name_zh": "水壶", "category": "home_general", "merchandiser": "merchandiser"}
    assert 'value="US"' not in client.get(page).content.decode()  # it has it already

    client.post(page, data | {"markets": ["UK"], "sku": "OTHER", "supplier": "OTHER"})

    product.refresh_from_db()
    assert (product.sku, product.name, product.category.code, product.merchandiser) == (
        "HL-KT17-W", "Kettle", "home_general", merchandiser,
    )  # fmt: skip
    assert sorted(Listing.objects.values_list("market__code", flat=True)) == ["UK", "US"]
    assert event_kinds("product:HL-KT17-W")[-2:] == ["product.changed", "listing.added"]


def test_products_are_found_by_supplier_category_market_and_words(client, inspector, product):
    rival = make_supplier("RIVAL", name="Rival Works")
    make_product("RV-1", supplier=rival, markets=["SG", "UK"])
    client.force_login(inspector)
    queries = [
        {}, {"supplier": "RIVAL"}, {"category": "electrical_appliance"}, {"category": "toys"}, {"market": "US"},
        {"market": "SG"}, {"q": "rv-"}, {"q": "电热"}, {"supplier": "RIVAL", "market": "US"}, {"supplier": "NOBODY"},
    ]  # fmt: skip

    found = [shown(client.get(reverse("product-list"), query)) for query in queries]

    both = ["HL-KT17-W", "RV-1"]
    assert found == [both, ["RV-1"], both, both, ["HL-KT17-W"], ["RV-1"], ["RV-1"], both, [], both]


def test_a_long_list_has_pages_that_keep_the_search(client, inspector, supplier):
    for number in range(51):
        make_product(f"P-{number:03}", supplier=supplier)
    client.force_login(inspector)

    first = client.get(reverse("product-list"), {"q": "P-"})
    following = unescape(re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1])
    second = client.get(reverse("product-list") + following)

    assert (len(shown(first)), shown(second)) == (50, ["P-050"])
    assert "51–51 of 51" in second.content.decode()


@pytest.mark.parametrize(("name", "queries"), [("product-list", 11), ("supplier-list", 7)])
def test_a_list_takes_a_constant_number_of_queries(client, manager, supplier, name, queries, django_assert_num_queries):
    client.force_login(manager)
    for count in (1, 3):
        while Product.objects.count() < count:
            make_product(supplier=make_supplier(), markets=["US", "UK"])
        with django_assert_num_queries(queries):
            client.get(reverse(name))


def test_a_supplier_sees_its_own_products_and_the_filters_name_no_other(client, supplier_user, product, rival_supplier):
    make_product("RV-1", supplier=rival_supplier.suppliers.get())
    client.force_login(supplier_user)

    lists = [client.get(reverse("product-list"), query) for query in ({}, {"supplier": "RIVAL"}, {"q": "RV"})]

    assert [shown(response) for response in lists] == [["HL-KT17-W"], ["HL-KT17-W"], []]
    assert all("Rival" not in response.content.decode() for response in lists)
    assert "Rival" not in client.get(reverse("supplier-list")).content.decode()


def test_who_may_open_what(client, product, supplier, inspector, manager, merchandiser, supplier_user, rival_supplier):
    pages = [
        reverse("supplier-list"),
        reverse("product-list"),
        reverse("supplier-create"),
        reverse("supplier-edit", args=[supplier.code]),
        reverse("supplier-members", args=[supplier.code]),
        reverse("product-create"),
        reverse("product-edit", args=[product.sku]),
    ]
    seen = {}
    for user in (inspector, manager, merchandiser, supplier_user, rival_supplier):
        client.force_login(user)
        seen[user.username] = [client.get(page).status_code for page in pages]
        assert client.get("/suppliers/NOBODY/edit/").status_code == 404

    manages, reads = [200] * 7, [200, 200, 403, 403, 403, 403, 403]
    assert seen == {
        "inspector": reads, "manager": manages, "merchandiser": manages, "supplier": reads,
        "rival": [200, 200, 403, 404, 404, 403, 404],
    }  # fmt: skip


def test_reading_roles_write_nothing(client, inspector, supplier_user, supplier, product):
    writes = [
        (reverse("supplier-create"), {"code": "NEW", "name": "New"}),
        (reverse("supplier-edit", args=[supplier.code]), {"name": "New"}),
        (reverse("supplier-members", args=[supplier.code]), {"user": "supplier"}),
        (reverse("member-remove", args=[supplier.code, "supplier"]), {}),
        (reverse("product-create"), product_data()),
        (reverse("product-edit", args=[product.sku]), product_data()),
    ]
    for user in (inspector, supplier_user):
        client.force_login(user)
        assert {client.post(page, data).status_code for page, data in writes} == {403}

    assert [s.name for s in Supplier.objects.all()] == ["Hailan Electric"]
    assert supplier.memberships.count() == 1
    assert [p.name for p in Product.objects.all()] == ["Electric kettle 1.7 L"]
