"""How a supplier has done of late."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from inspections.models import Batch, BatchState, InspectionStatus, Verdict
from suppliers.models import Supplier


@dataclass(frozen=True, slots=True)
class Tally:
    """Batches of a supplier: how many wait or are held now; of a period, how many were registered and what their first
    submission brought. One that was not inspected yet is neither accepted nor rejected at first."""

    awaiting: int
    on_hold: int
    registered: int
    accepted_at_first: int
    rejected_at_first: int


def tally_of(supplier: Supplier, *, since: datetime) -> Tally:
    """One query."""
    recent = Q(created_at__gte=since)
    first = recent & Q(inspections__round=1, inspections__status=InspectionStatus.SUBMITTED)
    wanted = {
        "awaiting": Q(state=BatchState.AWAITING),
        "on_hold": Q(state=BatchState.ON_HOLD),
        "registered": recent,
        "accepted_at_first": first & Q(inspections__verdict=Verdict.ACCEPTED),
        "rejected_at_first": first & Q(inspections__verdict=Verdict.REJECTED),
    }
    counts = {name: Count("pk", filter=condition, distinct=True) for name, condition in wanted.items()}
    return Tally(**Batch.objects.filter(supplier=supplier).aggregate(**counts))
