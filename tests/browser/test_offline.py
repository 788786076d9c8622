"""The phone without a network, on a bad one, in two tabs and in two hands: nothing lost, nothing doubled, nothing untrue."""

from hashlib import sha256

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from accounts import middleware
from accounts.roles import Role
from activity.models import Event
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result, submit_inspection
from inspections.models import Batch, Finding, Inspection
from inspections.sample.services.checks import DropInput
from inspections.sample.services.details import SampleDetails
from inspections.sample.services.samples import TransportInput, record_sample
from tests.browser.conftest import FLAGS, PHONE, REPORT_VIOLATIONS, find_chromium
from tests.browser.line import Line
from tests.browser.phone import answer, show, submit
from tests.browser.waiting import until
from tests.factories import NOON, after, checks_for, make_batch, make_user, results_for

pytestmark = pytest.mark.django_db(transaction=True)
FAILED = "Failed to load resource"
UNPROTECTED = """
SELECT count(*) FROM inspections_batch batch
WHERE (EXISTS (SELECT 1 FROM inspections_finding f WHERE f.batch_id = batch.id AND f.nonconformity_class = 'critical')
   OR EXISTS (SELECT 1 FROM inspections_result r
              JOIN inspections_characteristic c ON c.id = r.characteristic_id
              JOIN inspections_inspection i ON i.id = r.inspection_id
              WHERE i.batch_id = batch.id AND r.nonconforming > 0 AND c.nonconformity_class = 'critical'))
  AND NOT EXISTS (SELECT 1 FROM inspections_hold h WHERE h.batch_id = batch.id)
"""


def unprotected():
    """R1 by SQL: batches with something critical on record and no hold."""
    with connection.cursor() as cursor:
        cursor.execute(UNPROTECTED)
        return cursor.fetchone()[0]


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


@pytest.fixture
def line(live_server):
    line = Line(live_server.url)
    yield line
    line.close()


def session_of(user, url):
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture
def phone(chromium, line, console):
    """A phone at the end of the line, as a Playwright context; with a service worker."""
    console.expected += [FAILED, "when fetching the script"]
    contexts = []

    def one(user=None, **options):
        context = chromium.new_context(base_url=line.url, viewport=PHONE, has_touch=True, **options)
        contexts.append(context)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("page", console.listen)
        if user:
            context.add_cookies([session_of(user, line.url)])
        return context

    yield one
    for context in contexts:
        context.close()


def go(context, path):
    page = context.new_page()
    page.goto(path)
    return page


IS_READY = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  if (registration?.active?.state !== "activated") return false;
  const [name] = (await caches.keys()).filter((each) => each.startsWith("holdfast-pages-"));
  if (!name) return false;
  const cache = await caches.open(name);
  return Boolean(await cache.match(location.href.split("#")[0], { ignoreVary: true }) && await cache.match("/unsent/", { ignoreVary: true }));
}"""


def is_ready(page):
    """The worker has its files, and the phone keeps this page and that of what is unsent."""
    until(page, True, lambda: page.evaluate(IS_READY))


def record_of(inspection):
    return reverse("inspection-record", args=[inspection.uid])


def kept(page):
    """How many operations the phone keeps, of anybody."""
    return page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("holdfast-outbox");
          open.onsuccess = () => {
            const count = open.result.transaction("operations").objectStore("operations").count();
            count.onsuccess = () => { open.result.close(); resolve(count.result); };
          };
        })"""
    )


def chip(page):
    return page.locator(".topbar [data-unsent]")


def results(inspection):
    found = inspection.results.select_related("characteristic").order_by("characteristic__code")
    return {each.characteristic.code: each.nonconforming_units for each in found}


def test_a_page_that_was_opened_before_opens_without_a_network_and_says_that_it_is_a_copy(
    phone, line, inspection, inspector
):
    page = go(phone(inspector), record_of(inspection))
    is_ready(page)

    line.cut()
    page.reload()
    expect(page.locator("[data-outbox-said]")).to_contain_text("Saved copy of")
    expect(page.locator(".entry-head h1")).to_contain_text(inspection.batch.number)
    page.goto(reverse("hold-list"))
    page.get_by_role("heading", name="This page was not taken along").wait_for()


def test_a_critical_found_offline_is_sent_from_any_page_and_each_page_says_that_it_has_not_arrived(
    phone, line, inspection, batch, inspector
):
    context = phone(inspector)
    page = go(context, record_of(inspection))
    is_ready(page)
    page.goto("/")
    is_ready(page)
    page.goto(record_of(inspection) + "#check-LEAK")
    line.cut()
    answer(page, "Some do not")
    answer(page, "Unit 3")
    page.get_by_text("Not sent yet: the batch is stopped only once this arrives.").wait_for()

    page.goto("/")
    expect(page.locator("[data-outbox-said]")).to_contain_text(f"Critical, and not at the server yet: {batch.number}")
    expect(chip(page)).to_have_text("1 unsent")
    line.mend()
    page.evaluate("dispatchEvent(new Event('online'))")

    expect(chip(page)).to_have_text("")
    batch.refresh_from_db()
    assert (results(inspection), batch.state, unprotected()) == ({"LEAK": [3]}, "on_hold", 0)


def test_what_is_left_is_sent_by_the_worker_when_no_page_is_open(phone, line, inspection, batch, inspector):
    context = phone(inspector)
    page = go(context, record_of(inspection) + "#check-LEAK")
    is_ready(page)
    line.cut()
    answer(page, "Some do not")
    answer(page, "Unit 3")
    page.get_by_text("Not sent yet: the batch is stopped only once this arrives.").wait_for()
    until(page, ["outbox"], lambda: page.evaluate(SYNCS))
    line.mend()
    other = go(context, "/static/img/favicon.svg")  # a page without a script, to hold the tools
    tools, registrations = context.new_cdp_session(other), []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda told: registrations.extend(told["registrations"]))
    tools.send("ServiceWorker.enable")
    until(other, True, lambda: bool(registrations))
    page.close()

    told = {
        "origin": line.url,
        "registrationId": registrations[0]["registrationId"],
        "tag": "outbox",
        "lastChance": False,
    }
    tools.send("ServiceWorker.dispatchSyncEvent", told)

    until(other, {"LEAK": [3]}, lambda: results(inspection))
    batch.refresh_from_db()
    assert batch.state == "on_hold"


SYNCS = "() => navigator.serviceWorker.getRegistration().then((registration) => registration.sync.getTags())"


def test_two_tabs_of_one_person_share_what_is_unsent(phone, line, inspection, inspector):
    context = phone(inspector)
    first, second = (go(context, record_of(inspection) + "#check-CORD") for _ in range(2))
    line.cut()
    first.locator(".check.is-active").get_by_label("Unit 1", exact=True).fill("75")
    first.keyboard.press("Enter")
    expect(second.locator(".check.is-active").get_by_label("Unit 1", exact=True)).to_have_value("75")
    second.locator(".check.is-active").get_by_label("Unit 2", exact=True).fill("76")
    second.keyboard.press("Enter")
    expect(first.locator(".check.is-active").get_by_label("Unit 2", exact=True)).to_have_value("76")

    line.mend()
    first.evaluate("dispatchEvent(new Event('online'))")

    for page in (first, second):
        expect(chip(page)).to_have_text("")
    found = inspection.results.get(characteristic__code="CORD")
    assert ([str(each) for each in found.readings[:2]], found.revision) == (["75", "76"], 1)


def test_what_was_entered_belongs_to_who_entered_it(phone, line, inspection, inspector, batch):
    other = make_user(Role.QC, "second")
    context = phone(inspector)
    page = go(context, record_of(inspection) + "#check-LID")
    is_ready(page)
    line.cut()
    answer(page, "All 80 conform")
    expect(chip(page)).to_have_text("1 unsent")
    line.mend()
    context.add_cookies([session_of(other, line.url)])  # somebody else has signed in

    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_text("You are signed out.").wait_for()
    page.goto("/")
    page.goto("/unsent/")

    page.get_by_text("Everything is sent.").wait_for()
    page.get_by_text("One entry on this phone waits until the person who made it signs in.").wait_for()
    assert (kept(page), results(inspection)) == (1, {})
    names = page.evaluate("caches.keys()")
    assert [name for name in names if name.startswith("holdfast-pages-")] == [f"holdfast-pages-{other.uid}"]
    context.add_cookies([session_of(inspector, line.url)])
    page.goto("/")
    until(page, {"LID": []}, lambda: results(inspection))


def test_signing_out_asks_and_leaves_nothing_private_but_what_is_unsent(phone, line, inspection, inspector):
    page = go(phone(inspector, reduced_motion="reduce"), record_of(inspection) + "#check-LID")
    is_ready(page)
    assert page.evaluate(IS_CACHED.replace("only-if-cached", "default")) == 200
    assert page.evaluate(IS_CACHED) == 200
    line.cut()
    answer(page, "All 80 conform")
    expect(chip(page)).to_have_text("1 unsent")
    line.loses = 1.0
    line.state = "up"
    page.get_by_text("Menu", exact=True).tap()
    page.locator(".topbar .user-menu > summary").tap()
    page.locator(".topbar [data-sign-out] button").tap()
    page.get_by_text("Sign out with work unsent?").wait_for()
    page.get_by_role("button", name="Sign out", exact=True).last.tap()

    page.wait_for_url("**/accounts/login/")
    page.get_by_text("One entry on this phone waits until the person who made it signs in.").wait_for()
    until(
        page, [], lambda: page.evaluate("caches.keys().then((names) => names.filter((name) => name.includes('pages')))")
    )
    assert kept(page) == 1
    assert page.evaluate(IS_CACHED) != 200, "what the browser has cached is gone as well, photos included"


IS_CACHED = """() => fetch("/manifest.webmanifest?cached", { cache: "only-if-cached", mode: "same-origin" })
  .then((response) => response.status, () => 0)"""


def hand_in(page, inspection, *, bad=False):
    """Every check conforms, as one taps it, but for unit 3 of the critical one where it is bad; and in it goes."""
    page.goto(record_of(inspection))
    for code in ("LEAK", "LID", "PRINT"):
        show(page, code)
        if bad and code == "LEAK":
            answer(page, "Some do not")
            answer(page, "Unit 3")
            answer(page, "All other 79 units were looked at and conform")
        else:
            answer(page, "All 80 conform")
    for code, value in (("HEIGHT", "50"), ("CORD", "75")):
        show(page, code)
        page.get_by_role("button", name="Paste a column").tap()
        page.locator(".check.is-active textarea").fill("\n".join([value] * 80))
        page.locator(".check.is-active [data-fill]").tap()
    show(page, "submit")
    submit(page)


def test_an_inspection_filled_in_and_handed_in_offline_arrives_once_after_the_browser_was_closed(
    tmp_path, chromium, line, inspection, inspector, console
):
    console.expected += [FAILED, "when fetching the script"]

    def browser():
        context = chromium.browser_type.launch_persistent_context(
            tmp_path, executable_path=find_chromium(), args=FLAGS, base_url=line.url, viewport=PHONE, has_touch=True
        )
        context.add_cookies([session_of(inspector, line.url)])
        return context

    context = browser()
    page = go(context, record_of(inspection))
    is_ready(page)
    line.cut()
    hand_in(page, inspection)
    page.get_by_text("Nothing can be changed until the server has answered.").wait_for()
    assert page.locator("#check-LID").evaluate("card => card.inert")
    context.close()

    context = browser()
    page = go(context, record_of(inspection))
    page.get_by_text("Nothing can be changed until the server has answered.").wait_for()
    assert inspection.results.count() == 0
    line.mend()
    page.goto("/")

    def state():
        inspection.refresh_from_db()
        return inspection.verdict

    until(page, "accepted", state)
    expect(chip(page)).to_have_text("")
    context.close()
    assert [result.revision for result in inspection.results.all()] == [1] * 5


def test_an_inspection_is_abandoned_without_a_network_after_what_was_found(phone, line, inspection, inspector):
    page = go(phone(inspector), reverse("inspection-abandon", args=[inspection.uid]))
    is_ready(page)
    page.goto(record_of(inspection) + "#check-LEAK")
    is_ready(page)
    line.cut()
    answer(page, "Some do not")
    answer(page, "Unit 3")
    expect(chip(page)).to_have_text("1 unsent")
    page.goto(reverse("inspection-abandon", args=[inspection.uid]))
    page.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => false })")
    page.get_by_label("Why?").fill("The goods were not ready")
    page.get_by_role("button", name="Abandon the inspection").tap()
    page.get_by_text("It is kept on this phone that the inspection is abandoned.").wait_for()
    page.goto(record_of(inspection) + "#check-submit")
    page.get_by_text("Abandoning", exact=True).wait_for()
    assert page.locator("#check-LEAK").evaluate("card => card.inert")

    line.mend()
    page.goto("/")

    def state():
        inspection.refresh_from_db()
        return inspection.status, inspection.abandoned_reason

    until(page, ("abandoned", "The goods were not ready"), state)
    assert (results(inspection), unprotected()) == ({"LEAK": [3]}, 0)


@pytest.mark.parametrize(
    ("hears", "said"),
    [(True, "somebody has recorded something meanwhile"), (False, "Changed since you last saw it: LID.")],
)
def test_handing_in_locks_the_page_and_is_refused_when_a_colleague_has_added_something(
    phone, line, inspection, batch, inspector, manager, hears, said
):
    for sent in results_for(batch):
        record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
    page = go(phone(inspector), record_of(inspection) + "#check-submit")
    if not hears:
        page.route("**/live/**", lambda route: route.abort())
    page.locator("#check-submit.is-active").wait_for()
    marked = next(sent for sent in results_for(batch, LID=[5]) if sent.characteristic == "LID")
    record_result(inspection=inspection, sent=marked, actor=manager, at=after(2))
    line.state = "slow"

    submit(page)
    expect(page.locator("#entry")).to_have_class("entry entry--live entry--locked")
    expect(page.locator("[data-banner]")).to_contain_text(said)
    expect(page.locator("#entry")).to_have_class("entry entry--live")
    inspection.refresh_from_db()
    assert inspection.status == "open"


def test_a_critical_found_offline_holds_the_batch_though_a_colleague_has_closed_the_inspection(
    phone, line, inspection, batch, inspector, manager, tmp_path
):
    page = go(phone(inspector), record_of(inspection))
    is_ready(page)
    page.goto("/")
    is_ready(page)
    page.goto(record_of(inspection) + "#check-LEAK")
    line.cut()
    answer(page, "Some do not")
    answer(page, "Unit 3")
    page.locator(".check.is-active input[type=file]").set_input_files(photo_file(tmp_path))
    expect(chip(page)).to_have_text("2 unsent")
    for sent in results_for(batch):
        record_result(inspection=inspection, sent=sent, actor=manager, at=after(1))
    submit_inspection(inspection=inspection, actor=manager, at=after(2))
    batch.refresh_from_db()
    assert batch.available == 1000

    line.mend()
    page.goto("/")

    page.get_by_text("It is kept as a late finding, and the batch is stopped.").wait_for()
    expect(chip(page)).to_have_text("")
    batch.refresh_from_db()
    finding = batch.findings.get()
    assert (finding.late, finding.units, batch.available, batch.on_hold) == (True, [3], 0, 1000)
    photo = inspection.photos.get()
    assert (photo.finding, photo.unit_number, photo.taken_at.isoformat()) == (finding, 3, "2026-11-20T01:02:03+00:00")
    assert photo.original_sha256 == sha256(photo_file(tmp_path).read_bytes()).hexdigest()


def photo_file(folder):
    """A camera's picture, larger than what is kept, that says when it was taken."""
    path = folder / "camera.jpg"
    if not path.exists():
        image = Image.effect_noise((2400, 1800), 40).convert("RGB")
        exif = Image.Exif()
        exif.get_ifd(0x8769).update({0x9003: "2026:11:20 09:02:03", 0x9011: "+08:00"})
        image.save(path, exif=exif)
    return path


def test_a_finding_is_recorded_without_a_network_with_its_photo(phone, line, batch, inspector, tmp_path):
    page = go(phone(inspector), reverse("finding-record", args=[batch.number]))
    is_ready(page)
    line.cut()
    page.reload()
    page.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => false })")
    page.get_by_role("button", name="Record the finding").tap()
    page.get_by_text("Say how grave it is.").wait_for()
    page.get_by_label("Critical", exact=True).check(force=True)
    page.get_by_label("In words").fill("Mould inside the lid")
    page.locator("input[type=file]").set_input_files(photo_file(tmp_path))
    page.get_by_role("button", name="Record the finding").tap()
    page.get_by_text("The finding is recorded on this phone.").wait_for()
    page.get_by_text("The batch is not stopped before it arrives.").first.wait_for()
    assert Finding.objects.count() == 0

    line.mend()
    page.goto("/")

    until(page, 1, lambda: Finding.objects.filter(photos__isnull=False).count())
    batch.refresh_from_db()
    finding = Finding.objects.get()
    assert (finding.note, finding.nonconformity_class, batch.state, unprotected()) == (
        "Mould inside the lid",
        "critical",
        "on_hold",
        0,
    )
    assert finding.photos.count() == 1


def test_half_of_the_answers_are_lost_and_nothing_is_doubled(phone, line, inspection, batch, inspector):
    page = go(phone(inspector), record_of(inspection))
    page.evaluate("setInterval(() => dispatchEvent(new Event('online')), 300)")
    line.loses = 0.5
    for code in ("LEAK", "LID", "PRINT"):
        show(page, code)
        answer(page, "All 80 conform")
    show(page, "LID")
    answer(page, "Some do not")
    answer(page, "Unit 7")

    until(page, {"LEAK": [], "LID": [7], "PRINT": []}, lambda: results(inspection))
    until(page, 0, lambda: kept(page))
    assert line.lost > 0
    said = {"LEAK": [(0, True)], "LID": [(0, True), (0, False), (1, False)], "PRINT": [(0, True)]}
    for code, answers in said.items():  # what was changed before it was sent went as one: each at most once, as entered
        assert (recorded := recordings(code)) == [each for each in answers if each in recorded]


def recordings(code):
    """What was recorded of a check, in turn: (units that do not conform, whether all the others do)."""
    events = Event.objects.filter(kind="result.recorded", data__characteristic=code).order_by("id")
    return [(event.data["nonconforming"], event.data["complete"]) for event in events]


def test_a_worker_of_the_release_before_hands_over_and_its_pages_still_open(phone, line, inspection, inspector):
    page = go(phone(inspector), record_of(inspection))
    is_ready(page)
    before = page.evaluate("document.documentElement.dataset.release")
    staticfiles_storage.manifest_hash = "later"  # of this test alone: each has a storage of its own
    page.goto("/")
    names = ["holdfast-files-" + before, "holdfast-files-later"]

    until(
        page, names, lambda: page.evaluate("caches.keys().then((all) => all.filter((name) => name.includes('files')))")
    )
    line.cut()
    page.goto(record_of(inspection))
    expect(page.locator("[data-outbox-said]")).to_contain_text("Saved copy of")
    expect(page.locator("#entry")).to_have_class("entry entry--live")


def test_a_page_whose_words_the_server_no_longer_understands_says_so_and_keeps_what_was_entered(
    phone, inspection, inspector, monkeypatch
):
    page = go(phone(inspector), record_of(inspection) + "#check-LID")
    monkeypatch.setattr(middleware, "OLDEST_PAGES", 2)
    answer(page, "All 80 conform")

    page.get_by_text("This page is of an earlier release, which the server no longer understands.").wait_for()
    assert (kept(page), results(inspection)) == (1, {})


def test_a_day_on_the_phone(phone, line, product, inspector, tmp_path):
    """Taken along in the morning; three inspections without a network, one of them critical, handed in; a network at night."""
    batches = [make_batch(f"DAY-{each}", product=product) for each in (1, 2, 3)]
    rounds = [plan_inspection(batch=batch, actor=inspector, at=NOON) for batch in batches]
    context = phone(inspector)
    page = go(context, "/")
    is_ready(page)
    page.get_by_role("button", name="Take all along").tap()
    expect(page.locator(".taken")).to_have_count(3)

    line.cut()
    for inspection in rounds:
        page.goto(reverse("inspection-picks", args=[inspection.uid]))
        expect(page.locator("[data-outbox-said]")).to_contain_text("Saved copy of")
        hand_in(page, inspection, bad=inspection is rounds[1])
        page.get_by_text("Nothing can be changed until the server has answered.").wait_for()
    page.goto("/unsent/")
    expect(page.locator(".unsent")).to_have_count(18)
    assert {each.status for each in Inspection.objects.all()} == {"open"}

    line.mend()
    page.get_by_role("button", name="Send now").tap()
    until(
        page, ["accepted", "rejected", "accepted"], lambda: [each.verdict for each in Inspection.objects.order_by("id")]
    )
    page.get_by_text("Everything is sent.").wait_for()
    assert [each.state for each in Batch.objects.order_by("id")] == ["accepted", "on_hold", "accepted"]
    assert [list(each.results.values_list("revision", flat=True)) for each in rounds] == [[1] * 5] * 3
    assert unprotected() == 0


def test_a_sample_with_a_3a_test_is_checked_without_a_network(phone, line, product, inspector, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    done = [DropInput(number, False, False) for number in range(3, 17)]
    sample = record_sample(
        product=product,
        details=SampleDetails(),
        checks=[check for check in checks_for(product) if check.code not in ("manual", "transport", "CORD")],
        transport=TransportInput("ista_3a", "0.9", done, ["220", "160", "90"]),
        submit=False,
        actor=inspector,
        at=NOON,
    )
    address = reverse("sample-check", args=[sample.uid])
    page = go(phone(inspector), address)
    is_ready(page)
    line.cut()

    page.goto(f"{address}#drop-1")
    expect(page.locator("#drop-1")).to_be_visible()
    page.locator("#drop-1 select").select_option("none")
    page.locator("[data-next]").tap()
    page.locator("#drop-2 select").select_option("package")
    page.locator("#drop-2").get_by_placeholder("what and where").fill("corner pushed in")
    Image.new("RGB", (2400, 1800), "peru").save(tmp_path / "corner.jpg")
    page.locator("#drop-2 input[type=file]").set_input_files(tmp_path / "corner.jpg")
    expect(page.locator("#drop-2 figcaption")).to_have_text("on this phone")
    page.goto(f"{address}#aspect-manual")  # from what the phone keeps
    page.locator("#aspect-manual").get_by_label("Conforms", exact=True).tap()
    page.goto(f"{address}#aspect-transport")
    page.locator("#aspect-transport").get_by_label("Conforms", exact=True).tap()
    page.goto(f"{address}#check-CORD")
    page.locator("#check-CORD").get_by_label("Readings").fill("75.2")
    expect(page.locator("#check-CORD [data-said]")).to_have_text("kept on this phone, goes by itself")
    until(page, 6, lambda: kept(page))
    page.reload()
    expect(page.locator("#check-CORD").get_by_label("Readings")).to_have_value("75.2")
    page.goto(f"{address}#finish")
    page.get_by_role("button", name="Finish the checks").tap()
    until(page, 7, lambda: kept(page))
    assert sample.checks.count() == 9
    line.mend()
    page.evaluate("dispatchEvent(new Event('online'))")

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Sample {sample.code} waits for a decision")
    until(page, 0, lambda: kept(page))
    sample.refresh_from_db()
    assert sample.status == "checked"
    assert sample.transport_test.results.get(number=2).note == "corner pushed in"
    [photo] = sample.photos.all()
    assert (photo.drop_number, photo.aspect, len(photo.original_sha256)) == (2, "transport", 64)
