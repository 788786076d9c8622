"""The way of a golden sample: checked on a phone, signed at a desk, and then beside the camera."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from inspections.inspection.services.planning import plan_inspection
from inspections.models import ReferenceComparison, Sample
from inspections.sample.services.details import SampleDetails
from tests.browser.conftest import DESK
from tests.factories import NOON, after, make_batch, make_golden_sample

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sample_is_received_and_checked_on_a_phone(open_page, product, inspector, console):
    console.expected.append("422")  # finished too early, on purpose
    page = open_page(reverse("sample-create"), user=inspector)
    page.get_by_label("Product (SKU)").fill(product.sku)
    page.get_by_label("L*").fill("50")
    page.get_by_label("a*").fill("200")
    page.get_by_label("b*").fill("200")
    page.get_by_role("button", name="Receive it").last.click()
    expect(page.locator(".form-errors")).to_contain_text("outside the gamut")
    for name in ("L*", "a*", "b*"):
        page.get_by_label(name).fill("")
    page.get_by_role("button", name="Receive it").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check sample HL-KT17-W-S1.1")

    for choice in page.locator("input[value=good]").all():
        choice.check()
    page.locator("[name=check-HEIGHT-readings]").fill("50.0 50.1")
    page.get_by_role("button", name="Save and finish the checks").click()
    expect(page.get_by_role("alert")).to_contain_text("1 checks are not answered yet: CORD")
    page.locator("[name=check-CORD-readings]").fill("７５．２")
    page.get_by_role("button", name="Save and finish the checks").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sample HL-KT17-W-S1.1 waits for a decision")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Sample.objects.get().status == "checked"


def test_the_reference_stands_beside_the_camera_and_the_difference_is_on_the_result(open_page, product, inspector):
    make_golden_sample(product, at=NOON, details=SampleDetails(colour=["92.1", "-0.8", "2.4"]))
    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=after(5))
    page = open_page(reverse("inspection-record", args=[inspection.uid]), user=inspector, viewport=DESK)

    leak = page.locator("#check-LEAK")
    leak.get_by_text("Same", exact=True).click()
    expect(leak.locator("[data-reference-said]")).to_have_text("stored")
    page.locator("[data-overview] a[href='#check-LID']").click()
    lid = page.locator("#check-LID")
    lid.get_by_text("Differs", exact=True).click()
    lid.get_by_label("How it differs").fill("A little yellower")
    lid.get_by_text("Colour of the units, measured").click()
    for name, value in (("colour_l", "91.4"), ("colour_a", "-0.6"), ("colour_b", "4.9")):
        lid.locator(f"[name={name}]").fill(value)
    lid.get_by_role("button", name="Store the comparison").click()
    expect(lid.locator("[data-reference-said]")).to_have_text("stored · ΔE00 2.23")

    page.goto(reverse("inspection-detail", args=[inspection.uid]))
    expect(page.locator("#check-LID")).to_contain_text("Differs from golden sample 1")
    expect(page.locator("#check-LID")).to_contain_text("A little yellower")
    assert dict(ReferenceComparison.objects.values_list("characteristic__code", "is_same")) == {
        "LEAK": True,
        "LID": False,
    }
