"""What arrives for an inspection that is closed: nothing that was found is lost, and no verdict changes (R1, R9)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid5

from accounts.access import require
from accounts.models import User
from activity.transactions import one_transaction
from inspections.finding.reads import units_told
from inspections.finding.services import FindingInput, record_finding
from inspections.inspection.services.merging import merge
from inspections.inspection.services.recording import NotOpen
from inspections.inspection.services.results import ResultInput, build_result
from inspections.models import Finding, Inspection, Result
from inspections.models.batch import lock_batch


@one_transaction()
def keep_late_result(*, inspection: Inspection, sent: ResultInput, actor: User, at: datetime) -> Finding:
    """Keep what a result shows beyond what is stored as a late finding; a critical one holds what is left of the batch.

    Sent again, it is the finding that is there. Raises NotOpen where it shows no more than is stored, InvalidInput,
    NotAllowed.
    """
    require(actor, "inspections.inspect")
    batch = lock_batch(inspection.batch.number, actor)
    inspection = batch.inspections.select_related("specification").get(pk=inspection.pk)
    inspection.batch = batch
    check = inspection.characteristic(sent.characteristic)
    if check is None:
        raise NotOpen
    n = inspection.sample_sizes([check])[check.code]
    stored = inspection.results.filter(characteristic=check).first()
    if sent.units is not None:
        sent = merge(sent, stored, check, n, field="results.0").claimed
    shown = build_result(check, n, sent, field="results.0", actor=actor, at=at)
    earlier = list(inspection.findings.filter(characteristic=check).select_related("hold").order_by("-id"))
    units, count = _more(shown, stored, earlier)
    if not count:
        if told := _that_told(shown, stored, earlier):
            return _with_batch(told, inspection)
        raise NotOpen
    read = shown.readings or []
    return record_finding(
        batch=batch,
        sent=FindingInput(
            # The same result again is the same finding, though no device gave it an id.
            uid=uuid5(inspection.uid, f"{check.code}:{units or shown.nonconforming}"),
            characteristic=check.code,
            units=units,
            count=count,
            readings=[read[unit - 1] for unit in units] if units and read else None,
            found_at=sent.recorded_at,
            inspection=inspection.uid,
        ),
        actor=actor,
        at=at,
    )


def _with_batch(finding: Finding, inspection: Inspection) -> Finding:
    finding.batch, finding.inspection = inspection.batch, inspection
    if finding.hold:
        finding.hold.batch = inspection.batch
    return finding


def _named(result: Result | None) -> set[int] | None:
    """The numbers of the units that did not conform; None where only their count is known."""
    if result is None:
        return set()
    return None if result.nonconforming_units is None else set(result.nonconforming_units)


def _more(shown: Result, stored: Result | None, earlier: Iterable[Finding]) -> tuple[list[int] | None, int]:
    """What neither the stored result nor an earlier finding told: the units, None where they have no numbers, and how many."""
    told, counted = units_told(earlier)
    named, known = _named(shown), _named(stored)
    if named is not None and known is not None:
        units = sorted(named - known - told)
        return units, len(units)
    return None, max(0, shown.nonconforming - (stored.nonconforming if stored else 0) - counted)


def _that_told(shown: Result, stored: Result | None, earlier: Iterable[Finding]) -> Finding | None:
    """The newest finding that told what a result shows beyond the stored one; None where it shows nothing beyond."""
    named, known = _named(shown), _named(stored)
    if named is None or known is None:
        return next(iter(earlier), None) if shown.nonconforming > (stored.nonconforming if stored else 0) else None
    return next((finding for finding in earlier if set(finding.units or ()) & (named - known)), None)
