"""How samples stand to what is required now: an open one takes over a new version, a golden one is held against it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from activity.models import Event
from activity.services import happened, record_events
from inspections.models import Characteristic, FurtherCheck, Sample, SampleCheck, SampleStatus, Specification
from inspections.models.sample import FAILS, OTHER_UNIT, UNCHECKED, UNSIGNED
from inspections.rules.units import converted
from suppliers.models import Product


@dataclass(frozen=True, slots=True)
class Lack:
    """What a golden sample lacks of one characteristic that is required now."""

    code: str
    nonconformity_class: str
    why: str  # UNCHECKED, FAILS, OTHER_UNIT: measured in one that is not known to be of a kind, UNSIGNED

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def readings_in(readings: Sequence[Decimal], measured: Characteristic, wanted: Characteristic) -> list[Decimal] | None:
    """Readings of one version's characteristic in the unit of another's; None where that is not known."""
    found = [converted(reading, measured.unit, wanted.unit) for reading in readings]
    return None if None in found else [reading for reading in found if reading is not None]


def _why(found: SampleCheck | FurtherCheck | None, required: Characteristic) -> str:
    if found is None or found.characteristic is None or found.characteristic.is_measured != required.is_measured:
        return UNCHECKED
    if not required.is_measured:
        return "" if found.conforms else FAILS
    readings = readings_in(found.readings or (), found.characteristic, required)
    if not readings:
        return OTHER_UNIT
    return "" if all(map(required.conforms, readings)) else FAILS


def lacking_of(sample: Sample, required: Iterable[Characteristic]) -> list[Lack]:
    """What a golden sample was never checked for, and what it fails, of the characteristics of a version."""
    found: dict[str, SampleCheck | FurtherCheck] = {
        check.code: check
        for check in sample.checks.filter(characteristic__isnull=False).select_related("characteristic")
    }
    unsigned: set[str] = set()
    for further in sample.further_checks.select_related("characteristic").order_by("recorded_at", "id"):
        code = further.characteristic.code
        if further.signed_at or not further.conforms:
            found[code] = further
        else:
            unsigned.add(code)
    lacks = []
    for characteristic in required:
        why = _why(found.get(characteristic.code), characteristic)
        if why and why != FAILS and characteristic.code in unsigned:
            why = UNSIGNED
        if why:
            lacks.append(Lack(characteristic.code, characteristic.nonconformity_class, why))
    return lacks


def lacking_under(specification: Specification) -> tuple[Sample | None, list[Lack]]:
    """The golden sample of a version's product, and what it would lack once that version is in force."""
    golden = specification.product.samples.golden().first()
    return golden, lacking_of(golden, specification.characteristics.all()) if golden else []


def hold_against_required(product: Product, *, actor: User | None, at: datetime) -> list[Event]:
    """Note how the golden sample stands to the active version. The caller locks the product and records the events."""
    golden = product.samples.golden().select_related("product").first()
    active = product.specifications.active().first()
    if golden is None or active is None:
        return []
    lacking = [lack.as_dict() for lack in lacking_of(golden, active.characteristics.all())]
    if (golden.held_against_id, golden.lacking) == (active.pk, lacking):
        return []
    is_told = golden.lacking != lacking
    golden.held_against, golden.lacking = active, lacking
    golden.save(update_fields=["held_against", "lacking"])
    if not is_told:
        return []
    facts: dict[str, Any] = {"sample": str(golden.uid), "code": golden.code, "version": golden.version}
    return [
        happened(
            "sample.held_against",
            golden.stream,
            at=at,
            actor=actor,
            specification=active.version,
            lacking=lacking,
            **facts,
        )
    ]


def _take_over(product: Product, *, actor: User | None, at: datetime) -> list[Event]:
    """Let the open sample of a product be checked by the active version. What was found stays, in the new units where they
    are known, and is judged by the new limits; one whose checks were finished is open again."""
    sample = (
        product.samples.filter(status__in=[SampleStatus.RECEIVED, SampleStatus.CHECKED]).select_for_update().first()
    )
    active = product.specifications.active().first()
    if sample is None or active is None or sample.specification_id == active.pk:
        return []
    reopened = sample.status == SampleStatus.CHECKED
    sample.specification, sample.status = active, SampleStatus.RECEIVED
    sample.checked_at = sample.checked_by = None
    sample.save(update_fields=["specification", "status", "checked_at", "checked_by"])
    wanted = {characteristic.code: characteristic for characteristic in active.characteristics.all()}
    kept: list[str] = []
    left_out: list[str] = []
    for check in sample.checks.filter(characteristic__isnull=False).select_related("characteristic"):
        (kept if _moved(check, wanted) else left_out).append(check.code)
    for photo in sample.photos.filter(characteristic__code__in=wanted).select_related("characteristic"):
        if photo.characteristic:
            photo.characteristic = wanted[photo.characteristic.code]
            photo.save(update_fields=["characteristic"])
    return [
        happened(
            "sample.took_over", f"product:{product.sku}", at=at, actor=actor, sample=str(sample.uid),
            code=f"{product.sku}-S{sample.series}.{sample.round}", specification=active.version, reopened=reopened,
            kept=kept, left_out=left_out,
        )
    ]  # fmt: skip


def _moved(check: SampleCheck, wanted: Mapping[str, Characteristic]) -> bool:
    """Whether a check could go over to the characteristic of the same code, where it is judged anew."""
    before, after = check.characteristic, wanted.get(check.code)
    if before is None or after is None or after.is_measured != before.is_measured:
        return False
    if after.is_measured:
        readings = readings_in(check.readings or (), before, after)
        if readings is None:
            return False
        check.readings = list(readings)
        check.conforms = all(map(after.conforms, readings))
    check.characteristic = after
    check.revision += 1
    check.save()
    return True


def follow_specification(*, product: Product, actor: User | None, at: datetime) -> None:
    """A version was put in force: the open sample takes it over, the golden one is held against it. In the caller's transaction."""
    record_events([*_take_over(product, actor=actor, at=at), *hold_against_required(product, actor=actor, at=at)])
