"""Which golden sample stands for a product, and what has confirmed it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery

from inspections.models import Inspection, Sample, Verdict
from suppliers.models import Product


def golden_samples() -> QuerySet[Sample]:
    """The latest approved sample of each product, in one statement; narrow it with `.filter(product__in=...)`."""
    latest = Sample.objects.approved().filter(product=OuterRef("product")).order_by("-version").values("pk")[:1]
    return Sample.objects.approved().filter(pk=Subquery(latest))


def golden_sample(product: Product, *, at: datetime | None = None) -> Sample | None:
    """What the product is compared with: its latest approved sample, or the one that was so `at` that moment."""
    samples = product.samples.approved()
    return (samples.filter(decided_at__lte=at) if at else samples).order_by("-version").first()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The first record that shows that production reaches a golden sample. `code` is the batch's number."""

    kind: str
    code: str
    at: datetime


def confirmations(samples: Iterable[Sample]) -> dict[int, Confirmation]:
    """Sample id -> what confirmed it first; a sample that nothing has confirmed is not in it.

    A batch of the product confirms it when an inspection accepted the batch that was planned after the approval: one
    planned before was compared with the version before.
    """
    wanted = [sample.pk for sample in samples]
    accepted = (
        Inspection.objects.filter(
            verdict=Verdict.ACCEPTED,
            batch__product__samples__in=wanted,
            planned_at__gte=F("batch__product__samples__decided_at"),
        )
        .order_by("batch__product__samples", "submitted_at", "id")
        .distinct("batch__product__samples")
        .values_list("batch__product__samples", "batch__number", "submitted_at")
    )
    return {sample: Confirmation("batch", number, at) for sample, number, at in accepted}


def confirmed_by(sample: Sample) -> Confirmation | None:
    """What has confirmed the golden sample, None while the gate waits for it."""
    return confirmations([sample]).get(sample.pk)
