"""Suppliers, their people and their products over the API."""

import pytest

from accounts.roles import Role
from activity.models import Event
from suppliers.models import Membership
from tests.caller import Caller, fields
from tests.factories import make_product, make_user

pytestmark = pytest.mark.django_db

PERSONAS = [
    ("inspector", 403), ("manager", 200), ("merchandiser", 200), ("supplier_user", 403), ("rival_supplier", 404), ("admin", 200),
]  # fmt: skip


@pytest.fixture
def merchant(merchandiser):
    return Caller(merchandiser)


def test_what_may_change_of_a_supplier_changes_and_the_rest_stays(supplier, merchant):
    before = merchant.send("GET", "suppliers/HAILAN/")[1]

    status, changed = merchant.send(
        "PATCH", "suppliers/HAILAN/", {"name_zh": "海蓝", "contact_email": "qc@hailan.example"}
    )

    assert (status, changed) == (200, before | {"name_zh": "海蓝", "contact_email": "qc@hailan.example"})
    told = Event.objects.get(kind="supplier.changed")
    assert sorted(told.data["changes"]) == ["contact_email", "name_zh"]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"code": "NEW"}, "code", "unknown_field"),
        ({"name": ""}, "name", "blank"),
        ({"contact_email": "nobody"}, "contact_email", "invalid"),
    ],
)
def test_what_may_not_is_refused_by_field(supplier, merchant, body, field, code):
    status, answer = merchant.send("PATCH", "suppliers/HAILAN/", body)

    assert (status, fields(answer)) == (400, [(field, code)])


def test_people_come_and_go(supplier, supplier_user, merchant):
    person = make_user(Role.SUPPLIER, "lin")
    path = "suppliers/HAILAN/members/"

    status, member = merchant.send("POST", path, {"user": "lin"}, key="one")
    assert (status, member) == (201, {"user": "lin", "name": person.display_name})
    assert merchant.send("POST", path, {"user": "lin"}, key="one") == (201, member)
    assert [row["user"] for row in merchant.send("GET", path)[1]["results"]] == ["lin", "supplier"]
    assert Caller(person).send("GET", "suppliers/HAILAN/")[0] == 200
    for name, code in (("lin", "duplicate"), ("inspector", "unknown_account")):
        status, answer = merchant.send("POST", path, {"user": name})
        assert (status, fields(answer)) == (400, [("user", code)])

    assert merchant.send("DELETE", f"{path}lin/") == (204, None)
    assert merchant.send("DELETE", f"{path}lin/")[0] == 404
    assert Caller(person).send("GET", "suppliers/HAILAN/")[0] == 404
    assert [row.user for row in Membership.objects.all()] == [supplier_user]


def test_what_may_change_of_a_product_changes_and_the_rest_stays(supplier, merchandiser, merchant):
    product = make_product("KT", supplier=supplier, markets=("US",))
    before = merchant.send("GET", "products/KT/")[1]

    status, changed = merchant.send(
        "PATCH",
        "products/KT/",
        {"name": "Kettle", "merchandiser": "merchandiser", "model": "K1", "markets": ["US", "UK"]},
    )

    assert (status, changed) == (200, before | {"name": "Kettle", "model": "K1", "markets": ["UK", "US"]})
    product.refresh_from_db()
    assert product.merchandiser == merchandiser
    assert merchant.send("PATCH", "products/KT/", {"category": "toys"})[1] == changed | {"category": "toys"}
    product.refresh_from_db()
    assert product.merchandiser == merchandiser
    merchant.send("PATCH", "products/KT/", {"merchandiser": None})
    product.refresh_from_db()
    assert product.merchandiser is None


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"sku": "NEW"}, "sku", "unknown_field"),
        ({"supplier": "RIVAL"}, "supplier", "unknown_field"),
        ({"category": "none"}, "category", "unknown_category"),
        ({"markets": ["MARS"]}, "markets", "unknown_market"),
        ({"merchandiser": "supplier"}, "merchandiser", "unknown_account"),
    ],
)
def test_a_product_is_not_changed_into_what_cannot_be(supplier, supplier_user, merchant, body, field, code):
    make_product("KT", supplier=supplier)

    status, answer = merchant.send("PATCH", "products/KT/", body)

    assert (status, fields(answer)) == (400, [(field, code)])
    assert not Event.objects.filter(kind="product.changed").exists()


@pytest.mark.parametrize(("persona", "status"), PERSONAS)
def test_who_may_change_suppliers_people_and_products(request, supplier, persona, status):
    make_product("KT", supplier=supplier)
    make_user(Role.SUPPLIER, "lin")
    caller = Caller(request.getfixturevalue(persona))

    answers = [
        caller.send("PATCH", "suppliers/HAILAN/", {"name": "Other"})[0],
        caller.send("GET", "suppliers/HAILAN/members/")[0],
        caller.send("POST", "suppliers/HAILAN/members/", {"user": "lin"})[0],
        caller.send("DELETE", "suppliers/HAILAN/members/lin/")[0],
        caller.send("PATCH", "products/KT/", {"name": "Other"})[0],
    ]

    assert answers == ([200, 200, 201, 204, 200] if status == 200 else [status] * 5)
