"""A manager re-qualifies a discontinued product at a desk; an inspector takes a second sample on a phone."""

import pytest
from playwright.sync_api import expect

from inspections.batch.services.batches import register_batch
from inspections.inspection.page.picks import picks_of
from inspections.inspection.services.planning import plan_inspection
from inspections.models import Inspection
from tests.browser.conftest import DESK
from tests.browser.phone import answer, go_on, submit
from tests.factories import LEAK, LID, NOON, inspect, make_batch, make_product, make_specification

pytestmark = pytest.mark.django_db(transaction=True)
DOUBLE = {"kind": "double", "standard": "ansi-z1.4", "level": "II", "aql": {"major": "2.5"}}


def test_a_manager_requalifies_a_product(open_page, product, inspector, manager):
    for _ in range(7):
        inspect(make_batch(product=product), actor=inspector, LID=list(range(1, 9)))
    waiting = make_batch(product=product)
    page = open_page(f"/holds/{waiting.holds.get().uid}/", user=manager, viewport=DESK)

    page.get_by_role("link", name="Why, and what ends it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Sampling inspection is discontinued", use_inner_text=True
    )
    page.get_by_label("Reason").fill("New seals, audited on site")
    page.get_by_label("Your password, as signature").fill("wrong")
    page.get_by_role("button", name="Sign the decision").click()
    expect(page.get_by_label("Reason")).to_have_value("New seals, audited on site")
    page.get_by_label("Your password, as signature").fill("holdfast-test")
    page.get_by_role("button", name="Sign the decision").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "The next batch: critical normal, major tightened, minor normal inspection", use_inner_text=True
    )
    expect(page.get_by_text("Batches that go back to inspection: 1.")).to_be_visible()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.holds.open().count()) == ("awaiting", 0)


def test_a_second_sample_on_a_phone(open_page, inspector, merchandiser):
    product = make_product()
    make_specification(product, [LEAK, LID], scheme=DOUBLE)
    batch = register_batch(number="B-DBL", product=product, quantity=1000, cartons=60, actor=merchandiser, at=NOON)
    inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
    page = open_page(f"/inspections/{inspection.uid}/record/", user=inspector, has_touch=True, is_mobile=True)

    cartons = ", ".join(map(str, picks_of(inspection).carton_numbers))
    expect(page.locator(".picks-open")).to_have_text(f"Open 8 of 60 cartons: {cartons}", use_inner_text=True)
    answer(page, "All 50 conform")
    go_on(page)
    answer(page, "Some do not")
    for unit in (3, 9, 20):
        answer(page, f"Unit {unit}")
    answer(page, "All other 47 units were looked at and conform")
    go_on(page)
    submit(page)

    page.get_by_text("Take 50 more units and number them 51 to 100").wait_for()
    page.goto(page.url.partition("#")[0])  # from the first check on
    answer(page, "All 100 conform")
    go_on(page)
    expect(page.locator("#check-LID").get_by_text("Now units 51 to 100.")).to_be_visible()
    answer(page, "All other 97 units were looked at and conform")
    go_on(page)
    submit(page)

    page.get_by_role("heading", name="Round 1 of B-DBL is accepted").wait_for()
    expect(page.get_by_text("Sample by sample")).to_be_visible()
    assert Inspection.objects.get().tally["major"]["counted"] == [3, 3]
