"""A critical unit that arrives before, while and after its inspection is handed in: the batch is held each time."""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection

from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from tests.caller import Caller
from tests.factories import NOON, after, make_batch, results_for

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = int(os.environ.get("RACE_ROUNDS", "50"))

R1 = """
    SELECT b.number FROM inspections_batch b
    WHERE (EXISTS (SELECT FROM inspections_finding f WHERE f.batch_id = b.id AND f.nonconformity_class = 'critical')
           OR EXISTS (SELECT FROM inspections_result r JOIN inspections_inspection i ON i.id = r.inspection_id
                      JOIN inspections_characteristic c ON c.id = r.characteristic_id
                      WHERE i.batch_id = b.id AND c.nonconformity_class = 'critical' AND r.nonconforming > 0))
          IS DISTINCT FROM EXISTS (SELECT FROM inspections_hold h WHERE h.batch_id = b.id AND h.status = 'open')
"""
R2 = """
    SELECT number FROM inspections_batch
    WHERE available > 0 OR awaiting > 0 OR on_hold <> quantity
       OR on_hold <> (SELECT coalesce(sum(remaining), 0) FROM inspections_hold h
                      WHERE h.batch_id = inspections_batch.id AND h.status = 'open')
"""


def broken(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [number for (number,) in cursor.fetchall()]


def at_times(jobs):
    """Run each job after its delay in seconds; their answers in order."""
    barrier = Barrier(len(jobs))

    def run(job):
        delay, call = job
        close_old_connections()
        try:
            barrier.wait(timeout=30)
            time.sleep(delay)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


@pytest.mark.parametrize("by", ["result", "finding"])
def test_a_critical_that_crosses_the_submission_holds_the_batch(inspector, by):
    qc, outcomes = Caller(inspector), Counter()
    for turn in range(ROUNDS // 2):
        batch = make_batch()  # of a product of its own: rejected batches discontinue one
        results = results_for(batch)
        inspection = plan_inspection(batch=batch, actor=inspector, at=NOON)
        for sent in results:
            record_result(inspection=inspection, sent=sent, actor=inspector, at=after(1))
        path = f"inspections/{inspection.uid}"
        apart = (turn % 21) / 1000 * (-1 if turn % 2 else 1)

        def tell(path=path, batch=batch):
            if by == "result":
                return qc.send("PUT", f"{path}/results/LEAK/", {"nonconforming_units": [3]})
            said = {"id": str(uuid4()), "class": "critical", "characteristic": "LEAK", "units": [3]}
            return qc.send("POST", f"batches/{batch.number}/findings/", said)

        def submit(path=path):
            return qc.send("POST", f"{path}/submit/")

        (told, _answer), (handed_in, verdict) = at_times([(max(0, apart), tell), (max(0, -apart), submit)])

        outcomes[told, verdict["verdict"]] += 1
        assert handed_in == 200, verdict
        assert (broken(R1), broken(R2)) == ([], [])

    early, late = {"result": (200, 202), "finding": (201, 201)}[by]
    assert set(outcomes) <= {(early, "rejected"), (late, "accepted")}
    assert sum(outcomes.values()) == ROUNDS // 2
    print(by, dict(outcomes))  # noqa: T201 the figure that is reported
