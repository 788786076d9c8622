"""Doubts as their pages show them."""

from django.db.models import Q, QuerySet

from accounts.models import User
from inspections.models import DoubtFlag


def doubts_for(user: User) -> QuerySet[DoubtFlag]:
    """Newest first, each with what its line names; none for those who may not see any. One statement."""
    return (
        DoubtFlag.objects.visible_to(user)
        .select_related(
            "inspection__batch__product",
            "inspection__batch__supplier",
            "inspection__inspector",
            "characteristic",
            "photo",
        )
        .order_by("-raised_at", "-id")
    )


def search_doubts(
    user: User, *, q: str = "", kind: str = "", product: str = "", inspector: str = ""
) -> QuerySet[DoubtFlag]:
    """`q` is looked for in batch number, SKU, product, supplier and inspector."""
    found = doubts_for(user)
    exact = {"kind": kind, "inspection__batch__product__sku": product, "inspection__inspector__username": inspector}
    found = found.filter(**{field: value for field, value in exact.items() if value})
    for word in q.split():
        found = found.filter(
            Q(inspection__batch__number__icontains=word)
            | Q(inspection__batch__product__sku__icontains=word)
            | Q(inspection__batch__product__name__icontains=word)
            | Q(inspection__batch__product__name_zh__icontains=word)
            | Q(inspection__batch__supplier__code__icontains=word)
            | Q(inspection__inspector__username__icontains=word)
            | Q(inspection__inspector__first_name__icontains=word)
            | Q(inspection__inspector__last_name__icontains=word)
        )
    return found
