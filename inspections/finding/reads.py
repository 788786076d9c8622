"""What a finding says, as a hold and the story keep it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from inspections.models import Characteristic, Finding, Inspection
from inspections.rules.verdicts import Finding as Counted


def facts_of(finding: Finding) -> dict[str, Any]:
    """The finding of a hold, as `hold.words` reads it; a finding on no characteristic has its note alone."""
    inspection, characteristic = finding.inspection, finding.characteristic
    facts: dict[str, Any] = {
        "finding": str(finding.uid),
        "inspection": str(inspection.uid) if inspection else None,
        "round": inspection.round if inspection else None,
        "note": finding.note,
        "late": finding.late,
    }
    if characteristic is None:
        unit = finding.units[0] if finding.units else None
        return facts | {"characteristic": None, "nonconforming": finding.nonconforming, "unit_number": unit}
    return facts | facts_of_units(
        characteristic, units=finding.units, nonconforming=finding.nonconforming, readings=finding.readings
    )


def facts_of_units(
    characteristic: Characteristic,
    *,
    units: Sequence[int] | None,
    nonconforming: int,
    readings: Sequence[Decimal | None] | None,
) -> dict[str, Any]:
    """The first of the units on which a characteristic does not conform, with its reading; `readings` are of `units`."""
    facts = {
        "characteristic": characteristic.code,
        "name": characteristic.name,
        "name_zh": characteristic.name_zh,
        "nonconforming": nonconforming,
        "unit_number": units[0] if units else None,
    }
    if units and readings:
        facts |= {
            "reading": str(readings[0]),
            "lower": None if characteristic.lower is None else f"{characteristic.lower.normalize():f}",
            "upper": None if characteristic.upper is None else f"{characteristic.upper.normalize():f}",
            "unit": characteristic.unit,
        }
    return facts


def counted_in(inspection: Inspection) -> list[Counted]:
    """What was found during an inspection beside its results, as it counts in its classes. No statement where nothing was."""
    if not inspection.finding_count:
        return []
    return [as_counted(finding) for finding in inspection.findings.filter(late=False)]


def as_counted(finding: Finding) -> Counted:
    units = None if finding.units is None else frozenset(finding.units)
    return Counted(finding.nonconformity_class, units, finding.nonconforming, finding.nonconforming)


def units_told(findings: Iterable[Finding]) -> tuple[set[int], int]:
    """The units that findings name, and how many units they count in all."""
    findings = list(findings)
    return {unit for finding in findings for unit in finding.units or ()}, sum(each.nonconforming for each in findings)
