"""Batches as their pages show them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery

from accounts.models import User
from activity.errors import RuleBroken
from inspections.calculator.page import class_worth, worth_words
from inspections.calculator.words.sampling import SEVERITIES
from inspections.calculator.words.variables import plan_words
from inspections.inspection.services.planning import active_characteristics, next_inspection
from inspections.models import (
    Batch,
    BatchState,
    Characteristic,
    Hold,
    Inspection,
    InspectionStatus,
    NonconformityClass,
    Result,
    Shipment,
)
from inspections.sampling import Plan


def shipments_of(batch: Batch) -> QuerySet[Shipment]:
    """Newest first, each with who shipped it and what was taken back. One statement."""
    return batch.shipments.with_taken_back().select_related("shipped_by").order_by("-id")


def counts_by_state(batches: QuerySet[Batch]) -> dict[str, int]:
    """How many there are of each state, 0 included. One statement."""
    found = dict(batches.order_by().values_list("state").annotate(Count("id")))
    return {state: found.get(state, 0) for state in BatchState.values}


def rows(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """Newest first, each with its product, supplier, last round and open hold. One statement.

    Adds `last_round`, `last_status`, `last_verdict`, `last_uid` of the last inspection that counts, and `hold_uid`.
    """
    last = Inspection.objects.counted().filter(batch=OuterRef("pk")).order_by("-id")
    return (
        batches.select_related("product", "supplier")
        .annotate(
            last_round=Subquery(last.values("round")[:1]),
            last_status=Subquery(last.values("status")[:1]),
            last_verdict=Subquery(last.values("verdict")[:1]),
            last_uid=Subquery(last.values("uid")[:1]),
            hold_uid=Subquery(Hold.objects.open().filter(batch=OuterRef("pk")).values("uid")[:1]),
        )
        .order_by("-id")
    )


def with_what_was_abandoned(rounds: list[Inspection]) -> list[Inspection]:
    """The inspections of a batch; each that was abandoned with `found`, what it had found. One statement if there is one."""
    abandoned = {each.pk: each for each in rounds if each.status == InspectionStatus.ABANDONED}
    for inspection in abandoned.values():
        setattr(inspection, "found", [])  # noqa: B010 an annotation, as of a query
    if abandoned:
        results = Result.objects.filter(inspection__in=abandoned, nonconforming__gt=0)
        for result in results.select_related("characteristic").order_by("characteristic__position"):
            getattr(abandoned[result.inspection_id], "found").append(result)  # noqa: B009
    return rounds


@dataclass(frozen=True, slots=True)
class PlanInForce:
    """The plan that the batch's page shows: of the open inspection, else of the next, else of the last one.

    `inspection` is unsaved when it is the next one; `refusal` says why there is no next one.
    """

    inspection: Inspection | None
    is_next: bool = False
    refusal: RuleBroken | None = None

    @property
    def classes(self) -> list[tuple[str, Plan]]:
        """The plan of each class, critical first."""
        plans = self.inspection.frozen_plans if self.inspection else {}
        return [(name, plans[name]) for name in NonconformityClass.values if name in plans]

    @property
    def sample_size(self) -> int:
        """Units to take: the largest sample of any class or check."""
        return self.inspection.sample_size if self.inspection else 0

    @property
    def severities(self) -> list[tuple[str, str]]:
        """Class and severity, in words, where they differ."""
        if len({plan.severity for _name, plan in self.classes}) < 2:
            return []
        return [(str(NonconformityClass(name).label), str(SEVERITIES[plan.severity])) for name, plan in self.classes]

    @property
    def own(self) -> list[tuple[Characteristic, Plan, str]]:
        """The checks with a sampling of their own, each with its plan and what that is worth. One query."""
        plans = self.inspection.frozen_own if self.inspection else {}
        if not self.inspection or not plans:
            return []
        found = self.inspection.as_asked(self.inspection.asked.filter(code__in=plans))
        return [(c, plans[c.code], class_worth(plans[c.code], self.inspection.lot_size)) for c in found]

    @property
    def by_variables(self) -> list[tuple[str, str, str]]:
        """Name, plan and worth, in words, of the checks that are estimated and not counted in a class. One query."""
        plans = self.inspection.by_variables if self.inspection else {}
        if not self.inspection or not plans:
            return []
        found = self.inspection.as_asked(self.inspection.asked.filter(code__in=plans))
        return [(c.local_name, plan_words(plans[c.code]), worth_words(plans[c.code])) for c in found]


def plan_in_force(batch: Batch, rounds: list[Inspection], *, user: User, at: datetime) -> PlanInForce:
    """`rounds` are the batch's inspections, newest first."""
    if rounds and rounds[0].status == InspectionStatus.OPEN:
        return PlanInForce(rounds[0])
    last = rounds[0] if rounds else None
    if not batch.awaiting + batch.on_hold:
        return PlanInForce(last)
    try:
        inspection = next_inspection(batch, active_characteristics(batch), actor=user, at=at)
    except RuleBroken as refusal:
        return PlanInForce(last, refusal=refusal)
    return PlanInForce(inspection, is_next=True)
