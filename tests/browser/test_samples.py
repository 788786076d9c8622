"""The way of a golden sample: checked on a phone, signed at a desk, and then beside the camera."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role
from inspections.inspection.services.planning import plan_inspection
from inspections.models import ReferenceComparison, Sample
from inspections.sample.services.checks import CheckInput, record_check
from inspections.sample.services.details import SampleDetails
from tests.browser.conftest import DESK
from tests.factories import NOON, after, make_batch, make_golden_sample, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sample_is_received_and_checked_on_a_phone(open_page, product, inspector, console):
    console.expected.append("409")  # somebody else answered meanwhile
    page = open_page(reverse("sample-create"), user=inspector)
    page.get_by_label("Product (SKU)").fill(product.sku)
    page.get_by_label("L*").fill("50")
    page.get_by_label("a*").fill("200")
    page.get_by_label("b*").fill("200")
    page.get_by_role("button", name="Receive it").last.click()
    expect(page.locator(".form-errors")).to_contain_text("Only a surface that fluoresces")
    page.get_by_label("a*").fill("72")
    page.get_by_label("a*").locator("..").get_by_role("button", name="Change the sign").click()
    expect(page.get_by_label("a*")).to_have_value("-72")
    page.get_by_label("this surface fluoresces").check()
    page.get_by_role("button", name="Receive it").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check sample HL-KT17-W-S1.1")
    sample = Sample.objects.get()
    assert [str(part) for part in sample.lab] == ["50.00", "-72.00", "200.00"]

    page.goto(f"{reverse('sample-check', args=[sample.uid])}#check-CORD")
    cord = page.locator("#check-CORD")
    expect(page.locator("#sample > .card:visible")).to_have_count(1)
    cord.get_by_label("Readings").fill("７５．２ 75.4")
    expect(cord.locator("[data-said]")).to_have_text("stored")
    assert [str(reading) for reading in sample.checks.get().readings] == ["75.2", "75.4"]

    record_check(  # somebody else, on a page of their own
        sample=sample,
        sent=CheckInput(characteristic="CORD", readings=["69"], revision=1),
        actor=make_user(Role.QC),
        at=after(1),
    )
    cord.get_by_label("What was seen").fill("with its plug")
    expect(cord.locator("[data-conflict]")).to_contain_text("does not conform · 69")
    cord.get_by_role("button", name="Take theirs").click()
    expect(cord.get_by_label("Readings")).to_have_value("69")
    page.locator("[data-next]").click()
    lid = page.locator("#check-LID")
    lid.get_by_label("Does not", exact=True).check()
    expect(lid.locator("[data-said]")).to_have_text("Say what was seen; then it is stored. The supplier reads it.")
    page.locator("[data-next]").click()
    page.goto(f"{reverse('sample-check', args=[sample.uid])}#finish")
    page.get_by_role("button", name="Finish the checks").click()
    expect(page.locator("[data-finish-said]")).to_contain_text("Not answered yet: 10")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert sample.checks.count() == 1


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
