"""A merchandiser looks at the week, says what a product costs, and imports a shop's export."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now
from playwright.sync_api import expect

from imports.tasks import run_imports
from inspections.batch.services.shipments import ship
from inspections.models import MarketReturn
from inspections.returns.services.catches import set_catches
from inspections.returns.services.proposals import propose
from tests.browser.conftest import DESK, PHONE
from tests.factories import bring_back, inspect, returned

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def shipped(batch, inspector, manager):
    inspect(batch, actor=inspector)
    ship(batch=batch, quantity=600, reference="SO-1", actor=manager, at=now() - timedelta(days=30))
    return batch


def test_what_a_product_can_afford_is_said_and_read(open_page, console, product, merchandiser):
    console.expected.append("400 (Bad Request)")
    page = open_page(f"/products/{product.sku}/margin/", user=merchandiser, viewport=PHONE)
    page.get_by_label("Selling price").fill("29.90")
    page.get_by_label("Goods").fill("CNY 68")
    page.get_by_label("Logistics and fulfilment").fill("4.50")
    page.get_by_role("button", name="Set the margin").click()
    expect(page.locator(".form-errors")).to_contain_text("This is in CNY, all else in USD")
    page.get_by_label("Goods").fill("9.80")
    page.get_by_label("Way back of a returned unit").fill("5.20")
    for nothing in ("Platform commission", "Channel commission", "What a returned unit loses in worth"):
        page.get_by_label(nothing).fill("0")
    page.get_by_role("button", name="Set the margin").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("It can afford 61.66 % of returns")
    expect(page.get_by_role("columnheader", name="29.90 now")).to_be_visible()


def test_a_week_leads_to_its_records_and_a_proposal_to_a_draft(open_page, shipped, product, manager):
    today = localdate()
    set_catches(product=product, catches={"scratched": "LID"}, actor=manager, at=now())
    bring_back(*(returned(f"R-{n}", complaints=["scratched"], happened_on=today) for n in range(4)), at=now())
    propose(product=product, at=now())
    page = open_page("/", user=manager, viewport=DESK)
    page.get_by_role("link", name="Returns", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4 units came back this week")
    page.get_by_role("row", name="Scratched or dented").get_by_role("link", name="4").click()
    expect(page.locator("tbody tr")).to_have_count(4)

    page.goto(f"/products/{product.sku}/returns/")
    expect(page.get_by_role("heading", name="Raise “Lid finish” from major to critical")).to_be_visible()
    page.get_by_role("button", name="Draft it").click()
    expect(page.get_by_text("It is in the draft. Read it, then activate it.")).to_be_visible()


def test_an_export_is_named_explained_and_stored(open_page, shipped, product, merchandiser):
    day = localdate() - timedelta(days=2)
    text = (
        f"RMA,SKU,Return date,Why\nR-1,{product.sku},{day:%m/%d/%Y},Haunted\nR-2,{product.sku},{day:%m/%d/%Y},Leaks\n"
    )
    page = open_page("/imports/+/", user=merchandiser, viewport=DESK)
    page.locator("input[type=file]").set_input_files(
        {"name": "export.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_label("What it holds").select_option("market_returns")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What are its columns?")
    page.get_by_label("reason").select_option("Why")
    page.get_by_label("Source").fill("shop-us")
    page.get_by_label("How days are written").select_option("mdy")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("The file is being read")).to_be_visible()
    run_imports()
    expect(page.get_by_text("1 thing is wrong")).to_be_visible()
    page.get_by_role("link", name="Explain words of it").click()
    page.get_by_label("Haunted").select_option("noisy")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("The file is being read")).to_be_visible()
    run_imports()
    page.get_by_role("button", name="Store 2 rows").click()
    expect(page.get_by_text("Rows stored")).to_be_visible()
    run_imports()
    expect(page.get_by_role("link", name="See the returns")).to_be_visible()
    assert MarketReturn.objects.get(reference="R-1").complaints == ["noisy"]
