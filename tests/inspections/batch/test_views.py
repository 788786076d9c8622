"""The list of batches, one batch, and registering one."""

import re

import pytest
from django.urls import reverse

from inspections.batch.services.shipments import ship
from inspections.models import Batch
from tests.factories import after, inspect, make_batch, make_product, make_specification, make_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def rival_batch(rival_supplier):
    product = make_product("RV-1", supplier=rival_supplier.suppliers.get())
    make_specification(product)
    return make_batch("RIVAL-001", product=product)


def numbers(response):
    return [batch.number for batch in response.context["list"].page]


# Who may


@pytest.mark.parametrize(
    ("persona", "listed"),
    [
        ("inspector", ["RIVAL-001", "B-2611-042"]),
        ("manager", ["RIVAL-001", "B-2611-042"]),
        ("merchandiser", ["RIVAL-001", "B-2611-042"]),
        ("admin", ["RIVAL-001", "B-2611-042"]),
        ("supplier_user", ["B-2611-042"]),
        ("rival_supplier", ["RIVAL-001"]),
    ],
)
def test_the_list_holds_what_is_ones_own(request, client, batch, rival_batch, persona, listed):
    client.force_login(request.getfixturevalue(persona))

    response = client.get(reverse("batch-list"))

    assert numbers(response) == listed
    assert response.context["chips"][0]["label"] == f"All {len(listed)}"


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("inspector", 200),
        ("manager", 200),
        ("merchandiser", 200),
        ("admin", 200),
        ("supplier_user", 200),
        ("rival_supplier", 404),
    ],
)
def test_who_sees_a_batch(request, client, batch, persona, status):
    client.force_login(request.getfixturevalue(persona))

    assert client.get(reverse("batch-detail", args=[batch.number])).status_code == status


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("inspector", 302),
        ("manager", 302),
        ("merchandiser", 302),
        ("admin", 302),
        ("supplier_user", 403),
        ("rival_supplier", 403),
    ],
)
def test_who_registers_a_batch(request, client, product, persona, status):
    client.force_login(request.getfixturevalue(persona))

    response = client.post(reverse("batch-create"), {"number": "NEW-1", "product": product.sku, "quantity": "100"})

    assert response.status_code == status
    assert Batch.objects.filter(number="NEW-1").exists() == (status == 302)


def test_a_supplier_reads_neither_shipments_nor_names_of_the_team(
    client, batch, inspector, merchandiser, supplier_user
):
    inspect(batch, actor=inspector)
    ship(batch=batch, quantity=137, reference="SO-77231", actor=merchandiser, at=after(1))
    url = reverse("batch-detail", args=[batch.number])
    client.force_login(merchandiser)
    told = client.get(url).content.decode()
    client.force_login(supplier_user)
    page = re.sub(r"<path[^>]*>", "", client.get(url).content.decode())  # a curve has every number in it

    secrets = ["SO-77231", "137", inspector.username]
    assert [secret in told for secret in secrets] == [True, True, True]
    assert [secret in page for secret in secrets] == [False, False, False]


# Looking for a batch


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["KET-2", "KET-1", "B-2611-042"]),
        ("q=ket-", ["KET-2", "KET-1"]),
        ("q=KET- PO-9", ["KET-2"]),
        ("q= ket-1 ", ["KET-1", "KET-2"]),
        ("q=rw-kettle", ["KET-2", "KET-1"]),
        ("q=海岚", ["B-2611-042"]),
        ("state=on_hold", ["KET-1"]),
        ("state=nonsense", ["KET-2", "KET-1", "B-2611-042"]),
        ("product=HL-KT17-W", ["B-2611-042"]),
        ("supplier=RW&state=awaiting", ["KET-2"]),
        ("page=9", ["KET-2", "KET-1", "B-2611-042"]),
    ],
)
def test_the_list_is_searched_and_filtered(client, batch, inspector, query, found):
    maker = make_supplier("RW", name="Riverside Works")
    maker.name_zh = ""
    maker.save()
    product = make_product("RW-KETTLE", supplier=maker)
    make_specification(product)
    stopped = make_batch("KET-1", product=product)
    make_batch("KET-2", product=product, po_number="PO-9 KET-1")
    inspect(stopped, actor=inspector, LEAK=[3])
    client.force_login(inspector)

    response = client.get(
        reverse("batch-list"), query_params=dict(part.split("=") for part in query.split("&") if part)
    )

    assert numbers(response) == found


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_seven_statements(client, batch, inspector, django_assert_num_queries, count):
    inspect(batch, actor=inspector, LEAK=[3])
    for _ in range(count - 1):
        inspect(make_batch(), actor=inspector)
    client.force_login(inspector)

    with django_assert_num_queries(7):
        response = client.get(reverse("batch-list"))

    assert len(numbers(response)) == count


# One batch


@pytest.mark.parametrize("rounds", [1, 3])
def test_a_batch_takes_eighteen_statements(client, batch, inspector, django_assert_num_queries, rounds):
    for number in range(rounds):
        inspect(batch, actor=inspector, at=after(number), LEAK=[3])
    client.force_login(inspector)

    with django_assert_num_queries(18):
        response = client.get(reverse("batch-detail", args=[batch.number]))

    assert len(response.context["rounds"]) == rounds


def test_the_page_of_a_new_batch_shows_the_plan_of_its_first_round(client, batch, inspector):
    client.force_login(inspector)

    plan = client.get(reverse("batch-detail", args=[batch.number])).context["plan"]

    assert (plan.is_next, plan.inspection.round, plan.sample_size) == (True, 1, 80)
    assert [(name, p.sample_size, p.acceptance, p.rejection) for name, p in plan.classes] == [
        ("critical", 80, 0, 1),
        ("major", 80, 5, 6),
        ("minor", 80, 7, 8),
    ]


def test_a_product_without_specification_says_what_is_missing(client, supplier, inspector):
    batch = make_batch("BARE-1", product=make_product("BARE", supplier=supplier))
    client.force_login(inspector)

    response = client.get(reverse("batch-detail", args=[batch.number]))

    assert "no active specification" in response.content.decode()


# Registering


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "B-2611-042"}, "number"),
        ({"number": "a b"}, "number"),
        ({"product": "NOPE"}, "product"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-5"}, "quantity"),
        ({"quantity": "1000000001"}, "quantity"),
        ({"quantity": "ten"}, "quantity"),
        ({"quantity": "1e3"}, "quantity"),
        ({"cartons": "101"}, "cartons"),
        ({"produced_on": "yesterday"}, "produced_on"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_typed_is_lost(client, batch, inspector, change, field):
    client.force_login(inspector)
    typed = {"number": "NEW-1", "product": "HL-KT17-W", "quantity": "100", "po_number": "PO-5150"} | change

    response = client.post(reverse("batch-create"), typed)

    assert list(response.context["form"].errors) == [field]
    assert "PO-5150" in response.content.decode()
    assert Batch.objects.count() == 1


def test_full_width_digits_are_a_quantity(client, product, inspector):
    client.force_login(inspector)

    client.post(reverse("batch-create"), {"number": "NEW-1", "product": product.sku, "quantity": "１２０"})

    assert Batch.objects.get().quantity == 120
