"""What a record once showed is not taken back by one person until it passes (R3, R8)."""

from functools import partial

import pytest

from accounts.roles import Role
from inspections.hold.services.holds import Decision, InspectorMayNotDecide, decide_hold
from inspections.inspection.services.merging import ResultChanged
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import abandon_inspection, record_result, submit_inspection
from inspections.inspection.services.results import ResultInput
from inspections.models import Inspection, Result
from tests.caller import Caller
from tests.factories import NOON, after, make_user, results_for
from tests.inspections.pilot.test_loosening import refused

pytestmark = pytest.mark.django_db
TOO_MANY = [200] * 20
GOOD = [75] * 80


@pytest.fixture
def inspection(batch, inspector):
    return plan_inspection(batch=batch, actor=inspector, at=NOON)


def cord(inspection, actor, readings, *, at=NOON, **sent):
    result = ResultInput("CORD", readings=readings, **sent)
    return record_result(inspection=inspection, sent=result, actor=actor, at=at)


def the_rest(inspection, actor):
    for sent in results_for(inspection.batch):
        if sent.characteristic != "CORD":
            record_result(inspection=inspection, sent=sent, actor=actor, at=after(1))


def submitted(inspection, actor) -> Inspection:
    the_rest(inspection, actor)
    return submit_inspection(inspection=inspection, actor=actor, at=after(2))


def test_a_rejection_that_is_written_over_holds_the_batch_until_a_second_person_signs(inspection, batch, manager):
    recorder = make_user(Role.MANAGER, "recorder")
    cord(inspection, recorder, TOO_MANY)
    cord(inspection, recorder, GOOD, at=after(1))

    done = submitted(inspection, recorder)

    batch.refresh_from_db()
    hold = batch.holds.get()
    assert (done.verdict, done.hold, batch.available, batch.on_hold) == ("accepted", hold, 0, 1000)
    assert (hold.reason, hold.finding["taken_back"], hold.finding["tally"]["major"]["nonconforming"]) == (
        "rejected", True, 20,
    )  # fmt: skip
    sign = partial(decide_hold, hold=hold, decision=Decision("release", 1000, "Wrong unit of the gauge"), at=after(3))
    with pytest.raises(InspectorMayNotDecide):
        sign(signature="token", actor=recorder)
    sign(signature="token", actor=manager)
    batch.refresh_from_db()
    assert batch.available == 1000


def test_it_is_not_walked_away_from_either(inspection, batch, inspector):
    cord(inspection, inspector, TOO_MANY)
    cord(inspection, inspector, [75] * 20, at=after(1))

    done = abandon_inspection(inspection=inspection, reason="tea", actor=inspector, at=after(2))

    batch.refresh_from_db()
    assert (done.counts_as_rejected, batch.on_hold) == (True, 1000)


def test_a_slip_that_rejects_nothing_is_corrected_freely(inspection, batch, inspector):
    cord(inspection, inspector, [200])
    cord(inspection, inspector, GOOD, at=after(1))

    assert submitted(inspection, inspector).hold is None
    batch.refresh_from_db()
    assert batch.available == 1000


def test_what_rejects_all_the_same_is_rejected_as_any_other(inspection, batch, inspector):
    cord(inspection, inspector, TOO_MANY)
    cord(inspection, inspector, [200] * 19 + [75] * 61, at=after(1))

    done = submitted(inspection, inspector)

    assert (done.verdict, "taken_back" in done.hold.finding) == ("rejected", False)


@pytest.mark.parametrize("last_saved_by_taker", [False, True])
def test_nobody_takes_back_unseen_what_another_found(inspection, inspector, last_saved_by_taker):
    other = make_user(Role.QC, "other")
    _inspection, found = cord(inspection, other, [200, 200])
    if last_saved_by_taker:
        _inspection, found = cord(inspection, inspector, [200, 200, 200], at=after(1))

    with pytest.raises(ResultChanged):
        cord(inspection, inspector, GOOD, at=after(2))
    assert Result.objects.get().nonconforming == found.nonconforming

    _inspection, seen = cord(inspection, inspector, GOOD, at=after(2), revision=found.revision)
    assert seen.nonconforming == 0


def test_over_the_api(inspection, batch, inspector):
    qc = Caller(inspector)
    for readings in (TOO_MANY, GOOD):
        assert qc.send("PUT", f"inspections/{inspection.uid}/results/CORD/", {"readings": readings})[0] == 200
    the_rest(inspection, inspector)

    status, answer = qc.send("POST", f"inspections/{inspection.uid}/submit/", {})

    assert (status, answer["verdict"], answer["hold"]["reason"]) == (200, "accepted", "rejected")
    status, answer = qc.send("GET", f"batches/{batch.number}/shippable/")
    assert answer["shippable"] is False


class TestBySQL:
    def test_nothing_that_rejects_is_written_over_without_being_remembered(self, inspection, inspector):
        cord(inspection, inspector, TOO_MANY)
        result = Result.objects.filter(inspection=inspection)
        good = {"nonconforming": 0, "nonconformities": 0, "nonconforming_units": []}

        assert refused(partial(result.update, **good)) == "result_that_rejects_is_not_taken_back_unsaid"

    def test_what_was_remembered_stays_and_holds_what_is_accepted(self, inspection, inspector):
        cord(inspection, inspector, TOO_MANY)
        cord(inspection, inspector, GOOD, at=after(1))
        one = Inspection.objects.filter(pk=inspection.pk)

        assert refused(partial(one.update, taken_back=None)) == "inspection_remembers_what_was_taken_back"
        accepted = {"status": "submitted", "verdict": "accepted", "tally": {}, "submitted_at": NOON}
        assert refused(partial(one.update, **accepted)) == "inspection_that_took_back_a_rejection_has_a_hold"
        assert refused(
            partial(one.update, status="abandoned", abandoned_at=NOON, abandoned_reason="x")
        ) == "inspection_that_took_back_a_rejection_has_a_hold"  # fmt: skip
