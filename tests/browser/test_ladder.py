"""A manager follows a drift from the page of the day to its ladder, and ends it; a phone shows it within its width."""

import pytest
from playwright.sync_api import expect

from inspections.ladder.services import watch_product
from inspections.models import Drift
from tests.browser.conftest import DESK
from tests.inspections.ladder.test_views import inspect_height

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drift(product, inspector):
    for minutes, height in enumerate([50.0] * 10 + [50.2] * 5):
        newest = inspect_height(product, height, actor=inspector, minutes=minutes)
    [drift] = watch_product(product=product, seen_in=newest, at=newest.submitted_at)
    return drift


def test_a_manager_ends_a_drift(open_page, drift, manager):
    page = open_page("/", user=manager, viewport=DESK)

    page.locator("#drifting").get_by_role("link", name="Body height").click()
    expect(page.get_by_text("The mean is 0.2 mm up since HL-KT17-W-010").first).to_be_visible()
    points = page.locator("figure.desk-only [data-marks] a")
    points.last.focus()  # one stop of the Tab key, the newest batch; the arrows go to the others
    page.keyboard.press("ArrowLeft")
    expect(points.nth(13)).to_be_focused()
    expect(page.locator("figure.desk-only [data-marks] a[tabindex='0']")).to_have_count(1)
    page.keyboard.press("Home")
    expect(points.first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[data-marks] a:focus, [data-marks]:focus")).to_have_count(0)
    page.locator("figure.desk-only .ladder__point").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Round 1 of HL-KT17-W-014 is accepted", use_inner_text=True
    )
    page.go_back()
    page.get_by_label("Mended").check()
    page.locator("#decision").get_by_label("Reason").fill("Locating pin replaced")
    page.get_by_label("Your password, as signature").fill("holdfast-test")
    page.get_by_role("button", name="Sign the decision").click()

    expect(page.get_by_text("Signed: the drift is ended.")).to_be_visible()
    assert Drift.objects.open().count() == 0


def test_the_ladder_fits_a_phone(open_page, drift, supplier_user):
    page = open_page("/products/HL-KT17-W/ladder/", user=supplier_user)

    expect(page.locator("figure.phone-only svg")).to_be_visible()
    assert page.locator("figure.desk-only svg").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
