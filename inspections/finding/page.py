"""Findings as pages show them."""

from django.db.models import Prefetch

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


def checks_to_name(batch: Batch, rounds: list[Inspection]) -> list[Characteristic]:
    """What the batch was last asked, else the checks of the specification in force. One statement."""
    if rounds:
        return max(rounds, key=lambda each: each.pk).characteristics()
    in_force = {"specification__product": batch.product_id, "specification__status": SpecificationStatus.ACTIVE}
    return list(Characteristic.objects.filter(**in_force).order_by("position"))
