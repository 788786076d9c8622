"""Reads of checklists that count."""

from django.db.models import Count, Q, QuerySet

from compliance.models import ItemState
from suppliers.models import Listing, Product

MET = Q(checklist_items__state__in=[ItemState.ACCEPTED, ItemState.WAIVED])
BLOCKING = Q(checklist_items__is_blocking=True)


def listings_with_counts(product: Product) -> QuerySet[Listing]:
    """A product's listings by market; adds `total` and `met`, its blocking items and those of them that are met."""
    return (
        product.listings.select_related("market", "checklist")
        .annotate(
            total=Count("checklist_items", filter=BLOCKING),
            met=Count("checklist_items", filter=BLOCKING & MET),
        )
        .order_by("market__code")
    )
