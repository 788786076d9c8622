"""The sampling pages in a real browser: a question typed, an answer read, a picture seen."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE

PAGES = [
    "/sampling/",
    "/sampling/?lot_size=1000&aql=2.5&kind=multiple",
    "/sampling/compare/",
    "/sampling/search/",
    "/sampling/switching/",
    "/sampling/interval/",
]


def test_a_supplier_asks_for_a_plan_and_reads_what_it_is_worth(open_page, supplier_user):
    page = open_page("/sampling/", user=supplier_user, viewport=PHONE)

    page.get_by_label("Batch size").fill("5000")
    page.get_by_label("AQL").fill("1.0")
    page.get_by_label("Severity").select_option("tightened")
    page.get_by_role("button", name="Show the plan").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Take 200 of 5,000 units")
    expect(page.get_by_text("Accept with up to 3 nonconforming, reject from 4.")).to_be_visible()
    expect(page.get_by_text("A batch at the AQL of 1 % passes about 6 times in 7.")).to_be_visible()
    curve = page.get_by_role("img", name="Chance that a batch is accepted")
    assert curve.bounding_box()["height"] > 150
    page.get_by_text("The figures as a table").click()
    expect(page.get_by_role("row", name="1 % AQL")).to_be_visible()


def test_a_wrong_aql_is_marked_named_and_corrected(open_page, inspector):
    page = open_page("/sampling/", user=inspector, viewport=DESK)

    page.get_by_label("AQL").fill("3")
    page.keyboard.press("Enter")

    field = page.get_by_label("AQL")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("The nearest are 2.5, 4.0.")).to_be_visible()
    expect(field).to_have_value("3")

    field.fill("4.0")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Take 80 of 1,000 units")


def test_the_rules_are_played_through_a_list_of_batches(open_page, manager):
    page = open_page("/sampling/", user=manager, viewport=DESK)
    page.get_by_role("link", name="Switching rules").click()

    page.get_by_label("Batches, one per line").fill("1000 9\n1000 9\n1000 0")
    page.get_by_role("button", name="Play the rules").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The next batch: tightened")
    expect(page.get_by_text("2 of the last 2 batches were not accepted (1, 2)").first).to_be_visible()
    expect(page.locator("svg .tone-stopped")).to_have_count(2)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_the_screen_and_keeps_its_pictures_readable(open_page, inspector, path, viewport):
    page = open_page(path, user=inspector, viewport=viewport)

    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    heights = page.evaluate("""[...document.querySelectorAll("main svg text")].map((text) => {
        const scale = text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width;
        return parseFloat(getComputedStyle(text).fontSize) * scale;
    })""")
    assert heights
    assert min(heights) >= 10
