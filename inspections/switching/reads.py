"""What tightens an inspection beside the switching rules."""

from inspections.models import Drift
from suppliers.models import Product


def open_drift(product: Product) -> Drift | None:
    """The oldest drift of a product that nobody has ended. One query."""
    return product.drifts.open().select_related("since__batch").order_by("id").first()
