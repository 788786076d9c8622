"""Which golden sample stands for a product."""

from datetime import datetime

from accounts.signature import digest
from inspections.models import Sample
from suppliers.models import Product


def golden_sample(product: Product, *, at: datetime | None = None) -> Sample | None:
    """What the product is compared with: its latest approved sample, or the one that was so `at` that moment."""
    samples = product.samples.approved()
    return (samples.filter(decided_at__lte=at) if at else samples).order_by("-version").first()


def digest_of(sample: Sample) -> str:
    """Names what a sample is and what was found on it, as somebody reads it before signing. Three statements."""
    checks = sample.checks.order_by("pk").values_list("pk", "revision", "conforms", "note", "recorded_at")
    return digest(sample.uid, sample.status, sample.checked_at, list(checks), sample.photos.count())
