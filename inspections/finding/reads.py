"""What a finding says, as a hold and the story keep it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, Max

from inspections.models import Batch, Characteristic, Finding, Inspection, NonconformityClass, Verdict
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
    told = inspection.findings.filter(late=False)
    if inspection.own_plans:
        told = told.select_related("characteristic")
    return [as_counted(finding, inspection) for finding in told]


def as_counted(finding: Finding, inspection: Inspection) -> Counted:
    """On a check with a plan of its own it is judged by that, but for one of another class that is planned."""
    units = None if finding.units is None else frozenset(finding.units)
    name, check = finding.nonconformity_class, finding.characteristic if inspection.own_plans else None
    judged_by = ""
    if (
        check
        and check.code in inspection.own_plans
        and (name == check.nonconformity_class or name not in inspection.plan)
    ):
        judged_by = check.code
    return Counted(name, units, finding.nonconforming, finding.nonconforming, judged_by=judged_by)


def units_told(findings: Iterable[Finding]) -> tuple[set[int], int]:
    """The units that findings name, and how many units they count in all."""
    findings = list(findings)
    return {unit for finding in findings for unit in finding.units or ()}, sum(each.nonconforming for each in findings)


def further_units(inspection: Inspection, batch: Batch) -> int:
    """How many units findings told since the batch was last accepted, beside the sample of `inspection`: they are set aside
    when it accepts the batch (SQL: `told_beside`). No statement where nothing was found, else two.

    Units are numbered within the inspection that they were found in, or within the batch: those of one numbering count once.
    What rejected rounds found, and what is critical, is counted apart (`hold.services.reinspections.found_before`).
    """
    if not batch.finding_count:
        return 0
    before = batch.inspections.filter(verdict=Verdict.ACCEPTED).exclude(pk=inspection.pk)
    since = before.aggregate(last=Max("submitted_at"))["last"]
    told = batch.findings.exclude(nonconformity_class=NonconformityClass.CRITICAL).filter(
        set_aside__lt=F("nonconforming")
    )
    told = told.exclude(late=False, inspection__verdict=Verdict.REJECTED)
    if inspection.pk:
        told = told.exclude(late=False, inspection=inspection)
    if since:
        told = told.filter(received_at__gt=since)
    named, counted = set(), 0
    for finding in told:
        if finding.units is None or finding.set_aside:
            counted += finding.nonconforming - finding.set_aside
        else:
            named |= {(finding.inspection_id, unit) for unit in finding.units}
    return len(named) + counted


def units_new_in(finding: Finding) -> int:
    """How many units of it neither a result nor another finding of the same numbering names (SQL: `units_new_in`)."""
    if finding.units is None:
        return finding.nonconforming
    told = Finding.objects.filter(batch=finding.batch_id, inspection=finding.inspection_id).values_list(
        "units", flat=True
    )
    shown = finding.inspection.results.values_list("nonconforming_units", flat=True) if finding.inspection else ()
    return len(set(finding.units).difference(*(units or () for units in [*told, *shown])))
