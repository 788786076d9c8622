"""The editor of a specification and the account page, as people use them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.factories import make_product

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_rows_are_added_moved_and_removed(open_page, manager, product, javascript):
    page = open_page(
        f"/products/{product.sku}/specification/", user=manager, viewport=DESK, java_script_enabled=javascript
    )
    rows = page.locator("[data-row]")

    page.get_by_role("button", name="Add a characteristic").click()
    expect(rows).to_have_count(6)
    rows.last.get_by_label("Code").fill("GAP")
    rows.last.get_by_label("Name", exact=False).first.fill("Gap of the lid")
    rows.last.get_by_label("Class").select_option("minor")
    rows.last.get_by_label("Aspect").select_option("dimension")
    expect(rows.last.get_by_label("Upper limit")).to_be_hidden()
    rows.last.get_by_text("Measured").click()
    rows.last.get_by_label("Upper limit").fill("0.3")
    rows.last.locator("[data-move=up]").click()
    rows.first.locator("[data-move=remove]").click()
    expect(rows).to_have_count(5)
    page.get_by_role("button", name="Save draft").last.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("specification v2")
    draft = product.specifications.get(status="draft")
    assert [c.code for c in draft.characteristics.all()] == ["HEIGHT", "CORD", "LID", "GAP", "PRINT"]
    assert str(draft.characteristics.get(code="GAP").upper.normalize()) == "0.3"


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_the_plans_are_seen_before_anything_is_saved(open_page, manager, product, javascript):
    page = open_page(
        f"/products/{product.sku}/specification/", user=manager, viewport=PHONE, java_script_enabled=javascript
    )

    page.get_by_label("Measured characteristics estimated from their readings, AQL").select_option("1.0")
    page.get_by_role("button", name="Show the plan of 1,000 units").click()

    plan = page.locator("#plan")
    expect(plan).to_be_in_viewport()
    expect(plan.get_by_text("accept up to M = 2.66 % estimated outside the limits")).to_have_count(1)
    expect(plan.get_by_text("A batch with 5 % bad units still passes about 1 time in 5.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert not product.specifications.filter(status="draft").exists()


def test_a_scheme_shows_the_fields_of_its_kind_alone(open_page, manager, supplier):
    product = make_product("HL-BARE", supplier=supplier)
    page = open_page(f"/products/{product.sku}/specification/", user=manager)

    expect(page.get_by_label("AQL, major")).to_be_visible()
    page.get_by_text("A percentage of the batch").click()

    expect(page.get_by_label("AQL, major")).to_be_hidden()
    expect(page.get_by_label("Share of the batch")).to_be_visible()
    expect(page.get_by_label("May show, major")).to_be_visible()


def test_a_key_is_copied_once_the_password_was_typed_again(open_page, manager):
    manager.set_password("seal and gauge 44")
    manager.save()
    page = open_page("/account/", user=manager, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Name").fill("warehouse")
    page.get_by_role("button", name="Create a token").click()
    page.get_by_label("Password").fill("seal and gauge 44")
    page.get_by_role("button", name="Confirm").click()

    page.get_by_role("button", name="Copy the key").click()

    expect(page.get_by_text("Copied")).to_be_visible()
    assert re.fullmatch(r"hf_[0-9a-f]{48}", page.evaluate("navigator.clipboard.readText()"))
