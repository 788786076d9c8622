"""Recording what was found, at any time and on any batch (R1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput, RuleBroken
from activity.models import Event
from activity.services import happened, record_event, record_events
from activity.transactions import one_transaction
from imports.files import sha256_of
from inspections.finding.reads import facts_of, units_new_in
from inspections.hold.services.holds import stop_batch
from inspections.models import (
    Aspect,
    Batch,
    Characteristic,
    Finding,
    HoldReason,
    Inspection,
    InspectionStatus,
    NonconformityClass,
    Photo,
    Result,
    SpecificationStatus,
)
from inspections.models.batch import lock_batch
from inspections.photo.services import check_picture, nudge
from inspections.specification.services.characteristics import facts_of as facts_of_check

GRAVEST_FIRST = NonconformityClass.values
AFTER_ALL_OTHERS = 9999
LONGEST_BEFORE, CLOCKS_DIFFER = timedelta(days=366), timedelta(minutes=10)


class FindingIdReused(RuleBroken):
    code = "finding_id_reused"
    detail = gettext_lazy(
        "A finding with this id was recorded before and says something else. "
        "Record what is new as a finding of its own, on a new form."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingInput:
    """What was found, as it was sent.

    `uid` was made on the device. `nonconformity_class` may be left to the characteristic. Without `units` and `count` it
    is one unit. `inspection` is the one in whose sample it was found; with `in_open_round` the open one of the batch,
    where there is one. `readings` are those of `units`.
    """

    uid: UUID
    nonconformity_class: str = ""
    characteristic: str = ""
    units: Sequence[int] | None = None
    count: int | None = None
    readings: Sequence[Decimal | None] | None = None
    note: str = ""
    found_at: datetime | None = None
    inspection: UUID | None = None
    in_open_round: bool = False


@one_transaction()
def record_finding(*, batch: Batch, sent: FindingInput, actor: User, at: datetime) -> Finding:
    """Store a finding; a critical one holds what is left of the batch with it (R1).

    With an open inspection it counts in its class; else it is late, and changes no verdict (R9). Sent again with the
    same id it is the finding that is there (R7). Raises FindingIdReused where that says something else, InvalidInput,
    NotAllowed.
    """
    require(actor, "inspections.inspect")
    batch = lock_batch(batch.number, actor)
    there = Finding.objects.select_related("inspection", "characteristic", "hold").filter(uid=sent.uid).first()
    if there:
        if not _is_the_same(there, sent, batch):
            raise FindingIdReused
        return _with_batch(there, batch)
    rounds = list(batch.inspections.select_related("specification").order_by("-id"))
    open_round = next((each for each in rounds if each.status == InspectionStatus.OPEN), None)
    inspection = _inspection_of(sent, rounds, open_round)
    characteristic = _check_of(sent, batch, inspection or next(iter(rounds), None))
    finding = Finding(
        uid=sent.uid,
        batch=batch,
        inspection=inspection,
        characteristic=characteristic,
        nonconformity_class=_class_of(sent, characteristic),
        note=sent.note.strip(),
        late=open_round is None or inspection not in (None, open_round),
        found_at=_found_at(sent, batch, at),
        received_at=at,
        found_by=actor,
        **_units_of(sent, _most(batch, inspection, characteristic)),
    )
    if not characteristic and not finding.note:
        raise InvalidInput.one("note", "required", _("Say in words what was found."))
    facts = facts_of(finding)
    events = _hold_for(finding, open_round, facts, actor=actor, at=at) or _set_aside_for(finding, actor=actor, at=at)
    try:
        with transaction.atomic():
            finding.asked_as = _check_of_its_own(finding)
            finding.save(force_insert=True)
    except IntegrityError:
        if Finding.objects.filter(uid=sent.uid).exists():  # of another batch, at the same moment
            raise FindingIdReused from None
        raise
    if finding.set_aside:
        batch.save_quantities()
    hold = str(finding.hold.uid) if finding.hold else None
    told = happened("finding.recorded", batch.stream, at=at, actor=actor, **_told(finding), **facts, hold=hold)
    record_events([told, *events])
    batch.finding_count += 1  # as the database has counted it
    return _with_batch(finding, batch)


def _found_at(sent: FindingInput, batch: Batch, at: datetime) -> datetime:
    """When it was found by the device's clock; `at`, where that clock cannot be right: after it arrived, or long before there was
    such a batch. Nothing that was found is refused for a clock that is off (R1)."""
    first = batch.created_at - LONGEST_BEFORE
    return sent.found_at if sent.found_at and first <= sent.found_at <= at + CLOCKS_DIFFER else at


def _told(finding: Finding) -> dict[str, Any]:
    return {
        "class": finding.nonconformity_class,
        "units": finding.units,
        "received_at": finding.received_at,
        "found_at": finding.found_at,
    }


def _with_batch(finding: Finding, batch: Batch) -> Finding:
    """Finding and hold speak of the batch that is locked."""
    finding.batch = batch
    if finding.hold:
        finding.hold.batch = batch
    return finding


def _is_the_same(there: Finding, sent: FindingInput, batch: Batch) -> bool:
    said: list[tuple[object, object]] = [
        (there.batch_id, batch.pk),
        (there.characteristic.code if there.characteristic else "", sent.characteristic),
        (there.units, None if sent.units is None else sorted(sent.units)),
        (there.nonconforming, len(sent.units) if sent.units is not None else sent.count or 1),
        (there.note, sent.note.strip()),
    ]
    if sent.nonconformity_class:
        said.append((there.nonconformity_class, sent.nonconformity_class))
    if sent.found_at and there.found_at != there.received_at:
        said.append((there.found_at, sent.found_at))
    if not sent.in_open_round:
        said.append((there.inspection.uid if there.inspection else None, sent.inspection))
    return all(stored == now for stored, now in said)


def _inspection_of(
    sent: FindingInput, rounds: Sequence[Inspection], open_round: Inspection | None
) -> Inspection | None:
    if sent.in_open_round:
        return open_round
    if sent.inspection is None:
        return None
    inspection = next((each for each in rounds if each.uid == sent.inspection), None)
    if inspection is None:
        raise InvalidInput.one("inspection", "unknown_inspection", _("This batch has no such inspection."))
    return inspection


def _check_of(sent: FindingInput, batch: Batch, inspection: Inspection | None) -> Characteristic | None:
    """As the batch is or was inspected by it; else that of the specification in force."""
    if not sent.characteristic:
        return None
    if inspection:
        check = inspection.characteristic(sent.characteristic)
    else:
        check = Characteristic.objects.filter(
            code=sent.characteristic,
            specification__product=batch.product_id,
            specification__status=SpecificationStatus.ACTIVE,
        ).first()
    if check is None:
        raise InvalidInput.one(
            "characteristic",
            "unknown_characteristic",
            _("The specification of this batch has no characteristic %(code)s.") % {"code": sent.characteristic},
        )
    return check


def _class_of(sent: FindingInput, characteristic: Characteristic | None) -> str:
    """That which is said, or that of the characteristic, which is the mildest (R9)."""
    said = sent.nonconformity_class or (characteristic.nonconformity_class if characteristic else "")
    if said not in GRAVEST_FIRST:
        raise InvalidInput.one(
            "class", "invalid_choice", _("Choose one of %(all)s.") % {"all": ", ".join(GRAVEST_FIRST)}
        )
    if characteristic and GRAVEST_FIRST.index(said) > GRAVEST_FIRST.index(characteristic.nonconformity_class):
        raise InvalidInput.one(
            "class",
            "too_mild",
            _("%(code)s is %(class)s: what is found on it is that or graver.")
            % {"code": characteristic.code, "class": characteristic.get_nonconformity_class_display()},
        )
    return said


def _check_of_its_own(finding: Finding) -> Characteristic | None:
    """What re-inspections ask for it, where no check of a specification asks that: it is on none, or graver than its own (R13)."""
    check, said = finding.characteristic, finding.nonconformity_class
    if check and check.nonconformity_class == said:
        return None
    if check:
        kept = facts_of_check(check) | {"position": check.position, "picture": check.picture}
        return Characteristic.objects.create(**kept | {"nonconformity_class": said})
    return Characteristic.objects.create(
        code=f"F-{finding.uid.hex[:8].upper()}",
        name=_put_right("en", finding.note),
        name_zh=_put_right("zh-hans", finding.note),
        position=AFTER_ALL_OTHERS,
        aspect=Aspect.APPEARANCE,
        nonconformity_class=said,
        is_measured=False,
        method=finding.note,
    )


def _put_right(language: str, note: str) -> str:
    with override(language):
        return Truncator(_("Is this put right: %(what)s") % {"what": " ".join(note.split())}).chars(120)


def _most(batch: Batch, inspection: Inspection | None, characteristic: Characteristic | None) -> int:
    """How many units there are to find it on: those of the sample, or all of the batch."""
    if inspection is None:
        return batch.quantity
    return inspection.sample_sizes([characteristic])[characteristic.code] if characteristic else inspection.sample_size


def _units_of(sent: FindingInput, most: int) -> dict[str, Any]:
    """The units, ascending and each with its reading, or their count."""
    if sent.units is None:
        count = 1 if sent.count is None else sent.count
        if not 1 <= count <= most:
            raise InvalidInput.one(
                "count", "out_of_range", _("Give a whole number from 1 to %(most)s.") % {"most": most}
            )
        return {"nonconforming": count}
    if not sent.units:
        raise InvalidInput.one("units", "required", _("Name the units, or give their count."))
    for unit in sent.units:
        if not 1 <= unit <= most:
            raise InvalidInput.one(
                "units",
                "unknown_unit",
                _("There is no unit %(value)s: they have the numbers 1 to %(n)s.") % {"value": unit, "n": most},
            )
    if len(set(sent.units)) != len(sent.units):
        raise InvalidInput.one("units", "duplicate", _("A unit is named twice."))
    if sent.count not in (None, len(sent.units)):
        raise InvalidInput.one("count", "contradiction", _("More or fewer units are named than are counted."))
    read = dict(zip(sent.units, sent.readings, strict=True)) if sent.readings else {}
    units = sorted(sent.units)
    return {"units": units, "nonconforming": len(units), "readings": [read[unit] for unit in units] if read else None}


def _hold_for(
    finding: Finding, open_round: Inspection | None, facts: dict[str, Any], *, actor: User, at: datetime
) -> list[Event]:
    """Hold the batch for a critical finding. An inspection that is under way rests on that hold, and does not end it."""
    batch = finding.batch
    if finding.nonconformity_class != NonconformityClass.CRITICAL:
        return []
    finding.hold, events = stop_batch(batch, reason=HoldReason.CRITICAL, finding=facts, at=at, actor=actor)
    if open_round:
        open_round.hold = finding.hold
        open_round.save(update_fields=["hold"])
    return events


def _set_aside_for(finding: Finding, *, actor: User, at: datetime) -> list[Event]:
    """Set units that are found nonconforming late aside, of what might ship (R2). The caller saves finding and batch."""
    batch = finding.batch
    if not finding.late or not batch.available or finding.nonconformity_class == NonconformityClass.CRITICAL:
        return []
    finding.set_aside = min(units_new_in(finding), batch.available)
    if not finding.set_aside:
        return []
    batch.move(finding.set_aside, source="available", to="set_aside")
    facts = {"finding": str(finding.uid), "quantity": finding.set_aside, "sorted_out": 0}
    return [happened("units.set_aside", batch.stream, at=at, actor=actor, **facts)]


def keep_result(result: Result, nonconformity_class: str, *, actor: User, at: datetime) -> Event:
    """Keep what a result of an inspection that is walked away from shows as a finding of its batch (R8).

    The caller holds the lock of the batch, calls it while the inspection is open, and records the event.
    """
    inspection, check, units = result.inspection, result.characteristic, result.nonconforming_units
    read = result.readings
    finding = Finding(
        uid=uuid5(inspection.uid, f"abandoned:{check.code}"),
        batch=inspection.batch,
        inspection=inspection,
        characteristic=check,
        nonconformity_class=nonconformity_class,
        units=units,
        nonconforming=result.nonconforming,
        readings=[read[unit - 1] for unit in units] if units and read else None,
        late=False,
        found_at=result.recorded_at,
        received_at=at,
        found_by=result.recorded_by,
    )
    finding.asked_as = _check_of_its_own(finding)
    finding.save(force_insert=True)
    inspection.finding_count += 1  # as the database has counted it
    inspection.batch.finding_count += 1
    facts = _told(finding) | facts_of(finding)
    return happened("finding.recorded", inspection.batch.stream, at=at, actor=actor, **facts, hold=None)


@one_transaction()
def add_finding_photo(
    *,
    finding: Finding,
    file: UploadedFile,
    actor: User,
    at: datetime,
    taken_at: datetime | None = None,
    original_sha256: str = "",
) -> Photo:
    """A picture of a finding, at any time; the same file again is the photo that is there. As `add_photo` otherwise.

    Raises InvalidInput, NotAllowed.
    """
    require(actor, "inspections.inspect")
    check_picture(file, "photo")
    sha256 = sha256_of(file)
    batch = lock_batch(finding.batch.number, actor)
    if there := finding.photos.filter(sha256=sha256).first():
        return there
    photo = Photo(
        finding=finding,
        sha256=sha256,
        original_sha256=original_sha256,
        taken_at=taken_at,
        uploaded_at=at,
        uploaded_by=actor,
    )
    photo.upload.save(str(photo.uid), file, save=False)
    photo.save()
    record_event(
        "photo.added",
        batch.stream,
        at=at,
        actor=actor,
        photo=str(photo.uid),
        finding=str(finding.uid),
        characteristic="",
        unit_number=None,
        sha256=sha256,
        original_sha256=original_sha256,
    )
    transaction.on_commit(nudge)
    return photo
