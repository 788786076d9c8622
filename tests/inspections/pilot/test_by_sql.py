"""Pilot runs against somebody who goes round the code: the database itself refuses."""

import threading

import pytest
from django.db import Error, connection, transaction

from inspections.models import PilotReading, PilotRun, PilotUnit
from inspections.pilot.services.outcomes import OutcomeInput, record_outcomes
from inspections.pilot.services.readings import record_pilot_readings
from inspections.pilot.services.runs import (
    PilotRunOpen,
    plan_pilot,
    stop_pilot,
)
from tests.factories import DELIVERED, NOON, after, make_pilot, make_product, make_specification, pilot_outcomes

pytestmark = pytest.mark.django_db


def refused(change) -> str:
    """The rule that refused it."""
    with pytest.raises(Error) as refusal, transaction.atomic():
        change()
    return refusal.value.__cause__.diag.constraint_name


def changed(run, **values) -> str:
    return refused(lambda: PilotRun.objects.filter(pk=run.pk).update(**values))


def unit_changed(run, **values) -> str:
    return refused(lambda: run.units.filter(number=1).update(**values))


@pytest.fixture
def run(product):
    return make_pilot(product)


def over(run, user, verdict):
    return {"status": "concluded", "verdict": verdict, "concluded_at": NOON, "concluded_by": user}


@pytest.mark.parametrize("verdict", ["pass", "fail"])
def test_a_verdict_that_the_units_do_not_earn(run, manager, verdict):
    assert changed(run, **over(run, manager, verdict)) == "pilot_run_verdict_rests_on_its_units"


def test_a_pass_in_spite_of_a_damaged_unit(run, manager):
    pilot_outcomes(run, actor=manager, damaged=[9])

    assert changed(run, **over(run, manager, "pass")) == "pilot_run_verdict_rests_on_its_units"
    PilotRun.objects.filter(pk=run.pk).update(**over(run, manager, "undecided"))


@pytest.mark.parametrize("size", [19, 201])
def test_sizes_beyond_20_to_200(product, manager, size):
    run = make_pilot(product)
    stop_pilot(run=run, reason="x", actor=manager, at=NOON)

    def insert():
        run.pk, run.ordinal, run.size, run.status, run.uid = None, 9, size, "planned", "0" * 32
        run.started_at = run.concluded_at = run.concluded_by = None
        run.stopped_because = ""
        run.save(force_insert=True)

    assert refused(insert) == "pilot_run_has_20_to_200_units"


def test_what_it_is_judged_by_never_changes(run, product):
    rule = run.rule | {"damage": run.rule["return"]}

    for values in ({"size": 80}, {"damage_limit": "0.5"}, {"rule": rule}, {"started_at": after(9)}, {"rule_kind": "x"}):
        assert changed(run, **values) == "pilot_run_is_judged_as_planned"


def test_a_run_begins_planned_moves_one_way_and_stays(run, product, manager):
    assert changed(run, status="planned", started_at=None) in {
        "pilot_run_moves_one_way",
        "pilot_run_is_judged_as_planned",
    }
    assert refused(lambda: connection.cursor().execute("DELETE FROM inspections_pilotrun")) == (
        "pilot_run_is_never_deleted"
    )

    def insert_running():
        PilotRun.objects.create(
            product=make_product(), ordinal=1, size=60, damage_limit="0.05", complaint_limit="0.05", return_limit="0.05",
            rule=run.rule, window_days=30, status="running", planned_at=NOON, planned_by=manager, started_at=NOON,
        )  # fmt: skip

    assert refused(insert_running) == "pilot_run_begins_planned"


def test_only_one_run_of_a_product_is_open(run, manager):
    def insert():
        PilotRun.objects.create(
            product=run.product, ordinal=2, size=60, damage_limit="0.05", complaint_limit="0.05", return_limit="0.05",
            rule=run.rule, window_days=30, planned_at=NOON, planned_by=manager,
        )  # fmt: skip

    assert refused(insert) == "pilot_run_is_open_once_per_product"


def test_a_run_that_is_over_and_its_units_are_frozen(product, manager):
    run = make_pilot(product)
    reading = record_pilot_readings(run=run, characteristic="CORD", readings=[75], actor=manager, at=NOON)
    pilot_outcomes(run, actor=manager, conclude=True)

    assert changed(run, verdict="fail") == "pilot_run_is_frozen_once_over"
    assert changed(run, stopped_because="x") == "pilot_run_is_frozen_once_over"
    assert unit_changed(run, outcome="damaged") == "pilot_unit_is_frozen_with_its_run"
    assert unit_changed(run, note="x") == "pilot_unit_is_frozen_with_its_run"
    assert refused(lambda: PilotReading.objects.update(mean=1)) == "pilot_reading_is_frozen_with_its_run"
    assert refused(lambda: reading.delete()) == "pilot_reading_is_frozen_with_its_run"


def test_units_are_those_that_were_planned(run):
    insert = lambda: PilotUnit.objects.create(run=run, number=61)  # noqa: E731

    assert refused(insert) == "pilot_unit_is_frozen_with_its_run"
    assert unit_changed(run, number=99) == "pilot_unit_is_frozen_with_its_run"
    assert refused(lambda: run.units.filter(number=1).delete()) == "pilot_unit_is_never_deleted"


def test_no_outcome_before_it_runs(product, manager):
    run = make_pilot(product, start=False)

    values = {"outcome": "ok", "recorded_at": NOON, "recorded_by": manager}

    assert unit_changed(run, **values) == "pilot_unit_is_frozen_with_its_run"


def test_facts_that_cannot_be(run, manager):
    by = {"recorded_at": NOON, "recorded_by": manager}

    assert [
        unit_changed(run, outcome="lost", **by),
        unit_changed(run, outcome="ok"),
        unit_changed(run, damage="carton", **by),
        unit_changed(run, outcome="ok", damage="carton", **by),
        unit_changed(run, outcome="ok", complaints=["noisy"], **by),
        unit_changed(run, outcome="complained", complaints=["weather"], **by),
        unit_changed(run, outcome="complained", complaints=["function"], **by),
        unit_changed(run, outcome="damaged", return_reason="quality", **by),
        unit_changed(run, outcome="returned", delivered_on="2026-11-09", returned_on="2026-11-08", **by),
    ] == [
        "pilot_unit_has_a_known_outcome",
        "pilot_unit_has_facts_only_with_an_outcome",
        "pilot_unit_has_facts_only_with_an_outcome",
        "pilot_unit_delivered_fine_has_no_fault",
        "pilot_unit_delivered_fine_has_no_fault",
        "pilot_unit_has_known_complaints",
        "pilot_unit_has_known_complaints",
        "pilot_unit_has_a_return_reason_only_when_returned",
        "pilot_unit_is_returned_after_delivery",
    ]


def test_readings_are_of_the_product_of_the_run(run, manager):
    other = make_product()
    characteristic = make_specification(other).characteristics.get(code="CORD")

    def insert():
        PilotReading.objects.create(
            run=run, characteristic=characteristic, code="CORD", readings=[], count=1, nonconforming=0, minimum=1, maximum=1, mean=1,
            recorded_at=NOON, recorded_by=manager,
        )  # fmt: skip

    assert refused(insert) == "pilot_reading_is_of_its_product"


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_the_same_run_lose_nothing(product, manager):
    run = make_pilot(product)
    barrier, errors = threading.Barrier(2), []

    def enter(first: int) -> None:
        try:
            barrier.wait()
            outcomes = [OutcomeInput(unit, outcome="ok", delivered_on=DELIVERED) for unit in range(first, 61, 2)]
            record_outcomes(run=run, outcomes=outcomes, actor=manager, at=after(1), conclude=True)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=enter, args=[first]) for first in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    run.refresh_from_db()
    assert (errors, run.status, run.verdict, run.units.back().count()) == ([], "concluded", "pass", 60)


@pytest.mark.django_db(transaction=True)
def test_two_who_plan_at_once_make_one_run(product, manager):
    barrier, refusals = threading.Barrier(2), []

    def plan() -> None:
        try:
            barrier.wait()
            plan_pilot(product=product, size=60, actor=manager, at=NOON)
        except PilotRunOpen as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=plan) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(refusals), product.pilot_runs.count()) == (1, 1)
