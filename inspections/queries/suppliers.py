"""How a supplier and its products have done of late."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from inspections.models import Batch, BatchState, InspectionStatus, Verdict
from suppliers.models import Supplier


@dataclass(frozen=True, slots=True)
class Tally:
    """Batches that were registered in a period: how many, where they are, and what their first submission brought."""

    batches: int
    awaiting: int
    on_hold: int
    accepted_at_first: int
    rejected_at_first: int


def tally_of(supplier: Supplier, *, since: datetime) -> Tally:
    """One query. A batch that was not inspected yet is neither accepted nor rejected at first."""
    first = Q(inspections__round=1, inspections__status=InspectionStatus.SUBMITTED)
    counts = Batch.objects.filter(supplier=supplier, created_at__gte=since).aggregate(
        batches=Count("pk", distinct=True),
        awaiting=Count("pk", filter=Q(state=BatchState.AWAITING), distinct=True),
        on_hold=Count("pk", filter=Q(state=BatchState.ON_HOLD), distinct=True),
        accepted_at_first=Count("pk", filter=first & Q(inspections__verdict=Verdict.ACCEPTED), distinct=True),
        rejected_at_first=Count("pk", filter=first & Q(inspections__verdict=Verdict.REJECTED), distinct=True),
    )
    return Tally(**counts)
