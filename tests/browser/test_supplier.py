"""A supplier's main path: on a phone, in Chinese, from what is stopped to an answer with proof."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from inspections.hold.services.holds import place_hold
from tests.browser.conftest import DESK
from tests.factories import NOON, inspect, make_batch, make_product, make_specification

pytestmark = pytest.mark.django_db(transaction=True)
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 20


@pytest.fixture
def hold(batch, inspector):
    inspect(batch, actor=inspector, HEIGHT=[3])
    return batch.holds.get()


@pytest.fixture
def rival_hold(rival_supplier, manager):
    product = make_product("RV-1", supplier=rival_supplier.suppliers.get())
    make_specification(product)
    return place_hold(batch=make_batch("RIVAL-001", product=product), note="Smells", actor=manager, at=NOON)


def test_a_supplier_answers_on_a_phone(open_page, hold, rival_hold, supplier_user):
    page = open_page("/", user=supplier_user, has_touch=True, is_mobile=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("1 batch is on hold and waits for your answer")
    assert "RIVAL" not in page.content()

    page.get_by_role("link", name="Ask for re-inspection").tap()
    assert page.get_by_label("please inspect it again").is_checked()
    page.get_by_label("Root cause").fill("3 号模具定位销磨损")
    page.locator("input[type=file]").set_input_files([{"name": "die.jpg", "mimeType": "image/jpeg", "buffer": JPEG}])
    expect(page.locator("[data-drop-names]")).to_have_text("die.jpg")
    page.get_by_role("button", name="Send the answer").tap()
    expect(page.locator(".form-errors")).to_contain_text("Corrective action")
    expect(page.get_by_label("Root cause")).to_have_value("3 号模具定位销磨损")

    page.get_by_label("Corrective action").fill("已更换定位销")
    page.locator("input[type=file]").set_input_files([{"name": "die.jpg", "mimeType": "image/jpeg", "buffer": JPEG}])
    page.get_by_role("button", name="Send the answer").tap()

    expect(page.locator("#answers")).to_contain_text("已更换定位销")
    answer = hold.responses.get()
    assert (answer.wants_reinspection, answer.files.get().name) == (True, "die.jpg")


@pytest.mark.parametrize("viewport", [{"width": 360, "height": 740}, DESK])
@pytest.mark.parametrize("name", ["home", "batch-list", "hold-list"])
def test_no_page_of_a_supplier_is_wider_than_the_screen(open_page, hold, supplier_user, name, viewport):
    page = open_page(reverse(name), user=supplier_user, viewport=viewport)

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
