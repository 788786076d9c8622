"""Inspections as lists and heads of pages name them."""

from django.db.models import QuerySet

from accounts.models import User
from inspections.models import Inspection


def inspections_with_batch(user: User) -> QuerySet[Inspection]:
    """Those that the user sees, with what a line or a head of a page names."""
    return Inspection.objects.visible_to(user).select_related(
        "batch__product", "batch__supplier", "inspector", "hold__batch", "specification"
    )


def rounds_of(inspection: Inspection) -> QuerySet[Inspection]:
    """The other inspections of the batch that count as rounds or were abandoned, oldest first."""
    return inspection.batch.inspections.exclude(pk=inspection.pk).select_related("inspector").order_by("id")
