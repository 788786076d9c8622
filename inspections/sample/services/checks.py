"""What is found on a sample while it is being checked: its checks, and the drops of its transport test."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.models import Event
from activity.services import happened, record_event, record_events
from activity.transactions import one_transaction
from inspections.models import (
    SAMPLE_ASPECTS,
    Aspect,
    Characteristic,
    DropResult,
    FurtherCheck,
    PackageKind,
    Protocol,
    Sample,
    SampleCheck,
    SampleStatus,
    TransportTest,
)
from inspections.rules.readings import parse_readings
from inspections.rules.transport import KindNotTold, TransportError, drops_of, kind_of_package
from inspections.sample.services.details import LARGEST_MEASURE, LONGEST_TEXT, parse_number
from inspections.sample.words import check_name, found_words
from inspections.specification.words import READING_WORDS

MOST_READINGS = 100
SIDES_OF_PACKAGE = ("package_length_mm", "package_width_mm", "package_height_mm")


class SampleIsChecked(RuleBroken):
    code = "sample_checked"
    detail = gettext_lazy(
        "The checks of this sample are finished and frozen. What is wrong with it is said in the decision; the next "
        "round begins with a new sample."
    )


class CheckChanged(RuleBroken):
    """What is stored is not what the sender saw. `now` is that, in words."""

    code = "check_changed"

    def __init__(self, code: str, revision: int, now: str):
        super().__init__(
            _(
                "%(check)s was changed by somebody else in the meantime and is kept: %(now)s. Look at it, then answer again."
            )
            % {"check": check_name(code), "now": now},
            check=code,
            revision=revision,
        )


@dataclass(frozen=True, slots=True)
class CheckInput:
    """What was sent for one check: an aspect or the code of a characteristic, and what was found.

    A measured characteristic takes readings and is judged by its limits; any other check takes `conforms`.
    `revision` is the one that the sender saw (0: there was none), None where they saw none.
    """

    aspect: str = ""
    characteristic: str = ""
    conforms: bool | None = None
    readings: Sequence[object] | None = None
    note: str = ""
    revision: int | None = None

    @property
    def code(self) -> str:
        return self.characteristic or self.aspect


def lock_sample_being_checked(sample: Sample) -> Sample:
    """The sample as it is now, under its lock. Raises SampleIsChecked."""
    locked = Sample.objects.select_for_update(of=("self",)).select_related("product", "supplier").get(pk=sample.pk)
    if locked.status != SampleStatus.RECEIVED:
        raise SampleIsChecked
    return locked


def characteristics_of(sample: Sample) -> list[Characteristic]:
    """Those of the specification it is checked by, in order; none when there was no active one."""
    return list(sample.specification.characteristics.order_by("position")) if sample.specification else []


def build_check(
    sample: Sample,
    characteristics: Sequence[Characteristic],
    sent: CheckInput,
    *,
    field: str,
    actor: User,
    at: datetime,
) -> SampleCheck:
    """An unsaved check, judged. Raises InvalidInput naming each wrong value below `field`."""
    check = SampleCheck(sample=sample, note=sent.note.strip(), recorded_at=at, recorded_by=actor)
    if len(check.note) > LONGEST_TEXT:
        detail = _("At most %(most)s characters are kept.") % {"most": LONGEST_TEXT}
        raise InvalidInput.one(f"{field}.note", "too_long", detail)
    if bool(sent.aspect) == bool(sent.characteristic):
        raise InvalidInput.one(field, "required", _("Name an aspect or a characteristic."))
    if sent.aspect:
        if sent.aspect not in SAMPLE_ASPECTS:
            known = ", ".join(SAMPLE_ASPECTS)
            detail = _("A sample is not checked for %(aspect)s. Known are: %(known)s.")
            raise InvalidInput.one(
                f"{field}.aspect", "unknown_aspect", detail % {"aspect": sent.aspect, "known": known}
            )
        check.aspect = sent.aspect
    else:
        check.characteristic = next((c for c in characteristics if c.code == sent.characteristic), None)
        if check.characteristic is None:
            raise InvalidInput.one(
                f"{field}.characteristic",
                "unknown_characteristic",
                _("The specification of this sample has no characteristic %(code)s.") % {"code": sent.characteristic},
            )
    if check.characteristic and check.characteristic.is_measured:
        _measure(check, check.characteristic, sent, field)
        return check
    if sent.readings is not None:
        raise InvalidInput.one(
            f"{field}.readings", "not_measured", _("This check is not measured; say if it conforms.")
        )
    if sent.conforms is None:
        raise InvalidInput.one(f"{field}.conforms", "required", _("Say whether the sample conforms."))
    check.conforms = sent.conforms
    if not check.conforms and not check.note:
        raise InvalidInput.one(f"{field}.note", "required", _("Say what was seen; the supplier reads it."))
    return check


def _measure(check: SampleCheck, characteristic: Characteristic, sent: CheckInput, field: str) -> None:
    if sent.conforms is not None:
        detail = _("%(code)s is measured: send its readings, and its limits say whether it conforms.")
        raise InvalidInput.one(f"{field}.conforms", "measured", detail % {"code": characteristic.code})
    readings, wrong = parse_readings(sent.readings or (), lower=characteristic.lower, upper=characteristic.upper)
    if wrong:
        raise InvalidInput(
            [
                FieldError(
                    f"{field}.readings.{unit}",
                    error.code,
                    READING_WORDS[error.code] % {"unit": unit, "value": error.value},
                )
                for unit, error in wrong
            ]
        )
    if not readings or None in readings or len(readings) > MOST_READINGS:
        detail = _("Give 1 to %(most)s readings of %(code)s.") % {"most": MOST_READINGS, "code": characteristic.code}
        raise InvalidInput.one(f"{field}.readings", "required", detail)
    check.readings = [reading for reading in readings if reading is not None]
    check.conforms = all(map(characteristic.conforms, check.readings))


def store_check(check: SampleCheck, revision: int | None = None) -> list[Event]:
    """Store a check in the place of the one before; the caller holds the sample's lock and records the events.

    A repeat changes nothing. Raises CheckChanged where `revision` is not the stored one, and where somebody who saw none
    would take back what another person found not to conform.
    """
    place: dict[str, Any] = {"aspect": check.aspect, "characteristic": check.characteristic}
    stored = SampleCheck.objects.filter(sample=check.sample, **place).first()
    if stored and (stored.conforms, stored.readings, stored.note) == (check.conforms, check.readings, check.note):
        return []
    takes_back = bool(
        stored and not stored.conforms and check.conforms and stored.recorded_by_id != check.recorded_by_id
    )
    require_seen(check.code, revision, stored, takes_back=takes_back)
    if stored:
        check.pk, check.revision = stored.pk, stored.revision + 1
    check.save()
    return [
        happened(
            "sample.check_recorded",
            check.sample.stream,
            at=check.recorded_at,
            actor=check.recorded_by,
            sample=str(check.sample.uid),
            check=check.code,
            is_aspect=bool(check.aspect),
            conforms=check.conforms,
            readings=[str(reading) for reading in check.readings or ()],
            note=check.note,
            revision=check.revision,
        )
    ]


def require_seen(
    code: str, revision: int | None, stored: SampleCheck | FurtherCheck | DropResult | None, *, takes_back: bool
) -> None:
    """Raises CheckChanged where the sender did not see what is stored, or saw nothing and takes back what another found."""
    there = stored.revision if stored else 0
    if takes_back if revision is None else revision != there:
        raise CheckChanged(code, there, found_words(stored))


@one_transaction()
def record_check(*, sample: Sample, sent: CheckInput, actor: User, at: datetime, field: str = "check") -> None:
    """Store what was found on one aspect or characteristic.

    Raises SampleIsChecked, CheckChanged, InvalidInput, NotAllowed.
    """
    require(actor, "inspections.check_sample")
    sample = lock_sample_being_checked(sample)
    check = build_check(sample, characteristics_of(sample), sent, field=field, actor=actor, at=at)
    record_events(store_check(check, sent.revision))


@one_transaction()
def begin_transport_test(
    *,
    sample: Sample,
    protocol: str,
    package_weight_kg: object,
    package_mm: Sequence[object] = (),
    actor: User,
    at: datetime,
) -> TransportTest:
    """Say which test the packed sample undergoes; a test that was begun before is replaced while no drop is recorded.

    `package_mm` are length, width and height of the package, which say of what kind it is; 3A needs them.

    Raises SampleIsChecked, DropsRecorded, InvalidInput, NotAllowed.
    """
    require(actor, "inspections.check_sample")
    if protocol not in Protocol.values:
        detail = _("Choose one of %(all)s.") % {"all": ", ".join(Protocol.values)}
        raise InvalidInput.one("protocol", "invalid_choice", detail)
    errors: list[FieldError] = []
    weight = parse_number(package_weight_kg, "package_weight_kg", errors, places=3, unit="kg")
    sides = _sides_of(package_mm, errors, needed=protocol == Protocol.ISTA_3A)
    if errors:
        raise InvalidInput(errors)
    if weight is None:
        raise InvalidInput.one("package_weight_kg", "required", _("Weigh the packed sample; the height depends on it."))
    try:
        kind = kind_of_package(sides, weight) if sides else ""
        drops = drops_of(protocol, weight, kind)
    except KindNotTold as error:
        detail = _(
            "By its measures this is a %(kind)s: 3A turns it over on an edge and a face and hits it, which no free falls stand "
            "for. Have it tested by a laboratory and note its report under transport durability, or do the drops of 2A."
        ) % {"kind": PackageKind(error.kind).label}
        raise InvalidInput.one("protocol", "kind_not_told", detail) from None
    except TransportError as error:
        detail = _("%(test)s is for packages above 0 and up to %(most)s kg.") % {
            "test": Protocol(protocol).label,
            "most": error.heaviest,
        }
        raise InvalidInput.one("package_weight_kg", "out_of_range", detail) from None
    sample = lock_sample_being_checked(sample)
    if there := TransportTest.objects.filter(sample=sample).first():
        if there.results.exists():
            raise DropsRecorded
        there.delete()
    test = TransportTest.objects.create(
        sample=sample,
        protocol=protocol,
        package_weight_kg=weight,
        **dict(zip(SIDES_OF_PACKAGE, sides, strict=False)),
        kind=kind,
        drops=[drop.as_dict() for drop in drops],
        begun_at=at,
        begun_by=actor,
    )
    record_event(
        "sample.transport_begun",
        sample.stream,
        at=at,
        actor=actor,
        sample=str(sample.uid),
        protocol=protocol,
        package_weight_kg=str(weight),
        package=kind,
        drops=len(drops),
    )
    return test


def _sides_of(package_mm: Sequence[object], errors: list[FieldError], *, needed: bool) -> list[Decimal]:
    """Length, width and height of a package; none where none were measured, or an error was added."""
    given = [*package_mm, None, None, None][:3]
    sides = [parse_number(value, name, errors, unit="mm") for name, value in zip(SIDES_OF_PACKAGE, given, strict=True)]
    if errors or not (needed or any(side is not None for side in sides)):
        return []
    for name, side in zip(SIDES_OF_PACKAGE, sides, strict=True):
        if side is None:
            detail = _("Measure the package: length, width and height say of what kind it is, and so how it is tested.")
            errors.append(FieldError(name, "required", detail))
        elif not 0 < side < LARGEST_MEASURE:
            detail = _("Give a number above 0 and below %(most)s.") % {"most": LARGEST_MEASURE}
            errors.append(FieldError(name, "out_of_range", detail))
    return [] if errors else [side for side in sides if side is not None]


class DropsRecorded(RuleBroken):
    code = "drops_recorded"
    detail = gettext_lazy("Drops of the test are recorded already, so it is not replaced by another one.")


@dataclass(frozen=True, slots=True)
class DropInput:
    """What one drop did. `revision` is as that of CheckInput."""

    number: int
    package_damaged: bool
    product_damaged: bool
    note: str = ""
    revision: int | None = None


@one_transaction()
def record_drop(*, sample: Sample, sent: DropInput, actor: User, at: datetime, field: str = "drop") -> DropResult:
    """Store what one drop of the transport test did; a repeat changes nothing.

    Raises SampleIsChecked, CheckChanged as a check does, InvalidInput, NotAllowed.
    """
    require(actor, "inspections.check_sample")
    sample = lock_sample_being_checked(sample)
    test = TransportTest.objects.filter(sample=sample).first()
    if test is None:
        raise InvalidInput.one("protocol", "required", _("Say first which transport test the sample undergoes."))
    if sent.number not in [drop["number"] for drop in test.drops]:
        detail = _("%(test)s has drops 1 to %(most)s.") % {"test": test.get_protocol_display(), "most": len(test.drops)}
        raise InvalidInput.one(f"{field}.number", "unknown_drop", detail)
    note = sent.note.strip()[:LONGEST_TEXT]
    if (sent.package_damaged or sent.product_damaged) and not note:
        raise InvalidInput.one(f"{field}.note", "required", _("Say what was damaged and how."))
    stored = test.results.filter(number=sent.number).first()
    damages = (sent.package_damaged, sent.product_damaged)
    if stored and (stored.package_damaged, stored.product_damaged, stored.note) == (*damages, note):
        return stored
    takes_back = bool(
        stored
        and stored.recorded_by_id != actor.pk
        and (stored.package_damaged > sent.package_damaged or stored.product_damaged > sent.product_damaged)
    )
    require_seen(f"drop-{sent.number}", sent.revision, stored, takes_back=takes_back)
    result = stored or DropResult(test=test, number=sent.number, revision=0)
    result.package_damaged, result.product_damaged = damages
    result.note, result.revision = note, result.revision + 1
    result.recorded_at, result.recorded_by = at, actor
    result.save()
    record_event(
        "sample.drop_recorded",
        sample.stream,
        at=at,
        actor=actor,
        sample=str(sample.uid),
        drop=sent.number,
        package_damaged=sent.package_damaged,
        product_damaged=sent.product_damaged,
        note=note,
        revision=result.revision,
    )
    return result


def unanswered_checks(sample: Sample) -> list[str]:
    """The aspects, characteristics and drops ("drop-3") that nothing is recorded of yet, in their order (R8)."""
    aspects, characteristics = set(), set()
    for aspect, characteristic in sample.checks.values_list("aspect", "characteristic"):
        aspects.add(aspect)
        characteristics.add(characteristic)
    missing = [aspect.value for aspect in SAMPLE_ASPECTS if aspect not in aspects]
    missing += [c.code for c in characteristics_of(sample) if c.pk not in characteristics]
    if test := TransportTest.objects.filter(sample=sample).first():
        done = set(test.results.values_list("number", flat=True))
        missing += [f"drop-{drop['number']}" for drop in test.drops if drop["number"] not in done]
    return missing


def require_transport_agrees(sample: Sample) -> None:
    """Raises InvalidInput where the transport check says that it conforms and a drop damaged the product."""
    damaged = DropResult.objects.filter(test__sample=sample, product_damaged=True).order_by("number").first()
    if damaged and sample.checks.filter(aspect=Aspect.TRANSPORT, conforms=True).exists():
        detail = _("Drop %(number)s damaged the product, so its transport durability does not conform.")
        raise InvalidInput.one("transport", "contradiction", detail % {"number": damaged.number})
