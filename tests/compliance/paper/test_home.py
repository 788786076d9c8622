"""Papers on the page of the day: what waits for whom, and nothing of others."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from compliance.models import ChecklistItem, ItemState, Waiver
from compliance.paper.page.home import SHOWN, waiting_today
from compliance.waiver.services import request_waiver
from tests.compliance.factories import listing_of, look_at, submit
from tests.factories import NOON, make_product

pytestmark = pytest.mark.django_db
MANUAL = "gl-english-manual"


@pytest.fixture
def listing(catalogue, supplier):
    return listing_of(make_product("KT", supplier=supplier))


def page(user) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("home")).content.decode()


def ask_for_waiver(listing, actor):
    item = ChecklistItem.objects.filter(listing=listing, state=ItemState.MISSING, requirement__is_ban=False).first()
    return request_waiver(
        listing=listing, requirement=item.requirement, reason="In print", limit="500", expires_on=NOON.date() + timedelta(30),
        actor=actor, at=NOON,
    )  # fmt: skip


def test_a_supplier_is_asked_for_the_papers_of_its_own_products(listing, supplier_user, rival_supplier):
    make_product("RIVAL", supplier=rival_supplier.suppliers.get())

    asked = waiting_today(supplier_user).wanted
    assert (len(asked.rows), {item.listing for item in asked.rows}) == (SHOWN, {listing})
    assert asked.more == ChecklistItem.objects.filter(listing=listing, acts_next="supplier").count() - SHOWN
    shown = page(supplier_user)
    first = asked.rows[0].requirement
    assert reverse("evidence-create") + f"?requirement={first.key}&amp;listing=KT:US" in shown
    assert [text in shown for text in (first.name, "Papers asked of you", "RIVAL", "Nothing waits for you")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert "RIVAL" in page(rival_supplier)


def test_a_paper_leaves_the_supplier_s_day_and_enters_that_of_who_looks_at_it_next(
    listing, supplier_user, inspector, manager
):
    evidence = look_at(submit(MANUAL, listing))

    assert MANUAL not in {item.requirement.key for item in waiting_today(supplier_user).wanted.rows}
    [paper] = waiting_today(inspector).to_check.rows
    assert (paper, paper.names_in_short) == (evidence, ["KT · US"])
    assert reverse("checking-paper", args=[evidence.uid]) in page(inspector)
    evidence.state, evidence.checked_by, evidence.checked_at = "checked", inspector, NOON
    evidence.save()
    assert waiting_today(inspector).to_check.rows == []
    assert waiting_today(manager).to_check.rows == [evidence]


def test_a_waiver_waits_for_the_second_person(listing, merchandiser, manager, inspector):
    waiver = ask_for_waiver(listing, merchandiser)

    waits = {user.username: waiting_today(user).waivers.rows for user in (merchandiser, manager, inspector)}
    assert waits == {merchandiser.username: [], manager.username: [waiver], inspector.username: []}
    assert reverse("waiver-detail", args=[waiver.uid]) in page(manager)


def test_a_merchandiser_brings_what_its_own_products_want(listing, supplier, merchandiser, manager):
    product = make_product("OTHER", supplier=supplier)
    product.merchandiser = manager
    product.save()
    ChecklistItem.objects.filter(requirement__key=MANUAL).update(acts_next="merchandiser")

    brought = waiting_today(merchandiser).wanted
    assert ({item.listing for item in brought.rows}, brought.more) == ({listing}, 0)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("persona", "statements"), [("inspector", 1), ("manager", 3), ("merchandiser", 3), ("supplier_user", 2)]
)
def test_papers_add_at_most_three_statements_to_the_page(
    request, listing, supplier, inspector, manager, admin, django_assert_num_queries, persona, statements, count
):
    for number in range(count):
        other = listing_of(make_product(f"KT-{number}", supplier=supplier))
        submit(MANUAL, other)
        ask_for_waiver(other, admin)
    ChecklistItem.objects.filter(requirement__key="gl-product-identity-photos").update(acts_next="merchandiser")
    user = request.getfixturevalue(persona)
    assert (user.role is not None, user.has_perm("unknown")) == (True, False)  # what every page has asked before

    with django_assert_num_queries(statements):
        waiting = waiting_today(user)
        told = [(item.requirement.name, item.listing.product.name, item.listing.market.code, item.evidence)
                for item in waiting.wanted.rows]  # fmt: skip
        told += [(paper.requirement.name, paper.document.supplier.name) for paper in waiting.to_check.rows]
        told += [(waiver.listing.product.sku, waiver.requested_by.username) for waiver in waiting.waivers.rows]
    assert told != []
    assert Waiver.objects.count() == count
