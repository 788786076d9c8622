"""A variables plan on a phone: what the readings say so far is told at every one of them, and decides at the end."""

from dataclasses import replace

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from inspections.inspection.services.planning import plan_inspection
from tests.browser.phone import answer, go_on, submit
from tests.factories import CORD, LID, NOON, make_batch, make_product, make_specification

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def inspection(supplier, inspector):
    product = make_product("CABLE", supplier=supplier)
    make_specification(product, [replace(CORD, variables={"aql": "1.0"}), LID])
    return plan_inspection(batch=make_batch(product=product, quantity=40), actor=inspector, at=NOON)


def test_the_estimate_follows_the_readings(open_page, inspection, inspector):
    address = f"{reverse('inspection-record', args=[inspection.uid])}#check-CORD"
    page = open_page(address, user=inspector, has_touch=True, is_mobile=True)
    words, box = page.locator("[data-estimate-words]"), page.locator("[data-estimate]")
    expect(words).to_have_text("0 of 5 units read; an estimate needs 3")

    def enter(unit, reading):
        cell = page.locator(".check.is-active").get_by_label(f"Unit {unit}", exact=True)
        cell.fill(reading)
        cell.press("Enter")

    for unit, reading in enumerate(("75.0", "73.0", "76.0", "77.0"), start=1):
        enter(unit, reading)
    expect(words).to_have_text(
        "so far after 4 of 5 units: an estimated 0.00 % is outside the limits, at most M = 3.33 % is allowed"
    )

    enter(5, "79.9")
    expect(words).to_contain_text("an estimated 3.86")
    expect(box).to_have_class("estimate tone-stopped")
    expect(page.locator("[data-outcome]")).to_have_text("It can only be rejected now. Please go on.")

    go_on(page)
    answer(page, "All 5 conform")
    go_on(page)
    submit(page)

    page.wait_for_url(f"**{reverse('inspection-detail', args=[inspection.uid])}")
    expect(page.locator(".reasons")).to_contain_text("Cord length: an estimated 3.86")
    expect(page.locator("#check-CORD")).to_contain_text("Distance Q from the upper limit")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
