"""Two people on one inspection: their units merge, each sees what the other records, and a unit that both changed is asked."""

import pytest
from django.core.cache import caches
from django.urls import reverse
from playwright.sync_api import expect

from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from inspections.inspection.services.results import ResultInput, UnitChange
from tests.browser.waiting import until
from tests.factories import NOON, after

pytestmark = pytest.mark.django_db(transaction=True)

CONFLICT = "Failed to load resource"


@pytest.fixture(autouse=True)
def nobody_is_present():
    caches["counts"].clear()


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


@pytest.fixture
def entry(open_page, inspection):
    def at(code, user):
        address = f"{reverse('inspection-record', args=[inspection.uid])}#check-{code}"
        return open_page(address, user=user, viewport={"width": 1440, "height": 900})

    return at


def cell(page, unit):
    return page.locator(".check.is-active").get_by_label(f"Unit {unit}", exact=True)


def type_at(page, unit, text):
    cell(page, unit).fill(text)
    cell(page, unit).press("Enter")


def readings(inspection, code):
    stored = inspection.results.filter(characteristic__code=code).first()
    return stored and {unit: str(reading) for unit, reading in enumerate(stored.readings, 1) if reading is not None}


def test_units_of_two_people_on_one_check_merge_and_appear_on_both_pages(entry, inspection, inspector, manager):
    mine, theirs = entry("CORD", inspector), entry("CORD", manager)

    type_at(theirs, 41, "74")
    until(theirs, {41: "74"}, lambda: readings(inspection, "CORD"))
    type_at(mine, 1, "75")

    expect(cell(mine, 41)).to_have_value("74")
    expect(cell(theirs, 1)).to_have_value("75")
    assert readings(inspection, "CORD") == {1: "75", 41: "74"}
    expect(mine.locator("[data-colleagues]")).to_have_text("manager is on this inspection too, at CORD")
    expect(theirs.locator("[data-colleagues]")).to_have_text("inspector is on this inspection too, at CORD")


def test_only_the_unit_that_both_changed_is_asked(entry, inspection, inspector, manager, console):
    console.expected.append(CONFLICT)
    page = entry("CORD", inspector)
    page.route("**/live/**", lambda route: route.abort())
    units = [UnitChange(1, "71"), UnitChange(41, "74")]
    sent = ResultInput("CORD", units=units, is_complete=None, revision=0)
    record_result(inspection=inspection, sent=sent, actor=manager, at=after(1))

    page.route("**/results/**", lambda route: route.abort())
    type_at(page, 1, "76")
    type_at(page, 2, "77")
    page.unroute("**/results/**")
    page.evaluate("dispatchEvent(new Event('online'))")

    page.get_by_text("Unit 1: yours 76, theirs 71").wait_for()
    until(page, {1: "71", 2: "77", 41: "74"}, lambda: readings(inspection, "CORD"))
    expect(cell(page, 41)).to_have_value("74")
    page.get_by_role("button", name="Keep mine").click()
    until(page, {1: "76", 2: "77", 41: "74"}, lambda: readings(inspection, "CORD"))


def test_what_is_typed_and_not_entered_is_not_overwritten(entry, inspection, inspector, manager):
    page = entry("CORD", inspector)
    cell(page, 1).fill("7")
    sent = ResultInput("CORD", readings=["71", "72"])
    record_result(inspection=inspection, sent=sent, actor=manager, at=after(1))

    expect(cell(page, 2)).to_have_value("72")
    expect(cell(page, 1)).to_have_value("7")
    type_at(page, 1, "76")

    page.get_by_text("Unit 1: yours 76, theirs 71").wait_for()
    page.get_by_role("button", name="Take theirs").click()
    expect(cell(page, 1)).to_have_value("71")
    assert readings(inspection, "CORD") == {1: "71", 2: "72"}


def test_marks_of_two_people_merge(entry, inspection, inspector, manager):
    mine, theirs = entry("LID", inspector), entry("LID", manager)
    for page, unit in ((mine, 3), (theirs, 7)):
        page.locator("#check-LID").get_by_label("Some do not").check()
        page.locator("#check-LID").get_by_label(f"Unit {unit}", exact=True).check()

    expect(mine.locator("#check-LID [data-bad-count]")).to_have_text("2")
    expect(theirs.locator("#check-LID [data-bad-count]")).to_have_text("2")
    assert inspection.results.get(characteristic__code="LID").nonconforming_units == [3, 7]


def test_that_the_batch_is_on_hold_is_said_by_a_colleagues_reading_and_after_it_was_corrected(
    entry, inspection, inspector, manager
):
    page = entry("CORD", inspector)
    for reading in ("50.9", "50.0"):
        record_result(inspection=inspection, sent=ResultInput("HEIGHT", readings=[reading]), actor=manager, at=after(1))

    said = page.get_by_text("This batch is stopped, the supplier has been told")
    said.wait_for()
    page.reload()
    expect(said).to_be_visible()
