"""Entering results where Wi-Fi is bad, sessions end and somebody else is at it too: nothing entered is lost."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from inspections.inspection.services.comparisons import ComparisonInput, compare_with_reference
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result, submit_inspection
from inspections.inspection.services.results import ResultInput
from tests.browser.waiting import until
from tests.factories import NOON, after, make_golden_sample, results_for

pytestmark = pytest.mark.django_db(transaction=True)

OFFLINE = "Failed to load resource"


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


@pytest.fixture
def entry(open_page, inspection, inspector):
    """The entry page at a desk, at one check."""

    def at(code, **options):
        address = f"{reverse('inspection-record', args=[inspection.uid])}#check-{code}"
        return open_page(address, user=inspector, viewport={"width": 1440, "height": 900}, **options)

    return at


def cell(page, unit):
    return page.locator(".check.is-active").get_by_label(f"Unit {unit}", exact=True)


def unsent(page):
    return page.locator("#entry [data-unsent]")


def try_again(page):
    """What a browser says when it has found a network."""
    page.evaluate("dispatchEvent(new Event('online'))")


def paste_column(page, values):
    page.get_by_role("button", name="Paste a column").click()
    page.locator(".check.is-active textarea").fill("\n".join(values))
    page.locator(".check.is-active [data-fill]").click()


def readings(inspection, code):
    result = inspection.results.filter(characteristic__code=code).first()
    return result and [None if reading is None else str(reading) for reading in result.readings]


def test_eighty_readings_survive_the_end_of_the_session(entry, inspection, inspector, console):
    console.expected.append(OFFLINE)
    page = entry("CORD")
    Session.objects.all().delete()

    paste_column(page, [f"7{unit % 10}.5" for unit in range(1, 81)])
    page.get_by_text("You are signed out.").wait_for()
    expect(unsent(page)).to_have_text("1 unsent")
    assert inspection.results.count() == 0

    page.get_by_role("link", name="Sign in and come back here").click()
    page.locator("input[name=login]").fill("inspector")
    page.locator("input[name=password]").fill("holdfast-test")
    page.locator("input[name=password]").press("Enter")

    page.wait_for_url("**/record/#check-CORD")
    expect(cell(page, 80)).to_have_value("70.5")
    until(page, ["71.5", "70.5"], lambda: (readings(inspection, "CORD") or [])[0::79])
    expect(unsent(page)).to_have_text("")


def test_entries_made_offline_are_kept_and_sent_when_the_network_is_back(entry, inspection, console):
    console.expected.append(OFFLINE)
    page = entry("HEIGHT")
    page.context.set_offline(True)

    cell(page, 1).click()
    page.keyboard.type("50.1\n49.9\n")
    page.get_by_role("button", name="Next").click()
    cell(page, 1).fill("75")
    cell(page, 1).press("Enter")
    expect(unsent(page)).to_have_text("offline · 2 unsent")
    assert inspection.results.count() == 0

    page.context.set_offline(False)
    expect(unsent(page)).to_have_text("")
    assert (readings(inspection, "HEIGHT")[:3], readings(inspection, "CORD")[:2]) == (
        ["50.1", "49.9", None],
        ["75", None],
    )
    assert inspection.results.get(characteristic__code="HEIGHT").recorded_at < (
        inspection.results.get(characteristic__code="HEIGHT").received_at
    )


def test_a_critical_reading_made_offline_does_not_claim_that_the_batch_is_stopped(entry, batch, console):
    console.expected.append(OFFLINE)
    page = entry("HEIGHT")
    page.context.set_offline(True)

    cell(page, 1).fill("50.9")
    cell(page, 1).press("Enter")

    page.get_by_text("Not sent yet: the batch is stopped only once this arrives.").wait_for()
    assert not page.get_by_text("This batch is stopped, the supplier has been told").is_visible()
    page.context.set_offline(False)
    page.get_by_text("This batch is stopped, the supplier has been told").wait_for()
    batch.refresh_from_db()
    assert batch.state == "on_hold"


def test_unsent_entries_come_back_with_the_page(entry, inspection, console):
    console.expected.append(OFFLINE)
    page = entry("HEIGHT")
    page.route("**/api/v1/**", lambda route: route.abort())
    cell(page, 1).fill("50.1")
    cell(page, 1).press("Enter")
    cell(page, 2).fill("abc")
    cell(page, 2).press("Enter")
    expect(unsent(page)).to_have_text("1 unsent")

    page.reload()

    assert (cell(page, 1).input_value(), cell(page, 2).input_value()) == ("50.1", "abc")
    page.unroute("**/api/v1/**")
    try_again(page)
    expect(unsent(page)).to_have_text("")
    assert readings(inspection, "HEIGHT")[:2] == ["50.1", None]


@pytest.mark.parametrize(("choice", "kept"), [("Keep mine", "76"), ("Take theirs", "71")])
def test_two_people_at_one_check_choose_which_is_right(entry, inspection, manager, console, choice, kept):
    console.expected.append(OFFLINE)
    page = entry("CORD")
    record_result(inspection=inspection, sent=ResultInput("CORD", readings=["71"]), actor=manager, at=after(1))

    cell(page, 1).fill("76")
    cell(page, 1).press("Enter")

    page.get_by_text("Unit 1: yours 76, theirs 71").wait_for()
    assert readings(inspection, "CORD")[0] == "71"
    page.get_by_role("button", name=choice).click()
    expect(unsent(page)).to_have_text("")
    expect(cell(page, 1)).to_have_value(kept)
    assert readings(inspection, "CORD")[0] == kept


def test_an_answer_that_was_lost_is_no_conflict_with_oneself(entry, inspection, console):
    console.expected.append(OFFLINE)
    page = entry("CORD")

    def lose_the_answer(route):
        route.fetch()
        route.abort()

    page.route("**/api/v1/**", lose_the_answer, times=1)
    cell(page, 1).fill("75")
    cell(page, 1).press("Enter")
    expect(page.locator("#entry [data-unsent] .tone-warning")).to_have_text("1 unsent")
    cell(page, 2).fill("76")
    cell(page, 2).press("Enter")

    expect(unsent(page)).to_have_text("")
    assert readings(inspection, "CORD")[:2] == ["75", "76"]


def test_what_an_inspection_closed_by_somebody_else_refuses_stays_and_can_be_made_a_finding(
    entry, batch, inspection, manager, console
):
    console.expected.append(OFFLINE)
    page = entry("CORD")
    for sent in results_for(batch):
        record_result(inspection=inspection, sent=sent, actor=manager, at=after(1))
    submit_inspection(inspection=inspection, actor=manager, at=after(2))

    cell(page, 1).fill("76")
    cell(page, 1).press("Enter")

    page.get_by_text("This inspection was submitted or abandoned by somebody else.").wait_for()
    assert (cell(page, 1).input_value(), unsent(page).text_content()) == ("76", "1 unsent")
    page.goto(reverse("unsent"))
    page.get_by_text("can no longer be changed").wait_for()
    page.get_by_role("button", name="Record as a finding").click()
    page.get_by_text("Everything is sent.").wait_for()
    finding = batch.findings.get()
    assert (finding.characteristic.code, finding.late, finding.note.endswith("1 reading")) == ("CORD", True, True)


def test_a_column_with_too_many_or_wrong_values_fills_nothing_in(entry, inspection):
    page = entry("HEIGHT")

    paste_column(page, ["50.0"] * 81)
    page.get_by_text("81 values, and room for 80 units. Nothing was filled in.").wait_for()
    assert len(page.locator(".check.is-active textarea").input_value().split("\n")) == 81
    page.locator(".check.is-active textarea").fill("50.0\n50.1x")
    page.locator(".check.is-active [data-fill]").click()

    page.get_by_text(
        "Unit 2: “50.1x” is not in the unit of the specification. Convert it. Nothing was filled in."
    ).wait_for()
    expect(cell(page, 1)).to_have_value("")
    assert inspection.results.count() == 0


def test_a_comma_between_digits_is_a_decimal_mark_and_never_parts_two_readings(entry, inspection):
    page = entry("HEIGHT")

    paste_column(page, ["50,1", "50,2 mm", "5,03 cm"])
    expect(cell(page, 3)).to_have_value("50.3")
    cell(page, 5).fill("50,4")
    cell(page, 5).press("Enter")
    cell(page, 6).fill("50,500")
    cell(page, 6).press("Enter")
    page.get_by_text("Unit 6: “50,500” may be two numbers.").wait_for()
    cell(page, 6).fill("")

    stored = ["50.1", "50.2", "50.3", None, "50.4"]
    until(page, stored, lambda: (readings(inspection, "HEIGHT") or [])[:5])


def test_the_keyboard_moves_between_cells(entry):
    page = entry("HEIGHT")
    cell(page, 1).click()

    page.keyboard.press("ArrowDown")
    page.keyboard.type("50")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.press("ArrowUp")

    expect(cell(page, 1)).to_be_focused()
    expect(cell(page, 11)).to_have_value("50")


def test_readings_are_marked_as_they_are_typed_only_when_no_digit_can_save_them(entry):
    page = entry("HEIGHT")
    marks = {}
    for text in ("5", "50", "50.4", "50.9", "5o"):
        cell(page, 1).fill(text)
        marks[text] = cell(page, 1).locator("..").get_attribute("class").replace("reading", "", 1).strip()

    assert marks == {"5": "", "50": "", "50.4": "reading--near", "50.9": "reading--out", "5o": "reading--wrong"}


def test_a_photo_is_shown_at_once_and_sent_smaller(entry, inspection, tmp_path):
    from PIL import Image

    path = tmp_path / "defect.jpg"
    Image.effect_noise((3200, 2400), 40).convert("RGB").save(path)
    page = entry("LID")

    with page.expect_response("**/photos/") as answer:
        page.locator(".check.is-active input[type=file]").set_input_files(path)
        expect(page.locator(".check.is-active [data-photos] img")).to_be_visible()

    assert answer.value.status == 201
    expect(unsent(page)).to_have_text("")
    photo = inspection.photos.get()
    with photo.upload.open() as file:
        assert max(Image.open(file).size) == 1600
    assert photo.characteristic.code == "LID"


def test_the_page_records_without_scripts(entry, batch, inspection):
    page = entry("LID", java_script_enabled=False)
    card = page.locator("#check-LID")
    card.get_by_label("Some do not").check()
    card.get_by_label("Unit 4", exact=True).check()
    card.get_by_label("All others were looked at and conform").check()
    card.get_by_role("button", name="Save this check").click()

    page.wait_for_url("**/record/#check-PRINT")
    result = inspection.results.get(characteristic__code="LID")
    assert (result.nonconforming_units, result.is_complete) == ([4], True)


def test_the_entry_page_is_accessible(entry, inspection, inspector):
    from axe_playwright_python.sync_playwright import Axe

    record_result(inspection=inspection, sent=ResultInput("HEIGHT", readings=["50.9"]), actor=inspector, at=after(1))
    for code in ("HEIGHT", "LID", "submit"):
        found = Axe().run(entry(code)).response["violations"]
        assert [(code, rule["id"], rule["nodes"][0]["html"]) for rule in found] == []


# Comparisons with the golden sample


@pytest.fixture
def compared(product, batch, inspector):
    """An inspection beside a golden sample."""
    make_golden_sample(product, at=NOON)
    return plan_inspection(batch=batch, actor=inspector, at=after(5))


def at_lid(open_page, inspection, inspector):
    address = f"{reverse('inspection-record', args=[inspection.uid])}#check-LID"
    page = open_page(address, user=inspector, viewport={"width": 1440, "height": 900})
    return page, page.locator("#check-LID [data-reference]")


def say_differs(lid, how):
    lid.get_by_text("Differs", exact=True).click()
    lid.get_by_label("How it differs").fill(how)
    lid.get_by_role("button", name="Store the comparison").click()


def test_a_comparison_made_offline_is_counted_as_unsent_and_sent_when_the_network_is_back(
    open_page, compared, inspector, console
):
    console.expected.append(OFFLINE)
    page, lid = at_lid(open_page, compared, inspector)
    page.context.set_offline(True)

    lid.get_by_role("button", name="Store the comparison").click()
    expect(lid.get_by_role("status")).to_have_text("Say whether it is the same as the golden sample or differs.")
    say_differs(lid, "")
    expect(lid.get_by_role("status")).to_have_text("Say how it differs from the golden sample.")
    expect(unsent(page)).to_have_text("offline")
    say_differs(lid, "A little yellower")
    expect(unsent(page)).to_have_text("offline · 1 unsent")
    expect(lid.get_by_role("status")).to_have_text("kept on this device, not sent yet")
    assert compared.comparisons.count() == 0

    page.context.set_offline(False)
    expect(unsent(page)).to_have_text("")
    expect(lid.get_by_role("status")).to_have_text("stored")
    found = compared.comparisons.get()
    assert (found.is_same, found.difference, found.recorded_at < found.received_at) == (
        False,
        "A little yellower",
        True,
    )


def test_an_unsent_comparison_comes_back_with_the_page(open_page, compared, inspector, console):
    console.expected.append(OFFLINE)
    page, lid = at_lid(open_page, compared, inspector)
    page.route("**/api/v1/**", lambda route: route.abort())
    say_differs(lid, "A little yellower")
    expect(unsent(page)).to_have_text("1 unsent")

    page.reload()

    expect(lid.get_by_label("How it differs")).to_have_value("A little yellower")
    page.unroute("**/api/v1/**")
    try_again(page)
    expect(unsent(page)).to_have_text("")
    assert compared.comparisons.get().difference == "A little yellower"


@pytest.mark.parametrize(("choice", "kept"), [("Keep mine", "A little yellower"), ("Take theirs", "")])
def test_two_people_who_compare_differently_choose_which_is_right(
    open_page, compared, inspector, manager, console, choice, kept
):
    console.expected.append(OFFLINE)
    page, lid = at_lid(open_page, compared, inspector)
    compare_with_reference(
        inspection=compared, characteristic="LID", sent=ComparisonInput(True), actor=manager, at=after(6)
    )

    say_differs(lid, "A little yellower")

    page.get_by_text("Yours: Differs: A little yellower. Theirs: Same.").wait_for()
    assert compared.comparisons.get().is_same
    page.get_by_role("button", name=choice).click()
    expect(unsent(page)).to_have_text("")
    assert compared.comparisons.get().difference == kept
    expect(lid.get_by_role("status")).to_have_text("stored")


def test_a_comparison_of_an_inspection_that_was_closed_stays_with_the_reason(open_page, compared, inspector, console):
    console.expected.append(OFFLINE)
    page, lid = at_lid(open_page, compared, inspector)
    page.context.set_offline(True)
    say_differs(lid, "A little yellower")
    expect(unsent(page)).to_have_text("offline · 1 unsent")
    for result in results_for(compared.batch):
        record_result(inspection=compared, sent=result, actor=inspector, at=after(6))
    submit_inspection(inspection=compared, actor=inspector, at=after(7))

    page.context.set_offline(False)
    page.get_by_role("link", name="See the result").click()

    page.get_by_text("One entry was refused. It stays on this phone.").wait_for()
    page.get_by_role("link", name="See why").click()
    expect(page.locator(".unsent")).to_contain_text("can no longer be changed")
