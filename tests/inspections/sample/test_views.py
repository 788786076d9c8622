"""Samples on pages: the list, receiving, checking, deciding, the label, and the reference beside an inspection."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from inspections.inspection.services.planning import plan_inspection
from inspections.models import Photo, ReferenceComparison, Sample
from inspections.photo.services import add_photo
from inspections.photo.tasks import process_waiting_photos
from inspections.sample.services.checks import CheckInput, DropInput, record_check, record_drop
from inspections.sample.services.details import SampleDetails
from inspections.sample.services.photos import add_sample_photo
from inspections.sample.services.samples import decide_sample, receive_sample, submit_sample
from tests.factories import after, make_batch, make_golden_sample, make_product, make_sample, make_supplier
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db
PASSWORD = "holdfast-test"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def url(name, sample):
    return reverse(name, args=[sample.uid])


def text(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_sample_is_received_with_what_is_known_of_it(client, inspector, product):
    client.force_login(inspector)

    answer = client.post(
        reverse("sample-create"),
        {
            "key": uuid4(),
            "product": product.sku,
            "weight_g": "８８６．５",
            "colour_l": "92.1",
            "colour_a": "-0.8",
            "colour_b": "2.4",
        },
    )

    sample = Sample.objects.get()
    assert answer["Location"] == url("sample-check", sample)
    assert (str(sample.weight_g), str(sample.lab_b), sample.code) == ("886.50", "2.40", "HL-KT17-W-S1.1")


def test_pressed_twice_it_is_received_once(client, inspector, product):
    client.force_login(inspector)
    sent = {"key": uuid4(), "product": product.sku}

    answers = [client.post(reverse("sample-create"), sent)["Location"] for _ in range(2)]

    assert answers == [url("sample-check", Sample.objects.get())] * 2


def test_what_is_wrong_is_beside_its_field_and_nothing_typed_is_lost(client, inspector, product):
    client.force_login(inspector)
    sent = {
        "key": uuid4(), "product": product.sku, "barcode": "4006381333932", "colour_l": "50", "colour_a": "200",
        "colour_b": "200", "label_text": "220 V",
    }  # fmt: skip

    answer = client.post(reverse("sample-create"), sent)

    form = answer.context["form"]
    assert set(form.errors) == {"barcode", "colour_l"}
    assert "Only a surface that fluoresces" in form.errors["colour_l"][0]
    assert 'name="colour_confirmed"' in text(answer)
    assert "220 V" in text(answer)
    assert Sample.objects.count() == 0


def test_an_unknown_product_is_named(client, inspector):
    client.force_login(inspector)

    answer = client.post(reverse("sample-create"), {"key": uuid4(), "product": "NONE"})

    assert answer.context["form"].errors["product"] == ["There is no product with the SKU NONE."]


# Checking


@pytest.fixture
def sample(product, inspector):
    return receive_sample(product=product, details=SampleDetails(), actor=inspector, at=after(0))


def all_good(**changes):
    aspects = ("appearance", "function", "packaging", "accessories", "manual", "label", "transport")
    sent = {f"aspect-{aspect}-answer": "good" for aspect in aspects}
    sent |= {f"check-{code}-answer": "good" for code in ("LEAK", "LID", "PRINT")}
    return sent | {"check-HEIGHT-readings": "50.0 50.1", "check-CORD-readings": "75,2"} | changes


def test_nothing_is_answered_beforehand(client, inspector, sample):
    client.force_login(inspector)

    page = text(client.get(url("sample-check", sample)))

    assert re.findall(r'value="(?:good|bad)" checked', page) == []
    assert "12 checks are not answered yet" in page


def test_checks_are_saved_and_finished(client, inspector, sample):
    client.force_login(inspector)
    photo = SimpleUploadedFile("a.jpg", encoded(scene(1)).read())

    answer = client.post(url("sample-check", sample), all_good(**{"aspect-manual-photo": photo, "do": "submit"}))

    assert answer["Location"] == url("sample-detail", sample)
    sample.refresh_from_db()
    assert (sample.status, sample.checks.count(), Photo.objects.get().aspect) == ("checked", 12, "manual")


def test_what_can_be_stored_is_stored_and_the_rest_is_shown_with_what_is_wrong(client, inspector, sample):
    client.force_login(inspector)

    answer = client.post(
        url("sample-check", sample),
        {
            "aspect-manual-answer": "good",
            "aspect-label-answer": "bad",
            "check-HEIGHT-readings": "50.1 abc",
            "do": "save",
        },
    )

    assert answer.status_code == 400
    lines = {line.code: line for line in answer.context["sheet"].checks}
    assert [code for code, line in lines.items() if line.errors] == ["label", "HEIGHT"]
    assert (lines["HEIGHT"].readings, lines["label"].answer) == ("50.1 abc", "bad")
    assert [check.code for check in sample.checks.all()] == ["manual"]


def test_saving_again_what_is_stored_changes_nothing(client, inspector, manager, sample, event_kinds):
    client.force_login(inspector)
    client.post(url("sample-check", sample), all_good())
    before = event_kinds(sample.stream)
    client.force_login(manager)

    client.post(url("sample-check", sample), all_good())

    assert event_kinds(sample.stream) == before
    assert {check.recorded_by for check in sample.checks.all()} == {inspector}


def as_shown(page: str) -> dict[str, str]:
    """The revisions that a check page carries."""
    return dict(re.findall(r'name="([\w-]+-revision)"\s+value="(\d+)"', page))


def test_what_somebody_else_found_meanwhile_is_kept_and_shown(client, inspector, manager, sample):
    client.force_login(inspector)
    client.post(url("sample-check", sample), {"aspect-appearance-answer": "good"})
    stale = as_shown(text(client.get(url("sample-check", sample))))
    scratched = CheckInput("appearance", conforms=False, note="deep scratch on the lid", revision=1)
    record_check(sample=sample, sent=scratched, actor=manager, at=after(5))

    answer = client.post(
        url("sample-check", sample),
        stale | {"aspect-appearance-answer": "good", "aspect-packaging-answer": "good", "do": "submit"},
    )

    [kept] = sample.checks.filter(aspect="appearance")
    assert (kept.conforms, kept.note, kept.recorded_by) == (False, "deep scratch on the lid", manager)
    assert sample.checks.filter(aspect="packaging", conforms=True).exists()
    page = text(answer)
    assert answer.status_code == 400
    assert (
        "appearance was changed by somebody else in the meantime and is kept: does not conform · deep scratch on the lid"
        in page
    )
    assert "You had entered: conforms." in page
    # The page shows it as it is now: an answer on it is meant.
    [line] = [line for line in answer.context["sheet"].checks if line.code == "appearance"]
    assert (line.answer, line.note) == ("bad", "deep scratch on the lid")
    client.post(url("sample-check", sample), as_shown(page) | {"aspect-appearance-answer": "good"})
    kept.refresh_from_db()
    assert (kept.conforms, kept.revision) == (True, 3)


def test_what_a_drop_did_meanwhile_is_kept_and_shown(client, inspector, manager, sample):
    client.force_login(inspector)
    client.post(url("sample-check", sample), {"protocol": "ista_1a", "package_weight_kg": "12"})
    client.post(url("sample-check", sample), {"drop-1-outcome": "none"})
    stale = as_shown(text(client.get(url("sample-check", sample))))
    record_drop(sample=sample, sent=DropInput(1, False, True, "Lid cracked", 1), actor=manager, at=after(5))

    answer = client.post(url("sample-check", sample), stale | {"drop-1-outcome": "none", "drop-2-outcome": "none"})

    drops = list(sample.transport_test.results.values_list("number", "product_damaged", "note", "revision"))
    assert drops == [(1, True, "Lid cracked", 2), (2, False, "", 1)]
    assert "drop 1 was changed by somebody else in the meantime and is kept: product damaged · Lid cracked" in text(
        answer
    )


def test_a_page_without_revisions_takes_back_nothing_that_another_found(client, inspector, manager, sample):
    record_check(sample=sample, sent=CheckInput("label", conforms=False, note="no CE"), actor=manager, at=after(5))
    client.force_login(inspector)

    client.post(url("sample-check", sample), {"aspect-label-answer": "good"})

    assert [(check.conforms, check.note) for check in sample.checks.all()] == [(False, "no CE")]


def test_unfinished_checks_are_not_finished(client, inspector, sample):
    client.force_login(inspector)

    answer = client.post(url("sample-check", sample), {"aspect-manual-answer": "good", "do": "submit"})

    assert answer.status_code == 422
    assert "11 checks are not answered yet" in text(answer)
    sample.refresh_from_db()
    assert sample.status == "received"


def test_the_drops_appear_once_the_test_is_chosen(client, inspector, sample):
    client.force_login(inspector)
    client.post(url("sample-check", sample), {"protocol": "ista_1a", "package_weight_kg": "12"})

    page = text(client.get(url("sample-check", sample)))
    assert page.count("610 mm") == 10

    client.post(
        url("sample-check", sample),
        {"drop-1-outcome": "package", "drop-1-note": "Corner dented", "drop-2-outcome": "none"},
    )
    assert list(sample.transport_test.results.values_list("number", "package_damaged", "note")) == [
        (1, True, "Corner dented"),
        (2, False, ""),
    ]


# Deciding


def test_a_manager_signs_with_the_password(client, inspector, manager, product):
    sample = make_sample(product, actor=inspector)
    client.force_login(manager)
    page = client.get(url("sample-detail", sample))
    sent = {"key": uuid4(), "decision": "approve", "reason": "As agreed", "digest": page.context["digest"]}
    sent["confirmed"] = page.context["doubts"]

    refused = client.post(url("sample-decide", sample), sent | {"password": "wrong"})
    assert "This is not your password" in text(refused)
    assert "As agreed" in text(refused)
    answer = client.post(url("sample-decide", sample), sent | {"password": PASSWORD})

    sample.refresh_from_db()
    assert (answer["Location"], sample.status, sample.signature) == (
        url("sample-detail", sample),
        "approved",
        "password",
    )


@pytest.mark.parametrize(
    ("persona", "status"),
    [("inspector", 403), ("merchandiser", 403), ("supplier_user", 403), ("rival_supplier", 404)],
)
def test_who_may_not_decide(client, request, product, persona, status):
    sample = make_sample(product)
    client.force_login(request.getfixturevalue(persona))
    sent = {"key": uuid4(), "decision": "approve", "reason": "So", "password": PASSWORD}

    assert client.post(url("sample-decide", sample), sent).status_code == status
    assert client.post(url("sample-move", sample), {"kept_at": "Room 2"}).status_code in (status, 302)
    sample.refresh_from_db()
    assert sample.status == "checked"
    assert sample.kept_at == ("Room 2" if persona == "inspector" else "")


def test_who_checked_it_reads_why_not(client, manager, product):
    sample = make_sample(product, actor=manager)
    client.force_login(manager)

    assert "You checked this sample" in text(client.get(url("sample-detail", sample)))
    sent = {"key": uuid4(), "decision": "approve", "reason": "So", "password": PASSWORD}
    assert "may not decide on it" in text(client.post(url("sample-decide", sample), sent))
    sample.refresh_from_db()
    assert sample.status == "checked"


def test_a_supplier_reads_the_outcome_and_nothing_internal(client, supplier_user, product, inspector):
    details = SampleDetails(note="they overcharge", kept_at="Secret shelf")
    sample = make_golden_sample(product, details=details)
    client.force_login(supplier_user)

    for page in (client.get(url("sample-detail", sample)), client.get(reverse("product-samples", args=[product.sku]))):
        assert "olden sample 1" in text(page)
        assert "overcharge" not in text(page)
        assert "Secret shelf" not in text(page)
        assert sample.decided_by.username not in text(page)


def test_lists_hold_only_ones_own(client, supplier_user, product):
    make_golden_sample(product)
    make_golden_sample(make_product("OTHER-1", supplier=make_supplier("OTHER")))
    client.force_login(supplier_user)

    page = text(client.get(reverse("sample-list")))

    assert ("HL-KT17-W-S1.1" in page, "OTHER-1" in page) == (True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_constant_number_of_statements(client, merchandiser, django_assert_num_queries, count):
    for _number in range(count):
        make_golden_sample(make_product())
    client.force_login(merchandiser)
    client.get(reverse("sample-list"))

    with django_assert_num_queries(9):
        client.get(reverse("sample-list"))


def test_a_label_of_what_is_not_approved_says_so(client, inspector, product):
    sample = make_sample(product)
    client.force_login(inspector)
    assert "NOT APPROVED: NOT A REFERENCE" in text(client.get(url("sample-label", sample)))
    golden = make_golden_sample(make_product("NEXT"))
    assert "GOLDEN SAMPLE 1" in text(client.get(url("sample-label", golden)))


# Beside the camera


def test_the_golden_sample_stands_beside_each_check(client, inspector, product):
    make_golden_sample(product, details=SampleDetails(colour=["92.1", "-0.8", "2.4"]))
    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=after(5))
    client.force_login(inspector)

    references = client.get(reverse("inspection-record", args=[inspection.uid])).context["references"]

    assert {code: line.value for code, line in references.items()} == {
        "LEAK": "", "HEIGHT": "50.25", "CORD": "77.5", "LID": "", "PRINT": "",
    }  # fmt: skip
    assert references["LID"].swatch.startswith("#")


def test_where_nothing_is_approved_nothing_is_shown_as_approved(client, inspector, product):
    make_sample(product, actor=inspector)
    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=after(5))
    client.force_login(inspector)

    page = client.get(reverse("inspection-record", args=[inspection.uid]))

    assert page.context["references"] == {}
    assert "data-reference" not in text(page)


def test_same_or_differs_is_recorded_and_shown_on_the_result(client, inspector, product):
    make_golden_sample(product)
    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=after(5))
    client.force_login(inspector)
    address = reverse("inspection-compare", args=[inspection.uid])

    client.post(address, {"characteristic": "LEAK", "same": "same"})
    answer = client.post(address, {"characteristic": "LID", "same": "differs", "difference": "Matt instead of glossy"})

    assert answer["Location"].endswith("#check-LID")
    page = text(client.get(reverse("inspection-detail", args=[inspection.uid])))
    assert ("same as golden sample 1" in page, "Matt instead of glossy" in page) == (True, True)


def test_a_comparison_that_says_nothing_is_refused_in_words(client, inspector, product):
    make_golden_sample(product)
    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=after(5))
    client.force_login(inspector)

    answer = client.post(
        reverse("inspection-compare", args=[inspection.uid]), {"characteristic": "LID", "same": "differs"}, follow=True
    )

    assert "Say how it differs from the golden sample." in text(answer)
    assert ReferenceComparison.objects.count() == 0


def test_the_manager_finds_waiting_samples_on_the_first_page(client, manager, product):
    sample = make_sample(product)
    client.force_login(manager)

    assert sample.code in text(client.get(reverse("home")))


def test_a_picture_of_the_sample_that_comes_with_an_inspection_is_a_doubt(client, inspector, manager, product):
    sample = make_sample(product, actor=inspector, submit=False)
    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=after(5))
    for add, whole in ((add_sample_photo, {"sample": sample}), (add_photo, {"inspection": inspection})):
        file = SimpleUploadedFile("a.jpg", encoded(scene(1)).read())
        add(**whole, file=file, actor=inspector, at=after(6))

    process_waiting_photos()

    assert list(Photo.objects.order_by("id").values_list("status", "earlier_use__sample")) == [
        ("ready", None),
        ("ready", sample.pk),
    ]
    client.force_login(manager)
    page = text(client.get(reverse("inspection-detail", args=[inspection.uid])))
    assert "shows the same picture as sample HL-KT17-W-S1.1" in page
    assert client.get(reverse("home")).status_code == 200


def test_a_picture_of_an_earlier_round_is_taken_and_named(inspector, manager, product):
    for _round in range(2):
        sample = make_sample(product, actor=inspector, submit=False, at=after(_round))
        file = SimpleUploadedFile("a.jpg", encoded(scene(1)).read())
        add_sample_photo(sample=sample, file=file, actor=inspector, at=after(6))
        submit_sample(sample=sample, actor=inspector, at=after(7))
        decide_sample(sample=sample, decision="refuse", reason="No", signature="token", actor=manager, at=after(8))

    process_waiting_photos()

    assert list(Photo.objects.order_by("id").values_list("status", "earlier_use__sample__round")) == [
        ("ready", None),
        ("ready", 1),
    ]
