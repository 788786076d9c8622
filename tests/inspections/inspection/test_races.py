"""Several people at one batch at once, each on a connection of its own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import close_old_connections, connection
from django.db.models import Sum

from accounts.signature import MOST_WRONG, require_signature
from activity.errors import RuleBroken
from inspections.batch.services.shipments import AllTakenBack, BatchNotShippable, ship, take_back
from inspections.hold.services.holds import Decision, HoldEnded, decide_hold, place_hold
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import submit_inspection
from inspections.models import Batch, Disposition, Inspection, Shipment
from inspections.sample.services.checks import SampleIsChecked
from inspections.sample.services.details import SampleDetails
from inspections.sample.services.samples import (
    SampleDecided,
    SampleUndecided,
    decide_sample,
    receive_sample,
    submit_sample,
)
from tests.factories import NOON, after, inspect, make_sample

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8


def at_once(jobs: list[Callable[[], object]]) -> Counter:
    """Run all jobs at the same moment; how many succeeded, and how many were refused by which rule."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> str:
        close_old_connections()
        barrier.wait(timeout=30)
        try:
            job()
        except RuleBroken as refusal:
            errors = getattr(refusal, "errors", None)
            return errors[0].code if errors else refusal.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return Counter(threads.map(run, jobs))


def test_eight_shipments_of_what_is_enough_for_five(batch, inspector, merchandiser):
    inspect(batch, actor=inspector)

    outcomes = at_once([lambda: ship(batch=batch, quantity=200, actor=merchandiser, at=after(1))] * THREADS)

    batch.refresh_from_db()
    assert outcomes == {"done": 5, BatchNotShippable.code: 3}
    assert (batch.shipped, batch.available, batch.state) == (1000, 0, "closed")


def test_eight_reversals_of_what_is_enough_for_five(batch, inspector, merchandiser):
    inspect(batch, actor=inspector)
    sent = ship(batch=batch, quantity=400, actor=merchandiser, at=after(1))
    facts = {"kind": "not_left", "quantity": 80, "reason": "Wrong pallet"}

    outcomes = at_once([lambda: take_back(shipment=sent, **facts, actor=merchandiser, at=after(2))] * THREADS)

    batch.refresh_from_db()
    assert outcomes == {"done": 5, AllTakenBack.code: 3}
    assert (batch.shipped, batch.available) == (0, 1000)


def test_a_hold_and_a_reversal_at_once(batch, inspector, manager, merchandiser):
    inspect(batch, actor=inspector)
    sent = ship(batch=batch, quantity=400, actor=merchandiser, at=after(1))
    facts = {"kind": "not_left", "quantity": 400, "reason": "Wrong pallet"}

    outcomes = at_once([
        lambda: place_hold(batch=batch, note="Mould", actor=manager, at=after(2)),
        lambda: take_back(shipment=sent, **facts, actor=merchandiser, at=after(2)),
    ])  # fmt: skip

    batch.refresh_from_db()
    assert outcomes == {"done": 2}
    assert (batch.shipped, batch.on_hold, batch.holds.get().remaining) == (0, 1000, 1000)


def test_eight_wrong_signatures_at_once(manager):
    outcomes = at_once([lambda: require_signature(actor=manager, password="a guess")] * THREADS)

    assert outcomes == {"wrong_password": MOST_WRONG, "too_many_attempts": THREADS - MOST_WRONG}


def test_eight_inspections_of_one_batch(batch, inspector):
    outcomes = at_once([lambda: inspect(batch, actor=inspector, LEAK=[3])] * THREADS)

    # Those that come after the first are re-inspections; each finds the same and joins the one open hold.
    assert outcomes == {"done": THREADS}
    assert sorted(batch.inspections.values_list("round", flat=True)) == list(range(1, THREADS + 1))
    assert batch.holds.count() == 1


def test_eight_starts_of_one_inspection(batch, inspector):
    outcomes = at_once([lambda: plan_inspection(batch=batch, actor=inspector, at=NOON)] * THREADS)

    assert outcomes == {"done": 1, "inspection_open": THREADS - 1}


def test_eight_decisions_on_one_hold(batch, inspector, manager):
    inspect(batch, actor=inspector, LEAK=[3])
    hold = batch.holds.get()
    decision = Decision("release", 1000, "Seal replaced")

    outcomes = at_once(
        [lambda: decide_hold(hold=hold, decision=decision, signature="token", actor=manager, at=after(1))] * THREADS
    )

    assert outcomes == {"done": 1, HoldEnded.code: THREADS - 1}
    assert Disposition.objects.count() == 1


def test_submitting_deciding_and_shipping_one_batch_at_once(batch, inspector, manager, merchandiser):
    inspect(batch, actor=inspector, LEAK=[3])
    hold = batch.holds.get()
    release = Decision("release", 500, "Sorted")
    jobs: list[Callable[[], object]] = [
        lambda: inspect(batch, actor=inspector, at=after(1)),
        lambda: inspect(batch, actor=inspector, at=after(1), LID=[1, 2, 3, 4, 5, 6]),
        lambda: decide_hold(hold=hold, decision=release, signature="token", actor=manager, at=after(1)),
        lambda: decide_hold(hold=hold, decision=release, signature="token", actor=manager, at=after(1)),
        *[lambda: ship(batch=batch, quantity=300, actor=merchandiser, at=after(1))] * 4,
    ]

    outcomes = at_once(jobs)

    now = Batch.objects.get(pk=batch.pk)
    quantities = now.quantities
    assert sum(outcomes.values()) == THREADS
    assert quantities.pop("total") == sum(quantities.values()) == 1000
    assert now.shipped == (Shipment.objects.aggregate(total=Sum("quantity"))["total"] or 0)
    assert now.holds.open().count() == (now.on_hold > 0)
    accepted = Inspection.objects.filter(verdict="accepted").exists()
    freed = Disposition.objects.aggregate(total=Sum("freed"))["total"] or 0
    assert accepted or now.shipped + now.available <= freed


def test_two_submissions_of_one_inspection(batch, inspector):
    inspection = inspect(batch, actor=inspector, submit=False)

    outcomes = at_once([lambda: submit_inspection(inspection=inspection, actor=inspector, at=after(1))] * 2)

    assert outcomes == {"done": 1, "inspection_not_open": 1}


def test_two_people_decide_one_sample(product, inspector, manager, admin):
    sample = make_sample(product, actor=inspector)

    def deciding(actor, decision):
        return lambda: decide_sample(
            sample=sample, decision=decision, reason="Seen", signature="token", actor=actor, at=after(5)
        )

    outcomes = at_once([deciding(manager, "approve"), deciding(admin, "refuse")] * (THREADS // 2))

    assert outcomes == {"done": 1, SampleDecided.code: THREADS - 1}
    sample.refresh_from_db()
    assert (sample.status, sample.version) in [("approved", 1), ("refused", None)]


def test_eight_samples_of_one_product_arrive_at_once(product, inspector):
    outcomes = at_once(
        [lambda: receive_sample(product=product, details=SampleDetails(), actor=inspector, at=NOON)] * THREADS
    )

    assert outcomes == {"done": 1, SampleUndecided.code: THREADS - 1}


def test_the_checks_are_finished_once(product, inspector):
    sample = make_sample(product, actor=inspector, submit=False)

    outcomes = at_once([lambda: submit_sample(sample=sample, actor=inspector, at=after(5))] * THREADS)

    assert outcomes == {"done": 1, SampleIsChecked.code: THREADS - 1}
