"""What needs doing now, for each role, and how a supplier has done of late."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from inspections.batch.page import rows
from inspections.models import (
    Batch,
    BatchState,
    Characteristic,
    HoldResponse,
    Inspection,
    InspectionStatus,
    Result,
    Verdict,
)
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
    abandoned = recent & Q(
        inspections__round=1,
        inspections__status=InspectionStatus.ABANDONED,
        inspections__hold__isnull=False,
        inspections__is_invalid=False,
    )
    wanted = {
        "awaiting": Q(state=BatchState.AWAITING),
        "on_hold": Q(state=BatchState.ON_HOLD),
        "registered": recent,
        "accepted_at_first": first & Q(inspections__verdict=Verdict.ACCEPTED),
        "rejected_at_first": first & Q(inspections__verdict=Verdict.REJECTED) | abandoned,
    }
    counts = {name: Count("pk", filter=condition, distinct=True) for name, condition in wanted.items()}
    return Tally(**Batch.objects.filter(supplier=supplier).aggregate(**counts))


SHOWN = 8


def _is_open() -> Exists:
    return Exists(Inspection.objects.filter(batch=OuterRef("pk"), status=InspectionStatus.OPEN))


def to_inspect(user: User) -> QuerySet[Batch]:
    """Batches that wait for an inspection which nobody has begun, the oldest first."""
    return rows(Batch.objects.visible_to(user).filter(~_is_open(), state=BatchState.AWAITING)).order_by("id")


def to_inspect_again(user: User) -> QuerySet[Batch]:
    """Batches on hold whose supplier asked for a re-inspection after the last round began, and none is open."""
    last_answer = HoldResponse.objects.filter(hold__batch=OuterRef("pk"), hold__status="open").order_by("-id")
    last_round = Inspection.objects.filter(batch=OuterRef("pk")).order_by("-id")
    return (
        rows(Batch.objects.visible_to(user).filter(~_is_open(), state=BatchState.ON_HOLD))
        .annotate(
            asks=Subquery(last_answer.values("wants_reinspection")[:1]),
            asked_at=Subquery(last_answer.values("responded_at")[:1]),
            last_planned_at=Subquery(last_round.values("planned_at")[:1]),
        )
        .filter(Q(last_planned_at=None) | Q(last_planned_at__lt=F("asked_at")), asks=True)
        .order_by("asked_at")
    )


def to_settle(user: User) -> QuerySet[Batch]:
    """Batches with units set aside, the oldest first."""
    return rows(Batch.objects.visible_to(user).filter(set_aside__gt=0)).order_by("id")


def open_inspections(user: User, *, inspector: User | None = None) -> QuerySet[Inspection]:
    """Inspections under way, newest first; adds `answered` and `checks`, the number of its characteristics."""
    inspections = Inspection.objects.visible_to(user).filter(status=InspectionStatus.OPEN)
    if inspector:
        inspections = inspections.filter(inspector=inspector)
    answered = Result.objects.filter(inspection=OuterRef("pk"), is_complete=True).order_by().values("inspection")
    checks = Characteristic.objects.filter(specification=OuterRef("specification")).order_by().values("specification")
    return (
        inspections.select_related("batch__product", "batch__supplier")
        .annotate(
            answered=Coalesce(Subquery(answered.annotate(n=Count("id")).values("n"), IntegerField()), 0),
            checks=Coalesce(Subquery(checks.annotate(n=Count("id")).values("n"), IntegerField()), 0),
        )
        .order_by("-id")
    )


def rejected_since(user: User, since: datetime) -> QuerySet[Inspection]:
    return (
        Inspection.objects.visible_to(user)
        .filter(verdict=Verdict.REJECTED, submitted_at__gte=since)
        .select_related("batch__product", "batch__supplier")
        .order_by("-submitted_at")
    )


def batches_of_merchandiser(user: User) -> QuerySet[Batch]:
    """Of the products that the user looks after; of all products while none is given to it."""
    batches = Batch.objects.visible_to(user)
    return batches.filter(product__merchandiser=user) if user.products.exists() else batches


def tally_since(user: User, since: datetime) -> dict[str, int]:
    """First verdicts on the user's batches: how many were accepted, how many rejected. One statement."""
    return (
        Inspection.objects.visible_to(user)
        .filter(round=1, status=InspectionStatus.SUBMITTED, submitted_at__gte=since)
        .aggregate(
            total=Count("id"),
            accepted=Count("id", filter=Q(verdict=Verdict.ACCEPTED)),
            rejected=Count("id", filter=Q(verdict=Verdict.REJECTED)),
        )
    )
