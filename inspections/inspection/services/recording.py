"""Recording, submitting and abandoning inspections.

Every function locks the batch first and decides on what it reads under that lock.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.models import Event
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.doubt.services import doubt_abandonment, with_earlier_round
from inspections.hold.services.holds import stop_batch
from inspections.inspection.services.abandonment import hold_what_rejects, keep_what_was_found
from inspections.inspection.services.conclusions import CountFell, conclude
from inspections.inspection.services.merging import Merge, ResultChanged, UnitsDiffer, merge, overwritten
from inspections.inspection.services.planning import (
    active_characteristics,
    insert_inspection,
    next_inspection,
    planned_event,
    standing,
)
from inspections.inspection.services.results import ResultInput, build_result, describe_critical
from inspections.inspection.services.taking_back import take_back
from inspections.models import (
    CartonRule,
    Characteristic,
    HoldReason,
    Inspection,
    InspectionStatus,
    NonconformityClass,
    Result,
)
from inspections.models.batch import lock_batch
from inspections.switching.services import count_lot


class NotOpen(RuleBroken):
    code = "inspection_not_open"
    detail = gettext_lazy("This inspection was submitted or abandoned and can no longer be changed.")


class ResultsChanged(RuleBroken):
    """What a submission says it closes is not what is there; `codes` are the checks, `findings` how many there are."""

    code = "results_changed"

    def __init__(self, codes: Sequence[str], findings: int):
        text = _("Something has arrived that this submission does not know of. Look at it, then submit again.")
        if codes:
            text = _("Changed since you last saw it: %(codes)s. Look at it, then submit again.") % {
                "codes": ", ".join(codes)
            }
        super().__init__(text, changed=list(codes), findings=findings)


class FinishedUnitChanged(RuleBroken):
    code = "finished_unit_changed"

    def __init__(self, code: str, units: Sequence[int]):
        text = ngettext(
            "%(code)s: unit %(units)s did not conform in the sample that is finished. What a finished sample showed stays: "
            "mark it again.",
            "%(code)s: units %(units)s did not conform in the sample that is finished. What a finished sample showed "
            "stays: mark them again.",
            len(units),
        )
        super().__init__(text % {"code": code, "units": ", ".join(map(str, units))}, units=list(units))


class ClassDecided(RuleBroken):
    code = "class_decided"
    detail = gettext_lazy("An earlier sample has decided this class. Its checks are closed; only the others go on.")


def _check_results(
    sent: Sequence[ResultInput],
    characteristics: Sequence[Characteristic],
    inspection: Inspection,
    *,
    actor: User,
    at: datetime,
) -> dict[int, Result]:
    """Unsaved results by characteristic id. Raises InvalidInput with all that is wrong, `results.CODE...`."""
    by_code = {c.code: c for c in characteristics}
    sizes = inspection.sample_sizes(characteristics)
    results: dict[int, Result] = {}
    errors: list[FieldError] = []
    for index, item in enumerate(sent):
        characteristic = by_code.get(item.characteristic)
        if characteristic is None:
            detail = _("The specification of this batch has no characteristic %(code)s.") % {
                "code": item.characteristic
            }
            errors.append(FieldError(f"results.{index}.characteristic", "unknown_characteristic", detail))
            continue
        if characteristic.pk in results:
            detail = _("There are two results for %(code)s.") % {"code": item.characteristic}
            errors.append(FieldError(f"results.{index}.characteristic", "duplicate", detail))
            continue
        try:
            results[characteristic.pk] = build_result(
                characteristic,
                sizes[characteristic.code],
                item,
                field=f"results.{index}",
                actor=actor,
                at=at,
                is_estimated=characteristic.code in inspection.variables_plans,
            )
        except InvalidInput as error:
            errors.extend(error.errors)
    if errors:
        raise InvalidInput(errors)
    return results


def _require_all_readings(sent: Sequence[ResultInput], results: Mapping[int, Result], inspection: Inspection) -> None:
    """A submission with too few readings is a slip of the sender, so it names the field."""
    by_code = {result.characteristic.code: result for result in results.values()}
    sizes = inspection.sample_sizes([result.characteristic for result in results.values()])
    errors = []
    for index, item in enumerate(sent):
        result = by_code[item.characteristic]
        if result.readings is not None and not result.is_complete:
            text = _("%(code)s: %(got)s of %(n)s units have a reading.")
            if item.characteristic in inspection.variables_plans:
                text = _(
                    "%(code)s: %(got)s of %(n)s units have a reading. Its variables plan estimates from all of them: "
                    "enter the missing ones."
                )
            detail = text % {
                "code": item.characteristic,
                "got": sum(reading is not None for reading in result.readings),
                "n": sizes[item.characteristic],
            }
            errors.append(FieldError(f"results.{index}.readings", "too_few", detail))
    if errors:
        raise InvalidInput(errors)


@one_transaction()
def record_inspection(
    *,
    batch: str,
    results: Sequence[ResultInput],
    submit: bool,
    actor: User,
    at: datetime,
    cartons: int | None = None,
    carton_rule: str = CartonRule.SQUARE_ROOT,
) -> Inspection:
    """Plan the next round of a batch and record it in one go, as a program does. `batch` is the batch's number.

    With `submit` the verdict falls at once; without, the inspection stays open for more results. A critical
    nonconformity holds the batch either way (R1). Raises what planning, recording and submitting raise; nothing is
    stored then.
    """
    require(actor, "inspections.inspect")
    locked = lock_batch(batch, actor, with_product=True)
    characteristics = active_characteristics(locked, with_earlier=True)
    inspection = next_inspection(locked, characteristics, actor=actor, at=at, cartons=cartons, carton_rule=carton_rule)
    found = _check_results(results, characteristics, inspection, actor=actor, at=at)
    if submit:
        _require_all_readings(results, found, inspection)
    events = [planned_event(inspection, actor=actor, at=at)]
    events += _stop_for_critical(inspection, found.values(), at=at, actor=actor)
    if submit:
        events += conclude(inspection, found, characteristics, standing=standing(characteristics), actor=actor, at=at)
    else:
        insert_inspection(inspection)
    for result in found.values():
        result.inspection = inspection
    inspection.recorded = Result.objects.bulk_create(found.values())
    record_events(events)
    return inspection


def _stop_for_critical(inspection: Inspection, results: Iterable[Result], *, at: datetime, actor: User) -> list[Event]:
    """Hold the batch when one of the results has a critical nonconformity; sets `inspection.hold`, does not save it."""
    critical = [
        result
        for result in results
        if result.nonconforming and result.characteristic.nonconformity_class == NonconformityClass.CRITICAL
    ]
    if not critical:
        return []
    finding = describe_critical(critical[0], critical[0].characteristic, inspection)
    inspection.hold, events = stop_batch(
        inspection.batch, reason=HoldReason.CRITICAL, finding=finding, at=at, actor=actor
    )
    return events


def lock_inspection(
    inspection: Inspection, actor: User, *, with_product: bool = False
) -> tuple[Inspection, list[Characteristic]]:
    """The open inspection and its characteristics as they are now, under the batch's lock. Raises NotOpen."""
    batch = lock_batch(inspection.batch.number, actor, with_product=with_product)
    inspection = batch.inspections.select_related("specification").get(pk=inspection.pk)
    inspection.batch = batch
    inspection.specification.product = batch.product
    if inspection.status != InspectionStatus.OPEN:
        raise NotOpen
    rows = with_earlier_round(inspection.asked, batch) if inspection.previous_id else inspection.asked
    return inspection, inspection.as_asked(rows)


def record_result(*, inspection: Inspection, sent: ResultInput, actor: User, at: datetime) -> tuple[Inspection, Result]:
    """Save one check while the inspection is open (autosave), and hold the batch at once when it is critical (R1).

    May be partial, and sent again: a repeat changes nothing. Of changed `units` those that nobody else changed are stored,
    and a critical one holds the batch though it is disputed; then UnitsDiffer is raised for the others. Raises NotOpen,
    ResultChanged when `sent.revision` is not the stored one, ClassDecided, FinishedUnitChanged and CountFell when less is
    found than a finished sample showed, InvalidInput, NotAllowed.
    """
    inspection, result, merged = _record_result(inspection=inspection, sent=sent, actor=actor, at=at)
    if merged and merged.differences:
        raise UnitsDiffer(merged.differences, result.revision)
    return inspection, result


@one_transaction()
def _record_result(
    *, inspection: Inspection, sent: ResultInput, actor: User, at: datetime
) -> tuple[Inspection, Result, Merge | None]:
    require(actor, "inspections.inspect")
    inspection, characteristics = lock_inspection(inspection, actor)
    asked = next((c for c in characteristics if c.code == sent.characteristic), None)
    stored = inspection.results.filter(characteristic=asked).first() if asked else None
    merged = None
    if asked and sent.units is not None:
        merged = merge(sent, stored, asked, inspection.sample_sizes([asked])[asked.code], field="results.0")
        sent = merged.whole
    [result] = _check_results([sent], characteristics, inspection, actor=actor, at=at).values()
    characteristic = result.characteristic
    disputed = None
    if merged and merged.differences:
        [disputed] = _check_results([merged.claimed], characteristics, inspection, actor=actor, at=at).values()
    if stored and _same(stored, result):
        stored.characteristic = characteristic
        record_events(_hold_for_disputed(inspection, disputed, stored, at=at, actor=actor))
        return inspection, stored, merged
    if inspection.is_closed(characteristic):
        raise ClassDecided
    if sent.revision is not None and sent.revision != (stored.revision if stored else 0):
        raise ResultChanged
    _require_what_was_shown(inspection, characteristic, result)
    is_based = merged is not None or sent.revision is not None
    take_back(inspection, stored, result, characteristics, is_based=is_based, actor=actor)
    result.inspection = inspection
    if stored:
        result.pk, result.revision = stored.pk, stored.revision + 1
    result.save()
    events = [
        happened(
            "result.recorded",
            inspection.batch.stream,
            at=at,
            actor=actor,
            inspection=str(inspection.uid),
            characteristic=characteristic.code,
            nonconforming=result.nonconforming,
            complete=result.is_complete,
            revision=result.revision,
            **({"overwritten": was} if (was := overwritten(stored, result)) else {}),
        )
    ]
    found_more = result.nonconforming > (stored.nonconforming if stored else 0)
    if found_more or (result.nonconforming and inspection.hold_id is None):
        events += _stop_for_critical(inspection, [result], at=at, actor=actor)
        inspection.save(update_fields=["hold"])
    events += _hold_for_disputed(inspection, disputed, result, at=at, actor=actor)
    record_events(events)
    return inspection, result, merged


def _hold_for_disputed(
    inspection: Inspection, disputed: Result | None, stored: Result, *, at: datetime, actor: User
) -> list[Event]:
    """What the actor says is critical holds the batch before anybody has chosen who is right (R1), and is on the record (R3)."""
    if disputed is None or not set(disputed.nonconforming_units or ()) - set(stored.nonconforming_units or ()):
        return []
    if events := _stop_for_critical(inspection, [disputed], at=at, actor=actor):
        inspection.save(update_fields=["hold"])
        stored.recorded_by = actor
        stored.save(update_fields=["recorded_by"])
    return events


def _require_what_was_shown(inspection: Inspection, characteristic: Characteristic, result: Result) -> None:
    """Raises FinishedUnitChanged or CountFell where a finished sample showed more on this check."""
    shown = inspection.stage_findings.get(characteristic.code)
    if isinstance(shown, list) and result.nonconforming_units is not None:
        if missing := sorted(set(shown) - set(result.nonconforming_units)):
            raise FinishedUnitChanged(characteristic.code, missing)
    elif shown is not None and result.nonconforming < (len(shown) if isinstance(shown, list) else shown):
        raise CountFell


def _same(stored: Result, sent: Result) -> bool:
    fields = ("readings", "nonconforming_units", "nonconforming", "nonconformities", "is_complete")
    return all(getattr(stored, field) == getattr(sent, field) for field in fields)


@one_transaction()
def submit_inspection(
    *,
    inspection: Inspection,
    actor: User,
    at: datetime,
    closes: Mapping[str, int] | None = None,
    findings: int | None = None,
) -> Inspection:
    """Close an inspection with its verdict.

    `closes` are the revisions of the checks that the sender has seen, by code, `findings` how many findings. Raises
    ResultsChanged where anything else is there, Unanswered naming the checks, NotOpen, NotAllowed.
    """
    require(actor, "inspections.inspect")
    inspection, characteristics = lock_inspection(inspection, actor, with_product=True)
    results = {result.characteristic_id: result for result in inspection.results.all()}
    _require_nothing_else(inspection, results, characteristics, closes, findings)
    record_events(conclude(inspection, results, characteristics, actor=actor, at=at))
    return inspection


def _require_nothing_else(
    inspection: Inspection,
    results: Mapping[int, Result],
    characteristics: Sequence[Characteristic],
    closes: Mapping[str, int] | None,
    findings: int | None,
) -> None:
    changed: list[str] = []
    if closes is not None:
        there = {c.code: results[c.pk].revision for c in characteristics if c.pk in results}
        codes = [*(c.code for c in characteristics), *(code for code in closes if code not in there)]
        changed = [code for code in dict.fromkeys(codes) if there.get(code, 0) != closes.get(code, 0)]
    if changed or findings not in (None, inspection.finding_count):
        raise ResultsChanged(changed, inspection.finding_count)


@one_transaction()
def abandon_inspection(*, inspection: Inspection, reason: str, actor: User, at: datetime) -> Inspection:
    """Stop inspecting without a verdict; what was recorded stays, and a hold that it placed.

    What already rejects counts as a first submission that was not accepted, and holds the batch (R8). Raises NotOpen,
    InvalidInput, NotAllowed.
    """
    require(actor, "inspections.inspect")
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why the inspection is abandoned."))
    inspection, characteristics = lock_inspection(inspection, actor, with_product=True)
    results = {result.characteristic_id: result for result in inspection.results.all()}
    rejects, stopped = hold_what_rejects(inspection, results, characteristics, actor=actor, at=at)
    if not rejects:
        stopped += keep_what_was_found(inspection, results, characteristics, actor=actor, at=at)
    inspection.status = InspectionStatus.ABANDONED
    inspection.abandoned_at, inspection.abandoned_reason = at, reason.strip()
    if inspection.hold_id:
        inspection.rejected_in = inspection.rejected_in or [NonconformityClass.CRITICAL]
    inspection.save()
    facts = {"inspection": str(inspection.uid), "round": inspection.round, "reason": reason.strip()}
    if inspection.hold_id:
        facts |= {"counts": True, "rejects": rejects}
    events = [happened("inspection.abandoned", inspection.batch.stream, at=at, actor=actor, **facts), *stopped]
    if inspection.hold_id:
        events += count_lot(inspection, at=at, actor=actor)
    doubt_abandonment(inspection, at=at)
    record_events(events)
    return inspection
