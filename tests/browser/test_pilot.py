"""A pilot run from its plan at a desk to its verdict, its units entered on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from inspections.models import PilotRun
from tests.browser.conftest import DESK, PHONE
from tests.factories import make_golden_sample, make_pilot, pilot_outcomes

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_is_planned_entered_and_concluded(open_page, product, merchandiser, inspector):
    make_golden_sample(product)
    desk = open_page(reverse("product-pilots", args=[product.sku]), user=merchandiser, viewport=DESK)
    desk.get_by_role("link", name="Plan a pilot run").click()
    expect(desk.get_by_text("the true rate is below 4.9 %")).to_be_visible()
    desk.get_by_label("Units", exact=True).fill("19")
    desk.get_by_role("button", name="Plan the run").click()
    expect(desk.locator(".form-errors")).to_contain_text("20 to 200 units, not 19")
    desk.get_by_label("Units", exact=True).fill("60")
    desk.get_by_label("The units go out now").check()
    desk.get_by_role("button", name="Plan the run").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("HL-KT17-W-P1 is running")

    run = PilotRun.objects.get()
    phone = open_page(reverse("pilot-record", args=[run.uid]), user=inspector, has_touch=True, is_mobile=True)
    phone.locator("[data-unit='7']").tap()
    phone.locator("[data-unit='9']").tap()
    expect(phone.get_by_label("Which units", exact=True).first).to_have_value("7, 9")
    phone.get_by_text("Delivered fine").tap()
    expect(phone.get_by_label("Where is it damaged?")).to_be_hidden()
    phone.get_by_text("Complained", exact=True).tap()
    expect(phone.get_by_label("Why was it returned?")).to_be_hidden()
    phone.get_by_text("What was complained about?").tap()
    phone.get_by_label("Too loud").check()
    phone.get_by_label("Days of transit").fill("6")
    phone.get_by_role("button", name="Store the outcome").tap()
    expect(phone.get_by_text("2 of 60 back").first).to_be_visible()
    assert [unit.complaints for unit in run.units.back()] == [["noisy"], ["noisy"]]

    record = phone.url if "outcomes" in phone.url else reverse("pilot-record", args=[run.uid])
    phone.goto(record)
    phone.get_by_label("Which units", exact=True).first.fill("1-6, 8, 10-60")
    phone.get_by_text("Delivered fine").tap()
    phone.get_by_role("button", name="Store the outcome").tap()
    expect(phone.get_by_text("It can no longer pass").first).to_be_visible()

    desk.reload()
    desk.get_by_role("button", name="Conclude: undecided").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("HL-KT17-W-P1 is undecided")
    desk.get_by_role("link", name="Plan that run").click()
    expect(desk.get_by_label("Units", exact=True)).to_have_value("77")


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_no_page_of_a_run_is_wider_than_the_screen(open_page, product, merchandiser, supplier_user, viewport):
    concluded = pilot_outcomes(
        make_pilot(product, orders=["TT-577-0001-2233-4455"]), actor=merchandiser, returned=[1, 2], conclude=True
    )
    running = make_pilot(product)
    page = open_page(reverse("pilot-list"), user=merchandiser, viewport=viewport)
    addresses = [reverse("pilot-list"), reverse("product-pilots", args=[product.sku])]
    addresses += [reverse("pilot-plan", args=[product.sku]), reverse("pilot-limits", args=[product.sku])]
    addresses += [reverse("pilot-detail", args=[run.uid]) + "?units=all" for run in (concluded, running)]
    addresses += [reverse(name, args=[running.uid]) for name in ("pilot-record", "pilot-measure", "pilot-stop")]

    widths = {}
    for address in addresses:
        page.goto(address)
        widths[address] = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert {address for address, width in widths.items() if width > 0} == set()
