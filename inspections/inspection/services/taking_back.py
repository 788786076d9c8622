"""What is taken back of a record while its inspection is open (R3, R8).

A slip is corrected freely. But what another person found is taken back by nobody who has not seen it; and a record that
rejected the batch is not corrected until it passes by one person: what it showed is remembered, and holds the batch when the
inspection ends otherwise, until a second person signs. What was critical has its hold already (R1).
"""

from collections.abc import Sequence

from accounts.models import User
from inspections.inspection.services.abandonment import REJECTED, finding_of
from inspections.inspection.services.merging import ResultChanged, overwritten
from inspections.inspection.services.results import current_tallies
from inspections.models import Characteristic, Inspection, NonconformityClass, Result


def take_back(
    inspection: Inspection,
    stored: Result | None,
    now: Result,
    characteristics: Sequence[Characteristic],
    *,
    is_based: bool,
    actor: User,
) -> None:
    """Look at a save before it is stored, under the lock of the batch; may save `inspection.taken_back`.

    `is_based`: the sender said on what it is based. Raises ResultChanged where it takes back, without that, what others have
    recorded.
    """
    if stored is None or not _takes_back(stored, now, inspection):
        return
    if not is_based and (stored.recorded_by_id != actor.pk or inspection.recorders.exclude(user=actor).exists()):
        raise ResultChanged
    if inspection.taken_back is None:
        results = {result.characteristic_id: result for result in inspection.results.all()}
        tallies = current_tallies(inspection, results, characteristics)
        counted = [t for name, t in tallies.classes.items() if name != NonconformityClass.CRITICAL]
        if any(t.rejects for t in [*counted, *tallies.own.values()]) or REJECTED in {
            t.settled for t in tallies.variables.values()
        }:
            inspection.taken_back = finding_of(inspection, tallies, characteristics) | {"taken_back": True}
            inspection.save(update_fields=["taken_back"])


def _takes_back(stored: Result, now: Result, inspection: Inspection) -> bool:
    """Fewer nonconforming units or nonconformities, or other readings of a check that is judged by all of them."""
    if now.nonconforming < stored.nonconforming or now.nonconformities < stored.nonconformities:
        return True
    units = set(stored.nonconforming_units or ()) - set(now.nonconforming_units or ())
    is_estimated = now.characteristic.code in inspection.variables_plans
    return bool(units) or (is_estimated and bool(overwritten(stored, now)))
