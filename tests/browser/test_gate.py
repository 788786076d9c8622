"""A merchandiser's path from a closed gate to a live listing, and what a hold does to it."""

import pytest
from playwright.sync_api import expect

from compliance.gate.services.gates import refresh_due
from inspections.hold.services.holds import place_hold
from tests.browser.conftest import DESK
from tests.compliance.ready import gate_of, make_ready
from tests.factories import NOON, make_product

pytestmark = pytest.mark.django_db(transaction=True)


ANEW = "htmx.ajax('GET', '/board/', {source: '#found', target: '#found', swap: 'outerHTML'})"


def test_a_board_that_refreshes_disturbs_nobody(open_page, catalogue, product, merchandiser):
    refresh_due(at=NOON)
    page = open_page("/board/", user=merchandiser, viewport={"width": 800, "height": 700})
    cell = page.locator("#found tbody td a").nth(3)
    cell.focus()
    focused = page.evaluate("document.activeElement.id")
    page.evaluate("document.querySelector('#found .table-wrap').scrollLeft = 60")
    make_product("NEW-1")

    page.evaluate(ANEW)
    expect(page.locator("#found tbody tr")).to_have_count(2)
    assert page.evaluate("document.activeElement.id") == focused
    assert page.evaluate("document.querySelector('#found .table-wrap').scrollLeft") == 60

    page.evaluate("document.querySelector('#found').dataset.same = 'yes'")
    page.evaluate(ANEW)
    expect(page.locator("#found")).to_have_attribute("data-same", "yes")

    page.evaluate("getSelection().selectAllChildren(document.querySelector('#found tbody th'))")
    make_product("NEW-2")
    page.evaluate(ANEW)
    expect(page.locator("#found tbody tr")).to_have_count(2)
    page.evaluate("getSelection().removeAllRanges()")
    page.evaluate(ANEW)
    expect(page.locator("#found tbody tr")).to_have_count(3)


def test_a_merchandiser_takes_a_product_live_and_a_hold_suspends_it(
    open_page, catalogue, product, merchandiser, manager
):
    make_product("WAITING-1")
    make_ready(product)
    refresh_due(at=NOON)
    page = open_page("/board/", user=merchandiser, viewport=DESK)
    page.get_by_role("searchbox").fill("kt17")
    page.keyboard.press("Enter")
    expect(page.locator("#found tbody tr")).to_have_count(1)
    expect(page.locator("#exports a").first).to_have_attribute(
        "href", "/board/export.csv?q=kt17&market=&category=&supplier=&merchandiser=&missing=&acts=&planned_by=&ends_by="
    )

    page.locator("#found tbody th a").click()
    expect(page.get_by_role("heading", name="Take it live")).to_be_visible()
    page.get_by_label("Your password, as signature").fill("wrong")
    page.get_by_role("button", name="Sign: take it live").click()
    expect(page.locator(".form-errors")).to_contain_text("This is not your password")
    page.get_by_label("Your password, as signature").fill("holdfast-test")
    page.get_by_role("button", name="Sign: take it live").click()
    expect(page.get_by_role("heading", name="Live from")).to_be_visible()
    assert gate_of(product).live == "live"

    place_hold(batch=product.batches.get(), note="Dented", actor=manager, at=NOON)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("It was live and is suspended.")
    expect(page.locator("#check-open_holds")).to_contain_text("1 hold is open")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
