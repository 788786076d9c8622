"""A quality manager's main path: from what waits, through what was found, to a signed decision."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import DESK
from tests.factories import inspect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hold(batch, inspector):
    inspect(batch, actor=inspector, LEAK=[3])
    return batch.holds.get()


def test_a_manager_sorts_and_signs(open_page, hold, manager):
    page = open_page("/", user=manager, viewport=DESK)
    page.get_by_role("link", name=hold.batch.number).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("B-2611-042 is stopped: no leak not conforming")
    button = page.locator("[data-sign-button]")
    expect(button).to_have_text("Sign the decision")

    page.get_by_label("Release").check()
    expect(button).to_have_text("Release 1,000 units")
    page.get_by_label("Sort").check()
    page.get_by_label("Units decided on").fill("600")
    page.get_by_label("Good units").fill("５５０")
    expect(button).to_have_text("Sign the sorting of 600 units")
    expect(page.locator("[data-bad]")).to_contain_text("The other 50 stay on hold")

    page.get_by_role("textbox", name="Reason").fill("Sorted at the dock")
    page.get_by_label("Your password").fill("guess")
    button.click()
    expect(page.locator(".form-errors")).to_contain_text("This is not your password")
    expect(page.get_by_role("textbox", name="Reason")).to_have_value("Sorted at the dock")
    expect(page.locator("[data-sign-button]")).to_have_text("Sign the sorting of 600 units")

    page.get_by_label("Your password").fill("holdfast-test")
    page.locator("[data-sign-button]").click()

    expect(page.get_by_role("heading", name="Your decision on")).to_have_text("Your decision on 450 units")
    hold.refresh_from_db()
    assert (hold.remaining, hold.sorted_out) == (450, 50)


def test_the_decision_works_by_keyboard_alone(open_page, hold, manager):
    page = open_page(reverse("hold-detail", args=[hold.uid]), user=manager, viewport=DESK)
    page.locator("input[name=disposition]").first.focus()

    page.keyboard.press("Space")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(page.locator("[data-sign-button]")).to_have_text("Scrap 1,000 units")
    for text in ("", "Leaking", "holdfast-test"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="This hold has ended")).to_be_visible()
    hold.refresh_from_db()
    assert hold.status == "ended"


def test_holds_are_filtered_without_leaving_the_page(open_page, hold, manager):
    page = open_page(reverse("hold-list"), user=manager, viewport=DESK)
    page.evaluate("window.isTheSamePage = true")

    page.get_by_role("combobox").select_option("answered")
    expect(page.locator("#found")).to_contain_text("No hold fits")
    page.get_by_role("combobox").select_option("")
    expect(page.locator("#found")).to_contain_text(hold.batch.number)

    assert page.evaluate("window.isTheSamePage") is True
    kept = page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
    assert hold.batch.number not in kept, "a shared phone must not keep pages of who used it before"
