"""Inspections as lists and heads of pages name them."""

from django.db.models import Q, QuerySet

from accounts.models import User
from inspections.models import Inspection


def inspections_with_batch(user: User) -> QuerySet[Inspection]:
    """Those that the user sees, with what a line or a head of a page names."""
    return Inspection.objects.visible_to(user).select_related(
        "batch__product", "batch__supplier", "inspector", "hold__batch", "specification"
    )


def search_inspections(
    user: User, *, q: str = "", status: str = "", verdict: str = "", product: str = "", supplier: str = ""
) -> QuerySet[Inspection]:
    """Newest first. `q` is looked for in batch number, purchase order, SKU and names."""
    found = inspections_with_batch(user).order_by("-id")
    for field, value in {
        "status": status,
        "verdict": verdict,
        "batch__product__sku": product,
        "batch__supplier__code": supplier,
    }.items():
        if value:
            found = found.filter(**{field: value})
    for word in q.split():
        found = found.filter(
            Q(batch__number__icontains=word)
            | Q(batch__po_number__icontains=word)
            | Q(batch__product__sku__icontains=word)
            | Q(batch__product__name__icontains=word)
            | Q(batch__product__name_zh__icontains=word)
        )
    return found


def rounds_of(inspection: Inspection) -> QuerySet[Inspection]:
    """The other inspections of the batch that count as rounds or were abandoned, oldest first."""
    return inspection.batch.inspections.exclude(pk=inspection.pk).select_related("inspector").order_by("id")
