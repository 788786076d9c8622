"""Which golden sample stands for a product."""

from datetime import datetime

from inspections.models import Sample
from suppliers.models import Product


def golden_sample(product: Product, *, at: datetime | None = None) -> Sample | None:
    """What the product is compared with: its latest approved sample, or the one that was so `at` that moment."""
    samples = product.samples.approved()
    return (samples.filter(decided_at__lte=at) if at else samples).order_by("-version").first()
