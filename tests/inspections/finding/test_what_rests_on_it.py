"""Whatever asks what was found asks findings as well as results: set-aside, abandonment, what a hold rests on, who inspected."""

from uuid import uuid4

import pytest

from accounts.roles import Role
from activity.errors import InvalidInput
from inspections.finding.services import FindingInput, record_finding
from inspections.hold.services.holds import dispositions_for, place_hold, rests_on_abandoned
from inspections.hold.services.reinspections import is_by_the_same
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import abandon_inspection, submit_inspection
from inspections.models import Inspection, SwitchingStep
from inspections.switching.services import lots_of
from tests.factories import NOON, after, answer_hold, inspect, make_user
from tests.inspections.inspection.test_abandonment import REJECTS, abandon, sign_invalid
from tests.inspections.inspection.test_carrying import answer
from tests.inspections.models.test_rules_by_sql import refused

pytestmark = pytest.mark.django_db
UNSIGNED = "invalid_sample_is_signed_of_abandoned_inspections_alone"


def find(batch, actor, at=NOON, **said):
    given = {"uid": uuid4(), "note": "Sharp burr", "nonconformity_class": "critical"} | said
    return record_finding(batch=batch, sent=FindingInput(**given), actor=actor, at=at)


def signed_by_sql(hold, manager) -> str:
    return refused(
        'INSERT INTO inspections_disposition (uid, hold_id, kind, quantity, freed, reason, "limit", signature, decided_at,'
        " decided_by_id) VALUES (gen_random_uuid(), %s, 'invalid_sample', %s, 0, 'x', '', 'token', now(), %s)",
        hold.pk,
        hold.remaining,
        manager.pk,
    )


class TestWhatWasFoundInTheSample:
    def test_is_set_aside_with_what_its_checks_found_each_unit_once(self, batch, inspector):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        said = {"nonconformity_class": "minor", "inspection": inspection.uid}
        find(batch, inspector, units=[3, 4], **said)
        find(batch, inspector, count=1, **said)
        answer(inspection, inspector, PRINT=[4, 5])

        submit_inspection(inspection=inspection, actor=inspector, at=after(3))

        batch.refresh_from_db()
        assert (batch.set_aside, batch.available) == (4, 996)

    def test_nobody_sets_aside_less_by_sql(self, batch, inspector):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        find(batch, inspector, units=[3, 4], nonconformity_class="minor", inspection=inspection.uid)
        answer(inspection, inspector)

        rule = refused(
            "WITH moved AS (UPDATE inspections_batch SET awaiting = 0, available = quantity WHERE id = %s)"
            " UPDATE inspections_inspection SET status = 'submitted', verdict = 'accepted', tally = '{}', submitted_at = now()"
            " WHERE id = %s",
            batch.pk,
            inspection.pk,
        )

        assert rule == "acceptance_sets_aside_what_it_found"

    def test_that_rejects_is_not_walked_away_from_by_sql(self, batch, inspector):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        find(batch, inspector, units=REJECTS, nonconformity_class="major", inspection=inspection.uid)

        rule = refused(
            "UPDATE inspections_inspection SET status = 'abandoned', abandoned_at = now(), abandoned_reason = 'tea' WHERE id = %s",
            inspection.pk,
        )

        assert rule == "inspection_that_rejects_is_not_walked_away_from"

    def test_that_is_critical_counts_as_critical_in_the_switching_rules(self, batch, inspector):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        find(batch, inspector, inspection=inspection.uid)

        abandon_inspection(inspection=inspection, reason="Rain", actor=inspector, at=after(1))

        assert (
            SwitchingStep.objects.count(),
            lots_of(Inspection.objects.get(pk=inspection.pk), {})["critical"].rejected_otherwise,
        ) == (1, True)


class TestThatASampleWasInvalid:
    """It is signed of what the abandoned inspection found, and of nothing else."""

    def test_what_was_found_in_it_may_be_signed_away_with_it(self, batch, inspector, manager):
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        find(batch, inspector, inspection=inspection.uid)
        abandon_inspection(inspection=inspection, reason="Rain", actor=inspector, at=after(1))

        sign_invalid(batch.holds.get(), manager, at=after(2))

        assert batch.holds.get().status == "ended"

    @pytest.mark.parametrize("of_the_inspection", [True, False])
    def test_a_late_finding_stands_against_it(self, batch, inspector, manager, of_the_inspection):
        abandoned = abandon(batch, inspector, REJECTS)
        find(batch, inspector, after(1), inspection=abandoned.uid if of_the_inspection else None)
        hold = batch.holds.get()

        assert (rests_on_abandoned(hold), "invalid_sample" in dispositions_for(hold)) == (False, False)
        with pytest.raises(InvalidInput):
            sign_invalid(hold, manager, at=after(2))
        assert signed_by_sql(hold, manager) == UNSIGNED

    def test_a_stop_by_hand_stands_against_it(self, batch, inspector, manager):
        place_hold(batch=batch, note="Wet cartons", actor=manager, at=NOON)
        abandon(batch, inspector, REJECTS, at=after(1))
        hold = batch.holds.get()

        assert "invalid_sample" not in dispositions_for(hold)
        assert signed_by_sql(hold, make_user(Role.MANAGER, "second")) == UNSIGNED


def test_who_found_something_in_a_re_inspection_had_a_part_in_it(batch, inspector):
    inspect(batch, actor=inspector, LEAK=[1])
    hold = batch.holds.get()
    answer_hold(hold)
    colleague = make_user(Role.QC, "colleague")
    second = plan_inspection(batch=batch, actor=colleague, at=after(1))
    find(batch, inspector, after(2), nonconformity_class="minor", inspection=second.uid)
    answer(second, colleague, at=after(3))

    submit_inspection(inspection=second, actor=colleague, at=after(4))

    hold.refresh_from_db()
    assert (is_by_the_same(hold, second), hold.status, hold.to_countersign) == (True, "open", second)
    rule = refused(
        "UPDATE inspections_hold SET status = 'ended', ended_at = now(), ended_by_id = %s, remaining = 0, sorted_out = 0,"
        " to_countersign_id = NULL, ended_by_inspection_id = %s WHERE id = %s",
        colleague.pk,
        second.pk,
        hold.pk,
    )
    assert rule == "hold_that_is_critical_ends_with_a_second_person"
