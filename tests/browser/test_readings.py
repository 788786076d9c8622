"""Readings on a phone: the number pad, what is far off, a typing error, and the cells that stay in sight."""

import json
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from inspections.inspection.services.results import ResultInput
from inspections.models import Hold, TypingError
from tests.browser.conftest import PHONE
from tests.browser.waiting import until
from tests.factories import NOON, after

pytestmark = pytest.mark.django_db(transaction=True)

CASES = json.loads((Path(__file__).parent.parent / "inspections/rules/far_off.json").read_text())
SEEN = """cells => cells.filter((cell) => {
  const box = cell.getBoundingClientRect();
  const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return there && cell.contains(there);
}).map((cell) => cell.querySelector("input").getAttribute("aria-label"))"""


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


@pytest.fixture
def entry(open_page, inspection, inspector):
    """The entry page on a phone, at one check."""

    def at(code, viewport=PHONE):
        address = f"{reverse('inspection-record', args=[inspection.uid])}#check-{code}"
        return open_page(address, user=inspector, has_touch=True, is_mobile=True, viewport=viewport)

    return at


@pytest.fixture
def tap(entry):
    """Tap keys of the pad where they are: nothing is scrolled to."""

    def tap(page, keys):
        for key in keys:
            box = page.locator(f"[data-pad] [data-key='{key}']").bounding_box()
            page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    return tap


def cell(page, unit):
    return page.locator(".check.is-active").get_by_label(f"Unit {unit}", exact=True)


def said(page):
    return page.locator("[data-said]")


def readings(inspection, code):
    stored = inspection.results.filter(characteristic__code=code).first()
    return stored and {unit: str(each) for unit, each in enumerate(stored.readings, 1) if each is not None}


def test_digits_fill_in_their_point_and_a_whole_reading_goes_on_by_itself(entry, tap, inspection):
    page = entry("HEIGHT")

    tap(page, "501499500")

    expect(cell(page, 4)).to_be_focused()
    until(page, {1: "50.1", 2: "49.9", 3: "50.0"}, lambda: readings(inspection, "HEIGHT"))
    page.locator("[data-point]").tap()
    tap(page, "5")
    expect(cell(page, 4)).to_have_value("5")
    page.reload()
    expect(page.locator("[data-point]")).to_have_attribute("aria-pressed", "false")


def test_a_far_reading_is_asked_about_beside_the_pad_before_it_stops_the_batch(entry, tap, batch, inspection):
    page = entry("HEIGHT")
    page.locator("[data-point]").tap()

    tap(page, ["5", "0", "1", "next"])

    expect(said(page)).to_have_text("Unit 1: 501 mm? The limits are 49.5 – 50.5 mm. A decimal point may be lost.")
    above, below = said(page).bounding_box(), page.locator("[data-pad]").bounding_box()
    assert 0 < below["y"] - above["y"] < 220
    page.wait_for_timeout(1500)
    assert Hold.objects.count() == 0
    page.get_by_role("button", name="It is 50.1 mm").tap()
    until(page, {1: "50.1"}, lambda: readings(inspection, "HEIGHT"))
    assert Hold.objects.count() == 0


@pytest.mark.parametrize("how", ["confirmed", "another check", "page closed"])
def test_confirmed_or_left_it_counts(entry, tap, batch, inspection, inspector, open_page, how):
    page = entry("HEIGHT")
    page.locator("[data-point]").tap()
    tap(page, ["5", "0", "1", "next"])
    expect(said(page)).to_contain_text("501")

    if how == "confirmed":
        page.get_by_role("button", name="It is 501 mm").tap()
    elif how == "another check":
        page.locator("[data-next]").tap()
    else:
        page.goto("/")
        page.goto(reverse("inspection-record", args=[inspection.uid]))

    page.get_by_text("This batch is stopped, the supplier has been told").wait_for()
    batch.refresh_from_db()
    assert (batch.state, readings(inspection, "HEIGHT")) == ("on_hold", {1: "501"})


def test_the_page_asks_about_the_same_readings_as_the_server(entry):
    page = entry("HEIGHT")
    script = page.locator("script[src*='entry/page']").get_attribute("src")
    assert script
    told = page.evaluate(
        """async (cases) => {
          const { farOff } = await import("/static/js/entry/far-off.js");
          const number = (text) => (text ? Number(text) : null);
          const words = (odd) => odd && (odd.meant === undefined ? odd.code : `${odd.code} ${Number(odd.meant)}`);
          return Object.fromEntries(Object.entries(cases).map(([name, { readings, ...limits }]) => {
            const numbers = Object.fromEntries(Object.entries(limits).map(([key, text]) => [key, number(text)]));
            return [name, Object.fromEntries(Object.keys(readings).map((text) => [text, words(farOff(text, numbers))]))];
          }));
        }""",
        CASES,
    )

    assert told == {name: case["readings"] for name, case in CASES.items()}


def test_a_wrong_key_is_named_on_the_phone_and_signed_at_the_desk(
    entry, open_page, batch, inspection, inspector, manager
):
    record_result(inspection=inspection, sent=ResultInput("HEIGHT", readings=["501"]), actor=inspector, at=after(1))
    page = entry("HEIGHT")
    page.get_by_role("link", name="A wrong key? Name the typing error").tap()
    page.get_by_label("What was read").fill("50.1")
    page.get_by_role("button", name="Name the typing error").tap()
    page.get_by_text("The batch stays on hold until a quality manager has signed it.").wait_for()
    expect(cell(page, 1)).to_have_value("50.1")

    desk = open_page(
        reverse("hold-detail", args=[Hold.objects.get().uid]), user=manager, viewport={"width": 1440, "height": 900}
    )
    desk.get_by_text("Body height of unit 1: named a typing error").wait_for()
    desk.get_by_text("Typing error, go on inspecting").click()
    desk.get_by_label("Reason", exact=True).fill("501 for 50.1")
    desk.get_by_label("Your password, as signature").fill("holdfast-test")
    desk.get_by_role("button", name="Sign that it was a typing error").click()
    desk.get_by_text("This hold has ended").first.wait_for()

    batch.refresh_from_db()
    assert (batch.state, TypingError.objects.get().state) == ("awaiting", "accepted")
    expect(page.get_by_text("This batch is stopped, the supplier has been told")).to_be_hidden()


@pytest.mark.parametrize(
    ("viewport", "least"),
    [({"width": 844, "height": 390}, 20), ({"width": 360, "height": 640}, 10), (PHONE, 20)],
)
def test_the_cells_stay_in_sight(entry, tap, viewport, least):
    page = entry("HEIGHT", viewport)
    page.wait_for_timeout(500)
    cells = page.locator("#check-HEIGHT .reading")
    assert len(cells.evaluate_all(SEEN)) >= least

    tap(page, "501" * 12)

    seen = cells.evaluate_all(SEEN)
    assert (len(seen) >= least, "Unit 13" in seen, "Unit 12" in seen) == (True, True, True)


def test_a_keyboard_and_a_caliper_type_into_the_cell_from_the_first_key_on(entry, inspection):
    readings_there = ResultInput("HEIGHT", readings=["50.0"] * 40)
    record_result(inspection=inspection, sent=readings_there, actor=inspection.inspector, at=after(1))
    page = entry("HEIGHT")

    expect(cell(page, 41)).to_be_focused()
    assert "Unit 41" in page.locator("#check-HEIGHT .reading").evaluate_all(SEEN)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("50.1\n49.9\n")

    until(page, {**dict.fromkeys(range(1, 41), "50.0"), 41: "50.1", 42: "49.9"}, lambda: readings(inspection, "HEIGHT"))


def test_the_ticks_of_the_pick_list_stay(open_page, inspection, inspector):
    url = reverse("inspection-picks", args=[inspection.uid])
    page = open_page(url, user=inspector, has_touch=True, is_mobile=True)
    page.locator(".pick").nth(2).tap()
    page.locator(".pick").nth(5).tap()
    expect(page.locator("[data-picked]")).to_contain_text("2 of 80 taken")

    page.get_by_role("link", name="Record the results").tap()
    page.goto(url)

    assert page.locator("input[name=picked]").evaluate_all("boxes => boxes.map((box) => box.checked)")[:7] == [
        False, False, True, False, False, True, False,
    ]  # fmt: skip


def test_cartons_are_asked_before_the_list_is_drawn(open_page, batch, inspector):
    page = open_page("/", user=inspector, has_touch=True, is_mobile=True)
    page.get_by_role("link", name="Inspect", exact=True).tap()
    page.get_by_label("How many cartons do the units come in now?").fill("25")
    assert batch.inspections.count() == 0
    page.get_by_role("button", name="Start the inspection").tap()

    page.get_by_text("Open 5 of 25 cartons").first.wait_for()
    assert batch.inspections.get().cartons == 25
