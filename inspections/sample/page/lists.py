"""Samples for their lists: as pages name them, those that wait for a decision, and what has confirmed a golden one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from accounts.models import User
from inspections.models import Inspection, PilotRun, Sample, SampleStatus, Verdict


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The first record that shows that production reaches a golden sample.

    `kind` is "batch" (`code` is its number) or "pilot" (`code` is the run's number within the product).
    """

    kind: str
    code: str
    at: datetime


def confirmations(samples: Iterable[Sample]) -> dict[int, Confirmation]:
    """Sample id -> what confirmed it first; a sample that nothing has confirmed is not in it. Two statements.

    A batch of the product confirms it when an inspection accepted the batch that was planned after the approval: one
    planned before was compared with the version before. A pilot run confirms the version that stood when it started.
    """
    wanted = [sample.pk for sample in samples]
    batches = (
        Inspection.objects.filter(
            verdict=Verdict.ACCEPTED,
            batch__product__samples__in=wanted,
            planned_at__gte=F("batch__product__samples__decided_at"),
        )
        .order_by("batch__product__samples", "submitted_at", "id")
        .distinct("batch__product__samples")
        .values_list("batch__product__samples", "batch__number", "submitted_at")
    )
    pilots = (
        PilotRun.objects.confirming()
        .filter(sample__in=wanted)
        .order_by("sample", "concluded_at", "id")
        .distinct("sample")
        .values_list("sample", "ordinal", "concluded_at")
    )
    # What has a verdict has its time: the database keeps both together.
    found = {sample: Confirmation("batch", number, cast(datetime, at)) for sample, number, at in batches}
    for sample, ordinal, concluded_at in pilots:
        at = cast(datetime, concluded_at)
        if sample not in found or at < found[sample].at:
            found[sample] = Confirmation("pilot", str(ordinal), at)
    return found


def confirmed_by(sample: Sample) -> Confirmation | None:
    """What has confirmed the golden sample, None while the gate waits for it."""
    return confirmations([sample]).get(sample.pk)


def samples_for_pages(user: User) -> QuerySet[Sample]:
    """Those that the user sees, with what a line or a head of a page names."""
    newer = Sample.objects.filter(product=OuterRef("product"), version__gt=OuterRef("version"))
    samples = Sample.objects.visible_to(user).select_related("product", "supplier", "specification")
    over = ExpressionWrapper(Q(kept_until__lt=localdate()), output_field=BooleanField())
    return samples.annotate(is_superseded=Exists(newer), has_run_out=over)


def waiting_for_decision(user: User) -> QuerySet[Sample]:
    return samples_for_pages(user).filter(status=SampleStatus.CHECKED).order_by("checked_at")
