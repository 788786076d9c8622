"""The switching rules as they run: severities follow the verdicts on first submissions."""

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from activity.models import Event
from inspections.hold.services.holds import Decision, decide_hold
from inspections.inspection.services.conclusions import CountFell
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import (
    FinishedUnitChanged,
    abandon_inspection,
    record_inspection,
    record_result,
    submit_inspection,
)
from inspections.inspection.services.results import ResultInput
from inspections.models import SwitchingStep
from inspections.sampling import switching
from inspections.sampling.by_class import start_each
from inspections.switching.services import (
    InspectorMayNotRequalify,
    NothingToRequalify,
    dump,
    follow,
    history,
    load,
    lots_of,
    signal,
    where_it_stands,
)
from tests.factories import LID, NOON, after, inspect, make_batch, make_product, make_specification, promoted

pytestmark = pytest.mark.django_db
MAJOR = {"LID": [1, 2, 3, 4, 5, 6, 7, 8]}


@pytest.fixture
def specification(product):
    return product.specifications.get()


@pytest.fixture
def run(product, inspector):
    """Inspect fresh batches, one for each letter: a(ccepted), r(ejected for major)."""

    def inspect_all(verdicts: str):
        return [
            inspect(make_batch(product=product), actor=inspector, **({} if verdict == "a" else MAJOR))
            for verdict in verdicts
        ]

    return inspect_all


def test_two_of_five_not_accepted_tighten_and_five_accepted_relax(run, specification):
    assert [i.severity for i in run("arar")] == ["normal"] * 4
    assert where_it_stands(specification).severities["major"] == "tightened"

    assert [i.severity for i in run("aaaaa")] == ["tightened"] * 5
    assert where_it_stands(specification).severities["major"] == "normal"
    switches = Event.objects.filter(kind="severity.switched").order_by("id")
    assert [(e.data["before"], e.data["severity"]) for e in switches] == [
        ("normal", "tightened"),
        ("tightened", "normal"),
    ]


def test_resubmissions_do_not_count(run, batch, inspector, specification):
    inspect(batch, actor=inspector, **MAJOR)
    for minute in range(1, 6):
        inspect(batch, actor=inspector, at=after(minute), **MAJOR)

    assert (SwitchingStep.objects.count(), where_it_stands(specification).severities["major"]) == (1, "normal")


def test_an_inspection_abandoned_after_something_critical_counts_as_not_accepted(product, inspector, specification):
    for _ in range(2):
        inspection = plan_inspection(batch=make_batch(product=product), actor=inspector, at=NOON)
        found = ResultInput("LEAK", nonconforming_units=[1], is_complete=False)
        record_result(inspection=inspection, sent=found, actor=inspector, at=NOON)
        abandon_inspection(inspection=inspection, reason="The line was stopped", actor=inspector, at=after(1))

    assert where_it_stands(specification).severities == {"critical": "tightened", "major": "normal", "minor": "normal"}


def test_discontinued_holds_new_batches_until_the_manager_requalifies(run, product, inspector, manager, specification):
    run("rr" + "rrrrr")
    assert where_it_stands(specification).severities["major"] == "discontinued"

    batch = make_batch(product=product)
    hold = batch.holds.get()
    assert (batch.on_hold, hold.reason) == (1000, "discontinued")

    both = promoted(inspector)
    with pytest.raises(InspectorMayNotRequalify):
        signal(product=product, kind="resumed", note="Audited", signature="token", actor=both, at=after(5))
    step = SwitchingStep.objects.latest("id")
    step.pk, step.kind, step.inspection = None, "resumed", None
    step.actor, step.severities_before = both, step.severities
    with pytest.raises(IntegrityError, match="does not re-qualify it"), transaction.atomic():
        step.save()
    signal(product=product, kind="resumed", note="New seals, audited", signature="token", actor=manager, at=after(5))

    batch.refresh_from_db()
    assert (batch.state, batch.awaiting, batch.holds.open().count()) == ("awaiting", 1000, 0)
    assert inspect(batch, actor=inspector, at=after(6)).severity == "tightened"
    with pytest.raises(NothingToRequalify):
        signal(product=product, kind="resumed", note="again", signature="token", actor=manager, at=after(7))


def test_a_discontinued_hold_may_also_be_decided_otherwise(run, product, manager):
    run("rr" + "rrrrr")
    batch = make_batch(product=product)

    decide_hold(
        hold=batch.holds.get(), decision=Decision("return", 1000, "No"), signature="token", actor=manager, at=after(1)
    )

    batch.refresh_from_db()
    assert (batch.returned, batch.state) == (1000, "closed")


def test_reduced_inspection_needs_thirty_points_and_the_manager(run, product, manager, specification):
    run("a" * 10)
    assert where_it_stands(specification).severities["major"] == "normal"

    signal(product=product, kind="reduced_approved", note="Ten clean lots", signature="token", actor=manager, at=NOON)

    assert where_it_stands(specification).severities["major"] == "reduced"
    assert [i.severity for i in run("ra")] == ["reduced", "normal"]


def test_replaying_the_history_gives_the_stored_states(run, product, manager, specification):
    run("ararrraa")
    signal(product=product, kind="production_irregular", note="New mould", signature="token", actor=manager, at=NOON)
    run("aaaraa")

    states = start_each()
    for step in history(specification).select_related("inspection__batch"):
        lots = lots_of(step.inspection, {}) if step.inspection else None
        states = follow(specification, states, lots or switching.Event(step.kind))
        assert load(step.state) == states
        assert load(dump(states)) == states
    assert history(specification).count() == 15


def test_a_fixed_plan_has_no_severities(inspector):
    product = make_product()
    specification = make_specification(product, scheme={"kind": "fixed", "n": 50})
    for _ in range(8):
        inspect(make_batch(product=product), actor=inspector, **MAJOR)

    assert where_it_stands(specification).severities["major"] == "normal"


def test_the_first_batches_are_inspected_in_full(inspector):
    product = make_product()
    make_specification(product, scheme={"kind": "fixed", "n": 5, "first_batches_in_full": 2})

    lots = [inspect(make_batch(product=product, quantity=40), actor=inspector) for _ in range(3)]

    assert [lot.plans["major"].sample_size for lot in lots] == [40, 40, 5]


class TestDouble:
    """Level II, 1,000 units, AQL 2.5: 50 units, accept to 2, reject from 5; then 100 in all, accept to 6."""

    @pytest.fixture
    def batch(self):
        product = make_product()
        scheme = {"kind": "double", "standard": "ansi-z1.4", "level": "II", "aql": {"major": "2.5"}}
        make_specification(product, [LID], scheme=scheme)
        return make_batch(product=product)

    def record(self, batch, inspector, bad: list[int]):
        sent = [ResultInput("LID", nonconforming_units=bad)]
        return record_inspection(batch=batch.number, results=sent, submit=True, actor=inspector, at=NOON)

    def test_the_first_sample_may_decide(self, batch, inspector):
        assert self.record(batch, inspector, [1, 2]).verdict == "accepted"

    def test_the_first_sample_may_reject(self, batch, inspector):
        assert self.record(batch, inspector, [1, 2, 3, 4, 5]).verdict == "rejected"

    def test_in_between_the_next_sample_is_taken(self, batch, inspector):
        inspection = self.record(batch, inspector, [1, 2, 3])
        assert (inspection.status, inspection.verdict, inspection.plans["major"].sample_size) == ("open", None, 100)

        further = ResultInput("LID", nonconforming_units=[1, 2, 3, 60])
        record_result(inspection=inspection, sent=further, actor=inspector, at=after(1))
        done = submit_inspection(inspection=inspection, actor=inspector, at=after(2))

        assert (done.verdict, done.tally["major"]["counted"]) == ("accepted", [3, 4])

    def test_what_the_first_sample_showed_stays(self, batch, inspector):
        inspection = self.record(batch, inspector, [1, 2, 3])
        fewer = ResultInput("LID", nonconforming_units=[1, 60, 61])
        with pytest.raises(FinishedUnitChanged) as refusal, override("en"):
            record_result(inspection=inspection, sent=fewer, actor=inspector, at=after(1))
        assert (refusal.value.extra["units"], str(refusal.value)[:57]) == (
            [2, 3],
            "LID: units 2, 3 did not conform in the sample that is fin",
        )
        with pytest.raises(CountFell):
            record_result(inspection=inspection, sent=ResultInput("LID", nonconforming=2), actor=inspector, at=after(1))

        more = ResultInput("LID", nonconforming_units=[1, 2, 3, 4])
        inspection, result = record_result(inspection=inspection, sent=more, actor=inspector, at=after(2))
        assert (result.nonconforming_units, inspection.stage_findings) == ([1, 2, 3, 4], {"LID": [1, 2, 3]})

    def test_nor_does_the_database_of_a_result_gone_round_the_code_decide(self, batch, inspector):
        inspection = self.record(batch, inspector, [1, 2, 3])
        inspection.results.update(nonconforming_units=[1], nonconforming=1, nonconformities=1, is_complete=True)

        with pytest.raises(CountFell):
            submit_inspection(inspection=inspection, actor=inspector, at=after(2))
