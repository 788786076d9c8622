"""A merchandiser imports a list: the page tells by itself how far it is."""

import pytest
from playwright.sync_api import expect

from imports.tasks import run_imports
from inspections.models import Batch
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


def csv(content: str) -> dict:
    return {"name": "batches.csv", "mimeType": "text/csv", "buffer": content.encode()}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_list_is_corrected_checked_and_stored(open_page, product, merchandiser, viewport):
    page = open_page("/imports/", user=merchandiser, viewport=viewport)
    page.get_by_role("link", name="Import a file").first.click()

    page.locator("input[type=file]").set_input_files(csv("批号,货号,数量\nB-1,HL-KT17-W,1000\nB-2,NO-SUCH,many\n"))
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("The file is being read")).to_be_visible()
    run_imports()
    expect(page.get_by_text("1 thing is wrong")).to_be_visible()
    expect(page.get_by_role("row", name="3 数量 “many” is not a whole number.")).to_be_visible()

    page.get_by_role("link", name="Send the corrected file").click()
    page.locator("input[type=file]").set_input_files(csv("批号,货号,数量\nB-1,HL-KT17-W,1000\nB-2,HL-KT17-W,300\n"))
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("The file is being read")).to_be_visible()
    run_imports()
    page.get_by_role("button", name="Store 2 rows").click()
    expect(page.get_by_text("Rows stored")).to_be_visible()
    run_imports()
    expect(page.get_by_text("All 2 rows are stored.")).to_be_visible()
    assert Batch.objects.count() == 2
    page.get_by_role("link", name="See the batches").click()
    expect(page.get_by_role("link", name="B-2", exact=True)).to_be_visible()


def test_without_a_network_the_page_waits_for_its_return(open_page, console, product, merchandiser):
    console.expected.append("ERR_INTERNET_DISCONNECTED")
    page = open_page("/imports/+/", user=merchandiser)
    page.locator("input[type=file]").set_input_files(csv("batch,product,quantity\nB-1,HL-KT17-W,1000\n"))
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("The file is being read")).to_be_visible()

    page.context.set_offline(True)
    run_imports()
    page.wait_for_timeout(1500)
    expect(page.get_by_text("The file is being read")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_role("button", name="Store 1 row")).to_be_visible(timeout=30_000)
