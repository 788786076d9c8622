"""The pages of returns: what they count, where their numbers lead, and what a supplier does not see."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inspections.batch.services.shipments import ship
from inspections.models import MarketReturn
from inspections.returns.page import Group, Span, find_returns, week_by, week_of
from inspections.returns.services.catches import set_catches
from inspections.returns.services.proposals import propose
from inspections.rules.escapes import Change
from tests.factories import NOON, after, bring_back, inspect, make_product, returned

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)
WHOLE = Span.of(MONDAY, MONDAY + timedelta(days=30))


@pytest.fixture
def shipped(batch, inspector, manager):
    inspect(batch, actor=inspector)
    ship(batch=batch, quantity=600, reference="SO-1", actor=manager, at=NOON - timedelta(days=10))
    return batch


@pytest.fixture
def weeks(shipped):
    """Six in the week, of which four leak; three in the week before; one of a rival."""
    day = MONDAY + timedelta(days=2)
    bring_back(
        *(
            returned(f"A-{n}", happened_on=day, carrier="USPS", order_reference=f"ORDER-{n}", note="SECRET")
            for n in range(4)
        ),
        returned("B-1", happened_on=day, reason="changed_mind", complaints=[], carrier="DHL", carton="C-1"),
        returned("B-2", happened_on=day, reason="logistics", complaints=["late", "leaks"]),
        *(returned(f"C-{n}", happened_on=day - timedelta(days=7), complaints=["noisy"]) for n in range(3)),
    )
    rivals = make_product("RIVAL-1")
    bring_back(returned("R-1", product=rivals.sku, happened_on=day), source="other")


def test_a_week_begins_on_monday():
    assert [week_of(MONDAY + timedelta(days=n)) for n in (0, 6, 7)] == [MONDAY, MONDAY, MONDAY + timedelta(days=7)]


def test_the_pareto_counts_points_and_compares_with_the_week_before(weeks, manager):
    own = find_returns(manager, product="HL-KT17-W")

    shipped = (600, 600)  # in the 30 days before either
    assert week_by(own, "complaint", WHOLE, product="HL-KT17-W") == [
        Group("leaks", Change(5, 0, *shipped), 5 / 6, 5 / 6), Group("late", Change(1, 0, *shipped), 1 / 6, 1.0),
        Group("noisy", Change(0, 3, *shipped), 0.0, 1.0),
    ]  # fmt: skip
    assert [(g.key, g.now, g.before, g.top, g.top_count) for g in week_by(own, "carrier", WHOLE)] == [
        ("USPS", 4, 0, "quality", 4), ("-", 1, 3, "logistics", 1), ("DHL", 1, 0, "changed_mind", 1),
    ]  # fmt: skip
    assert {g.key: g.now for g in week_by(find_returns(manager), "supplier", WHOLE)}["HAILAN"] == 6


def test_every_number_of_the_week_leads_to_its_records(client, weeks, manager):
    client.force_login(manager)
    for by in ("reason", "complaint", "supplier", "product", "carton", "carrier", "batch"):
        page = client.get(reverse("return-week"), {"day": "2026-11-18", "by": by})
        assert page.status_code == 200
        for row in page.context["rows"]:
            for url, count in ((row["url"], row["group"].now), (row["before_url"], row["group"].before)):
                assert client.get(url).context["list"].page.paginator.count == count, (by, url)
        for name, url in page.context["links"].items():
            assert client.get(url).context["list"].page.paginator.count == getattr(page.context["totals"], name)


def test_the_week_can_be_narrowed_and_says_what_is_chance(client, weeks, manager):
    client.force_login(manager)

    page = client.get(reverse("return-week"), {"day": "2026-11-18", "product": "HL-KT17-W"})

    text = page.content.decode()
    assert "6 units came back this week" in text
    assert [(r["label"], r["change"], r["chance"]) for r in page.context["rows"]] == [
        ("Leaks", "could be chance", "p = 0.062"), ("Came late", "could be chance", "p = 1"), ("Too loud", "could be chance", "p = 0.25"),
    ]  # fmt: skip
    assert "day=2026-11-09" in page.context["previous"]


def test_nonsense_in_the_address_is_left_out(client, weeks, manager):
    client.force_login(manager)

    assert client.get(reverse("return-week"), {"day": "soon", "by": "magic"}).status_code == 200
    assert client.get(reverse("return-list"), {"since": "x", "inspection": "y", "kind": "z"}).status_code == 200


def test_the_statements_of_a_page_do_not_grow(client, weeks, manager):
    client.force_login(manager)

    def statements(url: str, **query) -> int:
        client.get(url, query)
        with CaptureQueriesContext(connection) as captured:
            client.get(url, query)
        return len(captured)

    one = statements(reverse("return-list"), batch="B-2611-042", reason="logistics")
    assert one == statements(reverse("return-list"), batch="B-2611-042") <= 8
    assert statements(reverse("return-week"), day="2026-11-18", by="carrier") <= 10


def test_a_unit_and_its_batch(client, shipped, merchandiser, supplier_user):
    [stored] = bring_back(returned("R-1", delivered_on=date(2026, 11, 1)))
    page = reverse("return-detail", args=[stored.uid])
    client.force_login(supplier_user)
    assert client.post(page, {"batch": "B-2611-042"}).status_code == 403
    client.force_login(merchandiser)
    refused = client.post(page, {"batch": "NO-SUCH"})
    assert (refused.status_code, "has no batch NO-SUCH" in refused.content.decode()) == (400, True)

    assert client.post(page, {"batch": "B-2611-042"}).status_code == 302

    stored.refresh_from_db()
    assert stored.batch == shipped
    text = client.get(page).content.decode()
    assert "LEAK should have caught it" in text
    assert "named by hand" in text


def test_a_supplier_sees_reasons_and_counts_of_its_own_and_nothing_else(client, weeks, supplier_user, rival_supplier):
    own = MarketReturn.objects.filter(reference="A-1").get()
    client.force_login(supplier_user)
    pages = [
        client.get(reverse("product-returns", args=["HL-KT17-W"])),
        client.get(reverse("return-list")),
        client.get(reverse("return-detail", args=[own.uid])),
        client.get(reverse("batch-detail", args=["B-2611-042"])),
    ]
    assert [page.status_code for page in pages] == [200] * 4
    assert pages[1].context["list"].page.paginator.count == 9
    for page in pages:
        text = page.content.decode()
        assert "Leaks" in text
        for hidden in ("ORDER-1", "SECRET", "shop-us", "RIVAL-1", "USPS"):
            assert hidden not in text, hidden
    assert client.post(reverse("return-detail", args=[own.uid]), {"batch": "B-2611-042"}).status_code == 403

    client.force_login(rival_supplier)
    assert client.get(reverse("return-list")).context["list"].page.paginator.count == 0
    assert client.get(reverse("return-detail", args=[own.uid])).status_code == 404


def test_batch_inspection_supplier_and_specification_show_what_came_back(client, weeks, manager, shipped, supplier):
    client.force_login(manager)
    inspection = shipped.inspections.get()
    pages = {
        "batch-detail": [shipped.number],
        "inspection-detail": [inspection.uid],
        "supplier-detail": [supplier.code],
    }
    for name, args in pages.items():
        text = client.get(reverse(name, args=args)).content.decode()
        assert "Back from the market" in text, name
        assert "escaped=on" in text, name
    text = client.get(reverse("specification-detail", args=["HL-KT17-W", 1])).content.decode()
    assert "What customers found" in text
    assert "characteristic=LEAK" in text
    counted = client.get(reverse("return-list"), {"inspection": str(inspection.uid), "escaped": "on"})
    assert counted.context["list"].page.paginator.count == 5


def test_proposals_are_decided_on_the_page_of_the_product(client, shipped, product, manager, inspector, rival_supplier):
    set_catches(product=product, catches={"scratched": "LID"}, actor=manager, at=NOON)
    bring_back(*(returned(f"R-{n}", complaints=["scratched"]) for n in range(4)))
    [proposal] = propose(product=product, at=after(1))
    page, accept = reverse("product-returns", args=[product.sku]), reverse("proposal-accept", args=[proposal.uid])
    dismiss = reverse("proposal-dismiss", args=[proposal.uid])
    for user, status in ((inspector, 403), (rival_supplier, 404)):
        client.force_login(user)
        assert [client.post(url).status_code for url in (accept, dismiss)] == [status, status]
    client.force_login(manager)
    text = client.get(page).content.decode()
    assert "Raise “Lid finish” from major to critical" in text
    assert "4 units came back of 600 shipped since 2026-05-26 (batches known: 1)" in text

    client.post(dismiss, {"reason": ""})
    assert "Say why in 1 to 300 characters" in client.get(page).content.decode()
    assert client.post(accept).headers["Location"] == reverse("specification-edit", args=[product.sku])
    assert "What was decided on proposals" in client.get(page).content.decode()


def test_catches_and_codes_are_set_on_the_page_of_the_product(
    client, weeks, product, manager, inspector, supplier_user
):
    page = reverse("product-returns", args=[product.sku])
    for user, does in ((inspector, "catches"), (supplier_user, "catches"), (supplier_user, "codes")):
        client.force_login(user)
        assert client.post(page, {"do": does, "leaks": "LID"}).status_code == 403
    client.force_login(manager)

    assert client.post(page, {"do": "catches", "leaks": "LID", "noisy": ""}).status_code == 302
    assert product.catches.get(complaint="leaks").characteristic == "LID"
    assert client.post(page, {"do": "catches", "leaks": "NOPE"}).status_code == 400
    refused = client.post(page, {"do": "codes", "batch": "NO-SUCH", "kind": "lot", "codes": "L1\nL2"})
    assert (refused.status_code, "L1" in refused.content.decode()) == (400, True)
    assert (
        client.post(page, {"do": "codes", "batch": "B-2611-042", "kind": "lot", "codes": "L1\nL2"}).status_code == 302
    )
    assert [str(code) for code in product.batches.get().codes.all()] == ["L1 = B-2611-042", "L2 = B-2611-042"]


# Recorded by hand


@pytest.fixture
def desk(client, merchandiser):
    client.force_login(merchandiser)
    return client


def by_hand(client, **typed):
    page = client.get(reverse("return-create"))
    told = {
        "key": page.context["form"]["key"].value(),
        "kind": "returned",
        "reason": "quality",
        "happened_on": "2026-11-18",
    }
    return client.post(reverse("return-create"), told | typed, follow=True)


def test_one_return_is_recorded_by_hand_and_counts_against_its_inspection(desk, shipped):
    page = by_hand(desk, batch=shipped.number, complaints=["leaks"], order_reference="TT-9", market="US")

    found = MarketReturn.objects.get()
    assert page.redirect_chain == [(reverse("return-detail", args=[found.uid]), 302)]
    assert (found.source, found.product, found.batch, found.inspection, found.complaints, found.order_reference) == (
        "by-hand", shipped.product, shipped, shipped.inspections.get(), ["leaks"], "TT-9",
    )  # fmt: skip


def test_a_complaint_by_hand_finds_its_batch_by_the_days(desk, shipped):
    by_hand(desk, product=shipped.product.sku, kind="complained", reason="", complaints=["leaks"])

    found = MarketReturn.objects.get()
    assert (found.kind, found.batch, found.found_by) == ("complained", shipped, "only_batch")


def test_the_button_pressed_twice_records_one_return(desk, shipped):
    key = "0b4f1a52-7d0e-4d53-9a52-6f0f2c0c9a11"
    for _press in range(2):
        by_hand(desk, key=key, batch=shipped.number)

    assert MarketReturn.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "product"),
        ({"batch": "NONE"}, "batch"),
        ({"product": "NONE"}, "product"),
        ({"product": "HL-KT17-W", "batch": "NONE"}, "batch"),
        ({"product": "HL-KT17-W", "reason": ""}, "reason"),
        ({"product": "HL-KT17-W", "kind": "complained", "reason": ""}, "complaints"),
        ({"product": "HL-KT17-W", "happened_on": ""}, "happened_on"),
        ({"product": "HL-KT17-W", "delivered_on": "2026-11-19"}, "happened_on"),
        ({"product": "HL-KT17-W", "market": "XX"}, "market"),
    ],
)
def test_a_return_by_hand_that_makes_no_sense_is_refused_beside_its_field(desk, shipped, typed, field):
    page = by_hand(desk, **typed)

    assert (page.status_code, list(page.context["form"].errors)) == (400, [field])
    assert MarketReturn.objects.count() == 0
