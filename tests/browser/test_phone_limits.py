"""Phones that cannot keep anything, have a wrong clock, or bring what the release before has kept."""

from datetime import timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from tests.browser.phone import answer, show
from tests.browser.test_offline import chip, go, inspection, is_ready, kept, line, phone, photo_file, record_of, results  # noqa: F401 fixtures
from tests.browser.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
OLD = """
for (const [where, names] of [[window, ["indexedDB"]], [Navigator.prototype, ["serviceWorker", "locks", "storage"]]]) {
  for (const name of names) Object.defineProperty(where, name, { value: undefined });
}
"""
FULL = "void (IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); })"
AHEAD = """
const Real = Date;
const days = 40 * 86400000;
window.Date = class extends Real {
  constructor(...given) { super(...(given.length ? given : [Real.now() + days])); }
  static now() { return Real.now() + days; }
};
"""


def test_a_browser_that_keeps_nothing_works_online_and_says_so(phone, line, inspection, inspector):  # noqa: F811
    context = phone(inspector, service_workers="block")
    context.add_init_script(OLD)
    page = go(context, record_of(inspection) + "#check-LID")
    answer(page, "All 80 conform")
    until(page, {"LID": []}, lambda: results(inspection))

    line.cut()
    show(page, "PRINT")
    answer(page, "All 80 conform")
    page.get_by_text("This device cannot keep unsent entries.").wait_for()
    line.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, {"LID": [], "PRINT": []}, lambda: results(inspection))
    page.goto("/unsent/")
    page.get_by_text("This browser cannot keep pages.").wait_for()


@pytest.mark.parametrize(("choice", "days"), [("Use the server's", 0), ("Keep the phone's", 40)])
def test_a_clock_that_is_days_off_is_asked_about(phone, inspection, inspector, choice, days):  # noqa: F811
    context = phone(inspector, service_workers="block")
    context.add_init_script(AHEAD)
    page = go(context, record_of(inspection) + "#check-LID")
    page.get_by_text("The clock of this phone is 40.0 days off").wait_for()
    page.get_by_role("button", name=choice).tap()
    expect(page.get_by_text("The clock of this phone")).to_have_count(0)

    answer(page, "All 80 conform")

    until(page, {"LID": []}, lambda: results(inspection))
    result = inspection.results.get()
    assert abs(result.recorded_at - now() - timedelta(days=days)) < timedelta(minutes=5)
    assert abs(result.received_at - now()) < timedelta(minutes=5)


def test_what_the_release_before_has_kept_is_sent(phone, inspection, inspector):  # noqa: F811
    context = phone(inspector, service_workers="block")
    entry = (
        '{"body":{"nonconforming_units":[4],"complete":true},"draft":{"nonconforming_units":[4],"complete":true},'
        '"recordedAt":"2026-11-20T01:02:03.000Z","revision":0,"serial":1,"tried":[],"refused":false}'
    )
    key = f"holdfast.entry.inspector.{inspection.uid}:LID"
    seed = f"if (location.host && !sessionStorage.seeded) {{ localStorage.setItem('{key}', '{entry}'); sessionStorage.seeded = 1; }}"
    context.add_init_script(seed)
    page = go(context, "/")

    until(page, {"LID": [4]}, lambda: results(inspection))
    expect(chip(page)).to_have_text("")
    assert page.evaluate(f"localStorage.getItem('{key}')") is None


def test_a_picture_that_does_not_get_through_holds_up_no_reading(phone, inspection, inspector):  # noqa: F811
    page = go(phone(inspector, service_workers="block"), record_of(inspection) + "#check-LID")
    page.route("**/photos/", lambda route: None)  # no answer, ever
    heic = {"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": b"ftypheic"}
    page.locator(".check.is-active input[type=file]").set_input_files(heic)
    page.get_by_text("This browser cannot show the picture. It is kept and sent all the same.").wait_for()
    expect(chip(page)).to_have_text("1 unsent")

    answer(page, "All 80 conform")

    until(page, {"LID": []}, lambda: results(inspection))
    expect(chip(page)).to_have_text("1 unsent")


def test_a_phone_without_room_says_so_before_anything_is_lost_and_keeps_readings_before_pictures(
    phone,  # noqa: F811
    line,  # noqa: F811
    inspection,  # noqa: F811
    inspector,
    tmp_path,
):
    context = phone(inspector)
    page = context.new_page()
    quota = {"origin": line.url, "quotaSize": 4 * 2**20}  # enough for the pages and for readings
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    page.goto(record_of(inspection) + "#check-LID")
    page.get_by_text("Little room is left on this phone.").wait_for()
    is_ready(page)
    line.cut()
    page.locator(".check.is-active input[type=file]").set_input_files(photo_file(tmp_path))
    page.get_by_text("This device cannot keep unsent entries.").wait_for()
    answer(page, "All 80 conform")
    expect(chip(page)).to_have_text("2 unsent")
    assert kept(page) == 1, "the reading, and not the picture"
    page.evaluate(FULL)  # not even a reading goes in: what is kept is held with the change from now on
    answer(page, "Some do not")
    answer(page, "Unit 7")
    show(page, "PRINT")
    answer(page, "All 80 conform")
    expect(chip(page)).to_have_text("3 unsent")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    until(page, ["beforeunload"], lambda: asked)

    line.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(chip(page)).to_have_text("")
    assert (results(inspection), inspection.photos.count()) == ({"LID": [7], "PRINT": []}, 1)
    expect(page.get_by_text("This device cannot keep unsent entries.")).to_have_count(0)
