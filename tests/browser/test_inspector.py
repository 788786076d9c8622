"""An inspector's main path: a whole inspection on a phone, and a critical nonconformity on the way."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from inspections.inspection.services.planning import plan_inspection
from inspections.models import Hold
from tests.browser.phone import answer, go_on, submit
from tests.browser.waiting import until
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


@pytest.fixture
def entry(open_page, inspection, inspector):
    """The entry page on a phone, at one check."""

    def at(code, **options):
        address = f"{reverse('inspection-record', args=[inspection.uid])}#check-{code}"
        return open_page(address, user=inspector, has_touch=True, is_mobile=True, **options)

    return at


def stored(inspection, code):
    return inspection.results.filter(characteristic__code=code).first()


def pad(page, text):
    """Type a reading on the number pad, and go to the next unit."""
    for key in text:
        page.locator(f'[data-pad] [data-key="{key}"]').tap()
    page.locator('[data-pad] [data-key="next"]').tap()


def paste_column(page, values):
    page.get_by_role("button", name="Paste a column").tap()
    page.locator(".check.is-active textarea").fill("\n".join(values))
    page.locator(".check.is-active [data-fill]").tap()


def test_a_whole_inspection_on_a_phone(entry, batch, inspection):
    page = entry("LEAK")
    answer(page, "All 80 conform")
    go_on(page)

    for reading in ("50.1", "49.9", "50.0"):
        pad(page, reading)
    paste_column(page, ["50.1", "49.9", "50.0", *["50.2"] * 77])
    expect(page.locator("#check-HEIGHT [data-place]")).to_have_text("all 80 units read")
    go_on(page)

    paste_column(page, ["７５．５", *["75.0"] * 79])
    go_on(page)

    answer(page, "Some do not")
    answer(page, "Unit 4")
    answer(page, "Unit 17")
    answer(page, "All other 78 units were looked at and conform")
    go_on(page)

    answer(page, "All 80 conform")
    until(page, ["2", "/", "5"], lambda: page.locator('.allowance[data-class="major"] b').text_content().split())
    expect(page.locator("[data-outcome]")).to_have_text("Nothing still to come can reject it.")
    go_on(page)
    submit(page)

    page.wait_for_url(f"**{reverse('inspection-detail', args=[inspection.uid])}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Round 1 of B-2611-042 is accepted")
    inspection.refresh_from_db()
    batch.refresh_from_db()
    assert (inspection.verdict, batch.state) == ("accepted", "accepted")
    assert stored(inspection, "LID").nonconforming_units == [4, 17]


def test_a_critical_reading_on_unit_3_stops_the_batch_at_once(entry, batch, inspection):
    page = entry("HEIGHT")

    for reading in ("50.1", "49.9", "50.9"):
        pad(page, reading)

    page.get_by_text("This batch is stopped, the supplier has been told").wait_for()
    assert "Body height of unit 3 is 50.9 mm, upper limit 50.5 mm." in page.locator("[data-banner]").text_content()
    expect(page.locator("#check-HEIGHT .reading--out input")).to_have_value("50.9")
    hold = Hold.objects.get(batch=batch)
    batch.refresh_from_db()
    assert (batch.state, hold.finding["unit_number"], hold.finding["reading"]) == ("on_hold", 3, "50.9")
    # It goes on: the remaining units are still wanted.
    pad(page, "50.0")
    until(
        page,
        ["50.1", "49.9", "50.9", "50.0"],
        lambda: [str(each) for each in stored(inspection, "HEIGHT").readings[:4]],
    )


def test_half_a_number_is_never_sent(entry, batch, inspection):
    page = entry("HEIGHT")

    for key in "5":
        page.locator(f'[data-pad] [data-key="{key}"]').tap()
    page.wait_for_timeout(1500)

    batch.refresh_from_db()
    assert (batch.state, inspection.results.count()) == ("awaiting", 0)


def test_submitting_leads_to_the_first_unanswered_check(entry, inspection):
    page = entry("submit")

    submit(page)

    page.wait_for_url("**#check-LEAK")
    expect(page.locator("#check-LEAK")).to_be_visible()
    inspection.refresh_from_db()
    assert inspection.status == "open"
