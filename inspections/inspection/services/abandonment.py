"""What becomes of an inspection that is walked away from (R8).

One whose record already rejects is a submission that was not accepted: it holds the batch, counts for the switching rules,
and what follows is a re-inspection. Only a second person undoes that, by signing that the sample was invalid.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from activity.models import Event
from activity.services import happened, record_events
from inspections.finding.services import keep_result
from inspections.hold.services.holds import Decision, sign_disposition, signed_by, stop_batch
from inspections.inspection.services.planning import InspectionOpen
from inspections.inspection.services.results import current_tallies
from inspections.models import (
    Characteristic,
    Disposition,
    DispositionKind,
    Hold,
    HoldReason,
    Inspection,
    InspectionStatus,
    NonconformityClass,
    Result,
)
from inspections.rules.verdicts import ClassTally, Tallies
from inspections.switching.services import uncount_lot
from suppliers.models import Product

REJECTED = "rejected"


def hold_what_rejects(
    inspection: Inspection,
    results: Mapping[int, Result],
    characteristics: Sequence[Characteristic],
    *,
    actor: User,
    at: datetime,
) -> tuple[bool, list[Event]]:
    """Whether what was recorded so far rejects, or did before it was taken back, and what that did to the batch; sets `inspection.hold`, does not save it.

    The caller holds the lock of the batch and records the events.
    """
    tallies = current_tallies(inspection, results, characteristics)
    if not tallies.rejects and not inspection.taken_back:
        return False, []
    inspection.rejected_in = classes_rejected(tallies, inspection.taken_back, characteristics)
    if inspection.hold and inspection.hold.remaining:
        return True, []
    finding = inspection.taken_back or finding_of(inspection, tallies, characteristics) | {"abandoned": True}
    inspection.hold, events = stop_batch(
        inspection.batch, reason=HoldReason.REJECTED, finding=finding, at=at, actor=actor
    )
    return True, events


def keep_what_was_found(
    inspection: Inspection,
    results: Mapping[int, Result],
    characteristics: Sequence[Characteristic],
    *,
    actor: User,
    at: datetime,
) -> list[Event]:
    """Keep what an inspection found that does not reject as findings of its batch, while it is still open (R8)."""
    events = []
    for check in characteristics:
        result = results.get(check.pk)
        if result and result.nonconforming and check.nonconformity_class != NonconformityClass.CRITICAL:
            result.inspection = inspection
            events.append(keep_result(result, check.nonconformity_class, actor=actor, at=at))
    return events


def finding_of(inspection: Inspection, tallies: Tallies, characteristics: Sequence[Characteristic]) -> dict[str, Any]:
    """What rejects, as a hold tells it."""
    finding: dict[str, Any] = {"inspection": str(inspection.uid), "round": inspection.round}
    finding["tally"] = {name: t.as_dict() | _settled_now(t) for name, t in tallies.classes.items()}
    names = {c.code: {"name": c.name, "name_zh": c.name_zh, "class": c.nonconformity_class} for c in characteristics}
    if tallies.own:
        finding["own"] = {code: names[code] | t.as_dict() | _settled_now(t) for code, t in tallies.own.items()}
    if tallies.variables:
        finding["variables"] = {code: names[code] | {"settled": t.settled} for code, t in tallies.variables.items()}
    return finding


def _settled_now(tally: ClassTally) -> dict[str, str]:
    """What rejects by what is known has rejected: nothing more will be known."""
    return {"settled": REJECTED} if tally.rejects else {}


def classes_rejected(
    tallies: Tallies, taken_back: dict[str, Any] | None, characteristics: Sequence[Characteristic]
) -> list[str]:
    """The classes that a record rejects, or did before it was taken back; of both the plans and those of single checks."""
    class_of = {c.code: c.nonconformity_class for c in characteristics}
    found = {name for name, t in tallies.classes.items() if t.rejects}
    found |= {class_of[code] for code, t in tallies.own.items() if t.rejects}
    found |= {class_of[code] for code, t in tallies.variables.items() if t.settled == REJECTED}
    was = taken_back or {}
    found |= {name for name, told in was.get("tally", {}).items() if told["settled"] == REJECTED}
    for told in (*was.get("own", {}).values(), *was.get("variables", {}).values()):
        found |= {told["class"]} if told["settled"] == REJECTED else set()
    return [name for name in NonconformityClass.values if name in found]


@signed_by(DispositionKind.INVALID_SAMPLE)
def invalidate_sample(*, hold: Hold, decision: Decision, signature: str, actor: User, at: datetime) -> Disposition:
    """Sign that the sample of the abandoned inspection that a hold rests on was invalid.

    The inspection is no round any more and no longer counts for the switching rules; what it found stays as it was
    recorded. Raises what `sign_disposition` does, and InspectionOpen while the batch is being inspected again.
    """
    Product.objects.select_for_update(no_key=True).get(pk=hold.batch.product_id)
    disposition = sign_disposition(hold=hold, decision=decision, signature=signature, actor=actor, at=at)
    batch = hold.batch
    if batch.inspections.filter(status=InspectionStatus.OPEN).exists():
        raise InspectionOpen
    events: list[Event] = []
    for inspection in hold.inspections.select_related("specification__product", "batch__product").order_by("id"):
        Inspection.objects.filter(pk=inspection.pk).update(is_invalid=True)
        facts = {"inspection": str(inspection.uid), "round": inspection.round, "reason": disposition.reason}
        events.append(happened("inspection.invalidated", batch.stream, at=at, actor=actor, **facts))
        events += uncount_lot(inspection, note=disposition.reason, at=at, actor=actor)
    record_events(events)
    return disposition
