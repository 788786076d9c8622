"""Doubts as their pages show them."""

from django.db.models import QuerySet

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
