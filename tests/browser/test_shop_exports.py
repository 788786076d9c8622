"""A person imports the export of each shop at the first try: the program says whose it is, and what its columns are."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from imports.tasks import run_imports
from inspections.models import MarketReturn
from tests.browser.conftest import DESK, PHONE
from tests.factories import make_pilot
from tests.imports.test_shops import ORDERS, REPORTS, SKU, outcomes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def send(page: Page, text: str) -> None:
    """A file, of which nobody says what it holds."""
    page.goto(f"{page.url.split('/imports/')[0]}/imports/+/")
    content = {"name": "export.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(content)
    page.get_by_role("button", name="Check the file").click()


def store(page: Page) -> None:
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("The file is being read")).to_be_visible()
    run_imports()
    page.get_by_role("button", name="Store").click()
    expect(page.get_by_text("Rows stored").or_(page.get_by_text("The file is being read"))).to_be_visible()
    run_imports()
    expect(page.get_by_text("stored.")).to_be_visible()


def test_orders_and_returns_of_each_shop(open_page, product, merchandiser):
    run = make_pilot(product, size=200, actor=merchandiser, begun=datetime(2025, 11, 1, tzinfo=UTC))
    page = open_page("/imports/+/", user=merchandiser, viewport=DESK)
    for shop, (text, right) in ORDERS.items():
        send(page, text)
        expect(page.get_by_text(f"This is an export of {shop}.")).to_be_visible()
        store(page)
        found = outcomes(run)
        assert {order: found[order] for order in right} == right
    for shop, (text, right) in REPORTS.items():
        send(page, text)
        expect(page.get_by_text(f"This is an export of {shop}.")).to_be_visible()
        page.get_by_label("Source").fill("shop")
        store(page)
        assert set(MarketReturn.objects.values_list("reference", flat=True)) >= set(right)


def test_a_word_is_explained_and_a_wrong_row_left_out(open_page, product, merchandiser):
    run = make_pilot(product, size=20, must_pass=False, actor=merchandiser, begun=datetime(2025, 11, 1, tzinfo=UTC))
    page = open_page("/imports/+/", user=merchandiser, viewport=PHONE)
    text = f"Order ID,SKU,Status,Delivered\nO-1,{SKU},angekommen,2025-11-20\nO-2,{SKU},completed,soon\nO-3,SOCKS,completed,\n"
    send(page, text)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("The file is being read")).to_be_visible()
    run_imports()

    expect(page.get_by_text("SOCKS is not the product of this run.")).to_be_visible()
    page.get_by_role("link", name="Explain words of it").click()
    page.get_by_label("angekommen").select_option("ok")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("The file is being read")).to_be_visible()
    run_imports()
    page.get_by_role("button", name="Check again without this 1 row").click()
    expect(page.get_by_text("The file is being read")).to_be_visible()
    run_imports()
    page.get_by_role("button", name="Store 1 row").click()
    expect(page.get_by_text("Rows stored").or_(page.get_by_text("The file is being read"))).to_be_visible()
    run_imports()
    expect(page.get_by_text("1 row is stored.")).to_be_visible()
    assert outcomes(run) == {"O-1": ["ok"]}
