"""Which golden sample stands for a product."""

from datetime import datetime

from django.db.models import Q
from django.utils.timezone import localdate

from inspections.models import Sample
from inspections.models.sample import VERSIONS
from suppliers.models import Product


def golden_sample(product: Product, *, at: datetime | None = None) -> Sample | None:
    """What the product is compared with: its newest version, unless that was withdrawn.

    With `at`, what it was at that moment, and none once the day until which it is kept was over; without, also one that has
    run out.
    """
    if at is None:
        return product.samples.golden().first()
    newest = product.samples.filter(status__in=VERSIONS, decided_at__lte=at).order_by("-version")[:1]
    stands = Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)
    is_kept = Q(kept_until=None) | Q(kept_until__gte=localdate(at))
    return product.samples.filter(stands & is_kept, pk__in=newest.values("pk")).first()


def is_kept(sample: Sample, at: datetime) -> bool:
    """Whether the day until which it is kept is not over."""
    return sample.kept_until is None or sample.kept_until >= localdate(at)
