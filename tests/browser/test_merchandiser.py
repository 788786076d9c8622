"""A merchandiser's main path: what may ship ships, what is stopped says why."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK
from tests.factories import inspect, make_batch

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_merchandiser_ships_what_may_ship(open_page, batch, product, inspector, merchandiser):
    inspect(batch, actor=inspector)
    inspect(make_batch("STOPPED-1", product=product), actor=inspector, LEAK=[3])
    page = open_page("/", user=merchandiser, viewport=DESK)
    expect(page.get_by_role("heading", level=1)).to_have_text("1 batch of your products is stopped")

    page.get_by_role("link", name="Shipments").click()
    page.get_by_label("Batch number").fill("STOPPED-1")
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing of STOPPED-1 may ship")
    expect(page.locator(".card--stopped")).to_contain_text("1,000 units are on hold.")

    page.get_by_role("link", name="Another batch").click()
    page.get_by_label("Batch number").fill(batch.number)
    page.keyboard.press("Enter")
    page.get_by_label("Units to ship").fill("1001")
    page.get_by_label("Reference").fill("SO-5521")
    page.get_by_role("button", name="Ship", exact=True).click()
    expect(page.locator(".form-errors")).to_contain_text("1,001 units were asked for, 1,000 may ship.")
    expect(page.get_by_label("Reference")).to_have_value("SO-5521")

    page.get_by_label("Units to ship").fill("640")
    page.get_by_role("button", name="Ship", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("360 units of B-2611-042 may ship")
    batch.refresh_from_db()
    assert (batch.shipped, batch.available, batch.shipments.get().reference) == (640, 360, "SO-5521")


def test_batches_are_searched_without_leaving_the_page(open_page, batch, product, merchandiser):
    make_batch("OTHER-1", product=product)
    page = open_page("/batches/", user=merchandiser, viewport=DESK)
    page.evaluate("window.isTheSamePage = true")

    page.get_by_role("searchbox").fill("other")
    page.keyboard.press("Enter")

    expect(page.locator("#found tbody tr")).to_have_count(1)
    expect(page.locator("#chips")).to_contain_text("All 1")
    assert page.evaluate("window.isTheSamePage") is True
    assert page.url.endswith("?q=other")
