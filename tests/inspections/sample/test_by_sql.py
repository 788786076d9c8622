"""Samples against somebody who goes round the code: every attempt is refused by the database itself."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.inspection.services.comparisons import ComparisonInput, compare_with_reference
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import abandon_inspection
from inspections.models import FurtherCheck, Photo, ReferenceComparison, SampleCheck
from inspections.sample.services.checks import CheckInput, DropInput, begin_transport_test, record_check, record_drop
from inspections.sample.services.further import record_further_check
from inspections.sample.services.photos import add_sample_photo
from inspections.sample.services.samples import submit_sample
from inspections.specification.services.versions import CharacteristicInput
from tests.factories import (
    LEAK,
    NOON,
    after,
    make_batch,
    make_golden_sample,
    make_product,
    make_sample,
    make_specification,
    make_user,
)
from tests.inspections.models.test_rules_by_sql import refused
from tests.pictures import encoded, scene

pytestmark = pytest.mark.django_db

HIPOT = CharacteristicInput("HIPOT", "Dielectric strength", "function", "critical", False)
DECIDE = (
    "UPDATE inspections_sample SET status = %s, decided_at = now(), decided_by_id = %s, reason = 'So', "
    "signature = 'token', version = %s WHERE id = %s"
)


def test_a_sample_begins_undecided(product, inspector, manager):
    sample = make_golden_sample(product)

    rule = refused(
        "INSERT INTO inspections_sample (uid, product_id, supplier_id, series, round, version, status, barcode, label_text,"
        " seal_number, kept_at, note, received_at, received_by_id, checked_at, checked_by_id, decided_at, decided_by_id,"
        " reason, signature) VALUES (gen_random_uuid(), %s, %s, 9, 1, 9, 'approved', '', '', '', '', '', now(), %s, now(),"
        " %s, now(), %s, 'So', 'token')",
        product.pk,
        sample.supplier_id,
        inspector.pk,
        inspector.pk,
        manager.pk,
    )

    assert rule == "sample_begins_undecided"


def test_unanswered_is_never_checked(product, inspector):
    sample = make_sample(product, actor=inspector, submit=False)
    SampleCheck.objects.filter(sample=sample, aspect="manual").delete()

    rule = refused(
        "UPDATE inspections_sample SET status = 'checked', checked_at = now(), checked_by_id = %s WHERE id = %s",
        inspector.pk,
        sample.pk,
    )

    assert rule == "sample_is_checked_when_every_check_is_answered"


def test_a_drop_that_was_not_done_is_unanswered(product, inspector):
    sample = make_sample(product, actor=inspector, submit=False)
    begin_transport_test(sample=sample, protocol="ista_1a", package_weight_kg="2", actor=inspector, at=after(1))
    record_drop(sample=sample, sent=DropInput(1, False, False), actor=inspector, at=after(1))

    rule = refused(
        "UPDATE inspections_sample SET status = 'checked', checked_at = now(), checked_by_id = %s WHERE id = %s",
        inspector.pk,
        sample.pk,
    )

    assert rule == "sample_is_checked_when_every_check_is_answered"


def test_a_further_check_is_signed_by_somebody_else_and_then_stands(product, inspector, manager):
    sample = make_golden_sample(product)
    make_specification(product, [HIPOT, LEAK])
    sent = CheckInput(characteristic="HIPOT", conforms=True)
    further = record_further_check(sample=sample, sent=sent, actor=manager, at=after(1))
    sign = "UPDATE inspections_furthercheck SET signed_at = now(), signed_by_id = %s, signature = 'token' WHERE id = %s"

    FurtherCheck.objects.update(recorded_by=inspector)
    assert refused(sign, manager.pk, further.pk) == "further_check_is_signed_by_someone_who_did_not_check"
    assert refused("DELETE FROM inspections_furthercheck") == "further_check_is_never_deleted"
    FurtherCheck.objects.update(signed_at=NOON, signed_by=make_user(), signature="token")
    assert refused("UPDATE inspections_furthercheck SET note = 'So'") == "further_check_is_frozen_once_signed"
    make_specification(product, [LEAK])
    unasked = (
        "INSERT INTO inspections_furthercheck (sample_id, characteristic_id, conforms, note, revision, recorded_at,"
        " recorded_by_id, signature) SELECT %s, id, true, '', 1, now(), %s, '' FROM inspections_characteristic"
        " WHERE code = 'LID'"
    )
    assert refused(unasked, sample.pk, inspector.pk) == "further_check_is_of_what_is_required"


def test_an_open_sample_goes_over_to_the_version_in_force_alone(product, inspector):
    sample = make_sample(product, actor=inspector)
    other = make_specification(make_product())

    move = "UPDATE inspections_sample SET status = 'received', checked_at = NULL, checked_by_id = NULL"
    assert refused(move) == "sample_is_frozen_once_checked"
    assert refused(f"{move}, specification_id = %s", other.pk) == "sample_is_what_was_received"
    sample.refresh_from_db()
    assert sample.status == "checked"


def test_only_an_approved_sample_is_withdrawn_and_only_signed(product, manager):
    sample = make_sample(product)
    withdraw = (
        "UPDATE inspections_sample SET status = 'withdrawn', version = 1, withdrawn_at = now(), withdrawn_by_id = %s,"
        " withdrawn_reason = 'Lost', withdrawn_signature = %s WHERE id = %s"
    )
    assert refused(withdraw, manager.pk, "token", sample.pk) == "sample_is_frozen_once_checked"
    golden = make_golden_sample(make_product())
    assert refused(withdraw, manager.pk, "", golden.pk) == "sample_is_withdrawn_exactly_when_someone_signed_it"


def test_an_unchecked_sample_is_not_decided(product, inspector, manager):
    sample = make_sample(product, actor=inspector, submit=False)

    # The CHECK of the table speaks for a version that was never checked; to refuse it is no approval.
    assert refused(DECIDE, "approved", manager.pk, 1, sample.pk) == "sample_is_what_was_received"


def test_who_ever_recorded_does_not_decide(product, inspector, manager):
    sample = make_sample(product, actor=manager, submit=False)
    again = CheckInput(aspect="label", conforms=True, note="as printed")
    record_check(sample=sample, sent=again, actor=inspector, at=after(1))
    SampleCheck.objects.update(recorded_by=inspector)
    submit_sample(sample=sample, actor=inspector, at=after(2))

    assert refused(DECIDE, "approved", manager.pk, 1, sample.pk) == "sample_is_decided_by_someone_who_did_not_check_it"
    assert "written once" in refused("DELETE FROM inspections_samplerecorder")


def test_the_second_person_is_another_one(product, inspector, manager, admin):
    sample = make_sample(product, actor=inspector, submit=False)
    SampleCheck.objects.filter(sample=sample, aspect="manual").update(recorded_by=manager)
    submit_sample(sample=sample, actor=inspector, at=after(1))

    assert refused(DECIDE, "approved", inspector.pk, 1, sample.pk) in (
        "sample_is_decided_by_someone_who_did_not_check_it",
        "sample_is_decided_by_a_second_person",
    )
    assert refused(DECIDE, "approved", manager.pk, 1, sample.pk) == "sample_is_decided_by_someone_who_did_not_check_it"


def test_what_does_not_conform_is_not_approved(product, inspector, manager):
    sample = make_sample(product, actor=inspector, label="No CE mark")

    assert refused(DECIDE, "approved", manager.pk, 1, sample.pk) == "sample_that_is_approved_conforms"


def test_a_decision_has_all_its_parts(product, inspector, manager):
    sample = make_sample(product, actor=inspector)
    rules = {
        "status = 'approved', version = 1": "sample_is_decided_exactly_when_someone_signed_it",
        "status = 'refused', decided_at = now(), decided_by_id = %s, signature = 'token'": (
            "sample_is_decided_exactly_when_someone_signed_it"
        ),
        "status = 'refused', version = 1, decided_at = now(), decided_by_id = %s, signature = 'token', reason = 'So'": (
            "sample_has_a_version_exactly_when_approved"
        ),
    }

    for change, rule in rules.items():
        values = [manager.pk] if "%s" in change else []
        assert refused(f"UPDATE inspections_sample SET {change} WHERE id = %s", *values, sample.pk) == rule


def test_nothing_of_a_golden_sample_changes(product):
    sample = make_golden_sample(product)
    frozen = "sample_is_frozen_once_decided"

    for change in (
        "version = 2", "status = 'refused'", "reason = 'Other'", "weight_g = 1", "label_text = 'x'", "note = 'x'",
        "decided_at = now()", "lab_l = 1, lab_a = 0, lab_b = 0", "specification_id = NULL",
    ):  # fmt: skip
        assert refused(f"UPDATE inspections_sample SET {change} WHERE id = %s", sample.pk) == frozen
    assert refused("DELETE FROM inspections_sample WHERE id = %s", sample.pk) == "sample_is_never_deleted"
    assert refused("UPDATE inspections_samplecheck SET note = 'x' WHERE sample_id = %s", sample.pk) == (
        "finding_is_frozen_with_its_sample"
    )
    assert refused("DELETE FROM inspections_samplecheck WHERE sample_id = %s", sample.pk) == (
        "finding_is_frozen_with_its_sample"
    )


def test_what_was_found_is_frozen_once_checked(product, inspector):
    sample = make_sample(product, actor=inspector)

    for change in ("weight_g = 1", "status = 'received', checked_at = NULL, checked_by_id = NULL"):
        assert refused(f"UPDATE inspections_sample SET {change} WHERE id = %s", sample.pk) == (
            "sample_is_frozen_once_checked"
        )


def test_photos_stay_with_the_sample_that_they_were_taken_of(product, inspector):
    sample = make_sample(product, actor=inspector, submit=False)
    file = SimpleUploadedFile("a.jpg", encoded(scene(1)).read())
    add_sample_photo(sample=sample, file=file, actor=inspector, at=after(1))
    submit_sample(sample=sample, actor=inspector, at=after(2))

    assert refused("DELETE FROM inspections_photo WHERE sample_id = %s", sample.pk) == (
        "finding_is_frozen_with_its_sample"
    )
    assert refused(
        "UPDATE inspections_photo SET inspection_id = NULL, sample_id = NULL WHERE sample_id = %s", sample.pk
    ) in (
        "finding_is_frozen_with_its_sample",
        "photo_is_of_an_inspection_a_finding_or_a_sample",
    )
    Photo.objects.filter(sample=sample).update(width=10)  # as processing does


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ("'appearance', NULL, false, ''", "sample_check_that_fails_says_why"),
        ("'tolerance', NULL, true, ''", "sample_check_is_of_an_aspect_or_a_characteristic"),
        ("'', NULL, true, ''", "sample_check_is_of_an_aspect_or_a_characteristic"),
        ("'appearance', NULL, true, ''", "sample_check_is_once_per_aspect"),
    ],
)
def test_a_check_that_cannot_be(product, inspector, values, rule):
    sample = make_sample(product, actor=inspector, submit=False)
    SampleCheck.objects.filter(sample=sample, aspect="manual").delete()

    assert (
        refused(
            "INSERT INTO inspections_samplecheck (sample_id, aspect, characteristic_id, conforms, note, revision, recorded_at,"
            f" recorded_by_id) VALUES (%s, {values}, 1, now(), %s)",
            sample.pk,
            inspector.pk,
        )
        == rule
    )


def test_a_measured_check_of_another_specification(product, inspector):
    sample = make_sample(product, actor=inspector, submit=False)
    other = make_specification(make_product())

    rule = refused(
        "INSERT INTO inspections_samplecheck (sample_id, aspect, characteristic_id, conforms, note, revision, recorded_at,"
        " recorded_by_id) VALUES (%s, '', %s, true, '', 1, now(), %s)",
        sample.pk,
        other.characteristics.get(code="LEAK").pk,
        inspector.pk,
    )

    assert rule == "sample_check_is_of_its_specification"


def test_a_comparison_is_with_a_golden_sample_of_the_product_and_stands_with_its_inspection(product, inspector):
    make_golden_sample(product)
    inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=after(1))
    compare_with_reference(
        inspection=inspection, characteristic="LID", sent=ComparisonInput(True), actor=inspector, at=after(2)
    )
    other = make_golden_sample(make_product())
    waiting = make_sample(product, at=after(3))

    for sample in (other, waiting):
        assert refused("UPDATE inspections_referencecomparison SET sample_id = %s", sample.pk) == (
            "comparison_is_with_a_golden_sample_of_the_product"
        )
    assert refused("UPDATE inspections_referencecomparison SET is_same = false") == "comparison_that_differs_says_how"
    abandon_inspection(inspection=inspection, reason="Rain", actor=inspector, at=after(4))
    assert refused("UPDATE inspections_referencecomparison SET recorded_at = now()") == (
        "comparison_is_frozen_with_its_inspection"
    )
    assert refused("DELETE FROM inspections_referencecomparison") == "comparison_is_frozen_with_its_inspection"
    assert ReferenceComparison.objects.count() == 1


def test_one_number_is_one_sample(product):
    make_golden_sample(product, at=NOON)
    second = make_sample(product, at=after(5))

    assert refused("UPDATE inspections_sample SET series = 1 WHERE id = %s", second.pk) in (
        "sample_is_frozen_once_checked",
        "sample_round_is_once_per_series",
    )
