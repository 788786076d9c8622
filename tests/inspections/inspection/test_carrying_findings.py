"""What was found beside the results of a batch is asked by its next re-inspection as well (R13)."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.roles import Role
from inspections.finding.services import FindingInput, record_finding
from inspections.inspection.services.late import keep_late_result
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import abandon_inspection, record_result, submit_inspection
from inspections.inspection.services.results import ResultInput
from inspections.models import Characteristic, Finding, Inspection
from inspections.specification.services.versions import Unanswered
from tests.caller import Caller
from tests.factories import LID, NOON, PRINT, after, answer_hold, inspect, make_specification, make_user
from tests.inspections.inspection.test_carrying import (
    BAD,
    WITHOUT_CORD,
    answer,
    asked,
    insert_round_two,
    with_cord,
)
from tests.inspections.models.test_rules_by_sql import refused

pytestmark = pytest.mark.django_db


def find(batch, actor, at=NOON, **said) -> Finding:
    return record_finding(batch=batch, sent=FindingInput(uid=uuid4(), **said), actor=actor, at=at)


@pytest.fixture
def colleague(db):
    return make_user(Role.QC, "colleague")


@pytest.fixture
def rejected(batch, inspector):
    """The first round of the batch: lids alone were bad."""
    return inspect(batch, actor=inspector, LID=BAD)


def test_a_check_that_a_late_finding_failed_is_asked_though_the_specification_dropped_it(
    batch, product, inspector, rejected
):
    find(batch, inspector, after(1), characteristic="CORD", units=[3], inspection=rejected.uid)
    make_specification(product, WITHOUT_CORD)

    second = plan_inspection(batch=batch, actor=inspector, at=after(2))

    assert asked(second)["CORD"] == ("major", Decimal(70), Decimal(80))
    assert (second.carried["CORD"]["round"], second.carried["CORD"]["added"]) == (1, True)
    answer(second, inspector, skip=["CORD"], at=after(3))
    with pytest.raises(Unanswered):
        submit_inspection(inspection=second, actor=inspector, at=after(4))


def test_with_the_limits_that_it_failed_by(batch, product, inspector, rejected):
    find(batch, inspector, after(1), characteristic="CORD", count=2)
    make_specification(product, with_cord(lower="60", upper="90"))

    second = plan_inspection(batch=batch, actor=inspector, at=after(2))

    assert asked(second)["CORD"] == ("major", Decimal(70), Decimal(80))


def test_a_finding_graver_than_its_check_is_asked_in_the_class_that_it_had(batch, product, inspector, rejected):
    find(batch, inspector, after(1), characteristic="PRINT", nonconformity_class="critical", note="Wrong voltage")

    second = plan_inspection(batch=batch, actor=inspector, at=after(2))

    assert (asked(second)["PRINT"], second.carried["PRINT"]["added"]) == (("critical", None, None), False)
    _same, result = record_result(
        inspection=second, sent=ResultInput("PRINT", nonconforming_units=[1]), actor=inspector, at=after(3)
    )
    assert Inspection.objects.get(pk=second.pk).hold == batch.holds.get()
    assert Characteristic.objects.get(pk=result.characteristic_id).nonconformity_class == "critical"


def test_what_was_found_on_nothing_listed_is_a_check_of_its_own_and_unanswered_until_answered(
    batch, inspector, colleague, rejected
):
    finding = find(batch, inspector, after(1), nonconformity_class="critical", note="Sharp burr  under the handle")
    code = f"F-{finding.uid.hex[:8].upper()}"
    answer_hold(batch.holds.get(), at=after(2))

    second = plan_inspection(batch=batch, actor=colleague, at=after(3))

    own = second.characteristic(code)
    assert (own.name, own.name_zh) == (
        "Is this put right: Sharp burr under the handle",
        "此问题是否已整改：Sharp burr under the handle",
    )
    assert (own.nonconformity_class, own.method, list(asked(second))[-1]) == ("critical", finding.note, code)
    answer(second, colleague, skip=[code], at=after(4))
    with pytest.raises(Unanswered):
        submit_inspection(inspection=second, actor=colleague, at=after(5))
    record_result(inspection=second, sent=ResultInput(code, nonconforming_units=[]), actor=colleague, at=after(6))
    assert submit_inspection(inspection=second, actor=colleague, at=after(7)).verdict == "accepted"
    assert batch.holds.get().status == "ended"


def test_where_it_is_not_put_right_the_batch_stays_rejected(batch, inspector, rejected):
    finding = find(batch, inspector, after(1), nonconformity_class="critical", note="Sharp burr")
    code = f"F-{finding.uid.hex[:8].upper()}"
    second = plan_inspection(batch=batch, actor=inspector, at=after(3))

    answer(second, inspector, at=after(4), **{code: [2]})

    assert submit_inspection(inspection=second, actor=inspector, at=after(5)).verdict == "rejected"
    third = plan_inspection(batch=batch, actor=inspector, at=after(6))
    assert code in asked(third)


def test_a_finding_in_the_round_itself_is_asked_by_the_next(batch, product, inspector):
    first = plan_inspection(batch=batch, actor=inspector, at=NOON)
    find(batch, inspector, NOON, characteristic="PRINT", units=[1], inspection=first.uid)
    answer(first, inspector, LID=BAD)
    submit_inspection(inspection=first, actor=inspector, at=after(3))
    make_specification(product, [LID])

    second = plan_inspection(batch=batch, actor=inspector, at=after(4))

    assert list(asked(second)) == ["LID", "PRINT"]


def test_a_class_that_no_version_plans_is_planned_as_the_critical_one(batch, product, inspector):
    minor_only = {"kind": "single", "standard": "iso2859-1", "level": "II", "aql": {"minor": "4.0"}}
    make_specification(product, [PRINT], scheme=minor_only)
    inspect(batch, actor=inspector, PRINT=list(range(1, 20)))
    find(batch, inspector, after(1), nonconformity_class="major", note="Lid does not close")

    second = plan_inspection(batch=batch, actor=inspector, at=after(2))

    assert (second.plans["major"].acceptance, sorted(second.plan)) == (0, ["major", "minor"])


def test_a_late_result_on_a_check_that_was_carried_along_is_kept(batch, product, inspector):
    inspect(batch, actor=inspector, CORD=BAD)
    make_specification(product, WITHOUT_CORD)
    second = plan_inspection(batch=batch, actor=inspector, at=after(1))
    answer(second, inspector)
    submit_inspection(inspection=second, actor=inspector, at=after(3))

    readings = ["75"] * (second.sample_size - 1) + ["99"]
    late = keep_late_result(
        inspection=second, sent=ResultInput("CORD", readings=readings), actor=inspector, at=after(4)
    )

    assert (late.characteristic.code, late.units, late.late) == ("CORD", [second.sample_size], True)


def test_what_was_found_again_in_a_re_inspection_belongs_to_its_check(batch, inspector, rejected):
    earlier = find(batch, inspector, after(1), nonconformity_class="critical", note="Sharp burr")
    second = plan_inspection(batch=batch, actor=inspector, at=after(2))

    again = find(batch, inspector, after(3), characteristic=earlier.asked_as.code, units=[4], inspection=second.uid)

    assert (again.characteristic, again.asked_as, again.late) == (earlier.asked_as, None, False)


def test_page_and_answer_say_where_it_comes_from(batch, inspector, client, rejected):
    finding = find(batch, inspector, after(1), nonconformity_class="major", note="Smells of solvent")
    status, opened = Caller(inspector).send("POST", "inspections/", {"batch": batch.number})
    _status, told = Caller(inspector).send("GET", f"inspections/{opened['id']}/")
    assert (status, told["carried"]) == (201, [finding.asked_as.code])

    client.force_login(inspector)
    page = client.get(reverse("inspection-record", args=[opened["id"]])).content.decode()

    assert "Is this put right: Smells of solvent" in page
    assert "Asked because it was found outside of the rounds" in page


class TestBySQL:
    def plan_without(self, batch, inspector) -> str:
        """The statement that inserts a re-inspection as it was planned before something was found, and not asking it."""
        second = plan_inspection(batch=batch, actor=inspector, at=after(1))
        copied = insert_round_two(second)
        abandon_inspection(inspection=second, reason="Rain", actor=inspector, at=after(2))
        return copied

    @pytest.mark.parametrize(
        "said",
        [
            {"nonconformity_class": "minor", "note": "Smells of solvent"},
            {"characteristic": "PRINT", "nonconformity_class": "major", "note": "Wrong voltage"},
        ],
    )
    def test_no_round_asks_less(self, batch, inspector, rejected, said):
        copied = self.plan_without(batch, inspector)
        find(batch, inspector, after(3), **said)

        assert refused(copied) == "reinspection_asks_what_failed"

    def test_neither_by_a_version_without_the_check(self, batch, product, inspector, rejected):
        make_specification(product, WITHOUT_CORD)
        copied = self.plan_without(batch, inspector)
        find(batch, inspector, after(3), characteristic="CORD", inspection=rejected.uid)

        assert refused(copied) == "reinspection_asks_what_failed"

    def test_it_is_accepted_only_with_an_answer(self, batch, inspector, rejected):
        finding = find(batch, inspector, after(1), nonconformity_class="minor", note="Smells of solvent")
        second = plan_inspection(batch=batch, actor=inspector, at=after(2))
        answer(second, inspector, skip=[finding.asked_as.code], at=after(3))

        rule = refused(
            "UPDATE inspections_inspection SET status = 'submitted', verdict = 'accepted', tally = '{}', submitted_at = now()"
            " WHERE id = %s",
            second.pk,
        )

        assert rule == "reinspection_answers_what_failed"

    def test_a_finding_is_asked_as_something_in_its_class_and_that_stays(self, batch, inspector):
        finding = find(batch, inspector, nonconformity_class="minor", note="Smells of solvent")
        values = (
            "INSERT INTO inspections_finding (uid, batch_id, characteristic_id, asked_as_id, nonconformity_class, nonconforming,"
            " note, late, found_at, received_at, found_by_id)"
            f" VALUES (gen_random_uuid(), {batch.pk}, %s, %s, 'major', 1, 'burr', true, now(), now(), {inspector.pk})"
        )
        print_check = Characteristic.objects.get(code="PRINT")

        assert refused(values, None, None) == "finding_is_asked_again"
        assert refused(values, print_check.pk, None) == "finding_is_asked_again_in_its_class"
        assert refused(values, None, print_check.pk) == "finding_is_asked_again_in_its_class"
        assert refused(values, None, finding.asked_as_id) == "finding_is_asked_again_in_its_class"
        for change in (
            "UPDATE inspections_characteristic SET method = '' WHERE id = %s",
            "DELETE FROM inspections_characteristic WHERE id = %s",
        ):
            assert refused(change, finding.asked_as_id) == "characteristic_is_frozen_once_active"
