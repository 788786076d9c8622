"""Typing errors as the page that names them and the page of their hold show them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from accounts.models import User
from activity.models import Event
from inspections.models import Characteristic, Hold, Inspection, NonconformityClass, TypingError


@dataclass(frozen=True, slots=True)
class HoldingReading:
    """A critical reading beyond its limits that may have been a wrong key."""

    characteristic: Characteristic
    unit: int
    typed: Decimal

    @property
    def value(self) -> str:
        return f"{self.unit}:{self.characteristic.code}"

    @property
    def words(self) -> str:
        return f"{self.typed} {self.characteristic.unit}".strip()


def readings_that_hold(inspection: Inspection) -> list[HoldingReading]:
    """Those stored beyond the limits, and those that another has taken the place of. Three statements."""
    critical = {
        c.code: c
        for c in inspection.characteristics()
        if c.is_measured and c.nonconformity_class == NonconformityClass.CRITICAL
    }
    found: dict[tuple[str, int], Decimal] = {}
    told = Event.objects.filter(
        stream=inspection.batch.stream, kind="result.recorded", data__inspection=str(inspection.uid)
    ).order_by("id")
    for event in told:
        check = critical.get(event.data["characteristic"])
        for unit, value in event.data.get("overwritten", {}).items() if check else ():
            if check and not check.conforms(Decimal(value)):
                found[check.code, int(unit)] = Decimal(value)
    for result in inspection.results.filter(characteristic__in=critical.values(), nonconforming__gt=0):
        check = next(c for c in critical.values() if c.pk == result.characteristic_id)
        for unit, reading in enumerate(result.readings or (), start=1):
            if reading is not None and not check.conforms(reading):
                found[check.code, unit] = reading
    return [HoldingReading(critical[code], unit, value) for (code, unit), value in sorted(found.items())]


def typing_errors_on(user: User, hold: Hold) -> QuerySet[TypingError]:
    """Those that were named of what a hold rests on, newest first; the team alone sees them. One statement."""
    if not user.has_perm("suppliers.see_all"):
        return TypingError.objects.none()
    return hold.typing_errors.select_related(
        "characteristic", "named_by", "refused_by", "hold", "disposition__decided_by", "inspection"
    ).order_by("-id")
