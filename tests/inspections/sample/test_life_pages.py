"""What becomes of a sample, over pages and the API: who may, what is asked, and what is said where it is refused."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.roles import Role
from activity.models import Event
from compliance.board.page.calendar import endings
from inspections.models import FurtherCheck, Sample
from inspections.sample.receivers import tell_of_a_sample_that_runs_out
from inspections.sample.services.checks import CheckInput, DropInput, begin_transport_test, record_drop
from inspections.sample.services.further import record_further_check
from inspections.sample.services.reminders import remind_of_keeping
from inspections.sample.services.samples import decide_sample, submit_sample
from inspections.specification.services.versions import CharacteristicInput, draft_specification
from tests.caller import Caller
from tests.factories import (
    KETTLE,
    NOON,
    SCHEME,
    after,
    make_golden_sample,
    make_sample,
    make_specification,
    make_user,
)
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db
PASSWORD = "holdfast-test"
HIPOT = CharacteristicInput("HIPOT", "Dielectric strength", "function", "critical", False, name_zh="耐压")


def url(name, sample):
    return reverse(name, args=[sample.uid])


def text(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


ACTS = {
    "sample-cancel": "check",
    "sample-further": "check",
    "sample-withdraw": "decide",
    "sample-further-sign": "decide",
}


@pytest.mark.parametrize("name", ACTS)
def test_who_may_not(client, request, product, name):
    sample = make_golden_sample(product)
    others = {"merchandiser": 403, "supplier_user": 403, "rival_supplier": 404}
    if ACTS[name] == "decide":
        others["inspector"] = 403

    for persona, status in others.items():
        client.force_login(request.getfixturevalue(persona))
        assert (persona, client.post(url(name, sample)).status_code) == (persona, status)
        assert (persona, client.get(url(name, sample)).status_code) == (persona, status)


def test_signing_in_on_the_way_leads_back_to_the_sample(client, manager, product):
    sample = make_golden_sample(product)
    client.force_login(manager)

    assert [client.get(url(name, sample))["Location"] for name in ACTS] == [url("sample-detail", sample)] * 4


def test_what_drops_damaged_stands_above_the_decision_and_asks_for_a_word(client, inspector, manager, product):
    sample = make_sample(product, actor=inspector, submit=False)
    begin_transport_test(sample=sample, protocol="ista_1a", package_weight_kg="2", actor=inspector, at=NOON)
    for number in range(1, 11):
        record_drop(sample=sample, sent=DropInput(number, number == 3, False, "Burst seam"), actor=inspector, at=NOON)
    submit_sample(sample=sample, actor=inspector, at=NOON)
    client.force_login(manager)

    page = client.get(url("sample-detail", sample))
    shown = text(page)
    assert shown.index("1 of 10 drops did damage") < shown.index("Sign the decision")
    assert "Drop 3: Burst seam" in shown
    assert "The 10 free falls of ISTA 1A; no vibration, compression or climate is recorded here" in shown
    assert [str(doubt) for doubt in page.context["doubts"]] == ["photo", "size"]
    sent = {"key": uuid4(), "decision": "approve", "reason": "As agreed", "password": PASSWORD}
    sent |= {"digest": page.context["digest"], "confirmed": ["photo"], "damage_note": "In a master carton"}
    asked = text(client.post(url("sample-decide", sample), sent))
    assert "Approve it although its size and weight were not measured? Say so" in asked
    client.post(url("sample-decide", sample), sent | {"confirmed": ["photo", "size"]})

    sample.refresh_from_db()
    assert (sample.status, sample.doubts, sample.damage_note) == ("approved", ["photo", "size"], "In a master carton")
    assert "Approved although there is no photo of it; its size" in text(client.get(url("sample-detail", sample)))


def test_a_decision_from_a_page_that_is_stale_is_refused_aloud_and_its_reason_kept(client, inspector, manager, product):
    sample = make_sample(product, actor=inspector)
    client.force_login(manager)
    digest = client.get(url("sample-detail", sample)).context["digest"]
    other = make_user(Role.MANAGER)
    decide_sample(sample=sample, decision="refuse", reason="Dented", signature="token", actor=other, at=after(1))

    sent = {"key": uuid4(), "decision": "approve", "reason": "Fine by me", "password": PASSWORD, "digest": digest}
    shown = text(client.post(url("sample-decide", sample), sent))

    assert "Nothing was signed" in shown
    assert "This sample is decided already" in shown
    assert "Fine by me" in shown


def test_a_golden_sample_is_withdrawn_on_its_page(client, manager, product):
    sample = make_golden_sample(product)
    client.force_login(manager)
    page = client.get(url("sample-detail", sample))
    sent = {
        "key": uuid4(),
        "reason": "Faded in the sun",
        "digest": page.context["withdraw_digest"],
        "password": "wrong",
    }

    refused = text(client.post(url("sample-withdraw", sample), sent))
    assert "This is not your password" in refused
    assert "Faded in the sun" in refused
    client.post(url("sample-withdraw", sample), sent | {"password": PASSWORD})

    sample.refresh_from_db()
    assert (sample.status, sample.withdrawn_by, sample.withdrawn_signature) == ("withdrawn", manager, "password")
    assert "WITHDRAWN: NOT A REFERENCE ANY MORE" in text(client.get(url("sample-label", sample)))


def test_one_that_came_by_mistake_is_cancelled_on_its_page(client, inspector, product):
    sample = make_sample(product, submit=False)
    client.force_login(inspector)

    assert "This field is required" in text(client.post(url("sample-cancel", sample), {"key": uuid4(), "reason": ""}))
    client.post(url("sample-cancel", sample), {"key": uuid4(), "reason": "Of another SKU"})

    sample.refresh_from_db()
    assert (sample.status, sample.decided_by, sample.signature) == ("cancelled", inspector, "")
    assert "Of another SKU" in text(client.get(url("sample-detail", sample)))


def test_further_checks_are_entered_by_one_and_signed_by_another(client, inspector, manager, product):
    sample = make_golden_sample(product)
    make_specification(product, [*KETTLE, HIPOT])
    client.force_login(inspector)
    page = text(client.get(url("sample-detail", sample)))
    assert "HIPOT was never checked on it" in page
    refused = client.post(url("sample-further", sample), {"check-HIPOT-answer": "bad", "check-HIPOT-revision": "0"})
    assert (refused.status_code, "HIPOT: Say what was seen" in text(refused)) == (400, True)
    client.post(url("sample-further", sample), {"check-HIPOT-answer": "good", "check-HIPOT-revision": "0"})
    assert "waits for a second person" in text(client.get(reverse("product-samples", args=[product.sku])))

    client.force_login(manager)
    digest = client.get(url("sample-detail", sample)).context["further_digest"]
    client.post(url("sample-further-sign", sample), {"key": uuid4(), "digest": digest, "password": PASSWORD})

    assert FurtherCheck.objects.get().signed_by == manager
    sample.refresh_from_db()
    assert sample.lacking == []


def test_the_activation_of_a_version_says_what_the_golden_sample_lacks(client, merchandiser, product):
    make_golden_sample(product)
    draft = draft_specification(
        product=product, characteristics=[*KETTLE, HIPOT], scheme=SCHEME, actor=merchandiser, at=after(1)
    )
    client.force_login(merchandiser)

    page = text(client.get(reverse("specification-activate", args=[product.sku, draft.version])))

    assert "Golden sample 1 lacks some of it:" in page
    assert "HIPOT was never checked on it" in page
    assert "The gate closes until it is checked for that" in page


def test_a_list_and_a_label_tell_a_golden_sample_from_the_one_before(client, inspector, product):
    first = make_golden_sample(product)
    make_golden_sample(product, at=after(1))
    client.force_login(inspector)

    assert "golden sample 1, superseded" in text(client.get(reverse("sample-list")))
    assert "SUPERSEDED: NOT A REFERENCE ANY MORE" in text(client.get(url("sample-label", first)))


def test_the_end_of_its_keeping_is_in_the_calendar_mailed_and_said(
    client, inspector, merchandiser, product, mailoutbox
):
    product.merchandiser = merchandiser
    product.save()
    merchandiser.email, merchandiser.language = "mei@example.com", "en"
    merchandiser.save()
    sample = make_golden_sample(product)
    Sample.objects.filter(pk=sample.pk).update(kept_until=localdate(NOON) + timedelta(days=7))

    found = [ending for ending in endings(merchandiser, today=localdate(NOON)) if ending.kind == "sample"]
    assert [(each.day, each.where) for each in found] == [(localdate(NOON) + timedelta(days=7), product.sku)]
    remind_of_keeping(at=NOON)
    tell_of_a_sample_that_runs_out(Event.objects.get(kind="sample.keeping_ends"))
    assert [mail.subject for mail in mailoutbox] == ["Sample HL-KT17-W-S1.1 is kept until 2026-11-29"]

    Sample.objects.filter(pk=sample.pk).update(kept_until=localdate() - timedelta(days=1))
    client.force_login(inspector)
    assert "Its keeping is over" in text(client.get(url("sample-detail", sample)))
    refused = client.post(url("sample-move", sample), {"kept_at": "Room 2", "kept_until": "2020-01-01"})
    assert "a day that is over" in text(refused)
    assert 'value="Room 2"' in text(refused)


def test_fields_that_may_be_negative_have_a_minus(client, inspector, product):
    make_specification(
        product, [CharacteristicInput("TEMP", "Cold", "performance", "minor", True, None, "-20", "5", "°C")]
    )
    sample = make_sample(product, submit=False)
    client.force_login(inspector)

    form = text(client.get(reverse("sample-create")))
    assert re.findall(r'name="(\w+)"[^>]*data-signed', form) == ["colour_a", "colour_b"]
    page = text(client.get(url("sample-check", sample)))
    assert re.findall(r'name="([\w-]+)"[^>]*data-signed', page) == ["check-TEMP-readings"]


# Over the API


def test_each_check_and_drop_by_itself_with_its_revision(inspector, product):
    sample = make_sample(product, actor=inspector, submit=False)
    caller, other = Caller(inspector), Caller(make_user(Role.QC))
    begin_transport_test(sample=sample, protocol="ista_1a", package_weight_kg="2", actor=inspector, at=NOON)
    check, drop = f"samples/{sample.uid}/checks/CORD/", f"samples/{sample.uid}/drops/1/"

    assert caller.send("GET", drop)[0] == 404
    status, found = caller.send("PUT", check, {"typed": "755 mm 75，4", "note": "", "revision": 1})
    assert (status, found["readings"], found["revision"]) == (200, [75.5, 75.4], 2)
    assert caller.send("PUT", check, {"typed": "75.5 75.4", "note": "", "revision": 1})[0] == 200  # a repeat
    status, problem = other.send("PUT", check, {"typed": "60", "revision": 1})
    assert (status, problem["code"]) == (409, "check_changed")
    status, found = caller.send("PUT", drop, {"package_damaged": False, "product_damaged": False, "revision": 0})
    assert (status, found) == (
        200,
        {"number": 1, "package_damaged": False, "product_damaged": False, "note": "", "revision": 1},
    )
    status, problem = other.send(
        "PUT", drop, {"package_damaged": True, "product_damaged": False, "note": "Burst", "revision": 0}
    )
    assert (status, problem["code"]) == (409, "check_changed")


def test_the_whole_life_over_the_api(inspector, manager, product):
    qc, signer = Caller(inspector), Caller(manager)
    first = make_sample(product, actor=inspector, submit=False)
    assert qc.send("POST", f"samples/{first.uid}/cancel/", {"reason": "Of another SKU"})[1]["state"] == "cancelled"
    sample = make_sample(product, actor=inspector, at=after(1))
    address = f"samples/{sample.uid}/"
    status, problem = signer.send("POST", f"{address}decide/", {"decision": "approve", "reason": "So", "confirmed": []})
    assert (status, problem["code"], problem["doubts"]) == (409, "approval_asks", ["photo", "size", "drop_test"])
    _status, found = signer.send("POST", f"{address}decide/", {"decision": "approve", "reason": "So"})
    assert (found["state"], found["doubts"]) == ("approved", ["photo", "size", "drop_test"])

    make_specification(product, [*KETTLE, HIPOT])
    assert qc.send("GET", address)[1]["lacking"] == [{"code": "HIPOT", "class": "critical", "why": "unchecked"}]
    status, found = qc.send("POST", f"{address}further/", {"characteristic": "HIPOT", "conforms": True})
    assert (status, found["signed_at"], found["specification"]) == (200, None, 2)
    digest = signer.send("GET", address)[1]["further_digest"]
    assert signer.send("POST", f"{address}further/sign/", {"digest": "0"})[1]["code"] == "changed_meanwhile"
    assert signer.send("POST", f"{address}further/sign/", {"digest": digest})[1]["lacking"] == []

    digest = signer.send("GET", address)[1]["digest"]
    assert qc.send("POST", f"{address}withdraw/", {"digest": digest, "reason": "Lost"})[0] == 403
    found = signer.send("POST", f"{address}withdraw/", {"digest": digest, "reason": "Lost"})[1]
    assert (found["state"], found["withdrawn_reason"]) == ("withdrawn", "Lost")


def test_a_3a_test_asks_for_the_measures_of_the_package_and_says_what_was_done(inspector, product):
    sample = make_sample(product, actor=inspector, submit=False)
    address, caller = f"samples/{sample.uid}/transport/", Caller(inspector)
    sent = {"protocol": "ista_3a", "package_weight_kg": 0.05}

    problem = caller.send("POST", address, sent)[1]
    assert [error["field"] for error in problem["errors"]] == [
        "package_length_mm", "package_width_mm", "package_height_mm",
    ]  # fmt: skip
    sides = {"package_length_mm": 900, "package_width_mm": 100, "package_height_mm": 90}
    assert caller.send("POST", address, sent | sides)[1]["errors"][0]["code"] == "kind_not_told"
    found = caller.send("POST", address, sent | sides | {"package_length_mm": 120})[1]["transport"]
    assert (found["package_kind"], len(found["drops"]), found["drops"][0]["height_mm"]) == ("small", 16, None)
    assert found["done"].startswith("The 16 free falls of ISTA 3A for a small package; no vibration")


def test_a_photo_that_a_phone_made_smaller_keeps_what_the_camera_said(inspector, product, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    sample = make_sample(product, actor=inspector, submit=False)
    sent = {"taken_at": "2026-11-20T03:00:00Z", "original_sha256": "a" * 64}
    sent["photo"] = SimpleUploadedFile("p.jpg", encoded(scene(1)).getvalue())

    answer = Caller(inspector).post(f"/api/v1/samples/{sample.uid}/photos/", sent, format="multipart")

    assert answer.status_code == 201
    photo = sample.photos.get()
    assert (photo.original_sha256, str(photo.taken_at)) == ("a" * 64, "2026-11-20 03:00:00+00:00")


def test_a_further_check_of_the_wrong_sort_names_what_is_wrong(inspector, product):
    sample = make_golden_sample(product)
    make_specification(product, [*KETTLE, HIPOT])

    record_further_check(
        sample=sample, sent=CheckInput(characteristic="HIPOT", conforms=True), actor=inspector, at=after(2)
    )
    status, problem = Caller(inspector).send(
        "POST", f"samples/{sample.uid}/further/", {"characteristic": "NONE", "conforms": True}
    )
    assert (status, problem["errors"][0]["code"]) == (400, "unknown_characteristic")
