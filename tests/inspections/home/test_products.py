"""The pages of a product and of a supplier, which show their batches."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from inspections.home.page import Tally, tally_of
from inspections.models import Batch
from inspections.specification.services.versions import activate_specification, draft_specification
from suppliers.services import update_product, update_supplier
from tests.factories import (
    KETTLE,
    NOON,
    SCHEME,
    after,
    answer_hold,
    inspect,
    make_batch,
    make_product,
    make_supplier,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def batches(product, inspector):
    """One held, one accepted, one awaiting; and one of a rival that is held too."""
    held, accepted, awaiting = (make_batch(f"B-{n}", product=product) for n in (1, 2, 3))
    inspect(held, actor=inspector, LEAK=[3])
    inspect(accepted, actor=inspector)
    rival = make_batch("RIVALS-BATCH", product=None)
    inspect(rival, actor=inspector, LEAK=[1])
    return held, accepted, awaiting


def test_a_supplier_page_counts_its_own_batches(batches, supplier):
    assert tally_of(supplier, since=NOON) == Tally(
        awaiting=1, on_hold=1, registered=3, accepted_at_first=1, rejected_at_first=1
    )


def test_what_is_older_counts_only_while_it_waits_or_is_held(batches, supplier):
    assert tally_of(supplier, since=after(1)) == Tally(
        awaiting=1, on_hold=1, registered=0, accepted_at_first=0, rejected_at_first=0
    )


def test_a_reinspection_does_not_change_what_the_first_submission_brought(batches, supplier, inspector):
    answer_hold(batches[0].holds.get())
    inspect(batches[0], actor=make_user(Role.QC), at=after(60))

    tally = tally_of(supplier, since=NOON)
    assert (tally.on_hold, tally.accepted_at_first, tally.rejected_at_first) == (0, 1, 1)


def test_the_page_of_a_supplier_shows_its_holds_products_and_batches(
    client, inspector, supplier_user, batches, supplier
):
    for user in (inspector, supplier_user):
        client.force_login(user)

        page = client.get(reverse("supplier-detail", args=[supplier.code])).content.decode()

        for number in ("B-1", "B-2", "B-3"):
            assert reverse("batch-detail", args=[number]) in page
        assert reverse("hold-detail", args=[batches[0].holds.get().uid]) in page
        assert reverse("product-detail", args=["HL-KT17-W"]) in page
        assert "RIVALS-BATCH" not in page


def test_the_numbers_of_a_supplier_lead_to_what_they_count(client, manager, batches, supplier):
    client.force_login(manager)

    stats = client.get(reverse("supplier-detail", args=[supplier.code])).context["stats"]

    for stat in stats:
        assert client.get(stat["url"]).content.decode().count('class="table__main"') == int(stat["value"])


def test_the_page_of_a_product_shows_markets_versions_and_batches(client, manager, product, batches):
    draft_specification(product=product, characteristics=KETTLE, scheme=SCHEME, actor=manager, at=NOON)
    client.force_login(manager)

    page = client.get(reverse("product-detail", args=[product.sku])).content.decode()

    for link in (
        reverse("specification-detail", args=[product.sku, 1]),
        reverse("specification-detail", args=[product.sku, 2]),
        reverse("batch-detail", args=["B-3"]),
        reverse("supplier-detail", args=["HAILAN"]),
        reverse("product-edit", args=[product.sku]),
    ):
        assert f'href="{link}"' in page
    assert "US · United States" in page
    assert "RIVALS-BATCH" not in page


def test_a_product_without_a_specification_says_what_is_missing(client, inspector, supplier):
    make_product("HL-BARE", supplier=supplier)
    client.force_login(inspector)

    page = client.get(reverse("product-detail", args=["HL-BARE"])).content.decode()

    assert "Without an active specification a batch cannot be inspected" in page
    assert reverse("batch-create") not in page


def test_a_supplier_does_not_see_a_draft_nor_who_may_edit(client, manager, supplier_user, product):
    draft_specification(product=product, characteristics=KETTLE, scheme=SCHEME, actor=manager, at=NOON)
    client.force_login(supplier_user)

    page = client.get(reverse("product-detail", args=[product.sku])).content.decode()

    assert reverse("specification-detail", args=[product.sku, 1]) in page
    assert ">v2<" not in page
    for name in ("specification-edit", "product-edit"):
        assert f'href="{reverse(name, args=[product.sku])}"' not in page


def test_who_of_the_team_did_what_is_told_within_the_team(
    client, manager, merchandiser, supplier_user, product, supplier
):
    manager.first_name, manager.last_name = "Quentin", "Zheng"
    manager.save()
    update_supplier(supplier=supplier, name="H", name_zh="", contact_email="", actor=manager, at=NOON)
    update_product(
        product=product, name="K", name_zh="", category=product.category, merchandiser=manager, model_code="",
        new_markets=["UK"],
        actor=manager, at=NOON,
    )  # fmt: skip
    draft = draft_specification(product=product, characteristics=KETTLE, scheme=SCHEME, actor=manager, at=NOON)
    activate_specification(specification=draft, actor=manager, at=NOON)
    pages = [
        reverse("product-list"),
        reverse("product-detail", args=[product.sku]),
        reverse("supplier-detail", args=[supplier.code]),
        reverse("specification-detail", args=[product.sku, 2]),
    ]
    named = {}
    for user in (merchandiser, supplier_user):
        client.force_login(user)
        named[user.username] = ["Quentin Zheng" in client.get(page).content.decode() for page in pages]

    assert named == {"merchandiser": [True] * 4, "supplier": [False] * 4}


def test_what_is_not_ones_own_is_not_there(client, supplier_user, rival_supplier, product, supplier):
    pages = [reverse("product-detail", args=[product.sku]), reverse("supplier-detail", args=[supplier.code])]
    seen = {}
    for user in (supplier_user, rival_supplier):
        client.force_login(user)
        seen[user.username] = [client.get(page).status_code for page in pages]

    assert seen == {"supplier": [200, 200], "rival": [404, 404]}


@pytest.mark.parametrize(("name", "queries"), [("product-detail", 12), ("supplier-detail", 15)])
def test_a_page_takes_a_constant_number_of_queries(
    client, manager, product, inspector, supplier, name, queries, django_assert_num_queries
):
    client.force_login(manager)
    address = reverse(name, args=[product.sku if name == "product-detail" else supplier.code])
    for count in (1, 3):
        while Batch.objects.count() < count:
            inspect(make_batch(product=product), actor=inspector, LEAK=[1])
            make_product(supplier=supplier)
        with django_assert_num_queries(queries):
            client.get(address)


def test_a_code_in_chinese_is_an_address_like_any_other(client, manager):
    make_product("水壶-1", supplier=make_supplier("海岚"))
    client.force_login(manager)

    assert client.get(reverse("supplier-detail", args=["海岚"])).status_code == 200
    assert client.get(reverse("product-detail", args=["水壶-1"])).status_code == 200
