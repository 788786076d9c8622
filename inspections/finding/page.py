"""Findings as pages show them."""

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from inspections.models import (
    Batch,
    Characteristic,
    Finding,
    Inspection,
    InspectionStatus,
    Photo,
    PhotoStatus,
    SpecificationStatus,
)


def findings_on(user: User, batch: Batch, **of: object) -> list[Finding]:
    """The user's findings on a batch, newest first, each with its photos; narrow them with `inspection` or `hold`.

    Two statements; none for a batch that has none.
    """
    if not batch.finding_count:
        return []
    photos = Photo.objects.exclude(status=PhotoStatus.REFUSED).order_by("id")
    found = (
        Finding.objects.visible_to(user)
        .filter(batch=batch, **of)
        .select_related("inspection", "characteristic", "hold", "found_by")
        .prefetch_related(Prefetch("photos", photos))
        .order_by("-id")
    )
    for finding in found:
        finding.batch = batch
        if finding.hold:
            finding.hold.batch = batch
    return list(found)


def rounds_to_name(batch: Batch) -> list[Inspection]:
    """In whose samples something may have been found: the open one first, then the newest. One statement."""
    rounds = list(batch.inspections.order_by("-id"))
    return sorted(rounds, key=lambda each: each.status != InspectionStatus.OPEN)


def checks_to_name(batch: Batch, rounds: list[Inspection]) -> QuerySet[Characteristic]:
    """Those of the specification that the batch was last inspected by, else of the one in force. One statement."""
    checks = Characteristic.objects.order_by("position")
    if rounds:
        return checks.filter(specification=max(rounds, key=lambda each: each.pk).specification_id)
    return checks.filter(specification__product=batch.product_id, specification__status=SpecificationStatus.ACTIVE)
