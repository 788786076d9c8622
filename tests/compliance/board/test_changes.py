"""What changes in the next 12 months: each with its day, where that is known from, and whom it touches."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from compliance.board.page.changes import changes
from compliance.catalogue.services.reference import edit_entry
from compliance.catalogue.services.requirements import decide_proposal
from compliance.declaration.services import declare
from compliance.models import DeclarationKind, ProposedChange, ReferenceEntry
from compliance.reading.declared import Row
from suppliers.models import Category
from suppliers.services import create_product
from tests.caller import Caller
from tests.compliance.factories import accept, answer_all, change, listing_of, submit
from tests.factories import NOON, make_product, make_user

pytestmark = pytest.mark.django_db
SOON = date(2027, 3, 1)


@pytest.fixture
def kettle(catalogue, supplier):
    product = make_product("KT", supplier=supplier, markets=["EU-DE", "US"])
    answer_all(product, yes=("mains_powered",))
    return product


def touched(user, kind: str, key: str) -> list[tuple[date, tuple]]:
    return [(one.day, one.listings) for one in changes(user, at=NOON) if (one.kind, one.key) == (kind, key)]


def test_a_law_that_begins_or_ends_touches_the_listings_to_which_it_applies(kettle, merchandiser):
    change("eu-emc", applies_from=SOON.isoformat())
    change("us-food-contact", applies_until=SOON.isoformat())
    change("eu-rohs", applies_from="2029-01-01")

    assert touched(merchandiser, "begins", "eu-emc") == [(SOON, (("KT", "EU-DE"),))]
    assert touched(merchandiser, "ends", "us-food-contact") == [(date(2027, 3, 2), ())]
    assert touched(merchandiser, "begins", "eu-rohs") == []


def test_an_edition_touches_those_whose_paper_is_of_an_older_one(kettle, supplier, merchandiser):
    other = make_product("KT-2", supplier=supplier, markets=["EU-DE"])
    answer_all(other, yes=("mains_powered",))
    accept(submit("eu-emc", listing_of(kettle, "EU-DE"), edition="EN 55014-1:2006"))
    accept(submit("eu-emc", listing_of(other, "EU-DE"), edition="EN 55014-1:2021"))
    change("eu-emc", edition="EN 55014-1:2021", edition_from=SOON.isoformat())

    assert touched(merchandiser, "edition", "eu-emc") == [(SOON, (("KT", "EU-DE"),))]


def test_a_restriction_that_begins_touches_whose_formula_may_hold_it(catalogue, supplier, supplier_user, merchandiser):
    category = Category.objects.get(code="beauty_cosmetics")
    serum = create_product(
        sku="SR", name="Serum", supplier=supplier, category=category, markets=["EU-DE"], actor=None, at=NOON
    )
    answer_all(serum)
    rows = [Row("Aqua", percent="99"), Row("Retinol", cas="68-26-8", percent="1")]
    declare(product=serum, kind=DeclarationKind.INGREDIENTS, rows=rows, actor=supplier_user, at=NOON)
    entry = ReferenceEntry.objects.get(data__cas="68-26-8", data__markets__contains="EU")
    edit_entry(
        table=entry.table,
        key=entry.key,
        values={"applies_from": SOON.isoformat()},
        is_active=True,
        reason="New",
        revision=entry.revision,
        actor=make_user(Role.ADMIN),
        at=NOON,
    )
    waiting = ProposedChange.objects.get(entry=entry, status="open")  # a later day stops fewer papers until then
    decide_proposal(proposal=waiting, apply=True, revision=entry.revision, actor=make_user(Role.ADMIN), at=NOON)

    assert touched(supplier_user, "restricted", entry.key) == [(SOON, (("SR", "EU-DE"),))]


def test_a_supplier_sees_what_touches_its_own_products_alone(kettle, supplier_user, rival_supplier):
    change("eu-emc", applies_from=SOON.isoformat())
    accept(submit("eu-gpsr-rp", listing_of(kettle, "EU-DE"), issued_on=date(2026, 1, 1), valid_to=date(2027, 2, 1)))

    assert {one.kind for one in changes(supplier_user, at=NOON)} == {"begins", "paper"}
    assert changes(rival_supplier, at=NOON) == []


def test_page_and_api_say_the_same(kettle, merchandiser):
    change("eu-emc", applies_from=SOON.isoformat())
    client = Client()
    client.force_login(merchandiser)

    page = client.get(reverse("change-list") + "?only=mine")
    status, rows = Caller(merchandiser).send("GET", "changes/")
    wrong, _problem = Caller(merchandiser).send("GET", "changes/?days=900")

    (row,) = [row for row in rows if row["key"] == "eu-emc"]
    assert (status, row["day"], row["kind"]) == (200, "2027-03-01", "begins")
    assert row["listings"] == [{"product": "KT", "market": "EU-DE"}]
    assert [one.key for _month, found in page.context["months"] for one in found if one.kind == "begins"] == ["eu-emc"]
    assert wrong == 400
