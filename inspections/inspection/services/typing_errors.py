"""A wrong key on a critical reading: its batch stays on hold until a second person has settled it (R1, R3)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from activity.models import Event
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.finding.services import FindingInput, record_finding
from inspections.hold.services.holds import Decision, lock_hold, sign_disposition, signed_by
from inspections.inspection.services.merging import overwritten
from inspections.inspection.services.recording import lock_inspection, record_result
from inspections.inspection.services.results import ResultInput, UnitChange, build_result
from inspections.models import (
    Characteristic,
    Disposition,
    DispositionKind,
    Hold,
    HoldStatus,
    Inspection,
    InspectionStatus,
    NonconformityClass,
    Recorder,
    Result,
    TypingError,
)
from inspections.rules.readings import ReadingError, parse_reading
from inspections.specification.words import READING_WORDS, plain

LONGEST_NOTE = 10_000


class NothingWasMistyped(RuleBroken):
    code = "nothing_was_mistyped"
    detail = gettext_lazy(
        "No critical reading of this unit, beyond its limits, holds the batch. What holds nothing is simply entered again."
    )


class TypingErrorNamed(RuleBroken):
    code = "typing_error_named"
    detail = gettext_lazy("This reading was named a typing error before. A quality manager settles it.")


class TypingErrorSettled(RuleBroken):
    code = "typing_error_settled"
    detail = gettext_lazy("This typing error is settled, or its hold has ended. Look at the hold.")


class OnlyWhoRecorded(NotAllowed):
    code = "only_who_recorded"
    detail = gettext_lazy("Only who recorded in this inspection can say that it was a wrong key. Ask them.")


class RecorderMayNotSettle(NotAllowed):
    code = "recorder_may_not_settle"
    detail = gettext_lazy("Who recorded in this inspection does not settle it. Ask another quality manager.")


def recorders(inspection: Inspection) -> set[int]:
    """The ids of everybody who ever led it or recorded in it. One statement."""
    recorded = Recorder.objects.filter(inspection=inspection).values_list("user", flat=True)
    return {inspection.inspector_id, *recorded}


def mistyped(
    inspection: Inspection, characteristic: Characteristic, unit: int, stored: Result | None
) -> Decimal | None:
    """The reading of a unit that holds the batch: the stored one, or one beyond the limits that another has taken the place of."""
    readings: Sequence[Any] = (stored and stored.readings) or ()
    there = readings[unit - 1] if 1 <= unit <= len(readings) else None
    if there is not None and not characteristic.conforms(there):
        return there
    told = Event.objects.filter(
        stream=inspection.batch.stream,
        kind="result.recorded",
        data__inspection=str(inspection.uid),
        data__characteristic=characteristic.code,
        data__overwritten__has_key=str(unit),
    ).order_by("-id")
    values = (Decimal(event.data["overwritten"][str(unit)]) for event in told)
    return next((value for value in values if not characteristic.conforms(value)), None)


@one_transaction()
def name_typing_error(
    *, inspection: Inspection, characteristic: str, unit: int, read: object, note: str, actor: User, at: datetime
) -> TypingError:
    """Say that a critical reading was a wrong key, and what was read: that counts from now, the hold stays.

    Raises NothingWasMistyped, TypingErrorNamed, OnlyWhoRecorded, NotOpen, InvalidInput for what was read, NotAllowed, and what
    `record_result` raises.
    """
    require(actor, "inspections.inspect")
    inspection, asked = lock_inspection(inspection, actor)
    check = next((c for c in asked if c.code == characteristic), None)
    hold = inspection.batch.open_hold
    if hold is None or inspection.hold_id != hold.pk:
        raise NothingWasMistyped
    if check is None or not check.is_measured or check.nonconformity_class != NonconformityClass.CRITICAL:
        raise NothingWasMistyped
    stored = inspection.results.filter(characteristic=check).first()
    typed = mistyped(inspection, check, unit, stored)
    if typed is None:
        raise NothingWasMistyped
    value = _what_was_read(read, check, unit)
    if actor.pk not in recorders(inspection):
        raise OnlyWhoRecorded
    if hold.typing_errors.waiting().filter(characteristic=check, unit=unit).exists():
        raise TypingErrorNamed
    change = UnitChange(unit, value, typed)
    sent = ResultInput(check.code, units=[change], is_complete=None, revision=stored.revision if stored else 0)
    record_result(inspection=inspection, sent=sent, actor=actor, at=at)
    named = TypingError.objects.create(
        inspection=inspection,
        characteristic=check,
        unit=unit,
        typed=typed,
        read=value,
        note=note.strip()[:LONGEST_NOTE],
        hold=hold,
        named_at=at,
        named_by=actor,
    )
    hold.batch = inspection.batch
    record_events([_event("named", named, actor=actor, at=at, note=named.note)])
    return named


def _what_was_read(read: object, check: Characteristic, unit: int) -> Decimal:
    try:
        value = parse_reading(read)
    except ReadingError as error:
        detail = READING_WORDS[error.code] % {"unit": unit, "value": error.value}
        raise InvalidInput.one("read", error.code, detail) from None
    if not check.conforms(value):
        detail = _("%(value)s is beyond the limits too. Enter it as the reading; the batch stays on hold for it.")
        raise InvalidInput.one("read", "beyond_the_limits", detail % {"value": plain(value)})
    return value


def _event(what: str, named: TypingError, *, actor: User, at: datetime, **facts: Any) -> Event:
    return happened(
        f"typing_error.{what}",
        named.inspection.batch.stream,
        at=at,
        actor=actor,
        typing_error=str(named.uid),
        inspection=str(named.inspection.uid),
        hold=str(named.hold.uid),
        characteristic=named.characteristic.code,
        unit=named.unit,
        typed=plain(named.typed),
        read=plain(named.read),
        **facts,
    )


@signed_by(DispositionKind.TYPING_ERROR)
def settle_typing_error(*, hold: Hold, decision: Decision, signature: str, actor: User, at: datetime) -> Disposition:
    """Sign that what holds the batch was a wrong key: the hold ends, and its inspection decides as any other.

    For a hold that rests on nothing else. Raises what `sign_disposition` does.
    """
    disposition = sign_disposition(hold=hold, decision=decision, signature=signature, actor=actor, at=at)
    named = list(_of(hold).filter(disposition=None, refused_at=None))
    TypingError.objects.filter(pk__in=[each.pk for each in named]).update(disposition=disposition)
    Inspection.objects.filter(hold=hold, status=InspectionStatus.OPEN).update(hold=None)
    record_events([_event("accepted", each, actor=actor, at=at, reason=disposition.reason) for each in named])
    return disposition


def _of(hold: Hold) -> Any:
    return hold.typing_errors.select_related("inspection__batch", "characteristic", "hold").order_by("id")


@one_transaction()
def refuse_typing_error(*, typing_error: TypingError, reason: str, actor: User, at: datetime) -> TypingError:
    """A second person does not take it for a wrong key: what was typed counts again, and the hold stays.

    Where the inspection has closed meanwhile, it is kept as a late finding. Raises TypingErrorSettled, RecorderMayNotSettle,
    InvalidInput without a reason, NotAllowed.
    """
    require(actor, "inspections.decide_hold")
    if not reason.strip() or len(reason) > LONGEST_NOTE:
        raise InvalidInput.one("reason", "required", _("Say why it is no typing error; who named it reads it."))
    hold = lock_hold(typing_error.hold)
    named = _of(hold).select_related("inspection__specification", "named_by").get(pk=typing_error.pk)
    named.hold, named.inspection.batch = hold, hold.batch
    if hold.status != HoldStatus.OPEN or named.disposition_id or named.refused_at:
        raise TypingErrorSettled
    if actor.pk in recorders(named.inspection):
        raise RecorderMayNotSettle
    named.refused_at, named.refused_by, named.refused_reason = at, actor, reason.strip()
    named.save(update_fields=["refused_at", "refused_by", "refused_reason"])
    record_events([_event("refused", named, actor=actor, at=at, reason=named.refused_reason)])
    if named.inspection.status == InspectionStatus.OPEN:
        _put_back(named, actor=actor, at=at)
    else:
        _keep_as_finding(named, at=at)
    return named


def _put_back(named: TypingError, *, actor: User, at: datetime) -> None:
    """What was typed, in the name of who typed it."""
    inspection = named.inspection
    check = inspection.characteristic(named.characteristic.code) or named.characteristic
    stored = inspection.results.select_related("recorded_by").get(characteristic=named.characteristic)
    readings = list(stored.readings or [])
    readings[named.unit - 1] = named.typed.normalize()
    n = inspection.sample_sizes([check])[check.code]
    sent = ResultInput(check.code, readings=readings, recorded_at=stored.recorded_at)
    result = build_result(check, n, sent, field="results.0", actor=stored.recorded_by, at=at)
    result.inspection, result.pk, result.revision = inspection, stored.pk, stored.revision + 1
    result.save()
    facts: dict[str, Any] = {"nonconforming": result.nonconforming, "complete": result.is_complete}
    facts |= {
        "revision": result.revision,
        "inspection": str(inspection.uid),
        "characteristic": check.code,
        "overwritten": overwritten(stored, result),
    }
    record_events([happened("result.recorded", inspection.batch.stream, at=at, actor=actor, **facts)])


def _keep_as_finding(named: TypingError, *, at: datetime) -> None:
    sent = FindingInput(
        uid=uuid5(named.uid, "refused"),
        characteristic=named.characteristic.code,
        units=[named.unit],
        readings=[named.typed.normalize()],
        note=named.refused_reason,
        found_at=named.named_at,
        inspection=named.inspection.uid,
    )
    record_finding(batch=named.inspection.batch, sent=sent, actor=named.named_by, at=at)
